//! A revision of this repository: which commit it is, and its benchmarks, built in a work tree of their own.

use super::interrupt;
use super::suites::Suites;
use crate::bench::workspace_root;
use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

/// Where revisions are built and compared; may be removed at any time.
pub(crate) fn folder() -> PathBuf {
    workspace_root().join("target/bench-against")
}

/// A commit, under the name that it was asked for by.
#[derive(Debug)]
pub(crate) struct Revision {
    name: String,
    /// The whole hash.
    commit: String,
}

impl Revision {
    pub(crate) fn resolve(name: &str) -> Result<Revision, Box<dyn Error>> {
        let wanted = format!("{name}^{{commit}}");
        match git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])? {
            Some(commit) => Ok(Revision { name: name.to_owned(), commit }),
            None => Err(format!(
                "{name:?} is neither a saved set of runs (bench --save) nor a revision that git knows \
                 here"
            )
            .into()),
        }
    }

    /// `HEAD~1 (1a2b3c4d5e6f)`.
    pub(crate) fn title(&self) -> String {
        format!("{} ({})", self.name, self.short())
    }

    fn short(&self) -> &str {
        &self.commit[..self.commit.len().min(12)]
    }

    /// Builds its benchmarks, in a work tree that is gone afterwards. What cargo made of it is kept under
    /// the commit's hash, so that the next time there is nothing to build.
    pub(crate) fn build(&self) -> Result<Suites, Box<dyn Error>> {
        let folder = folder().join(self.short());
        let tree = WorkTree::of(&self.commit, folder.join("tree"))?;
        // Cargo builds anew what is younger than its last build, and a work tree just made always is. In
        // this folder only ever lie the files of this commit.
        make_old(&tree.0)?;
        let built = Suites::build(&tree.0, Some(&folder.join("build")));
        interrupt::check()?;
        built.map_err(|error| format!("{}: {error}", self.title()).into())
    }
}

/// The working tree as it is: `1a2b3c4d5e6f`, or `1a2b3c4d5e6f with changes`; `None` without git.
pub(crate) fn state_of_working_tree() -> Option<String> {
    let commit = git(&["rev-parse", "--short=12", "HEAD"]).ok()??;
    let changes = git(&["status", "--porcelain", "--untracked-files=no"]).ok()??;
    Some(if changes.is_empty() { commit } else { format!("{commit} with changes") })
}

/// Removed when dropped.
struct WorkTree(PathBuf);

impl WorkTree {
    fn of(commit: &str, path: PathBuf) -> Result<WorkTree, Box<dyn Error>> {
        // Of a comparison that was killed.
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        let tree = WorkTree(path);
        let text = tree.0.to_str().ok_or("the path of the workspace is no UTF-8")?;
        // Twice: git may still list it, though it is gone, and have it locked, as it does while it makes one.
        let add = ["worktree", "add", "--quiet", "--detach", "--force", "--force", text, commit];
        let made = git(&add)?;
        interrupt::check()?;
        made.ok_or_else(|| format!("git makes no work tree in {text} (see above)"))?;
        Ok(tree)
    }
}

impl Drop for WorkTree {
    fn drop(&mut self) {
        let path = self.0.to_string_lossy();
        let _ = git(&["worktree", "remove", "--force", "--force", &path]);
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What git prints, without the line's end; `None` when it fails, having said why.
fn git(arguments: &[&str]) -> Result<Option<String>, Box<dyn Error>> {
    let mut command = Command::new("git");
    // Hooks are for people's own work trees.
    command.args(["-c", "core.hooksPath=/dev/null"]).args(arguments).current_dir(workspace_root());
    for inherited in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(inherited);
    }
    let output = command.output().map_err(|error| format!("git does not start: {error}"))?;
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    Ok(output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim_end().to_owned()))
}

fn make_old(folder: &Path) -> Result<(), Box<dyn Error>> {
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            make_old(&entry.path())?;
        } else if kind.is_file() {
            File::options().append(true).open(entry.path())?.set_modified(old)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_does_not_know_is_no_revision() {
        for name in ["no-such-revision", "--help", "HEAD:Cargo.toml", ""] {
            let error = Revision::resolve(name).expect_err(name).to_string();
            assert!(error.contains("nor a revision"), "{error}");
        }
    }
}
