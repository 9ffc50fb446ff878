//! The resource types that AWS Backup knows, read off `resource_types.toml`.
//!
//! In: a name. Out: the type. Absent: what a Region has switched on (`region_settings`).

use std::sync::OnceLock;

use serde::Deserialize;

/// A type of resource.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Type {
    /// As `ResourceType` names it, e.g. `EBS`.
    pub(super) name: String,
    /// Whether a Region begins with it switched on.
    pub(super) opt_in: bool,
    /// Whether a Region begins with full management, where that is a preference.
    pub(super) managed: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct Types {
    #[serde(rename = "type")]
    kinds: Vec<Type>,
}

/// Every type; empty if the compiled-in file were wrong, which a test excludes.
pub(super) fn all() -> &'static [Type] {
    static TYPES: OnceLock<Vec<Type>> = OnceLock::new();
    TYPES.get_or_init(|| {
        toml::from_str::<Types>(include_str!("resource_types.toml"))
            .map(|file| file.kinds)
            .unwrap_or_default()
    })
}

/// The type of a name, whatever its case.
pub(super) fn named(name: &str) -> Option<&'static Type> {
    all().iter().find(|kind| kind.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_a_name_is_found_whatever_its_case() {
        let file: Types = toml::from_str(include_str!("resource_types.toml")).expect("resource_types.toml");
        assert_eq!(file.kinds.len(), all().len());
        assert_eq!(named("storage gateway").map(|kind| kind.name.as_str()), Some("Storage Gateway"));
    }
}
