//! `backup.vaults`: each in each of its Regions, with its key, access policy, lock and share.
//!
//! The access policy is written for the operator (see `model::vault_policy`).

use serde_json::{Value, json};

use super::backup::{key_arn, lives_in, the_settings};
use super::{Expansion, id_of, keys, organization, resource, the_organization, unit};
use crate::graph::edge::Edge;
use crate::model::reference::{from, join};
use crate::model::region::Region;
use crate::model::unit_path::UnitPath;
use crate::model::{Address, Fields, Kind, Origin, Resource, vault_policy};
use crate::spec::backup::{Backup, Copies, Lock, Sharee, Vault, VaultSort};

/// The service that shares.
const SHARING: &str = "ram.amazonaws.com";

pub(super) fn expand(expansion: &mut Expansion<'_>, said: &Backup) {
    for (name, vault) in &said.vaults {
        for region in &vault.regions {
            one(expansion, name, vault, region);
        }
    }
}

/// The address of a vault of the document.
pub(super) fn vault(name: &str, vault: &Vault, region: &Region) -> Address {
    let kind = match vault.sort {
        VaultSort::Standard(_) => Kind::BackupVault,
        VaultSort::AirGapped { .. } => Kind::AirGappedVault,
    };
    Address::new(kind, format!("{name}/{region}"))
}

/// The vault that each protected account has; gives its address.
pub(super) fn local(
    expansion: &mut Expansion<'_>,
    said: &Backup,
    account: &str,
    region: &Region,
    origin: &Origin,
) -> Address {
    let name = &said.local_vault;
    let me = Address::new(Kind::BackupVault, format!("{name}/{account}/{region}"));
    let mut wanted = resource(me.clone(), Some(origin));
    wanted.keys.insert("vault".to_owned(), json!(name));
    encrypted(expansion, &mut wanted, said.local_key.as_deref(), region);
    lives_in(expansion, &mut wanted, account, region);
    expansion.graph.add(wanted);
    me
}

fn one(expansion: &mut Expansion<'_>, name: &str, said: &Vault, region: &Region) {
    let mut wanted = resource(vault(name, said, region), Some(&said.origin));
    wanted.keys.insert("vault".to_owned(), json!(name));
    wanted.keys.insert("consent_as".to_owned(), json!(name));
    encrypted(expansion, &mut wanted, said.key.as_deref(), region);
    lives_in(expansion, &mut wanted, &said.account, region);
    if let Some(copies) = &said.copies_from {
        wanted.fields.insert("access_policy".to_owned(), access_policy(expansion, said, copies));
    }
    match &said.sort {
        VaultSort::Standard(lock) => wanted.fields.extend(lock.iter().flat_map(lock_fields)),
        VaultSort::AirGapped { min_days, max_days, approval_team, share_with } => {
            wanted.fields.insert("min_days".to_owned(), json!(min_days));
            wanted.fields.insert("max_days".to_owned(), json!(max_days));
            wanted.fields.extend(approval_team.iter().map(|arn| ("approval_team".to_owned(), json!(arn))));
            let switched_on =
                Edge::settled(&wanted.address, &the_settings(), "approval-switched-on-before-teams");
            expansion.graph.connect(switched_on.only(&["appoint_approvers"]));
            if !share_with.is_empty() {
                share(expansion, name, said, region, share_with);
            }
        }
    }
    expansion.graph.add(wanted);
}

/// A vault's key; without one AWS takes its own.
fn encrypted(expansion: &mut Expansion<'_>, wanted: &mut Resource, key: Option<&str>, region: &Region) {
    let Some((name, arn)) = key.and_then(|name| Some((name, key_arn(expansion, name, region)?))) else {
        return;
    };
    wanted.fields.insert("key".to_owned(), arn);
    if expansion.spec.keys.contains_key(name) {
        expansion.graph.connect(Edge::settled(&wanted.address, &keys::key(name), "vault-key-first"));
    }
}

fn lock_fields(lock: &Lock) -> Fields {
    let mode = if lock.grace_days.is_some() { "compliance" } else { "governance" };
    // AWS takes a lock without a minimum, and it would hold nothing back: one day is the least.
    let days = [
        ("min_days", Some(lock.min_days.unwrap_or(1))),
        ("max_days", lock.max_days),
        ("grace_days", lock.grace_days),
    ];
    days.into_iter().filter_map(|(name, days)| Some((format!("{mode}.{name}"), json!(days?)))).collect()
}

fn access_policy(expansion: &Expansion<'_>, said: &Vault, copies: &Copies) -> Value {
    let roles = said.policy_administrators.iter().map(String::as_str);
    let access_role = expansion.spec.organization.access_role.as_deref();
    let mut roles: Vec<&str> = roles.chain(access_role).chain(vault_policy::ROLES_OF_AWS).collect();
    roles.sort_unstable();
    roles.dedup();
    let arn = |role: &&str| {
        let (partition, rest) = (expansion.partition, json!(format!(":role/{role}")));
        join(vec![json!(format!("arn:{partition}:iam::")), id_of(&said.account), rest])
    };
    let roles: Vec<Value> = roles.iter().map(arn).collect();
    let condition = match copies {
        Copies::FromOrganization => vault_policy::from_organization(from(&the_organization(), "id")),
        Copies::FromUnits(paths) => vault_policy::from_units(paths.iter().map(organization_path).collect()),
    };
    vault_policy::document(condition, roles)
}

/// The path of a unit as IAM's condition key has it, with everything below.
fn organization_path(path: &UnitPath) -> Value {
    let mut above: Vec<UnitPath> = path.ancestors().collect();
    above.sort_by_key(|path| path.as_str().len());
    let mut parts = vec![from(&the_organization(), "id"), json!("/"), from(&the_organization(), "root_id")];
    for path in above.iter().chain([path]) {
        parts.extend([json!("/"), from(&unit(path), "id")]);
    }
    parts.push(json!("/*"));
    join(parts)
}

fn share(expansion: &mut Expansion<'_>, name: &str, said: &Vault, region: &Region, with: &[Sharee]) {
    let mut wanted =
        resource(Address::new(Kind::ResourceShare, format!("{name}/{region}")), Some(&said.origin));
    let me = wanted.address.clone();
    wanted.keys.insert("share".to_owned(), json!(name));
    wanted.fields.insert("resources.vault".to_owned(), from(&vault(name, said, region), "arn"));
    let outside = with.iter().any(|one| matches!(one, Sharee::Stranger(_)));
    wanted.fields.insert("external".to_owned(), json!(outside));
    for one in with {
        let (leaf, principal) = match one {
            Sharee::Organization => (super::ORGANIZATION.to_owned(), from(&the_organization(), "arn")),
            Sharee::Unit(path) => (path.to_string(), from(&unit(path), "arn")),
            Sharee::Account(name) => (name.clone(), id_of(name)),
            Sharee::Stranger(id) => (id.clone(), json!(id)),
        };
        wanted.fields.insert(format!("principals.{leaf}"), principal);
    }
    lives_in(expansion, &mut wanted, &said.account, region);
    if with.iter().any(|one| !matches!(one, Sharee::Stranger(_))) {
        let access = organization::needed(expansion, SHARING, &said.origin);
        expansion.graph.connect(Edge::settled(&me, &access, "sharing-before-share"));
    }
    expansion.graph.add(wanted);
}
