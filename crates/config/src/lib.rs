//! Terraform configuration files, read into a typed model with a span on everything.
//!
//! This is the only crate that sees hcl-edit. Files are parsed, checked for their
//! block structure and lowered to [`meridian_lang`]'s expressions at once; the parser's
//! tree is dropped, since it is ten times the size of ours.
//!
//! [`load`] reads a folder, [`parse`] texts that are at hand, [`variables`] gives the input
//! variables their values. [`format()`] writes a file in the canonical form. Nothing here looks at
//! the environment.

mod address;
mod blocks;
mod content;
mod expression;
mod format;
mod fragment;
mod import_target;
mod json;
mod load;
mod lower;
mod model;
mod module_source;
mod modules;
mod provider_address;
mod provider_reference;
mod reader;
mod static_reference;
mod syntax;
mod term;
mod type_constraint;
mod variables;
mod version;

pub use expression::{expression, is_open};
pub use format::format;
pub use fragment::{parse_expression, parse_settings, parse_template};
pub use import_target::ImportTarget;
pub use load::{Loaded, is_ignored, load, load_to_generate, load_with, parse};
pub use model::*;
pub use provider_address::ProviderAddress;
pub use syntax::block_around;
pub use variables::{VariableOption, Variables, variables, variables_asking, variables_named};
pub use version::canonical_constraints;
