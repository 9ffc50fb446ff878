//! What may have moved when a run goes on where its journal ends.
//!
//! In: a plan, a fresh snapshot, the ledger of the run. Out: the addresses of what the run has begun
//! to change, and of what AWS brings along with it: on what was made, with the organization, with an
//! appointment, or by Control Tower while it works. Absent: what is refused, see the module above.

use std::collections::BTreeSet;

use crate::apply::journal::Ledger;
use crate::catalog::operations::Verdict;
use crate::catalog::services;
use crate::model::kinds::{self, Action};
use crate::model::reference::references;
use crate::model::{Address, Kind, Resource};
use crate::observe::Snapshot;
use crate::plan::Step;
use crate::plan::document::Plan;

/// Everything that is no reason to refuse although it is not as the plan found it.
pub(super) fn expected(plan: &Plan, fresh: &Snapshot, ledger: &Ledger) -> BTreeSet<Address> {
    let begun = |step: &&Step| {
        let story = ledger.steps.get(&step.id);
        story.is_some_and(|story| story.sendings > 0)
    };
    let begun: Vec<&Step> = plan.steps.iter().filter(begun).collect();
    let made: BTreeSet<&Address> =
        begun.iter().filter(|step| step.action == Action::Create).map(|step| &step.address).collect();
    let appears = |resource: &&Resource| {
        (aws_makes(plan, resource) || comes_with_an_office(&begun, resource))
            && nothing_stands_against(plan, resource, fresh)
    };
    let awaits = |resource: &&Resource| awaits_an_office(&begun, resource, fresh);
    let weakened = plan.resources.iter().filter(|one| appears(one) || awaits(one));
    let weakened = weakened.map(|resource| &resource.address);
    let changed = begun.iter().map(|step| &step.address).chain(weakened).cloned();
    let come_along = plan.resources.iter().filter(|resource| {
        comes_along(resource, &made) || comes_with_the_organization(plan, &resource.address)
    });
    changed.chain(come_along.map(|one| one.address.clone())).collect()
}

/// Whether AWS puts it by itself on something that this run has made: what a resource holds
/// from the outset of another resource (see [`Resource::at_creation`]).
fn comes_along(resource: &Resource, made: &BTreeSet<&Address>) -> bool {
    let from_the_outset = resource.at_creation.iter().filter(|(field, _)| {
        // What it wants there itself is not what comes by itself.
        resource.fields.get(*field).is_some_and(serde_json::Value::is_null)
    });
    from_the_outset
        .flat_map(|(_, value)| references(value))
        .any(|reference| made.contains(&reference.address))
}

/// Whether it is one of the things that nobody creates, since they are there as soon as the
/// organization is, and the plan makes the organization.
fn comes_with_the_organization(plan: &Plan, address: &Address) -> bool {
    plan.organization.is_none() && kinds::info(address.kind).creator().is_none()
}

/// Kinds that AWS makes by itself while it works on something else: Control Tower
/// trusts the services that it needs.
const BY_ITSELF: [Kind; 1] = [Kind::TrustedAccess];

/// Whether AWS may have made by itself what a step was to make.
fn aws_makes(plan: &Plan, resource: &Resource) -> bool {
    let makes = |step: &Step| step.action == Action::Create && step.address == resource.address;
    BY_ITSELF.contains(&resource.address.kind) && plan.steps.iter().any(makes)
}

/// Whether a service may have been switched on in its administrator's account by the appointment
/// that this run has begun in that Region, as GuardDuty, Security Hub, Macie and Detective do.
fn comes_with_an_office(begun: &[&Step], resource: &Resource) -> bool {
    let Some(service) = services::of_kind(resource.address.kind) else { return false };
    // What lives in the management account although somebody else holds the office has no account.
    let region = resource.keys.get("region").filter(|_| resource.keys.contains_key("account"));
    let appoints = |step: &&Step| {
        step.address.kind == Kind::DelegatedAdministrator
            && step.address.name == service.word
            && step.item.split('/').next() == region.and_then(serde_json::Value::as_str)
    };
    region.is_some() && begun.iter().any(appoints)
}

/// Whether a service does not answer yet because it sets up the administrator that this run has
/// appointed, as Firewall Manager does for some minutes: meanwhile nobody can have put anything there.
fn awaits_an_office(begun: &[&Step], resource: &Resource, fresh: &Snapshot) -> bool {
    let waits = fresh.gaps.get(&resource.address).is_some_and(|gap| gap.verdict == Verdict::NotReady);
    let Some(service) = services::of_kind(resource.address.kind).filter(|_| waits) else { return false };
    let office = Address::new(Kind::DelegatedAdministrator, service.word.as_str());
    begun.iter().any(|step| step.address == office)
}

