//! How many passages each word of the corpus occurs in, and what the word is worth for that.

use std::collections::HashMap;
use std::thread;

use super::corpus::Corpus;
use super::passages::Passage;
use super::tokens::words;

/// The document frequencies of a corpus, with passages as the documents.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// By word: the number of passages with that word.
    frequencies: HashMap<Box<str>, Frequency>,
    passages: usize,
    words: usize,
}

#[derive(Debug)]
struct Frequency {
    passages: usize,
    /// The passage counted last, so that a word repeated in it is not counted again.
    last: usize,
}

impl Vocabulary {
    /// Counts the words of `corpus`, on all cores.
    #[must_use]
    pub fn of(corpus: &Corpus) -> Self {
        let passages = corpus.passages();
        let share = passages.len().div_ceil(threads()).max(1);
        thread::scope(|scope| {
            let counts: Vec<_> =
                passages.chunks(share).map(|share| scope.spawn(|| Self::count(share))).collect();
            counts
                .into_iter()
                .map(|count| count.join().expect("counting words does not panic"))
                .reduce(Self::merge)
                .unwrap_or_default()
        })
    }

    /// The inverse document frequency of `word`: ln(1 + (N - n + ½) / (n + ½)), where n of the N
    /// passages have the word.
    ///
    /// This is the weight of Robertson & Spärck Jones (1976) with 1 added under the logarithm, as
    /// Lucene does, which keeps it above 0 for words in more than half of the passages.
    #[must_use]
    pub fn idf(&self, word: &str) -> f32 {
        let with_word = self.frequencies.get(word).map_or(0, |f| f.passages) as f32;
        let without_word = self.passages as f32 - with_word;
        ((without_word + 0.5) / (with_word + 0.5)).ln_1p()
    }

    /// The mean length of a passage, in words.
    #[must_use]
    pub fn mean_passage_length(&self) -> f32 {
        self.words as f32 / self.passages.max(1) as f32
    }

    /// The different words of `text` in the order of their first use, each with its idf.
    #[must_use]
    pub fn weigh(&self, text: &str) -> Vec<Term> {
        let mut terms: Vec<Term> = Vec::new();
        for word in words(text) {
            if terms.iter().all(|term| *term.word != *word) {
                let idf = self.idf(&word);
                let word = word.into();
                terms.push(Term { word, idf });
            }
        }
        terms
    }

    fn count(passages: &[Passage]) -> Self {
        let mut vocabulary = Self { passages: passages.len(), ..Self::default() };
        for (at, passage) in passages.iter().enumerate() {
            for word in words(&passage.text) {
                vocabulary.words += 1;
                match vocabulary.frequencies.get_mut(&*word) {
                    Some(frequency) if frequency.last == at => {}
                    Some(frequency) => {
                        frequency.passages += 1;
                        frequency.last = at;
                    }
                    None => {
                        let first = Frequency { passages: 1, last: at };
                        vocabulary.frequencies.insert(word.into(), first);
                    }
                }
            }
        }
        vocabulary
    }

    fn merge(mut self, other: Self) -> Self {
        self.passages += other.passages;
        self.words += other.words;
        for (word, frequency) in other.frequencies {
            self.frequencies
                .entry(word)
                .and_modify(|sum| sum.passages += frequency.passages)
                .or_insert(frequency);
        }
        self
    }
}

/// A word and its inverse document frequency.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The word, lower-cased.
    pub word: Box<str>,
    /// Its inverse document frequency, above 0.
    pub idf: f32,
}

/// Number of threads that share the building of an index: one for each core.
#[must_use]
pub fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        Vocabulary::of(&Corpus::of_texts(&[("a", "cat cat dog"), ("b", "cat"), ("c", "bird")]))
    }

    #[test]
    fn a_word_counts_once_for_each_passage() {
        let expected = (1.0_f32 + 1.5 / 2.5).ln();
        assert!((vocabulary().idf("cat") - expected).abs() < 1e-6);
    }

    #[test]
    fn rarer_words_weigh_more_and_unknown_words_most() {
        let vocabulary = vocabulary();
        assert!(vocabulary.idf("cat") < vocabulary.idf("dog"));
        assert!(vocabulary.idf("dog") < vocabulary.idf("horse"));
    }

    #[test]
    fn the_mean_passage_length_counts_repeated_words() {
        assert!((vocabulary().mean_passage_length() - 5.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn weighing_lists_each_word_once_in_order() {
        let terms = vocabulary().weigh("Dog, cat; dog!");
        let words: Vec<_> = terms.iter().map(|term| &*term.word).collect();
        assert_eq!(words, ["dog", "cat"]);
    }
}
