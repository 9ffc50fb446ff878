//! Two JSON values, one a line, as policy documents: the laws of their meaning.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lzctl::model::policy::{canonical, covers, merged, same};
use serde_json::Value;

fuzz_target!(|text: &str| {
    let (one, other) = text.split_once('\n').unwrap_or((text, "{}"));
    let (Ok(live), Ok(wanted)) = (serde_json::from_str::<Value>(one), serde_json::from_str::<Value>(other)) else {
        return;
    };
    assert!(same(&live, &live));
    // A text is parsed once, so only a document is sure to be in its last form.
    let once = canonical(&live);
    if once.is_object() {
        assert_eq!(canonical(&once), once, "canonical twice");
    }
    if live.is_object() && wanted.is_object() {
        let both = merged(&live, &wanted);
        assert!(covers(&both, &wanted), "what was merged is lacking");
        assert_eq!(merged(&both, &wanted), both, "merged twice");
    }
});
