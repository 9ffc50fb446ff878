//! The ways into accounts, as text for people.

use std::fmt::Write as _;

use crate::cloud::entry::Way;
use crate::observe::access::Access;

/// A line for each account, below it what was tried in vain, and a sum.
#[must_use]
pub fn render(all: &[Access]) -> String {
    let width = all.iter().map(|one| one.name.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for one in all {
        let way = one.way.as_ref().map_or_else(|| format!("no way in ({})", one.state), words);
        let _ = writeln!(out, "{}  {:width$}  {way}", one.account, one.name);
        for tried in &one.tried {
            let _ = writeln!(out, "    {}: {}", tried.way, tried.error.message);
        }
    }
    let open = all.iter().filter(|one| one.way.is_some()).count();
    let _ = writeln!(out, "Accounts: {} of {} can be entered.", open, all.len());
    out
}

/// A way in words.
#[must_use]
pub fn words(way: &Way) -> String {
    match way {
        Way::Own => "own account".to_owned(),
        Way::Role(name) => format!("role {name}"),
        Way::PermissionSet(name) => format!("permission set {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::operations::Verdict;
    use crate::cloud::CallError;
    use crate::cloud::entry::Tried;

    #[test]
    fn an_account_without_a_way_shows_what_was_tried() {
        let access = |id: &str, name: &str, way, tried| Access {
            account: id.to_owned(),
            name: name.to_owned(),
            state: "ACTIVE".to_owned(),
            way,
            tried,
        };
        let error = CallError::ours("sts:AssumeRole", "AccessDenied", "not authorized", Verdict::Denied);
        let tried = vec![Tried { way: "AWSControlTowerExecution".to_owned(), error }];
        let all = [
            access("111111111111", "management", Some(Way::Own), vec![]),
            access("222222222222", "old", None, tried),
        ];
        let expected = "111111111111  management  own account\n\
                        222222222222  old         no way in (ACTIVE)\n    \
                        AWSControlTowerExecution: not authorized\n\
                        Accounts: 1 of 2 can be entered.\n";
        assert_eq!(render(&all), expected);
    }
}
