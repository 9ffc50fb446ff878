//! Whether something in AWS can be the trace of a call of ours.

use jiff::{SignedDuration, Timestamp};

/// How far AWS's clock and ours may differ: requests whose signature is older
/// are refused anyway (IAM User Guide, signing requests).
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Whether something that AWS dates `at` may have been caused by a call that was
/// intended at `since`. What carries no date may.
pub(super) fn may_be_ours(at: Option<Timestamp>, since: Timestamp) -> bool {
    let earliest = since.checked_sub(SKEW).unwrap_or(Timestamp::MIN);
    at.is_none_or(|at| at >= earliest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_the_intent_and_the_skew_is_not_ours() {
        let since: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        assert!(may_be_ours(None, since));
        assert!(may_be_ours(Some("2026-11-23T11:55:00Z".parse().unwrap()), since));
        assert!(!may_be_ours(Some("2026-11-23T11:54:59Z".parse().unwrap()), since));
    }
}
