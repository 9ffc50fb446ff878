//! From what is live to a document that says it.
//!
//! In: a census. Out: [`Exported`], the document's text and the files that it names, with
//! remarks on what it does not say and why. A plan of the document finds nothing to do: what
//! the document would repair or could not keep is listed under `leave_alone`, with the reason.
//! Pure (invariant I1). One file for each section; a new kind is one more.

mod accounts;
mod administrators;
mod backup;
pub(crate) mod config;
mod draft;
mod identity_center;
mod landing_zone;
mod names;
mod organization;
mod policies;
mod security;
mod service_roles;
mod sieve;
mod stack_sets;
mod tower;
mod trails;
mod units;
mod yaml;

use std::collections::BTreeMap;

use crate::observe::census::Census;
use draft::Draft;

/// The document's file name.
pub const DOCUMENT: &str = "landing-zone.yaml";

/// A document with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Texts by their path beside each other; the document is [`DOCUMENT`].
    pub files: BTreeMap<String, String>,
    /// What the document does not say although it is there, in words.
    pub remarks: Vec<String>,
    /// Addresses that it leaves alone, each with the reason.
    pub left_alone: BTreeMap<String, String>,
    /// What the document's rules refused, among the remarks as well.
    pub refused: Vec<String>,
}

/// The sections, in the order in which they stand in the document.
const SECTIONS: &[fn(&mut Draft<'_>)] = &[
    organization::write,
    units::write,
    accounts::write,
    landing_zone::write,
    policies::write,
    security::write,
    administrators::write,
    backup::write,
    stack_sets::write,
    identity_center::write,
];

/// The document of a census; none where there is no organization.
#[must_use]
pub fn document(census: &Census) -> Option<Exported> {
    census.organization.as_ref()?;
    let mut draft = Draft::new(census);
    draft.note_gaps();
    for write in SECTIONS {
        write(&mut draft);
    }
    Some(sieve::sieved(draft))
}
