//! Takes a lease, renews it in the background, and gives it back.
//!
//! In: a register, who we are, how patient we are. Out: a [`Keeper`] that says
//! whether a changing call may be sent now. Every decision is [`Claim`]'s and
//! [`Tenure`]'s. A keeper that is dropped renews no more; what it held ends by
//! itself.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::claim::{Claim, Next, Written};
use super::clock::Clock;
use super::register::{Register, RegisterError};
use super::tenure::{Duty, Tenure};
use super::{Holder, Standing, Terms};
use crate::apply::pending::Pending;
use crate::cloud::permit::Permit;

/// Why there is no lease.
#[derive(Debug, Error)]
pub enum LeaseError {
    /// Somebody else holds it.
    #[error("{0}; nothing was changed")]
    Held(Standing),
    /// The store does not answer or does not allow it.
    #[error("the lease on the organization cannot be taken: {0}")]
    Store(#[from] RegisterError),
}

/// The lease is gone.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the lease on the organization in {place} {how}, so nothing more is sent")]
pub struct Lost {
    place: String,
    how: &'static str,
}

/// A lease that is kept.
#[derive(Debug)]
pub struct Keeper {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    register: Arc<dyn Register>,
    terms: Terms,
    clock: Clock,
    tenure: Mutex<Tenure>,
    run: Mutex<Option<String>>,
    /// Asks for a renewal now.
    poke: Notify,
    /// Says that the tenure has changed.
    changed: watch::Sender<u64>,
}

/// Whoever is told whom one waits for.
pub type Told<'a> = &'a mut (dyn FnMut(&Standing) + Send);

impl Keeper {
    /// Takes the lease; waits for somebody else's at most `patience`.
    ///
    /// # Errors
    /// [`LeaseError::Held`] when it is still held then.
    pub async fn take(
        register: Arc<dyn Register>,
        me: Holder,
        terms: Terms,
        patience: Duration,
        told: Told<'_>,
    ) -> Result<Self, LeaseError> {
        let clock = Clock::start();
        let mut claim = Claim::new(me, terms);
        let mut next = Next::Look;
        let mut whom: Option<String> = None;
        loop {
            next = match next {
                Next::Look => {
                    let look = register.look().await?;
                    claim.looked(clock.now(), &look)
                }
                Next::Write { document, over } => {
                    match register.write(&document, over.as_deref()).await {
                        Ok(written) => {
                            if written == Written::Unclear {
                                // Two who want it at once do not meet again at once.
                                sleep(terms.look.mul_f64(0.1)).await;
                            }
                            claim.wrote(written)
                        }
                        Err(error) if error.leaves_open() => claim.wrote(Written::Unclear),
                        Err(error) => return Err(error.into()),
                    }
                }
                Next::Wait { standing, until } => {
                    if until > patience {
                        return Err(LeaseError::Held(standing));
                    }
                    if whom.as_ref() != Some(&standing.holder) {
                        told(&standing);
                        whom = Some(standing.holder.clone());
                    }
                    sleep(until.saturating_sub(clock.now())).await;
                    Next::Look
                }
                Next::Held(tenure) => return Ok(Self::keep(register, terms, clock, *tenure)),
            };
        }
    }

    fn keep(register: Arc<dyn Register>, terms: Terms, clock: Clock, tenure: Tenure) -> Self {
        let shared = Arc::new(Shared {
            register,
            terms,
            clock,
            tenure: Mutex::new(tenure),
            run: Mutex::default(),
            poke: Notify::new(),
            changed: watch::Sender::new(0),
        });
        let task = tokio::spawn(Arc::clone(&shared).renew_for_ever());
        Self { shared, task }
    }

    /// The number that grows with each holder.
    #[must_use]
    pub fn fence(&self) -> u64 {
        self.shared.tenure().document().fence
    }

    /// Says which run is carried out, for others who want the lease.
    pub fn name_run(&self, run: &str) {
        *self.shared.run.lock().unwrap_or_else(PoisonError::into_inner) = Some(run.to_owned());
        self.shared.poke.notify_one();
    }

    /// Comes back when a changing call may be sent: at once when the lease outlasts
    /// it, else after the next renewal.
    ///
    /// # Errors
    /// [`Lost`] when there is no lease any more.
    pub async fn ready(&self) -> Result<(), Lost> {
        let mut changes = self.shared.changed.subscribe();
        let mut poked = false;
        loop {
            {
                let tenure = self.shared.tenure();
                if tenure.is_lost() {
                    return Err(self.lost("was lost"));
                }
                if tenure.allows(self.shared.clock.now()) {
                    return Ok(());
                }
            }
            if !poked {
                // Once: a store that refuses is asked again at its own pace.
                self.shared.poke.notify_one();
                poked = true;
            }
            if changes.changed().await.is_err() {
                return Err(self.lost("is kept no more"));
            }
        }
    }

