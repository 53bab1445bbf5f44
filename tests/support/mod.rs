//! What the tests share: a hermetic project, an AWS to run against, and ways to look at both.

mod calls;
mod cloud_text;
pub mod handed_back;
mod normal;
mod project;
mod seed;
mod server;
#[cfg(unix)]
mod terminal;

pub use calls::{changing, count, is_change, position};
pub use cloud_text::{cloud_text, settled_text};
pub use normal::normal;
#[cfg(unix)]
pub use project::ignores_hang_up;
pub use project::{Project, Ran, Running};
pub use seed::{secret_value, seed};
pub use server::Server;
#[cfg(unix)]
pub use terminal::{converse, signalled};

/// A Region where keys and secrets of the tests begin.
pub const HOME: &str = "eu-central-1";
/// A Region for replicas.
pub const IRELAND: &str = "eu-west-1";

/// A provider in each of the two Regions.
pub const PROVIDERS: &str = r#"
provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "ireland"
  region = "eu-west-1"
}
"#;

/// A primary key and a replica of it.
pub const KEYS: &str = r#"
resource "aws_kms_key" "primary" {
  description             = "primary"
  multi_region            = true
  deletion_window_in_days = 7
}

resource "aws_kms_replica_key" "ireland" {
  provider                = aws.ireland
  description             = "replica"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
}
"#;

/// A secret under the key, with a replica under the replica key.
pub const SECRET: &str = r#"
resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  kms_key_id              = aws_kms_key.primary.arn
  recovery_window_in_days = 0

  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.ireland.arn
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}
"#;

/// Everything above: a key, its replica, a secret and its value.
pub fn everything() -> String {
    format!("{PROVIDERS}{KEYS}{SECRET}")
}
