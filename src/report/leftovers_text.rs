//! Leftovers as text: what it is, where, and the two things that can be done.

use std::fmt::Write as _;

use crate::observe::leftovers::Leftover;

/// One paragraph for each.
#[must_use]
pub fn render(leftovers: &[Leftover]) -> String {
    let mut out = String::new();
    for left in leftovers {
        let _ = writeln!(out, "{} {}  ({})", left.kind, left.name, left.place);
        let _ = writeln!(out, "    adopt:  {}", left.adopt);
        let _ = writeln!(out, "    remove: {}", left.remove);
    }
    let _ = writeln!(
        out,
        "Leftovers: {}. They are left alone until the document says otherwise.",
        leftovers.len()
    );
    out
}
