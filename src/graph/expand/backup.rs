//! `backup`: switches, opt-ins, and what each account needs before a plan of the organization
//! can back it up. Vaults, plans and proofs have files of their own.

use serde_json::{Value, json};

use super::{
    Expansion, account, backup_plans, backup_proofs, backup_vaults, id_of, keys, organization, resource,
    service_roles, the_landing_zone, the_organization,
};
use crate::graph::edge::Edge;
use crate::model::arn::Arn;
use crate::model::reference::{from, join};
use crate::model::region::Region;
use crate::model::{Address, Kind, Origin, Resource};
use crate::spec::backup::Backup;

/// The service that the organization trusts.
const BACKUP: &str = "backup.amazonaws.com";

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    let Some(said) = &spec.backup else {
        return;
    };
    settings(expansion, said);
    opt_ins(expansion, said);
    backup_vaults::expand(expansion, said);
    backup_plans::expand(expansion, said);
    backup_proofs::expand(expansion, said);
}

/// The address of the switches.
pub(super) fn the_settings() -> Address {
    Address::only(Kind::BackupSettings)
}

/// The address of a Region's opt-in.
pub(super) fn opt_in(region: &Region) -> Address {
    Address::new(Kind::BackupOptIn, region.as_str())
}

/// The address of the role in an account.
pub(super) fn role(name: &str, account: &str) -> Address {
    Address::new(Kind::ServiceRole, format!("{name}/{account}"))
}

fn settings(expansion: &mut Expansion<'_>, said: &Backup) {
    let me = the_settings();
    let mut wanted = resource(me.clone(), Some(&said.origin));
    // Whoever administers AWS Backup is kept in step by a role that this switch makes (Backup
    // Developer Guide, manage-cross-account).
    let delegated = expansion.spec.delegated_administrators.contains_key("backup").then_some(true);
    let switches = [
        ("cross_account", said.cross_account),
        ("multi_party_approval", said.multi_party_approval),
        ("delegated_administrator", delegated),
    ];
    let on = switches.into_iter().filter_map(|(name, on)| Some((name.to_owned(), json!(on?))));
    wanted.fields.extend(on);
    if wanted.fields.is_empty() {
        return;
    }
    let access = organization::needed(expansion, BACKUP, &said.origin);
    let edges = [
        Edge::settled(&access, &the_landing_zone(), "trusted-access-after-landing-zone"),
        Edge::settled(&me, &the_organization(), "organization-first"),
        Edge::settled(&me, &access, "trust-before-backup-settings"),
        Edge::settled(&me, &the_landing_zone(), "backup-settings-after-landing-zone"),
    ];
    expansion.graph.add(wanted);
    edges.into_iter().for_each(|edge| expansion.graph.connect(edge));
}

fn opt_ins(expansion: &mut Expansion<'_>, said: &Backup) {
    if said.opt_in.is_empty() && said.full_management.is_empty() {
        return;
    }
    for region in &said.regions {
        let mut wanted = resource(opt_in(region), Some(&said.origin));
        let types = said.opt_in.iter().map(|name| (name, json!(true)));
        super::leaves(&mut wanted.fields, "types", types);
        let managed = said.full_management.iter().map(|name| (name, json!(true)));
        super::leaves(&mut wanted.fields, "full_management", managed);
        wanted.keys.insert("region".to_owned(), json!(region.as_str()));
        expansion.graph.connect(Edge::settled(&wanted.address, &the_organization(), "organization-first"));
        expansion.graph.add(wanted);
    }
}

/// The ARN of a key in a Region, where a multi-Region key has the same id: of an entry, or of one
/// that is said by its ARN in some Region.
pub(super) fn key_arn(expansion: &Expansion<'_>, name: &str, region: &Region) -> Option<Value> {
    if let Ok(arn) = name.parse::<Arn>() {
        return Some(json!(arn.of_key_in(region).to_string()));
    }
    let key = expansion.spec.keys.get(name)?;
    let owner = key.account.as_deref().map_or_else(super::management_id, super::account_id);
    let partition = expansion.partition;
    Some(join(vec![
        json!(format!("arn:{partition}:kms:{region}:")),
        owner,
        json!(":key/"),
        from(&keys::key(name), "id"),
    ]))
}

/// The ARN of a vault, whether it is there yet or not.
pub(super) fn vault_arn(expansion: &Expansion<'_>, account: &str, name: &str, region: &Region) -> Value {
    let partition = expansion.partition;
    let rest = json!(format!(":backup-vault:{name}"));
    join(vec![json!(format!("arn:{partition}:backup:{region}:")), id_of(account), rest])
}

/// Says in which account and Region something lives, and has it wait for the account.
pub(super) fn lives_in(expansion: &mut Expansion<'_>, wanted: &mut Resource, name: &str, region: &Region) {
    wanted.keys.insert("region".to_owned(), json!(region.as_str()));
    in_account(expansion, wanted, name);
}

/// Says in which account something lives, and has it wait for the account.
fn in_account(expansion: &mut Expansion<'_>, wanted: &mut Resource, name: &str) {
    let me = wanted.address.clone();
    expansion.graph.connect(Edge::settled(&me, &the_organization(), "organization-first"));
    if name != super::MANAGEMENT {
        wanted.keys.insert("account".to_owned(), id_of(name));
        expansion.graph.connect(Edge::settled(&me, &account(name), "account-in-place-first"));
    }
}

/// The role that AWS Backup works with in an account; gives its address.
pub(super) fn role_in(expansion: &mut Expansion<'_>, said: &Backup, name: &str, origin: &Origin) -> Address {
    let me = role(&said.role, name);
    let mut wanted = service_roles::of_backup(expansion.partition, me.clone(), Some(origin));
    wanted.keys.insert("name".to_owned(), json!(said.role));
    in_account(expansion, &mut wanted, name);
    expansion.graph.add(wanted);
    me
}
