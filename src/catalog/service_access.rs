//! Services whose trusted access must stay while there is a landing zone.

use std::sync::LazyLock;

use serde::Deserialize;

/// One such service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its service principal.
    pub principal: String,
    /// What the landing zone does through it.
    #[serde(rename = "use")]
    pub purpose: String,
    /// Where AWS says so.
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    service: Vec<Service>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::parse("service_access.toml", include_str!("service_access.toml")));

/// The row of a service that a landing zone needs; none for any other.
#[must_use]
pub fn needed_by_landing_zone(principal: &str) -> Option<&'static Service> {
    TABLE.service.iter().find(|service| service.principal == principal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_tower_itself_is_needed_and_resource_sharing_is_not() {
        assert!(needed_by_landing_zone("controltower.amazonaws.com").is_some());
        assert!(needed_by_landing_zone("ram.amazonaws.com").is_none());
        assert!(TABLE.service.iter().all(|row| !row.purpose.is_empty() && !row.source.is_empty()));
    }
}
