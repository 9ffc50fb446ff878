//! INSPECTOR_POLICY: an organization policy that switches scans, whatever the administrator sets.
//!
//! In: the effective policy of an account. Out: its scans as the policy names them, which nothing else changes then. It is
//! looked at whenever somebody looks at the account, so that nothing runs in the background.
//!
//! Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_inspector_syntax.html>: per
//! type of scan the Regions to enable and to disable, `ALL_SUPPORTED` for all; disabling wins (UNSOURCED, as for Security
//! Hub), and what a policy has enabled stays when it goes. UNSOURCED: the names of other types than `ec2_scanning`.

use jiff::Timestamp;
use serde_json::Value;

use crate::sim::world::World;

use super::scans;

const KIND: &str = "INSPECTOR_POLICY";

/// Each type of scan with its name in policies.
const NAMES: [(&str, &str); 5] = [
    ("EC2", "ec2_scanning"),
    ("ECR", "ecr_scanning"),
    ("LAMBDA", "lambda_standard_scanning"),
    ("LAMBDA_CODE", "lambda_code_scanning"),
    ("CODE_REPOSITORY", "code_repository_scanning"),
];

/// Whether a policy says that a scan is on or off in an account and Region.
fn says(world: &World, account: &str, region: &str, kind: &str) -> Option<bool> {
    let organization = world.organizations.of(account)?;
    let on = organization.type_enabled(KIND) && organization.has_service_access("inspector2.amazonaws.com");
    let (document, _) = organization.effective_policy(KIND, account).filter(|_| on)?;
    let (_, name) = NAMES.iter().find(|(known, _)| *known == kind)?;
    let lists = |key: &str| {
        let listed = document["inspector"]["enablement"][*name][key].as_array();
        let mut regions = listed.into_iter().flatten().filter_map(Value::as_str);
        regions.any(|one| one == region || one == "ALL_SUPPORTED")
    };
    if lists("disable_in_regions") {
        return Some(false);
    }
    lists("enable_in_regions").then_some(true)
}

/// Whether a policy keeps a scan as it is.
pub(super) fn keeps(world: &World, account: &str, region: &str, kind: &str) -> bool {
    says(world, account, region, kind).is_some()
}

/// Brings an account to what its policy says.
pub(super) fn look(world: &mut World, account: &str, region: &str, now: Timestamp) {
    for (kind, _) in NAMES {
        match says(world, account, region, kind) {
            Some(true) => scans::open(world, account, region, kind, now),
            Some(false) => {
                world.inspector.places.of(account, region).scans.remove(kind);
            }
            None => {}
        }
    }
}
