//! What cannot be said of trails.
//!
//! Sources: CloudTrail API Reference, CreateTrail (names); CloudTrail pricing (the first copy of management events in a Region
//! is free); Control Tower User Guide, shared-account-resources (the landing zone's trail).

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::security::TrailSection;
use crate::spec::topic::Topic;
use crate::spec::view::{Part, State};

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "cloudtrail",
        title: "A trail cannot be like this",
        explanation: "A landing zone with centralised logging records the organization with a trail of its own, \
                      `aws-controltower-BaselineCloudTrail`, which nobody else may change; a second trail delivers \
                      every event again, and each further copy of management events is billed. Whoever wants one \
                      nevertheless, e.g. into a bucket under another key, says `beside_landing_zone: true`. A name \
                      has 3 to 128 letters, digits, periods, underscores and hyphens, begins and ends with a letter \
                      or a digit, and has no two marks beside each other. Sources: CloudTrail API Reference, \
                      CreateTrail; CloudTrail pricing; Control Tower User Guide, shared-account-resources.",
    },
    check,
};

/// How Control Tower's own begin.
const RESERVED: &str = "aws-controltower";

fn error(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(RULE.topic.code, message)
}

fn check(view: &View<'_>, findings: &mut Findings) {
    let section = view.doc.security.as_ref().and_then(|section| section.cloudtrail.as_ref());
    for (name, trail) in section.and_then(|section| section.trails.as_ref()).into_iter().flatten() {
        named(name, findings);
        second(view, name, trail, findings);
        if let Some(key) = trail.key.as_ref().filter(|key| !key.value.contains(":key/")) {
            findings.push(
                error("the key of a trail is named by its ARN")
                    .at(key.span, "no ARN of a key")
                    .help("an alias or an id is read back as the ARN, and would differ for ever"),
            );
        }
    }
}

fn named(name: &Located<String>, findings: &mut Findings) {
    let letter = |c: char| c.is_ascii_alphanumeric();
    let mark = |c: char| "._-".contains(c);
    let doubled = name.as_bytes().windows(2).any(|pair| pair.iter().all(|one| mark(char::from(*one))));
    let fits = (3..=128).contains(&name.len())
        && name.chars().all(|c| letter(c) || mark(c))
        && name.starts_with(letter)
        && name.ends_with(letter)
        && !doubled;
    if !fits {
        findings.push(
            error(format!("`{name}` is no name of a trail"))
                .at(name.span, "letters and digits, and single marks between them"),
        );
    } else if name.starts_with(RESERVED) {
        findings.push(
            error(format!("`{name}` is Control Tower's"))
                .at(name.span, "a name of Control Tower")
                .help("choose another name; Control Tower keeps its own trail by itself"),
        );
    }
}

fn second(view: &View<'_>, name: &Located<String>, trail: &TrailSection, findings: &mut Findings) {
    let told = trail.beside_landing_zone.as_ref().is_some_and(|told| told.value);
    if !told && view.landing_zone().is_some() && view.state(Part::Logging) == State::On {
        findings.push(
            error(format!(
                "the landing zone records the organization already, and `{name}` would be a second trail"
            ))
            .at(name.span, "a second copy of every event")
            .help("leave it out, or say `beside_landing_zone: true`"),
        );
    }
}
