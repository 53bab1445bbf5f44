//! A provider of boxes: enough of a resource type to drive the planner and the engine.
//!
//! A box is made by one call (`CreateBox`), labelled by a second (`LabelBox`), changed by a third
//! (`UpdateBox`). Boxes of type `fake_box` are known by their name, those of type `fake_token`
//! only by the mark that their creation carries. Of those of type `fake_twin` there may be several
//! of one name, which nothing tells apart but their ids.

use std::time::Duration;

use meridian_lang::{Path, Step, Type, Value};
use meridian_resource::*;

pub struct Fake {
    schema: Schema,
    types: Vec<Box<dyn ResourceType>>,
    sources: Vec<Box<dyn DataSource>>,
    ephemeral: Vec<Box<dyn DataSource>>,
}

const TWIN: &str = "fake_twin";

/// The registry with this provider alone.
pub fn registry() -> Registry {
    let kinds = [
        ("fake_box", Occurrence::Identity),
        ("fake_token", Occurrence::Mark),
        (TWIN, Occurrence::Identity),
    ];
    let types = kinds.map(|(name, found_by)| {
        Box::new(BoxType { name, found_by, schema: schema() }) as Box<dyn ResourceType>
    });
    let region = Attribute::optional("region", Type::String);
    let settings = Schema { attributes: vec![region], ..Schema::default() };
    let source = |name, asks| Box::new(Source::new(name, asks)) as Box<dyn DataSource>;
    let fake = Fake {
        schema: settings,
        types: types.into(),
        sources: vec![source("fake_lookup", true), source("fake_echo", false)],
        ephemeral: vec![source("fake_login", true)],
    };
    Registry::new([std::sync::Arc::new(fake) as std::sync::Arc<dyn Provider>])
}

impl Provider for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }
    fn source(&self) -> &'static str {
        "example.com/test/fake"
    }
    fn schema(&self) -> &Schema {
        &self.schema
    }
    fn resource_types(&self) -> &[Box<dyn ResourceType>] {
        &self.types
    }
    fn data_sources(&self) -> &[Box<dyn DataSource>] {
        &self.sources
    }
    fn ephemeral_resources(&self) -> &[Box<dyn DataSource>] {
        &self.ephemeral
    }
    fn place(&self, key: &ProviderKey, config: &Value) -> Result<Place, Vec<Problem>> {
        Ok(Place {
            provider: key.clone(),
            region: config.get_str("region").unwrap_or("home").to_owned(),
            default_tags: Default::default(),
            ignored_tag_keys: Vec::new(),
            ignored_tag_prefixes: Vec::new(),
            sensitive_default_tags: std::collections::BTreeSet::new(),
        })
    }
}

fn schema() -> Schema {
    let trimmed = |a: &Value, b: &Value| a.as_str().map(str::trim) == b.as_str().map(str::trim);
    let block = |name, nesting, key, settings, attributes| NestedBlock {
        name,
        nesting,
        max: 0,
        key,
        settings,
        schema: Schema { attributes, ..Schema::default() },
    };
    let limits = vec![
        Attribute::optional("burst", Type::Number).replaces(),
        Attribute::optional("rate", Type::Number),
    ];
    let replica = vec![
        Attribute::optional_computed("key", Type::String),
        Attribute::required("region", Type::String),
        Attribute::computed("status", Type::String),
    ];
    let timeouts = vec![Attribute::optional("create", Type::String)];
    Schema {
        version: 1,
        attributes: vec![
            Attribute::computed("arn", Type::String),
            Attribute::optional("flavor", Type::String).replaces(),
            Attribute::computed("id", Type::String),
            Attribute::optional("label", Type::String),
            Attribute::required("name", Type::String).replaces(),
            Attribute::optional("parent", Type::String),
            Attribute::optional_computed("policy", Type::String).equivalent(trimmed),
            Attribute::optional("secret", Type::String).sensitive(),
            Attribute::optional("secret_wo", Type::String).sensitive().write_only(),
            Attribute::computed("seen", Type::String).volatile(),
            Attribute::optional("size", Type::Number).default(Value::number(1)),
            Attribute::optional("tags", Type::map(Type::String)),
            Attribute::optional("wo_version", Type::Number),
        ],
        blocks: vec![
            block("limits", Nesting::Single, None, false, limits),
            block("replica", Nesting::Set, Some("region"), false, replica),
            block("timeouts", Nesting::Single, None, true, timeouts),
        ],
    }
}

struct BoxType {
    name: &'static str,
    found_by: Occurrence,
    schema: Schema,
}

/// What creation and updates send; a label needs a call of its own.
const SETTINGS: [&str; 8] =
    ["limits", "parent", "policy", "replica", "secret", "size", "tags", "wo_version"];

