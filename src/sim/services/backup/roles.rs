//! What AWS Backup does with a role of an account.
//!
//! In: a role's ARN. Out: whether it can be assumed, and whether its policies and the organization's let it do something.
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html>; the words as
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-dashboards.html> lists them. Absent: the rights on what is
//! backed up, which is not simulated.

use jiff::Timestamp;
use serde_json::json;

use crate::sim::authorization;
use crate::sim::request::{Caller, Request};
use crate::sim::services::iam::evaluate::Verdict;
use crate::sim::services::iam::{Role, queries};
use crate::sim::world::World;

use super::PRINCIPAL;
use super::records::Spot;

fn role<'w>(world: &'w World, account: &str, arn: &str) -> Option<&'w Role> {
    let name = arn.rsplit('/').next().unwrap_or_default();
    queries::role(world, account, name).filter(|role| role.arn == arn)
}

/// Why AWS Backup cannot work with a role of an account, if it cannot.
pub(super) fn unusable(world: &World, account: &str, arn: &str) -> Result<(), String> {
    let usable = role(world, account, arn).is_some_and(|role| queries::trusts_service(role, PRINCIPAL));
    if usable { Ok(()) } else { Err(format!("IAM Role {arn} cannot be assumed by AWS Backup")) }
}

/// A request as AWS Backup sends it with a role.
pub(super) struct Acting(Request);

impl Acting {
    /// `None` if there is no such role.
    pub(super) fn with(world: &World, spot: &Spot, arn: &str, action: &str, now: Timestamp) -> Option<Self> {
        let role = role(world, &spot.account, arn)?;
        let caller = Caller {
            account: spot.account.clone(),
            arn: format!("arn:aws:sts::{}:assumed-role/{}/AWSBackup", spot.account, role.name),
            user_id: format!("{}:AWSBackup", role.id),
            access_key: String::new(),
        };
        Some(Self(Request {
            service: "backup",
            operation: action.to_owned(),
            input: json!({}),
            caller,
            region: spot.region.clone(),
            now,
        }))
    }

    /// Whether the policies of the role and of the organization allow it on a resource.
    pub(super) fn may(&self, world: &World, resource: &str) -> bool {
        authorization::allows(world, &self.0, &self.action(), resource)
    }

    /// What the policy of a resource says of it.
    pub(super) fn told(&self, world: &World, resource: &str, policy: &str) -> Verdict {
        authorization::resource_policy(world, &self.0, &self.action(), resource, policy)
    }

    fn action(&self) -> String {
        format!("backup:{}", self.0.operation)
    }
}
