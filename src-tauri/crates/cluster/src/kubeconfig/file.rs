//! One kubeconfig file → its entries. An entry that cannot be read is a problem of its own and leaves the others alone.

use std::path::Path;

use kube::config::{AuthInfo, Cluster, Context};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Problem, yaml};

/// What one file says, in its order.
#[derive(Default)]
pub(super) struct File {
    pub(super) current: Option<String>,
    pub(super) contexts: Vec<(String, Context)>,
    pub(super) clusters: Vec<(String, Cluster)>,
    pub(super) users: Vec<(String, AuthInfo)>,
}

/// Reads the text of a kubeconfig; relative paths in it are made absolute against `folder`.
pub(super) fn parse(path: &Path, text: &str, problems: &mut Vec<Problem>) -> File {
    let name = path.display().to_string();
    let (documents, fault) = yaml::parse(text);
    // As kubectl does, the first document is the file.
    if let Some(fault) = fault {
        problems.push(Problem { file: name.clone(), document: None, line: Some(fault.line), message: fault.message });
    }
    let Some(document) = documents.into_iter().next() else { return File::default() };
    if !document.value.is_object() {
        let message = "this is no kubeconfig: it has no contexts, clusters and users".to_owned();
        problems.push(Problem { file: name, document: None, line: None, message });
        return File::default();
    }
    let mut reader = Reader { name, body: document.value, problems };
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut file = File {
        current: reader
            .body
            .get("current-context")
            .and_then(Value::as_str)
            .filter(|name| !name.is_empty())
            .map(str::to_owned),
        contexts: reader.section("contexts", "context", Secrecy::Open),
        clusters: reader.section("clusters", "cluster", Secrecy::Open),
        users: reader.section("users", "user", Secrecy::Secret),
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
    file
}

/// Whether messages may repeat what stands in the entry.
#[derive(Clone, Copy, PartialEq)]
enum Secrecy {
    Open,
    Secret,
}

struct Reader<'a> {
    name: String,
    body: Value,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, message: String) {
        self.problems.push(Problem { file: self.name.clone(), document: None, line: None, message });
    }

    /// `section: [{name: .., entry: {..}}, ..]`; absent and null sections are empty.
    fn section<T: DeserializeOwned>(&mut self, section: &str, entry: &str, secrecy: Secrecy) -> Vec<(String, T)> {
        let items = match self.body.get_mut(section).map(Value::take) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.problem(format!("`{section}` is no list"));
                return Vec::new();
            }
        };
        let mut found: Vec<(String, T)> = Vec::new();
        for mut item in items {
            let Some(name) = item.get("name").and_then(Value::as_str).map(str::to_owned) else {
                self.problem(format!("an entry of `{section}` has no name"));
                continue;
            };
            let body = item.get_mut(entry).map(Value::take).filter(|body| !body.is_null());
            match serde_json::from_value(body.unwrap_or_else(|| Value::Object(serde_json::Map::new()))) {
                Ok(_) if found.iter().any(|(other, _)| *other == name) => {
                    self.problem(format!("{entry} `{name}` is there twice; the first one counts"));
                }
                Ok(value) => found.push((name, value)),
                // serde's messages quote the value, which may be a token.
                Err(_) if secrecy == Secrecy::Secret => {
                    self.problem(format!("{entry} `{name}`: a field has a value of the wrong type"));
                }
                Err(error) => self.problem(format!("{entry} `{name}`: {error}")),
            }
        }
        found
    }
}

fn absolute(folder: &Path, path: &mut Option<String>) {
    match path {
        Some(text) if text.is_empty() => *path = None,
        Some(text) => *text = folder.join(&*text).display().to_string(),
        None => {}
    }
}
