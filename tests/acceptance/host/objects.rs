//! What a person asks about an object: find it, what it is and why it is not well, what it is related to and why.

use api::types::{
    EdgeDetail, EdgeState, ErrorCode, Health, Lens, ObjectDetail, ObjectNow, Presence, RelationClass, RelationRule,
    SearchHit, View,
};
use serde_json::{Value, json};
use support::ControlPlane;

use super::Host;
use super::map::Map;

const SHOP: &str = "
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: NS }
data: { level: info }
---
apiVersion: v1
kind: Secret
metadata: { name: keys, namespace: NS }
stringData: { token: hunter2 }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: NS, labels: { app: web } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - name: main
        image: nginx
        ports: [{ containerPort: 80, name: http }]
        envFrom: [{ configMapRef: { name: settings } }]
        env:
        - { name: TOKEN, valueFrom: { secretKeyRef: { name: keys, key: token } } }
        - { name: EXTRA, valueFrom: { configMapKeyRef: { name: later, key: a } } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: NS }
spec: { selector: { app: web }, ports: [{ port: 8080, targetPort: http, name: http }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: front, namespace: NS }
spec:
  rules:
  - host: web.example.com
    http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { name: http } } } }] }
";

/// The shop in a namespace of its own, on a host that has it all.
async fn shop() -> (&'static ControlPlane, Host, String, String) {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("objects").await.unwrap();
    plane.apply(&SHOP.replace("NS", &namespace)).await.unwrap();
    plane.kubectl(["-n", &namespace, "rollout", "status", "deployment/web", "--timeout=100s"]).await.unwrap();
    let (host, cluster) = Host::on(plane.admin()).await;
    host.live(&cluster).await;
    (plane, host, cluster, namespace)
}

/// The relations of an object, as lines.
fn relations(detail: &ObjectDetail) -> Vec<String> {
    let groups = detail.relations.iter();
    groups
        .flat_map(|group| {
            group.members.iter().map(|it| format!("{} {} {}", group.class.word(), it.key, it.state.word()))
        })
        .collect()
}

async fn edges(host: &Host, cluster: &str, from: &str, to: &str) -> Vec<EdgeDetail> {
    host.ask("edge_detail", json!({ "cluster": cluster, "from": from, "to": to })).await.unwrap()
}

/// Why there is a line between two cards of a map.
async fn lines(host: &Host, cluster: &str, map: &Map, from: &str, to: &str) -> Vec<EdgeDetail> {
    let request = json!({ "cluster": cluster, "picture": map.picture(), "from": from, "to": to });
    host.ask("edge_detail", request).await.unwrap()
}

/// What is found, with the cards of a map where there is one.
async fn search(host: &Host, cluster: &str, map: Option<&Map>, query: &str) -> Vec<SearchHit> {
    let request = json!({ "cluster": cluster, "picture": map.map(Map::picture), "query": query, "limit": 50 });
    host.ask("object_search", request).await.unwrap()
}

async fn reach(host: &Host, cluster: &str, key: &str, direction: &str) -> Vec<String> {
    let request = json!({ "cluster": cluster, "key": key, "direction": direction });
    let reached: Value = host.ask("object_reach", request).await.unwrap();
    let objects = reached["objects"].as_array().unwrap().iter();
    objects.map(|reached| reached["object"]["key"].as_str().unwrap().to_owned()).collect()
}

