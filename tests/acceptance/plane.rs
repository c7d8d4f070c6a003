//! The ground the other tests stand on is real: what one expects of any Kubernetes cluster holds on this one.

use std::collections::BTreeSet;
use std::process::Stdio;

use serde_json::Value;
use support::{ControlPlane, Parts, eventually, items};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;

const DEPLOYMENT: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata:
      labels: { app: web }
      annotations: { kwok.x-k8s.io/usage-cpu: 250m, kwok.x-k8s.io/usage-memory: 64Mi }
    spec:
      containers: [{ name: nginx, image: nginx, ports: [{ containerPort: 80 }] }]
";

/// A namespace in which a Deployment has been rolled out by the real controllers.
async fn rolled_out(plane: &ControlPlane) -> String {
    let namespace = plane.namespace("plane").await.unwrap();
    let manifest = DEPLOYMENT.replace("name: web }", &format!("name: web, namespace: {namespace} }}"));
    plane.apply(&manifest).await.unwrap();
    let rollout = ["rollout", "status", "deployment/web", "--timeout=100s", "-n", &namespace];
    plane.kubectl(rollout).await.unwrap();
    namespace
}

#[tokio::test]
async fn nodes_are_ready_and_the_server_says_its_version() {
    let plane = ControlPlane::shared().await.unwrap();
    let version: Value = serde_json::from_str(&plane.kubectl(["version", "--output=json"]).await.unwrap()).unwrap();
    if plane.is_own() {
        assert_eq!(version["serverVersion"]["gitVersion"], "v1.36.3");
    }
    let ready = "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}";
    let states = plane.kubectl(["get", "nodes", "--output", ready]).await.unwrap();
    assert!(!states.is_empty() && states.split(' ').all(|state| state == "True"), "{states}");
}

#[tokio::test]
async fn a_deployment_becomes_running_pods_owned_by_its_replica_set() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = rolled_out(plane).await;
    let client = plane.client().unwrap();
    let pods = client.get(&format!("/api/v1/namespaces/{namespace}/pods")).await.unwrap();
    assert_eq!(items(&pods).len(), 3);
    for pod in items(&pods) {
        assert_eq!(pod["status"]["phase"], "Running");
        assert_eq!(pod["metadata"]["ownerReferences"][0]["kind"], "ReplicaSet");
        assert!(pod["spec"]["nodeName"].is_string());
    }
    plane.kubectl(["delete", "deployment/web", "-n", &namespace]).await.unwrap();
    eventually("the garbage collector takes the pods", || async {
        let pods = client.get(&format!("/api/v1/namespaces/{namespace}/pods")).await?;
        Ok(items(&pods).is_empty().then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn logs_are_followed_and_commands_run_in_a_container() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = rolled_out(plane).await;
    let said = plane.kubectl(["exec", "-n", &namespace, "deployment/web", "--", "echo", "from inside"]).await;
    assert_eq!(said.unwrap(), "from inside\n");

    if !plane.is_own() {
        return;
    }
    // Beyond this, what the containers of another cluster print is their own affair.
    let first = plane.kubectl(["get", "pods", "-n", &namespace, "--output=jsonpath={.items[0].metadata.name}"]).await;
    let pod = first.unwrap();
    plane.log(&namespace, &pod, "nginx", "a line from before").await.unwrap();
    let mut follower = Command::new(plane.kubectl_path())
        .args(["logs", "--follow", "--tail=1", "-n", &namespace, &pod])
        .env("KUBECONFIG", plane.admin().kubeconfig())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("a line from before"));
    plane.log(&namespace, &pod, "nginx", "a line from later").await.unwrap();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("a line from later"));
    let other = plane.kubectl(["logs", "-n", &namespace, "-l", "app=web", "--prefix"]).await.unwrap();
    assert_eq!(other.matches("a line from later").count(), 1, "{other}");
}

#[tokio::test]
async fn every_container_says_its_own() {
    const TWO: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME, namespace: NS}\n\
        spec: {containers: [{name: main, image: nginx}, {name: side, image: nginx}]}\n";
    let plane = ControlPlane::shared().await.unwrap();
    if !plane.is_own() {
        return;
    }
    let namespace = plane.namespace("logs").await.unwrap();
    for pod in ["one", "two"] {
        plane.apply(&TWO.replace("NAME", pod).replace("NS", &namespace)).await.unwrap();
        let wait = ["wait", "--for=condition=Ready", "--timeout=100s", "-n", &namespace, &format!("pod/{pod}")];
        plane.kubectl(wait).await.unwrap();
        for container in ["main", "side"] {
            plane.log(&namespace, pod, container, &format!("I am {pod} {container}")).await.unwrap();
        }
    }
    for (pod, container) in [("one", "main"), ("one", "side"), ("two", "main"), ("two", "side")] {
        let said = plane.kubectl(["logs", "-n", &namespace, pod, "-c", container]).await.unwrap();
        assert_eq!(said, format!("I am {pod} {container}\n"));
    }
    let all = plane.kubectl(["logs", "-n", &namespace, "two", "--all-containers", "--prefix"]).await.unwrap();
    // kubectl asks for one after the other, in no order that it would keep.
    let all: BTreeSet<&str> = all.lines().collect();
    assert_eq!(all, BTreeSet::from(["[pod/two/main] I am two main", "[pod/two/side] I am two side"]));
}

