//! What an expression sees.

use std::sync::Arc;

use meridian_graph::ResourceAddress;
use meridian_lang::{
    Diagnostic, Diagnostics, Expr, FileId, FileKind, Impure, PathRoot, RepetitionPart,
    ResourceMode, Scope, Sources, Span, Subject, Type, Value,
};

use super::{Values, Viewpoint};

/// The values as they are seen from one place.
pub(super) struct ViewpointScope<'v, 'a> {
    pub(super) values: &'v Values<'a>,
    pub(super) viewpoint: &'v Viewpoint,
}

impl ViewpointScope<'_, '_> {
    fn folder(&self, root: PathRoot) -> Value {
        match root {
            PathRoot::Cwd => Value::string(self.values.surroundings.cwd.display().to_string()),
            // The root module is read from the folder in which the command runs.
            PathRoot::Root => Value::string("."),
            PathRoot::Module => {
                let index = self.values.indexes.get(&self.viewpoint.module.path());
                Value::string(index.map_or(".", |index| &index.module.folder))
            }
        }
    }

    fn resource(&self, mode: ResourceMode, type_name: &Arc<str>, name: &Arc<str>) -> Value {
        let address = ResourceAddress {
            module: self.viewpoint.module.clone(),
            mode,
            type_name: type_name.clone(),
            name: name.clone(),
        };
        let known = self.values.resources.borrow().get(&address).cloned();
        known.unwrap_or_else(|| Value::unknown(Type::Dynamic))
    }
}

impl Scope for ViewpointScope<'_, '_> {
    fn value(&self, subject: &Subject, span: Span) -> Result<Value, Diagnostic> {
        let (values, viewpoint) = (self.values, self.viewpoint);
        let found = match subject {
            Subject::Variable(name) => values.variable(&viewpoint.module, name),
            Subject::Local(name) => values.local(&viewpoint.module, name),
            Subject::Resource(type_name, name) => {
                Some(self.resource(ResourceMode::Managed, type_name, name))
            }
            Subject::Data(type_name, name) => {
                Some(self.resource(ResourceMode::Data, type_name, name))
            }
            Subject::Ephemeral(type_name, name) => {
                Some(self.resource(ResourceMode::Ephemeral, type_name, name))
            }
            Subject::Module(call) => values.module_value(&viewpoint.module, call),
            Subject::Repetition(RepetitionPart::CountIndex) => viewpoint.index.clone(),
            Subject::Repetition(RepetitionPart::EachKey) => {
                viewpoint.each.as_ref().map(|(key, _)| key.clone())
            }
            Subject::Repetition(RepetitionPart::EachValue) => {
                viewpoint.each.as_ref().map(|(_, value)| value.clone())
            }
            Subject::Path(root) => Some(self.folder(*root)),
            Subject::Workspace => Some(Value::string(&values.surroundings.workspace)),
            Subject::SelfObject => viewpoint.self_object.clone(),
            Subject::Bound(_) => None,
        };
        // The graph has refused what is not declared, so this is about the surroundings only.
        found.ok_or_else(|| {
            Diagnostic::error("Invalid reference", "This name has no value here.").at(span)
        })
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        let surroundings = self.values.surroundings;
        (surroundings.read_file)(&surroundings.absolute(path).to_string_lossy())
    }

    fn file_kind(&self, path: &str) -> Result<Option<FileKind>, String> {
        let surroundings = self.values.surroundings;
        surroundings.folders.file_kind(&surroundings.absolute(path))
    }

    fn list_folder(&self, path: &str) -> Result<Vec<(String, FileKind)>, String> {
        let surroundings = self.values.surroundings;
        surroundings.folders.list(&surroundings.absolute(path))
    }

    fn home_folder(&self) -> Option<String> {
        self.values.surroundings.folders.home()
    }

    fn working_folder(&self) -> Option<String> {
        Some(self.values.surroundings.cwd.display().to_string())
    }

    fn start_time(&self) -> Option<String> {
        self.values.surroundings.start_time.clone()
    }

    fn impure(&self) -> Option<&dyn Impure> {
        self.values.surroundings.impure.as_deref()
    }

    fn parse_template(&self, sources: &Sources, file: FileId) -> Result<Expr, Diagnostics> {
        meridian_config::parse_template(sources, file)
    }

    fn parse_settings(
        &self,
        sources: &Sources,
        file: FileId,
    ) -> Result<Vec<(Arc<str>, Expr)>, Diagnostics> {
        meridian_config::parse_settings(sources, file)
    }
}
