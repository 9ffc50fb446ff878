//! What exists beyond a document, found by listing.
//!
//! In: a connection and the desired resources. Out: units, accounts, trusted access,
//! root access and the resource policy that nothing in the document speaks of, each with how
//! to adopt or remove it, and what the files `leftover_*` find of their parts. Nothing is
//! changed, and nothing here is a plan: what the document leaves out is left alone. Absent:
//! KMS keys that were not made for the document, whose aliases do not tell whose they are,
//! and IAM roles.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::error::ObserveError;
use super::leftover_access::{self, Access};
use super::leftover_administrators::{self, Registered};
use super::leftover_keys;
use super::leftover_policies::{self, Made};
use super::leftover_tower::{self, Tower};
use super::leftover_vaults;
use super::units::matched as units_matched;
use super::wanted::key;
use crate::catalog::service_access;
use crate::cloud::inventory::accounts::{self, Account};
use crate::cloud::inventory::organization::{self, Root};
use crate::cloud::inventory::units::{self, Unit};
use crate::cloud::inventory::{resource_policy, root_access};
use crate::cloud::{CallError, Connection};
use crate::model::{Address, Kind, Resource};

/// One thing that the document does not speak of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Leftover {
    /// What sort of thing.
    pub kind: Kind,
    /// Its name as an address would have it, or its id.
    pub name: String,
    /// Where it is: an id or an ARN.
    pub place: String,
    /// What to write into the document to manage it.
    pub adopt: String,
    /// How to remove it, or why that is not done here.
    pub remove: String,
}

/// Everything that was listed.
#[derive(Debug, Default)]
struct Seen {
    management: String,
    root: Root,
    units: Vec<Unit>,
    accounts: Vec<Account>,
    trusted: BTreeSet<String>,
    tower: Tower,
    made: Made,
    /// Switches of centralised root access that are on.
    root_access: BTreeSet<Kind>,
    /// The ARN of the organization's resource policy.
    own_policy: Option<String>,
    /// Delegated administrators, as Organizations has them.
    administrators: Registered,
    /// Permission sets and groups of Identity Center.
    access: Access,
    /// Vaults where the document has some.
    vaults: Vec<leftover_vaults::Found>,
}

/// Lists what exists and holds it against the desired resources; empty where there
/// is no organization.
///
/// # Errors
/// When the organization cannot be read in full: half a list would call the rest
/// accounted for.
pub async fn leftovers(connection: &Connection, wanted: &[Resource]) -> Result<Vec<Leftover>, ObserveError> {
    let caller = connection.caller().await.map_err(ObserveError::Caller)?;
    let organization = organization::describe(connection).await.map_err(ObserveError::Organization)?;
    let Some(organization) = organization else {
        return Ok(Vec::new());
    };
    if caller.account != organization.management_account {
        return Err(ObserveError::NotManagement {
            caller: caller.account.clone(),
            management: organization.management_account.clone(),
        });
    }
    let root = organization::root(connection).await.map_err(ObserveError::Organization)?;
    let seen = look(connection, &root, organization.management_account.to_string(), wanted).await;
    let seen = seen.map_err(ObserveError::Organization)?;
    // In which account a key lives is known only now.
    let keys = leftover_keys::look(connection, &seen.accounts, wanted).await;
    let mut found = beyond(&seen, wanted);
    found.extend(keys.map_err(ObserveError::Organization)?);
    found.sort();
    Ok(found)
}

async fn look(
    connection: &Connection,
    root: &Root,
    management: String,
    wanted: &[Resource],
) -> Result<Seen, CallError> {
    let (units, accounts, trusted, tower, made, root_access, own_policy, administrators, access) = tokio::join!(
        units::tree(connection, &root.id),
        accounts::list(connection),
        organization::trusted_services(connection),
        leftover_tower::look(connection, wanted),
        leftover_policies::look(connection, root),
        root_access::features(connection),
        resource_policy::describe(connection),
        leftover_administrators::read(connection),
        leftover_access::look(connection)
    );
    let accounts = accounts?;
    Ok(Seen {
        vaults: leftover_vaults::look(connection, wanted, &accounts).await?,
        management,
        root: root.clone(),
        units: units?,
        accounts,
        trusted: trusted?,
        tower: tower?,
        made: made?,
        root_access: root_access?,
        own_policy: own_policy?.map(|policy| policy.arn),
        administrators: administrators?,
        access: access?,
    })
}

