"""boto3 sets AWS Config up across an organization: recorders, aggregators, rules and conformance packs.

Each story is given the helpers of `stories.py` and an empty world.
"""

from detection import inside, organization, refusal

PACK = """
Resources:
  Versioned:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: versioned
      Source: { Owner: AWS, SourceIdentifier: S3_BUCKET_VERSIONING_ENABLED }
"""


def recorder(account, name="default"):
    return {"name": name, "roleARN": f"arn:aws:iam::{account}:role/recorder", "recordingGroup": {"allSupported": True}}


def config_records_in_an_account(client, until, endpoint):
    app, = organization(client, until, endpoint, ["app"])
    config = inside(client, endpoint, "config", app)
    assert config.describe_configuration_recorders()["ConfigurationRecorders"] == []
    config.put_configuration_recorder(ConfigurationRecorder=recorder(app))
    shown = config.describe_configuration_recorders(ConfigurationRecorderNames=["default"])["ConfigurationRecorders"]
    assert shown[0]["recordingGroup"]["recordingStrategy"]["useOnly"] == "ALL_SUPPORTED_RESOURCE_TYPES", shown
    other = recorder(app, "other")
    second = refusal(config.put_configuration_recorder, ConfigurationRecorder=other)
    assert second == "MaxNumberOfConfigurationRecordersExceededException", second
    bucket = refusal(config.put_delivery_channel, DeliveryChannel={"name": "default", "s3BucketName": "nobody-has-it"})
    assert bucket == "NoSuchBucketException", bucket
    started = refusal(config.start_configuration_recorder, ConfigurationRecorderName="default")
    assert started == "NoAvailableDeliveryChannelException", started
    assert config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"][0]["recording"] is False
    assert config.describe_delivery_channels()["DeliveryChannels"] == []
    arn = shown[0]["arn"]
    config.tag_resource(ResourceArn=arn, Tags=[{"Key": "owner", "Value": "us"}])
    assert config.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "owner", "Value": "us"}]
    config.untag_resource(ResourceArn=arn, TagKeys=["owner"])
    assert config.list_configuration_recorders()["ConfigurationRecorderSummaries"][0]["recordingScope"] == "PAID"
    config.delete_configuration_recorder(ConfigurationRecorderName="default")


def config_rules_reach_an_organization(client, until, endpoint):
    audit, app = organization(client, until, endpoint, ["audit", "app"])
    organizations = client(endpoint, "organizations")
    management = organizations.describe_organization()["Organization"]["MasterAccountId"]
    for principal in ["config.amazonaws.com", "config-multiaccountsetup.amazonaws.com"]:
        organizations.enable_aws_service_access(ServicePrincipal=principal)
        organizations.register_delegated_administrator(AccountId=audit, ServicePrincipal=principal)
    administrator, member = (inside(client, endpoint, "config", account) for account in (audit, app))
    source = {"RoleArn": f"arn:aws:iam::{audit}:role/aggregator", "AllAwsRegions": True}
    named = {"ConfigurationAggregatorName": "everything"}
    made = administrator.put_configuration_aggregator(**named, OrganizationAggregationSource=source)
    assert made["ConfigurationAggregator"]["OrganizationAggregationSource"] == source, made
    assert administrator.describe_configuration_aggregators()["ConfigurationAggregators"]
    administrator.describe_configuration_aggregator_sources_status(**named)
    denied = refusal(member.put_configuration_aggregator, **named, OrganizationAggregationSource=source)
    assert denied == "OrganizationAccessDeniedException", denied
    member.put_configuration_recorder(ConfigurationRecorder=recorder(app))
    pack = {"OrganizationConformancePackName": "ransomware"}
    administrator.put_organization_conformance_pack(**pack, TemplateBody=PACK, ExcludedAccounts=[management])
    names = {"OrganizationConformancePackNames": ["ransomware"]}
    statuses = lambda: administrator.describe_organization_conformance_pack_statuses(**names)
    ended = until(statuses, lambda told: "IN_PROGRESS" not in told["OrganizationConformancePackStatuses"][0]["Status"])
    assert ended["OrganizationConformancePackStatuses"][0]["Status"] == "CREATE_FAILED", ended
    details = administrator.get_organization_conformance_pack_detailed_status(**pack)
    by_account = {row["AccountId"]: row["Status"] for row in details["OrganizationConformancePackDetailedStatuses"]}
    assert by_account == {audit: "CREATE_FAILED", app: "CREATE_SUCCESSFUL"}, by_account
    rule = {"OrganizationConfigRuleName": "encrypted"}
    managed = {"RuleIdentifier": "ENCRYPTED_VOLUMES", "Description": "volumes are encrypted"}
    excluded = [management, audit]
    administrator.put_organization_config_rule(**rule, OrganizationManagedRuleMetadata=managed, ExcludedAccounts=excluded)
    asked = lambda: administrator.describe_organization_config_rule_statuses(OrganizationConfigRuleNames=["encrypted"])
    ended = until(asked, lambda told: "IN_PROGRESS" not in told["OrganizationConfigRuleStatuses"][0]["OrganizationRuleStatus"])
    assert ended["OrganizationConfigRuleStatuses"][0]["OrganizationRuleStatus"] == "CREATE_SUCCESSFUL", ended
    shown = administrator.describe_organization_config_rules()["OrganizationConfigRules"][0]
    assert shown["OrganizationManagedRuleMetadata"]["RuleIdentifier"] == "ENCRYPTED_VOLUMES", shown
    administrator.delete_organization_config_rule(**rule)
    administrator.delete_organization_conformance_pack(**pack)
    administrator.delete_configuration_aggregator(**named)


STORIES = [config_records_in_an_account, config_rules_reach_an_organization]
