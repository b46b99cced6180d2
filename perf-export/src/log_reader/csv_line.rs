//! A line of comma-separated values (RFC 4180). A value with a line feed inside is not read: its lines are
//! skipped and counted.

use super::LogError;
use super::entry::Entry;
use super::json_line::failure;
use super::mapping::{Mapping, time_of};
use super::skipped::SkipReason;
use std::borrow::Cow;
use std::path::Path;

/// The names of the columns.
pub(super) struct CsvHeader(Vec<String>);

impl CsvHeader {
    /// Refuses a file that lacks a column of the mapping.
    pub(super) fn read(bytes: &[u8], mapping: &Mapping, path: &Path) -> Result<Self, LogError> {
        let refuse = |message: String| Err(LogError::new(path, message));
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let Ok(text) = std::str::from_utf8(bytes) else {
            return refuse("its first line is not UTF-8".to_owned());
        };
        let Some(columns) = values(text) else {
            return refuse("its first line is no header of comma-separated values".to_owned());
        };
        let columns: Vec<String> = columns.iter().map(|name| name.trim().to_owned()).collect();
        for field in mapping.fields() {
            if !columns.iter().any(|column| column == field) {
                let known = columns.join(", ");
                return refuse(format!("has no column {field:?}; its columns are {known}"));
            }
        }
        Ok(CsvHeader(columns))
    }
}

pub(super) fn read(
    bytes: &[u8],
    header: &CsvHeader,
    mapping: &Mapping,
    take: &mut dyn FnMut(&Entry<'_>),
) -> Result<(), SkipReason> {
    let text = std::str::from_utf8(bytes).map_err(|_| SkipReason::Malformed)?;
    let row =
        values(text).filter(|row| row.len() == header.0.len()).ok_or(SkipReason::Malformed)?;
    let value = |field: &str| {
        let column = header.0.iter().position(|column| column == field)?;
        row.get(column).cloned()
    };
    let total = value(&mapping.duration).and_then(|value| mapping.duration_of(&value));
    let total = total.ok_or(SkipReason::NoDuration)?;
    let ended = mapping.time.as_deref().and_then(|field| time_of(&value(field)?));
    let is_ok =
        mapping.ok.as_ref().is_none_or(|test| test.passes(&value(&test.field).unwrap_or_default()));
    let failure = (!is_ok).then(|| failure(mapping, value));
    take(&Entry {
        started: ended.map(|ended| ended.saturating_sub(total)),
        total,
        operation: mapping.operation.as_deref().and_then(value),
        failure,
        ..Entry::default()
    });
    Ok(())
}

/// The values of a line; `None` when its quotes are not closed.
fn values(line: &str) -> Option<Vec<Cow<'_, str>>> {
    let mut values = Vec::new();
    let mut rest = line;
    loop {
        let after = match rest.strip_prefix('"') {
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                values.push(Cow::Borrowed(&rest[..end]));
                &rest[end..]
            }
            Some(quoted) => {
                let mut value = String::new();
                let mut inner = quoted;
                loop {
                    let end = inner.find('"')?;
                    value.push_str(&inner[..end]);
                    inner = &inner[end + 1..];
                    // A doubled quote is one.
                    match inner.strip_prefix('"') {
                        Some(more) => {
                            value.push('"');
                            inner = more;
                        }
                        None => break,
                    }
                }
                values.push(Cow::Owned(value));
                inner
            }
        };
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Some(values),
            None => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_split_at_commas_outside_of_quotes() {
        let split =
            |line| values(line).map(|values| values.into_iter().map(Cow::into_owned).collect());
        let some =
            |values: &[&str]| Some(values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>());
        assert_eq!(split("a,b,,"), some(&["a", "b", "", ""]));
        assert_eq!(split(r#""a,1","b ""x""","#), some(&["a,1", r#"b "x""#, ""]));
        assert_eq!(split(""), some(&[""]));
        assert_eq!(split(r#""a"#), None);
        assert_eq!(split(r#""a"b,c"#), None);
    }
}
