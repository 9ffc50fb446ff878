"""boto3 gives people access through IAM Identity Center: groups, permission sets, assignments, and their undoing.

The organization's instance comes with Control Tower's landing zone, which the AWS-made calls here set up first.
"""

import json

import botocore.exceptions

ROLES = {
    "AWSControlTowerAdmin": ("controltower", "AWSControlTowerServiceRolePolicy", "ec2:DescribeAvailabilityZones"),
    "AWSControlTowerCloudTrailRole": ("cloudtrail", "AWSControlTowerCloudTrailRolePolicy", None),
    "AWSControlTowerStackSetRole": ("cloudformation", None, "sts:AssumeRole"),
    "AWSControlTowerConfigAggregatorRoleForOrganizations": ("config", "AWSConfigRoleForOrganizations", None),
}


def allow(action, principal=None):
    statement = {"Effect": "Allow", "Action": action}
    statement.update({"Principal": {"Service": f"{principal}.amazonaws.com"}} if principal else {"Resource": "*"})
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def landing_zone(client, until, endpoint):
    """Sets a landing zone up with Identity Center in it; gives the ids of the log and audit accounts."""
    organizations, iam = client(endpoint, "organizations"), client(endpoint, "iam")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="Security")["OrganizationalUnit"]["Id"]
    accounts = []
    for name in ("log", "audit"):
        begun = organizations.create_account(Email=f"{name}@example.com", AccountName=name)["CreateAccountStatus"]
        ask = lambda: organizations.describe_create_account_status(CreateAccountRequestId=begun["Id"])
        ended = until(ask, lambda answer: answer["CreateAccountStatus"]["State"] != "IN_PROGRESS")
        accounts.append(ended["CreateAccountStatus"]["AccountId"])
        organizations.move_account(AccountId=accounts[-1], SourceParentId=root, DestinationParentId=unit)
    for name, (service, managed, inline) in ROLES.items():
        trust = allow("sts:AssumeRole", service)
        iam.create_role(Path="/service-role/", RoleName=name, AssumeRolePolicyDocument=trust)
        if managed:
            iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/service-role/{managed}")
        if inline:
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=allow(inline))
    log, audit = accounts
    manifest = {
        "governedRegions": ["us-east-1"],
        "accessManagement": {"enabled": True},
        "backup": {"enabled": False},
        "centralizedLogging": {"enabled": True, "accountId": log},
        "config": {"enabled": True, "accountId": audit},
        "securityRoles": {"enabled": True, "accountId": audit},
    }
    tower = client(endpoint, "controltower")

    def create():
        try:
            return tower.create_landing_zone(version="4.0", manifest=manifest)
        except tower.exceptions.ValidationException as error:
            if "CUSTOMER_ASSUME_ROLE_FAILED" not in str(error):
                raise
            return None  # the roles are too young to be assumed

    zone = until(create, bool)["arn"]
    ask = lambda: tower.get_landing_zone(landingZoneIdentifier=zone)["landingZone"]["status"]
    assert until(ask, lambda status: status != "PROCESSING") == "ACTIVE"
    return log, audit


def refusal(call, **members):
    """The code with which a call is refused."""
    try:
        call(**members)
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError(f"{call.__name__} was not refused")


