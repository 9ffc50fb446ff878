//! Policy documents: the JSON grammar that IAM, STS and KMS share, parsed once and kept as typed statements.
//!
//! In: the text of a trust policy, an identity policy or a key policy. Out: a [`Document`], or the sentence AWS
//! answers with `MalformedPolicyDocument`. Whether a document allows something is decided in `evaluate.rs`; whether
//! a named principal exists is the caller's question, because it needs the world.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What a document is for; it decides which elements are required and which are prohibited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Inline and managed policies: no principal, a resource in every statement.
    Identity,
    /// The trust policy of a role: a principal in every statement, no resource, only `sts:` actions.
    Trust,
    /// A KMS key policy: a principal in every statement; a missing action or resource makes the statement idle.
    Key,
}

/// Allow or deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// `"Effect": "Allow"`.
    Allow,
    /// `"Effect": "Deny"`.
    Deny,
}

/// A list that either names what matches or, negated (`NotAction` and its like), what does not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Matcher {
    /// True for the `Not...` form.
    pub(crate) negated: bool,
    /// Patterns with `*` and `?`.
    pub(crate) patterns: Vec<String>,
}

/// One condition: operator, key and the values any of which may match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// The operator as written, for example `StringEquals`.
    pub(crate) operator: String,
    /// The condition key, lower case: AWS compares keys without regard to case.
    pub(crate) key: String,
    /// The values, as text.
    pub(crate) values: Vec<String>,
}

/// Who a statement is about: principal type (`AWS`, `Service`, `Federated`, `CanonicalUser`) to names.
/// The bare `"*"` is kept as `AWS: ["*"]`, which AWS documents as the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Principals {
    /// True for `NotPrincipal`.
    pub(crate) negated: bool,
    /// Names by type.
    pub(crate) by_type: BTreeMap<String, Vec<String>>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// Optional statement id.
    pub(crate) sid: Option<String>,
    /// Allow or deny.
    pub(crate) effect: Effect,
    /// Present in trust and key policies.
    pub(crate) principals: Option<Principals>,
    /// Actions; empty in an idle key statement.
    pub(crate) actions: Matcher,
    /// Resources; empty in trust policies.
    pub(crate) resources: Matcher,
    /// All must hold.
    pub(crate) conditions: Vec<Condition>,
}

/// A parsed policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    /// The statements in order.
    pub(crate) statements: Vec<Statement>,
}

/// Why a document is malformed, in AWS's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(pub(crate) String);

fn malformed<T>(words: impl Into<String>) -> Result<T, Malformed> {
    Err(Malformed(words.into()))
}

impl Document {
    /// Parses `text` as a document of `kind`.
    ///
    /// # Errors
    /// [`Malformed`] with the sentence AWS answers. The sentences are those that AWS users quote in public reports
    /// ("Has prohibited field Resource", "Syntax errors in policy.", ...); where none is public the closest one is used.
    pub(crate) fn parse(text: &str, kind: Kind) -> Result<Self, Malformed> {
        let unreadable = match kind {
            Kind::Trust => "This policy contains invalid Json",
            Kind::Identity | Kind::Key => "Syntax errors in policy.",
        };
        let Ok(Value::Object(root)) = serde_json::from_str::<Value>(text) else {
            return malformed(unreadable);
        };
        for key in root.keys() {
            if !["Version", "Id", "Statement"].contains(&key.as_str()) {
                return malformed("Syntax errors in policy.");
            }
        }
        match root.get("Version").map(|v| v.as_str()) {
            None | Some(Some("2012-10-17")) => {}
            Some(Some("2008-10-17")) if kind != Kind::Identity => {}
            Some(Some("2008-10-17")) => {
                return malformed("Policy document must be version 2012-10-17 or greater.");
            }
            Some(_) => return malformed("Syntax errors in policy."),
        }
        let statements = match root.get("Statement") {
            Some(Value::Array(list)) if !list.is_empty() => list.iter().collect::<Vec<_>>(),
            Some(one @ Value::Object(_)) => vec![one],
            Some(Value::Array(_)) => {
                return malformed("Could not parse the policy: Statement is empty!");
            }
            None if kind == Kind::Trust => return malformed("Missing required field Statement"),
            _ => return malformed("Syntax errors in policy."),
        };
        let statements = statements
            .into_iter()
            .map(|raw| Statement::parse(raw, kind))
            .collect::<Result<Vec<_>, _>>()?;
        unique_sids(&statements)?;
        Ok(Self { statements })
    }

    /// Every principal named in the document as `(type, name)`, in order.
    pub(crate) fn principals(&self) -> impl Iterator<Item = (&str, &str)> {
        self.statements
            .iter()
            .filter_map(|statement| statement.principals.as_ref())
            .flat_map(|principals| &principals.by_type)
            .flat_map(|(kind, names)| names.iter().map(move |name| (kind.as_str(), name.as_str())))
    }
}

