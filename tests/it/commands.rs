//! The commands as an operator meets them: exit code, stdout, stderr.
//!
//! Each test has a folder of its own and an environment without credentials. Time
//! is virtual, except where signals are sent to a real process.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be set up should stop its test at once")]

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A small document that needs no Control Tower.
const SMALL: &str = "\
version: 1
organization: { home_region: us-east-1 }
organizational_units: { Apps: {} }
accounts:
  one: { email: one@example.com, organizational_unit: Apps }
  two: { email: two@example.com, organizational_unit: Apps }
";

/// What a run left behind.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    fn prints(self, part: &str) -> Self {
        assert!(self.out.contains(part), "stdout lacks `{part}`:\n{}", self.out);
        self
    }

    fn says(self, part: &str) -> Self {
        assert!(self.err.contains(part), "stderr lacks `{part}`:\n{}", self.err);
        self
    }

    fn last_line(&self) -> &str {
        self.out.lines().last().unwrap_or_default()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}:\n{}", self.out))
    }
}

/// A folder with the small document in it.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.yaml"), SMALL).unwrap();
    folder
}

/// The program in a folder, without any credentials.
fn lzctl(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lzctl"));
    command.current_dir(folder).env_clear().env("HOME", folder).env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

fn run(folder: &Path, args: &[&str]) -> Ran {
    finish(lzctl(folder).args(args))
}

fn finish(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A plan of this repository.
fn plan_file(name: &str) -> String {
    format!("{}/plans/{name}/landing-zone.yaml", env!("CARGO_MANIFEST_DIR"))
}

mod without_aws {
    use super::*;

    #[test]
    fn help_shows_the_exit_codes_on_stdout() {
        let folder = folder();
        run(folder.path(), &["--help"]).exits(0).prints("130  interrupted cleanly");
    }

    #[test]
    fn wrong_arguments_exit_with_64_and_a_usage_line() {
        let folder = folder();
        run(folder.path(), &["plam"]).exits(64).says("Usage: lzctl");
        run(folder.path(), &["plan"]).exits(64).says("<FILE>");
        run(folder.path(), &["graph", "small.yaml", "--format", "svg"]).exits(64).says("mermaid");
        run(folder.path(), &["simulator", "--speed", "0"]).exits(64).says("--speed");
    }

    #[test]
    fn a_valid_document_is_said_to_be_valid() {
        let folder = folder();
        run(folder.path(), &["validate", "small.yaml"])
            .exits(0)
            .prints("small.yaml is valid: 1 organizational unit, 2 accounts, 0 keys, no landing zone.\n");
    }

    #[test]
    fn a_missing_file_and_a_folder_are_named() {
        let folder = folder();
        run(folder.path(), &["validate", "nope.yaml"]).exits(3).says("nope.yaml: there is no such file");
        run(folder.path(), &["plan", "."]).exits(3).says("it is a folder, not a file");
        run(folder.path(), &["apply", "nope.json", "--yes"]).exits(1).says("nope.json cannot be read");
    }

    #[test]
    fn a_misspelt_key_is_shown_with_its_line_and_the_nearest_key() {
        let folder = folder();
        std::fs::write(folder.path().join("typo.yaml"), SMALL.replace("accounts:", "acounts:")).unwrap();
        let ran = run(folder.path(), &["plan", "typo.yaml"]).exits(3);
        ran.says("typo.yaml:4").says("acounts").says("accounts").says("error: the document has 1 error");
    }

    #[test]
    fn two_accounts_with_one_address_are_refused_whatever_its_case() {
        let folder = folder();
        let text = SMALL.replace("two@example.com", "ONE@example.com");
        std::fs::write(folder.path().join("twice.yaml"), text).unwrap();
        let ran = run(folder.path(), &["validate", "twice.yaml", "--format", "json"]).exits(3);
        let found = ran.json();
        assert_eq!(found["valid"], false);
        assert_eq!(found["findings"].as_array().map(Vec::len), Some(1), "{found}");
    }

    #[test]
    fn a_graph_is_drawn_in_three_languages() {
        let folder = folder();
        let text = run(folder.path(), &["graph", "small.yaml"]).exits(0);
        text.prints("account.one").prints("waits until organization exists: ").prints("resources,");
        run(folder.path(), &["graph", "small.yaml", "--format", "dot"]).exits(0).prints("digraph");
        run(folder.path(), &["graph", "small.yaml", "--format", "mermaid"]).exits(0).prints("flowchart LR");
    }

    #[test]
    fn schema_and_completions_are_data() {
        let folder = folder();
        let schema = run(folder.path(), &["schema"]).exits(0).json();
        assert!(schema["properties"]["landing_zone"].is_object(), "{schema}");
        run(folder.path(), &["completions", "bash"]).exits(0).prints("lzctl");
    }

    #[test]
    fn a_code_is_explained() {
        let folder = folder();
        run(folder.path(), &["explain", "unknown-key"]).exits(0).prints("unknown-key: ");
        run(folder.path(), &["explain"]).exits(0).prints("duplicate-key");
        run(folder.path(), &["explain", "unknown-kye"]).exits(64).says("unknown-key");
    }
}

mod simulated {
    use super::*;

    #[test]
    fn applying_twice_has_nothing_left_to_do() {
        let folder = folder();
        let apply = ["apply", "small.yaml", "--simulate", "w.json", "--yes"];
        let first = run(folder.path(), &apply).exits(0).says("w.json is a new simulated AWS");
        let first = first.prints("Plan: 4 to create, 0 to change, 2 to move, 0 to repair, 0 to remove.\n");
        assert!(first.last_line().starts_with("Complete: 6 done in "), "{}", first.last_line());
        // The journal and its plan.
        let files = std::fs::read_dir(folder.path().join(".lzctl/runs")).unwrap().count();
        assert_eq!(files, 2);
        let second = run(folder.path(), &apply).exits(0);
        assert_eq!(second.out, "Nothing to do: the organization is as the document says.\n");
    }

    #[test]
    fn policies_and_controls_are_shown_without_naming_the_region_that_the_world_knows() {
        let folder = folder();
        let tagged = format!(
            "{SMALL}policies:\n  no-s3:\n    type: service_control\n    targets: [Apps]\n    document: {{ Version: \
             \"2012-10-17\", Statement: {{ Effect: Deny, Action: \"s3:*\", Resource: \"*\" }} }}\n"
        );
        std::fs::write(folder.path().join("policies.yaml"), tagged).unwrap();
        run(folder.path(), &["apply", "policies.yaml", "--simulate", "w.json", "--yes"]).exits(0);
        let shown = run(folder.path(), &["effective-policy", "one", "--simulate", "w.json"]);
        shown.exits(0).prints("no-s3").prints("FullAWSAccess");
        let shown = run(folder.path(), &["effective-policy", "one", "--simulate", "w.json", "--json"]);
        assert!(shown.exits(0).json().to_string().contains("s3:*"));
        let nobody = run(folder.path(), &["effective-policy", "nobody", "--simulate", "w.json"]);
        nobody.exits(1).says("nobody");
        let controls = ["controls", "CT.S3.PR.1", "--simulate", "w.json"];
        run(folder.path(), &controls).exits(0).prints("CT.S3.PR.1").prints("proactive");
        let detective = ["controls", "--behavior", "detective", "--simulate", "w.json"];
        let shown = run(folder.path(), &detective).exits(0);
        assert!(!shown.out.contains("CT.S3.PR.1"), "{}", shown.out);
        // A world that is not there yet cannot know it.
        run(folder.path(), &["controls", "--simulate", "new.json"]).exits(3).says("--region");
    }

    #[test]
    fn planning_changes_nothing_and_tells_by_its_code_whether_there_are_changes() {
        let folder = folder();
        let plan = ["plan", "small.yaml", "--simulate", "w.json", "--exit-code"];
        run(folder.path(), &plan).exits(2).prints("+ create account.one  (small.yaml:5)");
        assert!(!folder.path().join("w.json").exists());
        run(folder.path(), &["apply", "small.yaml", "--simulate", "w.json", "--yes"]).exits(0);
        let world = std::fs::read(folder.path().join("w.json")).unwrap();
        run(folder.path(), &plan).exits(0).prints("Nothing to do");
        assert_eq!(std::fs::read(folder.path().join("w.json")).unwrap(), world);
    }

    #[test]
    fn a_plan_as_json_has_what_scripts_need_and_is_the_same_every_time() {
        let folder = folder();
        let args = ["plan", "small.yaml", "--simulate", "w.json", "--json"];
        let plan = run(folder.path(), &args).exits(0);
        assert_eq!(plan.out, run(folder.path(), &args).out);
        let plan = plan.json();
        assert_eq!((&plan["format"], &plan["calls"]["write"]), (&Value::from(1), &Value::from(0)));
        let steps = plan["steps"].as_array().unwrap();
        assert_eq!(steps.len(), 6);
        for member in ["id", "address", "action", "verb", "operation", "reasons", "needs", "lane", "changes"]
        {
            assert!(steps.iter().all(|step| step.get(member).is_some()), "{member}");
        }
    }

    #[test]
    fn a_saved_plan_is_applied_once_and_refused_when_it_is_replayed() {
        let folder = folder();
        run(folder.path(), &["plan", "small.yaml", "--simulate", "w.json", "-o", "plan.json"]).exits(0);
        let apply = ["apply", "plan.json", "--simulate", "w.json", "--yes"];
        run(folder.path(), &apply).exits(0).prints("Complete: 6 done");
        let world = std::fs::read(folder.path().join("w.json")).unwrap();
        run(folder.path(), &apply)
            .exits(4)
            .says("the plan is not applied")
            .says("hint: plan again")
            .says("Nothing was changed.");
        assert_eq!(std::fs::read(folder.path().join("w.json")).unwrap(), world);
    }

    #[test]
    fn a_saved_plan_is_refused_after_somebody_changed_what_it_read() {
        let folder = folder();
        run(folder.path(), &["apply", "small.yaml", "--simulate", "w.json", "--yes"]).exits(0);
        let tagged = SMALL.replace("Apps: {}", "Apps: { tags: { owner: me } }");
        std::fs::write(folder.path().join("tagged.yaml"), tagged).unwrap();
        run(folder.path(), &["plan", "tagged.yaml", "--simulate", "w.json", "-o", "plan.json"]).exits(0);
        let other = SMALL.replace("Apps: {}", "Apps: { tags: { owner: you } }");
        std::fs::write(folder.path().join("other.yaml"), other).unwrap();
        run(folder.path(), &["apply", "other.yaml", "--simulate", "w.json", "--yes"]).exits(0);
        run(folder.path(), &["apply", "plan.json", "--simulate", "w.json", "--yes"])
            .exits(4)
            .says("organizational_unit.Apps has changed since the plan was made");
    }

    #[test]
    fn an_edited_plan_is_no_plan() {
        let folder = folder();
        run(folder.path(), &["plan", "small.yaml", "--simulate", "w.json", "-o", "plan.json"]).exits(0);
        let path = folder.path().join("plan.json");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("one@example.com", "evil@example.com")).unwrap();
        run(folder.path(), &["apply", "plan.json", "--simulate", "w.json", "--yes"])
            .exits(4)
            .says("the plan was changed after it was saved");
        std::fs::write(&path, "{}").unwrap();
        run(folder.path(), &["apply", "plan.json", "--simulate", "w.json", "--yes"]).exits(3).says("no plan");
    }

    #[test]
    fn without_a_terminal_apply_wants_to_be_told() {
        let folder = folder();
        let ran = run(folder.path(), &["apply", "small.yaml", "--simulate", "w.json"]).exits(4);
        ran.says("hint: say --yes").says("Nothing was changed.");
        assert!(!folder.path().join("w.json").exists());
    }

    #[test]
    fn credentials_of_a_member_account_are_refused_with_the_account_to_use() {
        let folder = folder();
        run(folder.path(), &["apply", "small.yaml", "--simulate", "w.json", "--yes"]).exits(0);
        let path = folder.path().join("w.json");
        let mut world: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let organizations = world["organizations"]["organizations"].as_object().unwrap();
        let accounts = organizations.values().next().unwrap()["accounts"].as_object().unwrap();
        let member = accounts.keys().find(|id| *id != "111122223333").unwrap().clone();
        world["account"] = Value::from(member.clone());
        std::fs::write(&path, world.to_string()).unwrap();
        let ran = run(folder.path(), &["plan", "small.yaml", "--simulate", "w.json"]).exits(1);
        ran.says(&member).says("management account 111122223333").says("hint: ");
    }

    #[test]
    fn another_management_account_than_the_document_names_blocks_the_plan() {
        let folder = folder();
        run(folder.path(), &["apply", "small.yaml", "--simulate", "w.json", "--yes"]).exits(0);
        let guarded = SMALL.replace(
            "home_region: us-east-1",
            "home_region: us-east-1, management_account: \"999988887777\"",
        );
        std::fs::write(folder.path().join("guarded.yaml"), guarded + "  three: { email: 3@example.com }\n")
            .unwrap();
        run(folder.path(), &["apply", "guarded.yaml", "--simulate", "w.json", "--yes"])
            .exits(4)
            .prints("blocker")
            .says("Nothing was changed.");
    }

    #[test]
    fn a_file_that_is_no_world_is_named_and_left_alone() {
        let folder = folder();
        std::fs::write(folder.path().join("w.json"), "[1]").unwrap();
        run(folder.path(), &["plan", "small.yaml", "--simulate", "w.json"])
            .exits(1)
            .says("w.json holds no simulated world")
            .says("hint: ");
    }
}

mod rehearsed {
    use super::*;

    #[test]
    fn the_standard_plan_ends_with_nothing_left_to_do() {
        let folder = folder();
        let ran = run(folder.path(), &["rehearse", &plan_file("standard")]).exits(0);
        assert_eq!(ran.last_line(), "second plan: 0 steps");
        ran.prints("Organization o-").prints("log-archive").prints("[backup 1.0, control_tower 5.0]");
    }

    #[test]
    fn figures_are_numbers_and_the_same_every_time() {
        let folder = folder();
        let args = ["rehearse", &plan_file("minimal"), "--json"];
        let ran = run(folder.path(), &args).exits(0);
        assert_eq!(ran.out, run(folder.path(), &args).out);
        let figures = ran.json();
        for member in
            ["steps", "virtual_seconds", "lower_bound_seconds", "ratio", "second_plan_steps", "failed"]
        {
            assert!(figures[member].is_number(), "{member}: {figures}");
        }
        assert!(figures["calls"]["read"].as_u64() > Some(0) && figures["calls"]["write"].as_u64() > Some(0));
        assert_eq!((&figures["second_plan_steps"], &figures["failed"]), (&Value::from(0), &Value::from(0)));
        let ratio = figures["ratio"].as_f64().unwrap();
        assert!((1.0..1.1).contains(&ratio), "{ratio}");
    }

    #[test]
    fn a_world_goes_on_where_a_rehearsal_left_it() {
        let folder = folder();
        let document = plan_file("minimal");
        run(folder.path(), &["rehearse", &document, "--out-world", "w.json"]).exits(0);
        let again = run(folder.path(), &["rehearse", &document, "--world", "w.json"]).exits(0);
        again.prints("Nothing to do");
        run(folder.path(), &["plan", &document, "--simulate", "w.json", "--exit-code"]).exits(0);
    }

    #[test]
    fn the_plans_of_this_repository_are_planned_as_recorded() {
        let folder = folder();
        for name in ["minimal", "standard", "regulated", "detect"] {
            let document = format!("plans/{name}/landing-zone.yaml");
            let world = folder.path().join(format!("{name}.json"));
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let ran = run(root, &["plan", &document, "--simulate", world.to_str().unwrap()]).exits(0);
            let recorded = std::fs::read_to_string(root.join(format!("plans/{name}/plan.txt"))).unwrap();
            assert_eq!(
                ran.out, recorded,
                "record it again: lzctl plan {document} --simulate new.json > plans/{name}/plan.txt"
            );
        }
    }

    #[test]
    fn more_accounts_than_aws_gives_a_new_organization_are_remarked_on() {
        let folder = folder();
        let more: String = (0..12).map(|n| format!("  a{n}: {{ email: a{n}@example.com }}\n")).collect();
        std::fs::write(folder.path().join("many.yaml"), format!("{SMALL}{more}")).unwrap();
        let ran = run(folder.path(), &["rehearse", "many.yaml"]).exits(0);
        ran.prints("the simulated organization takes 15 accounts; AWS's default is 10");
    }
}

mod over_the_wire {
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
        ran.says("no credentials").says("hint: set AWS_PROFILE or name --profile").says("aws sso login");
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
        let units =
            "version: 1\norganization: { home_region: us-east-1 }\norganizational_units: { Apps: {} }\n";
        std::fs::write(folder.path().join("units.yaml"), units).unwrap();
        let mut served = Served::new(folder.path(), &["--world", "w.json", "--save"]);
        let args = ["apply", "units.yaml", "--yes", "--endpoint-url", &served.endpoint];
        with_key(folder.path(), &args, ("any", "any")).exits(0);
        interrupt(&served.child);
        assert_eq!(served.child.wait().unwrap().code(), Some(0));
        run(folder.path(), &["plan", "units.yaml", "--simulate", "w.json", "--exit-code"]).exits(0);
    }
}
