//! What lies beside manifests in a repository and is no Kubernetes object: recognised by name or by content, named once
//! for each reason, and left out without being a fault.
//!
//! It recognises; it never builds a kustomization and never renders a chart.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value};

use crate::{text, yaml};

/// Why something is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    Kustomization,
    Patch,
    Chart,
    Template,
    Configuration,
    Kubeconfig,
    NoObjects,
    Packages,
    DeadLink,
}

/// More files than this are counted, not named.
const NAMED: usize = 3;

impl Why {
    fn sentence(self) -> &'static str {
        match self {
            Self::Kustomization => {
                "a kustomize tree that is not built: what is shown are the files as they lie there; for what is \
                 applied, pipe `kubectl kustomize FOLDER` into --from -"
            }
            Self::Patch => "patches change objects and are none",
            Self::Chart => {
                "a Helm chart that is not rendered: for what is applied, pipe `helm template FOLDER` into --from -"
            }
            Self::Template => "templates that are not rendered",
            Self::Configuration => "configuration of tools",
            Self::Kubeconfig => "kubeconfig files hold credentials, no objects",
            Self::NoObjects => "no Kubernetes objects",
            Self::Packages => "packages of npm",
            Self::DeadLink => "links that lead nowhere",
        }
    }
}

/// What was left out, by reason.
#[derive(Debug, Default)]
pub(super) struct Aside(BTreeMap<Why, BTreeSet<String>>);

impl Aside {
    pub(super) fn add(&mut self, why: Why, name: &str) {
        self.0.entry(why).or_default().insert(name.to_owned());
    }

    /// A sentence for each reason: `left out docker-compose.yml: configuration of tools`.
    pub(super) fn sentences(&self) -> Vec<String> {
        let sentence = |(why, names): (&Why, &BTreeSet<String>)| {
            let named: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
            let more = match names.len() - named.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("left out {}{more}: {}", named.join(", "), why.sentence())
        };
        self.0.iter().map(sentence).collect()
    }
}

/// Which of the files of one folder or archive are left out unread. `read` gives the content of one of them.
pub(super) fn files(
    paths: &BTreeSet<PathBuf>,
    mut read: impl FnMut(&Path) -> Option<Vec<u8>>,
) -> BTreeMap<PathBuf, Why> {
    let folder = |path: &Path| path.parent().unwrap_or(Path::new("")).to_owned();
    let named = |path: &&PathBuf, name: &str| path.file_name().is_some_and(|file| file == name);
    let charts: BTreeSet<PathBuf> =
        paths.iter().filter(|path| named(path, "Chart.yaml")).map(|path| folder(path)).collect();
    let mut left_out = BTreeMap::new();
    for path in paths {
        let chart = path.ancestors().skip(1).find(|folder| charts.contains(*folder));
        if let Some(inside) = chart.and_then(|chart| path.strip_prefix(chart).ok()) {
            let first = inside.components().next().map(|part| part.as_os_str().to_string_lossy()).unwrap_or_default();
            let is_file = inside.components().count() == 1;
            if is_file && (first == "Chart.yaml" || first.starts_with("values"))
                || !is_file && ["templates", "charts", "ci"].contains(&&*first)
            {
                left_out.insert(path.clone(), Why::Chart);
            }
        }
    }
    for path in paths.iter().filter(|path| is_kustomization(path)) {
        left_out.insert(path.clone(), Why::Kustomization);
        let Some(bytes) = read(path) else { continue };
        let Ok(text) = text::decode(&bytes) else { continue };
        for document in yaml::parse(&text).0 {
            for patch in patches(&document.value) {
                let patch = normal(&folder(path).join(patch));
                if paths.contains(&patch) {
                    left_out.insert(patch, Why::Patch);
                }
            }
        }
    }
    left_out
}

/// Whether kustomize takes the file for a kustomization.
pub(super) fn is_kustomization(path: &Path) -> bool {
    path.file_name().is_some_and(|name| {
        ["kustomization.yaml", "kustomization.yml", "Kustomization"].iter().any(|known| name == *known)
    })
}

/// The files that a kustomization uses for patches and other instructions.
fn patches(kustomization: &Value) -> Vec<&str> {
    const INSTRUCTIONS: [&str; 8] = [
        "patches",
        "patchesStrategicMerge",
        "patchesJson6902",
        "configurations",
        "replacements",
        "transformers",
        "generators",
        "validators",
    ];
    let items = INSTRUCTIONS.iter().filter_map(|field| kustomization.get(field)?.as_array()).flatten();
    items.filter_map(|item| item.as_str().or_else(|| item.get("path")?.as_str())).collect()
}

/// Without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(parts.components().next_back(), Some(Component::Normal(_))) => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts
}

/// Groups of configuration that looks like objects and is read by programs, never by an API server.
const TOOLS: [&str; 11] = [
    "skaffold/",
    "kind.x-k8s.io/",
    "k3d.io/",
    "kubeadm.k8s.io/",
    "kubelet.config.k8s.io/",
    "kubeproxy.config.k8s.io/",
    "kubescheduler.config.k8s.io/",
    "kubecontrollermanager.config.k8s.io/",
    "apiserver.config.k8s.io/",
    "apiserver.k8s.io/",
    "ctlptl.dev/",
];

