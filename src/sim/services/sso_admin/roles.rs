//! The IAM role that an account has for a permission set.
//!
//! In: a permission set and an account. Out: a role under `/aws-reserved/sso.amazonaws.com/`, named
//! `AWSReservedSSO_NAME_SUFFIX`, with the policies of the set, or the reason why AWS gives up
//! (<https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>). Absent: the SAML
//! provider that the role trusts, and sessions of users.

use jiff::Timestamp;
use serde_json::json;

use crate::sim::services::iam::queries::{self, WantedRole};
use crate::sim::services::organizations::AccountState;
use crate::sim::world::World;

use super::state::{Boundary, Instance, PermissionSet, Provisioned, Reference};

/// Managed policies per role, IAM's usual quota (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
const MOST_POLICIES: usize = 10;

/// Roles of a Region other than us-east-1 have the Region in their path.
fn path(region: &str) -> String {
    let region = if region == "us-east-1" { String::new() } else { format!("{region}/") };
    format!("/aws-reserved/sso.amazonaws.com/{region}")
}

/// The trust that AWS writes: the provider's name ends in `DO_NOT_DELETE`.
fn trust(account: &str, instance: &str) -> String {
    let provider = instance.rsplit('-').next().unwrap_or_default();
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Federated": format!("arn:aws:iam::{account}:saml-provider/AWSSSO_{provider}_DO_NOT_DELETE")},
            "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
            "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
        }],
    })
    .to_string()
}

fn arn_of(account: &str, reference: &Reference) -> String {
    format!("arn:aws:iam::{account}:policy{}{}", reference.path, reference.name)
}

/// An account that roles can be made in: an active one of the organization. UNSOURCED words.
fn must_be_reachable(world: &World, owner: &str, account: &str) -> Result<(), String> {
    let organization = world.organizations.of(owner);
    let member = organization.and_then(|organization| organization.account(account));
    match member.map(|member| member.state == AccountState::Active) {
        Some(true) => Ok(()),
        Some(false) => Err(format!("Received a 403 status error: the account {account} is suspended.")),
        None => Err(format!("Received a 404 status error: the account {account} was not found.")),
    }
}

/// The managed policies for the role, and its boundary; each customer managed policy must exist in the account. The
/// sentence about a missing one is what the Terraform provider's tests expect; the one about too many is IAM's.
fn policies(
    world: &World,
    set: &PermissionSet,
    account: &str,
) -> Result<(Vec<String>, Option<String>), String> {
    let own = world.iam.accounts.get(account);
    let exists = |arn: &String| own.is_some_and(|own| own.policies.contains_key(arn));
    let boundary = set.boundary.as_ref().map(|boundary| match boundary {
        Boundary::Managed(arn) => arn.clone(),
        Boundary::Customer(reference) => arn_of(account, reference),
    });
    let referenced: Vec<String> = set.customer.iter().map(|reference| arn_of(account, reference)).collect();
    let customer = |arn: &&String| !arn.starts_with("arn:aws:iam::aws:");
    if let Some(arn) = referenced.iter().chain(boundary.iter().filter(customer)).find(|arn| !exists(arn)) {
        return Err(format!("Received a 404 status error: Not supported policy {arn}."));
    }
    let all: Vec<String> = set.managed.iter().cloned().chain(referenced).collect();
    if all.len() > MOST_POLICIES {
        return Err(format!(
            "Received a 409 status error: Cannot exceed quota for PoliciesPerRole: {MOST_POLICIES}"
        ));
    }
    Ok((all, boundary))
}

/// Gives an account the present revision of a permission set.
pub(super) fn provision(
    world: &mut World,
    instance: &str,
    set: &str,
    account: &str,
    now: Timestamp,
) -> Result<(), String> {
    let known = world.sso_admin.instances.get(instance).ok_or("The instance is gone.")?;
    let path = path(&known.region);
    let set = known.sets.get(set).ok_or("Received a 404 status error: the permission set was not found.")?;
    must_be_reachable(world, &known.owner, account)?;
    let (managed, boundary) = policies(world, set, account)?;
    // Copied one by one: the accounts that have the set already may be thousands.
    let (arn, name, revision) = (set.arn.clone(), set.name.clone(), set.revision);
    let (description, inline) = (set.description.clone(), set.inline.clone());
    let span: Option<jiff::SignedDuration> = set.session_duration.parse().ok();
    let role = match set.provisioned.get(account) {
        Some(provisioned) => provisioned.role.clone(),
        None => format!("AWSReservedSSO_{name}_{}", world.ids.hex(16)),
    };
    let managed: Vec<&str> = managed.iter().map(String::as_str).collect();
    let inline: Vec<(&str, &str)> = inline.iter().map(|text| ("AwsSSOInlinePolicy", text.as_str())).collect();
    let wanted = WantedRole {
        path: &path,
        name: &role,
        trust: &trust(account, instance),
        description: description.as_deref(),
        managed: &managed,
        inline: &inline,
    };
    queries::put_role(world, account, &wanted, now);
    if let Some(made) = world.iam.account_mut(account).roles.get_mut(&role) {
        made.boundary = boundary;
        made.description = description;
        made.max_session = span.map_or(made.max_session, |span| span.as_secs());
    }
    let provisioned = Provisioned { revision, role };
    let sets = world.sso_admin.instances.get_mut(instance).map(|known| &mut known.sets);
    if let Some(kept) = sets.and_then(|sets| sets.get_mut(&arn)) {
        kept.provisioned.insert(account.to_owned(), provisioned);
    }
    Ok(())
}

/// Takes a permission set from an account: its role goes.
pub(super) fn withdraw(world: &mut World, instance: &str, set: &str, account: &str) {
    let sets = world.sso_admin.instances.get_mut(instance).map(|known| &mut known.sets);
    let gone = sets.and_then(|sets| sets.get_mut(set)).and_then(|set| set.provisioned.remove(account));
    if let Some(gone) = gone {
        queries::remove_role(world, account, &gone.role);
    }
}

/// Removes every role of an instance that was deleted.
pub(super) fn remove_all(world: &mut World, instance: &Instance) {
    for (account, provisioned) in instance.sets.values().flat_map(|set| &set.provisioned) {
        queries::remove_role(world, account, &provisioned.role);
    }
}
