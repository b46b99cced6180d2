//! A number for a set of labels.

use crate::alert::Labels;

/// FNV-1a over names and values, each with a byte behind it that no text holds: as Alertmanager does it, so
/// that the same labels have the same fingerprint there.
pub(crate) fn fingerprint(labels: &Labels) -> u64 {
    const SEPARATOR: &[u8] = &[0xff];
    let parts = labels
        .iter()
        .flat_map(|(name, value)| [name.as_bytes(), SEPARATOR, value.as_bytes(), SEPARATOR]);
    parts.flatten().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn nothing_hashes_to_the_offset_of_fnv() {
        assert_eq!(fingerprint(&Labels::new()), 14_695_981_039_346_656_037);
    }

    /// The vector of Prometheus' own tests.
    #[test]
    fn it_is_the_one_that_prometheus_has() {
        let two = labels(&[("name", "garland, briggs"), ("fear", "love is not enough")]);
        assert_eq!(fingerprint(&two), 5_799_056_148_416_392_346);
    }

    #[test]
    fn where_a_name_ends_makes_a_difference() {
        let one = fingerprint(&labels(&[("ab", "c")]));
        let other = fingerprint(&labels(&[("a", "bc")]));
        assert_ne!(one, other);
        assert_ne!(
            fingerprint(&labels(&[("a", "b"), ("c", "d")])),
            fingerprint(&labels(&[("a", "bcd")]))
        );
    }
}
