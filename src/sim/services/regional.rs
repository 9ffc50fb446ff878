//! What a service keeps for each account in each Region.
//!
//! In: changes by the service. Out: plain data that is saved with the world, by Region, then by account. Absent: what
//! it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One thing for each account in each Region.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Regional<P>(BTreeMap<String, BTreeMap<String, P>>);

impl<P> Default for Regional<P> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<P> Regional<P> {
    pub(crate) fn get(&self, account: &str, region: &str) -> Option<&P> {
        self.0.get(region)?.get(account)
    }

    pub(crate) fn get_mut(&mut self, account: &str, region: &str) -> Option<&mut P> {
        self.0.get_mut(region)?.get_mut(account)
    }

    pub(crate) fn put(&mut self, account: &str, region: &str, one: P) {
        self.0.entry(region.to_owned()).or_default().insert(account.to_owned(), one);
    }

    pub(crate) fn remove(&mut self, account: &str, region: &str) -> Option<P> {
        self.0.get_mut(region)?.remove(account)
    }

    /// The Regions in which anybody has anything.
    pub(crate) fn regions(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// Everybody's, with Region and account.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str, &P)> {
        self.0.iter().flat_map(|(region, all)| {
            all.iter().map(move |(account, one)| (region.as_str(), account.as_str(), one))
        })
    }

    /// As [`Self::iter`].
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &str, &mut P)> {
        self.0.iter_mut().flat_map(|(region, all)| {
            all.iter_mut().map(move |(account, one)| (region.as_str(), account.as_str(), one))
        })
    }
}

impl<P: Default> Regional<P> {
    /// An account's, begun when it has none yet.
    pub(crate) fn of(&mut self, account: &str, region: &str) -> &mut P {
        self.0.entry(region.to_owned()).or_default().entry(account.to_owned()).or_default()
    }
}
