//! Signing in to Identity Center, and entering by it where no role lets lzctl in.

use serde_json::json;

use super::*;

const GOVERNED: &str = r#"version: 1
organization: { home_region: us-east-1, governed_regions: [us-east-1] }
organizational_units: { Security: {}, Workloads: {} }
accounts:
  log: { email: log@example.com, organizational_unit: Security }
  audit: { email: audit@example.com, organizational_unit: Security }
  web: { email: web@example.com, organizational_unit: Workloads }
  old: { email: old@example.com, organizational_unit: Workloads }
landing_zone:
  version: "4.0"
  integration_unit: Security
  centralized_logging: { account: log }
  config: { account: audit }
  security_roles: { account: audit }
  identity_center: true
identity_center:
  permission_sets: { Operator: {}, ReadOnlyAccess: {} }
  groups: { Platform: {} }
  assignments:
    - { group: Platform, permission_set: ReadOnlyAccess, targets: [web] }
    - { group: Platform, permission_set: Operator, targets: [web] }
"#;

fn history() -> Value {
    let at = "2026-01-01T00:00:00Z";
    json!({ "created": at, "created_by": "x", "updated": at, "updated_by": "x", "revision": 1 })
}

fn id_of(entries: &Value, member: &str, value: &str) -> String {
    let entries = entries.as_object().unwrap();
    let found = entries.iter().find(|(_, entry)| entry.pointer(member) == Some(&json!(value)));
    found.unwrap_or_else(|| panic!("{value} in {entries:?}")).0.clone()
}

/// A governed organization in `w.json` whose accounts web and old have lost the roles that let
/// anybody in. Alice belongs to Platform and sits at the browser. Gives the portal's address.
fn legacy(folder: &Path) -> String {
    std::fs::write(folder.join("governed.yaml"), GOVERNED).unwrap();
    run(folder, &["apply", "governed.yaml", "--simulate", "w.json", "--yes"]).exits(0);
    change(folder, |world| {
        let organizations = world["organizations"]["organizations"].as_object().unwrap();
        let accounts = organizations.values().next().unwrap()["accounts"].clone();
        for name in ["web", "old"] {
            let id = id_of(&accounts, "/name", name);
            let roles = world["iam"]["accounts"][&id]["roles"].as_object_mut().unwrap();
            roles.retain(|role, _| {
                !["AWSControlTowerExecution", "OrganizationAccountAccessRole"].contains(&&**role)
            });
        }
        let stores = world["identity_store"]["stores"].as_object_mut().unwrap();
        let (store, held) = stores.iter_mut().next().unwrap();
        let group = id_of(&held["groups"], "/attributes/DisplayName", "Platform");
        held["users"]["u-1"] = json!({ "attributes": { "UserName": "alice" }, "history": history() });
        held["memberships"]["m-1"] = json!({ "group": group, "user": "u-1", "history": history() });
        let portal = format!("https://{store}.awsapps.com/start");
        world["sso_oidc"]["person"] = json!({ "user": "alice", "after_seconds": 20 });
        portal
    })
}

pub(super) fn change<T>(folder: &Path, change: impl FnOnce(&mut Value) -> T) -> T {
    let path = folder.join("w.json");
    let mut world: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let changed = change(&mut world);
    std::fs::write(&path, world.to_string()).unwrap();
    changed
}

fn login(folder: &Path, portal: &str) -> Ran {
    let args = ["login", "--simulate", "w.json", "--start-url", portal, "--sso-region", "us-east-1"];
    run(folder, &args)
}

