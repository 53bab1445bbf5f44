#!/usr/bin/env python3
"""Public modules, unmodified, from roots of our own.

    python3 tests/public_modules.py MODULES              with meridian on the embedded AWS
    MERIDIAN=path python3 tests/public_modules.py MODULES [ROOT...]

Each folder of public-modules/ is a root that calls modules of the public registry. Their texts are
not here. MODULES is a folder that holds them by their source, such as
MODULES/terraform-aws-modules/kms/aws/main.tf. They are put where `terraform init` would put them,
with its manifest, into a copy of the root. There the root is validated, planned, applied, planned
again, which must find nothing to do, and destroyed. A root whose modules are not in MODULES is
skipped.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOTS = pathlib.Path(__file__).resolve().parent / "public-modules"
CALL = re.compile(r'^module "([^"]+)" \{\n(.*?)^\}', re.DOTALL | re.MULTILINE)
STEPS = [
    ["init"],
    ["validate"],
    ["plan"],
    ["apply", "-auto-approve"],
    ["plan", "-detailed-exitcode"],
    ["destroy", "-auto-approve"],
]


class Missing(Exception):
    """A module that is not in the folder of modules."""


def argument(body, name):
    """The text of an argument of a module block, if it is there."""
    found = re.search(rf'^\s*{name}\s*=\s*"([^"]+)"', body, re.MULTILINE)
    return found and found[1]


def install(modules, root, folder, prefix, manifest):
    """Puts the modules that a folder calls, and those that they call, under the root."""
    for file in sorted(folder.glob("*.tf")):
        for name, body in CALL.findall(file.read_text()):
            key = f"{prefix}.{name}" if prefix else name
            source = argument(body, "source")
            if source.startswith("."):
                place = pathlib.Path(os.path.normpath(folder / source))
                entry = {"Key": key, "Source": source}
            else:
                if not (modules / source).is_dir():
                    raise Missing(source)
                place = root / ".terraform" / "modules" / key
                shutil.copytree(modules / source, place)
                version = argument(body, "version")
                entry = {"Key": key, "Source": f"registry.terraform.io/{source}", "Version": version}
            manifest.append(entry | {"Dir": str(place.relative_to(root))})
            install(modules, root, place, key, manifest)


def run(program, modules, source, scratch):
    """Works through one root; what went wrong, if anything."""
    root = scratch / source.name
    shutil.copytree(source, root)
    manifest = [{"Key": "", "Source": "", "Dir": "."}]
    install(modules, root, root, "", manifest)
    (root / ".terraform" / "modules").mkdir(parents=True, exist_ok=True)
    (root / ".terraform" / "modules" / "modules.json").write_text(json.dumps({"Modules": manifest}))
    for step in STEPS:
        command = [str(program), "-local", *step]
        ended = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300)
        if ended.returncode != 0:
            text = ended.stdout + ended.stderr
            return f"{' '.join(step)} ended with {ended.returncode}:\n{text}"
    return None


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    modules = pathlib.Path(sys.argv[1]).resolve()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOTS.parent.parent / "target"))
    program = pathlib.Path(os.environ.get("MERIDIAN", target / "debug" / "meridian")).resolve()
    wanted = sys.argv[2:] or sorted(folder.name for folder in ROOTS.iterdir() if folder.is_dir())
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name in wanted:
            try:
                problem = run(program, modules, ROOTS / name, pathlib.Path(scratch))
            except Missing as missing:
                print(f"{name}: skipped, {missing} is not in {modules}")
                continue
            failed += problem is not None
            print(f"{name}: {problem or 'ok'}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
