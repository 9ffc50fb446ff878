//! What must be true in the organization and in IAM before a landing zone is set up or changed.
//!
//! In: the world and the settings of a valid manifest. Out: nothing, or the refusal. Absent: KMS keys (`zone_keys`), and
//! STS endpoints and opt-in Regions, which the simulator does not have.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde::Deserialize;

use crate::sim::clock::later;
use crate::sim::error::AwsError;
use crate::sim::services::iam::Role;
use crate::sim::services::iam::queries as iam;
use crate::sim::world::World;

use super::estate::{self, Organization};
use super::manifest::{Integration, Settings};
use super::refusal::validation;
use super::{access, catalogue, policy_text, recording};

/// Control Tower keeps its roles under this path
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/access-control-managing-permissions.html>).
const ROLE_PATH: &str = "/service-role/";

#[derive(Deserialize)]
struct ServiceRoles {
    role: Vec<ServiceRole>,
}

#[derive(Deserialize)]
struct ServiceRole {
    name: String,
    trusted: String,
    #[serde(default)]
    managed: Option<String>,
    #[serde(default)]
    inline_actions: Vec<String>,
    #[serde(default)]
    inline_accepted: Vec<String>,
    #[serde(default)]
    inline_zones: Vec<String>,
    zones: Vec<String>,
}

#[expect(clippy::expect_used, reason = "the table is part of the program and a test parses it")]
static SERVICE_ROLES: LazyLock<Vec<ServiceRole>> = LazyLock::new(|| {
    toml::from_str::<ServiceRoles>(include_str!("data/service_roles.toml"))
        .expect("data/service_roles.toml is well formed")
        .role
});

/// Where and when the prerequisites are judged.
pub(super) struct Site<'a> {
    pub(super) organization: &'a Organization,
    /// Home Region.
    pub(super) home: &'a str,
    /// Landing-zone version asked for.
    pub(super) version: &'a str,
    pub(super) settings: &'a Settings,
    pub(super) now: Timestamp,
}

/// An Identity Center that exists already is in a Region that fits. UNSOURCED words.
pub(super) fn identity_center(world: &World, site: &Site<'_>) -> Result<(), AwsError> {
    if !site.settings.enabled(Integration::AccessManagement) {
        return Ok(());
    }
    match access::foreign_region(world, &site.organization.management, site.home) {
        Some(region) => Err(validation(format!(
            "AWS Control Tower cannot perform this operation because AWS IAM Identity Center is enabled in {region}. Its Region must be the home Region."
        ))),
        None => Ok(()),
    }
}

/// The service roles exist with their policies, and are old enough to be assumed.
pub(super) fn roles(world: &World, site: &Site<'_>) -> Result<(), AwsError> {
    let management = &site.organization.management;
    if let Some(name) = missing_role(world, management, site.version) {
        // The end of the sentence is quoted in setup-landing-zone/index.ts of
        // https://github.com/awslabs/landing-zone-accelerator-on-aws; its beginning is UNSOURCED.
        return Err(validation(format!(
            "AWS Control Tower cannot perform this operation because the IAM role {name} does not exist or have sufficient permissions."
        )));
    }
    let youngest = wanted_roles(site.version)
        .filter_map(|wanted| iam::role(world, management, &wanted.name))
        .map(|role| role.created)
        .max();
    let usable = youngest.map(|created| later(created, catalogue::usual("ROLE_PROPAGATION", 0)));
    if usable.is_some_and(|usable| usable > site.now) {
        return Err(validation("CUSTOMER_ASSUME_ROLE_FAILED"));
    }
    Ok(())
}

/// The first service role that is missing or not as it must be.
pub(super) fn missing_role(world: &World, management: &str, version: &str) -> Option<&'static str> {
    wanted_roles(version)
        .find(|wanted| {
            !iam::role(world, management, &wanted.name).is_some_and(|role| sufficient(wanted, role, version))
        })
        .map(|wanted| wanted.name.as_str())
}

fn wanted_roles(version: &str) -> impl Iterator<Item = &'static ServiceRole> {
    SERVICE_ROLES.iter().filter(move |role| role.zones.iter().any(|zone| zone == version))
}

fn sufficient(wanted: &ServiceRole, role: &Role, version: &str) -> bool {
    let inline = |action: &String| role.inline.values().any(|document| policy_text::allows(document, action));
    let attached = wanted.managed.as_ref().is_none_or(|arn| role.attached.contains(arn));
    let stands_in = !wanted.inline_accepted.is_empty()
        && wanted.inline_zones.iter().any(|zone| zone == version)
        && wanted.inline_accepted.iter().all(inline);
    role.path == ROLE_PATH
        && iam::trusts_service(role, &wanted.trusted)
        && (attached || stands_in)
        && wanted.inline_actions.iter().all(inline)
}

/// The management account has no trusted access for AWS Config before the first setup
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/getting-started-prereqs.html>). UNSOURCED words.
pub(super) fn no_trusted_access_for_config(world: &World) -> Result<(), AwsError> {
    if estate::has_service_access(world, "config.amazonaws.com") {
        return Err(validation(
            "AWS Control Tower cannot set up your landing zone because trusted access for AWS Config (config.amazonaws.com) is enabled in AWS Organizations. Disable it and try again.",
        ));
    }
    Ok(())
}

