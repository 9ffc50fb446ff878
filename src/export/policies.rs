//! `policies`, each with its document beside.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::units::tags;
use super::yaml::{Map, Node};
use crate::catalog::policy_types;
use crate::observe::census::policies::Policy;

/// The state of a policy type that is on.
const ENABLED: &str = "ENABLED";

pub(super) fn write(draft: &mut Draft<'_>) {
    let Some(organization) = &draft.census.organization else { return };
    let mut section = Map::default();
    let all: Vec<(&str, &Policy)> = draft
        .census
        .policies
        .iter()
        .flat_map(|(kind, all)| all.iter().map(|policy| (kind.as_str(), policy)))
        .collect();
    let keys = keys(&all);
    for ((kind, policy), key) in all.into_iter().zip(keys) {
        let state = organization.policy_types.get(kind).map(String::as_str);
        if state != Some(ENABLED) && policy.is_ours() {
            let state = state.unwrap_or("off");
            draft.remark(format!("the policy {}: its type {kind} is {state}", policy.name));
        } else if policy.is_ours() {
            if let Some(entry) = ours(draft, kind, &key, policy) {
                section.put(key, entry);
            }
        } else if policy.aws_managed
            && let Some(entry) = of_aws(draft, kind, policy)
        {
            section.put(key, entry);
        }
    }
    if !section.is_empty() {
        draft.root.put("policies", section);
    }
}

/// The key of each policy: its name, with the word of its type where a policy of another type
/// is called so, too.
fn keys(all: &[(&str, &Policy)]) -> Vec<String> {
    let mut of_name: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, policy) in all {
        *of_name.entry(&policy.name).or_default() += 1;
    }
    let mut taken: BTreeSet<String> =
        of_name.iter().filter(|(_, count)| **count == 1).map(|(name, _)| (*name).to_owned()).collect();
    let key = |(kind, policy): &(&str, &Policy)| {
        // AWS's own go by their names, which no other key may be then.
        if of_name.get(policy.name.as_str()) == Some(&1) || policy.aws_managed {
            return policy.name.clone();
        }
        let wanted = format!("{}-{}", policy.name, policy_types::word_of(kind));
        let mut name = wanted.clone();
        for number in 2_usize.. {
            if taken.insert(name.clone()) {
                break;
            }
            name = format!("{wanted}-{number}");
        }
        name
    };
    all.iter().map(key).collect()
}

fn ours(draft: &mut Draft<'_>, kind: &str, key: &str, policy: &Policy) -> Option<Map> {
    // That it could not be read is among the gaps.
    let document = policy.document.as_ref()?;
    let mut entry = Map::default();
    entry.put("type", policy_types::word_of(kind));
    entry.put_some("name", (policy.name != key).then_some(&policy.name));
    entry.put_some("description", Some(&policy.description).filter(|text| !text.is_empty()));
    entry.put("document", draft.file("policies", key, document));
    if let Some(targets) = &policy.targets {
        let mut words: Vec<String> = targets.iter().map(|id| draft.names.target(id)).collect();
        words.sort();
        entry.put("targets", words);
    }
    entry.put_filled("tags", tags(policy.tags.as_ref()));
    Some(entry)
}

/// A policy of AWS that stands everywhere by itself: where it does not is what is worth
/// saying. Of others, where they are attached.
fn of_aws(draft: &mut Draft<'_>, kind: &str, policy: &Policy) -> Option<Map> {
    let targets = policy.targets.as_ref()?;
    let everywhere = policy_types::by_name(kind).and_then(|row| row.everywhere.as_deref());
    let (word, ids): (&str, Vec<&str>) = if everywhere == Some(&policy.name) {
        let root = draft.census.organization.iter().map(|organization| organization.root.as_str());
        let units = draft.census.units.iter().map(|unit| unit.id.as_str());
        let accounts = draft.accounts.iter().map(|account| account.id.as_str());
        let places = root.chain(units).chain(accounts);
        ("detached_from", places.filter(|id| !targets.contains(*id)).collect())
    } else {
        ("targets", targets.iter().map(String::as_str).collect())
    };
    let mut words: Vec<String> = ids.iter().map(|id| draft.names.target(id)).collect();
    words.sort();
    if words.is_empty() {
        return None;
    }
    let mut entry = Map::default();
    entry.put("type", policy_types::word_of(kind));
    entry.put("aws_managed", true);
    entry.put(word, words.into_iter().map(Node::from).collect::<Vec<_>>());
    Some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_that_share_a_name_are_told_apart_by_their_types() {
        let policy = |name: &str, aws_managed: bool| Policy {
            id: String::new(),
            name: name.into(),
            description: String::new(),
            aws_managed,
            document: None,
            targets: None,
            tags: None,
        };
        let all = [
            policy("guard", false),
            policy("guard", false),
            policy("guard-tag", false),
            policy("FullAWSAccess", true),
            policy("FullAWSAccess", false),
        ];
        let types =
            ["SERVICE_CONTROL_POLICY", "TAG_POLICY", "TAG_POLICY", "SERVICE_CONTROL_POLICY", "BACKUP_POLICY"];
        let pairs: Vec<(&str, &Policy)> = types.into_iter().zip(&all).collect();
        let expected =
            ["guard-service_control", "guard-tag-2", "guard-tag", "FullAWSAccess", "FullAWSAccess-backup"];
        assert_eq!(keys(&pairs), expected);
    }
}
