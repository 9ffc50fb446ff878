//! Statements made to fit in a session policy.
//!
//! In: statements. Out: the text of a document that is no longer than STS takes, and wider
//! than the statements only as far as its length asks for. What is given up comes in an
//! order: the ARNs of what only reads, the longest list first; the ARNs of what changes;
//! the single names of a service's reading actions; the single names of all its actions. A
//! session is in one account only and its role allows what it allows, so an ARN given up
//! means any such resource of that account. Conditions are never given up. Absent: managed
//! policies, which are divided instead (`statements::documents`).

use std::collections::{BTreeMap, BTreeSet};

use super::needs::Purpose;
use super::statements::{Statement, document};

/// Characters of a session policy. STS takes 2,048, and packs the policy together with the
/// session's tags into a size of its own, of which only the share used is told (STS API
/// Reference, AssumeRole); how it packs is UNSOURCED. So room is left for the run's tag.
pub(super) const LIMIT: usize = 1792;

/// The beginnings of actions that only read.
const READING: [&str; 4] = ["BatchGet", "Describe", "Get", "List"];

/// The text of a document of these statements, as wide as it must be.
pub(super) fn fitted(mut statements: Vec<Statement>) -> String {
    loop {
        let text = document(&statements).to_string();
        if text.len() <= LIMIT || !(give_up_arns(&mut statements) || give_up_names(&mut statements)) {
            return text;
        }
        statements = united(statements);
    }
}

fn everything() -> BTreeSet<String> {
    BTreeSet::from(["*".to_owned()])
}

/// Gives up the ARNs of one statement; whether there were any.
fn give_up_arns(statements: &mut [Statement]) -> bool {
    let length = |one: &Statement| one.resources.iter().map(String::len).sum::<usize>();
    let narrow = statements.iter_mut().filter(|one| one.resources != everything());
    let next = narrow.max_by_key(|one| (one.purpose != Purpose::Change, length(one)));
    next.map(|one| one.resources = everything()).is_some()
}

/// Puts several actions of one statement under one pattern; whether any were left. The most
/// characters go first, and reading actions before all those of a service.
fn give_up_names(statements: &mut [Statement]) -> bool {
    for pattern_of in [reading, of_service] {
        let mut best: Option<(usize, usize, String)> = None;
        for (place, one) in statements.iter().enumerate() {
            let mut saved: BTreeMap<String, usize> = BTreeMap::new();
            for (pattern, action) in one.actions.iter().filter_map(|it| Some((pattern_of(it)?, it))) {
                *saved.entry(pattern).or_default() += action.len() + 3;
            }
            let gain = |(pattern, all): (String, usize)| Some((all.checked_sub(pattern.len() + 3)?, pattern));
            let gains = saved.into_iter().filter_map(gain).filter(|(gain, _)| *gain > 0);
            best = best.max(gains.max().map(|(gain, pattern)| (gain, place, pattern)));
        }
        let Some((_, place, pattern)) = best else { continue };
        let Some(statement) = statements.get_mut(place) else { continue };
        statement.actions.retain(|action| pattern_of(action).as_ref() != Some(&pattern));
        statement.actions.insert(pattern);
        return true;
    }
    false
}

/// `kms:Get*` for `kms:GetKeyPolicy`.
fn reading(action: &str) -> Option<String> {
    let (service, name) = action.split_once(':')?;
    let word = READING.iter().find(|word| name.starts_with(**word))?;
    Some(format!("{service}:{word}*"))
}

/// `kms:*` for `kms:GetKeyPolicy`.
fn of_service(action: &str) -> Option<String> {
    action.split_once(':').map(|(service, _)| format!("{service}:*"))
}

