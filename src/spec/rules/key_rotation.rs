//! KMS rotates a key after 90 to 2560 days.
//!
//! Source: KMS API Reference, EnableKeyRotation, RotationPeriodInDays.

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

/// Days that KMS takes.
const TAKEN: std::ops::RangeInclusive<u32> = 90..=2560;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "key-rotation",
        title: "A key cannot rotate so often or so seldom",
        explanation: "KMS gives a key new material by itself after 90 to 2560 days. What was encrypted under \
                      older material stays readable, and the key keeps its id and ARN. Source: AWS KMS API \
                      Reference, EnableKeyRotation.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    for (name, key) in view.doc.keys.iter().flatten() {
        let Some(days) = key.rotation_days.as_ref().filter(|days| !TAKEN.contains(&days.value.0)) else {
            continue;
        };
        findings.push(
            Diagnostic::error(
                RULE.topic.code,
                format!("key `{name}` would rotate every {} days, which KMS does not take", days.value.0),
            )
            .at(days.span, "90 to 2560 days")
            .help("write `rotation_days: 365`"),
        );
    }
}
