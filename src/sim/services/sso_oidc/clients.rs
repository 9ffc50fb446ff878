//! RegisterClient, and whether a caller is the client that it says it is.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_RegisterClient.html>: public clients only.
//! A registration is good for 90 days, as clients see in `clientSecretExpiresAt`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::clock::later;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal;
use super::state::Client;

const LIFETIME: Duration = Duration::from_secs(90 * 86_400);
/// Without it a session cannot be renewed
/// (<https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html>).
pub(super) const ACCOUNT_ACCESS: &str = "sso:account:access";
/// The grants that CreateToken knows.
pub(super) const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
pub(super) const REFRESH: &str = "refresh_token";
pub(super) const CODE: &str = "authorization_code";

/// Scopes of AWS's own applications; others belong to applications that are not simulated. UNSOURCED: the whole list.
fn is_known(scope: &str) -> bool {
    scope == ACCOUNT_ACCESS || scope.starts_with("codewhisperer:")
}

fn texts(request: &Request, member: &str) -> Vec<String> {
    request.list(member).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(super) fn register(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    if request.required("clientType") != "public" {
        return Err(refusal::invalid_metadata());
    }
    let scopes = texts(request, "scopes");
    if !scopes.iter().all(|scope| is_known(scope)) {
        return Err(refusal::invalid_scope());
    }
    let grants = texts(request, "grantTypes");
    if !grants.iter().all(|grant| [DEVICE, REFRESH, CODE].contains(&grant.as_str())) {
        return Err(refusal::unsupported_grant());
    }
    let expires = later(request.now, LIFETIME);
    let (id, secret) = (world.ids.alphanumeric(22), world.ids.alphanumeric(64));
    world.sso_oidc.clients.insert(id.clone(), Client { secret: secret.clone(), scopes, expires });
    Ok(json!({
        "clientId": id,
        "clientSecret": secret,
        "clientIdIssuedAt": request.now.as_second(),
        "clientSecretExpiresAt": expires.as_second(),
    }))
}

/// The client of the request, if the secret is its own and its registration is good.
pub(super) fn known<'w>(world: &'w World, request: &Request) -> Result<&'w Client, AwsError> {
    let client = world.sso_oidc.clients.get(request.required("clientId"));
    let client = client.filter(|client| client.secret == request.required("clientSecret"));
    client.filter(|client| request.now < client.expires).ok_or_else(refusal::invalid_client)
}
