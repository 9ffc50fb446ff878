"""boto3 and the AWS CLI live through a landing zone on `lzctl simulator`, and so does lzctl itself over TCP.

Each story starts from an empty world. A story that fails says which expectation did; answers are also held against
botocore's models (conformance.py).
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

import boto3
import botocore.config
import botocore.exceptions

import backup
import conformance
import deployment
import detection
import governance
import identity_center
import recording

REGION = "us-east-1"
PLAN = pathlib.Path("plans/standard/landing-zone.yaml")
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
SPEED = "600"  # virtual seconds that pass in one; much faster, and a busy machine misses deadlines
SETTLING = 60  # seconds of real time that an operation may take at the simulator's speed


@contextlib.contextmanager
def simulator(lzctl, *more):
    """A fresh simulator on a port of its own choosing; yields its endpoint."""
    process = subprocess.Popen(
        [lzctl, "simulator", "--listen", "127.0.0.1:0", "--speed", SPEED, *more],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    try:
        seen = ""
        while True:
            line = process.stdout.readline()
            seen += line
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                yield found.group(0)
                return
            if not line:
                raise SystemExit(f"the simulator did not start: {seen}")
    finally:
        process.terminate()
        process.wait(10)


def client(endpoint, service, region=REGION, **credentials):
    credentials = credentials or {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    config = botocore.config.Config(retries={"mode": "standard", "max_attempts": 8})
    made = boto3.client(service, endpoint_url=endpoint, region_name=region, config=config, **credentials)
    return conformance.watch(made)


def until(ask, done):
    """Asks until `done` says so."""
    start = time.monotonic()
    while True:
        answer = ask()
        if done(answer):
            return answer
        if time.monotonic() - start > SETTLING:
            raise AssertionError(f"did not settle: {answer}")
        time.sleep(0.05)


def boto3_builds_an_organization(lzctl, _aws):
    with simulator(lzctl) as endpoint:
        organizations = client(endpoint, "organizations")
        organizations.create_organization(FeatureSet="ALL")
        root = organizations.list_roots()["Roots"][0]["Id"]
        unit = organizations.create_organizational_unit(ParentId=root, Name="Workloads")["OrganizationalUnit"]
        request = organizations.create_account(Email="app@example.com", AccountName="app")["CreateAccountStatus"]
        ask = lambda: organizations.describe_create_account_status(CreateAccountRequestId=request["Id"])["CreateAccountStatus"]
        status = until(ask, lambda answer: answer["State"] != "IN_PROGRESS")
        assert status["State"] == "SUCCEEDED", status
        account = status["AccountId"]
        organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit["Id"])
        inside = organizations.list_accounts_for_parent(ParentId=unit["Id"])["Accounts"]
        assert [member["Id"] for member in inside] == [account], inside
        try:
            organizations.move_account(AccountId=account, SourceParentId=unit["Id"], DestinationParentId=unit["Id"])
            raise AssertionError("a move to the same place was accepted")
        except organizations.exceptions.DuplicateAccountException:
            pass
        role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
        keys = client(endpoint, "sts").assume_role(RoleArn=role, RoleSessionName="story")["Credentials"]
        inside = client(
            endpoint, "sts", aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"],
        )
        assert inside.get_caller_identity()["Account"] == account


def boto3_attaches_policies(lzctl, _aws):
    with simulator(lzctl) as endpoint:
        organizations = client(endpoint, "organizations")
        organizations.create_organization(FeatureSet="ALL")
        root = organizations.list_roots()["Roots"][0]["Id"]
        deny = json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
        )
        kind = "SERVICE_CONTROL_POLICY"
        policy = organizations.create_policy(Name="no-s3", Description="", Type=kind, Content=deny)["Policy"]
        policy = policy["PolicySummary"]["Id"]
        refusals = organizations.exceptions
        try:
            organizations.attach_policy(PolicyId=policy, TargetId=root)
            raise AssertionError("a policy of a type that is off was attached")
        except refusals.PolicyTypeNotEnabledException:
            pass
        organizations.enable_policy_type(RootId=root, PolicyType=kind)
        types = lambda: {t["Type"]: t["Status"] for t in organizations.list_roots()["Roots"][0]["PolicyTypes"]}
        until(types, lambda answer: answer.get(kind) == "ENABLED")
        organizations.attach_policy(PolicyId=policy, TargetId=root)
        on_root = organizations.list_policies_for_target(TargetId=root, Filter=kind)["Policies"]
        assert sorted(one["Name"] for one in on_root) == ["FullAWSAccess", "no-s3"], on_root
        targets = organizations.list_targets_for_policy(PolicyId=policy)["Targets"]
        assert [(one["TargetId"], one["Type"]) for one in targets] == [(root, "ROOT")], targets
        organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=root)
        for refused, call in [
            (refusals.PolicyInUseException, lambda: organizations.delete_policy(PolicyId=policy)),
            (refusals.DuplicatePolicyAttachmentException,
             lambda: organizations.attach_policy(PolicyId=policy, TargetId=root)),
            (refusals.ConstraintViolationException,
             lambda: organizations.detach_policy(PolicyId=policy, TargetId=root)),
            (refusals.PolicyTypeAlreadyEnabledException,
             lambda: organizations.enable_policy_type(RootId=root, PolicyType=kind)),
        ]:
            try:
                call()
                raise AssertionError(f"nothing was refused with {refused.__name__}")
            except refused:
                pass
        changed = organizations.update_policy(PolicyId=policy, Name="no-storage")["Policy"]
        assert json.loads(changed["Content"]) == json.loads(deny), changed
        assert organizations.describe_policy(PolicyId=policy)["Policy"]["PolicySummary"]["Name"] == "no-storage"


def the_aws_cli_does_the_same(lzctl, aws):
    with simulator(lzctl) as endpoint, tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": endpoint, "HOME": home, "AWS_PAGER": ""}

        def cli(*words):
            done = subprocess.run(
                [aws, *words, "--output", "json"], env=environment, capture_output=True, text=True, timeout=60
            )
            assert done.returncode == 0, f"aws {' '.join(words)}: {done.stderr}"
            return json.loads(done.stdout or "{}")

        cli("organizations", "create-organization", "--feature-set", "ALL")
        root = cli("organizations", "list-roots")["Roots"][0]["Id"]
        unit = cli("organizations", "create-organizational-unit", "--parent-id", root, "--name", "Sandbox")
        unit = unit["OrganizationalUnit"]["Id"]
        request = cli("organizations", "create-account", "--email", "cli@example.com", "--account-name", "cli")
        request = request["CreateAccountStatus"]["Id"]
        ask = lambda: cli("organizations", "describe-create-account-status", "--create-account-request-id", request)
        status = until(ask, lambda answer: answer["CreateAccountStatus"]["State"] != "IN_PROGRESS")["CreateAccountStatus"]
        account = status["AccountId"]
        cli("organizations", "move-account", "--account-id", account, "--source-parent-id", root,
            "--destination-parent-id", unit)
        parents = cli("organizations", "list-parents", "--child-id", account)["Parents"]
        assert parents == [{"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}], parents
        assert cli("controltower", "list-landing-zones")["landingZones"] == []


def lzctl_builds_a_landing_zone_over_tcp(lzctl, aws):
    with simulator(lzctl) as endpoint, tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": endpoint, "HOME": folder}
        plan = str(PLAN.resolve())
        apply = subprocess.run(
            [str(pathlib.Path(lzctl).resolve()), "apply", plan, "--yes", "--endpoint-speed", SPEED],
            env=environment, cwd=folder, capture_output=True, text=True, timeout=900,
        )
        assert apply.returncode == 0, apply.stdout + apply.stderr
        again = subprocess.run(
            [str(pathlib.Path(lzctl).resolve()), "plan", plan, "--exit-code"],
            env=environment, cwd=folder, capture_output=True, text=True, timeout=300,
        )
        assert again.returncode == 0, again.stdout + again.stderr
        home = re.search(r"home_region:\s*(\S+)", PLAN.read_text()).group(1)
        tower = client(endpoint, "controltower", home)
        zone = tower.list_landing_zones()["landingZones"][0]["arn"]
        zone = tower.get_landing_zone(landingZoneIdentifier=zone)["landingZone"]
        assert zone["status"] == "ACTIVE" and zone["driftStatus"]["status"] == "IN_SYNC", zone
        assert tower.list_enabled_baselines()["enabledBaselines"]
        shown = subprocess.run(
            [aws, "controltower", "list-landing-zones", "--region", home, "--output", "json"],
            env={**environment, "AWS_PAGER": ""}, capture_output=True, text=True, timeout=60,
        )
        assert json.loads(shown.stdout)["landingZones"], shown.stderr


def planning_writes_nothing(lzctl, _aws):
    with simulator(lzctl) as endpoint, tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": endpoint, "HOME": folder}
        plan = subprocess.run(
            [lzctl, "plan", str(PLAN), "--exit-code"], env=environment, capture_output=True, text=True, timeout=300
        )
        assert plan.returncode == 2, plan.stdout + plan.stderr
        with urllib.request.urlopen(f"{endpoint}/_simulator/requests", timeout=10) as answer:
            counts = json.load(answer)
        assert counts["writes"] == 0 and counts["reads"] > 0, counts


def boto3_finds_controls_and_enables_them(lzctl, _aws):
    with simulator(lzctl) as endpoint:
        catalog = client(endpoint, "controlcatalog")
        controls = [one for page in catalog.get_paginator("list_controls").paginate() for one in page["Controls"]]
        by_name = {alias: one for one in controls for alias in one.get("Aliases", [])}
        assert len(by_name) > 100, len(by_name)
        assert {one["Behavior"] for one in controls} == {"PREVENTIVE", "DETECTIVE", "PROACTIVE"}
        region_deny = catalog.get_control(ControlArn=by_name["CT.MULTISERVICE.PV.1"]["Arn"])
        assert {"Name": "AllowedRegions", "Requirement": "REQUIRED"} in region_deny["Parameters"], region_deny
        legacy = catalog.get_control(ControlArn=f"arn:aws:controltower:{REGION}::control/AWS-GR_RESTRICT_ROOT_USER")
        assert legacy["Arn"] == by_name["AWS-GR_RESTRICT_ROOT_USER"]["Arn"], legacy
        mappings = catalog.list_control_mappings(Filter={"MappingTypes": ["RELATED_CONTROL"]})["ControlMappings"]
        exclusive = [one for one in mappings if one["Mapping"]["RelatedControl"]["RelationType"] == "MUTUALLY_EXCLUSIVE"]
        assert len(exclusive) == 2, exclusive
        domain = catalog.list_domains()["Domains"][0]["Arn"]
        objectives = catalog.list_objectives(ObjectiveFilter={"Domains": [{"Arn": domain}]})["Objectives"]
        assert objectives and all(one["Domain"]["Arn"] == domain for one in objectives), objectives
        assert catalog.list_common_controls()["CommonControls"]
        try:
            catalog.get_control(ControlArn="arn:aws:controlcatalog:::control/aaaaaaaaaaaaaaaaaaaaaaaaa")
            raise AssertionError("a control that is not there was found")
        except catalog.exceptions.ResourceNotFoundException:
            pass
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": endpoint, "HOME": folder}
            applied = subprocess.run(
                [str(pathlib.Path(lzctl).resolve()), "apply", str(PLAN.resolve()), "--yes", "--endpoint-speed", SPEED],
                env=environment, cwd=folder, capture_output=True, text=True, timeout=900,
            )
            assert applied.returncode == 0, applied.stdout + applied.stderr
        organizations = client(endpoint, "organizations", region="ap-northeast-1")
        tower = client(endpoint, "controltower", region="ap-northeast-1")
        root = organizations.list_roots()["Roots"][0]["Id"]
        units = organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
        sandbox = next(unit["Arn"] for unit in units if unit["Name"] == "Sandbox")
        control = by_name["CT.MULTISERVICE.PV.1"]["Arn"]
        try:
            tower.enable_control(controlIdentifier=control, targetIdentifier=sandbox)
            raise AssertionError("a control without its required parameter was enabled")
        except tower.exceptions.ValidationException:
            pass
        regions = [{"key": "AllowedRegions", "value": ["ap-northeast-1"]}]
        enabled = tower.enable_control(controlIdentifier=control, targetIdentifier=sandbox, parameters=regions)
        ask = lambda: tower.get_control_operation(operationIdentifier=enabled["operationIdentifier"])["controlOperation"]
        assert until(ask, lambda answer: answer["status"] != "IN_PROGRESS")["status"] == "SUCCEEDED"
        listed = tower.list_enabled_controls(targetIdentifier=sandbox)["enabledControls"]
        assert [one["controlIdentifier"] for one in listed] == [control], listed
        try:
            tower.enable_control(controlIdentifier=control, targetIdentifier=sandbox, parameters=regions)
            raise AssertionError("a control was enabled twice")
        except tower.exceptions.ValidationException as error:
            assert "already enabled on organizational unit" in str(error), error
        operation = tower.disable_control(enabledControlIdentifier=enabled["arn"])["operationIdentifier"]
        ask = lambda: tower.get_control_operation(operationIdentifier=operation)["controlOperation"]
        assert until(ask, lambda answer: answer["status"] != "IN_PROGRESS")["status"] == "SUCCEEDED"
        assert tower.list_enabled_controls(targetIdentifier=sandbox)["enabledControls"] == []


def boto3_gives_people_access(lzctl, _aws):
    with simulator(lzctl) as endpoint:
        identity_center.gives_and_takes_access(client, until, endpoint)


def boto3_delegates_services(lzctl, _aws):
    """One service after the other gets an administrator by its own call, refuses a second, and loses it again."""
    offices = [  # service, principal, appoint, dismiss, its argument, list
        ("guardduty", "guardduty.amazonaws.com", "enable_organization_admin_account", "disable_organization_admin_account",
         "AdminAccountId", "list_organization_admin_accounts"),
        ("securityhub", "securityhub.amazonaws.com", "enable_organization_admin_account",
         "disable_organization_admin_account", "AdminAccountId", "list_organization_admin_accounts"),
        ("inspector2", "inspector2.amazonaws.com", "enable_delegated_admin_account", "disable_delegated_admin_account",
         "delegatedAdminAccountId", "list_delegated_admin_accounts"),
        ("macie2", "macie.amazonaws.com", "enable_organization_admin_account", "disable_organization_admin_account",
         "adminAccountId", "list_organization_admin_accounts"),
        ("detective", "detective.amazonaws.com", "enable_organization_admin_account", "disable_organization_admin_account",
         "AccountId", "list_organization_admin_accounts"),
        ("auditmanager", "auditmanager.amazonaws.com", "register_organization_admin_account",
         "deregister_organization_admin_account", "adminAccountId", "get_organization_admin_account"),
        ("cloudtrail", "cloudtrail.amazonaws.com", "register_organization_delegated_admin",
         "deregister_organization_delegated_admin", "MemberAccountId", None),
        ("securitylake", "securitylake.amazonaws.com", "register_data_lake_delegated_administrator",
         "deregister_data_lake_delegated_administrator", "accountId", None),
    ]
    with simulator(lzctl) as endpoint:
        organizations = client(endpoint, "organizations")
        organizations.create_organization(FeatureSet="ALL")
        request = organizations.create_account(Email="audit@example.com", AccountName="audit")["CreateAccountStatus"]
        ask = lambda: organizations.describe_create_account_status(CreateAccountRequestId=request["Id"])["CreateAccountStatus"]
        account = until(ask, lambda answer: answer["State"] == "SUCCEEDED")["AccountId"]
        for service, principal, appoint, dismiss, argument, listing in offices:
            organizations.enable_aws_service_access(ServicePrincipal=principal)
            made = client(endpoint, service)
            getattr(made, appoint)(**{argument: account})
            held = organizations.list_delegated_administrators(ServicePrincipal=principal)["DelegatedAdministrators"]
            assert [one["Id"] for one in held] == [account], (service, held)
            try:
                getattr(made, appoint)(**{argument: account})
                raise AssertionError(f"{service} appointed the same account twice")
            except botocore.exceptions.ClientError as refusal:
                assert refusal.response["Error"]["Code"], refusal
            if listing:
                assert account in json.dumps(getattr(made, listing)()), service
            nameless = service in ("detective", "securitylake")
            former = "DelegatedAdminAccountId" if service == "cloudtrail" else argument
            getattr(made, dismiss)(**({} if nameless else {former: account}))
            if listing:
                assert account not in json.dumps(getattr(made, listing)(), default=str), service
        manager = client(endpoint, "network-security-manager")
        manager.put_admin_account(accountId=account, priority=1)
        assert manager.get_admin_account(accountId=account)["adminAccountDetails"]["priority"] == 1
        manager.delete_admin_account(accountId=account)
        assert manager.list_admin_accounts()["adminAccounts"] == []


def alone(story):
    """A story of another file with a simulator of its own."""
    def told(lzctl, _aws):
        with simulator(lzctl) as endpoint:
            story(client, until, endpoint)
    told.__name__ = f"boto3_{story.__name__}"
    return told


def protects(story):
    """A story of `backup.py` with a simulator whose world holds data."""
    def told(lzctl, _aws):
        with tempfile.TemporaryDirectory() as folder:
            world = pathlib.Path(folder) / "world.json"
            world.write_text(json.dumps(backup.WORLD))
            with simulator(lzctl, "--world", str(world)) as endpoint:
                story(client, until, endpoint)
    told.__name__ = f"boto3_{story.__name__}"
    return told


STORIES = [
    *(alone(story) for story in governance.STORIES + recording.STORIES + detection.STORIES + deployment.STORIES),
    *(protects(story) for story in backup.STORIES),
    boto3_gives_people_access,
    boto3_delegates_services,
    boto3_builds_an_organization,
    boto3_attaches_policies,
    the_aws_cli_does_the_same,
    planning_writes_nothing,
    lzctl_builds_a_landing_zone_over_tcp,
    boto3_finds_controls_and_enables_them,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lzctl", required=True)
    parser.add_argument("--aws", required=True)
    given = parser.parse_args()
    failed = 0
    for story in STORIES:
        try:
            story(given.lzctl, given.aws)
            print(f"ok      {story.__name__}")
        except (AssertionError, botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
            failed += 1
            print(f"FAILED  {story.__name__}: {error}")
    for fault in sorted(set(conformance.faults)):
        print(f"FAULT   {fault}")
    failed += bool(conformance.faults)
    print(f"{conformance.answers} answers held against botocore's models")
    print(f"{len(STORIES) + 1 - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
