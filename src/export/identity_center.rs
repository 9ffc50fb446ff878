//! `identity_center`: permission sets, groups, assignments; Control Tower's own aside.

use serde_json::Value;

use super::draft::Draft;
use super::units::tags;
use super::yaml::{Map, Node};
use crate::catalog::identity_center::of_control_tower;
use crate::model::{Address, Kind};
use crate::observe::census::identity_center::{
    Assignment, Content, Group, IdentityCenter, PermissionSet, Who,
};

/// The word that says that there is none.
const NONE: &str = "none";

pub(super) fn write(draft: &mut Draft<'_>) {
    let Some(centre) = &draft.census.identity_center else { return };
    let own = of_control_tower();
    let mut section = Map::default();
    let mut sets = Map::default();
    for set in centre.permission_sets.iter().flatten().filter(|set| !own.permission_sets.contains(&set.name))
    {
        let entry = permission_set(draft, set);
        sets.put(&set.name, entry);
    }
    section.put_filled("permission_sets", sets);
    let mut groups = Map::default();
    for one in centre.groups.iter().flatten().filter(|group| !own.groups.contains(&group.name)) {
        groups.put(&one.name, group(one));
    }
    section.put_filled("groups", groups);
    section.put_filled("assignments", assignments(draft, centre));
    if !section.is_empty() {
        draft.root.put("identity_center", section);
    }
}

fn permission_set(draft: &mut Draft<'_>, set: &PermissionSet) -> Map {
    let mut entry = Map::default();
    entry.put_some("description", set.description.as_ref().filter(|text| !text.is_empty()));
    entry.put_some("session_duration", set.session_duration.as_ref());
    entry.put_some("relay_state", set.relay_state.as_ref().filter(|text| !text.is_empty()));
    let address = Address::new(Kind::PermissionSet, &set.name);
    let Some(content) = &set.content else {
        draft.leave(&address, "what it holds could not be read");
        return entry;
    };
    hold(draft, &set.name, content, &mut entry);
    if !content.outdated.is_empty() {
        let accounts: Vec<&str> = content.outdated.iter().map(String::as_str).collect();
        draft.leave(&address, format!("it is not provisioned anew in {}", accounts.join(", ")));
    }
    entry
}

/// What a set holds, in full: what is not there is said as well.
fn hold(draft: &mut Draft<'_>, name: &str, content: &Content, entry: &mut Map) {
    entry.put("managed_policies", content.managed_policies.iter().collect::<Vec<_>>());
    let own = content.customer_managed_policies.iter().map(|policy| Node::Map(reference(policy)));
    entry.put_filled("customer_managed_policies", own.collect::<Vec<_>>());
    match &content.inline_policy {
        Some(document) => entry.put("inline_policy", draft.file("permission-sets", name, document)),
        None => entry.put("inline_policy", NONE),
    }
    match &content.permissions_boundary {
        None => entry.put("permissions_boundary", NONE),
        Some(boundary) => match boundary.get("managed").and_then(Value::as_str) {
            Some(arn) => entry.put("permissions_boundary", arn),
            None => entry.put("permissions_boundary", boundary),
        },
    }
    entry.put_filled("tags", tags(Some(&content.tags)));
}

/// The name and path of a policy of the accounts themselves.
fn reference(policy: &str) -> Map {
    let (path, name) = policy.rsplit_once('/').unwrap_or(("", policy));
    let mut entry = Map::default();
    entry.put("name", name);
    entry.put_some("path", (!path.is_empty()).then(|| format!("{path}/")));
    entry
}

fn group(group: &Group) -> Map {
    let mut entry = Map::default();
    entry.put_some("description", group.description.as_ref().filter(|text| !text.is_empty()));
    entry.put_some("existing", group.external.then_some(true));
    entry
}

fn assignments(draft: &mut Draft<'_>, centre: &IdentityCenter) -> Vec<Node> {
    let own = of_control_tower();
    let mut entries = Vec::new();
    for one in centre.assignments.iter().flatten() {
        let (word, who) = match &one.who {
            Who::Group(name) => ("group", name),
            Who::User(name) => ("user", name),
        };
        let of_its_group = word == "group" && own.groups.contains(who);
        let of_its_set = own.permission_sets.contains(&one.permission_set);
        if of_its_group || of_its_set {
            // Control Tower assigns its own to its own; anything mixed is somebody else's.
            if !(of_its_group && of_its_set) {
                let set = &one.permission_set;
                draft.remark(format!("{set} for the {word} {who}: one of them is Control Tower's own"));
            }
            continue;
        }
        let targets = targets(draft, one);
        if targets.is_empty() {
            continue;
        }
        let mut entry = Map::default();
        entry.put(word, who);
        entry.put("permission_set", &one.permission_set);
        entry.put("targets", targets);
        entries.push(Node::Map(entry));
    }
    entries
}

/// The accounts in which an assignment can be changed: AWS refuses changes in others, and a
/// plan leaves them alone.
fn targets(draft: &Draft<'_>, one: &Assignment) -> Vec<String> {
    let active =
        |id: &&String| draft.census.accounts.iter().any(|account| account.id == **id && account.is_active());
    let mut words: Vec<String> =
        one.accounts.iter().filter(active).map(|id| draft.names.target(id)).collect();
    words.sort();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_of_the_accounts_is_told_by_name_and_path() {
        let text = |policy: &str| {
            let mut root = Map::default();
            root.put("p", reference(policy));
            super::super::yaml::render("", &root).0
        };
        assert_eq!(text("/Guard"), "p:\n  name: Guard\n");
        assert_eq!(text("/team/a/Guard"), "p:\n  name: Guard\n  path: \"/team/a/\"\n");
    }
}
