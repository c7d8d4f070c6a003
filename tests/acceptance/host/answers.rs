//! The browser's host answers every name of the list. The window's is asked in the real window
//! (`tests/e2e/window/window.spec.ts`).

use std::collections::BTreeSet;
use std::net::SocketAddr;

use api::types::{ErrorCode, Notice};
use futures::{SinkExt as _, StreamExt as _};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Client, PATIENCE};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Host;

/// A script's.
const TOKEN: &str = "known-to-this-test";

/// Serves a host's application; ends with the guard.
async fn serve(host: &Host) -> (SocketAddr, DropGuard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let options = server::Options {
        secret: "unknown-to-this-test".to_owned(),
        script: Some(TOKEN.to_owned()),
        hosts: Vec::new(),
        sockets: 4,
    };
    // Ends with the token that it is given.
    tokio::spawn(server::run(listener, host.application.clone(), options, shutdown.clone()));
    (address, shutdown.drop_guard())
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn next(socket: &mut Socket) -> Message {
    tokio::time::timeout(PATIENCE, socket.next()).await.expect("waited in vain").expect("it is closed").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_and_stream_is_answered_over_http() {
    let (host, cluster) = Host::on_the_demo().await;
    host.live(&cluster).await;
    let (address, _serving) = serve(&host).await;
    let client = Client::plain(&format!("http://{address}")).unwrap().bearing(TOKEN);
    let ask = async |command: &str, request: Value| {
        client.request(Method::POST, &format!("/api/v1/{command}"), Some(&request)).await.unwrap()
    };
    let (status, unknown) = ask("absent", json!({})).await;
    assert_eq!((status, unknown["message"].as_str()), (StatusCode::NOT_FOUND, Some("there is no command `absent`")));

    let names: BTreeSet<String> = api::commands().iter().map(|command| command.name.to_owned()).collect();
    let described: Value = client.get("/openapi.json").await.unwrap();
    let paths = described["paths"].as_object().unwrap();
    assert_eq!(
        paths.keys().filter_map(|path| path.strip_prefix("/api/v1/")).map(str::to_owned).collect::<BTreeSet<_>>(),
        names
    );
    for name in &names {
        // An empty request fits some; the others say what they lack, which they can only where they are known.
        let (status, answer) = ask(name, json!({})).await;
        let lacks = answer["message"].as_str().is_some_and(|message| message.starts_with("the request does not fit"));
        let refused = status == StatusCode::BAD_REQUEST && answer["code"] == "invalid" && lacks;
        assert!(status == StatusCode::OK || refused, "{name}: {status} {answer}");
    }
    assert_eq!(ask("cluster_status", json!({ "cluster": cluster })).await.1["cluster"], cluster);
    let (status, _) = Client::plain(&format!("http://{address}"))
        .unwrap()
        .request(Method::POST, "/api/v1/app_info", Some(&json!({})))
        .await
        .unwrap();
    assert_eq!(status, StatusCode::UNAUTHORIZED);

    let (mut socket, _) = tokio_tungstenite::connect_async(format!("ws://{address}/api/v1/stream")).await.unwrap();
    socket.send(Message::text(json!({ "token": TOKEN }).to_string())).await.unwrap();
    let open = |id: usize, stream: &str, request: Value| {
        Message::text(json!({ "open": { "id": id, "stream": stream, "request": request } }).to_string())
    };
    socket.send(open(0, "absent", json!({}))).await.unwrap();
    assert!(next(&mut socket).await.into_text().unwrap().contains("there is no stream `absent`"));
    let streams: Vec<&str> = api::streams().iter().map(|stream| stream.name).collect();
    assert_eq!(streams, ["picture", "object", "notices"]);
    socket.send(open(1, "notices", json!({}))).await.unwrap();
    socket.send(open(3, "object", json!({ "cluster": cluster, "key": "core/Namespace//default" }))).await.unwrap();
    socket.send(open(2, "picture", json!({ "cluster": cluster, "view": {} }))).await.unwrap();
    let mut heard = BTreeSet::new();
    while heard.len() < streams.len() {
        match next(&mut socket).await {
            Message::Binary(bytes) => {
                assert_eq!(bytes[..4], 2_u32.to_le_bytes());
                heard.insert("picture");
                // A notice for everybody.
                ask("preference_set", json!({ "name": "map.lens", "value": "traffic" })).await;
                ask("cluster_connect", json!({ "source": { "from": "demo", "objects": 20 } })).await;
            }
            Message::Text(text) => {
                let told: Value = serde_json::from_str(&text).unwrap();
                let (stream, tag) = if told["id"] == json!(3) { ("object", "state") } else { ("notices", "event") };
                assert!(told["item"][tag].is_string(), "{told}");
                heard.insert(stream);
            }
            other => panic!("{other:?}"),
        }
    }
}

/// What was seen: a script could open one demo after the other until the memory was full.
#[tokio::test(flavor = "multi_thread")]
async fn so_many_clusters_are_open_at_a_time_and_no_more() {
    let host = Host::knowing(&[]).await;
    let folder = tempfile::tempdir().unwrap();
    let mut refused = None;
    for number in 0..100 {
        let path = folder.path().join(format!("{number}.json"));
        std::fs::write(&path, r#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"}}"#).unwrap();
        if let Err(error) = host.open(json!({ "from": "files", "paths": [path] })).await {
            refused = Some((number, error));
            break;
        }
    }
    let (number, error) = refused.expect("it never ends");
    assert!(number == 64 && error.message.contains("close one of them"), "{number}: {error}");
}

/// What was seen: a page that slept through the end of an export waited for it for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_was_too_slow_for_some_notices_is_told_so() {
    let host = Host::knowing(&[]).await;
    let mut notices = host.notices();
    notices.next("the contexts").await;
    for number in 0..2000 {
        host.application.could_not_open(api::types::ApiError {
            code: ErrorCode::NotFound,
            message: format!("no file {number}"),
            detail: None,
        });
    }
    let mut missed = false;
    loop {
        match notices.next("the last of them").await {
            Notice::Missed => missed = true,
            Notice::NotOpened(error) if error.message == "no file 1999" => break,
            _ => {}
        }
    }
    assert!(missed);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_without_a_path_is_downloaded() {
    let (host, cluster) = Host::on_the_demo().await;
    host.live(&cluster).await;
    let (address, _serving) = serve(&host).await;
    let client = Client::plain(&format!("http://{address}")).unwrap().bearing(TOKEN);
    let mut notices = host.notices();
    let request = json!({
        "cluster": cluster, "view": null, "format": "json", "theme": "light", "title": null, "stamp": false,
        "aspect": null, "scale": null, "expand": false, "path": null,
    });
    let (_, status) = client.request(Method::POST, "/api/v1/export_start", Some(&request)).await.unwrap();
    while !matches!(notices.next("it is written").await, api::types::Notice::Export(status) if status.done) {}
    let path = status["path"].as_str().unwrap();
    let file = client.get(path).await.unwrap();
    assert_eq!(file["schema"], "kubilitics.dev/topology/v1");
    for path in ["/exports/..%2Fkubilitics.db", "/exports/absent.json"] {
        let (status, _) = client.request(Method::GET, path, None).await.unwrap();
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}
