//! What tests share: a machine without chance, and the way from a configuration to an object.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use meridian_lang::{Kind, Marks, Value};
use meridian_resource::{
    Call, Cloud, CloudError, CloudFuture, DataError, DataSource, Next, Object, Place, Presence,
    Problem, Provider, ProviderKey, ResourceType,
};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::{Clock, Machine, Pause, SeededChance};

/// When tests begin.
pub(crate) const START: OffsetDateTime = datetime!(2026-01-31 10:11:12.75 UTC);

/// A clock that only moves when it is told to, and notes the pauses that were asked for.
pub(crate) struct StillClock {
    now: Mutex<OffsetDateTime>,
    pub(crate) pauses: Mutex<Vec<Duration>>,
}

impl StillClock {
    pub(crate) fn set(&self, now: OffsetDateTime) {
        *self.now.lock().unwrap() = now;
    }
}

impl Clock for StillClock {
    fn now(&self) -> OffsetDateTime {
        *self.now.lock().unwrap()
    }

    fn pause(&self, span: Duration) -> Pause<'_> {
        self.pauses.lock().unwrap().push(span);
        Box::pin(std::future::ready(()))
    }
}

/// A cloud that only repeats the operation it was asked for.
pub(crate) struct Echo;

impl Cloud for Echo {
    fn call<'a>(&'a self, _provider: &'a ProviderKey, call: &'a Call) -> CloudFuture<'a> {
        let answer = Value::object([("echo", Value::string(call.operation))]);
        Box::pin(std::future::ready(Ok(answer)))
    }
}

/// A type, the machine that its calls are for, and the clock of that.
pub(crate) struct Bench {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) machine: Machine,
    pub(crate) clock: Arc<StillClock>,
    name: &'static str,
}

/// An error answer, or why there is no way on.
#[derive(Debug, PartialEq)]
pub(crate) enum Stuck {
    Cloud(Call, CloudError),
    Fail(Problem),
}

impl Bench {
    /// For the type of this name.
    pub(crate) fn new(name: &'static str) -> Bench {
        let prefix = name.split('_').next().unwrap();
        let mut providers = crate::providers().into_iter();
        let provider = providers.find(|it| it.name() == prefix).expect("a provider");
        let now = Mutex::new(START);
        let clock = Arc::new(StillClock { now, pauses: Mutex::default() });
        let machine = Machine::new(Arc::new(Echo))
            .with_chance(Arc::new(SeededChance::new(name)))
            .with_clock(clock.clone())
            .with_cheap_hashes();
        Bench { provider, machine, clock, name }
    }

    pub(crate) fn kind(&self) -> &dyn ResourceType {
        let mut types = self.provider.resource_types().iter();
        &**types.find(|it| it.name() == self.name).expect("a type")
    }

    pub(crate) fn place(&self) -> Place {
        let key = ProviderKey::of_root(self.provider.name(), None);
        self.provider.place(&key, &Value::object::<&str>([])).expect("a place")
    }

    /// A configuration with these arguments, secret where the schema says so.
    pub(crate) fn config<const N: usize>(&self, arguments: [(&str, Value); N]) -> Value {
        let schema = self.kind().schema();
        arguments.into_iter().fold(schema.empty(), |all, (name, value)| {
            let secret = schema.attribute(name).expect("an argument").sensitive;
            all.with(name, if secret { value.mark(Marks::SENSITIVE) } else { value })
        })
    }

    /// What the type finds wrong with these arguments: summaries and details.
    pub(crate) fn wrong<const N: usize>(
        &self,
        arguments: [(&str, Value); N],
    ) -> Vec<(String, String)> {
        let problems = self.kind().validate(&self.config(arguments));
        problems.into_iter().map(|problem| (problem.summary, problem.detail)).collect()
    }

    /// What is planned for a configuration, as the planner proposes it.
    pub(crate) fn planned(&self, prior: Option<&Object>, config: &Value) -> Value {
        let kind = self.kind();
        let proposed = kind.schema().attributes.iter().map(|attribute| {
            let written = config
                .get(attribute.name)
                .filter(|value| !value.is_null() && attribute.presence != Presence::Computed);
            let before = prior.map(|prior| prior.attribute(attribute.name));
            let value = match (written, &attribute.default, before) {
                (Some(written), ..) => written.clone(),
                (None, Some(default), _) => default.clone(),
                (None, None, Some(before)) if attribute.is_computed() || says_nothing(&before) => {
                    before
                }
                (None, None, None) if attribute.is_computed() => {
                    Value::unknown(attribute.ty.clone())
                }
                _ => Value::null(attribute.ty.clone()),
            };
            (attribute.name, value)
        });
        kind.plan(&self.place(), prior, config, Value::object(proposed))
    }

    /// The paths whose change asks for a new object.
    pub(crate) fn replacing(&self, prior: &Object, planned: &Value) -> Vec<String> {
        let kind = self.kind();
        let marked = kind.schema().attributes.iter().filter(|it| it.replaces);
        let marked = marked.filter(|it| {
            let (before, after) = (prior.attribute(it.name), planned.get(it.name).unwrap());
            let is_noise = says_nothing(&before) && says_nothing(after);
            before.unmark_deep() != after.unmark_deep() && !is_noise
        });
        let mut names: Vec<String> = marked.map(|it| it.name.to_owned()).collect();
        names.extend(kind.replaced_by(prior, planned).iter().map(ToString::to_string));
        names
    }

