//! ConcurrentModificationException: an entity that was just changed refuses the next change for a moment.
//!
//! In: the entities a write is about. Out: a refusal while one is locked. Absent: real concurrency; requests are
//! handled one after the other, and this switch is off by default (`Settings::modification_window`).

use std::time::Duration;

use jiff::Timestamp;

use super::refusal::refuse;
use super::state::Organization;
use crate::sim::clock::later;
use crate::sim::error::AwsError;

impl Organization {
    /// Refuses if one of the entities is locked, else locks them all for `window`.
    pub(super) fn lock(
        &mut self,
        entities: &[&str],
        now: Timestamp,
        window: Duration,
    ) -> Result<(), AwsError> {
        if window.is_zero() {
            return Ok(());
        }
        if entities.iter().any(|entity| self.locked.get(*entity).is_some_and(|until| now < *until)) {
            return Err(refuse("ConcurrentModificationException"));
        }
        self.locked.retain(|_, until| now < *until);
        self.locked.extend(entities.iter().map(|entity| ((*entity).to_owned(), later(now, window))));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::Settings;
    use crate::sim::testing::{done, organization, quiet, refused};

    #[tokio::test(start_paused = true)]
    async fn a_second_change_of_an_entity_conflicts_within_the_window() {
        let window = std::time::Duration::from_secs(2);
        let (sim, root) = organization(Settings { modification_window: window, ..quiet() }).await;
        let unit = |name: &str| json!({"ParentId": root, "Name": name});
        done(&sim, "organizations", "CreateOrganizationalUnit", unit("a")).await;
        assert_eq!(
            refused(&sim, "organizations", "CreateOrganizationalUnit", unit("b")).await,
            "ConcurrentModificationException"
        );
        sim.advance(window);
        done(&sim, "organizations", "CreateOrganizationalUnit", unit("b")).await;
    }
}
