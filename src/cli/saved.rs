//! Plan files: drawing what makes one unique, writing it, reading it back, and
//! everything that speaks against applying it.

use std::io::Write as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::error::CliError;
use crate::apply::{Refusal, Runs};
use crate::plan::Plan;
use crate::plan::saved::{SavedPlan, Seal, Unsound};

/// Bytes of a nonce: no two that are drawn by chance are ever the same.
const NONCE: usize = 16;

/// How long a plan may be applied, as an argument.
pub(super) fn lifetime(text: &str) -> Result<SignedDuration, String> {
    let lifetime: SignedDuration = text.parse().map_err(|error: jiff::Error| error.to_string())?;
    if lifetime.is_positive() { Ok(lifetime) } else { Err("it must be longer than nothing".to_owned()) }
}

/// The seal of a plan that is saved now.
pub(super) fn seal(now: Timestamp, lifetime: SignedDuration) -> Result<Seal, CliError> {
    let mut nonce = [0; NONCE];
    fill(&mut nonce)?;
    Ok(Seal {
        made_at: now,
        expires_at: now
            .checked_add(lifetime)
            .map_err(|_| CliError::Usage("--expires-in reaches beyond the end of time".to_owned()))?,
        nonce: hex::encode(nonce),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

/// Fills bytes from the system's source of chance.
pub(super) fn fill(bytes: &mut [u8]) -> Result<(), CliError> {
    getrandom::fill(bytes).map_err(|error| CliError::System {
        what: "the system gives no random bytes".to_owned(),
        source: std::io::Error::other(error.to_string()),
    })
}

/// Writes a plan file whole or not at all: whoever reads it meanwhile sees the
/// former one.
pub(super) fn write(saved: &SavedPlan, path: &Path) -> Result<(), CliError> {
    let text = saved.text().map_err(CliError::Json)?;
    let failed = |source| CliError::File { path: path.to_owned(), verb: "written", source };
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let written = std::fs::File::create(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        // What could not be put in place is of no use; that it stays is no harm.
        let _ = std::fs::remove_file(&beside);
    }
    written.map_err(failed)
}

/// Reads a plan file that is exactly as it was written and signed.
pub(super) fn read(path: &Path) -> Result<SavedPlan, CliError> {
    let text = std::fs::read_to_string(path).map_err(|source| CliError::File {
        path: path.to_owned(),
        verb: "read",
        source,
    })?;
    let saved = SavedPlan::read(&text).map_err(|unsound| match unsound {
        Unsound::Shape(reason) => CliError::NoPlan { path: path.to_owned(), reason },
        unsound => CliError::Refused(vec![unsound.into()]),
    })?;
    let faults = saved.faults();
    if faults.is_empty() {
        Ok(saved)
    } else {
        Err(CliError::Refused(faults.into_iter().map(Refusal::from).collect()))
    }
}

/// What speaks against applying a sound plan file at a moment, whatever the state
/// of the organization: its time has passed, or it was used.
pub(super) async fn spent(saved: &SavedPlan, now: Timestamp, runs: &Runs) -> Vec<Refusal> {
    let used = match runs.used(&saved.nonce).await {
        Ok(used) => used.map(|by| Refusal::Replayed { run: by.run, finished: by.finished }),
        Err(unclear) => Some(Refusal::Unknown(unclear.to_string())),
    };
    saved.expired(now).map(Refusal::from).into_iter().chain(used).collect()
}

/// Gives consents to a plan that was made without them. Its name stays: what it
/// will do is the same.
pub(super) fn consent(plan: &mut Plan, given: &[String]) {
    for consent in &mut plan.consents {
        consent.given |= given.contains(&consent.name);
    }
}
