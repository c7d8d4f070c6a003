//! Rights that are taken away and given back while a cluster is open, and lists that fail or may not be watched: what is
//! shown is what is known, and nothing waits for what cannot be had.

use api::types::{ClusterStatus, Health, KindStateWord, KindStatus, LinkState, ObjectDetail, Presence, View};
use serde_json::json;
use support::{Account, ControlPlane, FaultProxy, Parts};

use super::map::Map;
use super::{Host, look_once};

fn kind<'a>(status: &'a ClusterStatus, kind: &str) -> &'a KindStatus {
    status.kinds.iter().find(|row| row.kind == kind).unwrap()
}

/// Binds a cluster role to the account, in all namespaces or in one; answers the binding's name.
async fn grant(plane: &ControlPlane, account: &Account, role: &str, namespace: Option<&str>) -> [String; 2] {
    let name = format!("{}-{role}", account.name());
    let (role, subject) = (format!("--clusterrole={role}"), account.subject());
    match namespace {
        None => plane.kubectl(["create", "clusterrolebinding", &name, &role, &subject]).await.unwrap(),
        Some(namespace) => {
            plane.kubectl(["-n", namespace, "create", "rolebinding", &name, &role, &subject]).await.unwrap()
        }
    };
    ["clusterrolebinding".to_owned(), name]
}

async fn revoke(plane: &ControlPlane, [kind, name]: &[String; 2]) {
    plane.kubectl(["delete", kind, name]).await.unwrap();
}

/// What was seen: twenty seconds after a pod was deleted it was "Running, 1 of 1 ready" under `live`; and when the rights
/// were back 84 kinds stayed "partial".
#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_listed_any_more_is_marked_and_heals_or_goes() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("revoked").await.unwrap();
    plane.kubectl(["-n", &namespace, "create", "deployment", "web", "--image=nginx"]).await.unwrap();
    let account = Account::Bare(format!("{namespace}-reader"));
    let access = plane.account(account.clone()).await.unwrap();
    let binding = grant(plane, &account, "view", None).await;
    let (host, cluster) = Host::on(&access).await;
    let web = format!("apps/Deployment/{namespace}/web");
    host.has(&cluster, &web).await;
    let before = host.live(&cluster).await;
    assert_eq!((kind(&before, "Deployment").state, kind(&before, "Deployment").withheld), (KindStateWord::Live, 0));
    let mut map = Map::open(&host, &cluster, View { namespaces: vec![namespace.clone()], ..View::default() });
    map.until("it is drawn", |map| map.block_of(&web).is_some()).await;

    revoke(plane, &binding).await;
    let is_told = |status: &ClusterStatus| {
        let row = kind(status, "Deployment");
        row.state == KindStateWord::Forbidden && row.withheld > 0 && row.withheld_since.is_some() && row.count == 0
    };
    host.until(&cluster, "the loss is told", is_told).await;
    let all_lost = |status: &ClusterStatus| status.objects == 0 && status.kinds.iter().all(|row| row.count == 0);
    host.until(&cluster, "nothing of it is counted", all_lost).await;
    let detail: ObjectDetail = host.ask("object_detail", json!({ "cluster": cluster, "key": web })).await.unwrap();
    assert_eq!((detail.presence, detail.health, detail.status.as_str()), (Presence::Withheld, Health::Unknown, ""));
    assert!(detail.withheld_since.is_some() && detail.findings.is_empty(), "{detail:?}");
    map.until("the map says so, and keeps it", |map| {
        let header = map.header.as_ref();
        let says =
            header.is_some_and(|header| header.gaps.iter().any(|gap| gap.contains("may not be listed any more")));
        says && map.block_of(&web).is_some()
    })
    .await;

    let binding = grant(plane, &account, "view", None).await;
    let is_whole = |status: &ClusterStatus| {
        let states = |status: &ClusterStatus| -> Vec<_> {
            let rows = status.kinds.iter().filter(|row| row.group != "metrics.k8s.io");
            rows.map(|row| (row.group.clone(), row.kind.clone(), row.state)).collect()
        };
        states(status) == states(&before) && status.kinds.iter().all(|row| row.withheld == 0)
    };
    host.until(&cluster, "everything is as it was", is_whole).await;
    assert_eq!(host.has(&cluster, &web).await.withheld_since, None);

    // A right to one namespace remains: what is there is seen, all else is marked.
    grant(plane, &account, "view", Some(&namespace)).await;
    let context = host.context(&access).await;
    let named = json!({ "id": context.id, "namespaces": [namespace] });
    host.ask::<serde_json::Value>("context_update", named).await.unwrap();
    revoke(plane, &binding).await;
    let in_part = |status: &ClusterStatus| {
        let row = kind(status, "Deployment");
        row.state == KindStateWord::Partial && row.count == 1 && kind(status, "ConfigMap").withheld > 0
    };
    host.until(&cluster, "one namespace is seen", in_part).await;
    assert_eq!(host.has(&cluster, &web).await.presence, Presence::Present);
    host.ask::<serde_json::Value>("cluster_forget", json!({ "cluster": cluster })).await.unwrap();
    let forgotten =
        |status: &ClusterStatus| status.kinds.iter().all(|row| row.withheld == 0 && row.withheld_since.is_none());
    let status = host.until(&cluster, "the rest is gone when the person wants", forgotten).await;
    assert_eq!(kind(&status, "Deployment").count, 1);
}

