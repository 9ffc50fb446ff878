//! What the caller must be allowed: exactly what a plan, a document or planning needs.
//!
//! In: a plan, or the resources of a document, and the catalogue's permission rows.
//! Out: [`Permissions`]: policies for the management account, and for each member
//! account that is entered the roles that must let us in and the policy that they
//! need; or the [`Narrowing`] that a run's member sessions are held to. Pure; the
//! same input gives the same text.

mod fitting;
mod needs;
mod sessions;
mod statements;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

pub use sessions::narrowing;

use super::document::Plan;
use super::step::{Step, StepId};
use crate::catalog::{partitions, permissions::table};
use crate::model::Resource;
use crate::model::ids::AccountId;
use crate::model::region::Region;
use crate::observe::Snapshot;
use needs::Needs;
use values::Scope;

/// The roles that AWS itself makes for entering an account, in the order tried.
const AWS_ROLES: [&str; 2] = ["AWSControlTowerExecution", "OrganizationAccountAccessRole"];

/// What must be allowed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Permissions {
    /// For the calling identity, in the management account: each document within
    /// the size that a managed policy may have.
    pub management: Vec<Policy>,
    /// For whatever Control Tower does with the caller's credentials; empty when
    /// nothing is asked of it that changes something.
    pub control_tower: Vec<Policy>,
    /// Member accounts that are entered.
    pub members: Vec<Member>,
    /// For whoever reaches the bucket of runs, in its account; none when runs lie in a
    /// folder. Added by whoever knows where runs lie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_store: Option<Policy>,
    /// Actions that are allowed on `*`, with AWS's reason.
    pub everywhere: BTreeMap<String, String>,
    /// Remarks for the operator.
    pub notes: Vec<String>,
}

/// One policy document with a name to file it under.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Policy {
    /// E.g. `lzctl-apply-1`.
    pub name: String,
    /// The document.
    pub document: Value,
}

/// A member account that is entered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Member {
    /// Its name in the document, or its id.
    pub account: String,
    /// Its id; none while it does not exist or the document does not say.
    pub id: Option<String>,
    /// The roles that are tried; one of them must be assumable.
    pub roles: Vec<String>,
    /// What the role must allow.
    pub policy: Value,
}

/// What permissions are worked out for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// Reading only, as planning does.
    pub read_only: bool,
    /// The role that the document names for member accounts.
    pub access_role: Option<&'r str>,
}

/// What one step needs in a member account.
#[derive(Debug, Clone)]
pub(super) struct Errand {
    pub(super) step: StepId,
    /// The account's name in the document, or its id.
    pub(super) account: String,
    pub(super) needs: Vec<ErrandNeed>,
}

/// One action of an errand.
#[derive(Debug, Clone)]
pub(super) struct ErrandNeed {
    pub(super) action: String,
    /// ARNs, `*` for what is not known.
    pub(super) resources: BTreeSet<String>,
    /// Values of condition keys that the request is sure to carry.
    pub(super) known: BTreeMap<String, BTreeSet<String>>,
}

/// What the steps need in member accounts, step by step; proofs after a lost answer are
/// left out.
pub(super) fn errands(snapshot: &Snapshot, steps: &[Step]) -> Vec<Errand> {
    let scope = Scope::of_snapshot(snapshot);
    steps.iter().flat_map(|step| needs::errands(&scope, step)).collect()
}

/// What carrying out a plan needs, its planning included.
#[must_use]
pub fn of_plan(plan: &Plan, request: Request<'_>) -> Permissions {
    let needs = plan_needs(plan, request);
    put_together(&needs, request)
}

/// What a document could need, whatever is live: everything that it could make the
/// program do.
#[must_use]
pub fn of_document(
    resources: &[Resource],
    home: &Region,
    management: Option<&AccountId>,
    request: Request<'_>,
) -> Permissions {
    let scope = Scope::of_document(partitions::of_region(home), home, management, request.read_only);
    let mut needs = Needs::new(scope, request.access_role);
    needs.planning(resources);
    needs.verifying(resources);
    if !request.read_only {
        needs.possible(resources);
    }
    put_together(&needs, request)
}

/// What taking a census needs: everything that it could meet, and nothing that changes
/// anything.
#[must_use]
pub fn of_census(home: &Region, management: Option<&AccountId>, access_role: Option<&str>) -> Permissions {
    let scope = Scope::of_document(partitions::of_region(home), home, management, true);
    let mut needs = Needs::new(scope, access_role);
    needs.census();
    named_after("lzctl-snapshot", &needs)
}

fn plan_needs(plan: &Plan, request: Request<'_>) -> Needs {
    let mut needs = Needs::new(Scope::of_plan(plan), request.access_role);
    needs.planning(&plan.resources);
    if !request.read_only {
        needs.steps(&plan.steps);
    }
    needs
}

fn put_together(needs: &Needs, request: Request<'_>) -> Permissions {
    named_after(if request.read_only { "lzctl-plan" } else { "lzctl-apply" }, needs)
}

fn named_after(stem: &str, needs: &Needs) -> Permissions {
    let own = statements::merged(needs.of(None));
    let documents = statements::documents(&own);
    let mut notes = Vec::new();
    if documents.len() > 1 {
        notes.push(format!(
            "one managed policy holds {} characters; these {} documents are attached to the same identity",
            statements::LIMIT,
            documents.len()
        ));
    }
    let forwarded = &table().forwarded;
    let control_tower: Vec<Value> =
        needs.forwards.then(|| statements::forwarded(forwarded)).into_iter().collect();
    if needs.forwards {
        notes.push(
            "Control Tower acts in other services with the caller's own permissions; attach its policy \
             while it has something to do, and take it away afterwards"
                .to_owned(),
        );
    }
    let everywhere = statements::everywhere(needs.all());
    let members: Vec<Member> = needs.members().map(|member| needs.member(member)).collect();
    if !members.is_empty() {
        notes.push(
            "a member session asks for tags and a source identity; a role whose trust policy does not allow \
             sts:TagSession and sts:SetSourceIdentity is entered without them"
                .to_owned(),
        );
    }
    Permissions {
        management: named(stem, documents),
        control_tower: named(&format!("{stem}-control-tower"), control_tower),
        members,
        run_store: None,
        everywhere,
        notes,
    }
}

fn named(stem: &str, documents: Vec<Value>) -> Vec<Policy> {
    let many = documents.len() > 1;
    let name = |index: usize| if many { format!("{stem}-{}", index + 1) } else { stem.to_owned() };
    documents
        .into_iter()
        .enumerate()
        .map(|(index, document)| Policy { name: name(index), document })
        .collect()
}

/// The roles tried in member accounts, the document's first.
pub(super) fn roles(access_role: Option<&str>) -> Vec<String> {
    let mut roles: Vec<String> = access_role.into_iter().map(str::to_owned).collect();
    for role in AWS_ROLES {
        if !roles.iter().any(|known| known == role) {
            roles.push(role.to_owned());
        }
    }
    roles
}

/// Names to everything that is known under them.
type Values = BTreeMap<&'static str, BTreeSet<String>>;