/// Whether a setting is as it should be; what only the cloud decides always is.
fn agrees(name: &str, is: &Value, wanted: &Value) -> bool {
    let regions = |value: &Value| -> Vec<Option<String>> {
        value.children().map(|it| it.get_str("region").map(str::to_owned)).collect()
    };
    match name {
        "replica" => regions(is) == regions(wanted),
        "policy" if !wanted.is_known() => true,
        _ => is.unmark_deep() == wanted.unmark_deep(),
    }
}

/// The members of a request: what is set of these attributes of `wanted`.
fn members(wanted: &Value, names: &[&'static str]) -> Vec<(&'static str, Value)> {
    let set = names.iter().filter_map(|name| Some((*name, wanted.get(name)?.clone())));
    set.filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (if name == "tags" { "Tags" } else { name }, value))
        .collect()
}

/// The last box of an answer that belongs to nobody else.
fn last_of_nobody<'a>(found: &'a Value, looked_for: &Object) -> Option<&'a Value> {
    let taken: Vec<&str> =
        looked_for.facts.get(TAKEN)?.children().filter_map(Value::as_str).collect();
    let is_free = |it: &&Value| it.get_str("id").is_some_and(|id| !taken.contains(&id));
    found.get("boxes")?.children().filter(is_free).last()
}

impl BoxType {
    fn creation(&self) -> &'static str {
        if self.name == TWIN { "CreateTwin" } else { "CreateBox" }
    }

    fn call(
        &self,
        place: &Place,
        operation: &'static str,
        id: Option<Value>,
        members: Vec<(&'static str, Value)>,
    ) -> Next {
        let id = id.map(|id| ("id", id));
        let call =
            Call::change(Service::Kms, operation, &place.region, members.into_iter().chain(id));
        Next::Call(Box::new(call))
    }
}

