//! Getting a lease: a pure step function.
//!
//! In: what a look into the store showed, or what became of a write, and the time
//! by one's own clock. Out: what to do next. Whoever acts does exactly that and
//! comes back with the answer.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::tenure::Tenure;
use super::{Document, FORMAT, Holder, Look, Sighting, Standing, Terms};

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Next {
    /// Look into the store.
    Look,
    /// Write this, if there is still no lease, or still the one with this tag.
    Write {
        /// What to write.
        document: Document,
        /// What it replaces; none when there must be nothing.
        over: Option<String>,
    },
    /// Somebody holds it: look again at this time.
    Wait {
        /// Who.
        standing: Standing,
        /// When, by one's own clock.
        until: Duration,
    },
    /// It is ours.
    Held(Box<Tenure>),
}

/// What became of a write.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Written {
    /// It is written; this is its tag.
    Yes(String),
    /// The store has refused it, or nobody knows: only a look tells.
    Unclear,
}

/// A wish for the lease.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim {
    me: Holder,
    terms: Terms,
    /// What we have written or may have written, and when it was first sent.
    sent: Option<(Document, Duration)>,
    /// The tag of somebody's lease and since when it was seen unchanged.
    watched: Option<(String, Duration)>,
}

impl Claim {
    /// A wish that begins with a look.
    #[must_use]
    pub const fn new(me: Holder, terms: Terms) -> Self {
        Self { me, terms, sent: None, watched: None }
    }

    /// The store was looked into; the answer came now.
    pub fn looked(&mut self, now: Duration, look: &Look) -> Next {
        let Some(seen) = &look.found else {
            // A write that may still be on its way is written again as it is: the
            // one that comes second is refused and found to be ours.
            let document = match &self.sent {
                Some((document, _)) if document.fence == 1 => document.clone(),
                _ => self.document(look.at, None),
            };
            return self.write(now, document, None);
        };
        if let Some((document, sent)) = &self.sent
            && seen.document == *document
        {
            let tenure = Tenure::new(document.clone(), seen.tag.clone(), *sent, self.terms);
            return Next::Held(Box::new(tenure));
        }
        if self.is_free(now, look.at, seen) {
            let document = match &self.sent {
                Some((document, _)) if document.turn == seen.document.turn + 1 => document.clone(),
                _ => self.document(look.at, Some(&seen.document)),
            };
            return self.write(now, document, Some(seen.tag.clone()));
        }
        self.sent = None;
        if self.watched.as_ref().is_none_or(|(tag, _)| *tag != seen.tag) {
            self.watched = Some((seen.tag.clone(), now));
        }
        match Standing::of(seen) {
            Some(standing) => Next::Wait { standing, until: now + self.terms.look },
            None => Next::Look,
        }
    }

    /// The answer to a write.
    pub fn wrote(&mut self, written: Written) -> Next {
        match (written, &self.sent) {
            (Written::Yes(tag), Some((document, sent))) => {
                Next::Held(Box::new(Tenure::new(document.clone(), tag, *sent, self.terms)))
            }
            _ => Next::Look,
        }
    }

    /// Whether a lease binds nobody any more.
    fn is_free(&self, now: Duration, at: Timestamp, seen: &Sighting) -> bool {
        if seen.document.holder.is_none() {
            return true;
        }
        if let Some(alive) = seen.alive {
            return !alive;
        }
        let enough = seen.document.lasts() + self.terms.margin;
        let age = at.duration_since(seen.written);
        let aged = SignedDuration::try_from(enough).is_ok_and(|enough| age >= enough);
        let watched = self.watched.as_ref();
        let unchanged =
            watched.is_some_and(|(tag, since)| *tag == seen.tag && now.saturating_sub(*since) >= enough);
        aged || unchanged
    }

    fn document(&self, at: Timestamp, before: Option<&Document>) -> Document {
        Document {
            format: FORMAT,
            holder: Some(self.me.clone()),
            run: None,
            since: at,
            lasts_ms: u64::try_from(self.terms.lasts.as_millis()).unwrap_or(u64::MAX),
            fence: before.map_or(0, |before| before.fence) + 1,
            turn: before.map_or(0, |before| before.turn) + 1,
        }
    }

    fn write(&mut self, now: Duration, document: Document, over: Option<String>) -> Next {
        // The same content sent again counts from its first sending, which may have
        // been the one that took effect.
        let sent = match &self.sent {
            Some((before, sent)) if *before == document => *sent,
            _ => now,
        };
        self.sent = Some((document.clone(), sent));
        Next::Write { document, over }
    }
}
