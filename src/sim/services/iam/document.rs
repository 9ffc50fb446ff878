//! Policy documents: the JSON grammar that IAM, STS and KMS share, parsed once and kept as typed statements.
//!
//! In: the text of a trust policy, an identity policy or a key policy. Out: a [`Document`], or the sentence AWS
//! answers with `MalformedPolicyDocument`. Whether a document allows something is decided in `evaluate.rs`; whether
//! a named principal exists is the caller's question, because it needs the world.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a document is for; it decides which elements are required and which are prohibited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Inline and managed policies: no principal, a resource in every statement.
    Identity,
    /// The trust policy of a role: a principal in every statement, no resource, only `sts:` actions.
    Trust,
    /// A KMS key policy: a principal in every statement; a missing action or resource makes the statement idle.
    Key,
    /// The policy of another service's resource, e.g. a backup vault: principal, action and resource in every statement.
    Resource,
    /// A service or resource control policy: Organizations checked it when it came, only its grammar counts here.
    Control,
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
    /// Whether `${...}` stands for a value of the request: only in version 2012-10-17.
    pub(crate) variables: bool,
}

/// Why a document is malformed, in AWS's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(pub(crate) String);

pub(super) fn malformed<T>(words: impl Into<String>) -> Result<T, Malformed> {
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
            Kind::Identity | Kind::Key | Kind::Resource | Kind::Control => "Syntax errors in policy.",
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
        let statements =
            statements.into_iter().map(|raw| Statement::parse(raw, kind)).collect::<Result<Vec<_>, _>>()?;
        unique_sids(&statements)?;
        let variables = root.get("Version").and_then(Value::as_str) == Some("2012-10-17");
        Ok(Self { statements, variables })
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
    for sid in statements.iter().filter_map(|statement| statement.sid.as_deref()) {
        if !sid.is_empty() && !seen.insert(sid) {
            return malformed("Statement IDs (SID) in a single policy must be unique.");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str, kind: Kind) -> String {
        Document::parse(text, kind).expect_err("the document is malformed").0
    }

    #[test]
    fn a_trust_policy_with_a_resource_is_refused_in_the_words_of_aws() {
        let text = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Resource":"*"}}"#;
        assert_eq!(why(text, Kind::Trust), "Has prohibited field Resource");
    }

    #[test]
    fn a_trust_policy_needs_a_principal_and_an_sts_action() {
        let no_principal = r#"{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}"#;
        assert_eq!(why(no_principal, Kind::Trust), "Missing required field Principal");
        let wrong_action = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}]}"#;
        assert_eq!(
            why(wrong_action, Kind::Trust),
            "AssumeRole policy may only specify STS AssumeRole actions."
        );
        assert_eq!(why("{nope", Kind::Trust), "This policy contains invalid Json");
    }

    #[test]
    fn an_identity_policy_has_no_principal_and_names_a_vendor_and_a_resource() {
        let principal = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#;
        assert_eq!(why(principal, Kind::Identity), "Policy document should not specify a principal.");
        let bare =
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"everything","Resource":"*"}}"#;
        assert!(why(bare, Kind::Identity).starts_with("Actions/Conditions must be prefaced by a vendor"));
        let nowhere = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*"}}"#;
        assert_eq!(why(nowhere, Kind::Identity), "Policy statement must contain resources.");
    }

    #[test]
    fn two_statements_may_not_share_an_id() {
        let text = r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Action":"*","Resource":"*"},{"Sid":"A","Effect":"Deny","Action":"*","Resource":"*"}]}"#;
        assert_eq!(why(text, Kind::Identity), "Statement IDs (SID) in a single policy must be unique.");
    }

    #[test]
    fn every_principal_of_a_key_policy_is_listed() {
        let text = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":["a","b"],"Service":"c"},"Action":"kms:*","Resource":"*"}]}"#;
        let document = Document::parse(text, Kind::Key).expect("well formed");
        assert_eq!(document.principals().collect::<Vec<_>>(), [("AWS", "a"), ("AWS", "b"), ("Service", "c")]);
    }
}
