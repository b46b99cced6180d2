//! The short form of `cargo xtask stress`.

#[path = "../../examples/stress/records.rs"]
mod records;

#[test]
fn of_a_million_records_beside_snapshots_ticks_and_resets_none_is_lost() {
    let account = records::run(1_000_000, &|_, _| ()).unwrap();
    println!("{account}");
}