/// Statements about the same under the same conditions become one.
fn united(statements: Vec<Statement>) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    for one in statements {
        let same =
            |other: &&mut Statement| other.resources == one.resources && other.conditions == one.conditions;
        match found.iter_mut().find(same) {
            Some(other) => {
                // What is kept longest is what changes.
                other.purpose = if one.purpose == Purpose::Change { one.purpose } else { other.purpose };
                other.actions.extend(one.actions);
            }
            None => found.push(one),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::needs::Conditions;
    use super::*;

    fn statement(purpose: Purpose, actions: &[&str], resources: Vec<String>) -> Statement {
        Statement {
            purpose,
            actions: actions.iter().map(|action| (*action).to_owned()).collect(),
            resources: resources.into_iter().collect(),
            conditions: Conditions::new(),
        }
    }

    fn keys(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("arn:aws:kms:us-east-1:1:key/{n:036}")).collect()
    }

    fn statements(text: &str) -> Vec<Value> {
        assert!(text.len() <= LIMIT, "{} characters: {text}", text.len());
        let document: Value = serde_json::from_str(text).unwrap();
        document["Statement"].as_array().unwrap().clone()
    }

    #[test]
    fn what_fits_is_left_as_it_is() {
        let all = vec![
            statement(Purpose::Read, &["kms:ListAliases"], vec!["*".to_owned()]),
            statement(Purpose::Change, &["kms:PutKeyPolicy"], keys(2)),
        ];
        assert_eq!(fitted(all.clone()), document(&all).to_string());
    }

    #[test]
    fn what_only_reads_gives_up_its_arns_before_what_changes() {
        let all = vec![
            statement(Purpose::Read, &["kms:DescribeKey"], keys(30)),
            statement(Purpose::Change, &["kms:PutKeyPolicy"], keys(20)),
        ];
        let found = statements(&fitted(all));
        let of =
            |action: &str| found.iter().find(|one| one["Action"][0] == action).unwrap()["Resource"].clone();
        assert_eq!(of("kms:DescribeKey"), serde_json::json!(["*"]));
        assert_eq!(of("kms:PutKeyPolicy").as_array().unwrap().len(), 20);
    }

    #[test]
    fn what_changes_gives_them_up_where_nothing_else_is_left_and_conditions_stay() {
        let mut linked = statement(Purpose::Beside, &["iam:CreateServiceLinkedRole"], vec!["*".to_owned()]);
        let names = BTreeMap::from([("iam:AWSServiceName".to_owned(), BTreeSet::from(["a".to_owned()]))]);
        linked.conditions = BTreeMap::from([("StringEquals".to_owned(), names)]);
        let all = vec![
            statement(Purpose::Change, &["kms:PutKeyPolicy"], keys(40)),
            statement(Purpose::Change, &["kms:CreateKey"], vec!["*".to_owned()]),
            linked,
        ];
        let found = statements(&fitted(all));
        assert_eq!(found.len(), 2, "{found:#?}");
        assert_eq!(found[0]["Action"], serde_json::json!(["kms:CreateKey", "kms:PutKeyPolicy"]));
        assert_eq!(found[1]["Condition"]["StringEquals"]["iam:AWSServiceName"], serde_json::json!(["a"]));
    }

    #[test]
    fn a_hundred_actions_are_put_under_patterns_those_that_read_first() {
        let names: Vec<String> = (0..100)
            .map(|n| format!("{}:{}Something{n:03}", ["a", "b"][n % 2], ["Get", "List", "Update"][n % 3]))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let found = statements(&fitted(vec![statement(Purpose::Change, &names, keys(3))]));
        let actions: Vec<&str> =
            found[0]["Action"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        // No more than two patterns are asked for, so the rest is named one by one.
        let patterns: Vec<&&str> = actions.iter().filter(|action| action.ends_with('*')).collect();
        assert_eq!(patterns, [&"b:Get*", &"b:List*"]);
        assert_eq!(actions.iter().filter(|action| action.contains(":Update")).count(), 33);
        let many: Vec<String> = (0..300).map(|n| format!("c{}:UpdateSomething{n:03}", n % 3)).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let found = statements(&fitted(vec![statement(Purpose::Change, &many, keys(1))]));
        assert_eq!(found[0]["Action"], serde_json::json!(["c0:*", "c1:*", "c2:*"]));
    }
}
