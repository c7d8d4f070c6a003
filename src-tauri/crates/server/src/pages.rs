//! Pages and scripts: who shows which token.
//!
//! The printed address holds a secret that opens pages and does nothing else. A page hands it in and gets a token of its
//! own, which it keeps in the storage of its tab and shows with every request. No cookie is set: a browser would send it to
//! every port of the machine, and with requests that other pages make.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use api::Caller;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;

/// Pages that are known at a time; the one unheard of for longest makes room.
const PAGES: usize = 512;
/// The shortest token of a script.
const SHORTEST: usize = 16;

/// 192 random bits from the system, in characters that an address takes.
///
/// # Errors
/// Where the system has no randomness to give.
pub fn token() -> std::io::Result<String> {
    let mut bytes = [0; 24];
    OsRng.try_fill_bytes(&mut bytes).map_err(std::io::Error::other)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The token of a script, as a person chose it.
///
/// # Errors
/// Where it is too short to be one, or holds what an address or a header does not take as it is.
pub fn script_token(text: String) -> Result<String, String> {
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~'));
    if !is_plain || text.len() < SHORTEST {
        return Err(format!("needs {SHORTEST} or more letters, digits, `-`, `_`, `.` or `~`"));
    }
    Ok(text)
}

/// What is accepted, and from whom.
pub(crate) struct Tokens {
    /// Opens pages.
    secret: String,
    script: Option<String>,
    /// Those in use last at the end.
    pages: Mutex<VecDeque<String>>,
}

impl Tokens {
    pub(crate) fn new(secret: String, script: Option<String>) -> Self {
        Self { secret, script, pages: Mutex::default() }
    }

    /// Whose token this is.
    pub(crate) fn caller(&self, shown: &str) -> Option<Caller> {
        if self.script.as_deref().is_some_and(|script| is_same(shown, script)) {
            return Some(Caller::Script);
        }
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let at = pages.iter().position(|page| is_same(shown, page))?;
        let page = pages.remove(at)?;
        pages.push_back(page);
        Some(Caller::Page)
    }

    /// A token for a page that shows the secret of the printed address, or for one that another page asks for.
    pub(crate) fn admit_page(&self, shown: &str) -> std::io::Result<Option<String>> {
        if !is_same(shown, &self.secret) && self.caller(shown) != Some(Caller::Page) {
            return Ok(None);
        }
        let token = token()?;
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= PAGES {
            pages.pop_front();
        }
        pages.push_back(token.clone());
        Ok(Some(token))
    }
}

/// In a time that does not tell how much of it is right.
fn is_same(shown: &str, token: &str) -> bool {
    let differing = shown.bytes().zip(token.bytes()).fold(0, |sum, (one, other)| sum | (one ^ other));
    shown.len() == token.len() && differing == 0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn tokens_differ_and_are_compared_whole() {
        let (one, other) = (token().unwrap(), token().unwrap());
        assert_eq!(one.len(), 32);
        assert_ne!(one, other);
        assert!(is_same(&one, &one));
        assert!(!is_same(&one, &other));
        assert!(!is_same("", &one));
    }

    #[test]
    fn each_page_has_a_token_of_its_own_and_a_script_opens_none() {
        let tokens = Tokens::new("the-secret".into(), Some("the-token-of-a-script".into()));
        let (one, other) = (tokens.admit_page("the-secret").unwrap(), tokens.admit_page("the-secret").unwrap());
        assert_ne!(one, other);
        let one = one.unwrap();
        assert_eq!(tokens.caller(&one), Some(Caller::Page));
        assert!(tokens.admit_page(&one).unwrap().is_some());
        assert_eq!(tokens.caller("the-token-of-a-script"), Some(Caller::Script));
        assert_eq!(tokens.admit_page("the-token-of-a-script").unwrap(), None);
        assert_eq!((tokens.caller("the-secret"), tokens.caller("")), (None, None), "the secret only opens pages");
    }

    #[test]
    fn the_page_unheard_of_for_longest_makes_room() {
        let tokens = Tokens::new("the-secret".into(), None);
        let page = || tokens.admit_page("the-secret").unwrap().unwrap();
        let (used, left) = (page(), page());
        for _ in 0..PAGES - 2 {
            page();
        }
        assert!(tokens.caller(&used).is_some());
        page();
        assert_eq!((tokens.caller(&used), tokens.caller(&left)), (Some(Caller::Page), None));
    }

    #[test]
    fn a_script_has_a_token_worth_the_name() {
        assert!(script_token("0123456789abcdef".into()).is_ok());
        for refused in ["", "short", "0123456789abcde", "0123456789abcdef g", "0123456789abcdefä"] {
            assert!(script_token(refused.into()).is_err(), "{refused}");
        }
    }
}
