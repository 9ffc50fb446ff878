//! The real program as processes: killed, interrupted and started again, against
//! its own simulator on a TCP port whose time runs fast.
//!
//! Nothing here waits for a time: a process is stopped when its journal says that
//! it has come far enough. Where it happens to be further, the same must hold.

#![cfg(unix)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::documents::plan_text;

const PROGRAM: &str = env!("CARGO_BIN_EXE_lzctl");
/// Virtual seconds in one second.
const SPEED: &str = "1500";
/// Between two looks at a journal.
const LOOK: Duration = Duration::from_millis(2);

/// What a journal says when a run has come somewhere.
const ACCOUNT_INTENDED: &str = "\"what\":\"intent\",\"step\":\"account.audit:create\"";
const ACCOUNT_ACCEPTED: &str = "\"what\":\"accepted\",\"step\":\"account.audit:create\"";
const ZONE_INTENDED: &str = "\"what\":\"intent\",\"step\":\"landing_zone:create\"";
const ZONE_ACCEPTED: &str = "\"what\":\"accepted\",\"step\":\"landing_zone:create\"";
const BASELINE_INTENDED: &str = "\"what\":\"intent\",\"step\":\"baseline.";

/// A simulator, a folder to work in, and the document in it.
struct Stage {
    simulator: Child,
    address: String,
    folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        let mut simulator = Command::new(PROGRAM)
            .args(["simulator", "--listen", "127.0.0.1:0", "--speed", SPEED])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a simulator");
        let mut greeting = String::new();
        let out = simulator.stdout.as_mut().expect("its stdout");
        BufReader::new(out).read_line(&mut greeting).expect("its address");
        let address = greeting.trim().trim_start_matches("http://").to_owned();
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("landing-zone.yaml"), plan_text("minimal")).expect("a document");
        Self { simulator, address, folder }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("AWS_ENDPOINT_URL", format!("http://{}", self.address))
            .env("LZCTL_ENDPOINT_SPEED", SPEED)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ACCESS_KEY_ID", "any")
            .env("AWS_SECRET_ACCESS_KEY", "any")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("an output")
    }

    fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a process")
    }

    /// Journals, oldest first.
    fn journals(&self) -> Vec<PathBuf> {
        let folder = self.folder.path().join(".lzctl/runs");
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        paths.sort();
        paths
    }

    fn newest_journal(&self) -> String {
        self.journals().last().map(|path| fs::read_to_string(path).expect("a journal")).unwrap_or_default()
    }

    /// Waits until the newest journal says so, or the process has ended.
    fn until(&self, child: &mut Child, says: &str) {
        while !self.newest_journal().contains(says) && child.try_wait().expect("a state").is_none() {
            thread::sleep(LOOK);
        }
    }

    /// Starts a command and kills it when the newest journal says so.
    fn killed_at(&self, arguments: &[&str], says: &str) {
        let mut child = self.start(arguments);
        self.until(&mut child, says);
        // A process that has ended already cannot be killed, and need not be.
        let _ = child.kill();
        child.wait().expect("an end");
    }

    /// Starts a command, sends it a signal at that moment, and gives its exit code.
    fn signalled_at(&self, arguments: &[&str], says: &str, signal: &str) -> Option<i32> {
        let mut child = self.start(arguments);
        self.until(&mut child, says);
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(sent.expect("kill").success());
        child.wait().expect("an end").code()
    }

    fn get(&self, path: &str) -> Value {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        write!(stream, "GET /_simulator/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let body = answer.split_once("\r\n\r\n").expect("a body").1;
        serde_json::from_str(body).expect("JSON")
    }

    /// The organization is as the document says, and nothing was made twice.
    fn holds_everything_once(&self) {
        let second = self.run(&["plan", "--exit-code", "landing-zone.yaml"]);
        assert_eq!(second.status.code(), Some(0), "{}", told(&second));
        let world = self.get("world");
        let organizations = world["organizations"]["organizations"].as_object().expect("organizations");
        assert_eq!(organizations.len(), 1);
        let organization = organizations.values().next().expect("an organization");
        let accounts = organization["accounts"].as_object().expect("accounts");
        let mut emails: Vec<&str> = accounts.values().filter_map(|a| a["email"].as_str()).collect();
        emails.sort_unstable();
        let expected = ["aws+audit@example.com", "aws+log-archive@example.com", "management@example.com"];
        assert_eq!(emails, expected);
        let requests = self.get("requests");
        for operation in ["organizations:CreateOrganization", "controltower:CreateLandingZone"] {
            assert_eq!(requests["operations"][operation], 1, "{operation}");
        }
    }

    /// No account is asked for twice, with a journal or without.
    fn asked_for_each_account_once(&self) {
        let requests = self.get("requests");
        assert_eq!(requests["operations"]["organizations:CreateAccount"], 2);
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Whatever the test came to, no process of it is left.
        let _ = self.simulator.kill();
        let _ = self.simulator.wait();
    }
}

