//! The fault proxy does what it says, and nothing where no rule concerns the request.

use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use http_body_util::BodyExt;
use support::{Access, Client, ControlPlane, Fault, FaultProxy, Line, Parts, Rule, items};

const NAMESPACES: &str = "/api/v1/namespaces";

async fn proxy() -> (&'static ControlPlane, FaultProxy, Client) {
    let plane = ControlPlane::shared().await.unwrap();
    let proxy = FaultProxy::before(plane.admin()).unwrap();
    let client = Client::new(proxy.access()).unwrap();
    (plane, proxy, client)
}

/// The status of a list of namespaces, and what came with it.
async fn list(client: &Client) -> (StatusCode, serde_json::Value) {
    client.request(Method::GET, NAMESPACES, None).await.unwrap()
}

#[tokio::test]
async fn without_rules_it_is_not_noticed() {
    let (plane, proxy, client) = proxy().await;
    assert_eq!(list(&client).await.0, StatusCode::OK);
    let name = "jsonpath={.metadata.uid}";
    let direct = plane.kubectl(["get", "namespace", "default", "--output", name]).await.unwrap();
    let through = plane.kubectl_as(proxy.access(), ["get", "namespace", "default", "--output", name]).await.unwrap();
    assert_eq!(direct, through);
    let seen = proxy.requests();
    assert_eq!((seen[0].path.as_str(), seen[0].status, &seen[0].fault), (NAMESPACES, Some(200), &None));
    assert!(seen.iter().any(|request| request.path == "/api/v1/namespaces/default"));
    assert_eq!(seen[0].token.as_deref(), plane.admin().token());
}

#[tokio::test]
async fn a_command_runs_in_a_container_through_it() {
    let (plane, proxy, _) = proxy().await;
    let namespace = plane.namespace("proxy").await.unwrap();
    plane.kubectl(["-n", &namespace, "run", "shell", "--image=nginx"]).await.unwrap();
    plane.kubectl(["-n", &namespace, "wait", "--for=condition=Ready", "--timeout=100s", "pod/shell"]).await.unwrap();
    let exec = ["-n", &namespace, "exec", "shell", "--", "echo", "upgraded"];
    assert_eq!(plane.kubectl_as(proxy.access(), exec).await.unwrap(), "upgraded\n");
    assert!(proxy.requests().iter().any(|request| request.status == Some(101)));
}

#[tokio::test]
async fn it_refuses_as_the_api_server_does() {
    let (_, proxy, client) = proxy().await;
    for (code, reason) in [(401, "Unauthorized"), (403, "Forbidden"), (410, "Expired"), (500, "InternalError")] {
        proxy.add(Rule::new(Fault::status(code)).path(NAMESPACES).times(2));
        for _ in 0..2 {
            let (status, body) = list(&client).await;
            assert_eq!((status.as_u16(), body["reason"].as_str()), (code, Some(reason)));
        }
        assert_eq!(list(&client).await.0, StatusCode::OK);
    }
    proxy.add(Rule::new(Fault::Status { code: 429, retry_after: Some(7) }).times(1));
    let answer = client.open(NAMESPACES).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "7"));
}

#[tokio::test]
async fn a_watch_is_told_that_its_version_is_gone() {
    let (_, proxy, client) = proxy().await;
    proxy.add(Rule::new(Fault::WatchError { code: 410 }).watches());
    let event = client.get("/api/v1/namespaces?watch=true").await.unwrap();
    assert_eq!((&event["type"], &event["object"]["code"]), (&"ERROR".into(), &410.into()));
    assert_eq!(list(&client).await.0, StatusCode::OK);
}

