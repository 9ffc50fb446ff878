"""Several operators: processes of lzctl against one simulator and one run store at moto's S3.

A story that fails says which expectation did.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import boto3

REGION = "us-east-1"
PLAN = pathlib.Path("plans/minimal/landing-zone.yaml").resolve()
SPEED = "600"  # virtual seconds that pass in one
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": REGION}
BUCKET = "runs"
STORE = f"s3://{BUCKET}/landing-zone"


@contextlib.contextmanager
def server(*command):
    """A process that prints its address first; yields the address."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://"), f"{command} said {address!r}"
        yield address
    finally:
        process.kill()
        process.wait()


class Place:
    """A simulator, a bucket, and operators who have nothing else in common."""

    def __init__(self, lzctl, aws, s3, folder):
        self.lzctl, self.aws, self.folder = lzctl, aws, pathlib.Path(folder)
        self.s3_url = s3
        self.s3 = boto3.client("s3", endpoint_url=s3, region_name=REGION,
                               aws_access_key_id="testing", aws_secret_access_key="testing")
        self.s3.create_bucket(Bucket=BUCKET)

    def start(self, who, *arguments):
        """A command of an operator on a machine of their own."""
        home = self.folder / who
        home.mkdir(exist_ok=True)
        env = {
            **KEYS, "PATH": os.environ["PATH"], "HOME": str(home), "HOSTNAME": who, "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.aws, "AWS_ENDPOINT_URL_S3": self.s3_url,
            "LZCTL_ENDPOINT_SPEED": SPEED, "LZCTL_RUN_STORE": STORE,
        }
        out = open(home / f"out-{time.monotonic_ns()}", "w+", encoding="utf-8")
        process = subprocess.Popen([self.lzctl, *arguments], cwd=home, env=env, stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=subprocess.STDOUT, text=True)
        process.out = out
        return process

    def run(self, who, *arguments, code=0):
        process = self.start(who, *arguments)
        said = self.ended(process)
        assert process.returncode == code, f"{who} {arguments}: exit {process.returncode}, not {code}:\n{said}"
        return said

    def ended(self, process, within=240):
        process.wait(timeout=within)
        process.out.seek(0)
        return process.out.read()

    def keys(self, prefix=""):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"landing-zone/{prefix}")
        return sorted(item["Key"] for page in pages for item in page.get("Contents", []))

    def journal(self):
        """The text of the newest run's journal."""
        keys = [key for key in self.keys("runs/") if "/journal/" in key]
        newest = [key for key in keys if keys[-1].rsplit("/", 1)[0] in key] if keys else []
        return "".join(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in newest)

    def until(self, process, says, within=120):
        """Waits until the journal says so."""
        end = time.monotonic() + within
        while says not in self.journal():
            assert process.poll() is None, f"it ended before {says!r}:\n{self.ended(process)}"
            assert time.monotonic() < end, f"no {says!r}"
            time.sleep(0.02)

    def lease(self):
        keys = self.keys("leases/")
        assert len(keys) == 1, keys
        return json.loads(self.s3.get_object(Bucket=BUCKET, Key=keys[0])["Body"].read())

    def requests(self):
        with urllib.request.urlopen(f"{self.aws}/_simulator/requests", timeout=30) as answer:
            return json.load(answer)["operations"]

    def holds_everything_once(self):
        self.run("anyone", "plan", "--exit-code", str(PLAN))
        operations = self.requests()
        wanted = {"organizations:CreateOrganization": 1, "controltower:CreateLandingZone": 1, "organizations:CreateAccount": 2}
        seen = {name: operations.get(name) for name in wanted}
        assert seen == wanted, seen


APPLY = ("apply", "-y", str(PLAN))
ACCOUNT = '"what":"accepted","step":"account.audit:create"'
ZONE = '"what":"accepted","step":"landing_zone:create"'


def two_at_once_and_one_is_refused_by_name(place):
    first = place.start("anna", *APPLY)
    place.until(first, ACCOUNT)
    said = place.run("ben", *APPLY, code=4)
    assert re.search(r"another process is carrying out run \S+: \S+ on anna, process \d+, since \S+Z; its lease lasts until \S+Z", said), said
    assert "--wait" in said and "Nothing was changed" in said, said
    place.ended(first)
    assert first.returncode == 0
    assert place.lease()["holder"] is None, "it was not given back"
    place.holds_everything_once()


