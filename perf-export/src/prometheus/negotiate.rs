//! Which format a scraper wants.

/// A format in which metrics are exposed.
///
/// ```
/// use perf_export::prometheus::Format;
///
/// let accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
/// assert_eq!(Format::negotiate(accept), Format::OpenMetrics);
/// assert_eq!(Format::negotiate("*/*").content_type(), "text/plain; version=0.0.4; charset=utf-8");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// The text format 0.0.4, which everything reads.
    #[default]
    Text,
    /// OpenMetrics 1.0: units and exemplars too.
    OpenMetrics,
    /// Delimited messages of `io.prometheus.client.MetricFamily`: native histograms too.
    Protobuf,
}

impl Format {
    /// The format to answer an `Accept` header with: that of the highest weight, and of two with one
    /// weight the one that the client names first. [`Format::Text`] when the header is empty or names
    /// none of ours: a scrape never fails for its header.
    ///
    /// Names of metrics and labels are ASCII in every format, so whatever `escaping` a client asks for,
    /// there is nothing to escape, and what it assumes without one (`underscores`) is what it gets.
    pub fn negotiate(accept: &str) -> Format {
        let mut best = (0.0, Format::Text);
        for range in accept.split(',') {
            if let Some((weight, format)) = wanted(range)
                && weight > best.0
            {
                best = (weight, format);
            }
        }
        best.1
    }

    /// The value of the header `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Format::Text => "text/plain; version=0.0.4; charset=utf-8",
            Format::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Format::Protobuf => {
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
            }
        }
    }
}

/// What one range of the header asks for, if it is ours: its weight and the format.
fn wanted(range: &str) -> Option<(f64, Format)> {
    let mut parts = range.split(';').map(str::trim);
    let media = parts.next()?.to_ascii_lowercase();
    let (mut weight, mut version, mut proto, mut encoding) = (1.0, None, None, None);
    for (key, value) in parts.filter_map(|part| part.split_once('=')) {
        let value = value.trim().trim_matches('"');
        match key.trim().to_ascii_lowercase().as_str() {
            "q" => weight = value.parse().ok().filter(|q| (0.0..=1.0).contains(q))?,
            "version" => version = Some(value),
            "proto" => proto = Some(value),
            "encoding" => encoding = Some(value),
            _ => {}
        }
    }
    let format = match media.as_str() {
        "application/vnd.google.protobuf"
            if proto == Some("io.prometheus.client.MetricFamily")
                && encoding == Some("delimited") =>
        {
            Format::Protobuf
        }
        "application/openmetrics-text" if matches!(version, None | Some("1.0.0")) => {
            Format::OpenMetrics
        }
        // With names of ASCII what is valid as 0.0.4 is valid as 1.0.0.
        "text/plain" if matches!(version, None | Some("0.0.4" | "1.0.0")) => Format::Text,
        "text/*" | "*/*" => Format::Text,
        _ => return None,
    };
    Some((weight, format))
}