#[tokio::test]
async fn connections_are_dropped() {
    let (_, proxy, client) = proxy().await;
    proxy.add(Rule::new(Fault::Dropped).times(1));
    client.get(NAMESPACES).await.unwrap_err();
    assert_eq!(list(&client).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_silent_answer_lasts_until_the_connection_is_cut() {
    let (_, proxy, client) = proxy().await;
    proxy.add(Rule::new(Fault::Silent).path(NAMESPACES));
    let asked = client.get(NAMESPACES);
    tokio::pin!(asked);
    tokio::select! {
        answer = &mut asked => panic!("answered: {answer:?}"),
        seen = proxy.until("the request is in", |seen| !seen.is_empty()) => seen.unwrap(),
    }
    proxy.clear();
    proxy.cut();
    asked.await.unwrap_err();
    assert_eq!(list(&client).await.0, StatusCode::OK);
    assert_eq!(proxy.requests()[0].status, None);
}

#[tokio::test]
async fn answers_are_late_or_slow() {
    let (_, proxy, client) = proxy().await;
    let whole = list(&client).await.1.to_string().len();
    let rules = [
        (Fault::Latency(Duration::from_millis(300)), Duration::from_millis(300)),
        (Fault::Slow { bytes_per_second: whole * 2 }, Duration::from_millis(400)),
    ];
    for (fault, at_least) in rules {
        proxy.clear();
        proxy.add(Rule::new(fault));
        let start = Instant::now();
        assert_eq!(list(&client).await.0, StatusCode::OK);
        assert!(start.elapsed() >= at_least, "{:?}", start.elapsed());
    }
}

#[tokio::test]
async fn bodies_end_early_in_three_ways() {
    let (_, proxy, client) = proxy().await;
    proxy.add(Rule::new(Fault::Truncated { after: 100 }).times(1));
    let body = client.open(NAMESPACES).await.unwrap().into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body.len(), 100);
    assert!(serde_json::from_slice::<serde_json::Value>(&body).is_err());

    proxy.add(Rule::new(Fault::Cut { after: 100 }).times(1));
    client.open(NAMESPACES).await.unwrap().into_body().collect().await.unwrap_err();

    proxy.add(Rule::new(Fault::Stalled { after: 100 }).times(1));
    let mut body = client.open(NAMESPACES).await.unwrap().into_body();
    let mut received = 0;
    while received < 100 {
        received += body.frame().await.unwrap().unwrap().into_data().unwrap().len();
    }
    assert_eq!(received, 100);
    assert!(futures::poll!(std::pin::pin!(body.frame())).is_pending());
    proxy.cut();
    assert!(body.frame().await.unwrap().is_err());
}

#[tokio::test]
async fn a_silent_line_holds_everything_back_and_then_goes_on() {
    let (_, proxy, client) = proxy().await;
    assert_eq!(list(&client).await.0, StatusCode::OK);
    proxy.set_line(Line::Silent);
    let old = client.get(NAMESPACES);
    let fresh = Client::new(proxy.access()).unwrap();
    let new = fresh.get(NAMESPACES);
    let both = futures::future::join(old, new);
    tokio::pin!(both);
    // Long enough for an answer if there were one; only that there is none depends on it.
    assert!(tokio::time::timeout(Duration::from_millis(300), &mut both).await.is_err());
    assert_eq!(proxy.requests().len(), 1);
    proxy.set_line(Line::Up);
    let (old, new) = both.await;
    assert_eq!(items(&old.unwrap()).len(), items(&new.unwrap()).len());
}

#[tokio::test]
async fn a_server_goes_away_and_comes_back() {
    let (_, proxy, client) = proxy().await;
    assert_eq!(list(&client).await.0, StatusCode::OK);
    proxy.set_line(Line::Down);
    client.get(NAMESPACES).await.unwrap_err();
    proxy.set_line(Line::Up);
    support::eventually("the port is taken again", || async { client.get(NAMESPACES).await.map(Some) }).await.unwrap();

    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    let proxy = FaultProxy::before(plane.admin()).unwrap();
    let client = Client::new(proxy.access()).unwrap();
    assert_eq!(list(&client).await.0, StatusCode::OK);
    plane.kill_api_server().unwrap();
    client.get(NAMESPACES).await.unwrap_err();
    plane.restart_api_server().await.unwrap();
    assert_eq!(list(&client).await.0, StatusCode::OK);
}

#[tokio::test]
async fn it_stands_before_any_server_that_a_kubeconfig_names() {
    let plane = ControlPlane::shared().await.unwrap();
    let given = Access::of_kubeconfig(plane.admin().kubeconfig(), plane.folder()).unwrap();
    let proxy = FaultProxy::before(&given).unwrap();
    let pods = ["get", "pods", "--all-namespaces"];
    plane.kubectl_as(proxy.access(), pods).await.unwrap();
    let seen = proxy.requests();
    let list = seen.iter().find(|request| request.path == "/api/v1/pods" && request.is_list()).unwrap();
    assert!(list.accept.as_ref().unwrap().contains("as=Table"), "{:?}", list.accept);
    assert_eq!(list.query["limit"], "500");
}
