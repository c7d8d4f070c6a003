//! The smallest client that can speak to an API server: JSON in, JSON out. It serves the tests' own needs (fixtures,
//! accounts, waiting); what is under test brings its own.

use std::fmt::Display;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::ClientConfig;
use serde_json::Value;

use crate::access::Access;
use crate::control_plane::items;

/// Connections to one server as one account. Bound to the runtime it is first used on: make one per test.
#[derive(Clone, Debug)]
pub struct Client {
    server: String,
    token: Option<String>,
    pool: Pool<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Client {
    /// A client for that account.
    pub fn new(access: &Access) -> Result<Self> {
        Ok(Self {
            server: access.server().trim_end_matches('/').to_owned(),
            token: access.token().map(str::to_owned),
            pool: pool(access.tls()?),
        })
    }

    /// A client for a server that speaks plain HTTP and asks for no account.
    pub fn plain(server: &str) -> Result<Self> {
        let tls = crate::access::trusting("", None)?;
        Ok(Self { server: server.to_owned(), token: None, pool: pool(tls) })
    }

    /// The same, showing this token as bearer.
    #[must_use]
    pub fn bearing(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    /// GET, which must succeed.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.must(Method::GET, path, None).await
    }

    /// POST, which must succeed; answers the object as the server keeps it.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.must(Method::POST, path, Some(body)).await
    }

    /// PUT, which must succeed.
    pub async fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.must(Method::PUT, path, Some(body)).await
    }

    /// A JSON merge patch, which must succeed.
    pub async fn patch(&self, path: &str, body: &Value) -> Result<Value> {
        self.must(Method::PATCH, path, Some(body)).await
    }

    /// DELETE, which must succeed.
    pub async fn delete(&self, path: &str) -> Result<Value> {
        self.must(Method::DELETE, path, None).await
    }

    /// Server-side apply with force: creates the object or makes it what `body` says. `path` names the object.
    pub async fn apply(&self, path: &str, body: &Value) -> Result<Value> {
        let path = format!("{path}?fieldManager=kubilitics-tests&force=true");
        let (status, answer) = self.send(Method::PATCH, &path, "application/apply-patch+yaml", Some(body)).await?;
        succeeded(&Method::PATCH, &path, status, answer)
    }

    /// How many objects the list at `path` has, without fetching them.
    pub async fn count(&self, path: &str) -> Result<u64> {
        let page = self.get(&format!("{path}?limit=1")).await?;
        let rest = page["metadata"]["remainingItemCount"].as_u64().unwrap_or_default();
        Ok(items(&page).len() as u64 + rest)
    }

    /// Any request, whatever the answer: its status and its body, or `null` where the body is not JSON.
    pub async fn request(&self, method: Method, path: &str, body: Option<&Value>) -> Result<(StatusCode, Value)> {
        let content_type = if method == Method::PATCH { "application/merge-patch+json" } else { "application/json" };
        self.send(method, path, content_type, body).await
    }

    async fn must(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let (status, answer) = self.request(method.clone(), path, body).await?;
        succeeded(&method, path, status, answer)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: Option<&Value>,
    ) -> Result<(StatusCode, Value)> {
        let answer = self.begin(&method, path, content_type, body).await?;
        let status = answer.status();
        let bytes =
            answer.into_body().collect().await.with_context(|| format!("read the answer to {method} {path}"))?;
        Ok((status, serde_json::from_slice(&bytes.to_bytes()).unwrap_or_default()))
    }

    /// GET whose body is read as it comes: a watch, a log.
    pub async fn open(&self, path: &str) -> Result<Response<Incoming>> {
        self.begin(&Method::GET, path, "application/json", None).await
    }

    /// GET as somebody else who accepts other forms of answer, read as it comes.
    pub async fn open_as(&self, path: &str, accept: &str) -> Result<Response<Incoming>> {
        let request = self.prepare(&Method::GET, path).header(ACCEPT, accept).body(Full::default());
        let what = || format!("GET {}{path}", self.server);
        self.pool.request(request.with_context(what)?).await.with_context(what)
    }

    /// Any request as somebody else who accepts other forms of answer, and the whole answer.
    pub async fn exchange(
        &self,
        method: &str,
        path: &str,
        accept: &str,
        content_type: &str,
        body: &[u8],
    ) -> Result<Answer> {
        let what = || format!("{method} {}{path}", self.server);
        let method = Method::from_bytes(method.as_bytes()).with_context(what)?;
        let mut request = self.prepare(&method, path).header(ACCEPT, accept);
        if !content_type.is_empty() {
            request = request.header(CONTENT_TYPE, content_type);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body))).with_context(what)?;
        let (head, body) = self.pool.request(request).await.with_context(what)?.into_parts();
        let text = body.collect().await.with_context(what)?.to_bytes();
        Ok(Answer::of(&head, &text))
    }

    /// GET of what does not end: the answer up to its first line.
    pub async fn first_line(&self, path: &str) -> Result<Answer> {
        let (head, mut body) = self.open(path).await?.into_parts();
        let mut text = Vec::new();
        while !text.contains(&b'\n') {
            let Some(frame) = body.frame().await else { break };
            let frame = frame.with_context(|| format!("read the answer to GET {path}"))?;
            text.extend_from_slice(frame.data_ref().map(|data| &data[..]).unwrap_or_default());
        }
        Ok(Answer::of(&head, &text))
    }

    async fn begin(
        &self,
        method: &Method,
        path: &str,
        content_type: &str,
        body: Option<&Value>,
    ) -> Result<Response<Incoming>> {
        let request = self.prepare(method, path).header(ACCEPT, "application/json").header(CONTENT_TYPE, content_type);
        let content = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        let what = || format!("{method} {}{path}", self.server);
        let request = request.body(Full::new(content)).with_context(what)?;
        self.pool.request(request).await.with_context(what)
    }

    /// A request with address and account.
    fn prepare(&self, method: &Method, path: &str) -> http::request::Builder {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.server));
        match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }
}

/// An answer as a person would see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its code.
    pub status: u16,
    /// The form of its body, without parameters.
    pub media_type: String,
    /// Its body.
    pub text: String,
}

impl Answer {
    fn of(head: &http::response::Parts, body: &[u8]) -> Self {
        let form = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = form.split(';').next().unwrap_or_default().to_owned();
        Self { status: head.status.as_u16(), media_type, text: String::from_utf8_lossy(body).into_owned() }
    }
}

/// Connections over TLS or, where the address says `http`, without.
pub(crate) fn pool<B>(tls: ClientConfig) -> Pool<HttpsConnector<HttpConnector>, B>
where
    B: Body + Send,
    B::Data: Send,
{
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    connector.set_nodelay(true);
    let connector =
        HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(connector);
    Pool::builder(TokioExecutor::new()).build(connector)
}

fn succeeded(method: &Method, path: impl Display, status: StatusCode, answer: Value) -> Result<Value> {
    if !status.is_success() {
        let message = answer["message"].as_str().unwrap_or("no Status came with it");
        bail!("{method} {path} was answered {status}: {message}");
    }
    Ok(answer)
}
