//! The organization's resource policy, asked for only when the document speaks of it.

use super::findings::Findings;
use super::wanted::{Wanted, leaves};
use crate::cloud::inventory::resource_policy::{self, ResourcePolicy};
use crate::cloud::{CallError, Connection};
use crate::model::policy::statement;
use crate::model::{Attributes, Fields, Kind, Live};

/// What was learned; nothing when nobody wants to know.
pub(super) type Learned = Option<Result<Option<ResourcePolicy>, CallError>>;

/// Asks for the policy.
pub(super) async fn read(connection: &Connection, wanted: &Wanted<'_>) -> Learned {
    if !wanted.any(&[Kind::ResourcePolicy]) {
        return None;
    }
    Some(resource_policy::describe(connection).await)
}

/// Fills in what was learned.
pub(super) fn observe(wanted: &Wanted<'_>, learned: Learned, findings: &mut Findings) {
    let resources = wanted.kind(Kind::ResourcePolicy);
    match learned {
        None | Some(Ok(None)) => {}
        Some(Err(error)) => findings.gap_all(&resources, &error),
        Some(Ok(Some(policy))) => {
            for resource in resources {
                let attributes =
                    [("id".to_owned(), policy.id.clone()), ("arn".to_owned(), policy.arn.clone())];
                let mut fields = Fields::from([("content".to_owned(), policy.content.clone())]);
                let asked = leaves(resource, "statements");
                let standing = asked.into_iter().filter_map(|sid| {
                    let found = statement(&policy.content, &sid)?;
                    Some((sid, found))
                });
                fields.extend(standing.map(|(sid, statement)| (format!("statements.{sid}"), statement)));
                findings.see(resource, Live { fields, attributes: Attributes::from(attributes) });
            }
        }
    }
}
