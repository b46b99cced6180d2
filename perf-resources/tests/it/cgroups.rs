//! Version 1, version 2, some of each, and none.

use crate::Root;
use perf_resources::{Cgroup, CgroupSample, Limit, PressureScope};
use std::time::Duration;

const V2: &str = "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
const V1: &str = "\
    30 23 0:27 / /sys/fs/cgroup/memory rw shared:5 - cgroup cgroup rw,memory\n\
    31 23 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:6 - cgroup cgroup rw,cpu,cpuacct\n";
const MIB: u64 = 1 << 20;

/// A service of systemd in a slice with limits of its own.
fn nested_v2() -> Root {
    Root::new().with(&[
        ("proc/self/cgroup", "0::/app.slice/api.service\n"),
        ("proc/self/mountinfo", V2),
        ("sys/fs/cgroup/cpu.stat", "usage_usec 900000000\n"),
        ("sys/fs/cgroup/app.slice/memory.max", "268435456\n"),
        ("sys/fs/cgroup/app.slice/memory.current", "234881024\n"),
        ("sys/fs/cgroup/app.slice/memory.stat", "anon 1\nfile 2\ninactive_file 33554432\n"),
        ("sys/fs/cgroup/app.slice/cpu.max", "150000 100000\n"),
        (
            "sys/fs/cgroup/app.slice/cpu.stat",
            "usage_usec 5000000\nuser_usec 4000000\nsystem_usec 1000000\nnr_periods 100\n\
             nr_throttled 20\nthrottled_usec 3000000\n",
        ),
        ("sys/fs/cgroup/app.slice/api.service/memory.max", "536870912\n"),
        ("sys/fs/cgroup/app.slice/api.service/memory.current", "104857600\n"),
        (
            "sys/fs/cgroup/app.slice/api.service/memory.stat",
            "anon 1\nfile 2\ninactive_file 4194304\n",
        ),
        ("sys/fs/cgroup/app.slice/api.service/cpu.max", "max 100000\n"),
        ("sys/fs/cgroup/app.slice/api.service/cpu.stat", "usage_usec 1000000\n"),
    ])
}

fn sample(root: &Root) -> CgroupSample {
    Cgroup::find_under(root.path()).unwrap().sample()
}

#[test]
fn the_limits_of_a_tighter_parent_hold() {
    let sample = sample(&nested_v2());
    let memory = sample.memory.unwrap();
    assert_eq!((memory.used_bytes, memory.working_set_bytes), (Some(100 * MIB), Some(96 * MIB)));
    assert_eq!(memory.limit, Limit::At(256 * MIB));
    assert_eq!(
        memory.ratio,
        Some(0.75),
        "the parent's, which others fill too, less 32 MiB of old cache"
    );
    let cpu = sample.cpu.unwrap();
    assert_eq!((cpu.quota, cpu.cpu_time), (Limit::At(1.5), Some(Duration::from_secs(5))));
    assert_eq!((cpu.periods, cpu.throttled_periods), (Some(100), Some(20)));
    assert_eq!(cpu.throttled, Some(Duration::from_secs(3)));
}

#[test]
fn the_share_of_the_quota_is_that_of_the_group_that_has_it() {
    let root = nested_v2();
    let mut cgroup = Cgroup::find_under(root.path()).unwrap();
    let before = cgroup.sample();
    root.write(
        "sys/fs/cgroup/app.slice/cpu.stat",
        "usage_usec 5150000\nnr_periods 104\nnr_throttled 21\nthrottled_usec 3000000\n",
    );
    let mut after = cgroup.sample();
    after.at = before.at + Duration::from_millis(200);
    // 150 ms in 200 ms are 0.75 cores, half of 1.5.
    let ratio = after.quota_ratio_since(&before).unwrap();
    assert!((ratio - 0.5).abs() < 1e-12, "{ratio}");
    assert_eq!(after.throttled_ratio_since(&before), Some(0.25));
    assert_eq!(after.throttled_ratio_since(&after), None, "no period went by");
    assert_eq!(before.throttled_ratio_since(&after), None, "backwards");
}

#[test]
fn max_is_no_limit_and_no_share_of_it() {
    let root = Root::new().with(&[
        ("proc/self/cgroup", "0::/\n"),
        ("proc/self/mountinfo", V2),
        ("sys/fs/cgroup/memory.max", "max\n"),
        ("sys/fs/cgroup/memory.current", "1000\n"),
        ("sys/fs/cgroup/cpu.max", "max 100000\n"),
        (
            "sys/fs/cgroup/cpu.stat",
            "usage_usec 7\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n",
        ),
    ]);
    let sample = sample(&root);
    let (memory, cpu) = (sample.memory.unwrap(), sample.cpu.unwrap());
    assert_eq!((memory.limit, memory.ratio), (Limit::Unlimited, None));
    assert_eq!((cpu.quota, cpu.cpu_time), (Limit::Unlimited, Some(Duration::from_micros(7))));
    assert_eq!(sample.quota_ratio_since(&sample), None);
    assert_eq!(memory.working_set_bytes, None, "nobody says how much of it is old");
}

