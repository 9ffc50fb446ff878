//! Whether a role lets a caller in: the role exists, its account is open, its trust policy allows every action needed.
//!
//! Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>; trust policies:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>. Absent:
//! whether the caller's own policies have `sts:AssumeRole`, which `authorization` decides before.

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::Role;
use crate::sim::services::iam::document::{Document, Kind};
use crate::sim::services::iam::evaluate::{Context, Question, Verdict, decide};
use crate::sim::services::iam::principals::is_account;
use crate::sim::services::iam::queries::principal_of;
use crate::sim::services::organizations::AccountState;
use crate::sim::world::World;

use super::assume_role::invalid;

fn denied(request: &Request, action: &str) -> AwsError {
    let (user, role) = (&request.caller.arn, request.required("RoleArn"));
    let words = format!("User: {user} is not authorized to perform: {action} on resource: {role}");
    AwsError::new("AccessDenied", words).status(403)
}

/// Account and name in a role's ARN.
pub(super) fn parts(arn: &str) -> Option<(&str, &str)> {
    let (account, path) = arn.strip_prefix("arn:aws:iam::")?.split_once(":role/")?;
    let name = path.rsplit('/').next()?;
    (is_account(account) && !name.is_empty()).then_some((account, name))
}

/// Whether sessions can begin in an account: not in one that is suspended or closed.
fn is_open(world: &World, account: &str) -> bool {
    let member = world.organizations.of(account).and_then(|organization| organization.accounts.get(account));
    member.is_none_or(|member| member.state == AccountState::Active)
}

/// The role of the request, if the caller may assume it. Whether the role is missing or does not trust the caller, the
/// answer is the same: STS tells nobody which roles exist.
pub(super) fn trusted<'w>(world: &'w World, request: &Request) -> Result<&'w Role, AwsError> {
    let arn = request.required("RoleArn");
    let (account, name) = parts(arn).ok_or_else(|| invalid(format!("{arn} is invalid")))?;
    let role = world.iam.role(account, name).filter(|role| role.arn == arn && is_open(world, account));
    let role = role.ok_or_else(|| denied(request, "sts:AssumeRole"))?;
    let principal = principal_of(world, &request.caller);
    let context = context(world, request, principal.arn());
    let document =
        Document::parse(&role.trust, Kind::Trust).map_err(|_| denied(request, "sts:AssumeRole"))?;
    for action in needed(request) {
        let question = Question { action, principal: &principal, context: &context };
        if decide(&document, &question) != Verdict::Allowed {
            return Err(denied(request, action));
        }
    }
    Ok(role)
}

/// Tags and a source identity need permissions of their own in the trust policy
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>).
fn needed(request: &Request) -> impl Iterator<Item = &'static str> {
    let tags = (!request.list("Tags").is_empty()).then_some("sts:TagSession");
    let source = request.text("SourceIdentity").map(|_| "sts:SetSourceIdentity");
    std::iter::once("sts:AssumeRole").chain(tags).chain(source)
}

/// What the simulator can vouch for in a trust policy's conditions.
fn context(world: &World, request: &Request, principal: &str) -> Context {
    let caller = &request.caller;
    let text = |member: &str| request.text(member).map(str::to_owned);
    let kind = if caller.arn.contains(":assumed-role/") { "AssumedRole" } else { "User" };
    let organization = world.organizations.of(&caller.account).map(|organization| organization.id.clone());
    let known = [
        ("sts:externalid", text("ExternalId")),
        ("sts:rolesessionname", text("RoleSessionName")),
        ("sts:sourceidentity", text("SourceIdentity")),
        ("aws:principalaccount", Some(caller.account.clone())),
        ("aws:principalarn", Some(principal.to_owned())),
        ("aws:principalorgid", organization),
        ("aws:principaltype", Some(kind.to_owned())),
        ("aws:userid", Some(caller.user_id.clone())),
        ("aws:requestedregion", Some(request.region.clone())),
        // No simulated credential carries multi-factor authentication; AWS leaves the key out then.
        ("aws:multifactorauthpresent", None),
    ];
    known.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_role_arn_has_an_account_and_a_name() {
        assert_eq!(parts("arn:aws:iam::111122223333:role/a/b/Name"), Some(("111122223333", "Name")));
        assert_eq!(parts("arn:aws:iam::1:role/Name"), None);
        assert_eq!(parts("arn:aws:iam::111122223333:user/Name"), None);
    }
}
