"""boto3 protects data with AWS Backup: vaults with policies and locks, jobs, copies to another account, restore tests.

Each story is given the helpers of `stories.py` and a world whose management account holds a volume (`WORLD`).
"""

import json

from detection import inside, organization, refusal

REGION = "us-east-1"
MANAGEMENT = "111122223333"
VOLUME = f"arn:aws:ec2:{REGION}:{MANAGEMENT}:volume/vol-0123456789abcdef0"
# A world file may say no more than what matters.
WORLD = {
    "time": "2026-01-01T00:00:00Z", "account": MANAGEMENT, "region": REGION,
    "organizations": {"account_quota": 10},
    "backup": {"data": {REGION: {MANAGEMENT: {VOLUME: {"tags": {"backup": "daily"}, "bytes": 8589934592}}}}},
}
DENIED = "AccessDeniedException"


def role(client, endpoint):
    """A role of the management account that AWS Backup can assume; gives its ARN."""
    iam = client(endpoint, "iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    made = iam.create_role(RoleName="Backup", AssumeRolePolicyDocument=document)["Role"]
    managed = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
    iam.attach_role_policy(RoleName="Backup", PolicyArn=managed)
    return made["Arn"]


def statement(effect, action, **more):
    one = {"Effect": effect, "Principal": "*", "Action": action, "Resource": "*", **more}
    return {"Version": "2012-10-17", "Statement": [one]}


def vaults_keep_their_policies_and_locks(client, until, endpoint):
    backup = client(endpoint, "backup")
    assert refusal(backup.describe_backup_vault, BackupVaultName="none") == DENIED
    made = backup.create_backup_vault(BackupVaultName="local", BackupVaultTags={"a": "b"}, CreatorRequestId="one")
    again = backup.create_backup_vault(BackupVaultName="local", CreatorRequestId="one")
    assert again["CreationDate"] == made["CreationDate"], again
    assert refusal(backup.create_backup_vault, BackupVaultName="local", CreatorRequestId="two") == "AlreadyExistsException"
    arn = made["BackupVaultArn"]
    assert backup.list_tags(ResourceArn=arn)["Tags"] == {"a": "b"}
    backup.tag_resource(ResourceArn=arn, Tags={"c": "d"})
    backup.untag_resource(ResourceArn=arn, TagKeyList=["a"])
    assert backup.list_tags(ResourceArn=arn)["Tags"] == {"c": "d"}
    assert refusal(backup.get_backup_vault_access_policy, BackupVaultName="local") == "ResourceNotFoundException"
    policy = json.dumps(statement("Deny", "backup:DeleteBackupVault"))
    backup.put_backup_vault_access_policy(BackupVaultName="local", Policy=policy)
    assert backup.get_backup_vault_access_policy(BackupVaultName="local")["Policy"] == policy
    assert refusal(backup.delete_backup_vault, BackupVaultName="local") == DENIED
    backup.delete_backup_vault_access_policy(BackupVaultName="local")
    lock = {"BackupVaultName": "local", "MinRetentionDays": 7, "MaxRetentionDays": 400}
    assert refusal(backup.put_backup_vault_lock_configuration, ChangeableForDays=2, **lock) == "InvalidParameterValueException"
    backup.put_backup_vault_lock_configuration(**lock)
    shown = backup.describe_backup_vault(BackupVaultName="local")
    assert (shown["Locked"], shown["MinRetentionDays"], "LockDate" in shown) == (True, 7, False), shown
    backup.put_backup_vault_lock_configuration(ChangeableForDays=3, **lock)
    assert "LockDate" in backup.describe_backup_vault(BackupVaultName="local")
    backup.delete_backup_vault_lock_configuration(BackupVaultName="local")
    wanted = {"BackupVaultName": "last", "MinRetentionDays": 7, "MaxRetentionDays": 30}
    assert backup.create_logically_air_gapped_backup_vault(**wanted)["VaultState"] == "CREATING"
    ready = until(lambda: backup.describe_backup_vault(BackupVaultName="last"), lambda one: one["VaultState"] == "AVAILABLE")
    assert ready["LockDate"] == ready["CreationDate"] and ready["EncryptionKeyType"] == "AWS_OWNED_KMS_KEY", ready
    assert refusal(backup.delete_backup_vault_lock_configuration, BackupVaultName="last") == "InvalidRequestException"
    topic = "arn:aws:sns:us-east-1:111122223333:backups"
    backup.put_backup_vault_notifications(BackupVaultName="local", SNSTopicArn=topic, BackupVaultEvents=["BACKUP_JOB_FAILED"])
    assert backup.get_backup_vault_notifications(BackupVaultName="local")["SNSTopicArn"] == topic
    backup.delete_backup_vault_notifications(BackupVaultName="local")
    names = [one["BackupVaultName"] for one in backup.list_backup_vaults()["BackupVaultList"]]
    assert names == ["last", "local"], names
    first = backup.list_backup_vaults(MaxResults=1)
    assert len(first["BackupVaultList"]) == 1 and first["NextToken"], first
    backup.delete_backup_vault(BackupVaultName="local")
    settings = backup.describe_region_settings()
    assert settings["ResourceTypeOptInPreference"]["Storage Gateway"] is True, settings
    backup.update_region_settings(ResourceTypeOptInPreference={"Storage Gateway": False, "S3": True})
    assert backup.describe_region_settings()["ResourceTypeOptInPreference"]["S3"] is True
    assert "EBS" in backup.get_supported_resource_types()["ResourceTypes"]
    assert refusal(backup.describe_global_settings) == "InvalidRequestException"


def backups_are_copied_restored_and_kept(client, until, endpoint):
    [central] = organization(client, until, endpoint, ["central"])
    mine, theirs = client(endpoint, "backup"), inside(client, endpoint, "backup", central)
    keys = inside(client, endpoint, "kms", central)
    arn, key = role(client, endpoint), keys.create_key()["KeyMetadata"]["Arn"]
    mine.create_backup_vault(BackupVaultName="local")
    target = theirs.create_backup_vault(BackupVaultName="central", EncryptionKeyArn=key)["BackupVaultArn"]
    organizations = client(endpoint, "organizations")
    ours = {"StringEquals": {"aws:PrincipalOrgID": organizations.describe_organization()["Organization"]["Id"]}}
    policy = json.dumps(statement("Allow", "backup:CopyIntoBackupVault", Condition=ours))
    theirs.put_backup_vault_access_policy(BackupVaultName="central", Policy=policy)
    assert refusal(theirs.update_global_settings, GlobalSettings={"isCrossAccountBackupEnabled": "true"}) == "InvalidRequestException"
    mine.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "true"})
    assert theirs.describe_global_settings()["GlobalSettings"]["isCrossAccountBackupEnabled"] == "true"

    kept = {"DeleteAfterDays": 30}
    begun = mine.start_backup_job(BackupVaultName="local", ResourceArn=VOLUME, IamRoleArn=arn, Lifecycle=kept)
    ask = lambda: mine.describe_backup_job(BackupJobId=begun["BackupJobId"])
    done = until(ask, lambda job: job["State"] not in ("CREATED", "RUNNING"))
    assert done["State"] == "COMPLETED", done
    point = done["RecoveryPointArn"]
    copying = {
        "RecoveryPointArn": point, "SourceBackupVaultName": "local", "DestinationBackupVaultArn": target, "IamRoleArn": arn,
    }
    copy = mine.start_copy_job(Lifecycle=kept, **copying)
    ask = lambda: mine.describe_copy_job(CopyJobId=copy["CopyJobId"])["CopyJob"]
    copied = until(ask, lambda job: job["State"] not in ("CREATED", "RUNNING"))
    assert copied["State"] == "COMPLETED", copied
    # The session has come to its end while jobs ran.
    theirs = inside(client, endpoint, "backup", central)
    theirs.put_backup_vault_lock_configuration(BackupVaultName="central", MinRetentionDays=7, MaxRetentionDays=60)
    short = mine.start_copy_job(Lifecycle={"DeleteAfterDays": 1}, **copying)
    failed = mine.describe_copy_job(CopyJobId=short["CopyJobId"])["CopyJob"]
    assert failed["State"] == "FAILED" and "not within the range" in failed["StatusMessage"], failed
    held = theirs.list_recovery_points_by_backup_vault(BackupVaultName="central")["RecoveryPoints"]
    assert [one["ResourceArn"] for one in held] == [VOLUME], held
    of = {"BackupVaultName": "central", "RecoveryPointArn": held[0]["RecoveryPointArn"]}
    assert refusal(theirs.delete_recovery_point, **of) == "InvalidRequestException"
    assert refusal(theirs.update_recovery_point_lifecycle, Lifecycle={"DeleteAfterDays": 8}, **of) == "InvalidRequestException"
    assert refusal(theirs.delete_backup_vault, BackupVaultName="central") == "InvalidRequestException"
    assert theirs.describe_recovery_point(**of)["SourceBackupVaultArn"].endswith(":backup-vault:local")
    theirs.get_recovery_point_restore_metadata(**of)
    assert mine.list_protected_resources()["Results"][0]["ResourceArn"] == VOLUME
    assert mine.describe_protected_resource(ResourceArn=VOLUME)["LastRecoveryPointArn"] == point
    assert mine.list_recovery_points_by_resource(ResourceArn=VOLUME)["RecoveryPoints"]
    assert mine.list_protected_resources_by_backup_vault(BackupVaultName="local")["Results"]
    assert mine.list_backup_jobs(ByState="COMPLETED")["BackupJobs"] and mine.list_copy_jobs(ByState="FAILED")["CopyJobs"]
    # The jobs of other accounts are seen by whom the organization trusts to see them.
    assert refusal(mine.list_backup_jobs, ByAccountId="*") == DENIED
    organizations.enable_aws_service_access(ServicePrincipal="backup.amazonaws.com")
    assert mine.list_backup_jobs(ByAccountId="*")["BackupJobs"]
    assert refusal(theirs.list_backup_jobs, ByAccountId="*") == DENIED

    restoring = mine.start_restore_job(RecoveryPointArn=point, Metadata={"encrypted": "true"}, IamRoleArn=arn)
    ask = lambda: mine.describe_restore_job(RestoreJobId=restoring["RestoreJobId"])
    restored = until(ask, lambda job: job["Status"] not in ("PENDING", "RUNNING"))
    assert restored["Status"] == "COMPLETED" and restored["CreatedResourceArn"], restored
    assert mine.get_restore_job_metadata(RestoreJobId=restoring["RestoreJobId"])["Metadata"] == {"encrypted": "true"}
    assert mine.list_restore_jobs()["RestoreJobs"] and mine.list_restore_jobs_by_protected_resource(ResourceArn=VOLUME)["RestoreJobs"]
    hold = mine.create_legal_hold(Title="case", Description="d", RecoveryPointSelection={"VaultNames": ["local"]})
    local = {"BackupVaultName": "local", "RecoveryPointArn": point}
    assert refusal(mine.delete_recovery_point, **local) == "InvalidRequestException"
    mine.get_legal_hold(LegalHoldId=hold["LegalHoldId"])
    mine.cancel_legal_hold(LegalHoldId=hold["LegalHoldId"], CancelDescription="over")
    assert mine.list_legal_holds()["LegalHolds"][0]["Status"] == "CANCELED"
    assert refusal(mine.disassociate_recovery_point, **local) == "InvalidRequestException"
    mine.delete_recovery_point(**local)


