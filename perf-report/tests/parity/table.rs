//! A table that somebody reads.

/// The texts of a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) heads: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(heads: &[&str]) -> Self {
        Table { heads: heads.iter().map(|head| (*head).to_owned()).collect(), rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Called as it is in `names`; what is not is left out.
    pub(crate) fn called(&self, names: &[(&str, &str)]) -> Table {
        let place = |head: &str| self.heads.iter().position(|known| known == head);
        let kept: Vec<(usize, &str)> = names
            .iter()
            .map(|(head, name)| {
                (place(head).unwrap_or_else(|| panic!("no {head:?}: {self:?}")), *name)
            })
            .collect();
        let mut table = Table::new(&kept.iter().map(|(_, name)| *name).collect::<Vec<_>>());
        for row in &self.rows {
            table.row(kept.iter().map(|(place, _)| row[*place].as_str()));
        }
        table
    }

    /// With the cells of one column changed.
    pub(crate) fn with(mut self, head: &str, change: impl Fn(&str) -> String) -> Table {
        let place = self.heads.iter().position(|known| known == head).unwrap();
        self.rows.iter_mut().for_each(|row| row[place] = change(&row[place]));
        self
    }
}

/// `violated`, of the mark and, where it is there, the word, which must say the same.
pub(crate) fn status(text: &str) -> String {
    let (mark, word) = text.split_once(' ').unwrap_or((text, ""));
    let meant = match mark {
        "✓" => "met",
        "✗" => "violated",
        "?" => "inconclusive",
        _ => panic!("no mark: {text:?}"),
    };
    assert!(word.is_empty() || word == meant, "{text:?}");
    meant.to_owned()
}

/// The parts of `embedding 8 % · retrieval 62 %`.
pub(crate) fn shares(text: &str, between: &str) -> Table {
    let mut table = Table::new(&["operation", "share"]);
    for part in text.trim().split(between) {
        let words: Vec<&str> = part.rsplitn(3, ' ').collect();
        table.row([words[2].to_owned(), format!("{} {}", words[1], words[0])]);
    }
    table
}
