//! What servers answer.

use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;
use ureq::Agent;

/// Asks servers on this machine.
pub(crate) struct Http(Agent);

/// One series of an answer of Prometheus' API, and what speaks it.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) labels: BTreeMap<String, String>,
    /// The value of an instant query.
    pub(crate) value: f64,
}

impl Http {
    pub(crate) fn new() -> Self {
        let config = Agent::config_builder().timeout_global(Some(Duration::from_secs(10)));
        Http(config.build().into())
    }

    pub(crate) fn get(&self, url: &str) -> Result<String, Box<dyn Error>> {
        let mut answer = self.0.get(url).call().map_err(|error| format!("{url}: {error}"))?;
        Ok(answer.body_mut().read_to_string()?)
    }

    /// How many bytes the body is that is sent for this `Accept` and `Accept-Encoding`.
    pub(crate) fn size(
        &self,
        url: &str,
        accept: &str,
        encoding: &str,
    ) -> Result<usize, Box<dyn Error>> {
        let call = self.0.get(url).header("accept", accept).header("accept-encoding", encoding);
        let mut answer = call.call().map_err(|error| format!("{url}: {error}"))?;
        Ok(answer.body_mut().read_to_vec()?.len())
    }

    /// What `expression` is now, by the API of Prometheus at `server` (`http://127.0.0.1:9090`).
    pub(crate) fn query(
        &self,
        server: &str,
        expression: &str,
    ) -> Result<Vec<Sample>, Box<dyn Error>> {
        let url = format!("{server}/api/v1/query");
        let call = self.0.get(&url).query("query", expression).call();
        let text =
            call.map_err(|error| format!("{expression}: {error}"))?.body_mut().read_to_string()?;
        let answer: Value = serde_json::from_str(&text)?;
        let series = answer["data"]["result"].as_array();
        let series = series.ok_or_else(|| format!("{expression}: {text}"))?;
        // A scalar is one pair, and no list of series.
        series
            .iter()
            .map(|one| sample(one).ok_or_else(|| format!("{expression}: {one}").into()))
            .collect()
    }

    /// The same, of which there must be one series.
    pub(crate) fn number(&self, server: &str, expression: &str) -> Result<f64, Box<dyn Error>> {
        match self.query(server, expression)?.as_slice() {
            [one] => Ok(one.value),
            other => Err(format!("{expression}: {} series", other.len()).into()),
        }
    }
}

fn sample(series: &Value) -> Option<Sample> {
    let labels = series["metric"].as_object()?;
    let labels =
        labels.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    let value = match &series["value"] {
        // A native histogram has none.
        Value::Null => f64::NAN,
        value => value[1].as_str()?.parse().ok()?,
    };
    Some(Sample { labels: labels.collect(), value })
}
