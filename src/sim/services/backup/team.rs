//! AssociateBackupVaultMpaApprovalTeam, DisassociateBackupVaultMpaApprovalTeam.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/multipartyapproval.html>: the management account has
//! switched multi-party approval on; the vault is a logically air-gapped one; the team is its account's own or shared with
//! it. A team that a vault has decides about the next change, which waits for the team for a day and so changes nothing
//! here: the teams themselves are not simulated, nobody would approve. UNSOURCED words; that a second change is refused
//! while one waits; how long one waits (approvers of a new team have 24 hours, Multi-party approval User Guide).

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::ram;
use crate::sim::world::World;

use super::gate;
use super::global_settings::APPROVAL;
use super::refusal::{invalid_request, invalid_value};
use super::state::{Vault, VaultKind};

/// How long a change waits for the team.
const WINDOW: Duration = Duration::from_secs(24 * 3600);

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
    match held {
        None => gate::vault_mut(world, request)?.team = Some((arn.to_owned(), request.now)),
        Some((held, _)) if held == arn => {}
        Some(_) => ask(world, request)?,
    }
    Ok(json!({}))
}

/// The team that a vault has is asked, and nobody answers here.
fn ask(world: &mut World, request: &Request) -> Result<(), AwsError> {
    let vault = gate::vault_mut(world, request)?;
    if vault.team_asked.is_some_and(|since| request.now < later(since, WINDOW)) {
        return Err(invalid_request("A change of the approval team is waiting for approval."));
    }
    vault.team_asked = Some(request.now);
    Ok(())
}

/// What a vault's description says about the last change of its team.
pub(super) fn latest(vault: &Vault, appointed: Timestamp, now: Timestamp) -> Value {
    let Some(since) = vault.team_asked else {
        return json!({ "Status": "APPROVED", "InitiationDate": epoch(appointed) });
    };
    let until = later(since, WINDOW);
    let status = if now < until { "PENDING" } else { "FAILED" };
    json!({ "Status": status, "InitiationDate": epoch(since), "ExpiryDate": epoch(until) })
}

/// The team has to approve, and none does here.
pub(super) fn disassociate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    match check(world, request)?.team {
        Some(_) => ask(world, request).map(|()| json!({})),
        None => Err(invalid_request("The backup vault has no approval team.")),
    }
}
