//! What the demo shows could stand in a real cluster: the real API server accepts every object, and answers the
//! requests of everyday `kubectl` and of the product in the same way. The requests of `kubectl` are recorded on their
//! way to the real server and then put to both.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use demo::{Demo, ManualClock, Options, Running, Time};
use futures::StreamExt as _;
use http::StatusCode;
use serde_json::Value;
use support::{Client, ControlPlane, FaultProxy, Parts, Seen};

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

const JSON: &str = "application/json";
const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
const METADATA: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
const ONE_METADATA: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

/// What the product asks, and what must fail.
const REQUESTS: &[(&str, &str)] = &[
    ("/version", JSON),
    ("/readyz", JSON),
    ("/api", AGGREGATED),
    ("/apis", AGGREGATED),
    ("/api", JSON),
    ("/apis/apps", JSON),
    ("/api/v1/pods?limit=3", JSON),
    ("/api/v1/pods?limit=3&resourceVersion=0", JSON),
    ("/api/v1/secrets?limit=500", METADATA),
    ("/api/v1/namespaces/shop/secrets/shop-tls", ONE_METADATA),
    ("/api/v1/namespaces/shop/secrets/shop-tls", TABLE),
    ("/api/v1/pods?watch=true&timeoutSeconds=1", JSON),
    ("/api/v1/secrets?watch=true&timeoutSeconds=1", ONE_METADATA),
    (
        "/api/v1/services?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1",
        JSON,
    ),
    ("/api/v1/services?watch=true&sendInitialEvents=true&timeoutSeconds=1", JSON),
    ("/apis/apps/v1/namespaces/shop/deployments/absent", JSON),
    ("/apis/apps/v1/namespaces/shop/deployments/absent", TABLE),
    ("/apis/apps/v1/namespaces/absent/deployments", JSON),
    ("/apis/apps/v1/absent", JSON),
    ("/apis/apps/v7/deployments", JSON),
    ("/apis/absent/v1/things", JSON),
    ("/apis/absent", JSON),
    ("/api/v1/pods?limit=3&continue=nonsense", JSON),
    ("/api/v1/pods?resourceVersion=999999999", JSON),
    ("/api/v1/pods?fieldSelector=status.phase%3DRunning&limit=2", JSON),
    ("/api/v1/pods?fieldSelector=spec.absent%3Dx", JSON),
    ("/api/v1/pods?labelSelector=app.kubernetes.io/name+in+(cart,catalog)&limit=2", JSON),
    ("/api/v1/pods?labelSelector=%3D%3D%3D", JSON),
    ("/api/v1/pods", "text/absent"),
];

/// What a person types. What needs a kubelet or metrics-server (logs, top) is not among it: the plain server has none.
const COMMANDS: &[&str] = &[
    "api-resources",
    "api-versions",
    "version",
    "get all --all-namespaces",
    "get pods -n shop --show-labels --watch --request-timeout=2s",
    "describe -n shop deployment/checkout service/promo ingress/shop.example.com hpa/storefront cronjob/nightly-report",
    "describe -n data statefulset/orders-db pvc/data-orders-db-0 pdb/catalog-db networkpolicy/default-deny",
    "describe node/node-c clusterrole/prometheus storageclass/standard",
    "get pod -n shop absent",
    "get absent",
    "get events -n shop --field-selector=type=Warning",
    "get --raw /api/v1/namespaces/shop/services/cart",
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
    let options = Options { clock: Arc::new(ManualClock::new(START)), lives: false, ..Options::default() };
    let running = Demo::start(options).await.unwrap();

    let mut requests: BTreeSet<(String, String)> =
        REQUESTS.iter().map(|(path, accept)| ((*path).to_owned(), (*accept).to_owned())).collect();
    requests.extend(recorded(&plane, &running).await);
    assert!(requests.len() > 90, "{} requests", requests.len());

    let real = plane.client().unwrap();
    let ours = Client::plain(&format!("http://{}", running.address())).unwrap();
    let mut differences = Vec::new();
    for (path, accept) in &requests {
        let wanted = real.get_as(path, accept).await.unwrap();
        let given = ours.get_as(path, accept).await.unwrap();
        let found = compare(&wanted, &given);
        differences.extend(found.into_iter().map(|difference| format!("{path} ({accept}): {difference}")));
    }
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
}