#[tokio::test]
async fn a_port_is_forwarded_to_an_echo() {
    let plane = ControlPlane::shared().await.unwrap();
    if !plane.is_own() {
        return;
    }
    let namespace = rolled_out(plane).await;
    let mut forward = Command::new(plane.kubectl_path())
        .args(["port-forward", "-n", &namespace, "deployment/web", ":80"])
        .env("KUBECONFIG", plane.admin().kubeconfig())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    // "Forwarding from 127.0.0.1:39181 -> 80"
    let mut lines = BufReader::new(forward.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let address = line.split(' ').find(|word| word.starts_with("127.0.0.1:")).unwrap();
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(b"are you there?").await.unwrap();
    let mut answer = [0; 14];
    connection.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"are you there?");
}

#[tokio::test]
async fn usage_of_nodes_and_pods_is_measured() {
    let plane = ControlPlane::shared().await.unwrap();
    if !plane.is_own() {
        // Another cluster may have no metrics-server.
        return;
    }
    let namespace = rolled_out(plane).await;
    plane.metrics().await.unwrap();
    assert!(plane.kubectl(["top", "nodes", "--no-headers"]).await.unwrap().contains("node-1"));
    let top = eventually("every pod is measured", || async {
        let top = plane.kubectl(["top", "pods", "--no-headers", "-n", &namespace]).await?;
        Ok((top.lines().count() == 3).then_some(top))
    })
    .await
    .unwrap();
    assert!(top.lines().all(|line| line.contains("64Mi") && !line.contains(" 0m ")), "{top}");
}

#[tokio::test]
async fn a_killed_api_server_comes_back_with_its_objects_and_forgets_old_versions() {
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    let namespace = plane.namespace("kept").await.unwrap();
    let client = plane.client().unwrap();
    let path = format!("/api/v1/namespaces/{namespace}/configmaps");
    let list = client.get(&path).await.unwrap();
    let old = list["metadata"]["resourceVersion"].as_str().unwrap();
    plane.kubectl(["create", "configmap", "later", "-n", &namespace]).await.unwrap();

    plane.kill_api_server().unwrap();
    assert!(client.get("/readyz").await.is_err());
    plane.compact().await.unwrap();
    plane.restart_api_server().await.unwrap();
    assert!(client.get(&format!("/api/v1/namespaces/{namespace}")).await.is_ok());
    let watch = format!("{path}?watch=true&timeoutSeconds=1&resourceVersion={old}");
    let answer = client.get(&watch).await.unwrap();
    assert_eq!(answer["type"], "ERROR", "{answer}");
    assert_eq!(answer["object"]["code"], 410, "{answer}");
}

#[tokio::test]
async fn the_shop_runs_and_what_is_meant_to_fail_fails() {
    let plane = ControlPlane::shared().await.unwrap();
    if !plane.is_own() {
        // Its images do not exist, and its failures are staged.
        return;
    }
    plane.workload().await.unwrap();
    let reason = "jsonpath={.items[0].status.containerStatuses[0].state.waiting.reason}";
    for (app, expected) in [("ledger-worker", "CrashLoopBackOff"), ("webhook", "ImagePullBackOff")] {
        let selector = format!("app={app}");
        let pods = ["get", "pods", "-n", "payments", "-l", &selector, "--output", reason];
        eventually("the kubelet says why", || async { Ok((plane.kubectl(pods).await? == expected).then_some(())) })
            .await
            .unwrap();
    }
    let before = ["logs", "-n", "payments", "-l", "app=ledger-worker", "--previous"];
    let before = plane.kubectl(before).await.unwrap();
    assert!(before.contains("giving up"), "{before}");
    let client = plane.client().unwrap();
    let claims = client.get("/api/v1/namespaces/data/persistentvolumeclaims").await.unwrap();
    for claim in items(&claims) {
        let expected = if claim["metadata"]["name"] == "archive" { "Pending" } else { "Bound" };
        assert_eq!(claim["status"]["phase"], expected, "{claim}");
    }
}

/// What `cargo xtask cluster` becomes, killed as rudely as can be.
#[tokio::test]
async fn a_cluster_started_by_hand_can_be_used_and_leaves_nothing_behind() {
    let mut cluster =
        Command::new(env!("CARGO_BIN_EXE_test-cluster")).stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(cluster.stdout.take().unwrap()).lines();
    let kubeconfig = loop {
        let line = lines.next_line().await.unwrap().expect("it ended before it was ready");
        if let Some(path) = line.trim().strip_prefix("export KUBECONFIG=") {
            break path.to_owned();
        }
    };
    let plane = ControlPlane::shared().await.unwrap();
    let kubectl = async |arguments: &[&str]| {
        let mut command = Command::new(plane.kubectl_path());
        command.args(arguments).env("KUBECONFIG", &kubeconfig).output().await.unwrap()
    };
    let pods = kubectl(&["get", "pods", "-n", "shop", "-l", "app.kubernetes.io/name=frontend", "-o", "name"]).await;
    assert_eq!(String::from_utf8(pods.stdout).unwrap().lines().count(), 3);

    cluster.kill().await.unwrap();
    let refused = async || {
        let answer = kubectl(&["get", "--raw", "/readyz"]).await;
        Ok(String::from_utf8_lossy(&answer.stderr).contains("refused").then_some(()))
    };
    eventually("the API server is gone with whoever started it", refused).await.unwrap();
}
