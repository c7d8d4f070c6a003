//! A cluster from files: manifests, `List`s, dumps, archives and standard input, as the same deltas that a live
//! cluster gives. What cannot be read is named and left out; the rest is used.
//!
//! Identity without a server: a namespaced object without a namespace is in `default` (or the one given), a CRD in the
//! source decides for its kind, and an unknown kind counts as namespaced.

mod aside;
mod expand;
mod packed;
mod scope;
mod source;
mod split;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use model::{Delta, GroupKind, KindState, Object, ResourceKey, ResourceKind, Scope};
use serde_json::Value;

pub use crate::problem::Problem;
use crate::yaml::Copies;
use crate::{text, version};
use aside::Why;
pub use packed::Deltas;
use packed::Kept;
pub(crate) use packed::Packed;
use scope::Scopes;
use source::{Report, Text};

/// Where offline objects come from.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file (manifest, dump, gzip, tar, tar.gz), or a folder of them.
    Path(PathBuf),
    /// Standard input, until it ends.
    StandardInput,
    /// Bytes at hand, with the name under which problems speak of them.
    Bytes {
        /// For messages.
        name: String,
        /// As a file would hold them.
        bytes: Vec<u8>,
    },
}

impl Input {
    /// A command line's word for an input: `-` is standard input.
    pub fn from_argument(argument: &str) -> Self {
        if argument == "-" { Self::StandardInput } else { Self::Path(argument.into()) }
    }
}

/// How to read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The namespace of namespaced objects that name none; `default` where absent.
    pub default_namespace: Option<String>,
}

/// Everything that could be read, and what could not.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// `Discovered` for each kind, `Upsert` for each object, `State(Live)` for each kind; ordered by kind, then key,
    /// whatever the order of the input. Of several objects with one key the one that says most is kept, since the others
    /// are patches of it or cut; of equally rich ones the last one read, as `kubectl apply` would leave it.
    pub deltas: Deltas,
    /// Number of objects among the deltas.
    pub objects: usize,
    /// In the order of the input.
    pub problems: Vec<Problem>,
    /// What was left out or read twice without being a fault, one sentence each.
    pub notes: Vec<String>,
}

/// More objects that are there twice are counted, not named.
const TWICE_NAMED: usize = 10;
/// More problems of one text are counted, not named: a text may be a million lines of nothing.
const PROBLEMS_OF_TEXT: usize = 100;

/// Reads all inputs. Never fails: what is wrong is in [`Outcome::problems`].
pub fn read(inputs: &[Input], options: &Options) -> Outcome {
    let mut report = Report::default();
    let mut found = Vec::new();
    let mut copies = Copies::default();
    source::visit(inputs, &mut report, &mut |text, report| read_text(&text, &mut copies, &mut found, report));
    let mut notes = report.aside.sentences();
    let (deltas, objects) = identify(found, options, &mut notes);
    Outcome { deltas, objects, problems: report.problems, notes }
}

/// An object and the text that holds it.
struct Found {
    object: Object,
    /// Its body, which the object lacks, unless it is a definition: those are read again.
    body: Option<Packed>,
    richness: (bool, usize),
    file: Arc<str>,
}

impl Found {
    fn new(mut object: Object, file: &Arc<str>) -> Self {
        let richness = richness(&object);
        let is_definition = object.key.is("apiextensions.k8s.io", "CustomResourceDefinition");
        let body = (!is_definition).then(|| Packed::new(&object.body));
        if body.is_some() {
            object.body = Arc::default();
        }
        Self { object, body, richness, file: file.clone() }
    }
}

