//! AssociateBackupVaultMpaApprovalTeam, DisassociateBackupVaultMpaApprovalTeam.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/multipartyapproval.html>: the management account has
//! switched multi-party approval on; the vault is a logically air-gapped one; the team is its account's own or shared with
//! it. A team that a vault has decides about the next change, which waits for the team and so changes nothing here: the
//! teams themselves are not simulated, nobody would approve. UNSOURCED words.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::ram;
use crate::sim::world::World;

use super::gate;
use super::global_settings::APPROVAL;
use super::refusal::{invalid_request, invalid_value};
use super::state::{Vault, VaultKind};

fn check<'w>(world: &'w World, request: &Request) -> Result<&'w Vault, AwsError> {
    let vault = gate::vault(world, request)?;
    if vault.kind != VaultKind::AirGapped {
        return Err(invalid_request(
            "An approval team can be associated with a logically air-gapped backup vault only.",
        ));
    }
    let organization = world.organizations.of(&request.caller.account);
    if !organization.is_some_and(|organization| world.backup.switched_on(&organization.id, APPROVAL)) {
        return Err(invalid_request("Multi-party approval is not enabled for the organization."));
    }
    Ok(vault)
}

pub(super) fn associate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let held = check(world, request)?.team.clone();
    let arn = request.required("MpaApprovalTeamArn");
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, "mpa", _, owner, team] = parts.as_slice() else {
        return Err(invalid_value(format!("{arn} is not the ARN of an approval team.")));
    };
    let account = &request.caller.account;
    let reached = owner == account || ram::shared_with(world, arn, account, request.now);
    if !team.starts_with("approval-team/") || !reached {
        return Err(invalid_value(format!("The approval team {arn} is not available in this account.")));
    }
    if held.is_none() {
        gate::vault_mut(world, request)?.team = Some((arn.to_owned(), request.now));
    }
    Ok(json!({}))
}

/// The team has to approve, and none does here.
pub(super) fn disassociate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    match check(world, request)?.team {
        Some(_) => Ok(json!({})),
        None => Err(invalid_request("The backup vault has no approval team.")),
    }
}
