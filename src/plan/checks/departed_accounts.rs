//! An account that Control Tower still has and that has left the organization.
//!
//! It cannot be made anew, since its root address is taken; AWS's repair is to invite it back and to reset
//! the landing zone or its unit (Control Tower User Guide, governance-drift). An invitation needs the
//! account's id, which only what Control Tower remembers still tells.

use serde_json::Value;

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::diff::Standing;
use crate::model::{Address, Kind, reference};

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let missing = |address: &Address| {
        situation.changes.get(address).is_some_and(|change| change.standing == Standing::Missing)
    };
    // Where the document misses nobody, whoever has left shall be gone, or another plays the part.
    let missed = situation.graph.resources.keys().any(|one| one.kind == Kind::Account && missing(one));
    for id in situation.snapshot.facts.departed.iter().filter(|_| missed) {
        let address = part(situation, id).filter(missing);
        let known_by = match &address {
            Some(address) => format!("the landing zone has {id} as {address}"),
            None => format!("Control Tower has {id} enrolled"),
        };
        notes.push(note(
            Level::Warning,
            "account-departed",
            address.as_ref(),
            format!("{known_by}, and it is no member of the organization any more"),
            &format!(
                "to take it back write `id: \"{id}\"` and `join: invite` at the account: it is invited, and what \
                 it was part of is put right in the same plan; a new account cannot have its address"
            ),
        ));
    }
}

/// The account of the document that plays the part in the landing zone for which it has this id.
fn part(situation: &Situation<'_>, id: &str) -> Option<Address> {
    let zone = Address::only(Kind::LandingZone);
    let wanted = situation.graph.resources.get(&zone)?.fields.get("manifest")?;
    let live = situation.snapshot.live.get(&zone)?.fields.get("manifest")?;
    played(wanted, live, id)
}

fn played(wanted: &Value, live: &Value, id: &str) -> Option<Address> {
    if let Some(found) = reference::as_reference(wanted) {
        return (live.as_str() == Some(id)).then_some(found.address);
    }
    let Value::Object(members) = wanted else { return None };
    members.iter().find_map(|(key, wanted)| played(wanted, live.get(key)?, id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_part_of_an_account_is_found_by_what_the_manifest_says_at_its_place() {
        let audit: Address = "account.audit".parse().unwrap();
        let wanted = json!({ "governedRegions": ["us-east-1"], "config": { "enabled": true, "accountId": reference::from(&audit, "id") } });
        let live = json!({ "centralizedLogging": { "accountId": "222222222222" },
            "config": { "enabled": true, "accountId": "333333333333" } });
        assert_eq!(played(&wanted, &live, "333333333333"), Some(audit));
        assert_eq!(played(&wanted, &live, "222222222222"), None);
    }
}
