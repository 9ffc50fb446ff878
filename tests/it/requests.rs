//! What lzctl asks of AWS, request by request: how many, nothing twice, and nothing
//! that the document does not speak of.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use lzctl::catalog::operations::table;
use lzctl::cloud::Connection;
use lzctl::cloud::connection::Settings;
use lzctl::model::Resource;
use lzctl::observe::survey;
use lzctl::plan::make;
use lzctl::rehearse::virtual_runtime;
use lzctl::sim::{self, Simulator, World};

use super::documents::{graph, plan_text, spec};
use super::estate::Size;
use super::figures::recorded;
use super::rehearsal::rehearsed;

/// The requests that pass, in order.
#[derive(Debug, Clone, Default)]
struct Wiretap(Arc<Mutex<Vec<String>>>);

impl Wiretap {
    /// A client that notes each request and hands it on.
    fn on(&self, client: SharedHttpClient) -> SharedHttpClient {
        let noted = self.clone();
        http_client_fn(move |settings, components| {
            let behind = client.http_connector(settings, components);
            SharedHttpConnector::new(Tapped { noted: noted.clone(), behind })
        })
    }

    fn heard(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Requests that were sent more than once, with how often.
    fn repeated(&self) -> BTreeMap<String, usize> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        self.heard().into_iter().for_each(|request| *counts.entry(request).or_default() += 1);
        counts.retain(|_, count| *count > 1);
        counts
    }
}

#[derive(Debug)]
struct Tapped {
    noted: Wiretap,
    behind: SharedHttpConnector,
}

impl HttpConnector for Tapped {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.noted.0.lock().unwrap_or_else(PoisonError::into_inner).push(words(&request));
        self.behind.call(request)
    }
}

/// What tells two questions apart: who asks (each account entered has a key of its own),
/// where, and what.
fn words(request: &HttpRequest) -> String {
    let header = |name| request.headers().get(name).unwrap_or_default();
    let (_, signed) = header("authorization").split_once("Credential=").unwrap_or_default();
    let signer = signed.split_once("/aws4_request").map_or(signed, |(signer, _)| signer);
    let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
    let (method, uri, target) = (request.method(), request.uri(), header("x-amz-target"));
    format!("{signer} {method} {uri} {target} {body}")
}

/// A simulated AWS that goes on with a world, and a connection whose requests are noted.
struct Heard {
    simulator: Simulator,
    connection: Connection,
    wiretap: Wiretap,
}

async fn listening(yaml: &str, world: World) -> Heard {
    let organization = spec(yaml).organization;
    let home = organization.home_region.expect("a home Region");
    let account = world.account.clone();
    let settings = sim::Settings { account, region: home.to_string(), ..sim::Settings::default() };
    let simulator = Simulator::from_world(world, settings);
    // Whatever used up AWS's rates before is long past.
    simulator.advance(Duration::from_secs(3600));
    let wiretap = Wiretap::default();
    let connection = Connection::open(Settings {
        home_region: Some(home),
        http_client: Some(wiretap.on(simulator.client())),
        credentials: Some(Credentials::new("AKIDREQUESTS", "secret", None, None, "test")),
        access_role: organization.access_role,
        ..Settings::default()
    })
    .await
    .expect("a connection");
    Heard { simulator, connection, wiretap }
}

/// Plans a document in a world; gives what was heard, and how many steps the plan has.
fn planned(yaml: &str, world: World) -> (Heard, usize) {
    let graph = graph(yaml);
    virtual_runtime().expect("a runtime").block_on(async {
        let heard = listening(yaml, world).await;
        let wanted: Vec<Resource> = graph.resources.values().cloned().collect();
        let snapshot = Box::pin(survey(&heard.connection, &wanted)).await.expect("a snapshot");
        let plan = make(&graph, &snapshot, &BTreeSet::new());
        assert_eq!(heard.simulator.requests().throttled, 0);
        (heard, plan.steps.len())
    })
}

#[test]
fn a_plan_asks_nothing_twice() {
    let mut twice: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for name in ["minimal", "standard", "regulated", "four-controls", "detect", "ransomware-ready"] {
        let yaml = plan_text(name);
        let before = World::new(&sim::Settings::default());
        let (heard, _) = planned(&yaml, before);
        twice.insert(format!("{name}, at first"), heard.wiretap.repeated());
        let (heard, steps) = planned(&yaml, rehearsed(&yaml).world);
        println!("{name}: {steps} steps left, {} requests", heard.wiretap.heard().len());
        assert!(heard.wiretap.heard().len() > 10, "{name}");
        twice.insert(format!("{name}, at last"), heard.wiretap.repeated());
    }
    twice.retain(|_, requests| !requests.is_empty());
    assert!(twice.is_empty(), "{twice:#?}");
}

/// Services whose answers a document needs that speaks of no more than units and accounts.
const PEOPLE: [&str; 3] = ["organizations", "servicequotas", "sts"];

