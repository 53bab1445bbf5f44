//! Functions of files and paths.

mod glob;
mod path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::argument::text;
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::{FileKind, Scope, Type, Value};

const PATH: Parameter = Parameter::new("path", Shape::String);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::reading("abspath", &[PATH], Shape::String, |arguments, scope| {
        path::absolute(text(&arguments[0]), scope.working_folder().as_deref())
            .map(Value::string)
            .ok_or_else(|| FunctionError::new("the working folder is not known"))
    }),
    Function::new("basename", &[PATH], Shape::String, |arguments| {
        Ok(Value::string(path::base(text(&arguments[0]))))
    }),
    Function::new("dirname", &[PATH], Shape::String, |arguments| {
        Ok(Value::string(path::folder(text(&arguments[0]))))
    }),
    Function::reading("file", &[PATH], Shape::String, |arguments, scope| {
        read_text(arguments, scope).map(Value::string)
    }),
    Function::reading("filebase64", &[PATH], Shape::String, |arguments, scope| {
        read(arguments, scope).map(|content| Value::string(STANDARD.encode(content)))
    }),
    Function::reading("fileexists", &[PATH], Shape::Bool, exists),
    Function::reading(
        "fileset",
        &[PATH, Parameter::new("pattern", Shape::String)],
        Shape::Set(&Shape::String),
        fileset,
    ),
    Function::reading("pathexpand", &[PATH], Shape::String, |arguments, scope| {
        expanded(text(&arguments[0]), scope).map(Value::string)
    }),
];

/// The path with the home folder in the place of a leading `~`.
fn expanded(path: &str, scope: &dyn Scope) -> Result<String, FunctionError> {
    let Some(rest) = path.strip_prefix('~') else {
        return Ok(path.to_owned());
    };
    if !rest.is_empty() && !rest.starts_with('/') {
        return Err(FunctionError::new("cannot expand user-specific home dir"));
    }
    let home = scope
        .home_folder()
        .ok_or_else(|| FunctionError::new("the home folder of the user is not known"))?;
    Ok(format!("{home}{rest}"))
}

/// The path as it is looked up.
fn resolved(path: &str, scope: &dyn Scope) -> Result<String, FunctionError> {
    expanded(path, scope).map(|path| path::clean(&path))
}

/// The content of the file that the first argument names.
fn read(arguments: &[Value], scope: &dyn Scope) -> Result<Vec<u8>, FunctionError> {
    let given = text(&arguments[0]);
    let path = resolved(given, scope)?;
    let failed = |reason: String| {
        FunctionError::argument(0, format!("failed to read file: {reason}")).quoting()
    };
    match scope.file_kind(&path).map_err(failed)? {
        None => {
            let reason = format!(
                "no file exists at {path:?}; this function works only with files that are \
                 distributed as part of the configuration source code, so if this file will be \
                 created by a resource in this configuration you must instead obtain this result \
                 from an attribute of that resource"
            );
            Err(FunctionError::argument(0, reason).quoting())
        }
        Some(FileKind::Folder) => Err(failed(format!("read {path}: is a directory"))),
        Some(_) => scope.read_file(&path).map_err(failed),
    }
}

/// The text of the file that the first argument names.
pub(super) fn read_text(arguments: &[Value], scope: &dyn Scope) -> Result<String, FunctionError> {
    String::from_utf8(read(arguments, scope)?).map_err(|_| {
        let path = text(&arguments[0]);
        let reason = format!(
            "contents of {path:?} are not valid UTF-8; use the filebase64 function to obtain the \
             Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to \
             obtain file hashing results instead"
        );
        FunctionError::new(reason).quoting()
    })
}

/// The content of the file that the first argument names, for the functions that hash it.
pub(super) fn read_hashed(
    arguments: &[Value],
    scope: &dyn Scope,
) -> Result<Vec<u8>, FunctionError> {
    let path = resolved(text(&arguments[0]), scope)?;
    let failed = |reason: String| FunctionError::new(reason).quoting();
    match scope.file_kind(&path).map_err(failed)? {
        None => Err(failed(format!("open {path}: no such file or directory"))),
        Some(FileKind::Folder) => Err(failed(format!("read {path}: is a directory"))),
        Some(_) => scope.read_file(&path).map_err(failed),
    }
}

fn exists(arguments: &[Value], scope: &dyn Scope) -> Outcome {
    let path = resolved(text(&arguments[0]), scope)?;
    let kind = scope
        .file_kind(&path)
        .map_err(|_| FunctionError::new(format!("failed to stat {path:?}")).quoting())?;
    let what = match kind {
        None => return Ok(Value::bool(false)),
        Some(FileKind::File) => return Ok(Value::bool(true)),
        Some(FileKind::Folder) => "a directory, not a file".to_owned(),
        Some(FileKind::Other(what)) => format!("{what}, not a regular file"),
    };
    Err(FunctionError::new(format!("{path:?} is {what}")).quoting())
}

fn fileset(arguments: &[Value], scope: &dyn Scope) -> Outcome {
    let folder = resolved(text(&arguments[0]), scope)?;
    let pattern = path::join(&folder, text(&arguments[1]));
    let found = glob::files(&pattern, scope).map_err(|reason| {
        FunctionError::new(format!("failed to glob pattern {pattern:?}: {reason}")).quoting()
    })?;
    let names = found.iter().map(|file| Value::string(path::relative(file, &folder)));
    Ok(Value::set(Type::String, names.collect::<Vec<_>>()))
}
