//! Every request that the product and everyday `kubectl` make is recorded on its way to the real server, kept in
//! `requests.txt`, and put to both servers with the same objects: codes, Status reasons and the answers' forms are equal.
//!
//! Where the programs ask otherwise than they did, the test says so; `KUBILITICS_ACCEPT=1` writes the file anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cluster::Options;
use demo::{Demo, ManualClock, Running, Time};
use model::ResourceKey;
use serde_json::Value;
use support::{Client, ControlPlane, FaultProxy, Parts, items};

use super::compare::differences;
use super::record::{self, LISTED, NEXT, Request};
use crate::host::Host;
use crate::live::Live;

/// 20 November 2026, 14:02 UTC.
const START: Time = Time::from_millis(1_795_183_320_000);

/// What both servers are asked, beside this file.
const RECORDED: &str = include_str!("requests.txt");
const ACCEPT: &str = "KUBILITICS_ACCEPT";

/// Headings of the recorded file.
const SHOP: &str = "# of a cluster with the objects of the shop";
const PODS: &str = "# of a cluster whose pods run and are measured";

const JSON: &str = "application/json";
const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
const METADATA: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
const ONE_METADATA: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

/// What nobody is seen to ask, and is answered all the same: mistakes, old versions, other forms.
const REFUSED_OR_RARE: &[(&str, &str)] = &[
    ("/version", JSON),
    ("/readyz", JSON),
    ("/api", AGGREGATED),
    ("/apis", AGGREGATED),
    ("/api", JSON),
    ("/apis/apps", JSON),
    ("/api/v1/pods?limit=3", JSON),
    ("/api/v1/pods?limit=3&resourceVersion=0", JSON),
    ("/api/v1/secrets?limit=500", METADATA),
    ("/api/v1/namespaces/shop/secrets/shop-tls", ONE_METADATA),
    ("/api/v1/namespaces/shop/secrets/shop-tls", TABLE),
    ("/api/v1/pods?watch=true&timeoutSeconds=1", JSON),
    ("/api/v1/secrets?watch=true&timeoutSeconds=1", ONE_METADATA),
    (
        "/api/v1/services?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1",
        JSON,
    ),
    ("/api/v1/services?watch=true&sendInitialEvents=true&timeoutSeconds=1", JSON),
    ("/apis/apps/v1/namespaces/shop/deployments/absent", JSON),
    ("/apis/apps/v1/namespaces/shop/deployments/absent", TABLE),
    ("/apis/apps/v1/namespaces/absent/deployments", JSON),
    ("/apis/apps/v1/absent", JSON),
    ("/apis/apps/v7/deployments", JSON),
    ("/apis/absent/v1/things", JSON),
    ("/apis/absent", JSON),
    ("/api/v1/pods?limit=3&continue=nonsense", JSON),
    ("/api/v1/pods?resourceVersion=999999999", JSON),
    ("/api/v1/pods?fieldSelector=status.phase%3DRunning&limit=2", JSON),
    ("/api/v1/pods?fieldSelector=spec.absent%3Dx", JSON),
    ("/api/v1/pods?labelSelector=app.kubernetes.io/name+in+(cart,catalog)&limit=2", JSON),
    ("/api/v1/pods?labelSelector=%3D%3D%3D", JSON),
    ("/api/v1/pods", "text/absent"),
];

/// What a person types at a cluster with the shop.
const COMMANDS: &[&str] = &[
    "api-resources",
    "api-versions",
    "version",
    "cluster-info",
    "get all --all-namespaces",
    "get pods -n shop --show-labels --watch --request-timeout=2s",
    "get pods -n shop -o yaml --watch-only --request-timeout=2s",
    "get pods --all-namespaces --chunk-size=5",
    "describe -n shop deployment/checkout service/promo ingress/shop.example.com hpa/storefront cronjob/nightly-report",
    "describe -n data statefulset/orders-db pvc/data-orders-db-0 pdb/catalog-db networkpolicy/default-deny",
    "describe node/node-c clusterrole/prometheus storageclass/standard",
    "rollout history -n shop deployment/cart",
    "rollout status -n shop deployment/cart --watch=false",
    "get pod -n shop absent",
    "get absent",
    "get events -n shop --field-selector=type=Warning",
    "events -n shop --types=Warning",
    "get --raw /api/v1/namespaces/shop/services/cart",
    "auth whoami",
    "auth can-i --list -n shop",
    "auth can-i list pods -n shop",
    "auth can-i get pods --subresource=log",
    "auth can-i get /readyz",
    "logs -n shop absent",
];

