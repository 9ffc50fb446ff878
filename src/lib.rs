//! lzctl: one document describes an AWS organization, and this program makes it so.
//!
//! The floors, from the street up, and who may name whom: `docs/architecture.md`.

pub mod apply;
pub mod catalog;
pub mod cli;
pub mod cloud;
pub mod coverage;
pub mod diff;
pub mod export;
pub mod graph;
pub mod model;
pub mod observe;
pub mod plan;
pub mod preflight;
pub mod rehearse;
pub mod report;
pub mod sim;
pub mod spec;
