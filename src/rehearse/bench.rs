//! A simulated AWS and a connection to it, without a socket.

use super::clock::Calendar;
use aws_credential_types::Credentials;
use aws_smithy_async::time::SharedTimeSource;

use crate::cloud::Connection;
use crate::cloud::connection::{ConnectionError, Settings};
use crate::cloud::sign_in::SignIn;
use crate::graph::ResourceGraph;
use crate::model::Kind;
use crate::model::ids::AccountId;
use crate::model::region::Region;
use crate::sim::{self, Simulator, World};

/// The secret of the connection and its session token: words that may turn up nowhere.
pub(super) const SECRET: &str = "canary+of+the+secret+access+key";
pub(super) const TOKEN: &str = "canary+of+the+session+token";

/// The quota on accounts that AWS gives a new organization (Organizations User
/// Guide, "Quotas and service limits").
const DEFAULT_ACCOUNTS: u32 = 10;

/// A simulated AWS with a connection to it. Made inside a runtime.
#[derive(Debug, Clone)]
pub struct Bench {
    /// The other end of the wire.
    pub simulator: Simulator,
    /// This end.
    pub connection: Connection,
}

/// What a bench is made for.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The home Region.
    pub home_region: Region,
    /// The management account of an empty world, when it matters.
    pub management_account: Option<AccountId>,
    /// The role that the document names for member accounts.
    pub access_role: Option<String>,
    /// A policy that the calling identity is held to in the simulated AWS; without
    /// one it may do everything.
    pub caller_policy: Option<serde_json::Value>,
    /// The most items that a page of a listing holds; none is as many as AWS gives.
    pub page_size: Option<u32>,
    /// How many accounts an empty world must have room for, the management
    /// account among them.
    pub accounts: u32,
    /// A person's sign-in to Identity Center.
    pub sign_in: Option<SignIn>,
}

impl Setting {
    /// What the resources of a graph ask for.
    #[must_use]
    pub fn of(graph: &ResourceGraph, home_region: &Region) -> Self {
        let members = graph.resources.keys().filter(|address| address.kind == Kind::Account).count();
        Self {
            home_region: home_region.clone(),
            management_account: None,
            access_role: None,
            caller_policy: None,
            page_size: None,
            accounts: u32::try_from(members).unwrap_or(u32::MAX).saturating_add(1),
            sign_in: None,
        }
    }

    /// A sentence for the operator when an empty world gets a higher quota than
    /// AWS gives a new organization.
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        (self.accounts > DEFAULT_ACCOUNTS).then(|| {
            format!(
                "the simulated organization takes {} accounts; AWS's default is {DEFAULT_ACCOUNTS}, so ask \
                 for a higher quota (Service Quotas, AWS Organizations, us-east-1) before applying",
                self.accounts
            )
        })
    }

    fn simulator(&self) -> sim::Settings {
        let ordinary = sim::Settings::default();
        let account = self.management_account.as_ref().map_or(ordinary.account, ToString::to_string);
        sim::Settings {
            account,
            region: self.home_region.to_string(),
            caller_policy: self.caller_policy.clone(),
            account_quota: self.accounts.max(DEFAULT_ACCOUNTS),
            page_size: self.page_size,
            ..sim::Settings::default()
        }
    }
}

impl Bench {
    /// Sets it up, with an empty world unless one is given.
    ///
    /// # Errors
    /// When the Region is not usable.
    pub async fn open(setting: &Setting, world: Option<World>) -> Result<Self, ConnectionError> {
        let simulator = match world {
            Some(world) => {
                let account = world.account.clone();
                Simulator::from_world(world, sim::Settings { account, ..setting.simulator() })
            }
            None => Simulator::new(setting.simulator()),
        };
        let connection = Self::connected(setting, &simulator).await?;
        Ok(Self { simulator, connection })
    }

    /// Another connection to a simulated AWS, as a program that starts anew makes it.
    ///
    /// # Errors
    /// When the Region is not usable.
    pub async fn connected(setting: &Setting, simulator: &Simulator) -> Result<Connection, ConnectionError> {
        Connection::open(Settings {
            home_region: Some(setting.home_region.clone()),
            http_client: Some(simulator.client()),
            // Any key is the administrator's, unless signatures are verified.
            credentials: Some(Credentials::new(
                "AKIDREHEARSAL",
                SECRET,
                Some(TOKEN.to_owned()),
                None,
                "rehearsal",
            )),
            time: Some(SharedTimeSource::new(Calendar(simulator.clone()))),
            access_role: setting.access_role.clone(),
            sign_in: setting.sign_in.clone(),
            run: "rehearsal".to_owned(),
            ..Settings::default()
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(accounts: u32) -> Setting {
        Setting {
            home_region: "eu-west-1".parse().unwrap(),
            management_account: None,
            access_role: None,
            caller_policy: None,
            page_size: None,
            accounts,
            sign_in: None,
        }
    }

    #[test]
    fn only_more_accounts_than_the_default_are_remarked_on() {
        assert_eq!(setting(10).remark(), None);
        assert!(setting(11).remark().unwrap().contains("takes 11 accounts"));
    }

    #[tokio::test(start_paused = true)]
    async fn the_connection_speaks_to_the_simulated_administrator() {
        let named = Some("999988887777".parse().unwrap());
        let setting = Setting { management_account: named, ..setting(3) };
        let bench = Bench::open(&setting, None).await.unwrap();
        assert_eq!(bench.connection.caller().await.unwrap().account.as_str(), "999988887777");
        assert_eq!(bench.simulator.requests().reads, 1);
        // A saved world knows its own administrator.
        let again = Bench::open(&super::tests::setting(3), Some(bench.simulator.world())).await.unwrap();
        assert_eq!(again.connection.caller().await.unwrap().account.as_str(), "999988887777");
    }
}
