//! The KMS keys a manifest names.
//!
//! In: the world and the settings of a valid manifest. Out: nothing, or the refusal; `doomed` gives what AWS finds only
//! while it works. Absent: encryption. Sources: <https://docs.aws.amazon.com/controltower/latest/userguide/configure-kms-keys.html>
//! and <https://docs.aws.amazon.com/controltower/latest/userguide/backup-prerequisites.html>. UNSOURCED words.

use crate::sim::error::AwsError;
use crate::sim::services::kms::{Key, queries};
use crate::sim::world::World;

use super::estate;
use super::manifest::Integration;
use super::prerequisites::Site;
use super::refusal::validation;

/// The keys of the landing zone itself: the integration, where the manifest names the key, the services that use it.
const ZONE_KEYS: [(Integration, &str, &[&str]); 2] = [
    (
        Integration::CentralizedLogging,
        "centralizedLogging.configurations.kmsKeyArn",
        &["cloudtrail.amazonaws.com", "config.amazonaws.com"],
    ),
    (Integration::Config, "config.configurations.kmsKeyArn", &["config.amazonaws.com"]),
];

/// The keys can be used: enabled, symmetric, in the home Region; a single-Region key of the management account for the
/// landing zone, a multi-Region key with a replica in every governed Region for backups.
pub(super) fn check(world: &World, site: &Site<'_>) -> Result<(), AwsError> {
    for (_, arn) in zone_keys(site) {
        if usable(world, site, arn)?.multi_region.is_some() {
            return Err(validation(format!(
                "The KMS key {arn} is a multi-Region key. AWS Control Tower does not support multi-Region keys for the landing zone."
            )));
        }
    }
    if !site.settings.enabled(Integration::Backup) {
        return Ok(());
    }
    let arn = site.settings.text("backup.configurations.kmsKeyArn").unwrap_or_default();
    let key = usable_for_backup(world, site, arn)?;
    let regions: Vec<&str> =
        queries::members(world, key).into_iter().map(|member| member.region.as_str()).collect();
    let governed = site.settings.governed_regions();
    let missing: Vec<&str> =
        governed.iter().map(String::as_str).filter(|region| !regions.contains(region)).collect();
    if key.multi_region.is_none() || !missing.is_empty() {
        return Err(validation(format!(
            "The KMS key {arn} for AWS Backup must be a multi-Region key that is replicated to every governed Region. Regions without it: {}",
            missing.join(", ")
        )));
    }
    Ok(())
}

/// Why the operation will fail: the key policy, "the most common cause of landing zone update failure"
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/troubleshooting.html>).
pub(super) fn doomed(world: &World, site: &Site<'_>) -> Option<String> {
    let management = &site.organization.management;
    let trail =
        format!("arn:aws:cloudtrail:{}:{management}:trail/aws-controltower-BaselineCloudTrail", site.home);
    for (services, arn) in zone_keys(site) {
        let Some(key) = queries::key(world, arn) else {
            continue;
        };
        for service in services {
            let vouched: Vec<(&str, &str)> = match *service {
                "cloudtrail.amazonaws.com" => vec![
                    ("aws:SourceArn", &trail),
                    ("aws:SourceAccount", management),
                    ("kms:EncryptionContext:aws:cloudtrail:arn", &trail),
                ],
                _ => vec![("aws:SourceAccount", management)],
            };
            let admitted = ["kms:GenerateDataKey", "kms:Decrypt"]
                .iter()
                .all(|action| queries::allows_service(key, service, action, &vouched));
            if !admitted {
                return Some(format!(
                    "AWS Control Tower failed to set up your landing zone completely: the policy of the KMS key {arn} does not allow {service} to use the key."
                ));
            }
        }
    }
    None
}

fn zone_keys<'a>(site: &Site<'a>) -> impl Iterator<Item = (&'static [&'static str], &'a str)> {
    let settings = site.settings;
    ZONE_KEYS
        .iter()
        .filter(|(integration, _, _)| settings.enabled(*integration))
        .filter_map(|(_, path, services)| settings.text(path).map(|arn| (*services, arn)))
}

/// The key of the landing zone: of the management account, in the home Region.
fn usable<'w>(world: &'w World, site: &Site<'_>, arn: &str) -> Result<&'w Key, AwsError> {
    let expected = format!("arn:aws:kms:{}:{}:key/", site.home, site.organization.management);
    queries::key(world, arn).filter(|key| key.arn.starts_with(&expected) && works(key)).ok_or_else(|| {
        validation(format!(
            "The KMS key {arn} must be an enabled symmetric key in the management account and the home Region."
        ))
    })
}

/// The key for backups: AWS asks for replicas and policies and names no account that it has to be in, so any
/// account of the organization will do.
fn usable_for_backup<'w>(world: &'w World, site: &Site<'_>, arn: &str) -> Result<&'w Key, AwsError> {
    let at_home = format!("arn:aws:kms:{}:", site.home);
    let ours = |arn: &str| {
        let account = arn.strip_prefix(&at_home).and_then(|rest| rest.split(':').next());
        account.is_some_and(|account| estate::member(world, account).is_some())
    };
    queries::key(world, arn).filter(|key| ours(&key.arn) && works(key)).ok_or_else(|| {
        validation(format!(
            "The KMS key {arn} must be an enabled symmetric key in the home Region and in an account of the organization."
        ))
    })
}

fn works(key: &Key) -> bool {
    key.state == "Enabled" && key.spec == "SYMMETRIC_DEFAULT"
}
