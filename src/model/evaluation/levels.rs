//! The levels of an organization: root, units, account. Every level must let a request
//! through; a denial on any of them is final.
//!
//! Source: Organizations User Guide, orgs_manage_policies_scps_evaluation and
//! orgs_manage_policies_rcps_evaluation.

use super::document::Document;
use super::truth::Truth;
use super::{Answer, Ask};

/// What is attached to one place on the way from the root to an account.
#[derive(Debug, Clone)]
pub struct Level<'d> {
    /// What the place is called.
    pub name: &'d str,
    /// The policies on it that are known, each with its name.
    pub policies: Vec<(&'d str, &'d Document)>,
    /// Whether something else on it lets everything through: `FullAWSAccess`, or a
    /// policy that is not known here.
    pub open: bool,
}

/// Why a request is refused, or might be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A statement denies it.
    Denied {
        /// The policy.
        policy: String,
        /// Its statement, as a reader would name it.
        statement: String,
        /// Where the policy is attached.
        level: String,
    },
    /// Nothing at a level allows it.
    NotAllowed {
        /// The level.
        level: String,
    },
}

/// What all levels say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The answer.
    pub answer: Answer,
    /// Why it is not simply allowed.
    pub cause: Option<Cause>,
}

/// Decides a request by the policies of one type at every level.
#[must_use]
pub fn decide(levels: &[Level<'_>], ask: &Ask) -> Verdict {
    let mut worst = Verdict { answer: Answer::Allowed, cause: None };
    let mut note = |truth: Truth, cause: &dyn Fn() -> Cause| {
        let answer = match truth {
            Truth::No => Answer::Allowed,
            Truth::Perhaps => Answer::May,
            Truth::Yes => Answer::Denied,
        };
        if answer > worst.answer {
            worst = Verdict { answer, cause: Some(cause()) };
        }
    };
    for level in levels {
        let mut allowed = Truth::from(level.open);
        for (name, document) in &level.policies {
            let opinion = document.opinion(ask);
            allowed = allowed.or(opinion.allows);
            note(opinion.denies, &|| Cause::Denied {
                policy: (*name).to_owned(),
                statement: document.name(opinion.denying),
                level: level.name.to_owned(),
            });
        }
        note(allowed.not(), &|| Cause::NotAllowed { level: level.name.to_owned() });
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn document(statement: Value) -> Document {
        Document::read(&json!({ "Version": "2012-10-17", "Statement": statement })).unwrap()
    }

    fn ask() -> Ask {
        Ask::new("arn:aws:iam::1:role/r", "kms:CreateKey", "*")
    }

    #[test]
    fn a_denial_anywhere_is_final_and_names_its_statement() {
        let deny =
            document(json!([{ "Sid": "NoKeys", "Effect": "Deny", "Action": "kms:*", "Resource": "*" }]));
        let open = |policies| Level { name: "root", policies, open: true };
        let verdict = decide(&[open(vec![]), open(vec![("keys", &deny)])], &ask());
        assert_eq!(verdict.answer, Answer::Denied);
        let cause = Cause::Denied {
            policy: "keys".into(),
            statement: "statement `NoKeys`".into(),
            level: "root".into(),
        };
        assert_eq!(verdict.cause, Some(cause));
    }

    #[test]
    fn every_level_must_allow() {
        let allow = document(json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }));
        let narrow = Level { name: "Workloads", policies: vec![("s3-only", &allow)], open: false };
        let wide = Level { name: "root", policies: vec![], open: true };
        let verdict = decide(&[wide.clone(), narrow.clone()], &ask());
        assert_eq!(verdict.cause, Some(Cause::NotAllowed { level: "Workloads".into() }));
        let opened = Level { open: true, ..narrow };
        assert_eq!(decide(&[wide, opened], &ask()).answer, Answer::Allowed);
    }

    #[test]
    fn an_unknown_condition_makes_it_uncertain() {
        let condition = json!({ "StringEquals": { "aws:PrincipalTag/team": "x" } });
        let deny =
            document(json!({ "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition }));
        let level = Level { name: "root", policies: vec![("p", &deny)], open: true };
        assert_eq!(decide(&[level], &ask()).answer, Answer::May);
    }
}