/// What a person types at a cluster whose pods run, with the names of the recorded one.
const OF_PODS: &[&str] = &[
    "logs -n {namespace} {pod}",
    "logs -n {namespace} {pod} --tail=7 --timestamps",
    "logs -n {namespace} {pod} -c {container} --since=10m",
    "logs -n {namespace} {pod} --since-time=2026-01-01T00:00:00Z --limit-bytes=100",
    "logs -n {namespace} {pod} --follow --tail=1 --request-timeout=2s",
    "logs -n {namespace} {pod} -c absent",
    "top nodes",
    "top node {node}",
    "top node absent",
    "top pods --all-namespaces",
    "top pods -n {namespace}",
    "top pod -n {namespace} {pod} --containers",
    "top pod -n {namespace} absent",
    "top pods -n {namespace} -l app=absent",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_answers_what_programs_ask_as_the_real_server_does() {
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    let mut objects = demo::shop_objects(1, START).unwrap();
    // The server's own Service is there already.
    objects.retain(|object| object["kind"] != "Service" || object["metadata"]["name"] != "kubernetes");
    // Webhooks and aggregated APIs lead to programs that do not run there: they come when all else is in and recorded.
    let last = ["APIService", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
    let (last, objects): (Vec<Value>, Vec<Value>) =
        objects.into_iter().partition(|object| last.iter().any(|kind| object["kind"] == *kind));
    plane.fill(objects).await.unwrap();
    let pods = ControlPlane::shared().await.unwrap();
    let demo = start_demo().await;
    let ours = Server::new(Client::plain(&format!("http://{}", demo.address())).unwrap(), pod_of_the_demo());

    let asked_of_shop = asked_of_a_shop(&plane, &ours).await;
    let (asked_of_pods, names) = asked_of_pods(pods).await;
    settle(&asked_of_shop, &asked_of_pods);
    plane.fill(last).await.unwrap();

    let rare =
        REFUSED_OR_RARE.iter().filter_map(|(target, accept)| Request::parse(&format!("GET\t{target}\t{accept}")));
    let shop: BTreeSet<Request> = asked_of_shop.into_iter().chain(rare).collect();
    let bare = Server::new(plane.client().unwrap(), BTreeMap::new());
    let running = Server::new(pods.client().unwrap(), names);
    let mut found = compared(&shop, &bare, &ours).await;
    found.extend(compared(&asked_of_pods, &running, &ours).await);
    assert!(found.is_empty(), "{} differences\n{}", found.len(), found.join("\n"));
}

async fn start_demo() -> Running {
    let options = demo::Options { clock: Arc::new(ManualClock::new(START)), lives: false, ..Default::default() };
    Demo::start(options).await.unwrap()
}

/// The requests of `kubectl` for the commands and for every kind of the demo in two forms, and those of the product.
async fn asked_of_a_shop(plane: &ControlPlane, demo: &Server) -> BTreeSet<Request> {
    let proxy = FaultProxy::before(plane.admin()).unwrap();
    let announced = demo.announced().await;
    let folder = tempfile::tempdir().unwrap();
    let mut lines: Vec<String> = COMMANDS.iter().map(|line| (*line).to_owned()).collect();
    for (group, plural) in &announced {
        lines.push(format!("get {plural}.{group} --all-namespaces -o wide"));
        lines.push(format!("get {plural}.{group} --all-namespaces -o yaml"));
    }
    record::kubectl(plane, &proxy, folder.path(), &lines).await;

    let (host, cluster) = Host::on(proxy.access()).await;
    host.live(&cluster).await;
    let context = host.context(proxy.access()).await;
    host.ask::<Value>("context_probe", serde_json::json!({ "id": context.id })).await.unwrap();
    let live = Live::open(proxy.access(), Options::default());
    live.synced().await.unwrap();
    let pod = ResourceKey::new("apps", "Deployment", "shop", "cart");
    live.reader().get(&pod).await.unwrap();
    live.reader().events_about(&pod).await.unwrap();

    // A client asks for what was announced; the plain server announces more than the demo has.
    let is_known = |request: &Request| match collection(&request.path) {
        _ if request.method == "POST" => true,
        Some((group, plural)) => announced.contains(&(group.to_owned(), plural.to_owned())) || plural == "absent",
        None => true,
    };
    record::requests(&proxy, &[]).into_iter().filter(is_known).collect()
}

/// The requests about a running pod: its logs, its use of resources; and what its names are.
async fn asked_of_pods(plane: &ControlPlane) -> (BTreeSet<Request>, BTreeMap<&'static str, String>) {
    let namespace = plane.namespace("recorded").await.unwrap();
    plane
        .kubectl([
            "-n",
            &namespace,
            "run",
            "measured-pod",
            "--image=nginx",
            "--annotations=kwok.x-k8s.io/usage-cpu=5m",
            "--annotations=kwok.x-k8s.io/usage-memory=9Mi",
        ])
        .await
        .unwrap();
    let wait = ["-n", &namespace, "wait", "--for=condition=Ready", "--timeout=100s", "pod/measured-pod"];
    plane.kubectl(wait).await.unwrap();
    plane.metrics().await.unwrap();
    let top = ["top", "pod", "measured-pod", "-n", &namespace];
    support::eventually("the pod is measured", || async { plane.kubectl(top).await.map(Some) }).await.unwrap();
    let names: BTreeMap<&str, String> = [
        ("{namespace}", namespace),
        ("{pod}", "measured-pod".to_owned()),
        ("{container}", "measured-pod".to_owned()),
        ("{node}", "node-1".to_owned()),
    ]
    .into();
    let proxy = FaultProxy::before(plane.admin()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let typed = |line: &&str| names.iter().fold((*line).to_owned(), |line, (it, name)| line.replace(it, name));
    let lines: Vec<String> = OF_PODS.iter().map(typed).collect();
    record::kubectl(plane, &proxy, folder.path(), &lines).await;
    cluster::connect(&crate::live::context(proxy.access().kubeconfig()), Options::default())
        .reader()
        .metrics()
        .await
        .unwrap();

    let is_of_pods = |request: &Request| {
        request.path.ends_with("/log")
            || request.path.starts_with("/apis/metrics.k8s.io") && request.path.contains("/v1beta1/")
    };
    // The container bears the pod's name, so that only the parameter tells them apart.
    let placeholders: Vec<(&str, &str)> =
        names.iter().filter(|(it, _)| **it != "{container}").map(|(it, name)| (name.as_str(), *it)).collect();
    let mut requests: Vec<Request> = record::requests(&proxy, &placeholders).into_iter().filter(is_of_pods).collect();
    for request in &mut requests {
        if let Some(container) = request.query.get_mut("container").filter(|container| *container == "{pod}") {
            "{container}".clone_into(container);
        }
    }
    (requests.into_iter().collect(), names)
}

fn pod_of_the_demo() -> BTreeMap<&'static str, String> {
    let objects = demo::shop_objects(1, START).unwrap();
    let is_cart = |pod: &&Value| {
        pod["kind"] == "Pod"
            && pod["metadata"]["labels"]["app.kubernetes.io/name"] == "cart"
            && pod["status"]["phase"] == "Running"
    };
    let pod = objects.iter().find(is_cart).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    [
        ("{namespace}", text(&pod["metadata"]["namespace"])),
        ("{pod}", text(&pod["metadata"]["name"])),
        ("{container}", text(&pod["spec"]["containers"][0]["name"])),
        ("{node}", text(&pod["spec"]["nodeName"])),
    ]
    .into()
}

/// Group and plural of the list that a path is or is in.
fn collection(path: &str) -> Option<(&str, &str)> {
    let mut parts = path.split('/').skip(1);
    let group = match parts.next()? {
        "api" => "",
        "apis" => parts.next()?,
        _ => return None,
    };
    parts.next()?;
    match (parts.next()?, parts.next(), parts.next()) {
        ("namespaces", Some(_), Some(plural)) | (plural, ..) => Some((group, plural)),
    }
}

/// Compares what was asked with what was recorded, or records it.
fn settle(shop: &BTreeSet<Request>, pods: &BTreeSet<Request>) {
    let lines = |requests: &BTreeSet<Request>| requests.iter().map(|it| format!("{it}\n")).collect::<String>();
    let asked = format!("{SHOP}\n{}{PODS}\n{}", lines(shop), lines(pods));
    if std::env::var_os(ACCEPT).is_some() {
        let file: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("acceptance/demo/requests.txt");
        std::fs::write(file, asked).unwrap();
        return;
    }
    let set = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (recorded, asked) = (set(RECORDED), set(&asked));
    let new: Vec<_> = asked.difference(&recorded).collect();
    let gone: Vec<_> = recorded.difference(&asked).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "asked and not recorded: {new:#?}\nrecorded and not asked: {gone:#?}\n{ACCEPT}=1 records them"
    );
}

/// One of the two servers, with the names of a pod that runs there.
struct Server {
    client: Client,
    names: BTreeMap<&'static str, String>,
}

impl Server {
    fn new(client: Client, names: BTreeMap<&'static str, String>) -> Self {
        Self { client, names }
    }

    /// Group and plural of every kind that can be watched.
    async fn announced(&self) -> BTreeSet<(String, String)> {
        let mut all = BTreeSet::new();
        for root in ["/api", "/apis"] {
            let groups = self.client.exchange("GET", root, AGGREGATED, "", &[]).await.unwrap();
            let groups: Value = serde_json::from_str(&groups.text).unwrap();
            for group in items(&groups) {
                let name = group["metadata"]["name"].as_str().unwrap_or_default();
                for resource in group["versions"][0]["resources"].as_array().unwrap() {
                    if resource["verbs"].as_array().unwrap().iter().any(|verb| verb == "watch") {
                        all.insert((name.to_owned(), resource["resource"].as_str().unwrap().to_owned()));
                    }
                }
            }
        }
        all
    }

    /// Puts a request, with this server's own versions, tokens and names.
    async fn answer(&self, request: &Request) -> support::Answer {
        let mut fill = self.names.clone();
        let metadata = async |limit: &str| {
            let mut first = request.clone();
            first.query.retain(|name, _| ["labelSelector", "fieldSelector"].contains(&name.as_str()));
            first.query.insert("limit".to_owned(), limit.to_owned());
            let page = self.client.get(&first.target(str::to_owned)).await.unwrap();
            page["metadata"].clone()
        };
        let is = |placeholder: &str| request.query.values().any(|value| value == placeholder);
        if is(LISTED) {
            fill.insert(LISTED, metadata("1").await["resourceVersion"].as_str().unwrap_or_default().to_owned());
        }
        if is(NEXT) {
            fill.insert(
                NEXT,
                metadata(&request.query["limit"]).await["continue"].as_str().unwrap_or_default().to_owned(),
            );
        }
        let target =
            request.target(|text| fill.iter().fold(text.to_owned(), |text, (it, name)| text.replace(it, name)));
        let Request { method, accept, content_type, body, .. } = request;
        if request.query.contains_key("follow") {
            return self.client.first_line(&target).await.unwrap();
        }
        self.client.exchange(method, &target, accept, content_type, body).await.unwrap()
    }
}

/// Puts every request to both servers, and says how the answers differ.
async fn compared(requests: &BTreeSet<Request>, real: &Server, ours: &Server) -> Vec<String> {
    use futures::StreamExt as _;
    const AT_ONCE: usize = 8;
    let put = |request: &Request| {
        let request = request.clone();
        async move {
            if request.path.starts_with("/openapi/") {
                // The demo has no schemas, says so, and kubectl goes on without.
                let answer = ours.answer(&request).await;
                let honest = answer.status == 501 && answer.text.contains("\"kind\":\"Status\"");
                return if honest { Vec::new() } else { vec![format!("{request}: {answer:?}")] };
            }
            let (mut wanted, given) = (real.answer(&request).await, ours.answer(&request).await);
            if request.query.get("watch").is_some_and(|watch| watch == "true") {
                leave_out_own_lease(&mut wanted.text);
            }
            let found = differences(&wanted, &given);
            found.into_iter().map(|difference| format!("{request}: {difference}")).collect()
        }
    };
    let all = futures::stream::iter(requests).map(put).buffered(AT_ONCE);
    all.collect::<Vec<Vec<String>>>().await.concat()
}

/// A watch may or may not fall into the moment in which the real server renews the Lease that it keeps of itself.
fn leave_out_own_lease(events: &mut String) {
    let others = events.split_inclusive('\n').filter(|event| !event.contains("\"apiserver.kubernetes.io/identity\""));
    *events = others.collect();
}