/// What was seen: an inspector asked for its object at every change of the cluster.
#[tokio::test(flavor = "multi_thread")]
async fn an_object_is_told_again_only_when_it_or_a_neighbour_changed() {
    let (plane, host, cluster, namespace) = shop().await;
    let key = format!("core/Service/{namespace}/web");
    let request = json!({ "cluster": cluster, "key": key });
    let (mut told, _writer) = host.application.open_stream(api::Caller::Window, "object", request).unwrap();
    let mut next = async |what: &str| {
        let item = tokio::time::timeout(support::PATIENCE, told.next()).await.expect(what).expect(what).expect(what);
        let api::Item::Json(text) = item else { panic!("{item:?}") };
        serde_json::from_str::<ObjectNow>(&text).unwrap()
    };
    let known = |now: ObjectNow| match now {
        ObjectNow::Known(detail) => *detail,
        gone => panic!("{gone:?}"),
    };
    let first = known(next("it is told at once").await);
    assert_eq!(first.key, key);
    // Many changes that are none of it, then one that is.
    let rest = host.status(&cluster).await.revision;
    for at in 0..5 {
        plane
            .kubectl(["-n", &namespace, "create", "configmap", &format!("other-{at}"), "--from-literal=a=b"])
            .await
            .unwrap();
        host.has(&cluster, &format!("core/ConfigMap/{namespace}/other-{at}")).await;
    }
    assert!(host.status(&cluster).await.revision >= rest + 5);
    plane.kubectl(["-n", &namespace, "label", "service", "web", "tier=front"]).await.unwrap();
    let mut items = vec![first];
    while !items.iter().any(|item| item.labels.iter().any(|(name, _)| name == "tier")) {
        items.push(known(next("its label is told").await));
    }
    // Its endpoints may have come to rest meanwhile.
    assert!(items.len() < 5, "{} items", items.len());
    for pair in items.windows(2) {
        assert_ne!(ObjectDetail { revision: 0, ..pair[0].clone() }, ObjectDetail { revision: 0, ..pair[1].clone() });
    }
    plane.kubectl(["-n", &namespace, "delete", "service", "web"]).await.unwrap();
    while known(next("what the Ingress refers to is missing").await).presence != Presence::Missing {}
    plane.kubectl(["-n", &namespace, "delete", "ingress", "front"]).await.unwrap();
    while let ObjectNow::Known(_) = next("nothing refers to it any more").await {}
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_is_found_and_described() {
    let (_, host, cluster, namespace) = shop().await;
    let view = View { namespaces: vec![namespace.clone()], ..View::default() };
    let mut map = Map::open(&host, &cluster, view);
    map.next("the map is looked at").await;
    let search = async |query: &str| search(&host, &cluster, Some(&map), query).await;
    let key = format!("apps/Deployment/{namespace}/web");
    let hits = search(&format!("web deployment {namespace}")).await;
    assert_eq!(hits[0].key, key);
    assert_eq!(hits[0].card.as_deref(), Some(key.as_str()));
    let pods = search(&format!("pod web {namespace}")).await;
    let pods: Vec<_> = pods.iter().filter(|hit| hit.kind == "Pod").collect();
    assert_eq!(pods.len(), 2);
    assert!(pods.iter().all(|pod| pod.card.as_deref() == Some(key.as_str()) && pod.status == "Running"), "{pods:?}");
    assert!(search("nothing-is-called-like-this").await.is_empty());

    let detail = host.has(&cluster, &key).await;
    assert_eq!((detail.kind.as_str(), detail.group.as_str(), detail.version.as_str()), ("Deployment", "apps", "v1"));
    assert_eq!(detail.labels, [("app".to_owned(), "web".to_owned())]);
    let yaml = detail.yaml.as_deref().unwrap();
    assert!(yaml.starts_with("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n"), "{yaml}");
    assert!(yaml.contains("  replicas: 2\n") && !yaml.contains("managedFields"), "{yaml}");
    assert!(detail.created.as_ref().unwrap().ends_with('Z') && detail.revision > 0);
    let told = relations(&detail);
    for (name, state) in
        [("ConfigMap/NS/settings", "resolved"), ("Secret/NS/keys", "resolved"), ("ConfigMap/NS/later", "missing")]
    {
        let line = format!("refers core/{} {state}", name.replace("NS", &namespace));
        assert!(told.contains(&line), "{line} is not among {told:#?}");
    }
    assert!(detail.dependencies >= 3 && detail.dependants >= 1, "{detail:?}");

    let secret = host.has(&cluster, &format!("core/Secret/{namespace}/keys")).await;
    let whole = serde_json::to_string(&secret).unwrap();
    assert!(!whole.contains("hunter2") && !whole.contains("aHVudGVyMg"), "{whole}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_edge_says_why_it_is_there() {
    let (_, host, cluster, namespace) = shop().await;
    let key = |words: &str| words.replace("NS", &namespace);
    let (web, service) = (key("apps/Deployment/NS/web"), key("core/Service/NS/web"));
    let (settings, ingress) = (key("core/ConfigMap/NS/settings"), key("networking.k8s.io/Ingress/NS/front"));
    let rules: Vec<RelationRule> = host.ask("relation_rules", json!({})).await.unwrap();

    let edge = &edges(&host, &cluster, &web, &settings).await[0];
    assert_eq!((edge.class, edge.state), (RelationClass::Refers, EdgeState::Resolved));
    assert!(edge.fields.iter().any(|it| it.starts_with("spec.template.spec.containers[main].envFrom")), "{edge:?}");
    let rule = rules.iter().find(|rule| rule.id == edge.relation).unwrap();
    assert_eq!((&rule.explanation, rule.row), (&edge.explanation, edge.row));
    let routes = edges(&host, &cluster, &ingress, &service).await;
    assert!(routes.iter().any(|edge| edge.class == RelationClass::Routes), "{routes:?}");

    let chains: Value =
        host.ask("object_paths", json!({ "cluster": cluster, "from": ingress, "to": settings })).await.unwrap();
    let objects = chains["ways"][0]["objects"].as_array().unwrap().iter();
    let path: Vec<String> = objects.map(|object| object["key"].as_str().unwrap().to_owned()).collect();
    assert_eq!((path.first(), path.get(1), path.last()), (Some(&ingress), Some(&service), Some(&settings)));
    for ends in path.windows(2) {
        assert!(!edges(&host, &cluster, &ends[0], &ends[1]).await.is_empty(), "{ends:?} is no edge");
    }

    assert!(reach(&host, &cluster, &settings, "dependants").await.contains(&web));
    assert!(reach(&host, &cluster, &web, "dependencies").await.contains(&settings));
    let needed = reach(&host, &cluster, &ingress, "dependencies").await;
    assert!(needed.contains(&service) && needed.contains(&settings), "{needed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_reference_is_told_and_heals() {
    let (plane, host, cluster, namespace) = shop().await;
    let (web, later) = (format!("apps/Deployment/{namespace}/web"), format!("core/ConfigMap/{namespace}/later"));
    let ghost: ObjectDetail = host.ask("object_detail", json!({ "cluster": cluster, "key": later })).await.unwrap();
    assert_eq!((ghost.presence, ghost.health, ghost.yaml), (Presence::Missing, Health::Missing, None));
    let broken = host.has(&cluster, &web).await;
    assert!(broken.findings.iter().any(|finding| finding.sentence.contains("later")), "{:?}", broken.findings);

    plane.kubectl(["-n", &namespace, "create", "configmap", "later", "--from-literal=a=b"]).await.unwrap();
    host.has(&cluster, &later).await;
    assert_eq!(edges(&host, &cluster, &web, &later).await[0].state, EdgeState::Resolved);
    let healed = host.has(&cluster, &web).await;
    assert!(!healed.findings.iter().any(|finding| finding.sentence.contains("later")), "{:?}", healed.findings);
    assert!(healed.revision > broken.revision);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_the_map_is_explained_by_what_lies_in_its_cards() {
    let (host, cluster) = Host::on_the_demo().await;
    host.live(&cluster).await;
    let mut map = Map::open(&host, &cluster, View::default());
    map.next("the map is looked at").await;
    for (service, workload) in [
        ("shop/storefront", "Deployment/shop/storefront"),
        ("payments/ledger", "Deployment/payments/ledger"),
        ("data/catalog-db", "StatefulSet/data/catalog-db"),
    ] {
        let (service, card) = (format!("core/Service/{service}"), format!("apps/{workload}"));
        let told = lines(&host, &cluster, &map, &service, &card).await;
        let first = told.first().unwrap_or_else(|| panic!("{service} to {card} is not explained"));
        assert_eq!((&first.from, first.relation.as_str()), (&service, "service-selects-pod"), "{told:#?}");
        assert!(first.fields.iter().any(|field| field.starts_with("spec.selector")), "{first:?}");
        let (kind, name) = card.trim_start_matches("apps/").split_once('/').unwrap();
        let name = name.split_once('/').unwrap().1;
        assert!(first.to.starts_with("core/Pod/"), "{first:?}");
        let stands_for = first.stands_for.as_deref().unwrap();
        assert!(stands_for.contains("Pod") && stands_for.ends_with(&format!(" of {kind} {name}")), "{stands_for}");
        let rules: Vec<&str> = told.iter().map(|edge| edge.relation.as_str()).collect();
        assert_eq!(rules.iter().filter(|rule| **rule == "service-selects-pod").count(), 1, "{rules:?}");
        assert!(!rules.contains(&"statefulset-uses-service"), "that is the line back: {rules:?}");
    }

    // Runs of a CronJob lie in a card that is no object.
    let runs = "batch/Job/data/*catalog-db-backup";
    let owned = lines(&host, &cluster, &map, "batch/CronJob/data/catalog-db-backup", runs).await;
    assert_eq!((owned.len(), owned[0].relation.as_str()), (1, "cronjob-owns-jobs"), "{owned:#?}");
    assert!(owned[0].stands_for.as_deref().unwrap().ends_with(" Jobs"), "{owned:#?}");
    let hits = search(&host, &cluster, Some(&map), "job data catalog-db-backup").await;
    let jobs: Vec<&SearchHit> = hits.iter().filter(|hit| hit.kind == "Job").collect();
    assert!(!jobs.is_empty() && jobs.iter().all(|hit| hit.card.as_deref() == Some(runs)), "{jobs:#?}");
    let absent = json!({ "cluster": cluster, "picture": map.picture(), "from": "batch/Job/data/*absent", "to": runs });
    assert_eq!(host.refusal("edge_detail", absent).await.code, ErrorCode::NotFound);
}

/// What was seen: with the map open twice, a click in one was answered by the cards of the other, whichever was drawn
/// last.
#[tokio::test(flavor = "multi_thread")]
async fn each_page_gets_answers_about_its_own_picture() {
    let (host, cluster) = Host::on_the_demo().await;
    host.live(&cluster).await;
    let (service, web) = ("core/Service/shop/storefront", "apps/Deployment/shop/storefront");
    let apart = View { lens: Lens::Traffic, expanded: vec![web.to_owned()], ..View::default() };
    let (mut folded, mut apart) = (Map::open(&host, &cluster, View::default()), Map::open(&host, &cluster, apart));
    folded.next("the first page").await;
    apart.next("the second page").await;
    assert_ne!(folded.picture(), apart.picture());

    let mut pods = Vec::new();
    for map in [&folded, &apart] {
        let hits = search(&host, &cluster, Some(map), "storefront shop").await;
        let cards = hits.iter().filter_map(|hit| hit.card.as_deref());
        assert!(cards.clone().count() > 2, "{hits:#?}");
        cards.for_each(|card| assert!(map.shows(card), "{card} is on the other page"));
        let within = hits.iter().filter(|hit| hit.kind == "Pod" && hit.card.as_deref() == Some(web));
        pods.push(within.count());
    }
    assert!(
        pods[0] > 1 && pods[1] == 0,
        "pods lie in the card of the first page, and stand apart on the second: {pods:?}"
    );
    let of_pods = |told: &[EdgeDetail]| told.iter().any(|edge| edge.relation == "service-selects-pod");
    assert!(of_pods(&lines(&host, &cluster, &folded, service, web).await));
    assert!(!of_pods(&lines(&host, &cluster, &apart, service, web).await), "its pods have cards of their own");

    // Who looks at no picture is told of no card; who names one that is not there is told so.
    assert!(search(&host, &cluster, None, "storefront shop").await.iter().all(|hit| hit.card.is_none()));
    let reach = json!({ "cluster": cluster, "key": web, "direction": "dependants" });
    assert!(!host.ask::<Value>("object_reach", reach.clone()).await.unwrap()["objects"].as_array().unwrap().is_empty());
    let another = folded.picture().max(apart.picture()) + 1;
    for (command, mut request) in [
        ("object_search", json!({ "query": "storefront", "limit": 1 })),
        ("object_reach", reach),
        ("object_paths", json!({ "from": service, "to": web })),
        ("edge_detail", json!({ "from": service, "to": web })),
    ] {
        request["cluster"] = cluster.as_str().into();
        request["picture"] = another.into();
        assert_eq!(host.refusal(command, request).await.code, ErrorCode::Gone, "{command}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_answered_is_refused_in_words() {
    let (host, cluster) = Host::on_the_demo().await;
    let absent = json!({ "cluster": cluster, "key": "core/Pod/shop/absent" });
    for (command, request, code, word) in [
        ("object_detail", absent, ErrorCode::NotFound, "core/Pod/shop/absent"),
        ("object_detail", json!({ "cluster": cluster, "key": "nonsense" }), ErrorCode::Invalid, "nonsense"),
        ("object_detail", json!({ "cluster": cluster }), ErrorCode::Invalid, "key"),
        ("cluster_status", json!({ "cluster": "elsewhere" }), ErrorCode::NotFound, "elsewhere"),
        ("export_cancel", json!({ "id": "7" }), ErrorCode::NotFound, "7"),
        ("context_probe", json!({ "id": "absent" }), ErrorCode::NotFound, "absent"),
        ("cluster_connect", json!({ "source": { "from": "context", "id": "absent" } }), ErrorCode::NotFound, "absent"),
        ("absent_command", json!({}), ErrorCode::NotFound, "absent_command"),
    ] {
        let refusal = host.refusal(command, request).await;
        assert_eq!(refusal.code, code, "{command}: {refusal}");
        assert!(refusal.message.contains(word), "{command}: {refusal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_incidents_of_the_demo_are_explained() {
    let (host, cluster) = Host::on_the_demo().await;
    host.live(&cluster).await;
    let checkout = host.has(&cluster, "apps/Deployment/shop/checkout").await;
    let told = serde_json::to_string(&checkout.findings).unwrap();
    assert!(told.contains("stripe") && told.contains("checkout-keys"), "{told}");
    let request = json!({ "cluster": cluster, "query": "secret checkout-keys", "limit": 3 });
    let hits: Vec<SearchHit> = host.ask("object_search", request).await.unwrap();
    assert_eq!(hits[0].key, "core/Secret/shop/checkout-keys");
    let edges = edges(&host, &cluster, "apps/Deployment/shop/checkout", &hits[0].key).await;
    assert!(edges.iter().any(|edge| edge.fields.iter().any(|field| field.contains("secretKeyRef"))), "{edges:?}");
    let icons: Value = host.ask("icons", json!({})).await.unwrap();
    assert!(icons["deployment"].is_array(), "{icons}");
}
