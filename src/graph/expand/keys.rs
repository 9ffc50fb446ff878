//! `keys`: KMS keys with the policies that their users need.

use serde_json::{Value, json};

use super::key_policies::{administration, backup_use, logging_use};
use super::{Expansion, account_id, management_id, resource};
use crate::model::{Address, Kind, reference};
use crate::spec::backup::Backup;
use crate::spec::document::Key;

/// The address of a key.
pub(super) fn key(name: &str) -> Address {
    Address::new(Kind::Key, name)
}

/// The ARN of a key that another section names: of an entry, or said as it is.
pub(super) fn arn_of(said: &str) -> Value {
    if said.starts_with("arn:") { json!(said) } else { reference::from(&key(said), "arn") }
}

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    for (name, said) in &expansion.spec.keys {
        let mut wanted = resource(key(name), Some(&said.origin));
        let owner = said.account.as_ref().map_or_else(management_id, |name| account_id(name));
        let policy = policy_for(expansion, name, said);
        let first = administration(expansion.partition, &owner);
        wanted.fields.insert("alias".to_owned(), json!(format!("alias/{name}")));
        wanted.fields.insert("multi_region".to_owned(), json!(said.multi_region));
        wanted.fields.insert("state".to_owned(), json!("Enabled"));
        wanted.at_creation.insert("policy".to_owned(), first.clone());
        wanted.fields.insert("policy".to_owned(), policy.clone());
        wanted.fields.extend(said.rotation_days.map(|days| ("rotation_days".to_owned(), json!(days))));
        for region in said.replica_regions.iter().filter(|region| **region != expansion.home_region) {
            wanted.fields.insert(format!("replicas.{region}"), json!(true));
            wanted.fields.insert(format!("replica_policies.{region}"), policy.clone());
            wanted.at_creation.insert(format!("replica_policies.{region}"), first.clone());
        }
        wanted.keys.insert("alias".to_owned(), json!(format!("alias/{name}")));
        wanted.keys.insert("region".to_owned(), json!(expansion.home_region.as_str()));
        if said.account.is_some() {
            wanted.keys.insert("account".to_owned(), owner);
        }
        expansion.graph.add(wanted);
    }
}

/// Whether backups lie under this key: in the vaults of protected accounts, which take it from another account, or
/// in a vault of the document, whose copies come from others.
fn encrypts(backup: &Backup, name: &str) -> bool {
    let local = backup.local_key.as_deref() == Some(name);
    local || backup.vaults.values().any(|vault| vault.key.as_deref() == Some(name))
}

/// The statements that whatever uses this key needs in its policy.
fn policy_for(expansion: &Expansion<'_>, name: &str, said: &Key) -> Value {
    let zone = expansion.spec.landing_zone.as_ref();
    let names = |key: &Option<String>| key.as_deref() == Some(name);
    let logs = zone.is_some_and(|zone| {
        let integrations = [&zone.centralized_logging, &zone.config];
        integrations.into_iter().flatten().any(|integration| names(&integration.key))
    });
    let of_zone = zone.and_then(|zone| zone.backup.as_ref()).is_some_and(|backup| names(&backup.key));
    let backs_up = of_zone || expansion.spec.backup.as_ref().is_some_and(|backup| encrypts(backup, name));
    let mut statements = Vec::new();
    if logs && said.account.is_none() {
        statements.extend(logging_use(expansion.partition, &expansion.home_region));
    }
    if backs_up {
        statements.push(backup_use());
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}