fn told(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn assert_code(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}", told(output));
}

/// Cuts some bytes off the end of a file.
fn tear(path: &Path) {
    let whole = fs::read(path).expect("a journal");
    fs::write(path, &whole[..whole.len() - 10]).expect("a torn journal");
}

const APPLY: &[&str] = &["apply", "-y", "landing-zone.yaml"];

#[test]
fn a_run_that_is_killed_again_and_again_is_resumed_to_its_end() {
    let stage = Stage::new();
    stage.killed_at(APPLY, "\"what\":\"opened\"");
    stage.killed_at(&["resume"], ACCOUNT_INTENDED);
    stage.killed_at(&["resume"], ACCOUNT_ACCEPTED);
    stage.killed_at(&["resume"], ZONE_INTENDED);
    // A plain apply of the same document goes on as well.
    stage.killed_at(APPLY, ZONE_ACCEPTED);
    stage.killed_at(&["resume"], BASELINE_INTENDED);
    let last = stage.run(&["resume"]);
    assert_code(&last, 0);
    assert_eq!(stage.journals().len(), 1, "one run, however often it went on");
    stage.holds_everything_once();
    stage.asked_for_each_account_once();
    let verified = stage.run(&["journal", "verify"]);
    assert_code(&verified, 0);
    let again = stage.run(&["resume"]);
    assert_code(&again, 0);
    assert!(told(&again).contains("is complete"), "{}", told(&again));
}

#[test]
fn without_its_journal_a_plain_apply_waits_for_what_is_under_way_and_makes_nothing_twice() {
    let stage = Stage::new();
    for says in [ACCOUNT_ACCEPTED, ZONE_ACCEPTED] {
        stage.killed_at(APPLY, says);
        fs::remove_dir_all(stage.folder.path().join(".lzctl")).expect("journals to lose");
    }
    let last = stage.run(APPLY);
    assert_code(&last, 0);
    assert!(told(&last).contains("AWS has under way"), "{}", told(&last));
    stage.holds_everything_once();
    stage.asked_for_each_account_once();
}

#[test]
fn a_torn_last_line_is_left_out_and_the_run_goes_on() {
    let stage = Stage::new();
    stage.killed_at(APPLY, ZONE_ACCEPTED);
    tear(stage.journals().last().expect("a journal"));
    let verified = stage.run(&["journal", "verify"]);
    assert_code(&verified, 0);
    assert!(told(&verified).contains("torn last line"), "{}", told(&verified));
    let last = stage.run(APPLY);
    assert_code(&last, 0);
    assert!(told(&last).contains("Going on with run"), "{}", told(&last));
    stage.holds_everything_once();
    stage.asked_for_each_account_once();
}

#[test]
fn a_signal_ends_a_run_with_130_and_it_can_be_gone_on_with() {
    let stage = Stage::new();
    assert_eq!(stage.signalled_at(APPLY, ACCOUNT_ACCEPTED, "-INT"), Some(130));
    let listed = stage.run(&["journal", "list"]);
    assert!(told(&listed).contains("interrupted"), "{}", told(&listed));
    assert_eq!(stage.signalled_at(&["resume"], ZONE_ACCEPTED, "-TERM"), Some(130));
    assert_code(&stage.run(&["resume"]), 0);
    stage.holds_everything_once();
    stage.asked_for_each_account_once();
    assert_code(&stage.run(&["journal", "export", "--trace", "trace.json"]), 0);
    let trace = fs::read_to_string(stage.folder.path().join("trace.json")).expect("a trace");
    let trace: Value = serde_json::from_str(&trace).expect("JSON");
    assert!(trace["traceEvents"].as_array().is_some_and(|events| events.len() > 20));
}

#[test]
fn a_changed_document_is_planned_anew_after_what_is_in_flight_is_proven() {
    let stage = Stage::new();
    stage.killed_at(APPLY, ZONE_ACCEPTED);
    let document = plan_text("minimal").replace("  Workloads:\n", "  Sandbox: {}\n  Workloads:\n");
    fs::write(stage.folder.path().join("landing-zone.yaml"), document).expect("another document");
    let last = stage.run(APPLY);
    assert_code(&last, 0);
    assert!(told(&last).contains("something else is to be applied now"), "{}", told(&last));
    assert_eq!(stage.journals().len(), 2);
    stage.holds_everything_once();
    stage.asked_for_each_account_once();
}

