//! Putting many objects into a cluster as they are, for benchmarks and fixtures: owners before what they own, the uids
//! that come back in the `ownerReferences`, status through `/status`. Meant for [`Parts::BARE`](crate::Parts): where
//! controllers run, they make of the objects what they think right.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use futures::{StreamExt, TryStreamExt, stream};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::Client;
use crate::control_plane::ControlPlane;
use crate::wait::eventually;

/// As many requests at once as an API server on two cores still answers faster for.
const AT_ONCE: usize = 48;

/// Longer chains of owners than Kubernetes knows are a loop.
const DEEPEST: usize = 16;

/// Who an object is, before the server has given it a uid.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Name {
    version: String,
    kind: String,
    namespace: String,
    name: String,
}

/// Where the API server keeps objects of a kind.
#[derive(Clone, Debug)]
struct Resource {
    path: String,
    plural: String,
    namespaced: bool,
    has_status: bool,
}

impl ControlPlane {
    /// Puts these objects into the cluster. What exists already (the namespace `default`) is left as it is. Owner
    /// references name objects of the same call; their uids, and the objects' own, are replaced by the server's.
    pub async fn fill(&self, objects: impl IntoIterator<Item = Value>) -> Result<()> {
        let client = self.client()?;
        let mut filler = Filler { client, resources: HashMap::new(), uids: HashMap::new() };
        let mut waves: Vec<Vec<Value>> = Vec::new();
        for (depth, object) in by_depth(objects.into_iter().collect())? {
            waves.resize_with(waves.len().max(depth + 1), Vec::new);
            waves[depth].push(object);
        }
        for wave in waves {
            filler.put(wave).await?;
        }
        Ok(())
    }
}

struct Filler {
    client: Client,
    resources: HashMap<(String, String), Resource>,
    uids: HashMap<Name, String>,
}

impl Filler {
    async fn put(&mut self, wave: Vec<Value>) -> Result<()> {
        for object in &wave {
            self.discover(object).await?;
        }
        let (client, resources, uids) = (&self.client, &self.resources, &self.uids);
        let made: Vec<(Name, String)> = stream::iter(wave)
            .map(|object| put_one(client, resources, uids, object))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        self.uids.extend(made);
        Ok(())
    }

    /// Learns where the server keeps objects of that kind. A CRD of an earlier wave may need a moment.
    async fn discover(&mut self, object: &Value) -> Result<()> {
        let name = Name::of(object);
        let key = (name.version, name.kind);
        if self.resources.contains_key(&key) {
            return Ok(());
        }
        let (version, kind) = (&key.0, &key.1);
        let root = if version.contains('/') { format!("/apis/{version}") } else { format!("/api/{version}") };
        let what = format!("the server knows {version} {kind}");
        let resource = eventually(&what, || async {
            let answer = self.client.get(&root).await?;
            let all = answer["resources"].as_array().map(Vec::as_slice).unwrap_or_default();
            let plain = |resource: &&Value| {
                resource["kind"] == **kind && resource["name"].as_str().is_some_and(|name| !name.contains('/'))
            };
            let Some(found) = all.iter().find(plain) else { return Ok(None) };
            let plural = found["name"].as_str().unwrap_or_default().to_owned();
            let status = format!("{plural}/status");
            Ok(Some(Resource {
                path: root.clone(),
                namespaced: found["namespaced"] == true,
                has_status: all.iter().any(|resource| resource["name"] == status),
                plural,
            }))
        })
        .await?;
        self.resources.insert(key, resource);
        Ok(())
    }
}

async fn put_one(
    client: &Client,
    resources: &HashMap<(String, String), Resource>,
    uids: &HashMap<Name, String>,
    mut object: Value,
) -> Result<(Name, String)> {
    let name = Name::of(&object);
    let resource = resources.get(&(name.version.clone(), name.kind.clone())).context("a kind was not discovered")?;
    adopt(&name, &mut object, uids)?;
    let status = object.as_object_mut().and_then(|object| object.remove("status"));
    let collection = resource.collection(&name.namespace);
    let path = format!("{collection}/{}", name.name);
    let (code, answer) = client.request(Method::POST, &collection, Some(&object)).await?;
    let made = match code {
        StatusCode::CONFLICT => client.get(&path).await?,
        code if code.is_success() => {
            if let Some(status) = status.filter(|_| resource.has_status) {
                client.patch(&format!("{path}/status"), &json!({ "status": status })).await?;
            }
            answer
        }
        code => bail!("POST {path} was answered {code}: {}", answer["message"].as_str().unwrap_or_default()),
    };
    let uid = made["metadata"]["uid"].as_str().with_context(|| format!("{path} has no uid"))?;
    Ok((name, uid.to_owned()))
}

