#!/usr/bin/env python3
"""boto3 and the AWS CLI as clients of the embedded AWS: every operation of KMS, Secrets Manager
and STS that it has, those first that Terraform's provider never calls.

    python3 tests/boto3_client.py                 builds the program first
    MERIDIAN=path python3 tests/boto3_client.py   uses this one

At the end the operations of botocore's own service models are held against the request log: each
was called and answered, or stands in UNSUPPORTED with its reason. Without boto3 this says so and
ends well; the part of the AWS CLI likewise.
"""

import base64
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
HOME, AWAY, FAR = "eu-central-1", "eu-west-1", "us-west-2"
DAY = datetime.timedelta(days=1)

UNSUPPORTED = {"kms": {}, "secretsmanager": {}}

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError
except ImportError:
    print("boto3 is not installed: skipped")
    sys.exit(0)

checks = 0


def expect(condition, what):
    """Counts a claim, and ends the run if it is false."""
    global checks
    checks += 1
    if not condition:
        raise AssertionError(what)


def refused(code, call, *arguments, **members):
    """Asserts that a call is refused with a code; gives the message."""
    try:
        call(*arguments, **members)
    except ClientError as error:
        expect(error.response["Error"]["Code"] == code, f"{error} instead of {code}")
        return error.response["Error"]["Message"]
    raise AssertionError(f"{call.__name__} {members} should have been refused with {code}")


def program():
    """The program under test; built, unless it is given."""
    if given := os.environ.get("MERIDIAN"):
        return pathlib.Path(given).resolve()
    root = HERE.parent
    subprocess.run(["cargo", "build", "--quiet", "-p", "meridian"], cwd=root, check=True)
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", root / "target")) / "debug" / "meridian"


class Stage:
    """The embedded AWS as a process whose clock stands still, and its clients."""

    def __init__(self, binary, folder):
        self.log = folder / "log"
        command = [str(binary), "local-aws", "-listen", "127.0.0.1:0", "-clock", "manual"]
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
        deadline = time.monotonic() + 20
        while "http://" not in self.log.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the embedded AWS does not start: {self.log.read_text()}")
            time.sleep(0.02)
        text = self.log.read_text()
        self.url = text[text.index("http://"):].split()[0]

    def client(self, service, region=HOME):
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id="AKIDLOCAL",
            aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def control(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or "null")

    def advance(self, time_span):
        self.control("/_local/clock", {"advance": time_span})

    def now(self):
        return datetime.datetime.fromtimestamp(self.control("/_local/clock")["now"], datetime.timezone.utc)


def keys_and_their_names(stage):
    kms, away = stage.client("kms"), stage.client("kms", AWAY)
    key = kms.create_key(Description="one", MultiRegion=True, Tags=[{"TagKey": "a", "TagValue": "1"}])["KeyMetadata"]
    expect(key["KeyId"].startswith("mrk-") and key["KeyState"] == "Enabled", "a multi-Region key is enabled at once")
    replica = kms.replicate_key(KeyId=key["Arn"], ReplicaRegion=AWAY, Description="two")
    expect(replica["ReplicaKeyMetadata"]["KeyState"] == "Creating", "a replica takes its time")
    refused("KMSInvalidStateException", away.disable_key, KeyId=key["KeyId"])
    stage.advance("10s")
    expect(away.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["Description"] == "two", "a description of its own")
    kms.create_alias(AliasName="alias/app", TargetKeyId=key["KeyId"])
    refused("NotFoundException", away.describe_key, KeyId="alias/app")
    other = kms.create_key()["KeyMetadata"]
    kms.update_alias(AliasName="alias/app", TargetKeyId=other["KeyId"])
    expect(kms.describe_key(KeyId="alias/app")["KeyMetadata"]["Arn"] == other["Arn"], "the alias has moved")
    aliases = [a for page in kms.get_paginator("list_aliases").paginate(PaginationConfig={"PageSize": 1}) for a in page["Aliases"]]
    expect(any(a.get("TargetKeyId") == other["KeyId"] for a in aliases), "the alias is listed, page by page")
    kms.delete_alias(AliasName="alias/app")
    kms.tag_resource(KeyId=key["KeyId"], Tags=[{"TagKey": "b", "TagValue": "2"}])
    kms.untag_resource(KeyId=key["KeyId"], TagKeys=["a"])
    expect(kms.list_resource_tags(KeyId=key["KeyId"])["Tags"] == [{"TagKey": "b", "TagValue": "2"}], "tags")
    policy = kms.get_key_policy(KeyId=key["KeyId"])["Policy"]
    kms.put_key_policy(KeyId=key["KeyId"], Policy=policy, PolicyName="default")
    expect(kms.list_key_policies(KeyId=key["KeyId"])["PolicyNames"] == ["default"], "one policy")
    kms.update_key_description(KeyId=key["KeyId"], Description="three")
    kms.disable_key(KeyId=key["KeyId"])
    refused("DisabledException", kms.encrypt, KeyId=key["KeyId"], Plaintext=b"x")
    kms.enable_key(KeyId=key["KeyId"])
    expect(len(kms.list_keys(Limit=1)["Keys"]) == 1, "a page of one")
    return key["KeyId"]


