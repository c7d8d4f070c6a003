//! Several clusters at once: each is its own, contexts of the same name are kept apart, and a broken one delays nobody.

use std::path::Path;

use api::types::{AppInfo, ClusterSource, ClusterSummary, ContextHealth, ContextList, LinkState, Notice, View};
use serde_json::json;
use support::{ControlPlane, FaultProxy, Line, Parts};

use super::Host;
use super::map::Map;

#[tokio::test(flavor = "multi_thread")]
async fn two_clusters_are_open_at_once_and_a_silent_one_holds_up_neither() {
    let plane = ControlPlane::shared().await.unwrap();
    let other = ControlPlane::start(Parts::BARE).await.unwrap();
    other.kubectl(["create", "configmap", "only-there", "--from-literal=a=b"]).await.unwrap();
    let silent = FaultProxy::before(plane.admin()).unwrap();
    silent.set_line(Line::Silent);

    let kubeconfigs: [&Path; 3] =
        [silent.access().kubeconfig(), plane.admin().kubeconfig(), other.admin().kubeconfig()];
    let host = Host::knowing(&kubeconfigs).await;
    let list: ContextList = host.ask("contexts_list", json!({})).await.unwrap();
    assert_eq!(list.contexts.len(), 3, "contexts of the same name are kept apart: {list:?}");
    assert_eq!(list.contexts.iter().filter(|context| context.current).count(), 1);
    assert!(list.files.iter().all(|file| file.problem.is_none()), "{:?}", list.files);

    let broken = host.connect(silent.access()).await;
    let (one, two) = (host.connect(plane.admin()).await, host.connect(other.admin()).await);
    host.live(&one).await;
    host.live(&two).await;
    assert_eq!(host.status(&broken).await.objects, 0);
    let open: Vec<ClusterSummary> = host.ask("clusters_open", json!({})).await.unwrap();
    assert_eq!(open.iter().map(|it| &it.cluster).collect::<Vec<_>>(), [&broken, &one, &two]);

    let key = "core/ConfigMap/default/only-there";
    host.has(&two, key).await;
    assert!(host.refusal("object_detail", json!({ "cluster": one, "key": key })).await.message.contains(key));
    let mut maps = [&one, &two].map(|cluster| Map::open(&host, cluster, View::default()));
    for map in &mut maps {
        map.next("each has its picture").await;
    }
    assert!(maps[0].contents() != maps[1].contents());

    // Closing one leaves the other, and the silent one comes in as soon as it answers.
    host.ask::<serde_json::Value>("cluster_disconnect", json!({ "cluster": two })).await.unwrap();
    silent.set_line(Line::Up);
    host.live(&broken).await;
    assert_eq!(host.status(&one).await.link, LinkState::Live);
}

#[tokio::test(flavor = "multi_thread")]
async fn contexts_come_and_go_with_their_files() {
    let plane = ControlPlane::shared().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    let host = Host::knowing(&[&file]).await;
    let list: ContextList = host.ask("contexts_list", json!({})).await.unwrap();
    assert_eq!(list.contexts, []);
    let mut notices = host.notices();
    let mut next = async || loop {
        if let Notice::Contexts(list) = notices.next("the contexts are told").await {
            return list;
        }
    };
    std::fs::copy(plane.admin().kubeconfig(), &file).unwrap();
    while next().await.contexts.is_empty() {}
    let list: ContextList = host.ask("contexts_list", json!({})).await.unwrap();
    let id = &list.contexts[0].id;
    let health: ContextHealth = host.ask("context_probe", json!({ "id": id })).await.unwrap();
    assert!(health.reachable && health.latency_millis.is_some() && health.problem.is_none(), "{health:?}");

    std::fs::write(&file, "contexts: [").unwrap();
    while next().await.files[0].problem.is_none() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_start_asks_for_takes_the_screen_though_it_is_open() {
    let host = Host::knowing(&[]).await;
    let mut notices = host.notices();
    let mut asked = async || {
        let mut heard = Vec::new();
        loop {
            match notices.next("the cluster that was asked for").await {
                Notice::Opened(cluster) => heard.push(("opened", cluster.cluster)),
                Notice::Asked(cluster) => heard.push(("asked", cluster.cluster)),
                Notice::NotOpened(error) => heard.push(("not opened", error.message)),
                _ => continue,
            }
            if heard.last().is_some_and(|(what, _)| *what != "opened") {
                return heard;
            }
        }
    };
    let demo = || ClusterSource::Demo { objects: None };
    host.application.open_asked(demo()).await;
    assert_eq!(asked().await, [("opened", "demo".to_owned()), ("asked", "demo".to_owned())]);
    host.application.open_asked(demo()).await;
    assert_eq!(asked().await, [("asked", "demo".to_owned())]);

    // What fails is remembered for whoever looks later, until something that was asked for is there.
    let remembered = async || host.ask::<AppInfo>("app_info", json!({})).await.unwrap().not_opened;
    host.application.open_asked(ClusterSource::Files { paths: vec!["/no/such/place".to_owned()] }).await;
    assert_eq!(asked().await[0].0, "not opened");
    assert!(remembered().await.unwrap().message.contains("/no/such/place"));
    host.application.open_asked(demo()).await;
    assert_eq!(remembered().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_and_a_cluster_stand_beside_each_other() {
    let plane = ControlPlane::shared().await.unwrap();
    let host = Host::knowing(&[plane.admin().kubeconfig()]).await;
    let real = host.connect(plane.admin()).await;
    let shop = host.open(json!({ "from": "demo" })).await.unwrap().cluster;
    let large = host.open(json!({ "from": "demo", "objects": 400 })).await.unwrap().cluster;
    for cluster in [&real, &shop, &large] {
        host.live(cluster).await;
    }
    host.has(&shop, "apps/Deployment/shop/checkout").await;
    assert!(host.status(&large).await.objects >= 400);
    let absent = json!({ "cluster": large, "key": "apps/Deployment/shop/checkout" });
    host.refusal("object_detail", absent).await;
}
