//! Key specs: which usages each allows and which algorithms a key of it lists.
//!
//! In: `specs.toml`. Out: [`usage`] for CreateKey and [`algorithms`] for DescribeKey. SM2 is left out: only the China
//! Regions have it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Table {
    spec: Vec<Row>,
}

#[derive(Debug, Deserialize)]
struct Row {
    names: Vec<String>,
    default_usage: Option<String>,
    algorithms: BTreeMap<String, Vec<String>>,
}

fn row(spec: &str) -> Option<&'static Row> {
    static TABLE: OnceLock<Table> = OnceLock::new();
    // A test proves that the file parses.
    let table = TABLE.get_or_init(|| {
        toml::from_str(include_str!("specs.toml")).unwrap_or(Table { spec: Vec::new() })
    });
    table
        .spec
        .iter()
        .find(|row| row.names.iter().any(|name| name == spec))
}

/// The usage of a new key, or `None` if the spec does not allow the one asked for (or needs one and got none).
pub(super) fn usage<'a>(spec: &str, asked: Option<&'a str>) -> Option<&'a str> {
    let row = row(spec)?;
    match asked {
        Some(asked) => row.algorithms.contains_key(asked).then_some(asked),
        None => row.default_usage.as_deref(),
    }
}

/// The member of `KeyMetadata` that lists a key's algorithms, and the algorithms.
pub(super) fn algorithms(spec: &str, usage: &str) -> Option<(&'static str, &'static [String])> {
    let member = match usage {
        "ENCRYPT_DECRYPT" => "EncryptionAlgorithms",
        "SIGN_VERIFY" => "SigningAlgorithms",
        "GENERATE_VERIFY_MAC" => "MacAlgorithms",
        "KEY_AGREEMENT" => "KeyAgreementAlgorithms",
        "ENCAPSULATE_DECAPSULATE" => "EncapsulationAlgorithms",
        _ => return None,
    };
    Some((member, row(spec)?.algorithms.get(usage)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usage_of_every_spec_has_algorithms() {
        let table: Table = toml::from_str(include_str!("specs.toml")).expect("the table parses");
        for row in &table.spec {
            for (name, usage) in row
                .names
                .iter()
                .flat_map(|name| row.algorithms.keys().map(move |usage| (name, usage)))
            {
                assert!(
                    algorithms(name, usage).is_some_and(|(_, list)| !list.is_empty()),
                    "{name} {usage}"
                );
            }
        }
    }

    #[test]
    fn only_the_symmetric_spec_has_a_default_usage() {
        assert_eq!(usage("SYMMETRIC_DEFAULT", None), Some("ENCRYPT_DECRYPT"));
        assert_eq!(usage("RSA_2048", None), None);
        assert_eq!(usage("RSA_2048", Some("SIGN_VERIFY")), Some("SIGN_VERIFY"));
        assert_eq!(usage("SYMMETRIC_DEFAULT", Some("SIGN_VERIFY")), None);
    }
}
