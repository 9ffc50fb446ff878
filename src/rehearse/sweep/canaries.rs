//! Canaries: secrets that may turn up in nothing that the program writes.
//!
//! In: all that a case wrote (snapshots, plans, journals, outcomes, findings, its log at
//! the most talkative level) and the world, which knows every secret that AWS gave out.
//! Out: which secrets are in it. The log is that of our own spans and events, as the
//! command line shows it. Absent: counting (`tally`).

use std::cell::RefCell;
use std::io;

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::rehearse::bench;
use crate::sim::World;

thread_local! {
    /// The log of the case that this thread carries out; none while nobody listens.
    static LOG: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Listens to this thread's log until it is dropped.
pub(super) struct Ear(#[expect(dead_code, reason = "dropping it ends the listening")] DefaultGuard);

impl Ear {
    pub(super) fn new() -> Self {
        LOG.set(Some(String::new()));
        let ours = Targets::new().with_target("lzctl", LevelFilter::TRACE);
        let layer = fmt::layer().with_ansi(false).with_writer(|| Pen).with_span_events(FmtSpan::FULL);
        let subscriber = tracing_subscriber::registry().with(layer.with_filter(ours));
        Self(tracing::subscriber::set_default(subscriber))
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        LOG.set(None);
    }
}

/// Writes to the log of the thread.
struct Pen;

impl io::Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| {
            if let Some(log) = log {
                log.push_str(&String::from_utf8_lossy(bytes));
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether anybody listens in this thread.
pub(super) fn listening() -> bool {
    LOG.with_borrow(Option::is_some)
}

/// What was logged so far.
pub(super) fn heard() -> String {
    LOG.with_borrow(|log| log.clone().unwrap_or_default())
}

/// The secrets that a text holds, by what they are and never by themselves.
pub(super) fn found(text: &str, world: &World) -> Vec<String> {
    let own = [("the secret access key", bench::SECRET), ("the session token", bench::TOKEN)];
    let mut found: Vec<String> = own
        .into_iter()
        .filter(|(_, secret)| text.contains(secret))
        .map(|(what, _)| format!("{what} of the caller is in what was written"))
        .collect();
    for key in world.keys.values() {
        let secrets = [Some(key.secret.as_str()), key.token.as_deref()];
        if secrets.into_iter().flatten().any(|secret| !secret.is_empty() && text.contains(secret)) {
            found.push(format!("a secret of {} is in what was written", key.arn));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Key, Settings, Simulator};

    #[test]
    fn what_is_logged_at_the_finest_level_is_heard_and_a_secret_in_it_is_found() {
        let mut world = Simulator::new(Settings::default()).world();
        let key = Key {
            secret: "s3cret".into(),
            token: Some("t0ken".into()),
            account: "1".into(),
            arn: "arn:of:somebody".into(),
            user_id: "u".into(),
            expires: None,
        };
        world.keys.insert("AKID".into(), key);
        assert!(!listening());
        let ear = Ear::new();
        tracing::trace!(said = "nothing");
        assert!(listening() && heard().contains("nothing"));
        assert!(found(&heard(), &world).is_empty());
        tracing::trace_span!("call", token = "t0ken").in_scope(|| {});
        tracing::trace!("{}", bench::SECRET);
        assert_eq!(
            found(&heard(), &world),
            [
                "the secret access key of the caller is in what was written",
                "a secret of arn:of:somebody is in what was written"
            ]
        );
        drop(ear);
        assert!(!listening() && heard().is_empty());
    }
}
