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

/// The type whose policies narrow what may be done to what they allow.
const SERVICE_CONTROL: &str = "SERVICE_CONTROL_POLICY";

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
    note_allow_lists(connection, findings).await;
}

/// Notes where such policies are all that allows anything: somebody has taken away what AWS attaches
/// by itself. Only policies that allow something are looked at, each target of theirs once: a target
/// whose policies all deny is one on which nothing would work, which nobody leaves so.
async fn note_allow_lists(connection: &Connection, findings: &mut Findings) {
    let allows = |content: &Value| {
        let statements =
            content.get("Statement").map(|one| one.as_array().cloned().unwrap_or_else(|| vec![one.clone()]));
        statements.into_iter().flatten().any(|one| one.get("Effect").and_then(Value::as_str) == Some("Allow"))
    };
    let known: BTreeSet<&str> = findings
        .live
        .values()
        .flat_map(|live| ["id", "root_id"].into_iter().filter_map(|name| live.attribute(name)))
        .collect();
    let policies = findings.facts.standing_policies.values().filter(|policy| allows(&policy.content));
    let targets = policies.flat_map(|policy| policy.targets.iter().map(|target| (target, &policy.kind)));
    let asked: BTreeSet<(String, String)> = targets
        .filter(|(target, kind)| known.contains(target.as_str()) && everywhere(kind).is_some())
        .map(|(target, kind)| (target.clone(), kind.clone()))
        .collect();
    let questions = asked.into_iter().map(|(target, kind)| {
        let connection = connection.clone();
        async move {
            let there = policies::on_target(&connection, &target, &kind).await;
            (target, kind, there)
        }
    });
    for (target, kind, there) in fan_out(questions.collect()).await {
        let open = |policy: &Policy| policy.aws_managed && Some(policy.name.as_str()) == everywhere(&kind);
        match there {
            Ok(there) if there.iter().any(open) => {}
            Ok(_) => {
                findings.facts.allow_listed.insert(target);
            }
            Err(error) => {
                findings.facts.remarks.insert(format!(
                    "what is attached to {target} could not be read, so whether its policies allow what is to be done is not told: {error}"
                ));
            }
        }
    }
}

/// The policy of a type that AWS attaches to everything, where it can be taken away.
fn everywhere(kind: &str) -> Option<&'static str> {
    let row = policy_types::by_name(kind).filter(|row| row.name == SERVICE_CONTROL)?;
    row.everywhere.as_deref()
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
