"""What is alive in the embedded AWS, told so that two runs can be compared."""

import collections
import re

REGIONS = ["eu-central-1", "eu-west-1"]
ACCOUNT = "123456789012"

# `id` is what a state must name; None for what no state need name.
Living = collections.namedtuple("Living", "region kind name id")


def living(cloud):
    """Every object that is not gone and not on its way to be."""
    found = []
    for region in REGIONS:
        found += keys(cloud, region) + aliases(cloud, region) + secrets(cloud, region)
    return found


def alike(name):
    """A name without what was generated for it."""
    return re.sub(r"[0-9a-f]{24,}", "#", name)


def keys(cloud, region):
    found = []
    for entry in cloud.call(region, "TrentService.ListKeys", Limit=1000)["Keys"]:
        key = cloud.call(region, "TrentService.DescribeKey", KeyId=entry["KeyId"])["KeyMetadata"]
        is_leaving = key["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion")
        if key["KeyManager"] != "CUSTOMER" or is_leaving:
            continue
        found.append(Living(region, "key", key["Description"], f"{region}:{ACCOUNT}:key/{key['KeyId']}"))
        listed = cloud.call(region, "TrentService.ListGrants", KeyId=key["KeyId"], Limit=100)
        for grant in listed["Grants"]:
            name = grant.get("Name") or f"to {grant['GranteePrincipal'].rpartition('/')[2]}"
            found.append(Living(region, "grant", name, grant["GrantId"]))
    return found


def aliases(cloud, region):
    listed = cloud.call(region, "TrentService.ListAliases", Limit=100)["Aliases"]
    return [
        Living(region, "alias", alike(alias["AliasName"]), alias["AliasArn"])
        for alias in listed
        if not alias["AliasName"].startswith("alias/aws/")
    ]


def secrets(cloud, region):
    found = []
    for entry in cloud.call(region, "secretsmanager.ListSecrets", MaxResults=100)["SecretList"]:
        # A replica is part of its primary.
        if entry.get("PrimaryRegion", region) != region:
            continue
        name = alike(entry["Name"])
        found.append(Living(region, "secret", name, entry["ARN"]))
        listed = cloud.call(region, "secretsmanager.ListSecretVersionIds", SecretId=entry["ARN"])
        for version in listed["Versions"]:
            found.append(Living(region, "version", f"{name} {'+'.join(sorted(version['VersionStages']))}", None))
    return found


def orphans(objects, state):
    """Those that this text of a state does not name."""
    return [it for it in objects if it.id and it.id not in state]


def doubles(objects, expected, strays=None):
    """How many there are beyond the expected, by kind and Region. Where a run has failed, objects
    that its state names may only be waiting for the rest of it: then only `strays` count."""
    count = lambda them: collections.Counter((it.region, it.kind) for it in them)
    beyond = count(objects) - count(expected)
    if strays is not None:
        beyond &= count(strays)
    return sum(beyond.values())
