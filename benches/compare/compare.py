"""lzctl's plan against Terraform's: one organization on one moto server, nothing to do for either.

Prints a Markdown table, or says in one line why there is none.
"""

import argparse
import contextlib
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

import boto3

HERE = pathlib.Path(__file__).resolve().parent
REGION = "us-east-1"
KEYS = {
    "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}
# How much faster than AWS moto is asked. Rates that AWS publishes say nothing about a server
# that has none, and Terraform knows none of them.
SPEED = "1000000"


@contextlib.contextmanager
def moto():
    process = subprocess.Popen([sys.executable, HERE / "counted.py"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://"), f"moto said {address!r}"
        yield address
    finally:
        process.kill()
        process.wait()


def count(address):
    with urllib.request.urlopen(f"{address}/_count", timeout=60) as answer:
        return int(answer.read())


class Organization:
    """The organization: made by boto3, told to lzctl and to Terraform in their own words."""

    def __init__(self, address, accounts, units, policies):
        client = boto3.client("organizations", endpoint_url=address, region_name=REGION,
                              aws_access_key_id="testing", aws_secret_access_key="testing")
        self.id = client.create_organization(FeatureSet="ALL")["Organization"]["Id"]
        root = client.list_roots()["Roots"][0]["Id"]
        client.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
        self.root, self.units, self.accounts, self.policies = root, [], [], []
        for number in range(units):
            made = client.create_organizational_unit(ParentId=root, Name=f"Unit{number:03}")
            self.units.append(made["OrganizationalUnit"]["Id"])
        for number in range(accounts):
            status = client.create_account(AccountName=f"app{number:05}", Email=f"app{number:05}@example.com")
            id = status["CreateAccountStatus"]["AccountId"]
            client.move_account(AccountId=id, SourceParentId=root, DestinationParentId=self.units[number % units])
            self.accounts.append(id)
        for number in range(policies):
            made = client.create_policy(Name=f"deny{number:03}", Description="", Type="SERVICE_CONTROL_POLICY",
                                        Content=json.dumps(self.document(number)))
            id = made["Policy"]["PolicySummary"]["Id"]
            client.attach_policy(PolicyId=id, TargetId=self.units[number % units])
            self.policies.append(id)

    @staticmethod
    def document(number):
        return {"Version": "2012-10-17",
                "Statement": [{"Effect": "Deny", "Action": "iam:CreateUser",
                               "Resource": f"arn:aws:iam::*:user/u{number}"}]}

    def for_lzctl(self, folder):
        units = len(self.units)
        lines = ["version: 1", f"organization: {{ home_region: {REGION} }}", "organizational_units:"]
        lines += [f"  Unit{number:03}: {{}}" for number in range(units)]
        lines += ["accounts:"]
        lines += [f"  app{number:05}: {{ email: app{number:05}@example.com, organizational_unit: Unit{number % units:03} }}"
                  for number in range(len(self.accounts))]
        lines += ["policies:"]
        for number in range(len(self.policies)):
            lines += [f"  deny{number:03}:", "    type: service_control",
                      f"    document: {json.dumps(self.document(number))}", f"    targets: [Unit{number % units:03}]"]
        (folder / "landing-zone.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def for_terraform(self, folder, address):
        """The same, with an import of each thing into the state."""
        resources, imports = {}, []

        def add(kind, label, id, **arguments):
            resources.setdefault(kind, {})[label] = arguments
            imports.append({"to": f"{kind}.{label}", "id": id})

        units, prefix = len(self.units), "aws_organizations_"
        add(f"{prefix}organization", "this", self.id, feature_set="ALL", enabled_policy_types=["SERVICE_CONTROL_POLICY"])
        for number, id in enumerate(self.units):
            add(f"{prefix}organizational_unit", f"unit{number}", id, name=f"Unit{number:03}", parent_id=self.root)
        for number, id in enumerate(self.accounts):
            add(f"{prefix}account", f"app{number}", id, name=f"app{number:05}", email=f"app{number:05}@example.com",
                parent_id=f"${{{prefix}organizational_unit.unit{number % units}.id}}")
        for number, id in enumerate(self.policies):
            add(f"{prefix}policy", f"deny{number}", id, name=f"deny{number:03}", type="SERVICE_CONTROL_POLICY",
                content=json.dumps(self.document(number)))
            add(f"{prefix}policy_attachment", f"deny{number}", f"{self.units[number % units]}:{id}",
                policy_id=f"${{{prefix}policy.deny{number}.id}}",
                target_id=f"${{{prefix}organizational_unit.unit{number % units}.id}}")
        provider = {"region": REGION, "skip_credentials_validation": True, "skip_metadata_api_check": True,
                    "skip_requesting_account_id": True,
                    "endpoints": [{"organizations": address, "sts": address, "iam": address}]}
        text = {"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
                "provider": {"aws": provider}, "resource": resources, "import": imports}
        (folder / "main.tf.json").write_text(json.dumps(text, indent=1), encoding="utf-8")


class Run:
    """A command: its wall time, CPU time, the largest process of it, and the requests meanwhile."""

    def __init__(self, address, folder, *command, env=None, expected=0):
        before, used, begin = count(address), resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **KEYS, **(env or {})}, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = process.stdout.read()
        _, status, own = os.wait4(process.pid, 0)
        self.wall, self.requests = time.monotonic() - begin, count(address) - before
        self.cpu, self.peak = own.ru_utime + own.ru_stime, own.ru_maxrss / 1024
        self.code = os.waitstatus_to_exitcode(status)
        assert self.code == expected, f"{command}: exit {self.code}, not {expected}\n{self.said[-4000:]}"

    def row(self, who):
        return f"| {who} | {self.requests} | {self.wall:.1f} s | {self.cpu:.1f} s | {self.peak:.0f} MiB |"


def terraform_init(folder):
    """Why Terraform cannot be compared with, if so."""
    if not shutil.which("terraform"):
        return "there is no terraform on the PATH"
    command = ["terraform", "init", "-input=false", "-no-color"]
    if plugins := os.environ.get("TERRAFORM_PLUGINS"):
        command.append(f"-plugin-dir={plugins}")
    made = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, **KEYS})
    if made.returncode != 0:
        return "terraform cannot get its AWS provider here (TERRAFORM_PLUGINS names a folder that has it)"
    return None


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--lzctl", required=True, type=pathlib.Path)
    arguments.add_argument("--accounts", type=int, default=300)
    arguments.add_argument("--units", type=int, default=20)
    arguments.add_argument("--policies", type=int, default=20)
    given = arguments.parse_args()
    with moto() as address, tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        organization = Organization(address, given.accounts, given.units, given.policies)
        organization.for_lzctl(folder)
        organization.for_terraform(folder, address)
        lzctl = given.lzctl.resolve()
        ours = Run(address, folder, lzctl, "plan", "--exit-code", "landing-zone.yaml",
                   env={"AWS_ENDPOINT_URL": address, "LZCTL_ENDPOINT_SPEED": SPEED, "HOME": name})
        missing = terraform_init(folder)
        if missing:
            print(f"skipped: {missing}", file=sys.stderr)
        else:
            took_in = Run(address, folder, "terraform", "apply", "-auto-approve", "-input=false", "-no-color")
            theirs = Run(address, folder, "terraform", "plan", "-detailed-exitcode", "-input=false", "-no-color")
        print(f"{given.accounts} accounts in {given.units} units with {given.policies} policies:\n")
        print("| plan with nothing to do | requests | wall | CPU | largest process |")
        print("|---|---|---|---|---|")
        print(ours.row("lzctl"))
        if not missing:
            version = subprocess.run(["terraform", "version", "-json"], capture_output=True, text=True, cwd=folder)
            told = json.loads(version.stdout)
            provider = next(iter(told["provider_selections"].values()), "?")
            print(theirs.row(f"Terraform {told['terraform_version']}, AWS provider {provider}"))
            print(f"\nTerraform first took the organization into its state: {took_in.requests} requests, {took_in.wall:.0f} s.")


main()
