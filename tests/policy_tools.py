#!/usr/bin/env python3
"""Policy tools read meridian's plan JSON and find what they should: checkov and terraform-compliance.

    python3 tests/policy_tools.py                 builds the program first
    MERIDIAN=path python3 tests/policy_tools.py   uses this one

Two plans are made on the embedded AWS: one that keeps the rules (keys rotate, secrets have a key of
their own, named by a reference) and one that breaks them. Both tools must pass the one, and blame the
right resources of the other. Where Terraform and hashicorp/aws are installed, its own plans must lead to
the very same verdicts, in all of checkov's checks: of these two, and of one that breaks the rules after
what keeps them was applied, with policies, instances, a module and something that goes.

CHECKOV and TERRAFORM_COMPLIANCE name tools that are there already, as does the PATH. Others are
installed from PyPI into a temporary folder, both at the same time, within PIP_SECONDS (300). A tool
that cannot be had is skipped, and it is said why.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from plan_json import plugin_folder
from terraform import Cloud
from terraform_language import Tool, program

CONFIGURATION = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" { region = "eu-central-1" }
resource "aws_kms_key" "first" {
  description         = "first"
  enable_key_rotation = true
}
resource "aws_kms_key" "second" {
  description         = "second"
  enable_key_rotation = %(rotates)s
}
resource "aws_secretsmanager_secret" "referring" {
  name       = "referring"
  kms_key_id = aws_kms_key.first.arn
}
resource "aws_secretsmanager_secret" "other" {
  name = "other"
  %(key)s
}
resource "aws_secretsmanager_secret_version" "other" {
  secret_id     = aws_secretsmanager_secret.other.id
  secret_string = "hunter2"
}
"""
KEPT = CONFIGURATION % {"rotates": "true", "key": "kms_key_id = aws_kms_key.second.arn"}
BROKEN = CONFIGURATION % {"rotates": "false", "key": ""}

MODULE = """
variable "names" { type = set(string) }
variable "principal" { type = string }
variable "rotates" { type = bool }
data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [var.principal]
    }
  }
}
resource "aws_kms_key" "this" {
  for_each                = var.names
  description             = each.key
  enable_key_rotation     = var.rotates
  deletion_window_in_days = 7
  policy                  = data.aws_iam_policy_document.key.json
}
resource "aws_secretsmanager_secret" "this" {
  count      = var.rotates ? 1 : 0
  name       = "in-the-module"
  kms_key_id = one(values(aws_kms_key.this)[*].arn)
}
output "arns" { value = [for it in aws_kms_key.this : it.arn] }
"""
CALL = """
module "more" {
  source    = "./more"
  names     = %s
  principal = "%s"
  rotates   = %s
}
resource "aws_kms_alias" "first" {
  name          = "alias/first"
  target_key_id = aws_kms_key.first.key_id
}
resource "aws_secretsmanager_secret_policy" "other" {
  secret_arn = aws_secretsmanager_secret.other.arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "secretsmanager:*", Resource = "*", Principal = { AWS = "arn:aws:iam::123456789012:root" } }]
  })
}
"""
APPLIED = KEPT + CALL % ('["eu"]', "arn:aws:iam::123456789012:root", "true")
CHANGED = BROKEN + CALL % ('["eu", "us"]', "*", "false")

# Rotation of keys, and a key of one's own for secrets.
CHECKS = ["CKV_AWS_7", "CKV_AWS_149"]
FEATURES = {
    "rotation": """Feature: Keys
  Scenario: Keys rotate
    Given I have aws_kms_key defined
    Then it must contain enable_key_rotation
    And its value must be true
""",
    "own_key": """Feature: Secrets
  Scenario: Secrets have a key of their own
    Given I have aws_secretsmanager_secret defined
    Then it must contain kms_key_id
""",
}

INSTALLING = int(os.environ.get("PIP_SECONDS", "300"))
# For one judgement of a tool.
JUDGING = 120

failed = []


