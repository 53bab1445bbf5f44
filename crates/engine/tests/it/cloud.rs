//! A cloud of boxes in memory, whose answers can be scripted.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, Bucket, Call, Cloud, CloudError, CloudFuture, ErrorClass, Occurrence, ProviderKey,
    Quota,
};
use tokio::sync::Barrier;
use tokio::time::Instant;

/// What happens to a call instead of what should.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// It is refused with an error of this class, and nothing is done.
    Refused(ErrorClass),
    /// Its answer is lost, and nothing was done.
    LostUndone,
    /// Its answer is lost, and it was done.
    LostDone,
    /// It was done, but its answer does not come before someone has looked for boxes.
    Late,
}

type Hook = Arc<dyn Fn(&Call) + Send + Sync>;

#[derive(Default)]
struct World {
    boxes: BTreeMap<String, Value>,
    made: usize,
    calls: Vec<Call>,
    faults: Vec<(&'static str, String, VecDeque<Fault>)>,
    /// How many reads still show a box of this name as pending.
    pending: BTreeMap<String, usize>,
    /// How many reads do not show a new box of this name yet.
    invisible: BTreeMap<String, usize>,
    under_way: usize,
    most_under_way: usize,
    /// Whether the answer that was given last is a late one.
    is_late: bool,
    /// The quotas of operations.
    limits: BTreeMap<&'static str, Limit>,
    /// How many calls were refused for their rate.
    too_fast: usize,
}

/// So many requests a second, at most one second's worth at once.
struct Limit {
    per_second: f64,
    left: f64,
    filled: Instant,
}

#[derive(Default)]
pub struct FakeCloud {
    world: Mutex<World>,
    hook: Mutex<Option<Hook>>,
    /// Creations wait here for each other.
    gate: Mutex<Option<Arc<Barrier>>>,
}

impl FakeCloud {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no panic while it is locked")
    }

    /// Scripts what happens to the next calls of an operation on a box of this name.
    pub fn script(&self, operation: &'static str, name: &str, faults: &[Fault]) {
        let faults = faults.iter().copied().collect();
        self.world().faults.push((operation, name.to_owned(), faults));
    }

    /// Looks at each mutating call before anything comes of it.
    pub fn before_each_change(&self, hook: impl Fn(&Call) + Send + Sync + 'static) {
        *self.hook.lock().expect("unlocked") = Some(Arc::new(hook));
    }

    /// Lets creations go on only in groups of this size.
    pub fn gate(&self, size: usize) {
        *self.gate.lock().expect("unlocked") = Some(Arc::new(Barrier::new(size)));
    }

    /// Limits how many requests of an operation a second takes.
    pub fn limit(&self, operation: &'static str, per_second: f64) {
        let limit = Limit { per_second, left: per_second.max(1.0), filled: Instant::now() };
        self.world().limits.insert(operation, limit);
    }

    /// How many calls were refused for their rate.
    pub fn too_fast(&self) -> usize {
        self.world().too_fast
    }

    pub fn pending(&self, name: &str, reads: usize) {
        self.world().pending.insert(name.to_owned(), reads);
    }

    pub fn invisible(&self, name: &str, reads: usize) {
        self.world().invisible.insert(name.to_owned(), reads);
    }

    /// The names of the boxes, in the order of their making.
    pub fn names(&self) -> Vec<String> {
        let world = self.world();
        let names = world.boxes.values().filter_map(|it| it.get_str("name"));
        names.map(str::to_owned).collect()
    }

    /// The box of that name.
    pub fn find(&self, name: &str) -> Option<Value> {
        self.world().boxes.values().find(|it| it.get_str("name") == Some(name)).cloned()
    }

    /// Changes a box from outside, or takes it away.
    pub fn meddle(&self, name: &str, change: impl FnOnce(Value) -> Option<Value>) {
        let found = self.find(name).expect("a box");
        let id = found.get_str("id").expect("an id").to_owned();
        let mut world = self.world();
        world.boxes.remove(&id);
        if let Some(changed) = change(found) {
            world.boxes.insert(id, changed);
        }
    }

    /// Makes a box without anyone having called for it.
    pub fn plant(&self, call: &Call) {
        self.world().create(call).expect("a box");
    }

