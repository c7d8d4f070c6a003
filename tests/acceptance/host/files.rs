//! Dumps and manifests, opened as any other source.

use api::types::{ErrorCode, KindStateWord, LinkState, View};
use serde_json::json;
use support::ControlPlane;

use super::Host;
use super::map::Map;

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_of_a_cluster_is_the_same_map() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("dump").await.unwrap();
    plane.kubectl(["-n", &namespace, "create", "deployment", "web", "--image=nginx", "--replicas=2"]).await.unwrap();
    plane.kubectl(["-n", &namespace, "rollout", "status", "deployment/web", "--timeout=100s"]).await.unwrap();
    let (host, cluster) = Host::on(plane.admin()).await;
    host.live(&cluster).await;
    let view = View { namespaces: vec![namespace.clone()], lens: api::types::Lens::Traffic, ..View::default() };
    let web = format!("apps/Deployment/{namespace}/web");
    let mut live = Map::open(&host, &cluster, view.clone());
    live.until("it is drawn", |map| map.pods_of(&web) == Some(2)).await;

    let kinds = "deployments,replicasets,pods,services,configmaps,serviceaccounts,namespaces";
    let dump = plane.kubectl(["-n", &namespace, "get", kinds, "--output", "yaml"]).await.unwrap();
    let path = host.path("dump.yaml");
    std::fs::write(&path, dump).unwrap();
    let opened = host.open(json!({ "from": "files", "paths": [path] })).await.unwrap();
    assert_eq!(opened.name, "dump.yaml");
    let status = host.status(&opened.cluster).await;
    assert_eq!((status.link, status.problems.len()), (LinkState::Offline, 0), "{status:?}");
    let pods = status.kinds.iter().find(|kind| kind.kind == "Pod").unwrap();
    assert_eq!((pods.count, pods.state), (2, KindStateWord::Live));

    let mut offline = Map::open(&host, &opened.cluster, view);
    offline.next("the picture of the dump").await;
    let block = offline.block_of(&web).unwrap().id.clone();
    assert_eq!(offline.contents()[&block], live.contents()[&block]);
    let detail = host.has(&opened.cluster, &web).await;
    assert!(detail.yaml.unwrap().contains("  replicas: 2\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_document_is_named_and_the_rest_is_there() {
    let host = Host::knowing(&[]).await;
    let path = host.path("half.yaml");
    std::fs::write(&path, "kind: ConfigMap\napiVersion: v1\nmetadata: {name: good}\n---\nkind: [\n").unwrap();
    let cluster = host.open(json!({ "from": "files", "paths": [path] })).await.unwrap().cluster;
    host.has(&cluster, "core/ConfigMap/default/good").await;
    let status = host.status(&cluster).await;
    assert_eq!(status.problems.len(), 1);
    assert!(status.problems[0].contains("half.yaml") && status.problems[0].contains("document 2"), "{status:?}");

    for (name, text, code) in [("empty.yaml", "# nothing\n", ErrorCode::NotFound), ("bad.yaml", "{", ErrorCode::Failed)]
    {
        let path = host.path(name);
        std::fs::write(&path, text).unwrap();
        let refusal = host.open(json!({ "from": "files", "paths": [path] })).await.unwrap_err();
        assert_eq!(refusal.code, code, "{refusal}");
    }
    let refusal = host.open(json!({ "from": "files", "paths": [host.path("absent.yaml")] })).await.unwrap_err();
    assert!(refusal.message.contains("absent.yaml"), "{refusal}");
}
