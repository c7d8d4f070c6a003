//! Accounts that may not see everything: they see all that they may, and are told what they do not see.

use cluster::Options;
use model::{GroupKind, KindState, ResourceKey, Scope};
use support::{Account, ControlPlane};

use crate::host::look_once;
use crate::live::{Live, state};

fn is_forbidden(state: Option<KindState>) -> bool {
    matches!(state, Some(KindState::Forbidden { why, .. }) if why.contains("forbidden"))
}

#[tokio::test(flavor = "multi_thread")]
async fn two_namespaces_are_seen_as_far_as_they_are_named() {
    let plane = ControlPlane::shared().await.unwrap();
    let (first, second) = (plane.namespace("mine").await.unwrap(), plane.namespace("ours").await.unwrap());
    for namespace in [&first, &second] {
        plane.kubectl(["-n", namespace, "create", "deployment", "web", "--image=nginx"]).await.unwrap();
    }
    let account = plane.account(Account::two_namespaces(&first, &second)).await.unwrap();
    let live = Live::open(&account, Options { namespaces: vec![first.clone(), second.clone()], ..Options::default() });
    let key = |namespace: &str| ResourceKey::new("apps", "Deployment", namespace, "web");
    let snapshot = live
        .until("both are there", |snapshot| snapshot.contains(&key(&first)) && snapshot.contains(&key(&second)))
        .await
        .unwrap();
    assert!(is_forbidden(state(&snapshot, "apps", "Deployment", &Scope::Cluster)));
    live.until("their secrets are live, the cluster's are not", |snapshot| {
        let scope = Scope::Namespace(second.as_str().into());
        state(snapshot, "", "Secret", &scope) == Some(KindState::Live)
            && is_forbidden(state(snapshot, "", "Secret", &Scope::Cluster))
            && is_forbidden(state(snapshot, "", "Node", &Scope::Cluster))
            && is_forbidden(state(snapshot, "", "Namespace", &Scope::Cluster))
            && is_forbidden(state(snapshot, "", "Pod", &Scope::Namespace("default".into())))
    })
    .await
    .unwrap();
    // Their Namespace objects may be asked for, though not listed.
    let named = |name: &str| ResourceKey::new("", "Namespace", "", name);
    live.until("the namespaces themselves are there", |snapshot| {
        snapshot.contains(&named(&first)) && snapshot.contains(&named(&second))
    })
    .await
    .unwrap();
    let pods = GroupKind::new("", "Pod");
    let snapshot = live.snapshot();
    let row = snapshot.coverage().of(&pods).unwrap();
    assert!(row.is_listed(&first) && !row.is_listed("kube-system"));
    // Changes arrive there as well.
    plane.kubectl(["-n", &second, "delete", "deployment", "web"]).await.unwrap();
    live.until("one is gone", |snapshot| snapshot.contains(&key(&first)) && !snapshot.contains(&key(&second)))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_namespace_that_may_not_be_looked_into_is_known_from_one_that_may() {
    let plane = ControlPlane::shared().await.unwrap();
    let (first, second) = (plane.namespace("known").await.unwrap(), plane.namespace("empty").await.unwrap());
    let foreign = plane.namespace("foreign").await.unwrap();
    let account = plane.account(Account::two_namespaces(&first, &second)).await.unwrap();
    let named = vec![first.clone(), second.clone(), foreign.clone()];
    let look = look_once(account.kubeconfig(), named.clone()).await;
    assert_eq!([&first, &second, &foreign].map(|name| look.refuses(name)), [false, false, true]);
    let look = look_once(plane.admin().kubeconfig(), named).await;
    assert!(!look.refuses(&foreign) && !look.refuses("absent"), "the owner may see all there is");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_list_of_namespaces_all_else_is_seen() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("unlisted").await.unwrap();
    plane.kubectl(["-n", &namespace, "create", "configmap", "settings", "--from-literal=a=b"]).await.unwrap();
    let live = Live::open(&plane.account(Account::NoNamespaceList).await.unwrap(), Options::default());
    let snapshot = live.synced().await.unwrap();
    assert!(is_forbidden(state(&snapshot, "", "Namespace", &Scope::Cluster)));
    assert_eq!(state(&snapshot, "", "ConfigMap", &Scope::Cluster), Some(KindState::Live));
    assert!(snapshot.contains(&ResourceKey::new("", "ConfigMap", &namespace, "settings")));
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_called_forbidden_where_they_are() {
    let plane = ControlPlane::shared().await.unwrap();
    let live = Live::open(&plane.account(Account::NoSecrets).await.unwrap(), Options::default());
    let snapshot = live.synced().await.unwrap();
    assert!(is_forbidden(state(&snapshot, "", "Secret", &Scope::Cluster)));
    assert_eq!(state(&snapshot, "", "Pod", &Scope::Cluster), Some(KindState::Live));
    assert_eq!(snapshot.keys_of(&GroupKind::new("", "Secret"), None).count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_nothing_is_told_so_kind_by_kind() {
    let plane = ControlPlane::shared().await.unwrap();
    let live = Live::open(&plane.account(Account::Nothing).await.unwrap(), Options::default());
    let snapshot = live.synced().await.unwrap();
    assert!(snapshot.is_empty());
    for row in &snapshot.coverage().kinds {
        assert!(row.scopes.iter().all(|(_, state)| is_forbidden(Some(state.clone()))), "{row:?}");
    }
    live.until_link("a refusal is an answer", |link| *link == cluster::Link::Up).await;
}
