//! The printed permissions, held against what the simulated AWS asks for.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};

use lzctl::apply::journal::{Journal, MemorySink, Run};
use lzctl::apply::{self, Settings};
use lzctl::catalog::{operations, permissions as catalogue};
use lzctl::cloud::Connection;
use lzctl::model::Resource;
use lzctl::observe::{Snapshot, survey};
use lzctl::plan::permissions::{Permissions, Request, narrowing, of_document, of_plan};
use lzctl::plan::{Plan, make};
use lzctl::rehearse::{Bench, Setting, virtual_runtime};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::documents::{graph, plan_text, spec};

const ALL: [&str; 6] = ["minimal", "standard", "regulated", "detect", "four-controls", "ransomware-ready"];

fn request(read_only: bool) -> Request<'static> {
    Request { read_only, access_role: Some("AWSControlTowerExecution") }
}

/// The statements of several documents in one.
fn together(permissions: &Permissions) -> Value {
    let statements: Vec<Value> = permissions
        .management
        .iter()
        .flat_map(|policy| policy.document["Statement"].as_array().unwrap().clone())
        .collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// A document on a bench, whose caller may be held to a policy.
struct Trial {
    graph: lzctl::graph::ResourceGraph,
    bench: Bench,
    /// Those that stand in the document.
    consents: BTreeSet<String>,
}

impl Trial {
    async fn open(yaml: &str, caller_policy: Option<Value>) -> Self {
        let graph = graph(yaml);
        let document = spec(yaml);
        let setting = Setting {
            caller_policy,
            access_role: document.organization.access_role,
            ..Setting::of(&graph, &document.organization.home_region.unwrap())
        };
        Self { bench: Bench::open(&setting, None).await.unwrap(), graph, consents: document.consents }
    }

    async fn snapshot(&self) -> Snapshot {
        let wanted: Vec<Resource> = self.graph.resources.values().cloned().collect();
        Box::pin(survey(&self.bench.connection, &wanted)).await.unwrap()
    }

    async fn plan(&self) -> Plan {
        make(&self.graph, &self.snapshot().await, &self.consents)
    }

    /// Applies a plan, and plans again as an operator would.
    async fn apply(&self, plan: &Plan) -> (lzctl::apply::Outcome, Plan, String) {
        let lines = MemorySink::default();
        let mut journal = Journal::new(Box::new(lines.clone()));
        let run = Run::new(&plan.id, self.bench.simulator.now());
        let (_, interrupts) = mpsc::channel(1);
        let performer: Arc<Connection> = Arc::new(self.bench.connection.clone());
        let watch: apply::dispatch::Observer<'_> = &mut |_, _| {};
        let settings = Settings::default();
        let outcome = apply::dispatch::run(plan, performer, &mut journal, &run, settings, interrupts, watch)
            .await
            .unwrap();
        (outcome, self.plan().await, lines.text())
    }
}

/// The plan of a document in an empty world.
fn planned(name: &str) -> Plan {
    virtual_runtime().unwrap().block_on(async { Trial::open(&plan_text(name), None).await.plan().await })
}

#[test]
fn with_exactly_the_printed_permissions_a_rehearsal_is_allowed_in_full_and_nothing_printed_is_unused() {
    for name in ALL {
        let policy = together(&of_plan(&planned(name), request(false)));
        virtual_runtime().unwrap().block_on(async {
            let trial = Trial::open(&plan_text(name), Some(policy.clone())).await;
            let plan = trial.plan().await;
            let (outcome, second, _) = trial.apply(&plan).await;
            let denied = trial.bench.simulator.denied();
            // A role that does not take session tags refuses them; its own policy does, not ours.
            let ours: Vec<_> = denied.iter().filter(|denial| denial.operation != "sts:AssumeRole").collect();
            assert!(ours.is_empty(), "{name}: {ours:#?}\n{policy:#}");
            assert!(second.steps.is_empty() && second.notes.iter().all(|n| n.code != "unreadable"), "{name}");
            // What an earlier step has brought along is not needed any more.
            let ended = outcome.counts.done + outcome.counts.not_needed;
            assert_eq!(ended, plan.steps.len(), "{name}: {:#?}", outcome.causes);
            // What only a lost answer or AWS's own cross-checks ask for is not met here.
            let spare = |sid: &str| sid.starts_with("OnlyIf") || sid.starts_with("CheckedBeside");
            let unused: Vec<_> = trial
                .bench
                .simulator
                .unused_statements()
                .into_iter()
                .filter(|unused| !unused.sid.as_deref().is_some_and(spare))
                .collect();
            assert!(unused.is_empty(), "{name}: {unused:#?}");
        });
    }
}

#[test]
fn what_the_document_alone_asks_for_suffices_for_its_rehearsal() {
    for name in ALL {
        let document = spec(&plan_text(name));
        let resources: Vec<Resource> = graph(&plan_text(name)).resources.into_values().collect();
        let home = document.organization.home_region.unwrap();
        let policy = together(&of_document(&resources, &home, None, request(false)));
        virtual_runtime().unwrap().block_on(async {
            let trial = Trial::open(&plan_text(name), Some(policy)).await;
            let plan = trial.plan().await;
            let (outcome, second, _) = trial.apply(&plan).await;
            // What an earlier step has brought along is not needed any more.
            let ended = outcome.counts.done + outcome.counts.not_needed;
            assert_eq!(ended, plan.steps.len(), "{name}: {:#?}", outcome.causes);
            assert!(second.steps.is_empty(), "{name}");
        });
    }
}

/// Every action that a permission row grants for an operation that changes something.
fn changing_actions() -> BTreeSet<String> {
    let grants = |effect| {
        operations::table()
            .iter()
            .filter(move |row| row.effect == effect)
            .filter_map(|row| catalogue::table().get(&row.name))
            .flat_map(|row| row.grant.iter().flat_map(|grant| grant.actions.clone()))
            .collect::<BTreeSet<String>>()
    };
    let reading = grants(operations::Effect::Read);
    grants(operations::Effect::Mutation).difference(&reading).cloned().collect()
}

#[test]
fn reading_only_grants_no_change_and_suffices_for_planning() {
    for name in ALL {
        let resources: Vec<Resource> = graph(&plan_text(name)).resources.into_values().collect();
        let home = spec(&plan_text(name)).organization.home_region.unwrap();
        let permissions = of_document(&resources, &home, None, request(true));
        assert!(permissions.control_tower.is_empty());
        let text = serde_json::to_string(&permissions).unwrap();
        let actions: BTreeSet<&str> = text.split('"').filter(|word| word.contains(':')).collect();
        let changing = changing_actions();
        let granted: Vec<_> = actions.iter().filter(|action| changing.contains(**action)).collect();
        assert!(granted.is_empty(), "{name}: {granted:?}");
        let policy = together(&permissions);
        let steps = planned(name).steps;
        virtual_runtime().unwrap().block_on(async {
            let trial = Trial::open(&plan_text(name), Some(policy.clone())).await;
            assert_eq!(trial.plan().await.steps, steps, "{name}");
            assert!(trial.bench.simulator.denied().is_empty());
        });
        // Also where everything exists already.
        virtual_runtime().unwrap().block_on(async {
            let made = Trial::open(&plan_text(name), None).await;
            let plan = made.plan().await;
            made.apply(&plan).await;
            let document = spec(&plan_text(name));
            let setting = Setting {
                caller_policy: Some(policy),
                access_role: document.organization.access_role,
                ..Setting::of(&made.graph, &document.organization.home_region.unwrap())
            };
            let bench = Bench::open(&setting, Some(made.bench.simulator.world())).await.unwrap();
            let trial = Trial { graph: made.graph, bench, consents: document.consents };
            let plan = trial.plan().await;
            assert!(
                plan.steps.is_empty() && plan.notes.iter().all(|n| n.code != "unreadable"),
                "{name}: {plan:#?}"
            );
        });
    }
}

#[test]
fn the_same_document_gives_the_same_permissions_and_every_policy_fits() {
    for name in ALL {
        let print = || serde_json::to_string(&of_plan(&planned(name), request(false))).unwrap();
        assert_eq!(print(), print());
        let permissions = of_plan(&planned(name), request(false));
        for policy in permissions.management.iter().chain(&permissions.control_tower) {
            assert!(policy.document.to_string().len() <= 6144, "{}", policy.name);
        }
        for member in &permissions.members {
            // It is the policy of a role.
            assert!(member.policy.to_string().len() <= 6144, "{}", member.account);
        }
        // What sessions are held to is less: STS packs it together with the run's tag.
        let sessions = narrowing(&planned(name));
        for policy in sessions.by_account.values().chain(&sessions.otherwise) {
            assert!(policy.len() <= 1792, "{name}: {} characters: {policy}", policy.len());
        }
    }
}

#[test]
fn only_accounts_with_keys_of_their_own_are_changed_and_those_to_be_enrolled_are_looked_into() {
    let permissions = of_plan(&planned("standard"), request(false));
    let actions = |policy: &serde_json::Value| -> Vec<String> {
        let statements = policy["Statement"].as_array().unwrap().iter();
        let actions = statements.flat_map(|statement| statement["Action"].as_array().unwrap());
        actions.map(|action| action.as_str().unwrap().to_owned()).collect()
    };
    let looks = |action: &String| {
        ["account:List", "config:Describe", "iam:Get", "iam:List", "sts:"]
            .iter()
            .any(|reads| action.starts_with(reads))
    };
    let (looked_into, changed): (Vec<_>, Vec<_>) =
        permissions.members.iter().partition(|member| actions(&member.policy).iter().all(looks));
    assert!(looked_into.iter().any(|member| member.account == "payments-dev"));
    let changed: Vec<_> = changed.iter().map(|member| (member.account.as_str(), &member.roles[..])).collect();
    let roles = ["AWSControlTowerExecution".to_owned(), "OrganizationAccountAccessRole".to_owned()];
    assert_eq!(changed, [("central-backup", &roles[..])]);
    let central = permissions.members.iter().find(|member| member.account == "central-backup").unwrap();
    let others = actions(&central.policy).into_iter().filter(|action| {
        !looks(action) && !["kms:", "iam:CreateServiceLinkedRole"].iter().any(|own| action.starts_with(own))
    });
    assert_eq!(others.collect::<Vec<_>>(), Vec::<String>::new());
}

/// What a subscriber wrote.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn secrets_of_the_credentials_reach_no_log_plan_journal_or_error() {
    use aws_credential_types::Credentials;

    const SECRETS: [&str; 2] = ["canary/Secret+Key0123456789", "canary-session-token-0123456789"];
    let written = Written::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("lzctl=trace,aws_config=trace,aws_runtime=debug")
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // With a single subscriber, a callsite that another test's thread meets first is
    // judged by that thread, which has none, and stays silent here.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(subscriber);
    virtual_runtime().unwrap().block_on(async {
        let mut trial = Trial::open(&plan_text("standard"), None).await;
        let canary =
            Credentials::new("AKIACANARY0123456789", SECRETS[0], Some(SECRETS[1].into()), None, "canary");
        trial.bench.connection = Connection::open(lzctl::cloud::Settings {
            home_region: Some("ap-northeast-1".parse().unwrap()),
            http_client: Some(trial.bench.simulator.client()),
            credentials: Some(canary),
            access_role: Some("AWSControlTowerExecution".to_owned()),
            ..lzctl::cloud::Settings::default()
        })
        .await
        .unwrap();
        let plan = trial.plan().await;
        let (outcome, second, journal) = trial.apply(&plan).await;
        assert_eq!(outcome.counts.done, plan.steps.len());
        let member_keys: Vec<String> = trial
            .bench
            .simulator
            .world()
            .keys
            .values()
            .flat_map(|key| [Some(key.secret.clone()), key.token.clone()])
            .flatten()
            .collect();
        assert!(!member_keys.is_empty(), "no member was entered");
        let log = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("sts:AssumeRole"), "nothing was traced");
        let shown = [
            log,
            journal,
            serde_json::to_string(&(&plan, &second)).unwrap(),
            format!("{plan:?} {outcome:?} {:?}", trial.bench.connection),
        ];
        for text in shown {
            for secret in SECRETS.iter().map(|s| (*s).to_owned()).chain(member_keys.iter().cloned()) {
                let place = text.find(&secret);
                assert!(
                    place.is_none(),
                    "{}",
                    &text[place.unwrap_or(0).saturating_sub(200)..place.unwrap_or(0)]
                );
            }
        }
    });
}
