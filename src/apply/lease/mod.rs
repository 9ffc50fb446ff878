//! The lease: who may change an organization now.
//!
//! One per organization in a run store. It names its holder, ends by itself, and is
//! renewed while its holder lives. It is written only under a condition, so of two
//! who want it one gets it. AWS's own calls cannot be fenced; therefore no changing
//! call is sent unless the lease lasts longer than the call may take, and whoever
//! cannot renew in time stops before the next one.
//!
//! Whether somebody else's lease has ended is judged by the store's clock and by
//! how long it was seen not to change; whether one's own has is judged from the
//! moment at which its last renewal was *sent*, by whichever of our clocks has gone
//! further. So two clocks that differ never make two holders; they only have to run
//! about equally fast: a twentieth off is covered by [`Terms::margin`].
//!
//! [`claim`] and [`tenure`] decide and are pure; [`keeper`] acts.

pub mod claim;
mod clock;
pub mod folder;
pub mod keeper;
pub mod objects;
pub mod register;
pub mod tenure;
#[cfg(test)]
mod trial;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use keeper::{Keeper, LeaseError};
pub use register::Register;

/// The format this program writes.
pub const FORMAT: u32 = 1;

/// How long things take. The defaults let a dead holder be followed within a minute:
/// 45 s of lease, 5 s of margin and at most one look of 3 s after them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Terms {
    /// How long a lease lasts from its last renewal.
    pub lasts: Duration,
    /// How much longer others wait: whole seconds in the store's answers, and clocks
    /// that run unequally fast.
    pub margin: Duration,
    /// The time between two renewals: several may fail before it matters.
    pub renewal: Duration,
    /// The time between two looks at somebody else's lease.
    pub look: Duration,
    /// How long one changing call may take under a lease.
    pub call: Duration,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            lasts: Duration::from_secs(45),
            margin: Duration::from_secs(5),
            renewal: Duration::from_secs(8),
            look: Duration::from_secs(3),
            call: Duration::from_secs(20),
        }
    }
}

/// Who holds a lease.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Holder {
    /// For people: who, on which machine, in which process.
    pub name: String,
    /// For programs: drawn by chance, one for each process.
    pub mark: String,
}

/// What is written in the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Document {
    /// [`FORMAT`].
    pub format: u32,
    /// The holder; none when it was given back.
    pub holder: Option<Holder>,
    /// The run that is carried out, once it has a name.
    pub run: Option<String>,
    /// Since when, by the store's clock.
    pub since: Timestamp,
    /// How long it lasts from its last writing, in milliseconds.
    pub lasts_ms: u64,
    /// Grows with each holder, so that later ones are told from earlier ones.
    pub fence: u64,
    /// Grows with each writing, so that no two contents are alike.
    pub turn: u64,
}

/// A lease as somebody saw it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sighting {
    /// What it says.
    pub document: Document,
    /// What a write must name to replace exactly this.
    pub tag: String,
    /// When it was written, by the store's clock.
    pub written: Timestamp,
    /// Whether the holder's process is known to live or to be gone, where the store
    /// can tell: processes of one machine.
    pub alive: Option<bool>,
}

/// One look into the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Look {
    /// The lease, if there was ever one.
    pub found: Option<Sighting>,
    /// When, by the store's clock.
    pub at: Timestamp,
}

/// A lease that somebody else holds, for people.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Standing {
    /// Who.
    pub holder: String,
    /// Their run, once it has a name.
    pub run: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Until when, unless it is renewed.
    pub until: Timestamp,
}

impl Document {
    /// How long it lasts from its last writing.
    #[must_use]
    pub const fn lasts(&self) -> Duration {
        Duration::from_millis(self.lasts_ms)
    }
}

impl Standing {
    /// Of a lease that is held.
    #[must_use]
    pub fn of(seen: &Sighting) -> Option<Self> {
        let lasts = SignedDuration::try_from(seen.document.lasts()).unwrap_or(SignedDuration::MAX);
        Some(Self {
            holder: seen.document.holder.as_ref()?.name.clone(),
            run: seen.document.run.clone(),
            since: seen.document.since,
            until: seen.written.checked_add(lasts).unwrap_or(Timestamp::MAX),
        })
    }
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.run {
            Some(run) => write!(f, "another process is carrying out run {run}")?,
            None => write!(f, "another process is preparing a run")?,
        }
        let Self { holder, since, until, .. } = self;
        write!(f, ": {holder}, since {since}; its lease lasts until {until} unless it is renewed")
    }
}
