//! Which groups a process is in, and where they are mounted.

use super::controller::{Controller, Version, up_to};
use crate::text_file::{Buffer, read_once};
use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) memory: Option<Controller>,
    pub(super) cpu: Option<Controller>,
    /// The own group of version 2, if there is one.
    pub(super) unified: Option<PathBuf>,
}

/// Looks below `root`.
pub(super) fn folders(root: &Path) -> io::Result<Found> {
    let mut buffer = Buffer::new();
    let groups = match read_once(&root.join("proc/self/cgroup"), &mut buffer) {
        Ok(text) => String::from_utf8_lossy(text).into_owned(),
        // No control groups in this kernel, or no `/proc` at all.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::default()),
        Err(error) => return Err(error),
    };
    let mounts = read_once(&root.join("proc/self/mountinfo"), &mut buffer)?;
    let mounts = String::from_utf8_lossy(mounts);
    let mounts: Vec<Mount> = mounts.lines().filter_map(Mount::parse).collect();

    let unified = group_of(&groups, "").and_then(|group| {
        let mount = mount_of(&mounts, group, |mount| mount.version == Version::Two)?;
        Some(mount.levels(root, group))
    });
    let first = |name: &str| {
        let group = group_of(&groups, name)?;
        let mount = mount_of(&mounts, group, |mount| mount.has(name))?;
        Some(mount.levels(root, group))
    };
    let of_unified = |marker: &[&str]| {
        let folders = unified.clone()?;
        let is_there = |folder: &PathBuf| marker.iter().any(|file| folder.join(file).exists());
        let accounts = Vec::new();
        let found = Controller { version: Version::Two, folders, accounts };
        found.folders.iter().any(is_there).then_some(found)
    };
    let memory = first("memory").map(|folders| Controller {
        version: Version::One,
        folders,
        accounts: Vec::new(),
    });
    let cpu = first("cpu").map(|folders| Controller {
        version: Version::One,
        folders,
        accounts: first("cpuacct").unwrap_or_default(),
    });
    Ok(Found {
        // A controller of version 1 is not in version 2 at the same time.
        memory: memory.or_else(|| of_unified(&["memory.current", "memory.max"])),
        cpu: cpu.or_else(|| of_unified(&["cpu.max", "cpu.stat"])),
        unified: unified.and_then(|levels| levels.into_iter().next()),
    })
}

/// The group in the hierarchy with this controller; that of version 2 has no name.
fn group_of<'t>(groups: &'t str, controller: &str) -> Option<&'t str> {
    groups.lines().find_map(|line| {
        let mut parts = line.splitn(3, ':');
        let (number, controllers) = (parts.next()?, parts.next()?);
        let is_it = match controller {
            "" => number == "0" && controllers.is_empty(),
            name => controllers.split(',').any(|other| other == name),
        };
        if is_it { parts.next() } else { None }
    })
}

/// The mount of these that has the group in it, or else the first: a hierarchy may be mounted more than once,
/// and another time with a part of it alone.
fn mount_of<'m>(
    mounts: &'m [Mount],
    group: &str,
    is_one: impl Fn(&Mount) -> bool,
) -> Option<&'m Mount> {
    let mut fit = mounts.iter().filter(|mount| is_one(mount));
    let first = fit.clone().next()?;
    Some(fit.find(|mount| Path::new(group).starts_with(&mount.group)).unwrap_or(first))
}

/// A line of `/proc/self/mountinfo` that mounts groups.
struct Mount {
    version: Version,
    /// The group that is seen at `at`: not always the outermost.
    group: PathBuf,
    at: PathBuf,
    controllers: String,
}

impl Mount {
    fn parse(line: &str) -> Option<Self> {
        let (mount, system) = line.split_once(" - ")?;
        let mut mount = mount.split(' ').skip(3);
        let (group, at) = (unescaped(mount.next()?), unescaped(mount.next()?));
        let mut system = system.split(' ');
        let version = match system.next()? {
            "cgroup" => Version::One,
            "cgroup2" => Version::Two,
            _ => return None,
        };
        let controllers = system.nth(1).unwrap_or("").to_owned();
        Some(Mount { version, group: group.into(), at: at.into(), controllers })
    }

    fn has(&self, controller: &str) -> bool {
        self.version == Version::One
            && self.controllers.split(',').any(|option| option == controller)
    }

    /// The folders of `group` and of all around it, the own one first.
    fn levels(&self, root: &Path, group: &str) -> Vec<PathBuf> {
        let mount = below(root, &self.at);
        // What is mounted may be a group further in; in a container it is often the own one.
        let own = Path::new(group).strip_prefix(&self.group).ok();
        let own = own.map(|inner| below(&mount, inner)).filter(|folder| folder.is_dir());
        let own = own.unwrap_or_else(|| mount.clone());
        up_to(&mount, &own)
    }
}

/// `path` below `root`, whatever it has in it: it never leads out.
fn below(root: &Path, path: &Path) -> PathBuf {
    let plain = path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name),
        _ => None,
    });
    let names: Vec<&OsStr> = plain.collect();
    // A group whose path leads out of what can be seen, `/../other`, is not seen.
    if path.components().any(|component| component == Component::ParentDir) {
        return root.to_owned();
    }
    names.iter().fold(root.to_owned(), |folder, name| folder.join(name))
}

/// Spaces and the like are written as three octal digits.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut out = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let digits = part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match digits {
            Some(byte) => {
                out.push(char::from(byte));
                out.push_str(&part[3..]);
            }
            None => {
                out.push('\\');
                out.push_str(part);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_point_with_spaces_is_read_as_it_is() {
        assert_eq!(unescaped(r"/a\040b\134c\x\12"), r"/a b\c\x\12");
        assert_eq!(unescaped(r"\999"), r"\999");
    }

    #[test]
    fn a_path_never_leads_out_of_the_root() {
        assert_eq!(below(Path::new("/r"), Path::new("/a/./b")), Path::new("/r/a/b"));
        assert_eq!(below(Path::new("/r"), Path::new("/../../etc")), Path::new("/r"));
    }

    #[test]
    fn a_group_may_have_colons_in_its_name() {
        let groups = "4:memory:/a:b\n3:cpu,cpuacct:/c\n0::/d:e\n";
        assert_eq!(group_of(groups, "memory"), Some("/a:b"));
        assert_eq!(group_of(groups, "cpuacct"), Some("/c"));
        assert_eq!(group_of(groups, ""), Some("/d:e"));
        assert_eq!(group_of(groups, "io"), None);
    }

    #[test]
    fn lines_that_are_no_mounts_are_passed_over() {
        for line in ["", " - ", "1 2 3 / /x", "1 2 3 / /x - ", "a b c d e f - ext4 x rw", "- - -"] {
            assert!(Mount::parse(line).is_none(), "{line}");
        }
    }
}
