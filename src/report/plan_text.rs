//! A plan for people: what stops it first, then what it will do, then its size. Everything
//! asked for, every step by itself.
//!
//! The last line counts the steps by action and has the same form always, so that
//! scripts and eyes find it.

use std::fmt::Write as _;

use super::story::{self, Entry, Story};
use super::{Paint, estimate_text, step_text, value_text};
use crate::model::Kind;
use crate::model::kinds::Action;
use crate::plan::Step;
use crate::plan::document::{Consent, Level, Note, Plan};
use crate::plan::estimate::Estimate;
use crate::plan::saved::Requirement;

/// How a plan shall be told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'e> {
    /// Colour or none.
    pub paint: Paint,
    /// Every step by itself, with its reason, its order and its operation.
    pub verbose: bool,
    /// What it will take, when somebody worked it out.
    pub estimate: Option<&'e Estimate>,
}

/// What is said of a plan without steps.
pub const NOTHING: &str = "Nothing to do: the organization is as the document says.";

/// The plan as text, ending with a line break.
#[must_use]
pub fn render(plan: &Plan, options: Options<'_>) -> String {
    let mut out = String::new();
    let paint = options.paint;
    let (blockers, notes): (Vec<&Note>, Vec<&Note>) =
        plan.notes.iter().partition(|note| note.level == Level::Blocker);
    section(&mut out, paint, "Blockers: this plan will not be applied", &blockers);
    consents(&mut out, paint, plan.consents.iter().filter(|consent| !consent.given).collect());
    if options.verbose {
        steps(&mut out, plan, paint);
    } else {
        story(&mut out, &Story::of(plan), paint);
    }
    signatures(&mut out, plan);
    let given: Vec<&Consent> = plan.consents.iter().filter(|consent| consent.given).collect();
    if !given.is_empty() {
        line(&mut out, &paint.heading("Consents given"));
        for consent in given {
            line(&mut out, &format!("  {}: {}", consent.name, consent.consequence));
            line(&mut out, &format!("      way back: {}", consent.window));
        }
        line(&mut out, "");
    }
    section(&mut out, paint, "Notes", &notes);
    if let Some(estimate) = options.estimate.filter(|_| !plan.steps.is_empty()) {
        let all = if options.verbose { "" } else { " (-v tells each, with its reason and its order)" };
        let count = plan.steps.len();
        let steps = if count == 1 { "1 step".to_owned() } else { format!("{count} steps") };
        line(&mut out, &format!("It will take about {}, in {steps}{all}.", estimate_text::time(estimate)));
        if let Some(money) = estimate_text::money(&estimate.cost) {
            line(&mut out, &money);
            if options.verbose {
                let read = format!("  Prices, as they were read on {}:", estimate.cost.read);
                line(&mut out, &paint.quiet(&read));
                let prices = estimate_text::prices(&estimate.cost);
                prices.iter().for_each(|price| line(&mut out, &paint.quiet(&format!("    {price}"))));
            }
        }
    }
    line(&mut out, &summary(plan));
    out
}

/// Every step by itself, kind by kind.
fn steps(out: &mut String, plan: &Plan, paint: Paint) {
    for kind in Kind::ALL {
        let steps: Vec<&Step> = plan.steps.iter().filter(|step| step.address.kind == *kind).collect();
        if steps.is_empty() {
            continue;
        }
        line(out, &paint.heading(&title(*kind)));
        for text in steps.iter().flat_map(|step| step_text::lines(step, paint)) {
            line(out, &text);
        }
        line(out, "");
    }
}

/// Each change once, what is dangerous first.
fn story(out: &mut String, story: &Story<'_>, paint: Paint) {
    if !story.dangers.is_empty() {
        line(out, &paint.heading("Look at these first: taken away, or not to be taken back"));
        story.dangers.iter().for_each(|one| entry(out, one, story.accounts, paint));
        line(out, "");
    }
    for (chapter, entries) in &story.chapters {
        line(out, &paint.heading(chapter.title()));
        entries.iter().for_each(|one| entry(out, one, story.accounts, paint));
        line(out, "");
    }
}

