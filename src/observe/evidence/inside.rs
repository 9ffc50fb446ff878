//! What is inside one account: Control Tower's role, AWS Config, STS, leftovers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Asked;
use crate::cloud::entry::{NoWayIn, Way};
use crate::cloud::inventory::{recording, regions, roles, sts};
use crate::cloud::{CallError, Connection, Site};
use crate::model::region::Region;

/// The role that Control Tower works with, and the policy that it has.
const ROLE: &str = "AWSControlTowerExecution";
const ADMINISTRATOR: &str = "policy/AdministratorAccess";
/// How the names of Control Tower's own roles begin.
const OWN: &str = "aws-controltower-";

/// What was found out about the inside of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    /// The way that led in.
    pub way: Result<Way, NoWayIn>,
    /// AWS's word for each Region of the account.
    pub regions: Asked<BTreeMap<String, String>>,
    /// What was seen, where a way led in.
    pub seen: Option<Seen>,
}

/// What was seen inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Control Tower's role; none when it is not there.
    pub execution_role: Asked<Option<Role>>,
    /// AWS Config by governed Region.
    pub config: BTreeMap<Region, Asked<Recording>>,
    /// Whether STS gives out sessions, by governed Region.
    pub sts: BTreeMap<Region, Asked<bool>>,
    /// Roles that are called like Control Tower's own.
    pub leftover_roles: Asked<Vec<String>>,
}

/// Control Tower's role in the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Whether the management account may assume it.
    pub trusts_management: bool,
    /// Whether it may do everything.
    pub administers: bool,
}

/// AWS Config of one Region, by names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// Configuration recorders.
    pub recorders: Vec<String>,
    /// Those of them that record.
    pub running: Vec<String>,
    /// Delivery channels.
    pub channels: Vec<String>,
}

impl Inside {
    /// Every question that was refused.
    pub fn refused(&self) -> impl Iterator<Item = &CallError> {
        let seen = self.seen.as_ref();
        let own = seen.into_iter().flat_map(|seen| {
            let roles = [seen.execution_role.as_ref().err(), seen.leftover_roles.as_ref().err()];
            let config = seen.config.values().filter_map(|asked| asked.as_ref().err());
            let sts = seen.sts.values().filter_map(|asked| asked.as_ref().err());
            roles.into_iter().flatten().chain(config).chain(sts)
        });
        self.regions.as_ref().err().into_iter().chain(own)
    }
}

pub(in crate::observe) async fn look(
    connection: &Connection,
    account: &str,
    management: &str,
    governed: &[Region],
) -> Inside {
    let way = connection.way_in(account).await;
    if way.is_err() {
        // From outside only the management account is answered, and only with trust in Account Management.
        let regions = regions::of_member(connection, account).await;
        return Inside { way, regions, seen: None };
    }
    let regions = regions::of_entered(connection, account).await;
    let roles = async {
        let site = connection.global_site_in(account).await?;
        let role = execution_role(&site, account, management).await;
        Ok((role, leftover_roles(&site).await))
    };
    let (execution_role, leftover_roles) =
        roles.await.unwrap_or_else(|error: CallError| (Err(error.clone()), Err(error)));
    let (mut config, mut sts) = (BTreeMap::new(), BTreeMap::new());
    for region in governed {
        let (recording, answers) =
            tokio::join!(recording(connection, account, region), sts::answers(connection, account, region));
        config.insert(region.clone(), recording);
        sts.insert(region.clone(), answers);
    }
    Inside { way, regions, seen: Some(Seen { execution_role, config, sts, leftover_roles }) }
}

async fn execution_role(site: &Site, account: &str, management: &str) -> Asked<Option<Role>> {
    let Some(role) = roles::get(site, ROLE).await? else { return Ok(None) };
    let attached = roles::attached(site, ROLE).await?;
    tracing::debug!(account, arn = role.arn, "the role that Control Tower works with is there");
    Ok(Some(Role {
        trusts_management: trusts(&role.trust, management),
        administers: attached.iter().any(|arn| arn.ends_with(ADMINISTRATOR)),
    }))
}

/// Whether a trust policy lets identities of an account in, whatever its conditions.
fn trusts(trust: &Value, account: &str) -> bool {
    let several = |value: &Value| match value {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    let names = |value: &Value, wanted: &dyn Fn(&str) -> bool| {
        several(value).iter().filter_map(Value::as_str).any(wanted)
    };
    let root = format!(":{account}:root");
    several(&trust["Statement"]).iter().any(|statement| {
        statement["Effect"] == "Allow"
            && names(&statement["Action"], &|action| {
                action == "*"
                    || action.eq_ignore_ascii_case("sts:AssumeRole")
                    || action.eq_ignore_ascii_case("sts:*")
            })
            && names(&statement["Principal"]["AWS"], &|who| who == account || who.ends_with(&root))
    })
}

async fn leftover_roles(site: &Site) -> Asked<Vec<String>> {
    let all = roles::names(site).await?;
    Ok(all.into_iter().filter(|name| name.starts_with(OWN)).collect())
}

async fn recording(connection: &Connection, account: &str, region: &Region) -> Asked<Recording> {
    let site = connection.site_in(Some(account), region).await?;
    let (recorders, channels) = tokio::join!(recording::recorders(&site), recording::channels(&site));
    let recorders = recorders?;
    let running = recorders.iter().filter(|recorder| recorder.recording);
    Ok(Recording {
        running: running.map(|recorder| recorder.name.clone()).collect(),
        recorders: recorders.into_iter().map(|recorder| recorder.name).collect(),
        channels: channels?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_trust_policy_lets_an_account_in_by_its_id_or_its_root_and_a_service_is_no_account() {
        let trust = |principal: Value| json!({ "Statement": [{ "Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": principal }] });
        let own = "111122223333";
        assert!(trusts(&trust(json!({ "AWS": "arn:aws:iam::111122223333:root" })), own));
        assert!(trusts(&trust(json!({ "AWS": [own] })), own));
        assert!(!trusts(&trust(json!({ "AWS": "arn:aws:iam::999988887777:root" })), own));
        assert!(!trusts(&trust(json!({ "Service": "controltower.amazonaws.com" })), own));
    }
}
