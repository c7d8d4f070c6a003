//! What is in the cluster is in the inventory: at first, after a storm, and after everything that ends a watch.

use std::collections::BTreeSet;

use cluster::Options;
use model::{GroupKind, KindState, ResourceKey, Scope};
use support::{ControlPlane, FaultProxy, Line, Parts};

use crate::live::Live;

const DEFINITION: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: fleets.NAME.example.com}
spec:
  group: NAME.example.com
  scope: Namespaced
  names: {kind: Fleet, plural: fleets, singular: fleet}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
";

fn definition(name: &str) -> String {
    DEFINITION.replace("NAME", name)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_that_can_be_watched_is_there() {
    let plane = ControlPlane::shared().await.unwrap();
    let live = Live::open(plane.admin(), Options::default());
    let snapshot = live.synced().await.unwrap();
    let known: BTreeSet<String> = snapshot.coverage().kinds.iter().map(|row| row.kind.group_kind.to_string()).collect();
    for kind in [
        "core/Pod",
        "core/Service",
        "core/ConfigMap",
        "core/Secret",
        "core/Node",
        "core/Namespace",
        "core/PersistentVolume",
        "core/PersistentVolumeClaim",
        "core/ServiceAccount",
        "core/Endpoints",
        "core/Event",
        "discovery.k8s.io/EndpointSlice",
        "apps/Deployment",
        "apps/ReplicaSet",
        "apps/StatefulSet",
        "apps/DaemonSet",
        "batch/Job",
        "batch/CronJob",
        "networking.k8s.io/Ingress",
        "networking.k8s.io/IngressClass",
        "networking.k8s.io/NetworkPolicy",
        "rbac.authorization.k8s.io/Role",
        "rbac.authorization.k8s.io/RoleBinding",
        "rbac.authorization.k8s.io/ClusterRole",
        "rbac.authorization.k8s.io/ClusterRoleBinding",
        "storage.k8s.io/StorageClass",
        "autoscaling/HorizontalPodAutoscaler",
        "policy/PodDisruptionBudget",
        "apiextensions.k8s.io/CustomResourceDefinition",
    ] {
        assert!(known.contains(kind), "{kind} is not among {known:?}");
    }
    assert!(!known.contains("events.k8s.io/Event"), "the same events twice");
    live.equals(&plane.client().unwrap()).await.unwrap();
    assert_eq!(live.reader().version().await.unwrap().git_version, "v1.36.3");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_leaves_what_a_fresh_list_says() {
    let plane = &ControlPlane::start(Parts { metrics: false, ..Parts::ALL }).await.unwrap();
    let namespace = plane.namespace("storm").await.unwrap();
    let doomed = plane.namespace("doomed").await.unwrap();
    let proxy = FaultProxy::before(plane.admin()).unwrap();
    let live = Live::open(proxy.access(), Options::default());
    live.synced().await.unwrap();
    let run = |words: &[&str]| {
        let arguments: Vec<String> = ["-n", &namespace].iter().chain(words).map(|&word| word.to_owned()).collect();
        async move { plane.kubectl(arguments).await.unwrap() }
    };
    let fleet = GroupKind::new("storm.example.com", "Fleet");
    plane.kubectl(["-n", &doomed, "create", "deployment", "gone", "--image=nginx", "--replicas=5"]).await.unwrap();
    run(&["create", "deployment", "web", "--image=nginx:1", "--replicas=20"]).await;
    run(&["create", "deployment", "api", "--image=api:1", "--replicas=10"]).await;
    run(&["create", "configmap", "settings", "--from-literal=level=1"]).await;
    run(&["rollout", "status", "deployment/web", "--timeout=100s"]).await;
    for round in 2..5 {
        run(&["set", "image", "deployment/web", &format!("nginx=nginx:{round}")]).await;
        run(&["scale", "deployment/api", &format!("--replicas={}", round * 7 % 12)]).await;
        run(&["create", "configmap", &format!("extra-{round}"), "--from-literal=a=b"]).await;
        match round {
            2 => {
                plane.apply(&definition("storm")).await.unwrap();
                live.until("the kind is discovered", |snapshot| snapshot.coverage().of(&fleet).is_some())
                    .await
                    .unwrap();
            }
            3 => {
                plane.kill_api_server().unwrap();
                plane.restart_api_server().await.unwrap();
            }
            _ => {
                plane.kubectl(["delete", "customresourcedefinition", "fleets.storm.example.com"]).await.unwrap();
            }
        }
    }
    plane.kubectl(["delete", "namespace", &doomed, "--wait=true"]).await.unwrap();
    run(&["delete", "configmap", "settings"]).await;
    run(&["rollout", "status", "deployment/web", "--timeout=100s"]).await;

    // The watches sleep while etcd forgets what they have not seen.
    proxy.set_line(Line::Down);
    run(&["scale", "deployment/api", "--replicas=4"]).await;
    run(&["delete", "configmap", "extra-2"]).await;
    run(&["rollout", "status", "deployment/api", "--timeout=100s"]).await;
    plane.compact().await.unwrap();
    plane.restart_api_server().await.unwrap();
    proxy.set_line(Line::Up);

    live.until("the kind is withdrawn", |snapshot| snapshot.coverage().of(&fleet).is_none()).await.unwrap();
    let pods = |snapshot: &inventory::Snapshot, namespace: &str| {
        snapshot.keys_of(&GroupKind::new("", "Pod"), Some(namespace)).count()
    };
    live.until("old pods are gone", |snapshot| pods(snapshot, &namespace) == 24).await.unwrap();
    live.equals_kubectl(plane).await.unwrap();
    let snapshot = live.snapshot();
    assert_eq!(pods(&snapshot, &doomed), 0);
    assert!(!snapshot.contains(&ResourceKey::new("", "ConfigMap", &namespace, "extra-2")));
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_come_and_go_while_watching() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("kinds").await.unwrap();
    let live = Live::open(plane.admin(), Options::default());
    live.synced().await.unwrap();
    let group = format!("{namespace}.example.com");
    let fleet = GroupKind::new(&group, "Fleet");
    for _ in 0..2 {
        plane.apply(&definition(&namespace)).await.unwrap();
        live.until("the kind is discovered", |snapshot| snapshot.coverage().of(&fleet).is_some()).await.unwrap();
        let object = format!(
            "apiVersion: {group}/v1\nkind: Fleet\nmetadata: {{name: blue, namespace: {namespace}}}\nspec: {{ships: 3}}\n"
        );
        plane.apply(&object).await.unwrap();
        let key = ResourceKey::new(&group, "Fleet", &namespace, "blue");
        let snapshot = live.until("its object is there", |snapshot| snapshot.contains(&key)).await.unwrap();
        assert_eq!(snapshot.get(&key).unwrap().body["spec"]["ships"], 3);
        assert_eq!(live.reader().get(&key).await.unwrap().body["spec"]["ships"], 3);
        plane.kubectl(["delete", "customresourcedefinition", &format!("fleets.{group}")]).await.unwrap();
        live.until("the kind is withdrawn with its objects", |snapshot| {
            snapshot.coverage().of(&fleet).is_none() && !snapshot.contains(&key)
        })
        .await
        .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_come_without_their_values() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("secrets").await.unwrap();
    let live = Live::open(plane.admin(), Options::default());
    live.synced().await.unwrap();
    // A client-side apply repeats the values in an annotation.
    let manifest = plane.folder().join("secret.yaml");
    std::fs::write(
        &manifest,
        "apiVersion: v1\nkind: Secret\nmetadata: {name: hidden}\nstringData: {password: hunter2}\n",
    )
    .unwrap();
    plane.kubectl(["-n", &namespace, "apply", "--filename", &manifest.display().to_string()]).await.unwrap();
    let key = ResourceKey::new("", "Secret", &namespace, "hidden");
    let snapshot = live.until("the secret is there", |snapshot| snapshot.contains(&key)).await.unwrap();
    for secret in [snapshot.get(&key).unwrap(), live.reader().get(&key).await.unwrap()] {
        let text = secret.body.to_string();
        assert!(!text.contains("hunter2") && !text.contains("aHVudGVyMg"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_api_server_is_waited_for() {
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    let client = plane.client().unwrap();
    let live = Live::open(plane.admin(), Options::default());
    live.synced().await.unwrap();
    plane.kill_api_server().unwrap();
    live.until("what is shown is called stale", |snapshot| {
        let pods = crate::live::state(snapshot, "", "ConfigMap", &Scope::Cluster);
        matches!(pods, Some(KindState::Stale { since, .. }) if since > 0)
    })
    .await
    .unwrap();
    live.until_link("the link is down", |link| matches!(link, cluster::Link::Down { .. })).await;
    // What is shown stays.
    assert!(live.snapshot().contains(&ResourceKey::new("", "Namespace", "", "default")));
    plane.restart_api_server().await.unwrap();
    plane.kubectl(["create", "configmap", "after", "--from-literal=a=b"]).await.unwrap();
    live.synced().await.unwrap();
    live.equals(&client).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compacted_version_is_listed_anew() {
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    let proxy = FaultProxy::before(plane.admin()).unwrap();
    let live = Live::open(proxy.access(), Options::default());
    plane.kubectl(["create", "configmap", "doomed", "--from-literal=a=b"]).await.unwrap();
    let doomed = ResourceKey::new("", "ConfigMap", "default", "doomed");
    live.until("the map is there", |snapshot| snapshot.contains(&doomed)).await.unwrap();
    live.synced().await.unwrap();

    // While the line is cut, versions move on and etcd forgets the old ones.
    proxy.set_line(Line::Down);
    plane.kubectl(["delete", "configmap", "doomed"]).await.unwrap();
    for number in 0..5 {
        plane.kubectl(["create", "configmap", &format!("later-{number}"), "--from-literal=a=b"]).await.unwrap();
    }
    plane.compact().await.unwrap();
    plane.restart_api_server().await.unwrap();
    proxy.forget();
    proxy.set_line(Line::Up);

    let path = "/api/v1/configmaps";
    proxy
        .until("the maps are listed anew", |seen| seen.iter().any(|request| request.path == path && request.is_list()))
        .await
        .unwrap();
    live.until("what went meanwhile is gone", |snapshot| !snapshot.contains(&doomed)).await.unwrap();
    live.equals(&plane.client().unwrap()).await.unwrap();
}
