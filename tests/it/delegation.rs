//! Delegated administrators from document to organization: appointed in order, handed over
//! with consent, and Control Tower's own left alone.

use std::collections::BTreeSet;

use lzctl::model::kinds::{Action, info};
use lzctl::model::{Address, Kind};
use lzctl::rehearse::{Rehearsal, Setting, rehearse};
use lzctl::report::{plan_text, plan_text::Options};
use lzctl::sim::World;

use super::documents::{graph, plan_text as document};
use super::rehearsal::rehearsed;

/// A small organization in two Regions, without a landing zone.
fn small(delegations: &str) -> String {
    format!(
        "version: 1\n\
         organization: {{ home_region: eu-west-1, governed_regions: [eu-west-1, us-east-1] }}\n\
         organizational_units: {{ Security: {{}} }}\n\
         accounts:\n  \
           audit: {{ email: audit@example.com, organizational_unit: Security }}\n  \
           security: {{ email: security@example.com, organizational_unit: Security }}\n\
         {delegations}"
    )
}

/// Rehearses a document in a world that exists.
fn next(yaml: &str, world: &World, consents: &[&str]) -> Rehearsal {
    let graph = graph(yaml);
    let home = graph_home(yaml);
    let consents: BTreeSet<String> = consents.iter().map(|name| (*name).to_owned()).collect();
    let setting = Setting::of(&graph, &home);
    rehearse(&graph, &setting, Some(world.clone()), &consents, &mut |_, _, _| {}).expect("a rehearsal")
}

fn graph_home(yaml: &str) -> lzctl::model::region::Region {
    super::documents::spec(yaml).organization.home_region.expect("a home Region")
}

/// A rehearsal that reaches its end and leaves nothing to do.
fn reached(rehearsal: Rehearsal) -> Rehearsal {
    let causes = rehearsal.outcome.as_ref().map(|outcome| format!("{:#?}", outcome.causes));
    assert_eq!(rehearsal.failed(), 0, "{causes:?}");
    let left: Vec<_> = rehearsal.second_plan.steps.iter().map(|step| (&step.id, &step.changes)).collect();
    assert!(left.is_empty(), "{left:#?}");
    assert!(rehearsal.succeeded());
    rehearsal
}

/// The plan as an operator reads it, without the names of places that differ from run to run.
fn told(rehearsal: &Rehearsal) -> String {
    plan_text::render(&rehearsal.plan, Options { verbose: true, ..Options::default() })
}

/// The steps of a service's administrators, in the order of the plan.
fn steps<'r>(rehearsal: &'r Rehearsal, service: &str) -> Vec<&'r str> {
    let address = Address::new(Kind::DelegatedAdministrator, service);
    let of_it = rehearsal.plan.steps.iter().filter(|step| step.address == address);
    of_it.map(|step| step.verb.as_str()).collect()
}

const THREE: &str =
    "delegated_administrators:\n  config: audit\n  guardduty: audit\n  identity-center: audit\n";

#[test]
fn services_get_their_administrators_by_the_right_call_in_the_right_places() {
    let first = reached(rehearsed(&small(THREE)));
    assert_eq!(steps(&first, "config"), ["register", "register"], "two service principals");
    assert_eq!(steps(&first, "guardduty"), ["enable_guardduty", "enable_guardduty"], "two Regions");
    assert_eq!(steps(&first, "identity-center"), ["appoint"]);
    for step in first.plan.steps.iter().filter(|step| step.address.kind == Kind::DelegatedAdministrator) {
        let rules: BTreeSet<&str> = step.needs.iter().map(|need| need.rule.as_str()).collect();
        let first_of_it = !rules.contains("same-resource");
        assert!(!first_of_it || rules.contains("trust-before-delegation"), "{}: {rules:?}", step.id);
    }
}

