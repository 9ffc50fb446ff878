//! lzctl: one document describes an AWS organization, and this program makes it so.
//!
//! The floors, from the street up, and who may name whom: `docs/architecture.md`.

pub mod apply;
pub mod catalog;
pub mod cloud;
pub mod model;
pub mod observe;
pub mod plan;
pub mod spec;
