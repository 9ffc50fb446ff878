//! The journal: what was intended, what AWS answered, in an order that survives a crash.
//!
//! JSON lines, one record per line. The intent is written before the call, AWS's
//! operation id before the wait, the outcome after it. Each line holds the digest
//! of the one before and its own checksum, so that a line removed, reordered or
//! edited is found. Records carry ids, codes and attributes, never credentials.

pub mod record;
pub mod transition;
