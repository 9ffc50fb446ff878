//! Saved plans from the command line: keys, signatures, and everything for which
//! `apply` refuses a plan file before the first change.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use jiff::{SignedDuration, Timestamp};
use lzctl::plan::saved::{SavedPlan, Seal};
use tempfile::TempDir;

/// A folder with a document and a simulated AWS in which it was applied once.
struct Desk(TempDir);

const HEAD: &str = "version: 1\norganization: { home_region: us-east-1 }\norganizational_units:\n";

impl Desk {
    /// The organization has the unit `Work` with the tag `owner: one`.
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.write("first.yaml", &format!("{HEAD}  Work: {{ tags: {{ owner: one }} }}\n"));
        desk.write("more.yaml", &format!("{HEAD}  Work: {{ tags: {{ owner: one }} }}\n  New: {{}}\n"));
        desk.run("apply first.yaml --simulate world.json --yes").success();
        desk
    }

    /// The same, with a plan that adds the unit `New`.
    fn with_plan() -> Self {
        let desk = Self::new();
        desk.run("plan more.yaml --simulate world.json -o plan.json").success();
        desk
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn run(&self, arguments: &str) -> Assert {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lzctl"));
        command.current_dir(self.0.path()).env_clear().args(arguments.split(' ')).assert()
    }

    /// What it says on stderr when it refuses.
    fn refused(&self, arguments: &str) -> String {
        said(&self.run(arguments).code(4))
    }

    /// Applies another document to the same world.
    fn meanwhile(&self, units: &str) {
        self.write("other.yaml", &format!("{HEAD}{units}"));
        self.run("apply other.yaml --simulate world.json --yes").success();
    }

    fn key(&self, name: &str) {
        self.run(&format!("key generate -o {name}")).success();
    }

    fn units(&self) -> Vec<&'static str> {
        let world: serde_json::Value = serde_json::from_str(&self.read("world.json")).unwrap();
        let organizations = world["organizations"]["organizations"].as_object().unwrap().values();
        let units = organizations.flat_map(|one| one["units"].as_object().unwrap().values());
        let names: Vec<&str> = units.filter_map(|unit| unit["name"].as_str()).collect();
        ["Work", "New", "Other"].into_iter().filter(|name| names.contains(name)).collect()
    }
}

