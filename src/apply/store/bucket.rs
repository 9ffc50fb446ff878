//! Runs as objects of a bucket.
//!
//! `runs/RUN/plan.json`, `runs/RUN/journal/NUMBER.jsonl`, `leases/ACCOUNT.json`.
//! Everything but a lease is written once and never again.

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
use crate::cloud::objects::Bucket;

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
            let mut sink =
                SegmentSink::new(self.bucket.clone(), journal_folder(run), writer.clone(), next);
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

    fn register(&self, account: &str) -> Arc<dyn Register> {
        Arc::new(ObjectRegister::new(self.bucket.clone(), account))
    }
}
