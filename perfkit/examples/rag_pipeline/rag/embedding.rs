//! Embedding: turns a text into a vector whose direction stands for what the text is about.

use std::sync::Arc;

use super::error::AnswerError;
use super::random::mix;
use super::tokens::words;
use super::vocabulary::Vocabulary;

/// Number of dimensions of a [`Vector`].
pub const DIMENSIONS: usize = 256;

/// What a pair of neighbouring words counts, as a share of the mean idf of the two.
const PAIR_WEIGHT: f32 = 0.25;
/// What three letters (bytes, in fact) of a word count, as a share of the idf of the word. They
/// make words of one stem, such as "retrieve" and "retrieval", resemble each other.
const TRIGRAM_WEIGHT: f32 = 0.3;

/// A vector of length 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Vector(pub [f32; DIMENSIONS]);

/// Embeds texts by signed feature hashing (Weinberger et al., "Feature hashing for large scale
/// multitask learning", ICML 2009).
///
/// The features of a text are its words, its pairs of neighbouring words, and the trigrams of its
/// words. Each has the weight (1 + ln tf) · idf, and is added to or subtracted from the one
/// dimension that its hash selects.
#[derive(Debug)]
pub struct Embedder {
    vocabulary: Arc<Vocabulary>,
}

impl Embedder {
    /// An embedder that takes the inverse document frequencies from `vocabulary`.
    #[must_use]
    pub fn new(vocabulary: Arc<Vocabulary>) -> Self {
        Self { vocabulary }
    }

    /// Embeds `text`.
    ///
    /// # Errors
    ///
    /// [`AnswerError::NoUsableWords`] when the text has no words but stop words.
    pub fn embed(&self, text: &str) -> Result<Vector, AnswerError> {
        let mut features = self.features(text);
        if features.is_empty() {
            return Err(AnswerError::NoUsableWords);
        }
        features.sort_unstable_by_key(|feature| feature.hash);
        let mut vector = [0.0; DIMENSIONS];
        for same in features.chunk_by(|a, b| a.hash == b.hash) {
            let count = same.len() as f32;
            // One trigram can come from words that differ in idf.
            let mean_idf = same.iter().map(|feature| feature.idf).sum::<f32>() / count;
            let weight = (1.0 + count.ln()) * mean_idf;
            let hash = same[0].hash;
            let positive = hash >> 63 == 0;
            vector[hash as usize % DIMENSIONS] += if positive { weight } else { -weight };
        }
        normalise(&mut vector);
        Ok(Vector(vector))
    }

    /// The features of `text`, one for each occurrence.
    fn features(&self, text: &str) -> Vec<Feature> {
        let mut features = Vec::with_capacity(text.len());
        let mut previous: Option<Feature> = None;
        for word in words(text) {
            let idf = self.vocabulary.idf(&word);
            let hash = hash(WORD, word.as_bytes());
            let word_feature = Feature { hash, idf };
            features.push(word_feature);
            if let Some(previous) = previous.replace(word_feature) {
                features.push(Feature {
                    // Rotated, so that "a b" and "b a" differ.
                    hash: mix(previous.hash.rotate_left(1) ^ hash),
                    idf: PAIR_WEIGHT * (previous.idf + idf) / 2.0,
                });
            }
            features.extend(word.as_bytes().windows(3).map(|trigram| Feature {
                hash: self::hash(TRIGRAM, trigram),
                idf: TRIGRAM_WEIGHT * idf,
            }));
        }
        features
    }
}

#[derive(Debug, Clone, Copy)]
struct Feature {
    hash: u64,
    /// The weight of one occurrence.
    idf: f32,
}

/// Hashed along with a word.
const WORD: u64 = 0;
/// Hashed along with a trigram, so that the word "cat" and the trigram "cat" differ.
const TRIGRAM: u64 = 1;

/// The 64-bit FNV-1a hash of `bytes`, begun at one of the constants above and with its bits spread
/// for use from both ends. It is the same on every machine and in every run.
fn hash(kind: u64, bytes: &[u8]) -> u64 {
    let basis = 0xcbf2_9ce4_8422_2325 ^ kind;
    mix(bytes
        .iter()
        .fold(basis, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
}

/// Scales `vector` to length 1, unless its features have cancelled out to 0.
fn normalise(vector: &mut [f32]) {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::super::corpus::Corpus;
    use super::*;

    fn embed(text: &str) -> Result<Vector, AnswerError> {
        let corpus = Corpus::of_texts(&[("a", "cats retrieve birds"), ("b", "stocks and bonds")]);
        Embedder::new(Arc::new(Vocabulary::of(&corpus))).embed(text)
    }

    fn cosine(a: &str, b: &str) -> f32 {
        let (a, b) = (embed(a).unwrap(), embed(b).unwrap());
        a.0.iter().zip(b.0).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn a_vector_has_length_one() {
        assert!((cosine("cats and birds", "cats and birds") - 1.0).abs() < 1e-5);
    }

    #[test]
    fn texts_that_share_words_are_close() {
        assert!(cosine("cats eat birds", "birds eat cats") > 0.5);
        assert!(cosine("cats eat birds", "stocks fell again") < 0.3);
    }

    #[test]
    fn words_of_one_stem_are_closer_than_others() {
        assert!(cosine("retrieval", "retrieve") > cosine("retrieval", "ordering") + 0.1);
    }

    #[test]
    fn a_text_of_stop_words_cannot_be_embedded() {
        assert_eq!(embed("the of and").unwrap_err(), AnswerError::NoUsableWords);
    }
}
