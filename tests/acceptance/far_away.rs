//! Servers that are not on this machine: behind a company's proxy, packing their answers, older than ours; and a machine
//! that has slept.

use std::time::Duration;

use cluster::kubeconfig::{self, Environment, ProxyVariables};
use cluster::{Options, WallClock};
use model::{GroupKind, ResourceKey};
use support::{ControlPlane, Fault, FaultProxy, Rule, Tunnel};

use crate::live::Live;

/// A name that nothing but the tunnel knows.
const SERVER: &str = "kubernetes.example:6443";

/// The kubeconfig of an account whose server goes by another name, through a proxy where one is named.
fn renamed(access: &support::Access, folder: &std::path::Path, proxy_url: Option<&str>) -> std::path::PathBuf {
    let text = std::fs::read_to_string(access.kubeconfig()).unwrap();
    let mut config: serde_json::Value = serde_json::from_str(&text).unwrap();
    let cluster = &mut config["clusters"][0]["cluster"];
    cluster["server"] = format!("https://{SERVER}").into();
    cluster["tls-server-name"] = "127.0.0.1".into();
    if let Some(url) = proxy_url {
        cluster["proxy-url"] = url.into();
    }
    let file = folder.join("renamed");
    std::fs::write(&file, config.to_string()).unwrap();
    file
}

fn context(file: &std::path::Path, proxies: ProxyVariables) -> kubeconfig::Context {
    let environment = Environment { explicit: Some(file.to_owned()), proxies, ..Environment::default() };
    kubeconfig::load(&environment).select(None).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn packed_answers_come_through_the_proxy_that_the_kubeconfig_names() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("large").await.unwrap();
    let client = plane.client().unwrap();
    // API servers pack answers of more than 128 KiB.
    let text = "lorem ipsum ".repeat(2_000);
    for number in 0..12 {
        let map = serde_json::json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": format!("map-{number}") }, "data": { "text": text },
        });
        client.post(&format!("/api/v1/namespaces/{namespace}/configmaps"), &map).await.unwrap();
    }
    let seen = FaultProxy::before(plane.admin()).unwrap();
    let tunnel = Tunnel::to(seen.access().server().trim_start_matches("https://")).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = renamed(seen.access(), folder.path(), Some(&tunnel.url()));
    let live = Live::read(cluster::connect(&context(&file, ProxyVariables::default()), Options::default()));
    let snapshot = live.synced().await.unwrap();
    let map = snapshot.get(&ResourceKey::new("", "ConfigMap", &namespace, "map-7")).unwrap();
    assert_eq!(map.body["data"]["text"], text);
    live.equals(&client).await.unwrap();
    assert!(tunnel.asked().iter().all(|host| host == SERVER) && tunnel.asked().len() > 1, "{:?}", tunnel.asked());
    let maps = "/api/v1/configmaps";
    let packed: Vec<_> = seen.requests().into_iter().filter(|request| request.encoding.is_some()).collect();
    assert!(packed.iter().any(|request| request.path == maps && request.is_list()), "{packed:?}");
    assert!(packed.iter().all(|request| request.encoding.as_deref() == Some("gzip") && !request.is_watch()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_names_a_proxy_and_what_is_near_needs_none() {
    let plane = ControlPlane::shared().await.unwrap();
    let tunnel = Tunnel::to(plane.admin().server().trim_start_matches("https://")).await.unwrap();
    let proxies = ProxyVariables { https: Some(tunnel.url()), ..ProxyVariables::default() };
    let folder = tempfile::tempdir().unwrap();
    let far = context(&renamed(plane.admin(), folder.path(), None), proxies.clone());
    let patience = Duration::from_secs(60);
    assert!(cluster::probe(&far, patience).await.is_ok());
    assert_eq!(tunnel.asked(), [SERVER]);
    let near = context(plane.admin().kubeconfig(), proxies.clone());
    assert!(cluster::probe(&near, patience).await.is_ok());
    assert_eq!(tunnel.asked().len(), 1, "loopback needs no proxy");
    let exempt = ProxyVariables { exempt: "kubernetes.example".to_owned(), ..proxies };
    assert!(cluster::probe(&context(&folder.path().join("renamed"), exempt), patience).await.is_err());
    assert_eq!(tunnel.asked().len(), 1, "NO_PROXY names it, and nobody else knows its address");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_aggregated_discovery_serves_the_same_kinds() {
    let plane = ControlPlane::shared().await.unwrap();
    let old = FaultProxy::before(plane.admin()).unwrap();
    old.add(Rule::new(Fault::Plain).exactly("/api"));
    old.add(Rule::new(Fault::Plain).exactly("/apis"));
    let live = Live::open(old.access(), Options::default());
    live.synced().await.unwrap();
    live.equals(&plane.client().unwrap()).await.unwrap();
    assert!(old.requests().iter().any(|request| request.path == "/apis/apps/v1"), "it asked group by group");
    let other = Live::open(plane.admin(), Options::default());
    let kinds = |snapshot: &inventory::Snapshot| -> Vec<GroupKind> {
        let all = snapshot.coverage().kinds.iter().map(|row| row.kind.group_kind.clone());
        // Kinds of other tests come and go.
        all.filter(|kind| !kind.group.ends_with(".example.com")).collect()
    };
    assert_eq!(kinds(&live.snapshot()), kinds(&other.synced().await.unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_slept_looks_anew_without_being_told() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("slept").await.unwrap();
    let proxy = FaultProxy::before(plane.admin()).unwrap();
    // The watch is dead and does not know it: its connection lives and is pinged.
    let maps = "/api/v1/configmaps";
    proxy.add(Rule::new(Fault::Stalled { after: 0 }).path(maps).watches().times(1));
    let wall = WallClock::default();
    let live = Live::open(proxy.access(), Options { wall: wall.clone(), ..Options::default() });
    live.synced().await.unwrap();
    let watches = |seen: &[support::Seen]| seen.iter().filter(|it| it.path == maps && it.is_watch()).count();
    proxy.until("the watch is dead", |seen| watches(seen) == 1).await.unwrap();
    plane.kubectl(["-n", &namespace, "create", "configmap", "meanwhile", "--from-literal=a=b"]).await.unwrap();
    let lists = proxy.requests().iter().filter(|it| it.path == maps && it.is_list()).count();

    wall.skip(Duration::from_secs(3600));
    let key = ResourceKey::new("", "ConfigMap", &namespace, "meanwhile");
    live.until("what happened meanwhile is seen", |snapshot| snapshot.contains(&key)).await.unwrap();
    let after = proxy.requests().iter().filter(|it| it.path == maps && it.is_list()).count();
    assert_eq!(lists, after, "the watch goes on where it was, without a list");
}
