//! Commands against a served simulator: credentials, traces, signals to a real process.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use super::*;

/// A running `lzctl simulator`; it ends with its owner.
struct Served {
    child: Child,
    endpoint: String,
}

impl Served {
    fn new(folder: &Path, args: &[&str]) -> Self {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_lzctl"))
            .args(["simulator", "--listen", "127.0.0.1:0"])
            .args(args)
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut endpoint = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut endpoint).unwrap();
        Self { child, endpoint: endpoint.trim().to_owned() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn with_key(folder: &Path, args: &[&str], key: (&str, &str)) -> Ran {
    let mut command = lzctl(folder);
    command.args(args).env("AWS_ACCESS_KEY_ID", key.0).env("AWS_SECRET_ACCESS_KEY", key.1);
    finish(&mut command)
}

#[test]
fn without_credentials_it_says_how_to_get_some() {
    let folder = folder();
    let ran = run(folder.path(), &["plan", "small.yaml"]).exits(1);
    ran.says("no AWS credentials").says("hint: set AWS_PROFILE or name --profile").says("aws sso login");
}

#[test]
fn an_endpoint_that_does_not_answer_is_named() {
    let folder = folder();
    // Port 1 is nobody's.
    let args = ["apply", "small.yaml", "--yes", "--endpoint-url", "http://127.0.0.1:1"];
    let ran = with_key(folder.path(), &args, ("a", "b")).exits(1);
    ran.says("hint: nothing answers at http://127.0.0.1:1").says("Nothing was changed.");
}

#[test]
fn unknown_and_wrong_keys_are_told_apart_with_awss_words_and_a_request_id() {
    let folder = folder();
    let served = Served::new(folder.path(), &["--verify-signatures"]);
    let args = ["plan", "small.yaml", "--endpoint-url", &served.endpoint];
    let unknown = with_key(folder.path(), &args, ("AKIDUNKNOWN000000000", "b")).exits(1);
    let unknown = unknown.says("InvalidClientTokenId").says("(request ");
    unknown.says("hint: AWS does not know this access key");
    let wrong = with_key(folder.path(), &args, ("AKIDSIMULATOR0000000", "b")).exits(1);
    wrong.says("SignatureDoesNotMatch").says("hint: the secret access key does not fit");
}

#[test]
fn verbose_runs_trace_each_call_with_its_request_id_and_no_secret() {
    let folder = folder();
    let served = Served::new(folder.path(), &[]);
    let args = ["plan", "small.yaml", "-vvv", "--log", "json", "--endpoint-url", &served.endpoint];
    let ran = with_key(folder.path(), &args, ("AKIDANY", "a-secret-that-stays-here")).exits(0);
    assert!(!ran.err.contains("a-secret-that-stays-here"));
    let lines: Vec<Value> = ran.err.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let traced = |line: &Value| {
        let span = &line["span"];
        span["operation"] == "organizations:DescribeOrganization" && span["request_id"].is_string()
    };
    assert!(lines.iter().any(traced), "{}", ran.err);
}

#[test]
fn a_request_id_can_be_followed_from_the_call_into_the_journal_and_to_whoever_reads_it() {
    let folder = folder();
    let units = "version: 1\norganization: { home_region: us-east-1 }\norganizational_units: { Apps: {} }\n";
    std::fs::write(folder.path().join("units.yaml"), units).unwrap();
    let served = Served::new(folder.path(), &[]);
    let args = ["apply", "units.yaml", "--yes", "-vvv", "--log", "json", "--endpoint-url", &served.endpoint];
    let ran = with_key(folder.path(), &args, ("AKIDANY", "any")).exits(0);
    let traced = |operation: &str| {
        let mut lines = ran.err.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let id = |line: Value| line["span"]["request_id"].as_str().map(str::to_owned);
        lines.find_map(|line| if line["span"]["operation"] == operation { id(line) } else { None })
    };
    let shown = run(folder.path(), &["journal", "show"]).exits(0).out;
    let runs = folder.path().join(".lzctl/runs");
    let mut files = std::fs::read_dir(runs).unwrap().map(|entry| entry.unwrap().path());
    let journal = files.find(|path| path.extension().is_some_and(|end| end == "jsonl")).unwrap();
    let journal = std::fs::read_to_string(journal).unwrap();
    for (operation, step) in [
        ("organizations:CreateOrganization", "organization:create"),
        ("organizations:CreateOrganizationalUnit", "organizational_unit.Apps:create"),
    ] {
        let id = traced(operation).unwrap_or_else(|| panic!("no call of {operation} in {}", ran.err));
        let is_its = |line: &&str| line.contains(&format!("\"step\":\"{step}\"")) && line.contains(&id);
        assert!(journal.lines().any(|line| is_its(&line)), "{step} and {id} in {journal}");
        let told = |line: &str| line.contains(step) && line.contains(&format!("request {id}"));
        assert!(shown.lines().any(told), "{step} and {id} in {shown}");
    }
}

#[cfg(unix)]
fn interrupt(child: &Child) {
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn an_interrupted_apply_ends_cleanly_and_the_same_command_goes_on() {
    let folder = folder();
    // An account takes three seconds here: long enough to be interrupted. The
    // rest is done in virtual time.
    let mut served = Served::new(folder.path(), &["--speed", "30", "--world", "w.json", "--save"]);
    let args = ["apply", "small.yaml", "--yes", "--endpoint-url", &served.endpoint];
    let mut apply = std::process::Command::new(env!("CARGO_BIN_EXE_lzctl"))
        .args(args)
        .current_dir(folder.path())
        .env("AWS_ACCESS_KEY_ID", "any")
        .env("AWS_SECRET_ACCESS_KEY", "any")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(apply.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("running") && line.contains("account.one")));
    interrupt(&apply);
    let rest: Vec<String> = lines.collect();
    assert_eq!(apply.wait().unwrap().code(), Some(130), "{rest:#?}");
    let said = rest.join("\n");
    assert!(said.contains("Ctrl-C again stops now") && said.contains("goes on where"), "{said}");
    interrupt(&served.child);
    assert_eq!(served.child.wait().unwrap().code(), Some(0));
    let apply = ["apply", "small.yaml", "--yes", "--simulate", "w.json"];
    let again = run(folder.path(), &apply).exits(0);
    assert!(again.last_line().starts_with("Complete: "), "{}", again.out);
    let third = run(folder.path(), &apply).exits(0);
    assert!(third.last_line().starts_with("Nothing to do"), "{}", third.out);
}

#[cfg(unix)]
#[test]
fn the_simulator_ends_cleanly_and_saves_its_world_when_asked() {
    let folder = folder();
    // Without accounts there is nothing to wait for in real time.
    let units = "version: 1\norganization: { home_region: us-east-1 }\norganizational_units: { Apps: {} }\n";
    std::fs::write(folder.path().join("units.yaml"), units).unwrap();
    let mut served = Served::new(folder.path(), &["--world", "w.json", "--save"]);
    let args = ["apply", "units.yaml", "--yes", "--endpoint-url", &served.endpoint];
    with_key(folder.path(), &args, ("any", "any")).exits(0);
    interrupt(&served.child);
    assert_eq!(served.child.wait().unwrap().code(), Some(0));
    run(folder.path(), &["plan", "units.yaml", "--simulate", "w.json", "--exit-code"]).exits(0);
}
