//! Every key of the SLA file, once: what the reader accepts, the JSON Schema, and what is suggested for
//! a key that nobody knows.

use crate::alert::WithoutData;
use crate::exclusion::Day;

/// A table of the file.
pub(crate) struct Section {
    /// What the table is, for the schema.
    pub(crate) about: &'static str,
    pub(crate) keys: &'static [Key],
    /// What `max_p95` and other percentiles hold here, if they may stand here.
    pub(crate) percentiles: Option<Kind>,
}

pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) about: &'static str,
    pub(crate) example: &'static str,
}

/// What a value must be.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// `"250ms"`
    Time,
    /// `"20/s"`
    Rate,
    /// `"99.9%"`
    Share,
    /// `"0.5%"`, and also `"0%"`
    MostShare,
    /// `"2GiB"`
    Bytes,
    /// `12.5`
    Number,
    /// `100`
    Count,
    /// `0.9`, of at most 1
    Score,
    /// `"point"` or a share above 50 %
    Certainty,
    /// `"30d"`, `"month"`
    Period,
    /// `"latency <= 300ms"`
    Good,
    /// `'requests_total{code="500"}'`
    Series,
    /// RFC 3339
    Moment,
    /// `"02:30"`
    TimeOfDay,
    /// `"env:PAGER_KEY"`
    Secret,
    /// `"https://host/path"`, or a secret that is one
    Url,
    /// Several of them.
    Urls,
    /// `"p95 > 200ms"`
    Condition,
    /// `"150ms"`, `"5%"` or `10`
    Limit,
    /// `['operation="search"']`
    Matchers,
    Flag,
    Text,
    Texts,
    /// `{ service = "search" }`
    Labels,
    Choice(&'static [&'static str]),
    Table(&'static Section),
    /// Tables under names of the user's own.
    Named(&'static Section),
    List(&'static Section),
}

const fn key(name: &'static str, kind: Kind, example: &'static str, about: &'static str) -> Key {
    Key { name, kind, about, example }
}

/// Severities, the least urgent first.
pub(crate) const SEVERITIES: &[&str] = &["info", "warning", "critical"];

const CONFIDENCE: Key = key(
    "confidence",
    Kind::Certainty,
    "\"99%\"",
    "How sure met and violated must be, 95 % if absent; \"point\" compares plainly.",
);
const MIN_SAMPLES: Key =
    key("min_samples", Kind::Count, "100", "With fewer samples the check is inconclusive.");
const ON_NO_DATA: Key = key(
    "on_no_data",
    Kind::Choice(&["fail", "pass", "inconclusive"]),
    "\"fail\"",
    "What follows from no samples at all; inconclusive if absent.",
);
const WINDOW: Key = key(
    "window",
    Kind::Time,
    "\"1min\"",
    "Judge the worst stretch of this length, at a level corrected for their number.",
);

const CALL_KEYS: &[Key] = &[
    key("max_mean", Kind::Time, "\"120ms\"", "The largest mean latency."),
    key("max_max", Kind::Time, "\"5s\"", "No call takes longer."),
    key("min_throughput", Kind::Rate, "\"20/s\"", "The fewest calls in a time."),
    key("min_success_rate", Kind::Share, "\"99.5%\"", "The smallest share of calls that succeed."),
    key("max_error_rate", Kind::MostShare, "\"0.5%\"", "The largest share of calls that fail."),
    key("min_apdex", Kind::Score, "0.9", "The smallest Apdex score; needs apdex_threshold."),
    key(
        "apdex_threshold",
        Kind::Time,
        "\"100ms\"",
        "The latency that satisfies; up to four times that is tolerated.",
    ),
    CONFIDENCE,
    MIN_SAMPLES,
    ON_NO_DATA,
    WINDOW,
];

pub(crate) const OVERALL: Section = Section {
    about: "Targets for the whole: the operation named by overall_operation, or all together.",
    keys: CALL_KEYS,
    percentiles: Some(Kind::Time),
};

pub(crate) const OPERATION: Section =
    Section { about: "Targets for one operation.", keys: CALL_KEYS, percentiles: Some(Kind::Time) };

pub(crate) const DEFAULTS: Section = Section {
    about: "What every operation of the file inherits unless it says otherwise; how targets are judged \
            also holds for the whole, metrics, resources and objectives.",
    keys: CALL_KEYS,
    percentiles: Some(Kind::Time),
};

pub(crate) const METRIC: Section = Section {
    about: "A metric of your own with its targets: a ratio of counters, a gauge, a counter or a histogram.",
    keys: &[
        key("good", Kind::Series, "'cache_hits'", "Counts good events; with bad or total."),
        key("bad", Kind::Series, "'cache_misses'", "Counts bad events; with good or total."),
        key("total", Kind::Series, "'cache_hits + cache_misses'", "Counts all events."),
        key("gauge", Kind::Series, "'queue_depth{queue=\"in\"}'", "A gauge."),
        key("counter", Kind::Series, "'dropped_total'", "A counter."),
        key("histogram", Kind::Series, "'batch_size'", "A histogram."),
        key("by", Kind::Text, "\"tenant\"", "Judge each value of this label by itself."),
        key("min_ratio", Kind::Share, "\"80%\"", "The smallest share of good events."),
        key("max_ratio", Kind::MostShare, "\"95%\"", "The largest share of good events."),
        key("min", Kind::Number, "1", "The smallest value of a gauge."),
        key("max", Kind::Number, "100", "The largest value of a gauge."),
        key("max_growth", Kind::Count, "0", "The most a counter may grow."),
        key("min_rate", Kind::Rate, "\"50/s\"", "The least a counter grows in a time."),
        key("max_rate", Kind::Rate, "\"1/min\"", "The most a counter grows in a time."),
        key("max_mean", Kind::Number, "32", "The largest mean of a histogram."),
        key("max_max", Kind::Number, "64", "The largest value of a histogram."),
        CONFIDENCE,
        MIN_SAMPLES,
        ON_NO_DATA,
        WINDOW,
    ],
    percentiles: Some(Kind::Number),
};

const MAX_MEMORY: Key =
    key("max_memory", Kind::Bytes, "\"2GiB\"", "The most resident memory (RSS) of the process.");
const MAX_CPU: Key = key(
    "max_cpu",
    Kind::Share,
    "\"80%\"",
    "The most processor time, as a share of the quota or else of all cores.",
);
const MAX_OPEN_FILES: Key =
    key("max_open_files", Kind::Count, "1000", "The most open files and sockets.");

pub(crate) const IDLE: Section = Section {
    about: "The same when nothing is asked of the process.",
    keys: &[MAX_MEMORY, MAX_CPU, MAX_OPEN_FILES, ON_NO_DATA],
    percentiles: None,
};

pub(crate) const RESOURCES: Section = Section {
    about: "Ceilings for what the process uses, under load.",
    keys: &[
        MAX_MEMORY,
        MAX_CPU,
        MAX_OPEN_FILES,
        ON_NO_DATA,
        key("idle", Kind::Table(&IDLE), "", "The same when nothing is asked of the process."),
    ],
    percentiles: None,
};

pub(crate) const BURN_RATE: Section = Section {
    about: "A pair of windows in which the budget is spent too fast.",
    keys: &[
        key("severity", Kind::Choice(SEVERITIES), "\"critical\"", "How urgent that is."),
        key(
            "budget",
            Kind::Share,
            "\"2%\"",
            "The share of the period's budget spent in the long window.",
        ),
        key("long", Kind::Time, "\"1h\"", "The long window."),
        key(
            "short",
            Kind::Time,
            "\"5min\"",
            "The short window; a twelfth of the long one if absent.",
        ),
        key("min_events", Kind::Count, "100", "The fewest events in the long window."),
    ],
    percentiles: None,
};

pub(crate) const OBJECTIVE: Section = Section {
    about: "A share of good events promised over a period; what may be bad is the error budget.",
    keys: &[
        key("name", Kind::Text, "\"fast answers\"", "Its name."),
        key("description", Kind::Text, "\"people wait\"", "What it promises, for people."),
        key(
            "operation",
            Kind::Text,
            "\"answer\"",
            "Whose calls are the events; the whole if absent.",
        ),
        key(
            "good",
            Kind::Good,
            "\"latency <= 300ms\"",
            "Which events are good: success, a latency, or terms on one request joined with and.",
        ),
        key("metric", Kind::Text, "\"cache\"", "Instead of good: a ratio of [metrics]."),
        key("target", Kind::Share, "\"99.9%\"", "The share that is to be good."),
        key(
            "period",
            Kind::Period,
            "\"30d\"",
            "The stretch: rolling, or day, week, month, quarter, year of the calendar.",
        ),
        key(
            "budgeting",
            Kind::Choice(&["occurrences", "time_slices"]),
            "\"time_slices\"",
            "What the budget counts: events, or slices of time.",
        ),
        key("slice", Kind::Time, "\"5min\"", "The length of a time slice."),
        key("slice_target", Kind::Share, "\"95%\"", "The share of good events of a good slice."),
        key(
            "burn_rates",
            Kind::List(&BURN_RATE),
            "",
            "When the budget is spent too fast; the SRE workbook's pairs if absent.",
        ),
        CONFIDENCE,
        MIN_SAMPLES,
        ON_NO_DATA,
    ],
    percentiles: None,
};

const FROM: Key = key("from", Kind::Moment, "2026-11-21T02:00:00Z", "Its begin, if it is once.");
const TO: Key = key("to", Kind::Moment, "2026-11-21T04:00:00Z", "Its end, if it is once.");
const EVERY: Key = key(
    "every",
    Kind::Choice(&Day::NAMES),
    "\"sunday\"",
    "The day on which it is again and again.",
);
const AT: Key = key("at", Kind::TimeOfDay, "\"02:30\"", "When it begins on such a day.");
const LASTS: Key = key("lasts", Kind::Time, "\"2h\"", "How long it lasts on such a day.");

pub(crate) const EXCLUSION: Section = Section {
    about: "A stretch of time whose events count for no objective, and in which nobody is told of alerts.",
    keys: &[
        key("name", Kind::Text, "\"maintenance\"", "Its name."),
        key("reason", Kind::Text, "\"database upgrade\"", "Why."),
        FROM,
        TO,
        EVERY,
        AT,
        LASTS,
        key("objectives", Kind::Texts, "[\"fast answers\"]", "Those it is for; all if absent."),
    ],
    percentiles: None,
};

const ALERT_WITHOUT_DATA: Key = key(
    "on_no_data",
    Kind::Choice(&WithoutData::NAMES),
    "\"fire\"",
    "What becomes of the alert when nothing was measured; a watched target says so itself if absent, else keep.",
);

pub(crate) const ALERT: Section = Section {
    about: "Somebody is told when a target or an objective is violated, or when a condition holds.",
    keys: &[
        key("name", Kind::Text, "\"slow retrieval\"", "Its name."),
        key(
            "watch",
            Kind::Text,
            "\"operations.retrieval.max_p95\"",
            "The path of a target in this file, objectives.NAME, a table of targets, or all that no other alert watches.",
        ),
        key(
            "when",
            Kind::Condition,
            "\"p95 > 200ms\"",
            "Instead of watch: what must be so; no data, slow request > 2s, stage NAME > 60% of request, p95 rising.",
        ),
        key("operation", Kind::Text, "\"retrieval\"", "What when is about; the whole if absent."),
        key("metric", Kind::Text, "\"cache\"", "What when is about: one of [metrics]."),
        key("severity", Kind::Choice(SEVERITIES), "\"critical\"", "How urgent it is."),
        key("critical", Kind::Limit, "\"500ms\"", "From this limit on it is critical."),
        key("recovery", Kind::Limit, "\"150ms\"", "It is over only when it is within this limit."),
        key(
            "window",
            Kind::Time,
            "\"5min\"",
            "The stretch that is looked at; 5 minutes if absent.",
        ),
        key("last", Kind::Count, "500", "Look at so many calls instead of at a stretch."),
        CONFIDENCE,
        MIN_SAMPLES,
        key("for", Kind::Time, "\"1min\"", "How long it is violated before anybody is told."),
        key("keep_firing_for", Kind::Time, "\"2min\"", "How long it is met before it is over."),
        key(
            "cooldown",
            Kind::Time,
            "\"15min\"",
            "How long nobody is told again of what begins anew or is less urgent; 5 minutes if absent.",
        ),
        key(
            "repeat",
            Kind::Time,
            "\"1d\"",
            "How often it is said again that it goes on; as [alerting] has it, or else every 4 hours, if absent.",
        ),
        key("escalate_after", Kind::Time, "\"30min\"", "After so long it is a step more urgent."),
        key(
            "flapping",
            Kind::Flag,
            "true",
            "Whether what changes all the time is told once and not each time; true if absent.",
        ),
        ALERT_WITHOUT_DATA,
        key(
            "handlers",
            Kind::Texts,
            "[\"log\", \"pager\"]",
            "Who is told; all handlers if absent.",
        ),
        key("runbook", Kind::Text, "\"https://wiki/slow\"", "Where to read what to do."),
        key("summary", Kind::Text, "\"answers are slow\"", "What to say, as a template."),
    ],
    percentiles: None,
};

pub(crate) const ALERTING: Section = Section {
    about: "What holds for all alerts.",
    keys: &[
        key(
            "group_by",
            Kind::Texts,
            "[\"operation\"]",
            "Alerts with these labels in common are told together; each by itself if absent.",
        ),
        key(
            "repeat",
            Kind::Time,
            "\"1d\"",
            "How often it is said again that an alert goes on; every 4 hours if absent.",
        ),
        key("summary", Kind::Text, "\"{{ what }} is wrong\"", "What to say, as a template."),
        key("description", Kind::Text, "\"since {{ since }}\"", "What else to say, as a template."),
        key(
            "labels",
            Kind::Labels,
            "{ service = \"search\" }",
            "Labels of every alert that is told; instance is the name of the machine if absent.",
        ),
    ],
    percentiles: None,
};

pub(crate) const INHIBIT: Section = Section {
    about: "While one alert fires, nobody is told of others.",
    keys: &[
        key("source", Kind::Matchers, "['severity=\"critical\"']", "The alerts that silence."),
        key("target", Kind::Matchers, "['severity=\"warning\"']", "Those that are silenced."),
        key(
            "equal",
            Kind::Texts,
            "[\"operation\"]",
            "Labels that both must have, with the same value.",
        ),
    ],
    percentiles: None,
};

pub(crate) const SILENCE: Section = Section {
    about: "When nobody is told of some alerts.",
    keys: &[
        key("name", Kind::Text, "\"nightly batch\"", "Its name."),
        key("reason", Kind::Text, "\"it is slow then\"", "Why."),
        key("match", Kind::Matchers, "['operation=\"batch\"']", "The alerts that are meant."),
        FROM,
        TO,
        EVERY,
        AT,
        LASTS,
    ],
    percentiles: None,
};

/// What handlers of the file can be.
pub(crate) const HANDLER_TYPES: &[&str] = &[
    "log",
    "tracing",
    "stderr",
    "file",
    "command",
    "webhook",
    "alertmanager",
    "slack",
    "pagerduty",
    "email",
];

pub(crate) const HANDLER: Section = Section {
    about: "Somebody who tells it: which keys it needs, its type says.",
    keys: &[
        key("type", Kind::Choice(HANDLER_TYPES), "\"pagerduty\"", "What it does."),
        key(
            "min_severity",
            Kind::Choice(SEVERITIES),
            "\"warning\"",
            "Alerts below are not for it.",
        ),
        key(
            "match",
            Kind::Matchers,
            "['operation=\"search\"']",
            "The alerts that are for it, by labels.",
        ),
        key(
            "deadline",
            Kind::Time,
            "\"30s\"",
            "How long one notification may take with all attempts; a minute if absent.",
        ),
        key("queue", Kind::Count, "1000", "Notifications that may wait for it; 1,000 if absent."),
        key(
            "attempts",
            Kind::Count,
            "5",
            "How often one notification is tried; 5 times if absent.",
        ),
        key("rate", Kind::Rate, "\"1/s\"", "The most notifications in a time."),
        key("dead_letter", Kind::Text, "\"lost.jsonl\"", "The file that what is given up goes to."),
        key("path", Kind::Text, "\"alerts.jsonl\"", "Of a file: where it is."),
        key(
            "command",
            Kind::Texts,
            "[\"notify\", \"--now\"]",
            "Of a command: program and arguments.",
        ),
        key(
            "url",
            Kind::Url,
            "\"https://example.org/hook\"",
            "Of a webhook or pagerduty: where it is; of slack, env:NAME or file:PATH.",
        ),
        key("urls", Kind::Urls, "[\"http://am-1:9093\"]", "Of alertmanager: each member."),
        key(
            "resend",
            Kind::Time,
            "\"1min\"",
            "Of alertmanager: how often what fires is sent again; a minute if absent.",
        ),
        key(
            "bearer_token",
            Kind::Secret,
            "\"env:AM_TOKEN\"",
            "Of a webhook or alertmanager: where the token is that it lets in.",
        ),
        key(
            "ca_file",
            Kind::Text,
            "\"/etc/ssl/company.pem\"",
            "Of web services and email: the authorities that vouch for the server; Mozilla's if absent.",
        ),
        key("routing_key", Kind::Secret, "\"env:PAGER_KEY\"", "Of pagerduty: where its key is."),
        key("host", Kind::Text, "\"mail.example.org\"", "Of email: the server that takes it."),
        key("port", Kind::Count, "587", "Of email: its port; 587, 465 or 25 if absent."),
        key(
            "encryption",
            Kind::Choice(&["starttls", "tls", "none"]),
            "\"tls\"",
            "Of email: how it is encrypted; starttls if absent.",
        ),
        key("from", Kind::Text, "\"perfkit@example.org\"", "Of email: who it is from."),
        key("to", Kind::Texts, "[\"oncall@example.org\"]", "Of email: who it is for."),
        key("username", Kind::Text, "\"perfkit\"", "Of email: the user, if the server wants one."),
        key("password", Kind::Secret, "\"env:MAIL_PASSWORD\"", "Of email: where the password is."),
    ],
    percentiles: None,
};

/// The whole file.
pub(crate) const FILE: Section = Section {
    about: "What a service promises: targets, objectives with error budgets, alerts.",
    keys: &[
        key(
            "overall_operation",
            Kind::Text,
            "\"end_to_end\"",
            "The operation that stands for the whole; all together if absent.",
        ),
        key("warm_up", Kind::Time, "\"10s\"", "What is left out at the start of a run."),
        key(
            "time_zone",
            Kind::Text,
            "\"Europe/Berlin\"",
            "Where midnight is, for periods of the calendar and exclusions; UTC if absent.",
        ),
        key("defaults", Kind::Table(&DEFAULTS), "", "What operations inherit."),
        key("overall", Kind::Table(&OVERALL), "", "Targets for the whole."),
        key("operations", Kind::Named(&OPERATION), "", "Targets for single operations, by name."),
        key("metrics", Kind::Named(&METRIC), "", "Targets for metrics of your own."),
        key("resources", Kind::Table(&RESOURCES), "", "Ceilings for memory, processor and files."),
        key("objectives", Kind::List(&OBJECTIVE), "", "Shares of good events over a period."),
        key("exclusions", Kind::List(&EXCLUSION), "", "Stretches of time that do not count."),
        key("alerts", Kind::List(&ALERT), "", "Who is told of what."),
        key("handlers", Kind::Named(&HANDLER), "", "Who tells it, by the names that alerts use."),
        key("alerting", Kind::Table(&ALERTING), "", "What holds for all alerts."),
        key("inhibit", Kind::List(&INHIBIT), "", "Which alerts silence which."),
        key("silences", Kind::List(&SILENCE), "", "When nobody is told of what."),
    ],
    percentiles: None,
};

impl Section {
    /// What the value of this key must be, if the key may stand here.
    pub(crate) fn kind(&self, name: &str) -> Option<Kind> {
        let known = self.keys.iter().find(|key| key.name == name).map(|key| key.kind);
        known.or_else(|| self.percentiles.filter(|_| name.starts_with("max_p")))
    }

    /// Every key, with the usual percentiles.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> + Clone {
        let percentiles: &[&str] = match self.percentiles {
            Some(_) => &["max_p50", "max_p90", "max_p95", "max_p99"],
            None => &[],
        };
        percentiles.iter().copied().chain(self.keys.iter().map(|key| key.name))
    }
}
