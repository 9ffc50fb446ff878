//! Access of people: permission sets, groups, users, assignments.
//!
//! In: acts. Out: requests to Identity Center and its store. Absent: an instance, where the world has none nothing happens.

use serde_json::{Value, json};

use super::super::acts::{Act, Deed};
use super::Stage;

impl Stage {
    /// The instance of Identity Center and its store, where there is one.
    async fn instance(&self) -> Option<(String, String)> {
        let listed = self.ask("sso-admin", "ListInstances", json!({})).await.json();
        let one = &listed["Instances"][0];
        Some((one["InstanceArn"].as_str()?.to_owned(), one["IdentityStoreId"].as_str()?.to_owned()))
    }

    async fn listed(
        &self,
        service: &str,
        operation: &str,
        input: Value,
        list: &str,
        id: Option<&str>,
    ) -> Vec<String> {
        let answer = self.ask(service, operation, input).await.json();
        let items = answer[list].as_array().cloned().unwrap_or_default();
        items.iter().filter_map(|item| id.map_or(item, |id| &item[id]).as_str().map(str::to_owned)).collect()
    }

    pub(super) async fn access(&self, act: &Act) -> Option<()> {
        let (instance, store) = self.instance().await?;
        let sets = self
            .listed(
                "sso-admin",
                "ListPermissionSets",
                json!({ "InstanceArn": instance }),
                "PermissionSets",
                None,
            )
            .await;
        match act.deed {
            Deed::PermissionSet => {
                let name = ["ReadOnly", "Ops.Team", "a=b", "x"][act.one % 4];
                let mut input = json!({ "InstanceArn": instance, "Name": name, "SessionDuration": (["PT1H", "PT12H"][act.two % 2]) });
                if act.three.is_multiple_of(2) {
                    input["Description"] = json!("Reads: all");
                    input["RelayState"] = json!("https://example.com/?a=b#c");
                }
                self.ask("sso-admin", "CreatePermissionSet", input).await;
            }
            Deed::SetPolicy => self.set_policy(act, &instance, &Self::pick(&sets, act.one)?).await,
            Deed::Group => {
                let name = ["Platform", "Team: \"A\"", "\u{fc}ber", "null"][act.one % 4];
                let mut input = json!({ "IdentityStoreId": store, "DisplayName": name });
                if act.two.is_multiple_of(2) {
                    input["Description"] = json!("Runs: it");
                }
                self.ask("identitystore", "CreateGroup", input).await;
            }
            Deed::User => {
                let name = ["ann@example.com", "bob", "c: d"][act.one % 3];
                let input = json!({ "IdentityStoreId": store, "UserName": name, "DisplayName": name,
                    "Name": { "GivenName": "A", "FamilyName": "B" } });
                self.ask("identitystore", "CreateUser", input).await;
            }
            _ => self.assign(act, (&instance, &store), &Self::pick(&sets, act.one)?).await?,
        }
        Some(())
    }

    /// Something that a permission set gives or bounds.
    async fn set_policy(&self, act: &Act, instance: &str, set: &str) {
        let (operation, members) = match act.two % 4 {
            0 => (
                "AttachManagedPolicyToPermissionSet",
                json!({ "ManagedPolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess" }),
            ),
            1 => (
                "AttachCustomerManagedPolicyReferenceToPermissionSet",
                json!({ "CustomerManagedPolicyReference": { "Name": "Guard", "Path": (["/", "/team/a/"][act.three % 2]) } }),
            ),
            2 => {
                let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
                ("PutInlinePolicyToPermissionSet", json!({ "InlinePolicy": policy }))
            }
            _ => {
                let managed = json!({ "ManagedPolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess" });
                ("PutPermissionsBoundaryToPermissionSet", json!({ "PermissionsBoundary": managed }))
            }
        };
        let mut input = members;
        input["InstanceArn"] = json!(instance);
        input["PermissionSetArn"] = json!(set);
        self.ask("sso-admin", operation, input).await;
    }

    /// A group or a user to a permission set in some account.
    async fn assign(&self, act: &Act, (instance, store): (&str, &str), set: &str) -> Option<()> {
        let of_store = json!({ "IdentityStoreId": store });
        let user = act.three.is_multiple_of(3);
        let (operation, list, id) =
            if user { ("ListUsers", "Users", "UserId") } else { ("ListGroups", "Groups", "GroupId") };
        let principals = self.listed("identitystore", operation, of_store, list, Some(id)).await;
        let input = json!({
            "InstanceArn": instance,
            "PermissionSetArn": set,
            "PrincipalId": Self::pick(&principals, act.three)?,
            "PrincipalType": if user { "USER" } else { "GROUP" },
            "TargetId": Self::pick(&self.accounts(), act.two)?,
            "TargetType": "AWS_ACCOUNT",
        });
        self.ask("sso-admin", "CreateAccountAssignment", input).await;
        Some(())
    }
}
