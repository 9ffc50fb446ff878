//! Finding the key a request means: by id, ARN, alias name or alias ARN; and the refusals on the way.
//!
//! Forms of a key identifier: <https://docs.aws.amazon.com/kms/latest/developerguide/concepts-key-id.html>. Key states:
//! <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>.

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::document::{Document, Kind};
use crate::sim::services::iam::evaluate::{Context, Question, Verdict, decide};
use crate::sim::services::iam::queries::principal_of;
use crate::sim::world::World;

use super::state::Key;

/// Where a key lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) id: String,
}

pub(super) fn not_found(words: String) -> AwsError {
    AwsError::new("NotFoundException", words)
}

/// The key that `KeyId` names. `aliases`: whether the operation takes an alias too; `foreign`: whether it can be used on
/// a key of another account whose policy allows it.
pub(super) fn place(
    world: &World,
    request: &Request,
    aliases: bool,
    foreign: bool,
) -> Result<Place, AwsError> {
    let text = request.required("KeyId");
    let here = |id: &str| Place {
        account: request.caller.account.clone(),
        region: request.region.clone(),
        id: id.to_owned(),
    };
    if let Some(rest) = text.strip_prefix("arn:") {
        let place = of_arn(world, request, text, rest, aliases)?;
        if place.account != request.caller.account {
            allowed_from_outside(world, request, &place, text, foreign)?;
        }
        return exists(world, place);
    }
    if text.starts_with("alias/") {
        if !aliases {
            return Err(not_found(format!("Invalid keyId '{text}'")));
        }
        return of_alias(world, &request.caller.account, &request.region, text)
            .and_then(|place| exists(world, place));
    }
    if !is_key_id(text) {
        return Err(not_found(format!("Invalid keyId '{text}'")));
    }
    exists(world, here(text))
}

fn is_key_id(text: &str) -> bool {
    let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match text.strip_prefix("mrk-") {
        Some(rest) => rest.len() == 32 && hexadecimal(rest),
        None => uuid::Uuid::try_parse(text).is_ok(),
    }
}

fn exists(world: &World, place: Place) -> Result<Place, AwsError> {
    if world
        .kms
        .key(&place.account, &place.region, &place.id)
        .is_none()
    {
        let arn = format!(
            "arn:aws:kms:{}:{}:key/{}",
            place.region, place.account, place.id
        );
        return Err(not_found(format!("Key '{arn}' does not exist")));
    }
    Ok(place)
}

fn of_arn(
    world: &World,
    request: &Request,
    text: &str,
    rest: &str,
    aliases: bool,
) -> Result<Place, AwsError> {
    let parts: Vec<&str> = rest.splitn(5, ':').collect();
    let ["aws", "kms", region, account, resource] = parts.as_slice() else {
        return Err(AwsError::new(
            "InvalidArnException",
            format!("{text} is not a valid ARN"),
        ));
    };
    // A Region answers only for its own keys.
    if *region != request.region {
        return Err(not_found(format!("Invalid arn {region}")));
    }
    if let Some(id) = resource.strip_prefix("key/") {
        return Ok(Place {
            account: (*account).to_owned(),
            region: (*region).to_owned(),
            id: id.to_owned(),
        });
    }
    if aliases && resource.starts_with("alias/") {
        return of_alias(world, account, region, resource);
    }
    Err(AwsError::new(
        "InvalidArnException",
        format!("{text} is not a valid ARN"),
    ))
}

pub(super) fn alias_arn(account: &str, region: &str, name: &str) -> String {
    format!("arn:aws:kms:{region}:{account}:{name}")
}

fn of_alias(world: &World, account: &str, region: &str, name: &str) -> Result<Place, AwsError> {
    let regions = world.kms.accounts.get(account);
    let alias = regions.and_then(|regions| regions.get(region)?.aliases.get(name));
    let alias = alias.ok_or_else(|| {
        not_found(format!(
            "Alias {} is not found.",
            alias_arn(account, region, name)
        ))
    })?;
    Ok(Place {
        account: account.to_owned(),
        region: region.to_owned(),
        id: alias.target.clone(),
    })
}

/// A caller of another account needs the key policy's word, and an operation that works across accounts.
fn allowed_from_outside(
    world: &World,
    request: &Request,
    place: &Place,
    arn: &str,
    foreign: bool,
) -> Result<(), AwsError> {
    let action = format!("kms:{}", request.operation);
    let key = world.kms.key(&place.account, &place.region, &place.id);
    let allowed = key.filter(|_| foreign).is_some_and(|key| {
        let principal = principal_of(world, &request.caller);
        policy_allows(
            key,
            &Question {
                action: &action,
                principal: &principal,
                context: &Context::new(),
            },
        )
    });
    if allowed {
        return Ok(());
    }
    let words = format!(
        "User: {} is not authorized to perform: {action} on resource: {arn} because no resource-based policy allows the {action} action",
        request.caller.arn
    );
    Err(AwsError::new("AccessDeniedException", words))
}

/// What a key's own policy says.
pub(super) fn policy_allows(key: &Key, question: &Question<'_>) -> bool {
    Document::parse(&key.policy, Kind::Key)
        .is_ok_and(|document| decide(&document, question) == Verdict::Allowed)
}

/// Refuses a key in a state that the operation cannot work in.
pub(super) fn usable(key: &Key, disabled_too: bool) -> Result<(), AwsError> {
    let state = |words: String| Err(AwsError::new("KMSInvalidStateException", words));
    match key.state.as_str() {
        "PendingDeletion" => state(format!("{} is pending deletion.", key.arn)),
        "PendingReplicaDeletion" => state(format!("{} is pending replica deletion.", key.arn)),
        "Creating" => state(format!("{} is creating.", key.arn)),
        "Updating" => state(format!("{} is updating.", key.arn)),
        "Disabled" if disabled_too => Err(AwsError::new(
            "DisabledException",
            format!("{} is disabled.", key.arn),
        )),
        _ => Ok(()),
    }
}

/// The key at a place that `place` found.
pub(super) fn key<'w>(world: &'w World, place: &Place) -> Result<&'w Key, AwsError> {
    let key = world.kms.key(&place.account, &place.region, &place.id);
    key.ok_or_else(|| not_found(format!("Key '{}' does not exist", place.id)))
}

/// The same, to change it.
pub(super) fn key_mut<'w>(world: &'w mut World, place: &Place) -> Result<&'w mut Key, AwsError> {
    let region = world.kms.region_mut(&place.account, &place.region);
    region
        .keys
        .get_mut(&place.id)
        .ok_or_else(|| not_found(format!("Key '{}' does not exist", place.id)))
}
