//! Organization policies of the types that are on: documents, targets, tags.
//!
//! AWS's own and Control Tower's are among them, by name and targets; their documents are not
//! read: nobody can write them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::gap::{Gaps, Part};
use super::people::tags_of;
use crate::catalog::policy_types::OF_CONTROL_TOWER;
use crate::cloud::Connection;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::organization::Root;
use crate::cloud::inventory::policies;

/// One policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// Its name, unique within its type.
    pub name: String,
    /// Its description; empty when it has none.
    pub description: String,
    /// Whether AWS made it.
    pub aws_managed: bool,
    /// Its document; none when it is AWS's or Control Tower's, or could not be read.
    pub document: Option<Value>,
    /// Ids of everything that it is attached to; none when they could not be read.
    pub targets: Option<BTreeSet<String>>,
    /// Its tags; none when it is AWS's, or they could not be read.
    pub tags: Option<BTreeMap<String, String>>,
}

impl Policy {
    /// Whether somebody made it who is neither AWS nor Control Tower.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        is_ours(&self.name, self.aws_managed)
    }
}

fn is_ours(name: &str, aws_managed: bool) -> bool {
    !aws_managed && !name.starts_with(OF_CONTROL_TOWER)
}

/// Reads them, by AWS's name of the type.
pub(super) async fn read(connection: &Connection, root: &Root, gaps: &Gaps) -> BTreeMap<String, Vec<Policy>> {
    let lists = root.policy_types.keys().cloned().map(|kind| {
        let connection = connection.clone();
        async move {
            let list = policies::of_type(&connection, &kind).await;
            (kind, list)
        }
    });
    let mut lists: Vec<(String, Vec<policies::Policy>)> = fan_out(lists.collect())
        .await
        .into_iter()
        .filter_map(|(kind, list)| Some((kind.clone(), gaps.read(Part::Policies, Some(&kind), list)?)))
        .collect();
    for (_, list) in &mut lists {
        list.sort();
    }
    let all = || lists.iter().flat_map(|(_, list)| list);
    let ours =
        || all().filter(|policy| is_ours(&policy.name, policy.aws_managed)).map(|policy| policy.id.clone());
    let (mut documents, mut targets, mut tags) = tokio::join!(
        documents(connection, ours().collect(), gaps),
        targets(connection, all().map(|policy| policy.id.clone()).collect(), gaps),
        tags_of(connection, ours().collect(), gaps)
    );
    let mut whole = |policy: policies::Policy| Policy {
        document: documents.remove(&policy.id),
        targets: targets.remove(&policy.id),
        tags: tags.remove(&policy.id),
        id: policy.id,
        name: policy.name,
        description: policy.description,
        aws_managed: policy.aws_managed,
    };
    lists.into_iter().map(|(kind, list)| (kind, list.into_iter().map(&mut whole).collect())).collect()
}

async fn documents(connection: &Connection, ids: Vec<String>, gaps: &Gaps) -> BTreeMap<String, Value> {
    let questions = ids.into_iter().map(|id| {
        let connection = connection.clone();
        async move {
            let document = policies::document(&connection, &id).await;
            (id, document)
        }
    });
    let answers = fan_out(questions.collect()).await.into_iter();
    let known = answers.filter_map(|(id, document)| {
        let (_, content) = gaps.read(Part::Policies, Some(&id), document)??;
        Some((id, content))
    });
    known.collect()
}

async fn targets(
    connection: &Connection,
    ids: Vec<String>,
    gaps: &Gaps,
) -> BTreeMap<String, BTreeSet<String>> {
    let questions = ids.into_iter().map(|id| {
        let connection = connection.clone();
        async move {
            let targets = policies::targets(&connection, &id).await;
            (id, targets)
        }
    });
    let answers = fan_out(questions.collect()).await.into_iter();
    let known = answers.filter_map(|(id, targets)| {
        let targets = gaps.read(Part::PolicyTargets, Some(&id), targets)?;
        Some((id, targets.into_iter().collect()))
    });
    known.collect()
}
