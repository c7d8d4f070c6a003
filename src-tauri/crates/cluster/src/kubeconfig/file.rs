//! One kubeconfig file → its entries. An entry that cannot be read is a problem of its own and leaves the others alone.

use std::path::Path;

use kube::config::{AuthInfo, Cluster, Context};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{Problem, yaml};

/// What one file says, in its order.
#[derive(Default)]
pub(super) struct File {
    pub(super) current: Option<String>,
    pub(super) contexts: Vec<(String, Context)>,
    pub(super) clusters: Vec<(String, Cluster)>,
    pub(super) users: Vec<(String, AuthInfo)>,
    pub(super) unreadable: Vec<Unreadable>,
}

/// An entry that cannot be used.
pub(super) struct Unreadable {
    /// `context`, `cluster` or `user`.
    pub(super) section: &'static str,
    pub(super) name: String,
    pub(super) why: String,
}

/// Entries of one section; every one is compared with every other.
const ENTRIES: usize = 5_000;

/// Reads the text of a kubeconfig; relative paths in it are made absolute against `folder`. Entries that cannot be used
/// are among the problems.
///
/// # Errors
/// Where the file as a whole is no kubeconfig.
pub(super) fn parse(path: &Path, text: &str, problems: &mut Vec<Problem>) -> Result<File, Problem> {
    let name = path.display().to_string();
    let (documents, fault) = yaml::parse(text);
    if let Some(fault) = fault {
        return Err(Problem { file: name, document: None, line: Some(fault.line), message: fault.message });
    }
    // As kubectl does, the first document is the file; an empty file is one without contexts.
    let Some(document) = documents.into_iter().next().filter(|document| !document.value.is_null()) else {
        return Ok(File::default());
    };
    if !document.value.is_object() {
        let message = "this is no kubeconfig: it has no contexts, clusters and users".to_owned();
        return Err(Problem { file: name, document: None, line: None, message });
    }
    let mut reader = Reader { name, body: document.value, problems, unreadable: Vec::new() };
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut file = File {
        current: reader
            .body
            .get("current-context")
            .and_then(Value::as_str)
            .filter(|name| !name.is_empty())
            .map(str::to_owned),
        contexts: reader.section("contexts", "context"),
        clusters: reader.section("clusters", "cluster"),
        users: reader.section("users", "user"),
        unreadable: reader.unreadable,
    };
    for (_, cluster) in &mut file.clusters {
        absolute(folder, &mut cluster.certificate_authority);
    }
    for (_, user) in &mut file.users {
        absolute(folder, &mut user.client_certificate);
        absolute(folder, &mut user.client_key);
        absolute(folder, &mut user.token_file);
        if let Some(exec) = &mut user.exec
            // A bare name is looked up in PATH, anything with a separator is a path.
            && exec.command.as_deref().is_some_and(|command| command.contains(['/', std::path::MAIN_SEPARATOR]))
        {
            absolute(folder, &mut exec.command);
        }
    }
    Ok(file)
}

struct Reader<'a> {
    name: String,
    body: Value,
    problems: &'a mut Vec<Problem>,
    unreadable: Vec<Unreadable>,
}

impl Reader<'_> {
    fn problem(&mut self, message: String) {
        self.problems.push(Problem { file: self.name.clone(), document: None, line: None, message });
    }

    /// `section: [{name: .., entry: {..}}, ..]`; absent and null sections are empty.
    fn section<T: DeserializeOwned>(&mut self, section: &str, entry: &'static str) -> Vec<(String, T)> {
        let items = match self.body.get_mut(section).map(Value::take) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.problem(format!("`{section}` is no list"));
                return Vec::new();
            }
        };
        if items.len() > ENTRIES {
            self.problem(format!("`{section}` has more than {ENTRIES} entries; the others are left out"));
        }
        let mut found: Vec<(String, T)> = Vec::new();
        for mut item in items.into_iter().take(ENTRIES) {
            let Some(name) = item.get("name").and_then(Value::as_str).map(str::to_owned) else {
                self.problem(format!("an entry of `{section}` has no name"));
                continue;
            };
            let body = item.get_mut(entry).map(Value::take).filter(|body| !body.is_null());
            let body = body.unwrap_or_else(|| Value::Object(Map::new()));
            match T::deserialize(&body) {
                Ok(_) if found.iter().any(|(other, _)| *other == name) => {
                    self.problem(format!("{entry} `{name}` is there twice; the first one counts"));
                }
                Ok(value) => found.push((name, value)),
                // serde's own message quotes the value, which may be a token or an address with a password.
                Err(_) => {
                    let why = wrong_field::<T>(&body);
                    self.problem(format!("{entry} `{name}`: {why}"));
                    self.unreadable.push(Unreadable { section: entry, name, why });
                }
            }
        }
        found
    }
}

/// Which field of an entry keeps it from being read, and what it is instead of what it should be; without its value.
fn wrong_field<T: DeserializeOwned>(body: &Value) -> String {
    let Value::Object(fields) = body else { return format!("it is {}, where a mapping belongs", yaml::what(body)) };
    let alone = |name: &String, value: &Value| Value::Object(Map::from_iter([(name.clone(), value.clone())]));
    let wrong = fields.iter().find(|(name, value)| T::deserialize(&alone(name, value)).is_err());
    match wrong {
        Some((name, value @ (Value::Number(_) | Value::Bool(_)))) => {
            format!("`{name}` is {}, where a text belongs; put it in quotes", yaml::what(value))
        }
        Some((name, value @ (Value::Object(_) | Value::Array(_)))) => {
            format!("`{name}` is {} of another form than kubectl reads there", yaml::what(value))
        }
        Some((name, value)) => format!("`{name}` is {}, where something else belongs", yaml::what(value)),
        None => "a field that it needs is missing".to_owned(),
    }
}

fn absolute(folder: &Path, path: &mut Option<String>) {
    match path {
        Some(text) if text.is_empty() => *path = None,
        Some(text) => *text = folder.join(&*text).display().to_string(),
        None => {}
    }
}
