//! Services that are trusted by a call of their own, and those whose trusted access must
//! stay while there is a landing zone.

use std::sync::LazyLock;

use serde::Deserialize;

/// A service with a call of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// Its service principal.
    pub principal: String,
    /// The field of the kind `trusted_access` that says the call was made.
    pub field: String,
    /// The principals of the service-linked roles that the call makes.
    pub linked: Vec<String>,
    /// The role's name, where only the role tells that the call was made.
    pub role: Option<String>,
    /// Whether the call is made only where the document names the service itself, because nothing
    /// takes it back: an administrator alone does not ask for it.
    #[serde(default)]
    pub asked: bool,
    /// Where AWS says so.
    pub source: String,
}

/// A service that a landing zone needs.
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
    own: Vec<Own>,
    service: Vec<Service>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::parse("service_access.toml", include_str!("service_access.toml")));

/// The row of a service that is trusted by its own call; none for any other.
#[must_use]
pub fn by_own_call(principal: &str) -> Option<&'static Own> {
    TABLE.own.iter().find(|service| service.principal == principal)
}

/// The row of a service that a landing zone needs; none for any other.
#[must_use]
pub fn needed_by_landing_zone(principal: &str) -> Option<&'static Service> {
    TABLE.service.iter().find(|service| service.principal == principal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_of_its_own_stands_for_a_field_of_the_kind() {
        let info = crate::model::kinds::info(crate::model::Kind::TrustedAccess);
        assert!(TABLE.own.iter().all(|row| info.rule(&row.field).is_some() && !row.source.is_empty()));
        assert!(by_own_call("guardduty.amazonaws.com").is_none());
    }

    #[test]
    fn control_tower_itself_is_needed_and_resource_sharing_is_not() {
        assert!(needed_by_landing_zone("controltower.amazonaws.com").is_some());
        assert!(needed_by_landing_zone("ram.amazonaws.com").is_none());
        assert!(TABLE.service.iter().all(|row| !row.purpose.is_empty() && !row.source.is_empty()));
    }
}
