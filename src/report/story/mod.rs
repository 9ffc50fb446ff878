//! A plan as a story: what is dangerous first, then chapter by chapter what changes, each
//! change once however many steps carry it, with the line of the document that causes it and
//! the accounts that it reaches.
//!
//! In: a plan. Out: a [`Story`], which text, Markdown and HTML tell in their own ways. Absent:
//! the steps one by one with their order; see `step_text`.

mod entry;
mod fold;
mod telling;

use crate::coverage::Estate;
use crate::model::kinds::Action;
use crate::model::{Address, Kind};
use crate::plan::Plan;

pub use entry::{Difference, Entry, Place};
pub use telling::Chapter;

/// A plan for people.
#[derive(Debug)]
pub struct Story<'p> {
    /// What takes something away or cannot be taken back.
    pub dangers: Vec<Entry<'p>>,
    /// The rest by chapter; none is empty.
    pub chapters: Vec<(Chapter, Vec<Entry<'p>>)>,
    /// How many accounts the document knows of, the management account among them.
    pub accounts: usize,
}

impl<'p> Story<'p> {
    /// Tells a plan.
    #[must_use]
    pub fn of(plan: &'p Plan) -> Self {
        let estate = Estate::said(&plan.resources);
        let entries = fold::entries(plan, &estate);
        let grave = |entry: &Entry<'_>| entry.action == Action::Remove || !entry.consents.is_empty();
        let (dangers, rest): (Vec<Entry<'_>>, Vec<Entry<'_>>) = entries.into_iter().partition(grave);
        let mut chapters: Vec<(Chapter, Vec<Entry<'_>>)> =
            Chapter::ALL.iter().map(|chapter| (*chapter, Vec::new())).collect();
        for entry in rest {
            if let Some((_, entries)) = chapters.iter_mut().find(|(chapter, _)| *chapter == entry.chapter) {
                entries.push(entry);
            }
        }
        chapters.retain(|(_, entries)| !entries.is_empty());
        Self { dangers, chapters, accounts: estate.size() }
    }

    /// Every entry, dangers first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry<'p>> {
        self.dangers.iter().chain(self.chapters.iter().flat_map(|(_, entries)| entries))
    }
}

/// What several things of a kind are called.
pub(super) fn plural(kind: Kind) -> &'static str {
    telling::of(kind).plural
}

/// The accounts that a thing reaches, in words; none where that is no question.
pub(super) fn radius(estate: &Estate, address: &Address) -> Option<String> {
    let reach = telling::of(address.kind).reach?;
    entry::radius(&estate.reached(&reach, address), estate.size())
}
