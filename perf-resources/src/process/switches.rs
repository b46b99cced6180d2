//! Context switches of another process, thread by thread: the kernel has no sum of them in `/proc`.

use super::process_sample::ContextSwitches;
use crate::text_file::{Buffer, number_of, read_once};
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// What the threads had when they were last seen.
#[derive(Debug, Default)]
pub(super) struct Switches {
    threads: HashMap<u32, Seen>,
    total: ContextSwitches,
    reading: u64,
}

#[derive(Debug)]
struct Seen {
    had: ContextSwitches,
    reading: u64,
}

impl Switches {
    /// The sum over the threads of the process in `folder`, and over what those had that have ended.
    pub(super) fn read(&mut self, folder: &Path, buffer: &mut Buffer) -> Option<ContextSwitches> {
        self.reading += 1;
        for entry in fs::read_dir(folder.join("task")).ok()? {
            let Ok(entry) = entry else { continue };
            let Some(thread) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            // One that has just ended is gone.
            let Ok(text) = read_once(&entry.path().join("status"), buffer) else { continue };
            let voluntary = number_of(text, "voluntary_ctxt_switches");
            let involuntary = number_of(text, "nonvoluntary_ctxt_switches");
            if let (Some(voluntary), Some(involuntary)) = (voluntary, involuntary) {
                self.add(thread, ContextSwitches { voluntary, involuntary });
            }
        }
        self.threads.retain(|_, seen| seen.reading == self.reading);
        Some(self.total)
    }

    fn add(&mut self, thread: u32, has: ContextSwitches) {
        let new = Seen { had: ContextSwitches::default(), reading: 0 };
        let seen = self.threads.entry(thread).or_insert(new);
        // One that has fewer than before is another one with the same number.
        if has.voluntary < seen.had.voluntary || has.involuntary < seen.had.involuntary {
            seen.had = ContextSwitches::default();
        }
        self.total.voluntary += has.voluntary - seen.had.voluntary;
        self.total.involuntary += has.involuntary - seen.had.involuntary;
        *seen = Seen { had: has, reading: self.reading };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn thread(folder: &Path, number: u32, voluntary: u64, involuntary: u64) -> PathBuf {
        let thread = folder.join("task").join(number.to_string());
        fs::create_dir_all(&thread).unwrap();
        let text = format!(
            "Name:\tx\nvoluntary_ctxt_switches:\t{voluntary}\n\
             nonvoluntary_ctxt_switches:\t{involuntary}\n"
        );
        fs::write(thread.join("status"), text).unwrap();
        thread
    }

    #[test]
    fn what_an_ended_thread_had_stays_counted_and_its_number_may_come_again() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut switches) = (folder.path(), Switches::default());
        let mut read = || switches.read(path, &mut Buffer::new()).unwrap();
        let of = |voluntary, involuntary| ContextSwitches { voluntary, involuntary };

        thread(path, 1, 10, 1);
        let second = thread(path, 2, 20, 2);
        assert_eq!(read(), of(30, 3));
        thread(path, 1, 15, 1);
        fs::remove_dir_all(second).unwrap();
        assert_eq!(read(), of(35, 3));
        thread(path, 2, 20, 2);
        assert_eq!(read(), of(55, 5));
        thread(path, 2, 4, 1);
        assert_eq!(read(), of(59, 6));
    }

    #[test]
    fn a_process_without_threads_to_be_read_has_no_figure() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Switches::default().read(folder.path(), &mut Buffer::new()), None);
    }
}
