//! `/proc/<pid>/stat`, one line.

use super::units::{of_ticks, page_size};
use std::io;
use std::time::Duration;

/// What is read out of it. The numbers in comments are those of proc(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    /// 4
    pub(super) parent: u32,
    /// 10
    pub(super) minor_faults: u64,
    /// 11
    pub(super) minor_faults_of_children: u64,
    /// 12
    pub(super) major_faults: u64,
    /// 13
    pub(super) major_faults_of_children: u64,
    /// 14 and 15
    pub(super) cpu_time: Duration,
    /// 16 and 17: of children that have ended and were waited for.
    pub(super) cpu_time_of_children: Duration,
    /// 20
    pub(super) threads: u64,
    /// 22: in ticks since the machine started. With the number of the process it names one for ever.
    pub(super) started: u64,
    /// 23
    pub(super) virtual_bytes: u64,
    /// 24
    pub(super) resident_bytes: u64,
}

impl Stat {
    /// Reads the line. The name of the program, which is in brackets, may have anything in it: brackets,
    /// spaces, newlines, and bytes that are no UTF-8.
    pub(super) fn parse(line: &[u8]) -> io::Result<Self> {
        Self::read(line).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "/proc/<pid>/stat is not as expected")
        })
    }

    fn read(line: &[u8]) -> Option<Self> {
        let name_end = line.iter().rposition(|byte| *byte == b')')?;
        let fields = std::str::from_utf8(&line[name_end + 1..]).ok()?;
        // From the third on.
        let mut fields = fields.split_ascii_whitespace().skip(1);
        let parent = fields.next()?.parse().ok()?;
        // Several, such as the limit of resident memory, go below zero.
        let mut fields = fields.skip(5).map(|field| field.parse::<u64>().ok());
        let mut next = || fields.next()?;
        let faults = [next()?, next()?, next()?, next()?];
        let ticks = [next()?, next()?];
        let ticks_of_children = [next()?, next()?];
        let mut fields = fields.skip(2);
        let threads = fields.next()??;
        let mut fields = fields.skip(1);
        let mut next = || fields.next()?;
        let (started, virtual_bytes, pages) = (next()?, next()?, next()?);
        let time = |[user, system]: [u64; 2]| of_ticks(user.saturating_add(system));
        Some(Stat {
            parent,
            minor_faults: faults[0],
            minor_faults_of_children: faults[1],
            major_faults: faults[2],
            major_faults_of_children: faults[3],
            cpu_time: time(ticks),
            cpu_time_of_children: time(ticks_of_children),
            threads,
            started,
            virtual_bytes,
            resident_bytes: pages.saturating_mul(page_size()),
        })
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::process::units::ticks_per_second;

    const FIELDS: &str = "S 7 1 1 0 -1 4194560 101 202 3 4 50 25 10 5 20 0 65 0 8642 1048576 256 \
                          18446744073709551615 1 1 0";

    #[test]
    fn a_name_with_brackets_spaces_newlines_and_any_bytes_changes_nothing() {
        let plain = Stat::parse(format!("42 (plain) {FIELDS}\n").as_bytes()).unwrap();
        for name in [&b"a) S 1 2 (b"[..], b")", b"", b"x\ny", b"\xff\xfe) 1 2 3"] {
            let line = [b"42 (", name, b") ", FIELDS.as_bytes()].concat();
            assert_eq!(Stat::parse(&line).unwrap(), plain, "{}", name.escape_ascii());
        }
    }

    #[test]
    fn each_figure_is_the_one_that_proc_5_numbers() {
        let stat = Stat::parse(format!("42 (plain) {FIELDS}").as_bytes()).unwrap();
        let tick = Duration::from_secs(1) / u32::try_from(ticks_per_second()).unwrap();
        let expected = Stat {
            parent: 7,
            minor_faults: 101,
            minor_faults_of_children: 202,
            major_faults: 3,
            major_faults_of_children: 4,
            cpu_time: 75 * tick,
            cpu_time_of_children: 15 * tick,
            threads: 65,
            started: 8_642,
            virtual_bytes: 1_048_576,
            resident_bytes: 256 * page_size(),
        };
        assert_eq!(stat, expected);
    }

    #[test]
    fn a_line_that_is_cut_anywhere_is_an_error_and_no_panic() {
        let line = format!("42 (plain) {FIELDS}");
        let needed = line.find(" 18446744073709551615").unwrap();
        for end in 0..needed - 3 {
            assert!(Stat::parse(&line.as_bytes()[..end]).is_err(), "{}", &line[..end]);
        }
        for hostile in ["42 (x) S x", "42 (x) S -1", "42 (x S 1 2 3", "(", ")", "\u{0}"] {
            assert!(Stat::parse(hostile.as_bytes()).is_err(), "{hostile}");
        }
        let huge = format!("42 (x) {}", FIELDS.replace("8642", "99999999999999999999"));
        assert!(Stat::parse(huge.as_bytes()).is_err());
    }
}
