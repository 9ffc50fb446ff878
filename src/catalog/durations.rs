//! How long operations take when they take long, as rows.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;

/// Operations that usually end sooner are answered at once, and hardly vary.
const AT_ONCE: Duration = Duration::from_secs(5);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    operation: String,
    seconds: u64,
    #[expect(dead_code, reason = "the source stands in the file for its readers")]
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[expect(dead_code, reason = "the date of reading stands in the file for its readers")]
    read: String,
    factor: f64,
    slow: Vec<Row>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::parse("durations.toml", include_str!("durations.toml")));
static ROWS: LazyLock<BTreeMap<&str, Duration>> = LazyLock::new(|| {
    TABLE.slow.iter().map(|row| (row.operation.as_str(), Duration::from_secs(row.seconds))).collect()
});

/// Within what time nine of ten of an operation end that usually takes `usual`; never less
/// than that.
#[must_use]
pub fn slow(operation: &str, usual: Duration) -> Duration {
    let long = match ROWS.get(operation) {
        Some(long) => *long,
        None if usual < AT_ONCE => usual,
        None => usual.mul_f64(TABLE.factor),
    };
    long.max(usual)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::operations;

    #[test]
    fn slow_is_never_quicker_than_usual_and_rows_speak_of_known_operations() {
        for row in &TABLE.slow {
            let known = operations::table().get(&row.operation);
            let usual = known.and_then(|known| known.usual_seconds).map(Duration::from_secs);
            assert!(usual.is_some_and(|usual| slow(&row.operation, usual) > usual), "{}", row.operation);
        }
        let second = Duration::from_secs(1);
        assert_eq!(slow("iam:CreateRole", second), second);
        assert_eq!(slow("controltower:EnableControl", 90 * second), 135 * second);
    }
}
