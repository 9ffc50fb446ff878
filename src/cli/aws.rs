//! Which AWS a command works on: the real one, or one simulated in this process
//! and kept in a file.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use tokio::runtime::{Builder, Runtime};

use super::error::CliError;
use super::printer::Printer;
use super::run_place::RunPlace;
use crate::apply::{Experience, Runs};
use crate::cloud::Connection;
use crate::cloud::connection::Settings;
use crate::cloud::objects::Reach;
use crate::cloud::sign_in::{self, Folder, SignIn};
use crate::cloud::task::Performer;
use crate::model::ids::AccountId;
use crate::model::region::Region;
use crate::observe::ObserveError;
use crate::rehearse::{self, Bench, Setting, seed};

/// Arguments of commands that call AWS.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "AWS")]
pub(super) struct AwsArgs {
    /// Work on a simulated AWS kept in this file, in virtual time
    #[arg(long, value_name = "WORLD.json", conflicts_with_all = ["profile", "endpoint_url"])]
    simulate: Option<PathBuf>,
    /// The profile of the shared configuration files
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The home Region, when the document names none
    #[arg(long, value_name = "REGION")]
    region: Option<Region>,
    /// One endpoint for every service, e.g. that of `lzctl simulator` (else AWS_ENDPOINT_URL)
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
    /// How many seconds pass at an endpoint of your own in one of ours: the --speed
    /// of `lzctl simulator`
    #[arg(long, env = "LZCTL_ENDPOINT_SPEED", value_name = "FACTOR")]
    endpoint_speed: Option<f64>,
    /// The external id that the trust policies of member roles ask for
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// The sign-in of `lzctl login` by which accounts are entered that no role lets us into:
    /// an sso-session or a start URL (else the profile's)
    #[arg(long, env = "LZCTL_SSO_SESSION", value_name = "NAME|URL")]
    sso_session: Option<String>,
}

/// What a command knows of the organization before it connects.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    /// The home Region that the document names.
    pub(super) home_region: Option<Region>,
    /// The role that the document names for member accounts.
    pub(super) access_role: Option<String>,
    /// The management account that the document insists on.
    pub(super) management_account: Option<crate::model::ids::AccountId>,
    /// How many accounts a new simulated organization must have room for.
    pub(super) accounts: u32,
}

/// An AWS to work on.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) connection: Connection,
    /// The endpoint, when it is not AWS's own.
    pub(super) endpoint: Option<String>,
    simulated: Option<(Bench, PathBuf)>,
}

impl AwsArgs {
    /// The home Region to take when the document names none.
    pub(super) const fn region(&self) -> Option<&Region> {
        self.region.as_ref()
    }

    /// Whether it is an AWS simulated in this process.
    pub(super) const fn is_simulated(&self) -> bool {
        self.simulate.is_some()
    }

    /// The profile that was named.
    pub(super) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// The sign-in that was named.
    pub(super) fn sso_session(&self) -> Option<&str> {
        self.sso_session.as_deref()
    }

    /// Where tokens are kept: where the AWS CLI keeps them, and those of a simulated AWS beside
    /// its world, since they are good in its time only.
    pub(super) fn sign_in_folder(&self) -> Result<Folder, CliError> {
        if let Some(world) = &self.simulate {
            let mut folder = world.clone().into_os_string();
            folder.push(".sso");
            return Ok(Folder(folder.into()));
        }
        let folder = sign_in::usual_folder();
        folder.map(Folder).ok_or_else(|| CliError::Usage("there is no home folder: set HOME".to_owned()))
    }

    /// The sign-in that is named on the command line, else the profile's.
    pub(super) async fn sign_in(&self) -> Result<Option<SignIn>, CliError> {
        let name = match &self.sso_session {
            Some(name) => Some(name.clone()),
            None if self.simulate.is_some() => None,
            // Files that cannot be read are told where credentials are asked of them.
            None => {
                let portal = sign_in::of_profile(self.profile.as_deref()).await.ok().flatten();
                portal.map(|portal| portal.name().to_owned())
            }
        };
        name.map(|name| Ok(SignIn { name, folder: self.sign_in_folder()? })).transpose()
    }

    /// The runtime that fits: virtual time for a simulated AWS.
    pub(super) fn runtime(&self) -> Result<Runtime, CliError> {
        let runtime = match self.simulate {
            Some(_) => rehearse::virtual_runtime(),
            None => Builder::new_multi_thread().worker_threads(2).enable_all().build(),
        };
        runtime.map_err(|source| CliError::System { what: "no event queue".to_owned(), source })
    }