#[test]
fn a_hand_over_dismisses_the_only_administrator_first_and_one_of_several_last() {
    let world = reached(rehearsed(&small(THREE))).world;
    let changed = small(&THREE.replace("audit", "security"));
    let consents: Vec<String> = ["config", "guardduty", "identity-center"]
        .map(|service| format!("delegated_administrator_removal.{service}"))
        .into();
    let refused = next(&changed, &world, &[]);
    assert!(refused.outcome.is_none(), "nothing is handed over without consent");
    let missing: Vec<&str> = refused.plan.missing_consents().map(|consent| consent.name.as_str()).collect();
    assert_eq!(missing, consents);
    let consents: Vec<&str> = consents.iter().map(String::as_str).collect();
    let handed = reached(next(&changed, &world, &consents));
    assert_eq!(steps(&handed, "config"), ["register", "register", "deregister", "deregister"]);
    assert_eq!(
        steps(&handed, "guardduty"),
        ["disable_guardduty", "disable_guardduty", "withdraw", "enable_guardduty", "enable_guardduty"]
    );
    assert_eq!(steps(&handed, "identity-center"), ["release", "appoint"]);
    insta::assert_snapshot!("a_hand_over", told(&refused));
}

#[test]
fn a_service_loses_all_its_administrators_only_by_removal() {
    let world = reached(rehearsed(&small(THREE))).world;
    let silent = next(&small(""), &world, &[]);
    assert!(silent.plan.steps.is_empty(), "what the document leaves out is left alone");
    let vacant = small("remove: [delegated_administrator.guardduty]\n");
    let removed = reached(next(&vacant, &world, &["delegated_administrator_removal.guardduty"]));
    assert_eq!(steps(&removed, "guardduty"), ["disable_guardduty", "disable_guardduty", "withdraw"]);
}

#[test]
fn an_administrator_that_control_tower_appointed_is_in_sync_and_never_taken_away() {
    let named = format!(
        "{}delegated_administrators:\n  config: [audit, payments-prod]\n  backup: backup-admin\n",
        document("standard") + "\n"
    );
    let first = reached(rehearsed(&named));
    // Control Tower registers `audit` for the one principal of Config, the plan for the other.
    assert_eq!(steps(&first, "config"), ["register", "register", "register"]);
    assert!(steps(&first, "backup").is_empty());
    // A document that does not speak of the landing zone cannot take Control Tower's away either.
    let apart = "version: 1\norganization: { home_region: ap-northeast-1 }\n\
                 accounts: { web-prod: { email: aws+web-prod@example.com, join: existing } }\n\
                 delegated_administrators: { config: web-prod, backup: web-prod }\n";
    let second = next(apart, &first.world, &[]);
    let items: Vec<&str> = second
        .plan
        .steps
        .iter()
        .filter(|step| step.consent.is_some())
        .map(|step| step.item.as_str())
        .collect();
    assert!(items.iter().all(|item| item.starts_with("config")), "{items:?}");
    assert_eq!(
        items.iter().filter(|item| item.starts_with("config.amazonaws.com/")).count(),
        1,
        "payments-prod only: {items:?}"
    );
}

#[test]
fn accounts_of_the_landing_zone_have_contacts_before_it_whoever_administers_them() {
    let yaml = document("minimal");
    let log = "  log-archive: {";
    assert!(yaml.contains(log));
    let contact = "{ name: SOC, title: On call, email: soc@example.com, phone: \"+1\" }";
    let yaml = yaml.replace(log, &format!("{log} alternate_contacts: {{ security: {contact} }},"))
        + "delegated_administrators: { account-management: audit }\n";
    let done = reached(rehearsed(&yaml));
    let at = |id: &str| done.plan.steps.iter().position(|step| step.id.0 == id).expect("a step");
    assert!(at("account.log-archive:put_contact[security]") < at("landing_zone:create"));
    assert_eq!(steps(&done, "account-management"), ["register"]);
}

