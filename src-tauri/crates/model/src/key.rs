//! Names: of clusters, of kinds, of objects.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The group of nodes that are no Kubernetes objects: users, groups, hosts and addresses.
pub const EXTERNAL_GROUP: &str = "external";

/// One open cluster or offline source, unique while the application runs and stable across restarts
/// for the same kubeconfig entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClusterId(pub Arc<str>);

impl fmt::Display for ClusterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A kind without its version: relations match by group and kind, never by version.
/// `group` is empty for the core group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GroupKind {
    /// API group, empty for core.
    pub group: Arc<str>,
    /// CamelCase kind, for example `Deployment`.
    pub kind: Arc<str>,
}

impl GroupKind {
    /// `group` is empty (or `core`) for the core group.
    pub fn new(group: &str, kind: &str) -> Self {
        let group = if group == "core" { "" } else { group };
        Self { group: home(group, kind).into(), kind: kind.into() }
    }

    /// The group as keys and canonical JSON write it: `core` instead of nothing.
    pub fn group_name(&self) -> &str {
        if self.group.is_empty() { "core" } else { &self.group }
    }
}

/// Written `core/Pod`, `apps/Deployment`.
impl fmt::Display for GroupKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.group_name(), self.kind)
    }
}

/// Where a kind of the retired group `extensions` lives: its kinds moved to groups of their own, and a reference may use
/// the old name for an object of the new one.
/// <https://kubernetes.io/docs/reference/using-api/deprecation-guide/>
fn home<'a>(group: &'a str, kind: &str) -> &'a str {
    match (group, kind) {
        ("extensions", "DaemonSet" | "Deployment" | "ReplicaSet") => "apps",
        ("extensions", "Ingress" | "NetworkPolicy") => "networking.k8s.io",
        ("extensions", "PodSecurityPolicy") => "policy",
        _ => group,
    }
}

/// A kind as a server serves it (discovery) or as a source uses it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResourceKind {
    /// Group and kind.
    pub group_kind: GroupKind,
    /// The version in use, for example `v1`.
    pub version: Arc<str>,
    /// Lower-case plural as it stands in URLs, for example `deployments`.
    pub plural: Arc<str>,
    /// Whether objects of this kind live in namespaces.
    pub namespaced: bool,
}

impl ResourceKind {
    /// `v1` for core, else `group/version`.
    pub fn api_version(&self) -> String {
        if self.group_kind.group.is_empty() {
            self.version.to_string()
        } else {
            format!("{}/{}", self.group_kind.group, self.version)
        }
    }
}

/// The stable name of an object in one cluster: `group/Kind/namespace/name`, core group written `core`,
/// the namespace empty for cluster scope (`core/Pod/shop/web-1`, `core/Node//worker-1`).
///
/// Ordered by that text. Cloning costs a reference count.
#[derive(Clone)]
pub struct ResourceKey {
    text: Arc<str>,
    group_end: u16,
    kind_end: u16,
    namespace_end: u16,
}

/// Why a text is no [`ResourceKey`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyError {
    /// The offending text.
    pub text: String,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no object key: expected group/Kind/namespace/name", self.text)
    }
}

impl std::error::Error for KeyError {}

impl ResourceKey {
    /// Builds a key; a `/` inside a part is written `%2F`. `group` may be empty or `core`.
    pub fn new(group: &str, kind: &str, namespace: &str, name: &str) -> Self {
        Self::new_or_known(&mut String::new(), [group, kind, namespace, name], |_| None)
    }

    /// Builds a key of group, kind, namespace and name, and takes `known`'s instead where that knows the text, so that
    /// the many references to one object share one allocation. The text is composed in `buffer`.
    pub fn new_or_known(buffer: &mut String, parts: [&str; 4], known: impl FnOnce(&str) -> Option<Self>) -> Self {
        let [group, kind, namespace, name] = parts;
        let group = if group.is_empty() { "core" } else { home(group, kind) };
        let mut ends = compose(buffer, [group, kind, namespace, name], String::push_str);
        // Names of users and hosts may hold slashes; names of objects never do. Counting is faster than searching in texts as
        // short as these.
        if buffer.bytes().filter(|byte| *byte == b'/').count() > 3 {
            ends = compose(buffer, [group, kind, namespace, name], push_part);
        }
        let [group_end, kind_end, namespace_end] = ends;
        known(buffer).unwrap_or_else(|| Self { text: buffer.as_str().into(), group_end, kind_end, namespace_end })
    }

    /// A key of the given kind.
    pub fn of(kind: &GroupKind, namespace: &str, name: &str) -> Self {
        Self::new(&kind.group, &kind.kind, namespace, name)
    }

