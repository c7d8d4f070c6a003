//! Who calls whom, read from the values that programs are configured with.

use std::fmt;
use std::sync::Arc;

use model::RelationClass::Routes;
use model::ResourceKey;
use serde_json::Value;

use crate::json::{At, field, list, text};
use crate::kinds::{POD_SOURCES, volume};
use crate::links::{Export, Found, Target, Through};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

/// Endings of variable names whose bare value is a host.
const HOST_WORDS: [&str; 7] = ["HOST", "ADDR", "ADDRESS", "URL", "URI", "ENDPOINT", "SERVICE"];

/// Longer values are files; what they mention beyond this is not worth the time of every change.
const LONGEST: usize = 64 * 1024;

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("workload-calls-service", 75, Routes)
            .from(POD_SOURCES)
            .fields(&["containers[].env[].value", "containers[].args[]", "containers[].command[]", "data of its ConfigMaps"])
            .to("Service", TargetScope::Cross)
            .inferred()
            .because("A value that the program is started with names this Service: as name:port, in a URL, or by its DNS name.")
            .by(calls),
    ]
}

fn calls(source: &Source<'_>, found: &mut Found<'_>) {
    let Some(pod) = source.pod else { return };
    // A controlled pod repeats its workload's template, which says it once.
    if pod.is_pod && source.controlled {
        return;
    }
    let say = |variable: Option<&str>, value: &str, at: fmt::Arguments<'_>, found: &mut Found<'_>| {
        for name in services(variable, value, source.namespace) {
            let link = found.key(name.key, at);
            link.label = name.label;
        }
    };
    let config = |name: &str| source.key_to("", "ConfigMap", source.namespace, name);
    let through = |found: &mut Found<'_>, name: &str, key: Option<&str>, at: fmt::Arguments<'_>| {
        let what = Through::Mentions(key.map(|key| source.shared(key)));
        found.link(Target::Through { via: config(name), what }, at);
    };
    for (list_name, container) in pod.containers() {
        let (path, of) = (pod.path, field(container, "name").unwrap_or_default());
        for variable in list(container, "env") {
            let name = field(variable, "name").unwrap_or_default();
            if let Some(value) = field(variable, "value") {
                say(Some(name), value, format_args!("{path}.{list_name}[{of}].env[{name}].value"), found);
            }
            let reference = variable.at("/valueFrom/configMapKeyRef");
            if let Some(map) = reference.and_then(|reference| field(reference, "name")) {
                let key = reference.and_then(|reference| field(reference, "key"));
                through(
                    found,
                    map,
                    key,
                    format_args!("{path}.{list_name}[{of}].env[{name}].valueFrom.configMapKeyRef"),
                );
            }
        }
        for (at, from) in list(container, "envFrom").iter().enumerate() {
            if let Some(map) = from.at("/configMapRef/name").and_then(text) {
                through(found, map, None, format_args!("{path}.{list_name}[{of}].envFrom[{at}].configMapRef"));
            }
        }
        for words in ["command", "args"] {
            for (at, word) in list(container, words).iter().enumerate() {
                if let Some(word) = text(word) {
                    say(None, word, format_args!("{path}.{list_name}[{of}].{words}[{at}]"), found);
                }
            }
        }
    }
    for volume in pod.volumes_of(volume::CONFIG_MAP) {
        if let Some(map) = volume.at("/configMap/name").and_then(text) {
            let name = field(volume, "name").unwrap_or_default();
            through(found, map, None, format_args!("{}.volumes[{name}].configMap", pod.path));
        }
    }
}

/// The Services that the values of a ConfigMap name.
pub(crate) fn mentions_of(source: &Source<'_>) -> Vec<Export> {
    let data = source.body.get("data").and_then(Value::as_object);
    let mut mentions = Vec::new();
    for (key, value) in data.into_iter().flatten() {
        let value = text(value).unwrap_or_default();
        for name in services(Some(key), value, source.namespace) {
            mentions.push(Export::Mention { key: key.as_str().into(), service: name.key, label: name.label });
        }
    }
    mentions
}

/// A Service that a value may name.
struct Name {
    key: ResourceKey,
    label: Option<Arc<str>>,
}