def check(what, holds, seen=""):
    print(f"{'ok     ' if holds else 'FAILED '} {what}")
    if not holds:
        failed.append(what)
        print(f"        {seen}")


def installed(name, folder):
    """The tool's program, installed unless it is there; none if it cannot be had."""
    if found := os.environ.get(name.upper().replace("-", "_")) or shutil.which(name):
        return found
    deadline = time.monotonic() + INSTALLING
    pip = [folder / name / "bin" / "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    # One try and short waits: without a network that is soon known.
    patience = ["--retries", "1", "--timeout", "10", "--prefer-binary"]
    commands = [[sys.executable, "-m", "venv", folder / name], [*pip, *patience, name]]
    for command in commands:
        if reason := failure(command, deadline - time.monotonic()):
            print(f"{name} cannot be installed ({reason}): skipped", flush=True)
            return None
    return folder / name / "bin" / name


def failure(command, seconds):
    """Why a command did not end well; none if it did. It has so many seconds, with all it starts."""
    try:
        started = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            text=True, start_new_session=True,
        )
    except OSError as error:
        return str(error)
    try:
        said, _ = started.communicate(timeout=max(seconds, 1))
    except subprocess.TimeoutExpired:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
        return f"no end in {INSTALLING} seconds"
    return None if started.returncode == 0 else (said.strip().splitlines() or ["no reason"])[-1]


def checkov(tool, plan, folder):
    """Checks, resources and verdicts, of all checks."""
    command = [tool, "-f", plan, "--framework", "terraform_plan", "-o", "json", "--skip-download"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=JUDGING, stdin=subprocess.DEVNULL)
    try:
        report = json.loads(ended.stdout)
    except ValueError:
        return f"no report: {(ended.stderr or ended.stdout).strip()[-300:]}"
    results = report["results"] if "results" in report else {}
    verdicts = [
        (it["check_id"], it["resource"], it["check_result"]["result"])
        for kind in ("passed_checks", "failed_checks") for it in results.get(kind, [])
    ]
    return sorted(set(verdicts))


def compliance(tool, plan, folder):
    """For each feature whether it holds, and whom it blames."""
    verdicts = []
    for name, text in FEATURES.items():
        features = folder / f"feature_{name}"
        features.mkdir(exist_ok=True)
        (features / f"{name}.feature").write_text(text)
        command = [tool, "--no-ansi", "-f", features, "-p", plan]
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=JUDGING, stdin=subprocess.DEVNULL)
        blamed = set(re.findall(r"Failure:.*?\b(aws_\w+\.\w+)", ended.stdout + ended.stderr))
        verdicts.append((name, ended.returncode, sorted(blamed)))
    return verdicts


def planned(command, folder, texts, cloud, plugins):
    """The JSON of the last configuration's plan in a file; those before it are applied."""
    tool = Tool(command, folder)
    tool.environment |= {
        "AWS_ENDPOINT_URL": cloud.url, "AWS_ACCESS_KEY_ID": "AKIDLOCAL",
        "AWS_SECRET_ACCESS_KEY": "local", "AWS_EC2_METADATA_DISABLED": "true",
    }
    options = [f"-plugin-dir={plugins}"] if command == ["terraform"] else []
    steps = [["init", "-input=false", *options], ["plan", "-input=false", "-out=saved"]]
    for position, text in enumerate(texts, 1):
        tool.lay({"main.tf": text, "more/main.tf": MODULE})
        for arguments in steps if position == len(texts) else [*steps, ["apply", "-input=false", "saved"]]:
            code, out, err = tool.run(*arguments)
            assert code == 0, out + err
    code, out, err = tool.run("show", "-json", "saved")
    assert code == 0, err
    path = folder / "plan.json"
    path.write_text(out)
    return path


