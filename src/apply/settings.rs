//! How patient and how careful an apply is.
//!
//! Every figure that is not a fact about one operation stands here, with the
//! reason for its default; facts about operations stand in the operation table.

use std::time::Duration;

use super::experience::Experience;

/// The figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The shortest time between two questions about one operation.
    pub poll_floor: Duration,
    /// Steps between questions, as a part of the time an operation has taken so far.
    pub poll_share: f64,
    /// The first wait after a conflict; each further one doubles.
    pub backoff_floor: Duration,
    /// The longest such wait.
    pub backoff_ceiling: Duration,
    /// How long an operation rests for everyone after it met a conflict in a
    /// lane of its own, so that its other steps do not meet the same one.
    pub conflict_rest: Duration,
    /// How long something may be "not ready": a new organization may need up to
    /// one hour before it creates accounts (Organizations API, CreateAccount).
    pub readiness: Duration,
    /// How long something may be "unseen". KMS says that a change usually takes
    /// seconds to be seen and can take several minutes (KMS Developer Guide,
    /// eventual consistency); other services give no figure (UNSOURCED).
    pub visibility: Duration,
    /// How long to wait until a call without a trace counts as never applied,
    /// where a natural key or a value protects against a second effect.
    pub settle: Duration,
    /// The same for operations that have to be searched for. AWS states no bound
    /// (UNSOURCED), so it is longer than any lag reported.
    pub settle_search: Duration,
    /// The wait before the first search: most lost answers have taken effect.
    pub look_up_after: Duration,
    /// A step may take this many times its usual duration ...
    pub deadline_factor: u32,
    /// ... and always at least this long ...
    pub deadline_floor: Duration,
    /// ... and no longer than this, unless three times its usual is longer. Six
    /// hours is the timeout of AWS's own CloudFormation handlers for landing zones.
    pub deadline_ceiling: Duration,
    /// What former runs have learned about this account.
    pub experience: Experience,
    /// Whether nothing is sent: what a former run has in flight is proven, and
    /// that is all.
    pub proving_only: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            poll_floor: Duration::from_secs(2),
            poll_share: 0.02,
            backoff_floor: Duration::from_secs(2),
            backoff_ceiling: Duration::from_secs(60),
            conflict_rest: Duration::from_secs(5),
            readiness: Duration::from_secs(3600),
            visibility: Duration::from_secs(300),
            settle: Duration::from_secs(30),
            settle_search: Duration::from_secs(120),
            look_up_after: Duration::from_secs(2),
            deadline_factor: 18,
            deadline_floor: Duration::from_secs(3600),
            deadline_ceiling: Duration::from_secs(6 * 3600),
            experience: Experience::default(),
            proving_only: false,
        }
    }
}

impl Settings {
    /// How long a step that usually takes `usual` may take from its sending on.
    #[must_use]
    pub fn deadline(&self, usual: Duration) -> Duration {
        let ceiling = self.deadline_ceiling.max(usual.saturating_mul(3));
        usual.saturating_mul(self.deadline_factor).max(self.deadline_floor).min(ceiling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn landing_zones_and_baselines_get_six_hours_and_accounts_one() {
        let settings = Settings::default();
        let hours = |usual| settings.deadline(Duration::from_secs(usual)).as_secs() / 3600;
        assert_eq!((hours(1800), hours(1200), hours(90)), (6, 6, 1));
    }

    #[test]
    fn a_unit_of_a_thousand_accounts_gets_three_times_its_usual() {
        let usual = Duration::from_secs(600 + 1000 * 120);
        assert_eq!(Settings::default().deadline(usual), usual * 3);
    }
}
