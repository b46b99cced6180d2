//! A small retrieval-augmented-generation pipeline over the text of a folder.
//!
//! Reading: [`corpus`] walks the folder, [`files`] reads its files, [`passages`] cuts them,
//! [`tokens`] finds the words and [`sentences`] the sentences in them, and [`vocabulary`] weighs
//! the words.
//!
//! Answering: a query goes through [`embedding`], [`retrieval`], [`reranking`] and [`generation`],
//! which [`pipeline`] calls in that order. [`queries`] draws questions from the corpus itself.
//!
//! Nothing here sleeps, calls a network or draws an unseeded number: the same folder and the same
//! query always do the same work.

pub mod corpus;
pub mod embedding;
pub mod error;
pub mod files;
pub mod generation;
pub mod passages;
pub mod pipeline;
pub mod queries;
pub mod random;
pub mod reranking;
pub mod retrieval;
pub mod sentences;
pub mod tokens;
pub mod vocabulary;