/// Puts the owners' real uids in, and leaves out what only the server may say.
fn adopt(name: &Name, object: &mut Value, uids: &HashMap<Name, String>) -> Result<()> {
    for owner in owners(object) {
        let known = uids.get(&owner).or_else(|| uids.get(&owner.clone().cluster_scoped()));
        let uid = known.with_context(|| format!("{name:?} is owned by {owner:?}, which is not among the objects"))?;
        let references = object["metadata"]["ownerReferences"].as_array_mut().into_iter().flatten();
        for reference in references.filter(|reference| Name::referred(reference, &owner.namespace) == owner) {
            reference["uid"] = json!(uid);
        }
    }
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for field in ["uid", "resourceVersion", "creationTimestamp", "managedFields", "generation", "selfLink"] {
            metadata.remove(field);
        }
    }
    if name.kind == "Job" {
        leave_selector_to_server(object);
    }
    if name.kind == "Service" {
        leave_addresses_to_server(object);
    }
    Ok(())
}

/// An address of a Service may be taken already; that a Service is headless is said by the same field.
fn leave_addresses_to_server(service: &mut Value) {
    if let Some(spec) = service["spec"].as_object_mut().filter(|spec| spec.get("clusterIP") != Some(&json!("None"))) {
        spec.remove("clusterIP");
        spec.remove("clusterIPs");
    }
}

/// A Job's selector and labels name its own uid, so only the server can make them.
fn leave_selector_to_server(job: &mut Value) {
    if let Some(spec) = job["spec"].as_object_mut() {
        spec.remove("selector");
        spec.remove("manualSelector");
    }
    for labels in ["/metadata/labels", "/spec/template/metadata/labels"] {
        let labels = job.pointer_mut(labels).and_then(Value::as_object_mut);
        if let Some(labels) = labels {
            labels.retain(|label, _| !label.ends_with("controller-uid") && !label.ends_with("job-name"));
        }
    }
}

/// Every object with the number of the wave it can be put in: namespaces and definitions before everything else, then
/// what nobody among them owns, then what those own, and so on.
fn by_depth(objects: Vec<Value>) -> Result<Vec<(usize, Value)>> {
    let owned: HashMap<Name, Vec<Name>> = objects.iter().map(|object| (Name::of(object), owners(object))).collect();
    objects
        .into_iter()
        .map(|object| {
            let mut depth =
                usize::from(!matches!(object["kind"].as_str(), Some("Namespace" | "CustomResourceDefinition")));
            let mut above = owners(&object);
            while !above.is_empty() {
                depth += 1;
                if depth > DEEPEST {
                    bail!("{:?} owns itself, by way of others", Name::of(&object));
                }
                let parents = above
                    .iter()
                    .filter_map(|owner| owned.get(owner).or_else(|| owned.get(&owner.clone().cluster_scoped())));
                above = parents.flatten().cloned().collect();
            }
            Ok((depth, object))
        })
        .collect()
}

fn owners(object: &Value) -> Vec<Name> {
    let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
    let references = object["metadata"]["ownerReferences"].as_array().into_iter().flatten();
    references.map(|reference| Name::referred(reference, namespace)).collect()
}

impl Name {
    fn of(object: &Value) -> Self {
        let metadata = &object["metadata"];
        Self {
            version: text(&object["apiVersion"]),
            kind: text(&object["kind"]),
            namespace: text(&metadata["namespace"]),
            name: text(&metadata["name"]),
        }
    }

    fn referred(reference: &Value, namespace: &str) -> Self {
        Self {
            version: text(&reference["apiVersion"]),
            kind: text(&reference["kind"]),
            namespace: namespace.to_owned(),
            name: text(&reference["name"]),
        }
    }

    /// An owner of a namespaced object may itself belong to the cluster.
    fn cluster_scoped(self) -> Self {
        Self { namespace: String::new(), ..self }
    }
}

impl Resource {
    fn collection(&self, namespace: &str) -> String {
        match self.namespaced {
            true if namespace.is_empty() => format!("{}/namespaces/default/{}", self.path, self.plural),
            true => format!("{}/namespaces/{namespace}/{}", self.path, self.plural),
            false => format!("{}/{}", self.path, self.plural),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(kind: &str, name: &str, owner: Option<(&str, &str)>) -> Value {
        let owners = owner.map(|(kind, name)| json!({ "apiVersion": "v1", "kind": kind, "name": name, "uid": "?" }));
        json!({
            "apiVersion": "v1",
            "kind": kind,
            "metadata": { "name": name, "namespace": "a", "ownerReferences": owners.into_iter().collect::<Vec<_>>() },
        })
    }

    #[test]
    fn owners_come_before_what_they_own() {
        let objects = vec![
            object("Pod", "web-1", Some(("ReplicaSet", "web"))),
            object("ReplicaSet", "web", Some(("Deployment", "web"))),
            object("Deployment", "web", None),
            object("Namespace", "a", None),
        ];
        let depths: Vec<usize> = by_depth(objects).unwrap().into_iter().map(|(depth, _)| depth).collect();
        assert_eq!(depths, [3, 2, 1, 0]);
    }

    #[test]
    fn a_loop_of_owners_is_reported() {
        let objects = vec![object("A", "a", Some(("B", "b"))), object("B", "b", Some(("A", "a")))];
        assert!(by_depth(objects).unwrap_err().to_string().contains("owns itself"));
    }
}
