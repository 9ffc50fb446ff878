//! The clock of each lock of a backup vault: whether it can still be taken away, and until when.
//!
//! In: the locks that a snapshot knows, and the present time. Out: a line for each.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::model::Address;
use crate::observe::snapshot::VaultLock;

/// A line for each lock, by the vault's address.
#[must_use]
pub fn lines(locks: &BTreeMap<Address, VaultLock>, now: Timestamp) -> Vec<String> {
    locks.iter().map(|(address, lock)| format!("{address}: {}", words(lock, now))).collect()
}

fn words(lock: &VaultLock, now: Timestamp) -> String {
    let Some(since) = &lock.since else {
        return "governed, whoever is allowed to can take the lock away".to_owned();
    };
    match since.parse::<Timestamp>() {
        // A date that nobody can read is shown as it came.
        Err(_) => format!("locked for ever from {since} on"),
        Ok(at) if at <= now => format!("locked for ever since {}", at.strftime("%Y-%m-%d")),
        Ok(at) => format!(
            "until {} UTC ({}) the lock can be taken away, and then never again",
            at.strftime("%Y-%m-%d %H:%M"),
            left(at.duration_since(now))
        ),
    }
}

/// What is left of a grace, in days and hours: an operator has to act within it, not at its last minute.
fn left(time: SignedDuration) -> String {
    match (time.as_hours() / 24, time.as_hours() % 24) {
        (0, 0) => "less than an hour left".to_owned(),
        (0, hours) => format!("{hours} h left"),
        (days, hours) => format!("{days} d {hours} h left"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    #[test]
    fn a_grace_is_told_with_its_end_and_what_is_left_of_it() {
        let now: Timestamp = "2026-11-28T12:00:00Z".parse().unwrap();
        let told = |since: Option<&str>| {
            let lock = VaultLock { since: since.map(str::to_owned), ..VaultLock::default() };
            let locks = [(Address::new(Kind::BackupVault, "central/eu-west-1"), lock)].into();
            lines(&locks, now).remove(0)
        };
        let grace = told(Some("2026-12-05T11:00:00Z"));
        assert_eq!(
            grace,
            "backup_vault.central/eu-west-1: until 2026-12-05 11:00 UTC (6 d 23 h left) the lock can be taken \
             away, and then never again"
        );
        assert!(told(Some("2026-11-28T12:59:00Z")).contains("(less than an hour left)"));
        assert!(told(Some("2026-11-28T12:00:00Z")).ends_with("locked for ever since 2026-11-28"));
        assert!(told(None).contains("governed"));
    }
}
