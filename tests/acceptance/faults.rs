//! Everything that goes wrong between the product and an API server, and what is seen of it: the truth, and soon again
//! the whole truth.

use std::time::Duration;

use cluster::{Link, Options};
use model::{KindState, ResourceKey, Scope};
use support::{ControlPlane, Fault, FaultProxy, Line, Rule};

use crate::live::{Live, state};

const MAPS: &str = "/api/v1/configmaps";

async fn begin() -> (&'static ControlPlane, FaultProxy, String) {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("faults").await.unwrap();
    (plane, FaultProxy::before(plane.admin()).unwrap(), namespace)
}

/// Makes a ConfigMap and waits until the inventory has it.
async fn notices(live: &Live, plane: &ControlPlane, namespace: &str, name: &str) {
    plane.kubectl(["-n", namespace, "create", "configmap", name, "--from-literal=a=b"]).await.unwrap();
    let key = ResourceKey::new("", "ConfigMap", namespace, name);
    live.until("the new map is there", |snapshot| snapshot.contains(&key)).await.unwrap();
}

/// First lists that fail in this way are asked for again, and everything comes in.
async fn lists_survive(fault: Fault) {
    lists_survive_with(fault, Options::default()).await;
}

async fn lists_survive_with(fault: Fault, options: Options) {
    let (plane, proxy, namespace) = begin().await;
    proxy.add(Rule::new(fault).path(MAPS).lists().times(2));
    let live = Live::open(proxy.access(), options);
    live.synced().await.unwrap();
    let failed = proxy.requests().iter().filter(|request| request.path == MAPS && request.fault.is_some()).count();
    assert_eq!(failed, 2);
    notices(&live, plane, &namespace, "after").await;
    live.equals(&plane.client().unwrap()).await.unwrap();
}