def two_at_once_and_one_waits_and_finds_nothing_left(place):
    first = place.start("anna", *APPLY)
    place.until(first, ACCOUNT)
    second = place.start("ben", *APPLY, "--wait", "10m")
    said = place.ended(second)
    assert second.returncode == 0, said
    assert "waiting for it" in said, said
    place.ended(first)
    assert first.returncode == 0
    assert place.lease()["fence"] == 2
    place.holds_everything_once()


def many_at_the_same_moment_and_none_corrupts(place):
    crowd = [place.start(f"operator-{number}", *APPLY, "--wait", "10m") for number in range(4)]
    for process in crowd:
        said = place.ended(process)
        assert process.returncode == 0, said
    assert place.lease()["fence"] == len(crowd)
    place.holds_everything_once()
    place.run("anyone", "journal", "verify")


def another_machine_goes_on_within_a_minute_of_a_holders_death(place):
    first = place.start("anna", *APPLY)
    place.until(first, ACCOUNT)
    first.kill()
    first.wait()
    died = time.monotonic()
    fence = place.lease()["fence"]
    second = place.start("ben", "resume", "--wait", "2m")
    while place.lease()["fence"] == fence:
        assert second.poll() is None, place.ended(second)
        time.sleep(0.1)
    took = time.monotonic() - died
    assert took <= 60, f"it took {took:.1f} s"
    said = place.ended(second)
    assert second.returncode == 0, said
    assert "Going on with run" in said, said
    place.holds_everything_once()
    said = place.run("cleo", "journal", "verify")
    assert "are in order" in said, said
    assert place.run("cleo", "journal", "list", "--json").count('"complete"') == 1
    print(f"   followed after {took:.1f} s")


def a_stopped_holder_wakes_after_it_was_overtaken_and_dies(place):
    first = place.start("anna", *APPLY)
    place.until(first, ZONE)
    first.send_signal(signal.SIGSTOP)
    second = place.start("ben", "resume", "--wait", "3m")
    said = place.ended(second)
    assert second.returncode == 0, said
    before = place.requests()
    first.send_signal(signal.SIGCONT)
    said = place.ended(first)
    assert first.returncode in (1, 5), f"{first.returncode}: {said}"
    assert "another process" in said or "lease" in said, said
    changed = {name: (before.get(name, 0), count) for name, count in place.requests().items() if count != before.get(name, 0)}
    changed = {name: counts for name, counts in changed.items() if not re.search(r":(List|Describe|Get)", name)}
    assert sum(after - then for then, after in changed.values()) <= 1, changed
    place.run("anyone", "journal", "verify")
    place.holds_everything_once()


def a_bucket_that_is_not_there_is_told_before_anything_is_done(place):
    said = place.run("anna", *APPLY, "--run-store", "s3://nowhere/x", code=1)
    assert "NoSuchBucket" in said and "Nothing was changed" in said, said
    assert place.requests().get("organizations:CreateOrganization") is None


STORIES = [
    two_at_once_and_one_is_refused_by_name,
    two_at_once_and_one_waits_and_finds_nothing_left,
    many_at_the_same_moment_and_none_corrupts,
    another_machine_goes_on_within_a_minute_of_a_holders_death,
    a_stopped_holder_wakes_after_it_was_overtaken_and_dies,
    a_bucket_that_is_not_there_is_told_before_anything_is_done,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lzctl", required=True, type=lambda text: str(pathlib.Path(text).resolve()))
    parser.add_argument("names", nargs="*", help="stories to run; all when none is named")
    arguments = parser.parse_args()
    failed = []
    for story in STORIES:
        if arguments.names and story.__name__ not in arguments.names:
            continue
        print("--", story.__name__.replace("_", " "), flush=True)
        bucket = str(pathlib.Path(__file__).with_name("bucket.py"))
        with (
            tempfile.TemporaryDirectory() as folder,
            server(arguments.lzctl, "simulator", "--listen", "127.0.0.1:0", "--speed", SPEED) as aws,
            server(sys.executable, bucket) as s3,
        ):
            try:
                story(Place(arguments.lzctl, aws, s3, folder))
            except AssertionError as error:
                failed.append(story.__name__)
                print("   FAILED:", error, flush=True)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")
    print("every story holds")


if __name__ == "__main__":
    main()
