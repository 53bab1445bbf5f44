#!/usr/bin/env python3
"""Compares meridian with Terraform on the blocks of the language.

    python3 tests/terraform_language.py [NAME...]           builds the program first
    MERIDIAN=path python3 tests/terraform_language.py       uses this one

The configurations lie in tests/terraform_language/*.txt and use only the built-in
`terraform_data`, so Terraform needs no provider. In these files, `=== NAME` begins a
configuration, `>>>` its next step (the state is kept, the files are replaced), `--- PATH` a file
other than main.tf; options of `plan` may follow on the lines `===` and `>>>`. Both programs plan
each step, save the plan, apply it and plan again. Compared are exit codes, actions per address with
values before and after, what is unknown and what is sensitive, reasons, moves, imports, outputs,
statuses of checks, and the summaries and places of errors and warnings.

With TERRAFORM_RESULTS=FILE what Terraform did is kept there and used again. Without Terraform this
says so and ends well.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE / "terraform_language"
# Where meridian differs on purpose, or goes further.
ON_PURPOSE = {
    "module_variable_sensitive": "what is computed from a secret is one",
    "for_each_sensitive_value": "what is computed from a secret is one",
    "module_output_sensitive": "a sensitive output of a module stays sensitive",
    "import_id_sensitive": "an id that is shown in the plan must not be a secret",
    "ephemeral_module_output_used": "more errors are told at once",
    "variable_validation_root": "more errors are told at once",
    "triggered_by_variable": "one mistake is told once",
    "import_key_unknown": "one mistake is told once",
    "computed_argument": "the message is the one of every type",
}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
PLACE = re.compile(r"(?:^\s*-->|^\s+on)\s+([\w./-]+\.tf(?:\.json|vars)?)(?::(\d+)|\s+line\s+(\d+))")


def program():
    """The program under test; built, unless it is given."""
    if given := os.environ.get("MERIDIAN"):
        return pathlib.Path(given).resolve()
    root = HERE.parent
    subprocess.run(["cargo", "build", "--quiet", "-p", "meridian"], cwd=root, check=True)
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", root / "target")) / "debug" / "meridian"


def configurations(path):
    """The configurations of a file: name, and for each step its options and files."""
    found, files, name = [], None, "main.tf"
    for line in path.read_text().splitlines(keepends=True):
        head, *rest = line.split() or [""]
        if head in ("===", ">>>"):
            if head == "===":
                found.append((rest.pop(0), []))
            files, name = {}, "main.tf"
            found[-1][1].append((rest, files))
        elif head == "---":
            name = rest[0]
        elif files is not None:
            files[name] = files.get(name, "") + line
    return found


class Tokens:
    """Random ids as numbers in the order in which they appear."""

    def __init__(self):
        self.seen = {}

    def replace(self, value):
        if isinstance(value, str):
            return UUID.sub(lambda it: self.seen.setdefault(it[0], f"id-{len(self.seen)}"), value)
        if isinstance(value, list):
            return [self.replace(it) for it in value]
        if isinstance(value, dict):
            return {key: self.replace(value[key]) for key in sorted(value)}
        return value


def pruned(value):
    """Without nulls and without what marks nothing: both mean that there is nothing to say."""
    if isinstance(value, dict):
        kept = {key: pruned(it) for key, it in value.items()}
        return {key: it for key, it in kept.items() if it not in (None, False, {}, [])} or None
    if isinstance(value, list):
        kept = [pruned(it) for it in value]
        return kept if any(it is not None and it is not False for it in kept) else None
    return value


def without_nulls(value):
    if isinstance(value, dict):
        return {key: without_nulls(it) for key, it in value.items() if it is not None}
    if isinstance(value, list):
        return [without_nulls(it) for it in value]
    return value


def concealed(value, marks):
    """A value without its sensitive parts: a tool may keep those to itself."""
    if marks is True:
        return "(sensitive)"
    if isinstance(value, dict) and isinstance(marks, dict):
        return {key: concealed(it, marks.get(key)) for key, it in value.items()}
    if isinstance(value, list) and isinstance(marks, list) and len(value) == len(marks):
        return [concealed(it, mark) for it, mark in zip(value, marks)]
    return value


def problems(text):
    """Summaries of errors and warnings, each with its place if it has one."""
    found = []
    for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines():
        line = re.sub(r"^[╷│╵]\s?", "", line)
        if (start := re.match(r"(Error|Warning): (.*)", line)) and "CLI configuration" not in line:
            # The nodes of a cycle are told in another order.
            found.append([start[1], re.sub(r"^Cycle: .*", "Cycle", start[2].replace("Terraform", "Meridian").strip()), None])
        elif found and found[-1][2] is None and (place := PLACE.match(line)):
            found[-1][2] = f"{place[1].removeprefix('./')}:{place[2] or place[3]}"
    # The headline of init says nothing of what is wrong.
    found = [it for it in found if "encountered problems during initialisation" not in it[1]]
    unique = {" ".join(str(part) for part in it) for it in found}
    return sorted(unique)


def shape(plan, tokens):
    """What a plan says, in a form that can be compared."""
    changes = {}
    for change in plan.get("resource_changes", []):
        what = change["change"]
        address = change["address"] + (f" deposed" if change.get("deposed") else "")
        if what["actions"] == ["no-op"] and not change.get("previous_address") and not what.get("importing"):
            continue
        before, after = pruned(what.get("before_sensitive")), pruned(what.get("after_sensitive"))
        changes[address] = {
            "actions": what["actions"],
            "before": tokens.replace(without_nulls(concealed(what.get("before"), before))),
            "after": tokens.replace(without_nulls(concealed(what.get("after"), after))),
            "unknown": pruned(what.get("after_unknown")),
            "before_sensitive": before,
            "after_sensitive": after,
            "replace_paths": sorted(map(str, what.get("replace_paths", []))),
            "reason": change.get("action_reason"),
            "previous_address": change.get("previous_address"),
            "importing": tokens.replace((what.get("importing") or {}).get("id")),
        }
    outputs = {}
    for name, what in plan.get("output_changes", {}).items():
        if what["actions"] != ["no-op"]:
            outputs[name] = {
                "actions": what["actions"],
                "after": tokens.replace(concealed(what.get("after"), what.get("after_sensitive"))),
                "unknown": pruned(what.get("after_unknown")),
                "sensitive": pruned(what.get("after_sensitive")),
            }
    checks = {}
    for block in plan.get("checks", []):
        instances = {
            it["address"]["to_display"]: [it["status"], sorted(p["message"] for p in it.get("problems", []))]
            for it in block.get("instances", [])
        }
        checks[block["address"]["to_display"]] = [block["status"], instances]
    return {"changes": dict(sorted(changes.items())), "outputs": outputs, "checks": checks}


class Tool:
    """A program in a folder of its own."""

    def __init__(self, command, folder):
        self.command = command
        self.tokens = Tokens()
        home = folder / "home"
        self.folder = folder / "work"
        home.mkdir(parents=True)
        self.folder.mkdir()
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(home), "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1", "NO_COLOR": "1", "TF_CLI_CONFIG_FILE": os.devnull,
        }

    # Seconds for one command.
    patience = 120

    def run(self, *arguments):
        try:
            ended = subprocess.run(
                [*self.command, *arguments], cwd=self.folder, env=self.environment,
                capture_output=True, text=True, timeout=self.patience, stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            return -1, "", f"Error: no end in {self.patience} seconds"
        return ended.returncode, ended.stdout, ended.stderr

    def lay(self, files):
        for path in self.folder.iterdir():
            if path.name not in (".terraform", "state", "terraform.tfstate", ".terraform.lock.hcl"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def step(self, options, files):
        self.lay(files)
        found = {}
        code, out, err = self.run("init", "-input=false")
        if code:
            return {"plan": 1, "problems": problems(out + err)}
        code, out, err = self.run("plan", "-input=false", "-out=tfplan", "-detailed-exitcode", *options)
        found["plan"], found["problems"] = code, problems(out + err)
        if code not in (0, 2):
            return found
        _, out, _ = self.run("show", "-json", "tfplan")
        try:
            found |= shape(json.loads(out), self.tokens)
        except ValueError:
            found["shape"] = "no JSON"
        code, out, err = self.run("apply", "-auto-approve", "-input=false", "tfplan")
        found["apply"], found["apply_problems"] = code, problems(out + err)
        _, out, _ = self.run("output", "-json")
        outputs = json.loads(out or "{}")
        found["values"] = self.tokens.replace(
            {name: "(sensitive)" if it["sensitive"] else [it["type"], it["value"]] for name, it in outputs.items()}
        )
        return found

    def all(self, steps):
        found = [self.step(options, files) for options, files in steps]
        if found[-1].get("apply") == 0:
            code, out, err = self.run("plan", "-input=false", "-detailed-exitcode")
            found.append({"again": code, "problems": problems(out + err)})
        self.lay({})
        _, out, _ = self.run("state", "list")
        found.append({"state": sorted(out.split())})
        return found


def is_placed(wanted, got):
    """Whether the same problems are told, with more places than Terraform's."""
    if not all(isinstance(it, list) for it in (wanted, got)) or len(wanted) != len(got):
        return False
    return all(a == b or (a.endswith(" None") and b.startswith(a[:-4])) for a, b in zip(wanted, got))


