"""boto3 governs an organization: root access, its resource policy, sharing, stack sets, Health and Firewall Manager.

Firewall Manager and Health are spoken to in CBOR, as boto3 does by itself. Each story is given the helpers of
`stories.py` and an empty world.
"""

import json

import botocore.exceptions

from detection import inside, organization, refusal


def root_access_is_centralised(client, until, endpoint):
    organization(client, until, endpoint, [])
    iam = client(endpoint, "iam")
    refused = refusal(iam.enable_organizations_root_sessions)
    assert refused == "ServiceAccessNotEnabledException", refused
    client(endpoint, "organizations").enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    made = iam.enable_organizations_root_credentials_management()
    assert made["EnabledFeatures"] == ["RootCredentialsManagement"], made
    made = iam.enable_organizations_root_sessions()
    assert sorted(made["EnabledFeatures"]) == ["RootCredentialsManagement", "RootSessions"], made
    left = iam.disable_organizations_root_credentials_management()
    assert left["EnabledFeatures"] == ["RootSessions"], left
    assert iam.list_organizations_features()["EnabledFeatures"] == ["RootSessions"]


def management_of_policies_is_delegated(client, until, endpoint):
    [security] = organization(client, until, endpoint, ["security"])
    organizations = client(endpoint, "organizations")
    assert refusal(organizations.describe_resource_policy) == "ResourcePolicyNotFoundException"
    statement = {
        "Sid": "Read", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{security}:root"},
        "Action": ["organizations:ListPolicies", "organizations:DescribeOrganization"], "Resource": "*",
    }
    content = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    put = organizations.put_resource_policy(Content=content)["ResourcePolicy"]
    assert put["ResourcePolicySummary"]["Arn"].split(":")[5].startswith("resourcepolicy/"), put
    shown = organizations.describe_resource_policy()["ResourcePolicy"]
    assert json.loads(shown["Content"]) == json.loads(content), shown
    listed = inside(client, endpoint, "organizations", security).list_policies(Filter="SERVICE_CONTROL_POLICY")
    assert [one["Name"] for one in listed["Policies"]] == ["FullAWSAccess"], listed
    organizations.delete_resource_policy()
    assert refusal(organizations.describe_resource_policy) == "ResourcePolicyNotFoundException"


def resources_are_shared_within_the_organization(client, until, endpoint):
    backup, app = organization(client, until, endpoint, ["backup", "app"])
    arn = client(endpoint, "organizations").describe_organization()["Organization"]["Arn"]
    owner, consumer = (inside(client, endpoint, "ram", account) for account in (backup, app))
    vault = f"arn:aws:backup:us-east-1:{backup}:backup-vault:airgapped"
    wanted = {"name": "vault", "resourceArns": [vault], "principals": [arn], "allowExternalPrincipals": False}
    assert refusal(owner.create_resource_share, **wanted) == "UnknownResourceException"
    assert client(endpoint, "ram").enable_sharing_with_aws_organization()["returnValue"] is True
    share = owner.create_resource_share(**wanted)["resourceShare"]
    seen = until(lambda: consumer.list_resources(resourceOwner="OTHER-ACCOUNTS")["resources"], bool)
    assert [one["arn"] for one in seen] == [vault], seen
    owner.disassociate_resource_share(resourceShareArn=share["resourceShareArn"], principals=[arn])
    until(lambda: consumer.get_resource_shares(resourceOwner="OTHER-ACCOUNTS")["resourceShares"], lambda all: not all)
    assert owner.delete_resource_share(resourceShareArn=share["resourceShareArn"])["returnValue"] is True


def services_are_trusted_by_their_own_calls(client, until, endpoint):
    organization(client, until, endpoint, [])
    cloudformation, health = client(endpoint, "cloudformation"), client(endpoint, "health")
    assert cloudformation.describe_organizations_access()["Status"] == "DISABLED"
    cloudformation.activate_organizations_access()
    assert cloudformation.describe_organizations_access()["Status"] == "ENABLED"
    status = health.describe_health_service_status_for_organization
    assert status()["healthServiceAccessStatusForOrganization"] == "DISABLED"
    health.enable_health_service_access_for_organization()
    assert status()["healthServiceAccessStatusForOrganization"] == "ENABLED"
    licenses = client(endpoint, "license-manager")
    linked = lambda: licenses.get_service_settings()["OrganizationConfiguration"]["EnableIntegration"]
    assert not linked()
    licenses.update_service_settings(OrganizationConfiguration={"EnableIntegration": True})
    assert linked()
    trusted = client(endpoint, "organizations").list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    names = {one["ServicePrincipal"] for one in trusted}
    assert {"health.amazonaws.com", "member.org.stacksets.cloudformation.amazonaws.com"} <= names, names


def firewall_manager_changes_hands(client, until, endpoint):
    audit, other = organization(client, until, endpoint, ["audit", "other"])
    fms = client(endpoint, "fms")
    assert refusal(fms.get_admin_account) == "ResourceNotFoundException"
    fms.associate_admin_account(AdminAccount=audit)
    until(fms.get_admin_account, lambda answer: answer["RoleStatus"] == "READY")
    try:
        fms.associate_admin_account(AdminAccount=other)
        raise AssertionError("a second default administrator was accepted")
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "InvalidOperationException", error.response
        assert audit in error.response["Error"]["Message"], error.response
    listed = fms.list_admin_accounts_for_organization()["AdminAccounts"]
    assert [(one["AdminAccount"], one["DefaultAdmin"]) for one in listed] == [(audit, True)], listed
    inside(client, endpoint, "fms", audit).disassociate_admin_account()
    assert fms.get_admin_account()["RoleStatus"] == "DELETING"
    def gone():
        try:
            fms.get_admin_account()
            return False
        except fms.exceptions.ResourceNotFoundException:
            return True
    until(gone, bool)
    fms.associate_admin_account(AdminAccount=other)


STORIES = [
    root_access_is_centralised,
    management_of_policies_is_delegated,
    resources_are_shared_within_the_organization,
    services_are_trusted_by_their_own_calls,
    firewall_manager_changes_hands,
]
