//! Queries drawn from the corpus itself, so that each has an answer in it.

use super::corpus::Corpus;
use super::passages::Passage;
use super::random::SplitMix64;
use super::sentences::{Form, sentences};
use super::vocabulary::{Term, Vocabulary};

/// Words of the shortest query.
const FEWEST_WORDS: usize = 3;
/// Words of the longest query.
const MOST_WORDS: usize = 8;

/// Passages that are searched for a sentence before words are taken from code.
const LOOK_AHEAD: usize = 32;

/// Draws `count` queries, which for the same corpus and `seed` are always the same.
///
/// The queries come from passages spread evenly over the corpus; in a small corpus, passages serve
/// more than once. Each query is 3 to 8 words of a sentence or heading, those with the highest
/// inverse document frequency, in their order. Where there is only code, the words are taken from
/// a whole passage, and only a passage of fewer than 3 words gives a shorter query.
#[must_use]
pub fn draw(corpus: &Corpus, vocabulary: &Vocabulary, count: usize, seed: u64) -> Vec<String> {
    let mut random = SplitMix64::new(seed);
    let passages = corpus.passages();
    let mut queries = Vec::with_capacity(count);
    for stretch in 0..count {
        // The corpus is cut into `count` equal stretches, each of which gives one query.
        let start = stretch * passages.len() / count;
        let end = ((stretch + 1) * passages.len()).div_ceil(count);
        let at = start + random.below(end - start);
        queries.push(query_from(passages, at, vocabulary, &mut random));
    }
    random.shuffle(&mut queries);
    queries
}

/// A query from the passage at `at`, or from the next after it that has a sentence.
fn query_from(
    passages: &[Passage],
    at: usize,
    vocabulary: &Vocabulary,
    random: &mut SplitMix64,
) -> String {
    let length = FEWEST_WORDS + random.below(MOST_WORDS - FEWEST_WORDS + 1);
    let (before, after) = passages.split_at(at);
    let terms = after
        .iter()
        .chain(before)
        .take(LOOK_AHEAD)
        .find_map(|passage| words_of_a_sentence(passage, vocabulary, random))
        .unwrap_or_else(|| words_of_code(&passages[at], vocabulary));
    let words: Vec<_> = most_telling(terms, length).into_iter().map(|term| term.word).collect();
    words.join(" ")
}

/// The usable words of a random sentence or heading of `passage`, if any has enough of them.
fn words_of_a_sentence(
    passage: &Passage,
    vocabulary: &Vocabulary,
    random: &mut SplitMix64,
) -> Option<Vec<Term>> {
    let mut choices: Vec<_> = sentences(passage)
        .iter()
        .filter(|sentence| sentence.form != Form::Line)
        .map(|sentence| telling_words(&sentence.text, vocabulary))
        .filter(|terms| terms.len() >= FEWEST_WORDS)
        .collect();
    (!choices.is_empty()).then(|| choices.swap_remove(random.below(choices.len())))
}

/// The words of all of `passage`, numbers only where there is nothing else.
fn words_of_code(passage: &Passage, vocabulary: &Vocabulary) -> Vec<Term> {
    let terms = telling_words(&passage.text, vocabulary);
    if terms.is_empty() { vocabulary.weigh(&passage.text) } else { terms }
}

/// The words of `text` that a person might type: without numbers, hashes and the like.
fn telling_words(text: &str, vocabulary: &Vocabulary) -> Vec<Term> {
    let mut terms = vocabulary.weigh(text);
    terms.retain(|term| term.word.chars().all(char::is_alphabetic));
    terms
}

/// The `count` of `terms` with the highest idf, in their order.
fn most_telling(terms: Vec<Term>, count: usize) -> Vec<Term> {
    let mut ranked: Vec<_> = terms.into_iter().enumerate().collect();
    ranked.sort_by(|(_, a), (_, b)| b.idf.total_cmp(&a.idf));
    ranked.truncate(count);
    ranked.sort_by_key(|&(at, _)| at);
    ranked.into_iter().map(|(_, term)| term).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw_from(texts: &[(&str, &str)], count: usize, seed: u64) -> Vec<String> {
        let corpus = Corpus::of_texts(texts);
        draw(&corpus, &Vocabulary::of(&corpus), count, seed)
    }

    const BIRDS: (&str, &str) = ("birds", "The small wren sings loudly at dawn. Robins hop along.");
    const STOCKS: (&str, &str) = ("stocks", "Stocks and bonds fell sharply during trade.");

    #[test]
    fn a_seed_determines_the_queries() {
        let texts = [BIRDS, STOCKS];
        assert_eq!(draw_from(&texts, 20, 1), draw_from(&texts, 20, 1));
        assert_ne!(draw_from(&texts, 20, 1), draw_from(&texts, 20, 2));
    }

    #[test]
    fn every_part_of_the_corpus_gives_queries() {
        let queries = draw_from(&[BIRDS, STOCKS], 2, 3);
        let about_stocks = queries.iter().filter(|query| {
            query.contains("bonds") || query.contains("stocks") || query.contains("trade")
        });
        assert_eq!(about_stocks.count(), 1);
    }

    #[test]
    fn a_query_is_three_to_eight_words_of_a_sentence_in_order() {
        for query in draw_from(&[BIRDS], 50, 4) {
            let words: Vec<_> = query.split(' ').collect();
            assert!((FEWEST_WORDS..=MOST_WORDS).contains(&words.len()), "{query}");
            let all = "small wren sings loudly dawn robins hop along";
            let places: Vec<_> = words.iter().map(|word| all.find(word).unwrap()).collect();
            assert!(places.is_sorted(), "{query}");
        }
    }

    #[test]
    fn a_corpus_of_one_word_gives_that_word_again_and_again() {
        assert_eq!(draw_from(&[("a", "the wren")], 3, 5), ["wren", "wren", "wren"]);
    }
}
