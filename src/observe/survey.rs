//! The survey: who asks what, in which order.
//!
//! Caller and organization come first. Then units beside accounts, trusted
//! services, the account quota, roles and Control Tower, all at once. Last the
//! keys, which live in accounts that must be known, and tags and contacts of what
//! was found.

use std::collections::BTreeSet;

use super::control_tower::Tower;
use super::error::ObserveError;
use super::findings::Findings;
use super::snapshot::Snapshot;
use super::wanted::Wanted;
use super::{
    assembly, backup, config, control_tower, controls, delegation, everybody, factory, identity_center, keys,
    outsiders, people, policies, resource_policy, roles, root_access, security, stack_sets,
    standing_policies, strangers, trails, ungoverned,
};
use crate::cloud::inventory::organization::{self, Organization};
use crate::cloud::inventory::quotas::{self, Quotas};
use crate::cloud::{CallError, Connection};
use crate::model::{Kind, Resource};

/// Reads the live organization as far as `wanted` asks about it. No call changes
/// anything (invariant I8). Where there is no organization yet, only the
/// account itself is read: its roles, keys and quotas.
///
/// # Errors
/// When the caller or the organization cannot be read, or the caller is not the
/// management account. Anything else that cannot be read is a gap.
pub async fn survey(connection: &Connection, wanted: &[Resource]) -> Result<Snapshot, ObserveError> {
    let (caller, organization) = tokio::join!(connection.caller(), organization::describe(connection));
    let caller = caller.map_err(ObserveError::Caller)?;
    let organization = organization.map_err(ObserveError::Organization)?;
    let mut findings = Findings::default();
    if let Some(organization) = &organization {
        if caller.account != organization.management_account {
            return Err(ObserveError::NotManagement {
                caller: caller.account.clone(),
                management: organization.management_account.clone(),
            });
        }
        look(connection, &Wanted::of(wanted), organization, &mut findings).await?;
    } else {
        look_around(connection, &Wanted::of(wanted), &mut findings).await;
    }
    Ok(Snapshot {
        account: caller.account.clone(),
        caller: caller.arn.clone(),
        partition: caller.partition.clone(),
        home_region: connection.home_region().clone(),
        management_account: organization.as_ref().map(|o| o.management_account.clone()),
        organization: organization.map(|o| o.id),
        live: findings.live,
        gaps: findings.gaps,
        facts: findings.facts,
    })
}

/// Reads what an account has before it has an organization: a run that was stopped
/// early may have left roles and keys.
async fn look_around(connection: &Connection, wanted: &Wanted<'_>, findings: &mut Findings) {
    let roles_wanted = wanted.kind(Kind::ServiceRole);
    let controls_wanted = wanted.kind(Kind::Control);
    let (quotas, roles, catalog) = tokio::join!(
        quotas(connection, wanted),
        roles::read(connection, &roles_wanted),
        controls::catalog(connection, &controls_wanted)
    );
    assembly::quotas(wanted, &quotas, findings);
    findings.facts.controls = catalog.facts;
    roles::observe(&roles_wanted, roles, findings);
    keys::observe(connection, &wanted.kind(Kind::Key), findings).await;
    delegation::nobody(&wanted.kind(Kind::DelegatedAdministrator), findings);
    security::premature(wanted, findings);
    policies::to_come(&wanted.kind(Kind::Policy), findings);
    outsiders::observe(connection, &wanted.kind(Kind::Account), None, findings).await;
}

