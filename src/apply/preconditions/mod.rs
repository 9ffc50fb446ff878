//! What must hold before the first mutation (invariants I9 and I10).
//!
//! In: a plan and a fresh snapshot of the same things. Out: every reason to
//! refuse, or none. Nothing here calls AWS.

mod arrivals;

use std::collections::BTreeSet;

use thiserror::Error;

use super::journal::Ledger;
use crate::cloud::failure::CallError;
use crate::model::ids::{AccountId, OrganizationId};
use crate::model::partition::Partition;
use crate::model::region::Region;
use crate::model::{Address, Kind};
use crate::observe::Snapshot;
use crate::plan::document::{Consent, FORMAT, Note, Plan};
use crate::plan::saved::Unsound;
use crate::plan::{StepId, consent, fingerprint};

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
    refusals_besides(plan, fresh, &arrivals::expected(plan, fresh, ledger))
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
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::apply::trial::plans;
    use crate::model::Live;
    use crate::plan::document::{Consent, Level, Note};

    pub(super) fn snapshot(plan: &Plan) -> Snapshot {
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

    pub(super) fn address() -> Address {
        "account.audit".parse().unwrap()
    }

    pub(super) fn live(name: &str) -> Live {
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
