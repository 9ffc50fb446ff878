//! Any bytes as a document: diagnostics or a specification that has a graph or a
//! reason for none, and never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lzctl::graph;
use lzctl::spec::{Input, parse};

fuzz_target!(|bytes: &[u8]| {
    match parse(vec![Input::new("landing-zone.yaml", bytes.to_vec())]) {
        Ok(loaded) => {
            // A valid document may still be one that cannot be ordered; both are answers.
            let _ = graph::expand(&loaded.spec, None);
        }
        Err(diagnostics) => assert!(!diagnostics.list.is_empty(), "refused without a reason"),
    }
});
