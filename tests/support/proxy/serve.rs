//! The proxy's own work: accepting, TLS, handing each request on, and doing to it what its fault says.

use std::future::pending;
use std::net::{Ipv4Addr, TcpListener as StdListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bytes::Bytes;
use http::header::{
    ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Version};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use tokio::io::{copy_bidirectional, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::body::{self, Body};
use super::fault::{Fault, Seen, parameters};
use super::wire::{Line, carry};
use super::{State, lock};
use crate::access::{Access, certificates, private_key};
use crate::client;
use crate::keys::Identity;

/// About what a socket holds.
const PIPE: usize = 256 * 1024;

const RETRY: Duration = Duration::from_millis(50);

/// Belong to one connection, not to the request.
const HOP_BY_HOP: [HeaderName; 4] =
    [CONNECTION, TRANSFER_ENCODING, HeaderName::from_static("keep-alive"), HeaderName::from_static("proxy-connection")];

pub(super) struct Server {
    shared: Arc<Shared>,
    tls: TlsAcceptor,
}

struct Shared {
    state: Arc<State>,
    upstream: String,
    pool: Pool<HttpsConnector<HttpConnector>, Body>,
}

/// One client's connection: cancelled, it is cut.
#[derive(Clone)]
struct Connection {
    number: usize,
    cut: CancellationToken,
}

impl Server {
    pub(super) fn new(access: &Access, identity: &Identity, state: Arc<State>) -> Result<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .context("choose the versions of TLS")?
            .with_no_client_auth()
            .with_single_cert(certificates(&identity.certificate)?, private_key(&identity.key)?)
            .context("use the proxy's certificate")?;
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let upstream = access.server().trim_end_matches('/').to_owned();
        let shared = Arc::new(Shared { state, upstream, pool: client::pool(access.tls()?) });
        Ok(Self { shared, tls: TlsAcceptor::from(Arc::new(tls)) })
    }

    /// Accepts for ever. While the line is down nobody listens, then the same port is taken again.
    pub(super) async fn run(self, first: StdListener, port: u16) {
        let mut line = self.shared.state.line.subscribe();
        let mut listener = TcpListener::from_std(first).ok();
        let mut count = 0;
        loop {
            if *line.borrow_and_update() == Line::Down {
                listener = None;
                // The sender lives as long as the state this function holds.
                let _ = line.changed().await;
                continue;
            }
            if listener.is_none() {
                listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.ok();
            }
            let Some(open) = &listener else {
                // Somebody else took the port meanwhile: as good as down until it is free.
                tokio::time::sleep(RETRY).await;
                continue;
            };
            tokio::select! {
                accepted = open.accept() => if let Ok((socket, _)) = accepted {
                    self.connected(socket, count);
                    count += 1;
                },
                _ = line.changed() => {}
            }
        }
    }

    /// Both tasks end with the connection, and with the proxy's runtime.
    fn connected(&self, socket: TcpStream, number: usize) {
        // Small answers at once, as Go does.
        let _ = socket.set_nodelay(true);
        let connection = Connection { number, cut: lock(&self.shared.state.connections).child_token() };
        let (outside, inside) = duplex(PIPE);
        let line = self.shared.state.line.subscribe();
        let cut = connection.cut.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = carry(socket, outside, line) => {}
                () = cut.cancelled() => {}
            }
        });
        let (shared, tls) = (self.shared.clone(), self.tls.clone());
        tokio::spawn(async move {
            let Ok(stream) = tls.accept(inside).await else { return };
            let service = service_fn(|request| answer(shared.clone(), connection.clone(), request));
            let builder = auto::Builder::new(TokioExecutor::new());
            // Ends in an error whenever a fault breaks the connection.
            let _ = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(shared: Arc<Shared>, connection: Connection, request: Request<Incoming>) -> Result<Response<Body>> {
    let Ok(request) = with_body(request).await else { return cut(&connection).await };
    let seen = seen(&connection, &request);
    let mut request = request.map(|body| match body {
        Sent::Whole(bytes) => body::whole(bytes),
        Sent::Stream(incoming) => body::through(incoming, None),
    });
    let (number, fault) = shared.state.record(seen);
    if let Some(answer) = fault.as_ref().and_then(Fault::answer) {
        shared.state.answered(number, answer.status().as_u16());
        return Ok(answer.map(body::whole));
    }
    match fault {
        Some(Fault::Dropped) => return cut(&connection).await,
        Some(Fault::Silent) => return pending().await,
        Some(Fault::Latency(time)) => tokio::time::sleep(time).await,
        Some(Fault::Plain) => {
            request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        }
        _ => {}
    }
    let Ok(answer) = forward(&shared, request).await else { return cut(&connection).await };
    shared.state.answered(number, answer.status().as_u16());
    if let Some(encoding) = answer.headers().get(CONTENT_ENCODING).and_then(|value| value.to_str().ok()) {
        shared.state.encoded(number, encoding);
    }
    let (mut head, incoming) = answer.into_parts();
    if matches!(fault, Some(Fault::Truncated { .. })) {
        head.headers.remove(CONTENT_LENGTH);
    }
    Ok(Response::from_parts(head, body::through(incoming, fault.as_ref())))
}

/// What a client sends after the head.
enum Sent {
    /// An object or a question: short, and part of the record.
    Whole(Bytes),
    /// Bytes both ways, as long as it lasts.
    Stream(Incoming),
}

async fn with_body(request: Request<Incoming>) -> Result<Request<Sent>> {
    let (head, body) = request.into_parts();
    let body = match head.headers.contains_key(UPGRADE) {
        true => Sent::Stream(body),
        false => Sent::Whole(body.collect().await.context("read a request")?.to_bytes()),
    };
    Ok(Request::from_parts(head, body))
}

/// Closes the client's connection; the request is never answered.
async fn cut<T>(connection: &Connection) -> T {
    connection.cut.cancel();
    pending().await
}

/// Asks the server. The two connections of an upgrade are joined.
async fn forward(shared: &Shared, mut request: Request<Body>) -> Result<Response<Incoming>> {
    let upgrade = request.headers().contains_key(UPGRADE).then(|| hyper::upgrade::on(&mut request));
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = format!("{}{path}", shared.upstream).parse().context("make the server's address")?;
    *request.version_mut() = Version::HTTP_11;
    request.headers_mut().remove(HOST);
    if upgrade.is_none() {
        remove_hop_by_hop(request.headers_mut());
    }
    let mut answer = shared.pool.request(request).await.context("ask the server")?;
    match upgrade {
        Some(client) if answer.status() == StatusCode::SWITCHING_PROTOCOLS => {
            let server = hyper::upgrade::on(&mut answer);
            // Ends when either side closes, and with the proxy's runtime.
            tokio::spawn(async move {
                let (client, server) = tokio::try_join!(client, server)?;
                copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(server)).await?;
                anyhow::Ok(())
            });
        }
        _ => remove_hop_by_hop(answer.headers_mut()),
    }
    Ok(answer)
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }
}

fn seen(connection: &Connection, request: &Request<Sent>) -> Seen {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    Seen {
        at: Instant::now(),
        connection: connection.number,
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        query: parameters(request.uri().query().unwrap_or_default()),
        token: header(AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned),
        accept: header(ACCEPT).map(str::to_owned),
        content_type: header(CONTENT_TYPE).map(str::to_owned),
        body: match request.body() {
            Sent::Whole(bytes) => bytes.clone(),
            Sent::Stream(_) => Bytes::new(),
        },
        encoding: None,
        status: None,
        fault: None,
    }
}
