//! TOML.

use super::{Entry, Fault, Node, Place, Value};
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

/// The whole text, or everything that is wrong with its syntax.
pub(super) fn parse(text: &str) -> Result<Node, Vec<Fault>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(Node { place: Place::Byte(0), value: Value::Table(entries(table.get_ref())) });
    }
    let fault = |error: toml::de::Error| {
        let place = Place::Byte(error.span().map_or(0, |span| span.start));
        (place, error.message().to_owned())
    };
    Err(errors.into_iter().map(fault).collect())
}

/// The entries of a table as they stand in the file.
fn entries(table: &DeTable<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            place: Place::Byte(key.span().start),
            key: key.get_ref().to_string(),
            value: node(value),
        })
        .collect();
    entries.sort_by_key(|entry| entry.place);
    entries
}

fn node(value: &Spanned<DeValue<'_>>) -> Node {
    let place = Place::Byte(value.span().start);
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Number(decimal(number)),
        DeValue::Float(number) => Value::Number(number.as_str().to_owned()),
        DeValue::Boolean(is) => Value::Bool(*is),
        DeValue::Datetime(time) => Value::DateTime(time.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(node).collect()),
        DeValue::Table(table) => Value::Table(entries(table)),
    };
    Node { place, value }
}

/// `0x10` as `16`; what is too large for that stays as it is written, and is no number to anybody.
fn decimal(number: &DeInteger<'_>) -> String {
    let whole = u128::from_str_radix(number.as_str(), number.radix());
    whole.map_or_else(|_| number.to_string(), |whole| whole.to_string())
}
