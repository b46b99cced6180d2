//! Generation: composes an answer out of sentences of the best passages, each with its source.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::corpus::Corpus;
use super::error::AnswerError;
use super::retrieval::Hit;
use super::sentences::{Form, Sentence, sentences};
use super::tokens::words;
use super::vocabulary::{Term, Vocabulary};

/// Sentences that an answer does not exceed.
const MOST_SENTENCES: usize = 4;
/// Characters that the sentences of an answer do not exceed together.
const MOST_CHARACTERS: usize = 400;
/// How much relevance counts against redundancy, from 0 to 1. At one half, a sentence never gains
/// by being said twice.
const LAMBDA: f32 = 0.5;
/// What a heading or a line of code counts, beside a sentence of prose.
const FRAGMENT_WEIGHT: f32 = 0.5;
/// The share of the relevance of the best sentence below which a sentence is off the point.
const LEAST_RELEVANCE: f32 = 0.5;

/// An answer composed of sentences of the corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The sentences, each followed by the number of its source, such as `[1]`.
    pub text: String,
    /// The sources, that of `[1]` first.
    pub sources: Vec<Source>,
}

/// Where a sentence of an answer was found; displayed as `path:line`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file, relative to the folder of the corpus.
    pub path: PathBuf,
    /// The line on which the sentence starts, counted from 1.
    pub line: usize,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path.display(), self.line)
    }
}

/// Answers queries by extracting sentences.
#[derive(Debug)]
pub struct Generator {
    corpus: Arc<Corpus>,
    vocabulary: Arc<Vocabulary>,
}

impl Generator {
    /// A generator that quotes the passages of `corpus`.
    #[must_use]
    pub fn new(corpus: Arc<Corpus>, vocabulary: Arc<Vocabulary>) -> Self {
        Self { corpus, vocabulary }
    }

    /// Composes an answer to `query` out of `passages`, best first.
    ///
    /// Sentences are taken one by one by maximal marginal relevance (Carbonell & Goldstein, SIGIR
    /// 1998), up to 4 of them or 400 characters.
    ///
    /// # Errors
    ///
    /// [`AnswerError::NothingRelevant`] when no sentence shares a word with the query.
    pub fn generate(&self, query: &str, passages: &[Hit]) -> Result<Answer, AnswerError> {
        let sentences: Vec<(usize, Sentence)> = passages
            .iter()
            .map(|hit| &self.corpus.passages()[hit.passage])
            .flat_map(|passage| {
                let file = passage.file;
                sentences(passage).into_iter().map(move |sentence| (file, sentence))
            })
            .collect();
        let terms = self.vocabulary.weigh(query);
        let candidates =
            sentences.iter().filter_map(|(file, sentence)| Candidate::new(*file, sentence, &terms));
        let chosen = choose(candidates.collect());
        if chosen.is_empty() {
            return Err(AnswerError::NothingRelevant);
        }
        Ok(self.compose(&chosen))
    }

    /// Joins the chosen sentences and numbers their sources.
    fn compose(&self, chosen: &[Candidate]) -> Answer {
        let mut sources: Vec<Source> = Vec::new();
        let mut cited = Vec::with_capacity(chosen.len());
        for candidate in chosen {
            let source = Source {
                path: self.corpus.files()[candidate.file].clone(),
                line: candidate.sentence.line,
            };
            let known = sources.iter().position(|other| *other == source);
            let at = known.unwrap_or(sources.len());
            if known.is_none() {
                sources.push(source);
            }
            cited.push(format!("{} [{}]", candidate.sentence.text, at + 1));
        }
        let text = cited.join(" ");
        Answer { text, sources }
    }
}

/// A sentence that has at least one word of the query.
struct Candidate<'a> {
    file: usize,
    sentence: &'a Sentence,
    characters: usize,
    words: HashSet<Cow<'a, str>>,
    /// The share of the query that it covers, by idf, from 0 to 1.
    relevance: f32,
}

