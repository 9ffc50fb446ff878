//! People in IAM Identity Center, and what they may do where.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::form::IdentityCenter;
use super::{account_named, act};
use crate::sim::services::sso_admin;
use crate::sim::world::World;

pub(super) fn arrive(world: &mut World, centre: &IdentityCenter) -> Result<(), String> {
    let (management, region, now) = (world.account.clone(), world.region.clone(), world.time);
    let instance = sso_admin::enable(world, &management, &region, now);
    let store = act(world, &management, "identitystore", "ListIdentityStores", json!({}))?;
    let store = store["IdentityStores"][0]["IdentityStoreId"].clone();
    let named = centre.users.values().flatten().chain(centre.assignments.iter().map(|one| &one.group));
    let mut groups: BTreeMap<String, Value> = BTreeMap::new();
    for name in named.collect::<BTreeSet<_>>() {
        let input = json!({ "IdentityStoreId": store, "DisplayName": name });
        let made = act(world, &management, "identitystore", "CreateGroup", input)?;
        groups.insert(name.clone(), made["GroupId"].clone());
    }
    for (name, member_of) in &centre.users {
        let input = json!({
            "IdentityStoreId": store,
            "UserName": name,
            "DisplayName": name,
            "Name": { "GivenName": name, "FamilyName": "Example" },
        });
        let user = act(world, &management, "identitystore", "CreateUser", input)?["UserId"].clone();
        for group in member_of {
            let member = json!({ "UserId": user });
            let input = json!({ "IdentityStoreId": store, "GroupId": groups[group], "MemberId": member });
            act(world, &management, "identitystore", "CreateGroupMembership", input)?;
        }
    }
    let mut sets: BTreeMap<&str, Value> = BTreeMap::new();
    for (name, managed) in &centre.permission_sets {
        let input = json!({ "InstanceArn": instance, "Name": name });
        let made = act(world, &management, "sso-admin", "CreatePermissionSet", input)?;
        let arn = made["PermissionSet"]["PermissionSetArn"].clone();
        for policy in managed {
            let input =
                json!({ "InstanceArn": instance, "PermissionSetArn": arn, "ManagedPolicyArn": policy });
            act(world, &management, "sso-admin", "AttachManagedPolicyToPermissionSet", input)?;
        }
        sets.insert(name, arn);
    }
    for one in &centre.assignments {
        let set = sets.get(one.permission_set.as_str()).and_then(Value::as_str);
        let set = set.ok_or_else(|| format!("there is no permission set {}", one.permission_set))?;
        let group = groups[&one.group].as_str().unwrap_or_default();
        for account in &one.accounts {
            let account = account_named(world, account)?;
            sso_admin::assign(world, &instance, set, group, &account, now)?;
        }
    }
    world.sso_oidc.person.clone_from(&centre.person);
    Ok(())
}
