//! AWS Backup, per Region and account: vaults with their policies and locks, and what an organization switches on.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]. Absent: notifications being sent, tiering,
//! scanning, indexes, access points, vaults that give access to those of others.

mod access_policy;
mod gate;
mod global_settings;
mod lock;
mod plans;
mod refusal;
mod region_settings;
mod resource_types;
#[cfg(test)]
mod scenarios;
mod state;
mod tags;
mod team;
mod vaults;

pub use state::State;

use crate::sim::paging::Paging;
use crate::sim::service::{Service, never_due, nothing_settles};

/// The service in Organizations.
const PRINCIPAL: &str = "backup.amazonaws.com";

/// Pages have 1000 items at most, and as many if the request does not say (the greatest value in the model; the usual
/// number is UNSOURCED).
const PAGING: Paging =
    Paging { size: "MaxResults", token: "NextToken", usual: 1000, stale: refusal::stale_token };

/// The service.
pub static SERVICE: Service = Service {
    name: "backup",
    operations: &[
        ("AssociateBackupVaultMpaApprovalTeam", team::associate),
        ("CreateBackupVault", vaults::create),
        ("CreateLogicallyAirGappedBackupVault", vaults::create_air_gapped),
        ("DeleteBackupVault", vaults::delete),
        ("DeleteBackupVaultAccessPolicy", access_policy::delete),
        ("DeleteBackupVaultLockConfiguration", lock::delete),
        ("DescribeBackupVault", vaults::describe),
        ("DescribeGlobalSettings", global_settings::describe),
        ("DescribeRegionSettings", region_settings::describe),
        ("DisassociateBackupVaultMpaApprovalTeam", team::disassociate),
        ("GetBackupVaultAccessPolicy", access_policy::get),
        ("GetSupportedResourceTypes", region_settings::supported),
        ("ListBackupPlans", plans::list),
        ("ListBackupVaults", vaults::list),
        ("ListTags", tags::list),
        ("PutBackupVaultAccessPolicy", access_policy::put),
        ("PutBackupVaultLockConfiguration", lock::put),
        ("TagResource", tags::tag),
        ("UntagResource", tags::untag),
        ("UpdateGlobalSettings", global_settings::update),
        ("UpdateRegionSettings", region_settings::update),
    ],
    due: never_due,
    settle: nothing_settles,
};
