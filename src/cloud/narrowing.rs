//! What a member session is held to besides its role: a session policy, tags, and
//! who is behind it.
//!
//! In: the run's name, the caller's ARN, the policies that a plan asks for. Out: the
//! parameters of one AssumeRole. Absent: the asking, see `session`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::json;

use crate::catalog::operations::{self, Effect};
use crate::catalog::permissions;
use crate::model::arn::Arn;
use crate::model::kinds;

/// The tag that carries the run's name into CloudTrail and into conditions.
pub(crate) const RUN_TAG: &str = "lzctl:run";

/// Characters of a session policy of ours. STS takes 2,048, and packs the policy together with the
/// session's tags into a size of its own, of which only the share used is told (STS API Reference,
/// AssumeRole); how it packs is UNSOURCED. So room is left for the run's tag.
pub(crate) const LIMIT: usize = 1792;

/// The beginnings of actions that only read.
pub(crate) const READING: [&str; 4] = ["BatchGet", "Describe", "Get", "List"];

/// Session policies, as texts. Without any, sessions may only read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// By the id of the member account.
    pub by_account: BTreeMap<String, String>,
    /// For accounts that had no id when the policies were made.
    pub otherwise: Option<String>,
}

impl Narrowing {
    /// Sessions that may read what decides whether an account can be enrolled.
    #[must_use]
    pub fn looking() -> Self {
        let policy = allowing(permissions::table().looking.iter());
        Self { by_account: BTreeMap::new(), otherwise: Some(policy) }
    }

    /// The session policy for an account.
    pub(crate) fn policy(&self, account: &str) -> String {
        let known = self.by_account.get(account).or(self.otherwise.as_ref());
        known.unwrap_or(&READS).clone()
    }
}

/// [`reading`], which is the same for every account.
static READS: LazyLock<String> = LazyLock::new(reading);

/// Everything that planning and verifying may ask in a member account. The account of the ARNs is
/// left open: a session is in one account only.
fn reading() -> String {
    let only_reads =
        |name: &&String| operations::table().get(name).is_some_and(|row| row.effect == Effect::Read);
    let table = permissions::table();
    let inside = |name: &String| table.get(name).is_some_and(|row| row.inside);
    let rows = table.planning.iter().chain(&table.verification).filter(|row| !row.of_organization);
    let asked = rows.flat_map(|row| {
        let lives_there = row.kinds.iter().all(|kind| kinds::lives_in_an_account(*kind));
        row.operations.iter().filter(move |name| lives_there || inside(name))
    });
    let asked = asked.filter(only_reads);
    allowing(asked)
}

/// A policy that allows what operations need.
fn allowing<'o>(operations: impl Iterator<Item = &'o String>) -> String {
    let actions = operations
        .filter_map(|name| permissions::table().get(name))
        .flat_map(|row| row.grant.iter().flat_map(|grant| &grant.actions));
    everywhere(actions.map(String::as_str).collect())
}

/// A session policy that allows actions on everything in the session's account. Where they are too
/// many to be said one by one, those that only read are said by their service and verb.
fn everywhere(actions: BTreeSet<&str>) -> String {
    let text = |actions: BTreeSet<String>| {
        let statement = json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
        json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
    };
    let exact = text(actions.iter().map(|&action| action.to_owned()).collect());
    if exact.len() <= LIMIT {
        return exact;
    }
    text(actions.into_iter().map(by_verb).collect())
}

/// `kms:Get*` for `kms:GetKeyPolicy`; what changes something keeps its name.
fn by_verb(action: &str) -> String {
    let reading = |verb: &&&str| action.split_once(':').is_some_and(|(_, name)| name.starts_with(**verb));
    match READING.iter().find(reading) {
        Some(verb) => format!("{}:{verb}*", action.split(':').next().unwrap_or_default()),
        None => action.to_owned(),
    }
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
        assert!(policy.contains("kms:List*") && policy.contains("kms:Get*"), "{policy}");
        for change in ["kms:Create", "kms:Put", "kms:Tag", "kms:Replicate"] {
            assert!(!policy.contains(change), "{policy}");
        }
    }

    #[test]
    fn what_planning_may_ask_in_a_member_fits_into_a_session_with_its_tag() {
        let policy = Narrowing::default().policy("222222222222");
        assert!(policy.len() <= LIMIT, "{} {policy}", policy.len());
    }

    #[test]
    fn actions_that_are_too_many_are_said_by_what_they_read_and_changes_by_their_names() {
        let names: Vec<String> = (0..100).map(|n| format!("kms:DescribeThing{n:020}")).collect();
        let actions = names.iter().map(String::as_str).chain(["kms:CreateKey", "iam:GetRole"]).collect();
        let policy = everywhere(actions);
        assert!(policy.contains(r#"["iam:Get*","kms:CreateKey","kms:Describe*"]"#), "{policy}");
    }

    #[test]
    fn a_session_that_looks_reads_recorders_and_deletes_none() {
        let policy = Narrowing::looking().policy("222222222222");
        assert!(policy.contains("config:DescribeConfigurationRecorders") && policy.contains("iam:ListRoles"));
        assert!(!policy.contains("Delete") && policy.len() < 2048, "{policy}");
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
