//! Replicas are of multi-Region keys, and `governed` needs governed Regions.
//!
//! Source: KMS Developer Guide, multi-Region keys: only a multi-Region primary key
//! can be replicated, once into each other Region.

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::words::KeyRegions;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "key-regions",
        title: "A key's Regions do not make sense",
        explanation: "A key lives in the home Region. `regions` names the Regions of its replicas, which \
                      only a multi-Region key has; whether a key is multi-Region cannot be changed later. \
                      Source: AWS KMS Developer Guide, multi-Region keys.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    for (name, key) in view.doc.keys.iter().flatten() {
        let Some(regions) = &key.regions else { continue };
        if !key.multi_region.as_ref().is_some_and(|multi| multi.value)
            && view.whole(&format!("keys.{name}.multi_region"))
        {
            findings.push(
                Diagnostic::error(
                    RULE.topic.code,
                    format!("key `{name}` has replicas but is not multi-Region"),
                )
                .at(regions.span, "replicas")
                .help("write `multi_region: true`, or drop `regions`"),
            );
        }
        let readable = view.doc.organization.is_some() || view.whole("organization");
        let none_governed = view.governed().next().is_none() && readable;
        if matches!(regions.value, KeyRegions::Governed)
            && none_governed
            && view.whole("organization.governed_regions")
        {
            findings.push(
                Diagnostic::error(
                    RULE.topic.code,
                    format!("key `{name}` follows the governed Regions, but there are none"),
                )
                .at(regions.span, "which Regions?")
                .help("say `organization.governed_regions`"),
            );
        }
    }
}