/// What was seen: the role `view` over a cluster caused 3,192 refusals in three seconds, each kind in each namespace.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_in_every_namespace_is_asked_for_once() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("viewed").await.unwrap();
    let account = Account::Bare(format!("{namespace}-viewer"));
    let access = plane.account(account.clone()).await.unwrap();
    grant(plane, &account, "view", None).await;
    let proxy = FaultProxy::before(plane.admin()).unwrap();
    let (host, cluster) = Host::on(&proxy.access_as(&access).unwrap()).await;
    let is_told = |status: &ClusterStatus| {
        status.link == LinkState::Live
            && status.kinds.iter().any(|row| row.kind == "Secret" && row.state == KindStateWord::Forbidden)
    };
    let status = host.until(&cluster, "every kind is in or refused", is_told).await;
    let reviewed = |seen: &[support::Seen]| {
        seen.iter().filter(|request| request.path.ends_with("/selfsubjectrulesreviews")).count() > 2
    };
    proxy.until("its rights are asked for", reviewed).await.unwrap();
    let seen = proxy.requests();
    let refused: Vec<_> =
        seen.iter().filter(|request| request.status == Some(403)).map(|request| &request.path).collect();
    let within: Vec<_> = refused.iter().filter(|path| path.contains("/namespaces/")).collect();
    assert!(within.is_empty(), "asked namespace by namespace: {within:?}");
    assert!(refused.len() <= status.kinds.len() + 1, "{} refusals for {} kinds", refused.len(), status.kinds.len());
}

/// What was seen: where `watch` was not among the rights nothing ever came, and namespaces after the sixth waited a minute.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_listed_and_not_watched_is_listed_again_and_again() {
    let plane = ControlPlane::shared().await.unwrap();
    let mut namespaces = Vec::new();
    for _ in 0..7 {
        namespaces.push(plane.namespace("polled").await.unwrap());
    }
    let role = format!("{}-lists", namespaces[0]);
    let rules =
        ["create", "clusterrole", &role, "--verb=get,list", "--resource=configmaps,pods,namespaces,deployments"];
    plane.kubectl(rules).await.unwrap();
    let account = Account::Bare(format!("{role}-account"));
    let access = plane.account(account.clone()).await.unwrap();
    for namespace in &namespaces {
        plane.kubectl(["-n", namespace, "create", "configmap", "early"]).await.unwrap();
        grant(plane, &account, &role, Some(namespace)).await;
    }
    let host = Host::knowing(&[access.kubeconfig()]).await;
    let context = host.context(&access).await;
    let named = json!({ "id": context.id, "namespaces": namespaces });
    host.ask::<serde_json::Value>("context_update", named).await.unwrap();
    let cluster = host.connect(&access).await;
    let says = |status: &ClusterStatus| {
        let maps = status.kinds.iter().find(|row| row.kind == "ConfigMap");
        maps.is_some_and(|row| {
            row.state == KindStateWord::Partial && row.why.as_ref().is_some_and(|why| why.contains("listed every 10 s"))
        })
    };
    host.until(&cluster, "it says that it is polled", says).await;
    for namespace in &namespaces {
        host.has(&cluster, &format!("core/ConfigMap/{namespace}/early")).await;
        plane.kubectl(["-n", namespace, "create", "configmap", "late"]).await.unwrap();
    }
    for namespace in &namespaces {
        host.has(&cluster, &format!("core/ConfigMap/{namespace}/late")).await;
    }
    assert_eq!(host.live(&cluster).await.link, LinkState::Live);
}

/// What `view` is made of: without controllers nothing puts it together.
const VIEW: &str = "system:aggregate-to-view";

/// Roles that every account has on a usual cluster: to ask what is served, and what it may.
const USUAL: [&str; 2] = ["system:discovery", "system:basic-user"];

