//! The tables of docs/performance.md that depend on a machine: CPU and memory of the pure
//! floors, start, size, and the comparison with Terraform, with date and machine.
//!
//! `cargo bench --bench performance` writes them into the page; `-- --print` prints them.
//! Time on the CPU is counted, where the system tells it, so that a busy machine changes
//! little. Absent: any limit. Times are told, never asserted.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

#[allow(dead_code, reason = "tests use more of it")]
mod estate;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use estate::Size;
use lzctl::apply::{Command as Order, Engine, Event, Settings};
use lzctl::catalog::operations::table;
use lzctl::cloud::task::Progress;
use lzctl::diff::compare_all;
use lzctl::model::kinds::info;
use lzctl::plan::bound::lower_bound;
use lzctl::plan::{Plan, Step, make};
use lzctl::report::Paint;
use lzctl::report::plan_text::{self, Options};

const PROGRAM: &str = env!("CARGO_BIN_EXE_lzctl");
const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// The argument that makes this program measure the pure floors, in a process of their own.
const PURE: &str = "--pure";
/// The size that the targets speak of: beside these units there is one for Security, and an organization
/// takes two thousand.
const LARGE: Size =
    Size { accounts: 10_000, units: 1_999, policies: 1_000, assignments: 20_000, regions: 17 };

fn main() {
    let arguments: BTreeSet<String> = std::env::args().skip(1).collect();
    if arguments.contains(PURE) {
        pure();
        return;
    }
    let tables = [("machine", [machine(), floors(), start()].join("\n")), ("terraform", beside_terraform())];
    for (mark, table) in &tables {
        if !arguments.contains("--print") {
            write(mark, table);
        }
        println!("{table}");
    }
}

/// Puts a table between its two marks in the page.
fn write(mark: &str, table: &str) {
    let path = format!("{ROOT}/docs/performance.md");
    let page = fs::read_to_string(&path).expect("the page");
    let (begin, end) = (format!("<!-- {mark} -->\n"), format!("<!-- end of {mark} -->"));
    let (before, rest) = page.split_once(&begin).expect("the first mark");
    let (_, after) = rest.split_once(&end).expect("the second mark");
    fs::write(&path, format!("{before}{begin}{table}{end}{after}")).expect("the page");
}

