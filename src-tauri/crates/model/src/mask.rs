//! Credentials in addresses, made unreadable before anybody sees the text: `postgres://shop:***@db/orders`.
//!
//! It masks what an address carries (user information, and parameters that are called like secrets), be it a URL, a Go
//! driver's `user:password@tcp(host)` or a connection string (`Server=db;Password=…`); not passwords that stand for
//! themselves: those lie in Secrets, whose values never come so far.

use std::borrow::Cow;

/// What stands for a credential.
const MASK: &str = "***";
/// Parameters of a query that carry credentials, as far as their names say so.
const PARAMETERS: [&str; 12] = [
    "access_key",
    "access_token",
    "api_key",
    "apikey",
    "auth_token",
    "client_secret",
    "passwd",
    "password",
    "pwd",
    "secret",
    "sig",
    "token",
];

/// The text with the credentials of all its addresses masked; borrowed where it has none.
pub fn mask_credentials(text: &str) -> Cow<'_, str> {
    match mask_urls(text) {
        Cow::Borrowed(text) => mask_others(text),
        Cow::Owned(masked) => Cow::Owned(mask_others(&masked).into_owned()),
    }
}

/// What drivers take that is no URL.
fn mask_others(text: &str) -> Cow<'_, str> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, _) in text.match_indices("@tcp(").chain(text.match_indices("@unix(")) {
        let begins = text.get(..at).and_then(|before| before.rfind(ends_url)).map_or(0, |end| end + 1);
        let user = text.get(begins..at).unwrap_or_default();
        if let Some((name, password)) = user.split_once(':')
            && !password.is_empty()
        {
            found.push((begins + name.len() + 1, at));
        }
    }
    // A list of several, so that a flag or a sentence is none.
    if text.contains(';') {
        let mut at = 0;
        for part in text.split(';') {
            if let Some((name, value)) = part.split_once('=')
                && !value.trim().is_empty()
                && ["password", "pwd"].iter().any(|secret| name.trim().eq_ignore_ascii_case(secret))
            {
                found.push((at + name.len() + 1, at + part.len()));
            }
            at += part.len() + 1;
        }
    }
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_unstable();
    let mut masked = String::new();
    let mut kept = 0;
    for (from, to) in found.into_iter().filter(|(from, to)| from <= to) {
        masked.push_str(text.get(kept..from).unwrap_or_default());
        masked.push_str(MASK);
        kept = to;
    }
    masked.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(masked)
}

fn mask_urls(text: &str) -> Cow<'_, str> {
    let mut masked = String::new();
    let mut kept = 0;
    let mut search = 0;
    while let Some(offset) = text.get(search..).and_then(|rest| rest.find("://")) {
        let begin = search + offset + 3;
        let rest = text.get(begin..).unwrap_or_default();
        let url = rest.get(..rest.find(ends_url).unwrap_or(rest.len())).unwrap_or_default();
        // A URL may hold another one, which is looked at for itself.
        let url = url.get(..url.find("://").unwrap_or(url.len())).unwrap_or_default();
        search = begin + url.len();
        let user = user_information(url);
        if let Some(user) = user {
            // A user's name is no secret; where there is no password it may be a token.
            let name = user.split_once(':').map(|(name, _)| name);
            masked.push_str(text.get(kept..begin).unwrap_or_default());
            masked.push_str(&name.map_or_else(|| MASK.to_owned(), |name| format!("{name}:{MASK}")));
            kept = begin + user.len();
        }
        for (from, to) in secret_parameters(url) {
            masked.push_str(text.get(kept..begin + from).unwrap_or_default());
            masked.push_str(MASK);
            kept = begin + to;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(masked)
}

fn ends_url(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "\"'`<>|".contains(c)
}

/// What stands before the `@` of a URL's host. Passwords are not always encoded as they should be and may hold `/` or
/// `?`: then what looks like a port is no number.
fn user_information(url: &str) -> Option<&str> {
    let end = url.find(['/', '?', '#']).unwrap_or(url.len());
    let authority = url.get(..end)?;
    let at = authority.rfind('@').or_else(|| {
        let (_, port) = authority.rsplit_once(':')?;
        (!port.is_empty() && !port.bytes().all(|byte| byte.is_ascii_digit()) && !port.ends_with(']'))
            .then(|| url.rfind('@'))
            .flatten()
    })?;
    url.get(..at).filter(|user| !user.is_empty())
}

/// From where to where the values of such parameters stand.
fn secret_parameters(url: &str) -> Vec<(usize, usize)> {
    let Some(query) = url.find('?') else { return Vec::new() };
    let mut found = Vec::new();
    let mut at = query + 1;
    for parameter in url.get(at..).unwrap_or_default().split(['&', ';', '#']) {
        if let Some((name, value)) = parameter.split_once('=')
            && !value.is_empty()
            && PARAMETERS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
        {
            found.push((at + name.len() + 1, at + parameter.len()));
        }
        at += parameter.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_urls_are_masked_and_nothing_else() {
        for (text, expected) in [
            ("postgres://shop:hunter2@db:5432/orders", "postgres://shop:***@db:5432/orders"),
            ("redis://:hunter2@cache", "redis://:***@cache"),
            ("https://ghp_token@github.com/x", "https://***@github.com/x"),
            ("mongodb://a:b@h1,h2/x?password=p&w=1", "mongodb://a:***@h1,h2/x?password=***&w=1"),
            ("amqp://u:pa/ss?w@mq/vhost", "amqp://u:***@mq/vhost"),
            ("two http://a:b@c and 'http://d:e@f'", "two http://a:***@c and 'http://d:***@f'"),
            ("jdbc:postgresql://db/x?user=a&Password=b", "jdbc:postgresql://db/x?user=a&Password=***"),
            ("http://proxy?to=http://a:b@c", "http://proxy?to=http://a:***@c"),
            ("https://10.0.0.1:6443/a@b", "https://10.0.0.1:6443/a@b"),
            ("https://[fd00::1]/a@b", "https://[fd00::1]/a@b"),
            ("ann@example.com", "ann@example.com"),
            ("shop:hunter2@tcp(db:3306)/orders", "shop:***@tcp(db:3306)/orders"),
            ("dsn=shop:hunter2@unix(/run/db)/x", "dsn=shop:***@unix(/run/db)/x"),
            ("Server=db;Uid=a; Pwd=b;Timeout=3", "Server=db;Uid=a; Pwd=***;Timeout=3"),
            ("Server=db;Password=b", "Server=db;Password=***"),
            ("a:b@tcp without one; password of none", "a:b@tcp without one; password of none"),
        ] {
            assert_eq!(mask_credentials(text), expected);
            assert_eq!(mask_credentials(expected), expected, "masking twice changes nothing");
        }
    }
}