impl<'a> Candidate<'a> {
    fn new(file: usize, sentence: &'a Sentence, terms: &[Term]) -> Option<Self> {
        let words: HashSet<_> = words(&sentence.text).collect();
        let covered = terms.iter().filter(|term| words.contains(&*term.word));
        let weight = match sentence.form {
            Form::Prose => 1.0,
            Form::Heading | Form::Line => FRAGMENT_WEIGHT,
        };
        let total: f32 = terms.iter().map(|term| term.idf).sum();
        let relevance = weight * covered.map(|term| term.idf).sum::<f32>() / total;
        (relevance > 0.0).then(|| Self {
            file,
            sentence,
            characters: sentence.text.chars().count(),
            words,
            relevance,
        })
    }

    /// The Jaccard similarity of the words of two sentences, from 0 to 1.
    fn similarity(&self, other: &Self) -> f32 {
        let shared = self.words.intersection(&other.words).count();
        let either = self.words.len() + other.words.len() - shared;
        shared as f32 / either as f32
    }

    /// What the sentence would add to those chosen before it.
    fn marginal_relevance(&self, chosen: &[Self]) -> f32 {
        let redundancy = chosen.iter().map(|other| self.similarity(other)).fold(0.0, f32::max);
        LAMBDA * self.relevance - (1.0 - LAMBDA) * redundancy
    }
}

/// Of the candidates that are to the point, takes the one that adds most, again and again, until
/// there is no room or nothing to add.
fn choose(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    let highest = candidates.iter().map(|candidate| candidate.relevance).fold(0.0, f32::max);
    candidates.retain(|candidate| candidate.relevance >= LEAST_RELEVANCE * highest);
    let mut chosen: Vec<Candidate> = Vec::new();
    let mut room = MOST_CHARACTERS;
    while chosen.len() < MOST_SENTENCES {
        candidates.retain(|candidate| candidate.characters <= room);
        // Of equals the first is taken, which comes from the better passage.
        let best = candidates
            .iter()
            .map(|candidate| candidate.marginal_relevance(&chosen))
            .enumerate()
            .rev()
            .max_by(|(_, a), (_, b)| a.total_cmp(b));
        let Some((best, _)) = best.filter(|&(_, added)| added > 0.0) else {
            break;
        };
        let candidate = candidates.remove(best);
        room -= candidate.characters;
        chosen.push(candidate);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generate(texts: &[(&str, &str)], query: &str) -> Result<Answer, AnswerError> {
        let corpus = Arc::new(Corpus::of_texts(texts));
        let vocabulary = Arc::new(Vocabulary::of(&corpus));
        let passages = 0..corpus.passages().len();
        let hits: Vec<_> = passages.map(|passage| Hit { passage, score: 1.0 }).collect();
        Generator::new(corpus, vocabulary).generate(query, &hits)
    }

    #[test]
    fn each_sentence_is_cited_by_its_path_and_line() {
        let answer = generate(
            &[("a.md", "# Birds\n\nA wren sings. Fish swim.\n"), ("b.md", "The robin sings, too.")],
            "Which robin or wren sings?",
        )
        .unwrap();
        let sources: Vec<_> = answer.sources.iter().map(Source::to_string).collect();
        assert_eq!(answer.text, "A wren sings. [1] The robin sings, too. [2]");
        assert_eq!(sources, ["a.md:3", "b.md:1"]);
    }

    #[test]
    fn the_same_sentence_is_not_quoted_twice() {
        let text = "The wren sings.";
        let answer = generate(&[("a", text), ("b", text)], "wren bird tree song").unwrap();
        assert_eq!(answer.text, "The wren sings. [1]");
    }

    #[test]
    fn an_answer_stays_within_four_sentences_and_400_characters() {
        let sentence = |n: usize| format!("Wren {}.", format!("w{n} ").repeat(40));
        let text: String = (0..9).map(|n| sentence(n) + " Next wren. ").collect();
        let answer = generate(&[("a", &text)], "wren").unwrap();
        assert!(answer.text.matches('[').count() <= MOST_SENTENCES);
        assert!(answer.text.len() <= MOST_CHARACTERS + 4 * " [1] ".len());
    }

    #[test]
    fn passages_without_a_word_of_the_query_give_no_answer() {
        let answer = generate(&[("a", "The wren sings.")], "quasar");
        assert_eq!(answer.unwrap_err(), AnswerError::NothingRelevant);
    }
}