/// Reads an organization that exists.
async fn look(
    connection: &Connection,
    wanted: &Wanted<'_>,
    organization: &Organization,
    findings: &mut Findings,
) -> Result<(), ObserveError> {
    let roles_wanted = wanted.kind(Kind::ServiceRole);
    let people = async {
        let root = organization::root(connection).await?;
        let people = people::read(connection, wanted, &root).await;
        Ok::<_, CallError>((root, people))
    };
    let controls_wanted = wanted.kind(Kind::Control);
    let (people, trusted, quotas, roles, tower, root_switches, own_policy, centre, catalog, book) = tokio::join!(
        people,
        trusted(connection, wanted),
        quotas(connection, wanted),
        roles::read(connection, &roles_wanted),
        control_tower::read(connection, wanted),
        root_access::read(connection, wanted),
        resource_policy::read(connection, wanted),
        identity_center::read(connection, wanted),
        controls::catalog(connection, &controls_wanted),
        policies::read(connection, wanted)
    );
    let (root, people) = people.map_err(ObserveError::Organization)?;
    assembly::organization(wanted, organization, &root, findings);
    assembly::trusted(connection, wanted, trusted, findings).await;
    assembly::quotas(wanted, &quotas, findings);
    root_access::observe(wanted, root_switches, findings);
    resource_policy::observe(wanted, own_policy, findings);
    roles::observe(&roles_wanted, roles, findings);
    assembly::people(connection, wanted, &root, &people, findings).await;
    strangers::note(wanted, &people, &root, organization.management_account.as_str(), findings);
    let types = wanted.any(&[Kind::PolicyType, Kind::Policy]) || security::rivals_policies(wanted);
    policies::note_types(types, &root, findings);
    policies::observe_types(&wanted.kind(Kind::PolicyType), &root, findings);
    policies::observe(connection, &wanted.kind(Kind::Policy), book.ours, findings).await;
    standing_policies::note(connection, wanted, &root, book.beside, findings).await;
    identity_center::observe(wanted, centre, organization, &root, &people, findings);
    keys::observe(connection, &wanted.kind(Kind::Key), findings).await;
    roles::observe_abroad(connection, &roles_wanted, findings).await;
    backup::observe(connection, wanted, findings).await;
    assembly::administrators(connection, wanted, &tower, findings).await;
    let mut recording = wanted.kind(Kind::ConfigAggregator);
    recording.extend(wanted.kind(Kind::ConfigRule));
    recording.extend(wanted.kind(Kind::ConformancePack));
    config::observe(connection, &recording, findings).await;
    trails::observe(connection, &wanted.kind(Kind::Trail), findings).await;
    stack_sets::observe(connection, &wanted.kind(Kind::StackSet), findings).await;
    match &people.accounts {
        Ok(all) => {
            everybody::note(wanted, organization, all, findings);
            security::observe(connection, wanted, findings).await;
        }
        Err(error) => security::untold(wanted, error, findings),
    }
    // Where Control Tower could not be asked, nobody is taken for ungoverned.
    let governed = tower.as_ref().ok().map(Tower::governed);
    let seats = tower.as_ref().map(Tower::seats).unwrap_or_default();
    assembly::tower(connection, wanted, tower, people, organization, &catalog, findings).await;
    let is_governed = |id: &str| governed.as_ref().is_none_or(|all| all.contains(id));
    let management = organization.management_account.as_str();
    ungoverned::observe(connection, &wanted.kind(Kind::Account), management, &is_governed, findings).await;
    factory::observe(connection, &wanted.kind(Kind::Account), &seats, findings).await;
    findings.facts.controls = catalog.facts;
    Ok(())
}

/// Trusted services, when somebody asks: the landing zone's checks do, too.
async fn trusted(
    connection: &Connection,
    wanted: &Wanted<'_>,
) -> Option<Result<BTreeSet<String>, CallError>> {
    if !wanted.any(&[Kind::TrustedAccess, Kind::LandingZone]) {
        return None;
    }
    Some(organization::trusted_services(connection).await)
}

