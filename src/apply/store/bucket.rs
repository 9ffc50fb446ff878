//! Runs as objects of a bucket.
//!
//! `runs/RUN/plan.json`, `runs/RUN/journal/NUMBER.jsonl`, `leases/ACCOUNT.json`,
//! `learned/ACCOUNT.json`. Everything but the last two is written once and never again.

use std::io;
use std::sync::Arc;

use super::segments::{self, SegmentSink, put_new};
use super::{RunStore, StoreError, Writer};
use crate::apply::journal::reader::Read;
use crate::apply::journal::{Journal, Sink, Unreadable, read};
use crate::apply::lease::Register;
use crate::apply::lease::objects::ObjectRegister;
use crate::apply::pending::Pending;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::objects::{Bucket, Condition};

/// So often a journal is read again because its former writer has just written it.
const TURNS: usize = 10;

/// The bucket.
#[derive(Debug, Clone)]
pub struct BucketStore {
    bucket: Bucket,
}

impl BucketStore {
    /// Runs in a bucket.
    #[must_use]
    pub const fn new(bucket: Bucket) -> Self {
        Self { bucket }
    }

    fn failed(&self, key: &str) -> impl Fn(CallError) -> StoreError + use<> {
        let place = format!("{}/{key}", self.bucket.location());
        move |error| StoreError::Call { place: place.clone(), error: Box::new(error) }
    }

    /// The content of an object that must be there.
    async fn content(&self, key: String) -> Result<Vec<u8>, StoreError> {
        let answer = self.bucket.get(&key).await.map_err(self.failed(&key))?;
        let missing = || StoreError::File {
            path: format!("{}/{key}", self.bucket.location()).into(),
            source: io::ErrorKind::NotFound.into(),
        };
        answer.found.map(|object| object.content).ok_or_else(missing)
    }

    /// The lines of a journal, and how many objects it has.
    async fn lines(&self, run: &str) -> Result<(Vec<u8>, u64), StoreError> {
        let folder = journal_folder(run);
        let names = self.bucket.names(&folder).await.map_err(self.failed(&folder))?;
        let count = names.len() as u64;
        let contents = names.into_iter().map(|name| {
            let (store, key) = (self.clone(), format!("{folder}{name}"));
            async move { store.content(key).await }
        });
        let mut lines = Vec::new();
        for content in fan_out(contents.collect()).await {
            lines.extend_from_slice(segments::lines(&content?));
        }
        Ok((lines, count))
    }

    async fn take_over(&self, run: &str, writer: &Writer) -> Result<(Journal, Read), Unreadable> {
        for _ in 0..TURNS {
            let (lines, next) = self.lines(run).await.map_err(io::Error::from)?;
            let story = read(&lines)?;
            let mut sink = SegmentSink::new(self.bucket.clone(), journal_folder(run), writer.clone(), next);
            match sink.write("").await {
                Ok(()) => return Ok((Journal::after(story.ledger.clone(), Box::new(sink)), story)),
                Err(StoreError::Taken { .. }) => {}
                Err(error) => return Err(Unreadable::File(error.into())),
            }
        }
        let place = format!("{}/{}", self.bucket.location(), journal_folder(run));
        Err(Unreadable::File(StoreError::Taken { place }.into()))
    }
}

fn journal_folder(run: &str) -> String {
    format!("runs/{run}/journal/")
}

fn learned_key(account: &str) -> String {
    format!("learned/{account}.json")
}

fn plan_key(run: &str) -> String {
    format!("runs/{run}/plan.json")
}

impl RunStore for BucketStore {
    fn place(&self) -> String {
        self.bucket.location().to_string()
    }