def differences(wanted, got, path=""):
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in sorted({*wanted, *got}):
            yield from differences(wanted.get(key), got.get(key), f"{path}/{key}")
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got) and not path.endswith("problems"):
        for at, (mine, other) in enumerate(zip(wanted, got)):
            yield from differences(mine, other, f"{path}/{at}")
    elif wanted != got and not (path.endswith("problems") and is_placed(wanted, got)):
        yield f"{path}: Terraform {json.dumps(wanted)}, meridian {json.dumps(got)}"


def compare(name, steps, binary, kept):
    results = []
    key = hashlib.sha256(json.dumps(steps).encode()).hexdigest()
    for command in (["terraform"], [str(binary)]):
        if command == ["terraform"] and key in kept:
            results.append(kept[key])
            continue
        with tempfile.TemporaryDirectory() as folder:
            results.append(json.loads(json.dumps(Tool(command, pathlib.Path(folder)).all(steps))))
    kept[key] = results[0]
    return name, list(differences(*results)), results


def main():
    if not shutil.which("terraform"):
        print("Terraform is not installed: skipped")
        return 0
    wanted = [it for it in sys.argv[1:] if not it.startswith("-")]
    every = [it for path in sorted(FOLDER.glob("*.txt")) for it in configurations(path)]
    names = [name for name, _ in every]
    assert len(names) == len(set(names)), "two configurations of one name"
    chosen = [it for it in every if not wanted or any(re.search(part, it[0]) for part in wanted)]
    binary = program()
    store = pathlib.Path(os.environ.get("TERRAFORM_RESULTS", os.devnull))
    kept = json.loads(store.read_text() or "{}") if store.is_file() else {}
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        for name, found, results in pool.map(lambda it: compare(*it, binary, kept), chosen):
            if found and name in ON_PURPOSE:
                print(f"{name}: differs on purpose: {ON_PURPOSE[name]}")
            elif found:
                failed += 1
                print(f"{name}:", *found, sep="\n    ")
            if "-v" in sys.argv:
                print(json.dumps(results, indent=1))
    if store != pathlib.Path(os.devnull):
        store.write_text(json.dumps(kept))
    print(f"{len(chosen)} configurations, {failed} with differences")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
