//! Who may ask the host, under which name, from which page, over how many sockets, and what it says of itself.
#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::Arc;

use api::{Application, Setup};
use cluster::kubeconfig::Environment;
use reqwest::header::{COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::Value;
use server::Options;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

const TOKEN: &str = "the-token-of-the-test";

/// A host on a free port; dropping it ends it.
struct Served {
    at: SocketAddr,
    client: Client,
    _stop: DropGuard,
    _downloads: tempfile::TempDir,
}

impl Served {
    async fn start() -> Self {
        let downloads = tempfile::tempdir().unwrap();
        let application = Application::start(Setup {
            host: "browser".to_owned(),
            kubeconfig: Environment { explicit: Some(downloads.path().join("none")), ..Environment::default() },
            database: None,
            downloads: downloads.path().to_owned(),
            rules: Arc::default(),
            still: false,
        })
        .await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let options = Options { token: TOKEN.to_owned(), hosts: vec!["maps.example".to_owned()], sockets: 2 };
        let stop = CancellationToken::new();
        // Ends with the guard.
        tokio::spawn(server::run(listener, application, options, stop.clone()));
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { at, client, _stop: stop.drop_guard(), _downloads: downloads }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("http://{}{path}", self.at))
    }

    fn command(&self, name: &str) -> RequestBuilder {
        self.client.post(format!("http://{}/api/v1/{name}", self.at))
    }

    /// The first line of the answer to the request for a WebSocket, and the connection.
    async fn socket(&self) -> (String, TcpStream) {
        let mut stream = TcpStream::connect(self.at).await.unwrap();
        let request = format!(
            "GET /api/v1/stream?token={TOKEN} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            self.at
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            line.push(stream.read_u8().await.unwrap());
        }
        (String::from_utf8(line).unwrap(), stream)
    }
}

async fn status(request: RequestBuilder) -> StatusCode {
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn commands_take_the_token() {
    let served = Served::start().await;
    let refused = served.command("app_info").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "unauthorized");
    assert_eq!(status(served.command("app_info").bearer_auth("another")).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(served.command("app_info").header(COOKIE, "kubilitics=another")).await, StatusCode::UNAUTHORIZED);
    let answered = served.command("app_info").bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(answered.status(), StatusCode::OK);
    assert!(answered.json::<Value>().await.unwrap().is_object());
    let cookie = format!("theme=dark; kubilitics={TOKEN}");
    assert_eq!(status(served.command("clusters_open").header(COOKIE, cookie)).await, StatusCode::OK);
}

#[tokio::test]
async fn requests_that_do_not_fit_are_told_so() {
    let served = Served::start().await;
    let command = |name: &str, body: &'static str| served.command(name).bearer_auth(TOKEN).body(body);
    assert_eq!(status(command("no_such_command", "{}")).await, StatusCode::NOT_FOUND);
    assert_eq!(status(command("cluster_status", "{")).await, StatusCode::BAD_REQUEST);
    assert_eq!(status(command("cluster_status", "{\"cluster\":7}")).await, StatusCode::BAD_REQUEST);
    assert_eq!(status(command("cluster_status", "{\"cluster\":\"closed\"}")).await, StatusCode::NOT_FOUND);
    assert_eq!(status(served.get("/exports/..%2Fsecret").bearer_auth(TOKEN)).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_printed_address_becomes_a_cookie_at_once() {
    let served = Served::start().await;
    assert_eq!(status(served.get("/")).await, StatusCode::UNAUTHORIZED);
    let page = served.get(&format!("/?token={TOKEN}")).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::SEE_OTHER);
    assert_eq!(page.headers()[LOCATION], "/");
    let cookie = page.headers()[SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    let page = served.get("/").header(COOKIE, pair).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe-eval"), "{policy}");
    assert_eq!(page.headers()["x-frame-options"], "DENY");
}

#[tokio::test]
async fn foreign_names_and_pages_of_other_origins_are_turned_away() {
    let served = Served::start().await;
    let health = || served.get("/health");
    assert_eq!(status(health().header(HOST, "evil.example")).await, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(status(health().header(HOST, "maps.example")).await, StatusCode::OK);
    assert_eq!(status(health().header(ORIGIN, "http://evil.example")).await, StatusCode::FORBIDDEN);
    assert_eq!(status(health().header(ORIGIN, "null")).await, StatusCode::FORBIDDEN);
    assert_eq!(status(health().header(ORIGIN, format!("http://{}", served.at))).await, StatusCode::OK);
    let other_port = format!("http://127.0.0.1:{}", served.at.port() ^ 1);
    let command = served.command("app_info").bearer_auth(TOKEN).header(ORIGIN, other_port);
    assert_eq!(status(command).await, StatusCode::FORBIDDEN, "another program of the same machine");
}

#[tokio::test]
async fn an_address_holds_so_many_sockets_and_no_more() {
    let served = Served::start().await;
    let (first, one) = served.socket().await;
    let (second, other) = served.socket().await;
    let (third, _refused) = served.socket().await;
    assert!(first.contains(" 101 ") && second.contains(" 101 "), "{first}{second}");
    assert!(third.contains(" 429 "), "{third}");
    drop((one, other));
}

#[tokio::test]
async fn it_describes_itself_without_a_token() {
    let served = Served::start().await;
    assert_eq!(served.get("/health").send().await.unwrap().text().await.unwrap(), "ok\n");
    assert_eq!(served.get("/ready").send().await.unwrap().text().await.unwrap(), "ready\n");
    let info: Value = served.get("/info").send().await.unwrap().json().await.unwrap();
    let openapi: Value = served.get("/openapi.json").send().await.unwrap().json().await.unwrap();
    assert!(openapi["openapi"].as_str().unwrap().starts_with('3'));
    let commands = info["commands"].as_array().unwrap();
    assert!(!commands.is_empty());
    for command in commands {
        let path = format!("/api/v1/{}", command.as_str().unwrap());
        assert!(openapi["paths"][&path]["post"].is_object(), "{path} is not described");
        // Known to the router and the list: a request without a token is refused as such, not as unknown.
        assert_eq!(status(served.command(command.as_str().unwrap())).await, StatusCode::UNAUTHORIZED, "{path}");
    }
}
