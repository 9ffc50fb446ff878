//! The one seam to AWS: HTTP client, endpoint, clock and credentials.
//!
//! In: [`Settings`]. Out: a [`Connection`], cheap to clone, which hands out
//! clients per account and Region and shares one pacer and one set of counts.
//! With an HTTP client and credentials given, nothing is read from the
//! environment or from files, so a simulated AWS and tests run by themselves.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::BehaviorVersion;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::app_name::AppName;
use jiff::Timestamp;
use thiserror::Error;
use tokio::sync::OnceCell;

use super::call::{Counter, Counts, Site};
use super::clients::Clients;
use super::codes::Codes;
use super::failure::CallError;
use super::inventory::identity_center::Instance;
use super::pace::Pacer;
use super::permit::Permit;
use super::session::Sessions;
use super::sign_in::SignIn;
use crate::catalog::partitions;
use crate::model::region::Region;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long one sending may take as a whole, and how long the first byte.
const ATTEMPT: Duration = Duration::from_secs(60);

/// How to reach AWS. `Settings::default()` is the ordinary chain of environment,
/// profile, single sign-on and so on.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The home Region: where Control Tower and keys are. None takes the
    /// profile's or the environment's.
    pub home_region: Option<Region>,
    /// A profile of the shared configuration files.
    pub profile: Option<String>,
    /// One endpoint for every service, e.g. a simulator's.
    pub endpoint_url: Option<String>,
    /// What carries requests; none makes an HTTPS client.
    pub http_client: Option<SharedHttpClient>,
    /// Credentials; none asks the ordinary chain.
    pub credentials: Option<Credentials>,
    /// The clock that requests are signed by; none is the system's.
    pub time: Option<SharedTimeSource>,
    /// How often a read is sent when it meets passing faults, at least once.
    pub attempts: u32,
    /// The role to assume in member accounts before those that AWS makes.
    pub access_role: Option<String>,
    /// How many times faster than ours AWS's clock runs: 1, or the speed of a
    /// local emulator. Rates and waits follow it.
    pub speed: f64,
    /// The external id that the trust policies of member roles ask for.
    pub external_id: Option<String>,
    /// A person's sign-in to Identity Center, by which accounts are entered that no
    /// role lets us into.
    pub sign_in: Option<SignIn>,
    /// A name for this run, used in role session names (`lzctl-<run>`).
    pub run: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            home_region: None,
            profile: None,
            endpoint_url: None,
            http_client: None,
            credentials: None,
            time: None,
            attempts: 5,
            access_role: None,
            speed: 1.0,
            external_id: None,
            sign_in: None,
            run: "run".to_owned(),
        }
    }
}

/// Why there is no connection.
#[derive(Debug, Error)]
pub enum ConnectionError {
    /// Neither the settings nor the environment nor the profile names a Region.
    #[error("no Region is set: name organization.home_region, set AWS_REGION, or give the profile a region")]
    NoRegion,
    /// The Region's name is not one.
    #[error("the configured Region is not usable: {0}")]
    Region(#[from] crate::model::ids::InvalidId),
}

/// An AWS to call. Clones share clients, lanes, sessions and counts.
#[derive(Debug, Clone)]
pub struct Connection {
    inner: Arc<Inner>,
}

/// A member account (none for the caller's own) and a Region.
type Place = (Option<String>, String);

#[derive(Debug)]
struct Inner {
    base: SdkConfig,
    home: Region,
    partition: &'static partitions::Row,
    attempts: u32,
    speed: f64,
    pacer: Pacer,
    counter: Counter,
    clients: Mutex<HashMap<Place, Arc<Clients>>>,
    sessions: Sessions,
    permit: OnceLock<Arc<dyn Permit>>,
    codes: OnceLock<Arc<dyn Codes>>,
    /// Identity Center, once it was found.
    instance: Mutex<Option<Instance>>,
    /// The ARNs of the baselines that Control Tower offers, once they were listed.
    baselines: OnceCell<BTreeMap<String, String>>,
}

impl Connection {
    /// Prepares a connection. Nothing is sent to AWS, except what the chain of
    /// credentials itself needs later.
    ///
    /// # Errors
    /// When no usable Region is known.
    pub async fn open(settings: Settings) -> Result<Self, ConnectionError> {
        let base = base_config(&settings).await;
        let home = match (settings.home_region, base.region()) {
            (Some(region), _) => region,
            (None, Some(region)) => region.as_ref().parse()?,
            (None, None) => return Err(ConnectionError::NoRegion),
        };
        let partition = partitions::of_region(&home);
        let inner = Inner {
            base,
            home,
            partition,
            attempts: settings.attempts.max(1),
            speed: settings.speed,
            pacer: Pacer::at_speed(settings.speed),
            counter: Counter::default(),
            clients: Mutex::default(),
            sessions: Sessions::new(
                settings.access_role,
                settings.external_id,
                settings.sign_in,
                &settings.run,
            ),
            permit: OnceLock::new(),
            codes: OnceLock::new(),
            instance: Mutex::default(),
            baselines: OnceCell::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The home Region.
    #[must_use]
    pub fn home_region(&self) -> &Region {
        &self.inner.home
    }

    /// The partition's row in the catalogue.
    #[must_use]
    pub fn partition(&self) -> &'static partitions::Row {
        self.inner.partition
    }

    /// How many calls were sent so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.inner.counter.counts()
    }

    /// How many times faster than ours AWS's clock runs.
    pub(crate) fn clock_speed(&self) -> f64 {
        self.inner.speed
    }

