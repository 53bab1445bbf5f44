//! Inputs that the operations' models allow, and some that they do not.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The operations and shapes of both services.
static MODELS: LazyLock<[(&str, Value); 2]> = LazyLock::new(|| {
    let parse = |text| serde_json::from_str(text).unwrap();
    [
        ("TrentService", parse(include_str!("../../../src/model/kms.json"))),
        ("secretsmanager", parse(include_str!("../../../src/model/secretsmanager.json"))),
    ]
});

/// What exists.
pub struct Names {
    pub keys: Vec<String>,
}

/// A number after the other, each determined by the one before (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut number = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((number ^ (number >> 31)) % limit as u64).unwrap()
    }

    fn choose<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// An operation and its input, as a seed determines them.
pub fn bodies(seed: u64, names: &Names) -> (String, Vec<u8>) {
    let mut chance = Chance(seed);
    let (prefix, model) = chance.choose(&*MODELS);
    let operations: Vec<&String> = model["operations"].as_object().unwrap().keys().collect();
    let operation = *chance.choose(&operations);
    let shape = model["operations"][operation].as_str().unwrap();
    let mut writer = Writer { model, names, chance };
    let mut body = writer.value("", shape).to_string();
    // Some values cannot be part of a document.
    let raw: [&str; 6] = ["1e999", "-0", "\"\\ud800\"", "[[[[[[[[]]]]]]]]", "NaN", "\"\\u0000\""];
    let raw = *writer.chance.choose(&raw);
    body = body.replace("\"@raw\"", raw);
    let mut bytes = body.into_bytes();
    if writer.chance.below(20) == 0 {
        let at = writer.chance.below(bytes.len());
        bytes[at] = u8::try_from(writer.chance.below(256)).unwrap();
    }
    (format!("{prefix}.{operation}"), bytes)
}

/// Writes values of a model's shapes.
struct Writer<'a> {
    model: &'a Value,
    names: &'a Names,
    chance: Chance,
}