/// Watches that fail in this way are begun again where they were.
async fn watches_survive(fault: Fault) {
    let (plane, proxy, namespace) = begin().await;
    proxy.add(Rule::new(fault).path(MAPS).watches().times(2));
    let live = Live::open(proxy.access(), Options { silence: Some(Duration::from_secs(2)), ..Options::default() });
    live.synced().await.unwrap();
    notices(&live, plane, &namespace, "one").await;
    notices(&live, plane, &namespace, "two").await;
    let struck = |seen: &[support::Seen]| {
        seen.iter().filter(|request| request.path == MAPS && request.fault.is_some()).count() == 2
    };
    proxy.until("both faults struck", struck).await.unwrap();
    notices(&live, plane, &namespace, "three").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_survive_errors_of_the_server() {
    lists_survive(Fault::status(500)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_survive_truncated_json() {
    lists_survive(Fault::Truncated { after: 300 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_survive_broken_connections() {
    lists_survive(Fault::Cut { after: 300 }).await;
    lists_survive(Fault::Dropped).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_survive_answers_that_never_begin() {
    lists_survive_with(Fault::Silent, Options { silence: Some(Duration::from_secs(3)), ..Options::default() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_answers_are_waited_for_and_hold_up_no_other_kind() {
    let (plane, proxy, _) = begin().await;
    proxy.add(Rule::new(Fault::Latency(Duration::from_millis(700))).path(MAPS).lists().times(1));
    proxy.add(Rule::new(Fault::Slow { bytes_per_second: 20_000 }).path("/api/v1/services").lists().times(1));
    let live = Live::open(proxy.access(), Options::default());
    live.synced().await.unwrap();
    let lists = proxy.requests().iter().filter(|request| request.path == MAPS && request.is_list()).count();
    assert_eq!(lists, 1);
    live.equals(&plane.client().unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_lists_come_in_while_discovery_is_under_way_and_are_not_taken_for_all_there_is() {
    let (plane, proxy, namespace) = begin().await;
    proxy.add(Rule::new(Fault::Silent).path("/apis"));
    proxy.add(Rule::new(Fault::status(403)).path("/api/v1/pods").lists().times(1));
    let live = Live::open(proxy.access(), Options::default());
    let refused = |seen: &[support::Seen]| seen.iter().any(|request| request.status == Some(403));
    proxy.until("pods are refused once", refused).await.unwrap();
    let key = ResourceKey::new("", "Namespace", "", &namespace);
    let early = live.until("the namespace is there", |snapshot| snapshot.contains(&key)).await.unwrap();
    let rows = &early.coverage().kinds;
    let unfinished = |(_, state): &(Scope, KindState)| matches!(state, KindState::Loading { .. });
    assert!(rows.iter().all(|row| row.scopes.iter().all(unfinished)), "{rows:?}");
    proxy.clear();
    proxy.cut();
    live.synced().await.unwrap();
    live.equals(&plane.client().unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_is_honoured() {
    let (_, proxy, _) = begin().await;
    proxy.add(Rule::new(Fault::Status { code: 429, retry_after: Some(3) }).path(MAPS).lists().times(1));
    let live = Live::open(proxy.access(), Options::default());
    live.synced().await.unwrap();
    let at: Vec<_> = proxy
        .requests()
        .iter()
        .filter(|request| request.path == MAPS && request.is_list())
        .map(|request| request.at)
        .collect();
    assert!(at[1] - at[0] >= Duration::from_secs(3), "asked again after {:?}", at[1] - at[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn watches_survive_errors_of_the_server() {
    watches_survive(Fault::status(500)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn watches_survive_dropped_and_silent_connections() {
    watches_survive(Fault::Dropped).await;
    watches_survive(Fault::Stalled { after: 0 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_gone_is_listed_anew() {
    let (plane, proxy, namespace) = begin().await;
    proxy.add(Rule::new(Fault::WatchError { code: 410 }).path(MAPS).watches().times(1));
    proxy.add(Rule::new(Fault::status(410)).path(MAPS).watches().times(1));
    let live = Live::open(proxy.access(), Options::default());
    live.synced().await.unwrap();
    let lists =
        |seen: &[support::Seen]| seen.iter().filter(|request| request.path == MAPS && request.is_list()).count() == 3;
    proxy.until("two more lists follow", lists).await.unwrap();
    notices(&live, plane, &namespace, "after").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_renewed_once_then_told() {
    let (plane, proxy, namespace) = begin().await;
    let live = Live::open(proxy.access(), Options::default());
    live.synced().await.unwrap();
    proxy.add(Rule::new(Fault::status(401)));
    proxy.cut();
    let told = |snapshot: &inventory::Snapshot| matches!(state(snapshot, "", "ConfigMap", &Scope::Cluster), Some(KindState::Stale { why, .. }) if why.contains("401"));
    live.until("the refusal is told", |snapshot| told(snapshot)).await.unwrap();
    live.until_link("the link says why", |link| matches!(link, Link::Down { why, .. } if why.contains("401"))).await;
    proxy.clear();
    notices(&live, plane, &namespace, "after").await;
    live.synced().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refusal_of_a_token_is_not_seen() {
    let (plane, proxy, namespace) = begin().await;
    let live = Live::open(proxy.access(), Options::default());
    live.synced().await.unwrap();
    notices(&live, plane, &namespace, "before").await;
    // What is asked for once, so that no back-off can ask again.
    let key = ResourceKey::new("", "ConfigMap", &namespace, "before");
    let path = format!("/api/v1/namespaces/{namespace}/configmaps/before");
    proxy.add(Rule::new(Fault::status(401)).path(&path).times(1));
    assert_eq!(live.reader().get(&key).await.unwrap().key, key, "fresh credentials are tried at once");
    proxy.add(Rule::new(Fault::status(401)).path(&path).times(2));
    let refused = live.reader().get(&key).await.unwrap_err();
    assert!(refused.to_string().contains("401"), "{refused}");
    let asked = proxy.requests().iter().filter(|request| request.path == path).count();
    assert_eq!(asked, 4, "once more each time");
}

#[tokio::test(flavor = "multi_thread")]
async fn forbidden_in_between_is_told() {
    let (_, proxy, _) = begin().await;
    proxy.add(Rule::new(Fault::status(403)).path("/api/v1/endpoints"));
    let live = Live::open(proxy.access(), Options::default());
    let snapshot = live.synced().await.unwrap();
    assert!(matches!(state(&snapshot, "", "Endpoints", &Scope::Cluster), Some(KindState::Forbidden { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_line_is_noticed_by_pings_and_forgiven() {
    let (plane, proxy, namespace) = begin().await;
    let live = Live::open(proxy.access(), Options::default());
    live.synced().await.unwrap();
    // As a pulled cable: no answer, no close.
    proxy.set_line(Line::Silent);
    let is_stale = |snapshot: &inventory::Snapshot| {
        matches!(state(snapshot, "", "ConfigMap", &Scope::Cluster), Some(KindState::Stale { .. }))
    };
    live.until("the silence is told", |snapshot| is_stale(snapshot)).await.unwrap();
    live.until_link("the link is down", |link| matches!(link, Link::Down { .. })).await;
    proxy.set_line(Line::Up);
    notices(&live, plane, &namespace, "after").await;
    live.synced().await.unwrap();
    live.until_link("the link is up", |link| *link == Link::Up).await;
}
