//! A landing zone that is there already, and policies.

use serde_json::{Value, json};

use super::form::{LandingZone, Policy};
use super::{account_named, act, unit_at};
use crate::sim::services::control_tower::{self, Seed, SeededBaseline};
use crate::sim::services::iam::queries::{self, WantedRole};
use crate::sim::world::World;

/// The roles that Control Tower works with in the management account, and whom each trusts
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/access-control-managing-permissions.html>).
const ROLES: [(&str, &str, Option<&str>); 4] = [
    ("AWSControlTowerAdmin", "controltower.amazonaws.com", Some("AWSControlTowerServiceRolePolicy")),
    (
        "AWSControlTowerCloudTrailRole",
        "cloudtrail.amazonaws.com",
        Some("AWSControlTowerCloudTrailRolePolicy"),
    ),
    ("AWSControlTowerStackSetRole", "cloudformation.amazonaws.com", None),
    (
        "AWSControlTowerConfigAggregatorRoleForOrganizations",
        "config.amazonaws.com",
        Some("AWSConfigRoleForOrganizations"),
    ),
];

fn allow(action: &str) -> String {
    let statement = json!({ "Effect": "Allow", "Action": action, "Resource": "*" });
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

fn roles(world: &mut World) {
    let (management, now) = (world.account.clone(), world.time);
    for (name, service, managed) in ROLES {
        let trust = queries::trust_of_service(service);
        let arns: Vec<String> =
            managed.iter().map(|name| format!("arn:aws:iam::aws:policy/service-role/{name}")).collect();
        let managed: Vec<&str> = arns.iter().map(String::as_str).collect();
        let action = match name {
            "AWSControlTowerAdmin" => "ec2:DescribeAvailabilityZones",
            "AWSControlTowerStackSetRole" => "sts:AssumeRole",
            _ => "",
        };
        let document = allow(action);
        let inline: Vec<(&str, &str)> =
            if action.is_empty() { Vec::new() } else { vec![("inline", document.as_str())] };
        let path = "/service-role/";
        let wanted =
            WantedRole { path, name, trust: &trust, description: None, managed: &managed, inline: &inline };
        queries::ensure_role(world, &management, &wanted, now);
    }
}

/// The manifest with the ids of the accounts that it names.
fn with_ids(world: &World, value: &Value) -> Result<Value, String> {
    match value {
        Value::Object(members) => {
            let mut out = serde_json::Map::new();
            for (key, value) in members {
                let value = match (key.as_str(), value.as_str()) {
                    ("accountId", Some(name)) => json!(account_named(world, name)?),
                    _ => with_ids(world, value)?,
                };
                out.insert(key.clone(), value);
            }
            Ok(Value::Object(out))
        }
        other => Ok(other.clone()),
    }
}

pub(super) fn set_up(world: &mut World, wanted: &LandingZone) -> Result<(), String> {
    roles(world);
    let mut baselines = Vec::new();
    for (path, version) in &wanted.units {
        baselines.push(SeededBaseline {
            arn: None,
            baseline: "AWSControlTowerBaseline".to_owned(),
            version: version.clone(),
            unit: unit_at(world, path)?,
            parameters: Vec::new(),
        });
    }
    let seed = Seed {
        arn: None,
        home: world.region.clone(),
        version: wanted.version.clone(),
        manifest: with_ids(world, &wanted.manifest)?,
        auto_enroll: wanted.auto_enroll,
        baselines,
        controls: Vec::new(),
    };
    control_tower::seed(world, &seed)?;
    let management = world.account.clone();
    for launcher in &wanted.launchers {
        let listed = act(world, &management, "servicecatalog", "ListPortfolios", json!({}))?;
        let portfolio = &listed["PortfolioDetails"][0]["Id"];
        let input = json!({ "PortfolioId": portfolio, "PrincipalARN": launcher, "PrincipalType": "IAM" });
        act(world, &management, "servicecatalog", "AssociatePrincipalWithPortfolio", input)?;
    }
    Ok(())
}

pub(super) fn policy(world: &mut World, wanted: &Policy) -> Result<(), String> {
    let management = world.account.clone();
    let root = unit_at(world, "root")?;
    let on = world.organizations.of(&management).is_some_and(|tree| tree.type_enabled(&wanted.kind));
    if !on {
        let input = json!({ "RootId": root, "PolicyType": wanted.kind });
        act(world, &management, "organizations", "EnablePolicyType", input)?;
        world.settle_everything();
    }
    let content = wanted.document.to_string();
    let input = json!({ "Name": wanted.name, "Description": "", "Type": wanted.kind, "Content": content });
    let made = act(world, &management, "organizations", "CreatePolicy", input)?;
    let id = made["Policy"]["PolicySummary"]["Id"].clone();
    for target in &wanted.targets {
        let target = unit_at(world, target).or_else(|_| account_named(world, target))?;
        let input = json!({ "PolicyId": id, "TargetId": target });
        act(world, &management, "organizations", "AttachPolicy", input)?;
    }
    Ok(())
}
