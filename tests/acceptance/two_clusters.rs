//! Several clusters at once: each is its own, and a broken one delays nobody.

use std::time::Duration;

use cluster::kubeconfig::{self, Environment};
use cluster::{Link, Options};
use model::{KindState, ResourceKey, Scope};
use support::{ControlPlane, FaultProxy, Line, Parts};

use crate::live::Live;

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_cluster_does_not_hold_up_the_others() {
    let plane = ControlPlane::shared().await.unwrap();
    let other = ControlPlane::start(Parts::BARE).await.unwrap();
    other.kubectl(["create", "configmap", "only-there", "--from-literal=a=b"]).await.unwrap();
    let silent = FaultProxy::before(plane.admin()).unwrap();
    silent.set_line(Line::Silent);

    let broken = Live::open(silent.access(), Options::default());
    let one = Live::open(plane.admin(), Options::default());
    let two = Live::open(other.admin(), Options::default());
    let (one, two) = tokio::join!(one.synced(), two.synced());
    let key = ResourceKey::new("", "ConfigMap", "default", "only-there");
    assert!(two.unwrap().contains(&key) && !one.unwrap().contains(&key));
    assert!(broken.snapshot().is_empty());

    // And comes in as soon as it answers.
    silent.set_line(Line::Up);
    let snapshot = broken.synced().await.unwrap();
    assert_eq!(crate::live::state(&snapshot, "", "Pod", &Scope::Cluster), Some(KindState::Live));
    broken.until_link("the link is up", |link| *link == Link::Up).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_says_what_is_wrong() {
    let plane = ControlPlane::shared().await.unwrap();
    let kubeconfig = plane.folder().join("several.kubeconfig");
    let good = std::fs::read_to_string(plane.admin().kubeconfig()).unwrap();
    let mut config: serde_json::Value = serde_json::from_str(&good).unwrap();
    let name = config["contexts"][0]["context"].clone();
    for (context, user) in [
        (
            "no-plugin",
            serde_json::json!({"exec": {"command": "no-such-login", "apiVersion": "client.authentication.k8s.io/v1"}}),
        ),
        ("wrong-token", serde_json::json!({"token": "wrong"})),
    ] {
        config["users"].as_array_mut().unwrap().push(serde_json::json!({"name": context, "user": user}));
        config["contexts"]
            .as_array_mut()
            .unwrap()
            .push(serde_json::json!({"name": context, "context": {"cluster": name["cluster"], "user": context}}));
    }
    config["clusters"]
        .as_array_mut()
        .unwrap()
        .push(serde_json::json!({"name": "nobody", "cluster": {"server": "https://127.0.0.1:1"}}));
    config["contexts"]
        .as_array_mut()
        .unwrap()
        .push(serde_json::json!({"name": "nobody", "context": {"cluster": "nobody", "user": name["user"]}}));
    std::fs::write(&kubeconfig, config.to_string()).unwrap();

    let contexts = kubeconfig::load(&Environment { explicit: Some(kubeconfig), ..Environment::from_process(None) });
    let probe = async |name: &str| cluster::probe(contexts.select(Some(name)).unwrap(), Duration::from_secs(60)).await;
    let current = contexts.select(None).unwrap().name.clone();
    assert_eq!(probe(&current).await.unwrap().version.git_version, "v1.36.3");
    for (context, sentence) in [
        ("no-plugin", "the program `no-such-login` that logs in was not found"),
        ("wrong-token", "401"),
        ("nobody", "refused"),
    ] {
        let error = probe(context).await.unwrap_err().to_string();
        assert!(error.contains(sentence), "{context}: {error}");
    }
}