#[test]
fn an_account_that_no_role_opens_is_entered_by_what_a_person_holds() {
    let folder = folder();
    let folder = folder.path();
    let portal = legacy(folder);
    let before = run(folder, &["access", "--simulate", "w.json"]).exits(0);
    let before = before
        .prints("Accounts: 3 of 5 can be entered.")
        .prints("audit                 role AWSControlTowerExecution");
    before.prints("web                   no way in (ACTIVE)\n    AWSControlTowerExecution: ");
    let signed = login(folder, &portal).exits(0).says("/start/#/device?user_code=");
    signed.says("and confirm the code ").says("within 10 minutes.").says("Signed in to https://d-");
    let args = ["access", "web", "old", "--simulate", "w.json", "--sso-session", &portal];
    let after = run(folder, &args).exits(0);
    after
        .prints("web  permission set Operator\n")
        .prints("Identity Center: whoever signed in holds no permission set there")
        .prints("Accounts: 1 of 2 can be entered.");
    let told = run(folder, &[&args[..], &["--json"]].concat()).exits(0).json();
    let of = |name: &str| told.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
    assert_eq!(of("web")["way"], json!({ "permission_set": "Operator" }));
    assert_eq!(of("old")["tried"].as_array().map(Vec::len), Some(3), "{told}");
}

#[test]
fn a_sign_in_ends_by_itself_or_by_logout_and_is_told() {
    let folder = folder();
    let folder = folder.path();
    let portal = legacy(folder);
    let access = ["access", "web", "--simulate", "w.json", "--sso-session", &portal];
    run(folder, &access).exits(0).prints("nobody is signed in as https://d-");
    login(folder, &portal).exits(0);
    let kept = std::fs::read_dir(folder.join("w.json.sso")).unwrap().count();
    assert_eq!(kept, 1);
    run(folder, &access).exits(0).prints("permission set Operator");
    let out = ["logout", "--simulate", "w.json", "--sso-session", &portal];
    run(folder, &out).exits(0).says("Signed out of https://d-");
    run(folder, &out).exits(0).says("Nobody was signed in as https://d-");
    run(folder, &access).exits(0).prints("nobody is signed in as");
    login(folder, &portal).exits(0);
    change(folder, |world| world["time"] = json!("2030-01-01T00:00:00Z"));
    run(folder, &access).exits(0).prints("has ended: `lzctl login` renews it");
}

#[test]
fn nobody_is_signed_in_who_declines_or_does_not_answer_or_names_no_portal() {
    let folder = folder();
    let folder = folder.path();
    let portal = legacy(folder);
    change(folder, |world| world["sso_oidc"]["person"]["declines"] = json!(true));
    login(folder, &portal).exits(1).says("the sign-in was declined");
    change(folder, |world| world["sso_oidc"]["person"] = Value::Null);
    login(folder, &portal).exits(1).says("nobody confirmed the code within 10 minutes");
    login(folder, "https://d-0000000000.awsapps.com/start").exits(1).says("InvalidRequestException");
    run(folder, &["login"]).exits(64).says("name a portal: --sso-session NAME");
    run(folder, &["login", "--sso-session", "corp"]).exits(1).says("there is no [sso-session corp]");
}

#[test]
fn a_session_of_the_configuration_file_is_kept_where_the_aws_cli_looks_and_is_renewed() {
    let folder = folder();
    let folder = folder.path();
    let portal = legacy(folder);
    let config = format!(
        "[profile ops]\nsso_session = corp\nregion = us-east-1\n[sso-session corp]\nsso_start_url = {portal}\n\
         sso_region = us-east-1\n"
    );
    std::fs::create_dir(folder.join(".aws")).unwrap();
    std::fs::write(folder.join(".aws/config"), config).unwrap();
    let login = ["login", "--sso-session", "corp", "--simulate", "w.json"];
    run(folder, &login).exits(0).says("Signed in to https://d-");
    // echo -n corp | sha1sum
    let file = folder.join("w.json.sso/ee0bfd2552fbd840c02cc48b6e823320543c450f.json");
    let token = || -> Value { serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap() };
    let first = token();
    for member in ["accessToken", "refreshToken", "clientId", "clientSecret", "registrationExpiresAt"] {
        assert!(first[member].is_string(), "{member}");
    }
    let expires: jiff::Timestamp = first["expiresAt"].as_str().unwrap().parse().unwrap();
    change(folder, |world| world["time"] = json!((expires - jiff::SignedDuration::from_mins(5)).to_string()));
    let access = ["access", "web", "--simulate", "w.json", "--sso-session", "corp"];
    run(folder, &access).exits(0).prints("permission set Operator");
    assert_ne!(token()["accessToken"], first["accessToken"], "near its end it was renewed");
}
