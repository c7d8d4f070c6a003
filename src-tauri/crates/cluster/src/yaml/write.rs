//! JSON values → YAML text in the manner of kubectl: keys sorted, block style, strings quoted only where they would read
//! as something else.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use model::{is_hidden, legible, mask_credentials};
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_saphyr::DoubleQuoted;

/// The YAML text of a value, credentials in its URLs masked. A value that cannot be written (no API server and no file gives
/// one) is a comment that says why.
pub fn to_yaml(value: &Value) -> String {
    let options = serde_saphyr::ser_options! {
        compact_list_indent: true,
        prefer_block_scalars: true,
        // Lines stay as they are.
        folded_wrap_chars: usize::MAX,
    };
    let text = serde_saphyr::to_string_with_options(&Shown(value), options);
    escaped(text.unwrap_or_else(|error| format!("# {error}\n")))
}

/// Writes characters that hide or turn the text by their numbers: all of them stand between double quotes. Keys, which the
/// serializer quotes as it likes, have none: they are as a person reads them.
fn escaped(text: String) -> String {
    if !text.chars().any(is_hidden) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        // A write to a string does not fail.
        let _ = match u32::from(character) {
            _ if !is_hidden(character) => escaped.write_char(character),
            number @ ..=0xffff => write!(escaped, "\\u{number:04x}"),
            number => write!(escaped, "\\U{number:08x}"),
        };
    }
    escaped
}

struct Text<'a>(&'a str);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.chars().any(is_hidden) {
            true => DoubleQuoted(self.0).serialize(serializer),
            false => serializer.serialize_str(self.0),
        }
    }
}

struct Shown<'a>(&'a Value);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::String(text) => Text(&mask_credentials(text)).serialize(serializer),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Shown)),
            Value::Object(map) => {
                let sorted: BTreeMap<&String, &Value> = map.iter().collect();
                serializer.collect_map(sorted.into_iter().map(|(key, value)| (legible(key), Shown(value))))
            }
            other => other.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn passwords_in_addresses_are_masked() {
        let value = json!({"env": [{"value": "postgres://shop:hunter2@db/orders"}], "conf": "a\nredis://:hunter2@c\n"});
        let text = to_yaml(&value);
        assert!(text.contains("postgres://shop:***@db/orders") && !text.contains("hunter2"), "{text}");
    }

    #[test]
    fn a_turned_name_is_written_by_its_numbers() {
        let text = to_yaml(&json!({"a": "evil\u{202e}gpj.exe", "b": "tag\u{e0041}", "c\u{200b}": "x\n\u{200b}y"}));
        assert_eq!(text, "a: \"evil\\u202egpj.exe\"\nb: \"tag\\U000e0041\"\nc«U+200B»: \"x\\n\\u200by\"\n");
    }

    #[test]
    fn looks_as_kubectl_prints_it() {
        let value = json!({
            "kind": "ConfigMap",
            "apiVersion": "v1",
            "metadata": {"name": "web", "labels": {}, "annotations": {"on": "true", "version": "1.10", "host": "a: b"}},
            "data": {"a.conf": "line one\n  line two\n", "none": "", "open": "x\ny", "time": "2026-11-21T03:00:00Z"},
            "list": [{"name": "one", "ports": [80, 443]}, ["nested"], "plain", null],
            "image": "registry.local:5000/web:1.2",
            "args": ["--flag=1", "*", "it's: here"]
        });
        let wanted = "\
apiVersion: v1
args:
- --flag=1
- \"*\"
- \"it's: here\"
data:
  a.conf: |
    line one
      line two
  none: \"\"
  open: |-
    x
    y
  time: \"2026-11-21T03:00:00Z\"
image: registry.local:5000/web:1.2
kind: ConfigMap
list:
- name: one
  ports:
  - 80
  - 443
- - nested
- plain
- null
metadata:
  annotations:
    host: \"a: b\"
    \"on\": \"true\"
    version: \"1.10\"
  labels: {}
  name: web
";
        assert_eq!(to_yaml(&value), wanted);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_as_it_was(texts in prop::collection::vec(any::<String>(), 1..4), word in "[ -~\n\t]{0,12}") {
            let value = json!({"texts": texts, "word": word, "nested": [[word], {"a": texts}], word.as_str(): texts});
            let text = to_yaml(&value);
            let (documents, fault) = super::super::parse(&text);
            prop_assert_eq!(fault, None, "{}", text);
            prop_assert_eq!(&documents[0].value, &value, "{}", text);
        }
    }
}
