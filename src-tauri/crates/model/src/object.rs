//! An object as it comes from a source, before the inventory compacts it.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::ResourceKey;

/// One Kubernetes object, whole but for `metadata.managedFields`, of which only [`Object::actors`] stays.
/// Secrets carry metadata (and, offline, nothing of `data` or `stringData` but the key names with null values).
#[derive(Clone, Debug)]
pub struct Object {
    /// Where it stands.
    pub key: ResourceKey,
    /// Version part of `apiVersion`, for example `v1`.
    pub version: Arc<str>,
    /// `metadata.uid`; absent in plain manifests.
    pub uid: Option<Arc<str>>,
    /// `metadata.resourceVersion`; absent in plain manifests. Opaque.
    pub resource_version: Option<Arc<str>>,
    /// The JSON body.
    pub body: Arc<Value>,
    /// Who wrote it last, as `metadata.managedFields` told when it came in; none where it is read from where it is held.
    pub actors: Arc<[Actor]>,
}

/// Who wrote a part of an object last: an entry of `metadata.managedFields`, without the fields themselves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Actor {
    /// The program that says it is the writer: `kubectl-client-side-apply`, `kube-controller-manager`.
    #[serde(default)]
    pub manager: Box<str>,
    /// `Apply` or `Update`.
    #[serde(default)]
    pub operation: Box<str>,
    /// When, as the server wrote it (RFC 3339, whole seconds).
    #[serde(default)]
    pub time: Option<Box<str>>,
    /// `status` or `scale`, where it was not the object itself.
    #[serde(default)]
    pub subresource: Option<Box<str>>,
}

/// Why a JSON value is no object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectError {
    /// `apiVersion`, `kind` or `metadata.name` is absent or no string.
    Absent(&'static str),
}

impl fmt::Display for ObjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent(field) => {
                write!(f, "no {field}: every Kubernetes object has apiVersion, kind and metadata.name")
            }
        }
    }
}

impl std::error::Error for ObjectError {}

impl Object {
    /// Reads key, version, uid and resourceVersion from a JSON body and takes `metadata.managedFields` out.
    /// The namespace is taken as written (empty where absent).
    ///
    /// # Errors
    /// Where `apiVersion`, `kind` or `metadata.name` is absent.
    pub fn from_json(mut body: Value) -> Result<Self, ObjectError> {
        let metadata = body.get_mut("metadata").and_then(Value::as_object_mut);
        let managed = metadata.and_then(|metadata| metadata.remove("managedFields"));
        // What people write by hand may be anything; nobody reads it where it makes no sense.
        let actors = managed.and_then(|managed| Vec::<Actor>::deserialize(managed).ok()).unwrap_or_default();
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        let api_version = text("/apiVersion").ok_or(ObjectError::Absent("apiVersion"))?;
        let kind = text("/kind").ok_or(ObjectError::Absent("kind"))?;
        let name = text("/metadata/name").ok_or(ObjectError::Absent("metadata.name"))?;
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        Ok(Self {
            key: ResourceKey::new(group, kind, text("/metadata/namespace").unwrap_or_default(), name),
            version: version.into(),
            uid: text("/metadata/uid").map(Into::into),
            resource_version: text("/metadata/resourceVersion").map(Into::into),
            body: Arc::new(body),
            actors: actors.into(),
        })
    }

    /// The string value of a label.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.body.get("metadata")?.get("labels")?.get(name)?.as_str()
    }

    /// The string value of an annotation.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.body.get("metadata")?.get("annotations")?.get(name)?.as_str()
    }
}
