//! What a timer is told about its call, kept for the samples worth keeping.

use crate::operation::MAX_KIND;
use std::borrow::Cow;
use std::fmt;

/// Pairs one sample can carry.
const MAX_PAIRS: usize = 16;
/// Bytes of a key or of a text.
const MAX_TEXT: usize = 256;

/// One value of a sample's metadata: a text, an integer, a float or a bool.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum MetadataValue {
    /// A text of at most 256 bytes; longer ones are shortened and counted.
    Text(Box<str>),
    /// A signed integer.
    Integer(i64),
    /// An integer beyond `i64::MAX`.
    Unsigned(u64),
    /// A floating-point number.
    Float(f64),
    /// A truth value.
    Bool(bool),
}

impl fmt::Display for MetadataValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MetadataValue::Text(text) => f.write_str(text),
            MetadataValue::Integer(number) => write!(f, "{number}"),
            MetadataValue::Unsigned(number) => write!(f, "{number}"),
            MetadataValue::Float(number) => write!(f, "{number}"),
            MetadataValue::Bool(truth) => write!(f, "{truth}"),
        }
    }
}

impl From<&str> for MetadataValue {
    fn from(text: &str) -> Self {
        MetadataValue::Text(text.into())
    }
}

impl From<String> for MetadataValue {
    fn from(text: String) -> Self {
        MetadataValue::Text(text.into())
    }
}

impl From<bool> for MetadataValue {
    fn from(truth: bool) -> Self {
        MetadataValue::Bool(truth)
    }
}

macro_rules! from_numbers {
    ($($number:ty => $variant:ident as $kept:ty),* $(,)?) => {$(
        impl From<$number> for MetadataValue {
            fn from(number: $number) -> Self {
                MetadataValue::$variant(<$kept>::from(number))
            }
        }
    )*};
}

from_numbers! {
    i8 => Integer as i64, i16 => Integer as i64, i32 => Integer as i64, i64 => Integer as i64,
    u8 => Integer as i64, u16 => Integer as i64, u32 => Integer as i64,
    f32 => Float as f64, f64 => Float as f64,
}

impl From<u64> for MetadataValue {
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or(MetadataValue::Unsigned(number), MetadataValue::Integer)
    }
}

impl From<usize> for MetadataValue {
    fn from(number: usize) -> Self {
        MetadataValue::from(number as u64)
    }
}

/// What a timer was told: allocated at the first word, so that a silent timer pays for nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Details {
    pub(crate) metadata: Vec<(Cow<'static, str>, MetadataValue)>,
    pub(crate) failure_kind: Option<Cow<'static, str>>,
    /// Pairs dropped and texts shortened.
    pub(crate) dropped: u64,
}

impl Details {
    /// Whether nothing was said.
    pub(crate) fn is_empty(&self) -> bool {
        self.metadata.is_empty() && self.failure_kind.is_none()
    }

    /// Bytes in memory, about.
    pub(crate) fn size(&self) -> usize {
        let owned = |text: &Cow<'static, str>| match text {
            Cow::Owned(text) => text.capacity(),
            Cow::Borrowed(_) => 0,
        };
        let texts = self.metadata.iter().map(|(key, value)| match value {
            MetadataValue::Text(text) => owned(key) + text.len(),
            _ => owned(key),
        });
        let pairs = self.metadata.capacity() * size_of::<(Cow<'static, str>, MetadataValue)>();
        size_of::<Self>()
            + pairs
            + texts.sum::<usize>()
            + self.failure_kind.as_ref().map_or(0, owned)
    }

    /// The pairs, in the order of their keys' first mention.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &MetadataValue)> {
        self.metadata.iter().map(|(key, value)| (&**key, value))
    }

    /// Says why the call failed; what was said before is forgotten.
    pub(crate) fn set_failure_kind(&mut self, kind: Cow<'static, str>) {
        self.failure_kind = Some(match kind.len() {
            ..=MAX_KIND => kind,
            _ => Cow::Owned(cut(&kind, MAX_KIND).to_owned()),
        });
    }

    /// Adds a pair; an older one with the same key is replaced.
    pub(crate) fn insert(&mut self, key: Cow<'static, str>, mut value: MetadataValue) {
        let key = self.shortened(key);
        if let MetadataValue::Text(text) = &mut value
            && text.len() > MAX_TEXT
        {
            *text = cut(text, MAX_TEXT).into();
            self.dropped += 1;
        }
        if let Some((_, old)) = self.metadata.iter_mut().find(|(known, _)| *known == key) {
            *old = value;
        } else if self.metadata.len() < MAX_PAIRS {
            self.metadata.push((key, value));
        } else {
            self.dropped += 1;
        }
    }

    fn shortened(&mut self, key: Cow<'static, str>) -> Cow<'static, str> {
        if key.len() <= MAX_TEXT {
            return key;
        }
        self.dropped += 1;
        Cow::Owned(cut(&key, MAX_TEXT).to_owned())
    }
}

/// The first `max` bytes of `text`, less what would cut a character in two.
pub(crate) fn cut(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or(0)]
}
