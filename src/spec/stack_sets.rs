//! `stack_sets` as the floors above know it.
//!
//! In: the section, valid by the rules. Out: plain values with their places, in AWS's words.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::document::Target;
use super::shape::chosen::word_of;
use super::shape::sections::Tags;
use super::shape::stack_sets::{CAPABILITIES, StackSetSection};
use super::shape::words::KeyRegions;
use super::source::Span;
use super::view::View;
use crate::model::Origin;
use crate::model::region::Region;

/// Bytes of a template in a request (CloudFormation User Guide, cloudformation-limits).
pub const MOST: usize = 51_200;

/// The document's word for what AWS calls a capability.
#[must_use]
pub fn capability_word(of_aws: &str) -> Option<&'static str> {
    word_of(CAPABILITIES, of_aws)
}

/// A stack set.
#[derive(Debug, Clone, Serialize)]
pub struct StackSet {
    /// Where it stands.
    pub origin: Origin,
    /// The template's text.
    pub template: String,
    /// What it is about.
    pub description: Option<String>,
    /// What the template takes.
    pub parameters: BTreeMap<String, String>,
    /// AWS's names of what the template may make.
    pub capabilities: BTreeSet<String>,
    /// Units and the root.
    pub targets: BTreeSet<Target>,
    /// Regions; the home Region where none is governed.
    pub regions: BTreeSet<Region>,
    /// Whether accounts that come into a target get it by themselves.
    pub auto_deployment: bool,
    /// Whether stacks stay in accounts that leave.
    pub retain: bool,
    /// The delegated administrator that manages it, by name.
    pub administrator: Option<String>,
    /// The type of control that it is, when one is said.
    pub purpose: Option<String>,
    /// Tags in full, when they are said.
    pub tags: Option<BTreeMap<String, String>>,
}

pub(crate) fn lower(view: &View<'_>, at: &dyn Fn(Span) -> Origin) -> BTreeMap<String, StackSet> {
    let all = view.doc.stack_sets.iter().flatten();
    all.filter_map(|(name, section)| Some((name.value.clone(), one(view, section, at(name.span))?))).collect()
}

fn one(view: &View<'_>, section: &StackSetSection, origin: Origin) -> Option<StackSet> {
    let text = |text: &Option<super::shape::Located<String>>| text.as_ref().map(|text| text.value.clone());
    let governed = || view.governed().map(|region| region.value.clone()).collect();
    let regions = match section.regions.as_ref().map(|regions| &regions.value) {
        Some(KeyRegions::Listed(listed)) => listed.iter().map(|region| region.value.clone()).collect(),
        _ => governed(),
    };
    let on =
        |flag: &Option<super::shape::Located<bool>>, usual: bool| flag.as_ref().map_or(usual, |on| on.value);
    Some(StackSet {
        origin,
        template: view.attached.text(section.template.as_ref()?)?.to_owned(),
        description: text(&section.description),
        parameters: pairs(section.parameters.as_ref()),
        capabilities: section.capabilities.iter().flatten().map(|word| word.value.0.to_owned()).collect(),
        targets: section.targets.iter().flatten().filter_map(|word| view.target(word).ok()).collect(),
        regions,
        auto_deployment: on(&section.auto_deployment, true),
        retain: on(&section.retain, false),
        administrator: text(&section.administrator).filter(|name| name != "management"),
        purpose: section.purpose.as_ref().map(|word| word.value.0.to_owned()),
        tags: section.tags.as_ref().map(|tags| pairs(Some(tags))),
    })
}

fn pairs(tags: Option<&Tags>) -> BTreeMap<String, String> {
    tags.into_iter().flatten().map(|(key, value)| (key.value.clone(), value.value.clone())).collect()
}
