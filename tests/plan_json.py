#!/usr/bin/env python3
"""Compares what programs read of a plan with what they read of Terraform's.

    python3 tests/plan_json.py [NAME...]           builds the program first
    MERIDIAN=path python3 tests/plan_json.py       uses this one
    python3 tests/plan_json.py --own               only the configurations of tests/plan_json
    python3 tests/plan_json.py --sample            only some of both, in a minute or two

The configurations are those of tests/plan_json/*.txt and tests/terraform_language/*.txt, in the form
that tests/terraform_language.py describes. Those of plan_json/aws.txt are about keys and secrets:
each program gets an embedded AWS of its own, and Terraform the hashicorp/aws provider. Both programs
plan and apply each step with -json. Compared are all members of `show -json` of the plan and of the
state, `output -json` as text, and the log of `plan -json` and `apply -json`, without times and
without its order.

Not compared are our additions (`meridian_version`, `meridian`), and secrets: their places in our
JSON must be null.

Without Terraform this says so and ends well; without its provider aws.txt is left out.
"""

import concurrent.futures
import glob
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

from terraform import Cloud
from terraform_language import FOLDER, HERE, Tool, configurations, program

OWN = HERE / "plan_json"
# Those about keys and secrets take long, for the provider's sake. The rest are many: every so many.
SAMPLE = {"keys", "policies", "grants", "references", "modules", "json_files", "numbers"}
SAMPLED_OF_LANGUAGE = 8
# Where meridian differs on purpose: why, and what may differ for that reason.
WIDER = (
    "what is computed from a secret is one",
    r"/(sensitive_values|after_sensitive)/output: only meridian: true|/values/output: Terraform .*, meridian \"\(sensitive\)\"",
)
# Whoever checks the planned values would blame an object of which they show nothing.
FORGOTTEN = (
    "Terraform lists what is forgotten among the planned values, without values",
    r"/planned_values/.*: only Terraform: .*\"sensitive_values\": false",
)
REFUSED = r"/0/plan: Terraform 2, meridian 1|/0/(plan log|show|apply|apply log|state|outputs): only Terraform: "
ON_PURPOSE = {
    "references": WIDER,
    "module_variable_sensitive": WIDER,
    "for_each_sensitive_value": WIDER,
    # To Terraform a template in a JSON file is the constant "${…}", which would mislead whoever
    # checks constants. The references are told by both.
    "json_files": ("Terraform takes templates in JSON files for constants", r"/constant_value: only Terraform: .*\$\{"),
    "module_output_sensitive": ("a sensitive output of a module stays sensitive", REFUSED),
    "import_id_sensitive": ("an id that is shown in the plan must not be a secret", REFUSED),
    "removed_forget": FORGOTTEN,
    "removed_module": FORGOTTEN,
    "removed_in_module_path": FORGOTTEN,
    "removed_inside_module": FORGOTTEN,
    "removed_count": FORGOTTEN,
    "output_precondition_chain_at_apply": (
        "what is replaced is made anew first, and a failure leaves the one before it",
        r"/1/state/.*: only meridian: .*\"deposed_key\"",
    ),
}
RANDOM = re.compile(
    r"[0-9a-f]{64}|AQICA[\w+/=]+|20\d\d-\d\d-\d\d \d\d:\d\d:\d\d[\d.]* \+0000 UTC|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32}|terraform-\d{26}"
    r"|(?<=-)[A-Za-z0-9]{6}(?=[\"|\]]|$)|(?<=prefix-)\d{26}|\b\d{8,10}\b|20\d\d-\d\d-\d\dT[\d:.]+Z"
)
# What differs in single members, by the reason.
KNOWN = {
    "a constant that is a secret is in Terraform's plan, and not in ours":
        r"/(secret|secret_key|secret_string|plaintext|key_material_base64|s)/constant_value: only Terraform",
    "an ephemeral value is in Terraform's plan, and not in ours": r"/variables(/e(/|:| )|: only Terraform: ..e.: )",
    "a replica is waited for":
        r"/state/.*/replica/\d/status(_message)?: Terraform \"(InProgress)?\", meridian \"(InSync|Replication succeeded)\"",
    "of what goes it is said when":
        r"/hook/note: only meridian",
}
UNCOMPARED = {"terraform_version", "timestamp", "meridian_version", "meridian"}


def concealed(value, marks):
    """A value without its sensitive parts."""
    if marks is True:
        return "(sensitive)"
    if isinstance(value, dict) and isinstance(marks, dict):
        return {key: concealed(it, marks.get(key)) for key, it in value.items()}
    if isinstance(value, list) and isinstance(marks, list) and len(value) == len(marks):
        return [concealed(it, mark) for it, mark in zip(value, marks)]
    return value


