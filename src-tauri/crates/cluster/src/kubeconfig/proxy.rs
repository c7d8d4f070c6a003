//! Which proxy stands before a server: the kubeconfig's, else the environment's.

use http::Uri;

/// The variables that name proxies for everything that a person starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxyVariables {
    /// `HTTPS_PROXY`.
    pub https: Option<String>,
    /// `HTTP_PROXY`, for plain servers.
    pub http: Option<String>,
    /// `NO_PROXY`: names, addresses and networks that are reached without.
    pub exempt: String,
}

impl ProxyVariables {
    /// As they are set, in capitals or in small letters.
    pub(crate) fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).or_else(|| variable(&name.to_lowercase())).filter(|it| !it.is_empty());
        Self { https: set("HTTPS_PROXY"), http: set("HTTP_PROXY"), exempt: set("NO_PROXY").unwrap_or_default() }
    }
}

/// The proxy for `server`: `proxy-url` of the kubeconfig decides; without one `HTTPS_PROXY` (`HTTP_PROXY` for a plain
/// server) does, unless `NO_PROXY` or a loopback address exempts the server, as in Go's `ProxyFromEnvironment`.
///
/// # Errors
/// The text that is no address.
pub(crate) fn choose(proxy_url: Option<&str>, server: &Uri, variables: &ProxyVariables) -> Result<Option<Uri>, String> {
    let text = match proxy_url.filter(|text| !text.is_empty()) {
        Some(text) => text.to_owned(),
        None => {
            let host = server.host().unwrap_or_default().trim_matches(['[', ']']).to_lowercase();
            let set = if server.scheme_str() == Some("http") { &variables.http } else { &variables.https };
            match set {
                Some(text) if !is_loopback(&host) && !is_exempt(&host, server.port_u16(), &variables.exempt) => {
                    text.clone()
                }
                _ => return Ok(None),
            }
        }
    };
    let text = if text.contains("://") { text } else { format!("http://{text}") };
    // kube knows socks5 by that name only; both leave the name's resolution to the proxy.
    let text = text.replacen("socks5h://", "socks5://", 1);
    text.parse().map(Some).map_err(|_| text)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_exempt(host: &str, port: Option<u16>, no_proxy: &str) -> bool {
    no_proxy.split(',').map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let (name, entry_port) = match entry.rsplit_once(':') {
            Some((name, digits)) if !name.contains(':') && digits.parse::<u16>().is_ok() => (name, digits.parse().ok()),
            _ => (entry, None),
        };
        let name = name.trim_matches(['[', ']']).to_lowercase();
        let matches = if let Some((network, bits)) = name.split_once('/') {
            in_network(host, network, bits)
        } else if name == "*" {
            true
        } else {
            let bare = name.trim_start_matches('*').trim_start_matches('.');
            let subdomain = host.strip_suffix(bare).is_some_and(|rest| rest.ends_with('.'));
            subdomain || (host == bare && !name.starts_with('.'))
        };
        matches && entry_port.is_none_or(|entry_port| port == Some(entry_port))
    })
}

fn in_network(host: &str, network: &str, bits: &str) -> bool {
    let bytes = |text: &str| match text.parse() {
        Ok(std::net::IpAddr::V4(address)) => Some(address.octets().to_vec()),
        Ok(std::net::IpAddr::V6(address)) => Some(address.octets().to_vec()),
        Err(_) => None,
    };
    let (Some(host), Some(network), Ok(bits)) = (bytes(host), bytes(network), bits.parse::<usize>()) else {
        return false;
    };
    let bit = |bytes: &[u8], at: usize| bytes.get(at / 8).map(|byte| byte >> (7 - at % 8) & 1);
    host.len() == network.len() && bits <= host.len() * 8 && (0..bits).all(|at| bit(&host, at) == bit(&network, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_first_then_the_environment() {
        let check = |proxy_url: Option<&str>, server: &str, no_proxy: &str| {
            let variable = |name: &str| match name {
                "https_proxy" => Some("proxy.example:3128".to_owned()),
                "NO_PROXY" => Some(no_proxy.to_owned()),
                _ => None,
            };
            let variables = ProxyVariables::read(variable);
            choose(proxy_url, &server.parse().unwrap_or_default(), &variables).map(|uri| uri.map(|uri| uri.to_string()))
        };
        let environment = Ok(Some("http://proxy.example:3128/".to_owned()));
        assert_eq!(check(Some("socks5h://s:1"), "https://10.0.0.1", "*"), Ok(Some("socks5://s:1/".to_owned())));
        assert_eq!(check(None, "https://10.0.0.1:6443", ""), environment);
        assert_eq!(check(None, "https://10.0.0.1:6443", "10.0.0.0/8"), Ok(None));
        assert_eq!(check(None, "https://11.0.0.1:6443", "10.0.0.0/8"), environment);
        assert_eq!(check(None, "https://a.corp.example", ".corp.example, x"), Ok(None));
        assert_eq!(check(None, "https://corp.example", ".corp.example"), environment);
        assert_eq!(check(None, "https://corp.example", "corp.example"), Ok(None));
        assert_eq!(check(None, "https://corp.example:6443", "corp.example:443"), environment);
        assert_eq!(check(None, "https://127.0.0.1:6443", ""), Ok(None));
        assert_eq!(check(None, "http://10.0.0.1", ""), Ok(None));
        assert!(check(Some("http://[bad"), "https://a", "").is_err());
    }
}
