//! Regions and the accounts' opt-in to them.
//!
//! In: `regions.toml`, and what accounts switched. Out: the opt status of a Region for an account, and the operations
//! ListRegions, GetRegionOptStatus, EnableRegion and DisableRegion.
//! Source: <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html>.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::standing::target;
use super::validation;

#[derive(Debug, Default, Deserialize)]
struct Table {
    enable_minutes: u64,
    disable_minutes: u64,
    default: Vec<String>,
    opt_in: Vec<String>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    // A test proves that the file parses.
    TABLE.get_or_init(|| toml::from_str(include_str!("regions.toml")).unwrap_or_default())
}

/// Every Region.
pub fn names() -> impl Iterator<Item = &'static str> {
    table().default.iter().chain(&table().opt_in).map(String::as_str)
}

/// What an account made of an opt-in Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Opt {
    /// On its way in, until then.
    Enabling(Timestamp),
    /// Usable.
    Enabled,
    /// On its way out, until then.
    Disabling(Timestamp),
}

/// Regions an account switched; the others are as `regions.toml` says.
pub(crate) type Opted = BTreeMap<String, Opt>;

/// The model's `RegionOptStatus`, `None` for a Region AWS does not have.
#[must_use]
pub fn status(world: &World, account: &str, region: &str) -> Option<&'static str> {
    if table().default.iter().any(|name| name == region) {
        return Some("ENABLED_BY_DEFAULT");
    }
    if !table().opt_in.iter().any(|name| name == region) {
        return None;
    }
    let opted = world.account_management.regions.get(account).and_then(|regions| regions.get(region));
    Some(match opted {
        None => "DISABLED",
        Some(Opt::Enabling(_)) => "ENABLING",
        Some(Opt::Enabled) => "ENABLED",
        Some(Opt::Disabling(_)) => "DISABLING",
    })
}

/// Every Region of the commercial partition.
pub(crate) fn region_names() -> impl Iterator<Item = &'static str> {
    table().default.iter().chain(&table().opt_in).map(String::as_str)
}

/// Whether an account can use a Region now.
#[must_use]
pub fn is_usable(world: &World, account: &str, region: &str) -> bool {
    matches!(status(world, account, region), Some("ENABLED_BY_DEFAULT" | "ENABLED"))
}

/// Opts an account in to a Region at once, as Control Tower does for Regions it governs. False: no opt-in Region.
pub fn opt_in(world: &mut World, account: &str, region: &str) -> bool {
    let known = table().opt_in.iter().any(|name| name == region);
    if known {
        world
            .account_management
            .regions
            .entry(account.to_owned())
            .or_default()
            .insert(region.to_owned(), Opt::Enabled);
    }
    known
}

fn row(world: &World, account: &str, region: &str) -> Value {
    json!({ "RegionName": region, "RegionOptStatus": status(world, account, region).unwrap_or("DISABLED") })
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = target(world, request)?;
    let wanted = request.list("RegionOptStatusContains");
    let mut names: Vec<&String> = table().default.iter().chain(&table().opt_in).collect();
    names.sort();
    let after = match request.text("NextToken") {
        None => None,
        Some(token) => {
            let name = hex::decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            Some(name.ok_or_else(|| validation("NextToken", "The pagination token is not valid."))?)
        }
    };
    let rows: Vec<Value> = names
        .into_iter()
        .filter(|name| after.as_ref().is_none_or(|after| *name > after))
        .map(|name| row(world, &account, name))
        .filter(|row| wanted.is_empty() || wanted.contains(&row["RegionOptStatus"]))
        .collect();
    // A page holds 50 Regions unless MaxResults says less, which is every Region there is.
    let size = request.integer("MaxResults").and_then(|size| usize::try_from(size).ok()).unwrap_or(50);
    let mut out = Map::new();
    if let Some(last) = rows.get(size.saturating_sub(1)).filter(|_| rows.len() > size) {
        let name = last["RegionName"].as_str().unwrap_or_default();
        out.insert("NextToken".into(), json!(hex::encode(name)));
    }
    out.insert("Regions".into(), rows.into_iter().take(size).collect());
    Ok(Value::Object(out))
}

/// The Region a request names, refused if AWS has none of that name.
fn named<'r>(
    world: &World,
    account: &str,
    request: &'r Request,
) -> Result<(&'r str, &'static str), AwsError> {
    let region = request.required("RegionName");
    let status = status(world, account, region);
    status
        .map(|status| (region, status))
        .ok_or_else(|| validation("RegionName", &format!("The Region {region} is not valid.")))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = target(world, request)?;
    let (region, _) = named(world, &account, request)?;
    Ok(row(world, &account, region))
}

