//! The organization itself: trusted access, root access, its own policy.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::gap::{Gaps, Part};
use crate::catalog::service_access;
use crate::cloud::Connection;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::organization::{self, Root};
use crate::cloud::inventory::{own_trust, resource_policy, root_access};
use crate::model::Kind;
use crate::model::ids::{AccountId, OrganizationId};

/// The organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// `ALL` or `CONSOLIDATED_BILLING`.
    pub feature_set: String,
    /// Its management account.
    pub management_account: AccountId,
    /// The id of its root.
    pub root: String,
    /// AWS's word for the state of each policy type that is on or changing.
    pub policy_types: BTreeMap<String, String>,
    /// Service principals that it trusts; none when they could not be read. False stands for a
    /// service with a call of its own that was not made, so that trust alone does nothing.
    pub trusted_access: Option<BTreeMap<String, bool>>,
    /// Switches of centralised root access that are on, by their kind.
    pub root_access: Option<BTreeSet<Kind>>,
    /// Its own policy.
    pub resource_policy: Option<Value>,
}

/// Reads it.
pub(super) async fn read(
    connection: &Connection,
    described: organization::Organization,
    root: &Root,
    gaps: &Gaps,
) -> Organization {
    let (trusted, switches, own_policy) = tokio::join!(
        trusted(connection, gaps),
        root_access::features(connection),
        resource_policy::describe(connection)
    );
    Organization {
        id: described.id,
        feature_set: described.feature_set,
        management_account: described.management_account,
        root: root.id.clone(),
        policy_types: root.policy_types.clone(),
        trusted_access: trusted,
        root_access: gaps.read(Part::RootAccess, None, switches),
        resource_policy: gaps.read(Part::ResourcePolicy, None, own_policy).flatten().map(|own| own.content),
    }
}

async fn trusted(connection: &Connection, gaps: &Gaps) -> Option<BTreeMap<String, bool>> {
    let services = organization::trusted_services(connection).await;
    let services = gaps.read(Part::TrustedAccess, None, services)?;
    let questions = services.into_iter().map(|principal| {
        let connection = connection.clone();
        async move {
            let on = match service_access::by_own_call(&principal) {
                Some(own) => own_trust::is_on(&connection, own).await,
                None => Ok(true),
            };
            (principal, on)
        }
    });
    let answers = fan_out(questions.collect()).await;
    let known = answers.into_iter().filter_map(|(principal, on)| {
        Some((principal.clone(), gaps.read(Part::TrustedAccess, Some(&principal), on)?))
    });
    Some(known.collect())
}
