//! CreateToken: by a device code that a person has confirmed, or by a refresh token.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html> and RFC 8628. A session
//! lasts eight hours (<https://docs.aws.amazon.com/singlesignon/latest/userguide/configure-user-session.html>). A client
//! that registered for account access gets tokens of an hour that can be renewed while the session lasts; any other gets
//! one for the session. UNSOURCED: the hour.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::later;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::clients::{self, ACCOUNT_ACCESS, CODE, DEVICE, REFRESH};
use super::devices::INTERVAL;
use super::refusal;
use super::state::{Refresh, Token};

const SESSION: Duration = Duration::from_secs(8 * 3600);
const RENEWABLE: Duration = Duration::from_secs(3600);

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let client = clients::known(world, request)?;
    let renewable = client.scopes.iter().any(|scope| scope == ACCOUNT_ACCESS);
    match request.required("grantType") {
        DEVICE => by_device(world, request, renewable),
        REFRESH => by_refresh(world, request),
        // No code can have been given out: that needs a browser.
        CODE => Err(refusal::invalid_grant("Invalid authorization code")),
        _ => Err(refusal::unsupported_grant()),
    }
}

fn by_device(world: &mut World, request: &Request, renewable: bool) -> Result<Value, AwsError> {
    let client = request.required("clientId");
    let code = request.text("deviceCode").ok_or_else(|| refusal::invalid_request("Missing device code"))?;
    let device = world.sso_oidc.devices.get_mut(code);
    let device = device.filter(|device| device.client == client && !device.used);
    let device = device.ok_or_else(|| refusal::invalid_grant("Invalid device code"))?;
    if request.now >= device.expires {
        return Err(refusal::expired());
    }
    // The one thing that a refused question leaves behind: when it was asked.
    let polled = device.polled.replace(request.now);
    if polled.is_some_and(|polled| later(polled, INTERVAL) > request.now) {
        return Err(refusal::slow_down());
    }
    let answer = device.answer.as_ref().filter(|answer| answer.at <= request.now);
    let user = answer.ok_or_else(refusal::pending)?.user.clone().ok_or_else(refusal::declined)?;
    device.used = true;
    let session_ends = later(request.now, SESSION);
    let token = Token { instance: device.instance.clone(), user, expires: request.now, session_ends };
    Ok(give(world, client, token, renewable, request.now))
}

fn by_refresh(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let client = request.required("clientId");
    let text =
        request.text("refreshToken").ok_or_else(|| refusal::invalid_request("Missing refresh token"))?;
    let refresh = world.sso_oidc.refreshes.get(text).filter(|refresh| refresh.client == client);
    let refresh = refresh.filter(|refresh| request.now < refresh.token.session_ends);
    let token = refresh.ok_or_else(|| refusal::invalid_grant("Invalid refresh token"))?.token.clone();
    world.sso_oidc.refreshes.remove(text);
    Ok(give(world, client, token, true, request.now))
}

/// Gives out an access token for the rest of the session, or for an hour with a refresh token beside it.
fn give(world: &mut World, client: &str, token: Token, renewable: bool, now: Timestamp) -> Value {
    let ends = token.session_ends;
    let expires = if renewable { later(now, RENEWABLE).min(ends) } else { ends };
    let token = Token { expires, ..token };
    let access = format!("aoa{}", world.ids.alphanumeric(120));
    world.sso_oidc.tokens.retain(|_, token| now < token.expires);
    let mut answer = json!({
        "accessToken": access,
        "tokenType": "Bearer",
        "expiresIn": expires.duration_since(now).as_secs(),
    });
    if renewable {
        let refresh = format!("aor{}", world.ids.alphanumeric(120));
        answer["refreshToken"] = json!(refresh);
        let kept = Refresh { client: client.to_owned(), token: token.clone() };
        world.sso_oidc.refreshes.insert(refresh, kept);
    }
    world.sso_oidc.tokens.insert(access, token);
    answer
}
