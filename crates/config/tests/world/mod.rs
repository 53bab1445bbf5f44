//! What the expressions of the vectors refer to: the world of `expressions/world.tf`.

use meridian_lang::{Diagnostic, Marks, PathRoot, Scope, Span, Subject, Type, Value};

/// The scope of the vectors.
pub struct World;

fn text(value: &str) -> Value {
    Value::string(value)
}

/// What `terraform_data` of that input will be once it is there.
fn data(input: Value, output: Value) -> Value {
    Value::object([
        ("id", Value::unknown_not_null(Type::String)),
        ("input", input),
        ("output", output),
        ("triggers_replace", Value::null(Type::Dynamic)),
    ])
}

fn input(name: &str) -> Option<Value> {
    let strings = |values: &[&str]| values.iter().map(|value| text(value)).collect::<Vec<_>>();
    Some(match name {
        "s" => text("abc"),
        "n" => Value::number(5),
        "b" => Value::bool(true),
        "l" => Value::list(Type::String, strings(&["a", "b"])),
        "set" => Value::set(Type::String, strings(&["a", "b"])),
        "m" => Value::map(Type::String, [("a", text("x"))]),
        "o" => Value::object([("a", text("x")), ("n", Value::number(1))]),
        "t" => Value::tuple([text("x"), Value::number(1)]),
        "lo" => {
            let element = Type::object([("a", Type::String)]);
            Value::list(element, [Value::object([("a", text("x"))])])
        }
        _ => return None,
    })
}

fn local(name: &str) -> Option<Value> {
    let strings = |values: &[&str]| values.iter().map(|value| text(value)).collect::<Vec<_>>();
    let output = |name: &str| input(name).map(|input| Value::unknown(input.ty()));
    match name {
        "id" => Some(Value::unknown_not_null(Type::String)),
        "list" => Some(Value::list(Type::String, strings(&["a", "b", "c"]))),
        "set" => Some(Value::set(Type::String, strings(&["a", "b"]))),
        "map" => Some(Value::map(Type::String, [("a", text("x")), ("b", text("y"))])),
        "object" => Some(Value::object([
            ("name", text("n")),
            ("count", Value::number(2)),
            ("nested", Value::object([("k", text("v"))])),
        ])),
        "nullstr" => Some(Value::null(Type::String)),
        name => output(name.strip_prefix('u')?),
    }
}

impl Scope for World {
    fn value(&self, subject: &Subject, span: Span) -> Result<Value, Diagnostic> {
        let value = match subject {
            Subject::Variable(name) => match &**name {
                "secret" => Some(text("hunter2").mark(Marks::SENSITIVE)),
                "eph" => Some(text("brief").mark(Marks::EPHEMERAL)),
                _ => None,
            },
            Subject::Local(name) => local(name),
            Subject::Resource(ty, name) if &**ty == "terraform_data" => {
                input(name).map(|input| data(input.clone(), Value::unknown(input.ty())))
            }
            Subject::Path(PathRoot::Module) => Some(text(".")),
            Subject::Workspace => Some(text("default")),
            _ => None,
        };
        value.ok_or_else(|| Diagnostic::error("Reference to undeclared object", "").at(span))
    }
}
