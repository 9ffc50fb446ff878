//! What an organization can do against threats, and what shows that it does: capabilities of
//! AWS, each with the categories of the NIST Cybersecurity Framework that it serves, and with
//! evidence, in terms of resources and their fields.
//!
//! Rows only. Which accounts and Regions a piece of evidence reaches is worked out on the
//! floor `coverage`. A capability without evidence is one that lzctl cannot configure.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::Kind;
use crate::model::controls::Behavior;

/// One capability.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    /// Its word.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The services that bring it.
    pub services: String,
    /// Identifiers of categories that it serves.
    pub categories: Vec<String>,
    /// Where the mapping to the categories comes from.
    pub mapping: String,
    /// Why the management account stays without it whatever the document says; none when it
    /// need not. It counts as a gap all the same.
    pub management: Option<String>,
    /// Whether the management account is beyond its reach by what it is, so that it is not
    /// counted: policies do not bind it.
    #[serde(default)]
    pub members_only: bool,
    /// What shows that it is there. The best evidence counts.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// What an operator can do where lzctl cannot.
    pub by_hand: Option<String>,
    /// How far the lines below bring it.
    #[serde(default)]
    pub brings: Degree,
    /// The lines of a document that close the gap, in parts.
    #[serde(default)]
    pub closing: Vec<Closing>,
}

/// How far something goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Degree {
    /// Some way.
    Partly,
    /// All the way.
    #[default]
    Covered,
}

/// A resource that shows a capability, where all conditions hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Its kind.
    pub kind: Kind,
    /// Its name within the kind, when one name alone counts.
    pub name: Option<String>,
    /// The last part of its name, when that alone counts.
    pub ending: Option<String>,
    /// The behaviour of the control that it is.
    pub behavior: Option<Behavior>,
    /// All of these hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// How far it goes.
    #[serde(default)]
    pub gives: Degree,
    /// Which accounts it reaches.
    pub reach: Reach,
    /// In which Regions.
    #[serde(default)]
    pub regions: Regions,
    /// Which leaves of its group or targets count; all when it does not say. Only what it asks
    /// of a value is used.
    pub counting: Option<Condition>,
    /// A field that lists ids of accounts which it does not reach.
    pub except: Option<String>,
    /// Only while something of another sort is there as well.
    pub with: Option<Companion>,
}

/// What must be there beside a piece of evidence for it to count.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Companion {
    /// One of these kinds.
    pub kinds: Vec<Kind>,
    /// Any of these holds of it; nothing is asked when there are none.
    #[serde(default)]
    pub any: Vec<Condition>,
}

/// Which accounts a resource reaches.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// All.
    Organization,
    /// Those directly in the unit that it is on: the name up to the last colon.
    Unit,
    /// Those anywhere below that unit.
    Below,
    /// Those at and below its `targets.*`, the management account only by name.
    Targets,
    /// The leaves of a group, and the account of the key `account`.
    Leaves(String),
    /// The account that it is.
    Itself,
    /// The account of its key `account`; the management account without one.
    Home,
    /// The accounts whose ids stand at these pointers into the field `manifest`.
    Manifest(Vec<String>),
}

/// In which Regions a resource works.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Regions {
    /// In all that are looked at.
    #[default]
    All,
    /// In that of its key `region`.
    Own,
    /// In those that the places of its administrators name (see `delegated_administrator`),
    /// and in all where the organization has one.
    Offices,
}

/// What must hold of a resource.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// A field, or a group of which one leaf is enough when it ends with `*`.
    pub field: Option<String>,
    /// A natural key, or an attribute of that name where no document speaks.
    pub key: Option<String>,
    /// The way into an object (RFC 6901).
    #[serde(default)]
    pub pointer: String,
    /// One of these; when there are none, anything will do that is there at all.
    #[serde(default)]
    pub is: Vec<Value>,
    /// None of these; not being there is as good.
    #[serde(default)]
    pub not: Vec<Value>,
    /// A word that stands somewhere in the value.
    pub mentions: Option<String>,
}

/// Lines of a document that close a gap. In a line `{unit}` repeats it for each unit with a
/// gap and `{account}` for each member account with one; a word of
/// [`crate::catalog::capabilities::ROLES`] is an account of that use, and `{vault}` a vault that
/// nobody can delete from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// Only when something of this kind will be there.
    pub given: Option<Kind>,
    /// Only when nothing of this kind will be there.
    pub without: Option<Kind>,
    /// A part that several capabilities share, by its word, in the place of lines.
    pub part: Option<String>,
    /// The lines.
    #[serde(default)]
    pub lines: String,
}

