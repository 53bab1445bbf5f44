//! What a plan cannot know by itself: data sources, and objects that are to be imported.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;
use meridian_graph::{InstanceAddress, ResourceMode};
use meridian_lang::{Diagnostic, Value};
use meridian_plan::{Answers, DataAnswer, ImportAnswer, LookAnswer, Purpose, Question};
use meridian_resource::{DataError, DataSource, ErrorClass, Object, Place, ProviderKey};
use tokio::task::JoinSet;

use crate::event::{Event, Operation};
use crate::reconcile::Context;
use crate::refresh::read;
use crate::secrecy::hide_secrets;
use crate::tell;

/// How many are asked at once, as with reading objects.
const AT_ONCE: usize = 64;

/// Answers questions, as many at once as the cloud allows. What fails is an answer, too.
pub async fn answer(
    context: &Arc<Context>,
    questions: Vec<Question>,
    places: &BTreeMap<ProviderKey, Place>,
    answers: &mut Answers,
) {
    let mut waiting = questions.into_iter();
    let mut running = JoinSet::new();
    loop {
        while running.len() < AT_ONCE {
            let Some(question) = waiting.next() else { break };
            let (Question::Data { provider, .. }
            | Question::Import { provider, .. }
            | Question::Look { provider, .. }) = &question;
            let place = places.get(provider).cloned();
            let context = context.clone();
            running.spawn(async move { answer_one(&context, question, place).await });
        }
        match running.join_next().await {
            None => return,
            Some(Ok(Found::Data(address, answer))) => {
                answers.data.insert(address, answer);
            }
            Some(Ok(Found::Import(address, answer))) => {
                answers.imports.insert(address, answer);
            }
            Some(Ok(Found::Look(key, answer))) => {
                answers.looks.insert(key, answer);
            }
            Some(Err(panic)) => std::panic::resume_unwind(panic.into_panic()),
        }
    }
}

enum Found {
    Data(InstanceAddress, DataAnswer),
    Import(InstanceAddress, ImportAnswer),
    Look((InstanceAddress, Purpose), LookAnswer),
}

async fn answer_one(context: &Context, question: Question, place: Option<Place>) -> Found {
    match question {
        Question::Data { address, config, span, .. } => {
            let result = read_told(context, &address, place.as_ref(), &config).await;
            let result = result.map_err(|error| with_place(error, span));
            Found::Data(address, DataAnswer { config, result })
        }
        Question::Import { address, region, id, span, .. } => {
            let place = place.map(|place| Place { region, ..place });
            let result = import(context, &address, place.as_ref(), &id).await;
            let result = result.map_err(|error| with_place(error, span));
            Found::Import(address, ImportAnswer { id, result, generated: None })
        }
        Question::Look { address, purpose, region, object, .. } => {
            let place = place.map(|place| Place { region: region.clone(), ..place });
            let result = look(context, &address, purpose, place.as_ref(), &object).await;
            Found::Look((address, purpose), LookAnswer { region, result })
        }
    }
}

/// Reads a data source or opens an ephemeral resource, and says so.
async fn read_told(
    context: &Context,
    address: &InstanceAddress,
    place: Option<&Place>,
    config: &Value,
) -> Result<Value, Diagnostic> {
    let operation = match address.resource.mode {
        ResourceMode::Ephemeral => Operation::Open,
        _ => Operation::Read,
    };
    let began = Instant::now();
    context.tell(Event::Started { address: address.clone(), operation, id: None });
    let value = read_data(context, address, place, config).await?;
    let id = value.get("id").filter(|id| !id.is_sensitive());
    context.tell(Event::Finished {
        address: address.clone(),
        operation,
        id: id.and_then(Value::as_str).map(str::to_owned),
        elapsed: began.elapsed(),
        note: None,
    });
    Ok(value)
}

fn with_place(mut error: Diagnostic, span: meridian_lang::Span) -> Diagnostic {
    error.span = error.span.or(Some(span));
    error
}

