//! The plan as a value: what apply will do, and for which organization.
//!
//! Serialised as JSON with a format number. Its id is the digest of its content:
//! the same spec and the same snapshot give the same plan, byte for byte (I2).
//! It is bound to account, organization and what was read (I9).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::step::Step;
use crate::model::ids::{AccountId, OrganizationId};
use crate::model::partition::Partition;
use crate::model::region::Region;
use crate::model::signatures::SignatureRule;
use crate::model::{Address, Attributes, Resource};

/// The format this program writes. A reader refuses any other.
pub const FORMAT: u32 = 1;

/// The code of the note about a resource that could not be read.
pub const UNREADABLE: &str = "unreadable";

/// What apply will do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`FORMAT`].
    pub format: u32,
    /// The digest of everything below, in hexadecimal.
    pub id: String,
    /// The account it was made with.
    pub account: AccountId,
    /// The organization it is for; none when the plan creates it.
    pub organization: Option<OrganizationId>,
    /// The partition.
    pub partition: Partition,
    /// The home Region.
    pub home_region: Region,
    /// The digest of the desired resources.
    pub spec_digest: String,
    /// The digest of each thing read, by address: what must not have moved.
    pub fingerprints: BTreeMap<Address, String>,
    /// A short digest of each field and attribute read, by address. The
    /// fingerprints bind; these only serve to tell which field has moved.
    pub read_fields: BTreeMap<Address, BTreeMap<String, String>>,
    /// The steps, in one order that satisfies every need.
    pub steps: Vec<Step>,
    /// Attributes already known, for the references in the steps.
    pub known: BTreeMap<Address, Attributes>,
    /// Irreversible acts in it, allowed or not.
    pub consents: Vec<Consent>,
    /// Who must have signed it, by the document.
    #[serde(default, skip_serializing_if = "SignatureRule::is_silent")]
    pub signatures: SignatureRule,
    /// Things the operator should know, gravest first.
    pub notes: Vec<Note>,
    /// The desired resources, so that a saved plan can be held against the live
    /// organization again without its documents.
    pub resources: Vec<Resource>,
}

/// One irreversible act that the plan contains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// `class.name`, as the operator must write it.
    pub name: String,
    /// What cannot be taken back, in words.
    pub consequence: String,
    /// Until when it can still be stopped or taken back, in words.
    pub window: String,
    /// Whether the operator has given it.
    pub given: bool,
}

/// Something the operator should know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Note {
    /// How grave.
    pub level: Level,
    /// The check that says so, e.g. `account-quota`.
    pub code: String,
    /// The resource it is about, if one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// What is the matter.
    pub message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// How grave a note is. A plan with a `Blocker` is shown and never applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The plan cannot succeed or would do harm: apply refuses it.
    Blocker,
    /// It will work, but somebody should look.
    Warning,
    /// Good to know.
    Info,
}

impl Plan {
    /// The notes that forbid applying it.
    pub fn blockers(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter().filter(|note| note.level == Level::Blocker)
    }

    /// How many resources of the document could not be read and are left alone.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.notes.iter().filter(|note| note.code == UNREADABLE).count()
    }

    /// The consents it needs and does not have.
    pub fn missing_consents(&self) -> impl Iterator<Item = &Consent> {
        self.consents.iter().filter(|consent| !consent.given)
    }
}