/// What was seen and nobody speaks of, in the order of kinds.
fn beyond(seen: &Seen, wanted: &[Resource]) -> Vec<Leftover> {
    let spoken: BTreeSet<&Address> = wanted.iter().map(|resource| &resource.address).collect();
    let paths = paths(seen);
    let mut found = BTreeSet::new();
    found.extend(trusted(seen, &spoken));
    found.extend(unspoken_units(seen, &paths, wanted));
    found.extend(unspoken_accounts(seen, wanted));
    found.extend(leftover_tower::unspoken(&seen.tower, &paths, &spoken));
    found.extend(leftover_policies::unspoken(&seen.made, seen.tower.zone.is_some(), wanted, &spoken));
    found.extend(root_switches(seen, &spoken));
    found.extend(own_policy(seen, &spoken));
    found.extend(leftover_administrators::unspoken(&seen.administrators, &seen.tower.appointed, &spoken));
    found.extend(leftover_access::unspoken(&seen.access, &spoken));
    found.extend(leftover_vaults::unspoken(&seen.vaults, wanted));
    found.into_iter().collect()
}

/// The path of each unit, by its id. A name that holds a slash makes no path.
fn paths(seen: &Seen) -> BTreeMap<&str, String> {
    let mut paths: BTreeMap<&str, String> = BTreeMap::new();
    for unit in seen.units.iter().filter(|unit| !unit.name.contains('/')) {
        // Parents come before their children.
        let above = paths.get(unit.parent.as_str()).map(|above| format!("{above}/{}", unit.name));
        let path = if unit.parent == seen.root.id { Some(unit.name.clone()) } else { above };
        paths.extend(path.map(|path| (unit.id.as_str(), path)));
    }
    paths
}

fn trusted(seen: &Seen, spoken: &BTreeSet<&Address>) -> Vec<Leftover> {
    let unspoken = |name: &&String| !spoken.contains(&Address::new(Kind::TrustedAccess, name.as_str()));
    let leftover = |name: &String| Leftover {
        kind: Kind::TrustedAccess,
        name: name.clone(),
        place: "the organization".to_owned(),
        adopt: format!("organization: {{ trusted_access: [{name}] }}"),
        remove: match service_access::needed_by_landing_zone(name).filter(|_| seen.tower.zone.is_some()) {
            Some(row) => format!("not while there is a landing zone: {}", row.purpose),
            None => removal(&format!("trusted_access.{name}"), &format!("trusted_access_removal.{name}")),
        },
    };
    seen.trusted.iter().filter(unspoken).map(leftover).collect()
}

fn unspoken_units(seen: &Seen, paths: &BTreeMap<&str, String>, wanted: &[Resource]) -> Vec<Leftover> {
    let of_units: Vec<&Resource> =
        wanted.iter().filter(|resource| resource.address.kind == Kind::OrganizationalUnit).collect();
    let matched = units_matched(&of_units, &seen.units, &seen.root);
    let spoken: BTreeSet<&str> = matched.values().map(|unit| unit.id.as_str()).collect();
    let leftover = |unit: &Unit| match paths.get(unit.id.as_str()) {
        Some(path) => Leftover {
            kind: Kind::OrganizationalUnit,
            name: path.clone(),
            place: unit.id.clone(),
            adopt: format!("organizational_units: {{ {path}: {{}} }}"),
            remove: removal(&format!("organizational_unit.{path}"), &format!("unit_deletion.{path}")),
        },
        None => Leftover {
            kind: Kind::OrganizationalUnit,
            name: unit.name.clone(),
            place: unit.id.clone(),
            adopt: format!(
                "a path of your own for each unit whose name holds a slash, with `name`: \
                 organizational_units: {{ {:?}: {{ name: {:?} }} }}",
                unit.name.replace('/', "-"),
                unit.name
            ),
            remove: "by hand".to_owned(),
        },
    };
    seen.units.iter().filter(|unit| !spoken.contains(unit.id.as_str())).map(leftover).collect()
}

fn unspoken_accounts(seen: &Seen, wanted: &[Resource]) -> Vec<Leftover> {
    let of_accounts = || wanted.iter().filter(|resource| resource.address.kind == Kind::Account);
    let spoken = |account: &Account| {
        of_accounts().any(|resource| match key(resource, "id") {
            Some(id) => id == account.id,
            None => key(resource, "email").is_some_and(|mail| mail.eq_ignore_ascii_case(&account.email)),
        })
    };
    let open = |account: &&Account| account.id != seen.management && account.state != "CLOSED";
    let leftover = |account: &Account| Leftover {
        kind: Kind::Account,
        name: account.name.clone(),
        place: format!("{} in {}", account.id, account.parent.as_deref().unwrap_or("the organization")),
        adopt: format!(
            "accounts: {{ {:?}: {{ email: {:?}, id: {:?}, join: existing }} }}",
            account.name, account.email, account.id
        ),
        // By its id: several accounts may have one name.
        remove: removal(&format!("account.{}", account.id), &format!("account_closure.{}", account.id)),
    };
    seen.accounts.iter().filter(open).filter(|account| !spoken(account)).map(leftover).collect()
}

