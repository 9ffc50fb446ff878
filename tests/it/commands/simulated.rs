//! Commands on a simulated organization that is kept in a file.

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
    run(folder.path(), &plan).exits(2).prints("+ create 2 accounts  (small.yaml:5-6)");
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
    for member in ["id", "address", "action", "verb", "operation", "reasons", "needs", "lane", "changes"] {
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
    let guarded = SMALL
        .replace("home_region: us-east-1", "home_region: us-east-1, management_account: \"999988887777\"");
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

#[test]
fn coverage_tells_now_and_after_and_the_lines_that_close_a_gap() {
    let folder = folder();
    let protected = format!("{SMALL}delegated_administrators: {{ macie2: one }}\n");
    std::fs::write(folder.path().join("protected.yaml"), protected).unwrap();
    let coverage = ["coverage", "protected.yaml", "--simulate", "w.json"];
    let shown = run(folder.path(), &coverage).exits(0);
    let shown = shown.prints("gap      -> partly    Discovery of sensitive data (Macie)");
    shown
        .prints("guardduty: { administrator: audit }")
        .prints("GV.OC  Organizational Context\n      organizational");
    assert!(!folder.path().join("w.json").exists(), "looking changes nothing");
    run(folder.path(), &["apply", "protected.yaml", "--simulate", "w.json", "--yes"]).exits(0);
    let json = ["coverage", "protected.yaml", "--simulate", "w.json", "--json", "--frameworks"];
    let shown = run(folder.path(), &json).exits(0).json();
    let macie =
        shown["capabilities"].as_array().unwrap().iter().find(|one| one["id"] == "sensitive-data").unwrap();
    assert_eq!((&macie["now"]["state"], &macie["now"]["of"]), (&Value::from("partly"), &Value::from(3)));
    assert_eq!(macie["now"]["evidence"], serde_json::json!(["delegated_administrator.macie2"]));
    let frameworks = shown["frameworks"].as_array().unwrap();
    assert!(frameworks.iter().any(|one| one["name"] == "NIST-CSF-v1.1" && one["now"] == 0), "{frameworks:?}");
}

#[test]
fn coverage_without_a_document_is_of_what_is_live_and_with_the_whole_nothing_is_unread() {
    let folder = folder();
    run(folder.path(), &["coverage", "--simulate", "w.json", "--region", "us-east-1"])
        .exits(1)
        .says("no organization");
    let protected = format!("{SMALL}delegated_administrators: {{ macie2: one }}\n");
    std::fs::write(folder.path().join("protected.yaml"), protected).unwrap();
    run(folder.path(), &["apply", "protected.yaml", "--simulate", "w.json", "--yes"]).exits(0);
    let live = run(folder.path(), &["coverage", "--simulate", "w.json"]).exits(0);
    let live =
        live.prints("      partly    Discovery of sensitive data (Macie)\n").prints("3 accounts now; in ");
    assert!(!live.out.contains("not read  Preventive"), "{}", live.out);
    let told = |more: &[&str]| {
        run(folder.path(), &[&["coverage", "small.yaml", "--simulate", "w.json"], more].concat())
    };
    told(&[]).exits(0).prints("not read -> not read  Discovery of sensitive data");
    told(&["--whole"]).exits(0).prints("partly   -> partly    Discovery of sensitive data");
}

#[test]
fn a_plan_that_could_not_read_everything_does_not_end_as_if_nothing_were_to_do() {
    let folder = folder();
    let at = folder.path();
    // Nobody can enter the account in which the key is.
    let world = serde_json::json!({ "account": "111122223333", "region": "us-east-1", "time": "2026-03-01T00:00:00Z",
        "past": { "accounts": [{ "name": "shut", "access": [] }] } });
    std::fs::write(at.join("w.json"), world.to_string()).unwrap();
    let document = "version: 1
organization: { home_region: us-east-1 }
accounts:
  shut: { email: shut@example.com, join: existing }
keys:
  data: { account: shut }
";
    std::fs::write(at.join("shut.yaml"), document).unwrap();
    let plan = ["plan", "shut.yaml", "--simulate", "w.json"];
    run(at, &plan).exits(0).prints("Nothing to do as far as it could be read: 1 could not be.");
    run(at, &[&plan[..], &["--exit-code"]].concat()).exits(1);
    let drift = ["drift", "shut.yaml", "--simulate", "w.json", "--no-authors"];
    run(at, &drift).exits(0).prints("What could be read is as the document says: 1 could not be.");
    run(at, &[&drift[..], &["--exit-code"]].concat()).exits(1);
}

#[test]
fn a_plan_in_which_a_blocker_leaves_nothing_to_do_ends_as_apply_would() {
    let folder = folder();
    let at = folder.path();
    let document = "version: 1
organization: { home_region: us-east-1 }
accounts:
  gone: { email: gone@example.com, join: existing }
";
    let world = serde_json::json!({ "account": "111122223333", "region": "us-east-1", "time": "2026-03-01T00:00:00Z",
        "past": {} });
    std::fs::write(at.join("w.json"), world.to_string()).unwrap();
    std::fs::write(at.join("gone.yaml"), document).unwrap();
    let plan = ["plan", "gone.yaml", "--simulate", "w.json"];
    run(at, &plan).exits(0).prints("Nothing can be done").prints("account-not-found");
    run(at, &[&plan[..], &["--exit-code"]].concat()).exits(4);
    run(at, &["apply", "gone.yaml", "--simulate", "w.json", "--yes"]).exits(4);
    let drift = ["drift", "gone.yaml", "--simulate", "w.json"];
    run(at, &drift).exits(0).prints("no step can put it right");
    run(at, &[&drift[..], &["--exit-code"]].concat()).exits(4);
}