fn entry(out: &mut String, entry: &Entry<'_>, accounts: usize, paint: Paint) {
    let mark = format!("  {} {:<6}", entry.action.symbol(), entry.action.word());
    let said = entry.said();
    let said = if said.is_empty() { String::new() } else { paint.quiet(&format!("  ({said})")) };
    line(out, &format!("{} {}{said}", paint.action(entry.action, &mark), entry.title));
    entry.named().iter().for_each(|names| line(out, &format!("      {names}")));
    // What a new thing is like stands in the document.
    let told = entry.differences.iter().filter(|_| entry.action != Action::Create);
    for one in told {
        for text in value_text::change(one.field, one.from, one.to, false) {
            line(out, &format!("      {text}"));
        }
    }
    if let Some(radius) = entry.radius(accounts) {
        line(out, &format!("      {radius}"));
    }
    for consent in &entry.consents {
        line(out, &format!("      needs the consent {consent}"));
    }
}

/// The last line of a plan.
#[must_use]
pub fn summary(plan: &Plan) -> String {
    if plan.steps.is_empty() {
        return nothing(plan);
    }
    let count = |action| plan.steps.iter().filter(|step| step.action == action).count();
    format!(
        "Plan: {} to create, {} to change, {} to move, {} to repair, {} to remove.",
        count(Action::Create),
        count(Action::Change),
        count(Action::Move),
        count(Action::Repair),
        count(Action::Remove)
    )
}

/// There are no steps; that the organization is as the document says is known only where all of it was read and
/// nothing stands in the way of a step.
fn nothing(plan: &Plan) -> String {
    match plan.unread() {
        0 if plan.blockers().next().is_some() => {
            "Nothing can be done: the organization is not as the document says, and a blocker tells why."
                .to_owned()
        }
        0 => NOTHING.to_owned(),
        unread => format!("Nothing to do as far as it could be read: {unread} could not be."),
    }
}

/// One note, with its level as a word.
#[must_use]
pub fn note(note: &Note, paint: Paint) -> String {
    let word = match note.level {
        Level::Blocker => "blocker",
        Level::Warning => "warning",
        Level::Info => "note",
    };
    let about = note.address.as_ref().map(|address| format!("{address}: ")).unwrap_or_default();
    let hint = note.hint.as_ref().map(|hint| format!("\n      hint: {hint}")).unwrap_or_default();
    format!("  {} [{}] {about}{}{hint}", paint.level(note.level, word), note.code, note.message)
}

