//! More watches than one connection admits: each has its stream, and a healthy cluster is called healthy.

use cluster::{Link, Options};
use model::{KindState, ResourceKey, Scope};
use support::{Account, ControlPlane, Parts};

use crate::live::Live;

const DEFINITIONS: usize = 120;
const DEFINITION: &str = "---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: kindNUMBERs.many.example.com}
spec:
  group: many.example.com
  names: {kind: KindNUMBER, plural: kindNUMBERs, singular: kindNUMBER}
  scope: Namespaced
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
";

/// What was seen: with rights in several namespaces the hundred streams of a connection were spent, the rest "silent for
/// 30 s", new objects unseen, and the cluster lost for minutes; after a restart of the server again.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_rights_in_eight_namespaces_sees_every_kind_in_each() {
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    let upstream = plane.install_crds().await.unwrap();
    let more: String =
        (upstream..DEFINITIONS).map(|number| DEFINITION.replace("NUMBER", &number.to_string())).collect();
    plane.apply(&more).await.unwrap();
    plane.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=100s"]).await.unwrap();
    let mut namespaces = Vec::new();
    for _ in 0..8 {
        namespaces.push(plane.namespace("team").await.unwrap());
    }
    let account = plane.account(Account::Namespaces(namespaces.clone())).await.unwrap();
    let live = Live::open(&account, Options { namespaces: namespaces.clone(), ..Options::default() });
    let all_live = |snapshot: &inventory::Snapshot| {
        let mut rows = snapshot.coverage().kinds.iter().filter(|row| row.kind.namespaced).peekable();
        rows.peek().is_some()
            && rows.all(|row| {
                namespaces.iter().all(|name| {
                    let scope = Scope::Namespace(name.as_str().into());
                    row.scopes.iter().any(|(each, state)| *each == scope && *state == KindState::Live)
                })
            })
    };
    let snapshot = live.until("every kind is live in every namespace", all_live).await.unwrap();
    let watches: usize = snapshot.coverage().kinds.iter().map(|row| row.scopes.len()).sum();
    assert!(watches > 800, "{watches} watches do not fill more than a few connections");

    // The last to be listed hear of changes like the first.
    let last = namespaces.last().unwrap();
    plane.kubectl(["-n", last, "create", "configmap", "fresh", "--from-literal=a=b"]).await.unwrap();
    let key = ResourceKey::new("", "ConfigMap", last, "fresh");
    live.until("a new object is seen", |snapshot| snapshot.contains(&key)).await.unwrap();

    plane.restart_api_server().await.unwrap();
    plane.kubectl(["-n", last, "delete", "configmap", "fresh"]).await.unwrap();
    live.until("a change after the restart is seen", |snapshot| !snapshot.contains(&key)).await.unwrap();
    live.until("every kind is live again", all_live).await.unwrap();
    live.until_link("the server is there", |link| *link == Link::Up).await;
}
