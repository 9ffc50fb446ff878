//! The plans that an account has: its own, and those of its organization.
//!
//! A backup policy that reaches an account makes one plan of each of its `plans`, in each Region that the plan names; such
//! a plan shows like any other and nobody in the account changes it
//! (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup.html>). It follows from the
//! effective policy, so nothing of it is kept. Its id begins with `orgs/`, as the examples of the developer guide show.
//! It takes the policy type, and trusted access of AWS Backup. A plan that Organizations holds for invalid is none.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::sim::services::organizations;
use crate::sim::world::World;

use super::PRINCIPAL;
use super::plan::{self, Plan};
use super::records::Spot;
use super::selection::Selection;

const KIND: &str = "BACKUP_POLICY";
/// What the id of a plan begins with that a policy made.
pub(super) const BY_POLICY: &str = "orgs/";

/// Every plan of an account in a Region: its own first, each part in order of ids or names.
pub(super) fn of(world: &World, spot: &Spot) -> Vec<Plan> {
    let place = world.backup.place(&spot.account, &spot.region);
    let own = place.into_iter().flat_map(|place| &place.plans).map(|(id, plan)| Plan {
        id: id.clone(),
        name: plan.name().to_owned(),
        version: plan.version.clone(),
        since: plan.created,
        rules: plan::rules_of_document(&plan.document),
        selections: plan.selections.values().map(|one| Selection::of_document(&one.document)).collect(),
        by_policy: false,
    });
    own.chain(by_policy(world, spot)).collect()
}

fn by_policy(world: &World, spot: &Spot) -> Vec<Plan> {
    let organization = world
        .organizations
        .of(&spot.account)
        .filter(|organization| organization.type_enabled(KIND) && organization.has_service_access(PRINCIPAL));
    let effective = organization.and_then(|organization| organization.effective_policy(KIND, &spot.account));
    let Some((document, since)) = effective else { return Vec::new() };
    let faulty = organizations::faulty_plans(&document);
    let plans = document["plans"].as_object().into_iter().flatten();
    let here = plans.filter(|(name, content)| {
        let regions = content["regions"].as_array();
        !faulty.contains(*name)
            && regions.is_some_and(|regions| regions.iter().any(|named| *named == spot.region))
    });
    let made = here.map(|(name, content)| {
        let place = format!("{}/{}/{name}", spot.account, spot.region);
        Plan {
            id: format!("{BY_POLICY}{}", stable_id(&place)),
            name: name.clone(),
            version: stable_id(&format!("{place}/{content}")),
            since,
            rules: plan::rules_of_policy(content, spot),
            selections: Selection::of_policy(content, spot),
            by_policy: true,
        }
    });
    made.collect()
}

/// The same id for the same text, in the form of a UUID.
fn stable_id(text: &str) -> String {
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(Sha256::digest(text)) {
        *to = from;
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// A plan ran.
pub(super) fn ran(world: &mut World, spot: &Spot, id: &str, now: Timestamp) {
    world.backup.place_mut(&spot.account, &spot.region).ran.insert(id.to_owned(), now);
}
