//! A provider of schemas only, and plans made of Terraform's.

mod plan;
mod schema;

pub use plan::read_plan;
pub use schema::registry;