fn switch(world: &mut World, request: &Request, enable: bool) -> Result<Value, AwsError> {
    let account = target(world, request)?;
    let (region, now_is) = named(world, &account, request)?;
    let wrong_target = |words: &str| {
        Err(AwsError::new("ValidationException", words).field("reason", "invalidRegionOptTarget"))
    };
    let opt = match (now_is, enable) {
        ("ENABLED_BY_DEFAULT", _) => {
            return wrong_target("Regions that are enabled by default cannot be enabled or disabled.");
        }
        // Asking for what is so, or is on its way, changes nothing.
        ("ENABLED" | "ENABLING", true) | ("DISABLED" | "DISABLING", false) => return Ok(json!({})),
        ("DISABLING", true) | ("ENABLING", false) => {
            let words = format!(
                "The Region {region} has the opt status {now_is}; try again when the change has ended."
            );
            return Err(AwsError::new("ConflictException", words));
        }
        (_, true) => {
            Opt::Enabling(world.end_of(request.now, Duration::from_secs(60 * table().enable_minutes)))
        }
        (_, false) => {
            Opt::Disabling(world.end_of(request.now, Duration::from_secs(60 * table().disable_minutes)))
        }
    };
    world.account_management.regions.entry(account).or_default().insert(region.to_owned(), opt);
    Ok(json!({}))
}

pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    switch(world, request, true)
}

pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    switch(world, request, false)
}

/// When the next switch ends.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    let opts = world.account_management.regions.values().flat_map(BTreeMap::values);
    opts.filter_map(|opt| match opt {
        Opt::Enabling(at) | Opt::Disabling(at) => Some(*at),
        Opt::Enabled => None,
    })
    .min()
}

/// Ends every switch that is due.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    for regions in world.account_management.regions.values_mut() {
        regions.retain(|_, opt| !matches!(opt, Opt::Disabling(at) if *at <= now));
        for opt in regions.values_mut() {
            if matches!(opt, Opt::Enabling(at) if *at <= now) {
                *opt = Opt::Enabled;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::services::iam::testing::{MANAGEMENT, alone};
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn opting_in_takes_a_while_and_cannot_be_turned_round_meanwhile() {
        let simulator = alone();
        let region = json!({"RegionName": "eu-central-2"});
        let status = async || {
            ask(&simulator, "account", "GetRegionOptStatus", region.clone()).await.json()["RegionOptStatus"]
                .clone()
        };
        assert_eq!(status().await, "DISABLED");
        assert_eq!(ask(&simulator, "account", "EnableRegion", region.clone()).await.code(), None);
        assert_eq!(status().await, "ENABLING");
        let back = ask(&simulator, "account", "DisableRegion", region.clone()).await;
        assert_eq!((back.status, back.code().as_deref()), (409, Some("ConflictException")));
        simulator.advance(Duration::from_secs(60 * table().enable_minutes));
        assert_eq!(status().await, "ENABLED");
        assert!(is_usable(&simulator.world(), MANAGEMENT, "eu-central-2"));
        ask(&simulator, "account", "DisableRegion", region.clone()).await;
        simulator.advance(Duration::from_secs(60 * table().disable_minutes));
        assert_eq!(status().await, "DISABLED");
    }

    #[tokio::test(start_paused = true)]
    async fn a_default_region_cannot_be_switched() {
        let simulator = alone();
        let refused = ask(&simulator, "account", "DisableRegion", json!({"RegionName": "us-east-1"})).await;
        assert_eq!((refused.status, refused.code().as_deref()), (400, Some("ValidationException")));
        assert_eq!(refused.json()["reason"], "invalidRegionOptTarget");
    }

    #[tokio::test(start_paused = true)]
    async fn the_pages_of_regions_hold_each_once() {
        let simulator = alone();
        let mut seen = 0;
        let mut asked = json!({"MaxResults": 10});
        loop {
            let page = ask(&simulator, "account", "ListRegions", asked.clone()).await.json();
            seen += page["Regions"].as_array().map_or(0, Vec::len);
            if page["NextToken"].is_null() {
                break;
            }
            asked["NextToken"] = page["NextToken"].clone();
        }
        assert_eq!(seen, 34);
        let disabled = json!({"RegionOptStatusContains": ["DISABLED"]});
        let page = ask(&simulator, "account", "ListRegions", disabled).await.json();
        assert_eq!(page["Regions"].as_array().map(Vec::len), Some(17));
    }

    #[test]
    fn the_table_parses_and_no_region_is_in_both_lists() {
        let table: Table = toml::from_str(include_str!("regions.toml")).expect("the table parses");
        assert_eq!((table.default.len(), table.opt_in.len()), (17, 17));
        assert!(table.default.iter().all(|region| !table.opt_in.contains(region)));
    }
}
