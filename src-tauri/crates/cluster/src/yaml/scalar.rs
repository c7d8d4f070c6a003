//! What a YAML scalar means to kubectl.
//!
//! kubectl reads manifests through `sigs.k8s.io/yaml`, that is go-yaml v2: YAML 1.1 with its octal numbers
//! (`defaultMode: 0644` is 420) and its many booleans (`yes`, `on`, `n`), but dates stay text. The rules here follow
//! `resolve.go` of `go.yaml.in/yaml/v2`, so that a manifest means here what it means when it is applied.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Number, Value};

/// The explicit tag of a scalar, as far as it changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// No tag: plain scalars are resolved, all others are text.
    None,
    /// `!!str`, `!!timestamp` and every tag of an application.
    Text,
    /// `!!binary`: base64 of text.
    Binary,
    /// `!!bool`.
    Bool,
    /// `!!int`.
    Int,
    /// `!!float`.
    Float,
    /// `!!null`.
    Null,
}

impl Tag {
    /// By the name after `tag:yaml.org,2002:`.
    pub(super) fn of(suffix: &str) -> Self {
        match suffix {
            "binary" => Self::Binary,
            "bool" => Self::Bool,
            "int" => Self::Int,
            "float" => Self::Float,
            "null" => Self::Null,
            _ => Self::Text,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::None | Self::Text => "str",
            Self::Binary => "binary",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Null => "null",
        }
    }
}

/// The JSON value of a scalar; `plain` is false for quoted and block scalars.
///
/// # Errors
/// A sentence, where the tag does not fit the text or JSON has no such value (`.nan`, `.inf`).
pub(super) fn resolve(text: &str, plain: bool, tag: Tag) -> Result<Value, String> {
    let resolved = match tag {
        Tag::Text => return Ok(Value::String(text.to_owned())),
        Tag::None if !plain => return Ok(Value::String(text.to_owned())),
        Tag::Binary => return binary(text),
        _ => plain_value(text)?,
    };
    match (tag, &resolved) {
        (Tag::None, _)
        | (Tag::Bool, Value::Bool(_))
        | (Tag::Null, Value::Null)
        | (Tag::Int | Tag::Float, Value::Number(_)) => Ok(resolved),
        // The value stays out of the message: it may be a Secret's.
        _ => Err(format!("a value does not fit its tag !!{}", tag.name())),
    }
}

/// The text of a mapping key: JSON keys are text, so numbers and booleans are written out.
///
/// # Errors
/// A sentence, where the key is null, as kubectl refuses it too.
pub(super) fn key_text(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null => Err("a key is null".to_owned()),
        Value::Array(_) | Value::Object(_) => Err("a key is no text".to_owned()),
    }
}

fn binary(text: &str) -> Result<Value, String> {
    let joined: String = text.split_whitespace().collect();
    let bytes = STANDARD.decode(joined).map_err(|_| "!!binary is no base64".to_owned())?;
    String::from_utf8(bytes).map(Value::String).map_err(|_| "!!binary holds no text".to_owned())
}

fn plain_value(text: &str) -> Result<Value, String> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf"
        | "-.INF" => return Err(format!("`{text}` has no JSON form")),
        _ => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    })
}

fn number(text: &str) -> Option<Number> {
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return None;
    }
    let digits = text.replace('_', "");
    integer(&digits).or_else(|| float(&digits))
}

/// Go's `strconv.ParseInt(text, 0, 64)`, then `ParseUint`.
fn integer(text: &str) -> Option<Number> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, rest) = match rest.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, rest.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, rest.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, rest.get(2..)?),
        [b'0', _, ..] => (8, rest.get(1..)?),
        _ => (10, rest),
    };
    // from_str_radix takes a sign of its own, which was read above already.
    if !rest.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return None;
    }
    let magnitude = u64::from_str_radix(rest, radix).ok()?;
    if negative {
        let signed = i64::try_from(-i128::from(magnitude)).ok()?;
        Some(Number::from(signed))
    } else {
        Some(Number::from(magnitude))
    }
}

/// `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`, written as Go writes a float64 into JSON: whole numbers
/// without a fraction.
fn float(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    let exponent_fits = exponent.is_none_or(|exponent| !exponent.is_empty() && digits_only(exponent));
    if !has_digits || !digits_only(whole) || !digits_only(fraction) || !exponent_fits {
        return None;
    }
    let value: f64 = text.parse().ok().filter(|value: &f64| value.is_finite())?;
    // Above 2^53 neighbouring whole numbers are not distinct any more.
    #[allow(clippy::cast_possible_truncation)]
    if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
        return Some(Number::from(value as i64));
    }
    Number::from_f64(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_scalars_as_go_yaml_reads_them() {
        for (text, value) in [
            ("0644", json!(420)),
            ("0o17", json!(15)),
            ("0x1F", json!(31)),
            ("-0b101", json!(-5)),
            ("1_000", json!(1000)),
            ("08", json!(8)),
            ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
            ("1e3", json!(1000)),
            ("1.5", json!(1.5)),
            (".5", json!(0.5)),
            ("yes", json!(true)),
            ("n", json!(false)),
            ("off", json!(false)),
            ("~", json!(null)),
            ("", json!(null)),
            ("2024-01-31", json!("2024-01-31")),
            ("10.0.0.1", json!("10.0.0.1")),
            ("1.36.3", json!("1.36.3")),
            ("100m", json!("100m")),
            ("1e", json!("1e")),
            (".", json!(".")),
            ("-", json!("-")),
            ("+-1", json!("+-1")),
            ("0x", json!("0x")),
            ("yEs", json!("yEs")),
            ("12:30", json!("12:30")),
        ] {
            assert_eq!(resolve(text, true, Tag::None), Ok(value), "{text}");
        }
    }

    #[test]
    fn quotes_and_tags_decide() {
        assert_eq!(resolve("yes", false, Tag::None), Ok(json!("yes")));
        assert_eq!(resolve("0644", true, Tag::Text), Ok(json!("0644")));
        assert_eq!(resolve("3", false, Tag::Int), Ok(json!(3)));
        assert_eq!(resolve("aGk=", true, Tag::Binary), Ok(json!("hi")));
        assert!(resolve("three", true, Tag::Int).is_err());
        assert!(resolve(".nan", true, Tag::None).is_err());
    }
}
