//! One policy document, read once and asked often.

use serde_json::{Map, Value};
use thiserror::Error;

use super::condition::Condition;
use super::truth::Truth;
use super::{Ask, pattern};

/// A document that AWS would not take either.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Malformed {
    /// It is not JSON.
    #[error("it is not JSON: {0}")]
    NotJson(String),
    /// It is not an object with statements.
    #[error("it has no `Statement`")]
    NoStatements,
    /// A statement lacks something or has a member of the wrong sort.
    #[error("statement {0} has no usable `{1}`")]
    Statement(usize, &'static str),
}

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    statements: Vec<Statement>,
    /// Variables count only in documents of version 2012-10-17.
    variables: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Statement {
    sid: Option<String>,
    allows: bool,
    principals: Option<List>,
    /// In lower case.
    actions: List,
    resources: Option<List>,
    conditions: Vec<Condition>,
}

/// `Action` or `NotAction` and their like.
#[derive(Debug, Clone, PartialEq, Eq)]
struct List {
    patterns: Vec<String>,
    negated: bool,
}

/// What one document says of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opinion {
    /// Whether a statement denies it, and which.
    pub(super) denies: Truth,
    pub(super) denying: usize,
    /// Whether a statement allows it.
    pub(super) allows: Truth,
}

impl Document {
    /// Reads a document, as a value or as its text.
    ///
    /// # Errors
    /// When it is no policy document.
    pub fn read(document: &Value) -> Result<Self, Malformed> {
        let parsed;
        let document = match document {
            Value::String(text) => {
                parsed = serde_json::from_str(text).map_err(|error| Malformed::NotJson(error.to_string()))?;
                &parsed
            }
            other => other,
        };
        let statements: Vec<&Value> = match document.get("Statement") {
            Some(Value::Array(items)) => items.iter().collect(),
            Some(one @ Value::Object(_)) => vec![one],
            _ => return Err(Malformed::NoStatements),
        };
        let read = statements.iter().enumerate().map(|(index, statement)| Statement::read(index, statement));
        Ok(Self {
            statements: read.collect::<Result<_, _>>()?,
            variables: document.get("Version").and_then(Value::as_str) == Some("2012-10-17"),
        })
    }

    /// What it says of a request.
    pub(super) fn opinion(&self, ask: &Ask) -> Opinion {
        let mut opinion = Opinion { denies: Truth::No, denying: 0, allows: Truth::No };
        for (index, statement) in self.statements.iter().enumerate() {
            let fits = statement.fits(ask, self.variables);
            if statement.allows {
                opinion.allows = opinion.allows.or(fits);
            } else if fits > opinion.denies {
                (opinion.denies, opinion.denying) = (fits, index);
            }
        }
        opinion
    }

    /// Whether it has any statement that allows something.
    #[must_use]
    pub fn allows_anything(&self) -> bool {
        self.statements.iter().any(|statement| statement.allows)
    }

    /// What a statement is called: its `Sid`, or its place counted from 1.
    pub(super) fn name(&self, index: usize) -> String {
        let sid = self.statements.get(index).and_then(|statement| statement.sid.clone());
        sid.map_or_else(|| format!("statement {}", index + 1), |sid| format!("statement `{sid}`"))
    }
}

impl Statement {
    fn read(index: usize, statement: &Value) -> Result<Self, Malformed> {
        let lacks = |what| Malformed::Statement(index + 1, what);
        let map = statement.as_object().ok_or_else(|| lacks("Effect"))?;
        let allows = match map.get("Effect").and_then(Value::as_str) {
            Some("Allow") => true,
            Some("Deny") => false,
            _ => return Err(lacks("Effect")),
        };
        let mut actions = list(map, "Action", "NotAction").ok_or_else(|| lacks("Action"))?;
        for pattern in &mut actions.patterns {
            *pattern = pattern.to_ascii_lowercase();
        }
        Ok(Self {
            sid: map.get("Sid").and_then(Value::as_str).map(str::to_owned),
            allows,
            principals: list(map, "Principal", "NotPrincipal"),
            actions,
            resources: list(map, "Resource", "NotResource"),
            conditions: map
                .get("Condition")
                .map_or_else(|| Some(Vec::new()), conditions)
                .ok_or_else(|| lacks("Condition"))?,
        })
    }

