//! What the caller must be allowed for each operation: IAM actions, the ARNs and
//! conditions they can be held to, and what planning reads.
//!
//! Only facts: templates whose `{names}` the floors above fill in. Where AWS takes
//! nothing narrower than `*`, the row says why.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::Kind;

/// Condition operator to condition key to the template of its value.
pub type Conditions = BTreeMap<String, BTreeMap<String, String>>;

/// Some actions on some resources.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// IAM actions.
    pub actions: Vec<String>,
    /// Names of ARN templates; none when AWS takes only `*`.
    #[serde(default)]
    pub on: Vec<String>,
    /// Why `on` is empty.
    pub everywhere: Option<String>,
    /// The name that must stand for something, or the grant is not needed.
    pub when: Option<String>,
    /// What it is held to besides.
    #[serde(default)]
    pub condition: Conditions,
    /// Whether AWS only lists the actions beside the operation's own: most of them
    /// exist as permissions and not as operations.
    #[serde(default)]
    pub hidden: bool,
    /// Only when a member account asks, or only when the management account does.
    pub by_member: Option<bool>,
}

/// What one operation needs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// `service:Operation`, as in the operation table.
    pub name: String,
    /// What must be allowed; empty when AWS asks for no permission.
    pub grant: Vec<Grant>,
    /// Reads that carrying it out makes on the way.
    #[serde(default)]
    pub reads: Vec<String>,
    /// Reads, beside its read-back, that show what became of a lost call.
    #[serde(default)]
    pub proves: Vec<String>,
    /// Whether it is called in the account that the resource is, as one of its own.
    #[serde(default)]
    pub inside: bool,
    /// Whether it is called as the administrator of a service, in that account.
    #[serde(default)]
    pub by_administrator: bool,
    /// Whether Control Tower acts elsewhere with the caller's credentials.
    #[serde(default)]
    pub forwards: bool,
    /// Where the row comes from.
    pub source: String,
}

/// What planning reads for some kinds of resources.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planning {
    /// For which kinds.
    pub kinds: Vec<Kind>,
    /// Only for a resource with a field of this name or group.
    pub field: Option<String>,
    /// Only for a resource that is to go.
    #[serde(default)]
    pub removal: bool,
    /// Only when AWS leaves something out that it usually tells, or when there is something beside
    /// the document.
    #[serde(default)]
    pub seldom: bool,
    /// Whether the organization is asked, in the management account, wherever the resource lives.
    #[serde(default)]
    pub of_organization: bool,
    /// What names in templates stand for here, whatever they stand for elsewhere.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeSet<String>>,
    /// The operations.
    pub operations: Vec<String>,
}

/// What a census reads, whatever a document says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Census {
    /// In the management account.
    pub operations: Vec<String>,
    /// In the accounts that administer services.
    pub by_administrators: Vec<String>,
    /// Only when AWS leaves something out that it usually tells.
    pub seldom: Vec<String>,
}

/// What Control Tower does in other services in the caller's name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forwarded {
    /// IAM actions, as AWS lists them.
    pub actions: Vec<String>,
    /// Why they are allowed on every resource.
    pub everywhere: String,
    /// Where AWS lists them.
    pub source: String,
}

/// What one use of a bucket of runs needs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// IAM actions.
    pub actions: Vec<String>,
    /// The template of the ARN.
    pub on: String,
    /// What it is held to besides.
    #[serde(default)]
    pub condition: Conditions,
    /// Where it comes from.
    pub source: String,
}

/// The uses of a bucket of runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreUses {
    /// To list names.
    pub list: Use,
    /// To read objects.
    pub read: Use,
    /// To write objects that are not there.
    pub create: Use,
    /// To write objects over, as they were seen.
    pub replace: Use,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    read: String,
    looking: Vec<String>,
    arn: BTreeMap<String, String>,
    operation: Vec<Row>,
    planning: Vec<Planning>,
    census: Census,
    verification: Vec<Planning>,
    forwarded: Forwarded,
    store: StoreUses,
}

