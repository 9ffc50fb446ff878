//! ListAccounts, ListAccountRoles, GetRoleCredentials, Logout.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_Operations.html>. An account or role that
//! the person does not have is refused with `ForbiddenException`, which no operation declares; that code and its words are
//! what public reports quote. Absent: requests from another Region than the instance's, which only a host can tell.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::paging::Paging;
use crate::sim::request::Request;
use crate::sim::services::organizations::AccountState;
use crate::sim::services::sso_oidc::Token;
use crate::sim::services::sts;
use crate::sim::world::World;

use super::access::{assignments, instance, token};

/// Pages of 100, the greatest value in the model. UNSOURCED: the usual size.
const PAGING: Paging = Paging {
    size: "maxResults",
    token: "nextToken",
    usual: 100,
    stale: || AwsError::new("InvalidRequestException", "The nextToken is not valid."),
};

fn forbidden() -> AwsError {
    AwsError::new("ForbiddenException", "No access").status(403)
}

pub(super) fn accounts(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let token = token(world, request)?;
    let owner = instance(world, token).map(|instance| instance.owner.as_str()).unwrap_or_default();
    let organization = world.organizations.of(owner);
    let mut ids: Vec<&str> = assignments(world, token).into_iter().map(|(account, _)| account).collect();
    ids.dedup();
    let known = ids.into_iter().filter_map(|id| Some((id, organization?.account(id)?))).collect();
    PAGING.page(request, "accountList", known, |(id, account)| {
        json!({ "accountId": id, "accountName": account.name, "emailAddress": account.email })
    })
}

pub(super) fn roles(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let token = token(world, request)?;
    let account = request.required("accountId");
    let sets = instance(world, token).map(|instance| &instance.sets);
    let held = assignments(world, token).into_iter().filter(|(of, _)| *of == account);
    let mut names: Vec<&str> =
        held.filter_map(|(_, set)| sets?.get(set)).map(|set| set.name.as_str()).collect();
    if names.is_empty() {
        return Err(forbidden());
    }
    names.sort_unstable();
    PAGING.page(request, "roleList", names, |name| json!({ "roleName": name, "accountId": account }))
}

/// The role that the person has in an account by a permission set, its session's name and length in seconds.
fn role(world: &World, request: &Request) -> Result<(String, String, i64), AwsError> {
    let token = token(world, request)?;
    let (account, name) = (request.required("accountId"), request.required("roleName"));
    let instance = instance(world, token).ok_or_else(forbidden)?;
    let set = instance.set_named(name).ok_or_else(forbidden)?;
    let organization = world.organizations.of(&instance.owner);
    let open = organization.and_then(|organization| organization.account(account));
    let open = open.is_some_and(|account| account.state == AccountState::Active);
    if !open || !assignments(world, token).contains(&(account, set.arn.as_str())) {
        return Err(forbidden());
    }
    let role = &set.provisioned.get(account).ok_or_else(forbidden)?.role;
    let user =
        world.identity_store.stores.get(&instance.store).and_then(|store| store.users.get(&token.user));
    let user = user.and_then(|user| user.attributes.get("UserName")).and_then(Value::as_str);
    let span: Option<SignedDuration> = set.session_duration.parse().ok();
    let seconds = span.map_or(3600, |span| span.as_secs());
    Ok((role.clone(), user.ok_or_else(forbidden)?.to_owned(), seconds))
}

pub(super) fn credentials(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (name, user, seconds) = role(world, request)?;
    let account = request.required("accountId");
    let given = sts::session_of(world, account, &name, &user, seconds, request.now).ok_or_else(forbidden)?;
    Ok(json!({ "roleCredentials": {
        "accessKeyId": given["AccessKeyId"],
        "secretAccessKey": given["SecretAccessKey"],
        "sessionToken": given["SessionToken"],
        // In milliseconds since 1970.
        "expiration": request.now.as_millisecond() + seconds * 1000,
    }}))
}

pub(super) fn logout(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let token = token(world, request)?.clone();
    world.sso_oidc.tokens.remove(request.required("accessToken"));
    let same = |other: &Token| other.user == token.user && other.session_ends == token.session_ends;
    world.sso_oidc.refreshes.retain(|_, refresh| !same(&refresh.token));
    Ok(json!({}))
}
