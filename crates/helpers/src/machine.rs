//! What carries out the calls of the service `machine`: chance, the clock and files.

mod chance;
mod checksums;
mod clock;
mod draw;
mod files;
mod names;
mod shuffle;
mod texts;

use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use meridian_lang::{Marks, Value};
use meridian_resource::{
    Answer, Call, Cloud, CloudError, CloudFuture, ErrorClass, ProviderKey, Quota, Service,
};
use zeroize::Zeroizing;

use crate::arguments::{flag, text, whole};
use crate::calls;
use crate::problems::LARGEST;
use crate::time::{calendar, duration};

pub use chance::{Chance, NoChance, SeededChance, SystemChance};
pub use clock::{Clock, Pause, SystemClock};
use draw::Draw;

/// The cost of a bcrypt hash: two to the power of this, as in the provider.
const HASH_COST: u32 = 10;

/// Answers the calls that this machine can answer, and hands all others on.
#[derive(Clone)]
pub struct Machine {
    inner: Arc<dyn Cloud>,
    chance: Arc<dyn Chance>,
    clock: Arc<dyn Clock>,
    folder: PathBuf,
    hash_cost: u32,
}

impl Machine {
    /// This machine with its own chance and clock, before the cloud that all other calls are for.
    pub fn new(inner: Arc<dyn Cloud>) -> Machine {
        Machine {
            inner,
            chance: Arc::new(SystemChance::default()),
            clock: Arc::new(SystemClock),
            folder: PathBuf::new(),
            hash_cost: HASH_COST,
        }
    }

    /// The same machine with another source of chance.
    #[must_use]
    pub fn with_chance(mut self, chance: Arc<dyn Chance>) -> Machine {
        self.chance = chance;
        self
    }

