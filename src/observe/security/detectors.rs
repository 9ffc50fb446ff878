//! The detectors of GuardDuty, each read once for all who ask: GuardDuty itself, and Detective,
//! which waits until GuardDuty has run its time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::Place;
use crate::cloud::CallError;
use crate::cloud::call::Site;
use crate::cloud::inventory::guardduty::{self, Detector};
use crate::model::region::Region;

type Where = (Option<String>, Region);

/// What was found, by account and Region.
#[derive(Default)]
pub(super) struct Detectors(Mutex<HashMap<Where, Arc<OnceCell<Option<Detector>>>>>);

impl Detectors {
    /// The detector of a place, if there is one. Whoever comes first asks, and the others wait
    /// for the answer; where it cannot be read, each is told by a question of its own.
    pub(super) async fn at(&self, place: &Place, site: &Site) -> Result<Option<Detector>, CallError> {
        let cell = {
            let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(cells.entry((place.account.clone(), place.region.clone())).or_default())
        };
        cell.get_or_try_init(|| guardduty::whole(site)).await.cloned()
    }
}
