//! The plans that an account has: its organization's.
//!
//! A backup policy that reaches an account makes one plan of each of its `plans`, in each Region that the plan names;
//! such a plan shows like any other and nobody in the account changes it
//! (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup.html>). It follows from the
//! effective policy, so nothing of it is kept. Its id begins with `orgs/`, as the examples of the developer guide show.
//! It takes the policy type, and trusted access of AWS Backup.

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::{PAGING, PRINCIPAL};

const KIND: &str = "BACKUP_POLICY";

/// A plan that a policy makes in an account and a Region.
#[derive(Debug, Clone)]
struct PolicyPlan {
    id: String,
    name: String,
    version: String,
    /// When the policies last changed.
    since: Timestamp,
}

/// The plans of an account in a Region, in order of names.
fn by_policy(world: &World, account: &str, region: &str) -> Vec<PolicyPlan> {
    let organization = world
        .organizations
        .of(account)
        .filter(|organization| organization.type_enabled(KIND) && organization.has_service_access(PRINCIPAL));
    let effective = organization.and_then(|organization| organization.effective_policy(KIND, account));
    let Some((document, since)) = effective else { return Vec::new() };
    let plans = document.get("plans").and_then(Value::as_object).into_iter().flatten();
    let here = plans.filter(|(_, content)| {
        let regions = content.get("regions").and_then(Value::as_array);
        regions.is_some_and(|regions| regions.iter().any(|named| named == region))
    });
    let made = here.map(|(name, content)| PolicyPlan {
        id: format!("orgs/{}", stable_id(&format!("{account}/{region}/{name}"))),
        name: name.clone(),
        version: stable_id(&format!("{account}/{region}/{name}/{content}")),
        since,
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

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (account, region) = (&request.caller.account, &request.region);
    PAGING.page(request, "BackupPlansList", by_policy(world, account, region), |plan| {
        json!({
            "BackupPlanArn": arn(account, region, &plan.id),
            "BackupPlanId": plan.id,
            "BackupPlanName": plan.name,
            "VersionId": plan.version,
            "CreationDate": epoch(plan.since),
        })
    })
}

fn arn(account: &str, region: &str, id: &str) -> String {
    format!("arn:aws:backup:{region}:{account}:backup-plan:{id}")
}
