//! Policies over the wire: sessions, member accounts under control policies, a caller held to a policy.
//!
//! In: requests. Out: what is refused, in which words. Absent: the operators (`conditions`) and the joint decision
//! (`cases`).

use serde_json::{Value, json};

use crate::sim::services::iam::testing::{Session, element};
use crate::sim::testing::{account, ask, ask_as, done, organization, quiet, refused};
use crate::sim::{Settings, Simulator};

const ORG: &str = "organizations";
const ADMIN: &str = "arn:aws:iam::111122223333:user/administrator";

fn policy(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(actions: Value, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resource})
}

/// A simulator whose default identity is held to a policy, in an organization made before.
async fn held(statements: Value) -> (Simulator, String) {
    let (open, root) = organization(quiet()).await;
    let settings = Settings { caller_policy: Some(policy(&statements)), ..quiet() };
    (Simulator::from_world(open.world(), settings), root)
}

async fn assume(sim: &Simulator, role: &str, policy: Option<Value>) -> Session {
    let mut input = json!({"RoleArn": role, "RoleSessionName": "test"});
    if let Some(policy) = policy {
        input["Policy"] = json!(policy.to_string());
    }
    let answer = ask(sim, "sts", "AssumeRole", input).await;
    assert_eq!(answer.code(), None, "{}", answer.text);
    Session::of(&answer)
}