/// Why a document is no object, where that is no fault. In a folder or an archive (`among`) everything lies that a
/// repository has; a file that is named for itself is meant to hold objects.
pub(super) fn document(file: &str, among: bool, value: &Value) -> Option<Why> {
    let name = file.rsplit(['/', '\\', ':']).next().unwrap_or(file).to_ascii_lowercase();
    match value {
        Value::Array(items) if !items.is_empty() && items.iter().all(is_json_patch) => Some(Why::Patch),
        Value::Array(_) if among => Some(Why::NoObjects).filter(|_| !has_objects(value)),
        // A checkout without symbolic links holds their targets as text.
        Value::String(text) if among && is_path(text) => Some(Why::DeadLink),
        Value::Object(fields) => of_fields(&name, among, fields),
        _ => None,
    }
}

fn is_path(text: &str) -> bool {
    ["/", "./", "../"].iter().any(|begin| text.starts_with(begin)) && !text.contains(char::is_whitespace)
}

fn is_json_patch(item: &Value) -> bool {
    item.get("op").is_some_and(Value::is_string) && item.get("path").is_some_and(Value::is_string)
}

fn has_objects(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().any(|item| item.get("kind").is_some()))
}

fn of_fields(name: &str, among: bool, fields: &Map<String, Value>) -> Option<Why> {
    let text = |field: &str| fields.get(field).and_then(Value::as_str);
    let has = |field: &str| fields.contains_key(field);
    let api_version = text("apiVersion").unwrap_or_default();
    if has("$patch") {
        return Some(Why::Patch);
    }
    if api_version.starts_with("kustomize.config.k8s.io/") {
        return Some(Why::Kustomization);
    }
    let has_name = fields.get("metadata").and_then(|metadata| metadata.get("name")).is_some();
    if !has_name && TOOLS.iter().any(|tool| api_version.starts_with(tool)) {
        return Some(Why::Configuration);
    }
    if text("kind") == Some("Config") && api_version == "v1" && (has("clusters") || has("contexts") || has("users")) {
        return Some(Why::Kubeconfig);
    }
    if has("kind") || has("metadata") {
        return None;
    }
    if has("apiVersion") {
        return (has("name") && has("version")).then_some(Why::Chart);
    }
    let known = |field: &str| fields.get(field).is_some_and(|value| value.is_array() || value.is_object());
    if name.starts_with("kustomization") && ["resources", "bases", "components"].into_iter().any(known) {
        return Some(Why::Kustomization);
    }
    if name.contains("compose") && known("services") {
        return Some(Why::Configuration);
    }
    among.then_some(Why::NoObjects)
}

/// Whether a text that is no YAML is a template that was not rendered: the line of the fault, or one that has nothing
/// but an action, holds `{{`.
pub(super) fn is_template(text: &str, line: usize) -> bool {
    text.lines().nth(line.saturating_sub(1)).is_some_and(|line| line.contains("{{"))
        || text.lines().any(|line| line.trim_start().starts_with("{{"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_tools_read_is_told_from_broken_manifests() {
        let check = |file: &str, value: Value, expected: Option<Why>| {
            assert_eq!(document(file, true, &value), expected, "{file} {value}");
        };
        check("skaffold.yaml", json!({"apiVersion": "skaffold/v4beta6", "kind": "Config"}), Some(Why::Configuration));
        check("docker-compose.yml", json!({"services": {"web": {}}}), Some(Why::Configuration));
        check("k", json!({"apiVersion": "v1", "kind": "Config", "users": []}), Some(Why::Kubeconfig));
        check("p", json!([{"op": "replace", "path": "/spec/replicas", "value": 3}]), Some(Why::Patch));
        check(
            "p",
            json!({"$patch": "delete", "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}),
            Some(Why::Patch),
        );
        check("Chart.yaml", json!({"apiVersion": "v2", "name": "a", "version": "1"}), Some(Why::Chart));
        check("link.yaml", json!("../base/cm.yaml"), Some(Why::DeadLink));
        check("package.json", json!({"name": "x"}), Some(Why::NoObjects));
        for broken in [
            json!({"apiVersion": "v1", "metadata": {"name": "a"}}),
            json!({"kind": "Pod"}),
            json!({"apiVersion": "v1"}),
            json!("text"),
            json!([{"kind": "Pod"}]),
        ] {
            check("broken.yaml", broken, None);
        }
        assert_eq!(document("values.yaml", false, &json!({"image": "x"})), None);
    }

    #[test]
    fn charts_and_patches_of_kustomizations_are_left_out() {
        let paths: BTreeSet<PathBuf> = [
            "app/Chart.yaml",
            "app/crds/crd.yaml",
            "app/templates/a.yaml",
            "app/values-prod.yaml",
            "base/all.yaml",
            "overlays/prod/kustomization.yaml",
            "overlays/prod/replicas.yaml",
        ]
        .map(PathBuf::from)
        .into();
        let found =
            files(&paths, |_| Some(b"patches: [{path: ./x/../replicas.yaml}, {path: ../../base/none.yaml}]".to_vec()));
        let found: Vec<(String, Why)> =
            found.into_iter().map(|(path, why)| (path.display().to_string(), why)).collect();
        let expected = [
            ("app/Chart.yaml", Why::Chart),
            ("app/templates/a.yaml", Why::Chart),
            ("app/values-prod.yaml", Why::Chart),
            ("overlays/prod/kustomization.yaml", Why::Kustomization),
            ("overlays/prod/replicas.yaml", Why::Patch),
        ];
        assert_eq!(found, expected.map(|(path, why)| (path.to_owned(), why)));
    }

    #[test]
    fn each_reason_is_said_once() {
        let mut aside = Aside::default();
        for name in ["a", "b", "c", "d", "e", "e"] {
            aside.add(Why::NoObjects, name);
        }
        assert_eq!(aside.sentences(), ["left out a, b, c and 2 more: no Kubernetes objects"]);
    }
}
