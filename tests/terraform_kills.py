#!/usr/bin/env python3
"""Terraform and meridian, killed at the same instants of the same runs on the same server.

    python3 tests/terraform_kills.py                   builds the program first
    MERIDIAN=path python3 tests/terraform_kills.py     uses this one
    python3 tests/terraform_kills.py --sample 60       so many kills of each program
    python3 tests/terraform_kills.py --only meridian   or terraform

The runs are those of the kill matrix (tests/kill_matrix/steps.json), one call at a time. Each is
run undisturbed first. Then, for every call that changes something and every instant that can be
had from outside (tests/kill_door.py), it is begun anew, killed with all that it has started, and
run again. Counted is what is there then: orphans (alive in the cloud, and not in the state),
doubles (more than the undisturbed run leaves), second runs that fail, and plans after them that
are not empty. An orphan may be a double too.

meridian must have none of these. What Terraform has is only told. All of its kills take hours:
its provider waits for seconds after most calls. Without Terraform or its provider this says so
and kills meridian only.
"""

import argparse
import collections
import concurrent.futures
import json
import pathlib
import re
import shutil
import sys
import tempfile
import time

from cloud_objects import doubles, living, orphans
from kill_door import BEFORE, Door, INSTANTS, LATENCY
from kill_results import Results
from kill_tools import MeridianTool, TerraformTool, error_of
from terraform import Cloud, Failed, HERE, Terraform, program, skip

# A prime by which the order of the cells is shuffled, so that the first ones are of all runs.
STRIDE = 311

# What Terraform cannot be driven through, and is therefore left out for both programs.
LEFT_OUT = {
    "promote": "the provider cannot promote a replica key: it makes both keys anew",
    "command": "Terraform has no command that promotes",
}
ADAPTED = [
    # The provider has no such type.
    (r'\nresource "aws_secretsmanager_tag" .*?\n}\n', ""),
    # The provider falls over when it updates a store.
    (r'\nresource "aws_kms_custom_key_store" .*?\n}\n', ""),
    # The provider disables a key of imported material that does not say that it is enabled.
    (
        r'(resource "aws_kms_(?:replica_)?external_key" "imported" \{\n)(?![^}]*enabled)',
        r"\1  enabled = true\n",
    ),
]

LOCK = ".terraform.tfstate.lock.info"
Cell = collections.namedtuple("Cell", "step call instant parallelism")


def steps():
    """The runs, by name, with texts that both programs can apply."""
    found = {}
    for step in json.loads((HERE / "kill_matrix" / "steps.json").read_text()):
        text = "\n".join(step["text"]) + "\n"
        for pattern, with_this in ADAPTED:
            text = re.sub(pattern, with_this, text, flags=re.DOTALL)
        if step["name"] not in LEFT_OUT:
            found[step["name"]] = step | {"text": text}
    return found


class Runs:
    """The runs of one program: what each begins with, which calls it makes, and what it leaves."""

    def __init__(self, tool, binary, work, parallelism):
        self.tool, self.binary = tool, binary
        # An instant, and how many objects are worked on at the same time.
        self.instants = [(instant, 1) for instant in INSTANTS]
        if parallelism > 1:
            self.instants.append((BEFORE, parallelism))
        self.work = work / tool.name
        self.work.mkdir()
        self.steps = steps()
        self.calls, self.left, self.planned, self.seconds = {}, {}, {}, {}

    def begin(self, step, folder):
        """A copy of what the run begins with, and the cloud that belongs to it."""
        step = self.steps[step]
        origin = step["from"]
        if origin:
            shutil.copytree(self.work / origin, folder, symlinks=True)
        else:
            folder.mkdir()
            (folder / "main.tf").write_text(step["text"])
            self.tool.prepare(folder)
        (folder / "main.tf").write_text(step["text"])
        options = ["-snapshot", str(self.work / "snapshots")]
        if origin:
            options += ["-restore", str(self.work / "snapshots" / origin)]
        logs = folder.with_suffix(".logs")
        logs.mkdir()
        return Cloud(self.binary, logs, "fast", *options)

    def undisturbed(self, step):
        folder = self.work / step
        cloud = self.begin(step, folder)
        door = Door(cloud.url)
        began = time.monotonic()
        try:
            command = [self.steps[step]["command"], "-auto-approve", "-parallelism=1"]
            code, said = self.tool.run(folder, door.url, *command)
            if code != 0:
                raise Failed(f"{self.tool.name}: the undisturbed {step} ended with {code}:\n{said}")
            self.seconds[step] = round(time.monotonic() - began, 1)
            self.calls[step] = list(door.changes)
            self.left[step] = living(cloud)
            strays = orphans(self.left[step], self.tool.state(folder, cloud.url))
            self.planned[step] = self.plan(step, folder, cloud)
            if strays:
                raise Failed(f"{self.tool.name}: the undisturbed {step} leaves {strays}")
            cloud.send("/_local/snapshot", json.dumps({"path": step}), {"Content-Type": "application/json"})
        finally:
            door.close()
            cloud.stop()
        planned = "; ".join(sorted(self.planned[step])) or "nothing"
        told = f"{len(self.calls[step])} calls, {self.seconds[step]} s, then it plans {planned}"
        print(f"{self.tool.name} {step}, undisturbed: {told}", flush=True)

    def plan(self, step, folder, cloud):
        """What a plan after the run would still do."""
        destroy = ["-destroy"] if self.steps[step]["command"] == "destroy" else []
        code, said = self.tool.run(folder, cloud.url, "plan", *destroy, "-detailed-exitcode")
        if code == 0:
            return set()
        return set(re.findall(r"^  # (.*)$", said, re.MULTILINE)) or {error_of(said)}

    def cells(self):
        every = [
            Cell(step, call, instant, parallelism)
            for step, calls in self.calls.items()
            for call in range(1, len(calls) + 1)
            for instant, parallelism in self.instants
        ]
        return [every[at * STRIDE % len(every)] for at in range(len(every))]

    def kill(self, cell, folder):
        """Kills a run, runs it again, and tells what came of it. Terraform's calls do not come in
        the same order each time: what is told is the call that was there when it was killed."""
        cloud = self.begin(cell.step, folder)
        latency = LATENCY if cell.parallelism > 1 else 0.0
        door = Door(cloud.url, cell.call, cell.instant, latency)
        told = cell._asdict() | {"killed": False}
        try:
            command = self.steps[cell.step]["command"]
            line = [command, "-auto-approve", f"-parallelism={cell.parallelism}"]
            if not self.tool.killed(folder, door, *line):
                return told
            told |= {"killed": True, "operation": door.changes[cell.call - 1]}
            return told | self.again(cell.step, folder, cloud)
        finally:
            door.close()
            cloud.stop()

    def again(self, step, folder, cloud):
        """What a user does after a kill, and what is there then."""
        lock = folder / LOCK
        told = {"lock left": lock.exists(), "lock in the way": False}
        line = [self.steps[step]["command"], "-auto-approve"]
        code, said = self.tool.run(folder, cloud.url, *line)
        if "Error acquiring the state lock" in said:
            told["lock in the way"] = True
            lock.unlink()
            code, said = self.tool.run(folder, cloud.url, *line)
        objects = living(cloud)
        strays = orphans(objects, self.tool.state(folder, cloud.url))
        told["orphans"] = [f"{it.region} {it.kind} {it.name}" for it in strays]
        told["doubles"] = doubles(objects, self.left[step], None if code == 0 else strays)
        told["error"] = None if code == 0 else error_of(said)
        told["failed"] = int(code != 0)
        # What has failed is not finished, so that its plan would tell nothing new.
        planned = self.plan(step, folder, cloud) - self.planned[step] if code == 0 else set()
        told["planned"] = sorted(planned)
        told["not empty"] = int(bool(planned))
        return told


