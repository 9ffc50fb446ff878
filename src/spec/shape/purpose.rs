//! What a control is for: the word that policies, rules, packs and stack sets have in common.

use super::chosen::{Pair, chosen};

/// The four types of controls (AWS Prescriptive Guidance, security controls).
const PURPOSES: &[Pair] = &[
    ("preventive", "preventive"),
    ("proactive", "proactive"),
    ("detective", "detective"),
    ("responsive", "responsive"),
];

chosen! {
    /// What a control is for.
    PurposeWord, PURPOSES, "type of control"
}
