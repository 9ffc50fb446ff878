"""boto3 builds detection across an organization: administrators, members, settings of GuardDuty, Security Hub,
Inspector, Macie, Detective and Access Analyzer.

Each story is given the helpers of `stories.py` and an empty world.
"""

import botocore.exceptions


def refusal(call, **members):
    """The code with which a call is refused."""
    try:
        call(**members)
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError(f"{call.__name__} was not refused")


def organization(client, until, endpoint, names):
    """An organization with accounts of these names; gives their ids."""
    organizations = client(endpoint, "organizations")
    organizations.create_organization(FeatureSet="ALL")
    accounts = []
    for name in names:
        begun = organizations.create_account(Email=f"{name}@example.com", AccountName=name)["CreateAccountStatus"]
        ask = lambda: organizations.describe_create_account_status(CreateAccountRequestId=begun["Id"])
        ended = until(ask, lambda answer: answer["CreateAccountStatus"]["State"] != "IN_PROGRESS")
        accounts.append(ended["CreateAccountStatus"]["AccountId"])
    return accounts


def inside(client, endpoint, service, account):
    """A client with the rights of an account's access role."""
    role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
    keys = client(endpoint, "sts").assume_role(RoleArn=role, RoleSessionName="story")["Credentials"]
    return client(
        endpoint, service, aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"],
    )


def guardduty_reaches_members(client, until, endpoint):
    audit, app = organization(client, until, endpoint, ["audit", "app"])
    trusted = "guardduty.amazonaws.com"
    client(endpoint, "organizations").enable_aws_service_access(ServicePrincipal=trusted)
    client(endpoint, "guardduty").enable_organization_admin_account(AdminAccountId=audit)
    administrator, member = (inside(client, endpoint, "guardduty", account) for account in (audit, app))
    detector = administrator.list_detectors()["DetectorIds"][0]
    features = [{"Name": "S3_DATA_EVENTS", "AutoEnable": "ALL"}, {"Name": "RUNTIME_MONITORING", "AutoEnable": "NEW"}]
    administrator.update_organization_configuration(
        DetectorId=detector, AutoEnableOrganizationMembers="NEW", Features=features
    )
    shown = administrator.describe_organization_configuration(DetectorId=detector)
    assert shown["AutoEnableOrganizationMembers"] == "NEW", shown
    details = [{"AccountId": app, "Email": "app@example.com"}, {"AccountId": "999900001111", "Email": "no@example.com"}]
    made = administrator.create_members(DetectorId=detector, AccountDetails=details)
    assert [row["AccountId"] for row in made["UnprocessedAccounts"]] == ["999900001111"], made
    members = administrator.list_members(DetectorId=detector)["Members"]
    assert [row["RelationshipStatus"] for row in members] == ["Enabled"], members
    seen = administrator.get_member_detectors(DetectorId=detector, AccountIds=[app])
    on = {row["Name"] for row in seen["MemberDataSourceConfigurations"][0]["Features"] if row["Status"] == "ENABLED"}
    assert on == {"S3_DATA_EVENTS", "RUNTIME_MONITORING"}, on
    own = member.list_detectors()["DetectorIds"][0]
    assert member.get_detector(DetectorId=own)["Status"] == "ENABLED"
    assert member.get_administrator_account(DetectorId=own)["Administrator"]["AccountId"] == audit
    assert refusal(member.disassociate_from_administrator_account, DetectorId=own) == "BadRequestException"
    assert refusal(member.delete_detector, DetectorId=own) == "BadRequestException"
    administrator.stop_monitoring_members(DetectorId=detector, AccountIds=[app])
    administrator.start_monitoring_members(DetectorId=detector, AccountIds=[app])
    administrator.disassociate_members(DetectorId=detector, AccountIds=[app])
    assert administrator.delete_members(DetectorId=detector, AccountIds=[app])["UnprocessedAccounts"] == []
    member.delete_detector(DetectorId=own)


