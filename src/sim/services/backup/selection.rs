//! Which resources a plan is for.
//!
//! In: a selection of the API or of a policy, and a resource. Out: whether it is selected, and whether its type was named.
//! Sources: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html>,
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html> (of tags one is enough, of conditions
//! all must hold; a type that is named does not have to be switched on).

use serde_json::Value;

use crate::sim::authorization::pattern::glob;

use super::data::Data;
use super::plan::{placed, text};
use super::records::Spot;

/// A selection.
#[derive(Debug, Clone, Default)]
pub(super) struct Selection {
    /// ARN of the role.
    pub(super) role: String,
    /// ARNs, or patterns of ARNs.
    resources: Vec<String>,
    not_resources: Vec<String>,
    /// Keys and values, of which one is enough.
    tags: Vec<(String, String)>,
    conditions: Vec<Condition>,
}

/// Something that must hold of the tags.
#[derive(Debug, Clone)]
struct Condition {
    like: bool,
    negated: bool,
    key: String,
    value: String,
}

const KINDS: [(&str, &str, bool, bool); 4] = [
    ("StringEquals", "string_equals", false, false),
    ("StringNotEquals", "string_not_equals", false, true),
    ("StringLike", "string_like", true, false),
    ("StringNotLike", "string_not_like", true, true),
];

impl Selection {
    /// As the API says it.
    pub(super) fn of_document(value: &Value) -> Self {
        let listed = value["ListOfTags"].as_array().into_iter().flatten();
        let mut conditions = Vec::new();
        for (member, _, like, negated) in KINDS {
            let given = value["Conditions"][member].as_array().into_iter().flatten();
            conditions.extend(given.map(|one| Condition {
                like,
                negated,
                key: tag_key(&text(&one["ConditionKey"])),
                value: text(&one["ConditionValue"]),
            }));
        }
        Self {
            role: text(&value["IamRoleArn"]),
            resources: texts(&value["Resources"]),
            not_resources: texts(&value["NotResources"]),
            tags: listed.map(|tag| (text(&tag["ConditionKey"]), text(&tag["ConditionValue"]))).collect(),
            conditions,
        }
    }

    /// Those of a plan in an effective policy.
    pub(super) fn of_policy(content: &Value, spot: &Spot) -> Vec<Self> {
        let selections = &content["selections"];
        let by_tag = selections["tags"].as_object().into_iter().flatten().map(|(_, one)| {
            let values = texts(&one["tag_value"]);
            let key = text(&one["tag_key"]);
            Self {
                tags: values.into_iter().map(|value| (key.clone(), value)).collect(),
                ..Self::common(one, spot)
            }
        });
        let by_type = selections["resources"].as_object().into_iter().flatten().map(|(_, one)| Self {
            resources: texts(&one["resource_types"]),
            not_resources: texts(&one["not_resource_types"]),
            ..Self::common(one, spot)
        });
        by_tag.chain(by_type).collect()
    }

    fn common(one: &Value, spot: &Spot) -> Self {
        let mut conditions = Vec::new();
        for (_, member, like, negated) in KINDS {
            let given = one["conditions"][member].as_object().into_iter().flatten();
            conditions.extend(given.map(|(_, one)| Condition {
                like,
                negated,
                key: tag_key(&text(&one["condition_key"])),
                value: text(&one["condition_value"]),
            }));
        }
        Self { role: placed(&text(&one["iam_role_arn"]), spot), conditions, ..Self::default() }
    }

    /// Whether it means a resource; if it does, whether by its ARN or type, so that the type need not be switched on.
    pub(super) fn means(&self, arn: &str, data: &Data) -> Option<bool> {
        let names = |patterns: &[String]| patterns.iter().any(|pattern| names(pattern, arn, data));
        let tagged = self.tags.iter().any(|(key, value)| data.tags.get(key) == Some(value));
        let named = names(&self.resources);
        let by_conditions_alone = self.resources.is_empty() && self.tags.is_empty();
        let held = self.conditions.iter().all(|condition| condition.holds(data));
        let selected = (named || tagged || by_conditions_alone) && !names(&self.not_resources) && held;
        let everything = self.resources.iter().all(|pattern| pattern == "*");
        selected.then_some(named && !everything)
    }
}

impl Condition {
    fn holds(&self, data: &Data) -> bool {
        let value = data.tags.get(&self.key);
        let fits = value.is_some_and(
            |value| {
                if self.like { glob(&self.value, value) } else { *value == self.value }
            },
        );
        fits != self.negated
    }
}

/// Whether an ARN, a pattern of ARNs or the name of a type means a resource.
fn names(pattern: &str, arn: &str, data: &Data) -> bool {
    glob(pattern, arn) || data.kind(arn).is_some_and(|kind| kind.name.eq_ignore_ascii_case(pattern))
}

fn tag_key(condition: &str) -> String {
    condition.trim_start_matches("aws:ResourceTag/").to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(items) => items.iter().map(text).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const VOLUME: &str = "arn:aws:ec2:us-east-1:111122223333:volume/vol-1";

    fn data(tags: &[(&str, &str)]) -> Data {
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Data { tags, ..Data::default() }
    }

    #[test]
    fn one_of_the_tags_is_enough_and_every_condition_must_hold() {
        let by_tags = Selection::of_document(&json!({"ListOfTags": [
            {"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"},
            {"ConditionType": "STRINGEQUALS", "ConditionKey": "stage", "ConditionValue": "prod"},
        ]}));
        assert_eq!(by_tags.means(VOLUME, &data(&[("backup", "daily")])), Some(false));
        assert_eq!(by_tags.means(VOLUME, &data(&[("backup", "weekly")])), None);
        let by_conditions = Selection::of_document(&json!({"Resources": ["*"], "Conditions": {
            "StringEquals": [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "daily"}],
            "StringNotLike": [{"ConditionKey": "aws:ResourceTag/stage", "ConditionValue": "test*"}],
        }}));
        assert_eq!(by_conditions.means(VOLUME, &data(&[("backup", "daily")])), Some(false));
        assert_eq!(by_conditions.means(VOLUME, &data(&[("backup", "daily"), ("stage", "test-2")])), None);
    }

    #[test]
    fn a_type_that_is_named_is_told_and_what_is_excluded_is_not_selected() {
        let types = json!({"selections": {"resources": {"all": {
            "iam_role_arn": "arn:aws:iam::$account:role/R",
            "resource_types": ["arn:aws:ec2:*:*:volume/*"],
            "not_resource_types": ["arn:aws:ec2:*:*:volume/vol-2"],
        }}}});
        let spot = Spot { region: "us-east-1".to_owned(), account: "111122223333".to_owned() };
        let selections = Selection::of_policy(&types, &spot);
        assert_eq!(selections[0].role, "arn:aws:iam::111122223333:role/R");
        assert_eq!(selections[0].means(VOLUME, &data(&[])), Some(true));
        assert_eq!(selections[0].means("arn:aws:ec2:us-east-1:111122223333:volume/vol-2", &data(&[])), None);
        let by_name = Selection { resources: vec!["EBS".to_owned()], ..Selection::default() };
        assert_eq!(by_name.means(VOLUME, &data(&[])), Some(true));
    }
}
