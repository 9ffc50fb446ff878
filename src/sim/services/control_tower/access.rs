//! Control Tower's part in IAM Identity Center: the organization's instance, its own groups, permission sets and access.
//!
//! In: a landing zone with `accessManagement` on. Out: what `data/access.toml` lists, made if missing. Switching it off
//! deletes nothing (<https://docs.aws.amazon.com/controltower/latest/userguide/sso-guidance.html>). With Active Directory
//! as the source Control Tower manages nothing in the directory and assigns nothing
//! (<https://docs.aws.amazon.com/controltower/latest/userguide/getting-started-prereqs.html>). Absent: users.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde::Deserialize;

use crate::sim::services::identity_store::{self, Source};
use crate::sim::services::sso_admin::{self, WantedSet};
use crate::sim::world::World;

use super::manifest::{Integration, Settings};
use super::state::LandingZone;

#[derive(Deserialize)]
struct Table {
    group: Vec<Named>,
    set: Vec<Set>,
    access: Vec<Access>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    description: String,
}

#[derive(Deserialize)]
struct Set {
    name: String,
    description: String,
    policies: Vec<String>,
}

#[derive(Deserialize)]
struct Access {
    group: String,
    set: String,
    accounts: Vec<Place>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Place {
    Management,
    Log,
    Audit,
    Member,
}

#[expect(clippy::expect_used, reason = "the table is part of the program and a test parses it")]
static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("data/access.toml")).expect("data/access.toml is well formed")
});

/// Whether an existing instance keeps a landing zone out of its home Region: it must be in the same Region or in
/// us-east-1 (<https://docs.aws.amazon.com/controltower/latest/userguide/getting-started-prereqs.html>). Says its Region.
pub(super) fn foreign_region(world: &World, management: &str, home: &str) -> Option<String> {
    let instance = world.sso_admin.of_organization(management)?;
    (instance.region != home && instance.region != "us-east-1").then(|| instance.region.clone())
}

/// Sets Identity Center up for a landing zone: what its own accounts get.
pub(super) fn set_up(
    world: &mut World,
    zone: &LandingZone,
    settings: &Settings,
    now: Timestamp,
) -> Result<(), String> {
    if !settings.enabled(Integration::AccessManagement) {
        return Ok(());
    }
    let instance = sso_admin::ensure_instance(world, &zone.account, &zone.home, now);
    for set in &TABLE.set {
        let managed: Vec<String> =
            set.policies.iter().map(|name| format!("arn:aws:iam::aws:policy/{name}")).collect();
        let wanted = WantedSet { name: &set.name, description: &set.description, managed: &managed };
        sso_admin::ensure_set(world, &instance, &wanted, now);
    }
    let account = |path: &str| settings.text(path).map(str::to_owned);
    let places = [
        (Place::Management, Some(zone.account.clone())),
        (Place::Log, account("centralizedLogging.accountId")),
        (Place::Audit, account("securityRoles.accountId")),
    ];
    for (place, account) in places {
        if let Some(account) = account {
            grant(world, &zone.account, place, &account, now)?;
        }
    }
    Ok(())
}

/// Gives Control Tower's groups access to an account that was enrolled.
pub(super) fn enrol(world: &mut World, account: &str, now: Timestamp) {
    let Some(zone) = world.control_tower.zone.clone() else { return };
    let on = Settings::read(&zone.version, Some(&zone.manifest))
        .is_ok_and(|settings| settings.enabled(Integration::AccessManagement));
    if on {
        // UNSOURCED: what becomes of an enrolment whose access cannot be given; here the enrolment stands.
        let _ = grant(world, &zone.account, Place::Member, account, now);
    }
}

fn grant(
    world: &mut World,
    management: &str,
    place: Place,
    account: &str,
    now: Timestamp,
) -> Result<(), String> {
    let Some(instance) = world.sso_admin.of_organization(management) else { return Ok(()) };
    let (instance, store) = (instance.arn.clone(), instance.store.clone());
    let source = world.identity_store.stores.get(&store).map(|store| store.source);
    if source == Some(Source::ActiveDirectory) {
        return Ok(());
    }
    for group in &TABLE.group {
        identity_store::put_group(world, &store, &group.name, &group.description, now);
    }
    for access in TABLE.access.iter().filter(|access| access.accounts.contains(&place)) {
        let known = world.sso_admin.instances.get(&instance);
        let set = known.and_then(|known| known.set_named(&access.set)).map(|set| set.arn.clone());
        let stored = world.identity_store.stores.get(&store);
        let group = stored.and_then(|store| store.group_named(&access.group)).cloned();
        if let (Some(set), Some(group)) = (set, group) {
            sso_admin::assign(world, &instance, &set, &group, account, now)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::services::iam::aws_managed;

    #[test]
    fn every_access_names_a_group_and_a_set_of_the_table_and_every_policy_is_one_of_aws() {
        for access in &TABLE.access {
            assert!(TABLE.group.iter().any(|group| group.name == access.group), "{}", access.group);
            assert!(TABLE.set.iter().any(|set| set.name == access.set), "{}", access.set);
        }
        for policy in TABLE.set.iter().flat_map(|set| &set.policies) {
            assert!(aws_managed::find(&format!("arn:aws:iam::aws:policy/{policy}")).is_some(), "{policy}");
        }
    }
}