fn unique_sids(statements: &[Statement]) -> Result<(), Malformed> {
    let mut seen = std::collections::BTreeSet::new();
    for sid in statements
        .iter()
        .filter_map(|statement| statement.sid.as_deref())
    {
        if !sid.is_empty() && !seen.insert(sid) {
            return malformed("Statement IDs (SID) in a single policy must be unique.");
        }
    }
    Ok(())
}

const FIELDS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

impl Statement {
    fn parse(raw: &Value, kind: Kind) -> Result<Self, Malformed> {
        let Value::Object(fields) = raw else {
            return malformed("Syntax errors in policy.");
        };
        if fields.keys().any(|key| !FIELDS.contains(&key.as_str())) {
            return malformed("Syntax errors in policy.");
        }
        let effect = match fields.get("Effect").map(|v| v.as_str()) {
            Some(Some("Allow")) => Effect::Allow,
            Some(Some("Deny")) => Effect::Deny,
            Some(Some(other)) if kind == Kind::Trust => {
                return malformed(format!("Invalid effect: {other}"));
            }
            None if kind == Kind::Trust => return malformed("Missing required field Effect"),
            _ => return malformed("Syntax errors in policy."),
        };
        let sid = match fields.get("Sid") {
            None => None,
            Some(Value::String(sid)) => Some(sid.clone()),
            Some(_) => return malformed("Syntax errors in policy."),
        };
        if kind == Kind::Identity
            && sid
                .as_deref()
                .is_some_and(|sid| !sid.chars().all(|c| c.is_ascii_alphanumeric()))
        {
            return malformed(
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
            );
        }
        let statement = Self {
            sid,
            effect,
            principals: principals(fields)?,
            actions: matcher(fields, "Action", "NotAction")?,
            resources: matcher(fields, "Resource", "NotResource")?,
            conditions: conditions(fields.get("Condition"))?,
        };
        statement.check(fields, kind)?;
        Ok(statement)
    }

    fn check(&self, fields: &Map<String, Value>, kind: Kind) -> Result<(), Malformed> {
        match kind {
            Kind::Identity => self.check_identity(),
            Kind::Trust => self.check_trust(fields),
            Kind::Key if self.principals.is_none() => {
                // CreateKey, parameter Policy: "Each statement in the key policy must contain one or more principals."
                malformed("Policy contains a statement with no principal.")
            }
            Kind::Key => Ok(()),
        }
    }

    fn check_identity(&self) -> Result<(), Malformed> {
        if self.principals.is_some() {
            return malformed("Policy document should not specify a principal.");
        }
        if self.actions.patterns.is_empty() {
            return malformed("Policy statement must contain actions.");
        }
        if self.resources.patterns.is_empty() {
            return malformed("Policy statement must contain resources.");
        }
        if self
            .actions
            .patterns
            .iter()
            .any(|action| action != "*" && !action.contains(':'))
        {
            return malformed(
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
            );
        }
        for resource in &self.resources.patterns {
            if resource != "*" && !resource.starts_with("arn:") && !resource.starts_with('*') {
                return malformed(format!(
                    "Resource {resource} must be in ARN format or \"*\"."
                ));
            }
        }
        Ok(())
    }

    fn check_trust(&self, fields: &Map<String, Value>) -> Result<(), Malformed> {
        for prohibited in ["Resource", "NotResource"] {
            if fields.contains_key(prohibited) {
                return malformed(format!("Has prohibited field {prohibited}"));
            }
        }
        if self
            .principals
            .as_ref()
            .is_none_or(|principals| principals.by_type.is_empty())
        {
            return malformed("Missing required field Principal");
        }
        if self.actions.patterns.is_empty() {
            return malformed("Missing required field Action");
        }
        if self
            .actions
            .patterns
            .iter()
            .any(|action| !action.to_ascii_lowercase().starts_with("sts:"))
        {
            return malformed("AssumeRole policy may only specify STS AssumeRole actions.");
        }
        Ok(())
    }
}

/// A string or a list of strings, the shape of every list in the grammar.
fn strings(value: &Value) -> Result<Vec<String>, Malformed> {
    match value {
        Value::String(one) => Ok(vec![one.clone()]),
        Value::Array(list) => list
            .iter()
            .map(|item| {
                item.as_str()
                    .map(str::to_owned)
                    .ok_or_else(|| Malformed("Syntax errors in policy.".into()))
            })
            .collect(),
        _ => malformed("Syntax errors in policy."),
    }
}

