#!/usr/bin/env python3
"""Terraform with the hashicorp/aws provider as the client of the embedded AWS.

    python3 tests/terraform.py                 builds the program first
    MERIDIAN=path python3 tests/terraform.py   uses this one

Every resource type of the field is created, planned again, updated in place, replaced, imported
and destroyed, in three Regions, while keys take real seconds in Creating and secrets in
InProgress (-clock real). What Terraform then plans is the judgement: it knows AWS through a
provider that no one here wrote. At the end the clock is moved past every window, and nothing may
be left.

Without Terraform or its provider this says so and ends well. The provider is looked for in the
folder TERRAFORM_PLUGINS, where Terraform itself looks, and in folders under /opt.
"""

import collections
import datetime
import glob
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
REGIONS = ["eu-central-1", "eu-west-1", "us-west-2"]
STEPS = ["created", "no changes", "updated", "replaced", "imported", "destroyed"]

# What a step cannot show, and why.
NOT_APPLICABLE = {
    ("aws_kms_grant", "updated"): "every argument forces replacement",
    ("aws_kms_ciphertext", "updated"): "every argument forces replacement",
    ("aws_kms_ciphertext", "imported"): "the provider cannot import it",
    ("aws_kms_key_policy", "replaced"): "no argument forces replacement",
    ("aws_kms_custom_key_store", "replaced"): "only a store in a CloudHSM cluster has such arguments, which the provider cannot read",
}


class Failed(Exception):
    """A step that did not end as it should."""


def skip(reason):
    print(f"{reason}: skipped")
    sys.exit(0)


def program():
    """The program under test; built, unless it is given."""
    if given := os.environ.get("MERIDIAN"):
        return pathlib.Path(given).resolve()
    root = HERE.parent
    subprocess.run(["cargo", "build", "--quiet", "-p", "meridian"], cwd=root, check=True)
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", root / "target")) / "debug" / "meridian"


def provider_folders():
    """Where the provider may lie, other than where Terraform looks by itself."""
    given = [os.environ["TERRAFORM_PLUGINS"]] if "TERRAFORM_PLUGINS" in os.environ else []
    found = glob.glob("/opt/*/registry.terraform.io/hashicorp/aws")
    return given + [str(pathlib.Path(folder).parents[2]) for folder in found]


class Cloud:
    """The embedded AWS as a process."""

    def __init__(self, binary, folder, clock, *options):
        command = [str(binary), "local-aws", "-listen", "127.0.0.1:0", "-clock", clock, *options]
        self.log = open(folder / "local-aws.log", "w+")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT, cwd=folder)
        deadline = time.monotonic() + 20
        while True:
            text = pathlib.Path(self.log.name).read_text()
            if "http://" in text:
                self.url = text[text.index("http://"):].split()[0]
                return
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"the embedded AWS does not start:\n{text}")
            time.sleep(0.02)

    def call(self, region, operation, **members):
        """An answer of KMS or Secrets Manager."""
        service = "kms" if operation.startswith("TrentService") else "secretsmanager"
        credential = f"AKIDLOCAL/20260101/{region}/{service}/aws4_request"
        headers = {
            "X-Amz-Target": operation,
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0",
        }
        return self.send("/", json.dumps(members), headers)

    def control(self, path, **members):
        """An answer of the control endpoint."""
        return self.send(path, json.dumps(members), {"Content-Type": "application/json"})

    def send(self, path, body, headers):
        request = urllib.request.Request(self.url + path, body.encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or "null")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


