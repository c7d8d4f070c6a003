//! What one informer follows: one kind in one scope, and the addresses for it.

use model::{ResourceKind, Scope};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::client::JSON;

/// One kind in one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) kind: ResourceKind,
    pub(crate) scope: Scope,
}

/// Values of Secrets never leave the server.
const METADATA_LIST: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
const METADATA: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

impl Target {
    /// Lists a page of `limit` objects.
    pub(crate) fn list_path(&self, limit: usize, next: &str) -> String {
        let mut path = format!("{}?limit={limit}", self.path());
        if !next.is_empty() {
            path.push_str("&continue=");
            push_encoded(&mut path, next);
        }
        path
    }

    /// Watches from a version on, for so many seconds.
    pub(crate) fn watch_path(&self, resource_version: &str, seconds: u64) -> String {
        let mut path =
            format!("{}?watch=true&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion=", self.path());
        push_encoded(&mut path, resource_version);
        path
    }

    pub(crate) fn list_accept(&self) -> &'static str {
        if self.is_secret() { METADATA_LIST } else { JSON }
    }

    pub(crate) fn watch_accept(&self) -> &'static str {
        if self.is_secret() { METADATA } else { JSON }
    }

    /// Whether it is one object that is asked for by its name: a Namespace, by an account that may list none.
    pub(crate) fn is_single(&self) -> bool {
        self.scope != Scope::Cluster && !self.kind.namespaced
    }

    fn is_secret(&self) -> bool {
        let kind = &self.kind.group_kind;
        kind.group.is_empty() && &*kind.kind == "Secret"
    }

    fn path(&self) -> String {
        let namespace = match &self.scope {
            Scope::Cluster => None,
            Scope::Namespace(name) => Some(&**name),
        };
        collection_path(&self.kind, namespace)
    }
}

/// `/api/v1/namespaces/shop/pods`, `/apis/apps/v1/deployments`.
pub(crate) fn collection_path(kind: &ResourceKind, namespace: Option<&str>) -> String {
    let root = if kind.group_kind.group.is_empty() { "/api" } else { "/apis" };
    let namespace = namespace.map(|name| format!("/namespaces/{name}")).unwrap_or_default();
    format!("{root}/{}{namespace}/{}", kind.api_version(), kind.plural)
}

/// All but letters, digits and `-_.~` (RFC 3986, unreserved).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Appends a name to a path, or a value to a query.
pub(crate) fn push_encoded(path: &mut String, text: &str) {
    path.extend(utf8_percent_encode(text, RESERVED));
}

#[cfg(test)]
mod tests {
    use model::GroupKind;

    use super::*;

    #[test]
    fn addresses() {
        let kind = |group: &str, kind: &str, plural: &str| ResourceKind {
            group_kind: GroupKind::new(group, kind),
            version: "v1".into(),
            plural: plural.into(),
            namespaced: true,
        };
        let pods = Target { kind: kind("", "Pod", "pods"), scope: Scope::Namespace("shop".into()) };
        assert_eq!(pods.list_path(500, "a=/b"), "/api/v1/namespaces/shop/pods?limit=500&continue=a%3D%2Fb");
        let deployments = Target { kind: kind("apps", "Deployment", "deployments"), scope: Scope::Cluster };
        assert_eq!(
            deployments.watch_path("7", 290),
            "/apis/apps/v1/deployments?watch=true&allowWatchBookmarks=true&timeoutSeconds=290&resourceVersion=7"
        );
        assert_eq!(deployments.list_accept(), JSON);
        let secrets = Target { kind: kind("", "Secret", "secrets"), scope: Scope::Cluster };
        assert!(secrets.list_accept().contains("PartialObjectMetadataList"));
    }
}
