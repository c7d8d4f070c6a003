//! Requests to one API server as one account: adds credentials, renews them when they end or are refused, and turns
//! every answer that is none into a [`Failure`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Request, Response, StatusCode, Version};
use http_body_util::BodyExt;
use k8s_openapi::jiff::Timestamp;
use kube::client::Body;
use model::mask_credentials;
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::auth::{self, Credentials};
use crate::clock::now;
use crate::failure::Failure;
use crate::kubeconfig::Context;
use crate::transport::{self, Purpose};
use crate::watch_slots::{Slot, Slots};

/// A watch is answered at once by a server that admits its stream.
const STREAM_PATIENCE: Duration = Duration::from_secs(3);
/// The first byte of an answer; the largest page takes an API server a few seconds under load.
const ANSWER_PATIENCE: Duration = Duration::from_secs(30);
/// Between two chunks of an answer.
pub(crate) const CHUNK_PATIENCE: Duration = Duration::from_secs(20);
/// The whole of an answer; a page of megabytes takes minutes on a slow line.
const WHOLE_PATIENCE: Duration = Duration::from_secs(600);
const STATUS_LIMIT: usize = 64 << 10;
/// Milliseconds. Finer than a person reads, and rare enough under a storm of events.
const HEARD_EVERY: i64 = 200;

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Ask<'a> {
    /// Path and query.
    pub(crate) path: &'a str,
    pub(crate) accept: &'a str,
    /// Whether the answer may come gzipped; the reader unpacks it.
    pub(crate) gzip: bool,
}

/// A watch that the server has begun to answer, on a connection that has room for it.
pub(crate) struct Watching {
    pub(crate) answer: Response<Body>,
    /// Kept as long as the answer is read.
    pub(crate) slot: Slot<kube::Client>,
}

pub(crate) const JSON: &str = "application/json";

impl<'a> Ask<'a> {
    /// Plain JSON.
    pub(crate) fn json(path: &'a str) -> Self {
        Self { path, accept: JSON, gzip: false }
    }
}

/// One account at one server.
pub(crate) struct ApiClient {
    context: Context,
    /// Until the first byte of an answer.
    patience: Duration,
    current: Mutex<Option<Arc<Current>>>,
    /// Held while credentials are prepared, so that a plugin runs once for all who wait.
    preparing: tokio::sync::Mutex<()>,
    heard: watch::Sender<Option<i64>>,
}

struct Current {
    lists: kube::Client,
    watches: Arc<Slots<kube::Client>>,
    config: kube::Config,
    header: Option<HeaderValue>,
    renew_at: Option<Timestamp>,
    run: u64,
}

impl ApiClient {
    /// `patience` is how long an answer may take to begin, where that is not usual.
    pub(crate) fn new(context: Context, patience: Option<Duration>) -> Self {
        let preparing = tokio::sync::Mutex::new(());
        let patience = patience.unwrap_or(ANSWER_PATIENCE);
        Self { context, patience, current: Mutex::new(None), preparing, heard: watch::Sender::new(None) }
    }

    /// When the server last said something about objects, in milliseconds since the Unix epoch; to within
    /// [`HEARD_EVERY`].
    pub(crate) fn heard(&self) -> watch::Receiver<Option<i64>> {
        self.heard.subscribe()
    }

