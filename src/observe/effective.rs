//! Which policies bind an account, level by level, and what they come to.
//!
//! In: a connection and an account. Out: for service and resource control policies
//! what is attached at each level from the root down, since AWS merges nothing there
//! (an action needs an allow at every level and no deny at any); for the other types
//! the document that AWS has merged. Nothing is changed.

use serde::Serialize;
use serde_json::Value;

use super::error::ObserveError;
use crate::catalog::policy_types::{self, Grammar};
use crate::cloud::inventory::accounts;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::organization;
use crate::cloud::inventory::policies::{self, Policy};
use crate::cloud::inventory::units;
use crate::cloud::{CallError, Connection};
use crate::model::policy;

/// What binds one account.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effective {
    /// Its id.
    pub account: String,
    /// Its name in AWS.
    pub name: String,
    /// Whether it is the management account, which no service or resource control
    /// policy binds.
    pub management: bool,
    /// By type, in the order of AWS's names.
    pub types: Vec<OfType>,
}

/// What binds it of one type.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfType {
    /// The document's word for the type.
    pub r#type: String,
    /// What it comes to.
    #[serde(flatten)]
    pub says: Says,
}

/// What the policies of a type come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// The policies at each level, from the root down to the account.
    Levels(Vec<Level>),
    /// The document that AWS has merged; none when no policy reaches the account.
    Merged(Option<Value>),
}

/// One level above or at the account.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Level {
    /// `root`, the unit's path, or the account's name.
    pub at: String,
    /// The policies attached there, each with whether it allows anything.
    pub policies: Vec<Attached>,
}

/// One policy at a level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attached {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Whether some statement of it allows something.
    pub allows: bool,
    /// Its document.
    pub document: Value,
}

impl Level {
    /// Whether nothing at this level allows anything: the account is locked out.
    #[must_use]
    pub fn locks_out(&self) -> bool {
        !self.policies.iter().any(|policy| policy.allows)
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum EffectiveError {
    /// The organization could not be read.
    #[error(transparent)]
    Observe(#[from] ObserveError),
    /// No account has this name or id.
    #[error("the organization has no account {0}")]
    NoAccount(String),
    /// Several accounts have this name.
    #[error("several accounts are called {name}: {ids}")]
    Ambiguous {
        /// The name.
        name: String,
        /// Their ids.
        ids: String,
    },
}

/// What binds an account, given by name or id; of one type (AWS's name), or of every
/// type that is switched on.
///
/// # Errors
/// When the organization cannot be read, or has no such account.
pub async fn effective(
    connection: &Connection,
    account: &str,
    kind: Option<&str>,
) -> Result<Effective, EffectiveError> {
    let wrong = |error: CallError| EffectiveError::Observe(ObserveError::Organization(error));
    let organization = organization::describe(connection).await.map_err(wrong)?;
    let Some(organization) = organization else {
        return Err(EffectiveError::NoAccount(account.to_owned()));
    };
    let root = organization::root(connection).await.map_err(wrong)?;
    let (all, tree) = tokio::join!(accounts::list(connection), units::tree(connection, &root.id));
    let (all, tree) = (all.map_err(wrong)?, tree.map_err(wrong)?);
    let found: Vec<_> = all.into_iter().filter(|one| one.id == account || one.name == account).collect();
    let [found] = found.as_slice() else {
        return Err(match found.first() {
            None => EffectiveError::NoAccount(account.to_owned()),
            Some(first) => EffectiveError::Ambiguous {
                name: first.name.clone(),
                ids: found.iter().map(|one| one.id.as_str()).collect::<Vec<_>>().join(", "),
            },
        });
    };
    let mut levels = vec![("root".to_owned(), root.id.clone())];
    levels.extend(units_above(found.parent.as_deref(), &tree));
    levels.push((found.name.clone(), found.id.clone()));
    let kinds: Vec<String> = match kind {
        Some(kind) => vec![kind.to_owned()],
        None => root.policy_types.keys().cloned().collect(),
    };
    let mut types = Vec::new();
    for kind in kinds {
        let row = policy_types::by_name(&kind);
        let says = if row.is_some_and(|row| row.grammar == Grammar::Iam) {
            Says::Levels(attached(connection, &levels, &kind).await.map_err(wrong)?)
        } else {
            Says::Merged(policies::effective(connection, &found.id, &kind).await.map_err(wrong)?)
        };
        types.push(OfType { r#type: policy_types::word_of(&kind).to_owned(), says });
    }
    let management = found.id == organization.management_account.as_str();
    Ok(Effective { account: found.id.clone(), name: found.name.clone(), management, types })
}

/// The units above, from the root down, each with its path and id.
fn units_above(parent: Option<&str>, tree: &[units::Unit]) -> Vec<(String, String)> {
    let mut chain = Vec::new();
    let mut next = parent;
    while let Some(unit) = next.and_then(|id| tree.iter().find(|unit| unit.id == id)) {
        chain.push(unit);
        next = Some(&unit.parent);
    }
    chain.reverse();
    let mut path = String::new();
    let mut named = Vec::new();
    for unit in chain {
        path = if path.is_empty() { unit.name.clone() } else { format!("{path}/{}", unit.name) };
        named.push((path.clone(), unit.id.clone()));
    }
    named
}

async fn attached(
    connection: &Connection,
    levels: &[(String, String)],
    kind: &str,
) -> Result<Vec<Level>, CallError> {
    let questions = levels.iter().map(|(_, id)| {
        let (connection, id, kind) = (connection.clone(), id.clone(), kind.to_owned());
        async move { policies::on_target(&connection, &id, &kind).await }
    });
    let mut found = Vec::new();
    for ((at, _), there) in levels.iter().zip(fan_out(questions.collect()).await) {
        let mut policies = Vec::new();
        for policy in there? {
            policies.extend(with_document(connection, policy).await?);
        }
        policies.sort_by(|one: &Attached, other| one.name.cmp(&other.name));
        found.push(Level { at: at.clone(), policies });
    }
    Ok(found)
}

async fn with_document(connection: &Connection, policy: Policy) -> Result<Option<Attached>, CallError> {
    let found = policies::document(connection, &policy.id).await?;
    Ok(found.map(|(_, document)| Attached {
        name: policy.name,
        id: policy.id,
        allows: policy::allows(&document),
        document,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_units_above_are_named_by_their_paths_from_the_root_down() {
        let unit = |id: &str, name: &str, parent: &str| units::Unit {
            id: id.into(),
            arn: String::new(),
            name: name.into(),
            parent: parent.into(),
        };
        let tree = [unit("ou-1", "Workloads", "r-1"), unit("ou-2", "Prod", "ou-1")];
        let above = units_above(Some("ou-2"), &tree);
        assert_eq!(above, [("Workloads".into(), "ou-1".into()), ("Workloads/Prod".into(), "ou-2".into())]);
        assert!(units_above(Some("r-1"), &tree).is_empty());
    }
}
