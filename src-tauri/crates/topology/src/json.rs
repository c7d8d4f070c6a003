//! Reading JSON by the names of fields.

use serde_json::Value;

/// Reading by path.
pub(crate) trait At {
    /// The value at a JSON pointer. Unlike serde_json's own, it allocates nothing and knows no escapes: the names of
    /// fields of Kubernetes hold neither `~` nor `/`.
    fn at(&self, pointer: &str) -> Option<&Self>;
}

impl At for Value {
    fn at(&self, pointer: &str) -> Option<&Self> {
        let mut value = self;
        let mut rest = pointer.strip_prefix('/')?;
        while !rest.is_empty() {
            let step = match rest.bytes().position(|sign| sign == b'/') {
                Some(end) => {
                    let step = rest.get(..end)?;
                    rest = rest.get(end + 1..)?;
                    step
                }
                None => std::mem::take(&mut rest),
            };
            value = match value {
                Self::Object(map) => map.get(step)?,
                Self::Array(list) => list.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(value)
    }
}

/// The text of a string value, none where it is empty.
pub(crate) fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// The text of a field of an object, none where it is empty or absent.
pub(crate) fn field<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(text)
}

/// The items of a list field.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The group of an `apiVersion`.
pub(crate) fn group_of(api_version: &str) -> &str {
    api_version.rsplit_once('/').map_or("", |(group, _)| group)
}
