//! Plan files as bytes: whatever is changed in one is found.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use lzctl::model::signatures::SignatureRule;
use lzctl::plan::saved::{FORMAT, NoKey, PrivateKey, PublicKey, Requirement, SavedPlan, Seal, Unsound};
use lzctl::plan::{Plan, make, planner};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::documents::{graph, nothing_yet, plan_text};

const SMALL: &str =
    "version: 1\norganization: { home_region: us-east-1 }\norganizational_units: { Work: {} }\n";

fn planned(yaml: &str) -> Plan {
    make(&graph(yaml), &nothing_yet(), &BTreeSet::new())
}

fn now() -> Timestamp {
    "2026-11-23T10:15:00Z".parse().unwrap()
}

fn seal() -> Seal {
    Seal {
        made_at: now(),
        expires_at: now().checked_add(SignedDuration::from_hours(24)).unwrap(),
        nonce: "00112233445566778899aabbccddeeff".to_owned(),
        version: "0.1.0".to_owned(),
    }
}

fn saved(yaml: &str) -> SavedPlan {
    SavedPlan::new(planned(yaml), seal())
}

fn key(number: u8) -> PrivateKey {
    PrivateKey::from_seed(&Zeroizing::new([number; 32]))
}

fn signed(yaml: &str, keys: &[u8]) -> SavedPlan {
    let mut file = saved(yaml);
    for number in keys {
        file.sign(&key(*number)).unwrap();
    }
    file
}

fn rule(every: usize, irreversible: usize) -> Requirement {
    Requirement::at_least(SignatureRule { every, irreversible })
}

fn two_of(keys: &[u8]) -> (Requirement, Vec<PublicKey>) {
    (rule(2, 0), keys.iter().map(|number| key(*number).public()).collect())
}

/// Whether a file would be believed by somebody who trusts keys 1 and 2 and asks for both.
fn believed(text: &str) -> bool {
    let (requirement, trusted) = two_of(&[1, 2]);
    SavedPlan::read(text)
        .is_ok_and(|file| file.faults().is_empty() && requirement.lacking(&file, &trusted).is_none())
}

/// The same for somebody who asks for no signature.
fn believed_unsigned(text: &str) -> bool {
    SavedPlan::read(text).is_ok_and(|file| file.faults().is_empty())
}

/// A file of two signatures, and one of none.
static SIGNED: LazyLock<String> = LazyLock::new(|| signed(SMALL, &[1, 2]).text().unwrap());
static UNSIGNED: LazyLock<String> = LazyLock::new(|| saved(SMALL).text().unwrap());
/// The larger landing zone, signed.
static MINIMAL: LazyLock<String> = LazyLock::new(|| signed(&plan_text("minimal"), &[1, 2]).text().unwrap());

#[test]
fn what_was_written_is_read_back_and_believed() {
    for text in [&*SIGNED, &*MINIMAL] {
        assert!(believed(text));
        assert_eq!(SavedPlan::read(text).unwrap().text().unwrap(), *text);
    }
    assert!(believed_unsigned(&UNSIGNED));
    assert!(!believed(&UNSIGNED));
}

#[test]
fn every_single_changed_removed_or_added_byte_is_found() {
    for (text, is_believed) in
        [(&*SIGNED, believed as fn(&str) -> bool), (&*UNSIGNED, believed_unsigned as fn(&str) -> bool)]
    {
        for at in 0..text.len() {
            let byte = text.as_bytes()[at];
            // In turn: a neighbouring letter or digit, the other case, a removal, a space.
            let mutants = [vec![byte ^ 1], vec![byte ^ 0x20], vec![], vec![byte, b' ']];
            if let Some(mutant) = mutants.get(at % mutants.len()) {
                let bytes = [&text.as_bytes()[..at], mutant, &text.as_bytes()[at + 1..]].concat();
                if let Ok(changed) = String::from_utf8(bytes) {
                    assert!(!is_believed(&changed), "byte {at} as {mutant:?}");
                }
            }
        }
    }
}

#[test]
fn the_finding_says_what_differs() {
    let spaced = UNSIGNED.replacen("  \"format\": 1,", "  \"format\":  1,", 1);
    let found = SavedPlan::read(&spaced).unwrap_err();
    assert!(matches!(&found, Unsound::Rewritten { line: 2, .. }), "{found}");
    assert!(
        found.to_string().contains("found `\\\"format\\\":  1,\\n` where `\\\"format\\\": 1,"),
        "{found}"
    );

    let faults = |text: &str| SavedPlan::read(text).unwrap().faults();
    let renamed = UNSIGNED.replacen("\"usual_seconds\": 1", "\"usual_seconds\": 7", 1);
    assert_eq!(faults(&renamed), [Unsound::Content { member: "steps".to_owned() }]);
    let later = UNSIGNED.replacen("2026-11-24T10:15:00Z", "2027-11-24T10:15:00Z", 1);
    assert_eq!(faults(&later), [Unsound::Frame]);
    let signature = SIGNED.replacen("\"signature\": \"", "\"signature\": \"0", 1);
    assert!(matches!(faults(&signature).as_slice(), [Unsound::Signature { .. }]));
}

