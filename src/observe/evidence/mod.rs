//! Everything that decides whether accounts can be enrolled with Control Tower, read beforehand.
//!
//! In: a connection and the accounts and units that matter. Out: [`Evidence`]: the organization, the
//! landing zone, baselines, service control policies, Account Factory, and what is inside each
//! account that is not enrolled yet. Whatever could not be read stands in its place as the error.
//! Nothing is changed. Absent: judgement (`preflight`).

mod attached;
mod factory;
mod inside;
mod tower;

use std::collections::{BTreeMap, BTreeSet};

pub use attached::{Attached, Policies};
pub use factory::Factory;
pub(in crate::observe) use inside::look as look_inside;
pub use inside::{Inside, Recording, Role, Seen};
pub use tower::{Child, Governed, Zone};

use super::error::ObserveError;
use super::estate::Estate;
use crate::cloud::inventory::accounts::Account;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::{CallError, Connection};
use crate::model::partition::Partition;

/// The baseline that makes accounts governed.
pub const TOWER_BASELINE: &str = "AWSControlTowerBaseline";
/// The one that gives them AWS Config alone.
pub const CONFIG_BASELINE: &str = "ConfigBaseline";

/// What a question came to.
pub type Asked<T> = Result<T, CallError>;

/// What was read.
#[derive(Debug)]
pub struct Evidence {
    /// The organization.
    pub estate: Estate,
    /// The partition.
    pub partition: Partition,
    /// The caller as Service Catalog knows it: the ARN of a user, or of the role behind a session.
    pub principal: String,
    /// The landing zone.
    pub zone: Option<Zone>,
    /// The baseline that governs a unit, by the unit's id.
    pub units: BTreeMap<String, Governed>,
    /// The same of accounts, by account.
    pub members: BTreeMap<String, Child>,
    /// Service control policies.
    pub policies: Asked<Policies>,
    /// Account Factory; none where there is none.
    pub factory: Asked<Option<Factory>>,
    /// What is inside accounts, by account.
    pub inside: BTreeMap<String, Inside>,
}

/// Reads what is the same for all accounts. What is inside them is added by [`Evidence::look_into`].
///
/// # Errors
/// When the organization or Control Tower cannot be read.
pub async fn gather(connection: &Connection, estate: Estate) -> Result<Evidence, ObserveError> {
    let caller = connection.caller().await.map_err(ObserveError::Caller)?;
    let (tower, policies, factory) = tokio::join!(
        tower::read(connection, &estate),
        attached::read(connection, &estate),
        factory::read(connection, &caller.arn)
    );
    let tower = tower.map_err(ObserveError::Organization)?;
    Ok(Evidence {
        partition: caller.partition.clone(),
        principal: factory::principal(&caller.arn),
        zone: tower.zone,
        units: tower.units,
        members: tower.members,
        policies,
        factory,
        inside: BTreeMap::new(),
        estate,
    })
}

impl Evidence {
    /// Whether an account has a healthy baseline of the unit it is in.
    #[must_use]
    pub fn is_enrolled(&self, account: &Account) -> bool {
        let unit = account.parent.as_ref().and_then(|parent| self.units.get(parent));
        let child = self.members.get(&account.id);
        unit.zip(child)
            .is_some_and(|(unit, child)| child.parent.as_ref() == Some(&unit.arn) && child.is_healthy())
    }

    /// Looks into the active accounts of `ids`, and into every other one of `units` that is not
    /// enrolled, several at once: registering a unit looks at all of its accounts.
    pub async fn look_into(&mut self, connection: &Connection, ids: &BTreeSet<&str>, units: &BTreeSet<&str>) {
        let regions: Vec<_> = self.zone.iter().flat_map(|zone| zone.governed.clone()).collect();
        let meant = |account: &&Account| {
            let beside = account.parent.as_deref().is_some_and(|parent| units.contains(parent));
            (ids.contains(account.id.as_str()) || beside)
                && account.state == "ACTIVE"
                && !self.estate.is_management(account)
                && !self.is_enrolled(account)
        };
        let management = self.estate.organization.management_account.to_string();
        let questions = self.estate.accounts.iter().filter(meant).map(|account| {
            let (connection, account) = (connection.clone(), account.id.clone());
            let (regions, management) = (regions.clone(), management.clone());
            async move {
                let found = inside::look(&connection, &account, &management, &regions).await;
                (account, found)
            }
        });
        let found = fan_out(questions.collect()).await;
        self.inside.extend(found);
    }
}
