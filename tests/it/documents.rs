//! Documents for tests: read from text or from `plans/`, and the worlds they meet.

use lzctl::graph::{ResourceGraph, expand};
use lzctl::model::partition::Partition;
use lzctl::observe::Snapshot;
use lzctl::observe::snapshot::Facts;
use lzctl::spec::{Input, Spec, parse};

/// A document that must be valid.
pub(crate) fn spec(yaml: &str) -> Spec {
    match parse(vec![Input::new("test.yaml", yaml)]) {
        Ok(loaded) => loaded.spec,
        Err(wrong) => panic!("{wrong:?}"),
    }
}

/// The graph of a document.
pub(crate) fn graph(yaml: &str) -> ResourceGraph {
    expand(&spec(yaml), None).expect("a graph")
}

/// The text of a document under `plans/`.
pub(crate) fn plan_text(name: &str) -> String {
    let path = format!("{}/plans/{name}/landing-zone.yaml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("a document under plans/")
}

/// An account that stands alone, with nothing in it.
pub(crate) fn nothing_yet() -> Snapshot {
    Snapshot {
        account: "111122223333".parse().expect("an account id"),
        caller: "arn:aws:iam::111122223333:user/operator".to_owned(),
        partition: Partition::named("aws"),
        home_region: "us-east-1".parse().expect("a Region"),
        organization: None,
        management_account: None,
        live: std::collections::BTreeMap::new(),
        gaps: std::collections::BTreeMap::new(),
        facts: Facts { account_quota: Some(50), ..Facts::default() },
    }
}