#[test]
fn what_the_document_does_not_speak_of_is_not_read() {
    // An organization that has everything, and a document that speaks of little of it.
    for name in ["regulated", "four-controls", "detect", "ransomware-ready"] {
        let whole = plan_text(name);
        let home = spec(&whole).organization.home_region.expect("a home Region");
        let world = rehearsed(&whole).world;
        let small = format!(
            "version: 1\norganization: {{ home_region: {home} }}\norganizational_units:\n  Beside: {{}}\n"
        );
        let (heard, _) = planned(&small, world);
        let asked = heard.simulator.requests().operations;
        let services: BTreeSet<&str> =
            asked.keys().filter_map(|name| Some(name.split_once(':')?.0)).collect();
        assert!(services.iter().all(|service| PEOPLE.contains(service)), "{name}: {asked:#?}");
        let tags = asked.keys().filter(|operation| operation.contains("Tag") || operation.contains("Polic"));
        assert_eq!(tags.count(), 0, "{name}: {asked:#?}");
    }
}

/// The fewest calls that AWS's listings allow: pages of accounts, one chain for each unit and
/// the root, each policy's document and targets, pages of enabled baselines (with those of
/// accounts), and about 22 that there are in any organization.
fn formula(size: Size) -> u64 {
    let (accounts, units, policies) = (size.accounts as u64, size.units as u64, size.policies as u64);
    accounts.div_ceil(20) + (units + 1) + 2 * policies + (accounts + units).div_ceil(100) + 22
}

/// A plan that finds nothing to do.
struct Idle {
    size: Size,
    calls: u64,
    seconds: f64,
    /// The least time in which anybody could ask the same, at the rates that AWS publishes.
    least: f64,
}

fn idle_plan(size: Size) -> Idle {
    let yaml = size.document();
    let world = size.world();
    let graph = graph(&yaml);
    virtual_runtime().expect("a runtime").block_on(async {
        let heard = listening(&yaml, world).await;
        let wanted: Vec<Resource> = graph.resources.values().cloned().collect();
        let begin = tokio::time::Instant::now();
        let snapshot = Box::pin(survey(&heard.connection, &wanted)).await.expect("a snapshot");
        let seconds = begin.elapsed().as_secs_f64();
        let plan = make(&graph, &snapshot, &BTreeSet::new());
        assert!(plan.steps.is_empty(), "{:#?}", &plan.steps[..plan.steps.len().min(3)]);
        let requests = heard.simulator.requests();
        assert_eq!((requests.writes, requests.throttled), (0, 0));
        assert!(heard.wiretap.repeated().is_empty());
        let at_its_rate = |(operation, count): (&String, &u64)| {
            let (rate, burst) = table().get(operation).and_then(|row| row.rate.zip(row.burst))?;
            Some((*count as f64 - burst).max(0.0) / rate)
        };
        let least = requests.operations.iter().filter_map(at_its_rate).fold(0.0, f64::max);
        Idle { size, calls: requests.reads, seconds, least }
    })
}

/// AWS's formula is met within a twentieth, and AWS's rates within a tenth.
fn check(idle: &Idle) {
    let Idle { size, calls, seconds, least } = idle;
    assert!(*calls as f64 <= 1.05 * formula(*size) as f64, "{size:?}: {calls} of {}", formula(*size));
    assert!(*seconds <= 1.10 * least, "{size:?}: {seconds:.1} s, {least:.1} s at least");
}

#[test]
fn a_thousand_accounts_in_forty_units_cost_what_aws_demands_and_no_more() {
    let thousand = Size { accounts: 1_000, units: 40, ..Size::default() };
    let bare = idle_plan(thousand);
    assert!(bare.calls <= 180, "{}", bare.calls);
    assert!(bare.calls <= formula(thousand), "{}", bare.calls);
    let plans = [
        idle_plan(Size { accounts: 100, units: 12, policies: 30, ..Size::default() }),
        idle_plan(Size { policies: 30, ..thousand }),
        idle_plan(Size { accounts: 2_000, units: 60, policies: 30, ..Size::default() }),
    ];
    plans.iter().for_each(check);
    let mut rows = String::from(
        "| accounts | units | policies | calls | calls by the formula | virtual time | least by AWS's rates | ratio |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for Idle { size, calls, seconds, least } in std::iter::once(&bare).chain(&plans) {
        let Size { accounts, units, policies, .. } = size;
        let (formula, ratio) = (formula(*size), seconds / least);
        let _ = writeln!(
            rows,
            "| {accounts} | {units} | {policies} | {calls} | {formula} | {seconds:.1} s | {least:.1} s | {ratio:.2} |"
        );
    }
    recorded("requests", &rows);
}

#[test]
fn ten_thousand_accounts_are_read_as_fast_as_aws_lets_anybody_read_them() {
    check(&idle_plan(Size { accounts: 10_000, units: 200, policies: 30, ..Size::default() }));
}
