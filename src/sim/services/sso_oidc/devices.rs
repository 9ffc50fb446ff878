//! StartDeviceAuthorization, and the person who answers it at a browser.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_StartDeviceAuthorization.html> and RFC
//! 8628. A code is good for ten minutes and is asked about once a second, as clients see in the answer. A start URL that is
//! no portal of the Region is an invalid request.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::later;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::clients;
use super::refusal;
use super::state::{Answer, Device, start_url};

/// How long a device code is good.
const LIFETIME: Duration = Duration::from_secs(600);
/// The least time between two questions of a client.
pub(super) const INTERVAL: Duration = Duration::from_secs(1);
/// Letters of a user code: none that can be taken for another.
const LETTERS: &str = "BCDFGHJKLMNPQRSTVWXZ";

/// The instance whose portal a start URL names, with its store. An address that tells no Region asks in any.
fn instance(world: &World, request: &Request) -> Option<(String, String)> {
    let asked = request.required("startUrl").trim_end_matches(['/', '#']);
    let here = |region: &str| request.region.is_empty() || request.region == region;
    let mut all = world.sso_admin.instances.values();
    let found = all.find(|instance| start_url(&instance.store) == asked && here(&instance.region))?;
    Some((found.arn.clone(), found.store.clone()))
}

/// What the person of the world will say to a device that asks now.
fn foreseen(world: &World, store: &str, now: Timestamp) -> Option<Answer> {
    let person = world.sso_oidc.person.as_ref()?;
    let user = world.identity_store.stores.get(store)?.user_named(&person.user)?;
    let at = later(now, Duration::from_secs(person.after_seconds));
    Some(Answer { at, user: (!person.declines).then(|| user.clone()) })
}

pub(super) fn start(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    clients::known(world, request)?;
    let (instance, store) =
        instance(world, request).ok_or_else(|| refusal::invalid_request("Invalid start URL"))?;
    let code = world.ids.alphanumeric(64);
    let user_code = format!("{}-{}", world.ids.of(LETTERS, 4), world.ids.of(LETTERS, 4));
    let device = Device {
        client: request.required("clientId").to_owned(),
        user_code: user_code.clone(),
        instance,
        expires: later(request.now, LIFETIME),
        polled: None,
        answer: foreseen(world, &store, request.now),
        used: false,
    };
    world.sso_oidc.devices.retain(|_, device| request.now < device.expires);
    world.sso_oidc.devices.insert(code.clone(), device);
    let page = format!("{}/#/device", start_url(&store));
    Ok(json!({
        "deviceCode": code,
        "userCode": user_code,
        "verificationUri": page,
        "verificationUriComplete": format!("{page}?user_code={user_code}"),
        "expiresIn": LIFETIME.as_secs(),
        "interval": INTERVAL.as_secs(),
    }))
}

/// What a person does at the verification page: types the code, signs in as a user of the store, says yes (`user`) or
/// no. False: there is no such code, or no such user.
pub fn answer(world: &mut World, user_code: &str, user: Option<&str>) -> bool {
    let now = world.time;
    let mut devices = world.sso_oidc.devices.iter().filter(|(_, device)| device.expires > now);
    let found = devices.find(|(_, device)| device.user_code == user_code);
    let Some((code, instance)) = found.map(|(code, device)| (code.clone(), device.instance.clone())) else {
        return false;
    };
    let store = world.sso_admin.instances.get(&instance).map(|instance| instance.store.clone());
    let store = store.and_then(|store| world.identity_store.stores.get(&store));
    let id = user.map(|name| store.and_then(|store| store.user_named(name)).cloned());
    if id == Some(None) {
        return false;
    }
    if let Some(device) = world.sso_oidc.devices.get_mut(&code) {
        device.answer = Some(Answer { at: now, user: id.flatten() });
    }
    true
}
