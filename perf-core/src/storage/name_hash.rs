//! A quick hash and comparison, for the table of names a thread used last.
//!
//! Most names have 8 to 16 bytes: the first and the last eight, which may overlap, are all of such a
//! name, and neither function then has a loop or a call.

/// Spreads names over the table's places by its top bits. Nothing rests on it but evictions: the
/// registry behind the table hashes with a secret key.
#[inline(always)]
pub(crate) fn name_hash(name: &str) -> u64 {
    const K: u64 = 0x9E37_79B9_7F4A_7C15;
    const K2: u64 = 0xD6E8_FEB8_6659_FD93;
    let mix = |hash: u64, word: u64| (hash.rotate_left(26) ^ word).wrapping_mul(K);
    let name = name.as_bytes();
    let len = name.len() as u64;
    match ends(name) {
        // The two products do not wait for each other: the look-up that follows is all latency.
        Some((first, last)) if len <= 16 => {
            (first ^ len).wrapping_mul(K) ^ last.wrapping_mul(K2).rotate_left(1)
        }
        Some((first, last)) => {
            let (words, _) = name.as_chunks::<8>();
            let middle = words.iter().fold(mix(len, first), |hash, word| mix(hash, load(word)));
            mix(middle, last)
        }
        None => mix(len, short_word(name)),
    }
}

/// Whether two names are the same.
#[inline(always)]
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    match (ends(a), ends(b)) {
        (Some(ends_a), Some(ends_b)) => ends_a == ends_b && (a.len() <= 16 || a == b),
        _ => short_word(a) == short_word(b),
    }
}

#[inline(always)]
fn ends(name: &[u8]) -> Option<(u64, u64)> {
    Some((load(name.first_chunk()?), load(name.last_chunk()?)))
}

#[inline(always)]
fn load(word: &[u8; 8]) -> u64 {
    u64::from_le_bytes(*word)
}

/// All of up to seven bytes.
#[inline(always)]
fn short_word(name: &[u8]) -> u64 {
    match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
        (Some(head), Some(tail)) => {
            u64::from(u32::from_le_bytes(*head)) | u64::from(u32::from_le_bytes(*tail)) << 32
        }
        _ => name.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_one_byte_are_different_and_hash_apart() {
        let long = "a name that is rather longer than one word";
        for len in 0..long.len() {
            let name = &long[..len];
            assert!(same_name(name, &String::from(name)));
            for at in 0..len {
                let mut other = name.as_bytes().to_vec();
                other[at] ^= 1;
                let other = std::str::from_utf8(&other).expect("still ASCII");
                assert_ne!(name_hash(name), name_hash(other), "{len} bytes, changed at {at}");
                assert!(!same_name(name, other), "{len} bytes, changed at {at}");
            }
        }
    }
}
