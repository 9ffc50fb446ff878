//! Decides whether a policy document allows one principal one action.
//!
//! In: a [`Document`] and a [`Question`]. Out: a [`Verdict`]. Nothing is looked up: the caller supplies every name
//! the principal goes by and every condition key it can vouch for.
//!
//! A condition that the simulator cannot judge (unknown operator, or a key nobody vouches for) is treated so that access
//! is never given by mistake: it fails an Allow statement and holds for a Deny statement.
//! Logic: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>,
//! operators: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use std::collections::BTreeMap;

use crate::sim::authorization::{conditions, pattern};

use super::document::{Condition, Document, Effect, Matcher, Principals, Statement};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Principal {
    /// An AWS service, e.g. `controltower.amazonaws.com`.
    Service(String),
    /// A user, role session or root user.
    Identity {
        /// 12-digit account id.
        account: String,
        /// Every ARN that denotes it: a role session has its own and, last, that of its role.
        arns: Vec<String>,
    },
}

impl Principal {
    /// The name conditions on `aws:PrincipalArn` compare: of a role session the ARN of its role.
    pub(crate) fn arn(&self) -> &str {
        match self {
            Principal::Service(name) => name,
            Principal::Identity { arns, .. } => arns.last().map_or("", String::as_str),
        }
    }
}

/// Condition keys the simulator can vouch for, by lower-case name. A key that is present with `None` is known to be
/// absent from the request (say, no external id was sent); a key that is not in the map at all is unknown.
pub(crate) type Context = BTreeMap<String, Option<String>>;

/// What is asked of a document.
#[derive(Debug, Clone)]
pub(crate) struct Question<'a> {
    /// For example `sts:AssumeRole`.
    pub(crate) action: &'a str,
    /// Who asks.
    pub(crate) principal: &'a Principal,
    /// What is known about the request.
    pub(crate) context: &'a Context,
}

/// The answer of a document by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it.
    Denied,
    /// No statement speaks for it.
    Silent,
}

/// Judges `question` by the statements of `document`. Resources are not compared: trust policies have none, and a
/// key policy's resource is always its own key.
#[must_use]
pub(crate) fn decide(document: &Document, question: &Question<'_>) -> Verdict {
    let applies = |effect: Effect| document.statements.iter().filter(move |s| s.effect == effect);
    if applies(Effect::Deny).any(|statement| matches(statement, question, true)) {
        return Verdict::Denied;
    }
    if applies(Effect::Allow).any(|statement| matches(statement, question, false)) {
        return Verdict::Allowed;
    }
    Verdict::Silent
}

fn matches(statement: &Statement, question: &Question<'_>, when_unknown: bool) -> bool {
    names_principal(statement.principals.as_ref(), question.principal)
        && names_action(&statement.actions, question.action)
        && statement
            .conditions
            .iter()
            .all(|condition| holds(condition, question.context).unwrap_or(when_unknown))
}

pub(crate) fn names_principal(principals: Option<&Principals>, principal: &Principal) -> bool {
    let Some(principals) = principals else {
        return false;
    };
    let named = principals
        .by_type
        .iter()
        .any(|(kind, names)| names.iter().any(|name| denotes(kind, name, principal)));
    named != principals.negated
}

/// Whether a principal element names this principal. `*` names everyone, an account (bare id or root ARN) names
/// every identity in it; other ARNs are compared whole, AWS accepts no wildcard inside a principal ARN
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>).
fn denotes(kind: &str, name: &str, principal: &Principal) -> bool {
    match (kind, principal) {
        ("AWS", _) if name == "*" => true,
        ("Service", Principal::Service(service)) => name == service || name == "*",
        ("AWS", Principal::Identity { account, arns }) => {
            name == account
                || name == format!("arn:aws:iam::{account}:root")
                || arns.iter().any(|arn| arn == name)
        }
        _ => false,
    }
}

pub(crate) fn names_action(matcher: &Matcher, action: &str) -> bool {
    if matcher.patterns.is_empty() {
        return false;
    }
    matcher.patterns.iter().any(|pattern| pattern::action(pattern, action)) != matcher.negated
}

/// `None`: cannot be judged.
fn holds(condition: &Condition, context: &Context) -> Option<bool> {
    let value = context.get(&condition.key)?;
    conditions::holds(condition, value.as_ref().map(std::slice::from_ref), None)
}

