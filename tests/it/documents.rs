//! Documents for tests: read from text or from `plans/`, and the worlds they meet.

use lzctl::graph::{ResourceGraph, expand};
use lzctl::model::partition::Partition;
use lzctl::observe::Snapshot;
use lzctl::observe::snapshot::Facts;
use lzctl::spec::{Input, Spec, parse_with};

/// A document that must be valid.
pub(crate) fn spec(yaml: &str) -> Spec {
    match parse_with(vec![Input::new("test.yaml", yaml)], &mut beside) {
        Ok(loaded) => loaded.spec,
        Err(wrong) => panic!("{wrong:?}"),
    }
}

/// The files that documents under `plans/` name beside themselves; no two of them
/// share a name.
fn beside(path: &str) -> Input {
    let plans = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("plans");
    let folders = std::fs::read_dir(plans).expect("the folder of plans");
    let mut found = folders.map(|folder| folder.expect("a readable entry").path().join(path));
    match found.find(|path| path.is_file()) {
        Some(file) => Input::new(path, std::fs::read(file).expect("a readable file")),
        None => Input::unreadable(path, "there is no such file"),
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
