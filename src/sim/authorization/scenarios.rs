//! Policies over the wire.