    /// The operations that are foreseen.
    pub(crate) fn foreseen(&self, from: Option<Object>, wanted: Option<&Value>) -> Vec<&str> {
        let (kind, place) = (self.kind(), self.place());
        let (mut here, mut operations) = (from, Vec::new());
        while operations.len() < 5 {
            match kind.next(&place, here.as_ref(), wanted) {
                Next::Call(call) => {
                    here = kind.after(&place, here.as_ref(), wanted, &call, None);
                    operations.push(call.operation);
                }
                Next::Done => return operations,
                other => panic!("{other:?}"),
            }
        }
        panic!("the way does not end: {operations:?}");
    }

    /// Goes all the way, as the engine does. Gives the operations and the object at the end.
    pub(crate) fn apply(
        &self,
        from: Option<Object>,
        wanted: Option<&Value>,
    ) -> Result<(Vec<&'static str>, Option<Object>), Stuck> {
        let (kind, place) = (self.kind(), self.place());
        let (mut here, mut operations) = (from, Vec::new());
        loop {
            match kind.next(&place, here.as_ref(), wanted) {
                Next::Call(call) => {
                    let answer = block_on(self.machine.call(&place.provider, &call));
                    let answer = answer.map_err(|error| Stuck::Cloud((*call).clone(), error))?;
                    here = kind.after(&place, here.as_ref(), wanted, &call, Some(&answer));
                    operations.push(call.operation);
                }
                Next::Done => return Ok((operations, here)),
                Next::Fail(problem) => return Err(Stuck::Fail(*problem)),
                Next::Wait { what, .. } => panic!("nothing is waited for: {what}"),
            }
            assert!(operations.len() < 5, "the way does not end: {operations:?}");
        }
    }

    /// Makes an object of these arguments; nothing of it is open.
    pub(crate) fn create<const N: usize>(&self, arguments: [(&str, Value); N]) -> Object {
        let config = self.config(arguments);
        assert_eq!(self.kind().validate(&config), []);
        let wanted = self.planned(None, &config);
        let (_, object) = self.apply(None, Some(&wanted)).expect("an object");
        let object = object.expect("an object");
        assert!(object.attributes.is_wholly_known(), "{:?}", object.attributes);
        self.later(object)
    }

    /// The object as the next run finds it in the state: facts of the run are gone.
    pub(crate) fn later(&self, object: Object) -> Object {
        Object::new(object.attributes)
    }

    /// The object, read again.
    pub(crate) fn refreshed(&self, object: &Object) -> Result<Option<Object>, CloudError> {
        let (kind, place) = (self.kind(), self.place());
        let calls = kind.reads(&place, object);
        let answers: Vec<_> = calls
            .iter()
            .map(|call| {
                assert!(!call.is_mutating());
                block_on(self.machine.call(&place.provider, call))
            })
            .collect();
        kind.observe(&place, object, &answers)
    }

    /// What an import id gives after it was read.
    pub(crate) fn imported(&self, id: &str) -> Result<Object, Problem> {
        let object = self.kind().import(&self.place(), id).map_err(|problem| *problem)?;
        Ok(self.refreshed(&object).expect("answers").expect("an object"))
    }

    /// That nothing is to be done about an object whose configuration has not changed.
    pub(crate) fn assert_settled<const N: usize>(
        &self,
        object: &Object,
        arguments: [(&str, Value); N],
    ) {
        let planned = self.planned(Some(object), &self.config(arguments));
        assert_eq!(self.replacing(object, &planned), Vec::<String>::new());
        assert_eq!(planned.unmark_deep(), object.attributes.unmark_deep());
        assert_eq!(self.foreseen(Some(object.clone()), Some(&planned)), Vec::<&str>::new());
    }
}

/// What a data source makes of these arguments.
pub(crate) fn observed(
    bench: &Bench,
    source: &dyn DataSource,
    arguments: &[(&str, Value)],
) -> Result<Value, DataError> {
    let config = arguments
        .iter()
        .fold(source.schema().empty(), |all, (name, value)| all.with(name, value.clone()));
    let place = bench.place();
    let calls = source.reads(&place, &config);
    let answers: Vec<_> =
        calls.iter().map(|call| block_on(bench.machine.call(&place.provider, call))).collect();
    source.observe(&place, &config, &answers)
}

/// Nothing, as the planner takes it.
fn says_nothing(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(_) => true,
        Kind::String(text) => text.is_empty(),
        Kind::Number(_) => value.as_i64() == Some(0),
        Kind::Bool(value) => !value,
        Kind::Map(_, entries) => entries.is_empty(),
        Kind::List(_, elements) | Kind::Set(_, elements) => elements.is_empty(),
        _ => false,
    }
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().expect("a runtime").block_on(future)
}

pub(crate) fn text(text: &str) -> Value {
    Value::string(text)
}

pub(crate) fn number(number: i64) -> Value {
    Value::number(number)
}

/// A map of texts.
pub(crate) fn map(entries: &[(&str, &str)]) -> Value {
    let entries = entries.iter().map(|(key, value)| (*key, text(value)));
    Value::map(meridian_lang::Type::String, entries)
}
