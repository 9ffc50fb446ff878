//! Permissions as text: each policy under its name, ready to be copied.

use std::fmt::Write as _;

use serde_json::Value;

use crate::plan::permissions::{Permissions, Policy};

/// The whole of it.
#[must_use]
pub fn render(permissions: &Permissions) -> String {
    let mut out = String::new();
    section(&mut out, "Management account: for the calling identity", &permissions.management);
    let title = "Management account: for what Control Tower does with the caller's credentials";
    section(&mut out, title, &permissions.control_tower);
    for member in &permissions.members {
        let id = member.id.as_deref().unwrap_or("its id is not known yet");
        let _ = writeln!(out, "# Member account {} ({id})", member.account);
        let _ = writeln!(out, "# Assumable, the first that lets us in: {}", member.roles.join(", "));
        let _ = writeln!(out, "{}\n", pretty(&member.policy));
    }
    let title = "The bucket of runs: for the identity that reaches it";
    section(&mut out, title, permissions.run_store.as_slice());
    if !permissions.everywhere.is_empty() {
        out.push_str("# Allowed on every resource, because AWS takes nothing narrower\n");
        for (action, reason) in &permissions.everywhere {
            let _ = writeln!(out, "#   {action}: {reason}");
        }
    }
    for note in &permissions.notes {
        let _ = writeln!(out, "# note: {note}");
    }
    out
}

fn section(out: &mut String, title: &str, policies: &[Policy]) {
    for policy in policies {
        let _ = writeln!(out, "# {title}: {}\n{}\n", policy.name, pretty(&policy.document));
    }
}

/// A value of JSON has only text for keys, so it can always be written.
fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}
