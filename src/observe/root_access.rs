//! Centralised root access: one question for both switches, asked only when one of
//! them is spoken of.

use std::collections::BTreeSet;

use super::findings::Findings;
use super::wanted::Wanted;
use crate::cloud::inventory::root_access;
use crate::cloud::{CallError, Connection};
use crate::model::{Kind, Live, Resource};

const KINDS: [Kind; 2] = [Kind::RootCredentialsManagement, Kind::RootSessions];

/// Asks which switches are on; nothing when nobody wants to know.
pub(super) async fn read(
    connection: &Connection,
    wanted: &Wanted<'_>,
) -> Option<Result<BTreeSet<Kind>, CallError>> {
    if !wanted.any(&KINDS) {
        return None;
    }
    Some(root_access::features(connection).await)
}

/// Fills in what was learned.
pub(super) fn observe(
    wanted: &Wanted<'_>,
    features: Option<Result<BTreeSet<Kind>, CallError>>,
    findings: &mut Findings,
) {
    let resources: Vec<&Resource> = KINDS.iter().flat_map(|kind| wanted.kind(*kind)).collect();
    match features {
        None => {}
        Some(Err(error)) => findings.gap_all(&resources, &error),
        Some(Ok(on)) => {
            for resource in resources.into_iter().filter(|resource| on.contains(&resource.address.kind)) {
                findings.see(resource, Live::default());
            }
        }
    }
}
