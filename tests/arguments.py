#!/usr/bin/env python3
"""Asks Terraform's validate what it says of a wrong value of each argument.

usage: tests/arguments.py PLUGINS

PLUGINS is a folder of providers for `terraform init -plugin-dir`. Writes
tests/arguments/told.jsonl: one wrong value a line, with the resource block that holds it and
every error that Terraform tells of it, its line counted from the block's first. A run of 100 or
more of one character is written as the character and its number in braces.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent / "arguments"
ARN = '"arn:aws:kms:eu-central-1:123456789012:key/mrk-1234567890abcdef1234567890abcdef"'
SECRET = '"arn:aws:secretsmanager:eu-central-1:123456789012:secret:app-AbCdEf"'
POLICY = 'jsonencode({ Statement = [{ Effect = "Allow" }] })'
RULES = "rotation_rules {\n    automatically_after_days = 30\n  }"

# The least that each type asks for, by argument.
LEAST = {
    "aws_kms_alias": {"target_key_id": '"1234"'},
    "aws_kms_ciphertext": {"key_id": '"1234"', "plaintext": '"text"'},
    "aws_kms_custom_key_store": {"custom_key_store_name": '"store"'},
    "aws_kms_external_key": {},
    "aws_kms_grant": {
        "key_id": '"1234"',
        "grantee_principal": '"arn:aws:iam::123456789012:root"',
        "operations": '["Decrypt"]',
    },
    "aws_kms_key": {},
    "aws_kms_key_policy": {"key_id": '"1234"', "policy": POLICY},
    "aws_kms_replica_external_key": {"primary_key_arn": ARN},
    "aws_kms_replica_key": {"primary_key_arn": ARN},
    "aws_secretsmanager_secret": {},
    "aws_secretsmanager_secret_policy": {"policy": POLICY, "secret_arn": SECRET},
    "aws_secretsmanager_secret_rotation": {"secret_id": '"app"', "rotation_rules": RULES},
    "aws_secretsmanager_secret_version": {"secret_id": '"app"', "secret_string": '"value"'},
}

LONG = 9000
# Wrong by more than their type: (types, argument, value or body, arguments to leave out).
KEYS = ("aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key")
EXTERNAL = ("aws_kms_external_key", "aws_kms_replica_external_key")
VERSION = ("aws_secretsmanager_secret_version",)
ROTATION = ("aws_secretsmanager_secret_rotation",)
STORE = ("aws_kms_custom_key_store",)
GRANT = ("aws_kms_grant",)


def xks(inner):
    return "xks_proxy_authentication_credential {\n    %s\n  }" % inner


def rules(inner):
    return "rotation_rules {\n    %s\n  }" % inner


WRONG = [
    (tuple(LEAST), "id", '"x"', ()),
    (KEYS, "deletion_window_in_days", "6", ()),
    (KEYS, "deletion_window_in_days", "31", ()),
    (KEYS, "deletion_window_in_days", "7.5", ()),
    (KEYS, "description", '"%s"' % ("d" * LONG), ()),
    (KEYS, "policy", '"{"', ()),
    (KEYS, "tags", '{ a = [] }', ()),
    (EXTERNAL, "valid_to", '"tomorrow"', ()),
    (("aws_kms_replica_key", "aws_kms_replica_external_key"), "primary_key_arn", '"mrk-1"', ()),
    (("aws_kms_key",), "custom_key_store_id", '""', ()),
    (("aws_kms_key",), "custom_key_store_id", '"%s"' % ("x" * 23), ()),
    (("aws_kms_key",), "customer_master_key_spec", '"RSA_1024"', ()),
    (("aws_kms_key",), "key_usage", '"SIGN"', ()),
    (("aws_kms_key",), "rotation_period_in_days", "89", ()),
    (("aws_kms_key",), "rotation_period_in_days", "2561", ()),
    (("aws_kms_key",), "xks_key_id", '""', ()),
    (("aws_kms_key",), "xks_key_id", '"%s"' % ("x" * 129), ()),
    (("aws_kms_alias",), "name", '"app"', ()),
    (("aws_kms_alias",), "name", '"alias/aws/app"', ()),
    (("aws_kms_alias",), "name", '"alias/a b"', ()),
    (("aws_kms_alias",), "name_prefix", '"app"', ()),
    (("aws_kms_alias",), "name_prefix", '"alias/aws/"', ()),
    (("aws_kms_key_policy",), "key_id", '""', ()),
    (("aws_kms_key_policy",), "key_id", '"%s"' % ("x" * 2049), ()),
    (("aws_kms_key_policy",), "policy", '"{"', ()),
    (GRANT, "grantee_principal", '"nobody"', ()),
    (GRANT, "retiring_principal", '"nobody"', ()),
    (GRANT, "name", '"a b"', ()),
    (GRANT, "name", '"%s"' % ("x" * 257), ()),
    (GRANT, "operations", '["Encode"]', ()),
    (GRANT, "operations", "[[]]", ()),
    (GRANT, "grant_creation_tokens", "[[]]", ()),
    (GRANT, "constraints.encryption_context_equals",
     "constraints {\n    encryption_context_equals = { a = [] }\n  }", ()),
    (GRANT, "constraints.encryption_context_subset",
     "constraints {\n    encryption_context_subset = { a = [] }\n  }", ()),
    (("aws_kms_ciphertext",), "context", "{ a = [] }", ()),
    (("aws_secretsmanager_secret",), "tags", "{ a = [] }", ()),
    (KEYS + ("aws_secretsmanager_secret",), "tags_all", "{ a = [] }", ()),
    (VERSION, "version_stages", "[[]]", ()),
    (("aws_kms_key",), "rotation_period_in_days",
     "89\n  enable_key_rotation = true", ()),
    (("aws_kms_key",), "xks_key_id", '""\n  custom_key_store_id = "cks-1"', ()),
    (STORE, "cloud_hsm_cluster_id", '"x"', ()),
    (STORE, "custom_key_store_name", '""', ()),
    (STORE, "custom_key_store_name", '"%s"' % ("x" * 257), ()),
    (STORE, "custom_key_store_type", '"OTHER"', ()),
    (STORE, "key_store_password", '"short"', ()),
    (STORE, "trust_anchor_certificate", '""', ()),
    (STORE, "xks_proxy_connectivity", '"OTHER"', ()),
    (STORE, "xks_proxy_uri_endpoint", '"x"', ()),
    (STORE, "xks_proxy_uri_path", '"x"', ()),
    (STORE, "xks_proxy_vpc_endpoint_service_name", '"x"', ()),
    (STORE, "xks_proxy_authentication_credential.access_key_id",
     xks('access_key_id = "x"\n    raw_secret_access_key = "%s"' % ("x" * 43)), ()),
    (STORE, "xks_proxy_authentication_credential.raw_secret_access_key",
     xks('access_key_id = "%s"\n    raw_secret_access_key = "x"' % ("A" * 20)), ()),
    (STORE, "xks_proxy_authentication_credential.access_key_id",
     xks('raw_secret_access_key = "%s"' % ("x" * 43)), ()),
    (STORE, "xks_proxy_authentication_credential.raw_secret_access_key",
     xks('access_key_id = "%s"' % ("A" * 20)), ()),
    (("aws_secretsmanager_secret",), "name", '"a b"', ()),
    (("aws_secretsmanager_secret",), "name", '"%s"' % ("x" * 513), ()),
    (("aws_secretsmanager_secret",), "name_prefix", '"a b"', ()),
    (("aws_secretsmanager_secret",), "name_prefix", '"%s"' % ("x" * 487), ()),
    (("aws_secretsmanager_secret",), "policy", '"{"', ()),
    (("aws_secretsmanager_secret",), "recovery_window_in_days", "6", ()),
    (("aws_secretsmanager_secret",), "recovery_window_in_days", "31", ()),
    (("aws_secretsmanager_secret",), "replica.region", "replica {}", ()),
    (("aws_secretsmanager_secret_policy",), "policy", '"{"', ()),
    (("aws_secretsmanager_secret_policy",), "secret_arn", '"app"', ()),
    (ROTATION, "rotation_lambda_arn", '"rotate"', ()),
    (ROTATION, "rotation_rules.automatically_after_days",
     rules("automatically_after_days = 0"), ()),
    (ROTATION, "rotation_rules.automatically_after_days",
     rules("automatically_after_days = 1001"), ()),
    (ROTATION, "rotation_rules.duration",
     rules('automatically_after_days = 1\n    duration = "long"'), ()),
    (ROTATION, "rotation_rules.schedule_expression",
     rules('schedule_expression = "daily"'), ()),
    (ROTATION, "rotation_rules.schedule_expression",
     rules('automatically_after_days = 1\n    schedule_expression = "rate(4 hours)"'), ()),
    (VERSION, "secret_binary", '"no base64"', ("secret_string",)),
    (VERSION, "secret_binary", '"YQ=="', ()),
    (VERSION, "secret_string_wo", '"value"', ("secret_string",)),
    (VERSION, "secret_string_wo_version", "1", ("secret_string",)),
]


def arguments(block, path=""):
    """Every argument of a schema, with those of its blocks: (path, type, whether it is needed)."""
    for name, told in block.get("attributes", {}).items():
        if told.get("required") or told.get("optional"):
            yield path + name, told["type"], told.get("required", False)
    for name, nested in block.get("block_types", {}).items():
        yield from arguments(nested["block"], f"{path}{name}.")


def wrong_type(ty):
    """A value that cannot be made one of this type."""
    return {"string": "[]", "bool": '"maybe"', "number": '"many"'}.get(
        ty if isinstance(ty, str) else "", '"text"'
    )


def folded(text):
    """The text with each long run of one character as that character and a number."""
    return re.sub(r"(.)\1{99,}", lambda run: f"{run[1]}{{{len(run[0])}}}", text)


def block_text(type_name, name, given):
    lines = [f'resource "{type_name}" "{name}" {{']
    for argument, value in given.items():
        is_block = value.startswith(argument.split(".")[0] + " {")
        lines.append(f"  {value}" if is_block else f"  {argument} = {value}")
    return "\n".join(lines + ["}"]) + "\n"


def wrapped(path, value, least):
    """A nested argument inside its block, with what else the block asks for."""
    outer, inner = path.split(".")
    beside = {
        "replica": {"region": '"eu-west-1"'},
        "rotation_rules": {"automatically_after_days": "30"},
        "xks_proxy_authentication_credential": {
            "access_key_id": '"%s"' % ("A" * 20),
            "raw_secret_access_key": '"%s"' % ("x" * 43),
        },
    }.get(outer, {})
    if inner == "schedule_expression":
        beside = {}
    body = {**beside, inner: value}
    return outer, outer + " {\n" + "".join(f"    {k} = {v}\n" for k, v in body.items()) + "  }"


def cases(schemas):
    for type_name, least in LEAST.items():
        for path, ty, needed in arguments(schemas[type_name]["block"]):
            if path.startswith("timeouts."):
                outer, body = "timeouts", "timeouts {\n    %s = []\n  }" % path.split(".")[1]
                yield type_name, path, "type", {**least, outer: body}
                continue
            if "." in path:
                outer, body = wrapped(path, wrong_type(ty), least)
                yield type_name, path, "type", {**least, outer: body}
            else:
                yield type_name, path, "type", {**least, path: wrong_type(ty)}
                if needed:
                    yield type_name, path, "missing", {k: v for k, v in least.items() if k != path}
        for types, path, value, without in WRONG:
            if type_name in types:
                given = {k: v for k, v in least.items() if k not in without}
                yield type_name, path, "value", {**given, path.split(".")[0]: value}


def main():
    (plugins,) = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        main_tf = pathlib.Path(folder) / "main.tf"
        main_tf.write_text(
            'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n'
            '    }\n  }\n}\n'
        )

        def run(*line):
            return subprocess.run(["terraform", *line], cwd=folder, capture_output=True, text=True)

        run("init", f"-plugin-dir={plugins}").check_returncode()
        schemas = json.loads(run("providers", "schema", "-json").stdout)
        (provider,) = schemas["provider_schemas"].values()
        text, rows, line = main_tf.read_text(), [], main_tf.read_text().count("\n")
        for type_name, path, kind, given in cases(provider["resource_schemas"]):
            block = block_text(type_name, f"r{len(rows)}", given)
            rows.append({"type": type_name, "argument": path, "wrong": kind, "block": folded(block), "told": [],
                         "first": line + 1, "last": line + block.count("\n")})
            text, line = text + block, line + block.count("\n")
        main_tf.write_text(text)
        told = json.loads(run("validate", "-json").stdout)
    for diagnostic in told["diagnostics"]:
        if diagnostic["severity"] != "error":
            continue
        start = diagnostic["range"]["start"]["line"]
        (row,) = [row for row in rows if row["first"] <= start <= row["last"]]
        row["told"].append({"line": start - row["first"] + 1, "summary": diagnostic["summary"],
                            "detail": diagnostic.get("detail", "")})
        row["told"][-1] = {name: folded(it) if isinstance(it, str) else it
                           for name, it in row["told"][-1].items()}
    with (HERE / "told.jsonl").open("w") as file:
        for row in rows:
            # What validate accepts shows nothing.
            if not row["told"]:
                continue
            del row["first"], row["last"]
            row["told"].sort(key=lambda it: (it["line"], it["summary"], it["detail"]))
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