def promotion_and_deletion(stage, key):
    kms, away = stage.client("kms"), stage.client("kms", AWAY)
    kms.update_primary_region(KeyId=key, PrimaryRegion=AWAY)
    expect(kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Updating", "promotion takes its time")
    stage.advance("10s")
    kind = lambda client: client.describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]["MultiRegionKeyType"]
    expect((kind(kms), kind(away)) == ("REPLICA", "PRIMARY"), "the primary has moved")
    planned = away.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    expect(planned["KeyState"] == "PendingReplicaDeletion" and "DeletionDate" not in planned, "the primary waits")
    away.cancel_key_deletion(KeyId=key)
    expect(away.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled", "it comes back disabled")
    away.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    stage.advance("7d")
    refused("NotFoundException", kms.describe_key, KeyId=key)
    expect(away.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion", "now its window begins")
    stage.advance("7d")
    refused("NotFoundException", away.describe_key, KeyId=key)


def encryption(stage):
    kms, away, far = (stage.client("kms", region) for region in (HOME, AWAY, FAR))
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    kms.replicate_key(KeyId=key, ReplicaRegion=AWAY)
    stage.advance("10s")
    context = {"app": "orders"}
    blob = kms.encrypt(KeyId=key, Plaintext=b"hello", EncryptionContext=context)["CiphertextBlob"]
    told = away.decrypt(CiphertextBlob=blob, EncryptionContext=context)
    expect(told["Plaintext"] == b"hello" and AWAY in told["KeyId"], "decrypts in the related Region")
    refused("AccessDeniedException", far.decrypt, CiphertextBlob=blob, EncryptionContext=context)
    refused("InvalidCiphertextException", away.decrypt, CiphertextBlob=blob, EncryptionContext={})
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    refused("IncorrectKeyException", kms.decrypt, CiphertextBlob=blob, EncryptionContext=context, KeyId=other)
    moved = kms.re_encrypt(CiphertextBlob=blob, SourceEncryptionContext=context, DestinationKeyId=other)
    expect(kms.decrypt(CiphertextBlob=moved["CiphertextBlob"])["Plaintext"] == b"hello", "re-encrypted")
    data = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    expect(away.decrypt(CiphertextBlob=data["CiphertextBlob"])["Plaintext"] == data["Plaintext"], "a data key")
    blind = kms.generate_data_key_without_plaintext(KeyId=key, NumberOfBytes=17)
    expect(len(kms.decrypt(CiphertextBlob=blind["CiphertextBlob"])["Plaintext"]) == 17, "17 bytes")
    pair = kms.generate_data_key_pair(KeyId=key, KeyPairSpec="ECC_NIST_P256")
    private = kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"])["Plaintext"]
    expect(private == pair["PrivateKeyPlaintext"], "the private key of a pair")
    blind = kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec="ECC_NIST_P384")
    expect("PrivateKeyPlaintext" not in blind, "no private key in clear")
    expect(len(kms.generate_random(NumberOfBytes=33)["Plaintext"]) == 33, "random bytes")
    refused("DryRunOperationException", kms.encrypt, KeyId=key, Plaintext=b"x", DryRun=True)
    return key


def signatures(stage):
    kms = stage.client("kms")
    for spec, algorithm in [("RSA_2048", "RSASSA_PSS_SHA_256"), ("ECC_NIST_P384", "ECDSA_SHA_384"), ("ML_DSA_44", "ML_DSA_SHAKE_256")]:
        key = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        signature = kms.sign(KeyId=key, Message=b"read this", SigningAlgorithm=algorithm)["Signature"]
        told = kms.verify(KeyId=key, Message=b"read this", Signature=signature, SigningAlgorithm=algorithm)
        expect(told["SignatureValid"], f"{algorithm} verifies")
        refused("KMSInvalidSignatureException", kms.verify, KeyId=key, Message=b"other", Signature=signature, SigningAlgorithm=algorithm)
        expect(kms.get_public_key(KeyId=key)["PublicKey"][:1] == b"\x30", "a public key in DER")
    mac_key = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    mac = kms.generate_mac(KeyId=mac_key, Message=b"m", MacAlgorithm="HMAC_SHA_256")["Mac"]
    expect(kms.verify_mac(KeyId=mac_key, Message=b"m", Mac=mac, MacAlgorithm="HMAC_SHA_256")["MacValid"], "the MAC verifies")
    refused("KMSInvalidMacException", kms.verify_mac, KeyId=mac_key, Message=b"n", Mac=mac, MacAlgorithm="HMAC_SHA_256")
    one, two = (kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")["KeyMetadata"]["KeyId"] for _ in "12")
    derive = lambda own, peer: kms.derive_shared_secret(
        KeyId=own, KeyAgreementAlgorithm="ECDH", PublicKey=kms.get_public_key(KeyId=peer)["PublicKey"])["SharedSecret"]
    expect(derive(one, two) == derive(two, one), "both sides derive the same secret")


def rotation(stage, key):
    kms, away = stage.client("kms"), stage.client("kms", AWAY)
    blob = kms.encrypt(KeyId=key, Plaintext=b"old")["CiphertextBlob"]
    material = lambda client: client.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
    before = material(kms)
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    stage.advance("91d")
    expect(material(kms) != before, "the clock has rotated the key")
    kms.rotate_key_on_demand(KeyId=key)
    stage.advance("60s")
    kinds = [r["RotationType"] for r in kms.list_key_rotations(KeyId=key)["Rotations"]]
    expect(sorted(kinds) == ["AUTOMATIC", "ON_DEMAND"], f"both rotations are listed: {kinds}")
    expect(material(away) == material(kms), "the replica rotated too")
    expect(away.decrypt(CiphertextBlob=blob)["Plaintext"] == b"old", "old ciphertexts decrypt")
    expect(kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 90, "the period")
    kms.disable_key_rotation(KeyId=key)
    refused("UnsupportedOperationException", away.enable_key_rotation, KeyId=key)
    expect("KeyId" in kms.get_key_last_usage(KeyId=key), "the last usage is told")


def grants(stage, key):
    kms = stage.client("kms")
    role = "arn:aws:iam::123456789012:role/app"
    made = kms.create_grant(KeyId=key, GranteePrincipal=role, RetiringPrincipal=role, Operations=["Decrypt"], Name="app")
    again = kms.create_grant(KeyId=key, GranteePrincipal=role, RetiringPrincipal=role, Operations=["Decrypt"], Name="app")
    expect(made["GrantId"] == again["GrantId"] and len(made["GrantId"]) == 64, "a name makes it idempotent")
    expect([g["GrantId"] for g in kms.list_grants(KeyId=key)["Grants"]] == [made["GrantId"]], "one grant")
    expect(len(kms.list_retirable_grants(RetiringPrincipal=role)["Grants"]) == 1, "one to retire")
    kms.retire_grant(GrantToken=made["GrantToken"])
    other = kms.create_grant(KeyId=key, GranteePrincipal=role, Operations=["Encrypt"])
    kms.revoke_grant(KeyId=key, GrantId=other["GrantId"])
    expect(kms.list_grants(KeyId=key)["Grants"] == [], "none is left")


def imported_material(stage):
    try:
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding
    except ImportError:
        print("the package cryptography is not installed: wrapping of key material is skipped")
        for operation in ("GetParametersForImport", "ImportKeyMaterial", "DeleteImportedKeyMaterial"):
            UNSUPPORTED["kms"][operation] = "cryptography is not installed"
        return
    kms = stage.client("kms")
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]
    expect(key["KeyState"] == "PendingImport", "a key without material")
    refused("KMSInvalidStateException", kms.encrypt, KeyId=key["KeyId"], Plaintext=b"x")
    terms = kms.get_parameters_for_import(KeyId=key["KeyId"], WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048")
    public = serialization.load_der_public_key(terms["PublicKey"])
    wrapped = public.encrypt(b"k" * 32, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
    kms.import_key_material(
        KeyId=key["KeyId"], ImportToken=terms["ImportToken"], EncryptedKeyMaterial=wrapped,
        ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo=stage.now() + 30 * DAY)
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    stage.advance("31d")
    expect(kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "PendingImport", "the material expired")
    refused("KMSInvalidStateException", kms.decrypt, CiphertextBlob=blob)
    kms.delete_imported_key_material(KeyId=key["KeyId"])


def secret_values(stage):
    secrets = stage.client("secretsmanager")
    made = secrets.create_secret(Name="app/db", SecretString="one", Tags=[{"Key": "a", "Value": "1"}])
    expect(secrets.create_secret(Name="app/db", SecretString="one", ClientRequestToken=made["VersionId"])["ARN"] == made["ARN"], "the token makes it idempotent")
    refused("ResourceExistsException", secrets.create_secret, Name="app/db", SecretString="two")
    put = secrets.put_secret_value(SecretId="app/db", SecretBinary=b"two")
    expect(secrets.get_secret_value(SecretId="app/db")["SecretBinary"] == b"two", "the value is the new one")
    expect(secrets.get_secret_value(SecretId="app/db", VersionStage="AWSPREVIOUS")["SecretString"] == "one", "the previous one is kept")
    secrets.update_secret(SecretId="app/db", Description="database", SecretString="three")
    secrets.update_secret_version_stage(SecretId="app/db", VersionStage="AWSCURRENT", MoveToVersionId=put["VersionId"],
        RemoveFromVersionId=secrets.get_secret_value(SecretId="app/db")["VersionId"])
    expect(len(secrets.list_secret_version_ids(SecretId="app/db")["Versions"]) == 2, "two versions have labels")
    secrets.create_secret(Name="app/other", SecretString="o")
    batch = secrets.batch_get_secret_value(SecretIdList=["app/db", "app/other", "missing"])
    expect((len(batch["SecretValues"]), len(batch["Errors"])) == (2, 1), "two values and an error")
    listed = secrets.list_secrets(Filters=[{"Key": "name", "Values": ["app/"]}], SortOrder="asc", SortBy="name")
    expect([s["Name"] for s in listed["SecretList"]] == ["app/db", "app/other"], "sorted by name")
    secrets.tag_resource(SecretId="app/db", Tags=[{"Key": "b", "Value": "2"}])
    secrets.untag_resource(SecretId="app/db", TagKeys=["a"])
    expect(secrets.describe_secret(SecretId="app/db")["Tags"] == [{"Key": "b", "Value": "2"}], "tags")
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
        "Resource": "*", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]})
    expect(secrets.validate_resource_policy(ResourcePolicy=document)["PolicyValidationPassed"], "the policy is valid")
    secrets.put_resource_policy(SecretId="app/db", ResourcePolicy=document)
    expect(json.loads(secrets.get_resource_policy(SecretId="app/db")["ResourcePolicy"]) == json.loads(document), "the policy")
    secrets.delete_resource_policy(SecretId="app/db")
    function = f"arn:aws:lambda:{HOME}:123456789012:function:rotate"
    refused("InvalidRequestException", secrets.rotate_secret, SecretId="app/other")
    secrets.rotate_secret(SecretId="app/other", RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30}, RotateImmediately=False)
    expect(secrets.describe_secret(SecretId="app/other")["RotationEnabled"], "rotation is on")
    secrets.cancel_rotate_secret(SecretId="app/other")
    expect(len(secrets.get_random_password(PasswordLength=40, ExcludePunctuation=True)["RandomPassword"]) == 40, "a password")
    secrets.delete_secret(SecretId="app/other", RecoveryWindowInDays=7)
    refused("InvalidRequestException", secrets.get_secret_value, SecretId="app/other")
    secrets.restore_secret(SecretId="app/other")
    secrets.delete_secret(SecretId="app/other", RecoveryWindowInDays=7)
    stage.advance("8d")
    refused("ResourceNotFoundException", secrets.describe_secret, SecretId="app/other")


