//! How far it is, and how long it will take, on standard error.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

/// On a terminal one line that changes; elsewhere, such as in CI, a line a run.
#[derive(Debug)]
pub(crate) struct Progress {
    started: Instant,
    done: usize,
    total: usize,
    is_terminal: bool,
    shown: usize,
}

impl Progress {
    pub(crate) fn new(total: usize) -> Progress {
        let is_terminal = stderr().is_terminal();
        Progress { started: Instant::now(), done: 0, total, is_terminal, shown: 0 }
    }

    pub(crate) fn show(&mut self, suite: &str, run: usize, runs: usize) {
        let left = left(self.started.elapsed(), self.done, self.total);
        if self.is_terminal {
            eprint!("\r{:60}", format!("run {run} of {runs}: {suite}, {left}"));
        } else if run != self.shown {
            eprintln!("run {run} of {runs}, {left}");
        }
        self.shown = run;
    }

    pub(crate) fn add(&mut self, work: usize) {
        self.done += work;
    }

    pub(crate) fn end(&self) {
        if self.is_terminal {
            eprint!("\r{:60}\r", "");
        }
        eprintln!("measured for {}", text(self.started.elapsed()));
    }
}

fn left(elapsed: Duration, done: usize, total: usize) -> String {
    if done == 0 {
        return "time left not known yet".to_owned();
    }
    let share = total.saturating_sub(done) as f64 / done as f64;
    format!("{} left", text(elapsed.mul_f64(share)))
}

fn text(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..90 => format!("{seconds} s"),
        seconds => format!("{} min", (seconds + 30) / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_in_proportion() {
        let minute = Duration::from_secs(60);
        assert_eq!(left(minute, 0, 10), "time left not known yet");
        assert_eq!(left(minute, 5, 10), "60 s left");
        assert_eq!(left(minute, 1, 11), "10 min left");
        assert_eq!(left(minute, 11, 10), "0 s left");
    }
}