/// The requests that `kubectl` makes for the commands, and for a wide list of every kind that the demo has.
async fn recorded(plane: &ControlPlane, running: &Running) -> BTreeSet<(String, String)> {
    let proxy = FaultProxy::before(plane.admin()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = async |line: String| {
        let mut command = tokio::process::Command::new(plane.kubectl_path());
        command.args(line.split_whitespace()).env("KUBECONFIG", proxy.access().kubeconfig());
        command.env("KUBECACHEDIR", folder.path()).kill_on_drop(true);
        // Some commands fail, as they should: it is their requests that count.
        command.output().await.unwrap();
    };
    let demo = Client::plain(&format!("http://{}", running.address())).unwrap();
    let mut lines: Vec<String> = COMMANDS.iter().map(|line| (*line).to_owned()).collect();
    for root in ["/api", "/apis"] {
        let (_, groups) = demo.get_as(root, AGGREGATED).await.unwrap();
        let groups: Value = serde_json::from_str(&groups).unwrap();
        for group in groups["items"].as_array().unwrap() {
            let name = group["metadata"]["name"].as_str().unwrap_or_default();
            for resource in group["versions"][0]["resources"].as_array().unwrap() {
                if resource["verbs"].as_array().unwrap().iter().any(|verb| verb == "watch") {
                    let plural = resource["resource"].as_str().unwrap();
                    lines.push(format!("get {plural}.{name} --all-namespaces -o wide"));
                    lines.push(format!("get {plural}.{name} --all-namespaces -o yaml"));
                }
            }
        }
    }
    futures::stream::iter(lines).for_each_concurrent(6, run).await;
    proxy.requests().iter().filter(|seen| seen.method == http::Method::GET).filter_map(replayable).collect()
}

/// A recorded request as it can be put to any server: without the versions and tokens of the one it was made to.
fn replayable(seen: &Seen) -> Option<(String, String)> {
    // The plain server has more groups than the demo, and fewer objects in some.
    let foreign =
        ["/openapi", "/apis/resource.k8s.io", "/apis/admissionregistration.k8s.io", "/apis/apiregistration.k8s.io"];
    if seen.query.contains_key("continue") || foreign.iter().any(|path| seen.path.starts_with(path)) {
        return None;
    }
    let mut query: BTreeMap<&str, &str> =
        seen.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    query.remove("resourceVersion");
    if seen.is_watch() {
        query.insert("timeoutSeconds", "1");
    }
    let query = query.iter().map(|(name, value)| {
        let mut pair = String::from(*name);
        pair.push('=');
        pair.extend(value.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'/' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        }));
        pair
    });
    let query: Vec<String> = query.collect();
    let separator = if query.is_empty() { "" } else { "?" };
    // Where protobuf is preferred, JSON is accepted as well, and it is JSON that can be compared.
    let accept = seen.accept.as_deref().unwrap_or_default();
    let accept: Vec<&str> = accept.split(',').filter(|form| !form.contains("protobuf")).collect();
    Some((format!("{}{separator}{}", seen.path, query.join("&")), accept.join(",")))
}

fn compare(real: &(StatusCode, String), ours: &(StatusCode, String)) -> Vec<String> {
    if real.0 != ours.0 {
        return vec![format!("answered {} but {}: {} | {}", real.0, ours.0, start(&real.1), start(&ours.1))];
    }
    let (wanted, given) = (documents(&real.1), documents(&ours.1));
    let mut differences = Vec::new();
    if wanted.is_empty() != given.is_empty() {
        differences.push(format!("{} but {}", start(&real.1), start(&ours.1)));
    }
    let told = |documents: &[Value]| -> BTreeSet<String> {
        let reason = |document: &Value| format!("{} {} {}", document["kind"], document["type"], document["reason"]);
        documents.iter().filter(|document| document["type"] != "BOOKMARK").map(reason).collect()
    };
    if told(&wanted) != told(&given) {
        differences.push(format!("{:?} but {:?}", told(&wanted), told(&given)));
    }
    if wanted.len() == 1 && wanted[0]["kind"] == "Table" {
        let columns = |table: &Value| -> Vec<String> {
            let all = table["columnDefinitions"].as_array().into_iter().flatten();
            all.map(|it| format!("{} {} {} {}", it["name"], it["type"], it["format"], it["priority"])).collect()
        };
        if columns(&wanted[0]) != columns(&given[0]) {
            differences.push(format!("columns {:?} but {:?}", columns(&wanted[0]), columns(&given[0])));
        }
    }
    let (wanted, given) = (shape(&wanted), shape(&given));
    // The demo may say less of an object than the real server, but nothing that it would not say.
    differences.extend(given.difference(&wanted).map(|field| format!("the demo invents {field}")));
    let left_out = wanted.difference(&given).filter(|field| is_envelope(field));
    differences.extend(left_out.map(|field| format!("the demo leaves out {field}")));
    differences
}

fn start(text: &str) -> String {
    text.chars().take(300).collect()
}

/// The JSON documents of an answer: one, or an event a line.
fn documents(text: &str) -> Vec<Value> {
    serde_json::Deserializer::from_str(text).into_iter().map_while(Result::ok).collect()
}

/// Maps whose keys are of the user's choice, and so no part of the form.
const FREE: [&str; 10] = [
    "labels",
    "annotations",
    "data",
    "matchLabels",
    "selector",
    "capacity",
    "allocatable",
    "limits",
    "requests",
    "nodeSelector",
];

/// Nothing of their contents is the API's: cells are text for people, schemas and resource lists differ by release.
const OPAQUE: [&str; 4] = ["cells", "schema", "resources", "groups"];

/// The paths of the fields of some documents with the types of their values; entries of lists are one.
fn shape(documents: &[Value]) -> BTreeSet<String> {
    fn walk(value: &Value, path: &str, into: &mut BTreeSet<String>) {
        let last = path.rsplit('.').next().unwrap_or_default();
        if FREE.contains(&last) || OPAQUE.contains(&last) {
            return;
        }
        let kind = match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| walk(value, &format!("{path}.{name}"), into));
                "object"
            }
            Value::Array(items) => {
                items.iter().for_each(|item| walk(item, &format!("{path}[]"), into));
                "array"
            }
            Value::String(_) => "string",
            Value::Number(_) => "number",
            Value::Bool(_) => "bool",
            Value::Null => return,
        };
        into.insert(format!("{path}: {kind}"));
    }
    let mut shape = BTreeSet::new();
    documents.iter().for_each(|document| walk(document, "", &mut shape));
    shape
}

/// What every answer must have: the frame around objects, not the whole of each object.
fn is_envelope(field: &str) -> bool {
    let frames = [".kind", ".apiVersion", ".metadata:", ".metadata.", ".items:", ".rows:", ".status", ".message"];
    let more = [".reason", ".details", ".code", ".type", ".object:", ".columnDefinitions", ".rows[].object:"];
    !field.contains("managedFields") && frames.iter().chain(&more).any(|frame| field.starts_with(frame))
}
