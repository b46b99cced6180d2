//! Where one controller has its files.

use std::path::{Path, PathBuf};

/// The two languages in which the kernel writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
}

/// The folders of one controller, from the own group to the outermost that can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Controller {
    pub(super) version: Version,
    pub(super) folders: Vec<PathBuf>,
    /// Version 1 alone: where the CPU time is counted, level by level. It may be a hierarchy of its own.
    pub(super) accounts: Vec<PathBuf>,
}

/// `group` below `mount`, and all folders around it up to `mount`.
pub(super) fn up_to(mount: &Path, group: &Path) -> Vec<PathBuf> {
    group.ancestors().take_while(|folder| folder.starts_with(mount)).map(Path::to_owned).collect()
}
