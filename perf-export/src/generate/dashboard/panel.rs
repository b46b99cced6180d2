//! One panel.

use serde_json::{Value, json};

/// What one panel shows.
pub(super) struct Panel {
    kind: Kind,
    title: &'static str,
    description: String,
    /// Grafana's name of the unit.
    unit: &'static str,
    targets: Vec<(String, String)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Lines,
    Stacked,
    Figures,
    HeatMap,
}

impl Panel {
    pub(super) fn lines(title: &'static str, unit: &'static str, description: &str) -> Self {
        let description = description.to_owned();
        Panel { kind: Kind::Lines, title, description, unit, targets: Vec::new() }
    }

    /// Lines on top of each other.
    pub(super) fn stacked(title: &'static str, unit: &'static str, description: &str) -> Self {
        Panel { kind: Kind::Stacked, ..Panel::lines(title, unit, description) }
    }

    /// The last value of each series, large.
    pub(super) fn figures(title: &'static str, unit: &'static str, description: &str) -> Self {
        Panel { kind: Kind::Figures, ..Panel::lines(title, unit, description) }
    }

    /// Buckets of a histogram over time.
    pub(super) fn heat_map(title: &'static str, unit: &'static str, description: &str) -> Self {
        Panel { kind: Kind::HeatMap, ..Panel::lines(title, unit, description) }
    }

    /// Adds a query; `legend` may have `{{label}}`.
    pub(super) fn with(mut self, expression: String, legend: impl Into<String>) -> Self {
        self.targets.push((expression, legend.into()));
        self
    }

    pub(super) fn into_json(self, id: usize, place: Value) -> Value {
        let targets: Vec<Value> =
            self.targets.iter().enumerate().map(|(i, target)| self.target(i, target)).collect();
        json!({
            "datasource": data_source(),
            "description": self.description,
            "fieldConfig": { "defaults": self.defaults(), "overrides": [] },
            "gridPos": place,
            "id": id,
            "options": self.options(),
            "targets": targets,
            "title": self.title,
            "type": match self.kind {
                Kind::Lines | Kind::Stacked => "timeseries",
                Kind::Figures => "stat",
                Kind::HeatMap => "heatmap",
            },
        })
    }

    fn target(&self, i: usize, (expression, legend): &(String, String)) -> Value {
        let letter = char::from(b'A' + (i % 26) as u8);
        let round = if i < 26 { String::new() } else { (i / 26).to_string() };
        let is_map = self.kind == Kind::HeatMap;
        json!({
            "datasource": data_source(),
            "editorMode": "code",
            "expr": expression,
            "format": if is_map { "heatmap" } else { "time_series" },
            "instant": self.kind == Kind::Figures,
            "legendFormat": legend,
            "range": self.kind != Kind::Figures,
            "refId": format!("{letter}{round}"),
        })
    }

    fn defaults(&self) -> Value {
        let mut defaults = json!({ "unit": self.unit });
        match self.kind {
            Kind::Lines => {
                defaults["custom"] = json!({ "drawStyle": "line", "lineWidth": 1, "showPoints": "never", "spanNulls": false });
            }
            Kind::Stacked => {
                defaults["custom"] = json!({
                    "drawStyle": "line",
                    "fillOpacity": 40,
                    "lineWidth": 1,
                    "showPoints": "never",
                    "stacking": { "group": "A", "mode": "normal" },
                });
            }
            Kind::Figures => defaults["noValue"] = json!("no data"),
            Kind::HeatMap => {}
        }
        defaults
    }

    fn options(&self) -> Value {
        match self.kind {
            Kind::Lines | Kind::Stacked => json!({
                "legend": { "displayMode": "table", "placement": "bottom", "calcs": ["lastNotNull"], "showLegend": true },
                "tooltip": { "mode": "multi", "sort": "desc" },
            }),
            Kind::Figures => json!({
                "colorMode": "none",
                "graphMode": "none",
                "justifyMode": "auto",
                "orientation": "auto",
                "reduceOptions": { "calcs": ["lastNotNull"], "fields": "", "values": false },
                "textMode": "value_and_name",
            }),
            Kind::HeatMap => json!({
                "calculate": false,
                "cellGap": 1,
                "color": { "exponent": 0.5, "fill": "dark-blue", "mode": "scheme", "scale": "exponential", "scheme": "Viridis", "steps": 64 },
                "tooltip": { "mode": "single", "yHistogram": true },
                "yAxis": { "axisPlacement": "left", "unit": self.unit },
            }),
        }
    }
}

/// The one that the variable names.
pub(super) fn data_source() -> Value {
    json!({ "type": "prometheus", "uid": "${datasource}" })
}
