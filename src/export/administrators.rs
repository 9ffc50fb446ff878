//! `delegated_administrators`, and trust that they imply and that is not there.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::yaml::{Map, Node};
use crate::catalog::services::{self, Place, Service};
use crate::model::{Address, Kind};

/// By group and place, the ids of accounts.
type Groups = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

pub(super) fn write(draft: &mut Draft<'_>) {
    let census = draft.census;
    let mut section = Map::default();
    for row in services::all() {
        let Some(groups) = census.administrators.services.get(&row.word) else { continue };
        if let Some(names) = named(draft, row, groups) {
            section.put(&row.word, names);
            draft.administered.insert(row.word.clone());
        }
    }
    if !section.is_empty() {
        draft.root.put("delegated_administrators", section);
    }
    for (principal, accounts) in &census.administrators.others {
        let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
        draft.remark(format!(
            "administrators registered for {principal} ({}): the document has no word for the service",
            accounts.join(", ")
        ));
    }
}

/// The names of a service's administrators; none when only Control Tower's own is one.
fn named(draft: &mut Draft<'_>, row: &'static Service, groups: &Groups) -> Option<Node> {
    let own = of_control_tower(draft, row);
    let office = office(draft, row, groups, own);
    let all: BTreeSet<&str> = office.holders.values().flatten().copied().collect();
    if all.is_empty() {
        return None;
    }
    // Control Tower's own is named beside others, because the list is the whole list.
    let wanted: BTreeSet<&str> =
        all.iter().copied().chain(own.filter(|_| draft.tower.zone.is_some())).collect();
    let names: Option<Vec<String>> =
        wanted.iter().map(|id| draft.names.holder(id).map(str::to_owned)).collect();
    let Some(names) = names else {
        return unsaid(draft, row, "an account of theirs is not in the document");
    };
    if let Some(most) = row.most.filter(|most| names.len() > *most) {
        // Organizations registers more than the service itself knows what to do with.
        let why = format!("{} are registered, and it has {most}", names.join(", "));
        return unsaid(draft, row, &why);
    }
    let address = Address::new(Kind::DelegatedAdministrator, &row.word);
    if office.is_not_uniform(&wanted, own) {
        draft.leave(&address, "it has not the same administrators everywhere");
    } else if !office.registered.is_subset(&wanted) {
        draft.leave(&address, "Organizations has others registered than the service itself");
    }
    trust(draft, row);
    Some(match names.as_slice() {
        [one] => Node::from(one),
        _ => Node::from(names),
    })
}

/// Administrators that the document cannot list. Where the section of the service names one of
/// them all the same, that one is not to be taken for the whole list.
fn unsaid(draft: &mut Draft<'_>, row: &Service, why: &str) -> Option<Node> {
    draft.remark(format!("the administrators of {}: {why}", row.word));
    if draft.implied.contains(&row.word) {
        draft.leave(&Address::new(Kind::DelegatedAdministrator, &row.word), why);
    }
    None
}

/// The account that Control Tower makes a service's administrator, where it does.
fn of_control_tower<'d>(draft: &Draft<'d>, row: &Service) -> Option<&'d str> {
    let appointed = &draft.census.control_tower.as_ref()?.appointed;
    appointed.get(row.principals.first()?).map(String::as_str)
}

/// Who holds a service's office.
struct Office<'g> {
    /// By place, without whom Control Tower has appointed there.
    holders: BTreeMap<&'g str, BTreeSet<&'g str>>,
    /// Whom Organizations still has registered for a service with a call of its own.
    registered: BTreeSet<&'g str>,
    /// The place at which Control Tower's own is left out.
    first: Option<&'g str>,
}

impl Office<'_> {
    fn is_not_uniform(&self, wanted: &BTreeSet<&str>, own: Option<&str>) -> bool {
        self.holders.iter().any(|(place, ids)| {
            let here: BTreeSet<&str> =
                wanted.iter().copied().filter(|id| Some(*place) != self.first || Some(*id) != own).collect();
            *ids != here
        })
    }
}

/// The office as a document with these Regions sees it.
fn office<'g>(draft: &Draft<'_>, row: &'g Service, groups: &'g Groups, own: Option<&str>) -> Office<'g> {
    let first = row.principals.first().map(String::as_str);
    let looked_at: BTreeSet<&str> = draft.regions.iter().map(|region| region.as_str()).collect();
    let excluded = row.section.as_ref().and_then(|section| draft.excluded.get(section));
    let excluded = |place: &str| excluded.is_some_and(|all| all.iter().any(|region| region == place));
    let here = |place: &str| match row.place {
        Place::Regions => looked_at.contains(place) && !excluded(place),
        Place::Principal | Place::Home | Place::Global => true,
    };
    let appointed = |place: &str| own.filter(|_| Some(place) == first);
    let of_group = |group: &str| groups.get(group).into_iter().flatten();
    let holders = of_group(&row.way).filter(|(place, _)| here(place)).map(|(place, ids)| {
        let ids = ids.iter().map(String::as_str).filter(|id| appointed(place) != Some(id));
        (place.as_str(), ids.collect())
    });
    let remaining = Some(row.registered_in()).filter(|_| row.remains_registered());
    let registered = remaining.into_iter().flat_map(of_group).flat_map(|(_, ids)| ids).map(String::as_str);
    Office { holders: holders.collect(), registered: registered.collect(), first }
}

/// What a document with an administrator trusts by itself, and what is not trusted.
fn trust(draft: &mut Draft<'_>, row: &Service) {
    let Some(live) = draft.census.organization.as_ref().and_then(|one| one.trusted_access.as_ref()) else {
        return;
    };
    for principal in row.principals.iter().filter(|principal| live.get(*principal) != Some(&true)) {
        let why = format!("{} is administered without it", row.word);
        draft.leave(&Address::new(Kind::TrustedAccess, principal), why);
    }
}
