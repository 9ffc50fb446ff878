//! What an administrator sets for its organization, and what comes of it: at once, for who joins, and for all in a day.
//!
//! In: DescribeOrganizationConfiguration and UpdateOrganizationConfiguration; accounts that join; time. Out: settings, and
//! members with their detectors. The model says that ALL may take up to 24 hours, which is what it takes here. Absent:
//! statistics.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::later;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::organizations::AccountState;
use crate::sim::world::World;

use super::refusal::because;
use super::state::{Auto, Settings};
use super::{administrator, detectors, features, members, policy};

const SPREADING: Duration = Duration::from_secs(24 * 3600);

/// The caller administers its organization. UNSOURCED words.
fn must_administer(world: &World, request: &Request) -> Result<(), AwsError> {
    if members::administers(world, request) {
        return Ok(());
    }
    Err(because("the current account is not the delegated administrator of the organization"))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    detectors::named(world, request)?;
    must_administer(world, request)?;
    let place = world.guardduty.place(&request.caller.account, &request.region);
    let settings = place.map(|place| place.settings.clone()).unwrap_or_default();
    Ok(json!({
        "AutoEnable": settings.members.joins(),
        "AutoEnableOrganizationMembers": settings.members.text(),
        "MemberAccountLimitReached": false,
        "DataSources": features::old_settings_view(&settings.features),
        "Features": features::settings_view(&settings.features),
    }))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    detectors::named(world, request)?;
    must_administer(world, request)?;
    // "Either, but not both", says the model. UNSOURCED words.
    let members = match (request.text("AutoEnableOrganizationMembers"), request.boolean("AutoEnable")) {
        (Some(text), None) => Auto::of(text),
        (None, Some(true)) => Auto::New,
        (None, Some(false)) => Auto::None,
        _ => {
            return Err(because(
                "exactly one of autoEnableOrganizationMembers and autoEnable must be specified",
            ));
        }
    };
    let given = features::given(request, "AutoEnable")?;
    let place = world.guardduty.place_mut(&request.caller.account, &request.region);
    let settings = &mut place.settings;
    settings.members = members;
    for (name, on) in features::given_by_old_names(request, "AutoEnable") {
        settings.features.entry(name.to_owned()).or_default().auto = if on { Auto::New } else { Auto::None };
    }
    for given in given {
        let feature = settings.features.entry(given.name.to_owned()).or_default();
        feature.auto = given.status.map_or(feature.auto, Auto::of);
        for (name, auto) in given.additional {
            feature.additional.insert(name.to_owned(), Auto::of(auto));
        }
    }
    settings.spreads = spreads(settings).then(|| later(request.now, SPREADING));
    Ok(json!({}))
}

fn spreads(settings: &Settings) -> bool {
    settings.members == Auto::All || settings.features.values().any(|feature| feature.auto == Auto::All)
}

/// An account has joined an organization: in each Region whose administrator wants it, it becomes a member.
pub(crate) fn account_joined(world: &mut World, account: &str, now: Timestamp) {
    for region in world.guardduty.regions.regions() {
        let Some(holder) = administrator::holder(world, account, &region) else { continue };
        let place = world.guardduty.place(&holder, &region);
        let wanted = place.is_some_and(|place| place.settings.members.joins());
        if wanted && !policy::is_on(world, &holder) {
            // Who cannot be a member (yet) stays outside, as at AWS; nobody asked, so nobody is told.
            let _ = members::enrol(world, &holder, account, &region, now);
        }
    }
}

/// When the next settings have reached everybody.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    world.guardduty.regions.iter().filter_map(|(.., place)| place.settings.spreads).min()
}

/// Lets settings reach everybody that are due.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    let mut due = Vec::new();
    for (region, holder, place) in world.guardduty.regions.iter_mut() {
        if place.settings.spreads.is_some_and(|at| at <= now) {
            place.settings.spreads = None;
            due.push((region.to_owned(), holder.to_owned()));
        }
    }
    for (region, holder) in due {
        spread(world, &holder, &region, now);
    }
}

fn spread(world: &mut World, holder: &str, region: &str, now: Timestamp) {
    let still = administrator::holder(world, holder, region).as_deref() == Some(holder);
    let Some(organization) = world.organizations.of(holder).filter(|_| still) else { return };
    let active = organization.accounts.iter().filter(|(_, member)| member.state == AccountState::Active);
    let accounts: Vec<String> = active.map(|(id, _)| id.clone()).filter(|id| id != holder).collect();
    let place = world.guardduty.place(holder, region);
    let everybody = place.is_some_and(|place| place.settings.members == Auto::All);
    for account in accounts {
        let member = members::administrator(world, &account, region).is_some();
        if everybody && !member && !policy::is_on(world, holder) {
            let _ = members::enrol(world, holder, &account, region, now);
        } else if member {
            members::give(world, holder, &account, region, |auto| auto == Auto::All, now);
        }
    }
}
