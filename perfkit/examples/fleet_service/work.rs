//! What a request does: look for words in a text, and rank the passages that have them.

/// A text of passages, the same in every process.
pub(super) struct Library {
    passages: Vec<String>,
}

/// How many words there are.
const WORDS: u64 = 4_000;
/// Every so many-th question asks for what no passage has.
const NOWHERE: u64 = 250;
/// Words of a passage.
const LENGTH: u64 = 80;

impl Library {
    pub(super) fn new(passages: usize) -> Self {
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        let mut passage = || (0..LENGTH).map(|_| word(next(&mut random)) + " ").collect();
        Library { passages: (0..passages).map(|_| passage()).collect() }
    }

    /// The passages with either of two words, read `effort` times.
    pub(super) fn search(&self, question: u64, effort: usize) -> Vec<&str> {
        let mut random = question.wrapping_add(1).wrapping_mul(0x2545_f491_4f6c_dd1d);
        let mut words = || match question % NOWHERE {
            0 => "nowhere".to_owned(),
            _ => word(next(&mut random)),
        };
        let (first, second) = (words(), words());
        let mut found = Vec::new();
        for _ in 0..effort {
            let has = |passage: &&String| passage.contains(&first) || passage.contains(&second);
            found = self.passages.iter().filter(has).map(String::as_str).collect();
        }
        found
    }

    /// The passage that has the most different letters; `None` when there is none to choose from.
    pub(super) fn rank<'p>(&self, found: &[&'p str]) -> Option<&'p str> {
        let letters = |passage: &str| {
            passage.bytes().fold(0_u32, |seen, letter| seen | 1 << (letter % 32)).count_ones()
        };
        found.iter().copied().max_by_key(|passage| letters(passage))
    }
}

/// Words are used as unequally as in a language.
fn word(random: u64) -> String {
    let share = (random % 1_000_000) as f64 / 1e6;
    let number = (share.powi(3) * WORDS as f64) as u64;
    format!("w{number:04}")
}

/// Xorshift, of Marsaglia.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}
