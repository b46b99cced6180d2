//! Times as web services want them.

use jiff::Timestamp;
use std::time::SystemTime;

/// RFC 3339 in UTC, in the years 1970 to 9999: others do not read what lies outside.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let latest = Timestamp::MAX;
    let time = Timestamp::try_from(time.max(SystemTime::UNIX_EPOCH)).unwrap_or(latest);
    time.to_string()
}
