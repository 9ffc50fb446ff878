//! Holding a lease: a pure step function.
//!
//! In: the time by one's own clock, and what became of writes and looks. Out: when
//! to write what, how long the lease surely lasts, and whether it is lost.

use std::time::Duration;

use super::claim::Written;
use super::{Document, Look, Terms};

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Duty {
    /// Renew at this time.
    RenewAt(Duration),
    /// Write this over the lease with this tag.
    Write {
        /// What to write.
        document: Document,
        /// The tag of what it replaces.
        over: String,
    },
    /// Look into the store.
    Look,
    /// Somebody else has it, or it could not be renewed in time: send nothing more.
    Lost,
}

/// A lease that is ours.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tenure {
    document: Document,
    tag: String,
    /// When the writing that it rests on was sent.
    from: Duration,
    terms: Terms,
    /// A renewal on its way: what was written, and when it was first sent.
    renewing: Option<(Document, Duration)>,
    lost: bool,
}

impl Tenure {
    /// A lease by a document that was sent at `from` and has this tag.
    #[must_use]
    pub const fn new(document: Document, tag: String, from: Duration, terms: Terms) -> Self {
        Self { document, tag, from, terms, renewing: None, lost: false }
    }

    /// How long it surely lasts; nothing once it is lost.
    #[must_use]
    pub fn remaining(&self, now: Duration) -> Duration {
        if self.lost { Duration::ZERO } else { (self.from + self.terms.lasts).saturating_sub(now) }
    }

    /// Whether a changing call may be sent now: the lease outlasts it.
    #[must_use]
    pub fn allows(&self, now: Duration) -> bool {
        self.remaining(now) > self.terms.call
    }

    /// Whether it is gone for good.
    #[must_use]
    pub const fn is_lost(&self) -> bool {
        self.lost
    }

    /// What it says.
    #[must_use]
    pub const fn document(&self) -> &Document {
        &self.document
    }

    /// When it has to be renewed.
    #[must_use]
    pub fn due(&self) -> Duration {
        self.from + self.terms.renewal
    }

    /// Begins a renewal that also says which run this is. One that is on its way is
    /// sent again as it is, since it may have taken effect.
    pub fn renew(&mut self, now: Duration, run: Option<&str>) -> Duty {
        if self.lost {
            return Duty::Lost;
        }
        let renewing = self.renewing.get_or_insert_with(|| {
            let run = run.map(str::to_owned).or_else(|| self.document.run.clone());
            (Document { run, turn: self.document.turn + 1, ..self.document.clone() }, now)
        });
        Duty::Write { document: renewing.0.clone(), over: self.tag.clone() }
    }

    /// The answer to a renewal.
    pub fn wrote(&mut self, written: Written) -> Duty {
        match (written, &self.renewing) {
            (Written::Yes(tag), Some((document, sent))) => {
                (self.document, self.tag, self.from) = (document.clone(), tag, *sent);
                self.renewing = None;
                Duty::RenewAt(self.due())
            }
            _ => Duty::Look,
        }
    }

    /// The store was looked into because a renewal was unclear.
    pub fn looked(&mut self, now: Duration, look: &Look) -> Duty {
        match (&look.found, &self.renewing) {
            (Some(seen), Some((document, _))) if seen.document == *document => {
                self.wrote(Written::Yes(seen.tag.clone()))
            }
            // Still the former one: the renewal did not take effect, or not yet.
            (Some(seen), _) if seen.document == self.document => {
                self.tag.clone_from(&seen.tag);
                self.unanswered(now)
            }
            _ => {
                self.lost = true;
                Duty::Lost
            }
        }
    }

    /// Neither the renewal nor the look was answered.
    pub fn unanswered(&mut self, now: Duration) -> Duty {
        if self.remaining(now).is_zero() {
            self.lost = true;
            return Duty::Lost;
        }
        Duty::RenewAt(now + self.terms.look)
    }

    /// What to write so that others need not wait; the fence stays and grows.
    #[must_use]
    pub fn given_back(&self) -> (Document, String) {
        let turn = self.renewing.as_ref().map_or(self.document.turn, |(document, _)| document.turn) + 1;
        (Document { holder: None, run: None, turn, ..self.document.clone() }, self.tag.clone())
    }
}
