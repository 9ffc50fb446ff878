//! What must hold before the first mutation (invariants I9 and I10).
//!
//! In: a plan and a fresh snapshot of the same things. Out: every reason to
//! refuse, or none. Nothing here calls AWS.

use std::collections::BTreeSet;

use thiserror::Error;

use super::journal::Ledger;
use crate::catalog::services;
use crate::cloud::failure::CallError;
use crate::model::ids::{AccountId, OrganizationId};
use crate::model::kinds::{self, Action};
use crate::model::partition::Partition;
use crate::model::reference::references;
use crate::model::region::Region;
use crate::model::{Address, Kind, Resource};
use crate::observe::Snapshot;
use crate::plan::document::{Consent, FORMAT, Note, Plan};
use crate::plan::saved::Unsound;
use crate::plan::{Step, StepId, consent, fingerprint};

/// One reason not to apply a plan.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Refusal {
    /// The plan was written by a program of another time.
    #[error("the plan has format {found}, this program applies format {FORMAT}")]
    Format {
        /// The plan's format.
        found: u32,
    },
    /// The credentials belong to another account.
    #[error("the plan is for account {planned}, the credentials are those of account {found}")]
    Account {
        /// The plan's.
        planned: AccountId,
        /// The caller's.
        found: AccountId,
    },
    /// It is another organization, or there is none any more, or one by now.
    #[error("the plan is for {}, found {}", name(.planned.as_ref()), name(.found.as_ref()))]
    Organization {
        /// The plan's.
        planned: Option<OrganizationId>,
        /// The caller's.
        found: Option<OrganizationId>,
    },
    /// It is another partition of AWS.
    #[error("the plan is for partition {planned:?}, found {found:?}")]
    Partition {
        /// The plan's.
        planned: Partition,
        /// The caller's.
        found: Partition,
    },
    /// The snapshot looked at another home Region.
    #[error("the plan is for home Region {planned}, found {found}")]
    HomeRegion {
        /// The plan's.
        planned: Region,
        /// The caller's.
        found: Region,
    },
    /// The plan itself says that it cannot succeed or would do harm.
    #[error("{code}: {message}")]
    Blocker {
        /// The check that says so.
        code: String,
        /// Why.
        message: String,
    },
    /// An irreversible act without the operator's word.
    #[error("it needs the consent `{name}`: {consequence}")]
    Consent {
        /// As the operator must write it.
        name: String,
        /// What cannot be taken back.
        consequence: String,
    },
    /// A step that cannot be taken back names no consent, or another one than its own.
    #[error("step {step} cannot be taken back and the plan has no consent for it")]
    Unallowed {
        /// The step.
        step: StepId,
    },
    /// Something has changed since the plan was made.
    #[error("{address} has {how} since the plan was made{}", named(.fields))]
    Moved {
        /// What.
        address: Address,
        /// In which way.
        how: Motion,
        /// Which fields and attributes, when it has changed and the plan knows
        /// what they were.
        fields: Vec<String>,
    },
    /// Something that the plan rests on could not be read again.
    #[error("{address} could not be read again: {error}")]
    Unread {
        /// What.
        address: Address,
        /// Why.
        error: Box<CallError>,
    },
    /// The plan file cannot be believed, or not any more.
    #[error(transparent)]
    Unsound(#[from] Unsound),
    /// The plan file was used before.
    #[error("the plan was applied before, by run {run}{}", if *.finished { "" } else { ", which has not come to its end" })]
    Replayed {
        /// The run that used up its nonce.
        run: String,
        /// Whether nothing of that run is left to do.
        finished: bool,
    },
    /// Nobody can tell whether the plan file was used before.
    #[error("whether the plan was applied before cannot be told: {0}")]
    Unknown(String),
}

fn named(fields: &[String]) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let quoted: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
    format!(": {}", quoted.join(", "))
}

/// How something has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// It was not there and is now.
    Appeared,
    /// It was there and is not now.
    Disappeared,
    /// It is not what it was.
    Changed,
}

impl std::fmt::Display for Motion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Appeared => "appeared",
            Self::Disappeared => "disappeared",
            Self::Changed => "changed",
        })
    }
}

fn name(organization: Option<&OrganizationId>) -> String {
    organization.map_or_else(|| "no organization".to_owned(), |id| format!("organization {id}"))
}

/// Every reason to refuse the plan now; empty when it may be applied.
#[must_use]
pub fn refusals(plan: &Plan, fresh: &Snapshot) -> Vec<Refusal> {
    refusals_besides(plan, fresh, &BTreeSet::new())
}

