//! Any bytes in the files that a kernel writes about control groups and pressure, one after the other with a
//! NUL between them: nothing panics, and shares are shares.
#![no_main]

use libfuzzer_sys::fuzz_target;
use perf_resources::Cgroup;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Where groups are is the start of each file; else no text leads to any.
const GROUPS: [(&str, &str); 2] = [
    ("proc/self/cgroup", "0::/a/b\n1:memory:/m\n2:cpu,cpuacct:/c\n"),
    (
        "proc/self/mountinfo",
        "25 1 0:22 / /g rw - cgroup2 cgroup2 rw\n26 1 0:23 / /m rw - cgroup cgroup rw,memory\n\
         27 1 0:24 / /c rw - cgroup cgroup rw,cpu,cpuacct\n",
    ),
];
const FILES: [&str; 14] = [
    "g/a/b/memory.max",
    "g/a/b/memory.current",
    "g/a/b/memory.stat",
    "g/a/b/cpu.max",
    "g/a/b/cpu.stat",
    "g/a/b/cpu.pressure",
    "g/a/b/memory.pressure",
    "g/a/memory.max",
    "g/a/cpu.max",
    "m/m/memory.limit_in_bytes",
    "m/m/memory.usage_in_bytes",
    "c/c/cpu.cfs_quota_us",
    "c/c/cpu.cfs_period_us",
    "c/c/cpuacct.usage",
];

fuzz_target!(|bytes: &[u8]| {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    let root = ROOT.get_or_init(|| {
        let memory = PathBuf::from("/dev/shm");
        let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let root = folder.join(format!("perfkit-fuzz-{}", std::process::id()));
        for folder in ["proc/self", "g/a/b", "m/m", "c/c"] {
            fs::create_dir_all(root.join(folder)).expect("a folder");
        }
        root
    });
    let mut parts = bytes.split(|byte| *byte == 0);
    for (name, known) in GROUPS {
        let added = parts.next().unwrap_or_default();
        fs::write(root.join(name), [known.as_bytes(), added].concat()).expect("a file");
    }
    for name in FILES {
        fs::write(root.join(name), parts.next().unwrap_or_default()).expect("a file");
    }
    let Ok(mut group) = Cgroup::find_under(root) else { return };
    let (before, after) = (group.sample(), group.sample());
    let ratio = after.memory.and_then(|memory| memory.ratio);
    assert!(ratio.is_none_or(|ratio| ratio >= 0.0 && ratio.is_finite()));
    for share in [after.quota_ratio_since(&before), after.throttled_ratio_since(&before)] {
        assert!(share.is_none_or(|share| share >= 0.0), "{share:?}");
    }
    if let Some(pressure) = group.pressures().and_then(|pressures| pressures.cpu) {
        assert!((0.0..=1.0).contains(&pressure.some.ratio_10s));
    }
});
