//! What the journal says of secrets that other objects show: after a kill nothing else does.

use meridian_lang::{Path, Step, Value};
use meridian_plan::{Hidden, secret_shown_elsewhere};
use meridian_resource::ResourceType;
use meridian_state::{Intent, SHOWN_ELSEWHERE, Snapshot};
use serde_json::Value as Json;

use crate::secrecy::secrets;

/// The request as the journal has it, if it is to make something of these attributes.
pub(crate) fn noted(kind: &dyn ResourceType, wanted: &Value, request: Value) -> Value {
    let Some((id, paths)) = secret_shown_elsewhere(kind, wanted) else { return request };
    if secrets(wanted).contains(&&*id) {
        return request;
    }
    let steps = |path: Path| {
        let steps = path.0.into_iter().filter_map(|step| match step {
            Step::Attribute(name) | Step::Key(name) => Some(Value::string(&*name)),
            Step::Index(_) => None,
        });
        Value::tuple(steps)
    };
    let parts = Value::tuple(paths.into_iter().map(steps));
    request.with(SHOWN_ELSEWHERE, Value::object([("id", Value::string(id)), ("parts", parts)]))
}

/// What the objects of a state may show of secrets that calls have set of which nothing is known.
pub fn hidden_by_journal(snapshot: &Snapshot) -> Hidden {
    let mut hidden = Hidden::default();
    for intent in &snapshot.unconfirmed {
        if let Some((id, parts)) = read(intent) {
            hidden.add(&intent.region, id, parts);
        }
    }
    hidden
}

fn read(intent: &Intent) -> Option<(String, Vec<Path>)> {
    let shown = intent.request.get(SHOWN_ELSEWHERE)?;
    let path = |steps: &Json| {
        let mut names = steps.as_array()?.iter().filter_map(Json::as_str);
        let first = Path::attribute(names.next()?);
        Some(names.fold(first, |path, name| path.then(Step::Key(name.into()))))
    };
    let parts = shown.get("parts")?.as_array()?.iter().filter_map(path).collect();
    Some((shown.get("id")?.as_str()?.to_owned(), parts))
}
