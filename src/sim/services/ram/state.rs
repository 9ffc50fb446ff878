//! What Resource Access Manager holds: shares by Region and ARN, each with what it shares and with whom.
//!
//! In: changes by the operations of this folder. Out: plain data that is saved with the world. A status is not kept: it
//! follows from the time. Absent: events.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sim::clock::later;

/// How long a share keeps showing after its deletion, as the user guide says of deleted shares: two hours.
const SHOWN: Duration = Duration::from_hours(2);

/// RAM of every account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By Region, then by ARN.
    pub(crate) regions: BTreeMap<String, BTreeMap<String, Share>>,
}

/// A resource share.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Share {
    pub(crate) name: String,
    pub(crate) owner: String,
    pub(crate) external: bool,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// When it was deleted.
    pub(crate) deleted: Option<Timestamp>,
    pub(crate) tags: BTreeMap<String, String>,
    /// By ARN.
    pub(crate) resources: BTreeMap<String, Association>,
    /// By account id or ARN.
    pub(crate) principals: BTreeMap<String, Association>,
    /// `clientToken` of the creating request, with the rest of its input.
    pub(crate) token: Option<(String, String)>,
}

/// One thing that is shared, or one to whom it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Association {
    pub(crate) since: Timestamp,
    /// When it is ASSOCIATED; never for one outside the organization, who would have to accept.
    pub(crate) ready: Timestamp,
    /// When it was taken away, and when it is DISASSOCIATED.
    pub(crate) ended: Option<(Timestamp, Timestamp)>,
    /// Whether it is outside the organization.
    pub(crate) external: bool,
}

impl Association {
    /// The status at a time, as the model names it.
    pub(crate) fn status(&self, now: Timestamp) -> &'static str {
        match self.ended {
            Some((_, gone)) if gone <= now => "DISASSOCIATED",
            Some(_) => "DISASSOCIATING",
            None if self.ready <= now => "ASSOCIATED",
            None => "ASSOCIATING",
        }
    }

    /// Whether it holds: it was not taken away.
    pub(crate) fn holds(&self) -> bool {
        self.ended.is_none()
    }

    /// When it last changed.
    pub(crate) fn updated(&self, now: Timestamp) -> Timestamp {
        match self.ended {
            Some((begun, gone)) => {
                if gone <= now {
                    gone
                } else {
                    begun
                }
            }
            None => {
                if self.ready <= now {
                    self.ready
                } else {
                    self.since
                }
            }
        }
    }
}

impl Share {
    /// The status at a time.
    pub(crate) fn status(&self) -> &'static str {
        if self.deleted.is_some() { "DELETED" } else { "ACTIVE" }
    }

    /// Whether listings still show it.
    pub(crate) fn shows(&self, now: Timestamp) -> bool {
        self.deleted.is_none_or(|at| later(at, SHOWN) > now)
    }
}

impl State {
    /// The shares of a Region that still show, by ARN.
    pub(crate) fn shown<'s>(
        &'s self,
        region: &str,
        now: Timestamp,
    ) -> impl Iterator<Item = (&'s String, &'s Share)> {
        self.regions.get(region).into_iter().flatten().filter(move |(_, share)| share.shows(now))
    }
}