#[cfg(test)]
mod tests {
    use super::super::document::Kind;
    use super::*;

    fn verdict(text: &str, principal: &Principal, context: &[(&str, Option<&str>)]) -> Verdict {
        let document = Document::parse(text, Kind::Trust).expect("well formed");
        let context = context.iter().map(|(k, v)| ((*k).to_owned(), v.map(str::to_owned))).collect();
        decide(&document, &Question { action: "sts:AssumeRole", principal, context: &context })
    }

    fn session() -> Principal {
        Principal::Identity {
            account: "111122223333".into(),
            arns: vec![
                "arn:aws:sts::111122223333:assumed-role/Admin/me".into(),
                "arn:aws:iam::111122223333:role/Admin".into(),
            ],
        }
    }

    fn trust(principal: &str, condition: &str) -> String {
        format!(
            r#"{{"Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"{condition}}}]}}"#
        )
    }

    #[test]
    fn an_account_root_stands_for_every_identity_of_that_account_only() {
        let ours = trust(r#"{"AWS":"arn:aws:iam::111122223333:root"}"#, "");
        assert_eq!(verdict(&ours, &session(), &[]), Verdict::Allowed);
        let theirs = trust(r#"{"AWS":"444455556666"}"#, "");
        assert_eq!(verdict(&theirs, &session(), &[]), Verdict::Silent);
    }

    #[test]
    fn a_role_is_trusted_through_its_sessions() {
        let by_role = trust(r#"{"AWS":["arn:aws:iam::111122223333:role/Admin"]}"#, "");
        assert_eq!(verdict(&by_role, &session(), &[]), Verdict::Allowed);
        let other = trust(r#"{"AWS":["arn:aws:iam::111122223333:role/Other"]}"#, "");
        assert_eq!(verdict(&other, &session(), &[]), Verdict::Silent);
    }

    #[test]
    fn an_external_id_must_be_sent_and_must_be_the_right_one() {
        let text = trust(r#"{"AWS":"*"}"#, r#","Condition":{"StringEquals":{"sts:ExternalId":"blue"}}"#);
        assert_eq!(verdict(&text, &session(), &[("sts:externalid", Some("blue"))]), Verdict::Allowed);
        assert_eq!(verdict(&text, &session(), &[("sts:externalid", Some("red"))]), Verdict::Silent);
        assert_eq!(verdict(&text, &session(), &[("sts:externalid", None)]), Verdict::Silent);
    }

    #[test]
    fn a_condition_nobody_can_judge_never_opens_a_door() {
        let allow = trust(r#"{"AWS":"*"}"#, r#","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#);
        assert_eq!(verdict(&allow, &session(), &[]), Verdict::Silent);
        let deny = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:*"},
            {"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}"#;
        assert_eq!(verdict(deny, &session(), &[]), Verdict::Denied);
    }

    #[test]
    fn a_service_is_only_named_by_its_own_principal() {
        let text = trust(r#"{"Service":"controltower.amazonaws.com"}"#, "");
        assert_eq!(
            verdict(&text, &Principal::Service("controltower.amazonaws.com".into()), &[]),
            Verdict::Allowed
        );
        assert_eq!(verdict(&text, &Principal::Service("config.amazonaws.com".into()), &[]), Verdict::Silent);
        assert_eq!(verdict(&text, &session(), &[]), Verdict::Silent);
    }

    #[test]
    fn a_missing_key_satisfies_negated_and_if_exists_operators() {
        let not = trust(r#"{"AWS":"*"}"#, r#","Condition":{"StringNotEquals":{"sts:ExternalId":"x"}}"#);
        assert_eq!(verdict(&not, &session(), &[("sts:externalid", None)]), Verdict::Allowed);
        let optional =
            trust(r#"{"AWS":"*"}"#, r#","Condition":{"StringEqualsIfExists":{"sts:ExternalId":"x"}}"#);
        assert_eq!(verdict(&optional, &session(), &[("sts:externalid", None)]), Verdict::Allowed);
        assert_eq!(verdict(&optional, &session(), &[("sts:externalid", Some("y"))]), Verdict::Silent);
    }
}
