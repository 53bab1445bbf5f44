//! The operations that the program can perform.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use meridian_local_aws::RequestRecord;

/// What is in no row of the table, and why.
pub const EXEMPT: &[(&str, &str)] = &[
    ("kms:DeleteImportedKeyMaterial", "no type asks for it: material goes with its key"),
    (
        "kms:GenerateDataKey",
        "only a state's key asks for it, before anything else: tests/state_keys.rs",
    ),
    ("kms:ListAliases", "only `discover` asks for it, which changes nothing"),
    ("secretsmanager:StopReplicationToReplica", "no type asks for it: who did is only told"),
];

/// An operation of a service, as it was called in a Region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operation {
    pub service: &'static str,
    pub operation: String,
    pub region: &'static str,
}

impl Operation {
    pub fn of(record: &RequestRecord) -> Option<Operation> {
        let operation = record.operation.clone();
        Some(Operation { service: record.service?, operation, region: record.region? })
    }

    /// Service and operation.
    pub fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }
}

/// All operations of the crate that calls AWS, as its sources list them.
pub fn performed() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../aws/src/operations");
    let services = [("kms.rs", "kms"), ("secretsmanager.rs", "secretsmanager"), ("sts.rs", "sts")];
    services
        .into_iter()
        .flat_map(|(file, service)| {
            let text = fs::read_to_string(folder.join(file)).expect(file);
            let perform = text.split("fn perform(").nth(1).expect("where operations are chosen");
            let perform = perform.split("\n}\n").next().expect("its end").to_owned();
            let named = perform.lines().filter_map(|line| {
                let (name, _) = line.trim().strip_prefix('"')?.split_once('"')?;
                Some(format!("{service}:{name}"))
            });
            named.collect::<Vec<_>>()
        })
        .collect()
}
