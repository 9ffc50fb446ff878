//! Regions must be of one partition, named once, and are expected to be known.
//!
//! Source: AWS General Reference (partitions and their Regions); an organization
//! does not reach beyond its partition.

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::catalog::partitions;
use crate::model::region::Region;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::read::nearest;
use crate::spec::shape::words::KeyRegions;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "regions",
        title: "Regions of two partitions, named twice, or unknown",
        explanation: "An organization lives in one partition (commercial, China, GovCloud, European \
                      Sovereign Cloud). A Region that this program's list does not have is only a \
                      warning, since AWS opens new ones. Source: AWS General Reference, service \
                      endpoints.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    twice(view.governed(), findings);
    let mut all: Vec<&Located<Region>> = view.home().into_iter().chain(view.governed()).collect();
    for (_, key) in view.doc.keys.iter().flatten() {
        if let Some(KeyRegions::Listed(regions)) = key.regions.as_ref().map(|regions| &regions.value) {
            twice(regions.iter(), findings);
            all.extend(regions);
        }
    }
    all.sort_by_key(|region| region.span);
    let Some(first) = all.first() else { return };
    let partition = partitions::of_region(first);
    for region in &all {
        let row = partitions::of_region(region);
        if row.name != partition.name {
            let message = format!("{region} is in the partition {}, {first} in {}", row.name, partition.name);
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(region.span, row.name.clone())
                    .at(first.span, partition.name.clone()),
            );
        } else if !row.regions.contains(region) {
            let near = nearest(region.as_str(), row.regions.iter().map(Region::as_str));
            findings.push(
                Diagnostic::warning(RULE.topic.code, format!("{region} is not a Region this program knows"))
                    .at(region.span, "unknown Region")
                    .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
            );
        }
    }
}

fn twice<'d>(regions: impl Iterator<Item = &'d Located<Region>>, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for region in regions {
        if let Some(first) = seen.insert(&region.value, region.span) {
            findings.push(
                Diagnostic::error(RULE.topic.code, format!("{region} is listed twice"))
                    .at(region.span, "here again")
                    .at(first, "first here"),
            );
        }
    }
}
