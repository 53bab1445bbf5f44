//! Calls that an interrupted run left open.

use meridian_config::Config;
use meridian_lang::{Diagnostic, Diagnostics};
use meridian_resource::ProviderKey;
use meridian_state::{Intent, IntentStatus};
use time::format_description::well_known::Rfc3339;

use crate::failure::Failure;
use crate::stage::Writable;

/// The provider configurations that are needed to look for what the calls may have done, as far as
/// the configuration has them.
pub fn providers(state: &Writable, config: &Config) -> Result<Vec<ProviderKey>, Failure> {
    let open = state.store.unresolved()?;
    let sent = open.iter().filter(|intent| intent.status == IntentStatus::Sent);
    let keys = sent.map(|intent| ProviderKey::parse(&intent.provider));
    Ok(keys.filter(|key| is_declared(key, config)).collect())
}

/// A default configuration needs no block.
fn is_declared(key: &ProviderKey, config: &Config) -> bool {
    let blocks = config.module(&key.module).into_iter().flat_map(|module| &module.providers);
    let mut addresses = blocks.map(|block| block.address(&key.module));
    key.alias.is_none() || addresses.any(|address| address.alias == key.alias)
}

/// What is said beside a plan, which does not look.
pub fn warning(open: &[Intent]) -> Diagnostics {
    if open.is_empty() {
        return Diagnostics::new();
    }
    let lines: String = open.iter().map(|intent| format!("\n  - {}", told(intent))).collect();
    Diagnostic::warning(
        "An interrupted run left calls open",
        format!(
            "It is not known whether AWS carried them out, so the plan may show something as new \
             that is there already:\n{lines}"
        ),
    )
    .help("\"meridian recover\" finds out, and so does the next apply before it does anything else")
    .into()
}

/// A call in a line.
pub fn told(intent: &Intent) -> String {
    let Intent { address, service, operation, region, .. } = intent;
    let sent = intent.sent_at.and_then(|at| at.replace_nanosecond(0).ok()?.format(&Rfc3339).ok());
    let sent = sent.map_or_else(|| "not sent".to_owned(), |at| format!("sent {at}"));
    format!("{address}: {service}:{operation} in {region}, {sent}")
}
