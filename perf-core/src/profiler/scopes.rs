//! What a profiler does about scopes.

use crate::call_tree::{CallTree, Scope};
use crate::profiler::Profiler;

impl Profiler {
    /// Starts a scope of the operation called `name`: a timer that also counts in the call tree.
    #[inline]
    pub fn scope(&self, name: &str) -> Scope<'_> {
        Scope::start(self.0.operations.get(name, &*self.0))
    }

    /// Runs `work` as a scope of the operation called `name`. A panic in it is recorded as a failure
    /// of kind `"panic"`.
    #[inline]
    pub fn in_scope<R>(&self, name: &str, work: impl FnOnce() -> R) -> R {
        let _scope = self.scope(name);
        work()
    }

    /// The paths that scopes have taken since the profiler was made, whatever was reset; empty unless
    /// [`ProfilerBuilder::call_tree`](crate::ProfilerBuilder::call_tree) asked for them. Stops nobody.
    pub fn call_tree(&self) -> CallTree {
        self.0.read_call_tree()
    }
}
