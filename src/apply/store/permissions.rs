//! What the caller must be allowed in a bucket of runs, and no more.
//!
//! In: the place, whose lease it is, whether runs are carried out or only planned. Out:
//! the document of an IAM policy. It follows what [`super::BucketStore`] and the lease
//! do: everything is written under a condition, runs once and never over themselves, and
//! nothing is deleted. Absent: the bucket's own policy and the keys that encrypt it.

use serde_json::{Value, json};

use crate::catalog::permissions::{Conditions, Use, table};
use crate::cloud::objects::Location;
use crate::model::ids::AccountId;
use crate::model::partition::Partition;

/// What a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Planning: what runs have learned is read.
    Planning,
    /// Carrying runs out.
    Applying,
}

/// The policy for a bucket. Without an account the leases of all are meant.
#[must_use]
pub fn needed(
    location: &Location,
    partition: &Partition,
    account: Option<&AccountId>,
    purpose: Purpose,
) -> Value {
    let account = account.map_or("*", AccountId::as_str);
    let own = |folder: &str| format!("{folder}/{account}.json");
    let (learned, leased) = (own("learned"), own("leases"));
    let written_once = ["runs/*/plan.json".to_owned(), "runs/*/journal/*".to_owned()];
    let uses = &table().store;
    let statement = |sid: &str, of: &Use, keys: &[String]| {
        let arn = |key: &String| {
            let arn = of.on.replace("{partition}", partition.as_str()).replace("{bucket}", &location.bucket);
            arn.replace("{key}", &location.key(key))
        };
        let mut resources: Vec<String> = keys.iter().map(arn).collect();
        resources.sort_unstable();
        resources.dedup();
        told(sid, &of.actions, &resources, &of.condition)
    };
    let all = |keys: &[&[String]]| keys.concat();
    let replaced = [learned.clone(), leased];
    let statements = match purpose {
        Purpose::Planning => vec![
            statement("ListRuns", &uses.list, &[String::new()]),
            statement("ReadRuns", &uses.read, &[learned]),
        ],
        Purpose::Applying => vec![
            statement("ListRuns", &uses.list, &[String::new()]),
            statement("ReadRuns", &uses.read, &all(&[&written_once, &replaced])),
            statement("WriteOnce", &uses.create, &all(&[&written_once, &replaced])),
            statement("ReplaceWhatWasSeen", &uses.replace, &replaced),
        ],
    };
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn told(sid: &str, actions: &[String], resources: &[String], condition: &Conditions) -> Value {
    let mut statement = json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources });
    if let (Some(map), false) = (statement.as_object_mut(), condition.is_empty()) {
        map.insert("Condition".to_owned(), json!(condition));
    }
    statement
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::apply::experience::{Durations, Lessons};
    use crate::apply::journal::{Entry, Run};
    use crate::apply::lease::{Holder, Keeper, Terms};
    use crate::apply::runs::{Planned, Runs};
    use crate::apply::store::{BucketStore, Writer};
    use crate::apply::trial::plans;
    use crate::cloud::objects::double::{Sent, Store};
    use crate::model::evaluation::{Answer, Ask, Document, Level, decide};

    const ACCOUNT: &str = "111122223333";

    fn policy(purpose: Purpose) -> Value {
        let location: Location = "s3://bucket/lz?region=eu-west-1".parse().unwrap();
        needed(&location, &Partition::named("aws"), Some(&ACCOUNT.parse().unwrap()), purpose)
    }

    /// A request as S3 asks for permissions; one for an object that is not there asks
    /// whether the bucket may be listed, too.
    fn asks(sent: &Sent) -> Vec<Ask> {
        let ask = |action: &str, resource: &str| {
            Ask::new("arn:aws:iam::111122223333:role/Runner", action, &format!("arn:aws:s3:::{resource}"))
        };
        let object = format!("bucket/{}", sent.key);
        match sent.method.as_str() {
            "GET" if sent.key.is_empty() => vec![ask("s3:ListBucket", "bucket")],
            "GET" => vec![ask("s3:GetObject", &object), ask("s3:ListBucket", "bucket")],
            "PUT" => {
                let mut put = ask("s3:PutObject", &object);
                for (key, held) in
                    [("s3:if-match", &sent.if_match), ("s3:if-none-match", &sent.if_none_match)]
                {
                    match held {
                        Some(value) => put.learn(key, value),
                        None => put.lacks(key),
                    }
                }
                vec![put]
            }
            other => panic!("{other}"),
        }
    }

    fn allowed(policy: &Value, ask: &Ask) -> bool {
        let document = Document::read(policy).unwrap();
        let level = Level { name: "caller", policies: vec![("policy", &document)], open: false };
        decide(&[level], ask).answer == Answer::Allowed
    }

    /// Everything that is ever done in a bucket: a lease is taken, renewed, given back
    /// and taken over, a run is begun, written, listed, read, gone on with, and its
    /// lessons are kept twice.
    async fn everything(store: &Store) {
        let runs = Runs::new(Arc::new(BucketStore::new(store.bucket().await)));
        let account: AccountId = ACCOUNT.parse().unwrap();
        let plan = plans::plan(Vec::new());
        let run = Run::new(&plan.id, "2026-11-23T10:15:00Z".parse().unwrap());
        for turn in ["one", "two"] {
            let holder = Holder { name: turn.to_owned(), mark: turn.to_owned() };
            let patience = Duration::from_secs(120);
            let register = runs.register(&account);
            let taken = Keeper::take(register, holder, Terms::default(), patience, &mut |_| {}).await;
            let keeper = taken.unwrap();
            let writer = Writer { mark: turn.to_owned(), fence: keeper.fence() };
            let known = runs.experience(&account, run.started).await;
            let mut journal = if turn == "one" {
                let planned = Planned { plan: plan.clone(), access_role: None };
                runs.begin(&planned, &run, &writer).await.unwrap()
            } else {
                assert!(!known.is_empty());
                let kept = runs.find(None).await.unwrap();
                runs.reopen(&kept, &writer).await.unwrap().journal
            };
            let entry = Entry::Opened {
                run: run.id.clone(),
                plan: plan.id.clone(),
                account: account.clone(),
                organization: None,
                steps: 0,
                started: run.started,
                nonce: None,
            };
            let entry = if turn == "one" { entry } else { Entry::Interrupted };
            journal.append(Duration::ZERO, vec![entry]).unwrap();
            journal.settled().await.unwrap();
            tokio::time::sleep(Duration::from_secs(20)).await;
            let lesson = Durations { count: 9.0, mean: 2.0, tenth: 1.0, ninetieth: 3.0 };
            let lessons = Lessons { durations: [("a".to_owned(), lesson)].into(), ..Lessons::default() };
            runs.learn(&account, known, &lessons, run.started).await;
            keeper.give_back().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whatever_is_done_in_a_bucket_is_allowed_and_nothing_is_allowed_for_nothing() {
        let store = Store::new();
        everything(&store).await;
        let asked: Vec<Ask> = store.sent().iter().flat_map(asks).collect();
        let whole = policy(Purpose::Applying);
        for ask in &asked {
            assert!(allowed(&whole, ask), "{ask:?} is not allowed by {whole:#}");
        }
        for (index, statement) in whole["Statement"].as_array().unwrap().iter().enumerate() {
            for arn in statement["Resource"].as_array().unwrap() {
                let mut less = whole.clone();
                let resources = less["Statement"][index]["Resource"].as_array_mut().unwrap();
                resources.retain(|other| other != arn);
                if resources.is_empty() {
                    less["Statement"].as_array_mut().unwrap().remove(index);
                }
                assert!(
                    asked.iter().any(|ask| !allowed(&less, ask)),
                    "{arn} of {} is unused",
                    statement["Sid"]
                );
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn planning_writes_nothing_there_and_may_not() {
        let store = Store::new();
        let runs = Runs::new(Arc::new(BucketStore::new(store.bucket().await)));
        runs.experience(&ACCOUNT.parse().unwrap(), "2026-11-23T10:15:00Z".parse().unwrap()).await;
        let policy = policy(Purpose::Planning);
        let asked: Vec<Ask> = store.sent().iter().flat_map(asks).collect();
        assert!(!asked.is_empty() && asked.iter().all(|ask| allowed(&policy, ask)), "{asked:?}");
        assert!(!policy.to_string().contains("Put"));
    }

    #[test]
    fn a_write_without_a_condition_over_a_run_or_of_another_account_is_not_allowed() {
        let policy = policy(Purpose::Applying);
        let put = |key: &str, condition: Option<&str>| {
            let sent = Sent {
                method: "PUT".to_owned(),
                key: key.to_owned(),
                if_match: condition.filter(|it| *it != "*").map(str::to_owned),
                if_none_match: condition.filter(|it| *it == "*").map(str::to_owned),
            };
            asks(&sent).iter().all(|ask| allowed(&policy, ask))
        };
        assert!(put("lz/leases/111122223333.json", Some("tag")));
        assert!(!put("lz/leases/111122223333.json", None));
        assert!(!put("lz/leases/444455556666.json", Some("tag")));
        assert!(put("lz/runs/r/journal/0000000001.jsonl", Some("*")));
        assert!(!put("lz/runs/r/journal/0000000001.jsonl", Some("tag")));
        assert!(!put("elsewhere/runs/r/journal/0000000001.jsonl", Some("*")));
    }
}
