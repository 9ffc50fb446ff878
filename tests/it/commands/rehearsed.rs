//! Rehearsals, and the plans of this repository.

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
    for member in ["steps", "virtual_seconds", "lower_bound_seconds", "ratio", "second_plan_steps", "failed"]
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

/// Every folder of plans.
fn plans(root: &Path) -> Vec<String> {
    let folders = std::fs::read_dir(root.join("plans")).unwrap();
    let names = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> =
        names.filter(|name| root.join(format!("plans/{name}/landing-zone.yaml")).is_file()).collect();
    names.sort();
    names
}

#[test]
fn the_plans_of_this_repository_are_planned_as_recorded() {
    let folder = folder();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in plans(root) {
        let document = format!("plans/{name}/landing-zone.yaml");
        let world = folder.path().join(format!("{name}.json"));
        let begun = root.join(format!("plans/{name}/world.json"));
        if begun.is_file() {
            std::fs::copy(begun, &world).unwrap();
        }
        let plan = ["plan", &document, "--simulate", world.to_str().unwrap()];
        // For people, and every step by itself.
        for (file, more) in [("plan.txt", None), ("steps.txt", Some("-v"))] {
            let args: Vec<&str> = plan.iter().copied().chain(more).collect();
            let ran = run(root, &args).exits(0);
            let path = root.join(format!("plans/{name}/{file}"));
            if std::env::var_os("UPDATE_RECORDED").is_some() {
                std::fs::write(&path, &ran.out).unwrap();
            }
            let recorded = std::fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(ran.out, recorded, "{path:?}: run it with UPDATE_RECORDED=1 and read the difference");
        }
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
