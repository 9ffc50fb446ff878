//! What must hold before the first mutation (invariants I9 and I10).
//!
//! In: a plan and a fresh snapshot of the same things. Out: every reason to
//! refuse, or none. Nothing here calls AWS.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::cloud::failure::CallError;
use crate::model::Address;
use crate::model::ids::{AccountId, OrganizationId};
use crate::model::partition::Partition;
use crate::model::region::Region;
use crate::observe::Snapshot;
use crate::plan::document::{Consent, FORMAT, Note, Plan};
use crate::plan::fingerprint;

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
    /// Something has changed since the plan was made.
    #[error("{address} has {how} since the plan was made")]
    Moved {
        /// What.
        address: Address,
        /// In which way.
        how: Motion,
    },
    /// Something that the plan rests on could not be read again.
    #[error("{address} could not be read again: {error}")]
    Unread {
        /// What.
        address: Address,
        /// Why.
        error: Box<CallError>,
    },
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
    let mut found = Vec::new();
    if plan.format != FORMAT {
        // The rest of the plan may not mean what it seems to.
        return vec![Refusal::Format { found: plan.format }];
    }
    if plan.account != fresh.account {
        found.push(Refusal::Account { planned: plan.account.clone(), found: fresh.account.clone() });
    }
    if plan.organization != fresh.organization {
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
        found.extend(moved(&plan.fingerprints, fresh));
    }
    found
}

/// Every reason to refuse the plan that stands in the plan itself.
#[must_use]
pub fn of_itself(plan: &Plan) -> Vec<Refusal> {
    let blocker = |note: &Note| Refusal::Blocker { code: note.code.clone(), message: note.message.clone() };
    let consent = |consent: &Consent| Refusal::Consent {
        name: consent.name.clone(),
        consequence: consent.consequence.clone(),
    };
    plan.blockers().map(blocker).chain(plan.missing_consents().map(consent)).collect()
}

/// What differs from the fingerprints, by address.
#[must_use]
pub fn moved(fingerprints: &BTreeMap<Address, String>, fresh: &Snapshot) -> Vec<Refusal> {
    let now = fingerprint::of_all(fingerprints.keys(), fresh);
    let mut found = Vec::new();
    for (address, planned) in fingerprints {
        if let Some(error) = fresh.gaps.get(address) {
            found.push(Refusal::Unread { address: address.clone(), error: Box::new(error.clone()) });
            continue;
        }
        let now = now.get(address).map_or(fingerprint::ABSENT, String::as_str);
        if now == planned {
            continue;
        }
        let how = match (planned.as_str(), now) {
            (fingerprint::ABSENT, _) => Motion::Appeared,
            (_, fingerprint::ABSENT) => Motion::Disappeared,
            _ => Motion::Changed,
        };
        found.push(Refusal::Moved { address: address.clone(), how });
    }
    found
}
