//! The plan file: the plan and what binds it to a time and a single use.
//!
//! One value has one text ([`SavedPlan::text`]) and only that text is read back,
//! so whatever is changed in a file is found: other bytes for the same value by
//! comparing, another value by its digests.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{KeyId, PrivateKey, PublicKey, Signature, Unsound};
use crate::model::canonical;
use crate::plan::{Plan, planner};

/// The format of plan files that this program writes. A reader refuses any other.
pub const FORMAT: u32 = 1;

/// What only the caller knows when a plan is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The moment.
    pub made_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// A text that was never used before: the plan is applied under it once.
    pub nonce: String,
    /// The version of the program.
    pub version: String,
}

/// A plan file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPlan {
    /// [`FORMAT`].
    pub format: u32,
    /// SHA-256 of the canonical form of everything else but the signatures.
    pub digest: String,
    /// The version of the program that wrote it.
    pub version: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// What makes it usable once.
    pub nonce: String,
    /// Who has signed the digested content.
    pub signatures: Vec<Signature>,
    /// The digest of each member of the plan, to tell which of them was changed.
    pub members: BTreeMap<String, String>,
    /// The plan.
    pub plan: Plan,
}

/// What digest and signatures are over.
#[derive(Serialize)]
struct Statement<'s> {
    format: u32,
    version: &'s str,
    made_at: Timestamp,
    expires_at: Timestamp,
    nonce: &'s str,
    members: &'s BTreeMap<String, String>,
    plan: &'s Plan,
}

impl SavedPlan {
    /// A plan under a seal, unsigned.
    #[must_use]
    pub fn new(plan: Plan, seal: Seal) -> Self {
        let Seal { made_at, expires_at, nonce, version } = seal;
        let mut saved = Self {
            format: FORMAT,
            digest: String::new(),
            version,
            made_at,
            expires_at,
            nonce,
            signatures: Vec::new(),
            members: members(&plan),
            plan,
        };
        saved.digest = hex::encode(Sha256::digest(saved.payload()));
        saved
    }

    /// The content of its file.
    ///
    /// # Errors
    /// When the plan cannot be expressed as JSON, which no plan of ours is.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    /// Reads the content of a file. What comes back is exactly what the file says;
    /// whether it is what was saved is told by [`Self::faults`].
    ///
    /// # Errors
    /// [`Unsound::Shape`], [`Unsound::Format`] or [`Unsound::Rewritten`].
    pub fn read(text: &str) -> Result<Self, Unsound> {
        #[derive(Deserialize)]
        struct Header {
            format: u64,
        }
        let shape = |error: serde_json::Error| Unsound::Shape(error.to_string());
        // The format first: a file of another one may have any other shape.
        let Header { format } = serde_json::from_str(text).map_err(shape)?;
        if format != u64::from(FORMAT) {
            return Err(Unsound::Format { found: format });
        }
        let saved: Self = serde_json::from_str(text).map_err(shape)?;
        let written = saved.text().map_err(shape)?;
        if written == text { Ok(saved) } else { Err(rewritten(text, &written)) }
    }

    /// Everything in it that is not as it was saved or signed; empty when it is sound.
    #[must_use]
    pub fn faults(&self) -> Vec<Unsound> {
        let now = members(&self.plan);
        let names: BTreeSet<&String> = self.members.keys().chain(now.keys()).collect();
        let differs = |name: &&String| self.members.get(*name) != now.get(*name);
        let changed = names.into_iter().filter(differs);
        let mut found: Vec<Unsound> =
            changed.map(|member| Unsound::Content { member: member.clone() }).collect();
        if found.is_empty() && planner::digest(&self.plan) != self.plan.id {
            found.push(Unsound::Id);
        }
        let payload = self.payload();
        if found.is_empty() && hex::encode(Sha256::digest(&payload)) != self.digest {
            found.push(Unsound::Frame);
        }
        let mut seen = BTreeSet::new();
        for signature in &self.signatures {
            match signature.signer(&payload) {
                Ok(key) if !seen.insert(key.id()) => found.push(Unsound::SignedTwice { key: key.id() }),
                Ok(_) => {}
                Err(fault) => found.push(fault),
            }
        }
        if !self.signatures.is_sorted_by(|one, other| one.key_id <= other.key_id) {
            found.push(Unsound::SignatureOrder);
        }
        found
    }

    /// Whether its time has passed at a moment.
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> Option<Unsound> {
        (now >= self.expires_at).then_some(Unsound::Expired { expired: self.expires_at, now })
    }

    /// The keys whose signatures hold, each once.
    #[must_use]
    pub fn signers(&self) -> BTreeSet<KeyId> {
        let payload = self.payload();
        let keys = self.signatures.iter().filter_map(|signature| signature.signer(&payload).ok());
        keys.map(|key: PublicKey| key.id()).collect()
    }

    /// Adds a key's signature. They stand in the order of their keys, so that who
    /// signed first makes no other file.
    ///
    /// # Errors
    /// [`Unsound::SignedTwice`] when the key has signed already.
    pub fn sign(&mut self, key: &PrivateKey) -> Result<KeyId, Unsound> {
        let id = key.public().id();
        if self.signatures.iter().any(|signature| signature.key_id == id.as_str()) {
            return Err(Unsound::SignedTwice { key: id });
        }
        let place = self.signatures.partition_point(|signature| signature.key_id.as_str() < id.as_str());
        let signature = Signature::make(&self.payload(), key);
        self.signatures.insert(place, signature);
        Ok(id)
    }

    /// The bytes that digest and signatures are over.
    fn payload(&self) -> Vec<u8> {
        let statement = Statement {
            format: self.format,
            version: &self.version,
            made_at: self.made_at,
            expires_at: self.expires_at,
            nonce: &self.nonce,
            members: &self.members,
            plan: &self.plan,
        };
        // A plan is JSON by its types. Should that ever change, nothing is signed
        // and no file has been written either, because `text` fails as well.
        serde_json::to_value(statement).map(|value| canonical::text(&value).into_bytes()).unwrap_or_default()
    }
}

/// The digest of each member of a plan.
fn members(plan: &Plan) -> BTreeMap<String, String> {
    let Ok(Value::Object(members)) = serde_json::to_value(plan) else {
        return BTreeMap::new();
    };
    let digest = |value: &Value| hex::encode(Sha256::digest(canonical::text(value).as_bytes()));
    members.iter().map(|(name, value)| (name.clone(), digest(value))).collect()
}

/// Letters of a line that are shown.
const SHOWN: usize = 80;

/// The first line in which two texts differ. Line breaks belong to their lines:
/// one that is lacking or of another kind is shown as such.
fn rewritten(found: &str, written: &str) -> Unsound {
    let mut pairs = found.split_inclusive('\n').zip(written.split_inclusive('\n'));
    let at = pairs.position(|(one, other)| one != other);
    let line =
        at.unwrap_or_else(|| found.split_inclusive('\n').count().min(written.split_inclusive('\n').count()));
    let show = |text: &str| -> String {
        let whole = text.split_inclusive('\n').nth(line).unwrap_or_default();
        whole.trim_start().escape_debug().take(SHOWN).collect()
    };
    Unsound::Rewritten { line: line + 1, found: show(found), written: show(written) }
}
