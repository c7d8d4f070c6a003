//! The upstream definitions of custom resources are served, and the fixtures of every family are accepted with them.

use std::collections::BTreeSet;

use support::{ControlPlane, Parts, items};

#[tokio::test]
async fn upstream_definitions_are_established_and_accept_the_fixtures() {
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    let count = plane.install_crds().await.unwrap();
    assert!(count >= 80, "{count} definitions");
    plane.custom_resources().await.unwrap();
    let client = plane.client().unwrap();
    let definitions = client.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions").await.unwrap();
    let mut without_object: BTreeSet<&str> = BTreeSet::new();
    let mut with_object: BTreeSet<&str> = BTreeSet::new();
    for definition in items(&definitions) {
        let spec = &definition["spec"];
        let (group, plural) = (spec["group"].as_str().unwrap(), spec["names"]["plural"].as_str().unwrap());
        let versions = spec["versions"].as_array().unwrap();
        let version = versions.iter().find(|version| version["served"] == true).unwrap()["name"].as_str().unwrap();
        let used = client.count(&format!("/apis/{group}/{version}/{plural}")).await.unwrap() > 0;
        if used { &mut with_object } else { &mut without_object }.insert(group);
    }
    // Families whose every kind is made by controllers from others.
    let made_by_others = ["acme.cert-manager.io", "extensions.istio.io", "telemetry.istio.io"];
    let bare: Vec<_> =
        without_object.difference(&with_object).filter(|group| !made_by_others.contains(group)).collect();
    assert!(bare.is_empty(), "no fixture for {bare:?}");
}
