//! The engine, driven by a fake resource type and a fake cloud.

mod bench;
mod cloud;
#[path = "../../../plan/tests/it/fake.rs"]
mod fake;
#[path = "../../../plan/tests/it/project.rs"]
mod project;

mod apply;
mod conditions;
mod errors;
mod journal;
mod patience;
mod quotas;
mod recovery;
mod refresh;
mod replacement;
mod secrets;
mod stop;
mod twins;
