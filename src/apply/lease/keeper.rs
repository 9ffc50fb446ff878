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
                Next::Held(tenure) => return Ok(Self::keep(register, terms, clock, tenure)),
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

    /// How long one changing call may take.
    #[must_use]
    pub fn call(&self) -> Duration {
        self.shared.terms.call
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
            self.shared.poke.notify_one();
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