/// Lines that several capabilities share.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    id: String,
    /// What it brings, when that must be there before the rest.
    what: Option<String>,
    lines: String,
}

/// Uses of accounts that closing lines speak of, each with the name that stands when the
/// document has no account of that use.
pub const ROLES: &[(&str, &str)] = &[
    ("security", "audit"),
    ("logs", "log-archive"),
    ("backups", "central-backup"),
    ("backup_admin", "backup-admin"),
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    read: String,
    bases: BTreeMap<String, String>,
    part: Vec<Part>,
    capability: Vec<Capability>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::parse("capabilities.toml", include_str!("capabilities.toml")));

/// What the words mean by which mappings tell their basis.
#[must_use]
pub fn bases() -> &'static BTreeMap<String, String> {
    &TABLE.bases
}

/// The day on which the mappings were read.
#[must_use]
pub fn read() -> &'static str {
    &TABLE.read
}

/// Every capability, in the order of the file.
#[must_use]
pub fn all() -> &'static [Capability] {
    &TABLE.capability
}

/// The capability of that word.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Capability> {
    all().iter().find(|capability| capability.id == id)
}

impl Capability {
    /// Whether a document can say anything that brings it.
    #[must_use]
    pub fn configurable(&self) -> bool {
        !self.evidence.is_empty()
    }
}

impl Closing {
    /// Its lines, those of the shared part where it names one.
    #[must_use]
    pub fn text(&self) -> &str {
        self.shared().map_or(&self.lines, |part| &part.lines)
    }

    /// What it brings, when that must be there before the other lines.
    #[must_use]
    pub fn what(&self) -> Option<&str> {
        self.shared()?.what.as_deref()
    }

    fn shared(&self) -> Option<&'static Part> {
        let id = self.part.as_ref()?;
        TABLE.part.iter().find(|part| part.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::catalog::csf;
    use crate::model::kinds;

    #[test]
    fn every_category_is_served_or_says_why_people_alone_can_serve_it() {
        let served: BTreeSet<&str> =
            all().iter().flat_map(|one| &one.categories).map(String::as_str).collect();
        for category in csf::categories() {
            let said = category.organizational.is_some();
            assert!(served.contains(category.id.as_str()) || said, "{}", category.id);
        }
        let known: BTreeSet<&str> = csf::categories().iter().map(|category| category.id.as_str()).collect();
        assert!(served.is_subset(&known), "{:?}", served.difference(&known));
    }

    #[test]
    fn a_row_says_whence_it_is_what_closes_it_and_what_to_do_where_lzctl_cannot() {
        let mut ids = BTreeSet::new();
        for row in all() {
            assert!(ids.insert(&row.id), "{} stands twice", row.id);
            assert!(
                (row.mapping.contains("COP312") || bases().keys().any(|word| row.mapping.contains(word)))
                    && !row.name.is_empty()
                    && !row.categories.is_empty(),
                "{}",
                row.id
            );
            assert_eq!(row.configurable(), !row.closing.is_empty(), "{}", row.id);
            assert!(row.configurable() || row.by_hand.is_some(), "{}", row.id);
            assert!(row.closing.iter().all(|one| !one.text().trim().is_empty()), "{}", row.id);
        }
    }

    /// Whether a kind has a field of that name, or a group.
    fn has(kind: Kind, condition: &Condition) -> bool {
        let known =
            |field: &String| field == "*" || kinds::info(kind).rule(&field.replace('*', "x")).is_some();
        condition.field.as_ref().is_none_or(known)
    }

    #[test]
    fn evidence_speaks_of_fields_that_the_kind_has() {
        for row in all() {
            for evidence in &row.evidence {
                for condition in &evidence.when {
                    assert!(has(evidence.kind, condition), "{}: {condition:?}", row.id);
                }
                if let Some(with) = &evidence.with {
                    let any = |condition: &Condition| with.kinds.iter().any(|kind| has(*kind, condition));
                    assert!(with.any.iter().all(any), "{}: {with:?}", row.id);
                }
            }
        }
    }
}
