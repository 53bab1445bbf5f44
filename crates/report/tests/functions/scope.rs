//! What the vectors refer to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use meridian_config::{Config, parse_settings, parse_template};
use meridian_lang::{
    Diagnostic, Diagnostics, Expr, FileId, FileKind, Marks, PathRoot, Scope, Sources, Span,
    Subject, Type, Value, evaluate,
};

/// The folder `fixture` with values for what its configuration declares.
pub(crate) struct Fixture {
    folder: PathBuf,
    config: Config,
}

impl Fixture {
    pub(crate) fn load(folder: &Path) -> Fixture {
        let loaded = meridian_config::load(folder);
        assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
        Fixture { folder: folder.to_owned(), config: loaded.config }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }
}

impl Scope for Fixture {
    fn value(&self, subject: &Subject, span: Span) -> Result<Value, Diagnostic> {
        let missing = |summary: &str, detail: String| Diagnostic::error(summary, detail).at(span);
        match subject {
            Subject::Local(name) => {
                let local = self.config.locals.iter().find(|local| local.name.text == *name);
                let local = local.ok_or_else(|| {
                    let detail =
                        format!("A local value with the name {:?} has not been declared.", &**name);
                    missing("Reference to undeclared local value", detail)
                })?;
                evaluate(&local.expr, self)
                    .map_err(|errors| errors.iter().next().cloned().expect("an error"))
            }
            Subject::Variable(name) if &**name == "secret" => {
                Ok(Value::string("hunter2").mark(Marks::SENSITIVE))
            }
            Subject::Variable(name) if &**name == "session" => {
                Ok(Value::string("brief").mark(Marks::EPHEMERAL))
            }
            Subject::Resource(..) => Ok(Value::object([
                ("id", Value::unknown_not_null(Type::String)),
                ("input", Value::null(Type::Dynamic)),
                ("output", Value::null(Type::Dynamic)),
                ("triggers_replace", Value::null(Type::Dynamic)),
            ])),
            Subject::Path(PathRoot::Module | PathRoot::Root) => Ok(Value::string(".")),
            Subject::Path(PathRoot::Cwd) => Ok(Value::string(self.folder.display().to_string())),
            Subject::Workspace => Ok(Value::string("default")),
            _ => Err(missing("Invalid reference", "This name has no value here.".to_owned())),
        }
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.path(path)).map_err(|error| error.to_string())
    }

    fn file_kind(&self, path: &str) -> Result<Option<FileKind>, String> {
        match std::fs::metadata(self.path(path)) {
            Ok(found) if found.is_file() => Ok(Some(FileKind::File)),
            Ok(found) if found.is_dir() => Ok(Some(FileKind::Folder)),
            Ok(_) => Ok(Some(FileKind::Other("a device node"))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn list_folder(&self, path: &str) -> Result<Vec<(String, FileKind)>, String> {
        let mut found = BTreeMap::new();
        for entry in std::fs::read_dir(self.path(path)).map_err(|error| error.to_string())? {
            let entry = entry.map_err(|error| error.to_string())?;
            let kind = if entry.path().is_dir() { FileKind::Folder } else { FileKind::File };
            found.insert(entry.file_name().to_string_lossy().into_owned(), kind);
        }
        Ok(found.into_iter().collect())
    }

    fn home_folder(&self) -> Option<String> {
        Some("/home/someone".to_owned())
    }

    fn working_folder(&self) -> Option<String> {
        Some(self.folder.display().to_string())
    }

    fn parse_template(&self, sources: &Sources, file: FileId) -> Result<Expr, Diagnostics> {
        parse_template(sources, file)
    }

    fn parse_settings(
        &self,
        sources: &Sources,
        file: FileId,
    ) -> Result<Vec<(Arc<str>, Expr)>, Diagnostics> {
        parse_settings(sources, file)
    }
}
