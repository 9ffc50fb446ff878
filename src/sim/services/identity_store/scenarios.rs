//! Scenarios of groups, users and memberships over the wire.
//!
//! In: short calls. Out: answers. Absent: anything of Identity Center but the instance that brings the store.

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::services::sso_admin;
use crate::sim::testing::{account, ask, ask_as, done, organization, quiet};

const IDS: &str = "identitystore";
const MANAGEMENT: &str = "111122223333";

/// An organization with Identity Center, and the id of its store.
async fn stage() -> (Simulator, String) {
    let (sim, _) = organization(quiet()).await;
    sim.change(|world| {
        let now = world.time;
        sso_admin::enable(world, MANAGEMENT, "us-east-1", now);
    });
    let listed = done(&sim, IDS, "ListIdentityStores", json!({})).await;
    let store = listed["IdentityStores"][0]["IdentityStoreId"].as_str().expect("a store").to_owned();
    (sim, store)
}

fn person(store: &str, name: &str) -> Value {
    json!({
        "IdentityStoreId": store,
        "UserName": name,
        "DisplayName": name,
        "Name": {"GivenName": name, "FamilyName": "Example"},
        "Emails": [{"Value": format!("{name}@example.com"), "Primary": true}],
    })
}

async fn refused(sim: &Simulator, operation: &str, input: Value) -> (String, String) {
    let answer = ask(sim, IDS, operation, input).await;
    (answer.refusal(operation), answer.json()["Message"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_group_is_found_by_its_name_and_its_name_is_its_own() {
    let (sim, store) = stage().await;
    let asked = json!({"IdentityStoreId": store, "DisplayName": "Developers", "Description": "who builds"});
    let made = done(&sim, IDS, "CreateGroup", asked.clone()).await;
    let conflict = refused(&sim, "CreateGroup", asked).await;
    let taken = "ConflictException/UNIQUENESS_CONSTRAINT_VIOLATION".to_owned();
    assert_eq!(conflict, (taken, "Duplicate GroupDisplayName".to_owned()));
    let by_name = |name: &str| {
        json!({"IdentityStoreId": store, "AlternateIdentifier":
            {"UniqueAttribute": {"AttributePath": "displayName", "AttributeValue": name}}})
    };
    assert_eq!(done(&sim, IDS, "GetGroupId", by_name("Developers")).await["GroupId"], made["GroupId"]);
    assert_eq!(refused(&sim, "GetGroupId", by_name("Nobody")).await.0, "ResourceNotFoundException");
    let filter = json!([{"AttributePath": "DisplayName", "AttributeValue": "Developers"}]);
    let listed = done(&sim, IDS, "ListGroups", json!({"IdentityStoreId": store, "Filters": filter})).await;
    assert_eq!(listed["Groups"][0]["Description"], "who builds");
    let reserved = json!({"IdentityStoreId": store, "DisplayName": "AWSAdministrators"});
    assert_eq!(refused(&sim, "CreateGroup", reserved).await.0, "ValidationException");
}

#[tokio::test(start_paused = true)]
async fn an_update_changes_what_its_paths_name_and_an_old_revision_is_refused() {
    let (sim, store) = stage().await;
    let group = done(&sim, IDS, "CreateGroup", json!({"IdentityStoreId": store, "DisplayName": "a"})).await;
    let update = |operations: Value, revision: &str| json!({"IdentityStoreId": store, "GroupId": group["GroupId"], "Operations": operations, "Revision": revision});
    let rename = json!([{"AttributePath": "displayName", "AttributeValue": "b"}, {"AttributePath": "description", "AttributeValue": "text"}]);
    assert_eq!(done(&sim, IDS, "UpdateGroup", update(rename.clone(), "1")).await["Revision"], "2");
    assert_eq!(
        refused(&sim, "UpdateGroup", update(rename, "1")).await.0,
        "ConflictException/CONCURRENT_MODIFICATION"
    );
    let clear = update(json!([{"AttributePath": "description"}]), "2");
    done(&sim, IDS, "UpdateGroup", clear).await;
    let asked = json!({"IdentityStoreId": store, "GroupId": group["GroupArn"]});
    let shown = done(&sim, IDS, "DescribeGroup", asked).await;
    assert_eq!(shown["DisplayName"], "b");
    assert!(shown.get("Description").is_none(), "{shown}");
    let unknown = update(json!([{"AttributePath": "colour", "AttributeValue": "red"}]), "3");
    assert_eq!(refused(&sim, "UpdateGroup", unknown).await.0, "ValidationException");
}

#[tokio::test(start_paused = true)]
async fn a_user_has_a_name_and_a_mail_address_of_its_own() {
    let (sim, store) = stage().await;
    let made = done(&sim, IDS, "CreateUser", person(&store, "ana")).await;
    assert_eq!(refused(&sim, "CreateUser", person(&store, "ana")).await.1, "Duplicate UserName");
    let mut same_mail = person(&store, "bob");
    same_mail["Emails"] = json!([{"Value": "ANA@example.com"}]);
    assert_eq!(
        refused(&sim, "CreateUser", same_mail).await.0,
        "ConflictException/UNIQUENESS_CONSTRAINT_VIOLATION"
    );
    let nameless = json!({"IdentityStoreId": store, "UserName": "x", "DisplayName": "x"});
    assert_eq!(refused(&sim, "CreateUser", nameless).await.0, "ValidationException");
    let family = json!([{"AttributePath": "name.familyName", "AttributeValue": "Other"}]);
    let update = json!({"IdentityStoreId": store, "UserId": made["UserId"], "Operations": family});
    done(&sim, IDS, "UpdateUser", update).await;
    let by_mail = json!({"IdentityStoreId": store, "AlternateIdentifier":
        {"UniqueAttribute": {"AttributePath": "emails.value", "AttributeValue": "ana@example.com"}}});
    let found = done(&sim, IDS, "GetUserId", by_mail).await;
    assert_eq!(found["UserId"], made["UserId"]);
    let asked = json!({"IdentityStoreId": store, "UserId": made["UserId"]});
    let shown = done(&sim, IDS, "DescribeUser", asked).await;
    assert_eq!(shown["Name"], json!({"GivenName": "ana", "FamilyName": "Other"}));
}

#[tokio::test(start_paused = true)]
async fn memberships_are_listed_both_ways_and_go_with_the_group() {
    let (sim, store) = stage().await;
    let group = done(&sim, IDS, "CreateGroup", json!({"IdentityStoreId": store, "DisplayName": "a"})).await;
    let user = done(&sim, IDS, "CreateUser", person(&store, "ana")).await;
    let member = json!({"UserId": user["UserId"]});
    let asked = json!({"IdentityStoreId": store, "GroupId": group["GroupId"], "MemberId": member});
    let made = done(&sim, IDS, "CreateGroupMembership", asked.clone()).await;
    assert_eq!(
        refused(&sim, "CreateGroupMembership", asked.clone()).await.0,
        "ConflictException/UNIQUENESS_CONSTRAINT_VIOLATION"
    );
    assert_eq!(done(&sim, IDS, "GetGroupMembershipId", asked).await["MembershipId"], made["MembershipId"]);
    let of_member = json!({"IdentityStoreId": store, "MemberId": member});
    let listed = done(&sim, IDS, "ListGroupMembershipsForMember", of_member.clone()).await;
    assert_eq!(listed["GroupMemberships"][0]["GroupId"], group["GroupId"]);
    let check = json!({"IdentityStoreId": store, "MemberId": member, "GroupIds": [group["GroupId"]]});
    assert_eq!(done(&sim, IDS, "IsMemberInGroups", check).await["Results"][0]["MembershipExists"], true);
    let gone = json!({"IdentityStoreId": store, "GroupId": group["GroupId"]});
    done(&sim, IDS, "DeleteGroup", gone).await;
    let left = done(&sim, IDS, "ListGroupMembershipsForMember", of_member).await;
    assert_eq!(left["GroupMemberships"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn a_member_account_reads_a_delegated_administrator_writes_and_a_stranger_does_neither() {
    let (sim, store) = stage().await;
    let member = account(&sim, "app").await;
    let list = json!({"IdentityStoreId": store});
    let create = json!({"IdentityStoreId": store, "DisplayName": "theirs"});
    let as_member = |operation: &'static str, input: Value| {
        let (sim, member) = (sim.clone(), member.clone());
        async move { ask_as(&sim, &member, None, IDS, operation, input).await.code() }
    };
    assert_eq!(as_member("ListGroups", list.clone()).await, None);
    assert_eq!(as_member("CreateGroup", create.clone()).await.as_deref(), Some("AccessDeniedException"));
    let delegate = json!({"AccountId": member, "ServicePrincipal": "sso.amazonaws.com"});
    done(&sim, "organizations", "RegisterDelegatedAdministrator", delegate).await;
    assert_eq!(as_member("CreateGroup", create).await, None);
    let stranger = ask_as(&sim, "999900001111", None, IDS, "ListGroups", list).await;
    assert_eq!(stranger.code().as_deref(), Some("AccessDeniedException"));
}