#[test]
fn a_file_of_another_format_is_refused_whatever_else_it_says() {
    let other = format!("{{ \"format\": {}, \"anything\": true }}", FORMAT + 1);
    assert_eq!(SavedPlan::read(&other), Err(Unsound::Format { found: u64::from(FORMAT) + 1 }));
    assert!(matches!(SavedPlan::read("version: 1"), Err(Unsound::Shape(_))));
}

#[test]
fn whoever_seals_a_changed_plan_anew_has_none_of_the_signatures() {
    let original = signed(SMALL, &[1, 2]);
    let mut plan = original.plan.clone();
    plan.steps.pop();
    plan.id = planner::digest(&plan);
    let mut forged = SavedPlan::new(plan, seal());
    forged.signatures.clone_from(&original.signatures);
    assert_eq!(forged.faults().len(), 2);
    assert!(!believed(&forged.text().unwrap()));
    // Another nonce or another time would let a plan be used again.
    let again = Seal { nonce: "ffeeddccbbaa99887766554433221100".to_owned(), ..seal() };
    let mut replayable = SavedPlan::new(original.plan.clone(), again);
    replayable.signatures.clone_from(&original.signatures);
    assert_eq!(replayable.faults().len(), 2);
}

#[test]
fn one_key_never_counts_as_two() {
    let mut file = signed(SMALL, &[1]);
    let first = key(1).public().id();
    assert_eq!(file.sign(&key(1)), Err(Unsound::SignedTwice { key: first.clone() }));
    let copy = file.signatures[0].clone();
    file.signatures.push(copy);
    assert_eq!(file.faults(), [Unsound::SignedTwice { key: first.clone() }]);
    file.signatures.pop();

    // Nor does it when it is trusted twice, nor does a key that nobody trusts.
    let lacking = |file: &SavedPlan, trusted: &[u8]| {
        let (requirement, keys) = two_of(trusted);
        requirement.lacking(file, &keys)
    };
    let one = Unsound::TooFewSignatures { required: 2, signed: vec![first], irreversible: false };
    assert_eq!(lacking(&file, &[1, 1]), Some(one.clone()));
    file.sign(&key(3)).unwrap();
    assert_eq!(lacking(&file, &[1, 2]), Some(one));
    assert_eq!(lacking(&file, &[1, 3]), None);
}

#[test]
fn whoever_signs_first_the_file_is_the_same() {
    let mut file = signed(SMALL, &[2, 1]);
    assert_eq!(file.text().unwrap(), *SIGNED);
    file.signatures.reverse();
    assert_eq!(file.faults(), [Unsound::SignatureOrder]);
}

#[test]
fn irreversible_acts_raise_the_number_and_nothing_lowers_it() {
    let asked = rule;
    let rule = asked(1, 2);
    let mut plan = planned(SMALL);
    assert_eq!(rule.of(&plan), (1, false));
    plan.steps[0].consent = Some("unit_deletion.Work".to_owned());
    assert_eq!(rule.of(&plan), (2, true));
    assert_eq!(asked(3, 2).of(&plan), (3, false));
    // The kind's table tells too, should the step not say it.
    plan.steps[0].consent = None;
    plan.steps[0].address = "organizational_unit.Work".parse().unwrap();
    plan.steps[0].verb = "delete".to_owned();
    assert_eq!(rule.of(&plan), (2, true));
}

#[test]
fn the_documents_rule_is_in_the_plan_and_whoever_applies_can_only_raise_it() {
    let document = format!("{SMALL}signatures: {{ irreversible: 2 }}\n");
    let mut plan = planned(&document);
    assert_eq!(rule(0, 0).of(&plan), (0, false));
    plan.steps[0].consent = Some("unit_deletion.Work".to_owned());
    for (every, irreversible, needed) in [(0, 0, 2), (1, 1, 2), (1, 3, 3), (4, 0, 4)] {
        assert_eq!(rule(every, irreversible).of(&plan).0, needed, "{every} {irreversible}");
    }
    // It is signed with the rest: whoever takes it out has no signature left.
    let mut file = signed(&document, &[1, 2]);
    assert!(file.faults().is_empty());
    file.plan.signatures = SignatureRule::default();
    assert!(!file.faults().is_empty());
}