#[test]
fn a_run_that_another_process_carries_out_is_left_to_it() {
    let stage = Stage::new();
    let mut first = stage.start(APPLY);
    stage.until(&mut first, ACCOUNT_ACCEPTED);
    let second = stage.run(APPLY);
    // It meets the first one, or, where that was quicker, nothing left to do.
    let text = told(&second);
    match second.status.code() {
        Some(4) => {
            assert!(text.contains("another process is carrying out run"), "{text}");
            let owner = format!("process {}, since 20", first.id());
            assert!(text.contains(&owner) && text.contains("its lease lasts until 20"), "{text}");
            assert!(text.contains("--wait 10m waits for it"), "{text}");
        }
        code => assert_eq!(code, Some(0), "{text}"),
    }
    assert_eq!(first.wait().expect("an end").code(), Some(0));
    stage.holds_everything_once();
    stage.asked_for_each_account_once();
}

#[test]
fn from_another_run_folder_of_the_machine_the_second_waits_and_finds_nothing_left() {
    let stage = Stage::new();
    let mut first = stage.start(APPLY);
    stage.until(&mut first, ACCOUNT_ACCEPTED);
    let elsewhere: Vec<&str> = [APPLY, &["--run-folder", "elsewhere", "--wait", "10m"]].concat();
    let second = stage.run(&elsewhere);
    assert_code(&second, 0);
    assert_eq!(first.wait().expect("an end").code(), Some(0));
    assert_eq!(stage.journals().len(), 1, "the second had nothing to do");
    assert!(!stage.folder.path().join("elsewhere").exists(), "{}", told(&second));
    stage.holds_everything_once();
    stage.asked_for_each_account_once();
}

#[test]
fn a_stopped_process_keeps_its_lease_and_a_killed_one_loses_it_at_once() {
    let stage = Stage::new();
    let mut first = stage.start(APPLY);
    stage.until(&mut first, ACCOUNT_ACCEPTED);
    let signal = |signal: &str| {
        let sent = Command::new("kill").args([signal, &first.id().to_string()]).status();
        sent.expect("kill").success()
    };
    if !signal("-STOP") {
        return; // It was quicker; there is nothing to stop.
    }
    let second = stage.run(APPLY);
    assert!(matches!(second.status.code(), Some(4 | 0)), "{}", told(&second));
    signal("-KILL");
    first.wait().expect("an end");
    assert_code(&stage.run(APPLY), 0);
    stage.holds_everything_once();
    stage.asked_for_each_account_once();
}

#[test]
fn a_journal_that_somebody_changed_is_found_out() {
    let stage = Stage::new();
    stage.killed_at(APPLY, ACCOUNT_ACCEPTED);
    let path = stage.journals().pop().expect("a journal");
    let text = fs::read_to_string(&path).expect("a journal");
    fs::write(&path, text.replacen("CreateOrganization", "CreateSomething", 1)).expect("a changed journal");
    let verified = stage.run(&["journal", "verify"]);
    assert_code(&verified, 1);
    assert!(told(&verified).contains("checksum"), "{}", told(&verified));
    let last = stage.run(APPLY);
    assert_code(&last, 0);
    assert!(told(&last).contains("cannot be trusted"), "{}", told(&last));
    stage.holds_everything_once();
    stage.asked_for_each_account_once();
}

#[test]
fn an_apply_with_nothing_to_do_asks_what_a_plan_asks_and_sends_no_change() {
    let stage = Stage::new();
    assert_code(&stage.run(APPLY), 0);
    let asked = |arguments: &[&str]| {
        let before = stage.get("requests");
        assert_code(&stage.run(arguments), 0);
        let after = stage.get("requests");
        let operations = after["operations"].as_object().expect("operations");
        let mut asked: Vec<(String, u64)> = Vec::new();
        for (name, count) in operations {
            let more =
                count.as_u64().unwrap_or_default() - before["operations"][name].as_u64().unwrap_or_default();
            if more > 0 {
                asked.push((name.clone(), more));
            }
        }
        assert_eq!(after["writes"], before["writes"], "{arguments:?}");
        asked
    };
    let planned = asked(&["plan", "landing-zone.yaml"]);
    assert!(planned.len() > 10, "{planned:?}");
    assert_eq!(asked(APPLY), planned);
}