def gives_and_takes_access(client, until, endpoint):
    log, _ = landing_zone(client, until, endpoint)
    sso, identities = client(endpoint, "sso-admin"), client(endpoint, "identitystore")
    found = sso.list_instances()["Instances"][0]
    instance, store = found["InstanceArn"], found["IdentityStoreId"]
    assert refusal(sso.create_instance, Name="another") == "ValidationException"
    assert sso.describe_instance(InstanceArn=instance)["Status"] == "ACTIVE"
    pages = identities.get_paginator("list_groups").paginate(IdentityStoreId=store, PaginationConfig={"PageSize": 3})
    names = {group["DisplayName"] for page in pages for group in page["Groups"]}
    assert "AWSControlTowerAdmins" in names and len(names) == 8, names

    group = identities.create_group(IdentityStoreId=store, DisplayName="Developers", Description="who builds")["GroupId"]
    assert refusal(identities.create_group, IdentityStoreId=store, DisplayName="Developers") == "ConflictException"
    by_name = {"UniqueAttribute": {"AttributePath": "displayName", "AttributeValue": "Developers"}}
    assert identities.get_group_id(IdentityStoreId=store, AlternateIdentifier=by_name)["GroupId"] == group
    rename = [{"AttributePath": "description", "AttributeValue": "who builds and runs"}]
    identities.update_group(IdentityStoreId=store, GroupId=group, Operations=rename)
    user = identities.create_user(
        IdentityStoreId=store, UserName="ana", DisplayName="Ana", Name={"GivenName": "Ana", "FamilyName": "Example"},
        Emails=[{"Value": "ana@example.com", "Primary": True}],
    )["UserId"]
    identities.create_group_membership(IdentityStoreId=store, GroupId=group, MemberId={"UserId": user})
    assert identities.list_group_memberships(IdentityStoreId=store, GroupId=group)["GroupMemberships"]
    identities.describe_user(IdentityStoreId=store, UserId=user)

    made = sso.create_permission_set(
        InstanceArn=instance, Name="Developer", Description="builds", SessionDuration="PT4H",
        Tags=[{"Key": "team", "Value": "one"}],
    )["PermissionSet"]["PermissionSetArn"]
    of_set = {"InstanceArn": instance, "PermissionSetArn": made}
    assert refusal(sso.create_permission_set, InstanceArn=instance, Name="Developer") == "ConflictException"
    sso.attach_managed_policy_to_permission_set(**of_set, ManagedPolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    sso.put_inline_policy_to_permission_set(**of_set, InlinePolicy=allow("s3:Get*"))
    boundary = {"ManagedPolicyArn": "arn:aws:iam::aws:policy/PowerUserAccess"}
    sso.put_permissions_boundary_to_permission_set(**of_set, PermissionsBoundary=boundary)
    assert sso.get_permissions_boundary_for_permission_set(**of_set)["PermissionsBoundary"] == boundary
    assert sso.list_tags_for_resource(InstanceArn=instance, ResourceArn=made)["Tags"]

    target = {"TargetId": log, "TargetType": "AWS_ACCOUNT", "PrincipalType": "GROUP", "PrincipalId": group}
    begun = sso.create_account_assignment(**of_set, **target)["AccountAssignmentCreationStatus"]
    ask = lambda: sso.describe_account_assignment_creation_status(
        InstanceArn=instance, AccountAssignmentCreationRequestId=begun["RequestId"]
    )["AccountAssignmentCreationStatus"]
    assert until(ask, lambda status: status["Status"] != "IN_PROGRESS")["Status"] == "SUCCEEDED"
    has = sso.list_account_assignments_for_principal(InstanceArn=instance, PrincipalId=user, PrincipalType="USER")
    assert [given["AccountId"] for given in has["AccountAssignments"]] == [log], has
    assert refusal(sso.delete_permission_set, **of_set) == "ConflictException"

    sso.update_permission_set(**of_set, SessionDuration="PT8H")
    old = {"ProvisioningStatus": "LATEST_PERMISSION_SET_NOT_PROVISIONED"}
    assert sso.list_accounts_for_provisioned_permission_set(**of_set, **old)["AccountIds"] == [log]
    begun = sso.provision_permission_set(**of_set, TargetType="ALL_PROVISIONED_ACCOUNTS")
    request = begun["PermissionSetProvisioningStatus"]["RequestId"]
    ask = lambda: sso.describe_permission_set_provisioning_status(
        InstanceArn=instance, ProvisionPermissionSetRequestId=request
    )["PermissionSetProvisioningStatus"]
    assert until(ask, lambda status: status["Status"] != "IN_PROGRESS")["Status"] == "SUCCEEDED"
    assert sso.list_accounts_for_provisioned_permission_set(**of_set, **old)["AccountIds"] == []

    begun = sso.delete_account_assignment(**of_set, **target)["AccountAssignmentDeletionStatus"]
    ask = lambda: sso.describe_account_assignment_deletion_status(
        InstanceArn=instance, AccountAssignmentDeletionRequestId=begun["RequestId"]
    )["AccountAssignmentDeletionStatus"]
    assert until(ask, lambda status: status["Status"] != "IN_PROGRESS")["Status"] == "SUCCEEDED"
    sso.delete_permission_set(**of_set)
    assert refusal(sso.describe_permission_set, **of_set) == "ResourceNotFoundException"
    identities.delete_group(IdentityStoreId=store, GroupId=group)
