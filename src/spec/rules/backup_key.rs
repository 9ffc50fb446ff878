//! The backup key is a multi-Region key with a replica in every governed Region.
//!
//! Source: Control Tower User Guide, backup-prerequisites.

use super::unknown_kms_key::named;
use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::words::KeyRegions;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "backup-key",
        title: "A key that the landing zone cannot use for backup",
        explanation: "The backup integration takes a multi-Region key that is replicated to every \
                      governed Region, and never the logging key, which must be single-Region. `regions: \
                      governed` keeps the replicas in step with `governed_regions`. Source: AWS Control \
                      Tower User Guide, backup prerequisites and configure KMS keys.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let named = named(view);
    let Some((_, key)) = named.iter().find(|(role, _)| *role == "backup") else { return };
    if let Some((role, other)) = named.iter().find(|(role, other)| *role != "backup" && other == key) {
        findings.push(
            Diagnostic::error(RULE.topic.code, format!("backup and {role} cannot share the key `{key}`"))
                .at(key.span, "needs a multi-Region key")
                .at(other.span, "needs a single-Region key"),
        );
        return;
    }
    let Some((name, section)) = view.doc.keys.as_ref().and_then(|keys| keys.get_key_value(&key.value)) else {
        return;
    };
    if !view.whole(&format!("keys.{name}")) {
        return;
    }
    if !section.multi_region.as_ref().is_some_and(|multi| multi.value) {
        let span = section.multi_region.as_ref().map_or(name.span, |multi| multi.span);
        findings.push(
            Diagnostic::error(RULE.topic.code, format!("the backup key `{name}` is not a multi-Region key"))
                .at(span, "single-Region")
                .at(key.span, "used for backup")
                .help("write `multi_region: true` and `regions: governed`"),
        );
    }
    let has: Vec<&str> = match section.regions.as_ref().map(|regions| &regions.value) {
        Some(KeyRegions::Governed) => return,
        Some(KeyRegions::Listed(regions)) => regions.iter().map(|region| region.as_str()).collect(),
        None => Vec::new(),
    };
    let home = view.home().map(|home| home.as_str());
    let governed = view.governed().map(|region| region.as_str());
    let missing: Vec<&str> =
        governed.filter(|region| Some(*region) != home && !has.contains(region)).collect();
    if !missing.is_empty() {
        let span = section.regions.as_ref().map_or(name.span, |regions| regions.span);
        let message = format!("the backup key `{name}` has no replica in {}", missing.join(", "));
        findings.push(
            Diagnostic::error(RULE.topic.code, message)
                .at(span, "must cover every governed Region")
                .help("write `regions: governed`"),
        );
    }
}
