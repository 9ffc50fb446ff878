//! What a member session is held to besides its role: a session policy, tags, and
//! who is behind it.
//!
//! In: the run's name, the caller's ARN, the policies that a plan asks for. Out: the
//! parameters of one AssumeRole. Absent: the asking, see `session`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::catalog::operations::{self, Effect};
use crate::catalog::permissions;
use crate::model::arn::Arn;
use crate::model::kinds;

/// The tag that carries the run's name into CloudTrail and into conditions.
pub(crate) const RUN_TAG: &str = "lzctl:run";

/// Session policies, as texts. Without any, sessions may only read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// By the id of the member account.
    pub by_account: BTreeMap<String, String>,
    /// For accounts that had no id when the policies were made.
    pub otherwise: Option<String>,
}

impl Narrowing {
    /// The session policy for an account.
    pub(crate) fn policy(&self, account: &str) -> String {
        let known = self.by_account.get(account).or(self.otherwise.as_ref());
        known.cloned().unwrap_or_else(reading)
    }
}

/// Everything that planning may ask in a member account. The account of the ARNs is
/// left open: a session is in one account only.
fn reading() -> String {
    let only_reads =
        |name: &&String| operations::table().get(name).is_some_and(|row| row.effect == Effect::Read);
    let in_members = permissions::table()
        .planning
        .iter()
        .filter(|row| !row.of_organization && row.kinds.iter().all(|kind| kinds::lives_in_an_account(*kind)));
    let asked = in_members.flat_map(|row| &row.operations).filter(only_reads);
    let actions: BTreeSet<&str> = asked
        .filter_map(|name| permissions::table().get(name))
        .flat_map(|row| row.grant.iter().flat_map(|grant| &grant.actions))
        .map(String::as_str)
        .collect();
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }],
    })
    .to_string()
}

/// What a trust policy may refuse although it lets the caller in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// Session tags.
    Tags,
    /// The source identity.
    Source,
}

impl Mark {
    /// Every mark, in the order in which STS checks them.
    pub(crate) const ALL: [Self; 2] = [Self::Tags, Self::Source];

    /// The name, within STS, of the action that a trust policy must allow for it.
    pub(crate) const fn action(self) -> &'static str {
        match self {
            Self::Tags => "TagSession",
            Self::Source => "SetSourceIdentity",
        }
    }
}

/// Who is behind an ARN, as STS takes it for a source identity: the user's name, or
/// the name of the session that assumed a role. None for an account's root user and
/// for names that do not fit.
pub(crate) fn source_identity(caller: &str) -> Option<String> {
    let arn: Arn = caller.parse().ok()?;
    let named = arn.resource.starts_with("user/") || arn.resource.starts_with("assumed-role/");
    let name = arn.resource_id();
    let fits = |c: char| c.is_ascii_alphanumeric() || "=,.@-_+".contains(c);
    let usable = (2..=64).contains(&name.len()) && name.chars().all(fits);
    (named && usable).then(|| name.to_owned())
}

/// A text as STS takes it for a tag value: at most 256 of its characters.
pub(crate) fn tag_value(text: &str) -> String {
    let fits = |c: &char| c.is_alphanumeric() || " _.:/=+-@".contains(*c);
    text.chars().filter(fits).take(256).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_behind_a_user_or_a_session_has_a_name_and_the_root_user_has_none() {
        let of = source_identity;
        assert_eq!(of("arn:aws:iam::111111111111:user/path/alice").as_deref(), Some("alice"));
        let session = "arn:aws:sts::111111111111:assumed-role/Admin/alice@example.com";
        assert_eq!(of(session).as_deref(), Some("alice@example.com"));
        assert_eq!(of("arn:aws:iam::111111111111:root"), None);
        assert_eq!(of("arn:aws:iam::111111111111:user/x"), None);
    }

    #[test]
    fn without_a_plan_a_session_only_reads() {
        let policy = Narrowing::default().policy("222222222222");
        assert!(policy.contains("kms:ListAliases") && policy.contains("kms:GetKeyPolicy"), "{policy}");
        for change in ["kms:Create", "kms:Put", "kms:Tag", "kms:Replicate"] {
            assert!(!policy.contains(change), "{policy}");
        }
    }

    #[test]
    fn an_account_has_its_own_policy_before_the_one_for_new_accounts() {
        let narrowing = Narrowing {
            by_account: [("222222222222".to_owned(), "own".to_owned())].into(),
            otherwise: Some("new".to_owned()),
        };
        assert_eq!(narrowing.policy("222222222222"), "own");
        assert_eq!(narrowing.policy("333333333333"), "new");
    }
}
