//! Any bytes as a journal: what is believed is a prefix of them and is believed
//! again by itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lzctl::apply::journal::read;

fuzz_target!(|bytes: &[u8]| {
    let Ok(story) = read(bytes) else { return };
    let trusted = usize::try_from(story.trusted_bytes).expect("a length");
    assert!(trusted <= bytes.len());
    let again = read(&bytes[..trusted]).expect("the believed part is believed");
    assert_eq!(again.records, story.records);
    assert!(!again.torn);
});
