//! Parsing one statement of a policy document, and what each kind of document asks of it.
//!
//! In: the JSON of a statement. Out: a [`Statement`], or the sentence AWS answers. The types are in `document.rs`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::document::{Condition, Effect, Kind, Malformed, Matcher, Principals, Statement, malformed};

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
    pub(super) fn parse(raw: &Value, kind: Kind) -> Result<Self, Malformed> {
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
            && sid.as_deref().is_some_and(|sid| !sid.chars().all(|c| c.is_ascii_alphanumeric()))
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
            Kind::Resource if self.principals.is_none() => {
                malformed("Policy contains a statement with no principal.")
            }
            Kind::Resource if self.actions.patterns.is_empty() => {
                malformed("Policy statement must contain actions.")
            }
            Kind::Resource if self.resources.patterns.is_empty() => {
                malformed("Policy statement must contain resources.")
            }
            Kind::Key | Kind::Resource | Kind::Control => Ok(()),
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
        if self.actions.patterns.iter().any(|action| action != "*" && !action.contains(':')) {
            return malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
        }
        for resource in &self.resources.patterns {
            if resource != "*" && !resource.starts_with("arn:") && !resource.starts_with('*') {
                return malformed(format!("Resource {resource} must be in ARN format or \"*\"."));
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
        if self.principals.as_ref().is_none_or(|principals| principals.by_type.is_empty()) {
            return malformed("Missing required field Principal");
        }
        if self.actions.patterns.is_empty() {
            return malformed("Missing required field Action");
        }
        if self.actions.patterns.iter().any(|action| !action.to_ascii_lowercase().starts_with("sts:")) {
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
                item.as_str().map(str::to_owned).ok_or_else(|| Malformed("Syntax errors in policy.".into()))
            })
            .collect(),
        _ => malformed("Syntax errors in policy."),
    }
}

fn matcher(fields: &Map<String, Value>, plain: &str, negated: &str) -> Result<Matcher, Malformed> {
    match (fields.get(plain), fields.get(negated)) {
        (Some(_), Some(_)) => malformed("Syntax errors in policy."),
        (Some(value), None) => Ok(Matcher { negated: false, patterns: strings(value)? }),
        (None, Some(value)) => Ok(Matcher { negated: true, patterns: strings(value)? }),
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
