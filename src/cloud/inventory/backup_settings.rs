//! AWS Backup's switches of the organization, and the opt-ins of a Region.

use std::collections::BTreeMap;

use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::model::region::Region;

const SWITCHES: &str = "backup:DescribeGlobalSettings";
const OPT_INS: &str = "backup:DescribeRegionSettings";

/// AWS's switches by its names for them, each the text `true` or `false`.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn switches(connection: &Connection) -> Result<BTreeMap<String, String>, CallError> {
    let site = connection.home();
    let client = site.clients.backup();
    let answer = site.call(SWITCHES, || client.describe_global_settings().send()).await?;
    Ok(answer.global_settings().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect())
}

/// What a Region is opted in to, by AWS's names of types of resources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OptIns {
    /// Whether resources of the type are backed up.
    pub(crate) types: BTreeMap<String, bool>,
    /// Whether AWS Backup manages the type's backups in full.
    pub(crate) full_management: BTreeMap<String, bool>,
}

/// The opt-ins of the caller's account in a Region.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn opt_ins(connection: &Connection, region: &Region) -> Result<OptIns, CallError> {
    let site = connection.own(region);
    let client = site.clients.backup();
    let answer = site.call(OPT_INS, || client.describe_region_settings().send()).await?;
    let all = |map: Option<&std::collections::HashMap<String, bool>>| {
        map.into_iter().flatten().map(|(name, on)| (name.clone(), *on)).collect()
    };
    Ok(OptIns {
        types: all(answer.resource_type_opt_in_preference()),
        full_management: all(answer.resource_type_management_preference()),
    })
}

/// The fields of the kind, each with AWS's name for the switch.
pub(crate) const SWITCH_NAMES: &[(&str, &str)] = &[
    ("cross_account", "isCrossAccountBackupEnabled"),
    ("multi_party_approval", "isMpaEnabled"),
    ("delegated_administrator", "isDelegatedAdministratorEnabled"),
];
