//! The same document over TCP and in process ends in the same organization.
//!
//! The only tests in real time: a socket has no virtual clock. They wait on
//! nothing but answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_credential_types::Credentials;
use lzctl::apply::journal::{Journal, MemorySink, Run};
use lzctl::apply::outcome::Ending;
use lzctl::apply::{self, Settings};
use lzctl::cloud::Connection;
use lzctl::cloud::connection::Settings as CloudSettings;
use lzctl::model::Resource;
use lzctl::model::canonical::text;
use lzctl::observe::{Snapshot, survey};
use lzctl::plan::make;
use lzctl::sim::{Settings as SimSettings, Simulator};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::documents::{graph, plan_text, spec};
use super::rehearsal::rehearsed;

/// Virtual seconds in a second: quick, and slow enough for a busy machine.
const SPEED: f64 = 800.0;

/// A snapshot with every identifier that AWS assigned replaced by what it names,
/// since two worlds that are alike differ in nothing else.
fn alike(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let mut names: Vec<(String, String)> = Vec::new();
    for (address, live) in &snapshot.live {
        for (attribute, value) in &live.attributes {
            names.push((value.clone(), format!("<{attribute} of {address}>")));
        }
    }
    // Longer ones first: an ARN contains the ids of others.
    names.sort_by_key(|(id, _)| std::cmp::Reverse(id.len()));
    let mut seen = BTreeMap::new();
    for (address, live) in &snapshot.live {
        let fields = serde_json::to_value(&live.fields).unwrap();
        let mut words = text(&fields);
        for (id, name) in &names {
            words = words.replace(id.as_str(), name);
        }
        seen.insert(address.to_string(), words);
    }
    seen
}

async fn over_tcp(yaml: &str) -> Snapshot {
    let home = spec(yaml).organization.home_region.expect("a home Region");
    let settings = SimSettings {
        region: home.to_string(),
        speed: SPEED,
        start: jiff::Timestamp::now(),
        ..SimSettings::default()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let simulator = Simulator::new(settings);
    let server = tokio::spawn(async move { simulator.serve(listener, std::future::pending()).await });
    let connection = Connection::open(CloudSettings {
        home_region: Some(home),
        endpoint_url: Some(endpoint),
        credentials: Some(Credentials::new("AKIDTCP", "tcp", None, None, "test")),
        speed: SPEED,
        ..CloudSettings::default()
    })
    .await
    .unwrap();
    let graph = graph(yaml);
    let wanted: Vec<Resource> = graph.resources.values().cloned().collect();
    let before = Box::pin(survey(&connection, &wanted)).await.unwrap();
    let plan = make(&graph, &before, &std::collections::BTreeSet::new());
    let mut journal = Journal::new(Box::new(MemorySink::default()));
    let run = Run::new(&plan.id, jiff::Timestamp::now());
    let (_stop, interrupts) = mpsc::channel(1);
    let performer = Arc::new(connection.clone());
    let outcome = apply::dispatch::run(
        &plan,
        performer,
        &mut journal,
        &run,
        Settings::default(),
        interrupts,
        &mut |_, _| {},
    )
    .await
    .unwrap();
    assert_eq!(outcome.ending, Ending::Complete, "{:#?}", outcome.causes);
    let after = Box::pin(survey(&connection, &wanted)).await.unwrap();
    server.abort();
    after
}

#[test]
fn the_same_document_over_tcp_ends_in_the_same_organization_as_in_process() {
    let yaml = plan_text("minimal");
    let in_process = rehearsed(&yaml).snapshot;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let over_tcp = runtime.block_on(over_tcp(&yaml));
    assert_eq!(alike(&over_tcp), alike(&in_process));
    assert!(!over_tcp.live.is_empty());
}
