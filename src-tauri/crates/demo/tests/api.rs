//! The demo's API as a client meets it, over HTTP, with a clock that the test turns.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;
use std::time::Duration;

use demo::{Demo, ManualClock, Options, Running, Scenario, Time};
use futures::StreamExt as _;
use serde_json::{Value, json};

const START: Time = Time::from_millis(1_795_183_320_000);

struct Cluster {
    running: Running,
    clock: Arc<ManualClock>,
    http: reqwest::Client,
}

impl Cluster {
    async fn start(scenario: Scenario, churn: u32) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let options = Options { scenario, churn, clock: clock.clone(), ..Options::default() };
        let running = Demo::start(options).await.unwrap();
        Self { running, clock, http: reqwest::Client::new() }
    }

    async fn shop() -> Self {
        Self::start(Scenario::Shop, 0).await
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address())
    }

    async fn respond(&self, path: &str, accept: &str) -> (u16, Value) {
        let response = self.http.get(self.url(path)).header("accept", accept).send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    async fn get(&self, path: &str) -> Value {
        self.respond(path, "application/json").await.1
    }

    async fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.running.settle().await;
    }

    /// Reads events of a watch until one satisfies `enough`.
    async fn watch(&self, path: &str, enough: impl Fn(&Value) -> bool) -> Vec<Value> {
        let response = self.http.get(self.url(path)).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let mut body = response.bytes_stream();
        let (mut text, mut events) = (Vec::new(), Vec::new());
        while let Some(piece) = body.next().await {
            text.extend_from_slice(&piece.unwrap());
            while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = text.drain(..=end).collect();
                let event: Value = serde_json::from_slice(&line).unwrap();
                let last = enough(&event);
                events.push(event);
                if last {
                    return events;
                }
            }
        }
        events
    }
}

fn items(list: &Value) -> &[Value] {
    list["items"].as_array().unwrap()
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap()
}

#[tokio::test]
async fn pages_together_are_the_list_of_the_first_moment() {
    let cluster = Cluster::shop().await;
    let whole = cluster.get("/api/v1/pods").await;
    let mut paged = Vec::new();
    let mut next = String::new();
    loop {
        let page = cluster.get(&format!("/api/v1/pods?limit=7&continue={next}")).await;
        assert_eq!(page["metadata"]["resourceVersion"], whole["metadata"]["resourceVersion"]);
        paged.extend(items(&page).to_vec());
        // Whatever happens meanwhile, the pages show the moment of the first one.
        cluster.pass(Duration::from_secs(60)).await;
        match page["metadata"]["continue"].as_str() {
            Some(token) => {
                let left = page["metadata"]["remainingItemCount"].as_u64().unwrap();
                assert_eq!(left as usize + paged.len(), items(&whole).len());
                next = token.to_owned();
            }
            None => break,
        }
    }
    assert_eq!(&paged, items(&whole));
    let (status, refusal) = cluster.respond("/api/v1/pods?limit=7&continue=bm8", "").await;
    assert_eq!((status, refusal["reason"].as_str()), (400, Some("BadRequest")));
}

