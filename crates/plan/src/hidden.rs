//! What objects show of secrets that are others' arguments: of a secret its policy or a tag, of a
//! key its policy. The cloud tells it in clear, so it is marked here.

use std::collections::BTreeMap;

use meridian_lang::{Marks, Path, Step, Value};
use meridian_resource::{Object, Registry, ResourceType};

use crate::{Answers, Plan, PriorObject};

/// The parts of objects that show secrets of others.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    /// By the Region, and the id, ARN or key id of the object that shows them.
    paths: BTreeMap<(String, String), Vec<Path>>,
}

/// Which object shows something sensitive that an object of these attributes sets: its id, ARN or
/// key id, and the parts. Nothing if the object sets nothing sensitive that another one shows.
pub fn secret_shown_elsewhere(
    kind: &dyn ResourceType,
    attributes: &Value,
) -> Option<(String, Vec<Path>)> {
    if !attributes.deep_marks().contains(Marks::SENSITIVE) {
        return None;
    }
    let shown = kind.shown_elsewhere(&Object::new(attributes.clone()))?;
    let entries = attributes.as_entries()?;
    let is_secret = |name: &str| {
        entries.values().any(|it| it.is_sensitive() && it.as_str().is_some_and(|it| it == name))
    };
    // A name that is sensitive itself is not to be written anywhere: then it is all of them.
    let open = |path: Path| match path
        .0
        .iter()
        .position(|step| matches!(step, Step::Key(name) if is_secret(name)))
    {
        Some(place) => Path(path.0[..place].to_vec()),
        None => path,
    };
    Some((shown.id, shown.paths.into_iter().map(open).collect()))
}

impl Hidden {
    /// What the objects of a state keep as secrets and others show.
    pub fn of_objects(objects: &[PriorObject], registry: &Registry) -> Hidden {
        let mut hidden = Hidden::default();
        for object in objects {
            hidden.find(
                registry,
                object.address.resource.type_name.as_ref(),
                &object.region,
                &object.stored.attributes,
            );
        }
        hidden
    }

    /// What the configuration gives objects as secrets and others show, as far as a plan knows.
    pub fn of_plan(plan: &Plan, registry: &Registry) -> Hidden {
        let mut hidden = Hidden::default();
        for change in &plan.changes {
            let kind = &change.address.resource.type_name;
            let before = change.before.as_ref().map(|before| &before.attributes);
            for attributes in before.into_iter().chain(&change.after) {
                hidden.find(registry, kind, &change.region, attributes);
            }
        }
        hidden
    }

    fn find(&mut self, registry: &Registry, kind: &str, region: &str, attributes: &Value) {
        let kind = registry.resource_type(kind);
        if let Some((id, paths)) = kind.and_then(|it| secret_shown_elsewhere(it, attributes)) {
            self.add(region, id, paths);
        }
    }

    /// Adds parts of the object that is known by an id, an ARN or a key id.
    pub fn add(&mut self, region: &str, id: String, paths: Vec<Path>) {
        self.paths.entry((region.to_owned(), id)).or_default().extend(paths);
    }

    /// The parts of an object of these attributes.
    pub fn parts(&self, region: &str, attributes: &Value) -> Vec<Path> {
        let mut parts: Vec<Path> = Vec::new();
        if self.paths.is_empty() {
            return parts;
        }
        for name in ["id", "arn", "key_id", "name"] {
            let Some(id) = attributes.get_str(name) else { continue };
            for path in self.paths.get(&(region.to_owned(), id.to_owned())).into_iter().flatten() {
                if !parts.contains(path) {
                    parts.push(path.clone());
                }
            }
        }
        parts
    }

    /// Marks the parts of objects, as the state has them and as they were read. Says whether any
    /// was not marked before.
    pub fn hide(&self, objects: &mut [PriorObject]) -> bool {
        let mut found = false;
        for object in objects {
            let parts = self.parts(&object.region, &object.stored.attributes);
            if parts.is_empty() {
                continue;
            }
            for object in [Some(&mut object.stored), object.observed.as_mut()] {
                let Some(object) = object else { continue };
                found |= hide_parts(&mut object.attributes, &parts);
                hide_parts(&mut object.facts, &parts);
            }
        }
        found
    }

    /// Whether [`Hidden::hide`] would find a part that is not marked.
    pub fn shows_in(&self, objects: &[PriorObject]) -> bool {
        objects.iter().any(|object| {
            let parts = self.parts(&object.region, &object.stored.attributes);
            let shown = |attributes: &Value| parts.iter().any(|part| is_shown(attributes, part));
            let observed = object.observed.as_ref().is_some_and(|it| shown(&it.attributes));
            observed || shown(&object.stored.attributes)
        })
    }

    /// The same for what was found where the plan had questions.
    pub fn hide_answers(&self, answers: &mut Answers) -> bool {
        let mut found = false;
        let Answers { data, imports, looks } = answers;
        let looks = looks.values_mut().filter_map(|it| it.result.as_mut().ok()?.as_mut());
        let imports = imports.values_mut().filter_map(|it| it.result.as_mut().ok());
        let objects = imports.chain(looks).map(|it| &mut it.attributes);
        let data = data.values_mut().filter_map(|it| it.result.as_mut().ok());
        for value in objects.chain(data) {
            // Where it was found is said by its ARN; in the other Regions nothing has that.
            let regions: Vec<String> =
                self.paths.keys().map(|(region, _)| region.clone()).collect();
            for region in regions {
                let parts = self.parts(&region, value);
                found |= hide_parts(value, &parts);
            }
        }
        found
    }
}

/// Marks parts of an object that say something. Says whether any was not marked before.
pub fn hide_parts(attributes: &mut Value, parts: &[Path]) -> bool {
    let mut found = false;
    for path in parts.iter().filter(|path| !path.0.is_empty()) {
        if is_shown(attributes, path) {
            *attributes = attributes.map_at(&path.0, &|part| part.mark(Marks::SENSITIVE));
            // Whoever plans again until nothing more is found must come to an end.
            found |= !is_shown(attributes, path);
        }
    }
    found
}

/// Whether a part says something and is not marked, neither itself nor with what it is in.
fn is_shown(attributes: &Value, path: &Path) -> bool {
    let is_hidden = (0..=path.0.len()).any(|length| {
        let part = attributes.at(&Path(path.0[..length].to_vec()));
        part.is_some_and(Value::is_sensitive)
    });
    let says = |part: &Value| !part.is_null() && part.is_known() && part.as_str() != Some("");
    !is_hidden && attributes.at(path).is_some_and(says)
}