/// The table.
#[derive(Debug)]
pub struct Permissions {
    /// The day on which the sources were read.
    pub read: String,
    /// What preflight reads inside member accounts, operations.
    pub looking: Vec<String>,
    /// What planning reads.
    pub planning: Vec<Planning>,
    /// What a census reads.
    pub census: Census,
    /// What is read beyond planning to see whether what is there can be relied on.
    pub verification: Vec<Planning>,
    /// What Control Tower does in the caller's name.
    pub forwarded: Forwarded,
    /// What is done with a bucket of runs.
    pub store: StoreUses,
    arns: BTreeMap<String, String>,
    rows: BTreeMap<String, Row>,
}

static TABLE: LazyLock<Permissions> = LazyLock::new(|| {
    let file: File = super::parse("permissions.toml", include_str!("permissions.toml"));
    Permissions {
        read: file.read,
        looking: file.looking,
        planning: file.planning,
        census: file.census,
        verification: file.verification,
        forwarded: file.forwarded,
        store: file.store,
        arns: file.arn,
        rows: file.operation.into_iter().map(|row| (row.name.clone(), row)).collect(),
    }
});

/// The permission table.
#[must_use]
pub fn table() -> &'static Permissions {
    &TABLE
}

impl Permissions {
    /// The row of an operation.
    #[must_use]
    pub fn get(&self, operation: &str) -> Option<&Row> {
        self.rows.get(operation)
    }

    /// Every row, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    /// Every `{name}` that some template has.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.arns.values().flat_map(|template| names(template))
    }

    /// The template of a resource's ARN.
    #[must_use]
    pub fn arn(&self, name: &str) -> Option<&str> {
        self.arns.get(name).map(String::as_str)
    }
}

/// The `{names}` in a template, in order.
pub fn names(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::operations::{self, Effect};
    use crate::catalog::policy_types::{self, Grammar};
    use crate::model::kinds::lives_in_an_account;

    #[test]
    fn every_operation_has_its_row_and_every_row_an_operation() {
        let called: Vec<&str> = operations::table().iter().map(|row| row.name.as_str()).collect();
        let rows: Vec<&str> = table().iter().map(|row| row.name.as_str()).collect();
        assert_eq!(rows, called);
        let text = include_str!("permissions.toml");
        assert_eq!(text.matches("[[operation]]").count(), rows.len(), "an operation has two rows");
    }

    #[test]
    fn every_grant_names_known_resources_or_says_why_it_names_none() {
        for row in table().iter() {
            for grant in &row.grant {
                assert_eq!(grant.on.is_empty(), grant.everywhere.is_some(), "{}", row.name);
                assert!(
                    grant.on.iter().all(|name| table().arn(name).is_some()),
                    "{}: {:?}",
                    row.name,
                    grant.on
                );
                assert!(grant.actions.windows(2).all(|pair| pair[0] < pair[1]), "{}: in order", row.name);
            }
            assert!(!row.source.is_empty());
        }
    }

    #[test]
    fn what_is_read_on_the_way_in_proof_or_in_planning_only_reads() {
        let of_rows = table().iter().flat_map(|row| row.reads.iter().chain(&row.proves));
        let of_planning =
            table().planning.iter().chain(&table().verification).flat_map(|row| &row.operations);
        let census = &table().census;
        let of_census = census.operations.iter().chain(&census.by_administrators).chain(&census.seldom);
        for name in of_rows.chain(of_planning).chain(of_census).chain(&table().looking) {
            let effect = operations::table().get(name).map(|row| row.effect);
            assert_eq!(effect, Some(Effect::Read), "{name}");
        }
    }

    #[test]
    fn what_is_in_force_is_asked_for_every_kind_that_policies_could_deny_something() {
        let asks = |row: &&Planning| !row.values.is_empty();
        let rows: Vec<&Planning> = table().planning.iter().filter(asks).collect();
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        let bound = |kind: &Kind| *kind == Kind::Policy || lives_in_an_account(*kind);
        let kinds: BTreeSet<&Kind> = Kind::ALL.iter().filter(|kind| bound(kind)).collect();
        assert_eq!(row.kinds.iter().collect::<BTreeSet<_>>(), kinds);
        let in_statements = policy_types::all().iter().filter(|row| row.grammar == Grammar::Iam);
        let types: BTreeSet<String> = in_statements.map(|row| row.name.clone()).collect();
        assert_eq!(row.values["policy_type"], types);
    }

    #[test]
    fn the_names_of_a_template_are_found() {
        assert_eq!(names("a:{b}:{c}/{b}").collect::<Vec<_>>(), ["b", "c", "b"]);
    }
}