/// When and where.
fn machine() -> String {
    let told = |path: &str, key: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key)).map(str::to_owned);
        line.and_then(|line| Some(line.split_once(':')?.1.trim().to_owned()))
    };
    let cpu = told("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory =
        told("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    let memory = memory.map(|kib| format!(", {} GiB", (kib + (1 << 19)) >> 20)).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (date, system) = (jiff::Timestamp::now().strftime("%Y-%m-%d"), std::env::consts::OS);
    format!("{date}, {cores} cores of {cpu}{memory}, {system}.\n")
}

/// Seconds that this thread has been on a CPU; of the clock where the system does not tell.
fn cpu_seconds(begin: Instant) -> f64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| begin.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// The most memory that this process has held, in MiB, where the system tells it.
fn peak() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

/// Measures one floor after the other and prints a row for each.
struct Stopwatch {
    begin: Instant,
    /// What the targets speak of, so far.
    counted: f64,
}

impl Stopwatch {
    /// What `work` makes, told as `what` says of it, with its time and the most memory so far.
    fn row<T>(&mut self, counts: bool, work: impl FnOnce() -> T, what: impl FnOnce(&T) -> String) -> T {
        let from = cpu_seconds(self.begin);
        let made = work();
        let took = cpu_seconds(self.begin) - from;
        self.counted += if counts { took } else { 0.0 };
        let bold = if counts { "**" } else { "" };
        println!("| {bold}{}{bold} | {took:.2} s | {} |", what(&made), peak_in_words());
        made
    }
}

fn peak_in_words() -> String {
    peak().map_or_else(|| "?".to_owned(), |mib| format!("{mib} MiB"))
}

/// The pure floors, each after those that it needs; rows of the table.
fn pure() {
    let mut watch = Stopwatch { begin: Instant::now(), counted: 0.0 };
    let yaml = LARGE.document();
    let spec = watch.row(
        false,
        || estate::read(&yaml),
        |_| format!("document of {} KiB to spec", yaml.len() / 1024),
    );
    drop(yaml);
    let graph = watch.row(
        true,
        || estate::graph(&spec),
        |graph| format!("graph: {} resources, {} edges", graph.resources.len(), graph.edges.len()),
    );
    drop(spec);
    let snapshot = estate::converged(&graph);
    watch.row(true, || compare_all(&graph, &snapshot), |_| "differences".to_owned());
    let idle =
        |plan: &Plan| format!("plan of an organization that is so already: {} steps", plan.steps.len());
    watch.row(false, || make(&graph, &snapshot, &BTreeSet::new()), idle);
    drop(snapshot);
    let new = |plan: &Plan| {
        let needs: usize = plan.steps.iter().map(|step| step.needs.len()).sum();
        format!("plan of a new organization: {} steps with {needs} needs", plan.steps.len())
    };
    let plan = watch.row(false, || make(&graph, &estate::nothing(), &BTreeSet::new()), new);
    drop(graph);
    schedule(&plan, &mut watch);
    println!("| graph, differences, schedule and bound together | {:.2} s | |", watch.counted);
}

fn schedule(plan: &Plan, watch: &mut Stopwatch) {
    let mut engine = watch.row(
        true,
        || Engine::new(plan, table(), Settings::default()).expect("a schedule"),
        |_| "schedule".to_owned(),
    );
    let usual = |step: &Step| Duration::from_secs(step.usual_seconds);
    let least = || lower_bound(&plan.steps, &usual, table(), Duration::from_millis(100));
    black_box(watch.row(true, least, |_| "lower bound".to_owned()));
    watch.row(
        false,
        || carried_out(plan, &mut engine),
        |done| format!("carrying {done} steps out, where AWS answers at once"),
    );
    let options = Options { paint: Paint::PLAIN, verbose: false, estimate: None };
    let render = || plan_text::render(plan, options);
    watch.row(false, render, |text| format!("plan to text: {} lines", text.lines().count()));
}

/// Gives the engine each answer at once and the time that it waits for; the steps done.
fn carried_out(plan: &Plan, engine: &mut Engine) -> usize {
    let attributes = |step: &Step| {
        let names = info(step.address.kind).attributes.iter();
        names.map(|name| ((*name).to_owned(), "any".to_owned())).collect::<BTreeMap<_, _>>()
    };
    let answers: BTreeMap<_, _> = plan.steps.iter().map(|step| (&step.id, attributes(step))).collect();
    let mut events = VecDeque::from([Event::Started]);
    let (mut now, mut wake) = (Duration::ZERO, None);
    loop {
        let event = events.pop_front().unwrap_or_else(|| {
            now = wake.take().expect("a time to wake at");
            Event::Tick
        });
        for order in engine.handle(now, event) {
            match order {
                Order::Begin { step, .. } => {
                    let answer = Ok(Progress::Done(answers.get(&step).cloned().unwrap_or_default()));
                    events.push_back(Event::Began { step, answer, request: None });
                }
                Order::WakeAt(at) => wake = Some(at),
                Order::Finish(outcome) => return outcome.counts.done,
                _ => {}
            }
        }
    }
}

fn floors() -> String {
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    let told = child.arg(PURE).stderr(Stdio::inherit()).output().expect("the pure floors");
    assert!(told.status.success(), "the pure floors were not measured");
    let Size { accounts, units, policies, assignments, regions } = LARGE;
    format!(
        "{accounts} accounts in {} units, {policies} policies, {assignments} assignments, {regions} Regions, \
         on one core; the targets, 1 s and 200 MiB, are about what is set in bold:\n\n\
         | | CPU | most memory so far |\n|---|---|---|\n{}",
        units + 1,
        String::from_utf8_lossy(&told.stdout)
    )
}

/// The middle one of several measurements.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

/// How long the program takes to say its version, and to send the first byte to AWS.
fn start() -> String {
    let version = || {
        let begin = Instant::now();
        let said = Command::new(PROGRAM).arg("--version").output().expect("a version");
        assert!(said.status.success());
        begin.elapsed()
    };
    let folder = std::env::temp_dir().join(format!("lzctl-start-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let document = folder.join("landing-zone.yaml");
    fs::write(&document, "version: 1\norganization: { home_region: us-east-1 }\n").expect("a document");
    let first_byte = || first_byte(&document);
    let (version, first_byte) = (repeated(21, version), repeated(21, first_byte));
    fs::remove_dir_all(&folder).expect("the folder gone");
    let size = fs::metadata(PROGRAM).expect("the program").len() as f64 / f64::from(1 << 20);
    let mut table = String::from("| | measured | target |\n|---|---|---|\n");
    let _ = writeln!(table, "| `lzctl --version` | {version:.1} ms | 10 ms |");
    let _ = writeln!(table, "| `lzctl plan` until its first byte to AWS | {first_byte:.1} ms | 50 ms |");
    let _ = writeln!(table, "| size of the program | {size:.1} MiB | 40 MiB |");
    table
}

fn repeated(count: usize, one: impl Fn() -> Duration) -> f64 {
    median((0..count).map(|_| one()).collect())
}

/// From the start of a plan to the first byte that a server in AWS's place receives.
fn first_byte(document: &std::path::Path) -> Duration {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("its address"));
    let begin = Instant::now();
    let mut child = Command::new(PROGRAM)
        .arg("plan")
        .arg(document)
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", "any")
        .env("AWS_SECRET_ACCESS_KEY", "any")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a plan");
    let (mut stream, _) = listener.accept().expect("a connection");
    stream.read_exact(&mut [0]).expect("a byte");
    let took = begin.elapsed();
    // It would ask again and again for an answer that nobody gives.
    child.kill().expect("its end");
    child.wait().expect("its end");
    took
}

/// The comparison, or the reason why there is none.
fn beside_terraform() -> String {
    let script = format!("{ROOT}/benches/compare/run");
    let told = Command::new(script).env("LZCTL", PROGRAM).stderr(Stdio::piped()).output();
    let Ok(told) = told else { return "No comparison: its script does not run here.\n".to_owned() };
    std::io::stderr().write_all(&told.stderr).expect("stderr");
    let why = String::from_utf8_lossy(&told.stderr);
    let table = String::from_utf8_lossy(&told.stdout);
    if !told.status.success() {
        return format!(
            "No comparison: {}.\n",
            why.lines().last().unwrap_or("the script failed without a word")
        );
    }
    match why.lines().find_map(|line| line.strip_prefix("skipped: ")) {
        Some(reason) => format!("{table}\nNo Terraform: {reason}.\n"),
        None => table.into_owned(),
    }
}
