//! `perfkit alerts`: what alerts would have said of a log, and whether what they say arrives.

mod interrupt;
mod night;
mod replay;
mod table;
mod test_fire;
mod told;

use clap::{Args, Subcommand};
use replay::Replay;
use std::error::Error;
use std::process::ExitCode;
use test_fire::TestFire;

/// Try the alerts of an SLA file: on a log, or through its handlers.
#[derive(Args)]
pub(crate) struct Alerts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Replay(Replay),
    TestFire(TestFire),
}

impl Alerts {
    pub(crate) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        match self.command {
            Command::Replay(replay) => replay.run(),
            Command::TestFire(test_fire) => test_fire.run(),
        }
    }
}