#[test]
fn a_planned_account_takes_over_only_once_it_is_there() {
    let world = reached(rehearsed(&small("delegated_administrators: { guardduty: audit }\n"))).world;
    let new = small(
        "  third: { email: third@example.com, organizational_unit: Security }\n\
                     delegated_administrators: { guardduty: third }\n",
    );
    let consents = ["delegated_administrator_removal.guardduty"];
    let handed = reached(next(&new, &world, &consents));
    let first = handed.plan.steps.iter().find(|step| step.verb == "disable_guardduty").unwrap();
    let waits = first.needs.iter().any(|need| need.step.0.starts_with("account.third:"));
    assert!(waits, "the old one stays until the new one is there: {:#?}", first.needs);
}

/// Every service that can be delegated, all to one account.
fn every(name: &str) -> String {
    let rows = lzctl::catalog::services::all().iter();
    rows.fold("delegated_administrators:\n".to_owned(), |text, row| format!("{text}  {}: {name}\n", row.word))
}

#[test]
fn every_service_of_the_catalogue_can_be_given_handed_over_and_taken_away() {
    let first = reached(rehearsed(&small(&every("audit"))));
    for row in lzctl::catalog::services::all() {
        assert!(!steps(&first, &row.word).is_empty(), "{}", row.word);
    }
    let consents: Vec<String> = lzctl::catalog::services::all()
        .iter()
        .map(|row| format!("delegated_administrator_removal.{}", row.word))
        .collect();
    let consents: Vec<&str> = consents.iter().map(String::as_str).collect();
    let handed = reached(next(&small(&every("security")), &first.world, &consents));
    let named: BTreeSet<&str> = handed.plan.consents.iter().map(|consent| consent.name.as_str()).collect();
    assert_eq!(named.len(), consents.len(), "each hand-over asks for its own consent");
    let all: Vec<String> = lzctl::catalog::services::all()
        .iter()
        .map(|row| format!("delegated_administrator.{}", row.word))
        .collect();
    let vacant = small(&format!("remove: [{}]\n", all.join(", ")));
    let removed = reached(next(&vacant, &handed.world, &consents));
    assert!(removed.plan.steps.iter().all(|step| step.consent.is_some()));
}

/// Where the new administrator comes before the old one goes, since there may be several.
const SIDE_BY_SIDE: [&str; 2] = ["several", "cloudtrail"];

#[test]
fn each_service_is_handed_over_by_an_ordered_plan_whose_consent_says_what_is_lost() {
    let info = info(Kind::DelegatedAdministrator);
    for row in lzctl::catalog::services::all() {
        let word = &row.word;
        let alone = |name: &str| small(&format!("delegated_administrators: {{ {word}: {name} }}\n"));
        let first = reached(rehearsed(&alone("audit")));
        let refused = next(&alone("security"), &first.world, &[]);
        assert!(refused.outcome.is_none(), "{word}: nothing is handed over without consent");
        let [consent] = refused.plan.consents.as_slice() else {
            panic!("{word}: {:?}", refused.plan.consents)
        };
        assert!(consent.consequence.contains(&row.lost), "{word}: {}", consent.consequence);
        let handed = reached(next(&alone("security"), &first.world, &[&consent.name]));
        let appoints = |verb: &&str| info.verb(verb).is_some_and(|verb| verb.action == Action::Create);
        let in_order: Vec<bool> = steps(&handed, word).iter().map(appoints).collect();
        let mut expected = in_order.clone();
        expected.sort_unstable();
        if SIDE_BY_SIDE.contains(&row.way.as_str()) {
            expected.reverse();
        }
        assert_eq!(in_order, expected, "{word}: {:?}", steps(&handed, word));
        assert!(in_order.contains(&true) && in_order.contains(&false), "{word}: {:?}", steps(&handed, word));
    }
}

#[test]
fn what_an_operator_has_to_do_by_hand_for_a_service_is_told_by_the_plan_that_appoints() {
    let first = reached(rehearsed(&small("delegated_administrators: { license-manager: audit }\n")));
    let remark = first.plan.notes.iter().find(|note| note.code == "administrator-remark").expect("a remark");
    assert!(remark.message.contains("license-manager:UpdateServiceSettings"), "{}", remark.message);
    let again = next(&small("delegated_administrators: { license-manager: audit }\n"), &first.world, &[]);
    assert!(
        again.plan.notes.iter().all(|note| note.code != "administrator-remark"),
        "{:?}",
        again.plan.notes
    );
}

