//! Connections to one API server: a kube client over HTTP/1.1 for lists, and some over HTTP/2 for watches.
//!
//! HTTP/2 keeps a hundred watches on one connection and notices by pings within seconds that it is dead, which
//! HTTP/1.1 cannot; a list of megabytes is faster over HTTP/1.1. Where the server speaks HTTP/1.1 only, so do both.

use std::time::Duration;

use http::{HeaderValue, Uri};
use hyper::rt::{Read, Write};
use hyper_rustls::{FixedServerNameResolver, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kube::client::{Body, ConfigExt};
use model::mask_credentials;
use percent_encoding::percent_decode_str;
use tower::{Service, ServiceBuilder};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::failure::{Failure, innermost};
use crate::trust::trust_authorities;

/// Probes of an idle TCP connection: a dead peer is noticed after 10 + 3 × 5 seconds.
const KEEPALIVE: Duration = Duration::from_secs(10);
const KEEPALIVE_STEP: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A ping of HTTP/2 every so often, answered within so long.
const PING_EVERY: Duration = Duration::from_secs(8);
const PING_PATIENCE: Duration = Duration::from_secs(7);
/// Idle connections are closed by load balancers after a minute or more.
const POOL_IDLE: Duration = Duration::from_secs(50);
const STREAM_WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 8 << 20;

/// What the connections of a client carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Large answers, one after another.
    Lists,
    /// Many long-lived answers at once.
    Watches,
}

/// A client with connections of its own.
pub(crate) fn client(config: &kube::Config, purpose: Purpose) -> Result<kube::Client, Failure> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(CONNECT_TIMEOUT));
    http.set_keepalive(Some(KEEPALIVE));
    http.set_keepalive_interval(Some(KEEPALIVE_STEP));
    http.set_keepalive_retries(Some(3));
    match &config.proxy_url {
        None => over(config, http, purpose),
        Some(proxy) => match proxy.scheme_str() {
            Some("socks5") => over(config, SocksV5::new(proxy.clone(), http), purpose),
            Some("http") => over(config, tunnel(proxy, http), purpose),
            Some("https") => {
                let secured = config.rustls_https_connector_with_connector(http).map_err(|error| unusable(&error))?;
                over(config, tunnel(proxy, secured), purpose)
            }
            _ => Err(Failure::Credentials(format!(
                "`{}` is no proxy: http, https and socks5 are known",
                mask_credentials(&proxy.to_string())
            ))),
        },
    }
}

fn tunnel<C>(proxy: &Uri, connector: C) -> Tunnel<C> {
    let tunnel = Tunnel::new(proxy.clone(), connector);
    match credentials(proxy) {
        Some(header) => tunnel.with_auth(header),
        None => tunnel,
    }
}

/// Name and password of a proxy's address; `http::Uri` leaves `%40` and the like as they are written.
fn credentials(proxy: &Uri) -> Option<HeaderValue> {
    let (user, _) = proxy.authority()?.as_str().rsplit_once('@')?;
    let decoded: Vec<u8> = percent_decode_str(user).collect();
    HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(decoded))).ok()
}

fn unusable(error: &kube::Error) -> Failure {
    Failure::Credentials(innermost(error))
}

fn over<C>(config: &kube::Config, connector: C, purpose: Purpose) -> Result<kube::Client, Failure>
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Read + Write + Connection + Send + Unpin + 'static,
    C::Future: Send + 'static,
    C::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut tls = config.rustls_client_config().map_err(|error| unusable(&error))?;
    trust_authorities(config, &mut tls).map_err(|error| Failure::Credentials(innermost(&error)))?;
    let mut builder = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
    if let Some(name) = &config.tls_server_name {
        let name = name
            .clone()
            .try_into()
            .map_err(|_| Failure::Credentials(format!("tls-server-name `{name}` is no name")))?;
        builder = builder.with_server_name_resolver(FixedServerNameResolver::new(name));
    }
    let connector = match purpose {
        Purpose::Lists => builder.enable_http1().wrap_connector(connector),
        Purpose::Watches => builder.enable_http1().enable_http2().wrap_connector(connector),
    };
    let pool: Pool<_, Body> = Pool::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(POOL_IDLE)
        .http2_keep_alive_interval(PING_EVERY)
        .http2_keep_alive_timeout(PING_PATIENCE)
        .http2_initial_stream_window_size(STREAM_WINDOW)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
        .build(connector);
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(config.auth_layer().map_err(|error| unusable(&error))?)
        .layer(config.extra_headers_layer().map_err(|error| unusable(&error))?)
        .map_err(tower::BoxError::from)
        .service(pool);
    Ok(kube::Client::new(service, config.default_namespace.clone()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn passwords_of_proxies_are_decoded() {
        let header = credentials(&Uri::from_static("http://ann:p%40ss%3a@proxy:3128")).unwrap();
        assert_eq!(header, format!("Basic {}", STANDARD.encode("ann:p@ss:")));
        assert_eq!(credentials(&Uri::from_static("http://proxy:3128")), None);
    }
}