fn read_text(text: &Text<'_>, copies: &mut Copies, found: &mut Vec<Found>, report: &mut Report) {
    let file: Arc<str> = text.name.into();
    let content = match text::decode(text.bytes) {
        Ok(content) => content,
        Err(error) => {
            let (line, message) = (error.line, error.message.to_owned());
            return report.problems.push(Problem { file: text.name.to_owned(), document: None, line, message });
        }
    };
    let mut problems = Vec::new();
    let mut uncounted = 0_usize;
    let keep = |whole, found: &mut Vec<Found>, problem: &mut dyn FnMut(String)| {
        expand::expand(whole, &mut |object| match object {
            Ok(object) => found.push(Found::new(object, &file)),
            Err(message) => problem(message),
        });
    };
    split::documents(&content, copies, &mut |piece| {
        let mut problem = |message| {
            if problems.len() >= PROBLEMS_OF_TEXT {
                uncounted += 1;
                return;
            }
            let (document, line) = (Some(piece.number), Some(piece.line));
            problems.push(Problem { file: text.name.to_owned(), document, line, message });
        };
        match piece.value {
            // A bare list is taken apart only where it is one of objects.
            Ok(whole) if whole.value.is_array() && !whole.items.is_empty() => keep(whole, found, &mut problem),
            Ok(whole) => match aside::document(text.name, text.among, &whole.value) {
                Some(why) => report.aside.add(why, text.name),
                None => keep(whole, found, &mut problem),
            },
            Err(_) if text.among && aside::is_template(&content, piece.line) => {
                report.aside.add(Why::Template, text.name);
            }
            Err(message) => problem(message),
        }
    });
    report.problems.append(&mut problems);
    if uncounted > 0 {
        let message = format!("{uncounted} more documents cannot be read");
        report.problems.push(Problem { file: text.name.to_owned(), document: None, line: None, message });
    }
}

/// Gives every object its namespace and puts all in order.
fn identify(found: Vec<Found>, options: &Options, notes: &mut Vec<String>) -> (Deltas, usize) {
    let scopes = Scopes::of(found.iter().map(|found| &found.object));
    let default_namespace = options.default_namespace.as_deref().unwrap_or("default");
    let mut kinds: BTreeMap<GroupKind, (Arc<str>, BTreeMap<ResourceKey, Found>)> = BTreeMap::new();
    let mut twice = 0_usize;
    for mut next in found {
        let object = &mut next.object;
        let kind = object.key.group_kind();
        let namespace = match (scopes.is_namespaced(&kind), object.key.namespace()) {
            (false, _) => "",
            (true, "") => default_namespace,
            (true, namespace) => namespace,
        };
        object.key = ResourceKey::of(&kind, namespace, object.key.name());
        let (best, held) = kinds.entry(kind).or_insert_with(|| (object.version.clone(), BTreeMap::new()));
        if version::rank(&object.version) > version::rank(best) {
            *best = object.version.clone();
        }
        let Some(first) = held.remove(&object.key) else {
            held.insert(object.key.clone(), next);
            continue;
        };
        let differ = first.body != next.body || first.object.body != object.body;
        let key = object.key.clone();
        let (kept, other) = if first.richness > next.richness { (first, next) } else { (next, first) };
        if differ {
            twice += 1;
            if twice <= TWICE_NAMED {
                notes.push(format!(
                    "{key} is there twice, in {} and in {}; the one in {} is shown",
                    kept.file, other.file, kept.file
                ));
            }
        }
        held.insert(key, kept);
    }
    if twice > TWICE_NAMED {
        notes.push(format!("{} more objects are there twice", twice - TWICE_NAMED));
    }
    let mut deltas = Vec::new();
    let mut count = 0;
    for (group_kind, (version, found)) in kinds {
        let plural = scopes.plural(&group_kind).into();
        let namespaced = scopes.is_namespaced(&group_kind);
        let plain = |delta| Kept { delta, body: None };
        deltas.push(plain(Delta::Discovered(ResourceKind {
            group_kind: group_kind.clone(),
            version,
            plural,
            namespaced,
        })));
        count += found.len();
        deltas.extend(found.into_values().map(|found| Kept { delta: Delta::Upsert(found.object), body: found.body }));
        deltas.push(plain(Delta::State(group_kind, Scope::Cluster, KindState::Live)));
    }
    (Deltas(deltas), count)
}

/// How much an object says: one that a cluster printed more than one that a person wrote, and then by number of values.
fn richness(object: &Object) -> (bool, usize) {
    fn values(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(values).sum::<usize>() + 1,
            Value::Object(fields) => fields.values().map(values).sum::<usize>() + 1,
            _ => 1,
        }
    }
    // Of two states of one object in a cluster neither is a patch.
    if object.uid.is_some() { (true, 0) } else { (false, values(&object.body)) }
}

#[cfg(test)]
mod tests;
