//! The fixtures of the table of rules are objects that a real API server takes as they are written, custom resources
//! included: a rule is proven by nothing that a cluster could not hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Client, ControlPlane, Parts, eventually};

#[path = "../../src-tauri/crates/topology/src/testing/fixtures.rs"]
mod fixtures;

/// Kinds that the server does not serve, and why.
const NOT_SERVED: [(&str, &str); 8] = [
    ("access.strimzi.io/v1alpha1 KafkaAccess", NOT_IN_GO),
    ("k8s.cni.cncf.io/v1 NetworkAttachmentDefinition", "none of the modules in control-plane/crds defines it"),
    ("kafka.strimzi.io/v1beta2 Kafka", NOT_IN_GO),
    ("kafka.strimzi.io/v1beta2 KafkaConnect", NOT_IN_GO),
    ("kafka.strimzi.io/v1beta2 KafkaConnector", NOT_IN_GO),
    ("kafka.strimzi.io/v1beta2 KafkaNodePool", NOT_IN_GO),
    ("kafka.strimzi.io/v1beta2 KafkaTopic", NOT_IN_GO),
    ("kafka.strimzi.io/v1beta2 KafkaUser", NOT_IN_GO),
];
const NOT_IN_GO: &str = "Strimzi is written in Java: no Go module holds its definitions";

/// What admission and discovery look for when other objects come, so that a trial is not enough.
const MADE: [&str; 3] = ["CustomResourceDefinition", "PriorityClass", "RuntimeClass"];

#[tokio::test]
async fn every_object_of_every_fixture_is_taken_as_it_is_written() {
    // Bare: no controller makes accounts for pods, so the server asks for none.
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    plane.install_crds().await.unwrap();
    let mut server = Server { client: plane.client().unwrap(), kinds: BTreeMap::new() };
    let mut left = Vec::new();
    let mut refused = Vec::new();
    let mut refuse = |object: &Object, reason: String| {
        let (kind, name) = (object.kind(), object.name());
        refused.push(format!("fixtures/{}.yaml: {}\n  {kind} {name}: {reason}", object.file, object.says));
    };
    for object in objects() {
        if MADE.contains(&object.kind()) {
            let made = server.make(&object.body).await;
            made.unwrap_or_else(|reason| refuse(&object, reason));
        } else {
            left.push(object);
        }
    }
    // Before the namespaces are there: who tries to create what exists learns no more than that.
    left.sort_by_key(|object| object.body["metadata"].get("namespace").is_some());
    let mut not_served = BTreeSet::new();
    let mut namespaces = BTreeSet::new();
    for object in &left {
        if let Some(namespace) = object.body["metadata"]["namespace"].as_str()
            && namespaces.insert(namespace)
        {
            let body = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}});
            server.client.apply(&format!("/api/v1/namespaces/{namespace}"), &body).await.unwrap();
        }
        match server.path(&object.body).await {
            Some(path) => server.try_out(&path, &object.body).await.unwrap_or_else(|reason| refuse(object, reason)),
            None => {
                not_served.insert(format!("{} {}", object.body["apiVersion"].as_str().unwrap(), object.kind()));
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert_eq!(not_served, NOT_SERVED.map(|(kind, _)| kind.to_owned()).into());
}

#[tokio::test]
async fn what_is_misspelled_or_incomplete_is_refused() {
    let plane = ControlPlane::shared().await.unwrap();
    let mut server = Server { client: plane.client().unwrap(), kinds: BTreeMap::new() };
    let service = |spec: Value| {
        let metadata = json!({"name": "web", "namespace": "default"});
        json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})
    };
    let ports = json!([{"port": 80}]);
    let path = server.path(&service(json!({}))).await.unwrap();
    for (spec, reason) in [
        (json!({"ports": ports, "selektor": {"app": "web"}}), "unknown field \"spec.selektor\""),
        (json!({"selector": {"app": "web"}}), "spec.ports: Required value"),
        (json!({"ports": ports, "clusterIP": ""}), "spec.clusterIP became"),
    ] {
        let said = server.try_out(&path, &service(spec)).await.unwrap_err();
        assert!(said.contains(reason), "{said}");
    }
    server.try_out(&path, &service(json!({"ports": ports}))).await.unwrap();
}

/// An object and the fixture that it is from.
struct Object {
    file: &'static str,
    says: Arc<str>,
    body: Value,
}

impl Object {
    fn kind(&self) -> &str {
        self.body["kind"].as_str().unwrap()
    }

    fn name(&self) -> &str {
        self.body["metadata"]["name"].as_str().unwrap()
    }
}

fn objects() -> impl Iterator<Item = Object> {
    let of_file = |(file, fixture): (&'static str, fixtures::Fixture)| {
        let says: Arc<str> = fixture.says.into();
        fixture.objects.into_iter().map(move |body| Object { file, says: Arc::clone(&says), body })
    };
    fixtures::all().into_iter().flat_map(of_file)
}

