#!/usr/bin/env python3
"""From Terraform to meridian and back, judged by Terraform itself.

    python3 tests/terraform_state.py                 builds the program first
    MERIDIAN=path python3 tests/terraform_state.py   uses this one

Terraform with hashicorp/aws makes keys, replicas, aliases and secrets in the embedded AWS, with
repetition, modules and aliases of the provider. meridian takes its state over and must plan no
changes; it changes something and hands the state back; Terraform must plan no changes. The same
once more without secrets in the file: then Terraform may only show the sensitive output as new.

Without Terraform or its provider this says so and ends well. The provider is looked for in the
folder TERRAFORM_PLUGINS, where Terraform itself looks, and in folders under /opt.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from terraform import Cloud, Failed, HERE, Terraform, program, skip

CANARY = "C4nary-Q7f!TokenZ9"


class Tools:
    """Terraform and meridian in one folder."""

    def __init__(self, binary, folder, cloud):
        self.binary = binary
        self.folder = folder
        self.terraform = Terraform(folder, cloud)

    def meridian(self, *arguments, phase, expected=(0,)):
        environment = self.terraform.environment | {"TF_VAR_phase": phase}
        ended = subprocess.run(
            [str(self.binary), *arguments],
            cwd=self.folder, env=environment, capture_output=True, text=True, timeout=600,
        )
        said = ended.stdout + ended.stderr
        if ended.returncode not in expected:
            raise Failed(f"meridian {' '.join(arguments)} ended with {ended.returncode}:\n{said}")
        if CANARY in said:
            raise Failed(f"meridian {' '.join(arguments)} tells a secret")
        return said

    def judge(self, phase, when):
        """What Terraform plans: nothing at all."""
        ended = self.terraform.run(
            "plan", "-input=false", "-no-color", "-detailed-exitcode", phase=phase, expected=(0, 2)
        )
        if ended.returncode != 0:
            raise Failed(f"{when}, Terraform plans:\n{ended.stdout}")
        print(f"{when}, Terraform says: {sentence(ended.stdout)}")


def sentence(text):
    """The line that says that there are no changes."""
    return next(line for line in text.splitlines() if line.startswith("No changes."))


def no_secret_in(folder):
    """No file that meridian has written holds the secret."""
    for path in folder.rglob("*"):
        if path.is_file() and CANARY.encode() in path.read_bytes():
            raise Failed(f"{path} holds a secret")


def take_over(tools, phase):
    shutil.rmtree(tools.folder / "state", ignore_errors=True)
    print(tools.meridian("state", "import-terraform", "terraform.tfstate", phase=phase))
    said = tools.meridian("plan", "-detailed-exitcode", phase=phase)
    print(f"meridian says: {sentence(said)}")
    no_secret_in(tools.folder / "state")


def there_and_back(tools):
    terraform = tools.terraform
    terraform.run("apply", "-auto-approve", "-input=false", "-no-color", phase="first")
    # Only now is every replica InSync in the state.
    terraform.run("apply", "-refresh-only", "-auto-approve", "-input=false", "-no-color", phase="first")
    take_over(tools, "first")

    tools.meridian("apply", "-auto-approve", phase="second")
    said = tools.meridian("state", "export-terraform", "terraform.tfstate", phase="second", expected=(1,))
    if "Terraform cannot do without these values" not in said:
        raise Failed(f"values that no one else knows are left out:\n{said}")
    print(tools.meridian("state", "export-terraform", "-with-secret-values", "terraform.tfstate", phase="second"))
    tools.judge("second", "After meridian has handed back")

    # Terraform goes on from there, and so does meridian.
    terraform.run("apply", "-auto-approve", "-input=false", "-no-color", phase="third")
    take_over(tools, "third")
    without_secrets(tools)
    terraform.run("destroy", "-auto-approve", "-input=false", "-no-color", phase="bare")


def without_secrets(tools):
    """The file holds no secret. Terraform reads those of AWS by itself; a sensitive output is new."""
    tools.meridian("apply", "-auto-approve", phase="bare")
    print(tools.meridian("state", "export-terraform", "terraform.tfstate", phase="bare"))
    if CANARY in (tools.folder / "terraform.tfstate").read_text():
        raise Failed("the state without secrets holds one")
    tools.terraform.run("plan", "-input=false", "-no-color", "-out=plan", phase="bare")
    plan = json.loads(tools.terraform.run("show", "-json", "plan").stdout)
    changed = [it["address"] for it in plan["resource_changes"] if it["change"]["actions"] != ["no-op"]]
    outputs = [name for name, it in plan["output_changes"].items() if it["actions"] != ["no-op"]]
    if changed or outputs != ["password"]:
        raise Failed(f"without secrets Terraform plans {changed} and shows {outputs}")
    print("Without secrets in the file, Terraform plans no changes and shows the output password as new.")


def main():
    if shutil.which("terraform") is None:
        skip("Terraform is not installed")
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        folder = work / "configuration"
        shutil.copytree(HERE / "terraform_state", folder)
        if not Terraform(folder, None).init():
            skip("the provider hashicorp/aws is neither installed nor can it be fetched")
        binary = program()
        cloud = Cloud(binary, work, os.environ.get("LOCAL_AWS_CLOCK", "fast"))
        began = time.monotonic()
        try:
            there_and_back(Tools(binary, folder, cloud))
        except Failed as failure:
            print(f"\nFAILED: {failure}")
            return 1
        finally:
            cloud.stop()
        print(f"\nThere and back in {time.monotonic() - began:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
