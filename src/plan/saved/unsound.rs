//! Every reason not to believe a plan file.

use jiff::Timestamp;
use thiserror::Error;

use super::KeyId;
use super::envelope::FORMAT;

/// One reason not to believe a plan file, or not any more.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unsound {
    /// It has not the shape of a saved plan.
    #[error("it is no saved plan: {0}")]
    Shape(String),
    /// It was written by a program of another time.
    #[error("the plan file has format {found}, this program reads format {FORMAT}")]
    Format {
        /// The file's format.
        found: u64,
    },
    /// It says the same in other bytes, or has something that is not read.
    #[error(
        "line {line} of the plan file is not as it was written: found `{found}` where `{written}` belongs"
    )]
    Rewritten {
        /// Which line, from 1.
        line: usize,
        /// The beginning of that line.
        found: String,
        /// The beginning of the line that belongs there.
        written: String,
    },
    /// A part of the plan is not the one that was saved.
    #[error("the plan was changed after it was saved: its `{member}` has another digest")]
    Content {
        /// The plan's member.
        member: String,
    },
    /// The plan's id is not the digest of its content.
    #[error("the plan was changed after it was made: its id is not the digest of its content")]
    Id,
    /// What surrounds the plan was changed.
    #[error("the plan file was changed after it was saved: its times, nonce, version or digest")]
    Frame,
    /// A signature is not one of this content by its key.
    #[error("the signature of key {key} does not hold: {reason}")]
    Signature {
        /// The key's id, as the file names it.
        key: String,
        /// Why.
        reason: &'static str,
    },
    /// One key has signed more than once.
    #[error("key {key} has signed the plan already; one key counts once")]
    SignedTwice {
        /// The key.
        key: KeyId,
    },
    /// The signatures were put into another order.
    #[error("the signatures do not stand in the order of their keys")]
    SignatureOrder,
    /// Its time has passed.
    #[error("the plan expired at {expired}, it is {now}")]
    Expired {
        /// When.
        expired: Timestamp,
        /// The moment it was looked at.
        now: Timestamp,
    },
    /// Too few trusted keys have signed it.
    #[error("{}", too_few(*.required, .signed, *.irreversible))]
    TooFewSignatures {
        /// How many different trusted keys must have signed.
        required: usize,
        /// Those that have.
        signed: Vec<KeyId>,
        /// Whether the number is that for plans with irreversible acts.
        irreversible: bool,
    },
}

fn too_few(required: usize, signed: &[KeyId], irreversible: bool) -> String {
    let why = if irreversible { ", because it contains irreversible acts" } else { "" };
    let plural = if required == 1 { "" } else { "s" };
    let names: Vec<&str> = signed.iter().map(KeyId::short).collect();
    let who = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    format!("it needs signatures by {required} trusted key{plural}{why}, and has {}{who}", signed.len())
}
