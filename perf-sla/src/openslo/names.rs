//! Names of documents: RFC 1123, each once.

use std::collections::{HashMap, HashSet};

/// Of the 63 characters that a name may have; the rest is for what makes it unique.
const LONGEST: usize = 48;

/// Names that are given out, each once.
#[derive(Default)]
pub(super) struct Names {
    taken: HashSet<String>,
    /// How often a name was wanted.
    wanted: HashMap<String, usize>,
}

impl Names {
    /// A name made from `text`, that nobody has yet.
    pub(super) fn unique(&mut self, text: &str) -> String {
        let base = label(text);
        let times = self.wanted.entry(base.clone()).or_default();
        loop {
            *times += 1;
            let name = if *times == 1 { base.clone() } else { format!("{base}-{times}") };
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// Small letters, digits and single dashes; no dash at an end.
pub(super) fn label(text: &str) -> String {
    let mut label = String::new();
    for c in text.chars().map(|c| c.to_ascii_lowercase()) {
        match c {
            'a'..='z' | '0'..='9' => label.push(c),
            _ if label.is_empty() || label.ends_with('-') => {}
            _ => label.push('-'),
        }
        if label.len() == LONGEST {
            break;
        }
    }
    match label.trim_end_matches('-') {
        "" => "unnamed".to_owned(),
        label => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_labels_and_each_is_given_once() {
        let mut names = Names::default();
        let mut name = |text: &str| names.unique(text);
        assert_eq!(name("Fast answers!"), "fast-answers");
        assert_eq!(name("fast-answers"), "fast-answers-2");
        assert_eq!(name("fast answers 2"), "fast-answers-2-2");
        assert_eq!([name("äöü"), name("")], ["unnamed", "unnamed-2"]);
        assert_eq!(name(&"x".repeat(100)).len(), LONGEST);
    }
}