impl Writer<'_> {
    fn value(&mut self, name: &str, shape: &str) -> Value {
        if !name.is_empty() && self.chance.below(25) == 0 {
            return self.oddity();
        }
        let shape = &self.model["shapes"][shape];
        match shape["type"].as_str().unwrap() {
            "structure" => self.structure(shape),
            "list" => {
                let count = self.chance.below(3) + usize::from(shape["min"].is_number());
                let member = shape["member"].as_str().unwrap();
                (0..count).map(|_| self.value(name, member)).collect()
            }
            "map" => {
                let value = self.value("value", shape["value"].as_str().unwrap());
                json!({ *self.chance.choose(&["", "a", "é", "aws:x"]): value })
            }
            "boolean" => json!(self.chance.below(2) == 0),
            "integer" | "long" => self.number(shape),
            "timestamp" => json!(*self.chance.choose(&[
                0.0,
                -1e18,
                1e18,
                1_767_225_600.5,
                1_767_225_700.0,
                1_768_000_000.0
            ])),
            "blob" => {
                let blobs = [
                    "",
                    "AAAA",
                    "////",
                    "AQICAHg=",
                    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                    "no base64",
                ];
                json!(self.chance.choose(&blobs))
            }
            "string" => self.text(name, shape),
            other => panic!("the models have no {other}"),
        }
    }

    fn structure(&mut self, shape: &Value) -> Value {
        let required = shape["required"].as_array().cloned().unwrap_or_default();
        let mut members = Map::new();
        for (name, member) in shape["members"].as_object().into_iter().flatten() {
            let is_required = required.contains(&json!(name));
            // Otherwise nearly every request of the SDK's size would be refused for one of them.
            let share = if is_required { 40 } else { 4 };
            if (self.chance.below(share) == 0) != is_required {
                members.insert(name.clone(), self.value(name, member.as_str().unwrap()));
            }
        }
        members.into()
    }

    fn number(&mut self, shape: &Value) -> Value {
        let least = shape["min"].as_i64().unwrap_or(1);
        let most = shape["max"].as_i64().unwrap_or(365);
        json!(*self.chance.choose(&[
            least,
            most,
            least + (most - least) / 2,
            30.clamp(least, most)
        ]))
    }

    fn text(&mut self, name: &str, shape: &Value) -> Value {
        if let Some(values) = shape["enum"].as_array() {
            // RSA keys take long to make.
            let values: Vec<&Value> =
                values.iter().filter(|it| !it.as_str().unwrap().starts_with("RSA_")).collect();
            if !values.is_empty() {
                return (*self.chance.choose(&values)).clone();
            }
        }
        const ARN: &str = "arn:aws:kms:eu-west-1:123456789012:key/none";
        const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
        const ROLE: &str = "arn:aws:iam::123456789012:role/team/deploy";
        let choices: &[&str] = match name {
            "KeyId" | "SourceKeyId" | "DestinationKeyId" | "TargetKeyId" | "KmsKeyId" => {
                return json!(self.chance.choose(&self.names.keys));
            }
            "AliasName" => &["alias/app", "alias/other", "alias/aws/x", "alias/", "é"],
            "SecretId" | "SecretIdList" | "Name" => &["app", "app", "other", "a/b-abcdef", ARN],
            "Region"
            | "ReplicaRegion"
            | "PrimaryRegion"
            | "AddReplicaRegions"
            | "RemoveReplicaRegions"
            | "ReplicaRegions" => {
                &["us-east-1", "eu-west-1", "eu-central-1", "cn-north-1", "mars-north-1"]
            }
            "Policy" | "ResourcePolicy" => &[POLICY, "{}", "[]", "{\"Statement\":{}}", "x"],
            "GranteePrincipal" | "RetiringPrincipal" => &[ROLE, "arn:aws:iam::123456789012:root"],
            "RotationLambdaARN" => &["arn:aws:lambda:eu-west-1:123456789012:function:rotate"],
            "ScheduleExpression" => &[
                "rate(4 hours)",
                "rate(999 days)",
                "cron(0 0 31 2 ? *)",
                "cron(0 16 1,15 * ? *)",
                "cron(0/0 0 L * ? *)",
            ],
            "Duration" => &["3h", "1h", "24h", "0h", "99h"],
            "ClientRequestToken" | "VersionId" | "MoveToVersionId" | "RemoveFromVersionId" => {
                &["00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001"]
            }
            "VersionStage" | "VersionStages" => &["AWSCURRENT", "AWSPREVIOUS", "AWSPENDING", "x"],
            _ => &["", "a", "é💥", "aws:a", "0123456789abcdef", ARN, "AQICAHg="],
        };
        json!(self.chance.choose(choices))
    }

    /// What nobody would send.
    fn oddity(&mut self) -> Value {
        match self.chance.below(10) {
            0 => Value::Null,
            1 => json!("x".repeat(70_000)),
            2 => json!(i64::MAX),
            3 => json!(-1),
            4 => json!(1.5),
            5 => json!([]),
            6 => json!({ "": { "": "é" } }),
            7 => json!(vec!["é"; 300]),
            8 => json!("\u{0}\u{FFFF}\n<&>\"'"),
            _ => json!("@raw"),
        }
    }
}

/// Documents for the control endpoint: some that it knows, in pieces.
pub fn document() -> impl Strategy<Value = String> {
    let known = [
        r#"{"advance":"30d"}"#,
        r#"{"advance":"9999999w"}"#,
        r#"{"advance_seconds":1e300}"#,
        r#"{"advance_seconds":100.5}"#,
        r#"{"operation":"*","action":"throttling","times":1}"#,
        r#"[{"operation":"kms:*","action":{"stale_read":{"milliseconds":18446744073709551615}}}]"#,
        r#"[{"operation":"*","action":{"error":{"status":70000,"code":"","message":""}}}]"#,
        r#"{"Throttling":{"message":"{message}"}}"#,
        r#"{"milliseconds":18446744073709551615,"seed":1}"#,
        r#"{"milliseconds":1}"#,
        r#"{"scale":1e308}"#,
        r#"{"scale":1e-308}"#,
        r#"{"key_id":"alias/app","region":"eu-west-1","state":"Unavailable"}"#,
        r#"{"key_id":"alias/app","region":"eu-west-1","state":"Creating"}"#,
        r#"{"path":"../../x"}"#,
        "{}",
        "[[",
        "",
    ];
    let known = prop::sample::select(known.to_vec()).prop_map(str::to_owned);
    prop_oneof![4 => known, 1 => "[\\[\\]{}\",:a-z0-9.]{0,40}"]
}