/// The quotas of Organizations, when something that they limit is wanted. Not every
/// caller may read quotas, so an error is an absent fact.
async fn quotas(connection: &Connection, wanted: &Wanted<'_>) -> Quotas {
    if !wanted.any(&[Kind::Account, Kind::Policy]) {
        return Quotas::default();
    }
    match quotas::organizations(connection).await {
        Ok(quotas) => quotas,
        Err(error) => {
            tracing::debug!(%error, "the quotas of Organizations could not be read");
            Quotas::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::cloud::doubles::{Double, error, ok, xml_error};
    use crate::model::{Address, Fields, reference};

    fn wanted(address: &str, fields: Value, keys: Value) -> Resource {
        let object = |value: Value| value.as_object().unwrap().clone().into_iter().collect();
        Resource {
            address: address.parse().unwrap(),
            fields: object(fields),
            keys: object(keys),
            at_creation: Default::default(),
            whole: Default::default(),
            presence: Default::default(),
            origin: None,
        }
    }

    fn address(text: &str) -> Address {
        text.parse().unwrap()
    }

    fn organization(management: &str) -> Value {
        json!({ "Organization": { "Id": "o-exampleorgid", "Arn": "arn:org", "FeatureSet": "ALL",
            "MasterAccountId": management, "MasterAccountArn": "arn:management" } })
    }

    fn account(id: &str, email: &str, parent: &str) -> Value {
        json!({ "Id": id, "Arn": format!("arn:{id}"), "Name": "n", "Email": email, "State": "ACTIVE",
            "Paths": [format!("o-exampleorgid/{parent}/{id}/")] })
    }

    /// An organization with the unit `Workloads`, in it one account.
    fn living() -> Double {
        Double::new()
            .on("DescribeOrganization", ok(organization("111111111111")))
            .on("ListRoots", ok(json!({ "Roots": [{ "Id": "r-root", "Arn": "arn:root" }] })))
            .by("ListOrganizationalUnitsForParent", |body| match body["ParentId"].as_str() {
                Some("r-root") => json!({ "OrganizationalUnits": [
                    { "Id": "ou-1", "Arn": "arn:aws:organizations::1:ou/o-x/ou-1", "Name": "Workloads" }] }),
                _ => json!({ "OrganizationalUnits": [] }),
            })
            .on(
                "ListAccounts",
                ok(json!({ "Accounts": [account("111111111111", "root@example.com", "r-root"),
                    account("222222222222", "app@example.com", "r-root/ou-1")] })),
            )
            .on(
                "ListServiceQuotas",
                ok(json!({ "Quotas": [
                { "QuotaName": "Default maximum number of accounts", "Value": 10.0 }] })),
            )
    }

    fn unit() -> Resource {
        wanted(
            "organizational_unit.Workloads",
            json!({ "name": "Workloads" }),
            json!({ "path": "Workloads" }),
        )
    }

    fn app() -> Resource {
        wanted("account.app", json!({ "unit": "ou-1" }), json!({ "email": "App@example.com" }))
    }

    fn baseline() -> Resource {
        let target = reference::from(&address("organizational_unit.Workloads"), "arn");
        wanted(
            "baseline.Workloads:control_tower",
            json!({ "target": target, "version": "5.0", "missing_members": [] }),
            json!({ "baseline": "AWSControlTowerBaseline" }),
        )
    }

    fn sorted(double: &Double) -> Vec<String> {
        let mut called = double.called();
        called.sort();
        called
    }

    #[tokio::test(start_paused = true)]
    async fn where_there_is_no_organization_everything_in_it_is_missing_and_the_accounts_own_quota_is_read() {
        let none = error(400, "AWSOrganizationsNotInUseException", "none");
        let quota =
            json!({ "Quotas": [{ "QuotaName": "Default maximum number of accounts", "Value": 10.0 }] });
        let double = Double::new().on("DescribeOrganization", none).on("ListServiceQuotas", ok(quota));
        let snapshot = survey(&double.connection().await, &[unit(), app(), baseline()]).await.unwrap();
        assert!(snapshot.live.is_empty() && snapshot.gaps.is_empty() && snapshot.organization.is_none());
        assert_eq!(snapshot.account.as_str(), "111111111111");
        assert_eq!(snapshot.facts.account_quota, Some(10));
        assert_eq!(double.called(), ["DescribeOrganization", "ListServiceQuotas"]);
    }

    #[tokio::test(start_paused = true)]
    async fn credentials_of_a_member_are_refused_with_a_hint() {
        let double = Double::new().on("DescribeOrganization", ok(organization("999999999999")));
        let error = survey(&double.connection().await, &[unit()]).await.unwrap_err();
        assert!(matches!(error, ObserveError::NotManagement { .. }));
        assert!(error.hint().contains("999999999999"));
    }

    #[tokio::test(start_paused = true)]
    async fn who_cannot_be_identified_or_may_not_read_the_organization_gets_no_snapshot() {
        let denied = error(400, "AccessDeniedException", "no");
        let double = Double::default()
            .on("GetCallerIdentity", xml_error(403, "InvalidClientTokenId", "bad key"))
            .on("DescribeOrganization", denied.clone());
        let error = survey(&double.connection().await, &[]).await.unwrap_err();
        assert!(matches!(error, ObserveError::Caller(_)));
        let double = Double::new().on("DescribeOrganization", denied);
        let error = survey(&double.connection().await, &[]).await.unwrap_err();
        assert!(matches!(error, ObserveError::Organization(_)));
    }

    #[tokio::test(start_paused = true)]
    async fn units_and_accounts_alone_cost_no_call_beyond_them() {
        let double = living();
        let connection = double.connection().await;
        let snapshot = survey(&connection, &[unit(), app()]).await.unwrap();
        assert_eq!(
            sorted(&double),
            [
                "DescribeOrganization",
                "ListAccounts",
                "ListOrganizationalUnitsForParent",
                "ListOrganizationalUnitsForParent",
                "ListRoots",
                "ListServiceQuotas"
            ]
        );
        assert_eq!(connection.counts().writes, 0);
        let live = &snapshot.live[&address("account.app")];
        assert_eq!(live.fields, Fields::from([("unit".to_owned(), json!("ou-1"))]));
        assert_eq!(live.attribute("parent_id"), Some("ou-1"));
        assert_eq!(snapshot.live[&unit().address].attribute("id"), Some("ou-1"));
        assert_eq!((snapshot.facts.accounts, snapshot.facts.account_quota), (Some(2), Some(10)));
        assert_eq!(snapshot.facts.trusted_services, None);
    }

    #[tokio::test(start_paused = true)]
    async fn tags_are_read_only_where_they_are_managed_and_only_managed_ones_are_kept() {
        let tags = json!({ "Tags": [{ "Key": "owner", "Value": "us" }, { "Key": "other", "Value": "x" }] });
        let double = living().on("ListTagsForResource", ok(tags));
        let tagged = wanted(
            "account.app",
            json!({ "tags.owner": "me", "tags.absent": "y" }),
            json!({ "email": "app@example.com" }),
        );
        let snapshot = survey(&double.connection().await, &[unit(), tagged]).await.unwrap();
        let asked: Vec<Value> = double.bodies("ListTagsForResource");
        assert_eq!(asked, [json!({ "ResourceId": "222222222222" })]);
        let fields = &snapshot.live[&address("account.app")].fields;
        assert_eq!(*fields, Fields::from([("tags.owner".to_owned(), json!("us"))]));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_denied_is_a_gap_and_the_rest_is_read() {
        let denied = || error(400, "AccessDeniedException", "no");
        let double = living()
            .on("ListAWSServiceAccessForOrganization", denied())
            .on("/list-landingzones", error(403, "AccessDeniedException", "no"))
            .on("GetRole", xml_error(403, "AccessDenied", "no"));
        let resources = [
            unit(),
            baseline(),
            wanted("trusted_access.ram.amazonaws.com", json!({}), json!({})),
            wanted("landing_zone", json!({ "version": "4.0" }), json!({})),
            wanted("service_role.Admin", json!({ "path": "/" }), json!({})),
        ];
        let snapshot = survey(&double.connection().await, &resources).await.unwrap();
        let gaps: Vec<String> = snapshot.gaps.keys().map(ToString::to_string).collect();
        assert_eq!(
            gaps,
            [
                "trusted_access.ram.amazonaws.com",
                "service_role.Admin",
                "landing_zone",
                "baseline.Workloads:control_tower"
            ]
        );
        assert!(snapshot.live.contains_key(&unit().address));
    }

    #[tokio::test(start_paused = true)]
    async fn an_unreadable_quota_is_an_absent_fact() {
        let double = Double::new()
            .on("DescribeOrganization", ok(organization("111111111111")))
            .on("ListRoots", ok(json!({ "Roots": [{ "Id": "r-root", "Arn": "arn:root" }] })))
            .on(
                "ListAccounts",
                ok(json!({ "Accounts": [account("222222222222", "app@example.com", "r-root")] })),
            )
            .on("ListServiceQuotas", error(400, "AccessDeniedException", "no"));
        let snapshot = survey(&double.connection().await, &[app()]).await.unwrap();
        assert_eq!(snapshot.facts.account_quota, None);
        assert!(snapshot.gaps.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_in_an_account_that_does_not_exist_is_missing_without_a_question() {
        let key = wanted(
            "key.backup",
            json!({ "alias": "alias/backup" }),
            json!({ "alias": "alias/backup", "account": reference::from(&address("account.new"), "id") }),
        );
        let new = wanted("account.new", json!({}), json!({ "email": "new@example.com" }));
        let creating = json!([{ "Id": "car-1", "AccountName": "new", "State": "IN_PROGRESS" },
            { "Id": "car-2", "AccountName": "old", "State": "SUCCEEDED" }]);
        let double = living().on("ListCreateAccountStatus", ok(json!({ "CreateAccountStatuses": creating })));
        let snapshot = survey(&double.connection().await, &[key, new]).await.unwrap();
        assert!(snapshot.facts.accounts_under_creation.iter().eq(["new"]));
        assert!(snapshot.live.is_empty() && snapshot.gaps.is_empty());
        assert!(!double.called().contains(&"ListAliases".to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_whose_creation_ended_after_the_list_was_read_is_there() {
        let new = wanted("account.new", json!({ "name": "new" }), json!({ "email": "new@example.com" }));
        let creations = json!([
            { "Id": "car-1", "AccountName": "new", "State": "SUCCEEDED", "AccountId": "333333333333" },
            { "Id": "car-2", "AccountName": "not ours", "State": "SUCCEEDED", "AccountId": "444444444444" },
            { "Id": "car-3", "AccountName": "new", "State": "FAILED" }]);
        let double =
            living().on("ListCreateAccountStatus", ok(json!({ "CreateAccountStatuses": creations }))).on(
                "DescribeAccount",
                ok(json!({ "Account": account("333333333333", "new@example.com", "r-root") })),
            );
        let snapshot = survey(&double.connection().await, std::slice::from_ref(&new)).await.unwrap();
        assert_eq!(snapshot.live[&new.address].attribute("id"), Some("333333333333"));
        assert_eq!(double.bodies("DescribeAccount"), [json!({ "AccountId": "333333333333" })]);
        assert!(snapshot.facts.accounts_under_creation.is_empty());
        assert_eq!(snapshot.facts.accounts, Some(3));
    }

    #[tokio::test(start_paused = true)]
    async fn a_baseline_is_found_by_its_unit_and_says_which_members_are_missing() {
        let on_unit = json!({ "arn": "arn:e", "baselineIdentifier": "arn:b", "baselineVersion": "5.0",
            "targetIdentifier": "arn:aws:organizations::1:ou/o-x/ou-1",
            "statusSummary": { "status": "UNDER_CHANGE", "lastOperationIdentifier": "op-1" } });
        let zone = json!({ "landingZone": { "arn": "arn:z", "version": "4.0", "manifest": {},
            "latestAvailableVersion": "4.0" } });
        let double = living()
            .on("/list-landingzones", ok(json!({ "landingZones": [{ "arn": "arn:z" }] })))
            .on("/get-landingzone", ok(zone))
            .on(
                "/list-baselines",
                ok(json!({ "baselines": [{ "arn": "arn:b", "name": "AWSControlTowerBaseline" }] })),
            )
            .on("/list-enabled-baselines", ok(json!({ "enabledBaselines": [on_unit] })))
            .on(
                "/list-landingzone-operations",
                ok(json!({ "landingZoneOperations": [
                { "operationIdentifier": "op-2", "operationType": "RESET", "status": "IN_PROGRESS" }] })),
            );
        let snapshot = survey(&double.connection().await, &[unit(), baseline()]).await.unwrap();
        let live = &snapshot.live[&baseline().address];
        assert_eq!(live.fields["missing_members"], json!(["222222222222"]));
        assert_eq!(live.attribute("arn"), Some("arn:e"));
        let busy: Vec<&String> = snapshot.facts.control_tower_busy.iter().collect();
        assert_eq!(busy, ["op-1", "op-2"]);
        assert!(
            !double.called().contains(&"/get-enabled-baseline".to_owned()),
            "no parameter is asked about"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn two_readings_of_an_unchanged_organization_are_equal() {
        let (one, two) = (living(), living());
        let resources = [unit(), app()];
        let first = survey(&one.connection().await, &resources).await.unwrap();
        assert_eq!(first, survey(&two.connection().await, &resources).await.unwrap());
    }
}