#[test]
fn a_service_with_a_call_of_its_own_is_trusted_by_that_call_alone() {
    let yaml = "version: 1\n\
        organization:\n  home_region: eu-west-1\n  trusted_access: [ram.amazonaws.com, health.amazonaws.com, \
        member.org.stacksets.cloudformation.amazonaws.com]\n";
    let first = reached(rehearsed(yaml));
    let trust: Vec<(&str, &str)> = first
        .plan
        .steps
        .iter()
        .filter(|step| step.address.kind == Kind::TrustedAccess)
        .map(|step| (step.address.name.as_str(), step.operation.as_str()))
        .collect();
    assert_eq!(
        trust,
        [
            ("health.amazonaws.com", "health:EnableHealthServiceAccessForOrganization"),
            (
                "member.org.stacksets.cloudformation.amazonaws.com",
                "cloudformation:ActivateOrganizationsAccess"
            ),
            ("ram.amazonaws.com", "ram:EnableSharingWithAwsOrganization"),
        ]
    );
    // Trusted by Organizations alone, sharing does not work; the plan says so and mends it.
    let mut world = reached(rehearsed("version: 1\norganization: { home_region: eu-west-1 }\n")).world;
    let (management, now) = (world.account.clone(), world.time);
    let organization = world.organizations.of_mut(&management).expect("an organization");
    organization.enable_service_access("ram.amazonaws.com", now);
    let mended = reached(next(&yaml.replace("health.amazonaws.com, ", ""), &world, &[]));
    let verbs: Vec<&str> = mended.plan.steps.iter().map(|step| step.verb.as_str()).collect();
    assert_eq!(verbs, ["activate_stack_sets", "share_resources"]);
}

#[test]
fn license_manager_is_linked_for_good_only_where_the_document_asks_and_with_consent() {
    let alone = reached(rehearsed(&small("delegated_administrators: { license-manager: audit }\n")));
    let operations = |rehearsal: &Rehearsal| -> Vec<String> {
        let trusts = rehearsal.plan.steps.iter().filter(|step| step.address.kind == Kind::TrustedAccess);
        trusts.map(|step| step.operation.clone()).filter(|name| !name.starts_with("account")).collect()
    };
    assert!(!operations(&alone).contains(&"license-manager:UpdateServiceSettings".to_owned()));
    let asked = small("delegated_administrators: { license-manager: audit }\n").replace(
        "home_region: eu-west-1",
        "home_region: eu-west-1, trusted_access: [license-manager.amazonaws.com]",
    );
    let refused = next(&asked, &alone.world, &[]);
    assert!(refused.outcome.is_none(), "nothing is linked without consent");
    let consent = "service_link.license-manager.amazonaws.com";
    let linked = reached(next(&asked, &alone.world, &[consent]));
    assert_eq!(operations(&linked), ["license-manager:UpdateServiceSettings"]);
}

#[test]
fn firewall_managers_administrator_steps_down_itself_and_the_next_waits_until_it_is_gone() {
    let first = reached(rehearsed(&small("delegated_administrators: { firewall-manager: audit }\n")));
    assert_eq!(steps(&first, "firewall-manager"), ["enable_fms"]);
    let changed = small("delegated_administrators: { firewall-manager: security }\n");
    let consents = ["delegated_administrator_removal.firewall-manager"];
    let handed = reached(next(&changed, &first.world, &consents));
    assert_eq!(steps(&handed, "firewall-manager"), ["disable_fms", "withdraw", "enable_fms"]);
    let calls = |operation: &str| handed.plan.steps.iter().filter(|step| step.operation == operation).count();
    assert_eq!((calls("fms:DisassociateAdminAccount"), calls("fms:AssociateAdminAccount")), (1, 1));
}