def security_hub_is_configured_centrally(client, until, endpoint):
    audit, app = organization(client, until, endpoint, ["audit", "app"])
    root = client(endpoint, "organizations").list_roots()["Roots"][0]["Id"]
    client(endpoint, "securityhub").enable_organization_admin_account(AdminAccountId=audit)
    administrator, member = (inside(client, endpoint, "securityhub", account) for account in (audit, app))
    assert refusal(administrator.describe_hub) == "InvalidAccessException"
    administrator.enable_security_hub(EnableDefaultStandards=False, ControlFindingGenerator="SECURITY_CONTROL")
    assert refusal(administrator.enable_security_hub) == "ResourceConflictException"
    assert administrator.describe_hub()["HubArn"]
    made = administrator.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=["eu-west-1"])
    assert administrator.list_finding_aggregators()["FindingAggregators"]
    administrator.get_finding_aggregator(FindingAggregatorArn=made["FindingAggregatorArn"])
    administrator.update_organization_configuration(
        AutoEnable=False, AutoEnableStandards="NONE", OrganizationConfiguration={"ConfigurationType": "CENTRAL"}
    )
    ask = lambda: administrator.describe_organization_configuration()["OrganizationConfiguration"]["Status"]
    assert until(ask, lambda status: status != "PENDING") == "ENABLED"
    standard = administrator.describe_standards()["Standards"][0]["StandardsArn"]
    policy = administrator.create_configuration_policy(
        Name="baseline",
        ConfigurationPolicy={"SecurityHub": {
            "ServiceEnabled": True, "EnabledStandardIdentifiers": [standard],
            "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": []},
        }},
    )
    assert administrator.get_configuration_policy(Identifier=policy["Id"])["Name"] == "baseline"
    target = {"RootId": root}
    administrator.start_configuration_policy_association(ConfigurationPolicyIdentifier=policy["Id"], Target=target)
    ask = lambda: administrator.get_configuration_policy_association(Target=target)["AssociationStatus"]
    assert until(ask, lambda status: status != "PENDING") == "SUCCESS"
    enabled = member.get_enabled_standards()["StandardsSubscriptions"]
    assert [row["StandardsArn"] for row in enabled] == [standard], enabled
    listed = administrator.list_configuration_policy_associations()["ConfigurationPolicyAssociationSummaries"]
    assert {row["AssociationType"] for row in listed} == {"APPLIED", "INHERITED"}, listed
    assert refusal(administrator.delete_configuration_policy, Identifier=policy["Id"]) == "ResourceConflictException"
    findings_are_changed_by_rules(administrator, member)


def findings_are_changed_by_rules(administrator, member):
    rule = {
        "RuleName": "loud", "RuleOrder": 1, "Description": "what is high is critical",
        "Criteria": {"SeverityLabel": [{"Value": "HIGH", "Comparison": "EQUALS"}]},
        "Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"Severity": {"Label": "CRITICAL"}}}],
    }
    assert refusal(member.create_automation_rule, **rule) == "InvalidAccessException"
    arn = administrator.create_automation_rule(**rule)["RuleArn"]
    items = [{"RuleArn": arn, "RuleStatus": "DISABLED"}, {"RuleArn": f"{arn}-not", "RuleOrder": 2}]
    told = administrator.batch_update_automation_rules(UpdateAutomationRulesRequestItems=items)
    assert told["ProcessedAutomationRules"] == [arn], told
    assert [row["RuleArn"] for row in told["UnprocessedAutomationRules"]] == [f"{arn}-not"], told
    assert administrator.list_automation_rules()["AutomationRulesMetadata"][0]["RuleStatus"] == "DISABLED"
    shown = administrator.batch_get_automation_rules(AutomationRulesArns=[arn])["Rules"][0]
    assert shown["Criteria"] == rule["Criteria"] and shown["Actions"] == rule["Actions"], shown
    assert administrator.batch_delete_automation_rules(AutomationRulesArns=[arn])["ProcessedAutomationRules"] == [arn]


def inspector_scans_members(client, until, endpoint):
    audit, app = organization(client, until, endpoint, ["audit", "app"])
    client(endpoint, "organizations").enable_aws_service_access(ServicePrincipal="inspector2.amazonaws.com")
    client(endpoint, "inspector2").enable_delegated_admin_account(delegatedAdminAccountId=audit)
    administrator, member = (inside(client, endpoint, "inspector2", account) for account in (audit, app))
    assert refusal(administrator.describe_organization_configuration) == "AccessDeniedException"
    made = administrator.enable(resourceTypes=["EC2", "ECR"])
    assert made["failedAccounts"] == [] and made["accounts"][0]["status"] == "ENABLING", made
    switches = {"ec2": True, "ecr": True, "lambda": False}
    changed = administrator.update_organization_configuration(autoEnable=switches)["autoEnable"]
    assert changed["ec2"] and not changed["lambda"], changed
    assert not administrator.describe_organization_configuration()["maxAccountLimitReached"]
    administrator.associate_member(accountId=app)
    ask = lambda: administrator.get_member(accountId=app)["member"]["relationshipStatus"]
    assert until(ask, lambda word: word != "CREATED") == "ENABLED"
    failed = administrator.enable(accountIds=[app, "999900001111"], resourceTypes=["EC2"])["failedAccounts"]
    assert [row["errorCode"] for row in failed] == ["ACCESS_DENIED"], failed
    ask = lambda: administrator.batch_get_account_status(accountIds=[app])["accounts"][0]["state"]["status"]
    assert until(ask, lambda word: word != "ENABLING") == "ENABLED"
    assert [row["accountId"] for row in administrator.list_members()["members"]] == [app]
    assert member.disable()["failedAccounts"][0]["errorCode"] == "ACCESS_DENIED"
    administrator.disassociate_member(accountId=app)
    assert member.disable()["accounts"][0]["status"] == "DISABLED"