/// The integration accounts exist, are active members, and stand where the version wants them. UNSOURCED words.
pub(super) fn accounts(world: &World, site: &Site<'_>) -> Result<(), AwsError> {
    let settings = site.settings;
    for (path, account) in settings.integration_accounts() {
        let member = estate::member(world, account);
        if account == site.organization.management || !member.is_some_and(|member| member.active) {
            return Err(validation(format!(
                "The account {account} given in {path} must be an active member account of the organization."
            )));
        }
    }
    dedicated_backup_accounts(world, settings)?;
    without_config(world, site)?;
    if settings.security_unit().is_some() {
        return Ok(());
    }
    shared_unit(world, site).map(|_| ())
}

/// The integration accounts have no AWS Config of their own where the landing zone will record
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/existing-config-resources.html>). UNSOURCED words.
fn without_config(world: &World, site: &Site<'_>) -> Result<(), AwsError> {
    if !site.settings.enabled(Integration::Config) {
        return Ok(());
    }
    let accounts = site.settings.integration_accounts();
    let named = accounts.iter().map(|(_, account)| *account);
    match recording::in_the_way(world, site.home, site.settings, named) {
        Some((account, regions)) => Err(validation(recording::refusal(account, &regions))),
        None => Ok(()),
    }
}

/// Two dedicated accounts, not enrolled beforehand
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/backup-prerequisites.html>).
fn dedicated_backup_accounts(world: &World, settings: &Settings) -> Result<(), AwsError> {
    if !settings.enabled(Integration::Backup) {
        return Ok(());
    }
    let admin = settings.text("backup.configurations.backupAdmin.accountId");
    let central = settings.text("backup.configurations.centralBackup.accountId");
    if admin == central {
        return Err(validation(
            "The backup administrator account and the central backup account must be different accounts.",
        ));
    }
    for account in [admin, central].into_iter().flatten() {
        let enrolled = world.control_tower.enabled_baselines.values().any(|enabled| {
            enabled.target_id == account
                && enabled.parent.is_some()
                && enabled.baseline == "AWSControlTowerBaseline"
        });
        if enrolled {
            return Err(validation(format!(
                "The backup account {account} is already enrolled in AWS Control Tower. Choose an account that is not enrolled."
            )));
        }
    }
    Ok(())
}

/// From 4.0 on: the one unit directly under the root that all integration accounts share, the designated Security
/// unit (<https://docs.aws.amazon.com/controltower/latest/userguide/key-changes-lz-v4.html>).
pub(super) fn shared_unit(world: &World, site: &Site<'_>) -> Result<Option<String>, AwsError> {
    let accounts = site.settings.integration_accounts();
    let mut units: Vec<String> = accounts
        .iter()
        .filter_map(|(_, account)| estate::member(world, account).map(|member| member.parent))
        .collect();
    units.sort();
    units.dedup();
    let at_top =
        |unit: &String| estate::unit(world, unit).is_some_and(|unit| unit.parent == site.organization.root);
    match units.as_slice() {
        [] => Ok(None),
        [unit] if at_top(unit) => Ok(Some(unit.clone())),
        _ => Err(validation(
            "All service integration accounts must be in the same organizational unit directly under the root of your organization.",
        )),
    }
}

/// For 3.x, which creates its units: no unit under the root already has their names
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/known-issues-decommissioning.html>). UNSOURCED words.
pub(super) fn unit_names_free(world: &World, site: &Site<'_>) -> Result<(), AwsError> {
    let names = [site.settings.security_unit(), site.settings.sandbox_unit()];
    for name in names.into_iter().flatten() {
        let taken =
            estate::child_units(world, &site.organization.root).into_iter().any(|unit| unit.name == name);
        if taken {
            return Err(validation(format!(
                "AWS Control Tower cannot create the organizational unit {name} because an organizational unit with that name already exists under the root."
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Settings as Setup;

    #[test]
    fn the_table_names_four_roles_for_3_x_and_three_for_4_0() {
        let count = |version: &str| {
            SERVICE_ROLES.iter().filter(|role| role.zones.iter().any(|zone| zone == version)).count()
        };
        assert_eq!((count("3.3"), count("4.0")), (4, 3));
    }

    #[test]
    fn the_inline_policy_of_old_stands_in_for_the_managed_one_until_4_0() {
        let wanted = SERVICE_ROLES
            .iter()
            .find(|role| role.name == "AWSControlTowerCloudTrailRole")
            .expect("in the table");
        let inline = r#"{"Statement":[{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}"#;
        let trust = iam::trust_of_service("cloudtrail.amazonaws.com");
        let mut world = World::new(&Setup::default());
        let now = world.time;
        let old = iam::WantedRole {
            path: ROLE_PATH,
            name: &wanted.name,
            trust: &trust,
            description: None,
            managed: &[],
            inline: &[("logs", inline)],
        };
        iam::put_role(&mut world, "111122223333", &old, now);
        let mut role = iam::role(&world, "111122223333", &wanted.name).expect("the role").clone();
        assert!(sufficient(wanted, &role, "3.3"));
        assert!(!sufficient(wanted, &role, "4.0"));
        role.attached = wanted.managed.iter().cloned().collect();
        assert!(sufficient(wanted, &role, "4.0"));
        role.path = "/".to_owned();
        assert!(!sufficient(wanted, &role, "4.0"));
    }
}
