//! Access reviews in protobuf, the one thing that kubectl sends in that form: read into the JSON they stand for.

use serde_json::{Value, json};

/// What every Kubernetes protobuf body begins with; a `runtime.Unknown` follows.
const MAGIC: &[u8] = b"k8s\0";

/// Reads a review of the resource `plural`; `None` where the body is something else.
pub(crate) fn review(plural: &str, body: &[u8]) -> Option<Value> {
    let unknown = body.strip_prefix(MAGIC)?;
    let raw = bytes(unknown, 2).unwrap_or_default();
    let spec = bytes(raw, 2).unwrap_or_default();
    let (kind, group, spec) = match plural {
        "selfsubjectaccessreviews" => ("SelfSubjectAccessReview", "authorization.k8s.io", access(spec)),
        "selfsubjectrulesreviews" => {
            let spec = json!({"namespace": text(spec, 1)});
            ("SelfSubjectRulesReview", "authorization.k8s.io", spec)
        }
        "selfsubjectreviews" => {
            return Some(json!({"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1"}));
        }
        _ => return None,
    };
    Some(json!({"kind": kind, "apiVersion": format!("{group}/v1"), "metadata": {}, "spec": spec}))
}

fn access(spec: &[u8]) -> Value {
    if let Some(resource) = bytes(spec, 1) {
        const FIELDS: [&str; 7] = ["namespace", "verb", "group", "version", "resource", "subresource", "name"];
        let attributes: serde_json::Map<String, Value> = FIELDS
            .iter()
            .zip(1..)
            .map(|(name, number)| ((*name).to_owned(), text(resource, number)))
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.into()))
            .collect();
        return json!({"resourceAttributes": attributes});
    }
    let other = bytes(spec, 2).unwrap_or_default();
    json!({"nonResourceAttributes": {"path": text(other, 1), "verb": text(other, 2)}})
}

fn text(message: &[u8], number: u64) -> String {
    String::from_utf8_lossy(bytes(message, number).unwrap_or_default()).into_owned()
}

/// The contents of the first length-delimited field of that number.
fn bytes(mut message: &[u8], wanted: u64) -> Option<&[u8]> {
    while !message.is_empty() {
        let tag = varint(&mut message)?;
        match tag & 7 {
            0 => {
                varint(&mut message)?;
            }
            1 => message = message.get(8..)?,
            5 => message = message.get(4..)?,
            2 => {
                let length = usize::try_from(varint(&mut message)?).ok()?;
                let contents = message.get(..length)?;
                if tag >> 3 == wanted {
                    return Some(contents);
                }
                message = message.get(length..)?;
            }
            _ => return None,
        }
    }
    None
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(first & 0x7F) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(number: u8, contents: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2, u8::try_from(contents.len()).unwrap_or(0)];
        out.extend_from_slice(contents);
        out
    }

    #[test]
    fn an_access_review_is_read() {
        let attributes = [field(1, b"shop"), field(2, b"list"), field(5, b"pods")].concat();
        let review_of = field(2, &field(2, &field(1, &attributes)));
        let body = [MAGIC, &field(1, b"\x0a\x02v1"), &review_of].concat();
        let read = review("selfsubjectaccessreviews", &body);
        assert_eq!(
            read.map(|review| review["spec"]["resourceAttributes"].clone()),
            Some(json!({"namespace": "shop", "verb": "list", "resource": "pods"}))
        );
    }

    #[test]
    fn cut_or_foreign_bodies_are_refused_not_fatal() {
        assert_eq!(review("selfsubjectaccessreviews", b"{}"), None);
        assert!(review("selfsubjectaccessreviews", b"k8s\0\x12\xff").is_some());
        assert_eq!(review("pods", b"k8s\0"), None);
    }
}