def main():
    binary = program()
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        judges = {"checkov": checkov, "terraform-compliance": compliance}
        with concurrent.futures.ThreadPoolExecutor(len(judges)) as pool:
            found = dict(zip(judges, pool.map(lambda name: installed(name, work), judges)))
        tools = {name: (found[name], judge) for name, judge in judges.items() if found[name]}
        if not tools:
            print("no policy tool: nothing is checked")
            return 0
        plugins = plugin_folder() if shutil.which("terraform") else None
        if not plugins:
            print("Terraform with hashicorp/aws is not installed: its verdicts are not compared")
        cloud = Cloud(binary, work, "fast")
        try:
            for name, text in (("kept", KEPT), ("broken", BROKEN)):
                (work / name).mkdir()
                (work / f"{name}_terraform").mkdir()
                plan = planned([str(binary)], work / name, [text], cloud, plugins)
                check(f"{name}: the plan shows no secret", "hunter2" not in plan.read_text())
                theirs = plugins and planned(["terraform"], work / f"{name}_terraform", [text], cloud, plugins)
                for tool, (path, judge) in tools.items():
                    verdicts = judge(path, plan, plan.parent)
                    judged(name, tool, verdicts)
                    if theirs:
                        agree(name, tool, verdicts, judge(path, theirs, theirs.parent))
            if plugins:
                compare_changes(binary, work / "changed", tools, plugins)
        except subprocess.TimeoutExpired as late:
            check(f"{pathlib.Path(late.cmd[0]).name} ends within {JUDGING} seconds", False)
        finally:
            cloud.stop()
    print(f"{len(failed)} failed" if failed else "all is as it should be")
    return 1 if failed else 0


def agree(name, tool, verdicts, other):
    """Asserts that a tool says the same of both programs' plans."""
    what = f"{name}: {tool} says the same of Terraform's plan"
    if not (isinstance(verdicts, list) and isinstance(other, list) and other):
        check(what, False, f"{verdicts}\n        {other}")
        return
    seen = f"only of meridian's: {[it for it in verdicts if it not in other]}\n"
    seen += f"        only of Terraform's: {[it for it in other if it not in verdicts]}"
    check(f"{what}, {len(other)} verdicts", verdicts == other, seen)


def compare_changes(binary, work, tools, plugins):
    """Asserts that the tools say the same of a change of what was applied. Each program has its own AWS."""
    plans = []
    for command in ([str(binary)], ["terraform"]):
        folder = work / pathlib.Path(command[0]).name
        folder.mkdir(parents=True)
        cloud = Cloud(binary, folder, "fast")
        try:
            plans.append(planned(command, folder, [APPLIED, CHANGED], cloud, plugins))
        finally:
            cloud.stop()
    for tool, (path, judge) in tools.items():
        agree("changed", tool, *[judge(path, plan, plan.parent) for plan in plans])


def judged(name, tool, verdicts):
    """Asserts what a tool must find."""
    fails = "FAILED" if name == "broken" else "PASSED"
    if tool == "checkov":
        expected = [
            ("CKV_AWS_149", "aws_secretsmanager_secret.other", fails),
            ("CKV_AWS_149", "aws_secretsmanager_secret.referring", "PASSED"),
            ("CKV_AWS_7", "aws_kms_key.first", "PASSED"),
            ("CKV_AWS_7", "aws_kms_key.second", fails),
        ]
        found = [it for it in verdicts if it[0] in CHECKS] if isinstance(verdicts, list) else verdicts
        check(f"{name}: checkov finds what it should", found == expected, verdicts)
        return
    for feature, code, blamed in verdicts:
        if name == "kept":
            check(f"{name}: {feature} holds", code == 0, blamed)
        elif feature == "own_key":
            # A key that AWS will choose is not known in either program's plan; the tool takes that
            # for an argument that is there.
            check(f"{name}: {feature} holds of what is not known", code == 0, blamed)
        else:
            culprit = "aws_kms_key.second"
            is_right = code == 1 and blamed == [culprit]
            check(f"{name}: {feature} is broken by {culprit} alone", is_right, (code, blamed))


if __name__ == "__main__":
    sys.exit(main())
