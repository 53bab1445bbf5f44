//! `aws_kms_secret`: what `aws_kms_secrets` has replaced. The provider still knows it, to say so.

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, Attribute, DataError, DataSource, NestedBlock, Nesting, Place, Problem, Schema,
};

use super::kms_secrets::at_least_one;

pub(super) struct KmsSecret {
    schema: Schema,
}

impl KmsSecret {
    pub(super) fn new() -> KmsSecret {
        let secret = Schema {
            attributes: vec![
                Attribute::optional("context", Type::map(Type::String)),
                Attribute::optional("grant_tokens", Type::list(Type::String)),
                Attribute::required("name", Type::String),
                Attribute::required("payload", Type::String),
            ],
            ..Schema::default()
        };
        let schema = Schema {
            version: 0,
            attributes: vec![Attribute::optional_computed("id", Type::String)],
            blocks: vec![NestedBlock {
                name: "secret",
                nesting: Nesting::Set,
                max: 0,
                schema: secret,
                key: None,
                settings: false,
            }],
        };
        KmsSecret { schema }
    }
}

impl DataSource for KmsSecret {
    fn name(&self) -> &'static str {
        "aws_kms_secret"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        at_least_one(config)
    }

    fn observe(&self, _: &Place, _: &Value, _: &[Answer]) -> Result<Value, DataError> {
        let summary = "This data source has been replaced with the `aws_kms_secrets` data source. \
             Upgrade information is available at: \
             https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/\
             version-2-upgrade.html#data-source-aws_kms_secret";
        Err(DataError::Problem(Box::new(Problem::new(summary, ""))))
    }
}
