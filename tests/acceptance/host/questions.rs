//! What a newcomer asks of the demo, and what the graph answers.

use api::types::SearchHit;
use serde_json::{Value, json};

use super::Host;

/// The demo once all that is asked about is there.
async fn shop() -> (Host, String) {
    let (host, demo) = Host::on_the_demo().await;
    host.live(&demo).await;
    host.has(&demo, "apps/Deployment/shop/checkout").await;
    (host, demo)
}

async fn search(host: &Host, cluster: &str, query: &str) -> Vec<SearchHit> {
    host.ask("object_search", json!({ "cluster": cluster, "query": query, "limit": 20 })).await.unwrap()
}

/// What needs an object, as `Kind/namespace/name`; all of it.
async fn needing(host: &Host, cluster: &str, key: &str) -> Vec<String> {
    let request = json!({ "cluster": cluster, "key": key, "direction": "dependants" });
    let reach: Value = host.ask("object_reach", request).await.unwrap();
    assert!(reach["stopped"].is_null(), "{reach}");
    let objects = reach["objects"].as_array().unwrap().iter().map(|each| &each["object"]);
    let name = |hit: &Value| {
        let [kind, namespace, name] = ["kind", "namespace", "name"].map(|field| hit[field].as_str().unwrap());
        format!("{kind}/{namespace}/{name}")
    };
    objects.map(name).collect()
}

#[track_caller]
fn all_of(found: &[String], wanted: &[&str]) {
    for each in wanted {
        assert!(found.iter().any(|name| name == each), "{each} is not among {found:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_claim_of_the_catalogue_is_needed_by_the_shop() {
    let (host, demo) = shop().await;
    let hits = search(&host, &demo, "pvc catalog-db-0").await;
    assert_eq!(hits[0].kind, "PersistentVolumeClaim", "{hits:?}");
    let needing = needing(&host, &demo, &hits[0].key).await;
    all_of(&needing, &["StatefulSet/data/catalog-db", "Service/data/catalog-db", "Deployment/shop/catalog"]);
    // The callers of whoever calls the database, as far as it goes.
    all_of(&needing, &["Service/shop/catalog", "Deployment/shop/storefront", "Ingress/shop/shop.example.com"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_the_payment_gateway() {
    let (host, demo) = shop().await;
    let hits = search(&host, &demo, "payments/gateway").await;
    assert!(hits.iter().take(3).any(|hit| hit.kind == "Service" && hit.name == "gateway"), "{hits:?}");
    let calling = needing(&host, &demo, "core/Service/payments/gateway").await;
    all_of(&calling, &["Deployment/shop/checkout"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_default_deny_of_payments_isolates() {
    let (host, demo) = shop().await;
    let hits = search(&host, &demo, "netpol/payments/default-deny").await;
    assert_eq!(hits[0].key, "networking.k8s.io/NetworkPolicy/payments/default-deny");
    let isolated = needing(&host, &demo, &hits[0].key).await;
    all_of(&isolated, &["Deployment/payments/gateway"]);
    assert!(isolated.iter().all(|name| name.contains("/payments/")), "{isolated:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pods_have_nothing_to_do_with_each_other_because_of_what_all_share() {
    let (host, demo) = shop().await;
    let ends =
        json!({ "cluster": demo, "from": "apps/Deployment/shop/checkout", "to": "core/PersistentVolume//absent" });
    assert!(host.refusal("object_paths", ends).await.message.contains("absent"));
    let ends =
        json!({ "cluster": demo, "from": "apps/Deployment/shop/checkout", "to": "core/Service/payments/gateway" });
    let paths: Value = host.ask("object_paths", ends).await.unwrap();
    assert!(!paths["ways"].as_array().unwrap().is_empty(), "{paths}");
    let text = paths.to_string();
    assert!(!text.contains("ServiceAccount/shop/default") && !text.contains("core/Node/"), "{text}");
}
