//! What must be known of the organization before anybody can be asked about its backups.
//!
//! In: the desired resources, and a snapshot of some of them. Out: the ids of accounts and the ARNs
//! of plans of restore tests, by the names that the document gives them.

use std::collections::BTreeMap;

use crate::model::{Kind, Resource};
use crate::observe::Snapshot;

/// Which accounts there are, and which plans of restore tests.
const ASKED: [Kind; 3] = [Kind::Organization, Kind::Account, Kind::RestoreTestingPlan];

/// Those of the desired resources that a snapshot is needed of.
pub fn asked<'r>(wanted: impl IntoIterator<Item = &'r Resource>) -> Vec<Resource> {
    wanted.into_iter().filter(|resource| ASKED.contains(&resource.address.kind)).cloned().collect()
}

/// What is known of the organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The ids of accounts by their names in the document.
    pub accounts: BTreeMap<String, String>,
    /// The ARNs of plans of restore tests by their names in addresses.
    pub tests: BTreeMap<String, String>,
}

impl Known {
    /// From a snapshot of what is [`asked`] about.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        Self {
            accounts: attributes(snapshot, Kind::Account, "id"),
            tests: attributes(snapshot, Kind::RestoreTestingPlan, "arn"),
        }
    }
}

/// An attribute of everything of a kind, by its name.
fn attributes(snapshot: &Snapshot, kind: Kind, name: &str) -> BTreeMap<String, String> {
    let of_kind = snapshot.live.iter().filter(|(address, _)| address.kind == kind);
    of_kind
        .filter_map(|(address, live)| Some((address.name.clone(), live.attribute(name)?.to_owned())))
        .collect()
}
