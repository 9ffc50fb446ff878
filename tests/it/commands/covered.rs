//! Coverage as the program tells it: of a plan that protects, and of an organization that grew by itself.

use super::*;

/// Where the reference talk (AWS re:Invent 2025, COP312) puts a service, and AWS Backup where the framework recovers.
const PLACES: [(&str, &str); 6] = [
    ("GV", "IAM Identity Center"),
    ("ID", "Config"),
    ("PR", "KMS"),
    ("DE", "GuardDuty"),
    ("RS", "Security Hub"),
    ("RC", "AWS Backup"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What `lzctl coverage` says of a plan of this repository, in the world that the plan begins with.
fn coverage(plan: &str, more: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let (begun, world) = (root().join(format!("plans/{plan}/world.json")), folder.path().join("w.json"));
    if begun.is_file() {
        std::fs::copy(begun, &world).unwrap();
    }
    let document = root().join(format!("plans/{plan}/landing-zone.yaml"));
    let args = ["coverage", document.to_str().unwrap(), "--simulate", world.to_str().unwrap()];
    run(folder.path(), &[&args, more].concat()).exits(0)
}

#[test]
fn the_six_functions_are_named_with_the_services_that_belong_to_each() {
    let told = coverage("ransomware-ready", &["--json"]).json();
    let ids: Vec<&str> =
        told["functions"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, PLACES.map(|(function, _)| function));
    let capabilities = told["capabilities"].as_array().unwrap();
    for (function, service) in PLACES {
        let serves = |one: &&Value| {
            let categories = one["categories"].as_array().unwrap();
            one["services"].as_str().unwrap().starts_with(service)
                && categories.iter().any(|category| category.as_str().unwrap().starts_with(function))
        };
        assert!(capabilities.iter().any(|one| serves(&one)), "{service} does not serve {function}");
    }
}

#[test]
fn an_organization_that_grew_by_itself_shows_its_gaps_and_what_its_document_would_close() {
    let told = coverage("legacy-takeover", &["--whole"]);
    let path = root().join("plans/legacy-takeover/coverage.txt");
    // The document stands in this repository, wherever that is.
    let fresh = told.out.replace(&format!("{}/", root().display()), "");
    if std::env::var_os("UPDATE_RECORDED").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(recorded, fresh, "{path:?}: run it with UPDATE_RECORDED=1 and read the difference");
    assert!(fresh.contains("gap      -> partly    Governed accounts (Control Tower)"), "{fresh}");
    assert!(fresh.contains("gap      -> gap       Detection of threats (GuardDuty)"), "{fresh}");
}

#[test]
fn frameworks_of_the_control_catalog_are_counted_now_and_after_an_apply() {
    let folder = tempfile::tempdir().unwrap();
    let minimal = std::fs::read_to_string(root().join("plans/minimal/landing-zone.yaml")).unwrap();
    let registered = "    baselines: [control_tower]\n";
    assert!(minimal.contains(registered));
    let governed =
        minimal.replace(registered, &format!("{registered}    controls: [{{ framework: NIST-CSF-v1.1 }}]\n"));
    std::fs::write(folder.path().join("governed.yaml"), governed).unwrap();
    let coverage = ["coverage", "governed.yaml", "--simulate", "w.json", "--frameworks"];
    let line = |told: &Ran, part: &str| {
        told.out.lines().find(|line| line.contains(part)).unwrap_or_else(|| panic!("{}", told.out)).to_owned()
    };
    let before = run(folder.path(), &coverage).exits(0);
    assert_eq!(
        line(&before, "NIST-CSF-v1.1:").trim(),
        "NIST-CSF-v1.1: 0 -> 6 of 6 controls enabled somewhere"
    );
    run(folder.path(), &["apply", "governed.yaml", "--simulate", "w.json", "--yes"]).exits(0);
    let after = run(folder.path(), &coverage).exits(0);
    assert_eq!(
        line(&after, "NIST-CSF-v1.1:").trim(),
        "NIST-CSF-v1.1: 6 -> 6 of 6 controls enabled somewhere"
    );
    let live = run(folder.path(), &["coverage", "--simulate", "w.json", "--frameworks"]).exits(0);
    assert_eq!(line(&live, "NIST-CSF-v1.1:").trim(), "NIST-CSF-v1.1: 6 of 6 controls enabled somewhere");
}
