//! The definitions of a profiler, and of each of its snapshots.

use crate::metric::{DefinitionError, MetricDefinition};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Definitions by name. A clone shares them: it is one count more, and whoever adds a definition
/// then copies the map first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Definitions(Arc<BTreeMap<Arc<str>, MetricDefinition>>);

impl Definitions {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &MetricDefinition> {
        self.0.values()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&MetricDefinition> {
        self.0.get(name)
    }

    /// Adds `new`, unless it is there; gives what is there now. At most `max` are taken in.
    pub(crate) fn define(
        &mut self,
        new: MetricDefinition,
        max: usize,
    ) -> Result<MetricDefinition, DefinitionError> {
        let name = || new.name().into();
        match self.get(new.name()) {
            Some(known) if *known == new => Ok(known.clone()),
            Some(known) if known.kind() != new.kind() => {
                Err(DefinitionError::OtherKind { name: name(), defined: known.kind() })
            }
            Some(known) => {
                Err(DefinitionError::Disagrees { name: name(), fields: known.differences(&new) })
            }
            None if self.0.len() >= max => Err(DefinitionError::TooMany { name: name(), max }),
            None => {
                self.insert(new.clone());
                Ok(new)
            }
        }
    }

    /// Takes in those of `other` whose names are new.
    pub(crate) fn add_missing(&mut self, other: &Definitions) {
        for definition in other.iter() {
            if self.get(definition.name()).is_none() {
                self.insert(definition.clone());
            }
        }
    }

    fn insert(&mut self, definition: MetricDefinition) {
        let name = Arc::clone(definition.shared_name());
        Arc::make_mut(&mut self.0).insert(name, definition);
    }
}
