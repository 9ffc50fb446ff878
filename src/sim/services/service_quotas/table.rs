//! The quotas that exist: names, codes, defaults, whether they can be raised and how far.
//!
//! In: `quotas.toml`. Out: rows. Absent: what was granted to an account.

use std::sync::OnceLock;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Table {
    service: Vec<ServiceRow>,
    quota: Vec<Quota>,
}

/// A service that has quotas.
#[derive(Debug, Deserialize)]
pub(super) struct ServiceRow {
    pub(super) code: String,
    pub(super) name: String,
}

/// One quota.
#[derive(Debug, Deserialize)]
pub(super) struct Quota {
    pub(super) service: String,
    pub(super) code: String,
    pub(super) name: String,
    /// AWS's default.
    pub(super) value: f64,
    /// The most that can be granted.
    pub(super) max: f64,
    pub(super) adjustable: bool,
    /// One value for all Regions.
    pub(super) global: bool,
    /// The Region that lists it, or `every`.
    pub(super) home: String,
}

impl Quota {
    /// Whether Service Quotas of a Region lists it.
    pub(super) fn listed_in(&self, region: &str) -> bool {
        self.home == "every" || self.home == region
    }
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    // A test proves that the file parses.
    TABLE.get_or_init(|| {
        toml::from_str(include_str!("quotas.toml")).unwrap_or(Table {
            service: Vec::new(),
            quota: Vec::new(),
        })
    })
}

pub(super) fn services() -> &'static [ServiceRow] {
    &table().service
}

pub(super) fn service(code: &str) -> Option<&'static ServiceRow> {
    services().iter().find(|row| row.code == code)
}

pub(super) fn quotas() -> &'static [Quota] {
    &table().quota
}

pub(super) fn quota(service: &str, code: &str) -> Option<&'static Quota> {
    quotas()
        .iter()
        .find(|row| row.service == service && row.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_every_quota_belongs_to_a_service_and_has_a_code_of_its_own() {
        let rows: Table = toml::from_str(include_str!("quotas.toml")).expect("the table parses");
        let codes: std::collections::BTreeSet<_> = rows.quota.iter().map(|row| &row.code).collect();
        assert_eq!(codes.len(), rows.quota.len());
        for row in &rows.quota {
            assert!(service(&row.service).is_some(), "{}", row.code);
            assert!(row.value <= row.max, "{}", row.code);
        }
    }
}
