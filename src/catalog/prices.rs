//! What things cost by the month, as rows, each with its source.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::model::Kind;

/// A thing with a price of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Its kind.
    pub kind: Kind,
    /// The verb that brings one of them.
    pub verb: String,
    /// What it is called among others.
    pub what: String,
    /// US dollars a month for one.
    pub usd: f64,
    /// Where the figure comes from.
    pub source: String,
}

/// A thing whose price hangs on its use.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ByUse {
    /// Its kind.
    pub kind: Kind,
    /// The verb that switches it on.
    pub verb: String,
    /// The type of control that alone is meant, in the words of `plan::control_type`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// What it is called.
    pub what: String,
    /// What its price hangs on, with the price of one where it is known.
    pub on: String,
    /// Where that is said.
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    read: String,
    price: Vec<Price>,
    by_use: Vec<ByUse>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| super::parse("prices.toml", include_str!("prices.toml")));

/// The day on which the rows were read.
#[must_use]
pub fn read() -> &'static str {
    &TABLE.read
}

/// Things with a price of their own.
#[must_use]
pub fn fixed() -> &'static [Price] {
    &TABLE.price
}

/// Things whose price hangs on their use.
#[must_use]
pub fn by_use() -> &'static [ByUse] {
    &TABLE.by_use
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kinds;

    #[test]
    fn a_row_speaks_of_a_verb_that_its_kind_has_and_a_figure_has_a_source() {
        let fixed_rows = fixed().iter().map(|row| (row.kind, &row.verb));
        for (kind, verb) in fixed_rows.chain(by_use().iter().map(|row| (row.kind, &row.verb))) {
            assert!(kinds::info(kind).verb(verb).is_some(), "{kind} {verb}");
        }
        assert!(read().parse::<jiff::civil::Date>().is_ok(), "{}", read());
        assert!(fixed().iter().all(|row| row.usd > 0.0 && row.source.starts_with("https://")));
        assert!(
            by_use().iter().all(|row| row.source.starts_with("https://") || row.on.contains("UNSOURCED"))
        );
    }
}