def secret_replicas(stage):
    secrets, away, far = (stage.client("secretsmanager", region) for region in (HOME, AWAY, FAR))
    told = secrets.replicate_secret_to_regions(SecretId="app/db", AddReplicaRegions=[{"Region": AWAY}, {"Region": FAR}])
    expect({s["Status"] for s in told["ReplicationStatus"]} == {"InProgress"}, "replication takes its time")
    stage.advance("10s")
    expect({s["Status"] for s in secrets.describe_secret(SecretId="app/db")["ReplicationStatus"]} == {"InSync"}, "in sync")
    expect(away.get_secret_value(SecretId="app/db")["SecretBinary"] == b"two", "the value is there")
    refused("InvalidParameterException", away.put_secret_value, SecretId="app/db", SecretString="x")
    message = refused("InvalidParameterException", secrets.delete_secret, SecretId="app/db")
    expect(AWAY in message and FAR in message, "the Regions in the way are named")
    far.stop_replication_to_replica(SecretId="app/db")
    expect("PrimaryRegion" not in far.describe_secret(SecretId="app/db"), "a secret of its own")
    secrets.remove_regions_from_replication(SecretId="app/db", RemoveReplicaRegions=[AWAY])
    expect(away.describe_secret(SecretId="app/db")["Name"] == "app/db", "it goes a while later")
    stage.advance("5m")
    refused("ResourceNotFoundException", away.describe_secret, SecretId="app/db")
    secrets.delete_secret(SecretId="app/db", ForceDeleteWithoutRecovery=True)


