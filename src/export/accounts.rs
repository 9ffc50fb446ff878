//! `accounts`: every member that is not closed.

use super::draft::Draft;
use super::units::tags;
use super::yaml::{Map, Node};
use crate::model::{Address, Kind};
use crate::observe::census::people::Account;

pub(super) fn write(draft: &mut Draft<'_>) {
    let mut listed: Vec<(String, &Account)> = draft
        .accounts
        .iter()
        .filter_map(|account| Some((draft.names.account(&account.id)?.to_owned(), *account)))
        .collect();
    listed.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut section = Map::default();
    for (key, account) in listed {
        let entry = entry(draft, &key, account);
        if !account.is_active() {
            draft.leave(&Address::new(Kind::Account, &key), format!("it is {}", account.state));
        }
        section.put(key, entry);
    }
    if !section.is_empty() {
        draft.root.put("accounts", section);
    }
}

fn entry(draft: &mut Draft<'_>, key: &str, account: &Account) -> Map {
    let mut entry = Map::default();
    entry.put("id", &account.id);
    entry.put_some("name", (account.name != key).then_some(&account.name));
    entry.put("email", &account.email);
    entry.put_some("organizational_unit", place(draft, key, account));
    entry.put("join", "existing");
    entry.put_filled("tags", tags(account.tags.as_ref()));
    let mut contacts = Map::default();
    for (kind, contact) in account.contacts.iter().flatten() {
        contacts.put(kind, Node::from(contact));
    }
    entry.put_filled("alternate_contacts", contacts);
    entry
}

/// Where it is. An account that the landing zone works with and that stands elsewhere than in
/// the Security unit is not placed: the document would be refused for it.
fn place(draft: &mut Draft<'_>, key: &str, account: &Account) -> Option<String> {
    let place = draft.names.place(account.parent.as_deref()?)?.to_owned();
    let strays = draft.tower.integration_accounts().contains(account.id.as_str())
        && draft.tower.security.as_deref() != Some(&place);
    if strays {
        draft.remark(format!("the place of the account {key}: an integration account stands in {place}, not in the Security unit"));
    }
    (!strays).then_some(place)
}
