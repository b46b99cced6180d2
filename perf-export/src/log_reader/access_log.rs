//! Access logs of web servers.

use super::entry::{Entry, seconds};
use super::skipped::SkipReason;
use jiff::fmt::strtime;
use std::borrow::Cow;
use std::time::Duration;

/// The pattern of an access log, as the web server's configuration has it: nginx's `log_format`.
///
/// What is read is `$request` (or `$request_method` and `$uri`), `$status`, `$time_local`, `$time_iso8601` or
/// `$msec`, and `$request_time` in s; Apache's `%D` stands for microseconds. Everything else is passed over.
/// The operation is method and path without the query.
///
/// ```
/// use perf_export::AccessLog;
///
/// let combined = AccessLog::nginx();
/// let own = AccessLog::pattern(r#"$msec $status $request_time "$request""#)?;
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AccessLog(Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Literal(String),
    Variable(Variable),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variable {
    Request,
    Method,
    Path,
    Status,
    TimeLocal,
    TimeIso,
    Msec,
    RequestTime,
    RequestMicros,
    Other,
}

impl AccessLog {
    /// nginx's `combined` format with ` $request_time` at its end.
    pub fn nginx() -> Self {
        let pattern = "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \
                       \"$http_referer\" \"$http_user_agent\" $request_time";
        AccessLog(pieces(pattern))
    }

    /// Apache's `combined` format with ` %D` at its end.
    pub fn apache() -> Self {
        let pattern = "$remote_addr $ident $remote_user [$time_local] \"$request\" $status $body_bytes_sent \
                       \"$http_referer\" \"$http_user_agent\" $request_micros";
        AccessLog(pieces(pattern))
    }

    /// A pattern of one's own, as `log_format` has it.
    ///
    /// # Errors
    ///
    /// A sentence when it says neither how long a request took nor which one it was.
    pub fn pattern(pattern: &str) -> Result<Self, String> {
        let pieces = pieces(pattern);
        let has = |wanted: &[Variable]| {
            pieces.iter().any(|piece| matches!(piece, Piece::Variable(v) if wanted.contains(v)))
        };
        if !has(&[Variable::RequestTime, Variable::RequestMicros]) {
            return Err(format!(
                "{pattern:?} lacks $request_time: how long a request took; nginx writes it when log_format has it"
            ));
        }
        if pieces.windows(2).any(|pair| matches!(pair, [Piece::Variable(_), Piece::Variable(_)])) {
            return Err(format!("{pattern:?} has two variables with nothing between them"));
        }
        Ok(AccessLog(pieces))
    }

    pub(super) fn read(
        &self,
        bytes: &[u8],
        take: &mut dyn FnMut(&Entry<'_>),
    ) -> Result<(), SkipReason> {
        let text = std::str::from_utf8(bytes).map_err(|_| SkipReason::Malformed)?;
        self.read_text(text, take).map_err(|reason| {
            // Most often it is `combined` as the server comes with it: all there but the time at its end.
            let timed = || self.read_text(&format!("{text} 0"), &mut |_| {});
            let ends_with_time = matches!(
                self.0.last(),
                Some(Piece::Variable(Variable::RequestTime | Variable::RequestMicros))
            );
            match reason {
                SkipReason::Malformed if ends_with_time && timed().is_ok() => {
                    SkipReason::NoDuration
                }
                reason => reason,
            }
        })
    }

    fn read_text(&self, text: &str, take: &mut dyn FnMut(&Entry<'_>)) -> Result<(), SkipReason> {
        let mut rest = text;
        let mut read = Read::default();
        for (i, piece) in self.0.iter().enumerate() {
            match piece {
                Piece::Literal(literal) => {
                    rest = rest.strip_prefix(literal.as_str()).ok_or(SkipReason::Malformed)?;
                }
                Piece::Variable(variable) => {
                    let end = match self.0.get(i + 1) {
                        Some(Piece::Literal(literal)) => rest.find(literal.as_str()),
                        _ => Some(rest.len()),
                    };
                    let (value, after) = rest.split_at(end.ok_or(SkipReason::Malformed)?);
                    rest = after;
                    read.value(*variable, value);
                }
            }
        }
        let total = read.total.ok_or(SkipReason::NoDuration)?;
        let operation = match (read.method, read.path) {
            (Some(method), Some(path)) => Some(Cow::Owned(format!("{method} {path}"))),
            (None, Some(path)) => Some(Cow::Borrowed(path)),
            _ => None,
        };
        let failed = read.status.is_some_and(|status| status >= 500 || status == 499);
        take(&Entry {
            started: read.ended.map(|ended| ended.saturating_sub(total)),
            total,
            operation,
            failure: failed.then(|| Cow::Owned(format!("status {}", read.status.unwrap_or(0)))),
            ..Entry::default()
        });
        Ok(())
    }
}

/// What a line says.
#[derive(Default)]
struct Read<'a> {
    method: Option<&'a str>,
    path: Option<&'a str>,
    status: Option<u16>,
    ended: Option<Duration>,
    total: Option<Duration>,
}

impl<'a> Read<'a> {
    fn value(&mut self, variable: Variable, value: &'a str) {
        let number = || value.trim().parse::<f64>().ok();
        match variable {
            Variable::Request => {
                let mut words = value.split(' ');
                (self.method, self.path) = (words.next(), words.next().map(without_query));
            }
            Variable::Method => self.method = Some(value),
            Variable::Path => self.path = Some(without_query(value)),
            Variable::Status => self.status = value.trim().parse().ok(),
            Variable::Msec => self.ended = number().and_then(seconds),
            Variable::TimeIso => self.ended = super::mapping::time_of(value),
            Variable::TimeLocal => self.ended = time_local(value),
            Variable::RequestTime => self.total = number().and_then(seconds),
            Variable::RequestMicros => {
                self.total = number().and_then(|micros| seconds(micros / 1e6))
            }
            Variable::Other => {}
        }
    }
}

/// `21/Nov/2026:03:40:00 +0000`
fn time_local(value: &str) -> Option<Duration> {
    let broken_down = strtime::parse("%d/%b/%Y:%H:%M:%S %z", value.trim()).ok()?;
    Duration::try_from(broken_down.to_timestamp().ok()?.as_duration()).ok()
}

fn without_query(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or(path)
}

fn pieces(pattern: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some(at) = rest.find('$') {
        if at > 0 {
            pieces.push(Piece::Literal(rest[..at].to_owned()));
        }
        let name = rest[at + 1..].trim_start_matches('{');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        pieces.push(Piece::Variable(match &name[..end] {
            "request" => Variable::Request,
            "request_method" => Variable::Method,
            "uri" | "request_uri" => Variable::Path,
            "status" => Variable::Status,
            "time_local" => Variable::TimeLocal,
            "time_iso8601" => Variable::TimeIso,
            "msec" => Variable::Msec,
            "request_time" => Variable::RequestTime,
            "request_micros" => Variable::RequestMicros,
            _ => Variable::Other,
        }));
        rest = name[end..].trim_start_matches('}');
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &AccessLog, line: &str) -> Result<Entry<'static>, SkipReason> {
        let mut seen = Entry::default();
        format.read(line.as_bytes(), &mut |entry| {
            seen = Entry {
                started: entry.started,
                total: entry.total,
                operation: entry.operation.clone().map(|name| Cow::Owned(name.into_owned())),
                failure: entry.failure.clone().map(|kind| Cow::Owned(kind.into_owned())),
                ..Entry::default()
            };
        })?;
        Ok(seen)
    }

    #[test]
    fn a_line_of_nginx_has_operation_time_status_and_duration() {
        let line = r#"127.0.0.1 - - [21/Nov/2026:03:40:00 +0100] "GET /search?q=a b HTTP/1.1" 503 12 "-" "curl/8 \x22x\x22" 0.250"#;
        let entry = read(&AccessLog::nginx(), line).unwrap();
        assert_eq!(entry.operation.as_deref(), Some("GET /search"));
        assert_eq!(entry.failure.as_deref(), Some("status 503"));
        assert_eq!(entry.total, Duration::from_millis(250));
        assert_eq!(entry.started, Some(Duration::from_millis(1_795_228_799_750)));
    }

    #[test]
    fn a_pattern_of_ones_own_is_read() {
        let format =
            AccessLog::pattern(r#"$msec|${status}|$request_time|$request_method $uri"#).unwrap();
        let entry = read(&format, "1795219200.500|200|1.5|POST /api").unwrap();
        assert_eq!(entry.operation.as_deref(), Some("POST /api"));
        assert_eq!((entry.failure, entry.total), (None, Duration::from_millis(1_500)));
        assert_eq!(entry.started, Some(Duration::from_secs(1_795_219_199)));
        assert!(AccessLog::pattern("$status").unwrap_err().contains("$request_time"));
        assert!(AccessLog::pattern("$status$request_time").is_err());
    }

    #[test]
    fn what_is_no_such_line_is_skipped() {
        for line in ["", "hello", "127.0.0.1 - - [x] \"GET / HTTP/1.1\" 200"] {
            assert_eq!(read(&AccessLog::nginx(), line), Err(SkipReason::Malformed), "{line}");
        }
        for end in ["", " -"] {
            let line = r#"::1 - - [21/Nov/2026:03:40:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-""#;
            let line = format!("{line}{end}");
            for format in [AccessLog::nginx(), AccessLog::apache()] {
                assert_eq!(read(&format, &line), Err(SkipReason::NoDuration), "{line}");
            }
        }
    }
}
