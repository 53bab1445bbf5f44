//! What a resource type is, without any type of it and without a cloud.
//!
//! A [`ResourceType`] is a pure reconciler: from what is ([`Object`], or nothing) and
//! what should be it gives the next [`Call`]. The planner asks it to show the way; the
//! engine asks it again after each answer. So an interrupted apply resumes by reading
//! what is and asking once more.
//!
//! A [`Call`] is data. Whoever implements [`Cloud`] can carry it out.

mod call;
mod cloud;
mod data_source;
mod notice;
mod object;
mod provider;
mod quota;
mod registry;
mod resource_type;
mod schema;

pub use call::{Call, Occurrence, Permission, Service};
pub use cloud::{Answer, Cloud, CloudError, CloudFuture, ErrorClass};
pub use data_source::{DataError, DataSource, with_marks_of_arguments};
pub use notice::{Gravity, Notice, Reviewed};
pub use object::{CREATED_AT, NOTE, Object, REGION, TAINTED, TAKEN};
pub use provider::{Place, Provider, ProviderKey};
pub use quota::{Bucket, Quota};
pub use registry::Registry;
pub use resource_type::{
    KeyUse, Next, Problem, Reaction, Recovery, ReplacementOrder, ResourceType, ShownElsewhere,
    WaitingPeriod,
};
pub use schema::{Attribute, Check, NestedBlock, Nesting, Presence, Schema};
