//! The kinds that the demo serves: one table, and what custom resource definitions add to it.
//!
//! Everything else of the crate is generic over these entries; a kind has no code of its own apart from the
//! columns it prints (`http/columns`).

use std::borrow::Cow;

use model::KindFacts;
use rustc_hash::FxHashMap;
use serde_json::Value;

/// Position of a kind in the [`Registry`].
pub(crate) type KindId = usize;

/// One resource of the API.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    /// API group, empty for the core group.
    pub(crate) group: Cow<'static, str>,
    pub(crate) version: Cow<'static, str>,
    pub(crate) kind: Cow<'static, str>,
    /// The name in paths, `deployments`.
    pub(crate) plural: Cow<'static, str>,
    pub(crate) short: Vec<Cow<'static, str>>,
    pub(crate) categories: Vec<Cow<'static, str>>,
    pub(crate) namespaced: bool,
    /// `spec.versions[].additionalPrinterColumns` of the definition; built-in kinds print by the columns table.
    pub(crate) printer_columns: Vec<Value>,
    /// Custom resources carry `apiVersion` and `kind` in lists too; built-in ones do not.
    pub(crate) custom: bool,
    /// The kind that holds the objects, where this one is only another view of them.
    pub(crate) view_of: Option<KindId>,
}

impl Kind {
    /// `v1` or `apps/v1`.
    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_string() } else { format!("{}/{}", self.group, self.version) }
    }

    /// `pods` or `deployments.apps`, as error messages name it.
    pub(crate) fn qualified(&self) -> String {
        if self.group.is_empty() { self.plural.to_string() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// The key under which the store keeps an object of this kind.
    pub(crate) fn key(&self, namespace: &str, name: &str) -> String {
        if self.namespaced { format!("{namespace}/{name}") } else { name.to_owned() }
    }
}

/// Group, version and kind of what is built in, in the order in which discovery of a real server names the groups. What
/// their APIs say of them stands in [`model::KINDS`].
#[rustfmt::skip]
const BUILT_IN: &[(&str, &str, &str)] = &[
    ("", "v1", "ConfigMap"),
    ("", "v1", "Endpoints"),
    ("", "v1", "Event"),
    ("", "v1", "LimitRange"),
    ("", "v1", "Namespace"),
    ("", "v1", "Node"),
    ("", "v1", "PersistentVolumeClaim"),
    ("", "v1", "PersistentVolume"),
    ("", "v1", "Pod"),
    ("", "v1", "ReplicationController"),
    ("", "v1", "ResourceQuota"),
    ("", "v1", "Secret"),
    ("", "v1", "ServiceAccount"),
    ("", "v1", "Service"),
    ("apiregistration.k8s.io", "v1", "APIService"),
    ("apps", "v1", "ControllerRevision"),
    ("apps", "v1", "DaemonSet"),
    ("apps", "v1", "Deployment"),
    ("apps", "v1", "ReplicaSet"),
    ("apps", "v1", "StatefulSet"),
    ("events.k8s.io", "v1", "Event"),
    ("autoscaling", "v2", "HorizontalPodAutoscaler"),
    ("batch", "v1", "CronJob"),
    ("batch", "v1", "Job"),
    ("networking.k8s.io", "v1", "IngressClass"),
    ("networking.k8s.io", "v1", "Ingress"),
    ("networking.k8s.io", "v1", "NetworkPolicy"),
    ("policy", "v1", "PodDisruptionBudget"),
    ("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding"),
    ("rbac.authorization.k8s.io", "v1", "ClusterRole"),
    ("rbac.authorization.k8s.io", "v1", "RoleBinding"),
    ("rbac.authorization.k8s.io", "v1", "Role"),
    ("storage.k8s.io", "v1", "CSIDriver"),
    ("storage.k8s.io", "v1", "CSINode"),
    ("storage.k8s.io", "v1", "StorageClass"),
    ("storage.k8s.io", "v1", "VolumeAttachment"),
    ("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration"),
    ("apiextensions.k8s.io", "v1", "CustomResourceDefinition"),
    ("scheduling.k8s.io", "v1", "PriorityClass"),
    ("coordination.k8s.io", "v1", "Lease"),
    ("node.k8s.io", "v1", "RuntimeClass"),
    ("discovery.k8s.io", "v1", "EndpointSlice"),
];

/// The kinds of one running demo.
#[derive(Clone, Debug)]
pub(crate) struct Registry {
    kinds: Vec<Kind>,
    by_kind: FxHashMap<(String, String), KindId>,
    by_plural: FxHashMap<(String, String, String), KindId>,
}

impl Registry {
    /// The built-in kinds and those that the custom resource definitions among `objects` define.
    pub(crate) fn new<'a>(objects: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut registry = Self { kinds: Vec::new(), by_kind: FxHashMap::default(), by_plural: FxHashMap::default() };
        for kind in BUILT_IN.iter().filter_map(|(group, version, kind)| built_in(group, version, kind)) {
            registry.add(kind);
        }
        // events.k8s.io is the same storage as the core events, read in another form.
        let core = registry.id("", "Event");
        if let (Some(core), Some(other)) = (core, registry.id("events.k8s.io", "Event")) {
            registry.kinds[other].view_of = Some(core);
        }
        for object in objects {
            if object["kind"] == "CustomResourceDefinition"
                && let Some(kind) = defined(object)
            {
                registry.add(kind);
            }
        }
        registry
    }

    fn add(&mut self, kind: Kind) {
        let id = self.kinds.len();
        let group = kind.group.to_string();
        self.by_kind.insert((group.clone(), kind.kind.to_string()), id);
        self.by_plural.insert((group, kind.version.to_string(), kind.plural.to_string()), id);
        self.kinds.push(kind);
    }

    /// Every kind with its id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (KindId, &Kind)> {
        self.kinds.iter().enumerate()
    }

    pub(crate) fn len(&self) -> usize {
        self.kinds.len()
    }

    pub(crate) fn kind(&self, id: KindId) -> &Kind {
        &self.kinds[id]
    }

    /// The kind of a group and kind name.
    pub(crate) fn id(&self, group: &str, kind: &str) -> Option<KindId> {
        self.by_kind.get(&(group.to_owned(), kind.to_owned())).copied()
    }

    /// The kind of a path: group, version, plural.
    pub(crate) fn resource(&self, group: &str, version: &str, plural: &str) -> Option<KindId> {
        let path = (group.to_owned(), version.to_owned(), plural.to_owned());
        self.by_plural.get(&path).copied()
    }

    /// The kind of an object by its `apiVersion` and `kind`.
    pub(crate) fn of(&self, object: &Value) -> Option<KindId> {
        let api_version = object["apiVersion"].as_str()?;
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        self.id(group, object["kind"].as_str()?)
    }

    /// The groups with their version, core first, in the order of the table.
    pub(crate) fn groups(&self) -> Vec<(&str, &str)> {
        let mut groups: Vec<(&str, &str)> = Vec::new();
        for kind in &self.kinds {
            let pair = (kind.group.as_ref(), kind.version.as_ref());
            if !groups.contains(&pair) {
                groups.push(pair);
            }
        }
        groups
    }
}

