//! The filler for benchmarks keeps what it is given: counts, chains of owners, status.

use serde_json::{Value, json};
use support::{ControlPlane, Parts, items};

fn owned(kind: &str, version: &str, name: &str, owner: Option<(&str, &str)>) -> Value {
    let owners = owner.map(|(kind, name)| {
        json!({ "apiVersion": "apps/v1", "kind": kind, "name": name, "uid": "invented", "controller": true })
    });
    json!({
        "apiVersion": version,
        "kind": kind,
        "metadata": { "name": name, "namespace": "full", "ownerReferences": owners.into_iter().collect::<Vec<_>>() },
    })
}

fn with(mut object: Value, field: &str, value: Value) -> Value {
    object[field] = value;
    object
}

#[tokio::test]
async fn what_is_put_in_stays_as_it_is() {
    const PODS: usize = 300;
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    let labels = json!({ "app": "web" });
    let template =
        json!({ "metadata": { "labels": labels }, "spec": { "containers": [{ "name": "main", "image": "web" }] } });
    let spec = json!({ "replicas": PODS, "selector": { "matchLabels": labels }, "template": template });
    let pods = (0..PODS).map(|number| {
        let pod = owned("Pod", "v1", &format!("web-{number}"), Some(("ReplicaSet", "web-1")));
        let pod = with(pod, "spec", json!({ "nodeName": "worker", "containers": template["spec"]["containers"] }));
        with(pod, "status", json!({ "phase": "Running", "podIP": "10.9.8.7" }))
    });
    let above = [
        with(owned("ReplicaSet", "apps/v1", "web-1", Some(("Deployment", "web"))), "spec", spec.clone()),
        with(owned("Deployment", "apps/v1", "web", None), "spec", spec),
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "full" } }),
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "default" } }),
        json!({ "apiVersion": "v1", "kind": "Node", "metadata": { "name": "worker" } }),
    ];
    plane.fill(pods.chain(above)).await.unwrap();

    let client = plane.client().unwrap();
    assert_eq!(client.count("/api/v1/namespaces/full/pods").await.unwrap(), PODS as u64);
    let set = client.get("/apis/apps/v1/namespaces/full/replicasets/web-1").await.unwrap();
    let deployment = client.get("/apis/apps/v1/namespaces/full/deployments/web").await.unwrap();
    assert_eq!(set["metadata"]["ownerReferences"][0]["uid"], deployment["metadata"]["uid"]);
    let list = client.get("/api/v1/namespaces/full/pods").await.unwrap();
    for pod in items(&list) {
        assert_eq!(pod["metadata"]["ownerReferences"][0]["uid"], set["metadata"]["uid"]);
        assert_eq!(pod["status"]["phase"], "Running");
        assert_eq!(pod["status"]["podIP"], "10.9.8.7");
    }
}