    /// The server said something about objects: a page of a list, an event, a bookmark. A refusal says nothing of them.
    pub(crate) fn hear(&self) {
        let now = now();
        self.heard.send_if_modified(|heard| {
            let is_later = heard.is_none_or(|before| now - before >= HEARD_EVERY);
            if is_later {
                *heard = Some(now);
            }
            is_later
        });
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    /// Prepares credentials and the connections that show them, if that is not done.
    pub(crate) async fn prepare(&self) -> Result<(), Failure> {
        self.current(None).await.map(|_| ())
    }

    /// Whether the server is on this machine, where packing costs more than it saves.
    pub(crate) fn is_local(&self) -> bool {
        let host =
            self.peek().and_then(|current| current.config.cluster_url.host().map(str::to_owned)).unwrap_or_default();
        host == "localhost"
            || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The answer to a GET, its body yet to come. A 401 renews the credentials and asks once more.
    pub(crate) async fn get(&self, ask: Ask<'_>) -> Result<Response<Body>, Failure> {
        let current = self.current(None).await?;
        match self.send(&current, &current.lists, &ask, self.patience).await {
            Err(Failure::Unauthorized(_)) => {
                let renewed = self.current(Some(&current)).await?;
                self.send(&renewed, &renewed.lists, &ask, self.patience).await
            }
            other => other,
        }
    }

    /// Begins a watch. A 401 renews the credentials and asks once more.
    pub(crate) async fn watch(&self, ask: Ask<'_>) -> Result<Watching, Failure> {
        let current = self.current(None).await?;
        match self.begin_watch(&current, &ask).await {
            Err(Failure::Unauthorized(_)) => {
                let renewed = self.current(Some(&current)).await?;
                self.begin_watch(&renewed, &ask).await
            }
            other => other,
        }
    }

    /// Looks for a connection on which the server answers: a watch that waits for a stream is not a silent server.
    async fn begin_watch(&self, current: &Current, ask: &Ask<'_>) -> Result<Watching, Failure> {
        let asked = Instant::now();
        loop {
            let mut slot = current.watches.slot(|| transport::client(&current.config, Purpose::Watches))?;
            let left = self.patience.saturating_sub(asked.elapsed());
            let may_move = slot.has_answered_neighbours() && left > STREAM_PATIENCE;
            let patience = if may_move { STREAM_PATIENCE } else { left };
            match self.send(current, slot.client(), ask, patience).await {
                Ok(answer) => {
                    slot.answered();
                    return Ok(Watching { answer, slot });
                }
                Err(Failure::Silent(_)) if may_move => current.watches.is_full(&slot),
                Err(Failure::Silent(_)) => return Err(Failure::Silent(self.patience)),
                Err(failure) => return Err(failure),
            }
        }
    }

    /// The whole answer to a GET, at most `limit` bytes.
    pub(crate) async fn bytes(&self, ask: Ask<'_>, limit: Limit) -> Result<Bytes, Failure> {
        let answer = self.get(ask).await?;
        read_all(answer.into_body(), limit).await
    }

    /// The whole answer to a GET, read as JSON; at most `limit` bytes.
    pub(crate) async fn json<T: DeserializeOwned>(&self, path: &str, limit: Limit) -> Result<T, Failure> {
        let bytes = self.bytes(Ask::json(path), limit).await?;
        serde_json::from_slice(&bytes).map_err(|error| Failure::Malformed(error.to_string()))
    }

    /// The whole answer to the request that `make` begins and `body` completes, both JSON; at most `limit` bytes. A 401
    /// renews the credentials and asks once more.
    pub(crate) async fn exchange(
        &self,
        make: fn() -> http::request::Builder,
        body: &[u8],
        limit: Limit,
    ) -> Result<Bytes, Failure> {
        let request = || (make().header(ACCEPT, JSON).header(CONTENT_TYPE, JSON), Body::from(body.to_vec()));
        let current = self.current(None).await?;
        let answer = match self.complete(&current, &current.lists, request(), self.patience).await {
            Err(Failure::Unauthorized(_)) => {
                let renewed = self.current(Some(&current)).await?;
                self.complete(&renewed, &renewed.lists, request(), self.patience).await?
            }
            other => other?,
        };
        read_all(answer.into_body(), limit).await
    }

    async fn send(
        &self,
        current: &Current,
        client: &kube::Client,
        ask: &Ask<'_>,
        patience: Duration,
    ) -> Result<Response<Body>, Failure> {
        let mut request = Request::get(ask.path).header(ACCEPT, ask.accept);
        if ask.gzip {
            request = request.header(ACCEPT_ENCODING, "gzip");
        }
        self.complete(current, client, (request, Body::empty()), patience).await
    }

    async fn complete(
        &self,
        current: &Current,
        client: &kube::Client,
        (mut request, body): (http::request::Builder, Body),
        patience: Duration,
    ) -> Result<Response<Body>, Failure> {
        if let Some(header) = &current.header {
            request = request.header(AUTHORIZATION, header);
        }
        let request = request.body(body).map_err(|error| Failure::Malformed(error.to_string()))?;
        let answer = timeout(patience, client.send(request)).await.map_err(|_| Failure::Silent(patience))?;
        let answer = answer.map_err(|error| Failure::of_network(&error, &current.place()))?;
        if matches!(answer.status(), StatusCode::OK | StatusCode::CREATED) {
            return Ok(answer);
        }
        let code = answer.status().as_u16();
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        // What a refusal says beyond its limit is not needed to tell it.
        let body = read_up_to(answer.into_body(), STATUS_LIMIT).await.unwrap_or_default();
        Err(Failure::of_answer(code, retry_after.as_deref(), &body))
    }

    /// Whether nothing was asked yet for want of credentials.
    pub(crate) fn is_logging_in(&self) -> bool {
        self.peek().is_none()
    }

    fn peek(&self) -> Option<Arc<Current>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fresh credentials: those at hand unless they end soon or are the ones that were refused.
    async fn current(&self, refused: Option<&Arc<Current>>) -> Result<Arc<Current>, Failure> {
        let usable = |current: &Arc<Current>| {
            !Credentials::are_due(current.renew_at) && refused.is_none_or(|refused| !Arc::ptr_eq(refused, current))
        };
        if let Some(current) = self.peek().filter(usable) {
            return Ok(current);
        }
        let _alone = self.preparing.lock().await;
        if let Some(current) = self.peek().filter(usable) {
            return Ok(current);
        }
        if let Some(problem) = &self.context.problem {
            return Err(Failure::Credentials(problem.clone()));
        }
        let credentials =
            auth::prepare(&self.context.access, self.context.namespace.as_deref(), refused.map(|refused| refused.run))
                .await?;
        let fresh = Arc::new(Current::of(credentials, self.peek().as_deref())?);
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
        Ok(fresh)
    }
}

impl Current {
    /// Connections live on where only the token changed.
    fn of(credentials: Credentials, before: Option<&Self>) -> Result<Self, Failure> {
        let Credentials { config, header, renew_at, run } = credentials;
        let same = before.filter(|before| is_same_way(&before.config, &config));
        let (lists, watches) = match same {
            Some(before) => (before.lists.clone(), before.watches.clone()),
            None => (transport::client(&config, Purpose::Lists)?, Arc::default()),
        };
        Ok(Self { lists, watches, config, header, renew_at, run })
    }

    /// The server, and the way to it, for a sentence; without what a proxy's address may hold of credentials.
    fn place(&self) -> String {
        let server = self.config.cluster_url.to_string();
        let server = mask_credentials(&server);
        let server = server.trim_end_matches('/');
        let proxy = self.config.proxy_url.as_ref().and_then(|url| Some((url.host()?, url.port_u16())));
        match proxy {
            Some((host, Some(port))) => format!("{server} (by way of the proxy {host}:{port})"),
            Some((host, None)) => format!("{server} (by way of the proxy {host})"),
            None => server.to_owned(),
        }
    }
}

/// Whether connections made for one configuration serve the other.
fn is_same_way(one: &kube::Config, other: &kube::Config) -> bool {
    let identity = |config: &kube::Config| {
        let user = &config.auth_info;
        (user.client_certificate_data.clone(), user.client_certificate.clone(), user.auth_provider.is_some())
    };
    // Certificate files may have new content under the old name.
    let files = one.auth_info.client_certificate.is_some() || one.auth_info.client_key.is_some();
    !files
        && one.cluster_url == other.cluster_url
        && one.root_cert == other.root_cert
        && identity(one) == identity(other)
}

/// Whether dead connections of this answer are noticed by pings.
pub(crate) fn is_pinged(answer: &Response<Body>) -> bool {
    answer.version() == Version::HTTP_2
}

/// The most that is read of a kind of answer, packed or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) what: &'static str,
    pub(crate) bytes: usize,
}

impl Limit {
    /// What discovery says: a few hundred kilobytes where hundreds of definitions are installed.
    pub(crate) const DISCOVERY: Self = Self { what: "the discovery document", bytes: 64 << 20 };
    /// What an account may in one namespace: a few kilobytes, more where many roles are bound to it.
    pub(crate) const RIGHTS: Self = Self { what: "the list of the account's rights", bytes: 16 << 20 };
    pub(crate) const VERSION: Self = Self { what: "the version", bytes: 1 << 20 };
    /// etcd refuses objects above 1.5 MB unless told otherwise, and few tell it more than ten.
    pub(crate) const OBJECT: Self = Self { what: "one object", bytes: 16 << 20 };
    pub(crate) const EVENTS: Self = Self { what: "the list of an object's events", bytes: 64 << 20 };
    /// A page of 500 objects; those that are mostly larger come in smaller pages.
    pub(crate) const PAGE: Self = Self { what: "one page of a list", bytes: 64 << 20 };
    /// Figures of 100,000 pods are 40 MB.
    pub(crate) const METRICS: Self = Self { what: "the list of metrics", bytes: 128 << 20 };

