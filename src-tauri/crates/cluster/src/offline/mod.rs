//! A cluster from files: manifests, `List`s, dumps, archives and standard input, as the same deltas that a live
//! cluster gives. What cannot be read is named and left out; the rest is used.
//!
//! Identity without a server: a namespaced object without a namespace is in `default` (or the one given), a CRD in the
//! source decides for its kind, and an unknown kind counts as namespaced.

mod expand;
mod scope;
mod source;
mod split;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use model::{Delta, GroupKind, KindState, Object, ResourceKey, ResourceKind, Scope};

pub use crate::problem::Problem;
use crate::version;
use scope::Scopes;

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
    /// whatever the order of the input. Of several objects with one key the last one read is kept, as `kubectl apply`
    /// would leave it.
    pub deltas: Vec<Delta>,
    /// Number of objects among the deltas.
    pub objects: usize,
    /// In the order of the input.
    pub problems: Vec<Problem>,
}

/// Reads all inputs. Never fails: what is wrong is in [`Outcome::problems`].
pub fn read(inputs: &[Input], options: &Options) -> Outcome {
    let mut problems = Vec::new();
    let mut objects = Vec::new();
    source::visit(inputs, &mut problems, &mut |name, bytes, problems| read_text(name, bytes, &mut objects, problems));
    let (deltas, objects) = identify(objects, options);
    Outcome { deltas, objects, problems }
}

fn read_text(file: &str, bytes: &[u8], objects: &mut Vec<Object>, problems: &mut Vec<Problem>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = good.iter().filter(|&&byte| byte == b'\n').count() + 1;
            let message = "this is no UTF-8 text".to_owned();
            return problems.push(Problem { file: file.to_owned(), document: None, line: Some(line), message });
        }
    };
    for piece in split::documents(text) {
        let mut problem = |message| {
            let (document, line) = (Some(piece.number), Some(piece.line));
            problems.push(Problem { file: file.to_owned(), document, line, message });
        };
        match piece.value {
            Ok(value) => expand::expand(value, &mut |object| match object {
                Ok(object) => objects.push(object),
                Err(message) => problem(message),
            }),
            Err(message) => problem(message),
        }
    }
}

/// Gives every object its namespace and puts all in order.
fn identify(objects: Vec<Object>, options: &Options) -> (Vec<Delta>, usize) {
    let scopes = Scopes::of(objects.iter());
    let default_namespace = options.default_namespace.as_deref().unwrap_or("default");
    let mut kinds: BTreeMap<GroupKind, (Arc<str>, BTreeMap<ResourceKey, Object>)> = BTreeMap::new();
    for mut object in objects {
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
        held.insert(object.key.clone(), object);
    }
    let mut deltas = Vec::new();
    let mut count = 0;
    for (group_kind, (version, objects)) in kinds {
        let plural = scopes.plural(&group_kind).into();
        let namespaced = scopes.is_namespaced(&group_kind);
        deltas.push(Delta::Discovered(ResourceKind { group_kind: group_kind.clone(), version, plural, namespaced }));
        count += objects.len();
        deltas.extend(objects.into_values().map(Delta::Upsert));
        deltas.push(Delta::State(group_kind, Scope::Cluster, KindState::Live));
    }
    (deltas, count)
}

#[cfg(test)]
mod tests;
