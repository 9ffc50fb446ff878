//! What binds an account, as text for people.

use std::fmt::Write as _;

use crate::observe::effective::{Effective, Level, Says};

/// The text, ending with a line break.
#[must_use]
pub fn render(effective: &Effective) -> String {
    let mut out = format!("{} {}\n", effective.name, effective.account);
    if effective.types.is_empty() {
        out.push_str("  no policy type is switched on\n");
    }
    for of_type in &effective.types {
        let _ = writeln!(out, "\n{}", of_type.r#type);
        match &of_type.says {
            Says::Levels(levels) => {
                if effective.management {
                    out.push_str("  binds no management account\n");
                }
                levels.iter().for_each(|level| one(level, &mut out));
            }
            Says::Merged(None) => out.push_str("  nothing reaches this account\n"),
            Says::Merged(Some(document)) => {
                let text = serde_json::to_string_pretty(document).unwrap_or_else(|_| document.to_string());
                text.lines().for_each(|line| {
                    let _ = writeln!(out, "  {line}");
                });
            }
        }
    }
    out
}

fn one(level: &Level, out: &mut String) {
    let told = |allows: bool| if allows { "allows" } else { "only denies" };
    let names: Vec<String> =
        level.policies.iter().map(|policy| format!("{} ({})", policy.name, told(policy.allows))).collect();
    let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    let _ = writeln!(out, "  at {}: {names}", level.at);
    if level.locks_out() {
        let _ = writeln!(out, "    nothing here allows anything, so nothing is permitted in the account");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::observe::effective::{Attached, OfType};

    #[test]
    fn a_level_without_an_allowing_policy_is_pointed_out() {
        let deny = Attached { name: "no-s3".into(), id: "p-1".into(), allows: false, document: json!({}) };
        let levels = vec![Level { at: "Prod".into(), policies: vec![deny] }];
        let effective = Effective {
            account: "111122223333".into(),
            name: "app".into(),
            management: false,
            types: vec![
                OfType { r#type: "service_control".into(), says: Says::Levels(levels) },
                OfType { r#type: "tag".into(), says: Says::Merged(None) },
            ],
        };
        let text = render(&effective);
        assert!(text.contains("at Prod: no-s3 (only denies)\n    nothing here allows anything"), "{text}");
        assert!(text.contains("tag\n  nothing reaches this account"), "{text}");
    }
}
