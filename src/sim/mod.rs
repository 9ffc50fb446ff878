//! An AWS that fits in a process.
//!
//! In: HTTP requests of real AWS clients, from the SDK in this process or over TCP. Out: the answers AWS would give,
//! in virtual time, deterministic for a seed. It is an island: it names nothing outside `sim`.
//! Absent: what a rehearsal does with it.

pub(crate) mod authorization;
pub mod caller;
mod clock;
mod connector;
mod engine;
mod error;
mod faults;
mod identity;
mod ids;
mod log;
mod paging;
pub mod past;
mod request;
mod server;
pub mod service;
pub mod services;
mod settings;
pub mod shapes;
mod shared;
mod signature;
#[cfg(test)]
pub(crate) mod testing;
mod throttle;
mod wire;
mod world;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use jiff::Timestamp;
use tokio::net::TcpListener;

pub use authorization::{Denial, UnusedStatement};
pub use engine::Authorizer;
pub use error::AwsError;
pub use faults::{Act, FOREVER, Fault, FaultPlan, Latecomer, Loss, Strike};
pub use identity::{Key, Keys};
pub use ids::Ids;
pub use log::{Entry, RequestCounts};
pub use request::{Caller, Request};
pub use settings::Settings;
pub use shared::Shared;
pub use throttle::{Bucket, Buckets};
pub use world::World;

use engine::Engine;
use faults::Armed;

/// A running simulated AWS. Clones share one world.
#[derive(Debug, Clone)]
pub struct Simulator {
    engine: Arc<Engine>,
}

impl Simulator {
    /// An empty world: one stand-alone account.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self::from_world(World::new(&settings), settings)
    }

    /// Goes on with a saved world, at the virtual time it was saved.
    #[must_use]
    pub fn from_world(world: World, settings: Settings) -> Self {
        Self { engine: Arc::new(Engine::new(world, settings)) }
    }

    /// A copy of the world as of now.
    #[must_use]
    pub fn world(&self) -> World {
        let mut run = self.engine.run();
        let now = run.clock.now();
        run.world.settle(now);
        run.world.clone()
    }

    /// Changes the world behind AWS's back, for seeding and for drift.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut run = self.engine.run();
        let now = run.clock.now();
        let run = &mut *run;
        run.world.settle(now);
        let changed = change(&mut run.world);
        run.faults.changed(&run.world);
        changed
    }

    /// An HTTP client for AWS SDKs that reaches this simulator without a socket.
    #[must_use]
    pub fn client(&self) -> SharedHttpClient {
        connector::client(Arc::clone(&self.engine))
    }

    /// Serves on a TCP port until `shutdown` resolves.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> std::io::Result<()> {
        server::serve(self.clone(), listener, shutdown).await
    }

    /// Virtual time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.engine.run().clock.now()
    }

    /// Moves virtual time forward at once.
    pub fn advance(&self, by: Duration) {
        self.engine.run().clock.advance(by);
    }

    /// How many requests there were.
    #[must_use]
    pub fn requests(&self) -> RequestCounts {
        log::count(&self.engine.run().log)
    }

    /// Every request in order.
    #[must_use]
    pub fn log(&self) -> Vec<Entry> {
        self.log_after(0)
    }

    /// Every request in order, without the first so many.
    #[must_use]
    pub fn log_after(&self, first: usize) -> Vec<Entry> {
        self.engine.run().log.get(first..).unwrap_or_default().to_vec()
    }

    /// A new simulator that goes on from the present world and time, with an empty log and no faults. Both share
    /// what neither changes, so a fork costs microseconds whatever the size of the world.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self { engine: Arc::new(self.engine.fork()) }
    }

    /// Arms faults from now on, in place of earlier ones; requests are counted from here.
    pub fn arm(&self, plan: FaultPlan) {
        let mut run = self.engine.run();
        let run = &mut *run;
        let now = run.clock.now();
        run.world.settle(now);
        run.faults = Armed::new(plan, &run.world);
    }

    /// As [`Simulator::arm`].
    pub fn set_faults(&self, plan: FaultPlan) {
        self.arm(plan);
    }

    /// How often each strike of the armed plan struck, in the plan's order. A strike that met its request but changed
    /// nothing (a stale answer equal to the fresh one, an act with nothing to change) is not counted.
    #[must_use]
    pub fn struck(&self) -> Vec<u64> {
        self.engine.run().faults.struck()
    }

    /// Lets a test of this process change the world just before the `call`-th request from now on (from 1) that
    /// `operation` means, an address as in [`Strike::operation`].
    pub fn before_call(&self, operation: &str, call: u64, act: impl FnOnce(&mut World) + Send + 'static) {
        self.engine.run().faults.hook(operation, call, Box::new(act));
    }

    /// Requests that policies refused, in order.
    #[must_use]
    pub fn denied(&self) -> Vec<Denial> {
        self.engine.run().guard.denied()
    }

    /// The Allow statements of `Settings::caller_policy` that have not allowed any request so far.
    #[must_use]
    pub fn unused_statements(&self) -> Vec<UnusedStatement> {
        let run = self.engine.run();
        let idle = run.guard.unused().into_iter().filter(|statement| !run.guard.is_used(statement.index));
        idle.collect()
    }

    /// The actions of `Settings::caller_policy` that have not allowed any request so far, by statement.
    #[must_use]
    pub fn unused_actions(&self) -> Vec<UnusedStatement> {
        self.engine.run().guard.unused()
    }

    /// Asks `authorizer` before each operation from now on.
    pub fn set_authorizer(&self, authorizer: Authorizer) {
        self.engine.run().authorizer = Some(authorizer);
    }

    /// Empties the world, the log and the faults; virtual time begins again.
    pub fn reset(&self) {
        let settings = &self.engine.settings;
        let fresh = Engine::new(World::new(settings), settings.clone());
        std::mem::swap(&mut *self.engine.run(), &mut *fresh.run());
    }
}
