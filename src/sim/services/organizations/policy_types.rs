//! Policy types in the root: enable and disable, which take a moment each and exclude each other.
//!
//! In: requests. Out: PENDING_ENABLE, then ENABLED; PENDING_DISABLE, then gone. Absent: the policies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::access;
use super::refusal::{constraint, refuse};
use super::state::{Organization, State, TypeStatus};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

/// How long a change of a policy type takes. AWS publishes no figure.
const USUAL: Duration = Duration::from_secs(1);

/// The facts about one policy type; the columns are explained in `policy_types.toml`.
#[derive(Debug, Deserialize)]
pub(super) struct PolicyType {
    pub(super) max_size: usize,
    pub(super) max_attached: usize,
    #[serde(default)]
    pub(super) min_attached: usize,
    pub(super) max_policies: usize,
    pub(super) default: Option<String>,
    pub(super) service: Option<String>,
    pub(super) key: Option<String>,
    #[serde(default)]
    pub(super) inherited: bool,
}

/// Every policy type by name; a test proves that the compiled-in file parses.
pub(super) fn all() -> &'static BTreeMap<String, PolicyType> {
    static TYPES: OnceLock<BTreeMap<String, PolicyType>> = OnceLock::new();
    TYPES.get_or_init(|| toml::from_str(include_str!("policy_types.toml")).unwrap_or_default())
}

/// The facts about a policy type.
pub(super) fn facts(kind: &str) -> Option<&'static PolicyType> {
    all().get(kind)
}

impl Organization {
    /// The root, if no other policy type is on its way.
    fn root_for_change(&self, root: &str) -> Result<(), AwsError> {
        if self.root.id != root {
            return Err(refuse("RootNotFoundException"));
        }
        let busy = self.root.policy_types.values().any(|status| *status != TypeStatus::Enabled);
        if busy { Err(refuse("PolicyChangesInProgressException")) } else { Ok(()) }
    }

    /// Attaches the AWS managed policies that everything has while their type is enabled.
    pub(super) fn attach_defaults(&mut self, target: &str) {
        for (kind, facts) in all() {
            if let Some(default) = facts.default.as_ref().filter(|_| self.type_enabled(kind)) {
                self.attachments.entry(target.to_owned()).or_default().insert(default.clone());
            }
        }
    }

    fn everything(&self) -> Vec<String> {
        let units = self.units.keys().chain(self.accounts.keys()).cloned();
        std::iter::once(self.root.id.clone()).chain(units).collect()
    }

    fn enabled(&mut self, kind: &str) {
        self.root.policy_types.insert(kind.to_owned(), TypeStatus::Enabled);
        for target in self.everything() {
            self.attach_defaults(&target);
        }
    }

    /// All policies of a disabled type are detached; they stay in the organization
    /// (<https://docs.aws.amazon.com/organizations/latest/userguide/disable-policy-type.html>).
    fn disabled(&mut self, kind: &str) {
        self.root.policy_types.remove(kind);
        let gone: BTreeSet<String> = self
            .attachments
            .values()
            .flatten()
            .filter(|id| self.policy_kind(id) == Some(kind))
            .cloned()
            .collect();
        for attached in self.attachments.values_mut() {
            attached.retain(|id| !gone.contains(id));
        }
    }
}

pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let ends = world.end_of(request.now, USUAL);
    let organization = access::management(&mut world.organizations, request)?;
    let (root, kind) = (request.required("RootId"), request.required("PolicyType"));
    let status = organization.root.policy_types.get(kind).filter(|_| organization.root.id == root);
    if matches!(status, Some(TypeStatus::Enabled | TypeStatus::PendingEnable(_))) {
        return Err(refuse("PolicyTypeAlreadyEnabledException"));
    }
    organization.root_for_change(root)?;
    if !organization.all_features() {
        return Err(refuse("PolicyTypeNotAvailableForOrganizationException"));
    }
    let service = facts(kind).and_then(|facts| facts.service.as_deref());
    if service.is_some_and(|service| !organization.has_service_access(service)) {
        return Err(constraint("SERVICE_ACCESS_NOT_ENABLED"));
    }
    organization.lock(&[root], request.now, window)?;
    organization.root.policy_types.insert(kind.to_owned(), TypeStatus::PendingEnable(ends));
    Ok(json!({"Root": organization.root_view()}))
}

pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let ends = world.end_of(request.now, USUAL);
    let organization = access::management(&mut world.organizations, request)?;
    let (root, kind) = (request.required("RootId"), request.required("PolicyType"));
    organization.root_for_change(root)?;
    if !organization.type_enabled(kind) {
        return Err(refuse("PolicyTypeNotEnabledException"));
    }
    organization.lock(&[root], request.now, window)?;
    organization.root.policy_types.insert(kind.to_owned(), TypeStatus::PendingDisable(ends));
    Ok(json!({"Root": organization.root_view()}))
}

