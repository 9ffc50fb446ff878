//! Policies in force that the document does not have: they bind its steps all the same.
//!
//! In: the types that are on. Out: a fact, the policies written in statements with what they say and
//! where they are attached. Asked only when something could be denied: the document has such policies
//! itself, or resources in accounts. Absent: AWS's own policies, which allow everything, and Control
//! Tower's, which exempt the role that it works by. What cannot be read is a remark, since a plan is
//! none the worse for it.

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
use crate::model::Kind;

/// Notes them, once the document's own policies have been found.
pub(super) async fn note(connection: &Connection, wanted: &Wanted<'_>, root: &Root, findings: &mut Findings) {
    if !strangers::matter(wanted) && !wanted.live_in_accounts() {
        return;
    }
    match read(connection, wanted, root, findings).await {
        Ok(found) => findings.facts.standing_policies.extend(found),
        Err(error) => {
            findings.facts.remarks.insert(format!(
                "policies that the document does not have could not be read, so what they deny is not told: {error}"
            ));
        }
    }
}

async fn read(
    connection: &Connection,
    wanted: &Wanted<'_>,
    root: &Root,
    findings: &Findings,
) -> Result<Vec<(String, StandingPolicy)>, CallError> {
    let in_statements =
        |kind: &&String| policy_types::by_name(kind).is_some_and(|row| row.grammar == Grammar::Iam);
    let lists = root.policy_types.keys().filter(in_statements).cloned().map(|kind| {
        let connection = connection.clone();
        async move { policies::of_type(&connection, &kind).await }
    });
    let ours = wanted.kind(Kind::Policy);
    let ours = |policy: &Policy| {
        let live = ours.iter().filter_map(|one| findings.live.get(&one.address)?.attribute("id"));
        live.into_iter().any(|id| id == policy.id)
    };
    let mut standing = Vec::new();
    for list in fan_out(lists.collect()).await {
        let of_somebody =
            |policy: &Policy| !policy.aws_managed && !policy.name.starts_with(policy_types::OF_CONTROL_TOWER);
        standing.extend(list?.into_iter().filter(|policy| of_somebody(policy) && !ours(policy)));
    }
    let details = standing.iter().map(|policy| {
        let (connection, id) = (connection.clone(), policy.id.clone());
        async move { tokio::join!(policies::document(&connection, &id), policies::targets(&connection, &id)) }
    });
    let mut found = Vec::new();
    for (policy, (document, targets)) in standing.iter().zip(fan_out(details.collect()).await) {
        let targets = targets?;
        let content: Option<Value> = document?.map(|(_, content)| content);
        // Deleted meanwhile, or attached to nothing: it binds nobody.
        if let Some(content) = content.filter(|_| !targets.is_empty()) {
            let (name, kind) = (policy.name.clone(), policy.kind.clone());
            let targets = targets.into_iter().collect();
            found.push((policy.id.clone(), StandingPolicy { name, kind, content, targets }));
        }
    }
    Ok(found)
}