    fn ids(&self) -> Pending<'_, Result<Vec<String>, StoreError>> {
        Box::pin(async move { self.bucket.names("runs/").await.map_err(self.failed("runs/")) })
    }

    fn journal<'a>(&'a self, run: &'a str) -> Pending<'a, Result<Vec<u8>, StoreError>> {
        Box::pin(async move { Ok(self.lines(run).await?.0) })
    }

    fn beginning<'a>(&'a self, run: &'a str) -> Pending<'a, Result<Vec<u8>, StoreError>> {
        Box::pin(async move {
            let key = format!("{}{}", journal_folder(run), segments::name(0));
            let answer = self.bucket.get(&key).await.map_err(self.failed(&key))?;
            // A run that died between its plan and its first record has sent nothing.
            Ok(answer.found.map(|object| segments::lines(&object.content).to_vec()).unwrap_or_default())
        })
    }

    fn plan<'a>(&'a self, run: &'a str) -> Pending<'a, Result<String, StoreError>> {
        Box::pin(async move {
            let content = self.content(plan_key(run)).await?;
            Ok(String::from_utf8_lossy(&content).into_owned())
        })
    }

    fn begin<'a>(
        &'a self,
        run: &'a str,
        plan: String,
        writer: &'a Writer,
    ) -> Pending<'a, Result<Box<dyn Sink>, StoreError>> {
        Box::pin(async move {
            put_new(&self.bucket, &plan_key(run), plan.into_bytes()).await?;
            let sink = SegmentSink::new(self.bucket.clone(), journal_folder(run), writer.clone(), 0);
            Ok(Box::new(sink) as Box<dyn Sink>)
        })
    }

    fn reopen<'a>(
        &'a self,
        run: &'a str,
        writer: &'a Writer,
    ) -> Pending<'a, Result<(Journal, Read), Unreadable>> {
        Box::pin(self.take_over(run, writer))
    }

    fn experience<'a>(&'a self, account: &'a str) -> Pending<'a, Result<Option<Vec<u8>>, StoreError>> {
        Box::pin(async move {
            let key = learned_key(account);
            let answer = self.bucket.get(&key).await.map_err(self.failed(&key))?;
            Ok(answer.found.map(|object| object.content))
        })
    }

    fn keep_experience<'a>(&'a self, account: &'a str, text: String) -> Pending<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let key = learned_key(account);
            let former = self.bucket.get(&key).await.map_err(self.failed(&key))?.found;
            let condition = former.as_ref().map_or(Condition::Absent, |it| Condition::Unchanged(&it.tag));
            // Whoever came in between has kept what it learned, which is as good.
            self.bucket.put(&key, text.into_bytes(), condition).await.map_err(self.failed(&key))?;
            Ok(())
        })
    }

    fn register(&self, account: &str) -> Arc<dyn Register> {
        Arc::new(ObjectRegister::new(self.bucket.clone(), account))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::apply::journal::{Entry, JournalError, Run};
    use crate::apply::runs::{Planned, Runs, RunsError};
    use crate::apply::trial::plans;
    use crate::cloud::objects::double::Store;

    fn writer(mark: &str, fence: u64) -> Writer {
        Writer { mark: mark.to_owned(), fence }
    }

    async fn runs(store: &Store) -> Runs {
        Runs::new(Arc::new(BucketStore::new(store.bucket().await)))
    }

    fn planned() -> (Planned, Run, Entry) {
        let plan = plans::plan(Vec::new());
        let run = Run::new(&plan.id, "2026-11-23T10:15:00Z".parse().unwrap());
        let opening = Entry::Opened {
            run: run.id.clone(),
            plan: plan.id.clone(),
            account: plan.account.clone(),
            organization: None,
            steps: 0,
            started: run.started,
            nonce: Some("once".to_owned()),
        };
        (Planned { plan, access_role: None }, run, opening)
    }

    async fn begun(store: &Store) -> Journal {
        let (planned, run, opening) = planned();
        let mut journal = runs(store).await.begin(&planned, &run, &writer("anna", 1)).await.unwrap();
        journal.append(Duration::ZERO, vec![opening]).unwrap();
        journal.settled().await.unwrap();
        journal
    }

    async fn interrupted(journal: &mut Journal) -> Result<(), JournalError> {
        journal.append(Duration::from_secs(1), vec![Entry::Interrupted])?;
        journal.settled().await
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_is_read_back_and_gone_on_with_from_another_machine() {
        let store = Store::new();
        let mut journal = begun(&store).await;
        interrupted(&mut journal).await.unwrap();
        let there = runs(&store).await;
        let kept = there.find(None).await.unwrap();
        assert_eq!(kept.story.as_ref().unwrap().records.len(), 2);
        assert!(there.used("once").await.unwrap().is_some() && there.used("never").await.unwrap().is_none());
        let mut reopened = there.reopen(&kept, &writer("ben", 2)).await.unwrap();
        assert_eq!(reopened.planned, planned().0);
        interrupted(&mut reopened.journal).await.unwrap();
        let again = there.find(None).await.unwrap();
        assert_eq!(again.story.unwrap().records.len(), 3);
        assert_eq!(there.all().await.unwrap().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn f12_the_append_of_a_former_writer_collides_and_it_writes_no_more() {
        let store = Store::new();
        let mut zombie = begun(&store).await;
        let there = runs(&store).await;
        let kept = there.find(None).await.unwrap();
        let mut successor = there.reopen(&kept, &writer("ben", 2)).await.unwrap();
        let taken = interrupted(&mut zombie).await.unwrap_err();
        assert!(
            matches!(&taken, JournalError::Sink(error) if error.kind() == io::ErrorKind::WouldBlock),
            "{taken}"
        );
        assert!(matches!(interrupted(&mut zombie).await, Err(JournalError::Broken)));
        interrupted(&mut successor.journal).await.unwrap();
        assert_eq!(there.find(None).await.unwrap().story.unwrap().records.len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn f12_a_former_writer_that_was_quicker_is_read_before_it_is_shut_out() {
        let store = Store::new();
        let mut former = begun(&store).await;
        let there = runs(&store).await;
        let kept = there.find(None).await.unwrap();
        interrupted(&mut former).await.unwrap();
        let successor = there.reopen(&kept, &writer("ben", 2)).await.unwrap();
        assert_eq!(successor.journal.ledger().next, 2, "its last record is known");
        assert!(interrupted(&mut former).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn f15_lost_answers_and_conflicts_of_an_append_are_proven_by_reading_back() {
        let store = Store::new();
        let mut journal = begun(&store).await;
        for trouble in 0..3 {
            match trouble {
                0 => store.lose_next(true),
                1 => store.lose_next(false),
                _ => store.conflict_next(),
            }
            interrupted(&mut journal).await.unwrap();
        }
        let kept = runs(&store).await.find(None).await.unwrap();
        assert_eq!(kept.story.unwrap().records.len(), 4);
        assert!(
            store.keys().iter().any(|key| key.ends_with("/journal/0000000003.jsonl")),
            "{:?}",
            store.keys()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_denies_is_told_and_nothing_is_lost() {
        let store = Store::new();
        let mut journal = begun(&store).await;
        store.deny();
        let denied = interrupted(&mut journal).await.unwrap_err().to_string();
        assert!(denied.contains("AccessDenied") && denied.contains("s3://bucket/lz/runs/"), "{denied}");
        let kept = runs(&store).await.find(None).await.unwrap();
        assert_eq!(kept.story.unwrap().records.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_journal_whose_object_is_gone_is_not_believed() {
        let store = Store::new();
        let mut journal = begun(&store).await;
        for _ in 0..3 {
            interrupted(&mut journal).await.unwrap();
        }
        store.lose_object("journal/0000000002.jsonl");
        let there = runs(&store).await;
        let kept = there.find(None).await.unwrap();
        assert!(matches!(there.reopen(&kept, &writer("ben", 2)).await, Err(RunsError::Untrusted { .. })));
    }
}