fn built_in(group: &'static str, version: &'static str, kind: &'static str) -> Option<Kind> {
    let facts = KindFacts::of(group, kind)?;
    let words = |words: &'static [&'static str]| words.iter().map(|word| Cow::Borrowed(*word));
    Some(Kind {
        group: group.into(),
        version: version.into(),
        kind: kind.into(),
        plural: facts.plural.into(),
        short: words(facts.short).collect(),
        categories: words(facts.categories).collect(),
        namespaced: facts.namespaced,
        printer_columns: Vec::new(),
        custom: false,
        view_of: None,
    })
}

/// The kind that a CustomResourceDefinition defines, in its storage version.
fn defined(definition: &Value) -> Option<Kind> {
    let spec = &definition["spec"];
    let names = &spec["names"];
    let version = spec["versions"].as_array()?.iter().find(|version| version["storage"] == true)?;
    let words = |value: &Value| -> Vec<Cow<'static, str>> {
        let words = value.as_array().map(Vec::as_slice).unwrap_or_default();
        words.iter().filter_map(|word| Some(Cow::Owned(word.as_str()?.to_owned()))).collect()
    };
    let owned = |value: &Value| Some(Cow::Owned(value.as_str()?.to_owned()));
    Some(Kind {
        group: owned(&spec["group"])?,
        version: owned(&version["name"])?,
        kind: owned(&names["kind"])?,
        plural: owned(&names["plural"])?,
        short: words(&names["shortNames"]),
        categories: words(&names["categories"]),
        namespaced: spec["scope"] == "Namespaced",
        printer_columns: version["additionalPrinterColumns"].as_array().cloned().unwrap_or_default(),
        custom: true,
        view_of: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_kind_is_known() {
        assert_eq!(Registry::new([]).len(), BUILT_IN.len());
    }
}