/// Reads a value. What it finds need not exist: whoever asks keeps what does.
fn services(variable: Option<&str>, value: &str, namespace: &str) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    if value.len() > LONGEST || names_an_image(variable, value) {
        return names;
    }
    // A host is made of these; everything else, the scheme's slashes and a user's @ included, ends it.
    let part_of_host = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '.' | ':');
    let mut start = 0;
    let bytes = value.as_bytes();
    for piece in value.split(|sign: char| !part_of_host(sign)) {
        let at = start;
        // Separators may be longer than one byte: find where the next piece begins.
        start = at + piece.len();
        start += value.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let piece = piece.trim_matches(|sign| matches!(sign, ':' | '.'));
        if piece.is_empty() {
            continue;
        }
        let after_scheme = bytes.get(..at).is_some_and(|before| before.ends_with(b"://") || before.ends_with(b"@"));
        let whole = piece.len() == value.trim().len();
        let lists = value.len() < 512 && !value.contains([' ', '\n', '/', '{', '<']);
        let (host, port) = match piece.split_once(':') {
            Some((host, port)) if !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit()) => {
                (host, Some(port))
            }
            Some(_) => continue,
            None => (piece, None),
        };
        let mut words = host.split('.');
        let (Some(name), second, third) = (words.next(), words.next(), words.next()) else { continue };
        if !is_name(name) {
            continue;
        }
        let cluster_name = third.is_none() || third == Some("svc");
        let named = match second {
            // name.ns, name.ns.svc, name.ns.svc.cluster.local
            Some(second)
                if cluster_name && is_name(second) && (after_scheme || port.is_some() || third.is_some() || whole) =>
            {
                Some(second)
            }
            Some(_) => None,
            None if after_scheme || port.is_some() => Some(namespace),
            None if (whole || lists) && variable.is_some_and(names_a_host) => Some(namespace),
            None => None,
        };
        if let Some(namespace) = named {
            let key = ResourceKey::new("", "Service", namespace, name);
            let label: Option<Arc<str>> = port.map(|port| format!(":{port}").into());
            if !names.iter().any(|other| other.key == key && other.label == label) {
                names.push(Name { key, label });
            }
        }
    }
    names
}

/// A name that a Service or a namespace can have: an RFC 1035 label, which no number is.
fn is_name(word: &str) -> bool {
    word.len() <= 63
        && word.starts_with(|sign: char| sign.is_ascii_lowercase())
        && word.bytes().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-')
}

/// `redis:7` in `SIDECAR_IMAGE` or after `--sidecar-image=` is an image and its tag.
fn names_an_image(variable: Option<&str>, value: &str) -> bool {
    let option = value.starts_with('-').then(|| value.split_once('=').map_or(value, |(option, _)| option));
    let says = |name: &str| name.split(['-', '_', '.']).any(|word| word.eq_ignore_ascii_case("image"));
    variable.or(option).is_some_and(says)
}

fn names_a_host(variable: &str) -> bool {
    let ending = |word: &str| variable.len().checked_sub(word.len()).and_then(|at| variable.get(at..));
    HOST_WORDS.iter().any(|word| ending(word).is_some_and(|ending| ending.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::services;

    #[test]
    fn what_names_a_service_and_what_does_not() {
        let read = |variable: &str, value: &str| {
            let names = services(Some(variable), value, "shop");
            let names = names.iter().map(|name| format!("{}{}", name.key, name.label.as_deref().unwrap_or_default()));
            names.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(read("X", "redis-cart:6379"), "core/Service/shop/redis-cart:6379");
        assert_eq!(read("X", "postgres://user:secret@db.data/orders"), "core/Service/data/db");
        assert_eq!(read("DB_HOST", "db"), "core/Service/shop/db");
        assert_eq!(read("X", "db"), "", "a bare word in a variable of any name");
        assert_eq!(read("X", "kafka-0.kafka.data:9092"), "", "a pod's own name is no Service");
        assert_eq!(read("X", "https://api.example.com/x"), "", "a host outside");
        assert_eq!(read("X", "10.0.0.1:80 1.2.3 v1.2"), "");
        assert_eq!(read("X", "a:80,b:81"), "core/Service/shop/a:80 core/Service/shop/b:81");
        assert_eq!(read("X", "db.data.svc"), "core/Service/data/db");
        assert_eq!(read("LOG", "info:json"), "");
        assert_eq!(read("SIDECAR_IMAGE", "redis:7"), "", "an image and its tag");
    }
}