def macie_reaches_members(client, until, endpoint):
    audit, app = organization(client, until, endpoint, ["audit", "app"])
    client(endpoint, "organizations").enable_aws_service_access(ServicePrincipal="macie.amazonaws.com")
    client(endpoint, "macie2").enable_organization_admin_account(adminAccountId=audit)
    administrator, member = (inside(client, endpoint, "macie2", account) for account in (audit, app))
    assert refusal(administrator.get_macie_session) == "AccessDeniedException"
    administrator.enable_macie(status="ENABLED", findingPublishingFrequency="ONE_HOUR")
    assert refusal(administrator.enable_macie) == "ConflictException"
    session = administrator.get_macie_session()
    assert session["status"] == "ENABLED" and session["createdAt"].year > 2000, session
    administrator.update_organization_configuration(autoEnable=True)
    assert administrator.describe_organization_configuration()["autoEnable"]
    administrator.update_automated_discovery_configuration(status="ENABLED", autoEnableOrganizationMembers="NEW")
    discovery = administrator.get_automated_discovery_configuration()
    assert discovery["autoEnableOrganizationMembers"] == "NEW", discovery
    account = {"accountId": app, "email": "app@example.com"}
    administrator.create_member(account=account)
    assert refusal(administrator.create_member, account=account) == "ConflictException"
    assert administrator.get_member(id=app)["relationshipStatus"] == "Enabled"
    assert member.get_administrator_account()["administrator"]["accountId"] == audit
    assert refusal(member.disable_macie) == "ConflictException"
    assert refusal(member.disassociate_from_administrator_account) == "ValidationException"
    administrator.update_member_session(id=app, status="PAUSED")
    assert administrator.list_members()["members"][0]["relationshipStatus"] == "Paused"
    administrator.disassociate_member(id=app)
    administrator.delete_member(id=app)
    assert refusal(administrator.get_member, id=app) == "ResourceNotFoundException"


def detective_waits_for_guardduty(client, until, endpoint):
    audit, app = organization(client, until, endpoint, ["audit", "app"])
    client(endpoint, "detective").enable_organization_admin_account(AccountId=audit)
    administrator, member = (inside(client, endpoint, "detective", account) for account in (audit, app))
    graph = administrator.list_graphs()["GraphList"][0]["Arn"]
    assert administrator.create_graph()["GraphArn"] == graph
    administrator.update_organization_configuration(GraphArn=graph, AutoEnable=True)
    assert administrator.describe_organization_configuration(GraphArn=graph)["AutoEnable"]
    account = {"AccountId": app, "EmailAddress": "app@example.com"}
    made = administrator.create_members(GraphArn=graph, Accounts=[account])
    assert made["Members"][0]["DisabledReason"] == "VOLUME_UNKNOWN", made
    again = administrator.create_members(GraphArn=graph, Accounts=[account])
    assert [row["AccountId"] for row in again["UnprocessedAccounts"]] == [app], again
    administrator.start_monitoring_member(GraphArn=graph, AccountId=app)
    listed = administrator.list_members(GraphArn=graph)["MemberDetails"]
    assert [row["Status"] for row in listed] == ["ACCEPTED_BUT_DISABLED"], listed
    administrator.update_datasource_packages(GraphArn=graph, DatasourcePackages=["EKS_AUDIT"])
    sources = administrator.list_datasource_packages(GraphArn=graph)["DatasourcePackages"]
    assert sources["EKS_AUDIT"]["DatasourcePackageIngestState"] == "STARTED", sources
    assert refusal(member.disassociate_membership, GraphArn=graph) == "ValidationException"
    assert administrator.delete_members(GraphArn=graph, AccountIds=[app])["AccountIds"] == [app]


def analyzers_belong_to_the_organization(client, until, endpoint):
    audit, app = organization(client, until, endpoint, ["audit", "app"])
    organizations = client(endpoint, "organizations")
    trusted = {"ServicePrincipal": "access-analyzer.amazonaws.com"}
    organizations.enable_aws_service_access(**trusted)
    administrator, member = (inside(client, endpoint, "accessanalyzer", account) for account in (audit, app))
    whole = {"analyzerName": "whole", "type": "ORGANIZATION"}
    assert refusal(member.create_analyzer, **whole) == "AccessDeniedException"
    organizations.register_delegated_administrator(AccountId=audit, **trusted)
    arn = administrator.create_analyzer(**whole)["arn"]
    assert refusal(administrator.create_analyzer, **whole) == "ConflictException"
    unused = {"unusedAccess": {"unusedAccessAge": 60}}
    administrator.create_analyzer(analyzerName="unused", type="ORGANIZATION_UNUSED_ACCESS", configuration=unused)
    assert {row["name"] for row in administrator.list_analyzers()["analyzers"]} == {"whole", "unused"}
    ask = lambda: administrator.get_analyzer(analyzerName="whole")["analyzer"]
    shown = until(ask, lambda analyzer: analyzer["status"] != "CREATING")
    assert (shown["arn"], shown["type"], shown["status"]) == (arn, "ORGANIZATION", "ACTIVE"), shown
    administrator.delete_analyzer(analyzerName="whole")
    assert refusal(administrator.get_analyzer, analyzerName="whole") == "ResourceNotFoundException"


STORIES = [
    guardduty_reaches_members,
    security_hub_is_configured_centrally,
    inspector_scans_members,
    macie_reaches_members,
    detective_waits_for_guardduty,
    analyzers_belong_to_the_organization,
]
