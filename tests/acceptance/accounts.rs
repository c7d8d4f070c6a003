//! The restricted accounts get exactly what they should, from the API server itself: what other tests say about them
//! would mean nothing otherwise.

use http::{Method, StatusCode};
use support::{Account, Client, ControlPlane, FaultProxy, Parts};

/// Asserts the status of every path, asked as that account.
async fn check(account: Account, expected: &[(&str, StatusCode)]) {
    let plane = ControlPlane::shared().await.unwrap();
    let client = Client::new(&plane.account(account).await.unwrap()).unwrap();
    for (path, status) in expected {
        let (answered, body) = client.request(Method::GET, path, None).await.unwrap();
        assert_eq!(answered, *status, "{path}: {body}");
    }
    let namespace = serde_json::json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "unwanted" } });
    let (answered, _) = client.request(Method::POST, "/api/v1/namespaces", Some(&namespace)).await.unwrap();
    assert_eq!(answered, StatusCode::FORBIDDEN, "nobody may write");
}

#[tokio::test]
async fn one_may_see_everything_but_not_list_the_namespaces() {
    let expected = [
        ("/api/v1/namespaces", StatusCode::FORBIDDEN),
        ("/api/v1/namespaces/default", StatusCode::FORBIDDEN),
        ("/api/v1/pods", StatusCode::OK),
        ("/api/v1/secrets", StatusCode::OK),
        ("/api/v1/nodes", StatusCode::OK),
        ("/apis/apps/v1/deployments", StatusCode::OK),
        ("/api/v1/namespaces/default/services", StatusCode::OK),
    ];
    check(Account::NoNamespaceList, &expected).await;
}

#[tokio::test]
async fn one_sees_two_namespaces_only() {
    let plane = ControlPlane::shared().await.unwrap();
    let first = plane.namespace("first").await.unwrap();
    let second = plane.namespace("second").await.unwrap();
    let inside = [
        format!("/api/v1/namespaces/{first}/pods"),
        format!("/api/v1/namespaces/{second}/secrets"),
        format!("/apis/apps/v1/namespaces/{second}/deployments"),
        format!("/api/v1/namespaces/{first}"),
    ];
    let outside = [
        "/api/v1/pods",
        "/api/v1/namespaces",
        "/api/v1/nodes",
        "/api/v1/namespaces/default/pods",
        "/apis/apps/v1/deployments",
    ];
    let granted = inside.iter().map(|path| (path.as_str(), StatusCode::OK));
    let refused = outside.iter().map(|path| (*path, StatusCode::FORBIDDEN));
    check(Account::two_namespaces(first, second), &granted.chain(refused).collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn one_may_not_read_secrets() {
    let expected = [
        ("/api/v1/secrets", StatusCode::FORBIDDEN),
        ("/api/v1/namespaces/default/secrets", StatusCode::FORBIDDEN),
        ("/api/v1/namespaces", StatusCode::OK),
        ("/api/v1/configmaps", StatusCode::OK),
        ("/apis/batch/v1/jobs", StatusCode::OK),
    ];
    check(Account::NoSecrets, &expected).await;
}

#[tokio::test]
async fn one_may_nothing() {
    let expected = [
        ("/api/v1/namespaces", StatusCode::FORBIDDEN),
        ("/api/v1/pods", StatusCode::FORBIDDEN),
        ("/api/v1/namespaces/default/pods", StatusCode::FORBIDDEN),
        ("/apis/apps/v1/deployments", StatusCode::FORBIDDEN),
        ("/apis", StatusCode::OK),
        ("/version", StatusCode::OK),
    ];
    check(Account::Nothing, &expected).await;
}

#[tokio::test]
async fn one_shows_a_certificate_also_through_the_proxy() {
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    let auditor = plane.by_certificate("ada", Some("auditors")).unwrap();
    let proxy = FaultProxy::before(&auditor).unwrap();
    for access in [&auditor, proxy.access()] {
        let who = plane.kubectl_as(access, ["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"]).await;
        assert_eq!(who.unwrap(), "ada");
        plane.kubectl_as(access, ["get", "pods"]).await.unwrap_err();
    }
    let owner = plane.by_certificate("grace", Some("system:masters")).unwrap();
    plane.kubectl_as(&owner, ["get", "secrets", "--all-namespaces"]).await.unwrap();
}
