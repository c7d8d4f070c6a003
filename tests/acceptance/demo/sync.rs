//! The product reads the demo as it reads any other cluster.

use std::time::Duration;

use cluster::{NodeUsePoll, Options};
use demo::Demo;
use futures::FutureExt;
use model::{GroupKind, KindState};
use support::Client;

use crate::live::{Live, context};

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_a_cluster_like_any_other() {
    let demo = Demo::start(demo::Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = folder.path().join("config");
    std::fs::write(&kubeconfig, demo.kubeconfig()).unwrap();
    let live = Live::read(cluster::connect(&context(&kubeconfig), Options::default()));
    let snapshot = live.synced().await.unwrap();
    assert!(snapshot.coverage().kinds.iter().all(|row| row.scopes.iter().all(|(_, state)| *state == KindState::Live)));
    assert!(snapshot.keys_of(&GroupKind::new("apps", "Deployment"), Some("shop")).count() > 3);
    live.equals(&Client::plain(&format!("http://{}", demo.address())).unwrap()).await.unwrap();
    assert!(!live.reader().metrics().await.unwrap().pods.is_empty());
    // Who waits for events as well gives up the question at each of them, and still gets the answer before the hour.
    let mut poll = NodeUsePoll::new(live.reader().clone(), Duration::from_secs(3600));
    assert!(poll.next().now_or_never().is_none());
    assert!(!poll.next().await.unwrap().is_empty());
    demo.shutdown().await;
}
