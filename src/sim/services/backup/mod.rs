//! AWS Backup, per Region and account: vaults with their policies and locks, plans and their jobs, copies, restores and
//! restore tests as time passes, and what an organization switches on.
//!
//! In: requests of its shape table, and the data that a world holds. Out: its [`State`] and [`SERVICE`]. Absent: continuous
//! backups, cold storage, windows, notifications being sent, tiering, scanning, indexes, access points, vaults that give
//! access to those of others.

mod access_policy;
pub(crate) mod acts;
mod agenda;
mod audit;
mod backup_jobs;
mod backup_requests;
mod copy_jobs;
mod copy_requests;
mod data;
mod gate;
mod global_settings;
mod holds;
mod keys;
mod lock;
mod notifications;
mod plan;
mod plan_requests;
mod plans;
mod points;
mod protected;
mod records;
mod refusal;
mod region_settings;
mod resource_types;
mod restore_jobs;
mod restore_requests;
mod roles;
#[cfg(test)]
mod scenarios;
mod schedule;
mod selection;
mod state;
mod tags;
mod team;
mod testing_plans;
mod testing_runs;
mod testing_selections;
mod vaults;
mod watch;

pub use state::State;

use crate::sim::paging::Paging;
use crate::sim::service::Service;

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
        ("CancelLegalHold", holds::cancel),
        ("CreateBackupPlan", plan_requests::create),
        ("CreateBackupSelection", plan_requests::create_selection),
        ("CreateBackupVault", vaults::create),
        ("CreateFramework", audit::create_framework),
        ("CreateLegalHold", holds::create),
        ("CreateLogicallyAirGappedBackupVault", vaults::create_air_gapped),
        ("CreateReportPlan", audit::create_report),
        ("CreateRestoreTestingPlan", testing_plans::create),
        ("CreateRestoreTestingSelection", testing_selections::create),
        ("DeleteBackupPlan", plan_requests::delete),
        ("DeleteBackupSelection", plan_requests::delete_selection),
        ("DeleteBackupVault", vaults::delete),
        ("DeleteBackupVaultAccessPolicy", access_policy::delete),
        ("DeleteBackupVaultLockConfiguration", lock::delete),
        ("DeleteBackupVaultNotifications", notifications::delete),
        ("DeleteFramework", audit::delete_framework),
        ("DeleteRecoveryPoint", points::delete),
        ("DeleteReportPlan", audit::delete_report),
        ("DeleteRestoreTestingPlan", testing_plans::delete),
        ("DeleteRestoreTestingSelection", testing_selections::delete),
        ("DescribeBackupJob", backup_requests::describe),
        ("DescribeBackupVault", vaults::describe),
        ("DescribeCopyJob", copy_requests::describe),
        ("DescribeFramework", audit::describe_framework),
        ("DescribeGlobalSettings", global_settings::describe),
        ("DescribeProtectedResource", protected::describe),
        ("DescribeRecoveryPoint", points::describe),
        ("DescribeRegionSettings", region_settings::describe),
        ("DescribeReportPlan", audit::describe_report),
        ("DescribeRestoreJob", restore_requests::describe),
        ("DisassociateBackupVaultMpaApprovalTeam", team::disassociate),
        ("DisassociateRecoveryPoint", points::disassociate),
        ("GetBackupPlan", plan_requests::get),
        ("GetBackupSelection", plan_requests::get_selection),
        ("GetBackupVaultAccessPolicy", access_policy::get),
        ("GetBackupVaultNotifications", notifications::get),
        ("GetLegalHold", holds::get),
        ("GetRecoveryPointRestoreMetadata", points::metadata),
        ("GetRestoreJobMetadata", restore_requests::metadata),
        ("GetRestoreTestingInferredMetadata", testing_selections::inferred),
        ("GetRestoreTestingPlan", testing_plans::get),
        ("GetRestoreTestingSelection", testing_selections::get),
        ("GetSupportedResourceTypes", region_settings::supported),
        ("ListBackupJobs", backup_requests::list),
        ("ListBackupPlans", plan_requests::list),
        ("ListBackupSelections", plan_requests::list_selections),
        ("ListBackupVaults", vaults::list),
        ("ListCopyJobs", copy_requests::list),
        ("ListFrameworks", audit::list_frameworks),
        ("ListLegalHolds", holds::list),
        ("ListProtectedResources", protected::list),
        ("ListProtectedResourcesByBackupVault", protected::list_by_vault),
        ("ListRecoveryPointsByBackupVault", points::list_by_vault),
        ("ListRecoveryPointsByResource", points::list_by_resource),
        ("ListReportPlans", audit::list_reports),
        ("ListRestoreJobs", restore_requests::list),
        ("ListRestoreJobsByProtectedResource", restore_requests::list_by_resource),
        ("ListRestoreTestingPlans", testing_plans::list),
        ("ListRestoreTestingSelections", testing_selections::list),
        ("ListTags", tags::list),
        ("PutBackupVaultAccessPolicy", access_policy::put),
        ("PutBackupVaultLockConfiguration", lock::put),
        ("PutBackupVaultNotifications", notifications::put),
        ("PutRestoreValidationResult", restore_requests::validate),
        ("StartBackupJob", backup_requests::start),
        ("StartCopyJob", copy_requests::start),
        ("StartRestoreJob", restore_requests::start),
        ("StopBackupJob", backup_requests::stop),
        ("TagResource", tags::tag),
        ("UntagResource", tags::untag),
        ("UpdateBackupPlan", plan_requests::update),
        ("UpdateFramework", audit::update_framework),
        ("UpdateGlobalSettings", global_settings::update),
        ("UpdateRecoveryPointLifecycle", points::update_lifecycle),
        ("UpdateRegionSettings", region_settings::update),
        ("UpdateReportPlan", audit::update_report),
        ("UpdateRestoreTestingPlan", testing_plans::update),
        ("UpdateRestoreTestingSelection", testing_selections::update),
    ],
    due: agenda::due,
    settle: agenda::settle,
};