def who_calls(stage):
    sts = stage.client("sts")
    expect(sts.get_caller_identity()["Account"] == "123456789012", "the account")
    lent = sts.assume_role(RoleArn="arn:aws:iam::000000000042:role/deploy", RoleSessionName="session")["Credentials"]
    other = boto3.client("sts", region_name=HOME, endpoint_url=stage.url, aws_access_key_id=lent["AccessKeyId"],
        aws_secret_access_key=lent["SecretAccessKey"], aws_session_token=lent["SessionToken"])
    expect(other.get_caller_identity()["Account"] == "000000000042", "the account of the role")
    iam = stage.client("iam")
    expect(iam.get_user()["User"]["Arn"].startswith("arn:aws:iam::123456789012:user/"), "the user")
    expect("Roles" in iam.list_roles(), "roles")


def custom_key_stores(stage):
    kms = stage.client("kms")
    expect(kms.describe_custom_key_stores()["CustomKeyStores"] == [], "there are none")
    refused("CustomKeyStoreNotFoundException", kms.describe_custom_key_stores, CustomKeyStoreName="x")
    store = kms.create_custom_key_store(CustomKeyStoreName="manager", CustomKeyStoreType="EXTERNAL_KEY_STORE",
        XksProxyConnectivity="PUBLIC_ENDPOINT", XksProxyUriEndpoint="https://keys.example.com", XksProxyUriPath="/kms/xks/v1",
        XksProxyAuthenticationCredential={"AccessKeyId": "ABCDEFGHIJKLMNOPQRST", "RawSecretAccessKey": "0" * 43})["CustomKeyStoreId"]
    refused("CustomKeyStoreNameInUseException", kms.create_custom_key_store, CustomKeyStoreName="manager",
        CloudHsmClusterId="cluster-abcdefg2345", KeyStorePassword="kmsPswd", TrustAnchorCertificate="-----BEGIN CERTIFICATE-----")
    kms.update_custom_key_store(CustomKeyStoreId=store, XksProxyUriPath="/orders/kms/xks/v1")
    pages = kms.get_paginator("describe_custom_key_stores").paginate(CustomKeyStoreId=store)
    told = next(iter(pages))["CustomKeyStores"][0]
    expect(told["XksProxyConfiguration"]["UriPath"] == "/orders/kms/xks/v1", "the path was changed")
    new_key = {"Origin": "EXTERNAL_KEY_STORE", "CustomKeyStoreId": store, "XksKeyId": "orders"}
    refused("CustomKeyStoreInvalidStateException", kms.create_key, **new_key)

    def connection():
        return kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"][0]["ConnectionState"]

    kms.connect_custom_key_store(CustomKeyStoreId=store)
    stage.advance("5m")
    expect(connection() == "CONNECTED", "the store is connected")
    key = kms.create_key(**new_key)["KeyMetadata"]["KeyId"]
    sealed = kms.encrypt(KeyId=key, Plaintext=b"hello")["CiphertextBlob"]
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    refused("KMSInvalidStateException", kms.decrypt, CiphertextBlob=sealed)
    expect(kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Unavailable", "the key is unavailable")
    stage.advance("5m")
    refused("CustomKeyStoreHasCMKsException", kms.delete_custom_key_store, CustomKeyStoreId=store)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    stage.advance("7d")
    kms.delete_custom_key_store(CustomKeyStoreId=store)
    expect(kms.describe_custom_key_stores()["CustomKeyStores"] == [], "the store is gone")


def command_line(stage):
    """The AWS CLI: another parser, other paginators, files of bytes."""
    if shutil.which("aws") is None:
        print("the AWS CLI is not installed: its part is skipped")
        return
    environment = os.environ | {
        "AWS_ENDPOINT_URL": stage.url, "AWS_ACCESS_KEY_ID": "AKIDLOCAL", "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": HOME, "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true",
    }

    def aws(*arguments):
        ended = subprocess.run(["aws", "--output", "json", *arguments], env=environment, capture_output=True, text=True, timeout=60)
        expect(ended.returncode == 0, f"aws {' '.join(arguments)}: {ended.stderr}")
        return json.loads(ended.stdout or "null")

    key = aws("kms", "create-key", "--multi-region", "--description", "by the CLI")["KeyMetadata"]["KeyId"]
    aws("kms", "create-alias", "--alias-name", "alias/cli", "--target-key-id", key)
    # The two versions of the CLI read a value differently, but a file of bytes alike.
    with tempfile.TemporaryDirectory() as folder:
        plain, sealed = pathlib.Path(folder) / "plain", pathlib.Path(folder) / "sealed"
        plain.write_bytes(b"hello")
        blob = aws("kms", "encrypt", "--key-id", "alias/cli", "--plaintext", f"fileb://{plain}")["CiphertextBlob"]
        sealed.write_bytes(base64.b64decode(blob))
        clear = aws("kms", "decrypt", "--ciphertext-blob", f"fileb://{sealed}")["Plaintext"]
    expect(base64.b64decode(clear) == b"hello", "the CLI decrypts what it encrypted")
    expect(any(k["KeyId"] == key for k in aws("kms", "list-keys")["Keys"]), "the key is listed")
    aws("secretsmanager", "create-secret", "--name", "cli", "--secret-string", "hello")
    expect(aws("secretsmanager", "get-secret-value", "--secret-id", "cli")["SecretString"] == "hello", "the secret")
    expect(aws("sts", "get-caller-identity")["Account"] == "123456789012", "the identity")


def coverage(stage):
    """Every operation of the models was answered with success, or is unsupported with a reason."""
    answered = {(r["service"], r["operation"]) for r in stage.control("/_local/requests") if r["status"] == 200}
    for service, unsupported in UNSUPPORTED.items():
        names = set(stage.client(service).meta.service_model.operation_names)
        missing = names - unsupported.keys() - {operation for owner, operation in answered if owner == service}
        expect(not missing, f"never answered: {service} {sorted(missing)}")
        print(f"{service}: {len(names)} operations, {len(unsupported)} unsupported: {sorted(set(unsupported.values()))}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(program(), pathlib.Path(folder))
        try:
            promotion_and_deletion(stage, keys_and_their_names(stage))
            key = encryption(stage)
            signatures(stage)
            rotation(stage, key)
            grants(stage, key)
            imported_material(stage)
            secret_values(stage)
            secret_replicas(stage)
            who_calls(stage)
            custom_key_stores(stage)
            command_line(stage)
            coverage(stage)
        finally:
            stage.process.terminate()
            stage.process.wait(timeout=20)
    print(f"{checks} claims hold")


if __name__ == "__main__":
    main()