fn end(status: &TypeStatus) -> Option<Timestamp> {
    match status {
        TypeStatus::Enabled => None,
        TypeStatus::PendingEnable(at) | TypeStatus::PendingDisable(at) => Some(*at),
    }
}

/// When the next change of a policy type is done.
pub(super) fn due(state: &State) -> Option<Timestamp> {
    state
        .organizations
        .values()
        .flat_map(|organization| organization.root.policy_types.values())
        .filter_map(end)
        .min()
}

/// Does what is due.
pub(super) fn settle(state: &mut State, now: Timestamp) {
    for organization in state.organizations.values_mut() {
        let due: Vec<(String, TypeStatus)> = organization
            .root
            .policy_types
            .iter()
            .filter(|(_, status)| end(status).is_some_and(|at| at <= now))
            .map(|(kind, status)| (kind.clone(), *status))
            .collect();
        for (kind, status) in due {
            match status {
                TypeStatus::PendingEnable(_) => organization.enabled(&kind),
                TypeStatus::PendingDisable(_) => organization.disabled(&kind),
                TypeStatus::Enabled => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::shapes::table;

    #[test]
    fn every_policy_type_of_the_model_has_its_facts() {
        let types: BTreeMap<String, PolicyType> =
            toml::from_str(include_str!("policy_types.toml")).expect("policy_types.toml");
        let model = table("organizations")
            .and_then(|table| table.shape("PolicyType"))
            .and_then(|shape| shape.values.clone())
            .expect("an enum");
        assert_eq!(types.keys().cloned().collect::<BTreeSet<_>>(), model.into_iter().collect());
    }

    use crate::sim::testing::{account, done, organization, quiet, refused};

    const ORG: &str = "organizations";

    #[tokio::test(start_paused = true)]
    async fn types_change_one_at_a_time_and_bring_their_default_policy() {
        let (sim, root) = organization(quiet()).await;
        let id = account(&sim, "app").await;
        let kind = |kind: &str| json!({"RootId": root, "PolicyType": kind});
        let answer = done(&sim, ORG, "EnablePolicyType", kind("SERVICE_CONTROL_POLICY")).await;
        assert_eq!(
            answer["Root"]["PolicyTypes"],
            json!([{"Type": "SERVICE_CONTROL_POLICY", "Status": "PENDING_ENABLE"}])
        );
        assert_eq!(
            refused(&sim, ORG, "EnablePolicyType", kind("TAG_POLICY")).await,
            "PolicyChangesInProgressException"
        );
        sim.advance(USUAL);
        assert_eq!(
            refused(&sim, ORG, "EnablePolicyType", kind("SERVICE_CONTROL_POLICY")).await,
            "PolicyTypeAlreadyEnabledException"
        );
        let attached = json!({"TargetId": id, "Filter": "SERVICE_CONTROL_POLICY"});
        assert_eq!(
            done(&sim, ORG, "ListPoliciesForTarget", attached.clone()).await["Policies"][0]["Id"],
            "p-FullAWSAccess"
        );
        done(&sim, ORG, "DisablePolicyType", kind("SERVICE_CONTROL_POLICY")).await;
        sim.advance(USUAL);
        assert_eq!(done(&sim, ORG, "ListPoliciesForTarget", attached).await["Policies"], json!([]));
        assert_eq!(
            refused(&sim, ORG, "DisablePolicyType", kind("SERVICE_CONTROL_POLICY")).await,
            "PolicyTypeNotEnabledException"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn some_types_need_their_service_to_be_trusted_and_hold_it() {
        let (sim, root) = organization(quiet()).await;
        let kind = json!({"RootId": root, "PolicyType": "SECURITYHUB_POLICY"});
        assert_eq!(
            refused(&sim, ORG, "EnablePolicyType", kind.clone()).await,
            "ConstraintViolationException/SERVICE_ACCESS_NOT_ENABLED"
        );
        let service = json!({"ServicePrincipal": "securityhub.amazonaws.com"});
        done(&sim, ORG, "EnableAWSServiceAccess", service.clone()).await;
        done(&sim, ORG, "EnableAWSServiceAccess", service.clone()).await;
        done(&sim, ORG, "EnablePolicyType", kind).await;
        assert_eq!(
            refused(&sim, ORG, "DisableAWSServiceAccess", service).await,
            "ConstraintViolationException/POLICY_TYPE_ENABLED_FOR_THIS_SERVICE"
        );
    }
}
