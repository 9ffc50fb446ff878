//! `drift`: what is not as the document says, who made it so, once or again and again.

use super::*;

/// A folder with a world in which account `one` is not where the document has it.
fn drifted() -> TempDir {
    let folder = folder();
    let at = folder.path();
    run(at, &["apply", "small.yaml", "--simulate", "w.json", "--yes"]).exits(0);
    run(at, &["drift", "small.yaml", "--simulate", "w.json", "--exit-code"])
        .exits(0)
        .prints("Everything is as the document says.");
    let one = "email: one@example.com, organizational_unit: ";
    let moved = SMALL.replace(&format!("{one}Apps"), &format!("{one}root"));
    std::fs::write(at.join("moved.yaml"), moved).unwrap();
    run(at, &["apply", "moved.yaml", "--simulate", "w.json", "--yes"]).exits(0);
    folder
}

#[test]
fn what_has_drifted_is_told_with_who_changed_it_and_what_puts_it_right() {
    let folder = drifted();
    let at = folder.path();
    let args = ["drift", "small.yaml", "--simulate", "w.json"];
    let told = run(at, &args).exits(0).prints("account.one differs").prints("put right by account.one:move");
    let told = told.prints("last changed by arn:aws:").prints("(MoveAccount)").prints("1 thing is not as");
    assert!(!told.out.contains("account.two"), "{}", told.out);
    let json = run(at, &[&args[..], &["--json", "--exit-code"]].concat()).exits(2).json();
    let one = &json["drift"][0];
    assert_eq!((&one["address"], &one["sort"]), (&Value::from("account.one"), &Value::from("differs")));
    assert_eq!(
        (&one["last_changed"]["event"], &one["repair"][0]),
        (&"MoveAccount".into(), &"account.one:move".into())
    );
    let quiet = run(at, &[&args[..], &["--no-authors"]].concat()).exits(0);
    assert!(!quiet.out.contains("last changed"), "{}", quiet.out);
    run(at, &["apply", "small.yaml", "--simulate", "w.json", "--yes"]).exits(0);
    run(at, &[&args[..], &["--exit-code"]].concat()).exits(0);
}

#[test]
fn watching_tells_what_has_changed_and_ends_at_the_first_drift_when_asked_for_its_code() {
    let folder = drifted();
    let at = folder.path();
    let args = ["drift", "small.yaml", "--simulate", "w.json", "--watch=10m", "--for", "1h"];
    let told = run(at, &args).exits(0);
    assert_eq!(told.out.matches("account.one differs").count(), 1, "{}", told.out);
    run(at, &[&args[..], &["--exit-code"]].concat()).exits(2);
    let calm = ["drift", "moved.yaml", "--simulate", "w.json", "--watch=10m", "--for", "1h", "--exit-code"];
    run(at, &calm).exits(0).prints("Everything is as the document says.");
    run(at, &["drift", "small.yaml", "--simulate", "w.json", "--watch"])
        .exits(64)
        .says("say how long with --for");
}
