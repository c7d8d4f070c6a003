//! Who may ask the host, under which name, from which page, over how many sockets, and what it says of itself.
#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::Arc;

use api::{Application, Setup};
use cluster::kubeconfig::Environment;
use futures::{SinkExt as _, StreamExt as _};
use reqwest::header::{COOKIE, HOST, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use server::Options;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tokio_util::sync::CancellationToken;

const SECRET: &str = "the-secret-of-the-printed-address";
const SCRIPT: &str = "the-token-of-a-script";

/// A host on a free port; dropping it ends it.
struct Served {
    at: SocketAddr,
    client: Client,
    /// The token of the page that is open.
    page: String,
    stop: CancellationToken,
    running: JoinHandle<()>,
    /// Its files may be opened.
    folder: tempfile::TempDir,
    _downloads: tempfile::TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Served {
    async fn start() -> Self {
        let (downloads, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let application = Application::start(Setup {
            host: "browser".to_owned(),
            kubeconfig: Environment { explicit: Some(downloads.path().join("none")), ..Environment::default() },
            database: None,
            downloads: downloads.path().to_owned(),
            folders: vec![folder.path().to_owned()],
            rules: Arc::default(),
            still: false,
        })
        .await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let options = Options {
            secret: SECRET.to_owned(),
            script: Some(SCRIPT.to_owned()),
            hosts: vec!["maps.example".to_owned()],
            sockets: 2,
        };
        let stop = CancellationToken::new();
        let running = tokio::spawn(server::run(listener, application, options, stop.clone()));
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let mut served = Self { at, client, page: String::new(), stop, running, folder, _downloads: downloads };
        served.page = served.open_page(SECRET).await.unwrap();
        served
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("http://{}{path}", self.at))
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("http://{}{path}", self.at))
    }

    fn command(&self, name: &str) -> RequestBuilder {
        self.post(&format!("/api/v1/{name}"))
    }

    /// A command of the page, with its request; status and answer.
    async fn ask(&self, name: &str, request: &Value) -> (StatusCode, Value) {
        let answer = self.command(name).bearer_auth(&self.page).body(request.to_string()).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// What a page does that opens the printed address.
    async fn open_page(&self, shown: &str) -> Option<String> {
        let answer = self.post("/pages").bearer_auth(shown).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        answer["token"].as_str().map(str::to_owned)
    }

    async fn socket(&self, hello: &Value) -> Socket {
        let (mut socket, _) =
            tokio_tungstenite::connect_async(format!("ws://{}/api/v1/stream", self.at)).await.unwrap();
        socket.send(Message::text(hello.to_string())).await.unwrap();
        socket
    }

    /// A socket that shows the page's token and reads the notices; the first of them.
    async fn reader(&self) -> (Socket, Message) {
        let mut socket = self.socket(&json!({ "token": self.page })).await;
        let order = json!({ "open": { "id": 1, "stream": "notices" } });
        socket.send(Message::text(order.to_string())).await.unwrap();
        let first = socket.next().await.unwrap().unwrap();
        (socket, first)
    }
}

/// How the host closes it.
async fn farewell(mut socket: Socket) -> (u16, String) {
    while let Some(message) = socket.next().await {
        if let Message::Close(Some(CloseFrame { code, reason })) = message.unwrap() {
            return (code.into(), reason.to_string());
        }
    }
    panic!("it ended without a word");
}

async fn status(request: RequestBuilder) -> StatusCode {
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn commands_take_a_token_as_bearer_and_no_cookie() {
    let served = Served::start().await;
    let refused = served.command("app_info").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "unauthorized");
    for token in ["another", SECRET, ""] {
        assert_eq!(status(served.command("app_info").bearer_auth(token)).await, StatusCode::UNAUTHORIZED, "{token}");
    }
    for token in [served.page.as_str(), SCRIPT] {
        assert_eq!(status(served.command("app_info").bearer_auth(token)).await, StatusCode::OK, "{token}");
        let cookie = format!("kubilitics={token}; token={token}");
        assert_eq!(status(served.command("app_info").header(COOKIE, cookie)).await, StatusCode::UNAUTHORIZED);
        let address = format!("app_info?token={token}");
        assert_eq!(status(served.command(&address)).await, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn each_page_that_opens_the_printed_address_has_a_token_of_its_own() {
    let served = Served::start().await;
    let other = served.open_page(SECRET).await.unwrap();
    assert_ne!(served.page, other);
    assert_eq!(status(served.command("app_info").bearer_auth(other)).await, StatusCode::OK);
    // A link that is opened in another tab: a page that is there vouches for it.
    assert!(served.open_page(&served.page).await.is_some());
    for shown in [SCRIPT, "another", ""] {
        assert_eq!(served.open_page(shown).await, None, "{shown}");
    }
}

#[tokio::test]
async fn pages_and_their_files_hold_no_secret_and_lead_nowhere_else() {
    let served = Served::start().await;
    for path in ["/", "/open/the-secret", "/open/another", "//elsewhere.example/?token=x", "/cluster/demo"] {
        let page = served.get(path).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        assert!(page.headers().get(SET_COOKIE).is_none(), "{path}");
        let says = |name: &str| page.headers()[name].to_str().unwrap().to_owned();
        let policy = says("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe-eval"), "{policy}");
        assert_eq!((says("x-frame-options"), says("cache-control")), ("DENY".to_owned(), "no-store".to_owned()));
        assert_eq!(says("cross-origin-resource-policy"), "same-origin");
        let text = page.text().await.unwrap();
        assert!(!text.contains(SECRET) && !text.contains(SCRIPT) && !text.contains(&served.page));
    }
    assert_eq!(status(served.get("/absent.js")).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn requests_that_do_not_fit_are_told_so() {
    let served = Served::start().await;
    let command = |name: &str, body: &'static str| served.command(name).bearer_auth(SCRIPT).body(body);
    assert_eq!(status(command("no_such_command", "{}")).await, StatusCode::NOT_FOUND);
    assert_eq!(status(command("cluster_status", "{")).await, StatusCode::BAD_REQUEST);
    assert_eq!(status(command("cluster_status", "{\"cluster\":7}")).await, StatusCode::BAD_REQUEST);
    assert_eq!(status(command("cluster_status", "{\"cluster\":\"closed\"}")).await, StatusCode::NOT_FOUND);
    let long = served.command("cluster_status").bearer_auth(SCRIPT).body(" ".repeat(3 << 20)).send().await.unwrap();
    assert_eq!(long.status(), StatusCode::BAD_REQUEST);
    assert!(long.text().await.unwrap().contains("2 MB"));
    assert_eq!(status(served.get("/exports/..%2Fsecret").bearer_auth(SCRIPT)).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_page_wrote_and_read_any_path_and_now_neither() {
    let served = Served::start().await;
    let (status, demo) = served.ask("cluster_connect", &json!({ "source": { "from": "demo" } })).await;
    assert_eq!(status, StatusCode::OK, "{demo}");
    let target = served.folder.path().join("authorized_keys");
    let export = json!({
        "cluster": demo["cluster"], "view": null, "format": "json", "theme": "light", "title": null, "stamp": false,
        "aspect": null, "scale": null, "expand": false, "path": target,
    });
    let (status, refused) = served.ask("export_start", &export).await;
    assert_eq!((status, refused["code"].as_str()), (StatusCode::FORBIDDEN, Some("denied")), "{refused}");
    assert!(!target.exists());
    let open = async |path: &std::path::Path| {
        served.ask("cluster_connect", &json!({ "source": { "from": "files", "paths": [path] } })).await
    };
    let elsewhere = tempfile::tempdir().unwrap();
    let secret = elsewhere.path().join("config.yaml");
    let manifest = "kind: Namespace\napiVersion: v1\nmetadata: {name: shop}\n";
    std::fs::write(&secret, manifest).unwrap();
    let (status, refused) = open(&secret).await;
    assert_eq!((status, refused["code"].as_str()), (StatusCode::FORBIDDEN, Some("denied")), "{refused}");
    let named = served.folder.path().join("shop.yaml");
    std::fs::write(&named, manifest).unwrap();
    assert_eq!(open(&named).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_page_uploads_what_it_opens() {
    let served = Served::start().await;
    let path = "/uploads/one-batch-of-a-page/dump/shop/namespace.yaml";
    let body = "kind: Namespace\napiVersion: v1\nmetadata: {name: shop}\n";
    assert_eq!(status(served.post(path).body(body)).await, StatusCode::UNAUTHORIZED);
    let kept: Value =
        served.post(path).bearer_auth(&served.page).body(body).send().await.unwrap().json().await.unwrap();
    let source = json!({ "source": { "from": "files", "paths": [kept["path"]] } });
    let (answer, opened) = served.ask("cluster_connect", &source).await;
    assert_eq!((answer, opened["name"].as_str()), (StatusCode::OK, Some("dump")), "{opened}");
    let folder = std::path::PathBuf::from(kept["path"].as_str().unwrap());
    assert!(folder.is_dir());
    served.ask("cluster_disconnect", &json!({ "cluster": opened["cluster"] })).await;
    assert!(!folder.exists(), "gone with the cluster that was opened from it");
    assert_eq!(served.ask("cluster_connect", &source).await.0, StatusCode::FORBIDDEN);
    let short = served.post("/uploads/x/web.yaml").bearer_auth(&served.page).body(body);
    assert_eq!(status(short).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_socket_shows_the_token_first() {
    let served = Served::start().await;
    let (_socket, first) = served.reader().await;
    assert!(first.into_text().unwrap().contains("\"id\":1"));
    for hello in
        [json!({ "token": "another" }), json!({ "token": SECRET }), json!({ "open": { "id": 1, "stream": "notices" } })]
    {
        let (code, reason) = farewell(served.socket(&hello).await).await;
        assert_eq!(code, 1008, "{hello}");
        assert!(reason.contains("open the printed address"), "{reason}");
    }
}

/// What was seen: sockets that showed no token, and sent fifteen megabytes each, filled the memory.
#[tokio::test]
async fn who_has_shown_no_token_holds_little_and_few_of_them_do() {
    let served = Served::start().await;
    let address = format!("ws://{}/api/v1/stream", served.at);
    let mut long = served.socket(&json!({ "token": " ".repeat(2 << 20) })).await;
    assert!(!matches!(long.next().await, Some(Ok(Message::Text(_)))), "more than a megabyte was taken");
    drop(long);
    let mut silent = Vec::new();
    let refusal = loop {
        match tokio_tungstenite::connect_async(&address).await {
            Ok((socket, _)) => silent.push(socket),
            Err(error) => break error.to_string(),
        }
        assert!(silent.len() < 1000, "there is no end to them");
    };
    assert!(refusal.contains("503"), "{refusal}");
    drop(silent);
}

#[tokio::test]
async fn a_host_that_ends_says_so_to_every_socket() {
    let mut served = Served::start().await;
    let (reading, _) = served.reader().await;
    // Has not even shown its token.
    let (silent, _) = tokio_tungstenite::connect_async(format!("ws://{}/api/v1/stream", served.at)).await.unwrap();
    served.stop.cancel();
    for socket in [reading, silent] {
        assert_eq!(farewell(socket).await, (1001, "the host ends".to_owned()));
    }
    (&mut served.running).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn connections_that_say_nothing_are_closed() {
    // The clock is the test's: it moves on whenever nothing else does.
    let served = Served::start().await;
    let mut silent = TcpStream::connect(served.at).await.unwrap();
    let mut slow = TcpStream::connect(served.at).await.unwrap();
    slow.write_all(b"GET /health HTTP/1.1\r\nHost: loc").await.unwrap();
    let mut body = TcpStream::connect(served.at).await.unwrap();
    let head = format!(
        "POST /api/v1/app_info HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {SCRIPT}\r\nContent-Length: 9\r\n\r\n{{"
    );
    body.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    silent.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "");
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.is_empty() || answer.contains(" 408 "), "{answer}");
    answer.clear();
    body.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains(" 400 ") && answer.contains("nothing of the request arrived"), "{answer}");
}

#[tokio::test]
async fn foreign_names_and_pages_of_other_origins_are_turned_away() {
    let served = Served::start().await;
    let health = || served.get("/health");
    assert_eq!(status(health().header(HOST, "evil.example")).await, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(status(health().header(HOST, "maps.example")).await, StatusCode::OK);
    assert_eq!(status(health().header(ORIGIN, "http://evil.example")).await, StatusCode::FORBIDDEN);
    assert_eq!(status(health().header(ORIGIN, "null")).await, StatusCode::FORBIDDEN);
    let no_text = reqwest::header::HeaderValue::from_bytes(b"http://evil\xff").unwrap();
    assert_eq!(status(health().header(ORIGIN, no_text)).await, StatusCode::FORBIDDEN);
    assert_eq!(status(health().header(ORIGIN, format!("http://{}", served.at))).await, StatusCode::OK);
    let other_port = format!("http://127.0.0.1:{}", served.at.port() ^ 1);
    let command = served.command("app_info").bearer_auth(SCRIPT).header(ORIGIN, other_port);
    assert_eq!(status(command).await, StatusCode::FORBIDDEN, "another program of the same machine");
}

#[tokio::test]
async fn an_address_holds_so_many_sockets_and_no_more() {
    let served = Served::start().await;
    let (_one, _) = served.reader().await;
    let (_other, _) = served.reader().await;
    let (code, reason) = farewell(served.socket(&json!({ "token": served.page })).await).await;
    assert_eq!(code, 1013);
    assert!(reason.contains("2 connections"), "{reason}");
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
