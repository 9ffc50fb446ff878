//! A plan on its way from whoever planned to whoever applies: bound, dated, signed.
//!
//! In: a plan and what the caller drew and read from the clock. Out: the text of a
//! plan file, and from such a text the plan or every reason not to believe it.
//! The file is one byte form of its content, so any changed byte is found; the
//! digest covers all but the signatures, and signatures cover the same bytes.
//! Pure: moment and nonce come from outside. Absent: whether the plan still fits
//! the organization (`apply::preconditions`) and whether its nonce was used
//! before (`apply::journal`). For operators: `docs/saved-plans.md`.

mod envelope;
mod keys;
mod requirement;
mod signature;
mod unsound;

pub use envelope::{FORMAT, SavedPlan, Seal};
pub use keys::{KeyId, NoKey, PrivateKey, PublicKey};
pub use requirement::Requirement;
pub use signature::Signature;
pub use unsound::Unsound;
