#!/usr/bin/env python3
"""Compares `meridian fmt` with `terraform fmt`, byte for byte.

Takes every configuration file of this repository, changes the white space and the comments in
copies of it at random, lets both programs format the copies, and shows where they differ. Files
whose syntax is wrong after the changes must be refused by both.

    MERIDIAN=path tests/terraform_fmt.py [COPIES] [SEED]

Without Terraform in the PATH it says so and ends well. Differences that are meant: where Terraform would write something
that it cannot read any more, and where it drops labels with `$` or `%` and indexes like `[true]`.
"""

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUFFIXES = (".tf", ".tfvars", ".tftest.hcl")
SPACES = ["", " ", "   ", "\t", "/* c */", " /* c */ "]
LINES = ["\n", "\n\n", "\r\n", " # c\n", " // é\n", "   \n", "\n# own line\n"]


def corpus():
    found = (path for path in ROOT.rglob("*") if path.name.endswith(SUFFIXES))
    return [path.read_bytes().decode() for path in sorted(found) if "target" not in path.parts]


def changed(text, chance):
    """A copy of a text with another look, and sometimes with wrong syntax."""
    for _ in range(chance.randint(1, 15)):
        kind = chance.randrange(5)
        if kind == 0:
            text = at_one(r"[ \t]+", chance, text, lambda _: chance.choice(SPACES))
        elif kind == 1:
            text = at_one(r"\n", chance, text, lambda _: chance.choice(LINES))
        elif kind == 2:
            more = chance.choice(SPACES + LINES)
            text = at_one(r"[\[\](){},?:=+*]", chance, text, lambda mark: mark + more)
        elif kind == 3:
            text = at_one(r"\n", chance, text, lambda _: "")
        else:
            text = at_one(r"\S", chance, text, lambda mark: chance.choice([mark * 2, "", mark + " "]))
    return text


def at_one(pattern, chance, text, replacement):
    places = list(re.finditer(pattern, text))
    if not places:
        return text
    place = chance.choice(places)
    return text[: place.start()] + replacement(place[0]) + text[place.end() :]


def formatted(program, texts):
    """What a program makes of the texts; None where it refuses one."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number:06}.tf" for number in range(len(texts))]
        for path, text in zip(paths, texts):
            path.write_bytes(text.encode())
        command = [program, "fmt", "-no-color", "-list=false"]
        environment = dict(os.environ, CHECKPOINT_DISABLE="1")
        run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        refused = set(re.findall(r"(\d{6}\.tf)(?: line |:\d)", run.stderr))
        return [None if path.name in refused else path.read_bytes() for path in paths]


def main():
    if not shutil.which("terraform"):
        print("Terraform is not installed: skipped")
        return
    meridian = str(Path(os.environ.get("MERIDIAN", "target/release/meridian")).resolve())
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    originals = corpus()
    texts = originals + [changed(chance.choice(originals), chance) for _ in range(copies)]
    differences = accepted = 0
    for text, ours, theirs in zip(texts, formatted(meridian, texts), formatted("terraform", texts)):
        accepted += theirs is not None
        if ours != theirs:
            differences += 1
            print(f"--- given\n{text!r}\n--- meridian\n{ours!r}\n--- terraform\n{theirs!r}")
    print(f"{len(texts)} files, {accepted} of them well-formed, {differences} differences")
    sys.exit(differences > 0)


if __name__ == "__main__":
    main()