    /// The same machine with another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Machine {
        self.clock = clock;
        self
    }

    /// The same machine, for which relative names of files begin in this folder and not in the
    /// current one.
    #[must_use]
    pub fn in_folder(mut self, folder: impl Into<PathBuf>) -> Machine {
        self.folder = folder.into();
        self
    }

    #[cfg(test)]
    pub(crate) fn with_cheap_hashes(mut self) -> Machine {
        self.hash_cost = 4;
        self
    }

    async fn answer(&self, call: &Call) -> Answer {
        let input = &call.input;
        match call.operation {
            calls::RECORD | calls::FORGET => Ok(Value::object::<&str>([])),
            calls::TELL_TIME => self.tell_time(input),
            calls::SLEEP => {
                let span = duration::parse(text(input, "duration"))
                    .ok_or_else(|| invalid("the duration cannot be parsed"))?;
                self.clock.pause(span).await;
                self.tell_time(&Value::object::<&str>([]))
            }
            calls::GENERATE_NUMBER | calls::GENERATE_UUID | calls::GENERATE_NAME => {
                self.compute(call.operation, input)
            }
            // Whatever may take longer leaves others their turn.
            operation => {
                let (machine, input) = (self.clone(), input.clone());
                let work = move || machine.compute(operation, &input);
                match tokio::task::spawn_blocking(work).await {
                    Ok(answer) => answer,
                    Err(failed) => Err(refused(ErrorClass::Other, failed.to_string())),
                }
            }
        }
    }

    fn tell_time(&self, input: &Value) -> Answer {
        calendar::tell(input, self.clock.now()).ok_or_else(|| {
            invalid("the moment cannot be told: it is no RFC 3339, or outside the years 0 to 9999")
        })
    }

    fn compute(&self, operation: &str, input: &Value) -> Answer {
        match operation {
            calls::GENERATE_BYTES => self.bytes(input),
            calls::GENERATE_NAME => {
                let name = names::draw(input, &mut self.draw())?;
                Ok(Value::object([("name", Value::string(name))]))
            }
            calls::GENERATE_NUMBER => self.number(input),
            calls::GENERATE_TEXT => self.text(input),
            calls::GENERATE_UUID => self.uuid(),
            calls::HASH => self.hash(text(input, "text")),
            calls::SHUFFLE => match text(input, "seed") {
                "" => shuffle::shuffle(input, &mut self.draw()),
                seed => shuffle::shuffle(input, &mut Draw::new(&SeededChance::new(seed))),
            },
            calls::WRITE_FILE => files::write(&self.folder, input),
            calls::READ_FILE => files::read(&self.folder, input),
            calls::REMOVE_FILE => files::remove(&self.folder, input),
            _ => Err(invalid(&format!("this machine knows no operation {operation}"))),
        }
    }

    fn draw(&self) -> Draw<'_> {
        Draw::new(&*self.chance)
    }

    fn bytes(&self, input: &Value) -> Answer {
        let mut bytes = Zeroizing::new(vec![0; amount(input, "length")?]);
        self.chance.fill(&mut bytes)?;
        let text = Zeroizing::new(STANDARD.encode(&*bytes));
        let value = Value::string(&*text);
        let is_secret = flag(input, "secret");
        let value = if is_secret { value.mark(Marks::SENSITIVE) } else { value };
        Ok(Value::object([("base64", value)]))
    }

    fn number(&self, input: &Value) -> Answer {
        let bound = |name| whole(input, name).ok_or_else(|| invalid("a bound is missing"));
        let (min, max) = (bound("min")?, bound("max")?);
        let result = match text(input, "seed") {
            "" => self.draw().between(min, max)?,
            seed => Draw::new(&SeededChance::new(seed)).between(min, max)?,
        };
        Ok(Value::object([("result", Value::number(result))]))
    }

    fn text(&self, input: &Value) -> Answer {
        let drawn = texts::draw(input, &mut self.draw())?;
        let result = Value::string(&*drawn);
        if !flag(input, "hash") {
            return Ok(Value::object([("result", result)]));
        }
        // The hash is of the text as values keep it.
        let hash = self.hash(result.as_str().unwrap_or_default())?;
        Ok(hash.with("result", result.mark(Marks::SENSITIVE)))
    }

    fn uuid(&self) -> Answer {
        let mut bytes = [0; 16];
        self.chance.fill(&mut bytes)?;
        Ok(Value::object([("uuid", Value::string(names::uuid(bytes)))]))
    }

    /// The bcrypt hash of the first 72 bytes of a text.
    fn hash(&self, text: &str) -> Answer {
        let mut salt = [0; 16];
        self.chance.fill(&mut salt)?;
        let parts = bcrypt::hash_with_salt(text, self.hash_cost, salt)
            .map_err(|error| refused(ErrorClass::Other, format!("no hash: {error}")))?;
        let hash = Zeroizing::new(parts.format_for_version(bcrypt::Version::TwoA));
        let hash = Value::string(&*hash).mark(Marks::SENSITIVE);
        Ok(Value::object([("bcrypt_hash", hash)]))
    }
}

impl Cloud for Machine {
    fn call<'a>(&'a self, provider: &'a ProviderKey, call: &'a Call) -> CloudFuture<'a> {
        if call.service == Service::Machine {
            return Box::pin(self.answer(call));
        }
        self.inner.call(provider, call)
    }

    fn quotas(&self, provider: &ProviderKey, call: &Call) -> Vec<Quota> {
        self.inner.quotas(provider, call)
    }
}

/// An error answer of this machine.
fn refused(class: ErrorClass, message: impl Into<String>) -> CloudError {
    CloudError {
        class,
        code: String::new(),
        message: message.into(),
        request_id: None,
        advice: None,
    }
}

/// An answer to a call that makes no sense.
fn invalid(message: &str) -> CloudError {
    refused(ErrorClass::Invalid, message)
}

/// A member that says how much is asked for.
fn amount(input: &Value, name: &str) -> Result<usize, CloudError> {
    let number = whole(input, name).filter(|number| (0..=LARGEST).contains(number));
    let number = number.and_then(|number| usize::try_from(number).ok());
    number.ok_or_else(|| invalid(&format!("{name} must be from 0 to {LARGEST}")))
}

impl From<NoChance> for CloudError {
    fn from(error: NoChance) -> CloudError {
        refused(ErrorClass::Unavailable, error.to_string())
    }
}

#[cfg(test)]
mod tests;