#[test]
fn it_expires_at_its_time_and_not_before() {
    let file = saved(SMALL);
    let second = SignedDuration::from_secs(1);
    assert_eq!(file.expired(file.expires_at.checked_sub(second).unwrap()), None);
    assert!(matches!(file.expired(file.expires_at), Some(Unsound::Expired { .. })));
}

#[test]
fn keys_survive_their_files_and_nothing_of_a_private_one_is_shown() {
    let private = key(7);
    let pem = private.to_pem().unwrap();
    assert_eq!(PrivateKey::from_pem(&pem).unwrap().public(), private.public());
    let public = private.public().to_pem().unwrap();
    assert_eq!(PublicKey::from_pem(&public).unwrap(), private.public());
    assert_eq!(PrivateKey::from_pem(&public).unwrap_err(), NoKey::Private);
    assert_eq!(PublicKey::from_pem(&pem).unwrap_err(), NoKey::Public);
    let shown = format!("{private:?}");
    assert!(!shown.contains("0707") && !shown.contains("7, 7"), "{shown}");
    // The public key of RFC 8032, section 7.1, test 1.
    let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(seed, bytes.as_mut_slice()).unwrap();
    let known = PrivateKey::from_seed(&bytes);
    let mut file = saved(SMALL);
    file.sign(&known).unwrap();
    assert_eq!(
        file.signatures[0].public_key,
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    );
}

/// The places in a value at which something can be changed.
fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    found.push(path.to_owned());
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            let key = key.replace('~', "~0").replace('/', "~1");
            places(value, &format!("{path}/{key}"), found);
        }),
        Value::Array(items) => {
            (0..)
                .zip(items)
                .for_each(|(at, value): (usize, _)| places(value, &format!("{path}/{at}"), found));
        }
        _ => {}
    }
}

/// The value with one change at one place.
fn mutated(value: &Value, at: Index, how: u8) -> Value {
    let mut all = Vec::new();
    places(value, "", &mut all);
    let path = &all[at.index(all.len())];
    let mut mutant = value.clone();
    let Some(target) = mutant.pointer_mut(path) else { return mutant };
    *target = match (&*target, how % 4) {
        (Value::Bool(truth), _) => json!(!truth),
        (Value::Number(number), _) => json!(number.as_u64().unwrap_or(0).wrapping_add(u64::from(how) + 1)),
        (Value::String(text), 0) => json!(format!("{text}x")),
        (Value::String(text), 1) => json!(text.chars().skip(1).collect::<String>()),
        (Value::String(text), _) => json!(text.chars().rev().collect::<String>()),
        (Value::Null, _) => json!("o-exampleorgid"),
        (Value::Array(items), 0) => items.iter().skip(1).cloned().collect(),
        (Value::Array(items), 1) => items.iter().rev().cloned().collect(),
        (Value::Array(items), _) => items.iter().chain(items.first()).cloned().collect(),
        (Value::Object(map), _) => {
            let left = map.iter().skip(1).map(|(key, value)| (key.clone(), value.clone()));
            Value::Object(left.collect())
        }
    };
    mutant
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    /// R10: bytes changed at random in a signed file of a whole landing zone.
    #[test]
    fn no_mutated_file_is_believed(changes in prop::collection::vec((any::<Index>(), any::<u8>(), 0_u8..3), 1..4)) {
        let mut bytes = MINIMAL.clone().into_bytes();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                _ => bytes.insert(at, byte),
            }
        }
        prop_assume!(bytes != MINIMAL.as_bytes());
        let text = String::from_utf8_lossy(&bytes);
        prop_assert!(!believed(&text) && !believed_unsigned(&text));
    }

    /// Members changed, removed, repeated and reordered, in a file that is written
    /// out again in the one right form.
    #[test]
    fn no_structural_change_is_believed(at: Index, how: u8, signatures: bool) {
        let original: Value = serde_json::from_str(if signatures { &SIGNED } else { &UNSIGNED }).unwrap();
        let mutant = mutated(&original, at, how);
        prop_assume!(mutant != original);
        if let Ok(file) = serde_json::from_value::<SavedPlan>(mutant) {
            let text = file.text().unwrap();
            let same = serde_json::from_str::<Value>(&text).unwrap() == original;
            // Without its signatures a file is whole, and yet not what was asked for.
            let only_stripped = signatures && file.signatures.len() < 2;
            prop_assert!(same || !believed(&text));
            prop_assert!(same || only_stripped || !believed_unsigned(&text), "{}", text);
        }
    }
}