fn matcher(fields: &Map<String, Value>, plain: &str, negated: &str) -> Result<Matcher, Malformed> {
    match (fields.get(plain), fields.get(negated)) {
        (Some(_), Some(_)) => malformed("Syntax errors in policy."),
        (Some(value), None) => Ok(Matcher {
            negated: false,
            patterns: strings(value)?,
        }),
        (None, Some(value)) => Ok(Matcher {
            negated: true,
            patterns: strings(value)?,
        }),
        (None, None) => Ok(Matcher::default()),
    }
}

fn principals(fields: &Map<String, Value>) -> Result<Option<Principals>, Malformed> {
    let (negated, value) = match (fields.get("Principal"), fields.get("NotPrincipal")) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => return malformed("Syntax errors in policy."),
        (Some(value), None) => (false, value),
        (None, Some(value)) => (true, value),
    };
    let mut by_type = BTreeMap::new();
    match value {
        Value::String(star) if star == "*" => {
            by_type.insert("AWS".to_owned(), vec!["*".to_owned()]);
        }
        Value::String(other) => {
            return malformed(format!("Invalid principal in policy: \"STAR\":\"{other}\""));
        }
        Value::Object(types) => {
            for (kind, names) in types {
                if !["AWS", "Service", "Federated", "CanonicalUser"].contains(&kind.as_str()) {
                    return malformed(format!("Unknown field {kind}"));
                }
                by_type.insert(kind.clone(), strings(names)?);
            }
        }
        _ => return malformed("Syntax errors in policy."),
    }
    Ok(Some(Principals { negated, by_type }))
}

fn conditions(value: Option<&Value>) -> Result<Vec<Condition>, Malformed> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let Value::Object(operators) = value else {
        return malformed("Syntax errors in policy.");
    };
    let mut conditions = Vec::new();
    for (operator, keys) in operators {
        let Value::Object(keys) = keys else {
            return malformed("Syntax errors in policy.");
        };
        for (key, values) in keys {
            conditions.push(Condition {
                operator: operator.clone(),
                key: key.to_ascii_lowercase(),
                values: condition_values(values)?,
            });
        }
    }
    Ok(conditions)
}

/// Condition values may be strings, numbers or booleans; all are compared as text.
fn condition_values(value: &Value) -> Result<Vec<String>, Malformed> {
    let one = |item: &Value| match item {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        _ => malformed("Syntax errors in policy."),
    };
    match value {
        Value::Array(list) => list.iter().map(one).collect(),
        single => Ok(vec![one(single)?]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str, kind: Kind) -> String {
        Document::parse(text, kind)
            .expect_err("the document is malformed")
            .0
    }

    #[test]
    fn a_trust_policy_with_a_resource_is_refused_in_the_words_of_aws() {
        let text = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Resource":"*"}}"#;
        assert_eq!(why(text, Kind::Trust), "Has prohibited field Resource");
    }

    #[test]
    fn a_trust_policy_needs_a_principal_and_an_sts_action() {
        let no_principal = r#"{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}"#;
        assert_eq!(
            why(no_principal, Kind::Trust),
            "Missing required field Principal"
        );
        let wrong_action =
            r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}]}"#;
        assert_eq!(
            why(wrong_action, Kind::Trust),
            "AssumeRole policy may only specify STS AssumeRole actions."
        );
        assert_eq!(
            why("{nope", Kind::Trust),
            "This policy contains invalid Json"
        );
    }

    #[test]
    fn an_identity_policy_has_no_principal_and_names_a_vendor_and_a_resource() {
        let principal = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#;
        assert_eq!(
            why(principal, Kind::Identity),
            "Policy document should not specify a principal."
        );
        let bare = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"everything","Resource":"*"}}"#;
        assert!(
            why(bare, Kind::Identity)
                .starts_with("Actions/Conditions must be prefaced by a vendor")
        );
        let nowhere = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*"}}"#;
        assert_eq!(
            why(nowhere, Kind::Identity),
            "Policy statement must contain resources."
        );
    }

    #[test]
    fn two_statements_may_not_share_an_id() {
        let text = r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Action":"*","Resource":"*"},{"Sid":"A","Effect":"Deny","Action":"*","Resource":"*"}]}"#;
        assert_eq!(
            why(text, Kind::Identity),
            "Statement IDs (SID) in a single policy must be unique."
        );
    }

    #[test]
    fn every_principal_of_a_key_policy_is_listed() {
        let text = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":["a","b"],"Service":"c"},"Action":"kms:*","Resource":"*"}]}"#;
        let document = Document::parse(text, Kind::Key).expect("well formed");
        assert_eq!(
            document.principals().collect::<Vec<_>>(),
            [("AWS", "a"), ("AWS", "b"), ("Service", "c")]
        );
    }
}
