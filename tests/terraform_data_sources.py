#!/usr/bin/env python3
"""What meridian reads by data sources, held against what Terraform reads.

    python3 tests/terraform_data_sources.py                 builds the program first
    MERIDIAN=path python3 tests/terraform_data_sources.py   uses this one

Terraform makes the objects of tests/terraform_data_sources/objects in an embedded AWS. Then both
programs plan each of the other folders: what they have read must be equal, value for value, and
what they say of what cannot be read, too. Of sensitive values only the mark is compared, since
meridian tells none; of errors only the part that is the same in each run.

Without Terraform or its provider this says so and ends well.
"""

import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from terraform import Cloud, Failed, Terraform, program, skip

HERE = pathlib.Path(__file__).resolve().parent / "terraform_data_sources"
HOME = "eu-central-1"

# Where meridian differs on purpose: what it marks as sensitive beyond the provider.
MARKED = {"aws_secretsmanager_random_password": {"id": True, "random_password": True}}
# Another one at each reading.
CHANGING = {"aws_kms_ciphertext": {"ciphertext_blob"}}
# Where Terraform's summary goes on with the words of the SDK, or names nothing, that there is an
# error is all that is compared.
OWN_WORDS = re.compile(r"operation error|<null>")


class Meridian:
    """The program in a folder of its own, with Terraform's environment."""

    def __init__(self, binary, folder, environment):
        self.binary, self.folder, self.environment = binary, folder, environment

    def run(self, *arguments, expected=(0,)):
        command = [str(self.binary), *arguments]
        ended = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=600)
        if ended.returncode not in expected:
            raise Failed(f"{' '.join(arguments)} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
        return ended


def sorted_sets(value):
    """The value with all lists sorted: JSON knows no sets."""
    if isinstance(value, list):
        return sorted((sorted_sets(it) for it in value), key=lambda it: json.dumps(it, sort_keys=True))
    if isinstance(value, dict):
        return {name: sorted_sets(it) for name, it in value.items()}
    return value


def read(shown, also_marked):
    """What a plan has read: attributes and marks, by address."""
    found = {}
    for resource in json.loads(shown)["prior_state"]["values"]["root_module"]["resources"]:
        marks = resource["sensitive_values"]
        marks = marks | (MARKED.get(resource["type"], {}) if also_marked else {})
        hidden = {name for name, mark in marks.items() if mark is True} | CHANGING.get(resource["type"], set())
        values = {name: None if name in hidden else value for name, value in resource["values"].items()}
        found[resource["address"]] = sorted_sets({"values": values, "marks": marks})
    return found


def differences(terraform, meridian):
    wrong = []
    for address in sorted(terraform.keys() | meridian.keys()):
        theirs, ours = terraform.get(address), meridian.get(address)
        if theirs != ours:
            wrong.append(f"{address}\n  Terraform: {json.dumps(theirs)}\n  meridian:  {json.dumps(ours)}")
    return wrong


def compare_reads(terraform, meridian):
    for tool in (terraform, meridian):
        tool.run("plan", "-no-color", "-out=plan")
    theirs = read(terraform.run("show", "-json", "plan").stdout, True)
    ours = read(meridian.run("show", "-json", "plan").stdout, False)
    return len(theirs), differences(theirs, ours)


def told_by_terraform(terraform):
    """Summaries of errors by address, from its machine-readable log."""
    told = {}
    for line in terraform.run("plan", "-json", expected=(1,)).stdout.splitlines():
        diagnostic = json.loads(line).get("diagnostic")
        if diagnostic and diagnostic["severity"] == "error":
            told[diagnostic.get("address")] = diagnostic["summary"]
    return told


def told_by_meridian(meridian):
    """Summaries of errors by address, from the text for people."""
    text = meridian.run("plan", "-no-color", expected=(1,)).stderr
    blocks = re.split(r"(?m)^Error: ", text)[1:]
    told = {}
    for block in blocks:
        address = re.search(r"(?m)^  with (.*),$", block)
        told[address and address.group(1)] = block.splitlines()[0]
    return told


def compare_errors(terraform, meridian):
    """What both say of each address."""
    theirs, ours = told_by_terraform(terraform), told_by_meridian(meridian)
    wrong = []
    for address in sorted(theirs.keys() | ours.keys(), key=str):
        their, our = theirs.get(address), ours.get(address)
        is_told_by_both = their is not None and our is not None
        if not is_told_by_both or (their != our and not OWN_WORDS.search(their)):
            wrong.append(f"{address}\n  Terraform: {their}\n  meridian:  {our}")
    return len(theirs), wrong


def compare_payloads(terraform, meridian):
    theirs = told_by_terraform(terraform)
    ours = told_by_meridian(meridian)
    return len(theirs), differences(theirs, ours)


def compare_wrong(terraform, meridian):
    """What validate says: the address or place of each error, and its summary. Of the four lines on
    a key's name meridian makes one."""

    def told(tool):
        answer = json.loads(tool.run("validate", "-json", expected=(1,)).stdout)
        found = {}
        for error in answer["diagnostics"]:
            line = error["range"]["start"]["line"]
            found.setdefault(f"line {line}", []).append(error["summary"])
        return {place: sorted(summaries) for place, summaries in found.items()}

    def first_of_four(summaries):
        is_key = any("must be a KMS Key ID" in it for it in summaries)
        return [it for it in summaries if "must be a KMS Key ID" in it] if is_key else summaries

    theirs = {place: first_of_four(summaries) for place, summaries in told(terraform).items()}
    return len(theirs), differences(theirs, told(meridian))


STEPS = {"reads": compare_reads, "refused": compare_errors, "payloads": compare_payloads, "wrong": compare_wrong}


def make_objects(folder, cloud):
    """The objects, and what Terraform cannot make; gives what is to be known of them."""
    terraform = Terraform(folder, cloud)
    later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=40)
    terraform.environment["TF_VAR_later"] = later.strftime("%Y-%m-%dT%H:%M:%SZ")
    if not terraform.init():
        skip("the provider hashicorp/aws is neither installed nor can it be fetched")
    terraform.run("apply", "-auto-approve", "-input=false", "-no-color", "-parallelism=40")
    going = cloud.call(HOME, "TrentService.CreateKey")["KeyMetadata"]["KeyId"]
    cloud.call(HOME, "TrentService.CreateAlias", AliasName="alias/going", TargetKeyId=going)
    cloud.call(HOME, "TrentService.ScheduleKeyDeletion", KeyId=going, PendingWindowInDays=7)
    token = "01234567890123456789012345678901"
    cloud.call(HOME, "secretsmanager.CreateSecret", Name="deleted", SecretString="x", ClientRequestToken=token)
    cloud.call(HOME, "secretsmanager.DeleteSecret", SecretId="deleted", RecoveryWindowInDays=7)
    for number in "23":
        cloud.call(HOME, "secretsmanager.PutSecretValue", SecretId="app/one", SecretString=f"value {number}", ClientRequestToken=token + number)
    return terraform.run("output", "-json", "made").stdout


def main():
    if shutil.which("terraform") is None:
        skip("Terraform is not installed")
    binary = program()
    failed = False
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        objects = work / "objects"
        shutil.copytree(HERE / "objects", objects)
        cloud = Cloud(binary, work, "real")
        try:
            made = make_objects(objects, cloud)
            for name, compare in STEPS.items():
                folders = [work / f"{name}-{tool}" for tool in ("terraform", "meridian")]
                for folder in folders:
                    shutil.copytree(HERE / name, folder)
                terraform = Terraform(folders[0], cloud)
                terraform.environment["TF_VAR_made"] = made
                terraform.init()
                meridian = Meridian(binary, folders[1], terraform.environment | {"HOME": str(folders[1])})
                count, wrong = compare(terraform, meridian)
                print(f"{name}: {count} compared, {len(wrong)} differ", *wrong, sep="\n")
                failed = failed or bool(wrong) or count == 0
        except Failed as failure:
            print(f"FAILED: {failure}")
            failed = True
        finally:
            cloud.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
