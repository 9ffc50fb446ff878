//! Policies in force that the document does not have: they bind its steps all the same.
//!
//! In: the policies of each type, and which types are on. Out: a fact, the policies written in
//! statements with what they say and where they are attached. Asked only when something could be denied: the document has such policies
//! itself, or resources in accounts. Absent: AWS's own policies, which allow everything, and Control
//! Tower's, which exempt the role that it works by. What cannot be read is a remark, since a plan is
//! none the worse for it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::findings::Findings;
use super::snapshot::StandingPolicy;
use super::strangers;
use super::wanted::Wanted;
use crate::catalog::policy_types::{self, Grammar};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::organization::Root;
use crate::cloud::inventory::policies::{self, Policy};
use crate::cloud::{CallError, Connection};

/// Policies by id.
pub(super) type Standing = Result<Vec<(String, StandingPolicy)>, CallError>;

/// Whether anything could be denied.
pub(super) fn matter(wanted: &Wanted<'_>) -> bool {
    strangers::matter(wanted) || wanted.live_in_accounts()
}

/// Whether policies of a type are written in statements.
pub(super) fn in_statements(kind: &str) -> bool {
    policy_types::by_name(kind).is_some_and(|row| row.grammar == Grammar::Iam)
}

/// Notes them: those that were found beside the document's own, and those of further types that
/// are on.
pub(super) async fn note(
    connection: &Connection,
    wanted: &Wanted<'_>,
    root: &Root,
    book: Beside,
    findings: &mut Findings,
) {
    if !matter(wanted) {
        return;
    }
    let further = root.policy_types.keys().filter(|kind| in_statements(kind) && !book.listed.contains(*kind));
    let further: Vec<String> = further.cloned().collect();
    for found in [book.standing, of_types(connection, further).await] {
        match found {
            Ok(found) => findings.facts.standing_policies.extend(found),
            Err(error) => {
                findings.facts.remarks.insert(format!(
                    "policies that the document does not have could not be read, so what they deny is not told: {error}"
                ));
            }
        }
    }
}

/// What was found while the document's own policies were looked for.
#[derive(Debug)]
pub(super) struct Beside {
    /// Types whose policies were listed.
    pub(super) listed: BTreeSet<String>,
    /// Those of them that the document does not have.
    pub(super) standing: Standing,
}

/// Those of types of which the document has none.
async fn of_types(connection: &Connection, kinds: Vec<String>) -> Standing {
    let lists = kinds.into_iter().map(|kind| {
        let connection = connection.clone();
        async move { policies::of_type(&connection, &kind).await }
    });
    let lists = fan_out(lists.collect()).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    read(connection, lists.into_iter().flatten().collect()).await
}

/// What policies say and where they are attached. AWS's own and Control Tower's are left out.
pub(super) async fn read(connection: &Connection, policies: Vec<Policy>) -> Standing {
    let of_somebody =
        |policy: &Policy| !policy.aws_managed && !policy.name.starts_with(policy_types::OF_CONTROL_TOWER);
    let standing: Vec<Policy> = policies.into_iter().filter(of_somebody).collect();
    let details = standing.iter().map(|policy| {
        let (connection, id) = (connection.clone(), policy.id.clone());
        async move { tokio::join!(policies::document(&connection, &id), policies::targets(&connection, &id)) }
    });
    let details = fan_out(details.collect()).await;
    let mut found = Vec::new();
    for (policy, (document, targets)) in standing.into_iter().zip(details) {
        let targets = targets?;
        let content: Option<Value> = document?.map(|(_, content)| content);
        // Deleted meanwhile, or attached to nothing: it binds nobody.
        if let Some(content) = content.filter(|_| !targets.is_empty()) {
            let Policy { id, name, kind, .. } = policy;
            found.push((id, StandingPolicy { name, kind, content, targets: targets.into_iter().collect() }));
        }
    }
    Ok(found)
}