/// What was seen: without the right to discovery nothing came, and the cluster was said not to answer.
#[tokio::test(flavor = "multi_thread")]
async fn without_discovery_and_reviews_the_built_in_kinds_are_tried_and_lost_rights_are_noticed() {
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    plane.kubectl(["create", "configmap", "seen"]).await.unwrap();
    let account = Account::Bare("blind".to_owned());
    let access = plane.account(account.clone()).await.unwrap();
    let binding = grant(&plane, &account, VIEW, None).await;
    for role in USUAL {
        plane.kubectl(["delete", "clusterrolebinding", role]).await.unwrap();
    }
    let client = support::Client::new(&access).unwrap();
    support::eventually("discovery is refused", || async {
        let (status, _) = client.request(http::Method::GET, "/apis", None).await?;
        Ok((status == http::StatusCode::FORBIDDEN).then_some(()))
    })
    .await
    .unwrap();
    let (host, cluster) = Host::on(&access).await;
    host.has(&cluster, "core/ConfigMap/default/seen").await;
    let status = host.live(&cluster).await;
    assert_eq!(
        (kind(&status, "Pod").state, kind(&status, "Node").state),
        (KindStateWord::Live, KindStateWord::Forbidden)
    );
    assert!(status.problems.is_empty(), "{:?}", status.problems);

    revoke(&plane, &binding).await;
    let all_lost = |status: &ClusterStatus| status.objects == 0 && kind(status, "ConfigMap").withheld > 0;
    host.until(&cluster, "the loss is noticed by asking", all_lost).await;
    grant(&plane, &account, VIEW, None).await;
    let is_back = |status: &ClusterStatus| {
        status.kinds.iter().all(|row| row.withheld == 0) && kind(status, "Pod").state == KindStateWord::Live
    };
    host.until(&cluster, "and that the right is back", is_back).await;
}

const OLD: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: olds.conv.example.com}
spec:
  group: conv.example.com
  names: {kind: Old, plural: olds}
  scope: Namespaced
  conversion: {strategy: None}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
  - {name: v2, served: true, storage: false, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
";

/// What was seen: with one kind whose conversion webhook is gone the command line waited 41 s, and the page loaded for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_cannot_be_listed_is_named_and_holds_up_nothing() {
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    plane.apply(OLD).await.unwrap();
    plane.kubectl(["wait", "--for=condition=Established", "crd/olds.conv.example.com", "--timeout=60s"]).await.unwrap();
    let object = "apiVersion: conv.example.com/v1\nkind: Old\nmetadata: {name: one, namespace: default}\n";
    support::eventually("the kind is served", || async { plane.apply(object).await.map(Some) }).await.unwrap();
    let webhook = json!({ "spec": { "conversion": { "strategy": "Webhook", "webhook": {
        "conversionReviewVersions": ["v1"],
        "clientConfig": { "service": { "name": "gone", "namespace": "default", "path": "/convert" } },
    } } } });
    let patch = ["patch", "crd", "olds.conv.example.com", "--type=merge", "-p", &webhook.to_string()];
    plane.kubectl(patch).await.unwrap();
    let client = plane.client().unwrap();
    let path = "/apis/conv.example.com/v2/olds";
    support::eventually("it cannot be listed", || async { Ok(client.get(path).await.is_err().then_some(())) })
        .await
        .unwrap();

    let (host, cluster) = Host::on(plane.admin()).await;
    let status = host.live(&cluster).await;
    let row = kind(&status, "Old");
    assert_eq!(row.state, KindStateWord::Failed);
    assert!(row.why.as_ref().is_some_and(|why| why.contains("conversion webhook")), "{row:?}");
    let others = || status.kinds.iter().filter(|row| row.kind != "Old" && row.group != "metrics.k8s.io");
    assert!(others().all(|row| row.state == KindStateWord::Live), "{:?}", others().collect::<Vec<_>>());

    let look = look_once(plane.admin().kubeconfig(), Vec::new()).await;
    let [problem] = &look.problems[..] else { panic!("{:?}", look.problems) };
    assert!(problem.contains("conv.example.com/Old could not be listed (") && problem.contains("conversion webhook"));
    let coverage = look.published.snapshot.coverage();
    let states = &coverage.kinds.iter().find(|row| &*row.kind.group_kind.kind == "Old").unwrap().scopes;
    assert!(matches!(&states[..], [(_, model::KindState::Failed { .. })]), "{states:?}");

    // It comes as soon as it can be had.
    let none = json!({ "spec": { "conversion": { "strategy": "None", "webhook": null } } });
    plane.kubectl(["patch", "crd", "olds.conv.example.com", "--type=merge", "-p", &none.to_string()]).await.unwrap();
    host.has(&cluster, "conv.example.com/Old/default/one").await;
}