    /// The runs of a place, reached with the same profile and endpoint. Over a network
    /// time passes as it does, so a world in virtual time has its runs in a folder.
    pub(super) async fn runs(&self, place: &RunPlace) -> Result<Runs, CliError> {
        if self.simulate.is_some() && place.is_shared() {
            return Err(CliError::Usage("--simulate keeps its runs in a folder, not in a bucket".to_owned()));
        }
        let reach = Reach {
            profile: self.profile.clone(),
            endpoint_url: self.endpoint_url.clone(),
            ..Reach::default()
        };
        place.runs(reach).await
    }

    /// Connects. Nothing is sent yet.
    pub(super) async fn open(&self, wanted: &Wanted, printer: &Printer) -> Result<Session, CliError> {
        let home_region = wanted.home_region.clone().or_else(|| self.region.clone());
        if let Some(path) = &self.simulate {
            return self.simulated(path.clone(), home_region, wanted, printer).await;
        }
        // Read here and not by the argument parser, to which it would be in conflict
        // with --simulate.
        let from_environment = || std::env::var("AWS_ENDPOINT_URL").ok().filter(|url| !url.is_empty());
        let endpoint = self.endpoint_url.clone().or_else(from_environment);
        let speed = self.endpoint_speed.unwrap_or(1.0);
        if !(speed.is_finite() && speed > 0.0) {
            return Err(CliError::Usage("--endpoint-speed must be a number above 0".to_owned()));
        }
        if speed != 1.0 && endpoint.is_none() {
            return Err(CliError::Usage(
                "--endpoint-speed is for an endpoint of your own, not for AWS".to_owned(),
            ));
        }
        let connection = Connection::open(Settings {
            home_region,
            speed,
            profile: self.profile.clone(),
            endpoint_url: endpoint.clone(),
            access_role: wanted.access_role.clone(),
            external_id: self.external_id.clone(),
            sign_in: self.sign_in().await?,
            run: Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string(),
            ..Settings::default()
        })
        .await?;
        Ok(Session { connection, endpoint, simulated: None })
    }

    async fn simulated(
        &self,
        path: PathBuf,
        home_region: Option<Region>,
        wanted: &Wanted,
        printer: &Printer,
    ) -> Result<Session, CliError> {
        let world = seed::load_if_there(&path)?;
        // The world knows where it was begun.
        let begun = world.as_ref().and_then(|world| world.region.parse().ok());
        let home_region = home_region.or(begun).ok_or_else(|| CliError::Nowhere(path.clone()))?;
        let setting = Setting {
            home_region,
            management_account: wanted.management_account.clone(),
            access_role: wanted.access_role.clone(),
            caller_policy: None,
            page_size: None,
            accounts: wanted.accounts,
            sign_in: self.sign_in().await?,
        };
        if world.is_none() {
            let remark = setting.remark().map(|remark| format!("; {remark}")).unwrap_or_default();
            printer.say(&format!("note: {} is a new simulated AWS{remark}", path.display()));
        }
        let bench = Bench::open(&setting, world).await?;
        let connection = bench.connection.clone();
        Ok(Session { connection, endpoint: None, simulated: Some((bench, path)) })
    }
}

impl Session {
    /// The time at the AWS worked on.
    pub(super) fn now(&self) -> Timestamp {
        self.simulated.as_ref().map_or_else(Timestamp::now, |(bench, _)| bench.simulator.now())
    }

    /// What former runs have learned about the account. A simulated AWS teaches nothing
    /// about the real one.
    pub(super) async fn experience(&self, runs: &Runs, account: &AccountId) -> Experience {
        if self.is_simulated() {
            return Experience::default();
        }
        runs.experience(account, self.now()).await
    }

    /// How many seconds pass there in one of ours.
    pub(super) fn speed(&self) -> f64 {
        Performer::speed(&self.connection)
    }

    /// The error of a look at the organization.
    pub(super) fn observing(&self, error: ObserveError) -> CliError {
        CliError::Observe { error: Box::new(error), endpoint: self.endpoint.clone() }
    }

    /// Whether it is a simulated one in this process.
    pub(super) const fn is_simulated(&self) -> bool {
        self.simulated.is_some()
    }

    /// Keeps a simulated world for the next command.
    pub(super) fn save(&self) -> Result<(), CliError> {
        if let Some((bench, path)) = &self.simulated {
            seed::save(&bench.simulator.world(), path)?;
        }
        Ok(())
    }
}
