//! JSON as YAML in the manner of kubectl: keys sorted, block style, strings quoted only where they would read as
//! something else.

use std::fmt::Write;

use model::{is_hidden, mask_credentials};
use serde_json::Value;

/// The YAML text of a value, credentials in its URLs masked.
pub(crate) fn to_yaml(value: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, value, 0, false);
    text
}

/// `in_list` says that the caret stands after `- ` and the first key goes on that line.
fn write_value(text: &mut String, value: &Value, indent: usize, in_list: bool) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            for (at, key) in keys.into_iter().enumerate() {
                if at > 0 || !in_list {
                    pad(text, indent);
                }
                text.push_str(&scalar(key));
                text.push(':');
                if let Some(value) = map.get(key) {
                    write_child(text, value, indent);
                }
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                if at > 0 || !in_list {
                    pad(text, indent);
                }
                text.push_str("- ");
                write_value(text, item, indent + 2, true);
            }
        }
        Value::String(string) if is_block(string) => write_block(text, &mask_credentials(string), indent),
        flat => {
            text.push_str(&flat_text(flat));
            text.push('\n');
        }
    }
}

/// What comes after `key:`.
fn write_child(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            text.push('\n');
            write_value(text, value, indent + 2, false);
        }
        // kubectl does not indent the dashes of a list below its key.
        Value::Array(items) if !items.is_empty() => {
            text.push('\n');
            write_value(text, value, indent, false);
        }
        Value::String(string) if is_block(string) => {
            text.push(' ');
            write_block(text, &mask_credentials(string), indent + 2);
        }
        flat => {
            text.push(' ');
            text.push_str(&flat_text(flat));
            text.push('\n');
        }
    }
}

fn pad(text: &mut String, indent: usize) {
    text.extend(std::iter::repeat_n(' ', indent));
}

fn flat_text(value: &Value) -> String {
    match value {
        Value::String(string) => scalar(&mask_credentials(string)),
        Value::Object(_) => "{}".to_owned(),
        Value::Array(_) => "[]".to_owned(),
        other => other.to_string(),
    }
}

/// Several lines of plain text read best as a block; what a block cannot hold is quoted.
fn is_block(string: &str) -> bool {
    let plain = |c: char| c == '\n' || c == '\t' || !is_hidden(c);
    string.contains('\n')
        && string.chars().all(plain)
        && !string.starts_with([' ', '\n', '\t'])
        && !string.lines().any(|line| line.ends_with([' ', '\t']))
}

fn write_block(text: &mut String, string: &str, indent: usize) {
    let body = string.trim_end_matches('\n');
    let marker = match string.len() - body.len() {
        0 => "|-",
        1 => "|",
        _ => "|+",
    };
    text.push_str(marker);
    text.push('\n');
    let lines = if marker == "|+" { string.strip_suffix('\n').unwrap_or(string) } else { body };
    for line in lines.split('\n') {
        if !line.is_empty() {
            pad(text, indent);
            text.push_str(line);
        }
        text.push('\n');
    }
}

/// A string on one line, quoted where YAML would take it for something else.
fn scalar(string: &str) -> String {
    let reads_as_other = || {
        let lower = string.to_ascii_lowercase();
        let words = ["", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"];
        words.contains(&lower.as_str()) || looks_like_number(&lower)
    };
    let mut letters = string.chars();
    let (first, second) = (letters.next().unwrap_or(' '), letters.next().unwrap_or(' '));
    // A dash, a dot or a digit is harmless at the start of `--flag`, `.x`, `10.0.0.1/8`, but not of items and numbers.
    let risky_start = match first {
        '-' | '?' | ':' => second == ' ',
        _ => ",[]{}#&*!|>'\"%@`~=< ".contains(first),
    };
    let risky_inside = string.contains(": ") || string.contains(" #") || string.ends_with([':', ' ']);
    if string.contains(['\n', '\t']) || string.chars().any(is_hidden) {
        let mut quoted = String::from("\"");
        for c in string.chars() {
            match c {
                '"' | '\\' => quoted.extend(['\\', c]),
                '\n' => quoted.push_str("\\n"),
                '\t' => quoted.push_str("\\t"),
                '\r' => quoted.push_str("\\r"),
                c if is_hidden(c) && u32::from(c) > 0xffff => {
                    let _ = write!(quoted, "\\U{:08x}", u32::from(c));
                }
                c if is_hidden(c) => {
                    // Writing to a string cannot fail.
                    let _ = write!(quoted, "\\u{:04x}", u32::from(c));
                }
                c => quoted.push(c),
            }
        }
        quoted.push('"');
        return quoted;
    }
    if risky_start || risky_inside || reads_as_other() {
        return if string.contains('\'') {
            format!("\"{}\"", string.replace('\\', "\\\\").replace('"', "\\\""))
        } else {
            format!("'{string}'")
        };
    }
    string.to_owned()
}

/// Numbers (also octal, hex, with underscores), sexagesimals and dates.
fn looks_like_number(text: &str) -> bool {
    let body = text.trim_start_matches(['+', '-']);
    if body.is_empty() {
        return false;
    }
    let numeric = body.chars().all(|c| c.is_ascii_digit() || "._:-eE+xTtZz ".contains(c) || c.is_ascii_hexdigit());
    numeric && body.starts_with(|c: char| c.is_ascii_digit() || c == '.') || [".inf", ".nan"].contains(&body)
}

#[cfg(test)]
mod tests {
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
        let text = to_yaml(&json!({"a": "evil\u{202e}gpj.exe", "b": "tag\u{e0041}", "c": "x\n\u{200b}y"}));
        assert_eq!(text, "a: \"evil\\u202egpj.exe\"\nb: \"tag\\U000e0041\"\nc: \"x\\n\\u200by\"\n");
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
- '*'
- \"it's: here\"
data:
  a.conf: |
    line one
      line two
  none: ''
  open: |-
    x
    y
  time: '2026-11-21T03:00:00Z'
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
    host: 'a: b'
    'on': 'true'
    version: '1.10'
  labels: {}
  name: web
";
        assert_eq!(to_yaml(&value), wanted);
    }
}
