//! What the demo says of its incidents, beside what the real controllers and the real scheduler say of the same ones:
//! states, reasons and messages are theirs, word by word. What only a kubelet says is not heard here, since the
//! kubelets of the control plane are simulated.

use std::collections::BTreeSet;

use anyhow::Result;
use demo::Demo;
use serde_json::Value;
use support::{Client, ControlPlane, eventually, items};

const INCIDENTS: &str = include_str!("incidents.yaml");

/// Kind of path, the demo's namespace, the object, and the conditions that the incident is told by.
const CONDITIONS: &[(&str, &str, &str, &[&str])] = &[
    ("api/v1", "data", "pods/orders-db-0", &["PodScheduled"]),
    ("apis/apps/v1", "payments", "deployments/fraud", &["Progressing"]),
    ("apis/policy/v1", "payments", "poddisruptionbudgets/gateway", &["DisruptionAllowed"]),
    (
        "apis/autoscaling/v2",
        "shop",
        "horizontalpodautoscalers/storefront",
        &["AbleToScale", "ScalingActive", "ScalingLimited"],
    ),
];

/// The demo's namespace, and the object whose warnings are compared.
const WARNINGS: &[(&str, &str)] = &[("data", "data-orders-db-0"), ("data", "orders-db-0")];

#[tokio::test(flavor = "multi_thread")]
async fn incidents_are_told_in_the_words_of_the_real_controllers() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("incidents").await.unwrap();
    let real = plane.client().unwrap();
    plane.apply_in(&namespace, INCIDENTS).await.unwrap();
    let demo = Demo::start(demo::Options { lives: false, ..Default::default() }).await.unwrap();
    let ours = Client::plain(&format!("http://{}", demo.address())).unwrap();

    for (group, home, object, types) in CONDITIONS {
        let told = conditions(&ours, &format!("/{group}/namespaces/{home}/{object}"), types).await.unwrap();
        assert_eq!(told.len(), types.len(), "{object} of the demo: {told:?}");
        let path = format!("/{group}/namespaces/{namespace}/{object}");
        said(&told, object, || conditions(&real, &path, types)).await;
    }
    for (home, object) in WARNINGS {
        let told = warnings(&ours, home, object).await.unwrap();
        assert!(!told.is_empty(), "the demo warns of {object}");
        said(&told, object, || warnings(&real, &namespace, object)).await;
    }
    demo.shutdown().await;
}

/// Waits until the real server says the same; where it never does, the message shows both.
async fn said<F: Future<Output = Result<BTreeSet<String>>>>(
    told: &BTreeSet<String>,
    object: &str,
    ask: impl Fn() -> F,
) {
    let heard = eventually(object, || async {
        let heard = ask().await?;
        anyhow::ensure!(*told == heard, "the demo says {told:#?}, the real server {heard:#?}");
        Ok(Some(heard))
    });
    heard.await.unwrap();
}

async fn conditions(client: &Client, path: &str, types: &[&str]) -> Result<BTreeSet<String>> {
    let object = client.get(path).await?;
    let all = object["status"]["conditions"].as_array().cloned().unwrap_or_default();
    let told = all.iter().filter(|condition| types.iter().any(|wanted| condition["type"] == *wanted));
    Ok(told.map(|it| words(it, &["type", "status", "reason", "message"])).collect())
}

async fn warnings(client: &Client, namespace: &str, object: &str) -> Result<BTreeSet<String>> {
    let selector = format!("involvedObject.name%3D{object},type%3DWarning");
    let events = client.get(&format!("/api/v1/namespaces/{namespace}/events?fieldSelector={selector}")).await?;
    Ok(items(&events).iter().map(|event| words(event, &["reason", "message", "reportingComponent"])).collect())
}

/// Some fields in a line, without the hash in a ReplicaSet's name and the number of nodes, which are each cluster's own.
fn words(value: &Value, fields: &[&str]) -> String {
    let line: Vec<&str> = fields.iter().map(|field| value[*field].as_str().unwrap_or_default()).collect();
    let line = line.join(" | ");
    let line = match line.split_once("\"fraud-").and_then(|(before, rest)| Some((before, rest.split_once('"')?.1))) {
        Some((before, after)) => format!("{before}\"fraud\"{after}"),
        None => line,
    };
    match line.split_once(" nodes are available") {
        Some((before, after)) => {
            let kept = before.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '/');
            format!("{kept}nodes are available{after}")
        }
        None => line,
    }
}
