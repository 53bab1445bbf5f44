//! Terraform configuration files, read into a typed model with a span on everything.
//!
//! This is the only crate that sees hcl-edit. Files are parsed, checked for their
//! block structure and lowered to [`meridian_lang`]'s expressions at once; the parser's
//! tree is dropped, since it is ten times the size of ours.
//!
//! [`load`] reads a folder, [`parse`] texts that are at hand, [`variables`] gives the input
//! variables their values. Nothing here looks at the environment.

mod blocks;
mod content;
mod json;
mod load;
mod lower;
mod model;
mod reader;
mod static_reference;
mod syntax;
mod term;
mod type_constraint;
mod variables;

pub use load::{Loaded, load, parse};
pub use model::*;
pub use variables::{VariableOption, Variables, variables};
