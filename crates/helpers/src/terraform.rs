//! The provider `terraform`, which is built into Terraform: `terraform_data`.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Attribute, Call, Object, Problem, Schema};

use crate::arguments::{is_open, member};
use crate::calls;
use crate::family::Family;
use crate::kept::Kept;
use crate::recipe::Recipe;

/// The provider.
pub(crate) fn provider() -> Family {
    Family::new("terraform", "terraform.io/builtin/terraform", vec![Kept::boxed(TerraformData)])
}

/// `terraform_data`: keeps what it is given.
pub(crate) struct TerraformData;

/// What the output will be: like the input, once that is known to be in the state.
fn output_of(input: &Value) -> Value {
    if input.is_null() {
        return Value::null(Type::Dynamic);
    }
    Value::unknown(input.ty()).mark(input.deep_marks())
}

impl Recipe for TerraformData {
    fn name(&self) -> &'static str {
        "terraform_data"
    }

    fn schema(&self) -> Schema {
        let attributes = vec![
            Attribute::computed("id", Type::String),
            Attribute::optional("input", Type::Dynamic),
            Attribute::computed("output", Type::Dynamic),
            Attribute::optional("triggers_replace", Type::Dynamic),
        ];
        Schema { attributes, ..Schema::default() }
    }

    /// Arguments of an open type: `false`, `""` and null are three different things.
    fn plan(&self, prior: Option<&Object>, config: &Value, proposed: Value) -> Value {
        let input = member(config, "input");
        let is_kept =
            prior.is_some_and(|it| it.attribute("input").unmark_deep() == input.unmark_deep());
        let planned = proposed.with("triggers_replace", member(config, "triggers_replace"));
        if is_kept {
            // The output is as secret as the input is now.
            let is_copy = member(&planned, "output").unmark_deep() == input.unmark_deep();
            let planned = if is_copy { planned.with("output", input.clone()) } else { planned };
            return planned.with("input", input);
        }
        // Terraform takes the output of a changed input as unknown, even if the input is gone.
        let output = match prior {
            Some(_) if input.is_null() => Value::unknown(Type::Dynamic),
            _ => output_of(&input),
        };
        planned.with("input", input).with("output", output)
    }

    fn replaced_by(&self, prior: &Object, planned: &Value) -> Vec<Path> {
        let name = "triggers_replace";
        let before = prior.attribute(name);
        let after = member(planned, name);
        let is_kept = before.unmark_deep() == after.unmark_deep();
        if is_kept || (before.is_null() && after.is_null()) {
            return Vec::new();
        }
        vec![Path::attribute(name)]
    }

    fn create(&self, _wanted: &Value) -> Call {
        calls::make(calls::GENERATE_UUID, [])
    }

    fn fill(&self, wanted: Value, answer: &Value) -> Value {
        let input = member(&wanted, "input");
        let wanted = match answer.get("uuid") {
            Some(uuid) if is_open(&wanted, "id") => wanted.with("id", uuid.clone()),
            _ => wanted,
        };
        wanted.with("output", input)
    }

    fn import(&self, empty: Value, id: &str) -> Option<Result<Object, Problem>> {
        Some(Ok(Object::new(empty.with("id", Value::string(id)))))
    }
}

#[cfg(test)]
mod tests;
