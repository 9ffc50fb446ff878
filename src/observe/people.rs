//! Reads the tree of units and the list of accounts, each at most once.

use super::strangers;
use super::wanted::Wanted;
use crate::cloud::inventory::accounts::{self, Account};
use crate::cloud::inventory::organization::Root;
use crate::cloud::inventory::units::{self, Unit};
use crate::cloud::{CallError, Connection};
use crate::model::Kind;

/// Units and accounts as far as they were asked for.
#[derive(Debug)]
pub(super) struct People {
    /// Every unit, parents first; empty when nobody asked.
    pub(super) units: Result<Vec<Unit>, CallError>,
    /// Every account; empty when nobody asked.
    pub(super) accounts: Result<Vec<Account>, CallError>,
}

/// Reads both side by side.
pub(super) async fn read(connection: &Connection, wanted: &Wanted<'_>, root: &Root) -> People {
    let bound = strangers::matter(wanted);
    let tree_asked =
        bound || wanted.any(&[Kind::OrganizationalUnit, Kind::Baseline, Kind::Control, Kind::Assignment]);
    let accounts_asked = wanted.any(&[Kind::Account, Kind::Baseline, Kind::Control, Kind::Assignment])
        || wanted.reach_everybody()
        || bound
        || wanted.removes(Kind::OrganizationalUnit);
    let tree = async { if tree_asked { units::tree(connection, &root.id).await } else { Ok(Vec::new()) } };
    let list = async { if accounts_asked { accounts::list(connection).await } else { Ok(Vec::new()) } };
    let (mut units, mut accounts) = tokio::join!(tree, list);
    if let Ok(found) = &mut accounts
        && found.iter().any(|account| account.parent.is_none())
    {
        // AWS did not tell the paths: ask each parent, for which the tree is needed.
        if !tree_asked {
            units = units::tree(connection, &root.id).await;
        }
        let placed = match &units {
            Ok(tree) => {
                let below = tree.iter().map(|unit| unit.id.clone());
                let parents = std::iter::once(root.id.clone()).chain(below).collect();
                accounts::place(connection, found, parents).await
            }
            Err(error) => Err(error.clone()),
        };
        if let Err(error) = placed {
            accounts = Err(error);
        }
    }
    People { units, accounts }
}