    /// That an answer is larger.
    pub(crate) fn exceeded(self) -> Failure {
        Failure::TooLarge { what: self.what, limit: self.bytes }
    }
}

/// Collects a body; silence, break-offs and more than `limit` are failures.
pub(crate) async fn read_all(mut body: Body, limit: Limit) -> Result<Bytes, Failure> {
    let mut bytes = BytesMut::new();
    let collect = async {
        while let Some(chunk) = next_chunk(&mut body, CHUNK_PATIENCE).await? {
            if bytes.len() + chunk.len() > limit.bytes {
                return Err(limit.exceeded());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(())
    };
    timeout(WHOLE_PATIENCE, collect).await.map_err(|_| Failure::Silent(WHOLE_PATIENCE))??;
    Ok(bytes.freeze())
}

/// The beginning of a body.
async fn read_up_to(mut body: Body, limit: usize) -> Result<Bytes, Failure> {
    let mut bytes = BytesMut::new();
    while bytes.len() < limit
        && let Some(chunk) = next_chunk(&mut body, CHUNK_PATIENCE).await?
    {
        bytes.extend_from_slice(&chunk);
    }
    bytes.truncate(limit);
    Ok(bytes.freeze())
}

/// The next chunk of a body, or none at its end.
pub(crate) async fn next_chunk(body: &mut Body, patience: Duration) -> Result<Option<Bytes>, Failure> {
    loop {
        let frame = timeout(patience, body.frame()).await.map_err(|_| Failure::Silent(patience))?;
        match frame {
            None => return Ok(None),
            Some(Err(error)) => return Err(Failure::of_network(&error, "the server")),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}