/// Switches of centralised root access that are on.
fn root_switches(seen: &Seen, spoken: &BTreeSet<&Address>) -> Vec<Leftover> {
    let unspoken = |kind: &&Kind| !spoken.contains(&Address::only(**kind));
    let word = |kind: Kind| if kind == Kind::RootSessions { "sessions" } else { "credentials_management" };
    let leftover = |kind: &Kind| Leftover {
        kind: *kind,
        name: kind.name().to_owned(),
        place: "the organization".to_owned(),
        adopt: format!("organization: {{ root_access: [{}] }}", word(*kind)),
        remove: removal(kind.name(), &format!("root_access_removal.{kind}")),
    };
    seen.root_access.iter().filter(unspoken).map(leftover).collect()
}

fn own_policy(seen: &Seen, spoken: &BTreeSet<&Address>) -> Option<Leftover> {
    let place = seen.own_policy.clone().filter(|_| !spoken.contains(&Address::only(Kind::ResourcePolicy)))?;
    let name = Kind::ResourcePolicy.name();
    Some(Leftover {
        kind: Kind::ResourcePolicy,
        name: name.to_owned(),
        place,
        adopt:
            "organization: { resource_policy: { document: ... } } with the statements that shall be managed"
                .to_owned(),
        remove: removal(name, &format!("resource_policy_removal.{name}")),
    })
}

/// How something is removed by the document.
pub(super) fn removal(address: &str, consent: &str) -> String {
    format!("remove: [{address:?}] with the consent {consent:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::inventory::policies::Policy;
    use crate::model::resource::Presence;

    fn unit(id: &str, name: &str, parent: &str) -> Unit {
        Unit { id: id.into(), arn: format!("arn:{id}"), name: name.into(), parent: parent.into() }
    }

    fn wanted(address: &str, keys: &[(&str, &str)]) -> Resource {
        Resource {
            address: address.parse().unwrap(),
            fields: Default::default(),
            keys: keys.iter().map(|(k, v)| ((*k).to_owned(), (*v).into())).collect(),
            at_creation: Default::default(),
            whole: Default::default(),
            presence: Presence::Ensure,
            origin: None,
        }
    }

    fn names(seen: &Seen, wanted: &[Resource]) -> Vec<String> {
        beyond(seen, wanted).into_iter().map(|left| format!("{}.{}", left.kind, left.name)).collect()
    }

    #[test]
    fn what_the_document_speaks_of_under_any_name_is_not_left_over() {
        let seen = Seen {
            root: Root { id: "r-1".into(), ..Root::default() },
            units: vec![unit("ou-1", "Old", "r-1"), unit("ou-2", "Team", "ou-1"), unit("ou-3", "A/B", "r-1")],
            trusted: ["ram.amazonaws.com".to_owned(), "sso.amazonaws.com".to_owned()].into(),
            ..Seen::default()
        };
        let document = [
            wanted("organizational_unit.New", &[("renamed_from", "Old")]),
            wanted("trusted_access.ram.amazonaws.com", &[]),
        ];
        assert_eq!(
            names(&seen, &document),
            ["trusted_access.sso.amazonaws.com", "organizational_unit.A/B", "organizational_unit.Old/Team"]
        );
    }

    #[test]
    fn policies_are_held_against_the_document_by_type_and_name_old_or_new() {
        let policy = |name: &str, kind: &str| Policy {
            id: format!("p-{name}"),
            arn: String::new(),
            name: name.into(),
            description: String::new(),
            kind: kind.into(),
            aws_managed: false,
        };
        let seen = Seen {
            made: Made {
                policies: vec![
                    (policy("old", "TAG_POLICY"), 1),
                    (policy("same", "BACKUP_POLICY"), 0),
                    (policy("same", "TAG_POLICY"), 2),
                ],
                types: ["TAG_POLICY".to_owned(), "BACKUP_POLICY".to_owned()].into(),
            },
            ..Seen::default()
        };
        let document = [
            wanted("policy_type.tag", &[("type", "TAG_POLICY")]),
            wanted("policy.new", &[("type", "TAG_POLICY"), ("renamed_from", "old")]),
            wanted("policy.same", &[("type", "TAG_POLICY")]),
        ];
        assert_eq!(names(&seen, &document), ["policy_type.backup", "policy.same"]);
    }

    #[test]
    fn trusted_access_that_a_landing_zone_needs_is_not_offered_for_removal() {
        let mut seen = Seen { trusted: ["sso.amazonaws.com".to_owned()].into(), ..Seen::default() };
        assert!(beyond(&seen, &[])[0].remove.contains("trusted_access_removal.sso.amazonaws.com"));
        seen.tower.zone = Some("arn:zone".into());
        let found = beyond(&seen, &[]);
        assert!(found[0].remove.starts_with("not while there is a landing zone"), "{found:?}");
    }
}
