//! An object as it comes from a source, before the inventory compacts it.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::ResourceKey;

/// One Kubernetes object, whole but for `metadata.managedFields`, which never enters.
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
    /// Reads key, version, uid and resourceVersion from a JSON body and drops `metadata.managedFields`.
    /// The namespace is taken as written (empty where absent).
    ///
    /// # Errors
    /// Where `apiVersion`, `kind` or `metadata.name` is absent.
    pub fn from_json(mut body: Value) -> Result<Self, ObjectError> {
        if let Some(metadata) = body.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("managedFields");
        }
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