    /// Mutating calls so far: operation and the name of the box.
    pub fn changes(&self) -> Vec<String> {
        let calls = self.calls();
        let changes = calls.iter().filter(|call| call.is_mutating());
        changes.map(|call| call.operation.to_owned()).collect()
    }

    pub fn calls(&self) -> Vec<Call> {
        self.world().calls.clone()
    }

    /// How many mutating calls were under way at once at most.
    pub fn most_under_way(&self) -> usize {
        self.world().most_under_way
    }
}

impl Cloud for FakeCloud {
    fn call<'a>(&'a self, _provider: &'a ProviderKey, call: &'a Call) -> CloudFuture<'a> {
        Box::pin(async move {
            if !call.is_mutating() {
                return self.world().answer(call);
            }
            {
                let mut world = self.world();
                world.under_way += 1;
                world.most_under_way = world.most_under_way.max(world.under_way);
            }
            let hook = self.hook.lock().expect("unlocked").clone();
            if let Some(hook) = hook {
                hook(call);
            }
            let gate = self.gate.lock().expect("unlocked").clone();
            if let Some(gate) = gate.filter(|_| call.operation == "CreateBox") {
                gate.wait().await;
            }
            tokio::task::yield_now().await;
            let (answer, is_late) = {
                let mut world = self.world();
                world.under_way -= 1;
                (world.answer(call), std::mem::take(&mut world.is_late))
            };
            let is_looked_for = || self.calls().iter().any(|it| it.operation == "FindBoxes");
            let mut waits = 0;
            while is_late && waits < 100 && !is_looked_for() {
                tokio::time::sleep(Duration::from_millis(1)).await;
                waits += 1;
            }
            // Whoever looked may go on before the answer comes.
            tokio::task::yield_now().await;
            answer
        })
    }

    fn quotas(&self, provider: &ProviderKey, call: &Call) -> Vec<Quota> {
        let world = self.world();
        let quota = |(family, limit): (&&'static str, &Limit)| Quota {
            bucket: Bucket {
                account: provider.to_string().into(),
                service: call.service,
                region: call.region.clone(),
                family,
            },
            per_second: limit.per_second,
            count: 1.0,
        };
        world.limits.get_key_value(call.operation).map(quota).into_iter().collect()
    }
}

fn refused(class: ErrorClass) -> CloudError {
    let code = format!("{class:?}Exception");
    CloudError {
        class,
        code,
        message: "as scripted".into(),
        request_id: Some("r-1".into()),
        advice: None,
    }
}

impl World {
    fn answer(&mut self, call: &Call) -> Answer {
        self.calls.push(call.clone());
        if let Some(limit) = self.limits.get_mut(call.operation) {
            let filled = limit.filled.elapsed().as_secs_f64() * limit.per_second;
            limit.left = (limit.left + filled).min(limit.per_second.max(1.0));
            limit.filled = Instant::now();
            if limit.left < 1.0 {
                self.too_fast += 1;
                return Err(refused(ErrorClass::Throttled));
            }
            limit.left -= 1.0;
        }
        let name = self.name_of(call);
        let planned = self.faults.iter_mut().find(|(operation, whose, faults)| {
            *operation == call.operation && *whose == name && !faults.is_empty()
        });
        match planned.and_then(|(_, _, faults)| faults.pop_front()) {
            Some(Fault::Refused(class)) => Err(refused(class)),
            Some(Fault::LostUndone) => Err(refused(ErrorClass::OutcomeUnknown)),
            Some(Fault::LostDone) => {
                self.carry_out(call)?;
                Err(refused(ErrorClass::OutcomeUnknown))
            }
            Some(Fault::Late) => {
                self.is_late = true;
                self.carry_out(call)
            }
            None => self.carry_out(call),
        }
    }

    fn name_of(&self, call: &Call) -> String {
        let of_id = || self.boxes.get(call.input.get_str("id")?)?.get_str("name");
        call.input.get_str("name").or_else(of_id).unwrap_or_default().to_owned()
    }