/// Whether something is there by now and nothing of it stands against the plan: what the
/// document says of it is so already, or a step of the plan sets it. Then the step that was to
/// make it weakens to "not needed", or does the rest of what it was to do, as for the stack
/// sets, which Control Tower trusts and does not activate. Neither is a reason to refuse.
fn nothing_stands_against(plan: &Plan, resource: &Resource, fresh: &Snapshot) -> bool {
    let Some(live) = fresh.live.get(&resource.address) else { return false };
    let set = |field: &String| {
        plan.steps.iter().any(|step| step.address == resource.address && step.inputs.contains_key(field))
    };
    resource.fields.iter().all(|(field, wanted)| live.fields.get(field) == Some(wanted) || set(field))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{address, live, snapshot};
    use super::super::{Motion, Refusal, refusals, refusals_on_resume};
    use super::*;
    use crate::apply::journal::{State, StepStory};
    use crate::apply::trial::plans;
    use crate::cloud::failure::CallError;
    use crate::model::Live;
    use crate::plan::{StepId, fingerprint};

    #[test]
    fn a_resumed_run_may_find_changed_what_it_has_begun_to_change_and_nothing_else() {
        let step = plans::step("audit", "organizations:CreateAccount", 90, &[]);
        let mut plan = plans::plan(vec![step.clone()]);
        let mut fresh = snapshot(&plan);
        let other: Address = "account.other".parse().unwrap();
        plan.fingerprints = fingerprint::of_all([&address(), &other], &fresh);
        fresh.live.insert(address(), live("Audit"));
        let mut ledger = Ledger::default();
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger).len(), 1);
        let story = StepStory { state: State::Intended, sendings: 1, ..StepStory::default() };
        ledger.steps.insert(step.id, story);
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger), []);
        fresh.live.insert(other, live("Other"));
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger).len(), 1);
    }

    /// A plan whose one step makes something bare, and a world in which it has appeared.
    fn appeared(address: &str, operation: &str) -> (Plan, Snapshot, Address) {
        let address: Address = address.parse().unwrap();
        let mut step = plans::step("audit", operation, 1, &[]);
        step.id = StepId::of(&address, "create", "");
        step.address = address.clone();
        let mut plan = plans::plan(vec![step]);
        plan.resources = vec![Resource {
            address: address.clone(),
            fields: Default::default(),
            keys: Default::default(),
            at_creation: Default::default(),
            whole: Default::default(),
            presence: crate::model::resource::Presence::Ensure,
            origin: None,
        }];
        let mut fresh = snapshot(&plan);
        plan.fingerprints = fingerprint::of_all([&address], &fresh);
        fresh.live.insert(address.clone(), Live::default());
        (plan, fresh, address)
    }

    #[test]
    fn a_service_that_control_tower_has_trusted_meanwhile_keeps_no_run_from_going_on() {
        let operation = "organizations:EnableAWSServiceAccess";
        let (mut plan, fresh, address) = appeared("trusted_access.sso.amazonaws.com", operation);
        let refused = [Refusal::Moved { address, how: Motion::Appeared, fields: Vec::new() }];
        let ledger = Ledger::default();
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger), []);
        // Before a first run nothing of it can have been made while it was at work.
        assert_eq!(refusals(&plan, &fresh), refused);
        // Whoever wants more than its being there compares what was made.
        plan.resources[0].fields.insert("name".to_owned(), "Audit".into());
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger), refused);
    }

    #[test]
    fn stack_sets_that_control_tower_has_trusted_and_not_activated_are_activated_by_the_resumed_run() {
        let (mut plan, mut fresh, address) = appeared(
            "trusted_access.member.org.stacksets.cloudformation.amazonaws.com",
            "cloudformation:ActivateOrganizationsAccess",
        );
        plan.resources[0].fields.insert("stack_sets".to_owned(), true.into());
        let ledger = Ledger::default();
        let refused =
            [Refusal::Moved { address: address.clone(), how: Motion::Appeared, fields: Vec::new() }];
        // Nothing in the plan would activate them.
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger), refused);
        plan.steps[0].inputs.insert("stack_sets".to_owned(), true.into());
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger), []);
        assert_eq!(refusals(&plan, &fresh), refused);
        // Somebody has activated them: the step turns out to be unnecessary.
        let live = fresh.live.get_mut(&address).unwrap();
        live.fields.insert("stack_sets".to_owned(), true.into());
        plan.steps[0].inputs.clear();
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger), []);
    }

    #[test]
    fn what_aws_never_makes_by_itself_was_made_by_somebody_else() {
        let (plan, fresh, address) =
            appeared("organizational_unit.Workloads", "organizations:CreateOrganizationalUnit");
        let refused = Refusal::Moved { address, how: Motion::Appeared, fields: Vec::new() };
        assert_eq!(refusals_on_resume(&plan, &fresh, &Ledger::default()), [refused]);
    }

    #[test]
    fn what_is_there_as_soon_as_the_organization_is_keeps_the_run_that_made_it_from_nothing() {
        let organization = Address::only(Kind::Organization);
        let mut create = plans::step("audit", "organizations:CreateOrganization", 1, &[]);
        create.id = StepId::of(&organization, "create", "");
        create.address = organization;
        let (mut plan, mut fresh, settings) = appeared("backup_settings", "backup:UpdateGlobalSettings");
        plan.steps.push(create.clone());
        fresh.organization = Some("o-exampleorgid".parse().unwrap());
        let mut ledger = Ledger::default();
        let story = StepStory { state: State::Done, sendings: 1, ..StepStory::default() };
        ledger.steps.insert(create.id, story);
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger), []);
        // Of another run's organization nothing is expected to appear.
        let refused = [Refusal::Moved { address: settings, how: Motion::Appeared, fields: Vec::new() }];
        plan.organization = fresh.organization.clone();
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger), refused);
        // Neither does anything that somebody has to create.
        let (unit, live, address) =
            appeared("organizational_unit.Workloads", "organizations:CreateOrganizationalUnit");
        plan.organization = None;
        (plan.resources, plan.fingerprints, fresh.live) = (unit.resources, unit.fingerprints, live.live);
        let refused = [Refusal::Moved { address, how: Motion::Appeared, fields: Vec::new() }];
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger), refused);
    }

    #[test]
    fn a_service_that_its_administrators_appointment_has_switched_on_keeps_no_run_from_going_on() {
        let office: Address = "delegated_administrator.guardduty".parse().unwrap();
        let mut appoint = plans::step("audit", "guardduty:EnableOrganizationAdminAccount", 1, &[]);
        (appoint.id, appoint.item) =
            (StepId::of(&office, "enable", "us-east-1/audit"), "us-east-1/audit".to_owned());
        appoint.address = office;
        let (mut plan, mut fresh, detector) = appeared("guardduty.us-east-1", "guardduty:CreateDetector");
        plan.steps.push(appoint.clone());
        let keys = &mut plan.resources[0].keys;
        keys.insert("account".to_owned(), "222222222222".into());
        keys.insert("region".to_owned(), "us-east-1".into());
        let refused = |plan: &Plan, fresh: &Snapshot, ledger: &Ledger| {
            let address = detector.clone();
            let moved = Refusal::Moved { address, how: Motion::Appeared, fields: Vec::new() };
            assert_eq!(refusals_on_resume(plan, fresh, ledger), [moved]);
        };
        // Nobody has been appointed yet.
        refused(&plan, &fresh, &Ledger::default());
        let mut ledger = Ledger::default();
        let story = StepStory { state: State::Intended, sendings: 1, ..StepStory::default() };
        ledger.steps.insert(appoint.id, story);
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger), []);
        // A switch that no step of the plan would turn is somebody else's.
        plan.resources[0].fields.insert("status".to_owned(), "ENABLED".into());
        fresh.live.get_mut(&detector).unwrap().fields.insert("status".to_owned(), "DISABLED".into());
        refused(&plan, &fresh, &ledger);
        plan.resources[0].fields.clear();
        // In another Region the appointment switches nothing on, nor in the management account.
        plan.resources[0].keys.insert("region".to_owned(), "eu-west-1".into());
        refused(&plan, &fresh, &ledger);
        plan.resources[0].keys = [("region".to_owned(), "us-east-1".into())].into();
        refused(&plan, &fresh, &ledger);
    }

    #[test]
    fn a_service_that_still_sets_up_the_administrator_of_this_run_keeps_it_from_nothing() {
        let office: Address = "delegated_administrator.firewall-manager".parse().unwrap();
        let mut appoint = plans::step("audit", "fms:AssociateAdminAccount", 1, &[]);
        appoint.id = StepId::of(&office, "enable_fms", "security");
        appoint.address = office;
        let (mut plan, mut fresh, policy) = appeared("firewall_policy.open/us-east-1", "fms:PutPolicy");
        plan.steps.push(appoint.clone());
        fresh.live.clear();
        let gap = |verdict| CallError::ours("fms:ListPolicies", "InvalidOperationException", "no", verdict);
        fresh.gaps.insert(policy.clone(), gap(Verdict::NotReady));
        let mut ledger = Ledger::default();
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger).len(), 1, "nobody was appointed by this run");
        let story = StepStory { state: State::Done, sendings: 1, ..StepStory::default() };
        ledger.steps.insert(appoint.id, story);
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger), []);
        // What may not be read is another matter.
        fresh.gaps.insert(policy, gap(Verdict::Denied));
        assert_eq!(refusals_on_resume(&plan, &fresh, &ledger).len(), 1);
    }
}
