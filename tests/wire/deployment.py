"""boto3 carries things into every account of an organization: stack sets, policies of Firewall Manager, a trail.

Each story is given the helpers of `stories.py` and an empty world.
"""

import json

from detection import inside, organization, refusal

TEMPLATE = """
Resources:
  Topic:
    Type: AWS::SNS::Topic
"""


def stack_sets_reach_units(client, until, endpoint):
    app, late = organization(client, until, endpoint, ["app", "late"])
    organizations = client(endpoint, "organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="Workloads")["OrganizationalUnit"]["Id"]
    organizations.move_account(AccountId=app, SourceParentId=root, DestinationParentId=unit)
    cloudformation = client(endpoint, "cloudformation")
    cloudformation.activate_organizations_access()
    named = {"StackSetName": "topics"}
    managed = {
        "PermissionModel": "SERVICE_MANAGED", "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False},
    }
    cloudformation.create_stack_set(**named, TemplateBody=TEMPLATE, Description="a topic", **managed)
    twice = refusal(cloudformation.create_stack_set, **named, TemplateBody=TEMPLATE, **managed)
    assert twice == "NameAlreadyExistsException", twice
    shown = cloudformation.describe_stack_set(**named)["StackSet"]
    assert shown["PermissionModel"] == "SERVICE_MANAGED" and shown["AutoDeployment"]["Enabled"], shown
    targets = {"DeploymentTargets": {"OrganizationalUnitIds": [unit]}, "Regions": ["us-east-1", "eu-west-1"]}

    def ended(operation):
        asked = lambda: cloudformation.describe_stack_set_operation(**named, OperationId=operation)["StackSetOperation"]
        return until(asked, lambda told: told["Status"] not in ("QUEUED", "RUNNING"))["Status"]

    begun = cloudformation.create_stack_instances(**named, **targets)["OperationId"]
    busy = refusal(cloudformation.create_stack_instances, **named, **targets)
    assert busy == "OperationInProgressException", busy
    assert ended(begun) == "SUCCEEDED"
    stacks = lambda: cloudformation.list_stack_instances(**named)["Summaries"]
    assert {(one["Account"], one["Region"]) for one in stacks()} == {(app, "us-east-1"), (app, "eu-west-1")}
    results = cloudformation.list_stack_set_operation_results(**named, OperationId=begun)["Summaries"]
    assert {one["Status"] for one in results} == {"SUCCEEDED"}, results
    organizations.move_account(AccountId=late, SourceParentId=root, DestinationParentId=unit)
    until(stacks, lambda found: late in {one["Account"] for one in found})
    refused = refusal(cloudformation.delete_stack_set, **named)
    assert refused == "StackSetNotEmptyException", refused
    idle = lambda: cloudformation.list_stack_set_operations(**named)["Summaries"]
    until(idle, lambda found: all(one["Status"] == "SUCCEEDED" for one in found))
    withdrawn = cloudformation.delete_stack_instances(**named, **targets, RetainStacks=False)["OperationId"]
    assert ended(withdrawn) == "SUCCEEDED"
    assert stacks() == []
    cloudformation.delete_stack_set(**named)


def firewall_manager_puts_policies(client, until, endpoint):
    audit, = organization(client, until, endpoint, ["audit"])
    client(endpoint, "organizations").enable_aws_service_access(ServicePrincipal="fms.amazonaws.com")
    fms = client(endpoint, "fms")
    fms.associate_admin_account(AdminAccount=audit)
    until(fms.get_admin_account, lambda told: told["RoleStatus"] == "READY")
    administrator = inside(client, endpoint, "fms", audit)
    kind = "SECURITY_GROUPS_CONTENT_AUDIT"
    settings = {"type": kind, "preManagedOptions": [{"denyProtocolAllValue": True}]}
    policy = {
        "PolicyName": "open-groups", "ResourceType": "AWS::EC2::SecurityGroup", "ExcludeResourceTags": False,
        "RemediationEnabled": True,
        "SecurityServicePolicyData": {"Type": kind, "ManagedServiceData": json.dumps(settings)},
    }
    made = administrator.put_policy(Policy=policy)["Policy"]
    changed = {**made, "RemediationEnabled": False}
    administrator.put_policy(Policy=changed)
    stale = refusal(administrator.put_policy, Policy=changed)
    assert stale == "InvalidInputException", stale
    listed = administrator.list_policies()["PolicyList"]
    assert [(one["PolicyName"], one["RemediationEnabled"]) for one in listed] == [("open-groups", False)], listed
    administrator.delete_policy(PolicyId=made["PolicyId"])
    gone = refusal(administrator.get_policy, PolicyId=made["PolicyId"])
    assert gone == "ResourceNotFoundException", gone


def a_trail_needs_a_bucket(client, until, endpoint):
    organization(client, until, endpoint, [])
    cloudtrail = client(endpoint, "cloudtrail")
    assert cloudtrail.describe_trails()["trailList"] == []
    asked = {"Name": "organization", "S3BucketName": "nobody-has-it", "IsOrganizationTrail": True}
    untrusted = refusal(cloudtrail.create_trail, **asked)
    assert untrusted == "CloudTrailAccessNotEnabledException", untrusted
    client(endpoint, "organizations").enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    missing = refusal(cloudtrail.create_trail, **asked)
    assert missing == "S3BucketDoesNotExistException", missing
    unknown = refusal(cloudtrail.get_trail_status, Name="organization")
    assert unknown == "TrailNotFoundException", unknown


STORIES = [stack_sets_reach_units, firewall_manager_puts_policies, a_trail_needs_a_bucket]