def plans_tests_and_reports_come_and_go(client, until, endpoint):
    backup, arn = client(endpoint, "backup"), role(client, endpoint)
    rule = {"RuleName": "r", "TargetBackupVaultName": "local", "ScheduleExpression": "cron(0 5 ? * * *)", "Lifecycle": {"DeleteAfterDays": 30}}
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "own", "Rules": [rule]})
    of = {"BackupPlanId": plan["BackupPlanId"]}
    tag = {"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}
    wanted = {"SelectionName": "s", "IamRoleArn": arn, "ListOfTags": [tag]}
    chosen = backup.create_backup_selection(BackupSelection=wanted, **of)
    assert backup.get_backup_plan(**of)["BackupPlan"]["Rules"][0]["RuleName"] == "r"
    assert backup.list_backup_plans()["BackupPlansList"] and backup.list_backup_selections(**of)["BackupSelectionsList"]
    assert refusal(backup.delete_backup_plan, **of) == "InvalidRequestException"
    backup.get_backup_selection(SelectionId=chosen["SelectionId"], **of)
    backup.delete_backup_selection(SelectionId=chosen["SelectionId"], **of)
    backup.update_backup_plan(BackupPlan={"BackupPlanName": "own", "Rules": [rule, {**rule, "RuleName": "q"}]}, **of)
    backup.delete_backup_plan(**of)

    points = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}
    test = {"RestoreTestingPlanName": "weekly", "ScheduleExpression": "cron(0 3 ? * SUN *)", "RecoveryPointSelection": points}
    backup.create_restore_testing_plan(RestoreTestingPlan=test)
    assert refusal(backup.create_restore_testing_plan, RestoreTestingPlan=test) == "AlreadyExistsException"
    named = {"RestoreTestingPlanName": "weekly"}
    assert backup.get_restore_testing_plan(**named)["RestoreTestingPlan"]["StartWindowHours"] == 24
    backup.update_restore_testing_plan(RestoreTestingPlan={"StartWindowHours": 8}, **named)
    one = {"RestoreTestingSelectionName": "volumes", "ProtectedResourceType": "EBS", "IamRoleArn": arn, "ProtectedResourceArns": ["*"]}
    backup.create_restore_testing_selection(RestoreTestingSelection=one, **named)
    both = {**named, "RestoreTestingSelectionName": "volumes"}
    backup.update_restore_testing_selection(RestoreTestingSelection={"IamRoleArn": arn, "ValidationWindowHours": 8}, **both)
    assert backup.get_restore_testing_selection(**both)["RestoreTestingSelection"]["ValidationWindowHours"] == 8
    assert backup.list_restore_testing_plans()["RestoreTestingPlans"] and backup.list_restore_testing_selections(**named)["RestoreTestingSelections"]
    assert refusal(backup.delete_restore_testing_plan, **named) == "InvalidRequestException"
    backup.delete_restore_testing_selection(**both)
    backup.delete_restore_testing_plan(**named)
    assert refusal(backup.get_restore_testing_plan, **named) == "ResourceNotFoundException"

    channel, setting = {"S3BucketName": "reports"}, {"ReportTemplate": "BACKUP_JOB_REPORT"}
    backup.create_report_plan(ReportPlanName="jobs", ReportDeliveryChannel=channel, ReportSetting=setting)
    ask = lambda: backup.describe_report_plan(ReportPlanName="jobs")["ReportPlan"]["DeploymentStatus"]
    until(ask, lambda status: status == "COMPLETED")
    assert backup.list_report_plans()["ReportPlans"]
    backup.update_report_plan(ReportPlanName="jobs", ReportSetting={"ReportTemplate": "COPY_JOB_REPORT"})
    assert refusal(backup.delete_report_plan, ReportPlanName="jobs") == "ConflictException"
    until(ask, lambda status: status == "COMPLETED")
    backup.delete_report_plan(ReportPlanName="jobs")
    controls = [{"ControlName": "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK"}]
    backup.create_framework(FrameworkName="locks", FrameworkControls=controls)
    ask = lambda: backup.describe_framework(FrameworkName="locks")["DeploymentStatus"]
    until(ask, lambda status: status == "COMPLETED")
    assert backup.list_frameworks()["Frameworks"][0]["NumberOfControls"] == 1
    backup.update_framework(FrameworkName="locks", FrameworkDescription="of vaults")
    until(ask, lambda status: status == "COMPLETED")
    backup.delete_framework(FrameworkName="locks")


STORIES = [vaults_keep_their_policies_and_locks, backups_are_copied_restored_and_kept, plans_tests_and_reports_come_and_go]