struct Server {
    client: Client,
    /// Plural and whether it is namespaced, by kind, of the versions that were asked for.
    kinds: BTreeMap<String, BTreeMap<String, (String, bool)>>,
}

impl Server {
    /// Where such objects are created; none where the server does not serve the kind in that version.
    async fn path(&mut self, object: &Value) -> Option<String> {
        let version = object["apiVersion"].as_str().unwrap();
        let root = if version.contains('/') { format!("/apis/{version}") } else { format!("/api/{version}") };
        if !self.kinds.contains_key(version) {
            let (_, list) = self.client.request(Method::GET, &root, None).await.unwrap();
            let resources = list["resources"].as_array().into_iter().flatten();
            let plural = |resource: &Value| resource["name"].as_str().unwrap().to_owned();
            let kinds = resources.filter(|resource| !plural(resource).contains('/')).map(|resource| {
                let namespaced = resource["namespaced"].as_bool().unwrap();
                (resource["kind"].as_str().unwrap().to_owned(), (plural(resource), namespaced))
            });
            self.kinds.insert(version.to_owned(), kinds.collect());
        }
        let (plural, namespaced) = self.kinds[version].get(object["kind"].as_str().unwrap())?;
        // An object of the other scope gets a path that does not exist, and is refused.
        Some(match object["metadata"]["namespace"].as_str() {
            Some(namespace) => format!("{root}/namespaces/{namespace}/{plural}"),
            None if *namespaced => format!("{root}/namespaces//{plural}"),
            None => format!("{root}/{plural}"),
        })
    }

    /// Creates an object without creating it, every field known to the server. Answers why it is not taken as it is.
    async fn try_out(&self, path: &str, object: &Value) -> Result<(), String> {
        let mut trial = object.clone();
        // As `kubectl debug` does: a pod gets such containers when it is there.
        let late = trial.get_mut("spec").and_then(|spec| spec.as_object_mut()?.remove("ephemeralContainers"));
        let taken = self.send(Method::POST, &format!("{path}?dryRun=All"), &trial).await?;
        as_written(&trial, &taken, "")?;
        let Some(late) = late else { return Ok(()) };
        let mut pod = self.send(Method::POST, &format!("{path}?fieldManager=kubilitics-tests"), &trial).await?;
        let name = object["metadata"]["name"].as_str().unwrap();
        pod["spec"]["ephemeralContainers"] = late;
        let debug = format!("{path}/{name}/ephemeralcontainers?dryRun=All");
        let taken = self.send(Method::PUT, &debug, &pod).await;
        self.client.delete(&format!("{path}/{name}")).await.unwrap();
        as_written(object, &taken?, "")
    }

    /// Creates an object and waits until the server goes by it.
    async fn make(&mut self, object: &Value) -> Result<(), String> {
        let path = self.path(object).await.unwrap();
        let made = self.send(Method::POST, &format!("{path}?fieldManager=kubilitics-tests"), object).await?;
        as_written(object, &made, "")?;
        if object["kind"] == "CustomResourceDefinition" {
            let spec = &object["spec"];
            let (group, plural) = (spec["group"].as_str().unwrap(), spec["names"]["plural"].as_str().unwrap());
            let list = format!("/apis/{group}/v1/{plural}");
            eventually("a definition is served", || async {
                let (status, _) = self.client.request(Method::GET, &list, None).await?;
                Ok(status.is_success().then_some(()))
            })
            .await
            .unwrap();
        }
        Ok(())
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Value, String> {
        let path = format!("{path}&fieldValidation=Strict");
        let (status, answer) = self.client.request(method, &path, Some(body)).await.unwrap();
        match status {
            StatusCode::OK | StatusCode::CREATED => Ok(answer),
            _ => Err(format!("{status} {}", answer["message"].as_str().unwrap_or_default())),
        }
    }
}

/// Whether the answer has all that was written, so that nothing was dropped in silence. The status is not the writer's
/// to say; the uid and the time of making are the server's.
fn as_written(written: &Value, taken: &Value, at: &str) -> Result<(), String> {
    match (written, taken) {
        (Value::Null, _) => Ok(()),
        (Value::Object(written), Value::Object(taken)) => written.iter().try_for_each(|(name, value)| {
            let at = format!("{at}.{name}");
            if [".status", ".metadata.uid", ".metadata.creationTimestamp"].contains(&at.as_str()) {
                return Ok(());
            }
            let empty = [json!({}), json!([]), json!(""), Value::Null].contains(value);
            match taken.get(name) {
                None if empty => Ok(()),
                None => Err(format!("{at} was dropped")),
                Some(taken) => as_written(value, taken, &at),
            }
        }),
        (Value::Array(written), Value::Array(taken)) if written.len() == taken.len() => written
            .iter()
            .zip(taken)
            .enumerate()
            .try_for_each(|(number, (written, taken))| as_written(written, taken, &format!("{at}[{number}]"))),
        _ if written == taken => Ok(()),
        _ => Err(format!("{at} became {taken}").trim_start_matches('.').to_owned()),
    }
}
