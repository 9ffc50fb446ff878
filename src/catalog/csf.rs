//! The NIST Cybersecurity Framework 2.0: functions and categories, as rows.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// One of the six functions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Its identifier, e.g. `GV`.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// One of the 22 categories.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its identifier, e.g. `GV.PO`: the function's, a dot, its own.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Why people bring it about and no configuration does; none where configuration does.
    pub organizational: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[expect(dead_code, reason = "the date of reading stands in the file for its readers")]
    read: String,
    source: String,
    function: Vec<Function>,
    category: Vec<Category>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| super::parse("csf.toml", include_str!("csf.toml")));

/// The functions, in the framework's order.
#[must_use]
pub fn functions() -> &'static [Function] {
    &TABLE.function
}

/// The categories, in the framework's order.
#[must_use]
pub fn categories() -> &'static [Category] {
    &TABLE.category
}

/// Where the identifiers and names come from.
#[must_use]
pub fn source() -> &'static str {
    &TABLE.source
}

impl Function {
    /// Its categories, in the framework's order.
    pub fn categories(&self) -> impl Iterator<Item = &'static Category> + use<'_> {
        categories().iter().filter(|category| category.function() == self.id)
    }
}

impl Category {
    /// The identifier of its function.
    #[must_use]
    pub fn function(&self) -> &str {
        self.id.split('.').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_six_functions_with_twenty_two_categories_among_them() {
        let ids: Vec<&str> = functions().iter().map(|function| function.id.as_str()).collect();
        assert_eq!(ids, ["GV", "ID", "PR", "DE", "RS", "RC"]);
        let counts: Vec<usize> = functions().iter().map(|function| function.categories().count()).collect();
        assert_eq!(counts, [6, 3, 5, 2, 4, 2]);
        assert_eq!(categories().len(), 22);
    }
}