#[tokio::test(start_paused = true)]
async fn a_caller_is_held_to_its_policy_and_the_idle_parts_are_known() {
    let (sim, root) = held(json!([
        {"Sid": "Read", "Effect": "Allow", "Action": ["organizations:List*", "organizations:Describe*"], "Resource": "*"},
        {"Sid": "Build", "Effect": "Allow", "Action": "organizations:CreateOrganizationalUnit", "Resource": "arn:aws:organizations::111122223333:root/*"},
        {"Sid": "Idle", "Effect": "Allow", "Action": "kms:*", "Resource": "*"},
        {"Sid": "Guard", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"},
    ]))
    .await;
    done(&sim, ORG, "ListRoots", json!({})).await;
    let unit = json!({"ParentId": root, "Name": "A"});
    let id = done(&sim, ORG, "CreateOrganizationalUnit", unit).await["OrganizationalUnit"]["Id"].clone();
    let below = ask(&sim, ORG, "CreateOrganizationalUnit", json!({"ParentId": id, "Name": "B"})).await;
    assert_eq!((below.status, below.code().as_deref()), (400, Some("AccessDeniedException")));
    let arn = format!(
        "arn:aws:organizations::111122223333:ou/{}/{}",
        sim.world().organizations.of("111122223333").expect("one").id,
        id.as_str().expect("an id")
    );
    let words = format!(
        "User: {ADMIN} is not authorized to perform: organizations:CreateOrganizationalUnit on resource: {arn} because no identity-based policy allows the organizations:CreateOrganizationalUnit action"
    );
    assert_eq!(below.json()["Message"], words);
    let left = ask(&sim, ORG, "LeaveOrganization", json!({})).await;
    assert!(left.text.contains("with an explicit deny in an identity-based policy"), "{}", left.text);
    let denied = sim.denied();
    assert_eq!(denied.len(), 2);
    assert_eq!(
        (&denied[0].action[..], &denied[0].resource[..], &denied[0].message),
        ("organizations:CreateOrganizationalUnit", &arn[..], &words)
    );
    let unused: Vec<_> = sim.unused_statements().into_iter().map(|one| (one.index, one.sid)).collect();
    assert_eq!(unused, [(2, Some("Idle".to_owned()))]);
    let actions: Vec<_> = sim.unused_actions().into_iter().map(|one| (one.index, one.actions)).collect();
    assert_eq!(actions, [(0, vec!["organizations:Describe*".to_owned()]), (2, vec!["kms:*".to_owned()])]);
    assert_eq!(ask(&sim, "iam", "ListRoles", json!({})).await.status, 403);
    assert_eq!(ask(&sim, "sts", "GetCallerIdentity", json!({})).await.code(), None, "needs no permission");
    let fork = sim.fork();
    assert!(fork.denied().is_empty());
    assert_eq!(refused(&fork, ORG, "LeaveOrganization", json!({})).await, "AccessDeniedException");
}

#[tokio::test(start_paused = true)]
async fn a_move_needs_the_account_and_both_parents() {
    let prefix = "arn:aws:organizations::111122223333";
    let entities = |kinds: &[&str]| {
        let resources: Vec<String> = kinds.iter().map(|kind| format!("{prefix}:{kind}/*")).collect();
        json!([{"Effect": "Allow", "Action": "organizations:MoveAccount", "Resource": resources}])
    };
    let (open, root) = organization(quiet()).await;
    let id = account(&open, "app").await;
    let unit = done(&open, ORG, "CreateOrganizationalUnit", json!({"ParentId": root, "Name": "A"})).await;
    let unit = unit["OrganizationalUnit"]["Id"].clone();
    let input = json!({"AccountId": id, "SourceParentId": root, "DestinationParentId": unit});
    for (kinds, missing) in [
        (&["account", "root", "ou"][..], None),
        (&["account", "root"], Some(":ou/")),
        (&["account", "ou"], Some(":root/")),
        (&["root", "ou"], Some(":account/")),
    ] {
        let settings = Settings { caller_policy: Some(policy(&entities(kinds))), ..quiet() };
        let sim = Simulator::from_world(open.world(), settings);
        let answer = ask(&sim, ORG, "MoveAccount", input.clone()).await;
        assert_eq!(answer.code().is_none(), missing.is_none(), "{kinds:?}: {}", answer.text);
        assert!(missing.is_none_or(|part| sim.denied()[0].resource.contains(part)), "{kinds:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn tags_in_a_creating_request_need_their_own_permission() {
    let tags = json!([{"Key": "k", "Value": "v"}]);
    let create = json!({"AccountName": "x", "Email": "x@example.com", "Tags": tags});
    let (sim, _) = held(json!([allow(json!("organizations:CreateAccount"), "*")])).await;
    assert_eq!(refused(&sim, ORG, "CreateAccount", create.clone()).await, "AccessDeniedException");
    assert_eq!(sim.denied()[0].action, "organizations:TagResource");
    let tagged = json!({"Effect": "Allow", "Action": ["organizations:TagResource", "kms:CreateKey", "organizations:CreateAccount"], "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["k"]}, "StringEqualsIfExists": {"aws:RequestTag/k": "v"}}});
    let (sim, _) = held(json!([tagged])).await;
    done(&sim, ORG, "CreateAccount", create).await;
    let wrong =
        json!({"AccountName": "y", "Email": "y@example.com", "Tags": [{"Key": "other", "Value": "v"}]});
    assert_eq!(refused(&sim, ORG, "CreateAccount", wrong).await, "AccessDeniedException");
    let key = json!({"Tags": [{"TagKey": "k", "TagValue": "v"}]});
    assert_eq!(refused(&sim, "kms", "CreateKey", key).await, "AccessDeniedException");
    assert_eq!(sim.denied()[1].action, "kms:TagResource");
    done(&sim, "kms", "CreateKey", json!({})).await;
}

#[tokio::test(start_paused = true)]
async fn a_resource_is_known_by_its_tags_and_a_service_by_its_condition_key() {
    let (sim, root) = held(json!([
        allow(json!(["organizations:CreateOrganizationalUnit", "organizations:TagResource"]), "*"),
        {"Effect": "Allow", "Action": "organizations:DeleteOrganizationalUnit", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/spare": "no"}}},
        {"Effect": "Allow", "Action": "organizations:EnableAWSServiceAccess", "Resource": "*", "Condition": {"StringEquals": {"organizations:ServicePrincipal": "config.amazonaws.com"}}},
    ]))
    .await;
    let create = |name: &str, spare: &str| json!({"ParentId": root, "Name": name, "Tags": [{"Key": "spare", "Value": spare}]});
    for (name, spare, code) in [("A", "no", None), ("B", "yes", Some("AccessDeniedException"))] {
        let unit = done(&sim, ORG, "CreateOrganizationalUnit", create(name, spare)).await;
        let id = json!({"OrganizationalUnitId": unit["OrganizationalUnit"]["Id"]});
        assert_eq!(ask(&sim, ORG, "DeleteOrganizationalUnit", id).await.code().as_deref(), code);
    }
    let enable = |name: &str| json!({"ServicePrincipal": format!("{name}.amazonaws.com")});
    done(&sim, ORG, "EnableAWSServiceAccess", enable("config")).await;
    assert_eq!(refused(&sim, ORG, "EnableAWSServiceAccess", enable("sso")).await, "AccessDeniedException");
}

#[tokio::test(start_paused = true)]
async fn a_session_has_the_rights_of_its_role_and_no_more_than_its_session_policy() {
    let (sim, _) = organization(quiet()).await;
    let member = account(&sim, "m").await;
    let admin = format!("arn:aws:iam::{member}:role/OrganizationAccountAccessRole");
    let whole = assume(&sim, &admin, None).await;
    assert_eq!(whole.ask(&sim, "iam", "ListRoles", json!({})).await.code(), None);
    let narrow = assume(&sim, &admin, Some(policy(&json!([allow(json!("iam:List*"), "*")])))).await;
    assert_eq!(narrow.ask(&sim, "iam", "ListRoles", json!({})).await.code(), None);
    let denied = narrow.ask(&sim, "iam", "GetAccountSummary", json!({})).await;
    assert_eq!((denied.status, denied.code().as_deref()), (403, Some("AccessDenied")));
    let words = format!(
        "User: arn:aws:sts::{member}:assumed-role/OrganizationAccountAccessRole/test is not authorized to perform: iam:GetAccountSummary on resource: * because no session policy allows the iam:GetAccountSummary action"
    );
    assert_eq!(element(&denied, "Message"), words);
    let trust = policy(
        &json!([{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}]),
    );
    let role = json!({"RoleName": "Reader", "AssumeRolePolicyDocument": trust.to_string()});
    whole.ask(&sim, "iam", "CreateRole", role).await;
    let inline = policy(&json!([allow(json!("iam:Get*"), &format!("arn:aws:iam::{member}:role/Reader"))]));
    let inline = json!({"RoleName": "Reader", "PolicyName": "p", "PolicyDocument": inline.to_string()});
    assert_eq!(whole.ask(&sim, "iam", "PutRolePolicy", inline).await.code(), None);
    let reader = assume(&sim, &format!("arn:aws:iam::{member}:role/Reader"), None).await;
    assert_eq!(reader.ask(&sim, "iam", "GetRole", json!({"RoleName": "Reader"})).await.code(), None);
    let other =
        reader.ask(&sim, "iam", "GetRole", json!({"RoleName": "OrganizationAccountAccessRole"})).await;
    assert_eq!(other.code().as_deref(), Some("AccessDenied"));
    let managed = json!({"RoleName": "Reader", "PolicyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"});
    whole.ask(&sim, "iam", "AttachRolePolicy", managed).await;
    let other =
        reader.ask(&sim, "iam", "GetRole", json!({"RoleName": "OrganizationAccountAccessRole"})).await;
    assert_eq!(other.code(), None, "policies count from the moment they are attached");
    let boundary = json!({"RoleName": "Reader", "PermissionsBoundary": "arn:aws:iam::aws:policy/AWSOrganizationsReadOnlyAccess"});
    assert_eq!(whole.ask(&sim, "iam", "PutRolePermissionsBoundary", boundary).await.code(), None);
    let bound = reader.ask(&sim, "iam", "GetRole", json!({"RoleName": "Reader"})).await;
    assert!(bound.text.contains("because no permissions boundary allows"), "{}", bound.text);
    sim.change(|world| world.iam.account_mut(&member).roles.remove("Reader"));
    let gone = reader.ask(&sim, "iam", "GetRole", json!({"RoleName": "Reader"})).await;
    assert_eq!(gone.code().as_deref(), Some("AccessDenied"), "the role is gone");
}

#[tokio::test(start_paused = true)]
async fn control_policies_bind_members_on_every_level_and_never_the_management_account() {
    let (sim, root) = organization(quiet()).await;
    let member = account(&sim, "m").await;
    let kind = "SERVICE_CONTROL_POLICY";
    done(&sim, ORG, "EnablePolicyType", json!({"RootId": root, "PolicyType": kind})).await;
    sim.advance(std::time::Duration::from_secs(60));
    let create = async |name: &str, statements: Value| {
        let input = json!({"Name": name, "Description": "", "Type": kind, "Content": policy(&statements).to_string()});
        done(&sim, ORG, "CreatePolicy", input).await["Policy"]["PolicySummary"]["Id"].clone()
    };
    let summary = async |key: &str| ask_as(&sim, key, None, "iam", "GetAccountSummary", json!({})).await;
    let roles = async |key: &str| ask_as(&sim, key, None, "iam", "ListRoles", json!({})).await;
    assert_eq!(summary(&member).await.code(), None, "full access is attached everywhere");
    let never = create("never", json!([{"Effect": "Deny", "Action": "iam:GetAccountSummary", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "999999999999"}}}])).await;
    done(&sim, ORG, "AttachPolicy", json!({"PolicyId": never, "TargetId": root})).await;
    let denied = summary(&member).await;
    assert!(denied.text.contains("with an explicit deny in a service control policy"), "{}", denied.text);
    assert_eq!(summary("111122223333").await.code(), None, "the management account is exempt");
    assert_eq!(roles(&member).await.code(), None);
    let list = create("list", json!([allow(json!("iam:ListRoles"), "*")])).await;
    done(&sim, ORG, "AttachPolicy", json!({"PolicyId": list, "TargetId": member})).await;
    let users = async || ask_as(&sim, &member, None, "iam", "ListUsers", json!({})).await;
    assert_eq!(users().await.code(), None, "full access stands beside the list");
    done(&sim, ORG, "DetachPolicy", json!({"PolicyId": "p-FullAWSAccess", "TargetId": member})).await;
    let unlisted = users().await;
    assert!(
        unlisted.text.contains("because no service control policy allows the iam:ListUsers action"),
        "{}",
        unlisted.text
    );
    assert_eq!(roles(&member).await.code(), None);
    assert_eq!(ask_as(&sim, &member, None, "sts", "GetCallerIdentity", json!({})).await.code(), None);
    let linked = "arn:aws:iam::aws:policy/AdministratorAccess";
    sim.change(|world| {
        for role in world.iam.account_mut(&member).roles.values_mut() {
            role.attached.insert(linked.to_owned());
        }
    });
    let admin =
        assume(&sim, &format!("arn:aws:iam::{member}:role/OrganizationAccountAccessRole"), None).await;
    let stopped = admin.ask(&sim, "iam", "ListUsers", json!({})).await;
    assert_eq!(stopped.code().as_deref(), Some("AccessDenied"), "an administrator too");
    sim.change(|world| {
        let roles = &mut world.iam.account_mut(&member).roles;
        let role = roles.get_mut("OrganizationAccountAccessRole").expect("a role");
        role.linked_service = Some("test.amazonaws.com".to_owned());
    });
    assert_eq!(
        admin.ask(&sim, "iam", "ListUsers", json!({})).await.code(),
        None,
        "service-linked roles are exempt"
    );
}

#[tokio::test(start_paused = true)]
async fn resource_control_policies_guard_roles_and_keys() {
    let (sim, root) = organization(quiet()).await;
    let member = account(&sim, "m").await;
    let kind = "RESOURCE_CONTROL_POLICY";
    done(&sim, ORG, "EnablePolicyType", json!({"RootId": root, "PolicyType": kind})).await;
    sim.advance(std::time::Duration::from_secs(60));
    let role = format!("arn:aws:iam::{member}:role/OrganizationAccountAccessRole");
    assume(&sim, &role, None).await;
    let content =
        policy(&json!([{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}]));
    let input = json!({"Name": "rcp", "Description": "", "Type": kind, "Content": content.to_string()});
    let id = done(&sim, ORG, "CreatePolicy", input).await["Policy"]["PolicySummary"]["Id"].clone();
    done(&sim, ORG, "AttachPolicy", json!({"PolicyId": id, "TargetId": member})).await;
    let denied = ask(&sim, "sts", "AssumeRole", json!({"RoleArn": role, "RoleSessionName": "test"})).await;
    assert!(denied.text.contains("with an explicit deny in a resource control policy"), "{}", denied.text);
    let own = json!({"RoleArn": "arn:aws:iam::111122223333:role/none", "RoleSessionName": "test"});
    let other = ask(&sim, "sts", "AssumeRole", own).await;
    assert!(!other.text.contains("resource control policy"), "{}", other.text);
}

#[tokio::test(start_paused = true)]
async fn a_key_policy_that_names_the_caller_needs_no_other() {
    let (sim, _) = held(json!([allow(json!("kms:CreateKey"), "*")])).await;
    let key = done(&sim, "kms", "CreateKey", json!({})).await["KeyMetadata"]["KeyId"].clone();
    let input = json!({"KeyId": key});
    let refusal = refused(&sim, "kms", "DescribeKey", input.clone()).await;
    assert_eq!(refusal, "AccessDeniedException", "the account's root leaves it to the caller's policy");
    let named = policy(
        &json!([{"Effect": "Allow", "Principal": {"AWS": ADMIN}, "Action": "kms:*", "Resource": "*"}]),
    );
    let key =
        done(&sim, "kms", "CreateKey", json!({"Policy": named.to_string()})).await["KeyMetadata"]["KeyId"]
            .clone();
    done(&sim, "kms", "DescribeKey", json!({"KeyId": key})).await;
}

#[tokio::test(start_paused = true)]
async fn a_malformed_caller_policy_allows_nothing_and_none_allows_everything() {
    let settings = Settings { caller_policy: Some(json!({"Statement": "everything"})), ..quiet() };
    let sim = Simulator::new(settings);
    assert_eq!(refused(&sim, ORG, "CreateOrganization", json!({})).await, "AccessDeniedException");
    let open = Simulator::new(quiet());
    done(&open, ORG, "CreateOrganization", json!({})).await;
    assert!(open.denied().is_empty() && open.unused_statements().is_empty());
}
