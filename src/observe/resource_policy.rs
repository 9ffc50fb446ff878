//! The organization's resource policy, asked for only when the document speaks of it.

use super::findings::Findings;
use super::wanted::Wanted;
use crate::cloud::inventory::resource_policy::{self, ResourcePolicy};
use crate::cloud::{CallError, Connection};
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
                let live = Live {
                    fields: Fields::from([("content".to_owned(), policy.content.clone())]),
                    attributes: Attributes::from(attributes),
                };
                findings.see(resource, live);
            }
        }
    }
}