def plain(value):
    """Without random texts, secrets and what is not compared; lists without order are sorted."""
    if isinstance(value, str):
        return RANDOM.sub("~", value)
    if isinstance(value, list):
        return [plain(it) for it in value]
    if not isinstance(value, dict):
        return value
    value = {key: it for key, it in value.items() if key not in UNCOMPARED}
    for side in ("before", "after"):
        if f"{side}_sensitive" in value:
            value[side] = concealed(value.get(side), value[f"{side}_sensitive"])
    if "sensitive_values" in value and "values" in value:
        value["values"] = concealed(value["values"], value["sensitive_values"])
    if value.get("sensitive") is True and "value" in value:
        value["value"] = "(sensitive)"
    if value.get("sensitive") is True and "default" in value:
        value["default"] = "(sensitive)"
    if value.get("sensitive") is True and "expression" in value:
        # The value of a constant that is a secret.
        value["expression"] = {key: it for key, it in value["expression"].items() if key != "constant_value"}
    value = {key: plain(it) for key, it in value.items()}
    if "child_modules" in value:
        value["child_modules"] = by_text(value["child_modules"])
    if isinstance(value.get("importing"), dict):
        value["importing"] = {key: it for key, it in value["importing"].items() if key == "id"}
    return value


def by_text(items):
    return sorted(items, key=lambda it: json.dumps(it, sort_keys=True))


def plan_shape(plan):
    shape = plain(plan)
    secret = {
        name for name, it in plan["configuration"]["root_module"].get("variables", {}).items() if it.get("sensitive")
    }
    for name, it in shape.get("variables", {}).items():
        if name in secret:
            it["value"] = "(sensitive)"
    for name in ("relevant_attributes", "checks", "resource_drift"):
        if name in shape:
            shape[name] = by_text(shape[name])
    for check in shape.get("checks", []):
        check["instances"] = by_text(check.get("instances", []))
    return shape