class Terraform:
    """Terraform in a folder of its own, aimed at the embedded AWS."""

    def __init__(self, folder, cloud):
        self.folder = folder
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        moment = lambda days: (now + datetime.timedelta(days=days)).isoformat().replace("+00:00", "Z")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AWS_ENDPOINT_URL": cloud.url if cloud else "http://127.0.0.1:1",
            "AWS_ACCESS_KEY_ID": "AKIDLOCAL",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_EC2_METADATA_DISABLED": "true",
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
            # Without a network there is no provider to be fetched, and that is soon known.
            "TF_REGISTRY_CLIENT_TIMEOUT": "10",
            "TF_REGISTRY_DISCOVERY_RETRY": "0",
            "TF_VAR_soon": moment(20),
            "TF_VAR_later": moment(40),
        }

    def run(self, *arguments, phase="created", expected=(0,)):
        environment = self.environment | {"TF_VAR_phase": phase}
        command = ["terraform", *arguments]
        ended = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=1200
        )
        if ended.returncode not in expected:
            tail = "\n".join((ended.stdout + ended.stderr).splitlines()[-60:])
            raise Failed(f"{' '.join(command)} ended with {ended.returncode}:\n{tail}")
        return ended

    def init(self):
        """Finds the provider; false if there is none."""
        for folder in [*provider_folders(), None]:
            option = [] if folder is None else [f"-plugin-dir={folder}"]
            ended = self.run("init", "-input=false", "-no-color", *option, expected=range(256))
            if ended.returncode == 0:
                return True
        return False

    def plan(self, phase):
        """The actions of a plan, by address."""
        self.run("plan", "-input=false", "-no-color", "-out=plan", phase=phase)
        shown = json.loads(self.run("show", "-json", "plan").stdout)
        return {
            change["address"]: change["change"]["actions"]
            for change in shown.get("resource_changes", [])
            if change["mode"] == "managed"
        }

    def apply(self, phase):
        """Carries the last plan out. A check of the configuration that fails is a failure."""
        ended = self.run("apply", "-input=false", "-no-color", "plan", phase=phase)
        if "Check block assertion failed" in ended.stdout + ended.stderr:
            raise Failed(f"after {phase}:\n{ended.stdout}")

    def objects(self):
        """The managed objects of the state: address to type and attributes."""
        state = json.loads(self.run("show", "-json").stdout)
        resources = state.get("values", {}).get("root_module", {}).get("resources", [])
        return {r["address"]: (r["type"], r["values"]) for r in resources if r["mode"] == "managed"}


def import_id(kind, values):
    """How the provider wants an object named for import."""
    match kind:
        case "aws_kms_grant":
            return f"{values['key_id']}:{values['grant_id']}"
        case "aws_secretsmanager_secret_version":
            return f"{values['secret_id']}|{values['version_id']}"
        case _:
            return values["id"]


def of_type(address):
    return address.split(".")[0]


class Table:
    """Which step was seen to work for which type."""

    def __init__(self):
        self.seen = collections.defaultdict(set)

    def note(self, step, kinds):
        for kind in kinds:
            self.seen[kind].add(step)

    def show(self):
        """Prints it; gives what is missing."""
        width = max(len(kind) for kind in self.seen)
        print("\n" + "type".ljust(width), *STEPS, sep="  ")
        missing = []
        for kind in sorted(self.seen):
            cells = []
            for step in STEPS:
                mark = "ok" if step in self.seen[kind] else "-" if (kind, step) in NOT_APPLICABLE else "MISSING"
                missing += [f"{kind}: {step}"] if mark == "MISSING" else []
                cells.append(mark.ljust(len(step)))
            print(kind.ljust(width), *cells, sep="  ")
        for (kind, step), reason in NOT_APPLICABLE.items():
            print(f"  - {kind} is never {step}: {reason}")
        return missing


def nothing_to_do(terraform, phase, when):
    ended = terraform.run(
        "plan", "-input=false", "-no-color", "-detailed-exitcode", phase=phase, expected=(0, 2)
    )
    if ended.returncode != 0:
        raise Failed(f"the plan after {when} is not empty:\n{ended.stdout}")


def change(terraform, table, phase, step, actions):
    """Plans and applies a phase; notes the types that were changed as the step says."""
    planned = terraform.plan(phase)
    terraform.apply(phase)
    nothing_to_do(terraform, phase, step)
    table.note(step, {of_type(address) for address, plan in planned.items() if plan in actions})