#[test]
fn the_outermost_group_limits_nothing() {
    let root = Root::new().with(&[
        ("proc/self/cgroup", "0::/\n"),
        ("proc/self/mountinfo", V2),
        ("sys/fs/cgroup/cpu.stat", "usage_usec 7\n"),
    ]);
    let sample = sample(&root);
    assert_eq!(sample.memory, None);
    assert_eq!(sample.cpu.unwrap().quota, Limit::Unlimited);
}

fn v1() -> Root {
    Root::new().with(&[
        ("proc/self/cgroup", "9:memory:/a/b\n3:cpu,cpuacct:/a\n1:name=systemd:/\n"),
        ("proc/self/mountinfo", V1),
        ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
        ("sys/fs/cgroup/memory/memory.usage_in_bytes", "4194304000\n"),
        ("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n"),
        ("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "4194304\n"),
        ("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "8388608\n"),
        ("sys/fs/cgroup/memory/a/b/memory.usage_in_bytes", "2097152\n"),
        ("sys/fs/cgroup/memory/a/b/memory.stat", "inactive_file 1\ntotal_inactive_file 1048576\n"),
        ("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n"),
        ("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"),
        ("sys/fs/cgroup/cpu,cpuacct/cpuacct.usage", "99000000000\n"),
        ("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "25000\n"),
        ("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "50000\n"),
        ("sys/fs/cgroup/cpu,cpuacct/a/cpuacct.usage", "2000000000\n"),
        (
            "sys/fs/cgroup/cpu,cpuacct/a/cpu.stat",
            "nr_periods 10\nnr_throttled 5\nthrottled_time 1500000000\n",
        ),
    ])
}

#[test]
fn version_1_says_the_same_in_its_own_words() {
    let sample = sample(&v1());
    let memory = sample.memory.unwrap();
    assert_eq!((memory.used_bytes, memory.working_set_bytes), (Some(2 * MIB), Some(MIB)));
    assert_eq!((memory.limit, memory.ratio), (Limit::At(8 * MIB), Some(0.125)));
    let cpu = sample.cpu.unwrap();
    assert_eq!((cpu.quota, cpu.cpu_time), (Limit::At(0.5), Some(Duration::from_secs(2))));
    assert_eq!((cpu.periods, cpu.throttled_periods), (Some(10), Some(5)));
    assert_eq!(cpu.throttled, Some(Duration::from_millis(1_500)));
}

#[test]
fn cpu_time_of_version_1_may_be_counted_in_another_hierarchy_of_another_depth() {
    let root = v1();
    root.write("proc/self/cgroup", "4:cpuacct:/\n3:cpu:/a\n");
    root.write(
        "proc/self/mountinfo",
        "31 23 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu\n\
         32 23 0:29 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n",
    );
    root.write("sys/fs/cgroup/cpuacct/cpuacct.usage", "1\n");
    let cpu = sample(&root).cpu.unwrap();
    assert_eq!(cpu.quota, Limit::At(0.5));
    assert_eq!(cpu.cpu_time, None, "what the outermost group used says nothing of this one");
}

#[test]
fn a_hybrid_takes_each_controller_from_where_it_is() {
    let root = v1();
    root.write("proc/self/cgroup", "9:memory:/a/b\n0::/svc\n");
    let mounts = format!("{V1}33 23 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
    root.write("proc/self/mountinfo", &mounts);
    root.write("sys/fs/cgroup/unified/svc/cpu.max", "200000 100000\n");
    root.write("sys/fs/cgroup/unified/svc/cpu.stat", "usage_usec 3\n");
    let sample = sample(&root);
    assert_eq!(sample.memory.unwrap().limit, Limit::At(8 * MIB));
    assert_eq!(sample.cpu.unwrap().quota, Limit::At(2.0));
}

#[test]
fn in_a_container_the_mount_is_the_own_group_whatever_its_path_on_the_host() {
    let root = Root::new().with(&[
        ("proc/self/cgroup", "9:memory:/docker/4f\n"),
        (
            "proc/self/mountinfo",
            "30 23 0:27 /docker/4f /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
        ),
        ("sys/fs/cgroup/memory/memory.limit_in_bytes", "1048576\n"),
        ("sys/fs/cgroup/memory/memory.usage_in_bytes", "524288\n"),
    ]);
    assert_eq!(sample(&root).memory.unwrap().ratio, Some(0.5));
    // A path that is not below what is mounted, or leads out of it.
    for own in ["9:memory:/elsewhere\n", "9:memory:/../..\n", "9:memory:/docker/4f/gone\n"] {
        root.write("proc/self/cgroup", own);
        assert_eq!(sample(&root).memory.unwrap().ratio, Some(0.5), "{own}");
    }
}

#[test]
fn version_1_tells_the_limit_of_a_parent_that_cannot_be_seen() {
    let root = v1();
    let stat = |limit: u64| {
        let text =
            format!("inactive_file 1\nhierarchical_memory_limit {limit}\ntotal_inactive_file 0\n");
        root.write("sys/fs/cgroup/memory/a/b/memory.stat", &text);
        let memory = sample(&root).memory.unwrap();
        (memory.limit, memory.ratio)
    };
    assert_eq!(stat(4 * MIB), (Limit::At(4 * MIB), Some(0.5)));
    assert_eq!(stat(8 * MIB), (Limit::At(8 * MIB), Some(0.25)));
    assert_eq!(stat(9_223_372_036_854_771_712), (Limit::At(8 * MIB), Some(0.25)));
    let none = "9223372036854771712\n";
    root.write("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", none);
    assert_eq!(stat(4 * MIB), (Limit::At(4 * MIB), Some(0.5)), "the own one has none");
    assert_eq!(stat(9_223_372_036_854_771_712), (Limit::Unlimited, None));
}

#[test]
fn of_two_mounts_the_one_with_the_own_group_counts() {
    let root = nested_v2();
    let other = "28 23 0:26 /other.slice /var/lib/other/cgroup rw - cgroup2 cgroup2 rw\n";
    root.write("proc/self/mountinfo", &format!("{other}{V2}"));
    root.write("var/lib/other/cgroup/memory.max", "1048576\n");
    root.write("var/lib/other/cgroup/memory.current", "1048576\n");
    assert_eq!(sample(&root).memory.unwrap().limit, Limit::At(256 * MIB));
}

#[test]
fn a_host_without_control_groups_has_no_figures_and_no_error() {
    for files in [
        &[][..],
        &[("proc/self/cgroup", ""), ("proc/self/mountinfo", "")],
        &[("proc/self/cgroup", "0::/\n"), ("proc/self/mountinfo", V2)],
    ] {
        let root = Root::new().with(files);
        let mut cgroup = Cgroup::find_under(root.path()).unwrap();
        let sample = cgroup.sample();
        assert_eq!((sample.memory, sample.cpu, cgroup.pressures()), (None, None, None));
    }
}

#[test]
fn text_that_is_no_number_is_unreadable_and_never_unlimited() {
    let hostile = ["", "\n", "maximum\n", "-5\n", "1e9\n", "99999999999999999999999\n", "\u{0}"];
    for text in hostile {
        let root = nested_v2();
        for group in ["app.slice", "app.slice/api.service"] {
            root.write(&format!("sys/fs/cgroup/{group}/memory.max"), text);
            root.write(&format!("sys/fs/cgroup/{group}/cpu.max"), text);
            root.write(&format!("sys/fs/cgroup/{group}/cpu.stat"), text);
        }
        let sample = sample(&root);
        // The outermost group has no such file and limits nothing.
        assert_eq!(sample.memory.unwrap().limit.value(), None, "{text:?}");
        assert_eq!(sample.cpu.unwrap().quota.value(), None, "{text:?}");
        assert_eq!(sample.throttled_ratio_since(&sample), None);
    }
    let root = nested_v2();
    root.write("sys/fs/cgroup/app.slice/cpu.max", "150000 0\n");
    assert_eq!(sample(&root).cpu.unwrap().quota.value(), None, "a period of nothing");
}

#[test]
fn pressure_is_that_of_the_own_group_where_it_has_one() {
    let root = nested_v2().with(&[
        ("proc/pressure/cpu", "some avg10=90.00 avg60=0.00 avg300=0.00 total=9\n"),
        (
            "sys/fs/cgroup/app.slice/api.service/memory.pressure",
            "some avg10=12.50 avg60=0.00 avg300=0.00 total=2000000\n\
             full avg10=2.50 avg60=0.00 avg300=0.00 total=1000000\n",
        ),
    ]);
    let pressures = Cgroup::find_under(root.path()).unwrap().pressures().unwrap();
    assert_eq!((pressures.scope, pressures.cpu), (PressureScope::Cgroup, None));
    let memory = pressures.memory.unwrap();
    assert_eq!((memory.some.ratio_10s, memory.some.total), (0.125, Duration::from_secs(2)));
    assert_eq!(memory.full.unwrap().ratio_10s, 0.025);

    let host = v1().with(&[("proc/pressure/cpu", "some avg10=90.00 avg60=0 avg300=0 total=9\n")]);
    let pressures = Cgroup::find_under(host.path()).unwrap().pressures().unwrap();
    assert_eq!(pressures.scope, PressureScope::System);
    assert_eq!(pressures.cpu.unwrap().some.ratio_10s, 0.9);
}

#[test]
#[cfg(target_os = "linux")]
fn this_machine_is_read_without_an_error() {
    let sample = Cgroup::find().unwrap().sample();
    if let Some(used) = sample.memory.and_then(|memory| memory.used_bytes) {
        assert!(used > 0);
    }
}
