//! What one request adds to the sums.

use super::names::Names;
use super::totals::Gap;
use crate::bottleneck::{PathStep, Span, path};
use perf_core::RequestSummary;
use perf_core::saturating_nanos as nanos;
use std::collections::BTreeSet;

/// One request in numbers: names by their ids, times in ns.
pub(super) struct OneRequest {
    pub(super) total: u64,
    /// One for each name in it.
    pub(super) stages: Vec<OneStage>,
    /// Without a stage, with the names before and after.
    pub(super) gaps: Vec<(Gap, u64)>,
    /// Two of `stages` that follow each other on the path, each pair once, in the order in which it first
    /// does.
    pub(super) following: Vec<(usize, usize)>,
    /// Each stage with its place in `stages`, by their start.
    spans: Vec<(usize, Span)>,
}

/// All stages of one name in one request.
pub(super) struct OneStage {
    pub(super) id: usize,
    /// In which at least one ran, within the request.
    pub(super) covered: u64,
    pub(super) on_path: u64,
    pub(super) steps: u64,
    pub(super) longest_step: u64,
    /// Until where `covered` is known.
    until: u64,
}

impl OneRequest {
    pub(super) fn of(request: &RequestSummary, names: &mut Names) -> OneRequest {
        let spans: Vec<Span> = request.stages().iter().map(Span::of).collect();
        let total = nanos(request.total());
        let mut one = OneRequest {
            total,
            stages: Vec::with_capacity(spans.len()),
            gaps: Vec::new(),
            following: Vec::new(),
            spans: Vec::with_capacity(spans.len()),
        };
        for (stage, span) in request.stages().iter().zip(&spans) {
            let place = one.place(names.id(stage.name()));
            one.spans.push((place, *span));
        }
        one.follow(&path(&spans, total));
        one.spans.sort_unstable_by_key(|(_, span)| span.start);
        one.cover();
        one
    }

    /// The places in `stages` of every two names that ran at the same time; some come more than once.
    pub(super) fn overlaps(&self) -> impl Iterator<Item = (usize, usize)> {
        let later = |(index, (a, earlier)): (usize, &(usize, Span))| {
            let (a, earlier) = (*a, *earlier);
            let spans = self.spans[index + 1..].iter();
            spans
                .take_while(move |(_, span)| span.start < earlier.end)
                .filter(move |(b, span)| a != *b && earlier.start < span.end)
                .map(move |(b, _)| (a, *b))
        };
        self.spans.iter().enumerate().flat_map(later)
    }

    fn place(&mut self, id: usize) -> usize {
        let known = self.stages.iter().position(|stage| stage.id == id);
        known.unwrap_or_else(|| {
            let nothing =
                OneStage { id, covered: 0, on_path: 0, steps: 0, longest_step: 0, until: 0 };
            self.stages.push(nothing);
            self.stages.len() - 1
        })
    }

    /// Takes in the critical path.
    fn follow(&mut self, path: &[PathStep]) {
        let id = |step: &PathStep| step.span.map(|span| self.stages[self.spans[span].0].id);
        let gaps = path.iter().enumerate().filter(|(_, step)| step.span.is_none());
        let gaps = gaps.map(|(index, step)| {
            let before = index.checked_sub(1).and_then(|before| id(&path[before]));
            ((before, path.get(index + 1).and_then(id)), step.nanos)
        });
        self.gaps = gaps.collect();
        let mut previous = None;
        let mut seen = BTreeSet::new();
        for (span, nanos) in path.iter().filter_map(|step| Some((step.span?, step.nanos))) {
            let (place, _) = self.spans[span];
            let stage = &mut self.stages[place];
            stage.steps += 1;
            stage.on_path += nanos;
            stage.longest_step = stage.longest_step.max(nanos);
            if let Some(previous) = previous.replace(place)
                && previous != place
                && seen.insert((previous.min(place), previous.max(place)))
            {
                self.following.push((previous, place));
            }
        }
    }

    fn cover(&mut self) {
        for (place, span) in &self.spans {
            let stage = &mut self.stages[*place];
            let end = span.end.min(self.total);
            stage.covered += end.saturating_sub(span.start.max(stage.until));
            stage.until = stage.until.max(end);
        }
    }
}