def measure(runs, options, deadline):
    """Runs everything undisturbed, and then the cells that are asked for."""
    results = Results(runs)
    folder = runs.work / "cells"
    folder.mkdir()
    wanted = [it for it in runs.steps if it in (options.steps or runs.steps)]
    runs.undisturbed("create")
    with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        list(pool.map(runs.undisturbed, [step for step in wanted if step != "create"]))
        runs.calls = {step: runs.calls[step] for step in wanted}

        def cell(numbered):
            number, cell = numbered
            if time.monotonic() < deadline:
                project = folder / str(number)
                try:
                    results.add(runs.kill(cell, project))
                except (Failed, OSError) as failure:
                    results.broken.append(f"{runs.tool.name}: {cell}: {failure}")
                shutil.rmtree(project)

        list(pool.map(cell, enumerate(runs.cells()[: options.sample])))
    return results


def arguments():
    parser = argparse.ArgumentParser(description="kills Terraform and meridian at the same instants")
    parser.add_argument("--only", choices=["terraform", "meridian"])
    parser.add_argument("--sample", type=int, metavar="N", help="so many kills of each program")
    parser.add_argument("--steps", nargs="+", metavar="RUN", help="only these runs")
    parser.add_argument("--parallelism", type=int, default=1, metavar="N", help="kills runs of so many objects at a time, too")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="so many kills at the same time")
    parser.add_argument("--seconds", type=float, default=float("inf"), metavar="N", help="no new kill after them")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="writes the numbers here")
    return parser.parse_args()


def terraform_is_missing():
    """Why Terraform cannot be driven; None if it can."""
    if shutil.which("terraform") is None:
        return "Terraform is not installed"
    with tempfile.TemporaryDirectory() as folder:
        text = steps()["create"]["text"]
        pathlib.Path(folder, "main.tf").write_text(text)
        if not Terraform(pathlib.Path(folder), None).init():
            return "the provider hashicorp/aws is neither installed nor can it be fetched"
    return None


def main():
    options = arguments()
    if not sys.platform.startswith("linux"):
        skip("who belongs to a process group is only known on Linux")
    binary = program()
    tools = [MeridianTool([str(binary)])] if options.only != "terraform" else []
    if options.only != "meridian":
        if reason := terraform_is_missing():
            print(f"{reason}: its kills are skipped")
        else:
            tools.append(TerraformTool(["terraform"]))
    for name, reason in LEFT_OUT.items():
        print(f"{name} is left out: {reason}")
    measured, failures = [], []
    with tempfile.TemporaryDirectory() as work:
        for tool in tools:
            deadline = time.monotonic() + options.seconds
            try:
                runs = Runs(tool, binary, pathlib.Path(work), options.parallelism)
                measured.append(measure(runs, options, deadline))
            except Failed as failure:
                failures.append(str(failure))
                continue
            if options.json:
                options.json.write_text(json.dumps([it.numbers() for it in measured], indent=1) + "\n")
    for results in measured:
        results.show()
        kills, *counted = results.sums()
        failures += results.broken
        if not kills:
            failures.append(f"{results.runs.tool.name}: no run was killed")
        if results.runs.tool.name == "meridian" and any([*counted, *results.runs.planned.values()]):
            failures.append("meridian: not everything is 0")
    for failure in failures:
        print(f"\nFAILED: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
