//! Accounts that may not see everything, as their owners meet the application: they see what they may, and are told
//! what they do not see.

use api::types::{ClusterStatus, ClusterSummary, ContextSummary, KindStateWord, LinkState, View};
use serde_json::json;
use support::{Account, ControlPlane};

use super::Host;
use super::map::Map;

fn state(status: &ClusterStatus, kind: &str) -> KindStateWord {
    status.kinds.iter().find(|row| row.kind == kind).unwrap().state
}

#[tokio::test(flavor = "multi_thread")]
async fn namespaces_that_may_not_be_listed_are_named_once_and_remembered() {
    let plane = ControlPlane::shared().await.unwrap();
    let (first, second) = (plane.namespace("mine").await.unwrap(), plane.namespace("ours").await.unwrap());
    for namespace in [&first, &second] {
        plane.kubectl(["-n", namespace, "create", "deployment", "web", "--image=nginx"]).await.unwrap();
    }
    let account = plane.account(Account::two_namespaces(&first, &second)).await.unwrap();
    let host = Host::knowing(&[account.kubeconfig()]).await;
    let context = host.context(&account).await;
    let named = json!({ "id": context.id, "alias": "ours alone", "namespaces": [first, second] });
    let known: ContextSummary = host.ask("context_update", named).await.unwrap();
    assert_eq!((known.alias.as_deref(), known.namespaces), (Some("ours alone"), vec![first.clone(), second.clone()]));

    let source = json!({ "from": "context", "id": context.id });
    let opened: ClusterSummary = host.open(source).await.unwrap();
    assert_eq!(opened.name, "ours alone");
    let cluster = opened.cluster;
    for namespace in [&first, &second] {
        host.has(&cluster, &format!("apps/Deployment/{namespace}/web")).await;
    }
    let status = host.live(&cluster).await;
    assert_eq!(status.namespaces, [first.clone(), second.clone()]);
    assert_eq!(state(&status, "Deployment"), KindStateWord::Partial);
    assert_eq!(state(&status, "Secret"), KindStateWord::Partial);
    assert_eq!(state(&status, "Node"), KindStateWord::Forbidden);

    let mut map = Map::open(&host, &cluster, View::default());
    map.until("both namespaces are drawn", |map| {
        [&first, &second].iter().all(|namespace| map.frames.contains_key(&format!("ns:{namespace}")))
    })
    .await;
    assert!(!map.frames.contains_key("ns:kube-system"));
    let gaps = map.header.as_ref().unwrap().gaps.join("\n");
    assert!(gaps.contains("may not be listed") && gaps.contains("listed in some namespaces only"), "{gaps}");

    plane.kubectl(["-n", &second, "delete", "deployment", "web"]).await.unwrap();
    map.until("what is deleted there goes", |map| map.pods_of(&format!("apps/Deployment/{second}/web")).is_none())
        .await;
    assert!(map.block_of(&format!("apps/Deployment/{first}/web")).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_namespace_that_is_named_later_is_looked_into_at_once() {
    let plane = ControlPlane::shared().await.unwrap();
    let (first, second) = (plane.namespace("early").await.unwrap(), plane.namespace("late").await.unwrap());
    for namespace in [&first, &second] {
        plane.kubectl(["-n", namespace, "create", "configmap", "seen"]).await.unwrap();
    }
    let account = plane.account(Account::two_namespaces(&first, &second)).await.unwrap();
    let (host, cluster) = Host::on(&account).await;
    let refused = |status: &ClusterStatus| {
        !status.kinds.is_empty() && status.kinds.iter().all(|kind| kind.state == KindStateWord::Forbidden)
    };
    let status = host.until(&cluster, "nothing may be listed where nothing is named", refused).await;
    assert!(status.namespaces.is_empty(), "{:?}", status.namespaces);
    let context = host.context(&account).await;
    for names in [vec![&first], vec![&second, &first]] {
        let named = json!({ "id": context.id, "namespaces": names });
        let _: ContextSummary = host.ask("context_update", named).await.unwrap();
        for namespace in &names {
            host.has(&cluster, &format!("core/ConfigMap/{namespace}/seen")).await;
        }
    }
    let both = |status: &ClusterStatus| status.namespaces == [first.clone(), second.clone()];
    host.until(&cluster, "both are looked into", both).await;
    // What an account may list across all namespaces is not narrowed by the names of some.
    let (host, cluster) = Host::on(&plane.account(Account::NoSecrets).await.unwrap()).await;
    assert!(host.live(&cluster).await.namespaces.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_points_at_the_unseen_is_unknown_never_missing() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("unseen").await.unwrap();
    let manifest = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: reader, namespace: {namespace}}}\nspec:\n  \
         containers: [{{name: main, image: nginx, envFrom: [{{secretRef: {{name: keys}}}}, {{configMapRef: {{name: absent}}}}]}}]\n"
    );
    plane.apply(&manifest).await.unwrap();
    let account = plane.account(Account::NoSecrets).await.unwrap();
    let (host, cluster) = Host::on(&account).await;
    let status = host.live(&cluster).await;
    assert_eq!((state(&status, "Secret"), state(&status, "Pod")), (KindStateWord::Forbidden, KindStateWord::Live));
    let pod = format!("core/Pod/{namespace}/reader");
    let detail = host.has(&cluster, &pod).await;
    let member = |key: &str| {
        let all = detail.relations.iter().flat_map(|group| &group.members);
        all.filter(|member| member.key == format!("core/{key}")).map(|member| member.state.word()).collect::<Vec<_>>()
    };
    assert_eq!(member(&format!("Secret/{namespace}/keys")), ["unknown"]);
    assert_eq!(member(&format!("ConfigMap/{namespace}/absent")), ["missing"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_list_of_namespaces_everything_else_is_drawn() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("unlisted").await.unwrap();
    plane.kubectl(["-n", &namespace, "create", "deployment", "web", "--image=nginx"]).await.unwrap();
    let (host, cluster) = Host::on(&plane.account(Account::NoNamespaceList).await.unwrap()).await;
    let status = host.live(&cluster).await;
    assert_eq!(state(&status, "Namespace"), KindStateWord::Forbidden);
    assert_eq!(state(&status, "Deployment"), KindStateWord::Live);
    let mut map = Map::open(&host, &cluster, View::default());
    map.until("it is drawn", |map| map.frames.contains_key(&format!("ns:{namespace}"))).await;
    assert_eq!(map.header.as_ref().unwrap().gaps, ["Namespace: may not be listed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_nothing_is_told_so_kind_by_kind() {
    let plane = ControlPlane::shared().await.unwrap();
    let (host, cluster) = Host::on(&plane.account(Account::Nothing).await.unwrap()).await;
    let refused = |status: &ClusterStatus| {
        // What the metrics API says may be there before the first kind is.
        let discovered = status.kinds.iter().any(|kind| kind.kind == "Pod");
        discovered && status.kinds.iter().all(|kind| kind.state == KindStateWord::Forbidden)
    };
    let status = host.until(&cluster, "every kind is refused", refused).await;
    assert_eq!((status.objects, status.link), (0, LinkState::Live), "a refusal is an answer");
    assert!(status.kinds.iter().all(|kind| kind.why.is_some()));
    let mut map = Map::open(&host, &cluster, View::default());
    let picture = map.next("an empty picture").await;
    assert!(picture.gaps.iter().any(|gap| gap.contains("more kinds: may not be listed")), "{:?}", picture.gaps);
}
