#!/usr/bin/env python3
"""Derives kms.json and secretsmanager.json from the service models of botocore.

Kept are the facts about the input of each operation: names, types, which
members are required or sensitive, and the constraints. All text is dropped.

Usage, with botocore installed: python3 derive.py
"""

import json
import pathlib

import botocore.loaders

SERVICES = {"kms": "2014-11-01", "secretsmanager": "2017-10-17"}
FACTS = ("type", "sensitive", "min", "max", "pattern", "enum", "required")


def derive(model):
    shapes = {}

    def keep(name):
        """Keeps a shape and those that it is made of; gives its name."""
        if name not in shapes:
            shape = model["shapes"][name]
            shapes[name] = kept = {fact: shape[fact] for fact in FACTS if fact in shape}
            if "members" in shape:
                members = shape["members"].items()
                kept["members"] = {member: keep(ref["shape"]) for member, ref in members}
            for part in ("member", "key", "value"):
                if part in shape:
                    kept[part] = keep(shape[part]["shape"])
        return name

    operations = {
        name: keep(operation["input"]["shape"])
        for name, operation in model["operations"].items()
    }
    return operations, shapes


def lines(rows):
    return ",\n".join(f"    {json.dumps(name)}: {json.dumps(rows[name])}" for name in sorted(rows))


def main():
    loader = botocore.loaders.Loader()
    for service, version in SERVICES.items():
        model = loader.load_service_model(service, "service-2", version)
        operations, shapes = derive(model)
        text = f'{{\n  "operations": {{\n{lines(operations)}\n  }},\n  "shapes": {{\n{lines(shapes)}\n  }}\n}}\n'
        pathlib.Path(__file__).with_name(f"{service}.json").write_text(text)


if __name__ == "__main__":
    main()