#[tokio::test]
async fn a_watch_from_a_list_gives_the_next_list() {
    let cluster = Cluster::shop().await;
    let before = cluster.get("/api/v1/pods").await;
    let version = before["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
    for _ in 0..40 {
        cluster.pass(Duration::from_secs(30)).await;
    }
    let after = cluster.get("/api/v1/pods").await;
    let last = after["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
    let mut pods: std::collections::BTreeMap<String, Value> =
        items(&before).iter().map(|pod| (pod["metadata"]["uid"].to_string(), pod.clone())).collect();
    let newest = items(&after).iter().map(|pod| pod["metadata"]["resourceVersion"].as_str().unwrap());
    let newest = newest.max().unwrap().to_owned();
    assert!(newest > version && newest <= last);
    let path = format!("/api/v1/pods?watch=true&resourceVersion={version}&timeoutSeconds=1");
    for event in cluster.watch(&path, |_| false).await {
        let mut pod = event["object"].clone();
        let uid = pod["metadata"]["uid"].to_string();
        pod.as_object_mut().unwrap().retain(|field, _| field != "kind" && field != "apiVersion");
        match event["type"].as_str().unwrap() {
            "ADDED" => assert!(pods.insert(uid, pod).is_none()),
            "MODIFIED" => assert!(pods.insert(uid, pod).is_some()),
            "DELETED" => assert!(pods.remove(&uid).is_some()),
            other => panic!("unexpected {other}"),
        }
    }
    let listed: std::collections::BTreeMap<String, Value> =
        items(&after).iter().map(|pod| (pod["metadata"]["uid"].to_string(), pod.clone())).collect();
    assert_eq!(pods, listed);
    let replaced = items(&before).iter().filter(|pod| !listed.contains_key(&pod["metadata"]["uid"].to_string()));
    assert!(replaced.count() > 0, "nothing has happened in twenty minutes");
}

#[tokio::test]
async fn a_watch_that_goes_back_too_far_is_told_410() {
    let cluster = Cluster::shop().await;
    let (_, events) = ((), cluster.watch("/api/v1/pods?watch=true&resourceVersion=5", |_| true).await);
    assert_eq!(events[0]["type"], "ERROR");
    assert_eq!(events[0]["object"]["code"], 410);
    assert_eq!(events[0]["object"]["reason"], "Expired");
    let (status, refusal) = cluster.respond("/api/v1/pods?resourceVersion=999999999", "").await;
    assert_eq!(status, 504);
    assert_eq!(refusal["details"]["causes"][0]["reason"], "ResourceVersionTooLarge");
}

#[tokio::test]
async fn a_streaming_list_ends_with_its_bookmark() {
    let cluster = Cluster::shop().await;
    let path = "/api/v1/namespaces/shop/services?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan";
    let events = cluster.watch(path, |event| event["type"] == "BOOKMARK").await;
    let listed = cluster.get("/api/v1/namespaces/shop/services").await;
    assert_eq!(events.len(), items(&listed).len() + 1);
    let bookmark = &events.last().unwrap()["object"];
    assert_eq!(bookmark["metadata"]["annotations"]["k8s.io/initial-events-end"], "true");
    assert_eq!(bookmark["metadata"]["resourceVersion"], listed["metadata"]["resourceVersion"]);
}

#[tokio::test]
async fn selectors_narrow_lists_and_watches() {
    let cluster = Cluster::shop().await;
    let names = |list: Value| -> Vec<String> { items(&list).iter().map(|item| name(item).to_owned()).collect() };
    let cases = [
        ("services?labelSelector=app.kubernetes.io/name%3Dcart", vec!["cart"]),
        ("services?labelSelector=app.kubernetes.io/name+in+(cart,promo)", vec!["cart", "promo"]),
        ("services?labelSelector=app.kubernetes.io/name,!app.kubernetes.io/managed-by", vec![]),
        ("services?fieldSelector=metadata.name%3Dpromo", vec!["promo"]),
        ("secrets?fieldSelector=type%3Dkubernetes.io/tls", vec!["shop-tls"]),
    ];
    for (query, expected) in cases {
        assert_eq!(names(cluster.get(&format!("/api/v1/namespaces/shop/{query}")).await), expected, "{query}");
    }
    let pending = cluster.get("/api/v1/pods?fieldSelector=status.phase%3DPending,spec.nodeName%3D").await;
    assert_eq!(names(pending), ["orders-db-0"]);
    let (status, refusal) = cluster.respond("/api/v1/services?fieldSelector=spec.no%3Dx", "").await;
    assert_eq!(status, 400);
    assert!(refusal["message"].as_str().unwrap().ends_with("field label not supported: spec.no"));
}

#[tokio::test]
async fn tables_and_metadata_come_as_accepted() {
    let cluster = Cluster::shop().await;
    let table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    let (_, table) = cluster.respond("/apis/apps/v1/namespaces/shop/deployments/checkout", table).await;
    let columns: Vec<&str> =
        table["columnDefinitions"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(columns, ["Name", "Ready", "Up-to-date", "Available", "Age", "Containers", "Images", "Selector"]);
    assert_eq!(table["rows"][0]["cells"][1], "2/3");
    assert_eq!(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");

    let metadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    let (_, list) = cluster.respond("/api/v1/secrets", metadata).await;
    assert_eq!(list["kind"], "PartialObjectMetadataList");
    assert!(items(&list).iter().all(|secret| secret["data"].is_null() && secret["kind"] == "PartialObjectMetadata"));
    let (status, _) = cluster.respond("/api/v1/secrets", "application/vnd.kubernetes.protobuf").await;
    assert_eq!(status, 406);
}

#[tokio::test]
async fn what_is_not_there_is_refused_in_kubernetes_words() {
    let cluster = Cluster::shop().await;
    let (status, refusal) = cluster.respond("/apis/apps/v1/namespaces/shop/deployments/nope", "").await;
    assert_eq!(status, 404);
    assert_eq!(refusal["message"], "deployments.apps \"nope\" not found");
    assert_eq!(refusal["details"], json!({"name": "nope", "group": "apps", "kind": "deployments"}));
    assert_eq!(cluster.respond("/apis/apps/v1/things", "").await.1["kind"], "Status");
    assert_eq!(cluster.respond("/apis/nothing/v1/things", "").await, (404, json!("404 page not found\n")));
    let write = cluster.http.delete(cluster.url("/api/v1/namespaces/shop/pods/x")).send().await.unwrap();
    assert_eq!(write.status(), 501);
    let status: Value = write.json().await.unwrap();
    assert_eq!(status["kind"], "Status");
    assert!(status["message"].as_str().unwrap().contains("read-only"));
    let foreign = cluster.http.get(cluster.url("/version")).header("host", "evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
}

#[tokio::test]
async fn both_forms_of_discovery_name_the_same_resources() {
    let cluster = Cluster::shop().await;
    let aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    let mut aggregate = Vec::new();
    for root in ["/api", "/apis"] {
        let (_, groups) = cluster.respond(root, aggregated).await;
        assert_eq!(groups["kind"], "APIGroupDiscoveryList");
        for group in items(&groups) {
            for version in group["versions"].as_array().unwrap() {
                for resource in version["resources"].as_array().unwrap() {
                    let group = group["metadata"]["name"].as_str().unwrap_or("");
                    aggregate.push(format!("{group}/{}", resource["resource"].as_str().unwrap()));
                    assert_eq!(cluster.respond(root, "").await.0, 200);
                }
            }
        }
    }
    let mut legacy = Vec::new();
    let groups = cluster.get("/apis").await;
    let mut paths = vec![(String::new(), "/api/v1".to_owned())];
    for group in groups["groups"].as_array().unwrap() {
        let version = group["preferredVersion"]["groupVersion"].as_str().unwrap();
        paths.push((group["name"].as_str().unwrap().to_owned(), format!("/apis/{version}")));
    }
    for (group, path) in paths {
        let resources = cluster.get(&path).await;
        for resource in resources["resources"].as_array().unwrap() {
            let plural = resource["name"].as_str().unwrap();
            if !plural.contains('/') {
                legacy.push(format!("{group}/{plural}"));
            }
        }
    }
    assert_eq!(aggregate, legacy);
}

#[tokio::test]
async fn logs_answer_every_parameter() {
    let cluster = Cluster::shop().await;
    let pods = cluster.get("/api/v1/namespaces/shop/pods?labelSelector=app.kubernetes.io/name%3Dcart").await;
    let pod = items(&pods).iter().find(|pod| pod["status"]["phase"] == "Running").unwrap();
    let log = format!("/api/v1/namespaces/shop/pods/{}/log", name(pod));
    let lines = |text: Value| text.as_str().map_or(1, |text| text.lines().count());
    assert_eq!(lines(cluster.get(&format!("{log}?tailLines=5")).await), 5);
    let minute = lines(cluster.get(&format!("{log}?sinceSeconds=60")).await);
    assert!((10..60).contains(&minute), "{minute} lines in a minute");
    let stamped = cluster.get(&format!("{log}?tailLines=1&timestamps=true")).await;
    assert!(stamped.to_string().contains("2026-11-20T14:01:"), "{stamped}");
    let (status, refusal) = cluster.respond(&format!("{log}?previous=true"), "").await;
    assert_eq!(status, 400);
    assert!(refusal["message"].as_str().unwrap().starts_with("previous terminated container \"cart\""));

    let response = cluster.http.get(cluster.url(&format!("{log}?follow=true&tailLines=2"))).send().await.unwrap();
    let mut body = response.bytes_stream();
    assert_eq!(body.next().await.unwrap().unwrap().split(|byte| *byte == b'\n').count(), 3);
    cluster.pass(Duration::from_secs(20)).await;
    assert!(!body.next().await.unwrap().unwrap().is_empty());

    let ledger = cluster.get("/api/v1/namespaces/payments/pods?labelSelector=app.kubernetes.io/name%3Dledger").await;
    let log = format!("/api/v1/namespaces/payments/pods/{}/log?previous=true", name(&items(&ledger)[0]));
    let last_words = cluster.get(&log).await;
    assert!(last_words.as_str().unwrap().contains("no such host"), "{last_words}");
}

#[tokio::test]
async fn metrics_follow_the_pods() {
    let cluster = Cluster::shop().await;
    let nodes = cluster.get("/apis/metrics.k8s.io/v1beta1/nodes").await;
    assert_eq!(items(&nodes).len(), 5);
    let memory = |text: &Value| -> u64 { text.as_str().unwrap().trim_end_matches("Ki").parse().unwrap() };
    let leak =
        "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods?labelSelector=app.kubernetes.io/name%3Drecommendations";
    let used = |list: Value| memory(&items(&list)[0]["containers"][0]["usage"]["memory"]);
    let before = used(cluster.get(leak).await);
    cluster.pass(Duration::from_secs(90)).await;
    let after = used(cluster.get(leak).await);
    assert!(after > before + 10_000, "{before} {after}");
}

#[tokio::test]
async fn a_large_list_is_compressed_where_that_is_accepted() {
    let cluster = Cluster::start(Scenario::Objects(3_000), 5).await;
    let path = "/api/v1/pods";
    let response = cluster.http.get(cluster.url(path)).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let plain = cluster.get(path).await;
    assert!(items(&plain).len() > 300);
    cluster.pass(Duration::from_secs(10)).await;
    let later = cluster.get(path).await;
    assert_eq!(items(&plain).len(), items(&later).len());
    assert_ne!(plain, later);
}

#[tokio::test]
async fn a_demo_that_does_not_live_stays_as_it_is() {
    let clock = Arc::new(ManualClock::new(START));
    let options = Options { lives: false, clock: clock.clone(), ..Options::default() };
    let cluster = Cluster { running: Demo::start(options).await.unwrap(), clock, http: reqwest::Client::new() };
    let before = cluster.get("/api/v1/events").await;
    cluster.pass(Duration::from_secs(3_600)).await;
    assert_eq!(before, cluster.get("/api/v1/events").await);
    let address = cluster.running.address();
    cluster.running.shutdown().await;
    assert!(tokio::net::TcpListener::bind(address).await.is_ok(), "the port is free again");
}
