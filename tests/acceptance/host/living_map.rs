//! From a context to a map that stays true: status and coverage, the first picture, changes that touch only what
//! changed, connections that break and are taken up again, readers that are slow.

use api::types::{ClusterSummary, KindStateWord, Notice, View};
use serde_json::json;
use support::ControlPlane;

use super::Host;
use super::map::Map;

/// A view of one namespace.
fn only(namespace: &str) -> View {
    View { namespaces: vec![namespace.to_owned()], ..View::default() }
}

fn deployment(namespace: &str, name: &str) -> String {
    format!("apps/Deployment/{namespace}/{name}")
}

/// Two applications in a namespace of their own, rolled out.
async fn two_applications(plane: &ControlPlane) -> String {
    applications(plane, &[("web", "2"), ("api", "1")]).await
}

/// Deployments in a namespace of their own with so many replicas each, rolled out.
async fn applications(plane: &ControlPlane, deployments: &[(&str, &str)]) -> String {
    let namespace = plane.namespace("map").await.unwrap();
    for (name, replicas) in deployments {
        let make = ["-n", &namespace, "create", "deployment", name, "--image=nginx", "--replicas", replicas];
        plane.kubectl(make).await.unwrap();
    }
    for (name, _) in deployments {
        let wait = ["-n", &namespace, "rollout", "status", &format!("deployment/{name}"), "--timeout=100s"];
        plane.kubectl(wait).await.unwrap();
    }
    namespace
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_becomes_a_map() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = two_applications(plane).await;
    let (host, cluster) = Host::on(plane.admin()).await;
    let status = host.live(&cluster).await;
    assert!(status.revision > 0 && status.relations > 0 && status.heard.is_some(), "{status:?}");
    assert_eq!(status.problems, [""; 0]);
    for kind in &status.kinds {
        assert_eq!((kind.state, &kind.why), (KindStateWord::Live, &None), "{}", kind.kind);
    }
    let undrawn: Vec<&str> = status.kinds.iter().filter(|kind| !kind.drawn).map(|kind| kind.kind.as_str()).collect();
    assert!(undrawn.starts_with(&["Event", "Lease"]), "facts about others: {undrawn:?}");
    assert_eq!(status.objects, status.kinds.iter().filter(|kind| kind.drawn).map(|kind| kind.count).sum::<u64>());

    let summary: Vec<ClusterSummary> = host.ask("clusters_open", json!({})).await.unwrap();
    assert_eq!(summary.len(), 1);
    if plane.is_own() {
        assert_eq!(summary[0].version.as_deref(), Some("v1.36.3"));
    }
    // Connecting once more is no second set of informers.
    assert_eq!(host.connect(plane.admin()).await, cluster);
    assert_eq!(host.ask::<Vec<ClusterSummary>>("clusters_open", json!({})).await.unwrap().len(), 1);

    let mut map = Map::open(&host, &cluster, only(&namespace));
    let first = map.next("the first picture").await;
    assert!(first.view.is_some() && first.revision >= status.revision && first.gaps.is_empty(), "{first:?}");
    assert!(map.frames.contains_key(&format!("ns:{namespace}")), "{:?}", map.frames.keys());
    let (web, api) = (map.pods_of(&deployment(&namespace, "web")), map.pods_of(&deployment(&namespace, "api")));
    assert_eq!((web, api), (Some(2), Some(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_touches_only_what_changed() {
    let plane = ControlPlane::shared().await.unwrap();
    // Enough of them for a hole to be left where one goes: once a third is gone a frame is packed anew.
    let namespace = applications(plane, &[("web", "2"), ("api", "1"), ("cart", "1"), ("mail", "1")]).await;
    let (host, cluster) = Host::on(plane.admin()).await;
    host.live(&cluster).await;
    let mut map = Map::open(&host, &cluster, only(&namespace));
    map.next("the first picture").await;
    let (web, api) = (deployment(&namespace, "web"), deployment(&namespace, "api"));
    let other = map.block_of(&api).unwrap().id.clone();
    let place = map.blocks[&other].0;

    plane.kubectl(["-n", &namespace, "scale", "deployment/web", "--replicas=3"]).await.unwrap();
    let messages = map.until("the third pod is drawn", |map| map.pods_of(&web) == Some(3)).await;
    for message in &messages {
        assert!(message.view.is_none());
        // Its frame may give it another size; what is in it is as it was.
        let mut again = message.blocks.iter().filter(|block| block.id == other);
        assert!(again.all(|block| block.cards.is_empty()), "the other application is sent with a change");
        assert!(!message.moved.contains(&other) && !message.removed.contains(&other));
    }
    assert_eq!(map.blocks[&other].0[..2], place[..2]);
    let glowing: Vec<&String> = messages.iter().flat_map(|message| &message.changed).collect();
    assert!(glowing.contains(&&web), "{glowing:?}");
    assert!(glowing.iter().any(|key| key.starts_with(&format!("core/Pod/{namespace}/web-"))), "{glowing:?}");

    plane.kubectl(["-n", &namespace, "delete", "deployment", "web"]).await.unwrap();
    let gone = map.until("the application is gone", |map| map.block_of(&web).is_none()).await;
    assert!(gone.iter().all(|message| message.view.is_none() && !message.moved.contains(&other)));
    assert_eq!(map.blocks[&other].0[..2], place[..2], "what stayed keeps its place");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_connection_goes_on_where_it_was() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = two_applications(plane).await;
    let (host, cluster) = Host::on(plane.admin()).await;
    host.live(&cluster).await;
    let mut map = Map::open(&host, &cluster, only(&namespace));
    map.next("the first picture").await;
    let web = deployment(&namespace, "web");

    // Whether the reader is away for long, or back before it is missed, with messages lost on the way.
    for (replicas, away) in [(3, true), (4, false)] {
        if away {
            map.hang_up(&host);
        }
        plane.kubectl(["-n", &namespace, "scale", "deployment/web", &format!("--replicas={replicas}")]).await.unwrap();
        let mut other = Map::open(&host, &cluster, only(&namespace));
        other.until("somebody else sees the change", |map| map.pods_of(&web) == Some(replicas)).await;
        map.reconnect(&host);
        let messages = map.until("the change is drawn", |map| map.pods_of(&web) == Some(replicas)).await;
        assert!(messages.iter().all(|message| message.view.is_none()), "it began anew");
    }
    plane.kubectl(["-n", &namespace, "rollout", "status", "deployment/web", "--timeout=100s"]).await.unwrap();
    let settled = |map: &Map| map.caption_of(&web) == Some("4 of 4 ready");
    let mut fresh = Map::open(&host, &cluster, only(&namespace));
    fresh.until("the whole picture", settled).await;
    map.until("the same, piece by piece", settled).await;
    assert_eq!(map.contents(), fresh.contents());

    // Nothing can be gone on from a number that was never sent, or with another view.
    map.reconnect_after(&host, map.number + 1000);
    assert!(map.next("a picture from the beginning").await.view.is_some());
    map.view.problems_only = true;
    map.reconnect(&host);
    assert!(map.next("another picture").await.view.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_view_of_the_same_stream_is_another_picture_in_which_what_both_show_stays() {
    let (host, cluster) = Host::on_the_demo().await;
    host.live(&cluster).await;
    let mut map = Map::open(&host, &cluster, View::default());
    let first = map.next("the first picture").await;
    let places = map.places();
    map.turn_to(View { problems_only: true, ..View::default() });
    let view = View { namespaces: vec!["shop".to_owned()], ..View::default() };
    map.turn_to(view.clone());
    map.until("the view that was asked for last", |map| map.header().view.as_ref() == Some(&view)).await;
    assert!(!map.shows("ns:payments") && map.number > first.number);
    let stays = map.places();
    assert!(!stays.is_empty());
    assert!(stays.iter().all(|(id, place)| places.get(id) == Some(place)), "{places:?} became {stays:?}");
    let about = |picture: u32| json!({ "cluster": cluster, "picture": picture, "query": "cart", "limit": 5 });
    let gone = host.refusal("object_search", about(first.picture)).await;
    assert_eq!(gone.code, api::types::ErrorCode::Gone, "{gone}");
    host.ask::<serde_json::Value>("object_search", about(map.picture())).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_gets_the_sum_of_what_it_missed() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = two_applications(plane).await;
    let (host, cluster) = Host::on(plane.admin()).await;
    host.live(&cluster).await;
    let (web, api) = (deployment(&namespace, "web"), deployment(&namespace, "api"));
    let mut slow = Map::open(&host, &cluster, only(&namespace));
    slow.next("the first picture").await;
    let mut quick = Map::open(&host, &cluster, only(&namespace));
    quick.next("the first picture").await;
    let mut drawn = 0;
    for round in 1..=8 {
        let replicas = if round % 2 == 0 { 2 } else { 4 };
        let scale = ["-n", &namespace, "scale", "deployment/web", &format!("--replicas={replicas}")];
        plane.kubectl(scale).await.unwrap();
        drawn += quick.until("the pods are drawn", |map| map.pods_of(&web) == Some(replicas)).await.len();
    }
    plane.kubectl(["-n", &namespace, "delete", "deployment", "api"]).await.unwrap();
    drawn += quick.until("the application is gone", |map| map.block_of(&api).is_none()).await.len();

    // One message was on its way when the reader fell asleep, one holds all the rest.
    slow.next("what was on its way").await;
    slow.next("the sum").await;
    assert_eq!(slow.pods_of(&web), Some(2));
    assert!(slow.block_of(&api).is_none());
    assert!(drawn > 8, "{drawn} messages");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_cluster_says_so() {
    let (host, cluster) = Host::on_the_demo().await;
    host.live(&cluster).await;
    let mut map = Map::open(&host, &cluster, View::default());
    map.next("the first picture").await;
    let mut notices = host.notices();
    host.ask::<serde_json::Value>("cluster_disconnect", json!({ "cluster": cluster })).await.unwrap();
    assert!(map.end().await.message.contains("closed"));
    while notices.next("the end is told").await != Notice::Closed(cluster.clone()) {}
    for command in ["cluster_status", "cluster_disconnect"] {
        let refusal = host.refusal(command, json!({ "cluster": cluster })).await;
        assert_eq!(refusal.code, api::types::ErrorCode::NotFound, "{refusal}");
    }
    assert!(
        host.application
            .open_stream(api::Caller::Window, "picture", json!({ "cluster": cluster, "view": {} }))
            .is_err()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_a_map_with_its_incidents() {
    let (host, cluster) = Host::on_the_demo().await;
    host.live(&cluster).await;
    let mut map = Map::open(&host, &cluster, View::default());
    let first = map.next("the first picture").await;
    assert!(first.gaps.is_empty(), "{:?}", first.gaps);
    for namespace in ["shop", "payments", "data", "monitoring", "kube-system"] {
        assert!(map.frames.contains_key(&format!("ns:{namespace}")), "{:?}", map.frames.keys());
    }
    let counts = first.counts;
    assert!(counts.failing > 0 && counts.missing > 0 && counts.degraded > 0, "{counts:?}");
}
