//! Everything that goes wrong between the application and an API server, as its user meets it: what is shown stays, the
//! status says what is wrong, and it is the whole truth again as soon as it can be.

use std::time::Duration;

use api::types::{ClusterStatus, KindStateWord, KindStatus, LinkState, View};
use futures::StreamExt as _;
use support::{ControlPlane, Fault, FaultProxy, Line, Parts, Rule};

use super::Host;
use super::map::Map;

const MAPS: &str = "/api/v1/configmaps";

/// Tests run beside each other on two cores.
const AT_ONCE: usize = 3;

fn maps(status: &ClusterStatus) -> Option<&KindStatus> {
    status.kinds.iter().find(|kind| kind.kind == "ConfigMap")
}

/// Makes a ConfigMap and waits until the application has it.
async fn notices(host: &Host, cluster: &str, plane: &ControlPlane, namespace: &str, name: &str) {
    plane.kubectl(["-n", namespace, "create", "configmap", name, "--from-literal=a=b"]).await.unwrap();
    host.has(cluster, &format!("core/ConfigMap/{namespace}/{name}")).await;
}

/// Whatever befalls first lists and watches of a kind, all of it comes in, and changes follow.
async fn survives(name: &str, rules: Vec<Rule>) {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("faults").await.unwrap();
    let proxy = FaultProxy::before(plane.admin()).unwrap();
    let count = rules.len();
    rules.into_iter().for_each(|rule| proxy.add(rule));
    let (host, cluster) = Host::on(proxy.access()).await;
    host.live(&cluster).await;
    notices(&host, &cluster, plane, &namespace, "one").await;
    notices(&host, &cluster, plane, &namespace, "two").await;
    let struck = |seen: &[support::Seen]| seen.iter().filter(|request| request.fault.is_some()).count() >= count;
    proxy.until(&format!("{name} strikes"), struck).await.unwrap();
    notices(&host, &cluster, plane, &namespace, "three").await;
    let status = host.live(&cluster).await;
    assert_eq!(status.problems, [""; 0], "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn first_lists_come_in_whatever_befalls_them() {
    let faults = [
        ("latency", Fault::Latency(Duration::from_millis(400)), 1),
        ("a dropped connection", Fault::Dropped, 2),
        ("a refused token", Fault::status(401), 1),
        ("a version that is gone", Fault::status(410), 1),
        ("too many requests", Fault::Status { code: 429, retry_after: Some(1) }, 2),
        ("a burst of errors", Fault::status(500), 3),
        ("truncated JSON", Fault::Truncated { after: 300 }, 2),
        ("a broken connection", Fault::Cut { after: 300 }, 2),
        ("a slow body", Fault::Slow { bytes_per_second: 20_000 }, 1),
    ];
    let all = faults.map(|(name, fault, times)| survives(name, vec![Rule::new(fault).path(MAPS).lists().times(times)]));
    futures::stream::iter(all).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_follow_whatever_befalls_the_watch() {
    let faults = [
        ("latency", Fault::Latency(Duration::from_millis(400)), 1),
        ("a dropped connection", Fault::Dropped, 2),
        ("a refused token", Fault::status(401), 1),
        ("too many requests", Fault::Status { code: 429, retry_after: Some(1) }, 1),
        ("a burst of errors", Fault::status(500), 2),
        ("a version that is gone, in the answer", Fault::status(410), 1),
        ("a version that is gone, in the stream", Fault::WatchError { code: 410 }, 1),
        ("half an event", Fault::Truncated { after: 40 }, 1),
        ("a broken connection", Fault::Cut { after: 40 }, 1),
    ];
    let all =
        faults.map(|(name, fault, times)| survives(name, vec![Rule::new(fault).path(MAPS).watches().times(times)]));
    futures::stream::iter(all).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_told_and_forgiven() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("faults").await.unwrap();
    let proxy = FaultProxy::before(plane.admin()).unwrap();
    let (host, cluster) = Host::on(proxy.access()).await;
    let before = host.live(&cluster).await;
    notices(&host, &cluster, plane, &namespace, "before").await;

    proxy.add(Rule::new(Fault::status(401)));
    proxy.cut();
    let told = |status: &ClusterStatus| {
        let stale = maps(status).is_some_and(|kind| {
            kind.state == KindStateWord::Stale && kind.why.as_ref().is_some_and(|why| why.contains("401"))
        });
        stale && status.link == LinkState::Lost && status.problems.iter().any(|problem| problem.contains("401"))
    };
    let status = host.until(&cluster, "the refusal is told", told).await;
    assert!(status.objects >= before.objects.min(100), "what was seen stays");
    host.has(&cluster, &format!("core/ConfigMap/{namespace}/before")).await;
    // What was seen: "0 s old" after a long silence, since a refusal counted as a word, and every message of the source.
    let refused = |seen: &[support::Seen]| seen.iter().filter(|request| request.fault.is_some()).count();
    let mut ages = Vec::new();
    for times in [10, 20] {
        proxy.until("it is refused again", |seen| refused(seen) >= times).await.unwrap();
        ages.push(host.status(&cluster).await.heard);
    }
    assert!(ages[0].is_some() && ages[0] == ages[1], "a refusal is no word about objects: {ages:?}");

    proxy.clear();
    let status = host.live(&cluster).await;
    assert_eq!(status.problems, [""; 0]);
    notices(&host, &cluster, plane, &namespace, "after").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_is_refused_is_missing_from_the_picture_in_words() {
    let plane = ControlPlane::shared().await.unwrap();
    let proxy = FaultProxy::before(plane.admin()).unwrap();
    proxy.add(Rule::new(Fault::status(403)).path("/api/v1/nodes"));
    let (host, cluster) = Host::on(proxy.access()).await;
    let status = host.live(&cluster).await;
    let kind = status.kinds.iter().find(|kind| kind.kind == "Node").unwrap();
    assert_eq!((kind.state, kind.count), (KindStateWord::Forbidden, 0));
    assert!(kind.why.as_ref().unwrap().contains("forbidden"), "{kind:?}");
    let mut map = Map::open(&host, &cluster, View::default());
    assert_eq!(map.next("the picture").await.gaps, ["Node: may not be listed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_line_is_told_and_the_picture_stays() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("faults").await.unwrap();
    let proxy = FaultProxy::before(plane.admin()).unwrap();
    let (host, cluster) = Host::on(proxy.access()).await;
    host.live(&cluster).await;
    let mut map = Map::open(&host, &cluster, View { namespaces: vec![namespace.clone()], ..View::default() });
    map.next("the picture").await;
    // As a pulled cable: no answer, no close.
    proxy.set_line(Line::Silent);
    let told = |status: &ClusterStatus| status.link == LinkState::Lost && !status.problems.is_empty();
    assert!(host.until(&cluster, "the silence is told", told).await.objects > 0, "what was seen stays");
    map.until("the map says that it is old", |map| {
        map.header.as_ref().is_some_and(|header| header.gaps.iter().any(|gap| gap.contains("not up to date")))
    })
    .await;
    proxy.set_line(Line::Up);
    host.live(&cluster).await;
    notices(&host, &cluster, plane, &namespace, "after").await;
    map.until("the map is whole again", |map| map.header.as_ref().is_some_and(|header| header.gaps.is_empty())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_is_waited_for() {
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    let (host, cluster) = Host::on(plane.admin()).await;
    host.live(&cluster).await;
    notices(&host, &cluster, &plane, "default", "before").await;
    plane.kill_api_server().unwrap();
    let told = |status: &ClusterStatus| status.link == LinkState::Lost && !status.problems.is_empty();
    host.until(&cluster, "the loss is told", told).await;
    host.has(&cluster, "core/ConfigMap/default/before").await;
    plane.restart_api_server().await.unwrap();
    host.live(&cluster).await;
    notices(&host, &cluster, &plane, "default", "after").await;
}