    /// Reads the text form back.
    ///
    /// # Errors
    /// Where the text has not exactly four parts, or group, kind or name is empty.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let fail = || KeyError { text: text.to_owned() };
        let parts: Vec<&str> = text.split('/').collect();
        let &[group, kind, namespace, name] = parts.as_slice() else { return Err(fail()) };
        if group.is_empty() || kind.is_empty() || name.is_empty() || text.len() - name.len() > usize::from(u16::MAX) {
            return Err(fail());
        }
        let group_end = group.len();
        let kind_end = group_end + 1 + kind.len();
        Ok(Self {
            text: text.into(),
            group_end: clamp(group_end),
            kind_end: clamp(kind_end),
            namespace_end: clamp(kind_end + 1 + namespace.len()),
        })
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The group as written: `core` for the core group.
    pub fn group_name(&self) -> &str {
        self.text.get(..usize::from(self.group_end)).unwrap_or_default()
    }

    /// The API group: empty for the core group.
    pub fn group(&self) -> &str {
        match self.group_name() {
            "core" => "",
            group => group,
        }
    }

    /// The kind, for example `Pod`.
    pub fn kind(&self) -> &str {
        self.text.get(usize::from(self.group_end) + 1..usize::from(self.kind_end)).unwrap_or_default()
    }

    /// The namespace, empty for cluster scope.
    pub fn namespace(&self) -> &str {
        self.text.get(usize::from(self.kind_end) + 1..usize::from(self.namespace_end)).unwrap_or_default()
    }

    /// The object's name (with `%2F` for a slash inside it).
    pub fn name(&self) -> &str {
        self.text.get(usize::from(self.namespace_end) + 1..).unwrap_or_default()
    }

    /// Group and kind.
    pub fn group_kind(&self) -> GroupKind {
        GroupKind::new(self.group(), self.kind())
    }

    /// The same kind and name in another namespace; in none, for the empty one.
    #[must_use]
    pub fn in_namespace(&self, namespace: &str) -> Self {
        if self.namespace() == namespace {
            return self.clone();
        }
        Self::new(self.group(), self.kind(), namespace, self.name())
    }

    /// Whether both are of one kind.
    pub fn has_kind_of(&self, other: &Self) -> bool {
        self.kind_end == other.kind_end && self.kind_prefix() == other.kind_prefix()
    }

    /// Group and kind as written: `core/Pod`.
    pub fn kind_prefix(&self) -> &str {
        self.text.get(..usize::from(self.kind_end)).unwrap_or_default()
    }

    /// Whether this is a key of the given kind.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.kind() == kind && self.group() == group
    }

    /// Whether this names something outside the cluster: a user, a group, a host, an address.
    pub fn is_external(&self) -> bool {
        self.group_name() == EXTERNAL_GROUP
    }
}

/// Writes the four parts one after another, and answers where the first three end.
fn compose(text: &mut String, parts: [&str; 4], push: impl Fn(&mut String, &str)) -> [u16; 3] {
    let [group, kind, namespace, name] = parts;
    text.clear();
    text.reserve(group.len() + kind.len() + namespace.len() + name.len() + 3);
    let ends = [group, kind, namespace].map(|part| {
        push(text, part);
        let end = clamp(text.len());
        text.push('/');
        end
    });
    push(text, name);
    ends
}

fn push_part(text: &mut String, part: &str) {
    let mut pieces = part.split('/');
    if let Some(first) = pieces.next() {
        text.push_str(first);
    }
    for piece in pieces {
        text.push_str("%2F");
        text.push_str(piece);
    }
}

/// Kubernetes caps groups and namespaces at 253 and 63 bytes and kinds at 63, so real keys are far below the limit;
/// a longer invented one yields empty parts instead of a panic.
fn clamp(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

impl PartialEq for ResourceKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.text, &other.text) || self.text == other.text
    }
}

impl Eq for ResourceKey {}

impl PartialOrd for ResourceKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ResourceKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl std::hash::Hash for ResourceKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl std::borrow::Borrow<str> for ResourceKey {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for ResourceKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for ResourceKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_namespaced_and_cluster_scoped_keys() {
        let pod = ResourceKey::new("", "Pod", "shop", "web-1");
        assert_eq!(pod.as_str(), "core/Pod/shop/web-1");
        assert_eq!((pod.group(), pod.kind(), pod.namespace(), pod.name()), ("", "Pod", "shop", "web-1"));
        let node = ResourceKey::parse("core/Node//worker-1");
        assert_eq!(node, Ok(ResourceKey::new("core", "Node", "", "worker-1")));
    }

    #[test]
    fn slashes_inside_parts_are_escaped() {
        let user = ResourceKey::new(EXTERNAL_GROUP, "User", "", "oidc:team/ann");
        assert_eq!(user.as_str(), "external/User//oidc:team%2Fann");
        assert_eq!(ResourceKey::parse(user.as_str()), Ok(user));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "Pod/web", "core/Pod/shop/", "a/b/c/d/e"] {
            assert!(ResourceKey::parse(text).is_err(), "{text}");
        }
    }
}
