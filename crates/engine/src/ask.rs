//! Calls that only read, as many at once as the cloud allows.

use std::sync::Arc;

use meridian_resource::{Answer, Call, ProviderKey};
use tokio::task::JoinSet;

use crate::reconcile::Context;

/// How many are asked at once, as with reading objects.
const AT_ONCE: usize = 64;

/// Asks each provider configuration its call. The answers are in the order of the calls; errors are
/// answers, too.
pub async fn ask(context: &Arc<Context>, calls: Vec<(ProviderKey, Call)>) -> Vec<Answer> {
    let mut answers: Vec<(usize, Answer)> = Vec::with_capacity(calls.len());
    let mut waiting = calls.into_iter().enumerate();
    let mut running = JoinSet::new();
    loop {
        while running.len() < AT_ONCE {
            let Some((index, (provider, call))) = waiting.next() else { break };
            debug_assert!(!call.is_mutating(), "{call} changes something");
            let context = context.clone();
            running.spawn(async move { (index, context.cloud.call(&provider, &call).await) });
        }
        match running.join_next().await {
            None => break,
            Some(Ok(answer)) => answers.push(answer),
            Some(Err(panic)) => std::panic::resume_unwind(panic.into_panic()),
        }
    }
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
