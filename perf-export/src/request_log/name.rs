//! The names of the files: `20261121_performance.jsonl`, `20261121_performance.001.jsonl.gz`.

use super::PREFIX;
use jiff::civil::Date;

/// What the name of a file of a request log says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LogName {
    pub(crate) day: Date,
    /// 0 is the first of the day.
    pub(crate) part: u32,
    pub(crate) is_compressed: bool,
}

impl LogName {
    /// Reads a name; `None` of files of somebody else's, which are left alone.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (day, rest) = name.split_at_checked(8)?;
        let day = Date::strptime("%Y%m%d", day)
            .ok()
            .filter(|_| day.bytes().all(|b| b.is_ascii_digit()))?;
        let rest = rest.strip_prefix('_')?.strip_prefix(PREFIX)?;
        let (rest, is_compressed) = match rest.strip_suffix(".gz") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let part = match rest.strip_suffix(".jsonl")? {
            "" => 0,
            part => {
                let digits = part.strip_prefix('.')?;
                let is_number = digits.len() >= 3 && digits.bytes().all(|b| b.is_ascii_digit());
                digits.parse().ok().filter(|part| *part > 0 && is_number)?
            }
        };
        Some(LogName { day, part, is_compressed })
    }
}

impl std::fmt::Display for LogName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{PREFIX}", self.day.strftime("%Y%m%d"))?;
        if self.part > 0 {
            write!(f, ".{:03}", self.part)?;
        }
        f.write_str(if self.is_compressed { ".jsonl.gz" } else { ".jsonl" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_they_are_written() {
        for name in [
            "20261121_performance.jsonl",
            "20261121_performance.001.jsonl",
            "20261121_performance.1234.jsonl.gz",
        ] {
            assert_eq!(LogName::parse(name).unwrap().to_string(), name);
        }
    }

    #[test]
    fn files_of_somebody_else_are_not_ours() {
        for name in [
            "",
            "performance.jsonl",
            "20261121_performance",
            "20261121_performance.jsonl.bak",
            "20261121_performance.jsonl.gz.new",
            "20261321_performance.jsonl",
            "2026112a_performance.jsonl",
            "20261121_performance.1.jsonl",
            "20261121_performance.000.jsonl",
            "20261121_other.jsonl",
            "ä0261121_performance.jsonl",
        ] {
            assert_eq!(LogName::parse(name), None, "{name}");
        }
    }
}