/// Every reason to refuse to go on with the plan where its journal ends. What the
/// run itself has begun to change may have moved; nothing else may. That covers a
/// plan that made its organization, since there was none to compare with.
#[must_use]
pub fn refusals_on_resume(plan: &Plan, fresh: &Snapshot, ledger: &Ledger) -> Vec<Refusal> {
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
    let weakened = plan.resources.iter().filter(appears).map(|resource| &resource.address);
    let changed = begun.iter().map(|step| &step.address).chain(weakened).cloned();
    let come_along = plan.resources.iter().filter(|resource| {
        comes_along(resource, &made) || comes_with_the_organization(plan, &resource.address)
    });
    refusals_besides(plan, fresh, &changed.chain(come_along.map(|one| one.address.clone())).collect())
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

fn refusals_besides(plan: &Plan, fresh: &Snapshot, changed: &BTreeSet<Address>) -> Vec<Refusal> {
    let mut found = Vec::new();
    if plan.format != FORMAT {
        // The rest of the plan may not mean what it seems to.
        return vec![Refusal::Format { found: plan.format }];
    }
    if plan.account != fresh.account {
        found.push(Refusal::Account { planned: plan.account.clone(), found: fresh.account.clone() });
    }
    let made_by_us = plan.organization.is_none() && changed.contains(&Address::only(Kind::Organization));
    if plan.organization != fresh.organization && !made_by_us {
        let (planned, now) = (plan.organization.clone(), fresh.organization.clone());
        found.push(Refusal::Organization { planned, found: now });
    }
    if plan.partition != fresh.partition {
        found.push(Refusal::Partition { planned: plan.partition.clone(), found: fresh.partition.clone() });
    }
    if plan.home_region != fresh.home_region {
        let (planned, now) = (plan.home_region.clone(), fresh.home_region.clone());
        found.push(Refusal::HomeRegion { planned, found: now });
    }
    found.extend(of_itself(plan));
    // Where the organization is another, everything in it has moved; saying so
    // once is enough.
    if found.is_empty() {
        let unchanged = plan.fingerprints.iter().filter(|(address, _)| !changed.contains(*address));
        found.extend(moved(plan, unchanged, fresh));
    }
    found
}

/// Every reason to refuse the plan that stands in the plan itself.
#[must_use]
pub fn of_itself(plan: &Plan) -> Vec<Refusal> {
    let blocker = |note: &Note| Refusal::Blocker { code: note.code.clone(), message: note.message.clone() };
    let missing = |consent: &Consent| Refusal::Consent {
        name: consent.name.clone(),
        consequence: consent.consequence.clone(),
    };
    let mut found: Vec<Refusal> =
        plan.blockers().map(blocker).chain(plan.missing_consents().map(missing)).collect();
    if found.is_empty() {
        // Only a plan that was edited, or made by another program, has such steps
        // when no consent is missing.
        found.extend(consent::unallowed(plan).map(|step| Refusal::Unallowed { step: step.id.clone() }));
    }
    found
}

/// What differs from the fingerprints, by address.
fn moved<'a>(
    plan: &Plan,
    fingerprints: impl Iterator<Item = (&'a Address, &'a String)>,
    fresh: &Snapshot,
) -> Vec<Refusal> {
    let mut found = Vec::new();
    for (address, planned) in fingerprints {
        if let Some(error) = fresh.gaps.get(address) {
            found.push(Refusal::Unread { address: address.clone(), error: Box::new(error.clone()) });
            continue;
        }
        let now = fingerprint::of(fresh.live.get(address));
        if now == *planned {
            continue;
        }
        let how = match (planned.as_str(), now.as_str()) {
            (fingerprint::ABSENT, _) => Motion::Appeared,
            (_, fingerprint::ABSENT) => Motion::Disappeared,
            _ => Motion::Changed,
        };
        let fields = match (how, plan.read_fields.get(address), fresh.live.get(address)) {
            (Motion::Changed, Some(before), Some(live)) => {
                fingerprint::differing(before, &fingerprint::fields_of(live))
            }
            _ => Vec::new(),
        };
        found.push(Refusal::Moved { address: address.clone(), how, fields });
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::apply::journal::{State, StepStory};
    use crate::apply::trial::plans;
    use crate::model::Live;
    use crate::plan::document::{Consent, Level, Note};

    fn snapshot(plan: &Plan) -> Snapshot {
        Snapshot {
            account: plan.account.clone(),
            caller: String::new(),
            partition: plan.partition.clone(),
            home_region: plan.home_region.clone(),
            organization: plan.organization.clone(),
            management_account: None,
            live: BTreeMap::new(),
            gaps: BTreeMap::new(),
            facts: crate::observe::snapshot::Facts::default(),
        }
    }

    fn address() -> Address {
        "account.audit".parse().unwrap()
    }

    fn live(name: &str) -> Live {
        let mut live = Live::default();
        live.fields.insert("name".to_owned(), name.into());
        live
    }

    fn error() -> CallError {
        use crate::catalog::operations::Verdict;
        CallError::ours("organizations:ListAccounts", "AccessDenied", "no", Verdict::Denied)
    }

    #[test]
    fn an_unchanged_world_refuses_nothing() {
        let mut plan = plans::plan(Vec::new());
        let mut fresh = snapshot(&plan);
        fresh.live.insert(address(), live("Audit"));
        plan.fingerprints = fingerprint::of_all([&address(), &"organization".parse().unwrap()], &fresh);
        assert_eq!(refusals(&plan, &fresh), []);
        // What the plan did not rest on may move.
        fresh.live.insert("account.other".parse().unwrap(), live("Other"));
        assert_eq!(refusals(&plan, &fresh), []);
    }

    #[test]
    fn what_appeared_changed_or_disappeared_is_named() {
        let mut plan = plans::plan(Vec::new());
        let mut fresh = snapshot(&plan);
        let absent = fingerprint::of_all([&address()], &fresh);
        fresh.live.insert(address(), live("Audit"));
        let there = fingerprint::of_all([&address()], &fresh);
        let moved = |how, fields: &[&str]| {
            let fields = fields.iter().map(|field| (*field).to_owned()).collect();
            vec![Refusal::Moved { address: address(), how, fields }]
        };

        plan.fingerprints = absent;
        assert_eq!(refusals(&plan, &fresh), moved(Motion::Appeared, &[]));
        plan.fingerprints = there;
        plan.read_fields = fingerprint::fields_of_all([&address()], &fresh);
        fresh.live.insert(address(), live("Audit 2"));
        assert_eq!(refusals(&plan, &fresh), moved(Motion::Changed, &["name"]));
        fresh.live.clear();
        assert_eq!(refusals(&plan, &fresh), moved(Motion::Disappeared, &[]));
        fresh.gaps.insert(address(), error());
        let unread = Refusal::Unread { address: address(), error: Box::new(error()) };
        assert_eq!(refusals(&plan, &fresh), [unread]);
    }

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
    fn another_account_organization_or_region_is_refused() {
        let plan = plans::plan(Vec::new());
        let mut fresh = snapshot(&plan);
        fresh.account = "999988887777".parse().unwrap();
        fresh.organization = Some("o-exampleorgid".parse().unwrap());
        fresh.home_region = "us-east-1".parse().unwrap();
        let found = refusals(&plan, &fresh);
        assert_eq!(found.len(), 3);
        let text = found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(text.contains("account 999988887777"), "{text}");
        assert!(text.contains("for no organization, found organization o-exampleorgid"), "{text}");
    }

    #[test]
    fn blockers_and_missing_consents_are_refused_and_given_ones_are_not() {
        let mut plan = plans::plan(Vec::new());
        let note = |level| Note {
            level,
            code: "account-quota".to_owned(),
            address: None,
            message: "too many accounts".to_owned(),
            hint: None,
        };
        plan.notes = vec![note(Level::Blocker), note(Level::Warning)];
        let consent = |name: &str, given| Consent {
            name: name.to_owned(),
            consequence: "gone for ever".to_owned(),
            window: "none".to_owned(),
            given,
        };
        plan.consents = vec![consent("close.a", false), consent("close.b", true)];
        let found = refusals(&plan, &snapshot(&plan));
        assert_eq!(found.len(), 2);
        assert!(matches!(&found[0], Refusal::Blocker { code, .. } if code == "account-quota"));
        assert!(matches!(&found[1], Refusal::Consent { name, .. } if name == "close.a"));
    }

    #[test]
    fn a_plan_of_another_format_is_not_looked_at_any_further() {
        let mut plan = plans::plan(Vec::new());
        plan.format = FORMAT + 1;
        let mut fresh = snapshot(&plan);
        fresh.account = "999988887777".parse().unwrap();
        assert_eq!(refusals(&plan, &fresh), [Refusal::Format { found: FORMAT + 1 }]);
    }
}
