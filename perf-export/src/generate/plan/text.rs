//! What an annotation says.

/// Plain text, with places for values that Prometheus fills in.
#[derive(Clone, Debug, Default)]
pub(in crate::generate) struct Text(Vec<Piece>);

#[derive(Clone, Debug)]
enum Piece {
    Plain(String),
    /// A template, and what it becomes in the test.
    Value(&'static str, &'static str),
}

impl Text {
    pub(in crate::generate) fn plain(text: impl Into<String>) -> Self {
        Text(vec![Piece::Plain(text.into())])
    }

    /// The value of the expression as a percentage. In the test everything is bad.
    pub(super) fn percentage() -> Self {
        Text(vec![Piece::Value("{{ $value | humanizePercentage }}", "100%")])
    }

    /// The value of the expression. In the test it is zero.
    pub(super) fn number() -> Self {
        Text(vec![Piece::Value("{{ $value | humanize }}", "0")])
    }

    pub(super) fn then(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Plain(text.into()));
        self
    }

    /// As Prometheus expands it: no brace of a name begins a template.
    pub(in crate::generate) fn template(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Plain(text) => inert(text),
            Piece::Value(template, _) => (*template).to_owned(),
        };
        self.0.iter().map(piece).collect()
    }

    /// What it becomes in the test.
    pub(in crate::generate) fn when_tested(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Plain(text) => text.clone(),
            Piece::Value(_, tested) => (*tested).to_owned(),
        };
        self.0.iter().map(piece).collect()
    }
}

/// A text that is expanded to itself.
pub(in crate::generate) fn inert(text: &str) -> String {
    text.replace('{', "{{\"{\"}}")
}
