//! What the work costs, and what the library itself loses.

use crate::generate::dashboard::board::Board;
use crate::generate::dashboard::panel::Panel;
use crate::generate::dashboard::query::RANGE;
use crate::generate::generator::Generator;

pub(in crate::generate::dashboard) fn resources(generator: &Generator, board: &mut Board) {
    let chosen = generator.chosen(&[]);
    let name = |name: &str| format!("{}{chosen}", generator.families().name(name));
    let text = "CPU used over the CPU that the process can have, by affinity and quota.";
    let cpu = Panel::lines("CPU", "percentunit", text)
        .with(format!("process_cpu_ratio{chosen}"), "{{instance}} {{phase}}");
    let memory = Panel::lines("Memory", "bytes", "Resident memory.")
        .with(format!("process_resident_memory_bytes{chosen}"), "{{instance}} {{phase}}");
    let text = "Threads, and open files and sockets.";
    let open = Panel::lines("Threads and files", "short", text)
        .with(format!("process_threads{chosen}"), "{{instance}} threads")
        .with(format!("process_open_fds{chosen}"), "{{instance}} files {{phase}}");
    let text = "What the profiler could not keep as it came, and families left out of scrapes, in the last interval. All 0 \
                in a healthy process.";
    let lost = Panel::lines("Lost by the profiler", "short", text)
        .with(format!("sum by (reason) (increase({}{RANGE}))", name("losses_total")), "{{reason}}")
        .with(
            format!("sum(increase({}{RANGE}))", name("export_skipped_families_total")),
            "families left out",
        );
    board.row("Resources", vec![cpu, memory, open, lost]);
}