    /// Gives the lease back, so that nobody need wait for its end. A store that does
    /// not answer lets it end by itself.
    pub async fn give_back(&self) {
        self.task.abort();
        if self.shared.tenure().is_lost() {
            return;
        }
        let (mut document, mut over) = self.shared.tenure().given_back();
        for _ in 0..2 {
            if matches!(self.shared.register.write(&document, Some(&over)).await, Ok(Written::Yes(_))) {
                break;
            }
            // A renewal that was cut off may have taken effect.
            let Ok(look) = self.shared.register.look().await else { break };
            let ours = self.shared.tenure().document().holder.clone();
            let Some(seen) = look.found.filter(|seen| seen.document.holder == ours) else { break };
            document.turn = seen.document.turn + 1;
            over = seen.tag;
        }
    }

    fn lost(&self, how: &'static str) -> Lost {
        Lost { place: self.shared.register.place(), how }
    }
}

impl Permit for Keeper {
    fn granted(&self) -> Pending<'_, Result<(), String>> {
        Box::pin(async move { self.ready().await.map_err(|lost| lost.to_string()) })
    }

    fn longest_change(&self) -> Duration {
        self.shared.terms.call
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn tenure(&self) -> MutexGuard<'_, Tenure> {
        self.tenure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn renew_for_ever(self: Arc<Self>) {
        let mut at = self.tenure().due();
        loop {
            tokio::select! {
                () = sleep(at.saturating_sub(self.clock.now())) => {}
                () = self.poke.notified() => {}
            }
            let run = self.run.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let mut duty = self.tenure().renew(self.clock.now(), run.as_deref());
            at = loop {
                duty = match duty {
                    Duty::Write { document, over } => self.write(&document, &over).await,
                    Duty::Look => self.look().await,
                    Duty::RenewAt(at) => break at,
                    Duty::Lost => {
                        self.tell();
                        return;
                    }
                };
            };
            self.tell();
        }
    }

    async fn write(&self, document: &super::Document, over: &str) -> Duty {
        match self.register.write(document, Some(over)).await {
            Ok(written) => self.tenure().wrote(written),
            Err(error) if error.leaves_open() => self.tenure().wrote(Written::Unclear),
            Err(error) => self.unanswered(&error),
        }
    }

    async fn look(&self) -> Duty {
        match self.register.look().await {
            Ok(look) => self.tenure().looked(self.clock.now(), &look),
            Err(error) => self.unanswered(&error),
        }
    }

    fn unanswered(&self, error: &RegisterError) -> Duty {
        tracing::warn!(%error, "the lease could not be renewed");
        self.tenure().unanswered(self.clock.now())
    }

    fn tell(&self) {
        self.changed.send_modify(|turns| *turns += 1);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tokio::time::Instant;

    use super::super::folder::FolderRegister;
    use super::super::objects::ObjectRegister;
    use super::*;
    use crate::cloud::objects::double::Store;

    fn holder(name: &str) -> Holder {
        Holder { name: name.to_owned(), mark: name.to_owned() }
    }

    async fn take(register: Arc<dyn Register>, name: &str, patience: u64) -> Result<Keeper, LeaseError> {
        let patience = Duration::from_secs(patience);
        Keeper::take(register, holder(name), Terms::default(), patience, &mut |_| {}).await
    }

    async fn in_bucket(store: &Store) -> Arc<dyn Register> {
        Arc::new(ObjectRegister::new(store.bucket().await, "111122223333"))
    }

    #[tokio::test(start_paused = true)]
    async fn the_second_is_told_who_holds_it_since_when_and_until_when() {
        let store = Store::new();
        let first = take(in_bucket(&store).await, "anna", 0).await.unwrap();
        first.name_run("run-1");
        tokio::time::sleep(Duration::from_secs(300)).await;
        let refused = take(in_bucket(&store).await, "ben", 0).await.unwrap_err();
        let LeaseError::Held(standing) = &refused else { panic!("{refused}") };
        assert_eq!((standing.holder.as_str(), standing.run.as_deref()), ("anna", Some("run-1")));
        let age = standing.until.duration_since(standing.since).as_secs();
        assert!((330..=350).contains(&age), "{refused}");
        assert!(first.ready().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_gets_it_when_it_is_given_back() {
        let store = Store::new();
        let first = take(in_bucket(&store).await, "anna", 0).await.unwrap();
        let waiting = tokio::spawn({
            let register = in_bucket(&store).await;
            async move { take(register, "ben", 600).await }
        });
        tokio::time::sleep(Duration::from_secs(120)).await;
        assert!(!waiting.is_finished());
        first.give_back().await;
        let begun = Instant::now();
        let second = waiting.await.unwrap().unwrap();
        assert!(begun.elapsed() <= Duration::from_secs(4), "{:?}", begun.elapsed());
        assert_eq!(second.fence(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn r6_a_dead_holder_is_followed_within_a_minute_whenever_it_died() {
        for second in 0..16 {
            let store = Store::new();
            let first = take(in_bucket(&store).await, "anna", 0).await.unwrap();
            tokio::time::sleep(Duration::from_secs(100 + second)).await;
            drop(first);
            let died = Instant::now();
            let second = take(in_bucket(&store).await, "ben", 120).await.unwrap();
            assert!(died.elapsed() <= Duration::from_secs(60), "{:?}", died.elapsed());
            assert!(died.elapsed() >= Duration::from_secs(35), "{:?}", died.elapsed());
            assert_eq!(second.fence(), 2);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn renewals_that_are_lost_or_meet_a_conflict_cost_nothing() {
        let store = Store::new();
        let keeper = take(in_bucket(&store).await, "anna", 0).await.unwrap();
        for turn in 0..12 {
            match turn % 3 {
                0 => store.lose_next(true),
                1 => store.lose_next(false),
                _ => store.conflict_next(),
            }
            tokio::time::sleep(Duration::from_secs(11)).await;
            assert!(keeper.ready().await.is_ok(), "turn {turn}");
        }
        assert!(take(in_bucket(&store).await, "ben", 0).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_holder_that_cannot_renew_waits_and_then_stops_before_the_next_call() {
        let store = Store::new();
        let keeper = take(in_bucket(&store).await, "anna", 0).await.unwrap();
        for _ in 0..200 {
            store.deny();
        }
        let begun = Instant::now();
        tokio::time::sleep(Duration::from_secs(30)).await;
        // There is less left than a call may take, so nothing may be sent now.
        let lost = keeper.ready().await.unwrap_err();
        assert!(begun.elapsed() <= Duration::from_secs(50), "{:?}", begun.elapsed());
        assert!(lost.to_string().contains("leases/111122223333.json was lost"), "{lost}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_holder_that_was_overtaken_finds_out() {
        let store = Store::new();
        let keeper = take(in_bucket(&store).await, "anna", 0).await.unwrap();
        let bucket = store.bucket().await;
        let key = "leases/111122223333.json";
        let seen = bucket.get(key).await.unwrap().found.unwrap();
        let other = String::from_utf8(seen.content).unwrap().replace("anna", "ben");
        let condition = crate::cloud::objects::Condition::Unchanged(&seen.tag);
        bucket.put(key, other.into_bytes(), condition).await.unwrap();
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert!(keeper.ready().await.is_err());
        keeper.give_back().await;
        let left = bucket.get(key).await.unwrap().found.unwrap();
        assert!(
            String::from_utf8(left.content).unwrap().contains("ben"),
            "another's lease is not given back"
        );
    }

    fn on_disk(folder: &Path) -> Arc<dyn Register> {
        Arc::new(FolderRegister::new(&folder.join("leases"), "111122223333"))
    }

    #[tokio::test]
    async fn on_one_machine_a_living_holder_is_never_overtaken_and_a_dead_one_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let first = take(on_disk(folder.path()), "anna", 0).await.unwrap();
        // However old the lease looks, its holder lives.
        let path = folder.path().join("leases/111122223333.json");
        let file = std::fs::File::options().append(true).open(&path).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        assert!(matches!(take(on_disk(folder.path()), "ben", 0).await, Err(LeaseError::Held(_))));
        drop(first);
        tokio::task::yield_now().await;
        let second = take(on_disk(folder.path()), "ben", 0).await.unwrap();
        assert_eq!(second.fence(), 2);
        second.give_back().await;
        let third = take(on_disk(folder.path()), "cleo", 0).await.unwrap();
        assert_eq!(third.fence(), 3);
    }

    #[tokio::test]
    async fn a_lease_file_that_is_none_is_told_and_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("leases/111122223333.json");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "{}").unwrap();
        let refused = take(on_disk(folder.path()), "anna", 0).await.unwrap_err();
        assert!(refused.to_string().contains("holds no lease"), "{refused}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}");
    }
}