fn title(kind: Kind) -> String {
    let word = story::plural(kind);
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn section(out: &mut String, paint: Paint, heading: &str, notes: &[&Note]) {
    if notes.is_empty() {
        return;
    }
    line(out, &paint.heading(heading));
    for told in notes {
        line(out, &note(told, paint));
    }
    line(out, "");
}

/// What the document asks for before this plan is applied.
fn signatures(out: &mut String, plan: &Plan) {
    let (needed, irreversible) = Requirement::default().of(plan);
    if needed == 0 || plan.steps.is_empty() {
        return;
    }
    let keys = if needed == 1 { "1 key".to_owned() } else { format!("{needed} different keys") };
    let why = if irreversible { ", because it contains irreversible acts" } else { "" };
    line(out, &format!("Signatures: the document asks for those of {keys}{why}"));
}

fn consents(out: &mut String, paint: Paint, missing: Vec<&Consent>) {
    if missing.is_empty() {
        return;
    }
    line(out, &paint.heading("Consents missing: this plan will not be applied without them"));
    for consent in missing {
        line(out, &format!("  {} {}: {}", paint.bad("consent"), consent.name, consent.consequence));
        line(out, &format!("      way back: {}", consent.window));
        let name = &consent.name;
        line(out, &format!("      hint: say --consent {name}, or list it under `consents:` in the document"));
    }
    line(out, "");
}

fn line(out: &mut String, text: &str) {
    // Writing into a text cannot fail.
    let _ = writeln!(out, "{text}");
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::{Address, Fields, Origin, Resource, reference};
    use crate::plan::StepId;
    use crate::plan::step::{FieldChange, Need};
    use serde_json::{Value, json};

    /// A step of a plan made by hand.
    pub(crate) fn step(address: &str, verb: &str, action: Action, operation: &str) -> Step {
        let address: Address = address.parse().unwrap();
        Step {
            id: StepId::of(&address, verb, ""),
            address,
            action,
            verb: verb.to_owned(),
            item: String::new(),
            operation: operation.to_owned(),
            inputs: Fields::new(),
            keys: Fields::new(),
            changes: Vec::new(),
            reasons: vec!["it does not exist".to_owned()],
            origin: None,
            needs: Vec::new(),
            lane: operation.to_owned(),
            also: Vec::new(),
            usual_seconds: 1,
            consent: None,
        }
    }

    /// A plan made by hand.
    pub(crate) fn plan(steps: Vec<Step>) -> Plan {
        Plan {
            format: 1,
            id: "0123456789abcdef".to_owned(),
            account: "111122223333".parse().unwrap(),
            organization: None,
            partition: crate::model::partition::Partition::named("aws"),
            home_region: "us-east-1".parse().unwrap(),
            spec_digest: String::new(),
            fingerprints: BTreeMap::new(),
            read_fields: BTreeMap::new(),
            steps,
            known: BTreeMap::new(),
            consents: Vec::new(),
            signatures: Default::default(),
            notes: Vec::new(),
            resources: Vec::new(),
        }
    }

    fn account(name: &str, unit: &str) -> (Step, Resource) {
        let step = step(&format!("account.{name}"), "create", Action::Create, "organizations:CreateAccount");
        let unit = reference::from(&Address::new(Kind::OrganizationalUnit, unit), "id");
        let resource = Resource {
            address: step.address.clone(),
            fields: Fields::from([("unit".to_owned(), unit)]),
            keys: Fields::new(),
            at_creation: Fields::new(),
            whole: Default::default(),
            presence: crate::model::resource::Presence::Ensure,
            origin: None,
        };
        (step, resource)
    }

    #[test]
    fn an_empty_plan_says_that_there_is_nothing_to_do() {
        assert_eq!(render(&plan(Vec::new()), Options::default()), format!("{NOTHING}\n"));
    }

    #[test]
    fn what_could_not_be_read_is_not_said_to_be_as_the_document_says() {
        let mut plan = plan(Vec::new());
        plan.notes = vec![Note {
            level: Level::Warning,
            code: crate::plan::document::UNREADABLE.to_owned(),
            address: None,
            message: "account.a could not be read and is left alone".to_owned(),
            hint: None,
        }];
        assert_eq!(summary(&plan), "Nothing to do as far as it could be read: 1 could not be.");
    }

    #[test]
    fn what_a_blocker_keeps_from_being_done_is_not_said_to_be_as_the_document_says() {
        let mut plan = plan(Vec::new());
        plan.notes = vec![Note {
            level: Level::Blocker,
            code: "account-not-found".to_owned(),
            address: None,
            message: "no account has the address".to_owned(),
            hint: None,
        }];
        assert!(summary(&plan).starts_with("Nothing can be done"));
    }

    #[test]
    fn the_last_line_counts_the_steps_by_action() {
        let steps = vec![
            step("account.a", "create", Action::Create, "organizations:CreateAccount"),
            step("account.a", "move", Action::Move, "organizations:MoveAccount"),
        ];
        let text = render(&plan(steps), Options::default());
        assert_eq!(
            text.lines().last(),
            Some("Plan: 1 to create, 0 to change, 1 to move, 0 to repair, 0 to remove.")
        );
    }

    #[test]
    fn a_step_tells_what_changes_why_where_it_is_asked_for_and_what_it_waits_for() {
        let mut update = step("landing_zone", "update", Action::Change, "controltower:UpdateLandingZone");
        let value = |days: u32| -> Value { json!({ "logging": { "days": days } }) };
        update.changes =
            vec![FieldChange { field: "manifest".to_owned(), from: Some(value(1)), to: value(2) }];
        update.reasons = vec!["`manifest` differs".to_owned()];
        update.origin = Some(Origin { file: "lz.yaml".to_owned(), line: 7, column: 1 });
        update.needs = vec![Need {
            step: StepId("account.audit:create".to_owned()),
            rule: "integration-accounts-first".to_owned(),
        }];
        "control-tower".clone_into(&mut update.lane);
        update.usual_seconds = 1800;
        let expected = "Landing zone
  ~ change landing_zone  (lz.yaml:7)
      manifest:
        logging:
          days: 1 -> 2
      because `manifest` differs
      after account.audit:create: the landing zone takes only integration accounts that exist
      controltower:UpdateLandingZone, lane control-tower, usually 30 min

Plan: 0 to create, 1 to change, 0 to move, 0 to repair, 0 to remove.
";
        let plan = plan(vec![update]);
        assert_eq!(render(&plan, Options { verbose: true, ..Options::default() }), expected);
        let short = "Control Tower
  ~ change landing_zone  (lz.yaml:7)
      manifest:
        logging:
          days: 1 -> 2

Plan: 0 to create, 1 to change, 0 to move, 0 to repair, 0 to remove.
";
        assert_eq!(render(&plan, Options::default()), short);
    }

    #[test]
    fn many_alike_steps_are_told_once_and_all_when_everything_is_asked_for() {
        let (steps, resources) =
            (0..9).map(|n| account(&format!("app{n}"), &format!("Workloads/U{n}"))).unzip();
        let plan = Plan { resources, ..plan(steps) };
        let text = render(&plan, Options::default());
        assert!(text.contains("  + create 9 accounts\n"), "{text}");
        let places = "9 in 9 places, such as app0, app1, app2, app3, app4, app5 and 3 more";
        assert!(text.contains(places), "{text}");
        let all = render(&plan, Options { verbose: true, ..Options::default() });
        assert!(all.contains("account.app8"), "{all}");
    }

    #[test]
    fn what_stops_a_plan_stands_before_its_steps_with_the_consequence() {
        let mut plan = plan(vec![step("account.a", "create", Action::Create, "organizations:CreateAccount")]);
        plan.notes.push(Note {
            level: Level::Blocker,
            code: "account-quota".to_owned(),
            address: None,
            message: "too many".to_owned(),
            hint: Some("ask AWS".to_owned()),
        });
        plan.consents.push(Consent {
            name: "unit_deletion.Old".to_owned(),
            consequence: "it is gone".to_owned(),
            window: "none".to_owned(),
            given: false,
        });
        let text = render(&plan, Options::default());
        let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is not in {text}"));
        assert!(place("blocker [account-quota] too many") < place("unit_deletion.Old: it is gone"));
        assert!(place("unit_deletion.Old: it is gone") < place("+ create account.a"));
        assert!(text.contains("hint: say --consent unit_deletion.Old"), "{text}");
    }

    #[test]
    fn colour_marks_actions_only_when_it_is_wanted() {
        let plan = plan(vec![step("account.a", "create", Action::Create, "organizations:CreateAccount")]);
        assert!(!render(&plan, Options::default()).contains('\u{1b}'));
        let colour = Options { paint: Paint::new(true), ..Options::default() };
        assert!(render(&plan, colour).contains('\u{1b}'));
    }
}