fn said(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

fn printed(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

const APPLY: &str = "apply plan.json --simulate world.json --yes";

#[test]
fn a_saved_plan_is_applied_once_and_never_again() {
    let desk = Desk::with_plan();
    fs::copy(desk.path("world.json"), desk.path("before.json")).unwrap();
    desk.run(APPLY).success();
    assert_eq!(desk.units(), ["Work", "New"]);
    // Even where everything is as it was when the plan was made.
    fs::copy(desk.path("before.json"), desk.path("world.json")).unwrap();
    let text = desk.refused(APPLY);
    assert!(text.contains("the plan was applied before, by run 20"), "{text}");
    assert!(!text.contains("has changed"), "{text}");
    assert_eq!(desk.units(), ["Work"]);
}

#[test]
fn what_moved_is_named_with_its_field() {
    let desk = Desk::with_plan();
    desk.meanwhile("  Work: { tags: { owner: two } }\n");
    let text = desk.refused(APPLY);
    assert!(
        text.contains("organizational_unit.Work has changed since the plan was made: `tags.owner`\n"),
        "{text}"
    );
    assert!(text.contains("hint: plan again"), "{text}");
    assert_eq!(desk.units(), ["Work"]);
}

#[test]
fn what_appeared_meanwhile_is_named() {
    let desk = Desk::with_plan();
    desk.meanwhile("  New: {}\n");
    let text = desk.refused(APPLY);
    assert!(text.contains("organizational_unit.New has appeared since the plan was made\n"), "{text}");
}

#[test]
fn unrelated_changes_do_not_refuse_and_exactly_the_saved_steps_are_done() {
    let desk = Desk::with_plan();
    desk.meanwhile("  Other: {}\n");
    let text = printed(&desk.run(APPLY).success());
    assert!(text.contains("Plan: 1 to create, 0 to change, 0 to move, 0 to repair, 0 to remove."), "{text}");
    assert_eq!(desk.units(), ["Work", "New", "Other"]);
}

#[test]
fn a_plan_is_refused_after_its_time() {
    let desk = Desk::with_plan();
    let saved = SavedPlan::read(&desk.read("plan.json")).unwrap();
    assert_eq!(saved.expires_at.duration_since(saved.made_at), SignedDuration::from_hours(24));
    let past: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
    let seal = Seal { made_at: past, expires_at: past, nonce: "00".repeat(16), version: "0.1.0".to_owned() };
    desk.write("plan.json", &SavedPlan::new(saved.plan, seal).text().unwrap());
    let text = desk.refused(APPLY);
    assert!(text.contains("the plan expired at 2020-01-01T00:00:00Z, it is "), "{text}");
}

#[test]
fn its_life_is_as_long_as_was_asked_for() {
    let desk = Desk::new();
    desk.run("plan more.yaml --simulate world.json -o plan.json --expires-in 90m").success();
    let saved = SavedPlan::read(&desk.read("plan.json")).unwrap();
    assert_eq!(saved.expires_at.duration_since(saved.made_at), SignedDuration::from_mins(90));
    desk.run("plan more.yaml --simulate world.json -o plan.json --expires-in 0h").code(64);
    desk.run("plan more.yaml --simulate world.json --expires-in 1h").code(64);
}

#[test]
fn another_account_is_refused() {
    let desk = Desk::with_plan();
    let other =
        "version: 1\norganization: { home_region: us-east-1, management_account: \"999988887777\" }\n";
    desk.write("other.yaml", &format!("{other}organizational_units: {{ Work: {{}} }}\n"));
    desk.run("apply other.yaml --simulate elsewhere.json --yes").success();
    let text = desk.refused("apply plan.json --simulate elsewhere.json --yes");
    assert!(text.contains("the credentials are those of account 999988887777"), "{text}");
}

#[test]
fn a_changed_file_is_refused_with_what_differs() {
    let desk = Desk::with_plan();
    let text = desk.read("plan.json");
    desk.write("plan.json", &text.replacen("\"name\": \"New\"", "\"name\": \"Evil\"", 1));
    let told = desk.refused(APPLY);
    assert!(
        told.contains("the plan was changed after it was saved: its `steps` has another digest"),
        "{told}"
    );
    desk.write("plan.json", &text.replacen("{\n", "{ \n", 1));
    let told = desk.refused("verify plan.json");
    assert!(told.contains("line 1 of the plan file is not as it was written"), "{told}");
    desk.write("plan.json", &text.replacen("\"format\": 1", "\"format\": 2", 1));
    assert!(desk.refused(APPLY).contains("has format 2, this program reads format 1"));
    desk.write("plan.json", "{}");
    desk.run(APPLY).code(3);
    assert_eq!(desk.units(), ["Work"]);
}

#[test]
fn two_people_sign_with_two_keys_and_one_key_counts_once() {
    let desk = Desk::with_plan();
    desk.key("ana");
    desk.key("ben");
    let both = format!("{APPLY} --trust ana.pub --trust ben.pub --require-signatures 2");
    assert!(desk.refused(&both).contains("it needs signatures by 2 trusted keys, and has 0"));

    let shown = desk.run("sign plan.json --key ana").success();
    assert!(printed(&shown).contains("create organizational_unit.New"), "{}", printed(&shown));
    let text = desk.refused("sign plan.json --key ana");
    assert!(text.contains("has signed the plan already"), "{text}");
    let text = desk.refused(&both);
    assert!(text.contains("it needs signatures by 2 trusted keys, and has 1 ("), "{text}");
    assert!(text.contains("hint: have it signed"), "{text}");
    // The same key under two names is still one.
    fs::copy(desk.path("ana.pub"), desk.path("also-ana.pub")).unwrap();
    let twice = desk.run(&format!("{APPLY} --trust ana.pub --trust also-ana.pub --require-signatures 2"));
    assert!(said(&twice.code(64)).contains("--trust names 1"));

    desk.run("sign plan.json --key ben").success();
    let text = printed(&desk.run("verify plan.json --trust ana.pub").success());
    assert_eq!(text.matches("(trusted)").count(), 1, "{text}");
    assert_eq!(text.matches("(not trusted)").count(), 1, "{text}");
    desk.run(&both).success();
    assert_eq!(desk.units(), ["Work", "New"]);
}

#[test]
fn a_plan_that_somebody_else_signed_is_not_signed_by_whom_we_trust() {
    let desk = Desk::with_plan();
    desk.key("ana");
    desk.key("eve");
    desk.run("sign plan.json --key eve").success();
    let text = desk.refused(&format!("{APPLY} --trust ana.pub"));
    assert!(text.contains("it needs signatures by 1 trusted key, and has 0"), "{text}");
    // A plan that nobody asked to be signed may be applied with any signature that holds.
    desk.run(APPLY).success();
}

#[test]
fn irreversible_acts_need_their_consent_and_as_many_signatures_as_was_said() {
    let desk = Desk::new();
    desk.write("remove.yaml", &format!("{HEAD}  Other: {{}}\nremove: [organizational_unit.Work]\n"));
    let shown = desk.run("plan remove.yaml --simulate world.json -o plan.json").success();
    let text = printed(&shown);
    assert!(text.contains("unit_deletion.Work: the organizational unit Work is deleted"), "{text}");
    assert!(text.contains("way back: none: AWS deletes it at once"), "{text}");
    desk.key("ana");
    desk.key("ben");
    desk.run("sign plan.json --key ana").success();

    let trust = "--trust ana.pub --trust ben.pub --require-signatures-irreversible 2";
    let with_consent = format!("{APPLY} {trust} --consent unit_deletion.Work");
    let text = desk.refused(&with_consent);
    assert!(text.contains("2 trusted keys, because it contains irreversible acts, and has 1"), "{text}");
    desk.run("sign plan.json --key ben").success();
    let text = desk.refused(&format!("{APPLY} {trust}"));
    assert!(text.contains("it needs the consent `unit_deletion.Work`"), "{text}");
    assert_eq!(desk.units(), ["Work"]);
    desk.run(&with_consent).success();
    assert_eq!(desk.units(), ["Other"]);
}

#[test]
fn the_document_says_that_irreversible_acts_need_two_signatures_and_arguments_do_not_lower_it() {
    let desk = Desk::new();
    let rule = "signatures: { irreversible: 2 }\n";
    desk.write("tags.yaml", &format!("{HEAD}  Work: {{ tags: {{ owner: two }} }}\n{rule}"));
    desk.run("apply tags.yaml --simulate world.json --yes").success();
    let removal = "remove: [organizational_unit.Work]\nconsents: [unit_deletion.Work]\n";
    desk.write("less.yaml", &format!("{HEAD}  Other: {{}}\n{removal}{rule}"));
    let refused = desk.refused("apply less.yaml --simulate world.json --yes");
    assert!(refused.contains("2 trusted keys, because it contains irreversible acts"), "{refused}");
    assert!(refused.contains("`lzctl plan FILE... -o PLAN.json` can be"), "{refused}");
    let plan = printed(&desk.run("plan less.yaml --simulate world.json -o plan.json"));
    assert!(plan.contains("Signatures: the document asks for those of 2 different keys"), "{plan}");
    desk.key("ana");
    desk.key("ben");
    let apply = "apply plan.json --simulate world.json --yes --trust ana.pub --trust ben.pub";
    desk.run("sign plan.json --key ana").success();
    desk.refused(apply);
    desk.refused(&format!("{apply} --require-signatures 1 --require-signatures-irreversible 1"));
    desk.refused("verify plan.json --trust ana.pub");
    desk.run("sign plan.json --key ben").success();
    desk.run(apply).success();
    assert_eq!(desk.units(), ["Other"]);
}

#[test]
fn keys_are_private_from_their_first_moment_and_never_overwritten_or_told() {
    let desk = Desk::with_plan();
    desk.key("ana");
    let private = desk.read("ana");
    assert!(private.starts_with("-----BEGIN PRIVATE KEY-----\n"), "not PKCS #8");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(mode(&desk.path("ana")), 0o600);
        fs::set_permissions(desk.path("ana"), fs::Permissions::from_mode(0o644)).unwrap();
    }
    desk.run("key generate -o ana").code(1);
    assert_eq!(desk.read("ana"), private);

    let secret = private.lines().nth(1).unwrap();
    let signed = desk.run("sign plan.json --key ana -vv").success();
    if cfg!(unix) {
        assert!(said(&signed).contains("warning: others can read ana"), "{}", said(&signed));
    }
    // A private key where a public one belongs, and one that is damaged.
    desk.write("broken", &private.replacen("-----BEGIN", "-----BEGAN", 1));
    let runs = [signed, desk.run("verify plan.json --trust ana"), desk.run("sign plan.json --key broken")];
    for run in runs {
        assert!(!said(&run).contains(secret) && !printed(&run).contains(secret));
    }
    assert!(!desk.read("plan.json").contains(secret));
    desk.run("verify plan.json --trust ana").code(3);
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn signatures_are_asked_of_saved_plans_only() {
    let desk = Desk::new();
    let run = desk.run("apply more.yaml --simulate world.json --yes --require-signatures 1");
    assert!(said(&run.code(64)).contains("signatures are those of a saved plan"));
}