    fn fits(&self, ask: &Ask, variables: bool) -> Truth {
        let action = ask.action.to_ascii_lowercase();
        let mut fits = self.actions.fits(|pattern| pattern::fits(pattern, &action));
        if fits == Truth::No {
            return fits;
        }
        if let Some(resources) = &self.resources {
            fits = fits.and(resources.fits(|pattern| {
                if ask.resource == "*" {
                    // The action takes no resource: only a star stands for that.
                    Truth::from(!pattern.is_empty() && pattern.chars().all(|c| c == '*'))
                } else if variables {
                    pattern::fits_with(pattern, &ask.resource, &ask.facts)
                } else {
                    pattern::fits(pattern, &ask.resource)
                }
            }));
        }
        if let Some(principals) = &self.principals {
            fits = fits.and(principals.fits(|name| principal(name, &ask.principal)));
        }
        fits.and(Truth::all(self.conditions.iter().map(|condition| condition.holds(&ask.facts))))
    }
}

impl List {
    fn fits(&self, one: impl Fn(&str) -> Truth) -> Truth {
        let named = Truth::any(self.patterns.iter().map(|pattern| one(pattern)));
        if self.negated { named.not() } else { named }
    }
}

/// Whether a name in `Principal` means the one who asks. Resource control policies take
/// `*` only; others are read for completeness.
fn principal(name: &str, arn: &str) -> Truth {
    let account = arn.split(':').nth(4).unwrap_or_default();
    if name == "*" || name == arn {
        return Truth::Yes;
    }
    let whole = name.ends_with(":root") || name.len() == 12;
    let named = if name.ends_with(":root") { name.split(':').nth(4).unwrap_or_default() } else { name };
    if whole { pattern::is(named, account) } else { pattern::is(name, arn) }
}

/// The member of either name as a list; of a map (principals) all that it holds.
fn list(map: &Map<String, Value>, plain: &str, negative: &str) -> Option<List> {
    let (value, negated) = match (map.get(plain), map.get(negative)) {
        (Some(value), _) => (value, false),
        (None, Some(value)) => (value, true),
        (None, None) => return None,
    };
    let patterns = match value {
        Value::Object(kinds) => kinds.values().map(texts).collect::<Option<Vec<_>>>()?.concat(),
        other => texts(other)?,
    };
    Some(List { patterns, negated })
}

fn texts(value: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        one => text(one).map(|one| vec![one]),
    }
}

fn conditions(value: &Value) -> Option<Vec<Condition>> {
    let mut found = Vec::new();
    for (operator, keys) in value.as_object()? {
        for (key, values) in keys.as_object()? {
            let (operator, key) = (operator.clone(), key.to_ascii_lowercase());
            found.push(Condition { operator, key, values: texts(values)? });
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn denies(statement: Value, ask: &Ask) -> Truth {
        Document::read(&json!({ "Version": "2012-10-17", "Statement": statement }))
            .unwrap()
            .opinion(ask)
            .denies
    }

    #[test]
    fn action_and_resource_and_their_opposites_are_matched() {
        let role = "arn:aws:iam::111122223333:role/AWSControlTowerExecution";
        let ask = Ask::new(role, "kms:CreateKey", "arn:aws:kms:us-east-1:111122223333:key/*");
        for (action, resource, expected) in [
            (json!({ "Action": "KMS:create*" }), json!({ "Resource": "*" }), Truth::Yes),
            (json!({ "NotAction": ["iam:*", "sts:*"] }), json!({ "Resource": "*" }), Truth::Yes),
            (json!({ "NotAction": "kms:*" }), json!({ "Resource": "*" }), Truth::No),
            (json!({ "Action": "*" }), json!({ "NotResource": "arn:aws:kms:*" }), Truth::No),
            (json!({ "Action": "*" }), json!({ "Resource": "arn:aws:kms:*:*:key/1" }), Truth::Perhaps),
        ] {
            let mut statement = json!({ "Effect": "Deny" });
            for part in [action, resource] {
                statement.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
            }
            assert_eq!(denies(statement.clone(), &ask), expected, "{statement}");
        }
    }

    #[test]
    fn what_is_no_policy_is_refused_with_its_place() {
        assert_eq!(Document::read(&json!({})), Err(Malformed::NoStatements));
        let lacking = json!({ "Statement": [{ "Effect": "Deny", "Resource": "*" }] });
        assert_eq!(Document::read(&lacking), Err(Malformed::Statement(1, "Action")));
        assert!(matches!(Document::read(&json!("{")), Err(Malformed::NotJson(_))));
    }

    #[test]
    fn variables_are_only_read_in_documents_of_today() {
        let statement = json!([{ "Effect": "Deny", "Action": "*", "Resource": "arn:aws:iam::${aws:PrincipalAccount}:role/x" }]);
        let ask = Ask::new("arn:aws:iam::1:role/a", "iam:GetRole", "arn:aws:iam::1:role/x");
        assert_eq!(denies(statement.clone(), &ask), Truth::Yes);
        let old = Document::read(&json!({ "Statement": statement })).unwrap();
        assert_eq!(old.opinion(&ask).denies, Truth::No);
    }
}
