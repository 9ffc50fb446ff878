//! Any text as a plan file: whatever is believed is written back byte for byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lzctl::plan::planner;
use lzctl::plan::saved::SavedPlan;

fuzz_target!(|text: &str| {
    let Ok(saved) = SavedPlan::read(text) else { return };
    assert_eq!(saved.text().expect("what was read can be written"), text);
    if saved.faults().is_empty() {
        assert_eq!(planner::digest(&saved.plan), saved.plan.id);
        assert_eq!(saved.signers().len(), saved.signatures.len());
    }
});
