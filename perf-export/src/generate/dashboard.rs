//! A dashboard for Grafana: the classic model, as it has been since version 10.

mod board;
mod panel;
mod query;
mod rows;
mod variables;

use super::generator::Generator;
use board::Board;

pub(super) fn write(generator: &Generator) -> String {
    let mut board = Board::default();
    rows::promises(generator, &mut board);
    rows::calls(generator, &mut board);
    rows::latency(generator, &mut board);
    rows::stages(generator, &mut board);
    rows::resources(generator, &mut board);
    board.finish(generator)
}