def lifecycle(terraform, cloud, table):
    change(terraform, table, "created", "created", [["create"]])
    kinds = {of_type(address) for address in terraform.objects()}
    # `change` has seen that the plan after it is empty.
    table.note("no changes", kinds)
    replaced = [["delete", "create"], ["create", "delete"]]
    change(terraform, table, "updated", "updated", [["update"]])
    change(terraform, table, "replaced", "replaced", replaced)
    imports(terraform, table)
    # The last values must be known for what is destroyed: the provider asks for them.
    terraform.run("destroy", "-auto-approve", "-input=false", "-no-color", phase="replaced")
    if terraform.objects():
        raise Failed("something is left in the state after destroy")
    table.note("destroyed", kinds)
    nothing_is_left(cloud)


def imports(terraform, table):
    """Forgets every object and imports it. The plan after that may only restore what an import
    cannot read (deletion windows), in place."""
    shutil.copy(HERE / "terraform" / "import" / "lifecycle_override.tf", terraform.folder)
    objects = terraform.objects()
    imported = set()
    for address, (kind, values) in objects.items():
        if (kind, "imported") in NOT_APPLICABLE:
            continue
        terraform.run("state", "rm", address, phase="replaced")
        terraform.run(
            "import", "-input=false", "-no-color", address, import_id(kind, values), phase="replaced"
        )
        imported.add(kind)
    planned = terraform.plan("replaced")
    wrong = {address: plan for address, plan in planned.items() if plan not in (["no-op"], ["update"])}
    if wrong:
        raise Failed(f"after import Terraform plans {wrong}:\n{terraform.run('show', 'plan').stdout}")
    terraform.apply("replaced")
    nothing_to_do(terraform, "replaced", "import")
    table.note("imported", imported)


def nothing_is_left(cloud):
    """All keys are pending deletion and all secrets gone or pending; when every window is over,
    nothing is there."""
    for region in REGIONS:
        for key in cloud.call(region, "TrentService.ListKeys", Limit=1000)["Keys"]:
            described = cloud.call(region, "TrentService.DescribeKey", KeyId=key["KeyId"])["KeyMetadata"]
            if described["KeyManager"] == "CUSTOMER" and not described["KeyState"].startswith("Pending"):
                raise Failed(f"after destroy {described['Arn']} is {described['KeyState']}")
    for _ in range(3):
        cloud.control("/_local/clock", advance="35d")
    for region in REGIONS:
        keys = cloud.call(region, "TrentService.ListKeys", Limit=1000)["Keys"]
        described = [cloud.call(region, "TrentService.DescribeKey", KeyId=k["KeyId"])["KeyMetadata"] for k in keys]
        keys = [key["Arn"] for key in described if key["KeyManager"] == "CUSTOMER"]
        secrets = cloud.call(region, "secretsmanager.ListSecrets", IncludePlannedDeletion=True)["SecretList"]
        stores = cloud.call(region, "TrentService.DescribeCustomKeyStores")["CustomKeyStores"]
        if keys or secrets or stores:
            raise Failed(f"when all windows are over, {region} has {keys} {secrets} {stores}")


def main():
    if shutil.which("terraform") is None:
        skip("Terraform is not installed")
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        folder = work / "configuration"
        folder.mkdir()
        for file in (HERE / "terraform").glob("*.tf"):
            shutil.copy(file, folder)
        if not Terraform(folder, None).init():
            skip("the provider hashicorp/aws is neither installed nor can it be fetched")
        cloud = Cloud(program(), work, os.environ.get("LOCAL_AWS_CLOCK", "real"))
        table = Table()
        began = time.monotonic()
        try:
            lifecycle(Terraform(folder, cloud), cloud, table)
        except Failed as failure:
            table.show()
            print(f"\nFAILED: {failure}")
            return 1
        finally:
            cloud.stop()
        missing = table.show()
        print(f"\n{len(table.seen)} types, {time.monotonic() - began:.0f} s; nothing is left in three Regions.")
        if missing:
            print("FAILED: not seen:", *missing, sep="\n  ")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
