//! What the contenders have on the heap: tables of bytes beside those of ns.

use std::error::Error;

/// The bytes of one contender with each number of operations.
struct Row {
    contender: String,
    bytes: Vec<u64>,
}

/// A work and its contenders, ours first.
struct Table {
    work: String,
    operations: Vec<String>,
    rows: Vec<Row>,
}

/// Whether somebody who asked for `filter` wants memory too.
pub(super) fn is_wanted(filter: Option<&str>) -> bool {
    filter.is_none_or(|filter| "memory".contains(filter) || filter.starts_with("memory"))
}

/// The tables, as Markdown, of what `benchmarks/` printed.
pub(super) fn tables(lines: &str) -> Result<String, Box<dyn Error>> {
    Ok(take_in(lines)?.iter().map(markdown).collect())
}

fn take_in(lines: &str) -> Result<Vec<Table>, Box<dyn Error>> {
    let mut tables: Vec<Table> = Vec::new();
    for line in lines.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        let [work, operations, contender, bytes] = parts[..] else {
            return Err(format!("memory printed {line:?}").into());
        };
        let table = find_or_push(
            &mut tables,
            |table| table.work == work,
            || Table { work: work.to_owned(), operations: Vec::new(), rows: Vec::new() },
        );
        find_or_push(&mut table.operations, |known| known == operations, || operations.to_owned());
        let row = find_or_push(
            &mut table.rows,
            |row| row.contender == contender,
            || Row { contender: contender.to_owned(), bytes: Vec::new() },
        );
        row.bytes.push(bytes.parse()?);
    }
    Ok(tables)
}

fn find_or_push<T>(
    all: &mut Vec<T>,
    is_it: impl Fn(&T) -> bool,
    make: impl FnOnce() -> T,
) -> &mut T {
    let place = all.iter().position(is_it).unwrap_or_else(|| {
        all.push(make());
        all.len() - 1
    });
    &mut all[place]
}

/// Least first, by the largest number of operations; ratios are to ours.
fn markdown(table: &Table) -> String {
    let mut text = format!("\n### {}\n\n| bytes |", table.work);
    for operations in &table.operations {
        text += &format!(
            " {operations} {} |",
            if operations == "1" { "operation" } else { "operations" }
        );
    }
    text += &format!("\n|---|{}\n", "---:|".repeat(table.operations.len()));
    let mut sorted: Vec<&Row> = table.rows.iter().collect();
    sorted.sort_by_key(|row| row.bytes.last());
    for row in sorted {
        text += &format!("| {} |", row.contender);
        for (bytes, ours) in row.bytes.iter().zip(&table.rows[0].bytes) {
            let ratio = *bytes as f64 / *ours as f64;
            text += &format!(" {} ({ratio:.2} x) |", grouped(*bytes));
        }
        text.push('\n');
    }
    text
}

/// With a comma before each three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_column_for_each_number_of_operations() {
        let lines = "memory\t1\tperfkit\t2000\nmemory\t1\tother\t1000\n\
                     memory\t256\tperfkit\t100000\nmemory\t256\tother\t1234567\n";
        let tables = tables(lines).expect("a table");
        assert_eq!(
            tables,
            "\n### memory\n\n| bytes | 1 operation | 256 operations |\n|---|---:|---:|\n\
             | perfkit | 2,000 (1.00 x) | 100,000 (1.00 x) |\n\
             | other | 1,000 (0.50 x) | 1,234,567 (12.35 x) |\n"
        );
        assert!(take_in("memory\t1\tperfkit").is_err());
        assert!(take_in("memory\t1\tperfkit\tmuch").is_err());
    }

    #[test]
    fn memory_is_wanted_by_its_name_or_by_none() {
        assert!(is_wanted(None) && is_wanted(Some("memory")) && is_wanted(Some("memory, six")));
        assert!(!is_wanted(Some("record")));
    }
}