impl ResourceType for BoxType {
    fn name(&self) -> &'static str {
        self.name
    }
    fn schema(&self) -> &Schema {
        &self.schema
    }
    fn validate(&self, config: &Value) -> Vec<Problem> {
        let size = config.get("size").and_then(Value::as_i64);
        let problem = Problem::new("Box too big", "A box holds at most 100.");
        size.filter(|size| *size > 100)
            .map(|_| problem.at(Path::attribute("size")))
            .into_iter()
            .collect()
    }
    /// A box cannot shrink.
    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        let size = |value: &Value| value.get("size").and_then(Value::as_i64);
        let shrinks =
            size(planned).zip(size(&prior.attributes)).is_some_and(|(new, old)| new < old);
        shrinks.then(|| Path(vec![Step::Attribute("size".into())])).into_iter().collect()
    }
    /// Two boxes of one name cannot be there at once.
    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder {
        let same_name = planned.get_str("name") == prior.text("name");
        match self.found_by {
            Occurrence::Identity if same_name => ReplacementOrder::DeleteFirst,
            _ => ReplacementOrder::CreateFirst,
        }
    }
    fn reads(&self, place: &Place, object: &Object) -> Vec<Call> {
        let known = object.text("id").map_or("name", |_| "id");
        let input = [(known, object.attribute(known))];
        let finds = self.name == TWIN && known == "name";
        let operation = if finds { "FindBoxes" } else { "DescribeBox" };
        vec![Call::read(Service::Kms, operation, &place.region, input)]
    }
    fn observe(
        &self,
        _place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let seen = match &answers[0] {
            Ok(found) if found.get("boxes").is_some() => match last_of_nobody(found, prior) {
                Some(seen) => seen,
                None => return Ok(None),
            },
            Ok(seen) => seen,
            Err(error) if error.class == ErrorClass::NotFound => return Ok(None),
            Err(error) => return Err(error.clone()),
        };
        let prior = prior.attributes.as_entries().into_iter().flatten();
        let known = prior.fold(self.schema.empty(), |all, (name, it)| all.with(name, it.clone()));
        let told = self.schema.attributes.iter().map(|it| it.name).chain(["limits", "replica"]);
        let told = told.filter(|name| !["secret", "secret_wo", "wo_version"].contains(name));
        let object = told.fold(Object::new(known), |object, name| match seen.get(name) {
            Some(value) => object.with(name, value.clone()),
            None if name == "replica" => object,
            None => object.with(name, self.schema.empty().get(name).cloned().expect("attribute")),
        });
        let marks =
            seen.get("Tags").cloned().unwrap_or_else(|| Value::map::<&str>(Type::String, []));
        let state = Value::string(seen.get_str("state").unwrap_or("ready"));
        Ok(Some(object.with_fact("tags", marks).with_fact("state", state)))
    }
    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        let (is, wanted) = match (observed, wanted) {
            (None, None) => return Next::Done,
            (None, Some(wanted)) => {
                let names: Vec<_> =
                    ["flavor", "name", "secret_wo"].into_iter().chain(SETTINGS).collect();
                let Next::Call(call) =
                    self.call(place, self.creation(), None, members(wanted, &names))
                else {
                    unreachable!("it is a call");
                };
                return Next::Call(Box::new(call.found_by(self.found_by)));
            }
            (Some(is), None) => {
                return self.call(place, "DeleteBox", Some(is.attribute("id")), Vec::new());
            }
            (Some(is), Some(wanted)) => (is, wanted),
        };
        if is.fact("state") == Some("pending") {
            return Next::Wait {
                what: "the box to be ready".into(),
                at_most: Duration::from_secs(60),
            };
        }
        let id = || Some(is.attribute("id"));
        let differs = |name: &&str| {
            wanted.get(name).is_some_and(|wanted| !agrees(name, &is.attribute(name), wanted))
        };
        if differs(&"label") {
            let label = wanted.get("label").cloned().expect("label");
            return self.call(place, "LabelBox", id(), vec![("label", label)]);
        }
        let mut changed: Vec<_> = SETTINGS.into_iter().filter(differs).collect();
        if changed.is_empty() {
            return Next::Done;
        }
        if changed.contains(&"wo_version") {
            changed.push("secret_wo");
        }
        self.call(place, "UpdateBox", id(), members(wanted, &changed))
    }
    fn after(
        &self,
        _place: &Place,
        observed: Option<&Object>,
        wanted: Option<&Value>,
        call: &Call,
        answer: Option<&Value>,
    ) -> Option<Object> {
        let wanted = wanted?;
        match (call.operation, observed) {
            ("LabelBox", Some(is)) => Some(is.clone().with("label", wanted.get("label")?.clone())),
            (_, Some(is)) => Some(SETTINGS.iter().fold(is.clone(), |object, name| {
                let setting = wanted.get(name).cloned().expect("setting");
                if setting.is_known() { object.with(name, setting) } else { object }
            })),
            (_, None) => {
                let made = Object::new(wanted.clone()).with("label", Value::null(Type::String));
                let told = answer.and_then(Value::as_entries).into_iter().flatten();
                let made = told
                    .filter(|(name, _)| self.schema.attribute(name).is_some())
                    .fold(made, |made, (name, value)| made.with(name, value.clone()));
                let state = answer.and_then(|it| it.get_str("state")).unwrap_or("ready");
                Some(made.with_fact("state", Value::string(state)))
            }
        }
    }
    /// In whole seconds: `30s`.
    fn create_timeout(&self, wanted: &Value) -> Option<Duration> {
        let text = wanted.get("timeouts")?.get_str("create")?;
        Some(Duration::from_secs(text.strip_suffix('s')?.parse().ok()?))
    }
    fn creating_operations(&self) -> &'static [&'static str] {
        &["CreateBox", "CreateTwin"]
    }
    fn recovery(&self, place: &Place, call: &Call) -> Recovery {
        let named = [("name", call.input.get("name").cloned().expect("name"))];
        match self.found_by {
            _ if call.operation != self.creation() => Recovery::None,
            Occurrence::Mark => {
                let list = Call::read(Service::Kms, "ListBoxes", &place.region, []);
                Recovery::Search(Box::new(list))
            }
            _ => Recovery::Read(Box::new(Object::new(Value::object(named)))),
        }
    }
    fn is_result_of(&self, call: &Call, found: &Object) -> bool {
        call.input.get_str("name") == found.text("name")
    }
    fn identity(&self, object: &Object) -> Option<String> {
        object.text("id").map(str::to_owned)
    }
    fn candidates(&self, answer: &Value) -> Vec<Object> {
        let ids = answer.get("ids").into_iter().flat_map(Value::children);
        ids.map(|id| Object::new(Value::object([("id", id.clone())]))).collect()
    }
}

/// Gives back its text as `found`: by a call, or by itself.
struct Source {
    name: &'static str,
    asks: bool,
    schema: Schema,
}

impl Source {
    fn new(name: &'static str, asks: bool) -> Source {
        let attributes = vec![
            Attribute::computed("found", Type::String),
            Attribute::optional("old_text", Type::String).deprecated("Write text."),
            Attribute::optional("text", Type::String),
        ];
        Source { name, asks, schema: Schema { attributes, ..Schema::default() } }
    }
}

impl DataSource for Source {
    fn name(&self) -> &'static str {
        self.name
    }
    fn schema(&self) -> &Schema {
        &self.schema
    }
    fn reads(&self, place: &Place, config: &Value) -> Vec<Call> {
        let text = config.get("text").cloned().expect("text");
        let call = Call::read(Service::Kms, "LookUp", &place.region, [("text", text)]);
        if self.asks { vec![call] } else { Vec::new() }
    }
    fn observe(
        &self,
        _place: &Place,
        config: &Value,
        _answers: &[Answer],
    ) -> Result<Value, DataError> {
        let text = config.get("text").cloned().expect("text");
        if text.as_str() == Some("nothing") {
            return Err(DataError::Problem(Box::new(Problem::new("Nothing found", "Not there."))));
        }
        Ok(config.clone().with("found", text))
    }
}
