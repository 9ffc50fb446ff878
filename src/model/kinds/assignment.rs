//! Who works with one permission set, and in which accounts.
//!
//! Fields: `accounts.<account>` (the account's id). The leaf is the document's name of
//! the account, `management`, or the id of an account that the document does not
//! speak of. Keys: `permission_set_name`, `permission_set` (its ARN), `group` or `user` (a name),
//! `principal` (the group's id), `accounts_below` (units of which every account is a
//! leaf, see [`crate::model::Resource::below`]). Attributes: `permission_set`,
//! `principal`. It is a relation: there is no call that makes one without an account.

use serde::Serialize;

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Assignment,
    verbs: &[
        Verb {
            side_by_side: true,
            ..Verb::plain("assign", "sso-admin:CreateAccountAssignment", Action::Create)
        },
        Verb {
            side_by_side: true,
            consent: Some("access_removal"),
            ..Verb::plain("unassign", "sso-admin:DeleteAccountAssignment", Action::Remove)
        },
    ],
    fields: &[FieldRule::new("accounts.*", Compare::Exact, "assign").alone().with_surplus("unassign")],
    attributes: &["permission_set", "principal"],
};

/// Who works with a permission set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A group, by display name.
    Group(String),
    /// A user, by user name.
    User(String),
}

/// What stands before a user's name in an assignment's address.
const USER: &str = "user/";

/// The name in addresses of a permission set for somebody: `SET:GROUP` or `SET:user/NAME`.
#[must_use]
pub fn name_of(permission_set: &str, subject: &Subject) -> String {
    match subject {
        Subject::Group(name) => format!("{permission_set}:{name}"),
        Subject::User(name) => format!("{permission_set}:{USER}{name}"),
    }
}

/// The permission set and the subject in such a name. Names of sets hold no colon.
#[must_use]
pub fn parse_name(name: &str) -> Option<(String, Subject)> {
    let (set, subject) = name.split_once(':').filter(|(set, who)| !set.is_empty() && !who.is_empty())?;
    let subject = match subject.strip_prefix(USER) {
        Some(user) => Subject::User(user.to_owned()),
        None => Subject::Group(subject.to_owned()),
    };
    Some((set.to_owned(), subject))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assignments_name_tells_its_set_and_its_subject() {
        assert_eq!(parse_name("Read:Ops:eu"), Some(("Read".into(), Subject::Group("Ops:eu".into()))));
        assert_eq!(parse_name("Read:user/ann"), Some(("Read".into(), Subject::User("ann".into()))));
        assert_eq!(name_of("Read", &Subject::User("ann".into())), "Read:user/ann");
        assert_eq!(parse_name("Read:"), None);
        assert_eq!(parse_name("Read"), None);
    }
}
