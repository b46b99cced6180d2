//! The names of stages, each as a number.

use perf_core::OVERFLOW;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Names that are told apart.
const MAX_NAMES: usize = 256;

/// Bytes of a name: longer ones are no names to `perf-core` either.
const MAX_NAME: usize = 1_024;

/// Names in the order in which they were first heard of; what is beyond the bounds is [`OVERFLOW`].
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    ids: BTreeMap<Arc<str>, usize>,
    names: Vec<Arc<str>>,
}

impl Names {
    /// The number of a name, which gets one if there is room.
    pub(super) fn id(&mut self, name: &str) -> usize {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let told_apart = self.names.len() - usize::from(self.ids.contains_key(OVERFLOW));
        let has_room = told_apart < MAX_NAMES && name.len() <= MAX_NAME;
        if has_room || name == OVERFLOW { self.insert(name) } else { self.id(OVERFLOW) }
    }

    pub(super) fn name(&self, id: usize) -> &str {
        &self.names[id]
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    fn insert(&mut self, name: &str) -> usize {
        let name: Arc<str> = name.into();
        self.ids.insert(Arc::clone(&name), self.names.len());
        self.names.push(name);
        self.names.len() - 1
    }
}