/// The type of a data source or ephemeral resource.
pub(crate) fn kind_of<'c>(
    context: &'c Context,
    address: &InstanceAddress,
) -> Option<&'c dyn DataSource> {
    let name = &address.resource.type_name;
    match address.resource.mode {
        ResourceMode::Data => context.registry.data_source(name),
        ResourceMode::Ephemeral => context.registry.ephemeral_resource(name),
        ResourceMode::Managed => None,
    }
}

/// Reads a data source, or opens an ephemeral resource.
pub(crate) async fn read_data(
    context: &Context,
    address: &InstanceAddress,
    place: Option<&Place>,
    config: &Value,
) -> Result<Value, Diagnostic> {
    let (Some(kind), Some(place)) = (kind_of(context, address), place) else {
        let detail = "There is no provider configuration to ask with.";
        return Err(Diagnostic::error("Provider configuration not present", detail)
            .about(address.to_string()));
    };
    let bare = config.unmark_deep();
    let calls = kind.reads(place, &bare);
    let cloud = &*context.cloud;
    let answers = join_all(calls.iter().map(|call| cloud.call(&place.provider, call))).await;
    let observed = kind.observe(place, &bare, &answers);
    let told = observed.map_err(|error| match error {
        DataError::Problem(problem) => tell::problem(address, *problem),
        DataError::Cloud(error) => {
            let failed = answers.iter().position(|answer| answer.as_ref().err() == Some(&error));
            match calls.get(failed.unwrap_or(0)) {
                Some(call) => tell::cloud_error(address, call, &error),
                None => Diagnostic::error("Reading failed", error.to_string())
                    .about(address.to_string()),
            }
        }
    });
    // Some errors repeat the argument that they refuse.
    told.map_err(|error| Diagnostic {
        summary: hide_secrets(config, error.summary),
        detail: hide_secrets(config, error.detail),
        ..error
    })
}

/// Looks whether there is such an object. One that is to be created and that may not be read is
/// taken for not there: its creation will tell.
async fn look(
    context: &Context,
    address: &InstanceAddress,
    purpose: Purpose,
    place: Option<&Place>,
    object: &Object,
) -> Result<Option<Object>, Diagnostic> {
    let kind = context.registry.resource_type(&address.resource.type_name);
    let (Some(kind), Some(place)) = (kind, place) else { return Ok(None) };
    match read(&*context.cloud, kind, place, object).await {
        Ok(found) => Ok(found),
        Err((_, error)) if purpose == Purpose::Creation && error.class == ErrorClass::Denied => {
            Ok(None)
        }
        Err((call, error)) => Err(tell::cloud_error(address, &call, &error)),
    }
}

async fn import(
    context: &Context,
    address: &InstanceAddress,
    place: Option<&Place>,
    id: &str,
) -> Result<Object, Diagnostic> {
    context.tell(Event::Importing { address: address.clone(), id: id.to_owned() });
    let kind = context.registry.resource_type(&address.resource.type_name);
    let (Some(kind), Some(place)) = (kind, place) else {
        let detail = "There is no provider configuration to read it with.";
        return Err(Diagnostic::error("Provider configuration not present", detail)
            .about(address.to_string()));
    };
    let object = kind.import(place, id).map_err(|problem| tell::problem(address, *problem))?;
    context.tell(Event::Refreshing {
        address: address.clone(),
        id: object.open_id().map(str::to_owned),
    });
    match read(&*context.cloud, kind, place, &object).await {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(Diagnostic::error(
            "Cannot import non-existent remote object",
            format!(
                "While attempting to import an existing object to \"{address}\", the provider \
                 detected that no object exists with the given id. Only pre-existing objects can \
                 be imported; check that the id is correct and that it is associated with the \
                 provider's configured region or endpoint, or use \"meridian apply\" to create a \
                 new remote object for this resource."
            ),
        )
        .about(address.to_string())),
        Err((call, error)) => Err(tell::cloud_error(address, &call, &error)),
    }
}