    fn carry_out(&mut self, call: &Call) -> Answer {
        match call.operation {
            "CreateBox" | "CreateTwin" => self.create(call),
            "FindBoxes" => {
                let name = call.input.get_str("name");
                let found = self.boxes.values().filter(|it| it.get_str("name") == name);
                Ok(Value::object([("boxes", Value::tuple(found.cloned()))]))
            }
            "DescribeBox" => self.describe(call),
            "ListBoxes" => {
                let here =
                    self.boxes.values().filter(|it| it.get_str("region") == Some(&call.region));
                let ids: Vec<Value> = here.filter_map(|it| it.get("id").cloned()).collect();
                Ok(Value::object([("ids", Value::list(Type::String, ids))]))
            }
            "DeleteBox" => {
                let id = self.find(call)?;
                Ok(self.boxes.remove(&id).expect("it is there"))
            }
            _ => {
                let id = self.find(call)?;
                let there = self.boxes.remove(&id).expect("it is there");
                let members = call.input.as_entries().into_iter().flatten();
                let changed =
                    members.fold(there, |it, (name, value)| it.with(name, stored(name, value)));
                self.boxes.insert(id, changed.clone());
                Ok(changed)
            }
        }
    }

    /// The id of the box that a call names, if it is in the Region of the call.
    fn find(&self, call: &Call) -> Result<String, CloudError> {
        let is_meant = |it: &&Value| {
            let key = if call.input.get("id").is_some() { "id" } else { "name" };
            it.get_str(key) == call.input.get_str(key) && it.get_str("region") == Some(&call.region)
        };
        let found = self.boxes.values().find(is_meant).and_then(|it| it.get_str("id"));
        found.map(str::to_owned).ok_or_else(|| refused(ErrorClass::NotFound))
    }

    fn create(&mut self, call: &Call) -> Answer {
        let found_by = call.occurrence;
        let by_name = found_by == Occurrence::Identity && call.operation != "CreateTwin";
        let named = Call {
            input: Value::object([("name", call.input.get("name").cloned().expect("name"))]),
            ..call.clone()
        };
        if by_name && self.find(&named).is_ok() {
            return Err(refused(ErrorClass::AlreadyExists));
        }
        self.made += 1;
        let id = format!("box-{:03}", self.made);
        let members = call.input.as_entries().into_iter().flatten();
        let made = members.fold(Value::object::<&str>([]), |it, (name, value)| {
            it.with(name, stored(name, value))
        });
        let policy = call.input.get_str("policy").unwrap_or("default").to_owned();
        let told = [
            ("id", id.clone()),
            ("arn", format!("arn:{id}")),
            ("policy", policy),
            ("seen", "now".into()),
            ("region", call.region.clone()),
        ];
        let made =
            told.into_iter().fold(made, |it, (name, text)| it.with(name, Value::string(text)));
        self.boxes.insert(id, made.clone());
        let name = made.get_str("name").unwrap_or_default();
        let is_pending = self.pending.get(name).is_some_and(|left| *left > 0);
        let state = if is_pending { "pending" } else { "ready" };
        Ok(made.with("state", Value::string(state)))
    }

    fn describe(&mut self, call: &Call) -> Answer {
        let id = self.find(call)?;
        let found = self.boxes[&id].clone();
        let name = found.get_str("name").unwrap_or_default();
        if let Some(left) = self.invisible.get_mut(name).filter(|left| **left > 0) {
            *left -= 1;
            return Err(refused(ErrorClass::NotFound));
        }
        let left = self.pending.entry(name.to_owned()).or_default();
        let state = if *left > 0 { "pending" } else { "ready" };
        *left = left.saturating_sub(1);
        let tags = found.get("Tags").and_then(Value::as_entries).into_iter().flatten();
        let tags: Vec<_> = tags.filter(|(key, _)| !key.starts_with("meridian:")).collect();
        let told = found.clone().with("state", Value::string(state));
        Ok(if tags.is_empty() {
            told
        } else {
            let tags = tags.into_iter().map(|(key, value)| (key.clone(), value.clone()));
            told.with("tags", Value::map(Type::String, tags))
        })
    }
}

/// A member as the cloud keeps it: it knows nothing of marks, and gives each replica a status.
fn stored(name: &str, value: &Value) -> Value {
    let value = value.unmark_deep();
    let Type::Set(element) = value.ty() else { return value };
    if name != "replica" {
        return value;
    }
    let synced = value.children().map(|it| {
        let key = it.get_str("key").unwrap_or("default").to_owned();
        it.clone().with("key", Value::string(key)).with("status", Value::string("InSync"))
    });
    Value::set((*element).clone(), synced.collect::<Vec<_>>())
}
