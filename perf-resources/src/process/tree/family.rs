//! Who comes from whom.

use super::super::stat::Stat;
use crate::text_file::{Buffer, read_once};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;

/// A number alone may be another process tomorrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id {
    pub(super) pid: u32,
    pub(super) started: u64,
}

/// Those that are alive.
pub(super) struct Family {
    /// Those that were known before.
    known: Vec<Id>,
    /// Of each, its children.
    children: HashMap<u32, Vec<Id>>,
}

impl Family {
    /// Finds the children in the lists that the kernel has of them: [`has_lists`]. A list that is read
    /// while a child ends may leave out another one, which the next reading finds.
    pub(super) fn by_lists(
        known: impl Iterator<Item = Id>,
        proc: &Path,
        buffer: &mut Buffer,
    ) -> Self {
        let known: Vec<Id> = known
            .filter(|id| stat(proc, id.pid, buffer).is_ok_and(|stat| stat.started == id.started))
            .collect();
        let mut family = Family { known, children: HashMap::new() };
        let mut next = family.known.clone();
        while let Some(parent) = next.pop() {
            if family.children.contains_key(&parent.pid) {
                continue;
            }
            let listed = listed(proc, parent.pid, buffer);
            let of_parent = |pid| {
                // One that has just ended, or whose number is another's by now.
                let stat = stat(proc, pid, buffer).ok().filter(|stat| stat.parent == parent.pid)?;
                Some(Id { pid, started: stat.started })
            };
            let children: Vec<Id> = listed.into_iter().filter_map(of_parent).collect();
            next.extend_from_slice(&children);
            family.children.insert(parent.pid, children);
        }
        family
    }

    /// Asks all processes of the machine for their parents.
    pub(super) fn by_all(
        known: impl Iterator<Item = Id>,
        proc: &Path,
        buffer: &mut Buffer,
    ) -> io::Result<Self> {
        let known: HashSet<Id> = known.collect();
        let mut family = Family { known: Vec::new(), children: HashMap::new() };
        for entry in fs::read_dir(proc)? {
            let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            // One that has just ended, or may not be read.
            let Ok(stat) = stat(proc, pid, buffer) else { continue };
            let id = Id { pid, started: stat.started };
            if known.contains(&id) {
                family.known.push(id);
            }
            family.children.entry(stat.parent).or_default().push(id);
        }
        Ok(family)
    }

    /// All that come from the known ones, parents before their children.
    pub(super) fn in_order(mut self) -> Vec<Id> {
        let is_led_to: HashSet<Id> = self
            .known
            .iter()
            .flat_map(|parent| {
                self.children_of(parent).iter().filter(move |child| *child != parent)
            })
            .copied()
            .collect();
        // Those first that nobody else in the tree leads to.
        self.known.sort_by_key(|id| is_led_to.contains(id));
        let (mut order, mut seen) = (Vec::new(), HashSet::new());
        for root in &self.known {
            let mut next = order.len();
            if seen.insert(*root) {
                order.push(*root);
            }
            while let Some(parent) = order.get(next) {
                let new = self.children_of(parent).iter().copied();
                order.extend(new.filter(|child| seen.insert(*child)));
                next += 1;
            }
        }
        order
    }

    fn children_of(&self, parent: &Id) -> &[Id] {
        self.children.get(&parent.pid).map_or(&[], Vec::as_slice)
    }
}

/// Whether the kernel lists children, as that of most distributions does.
pub(super) fn has_lists(proc: &Path, pid: u32) -> bool {
    proc.join(format!("{pid}/task/{pid}/children")).exists()
}

/// The children of all threads.
fn listed(proc: &Path, pid: u32, buffer: &mut Buffer) -> Vec<u32> {
    let mut children = Vec::new();
    for thread in fs::read_dir(proc.join(format!("{pid}/task"))).into_iter().flatten().flatten() {
        let list = read_once(&thread.path().join("children"), buffer);
        let list = list.ok().and_then(|list| std::str::from_utf8(list).ok()).unwrap_or_default();
        children.extend(list.split_ascii_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
    }
    children
}

pub(super) fn stat(proc: &Path, pid: u32, buffer: &mut Buffer) -> io::Result<Stat> {
    Stat::parse(read_once(&proc.join(format!("{pid}/stat")), buffer)?)
}