def log_shape(text):
    """The lines of a log without times, in an order of their own."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("{"):
            lines.append({"no": "JSON", "line": line})
            continue
        line = plain(json.loads(line))
        assert line.pop("@timestamp", None), line
        if line["type"] in ("version", "apply_progress") or line.get("hook", {}).get("action") == "read":
            # Sources that are answered without a cloud are not told of.
            continue
        line.get("hook", {}).pop("elapsed_seconds", None)
        line = json.loads(json.dumps(line).replace("Terraform", "Meridian"))
        line["@message"] = re.sub(r"after \d+s|\[\d+s elapsed\]", "after", line["@message"])
        if line["type"] == "diagnostic":
            line["diagnostic"] = {"severity": line["diagnostic"]["severity"], "summary": line["diagnostic"]["summary"]}
        if line["type"] == "outputs":
            for output in line["outputs"].values():
                if output["sensitive"]:
                    output.pop("value", None)
        lines.append(line)
    if any(line["@level"] == "error" for line in lines):
        # Of a plan that failed, Terraform tells how far it came.
        lines = [line for line in lines if line["type"] == "diagnostic"]
    if any("previous_resource" in line.get("change", {}) or line.get("change", {}).get("action") == "remove" for line in lines):
        # What moves is read under its old address, and what is forgotten is read as well.
        lines = [line for line in lines if not line["type"].startswith("refresh")]
    return by_text(lines)


def without_data(state):
    """A state without data sources, which ours does not keep, and without what conditions said."""
    if isinstance(state, dict):
        kept = {key: without_data(it) for key, it in state.items() if key != "checks"}
        return {key: it for key, it in kept.items() if it != [] or key not in ("resources", "depends_on", "child_modules")}
    if isinstance(state, list):
        is_data = lambda it: isinstance(it, dict) and it.get("mode") == "data" or isinstance(it, str) and re.match(r"(module\.\w+\.)*data\.", it)
        return [without_data(it) for it in state if not is_data(it)]
    return state


class Program(Tool):
    """A program in a folder, and maybe with an AWS."""

    # The provider waits long for some changes, and longer on a machine with much to do.
    patience = 600

    def __init__(self, command, folder, cloud=None, plugins=None):
        super().__init__(command, folder)
        self.plugins = plugins
        if cloud:
            self.environment |= {
                "AWS_ENDPOINT_URL": cloud.url, "AWS_ACCESS_KEY_ID": "AKIDLOCAL",
                "AWS_SECRET_ACCESS_KEY": "local", "AWS_EC2_METADATA_DISABLED": "true",
            }

    def init(self):
        options = [f"-plugin-dir={self.plugins}"] if self.plugins and self.command == ["terraform"] else []
        return self.run("init", "-input=false", *options)

    def step(self, options, files):
        self.lay(files)
        found = {}
        code, out, err = self.init()
        if code:
            return {"plan": 1}
        code, out, err = self.run("plan", "-json", "-input=false", "-out=tfplan", "-detailed-exitcode", *options)
        if code not in (0, 2):
            # What errors say is compared by tests/terraform_language.py.
            return {"plan": code}
        found["plan"], found["plan log"] = code, log_shape(out)
        code, out, err = self.run("show", "-json", "tfplan")
        found["show"] = plan_shape(json.loads(out)) if code == 0 else [code, err]
        code, out, err = self.run("apply", "-json", "tfplan")
        found["apply"] = code
        found["apply log"] = [it for it in log_shape(out) if it["@level"] != "warn"]
        code, out, err = self.run("show", "-json")
        found["state"] = without_data(plain(json.loads(out)))
        code, out, err = self.run("output", "-json")
        found["outputs"] = RANDOM.sub("~", out)
        return found

    def all(self, steps):
        return [self.step(options, files) for options, files in steps]


def differences(wanted, got, path=""):
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in sorted({*wanted, *got}):
            if (key in wanted) != (key in got):
                side = "Terraform" if key in wanted else "meridian"
                yield f"{path}/{key}: only {side}: {json.dumps(wanted.get(key, got.get(key)))}"
            else:
                yield from differences(wanted[key], got[key], f"{path}/{key}")
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for at, (mine, other) in enumerate(zip(wanted, got)):
            yield from differences(mine, other, f"{path}/{at}")
    elif isinstance(wanted, list) and isinstance(got, list):
        mine, other = ([json.dumps(it, sort_keys=True) for it in side] for side in (wanted, got))
        yield from (f"{path}: only Terraform: {it}" for it in mine if it not in other)
        yield from (f"{path}: only meridian: {it}" for it in other if it not in mine)
    elif wanted != got:
        yield f"{path}: Terraform {json.dumps(wanted)}, meridian {json.dumps(got)}"


def compare(name, steps, binary, plugins):
    results = []
    for command in (["terraform"], [str(binary)]):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            cloud = Cloud(binary, folder, "fast") if plugins else None
            try:
                results.append(Program(command, folder, cloud, plugins).all(steps))
            finally:
                if cloud:
                    cloud.stop()
    return name, list(differences(*results)), results


def judged(name, found):
    """The differences that have no reason, and the reasons that the others have."""
    reason, pattern = ON_PURPOSE.get(name, (None, None))
    reasons = {reason: pattern, **KNOWN} if reason else KNOWN
    left, used = [], set()
    for it in found:
        known = {why for why, pattern in reasons.items() if re.search(pattern, it)}
        used |= known
        if not known:
            left.append(it)
    if reason and reason not in used:
        left.append(f"no longer differs on purpose: {reason}")
    return left, used


def plugin_folder():
    given = os.environ.get("TERRAFORM_PLUGINS")
    found = [given] if given else glob.glob("/opt/*/registry.terraform.io/hashicorp/aws")
    return pathlib.Path(found[0]).parents[2] if found and not given else given


def main():
    if not shutil.which("terraform"):
        print("Terraform is not installed: skipped")
        return 0
    wanted = [it for it in sys.argv[1:] if not it.startswith("-")]
    plugins = plugin_folder()
    cases = []
    language = [] if "--own" in sys.argv else sorted(FOLDER.glob("*.txt"))
    for path in [*sorted(OWN.glob("*.txt")), *language]:
        is_aws = path.stem == "aws"
        if is_aws and not plugins:
            print("hashicorp/aws is not there: keys and secrets are skipped")
            continue
        cases += [(name, steps, plugins if is_aws else None) for name, steps in configurations(path)]
    chosen = [it for it in cases if not wanted or any(re.search(part, it[0]) for part in wanted)]
    if is_sample := "--sample" in sys.argv:
        own = {name for path in OWN.glob("*.txt") for name, _ in configurations(path)}
        others = [it[0] for it in cases if it[0] not in own][::SAMPLED_OF_LANGUAGE]
        chosen = [it for it in cases if it[0] in SAMPLE or it[0] in others]
        print(f"a sample of {len(chosen)} of {len(cases)} configurations; without --sample all are compared")
    binary = program()
    failed, used = 0, set()
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        runs = pool.map(lambda it: compare(it[0], it[1], binary, it[2]), chosen)
        for name, found, results in runs:
            left, known = judged(name, found)
            used |= known
            if left:
                failed += 1
                print(f"{name}:", *left, sep="\n    ", flush=True)
            elif known:
                print(f"{name}: differs on purpose: {'; '.join(sorted(known))}", flush=True)
            if "-v" in sys.argv:
                print(json.dumps(results, indent=1))
    if not (wanted or is_sample) and plugins and language:
        # Reasons for which nothing differs any more would only hide mistakes.
        for reason in sorted({*KNOWN} - used):
            failed += 1
            print(f"nothing differs any more for this reason: {reason}")
    print(f"{len(chosen)} configurations, {failed} with differences")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