    /// The time by the clock that requests are signed with, the virtual one of a rehearsal, in
    /// whole seconds.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.inner.base.time_source().map_or_else(SystemTime::now, |source| source.now());
        let now = Timestamp::try_from(now).unwrap_or_default();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// How long we wait for so much time to pass at AWS.
    pub(crate) fn real(&self, time: Duration) -> Duration {
        time.div_f64(self.inner.speed)
    }

    /// From now on changes are sent only by leave. The first who gives it stays.
    pub fn only_by(&self, permit: Arc<dyn Permit>) {
        self.inner.permit.get_or_init(|| permit);
    }

    /// From now on whoever knows one-time codes is asked for them. The first stays.
    pub fn codes_from(&self, codes: Arc<dyn Codes>) {
        self.inner.codes.get_or_init(|| codes);
    }

    pub(crate) fn codes(&self) -> Option<&Arc<dyn Codes>> {
        self.inner.codes.get()
    }

    pub(crate) fn permit(&self) -> Option<&Arc<dyn Permit>> {
        self.inner.permit.get()
    }

    pub(crate) fn pacer(&self) -> &Pacer {
        &self.inner.pacer
    }

    pub(crate) fn counter(&self) -> &Counter {
        &self.inner.counter
    }

    /// What Control Tower offers does not change while a program runs, so it is asked
    /// once; whoever comes meanwhile waits for the same answer.
    pub(crate) fn baselines(&self) -> &OnceCell<BTreeMap<String, String>> {
        &self.inner.baselines
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.inner.sessions
    }

    /// Identity Center, if it was found before.
    pub(crate) fn known_instance(&self) -> Option<Instance> {
        self.inner.instance.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps where Identity Center is: an organization has one, and it does not move.
    pub(crate) fn keep_instance(&self, found: Instance) {
        *self.inner.instance.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
    }

    /// The caller's own account in the Region where global services answer.
    pub(crate) fn global(&self) -> Site {
        self.own(&self.inner.partition.global_region)
    }

    /// The caller's own account in the home Region.
    pub(crate) fn home(&self) -> Site {
        self.own(&self.inner.home)
    }

    /// The caller's own account in a Region.
    pub(crate) fn own(&self, region: &Region) -> Site {
        self.site(None, region, None)
    }

    /// An account in a Region: the caller's own, or a member entered by a role.
    pub(crate) async fn site_in(&self, account: Option<&str>, region: &Region) -> Result<Site, CallError> {
        let Some(account) = account else {
            return Ok(self.own(region));
        };
        if self.caller().await?.account.as_str() == account {
            return Ok(self.own(region));
        }
        let credentials = self.member_credentials(account).await?;
        Ok(self.site(Some(account), region, Some(credentials)))
    }

    /// A member account in the Region where global services answer.
    pub(crate) async fn global_site_in(&self, account: &str) -> Result<Site, CallError> {
        self.site_in(Some(account), &self.inner.partition.global_region).await
    }

    fn site(&self, account: Option<&str>, region: &Region, credentials: Option<Credentials>) -> Site {
        let key = (account.map(str::to_owned), region.to_string());
        let mut cache = self.inner.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let mut config =
                self.inner.base.to_builder().region(aws_types::region::Region::new(region.to_string()));
            if let Some(credentials) = credentials {
                config = config.credentials_provider(SharedCredentialsProvider::new(credentials));
            }
            Arc::new(Clients::new(config.build()))
        };
        let clients = Arc::clone(cache.entry(key).or_insert_with(make));
        Site {
            connection: self.clone(),
            clients,
            account: account.map(str::to_owned),
            region: region.to_string(),
        }
    }

    /// Forgets the clients of an account whose session was renewed.
    pub(crate) fn forget(&self, account: &str) {
        let mut cache = self.inner.clients.lock().unwrap_or_else(PoisonError::into_inner);
        cache.retain(|(held, _), _| held.as_deref() != Some(account));
    }
}

/// What all clients have in common.
async fn base_config(settings: &Settings) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .read_timeout(ATTEMPT)
        .operation_attempt_timeout(ATTEMPT)
        .build();
    let time = settings.time.clone().unwrap_or_else(|| SharedTimeSource::new(SystemTimeSource::new()));
    let config = match (&settings.http_client, &settings.credentials) {
        (Some(client), Some(credentials)) => SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .http_client(client.clone())
            .credentials_provider(SharedCredentialsProvider::new(credentials.clone()))
            .sleep_impl(TokioSleep::new())
            .build(),
        _ => from_environment(settings).await,
    };
    let mut builder = config.into_builder();
    builder.set_timeout_config(Some(timeouts));
    builder.set_time_source(Some(time));
    // Sending again is this floor's business (see `call`), so the SDK never does.
    builder.set_retry_config(Some(RetryConfig::disabled()));
    builder.set_app_name(AppName::new(concat!("lzctl/", env!("CARGO_PKG_VERSION"))).ok());
    if let Some(url) = &settings.endpoint_url {
        builder.set_endpoint_url(Some(url.clone()));
    }
    builder.build()
}

/// The ordinary chain, with what the settings say put in its place.
async fn from_environment(settings: &Settings) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12());
    if let Some(region) = &settings.home_region {
        loader = loader.region(aws_types::region::Region::new(region.to_string()));
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(client) = &settings.http_client {
        loader = loader.http_client(client.clone());
    }
    if let Some(credentials) = &settings.credentials {
        loader = loader.credentials_provider(credentials.clone());
    }
    loader.load().await
}
