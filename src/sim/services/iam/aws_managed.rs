//! AWS managed policies, by ARN.
//!
//! In: `aws_managed.toml`. Out: [`find`]. A policy without a row is accepted when it looks like one of AWS's: one of
//! the five paths AWS uses, and a name that begins like AWS's names begin. AWS publishes more than a thousand
//! policies and adds some every week, so refusing an unknown one would be wrong more often than accepting it; the
//! price is that a misspelt name with the right beginning is accepted. A name that has a row is accepted at its own path only.

use std::sync::OnceLock;

use serde::Deserialize;

const PREFIX: &str = "arn:aws:iam::aws:policy";

/// The paths under which AWS publishes policies, and whether a customer may attach what lies there.
const PATHS: [(&str, bool); 5] = [
    ("/", true),
    ("/service-role/", true),
    ("/job-function/", true),
    ("/aws-service-role/", false),
    ("/root-task/", false),
];

/// How AWS's own names begin
/// (<https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>).
const BEGINNINGS: [&str; 22] = [
    "AWS",
    "Amazon",
    "Access",
    "AlexaForBusiness",
    "ApiGateway",
    "App",
    "AutoScaling",
    "Aws",
    "Billing",
    "Cloud",
    "Compute",
    "Config",
    "Cost",
    "DynamoDB",
    "EC2",
    "Elastic",
    "Group",
    "IAM",
    "Lambda",
    "Resource",
    "Security",
    "Service",
];

/// An AWS managed policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AwsPolicy {
    pub(crate) arn: String,
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) attachable: bool,
    /// Actions of its document.
    pub(crate) allows: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Table {
    policy: Vec<Row>,
}

#[derive(Debug, Deserialize)]
struct Row {
    path: String,
    name: String,
    version: String,
    attachable: Option<bool>,
    #[serde(default)]
    allows: Vec<String>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    // A test proves that the file parses; an empty table would only make every policy go by the general rule.
    TABLE.get_or_init(|| {
        toml::from_str(include_str!("aws_managed.toml")).unwrap_or(Table { policy: Vec::new() })
    })
}

/// The AWS managed policy of an ARN, if AWS would have it.
pub(crate) fn find(arn: &str) -> Option<AwsPolicy> {
    let rest = arn.strip_prefix(PREFIX)?;
    let at = rest.rfind('/')? + 1;
    let (path, name) = rest.split_at(at);
    let attachable = PATHS.iter().find(|(known, _)| *known == path)?.1;
    match table().policy.iter().find(|row| row.name == name) {
        Some(row) => (row.path == path).then(|| of(row)),
        None if BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)) => Some(AwsPolicy {
            arn: arn.to_owned(),
            path: path.to_owned(),
            name: name.to_owned(),
            version: "v1".to_owned(),
            attachable,
            allows: Vec::new(),
        }),
        None => None,
    }
}

/// Every policy that has a row.
pub(crate) fn all() -> impl Iterator<Item = AwsPolicy> {
    table().policy.iter().map(of)
}

fn of(row: &Row) -> AwsPolicy {
    let attachable = PATHS.iter().any(|(path, attachable)| *path == row.path && *attachable);
    AwsPolicy {
        arn: format!("{PREFIX}{}{}", row.path, row.name),
        path: row.path.clone(),
        name: row.name.clone(),
        version: row.version.clone(),
        attachable: row.attachable.unwrap_or(attachable),
        allows: row.allows.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_every_row_is_found_by_its_own_arn() {
        let rows: Table = toml::from_str(include_str!("aws_managed.toml")).expect("the table parses");
        assert!(rows.policy.len() > 30);
        for policy in all() {
            assert_eq!(find(&policy.arn), Some(policy));
        }
    }

    #[test]
    fn a_known_policy_is_refused_at_another_path_and_an_unlikely_name_everywhere() {
        assert!(find("arn:aws:iam::aws:policy/service-role/AWSControlTowerServiceRolePolicy").is_some());
        assert_eq!(find("arn:aws:iam::aws:policy/AWSControlTowerServiceRolePolicy"), None);
        assert_eq!(find("arn:aws:iam::aws:policy/MyPolicy"), None);
        assert_eq!(find("arn:aws:iam::aws:policy/somewhere/AWSThing"), None);
        assert!(find("arn:aws:iam::aws:policy/AmazonS3FullAccess").is_some_and(|policy| policy.attachable));
        assert!(
            find("arn:aws:iam::aws:policy/aws-service-role/AWSThing")
                .is_some_and(|policy| !policy.attachable)
        );
    }
}
