//! Listings: what there is, read in bulk.
//!
//! In: a connection. Out: plain values in AWS's words, complete or an error.
//! Each function reads one thing; none remembers or decides anything.

pub mod pages;
