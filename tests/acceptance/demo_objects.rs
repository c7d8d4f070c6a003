//! What the demo shows could stand in a real cluster: the real API server accepts every object, and answers the same
//! requests in the same way.

use std::collections::BTreeSet;

use demo::{Demo, ManualClock, Options, Time};
use serde_json::Value;
use support::{Client, ControlPlane, Parts};

/// 20 November 2026, 14:02 UTC.
const START: Time = Time::from_millis(1_795_183_320_000);

#[tokio::test]
async fn a_real_server_accepts_what_the_generator_makes() {
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    let objects = demo::generate(600, 1, START);
    let pods = objects.iter().filter(|object| object["kind"] == "Pod").count();
    plane.fill(objects).await.unwrap();
    let client = plane.client().unwrap();
    assert_eq!(client.count("/api/v1/pods").await.unwrap(), pods as u64);
}

/// The requests that the product and everyday `kubectl` make, and some that must fail.
const REQUESTS: [&str; 24] = [
    "/version",
    "/apis/apps/v1/namespaces/shop/deployments",
    "/apis/apps/v1/namespaces/shop/deployments/cart",
    "/apis/apps/v1/namespaces/shop/deployments/absent",
    "/apis/apps/v1/namespaces/absent/deployments",
    "/apis/apps/v1/absent",
    "/apis/absent/v1/things",
    "/api/v1/pods?limit=3",
    "/api/v1/pods?limit=3&continue=nonsense",
    "/api/v1/pods?resourceVersion=999999999",
    "/api/v1/pods?fieldSelector=status.phase%3DRunning&limit=2",
    "/api/v1/pods?fieldSelector=spec.absent%3Dx",
    "/api/v1/pods?labelSelector=app.kubernetes.io/name+in+(cart,catalog)&limit=2",
    "/api/v1/pods?labelSelector=%3D%3D%3D",
    "/api/v1/namespaces/shop/services/cart",
    "/api/v1/namespaces/shop",
    "/api/v1/nodes/node-a",
    "/api/v1/namespaces/shop/secrets?limit=1",
    "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes",
    "/apis/monitoring.coreos.com/v1/servicemonitors?limit=1",
    "/apis/networking.k8s.io/v1/ingresses?limit=1",
    "/apis/events.k8s.io/v1/namespaces/shop/events?limit=1",
    "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?limit=1",
    "/apis/storage.k8s.io/v1/storageclasses",
];

#[tokio::test]
async fn a_real_server_with_the_same_objects_answers_alike() {
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    // Webhooks and aggregated APIs lead to programs that do not run there, and would refuse the rest.
    let absent = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "APIService"];
    let mut objects = demo::shop_objects(1, START).unwrap();
    objects.retain(|object| !absent.iter().any(|kind| object["kind"] == *kind));
    // The server's own Service is there already.
    objects.retain(|object| object["kind"] != "Service" || object["metadata"]["name"] != "kubernetes");
    plane.fill(objects).await.unwrap();
    let client = plane.client().unwrap();
    let clock = std::sync::Arc::new(ManualClock::new(START));
    let running = Demo::start(Options { clock, ..Options::default() }).await.unwrap();
    let mut differences = Vec::new();
    for path in REQUESTS {
        let (status, real) = client.request(http::Method::GET, path, None).await.unwrap();
        let (ours, answer) = get(&running, path).await;
        if status.as_u16() != ours || real["reason"] != answer["reason"] {
            differences.push(format!(
                "{path}: {status} {} {} but {ours} {} {}",
                real["reason"], real["message"], answer["reason"], answer["message"]
            ));
        }
        let (real, answer) = (shape(&real), shape(&answer));
        // The demo may say less of an object than the real server, but nothing that it would not say.
        for field in answer.difference(&real) {
            differences.push(format!("{path}: the demo invents {field}"));
        }
        for field in real.difference(&answer).filter(|field| is_essential(field)) {
            differences.push(format!("{path}: the demo leaves out {field}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

async fn get(running: &demo::Running, path: &str) -> (u16, Value) {
    let client = Client::plain(&format!("http://{}", running.address())).unwrap();
    let (status, answer) = client.request(http::Method::GET, path, None).await.unwrap();
    (status.as_u16(), answer)
}

/// The paths of a document's fields with the types of their values; entries of lists are one.
fn shape(value: &Value) -> BTreeSet<String> {
    fn walk(value: &Value, path: &str, into: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    // Maps with names of the user's choice are no part of the form.
                    let free = ["labels", "annotations", "data", "matchLabels", "selector", "capacity", "allocatable"];
                    if free.iter().any(|free| path.ends_with(free)) {
                        continue;
                    }
                    walk(value, &format!("{path}.{name}"), into);
                }
                into.insert(format!("{path}: object"));
            }
            Value::Array(items) => {
                items.iter().for_each(|item| walk(item, &format!("{path}[]"), into));
                into.insert(format!("{path}: array"));
            }
            Value::String(_) => drop(into.insert(format!("{path}: string"))),
            Value::Number(_) => drop(into.insert(format!("{path}: number"))),
            Value::Bool(_) => drop(into.insert(format!("{path}: bool"))),
            Value::Null => drop(into.insert(format!("{path}: null"))),
        }
    }
    let mut shape = BTreeSet::new();
    walk(value, "", &mut shape);
    shape
}

/// What every answer of this kind must have: the envelope, not the whole of an object.
fn is_essential(field: &str) -> bool {
    let depth = field.matches('.').count();
    !field.contains("managedFields") && (field.starts_with(".metadata.") || field.starts_with(".details") || depth < 2)
}
