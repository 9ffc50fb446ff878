//! One change, however many steps carry it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::telling::Chapter;
use crate::model::Origin;
use crate::model::kinds::Action;
use crate::plan::Step;

/// So many names are told of a long list.
const NAMES: usize = 6;

/// One change.
#[derive(Debug)]
pub struct Entry<'p> {
    /// Where it is told.
    pub chapter: Chapter,
    /// What is done, in one word.
    pub action: Action,
    /// What it is done to: an address, a number of things, a service.
    pub title: String,
    /// The names of the things, by the unit they are or shall be in; empty where the title
    /// says it all.
    pub names: BTreeMap<Place, Vec<&'p str>>,
    /// What differs, each difference once.
    pub differences: Vec<Difference<'p>>,
    /// The places in the documents that ask for it.
    pub origins: BTreeSet<&'p Origin>,
    /// Consents that it needs.
    pub consents: BTreeSet<&'p str>,
    /// The accounts that it reaches; none where that is no question.
    pub reached: Option<BTreeSet<String>>,
    /// Regions it is done in, where it is done Region by Region.
    pub regions: BTreeSet<&'p str>,
    /// The steps that carry it, in the order of the plan.
    pub steps: Vec<&'p Step>,
}

/// A path of units; empty for what has none.
pub type Place = String;

/// What differs in one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference<'p> {
    /// The field.
    pub field: &'p str,
    /// What is live.
    pub from: Option<&'p Value>,
    /// What it shall be.
    pub to: &'p Value,
}

impl Entry<'_> {
    /// The places in the documents in a few words: `lz.yaml:4, 7 and 3 more`.
    #[must_use]
    pub fn said(&self) -> String {
        let mut files: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for origin in &self.origins {
            files.entry(&origin.file).or_default().insert(origin.line);
        }
        let told = files.into_iter().map(|(file, lines)| format!("{file}:{}", ranges(&lines)));
        told.collect::<Vec<_>>().join(", ")
    }

    /// The names in a few words, a line for each place while there are few.
    #[must_use]
    pub fn named(&self) -> Vec<String> {
        let count: usize = self.names.values().map(Vec::len).sum();
        if self.names.len() > NAMES {
            let places = self.names.len();
            return vec![format!(
                "{count} in {places} places, such as {}",
                some(self.names.values().flatten())
            )];
        }
        let line = |(place, names): (&Place, &Vec<&str>)| {
            let within = if place.is_empty() { String::new() } else { format!("in {place}: ") };
            format!("{within}{}", some(names.iter()))
        };
        self.names.iter().map(line).collect()
    }

    /// The accounts it reaches, in words; none where that is no question, or none is known.
    #[must_use]
    pub fn radius(&self, all: usize) -> Option<String> {
        radius(self.reached.as_ref()?, all)
    }
}

/// Which of `all` accounts are reached, in words; none when none is known.
pub(super) fn radius(reached: &BTreeSet<String>, all: usize) -> Option<String> {
    match reached.len() {
        0 => None,
        1 => reached.first().map(|name| format!("reaches {name}")),
        count if count == all => Some(format!("reaches all {all} accounts")),
        count => Some(format!("reaches {count} of {all} accounts")),
    }
}

/// The first names of a list, and how many more there are.
fn some<'n>(names: impl Iterator<Item = &'n &'n str>) -> String {
    let all: Vec<&str> = names.copied().collect();
    let first: Vec<&str> = all.iter().take(NAMES).copied().collect();
    let more = all.len() - first.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", first.join(", "))
}

/// Lines as ranges: `4-6, 9`.
fn ranges(lines: &BTreeSet<u32>) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for line in lines {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *line => *last = *line,
            _ => runs.push((*line, *line)),
        }
    }
    let count = runs.len();
    let told = runs
        .iter()
        .take(3)
        .map(|(from, to)| if from == to { from.to_string() } else { format!("{from}-{to}") });
    let more = if count > 3 { format!(" and {} more", count - 3) } else { String::new() };
    format!("{}{more}", told.collect::<Vec<_>>().join(", "))
}
