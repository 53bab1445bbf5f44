//! What an account has and no state manages, and the configuration that takes it over.

mod items;
mod names;
mod providers;
mod session;
mod survey;
mod text;

pub use session::Session;
pub use survey::Survey;
pub use text::text;
