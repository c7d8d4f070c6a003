//! Labels and label selectors, compact enough to keep for every object of a large cluster.

use std::fmt;
use std::sync::{Arc, LazyLock};

use serde_json::Value;

use crate::pool::Pool;

/// The labels of one object, ordered by key, in one allocation.
#[derive(Clone, PartialEq, Eq)]
pub struct Labels(Arc<str>);

const AFTER_KEY: char = '\u{1f}';
const AFTER_VALUE: char = '\u{1e}';

static NONE: LazyLock<Arc<str>> = LazyLock::new(|| Arc::from(""));

impl Default for Labels {
    fn default() -> Self {
        Self(NONE.clone())
    }
}

impl Labels {
    /// Reads a JSON map of strings; whatever else stands there is left out.
    pub fn from_json(map: Option<&Value>) -> Self {
        Self::from_json_with(map, &mut Pool::default())
    }

    /// The same, sharing the text with others of the pool that carry the same labels.
    pub(crate) fn from_json_with(map: Option<&Value>, pool: &mut Pool) -> Self {
        let Some(map) = map.and_then(Value::as_object).filter(|map| !map.is_empty()) else { return Self::default() };
        let pairs = || map.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)));
        Self(pool.composed(|text| {
            // JSON maps keep their order where a feature of serde_json that others may turn on says so.
            if pairs().is_sorted() {
                pairs().for_each(|pair| push(text, pair));
            } else {
                let mut pairs: Vec<(&str, &str)> = pairs().collect();
                pairs.sort_unstable();
                pairs.into_iter().for_each(|pair| push(text, pair));
            }
        }))
    }

    /// Key and value pairs, ordered by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.split_terminator(AFTER_VALUE).filter_map(|pair| pair.split_once(AFTER_KEY))
    }

    /// The value of one label.
    pub fn get(&self, name: &str) -> Option<&str> {
        // Most labels are not the one: compare before looking for the end of the value.
        let mut rest = &*self.0;
        loop {
            let (pair, after) = rest.split_once(AFTER_VALUE)?;
            if let Some(value) = pair.strip_prefix(name).and_then(|value| value.strip_prefix(AFTER_KEY)) {
                return Some(value);
            }
            rest = after;
        }
    }

    /// Whether there is no label.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn push(text: &mut String, (key, value): (&str, &str)) {
    let start = text.len();
    text.push_str(key);
    text.push(AFTER_KEY);
    text.push_str(value);
    text.push(AFTER_VALUE);
    // Kubernetes allows no control characters in labels; a manifest that has them would break the separators. Counting what
    // is unusual, in one pass over the pair, is faster than looking for it.
    let unusual = text.bytes().skip(start).filter(|sign| !(b' '..0x7f).contains(sign)).count();
    let separators = AFTER_KEY.len_utf8() + AFTER_VALUE.len_utf8();
    if unusual > separators && (key.contains(char::is_control) || value.contains(char::is_control)) {
        text.truncate(start);
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// A label selector: every requirement must hold; none selects everything.
/// What an absent selector means differs from kind to kind and is for the rule to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector {
    requirements: Vec<Requirement>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: Arc<str>,
    operator: Operator,
    values: Vec<Arc<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
    /// An operator that Kubernetes does not know; the API server would have refused it.
    Never,
}

impl LabelSelector {
    /// A selector of the form `{matchLabels, matchExpressions}`.
    pub fn from_json(selector: &Value) -> Self {
        let mut requirements = Self::from_map(selector.get("matchLabels")).requirements;
        for expression in selector.get("matchExpressions").and_then(Value::as_array).into_iter().flatten() {
            let text = |name: &str| expression.get(name).and_then(Value::as_str).unwrap_or_default();
            let operator = match text("operator") {
                "In" => Operator::In,
                "NotIn" => Operator::NotIn,
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::DoesNotExist,
                _ => Operator::Never,
            };
            let values = expression.get("values").and_then(Value::as_array).into_iter().flatten();
            requirements.push(Requirement {
                key: text("key").into(),
                operator,
                values: values.filter_map(Value::as_str).map(Into::into).collect(),
            });
        }
        Self { requirements }
    }

    /// A selector that is a plain map of labels, as a Service has.
    pub fn from_map(map: Option<&Value>) -> Self {
        let pairs = map.and_then(Value::as_object).into_iter().flatten();
        Self { requirements: pairs.filter_map(|(key, value)| Some(Self::requirement(key, value.as_str()?))).collect() }
    }

    /// A selector of one label.
    pub fn label(key: &str, value: &str) -> Self {
        Self { requirements: vec![Self::requirement(key, value)] }
    }

    /// The same selector with one more label required.
    #[must_use]
    pub fn and(mut self, key: &str, value: &str) -> Self {
        self.requirements.push(Self::requirement(key, value));
        self
    }

    /// Reads the text form of `kubectl -l`: `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
    ///
    /// # Errors
    /// A sentence that names the part that cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut requirements = Vec::new();
        for part in split_outside_brackets(text) {
            let part = part.trim();
            if part.is_empty() {
                continue;
            }
            requirements.push(parse_requirement(part).ok_or_else(|| {
                format!("`{part}` is no label requirement: expected key=value, key!=value, key in (a,b), key or !key")
            })?);
        }
        Ok(Self { requirements })
    }

    /// Whether everything is selected.
    pub fn is_everything(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether labels, given as a look-up, satisfy every requirement.
    pub fn matches<'a>(&self, get: impl Fn(&str) -> Option<&'a str>) -> bool {
        self.requirements.iter().all(|requirement| {
            let value = get(&requirement.key);
            let listed = || value.is_some_and(|value| requirement.values.iter().any(|wanted| &**wanted == value));
            match requirement.operator {
                Operator::In => listed(),
                Operator::NotIn => !listed(),
                Operator::Exists => value.is_some(),
                Operator::DoesNotExist => value.is_none(),
                Operator::Never => false,
            }
        })
    }

    /// The values of which the label must have one, where that is all this selector demands.
    pub(crate) fn only(&self, label: &str) -> Option<&[Arc<str>]> {
        match self.requirements.as_slice() {
            [Requirement { key, operator: Operator::In, values }] if &**key == label => Some(values),
            _ => None,
        }
    }

    /// Labels that are required with certain values.
    pub(crate) fn required(&self) -> impl Iterator<Item = (&str, &str)> {
        let required = self.requirements.iter().filter(|requirement| requirement.operator == Operator::In);
        required.flat_map(|requirement| requirement.values.iter().map(|value| (&*requirement.key, &**value)))
    }

    /// Label pairs of which a matching object must carry one; empty where the selector demands no certain value.
    /// It is what selectors are indexed by.
    pub(crate) fn anchors(&self) -> impl Iterator<Item = (&str, &str)> {
        let anchor = self.requirements.iter().filter(|requirement| requirement.operator == Operator::In);
        let anchor = anchor.min_by_key(|requirement| requirement.values.len());
        anchor.into_iter().flat_map(|requirement| requirement.values.iter().map(|value| (&*requirement.key, &**value)))
    }

    fn requirement(key: &str, value: &str) -> Requirement {
        Requirement { key: key.into(), operator: Operator::In, values: vec![value.into()] }
    }
}

fn split_outside_brackets(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_i32, 0);
    for (at, sign) in text.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

fn parse_requirement(part: &str) -> Option<Requirement> {
    let make = |key: &str, operator, values: Vec<Arc<str>>| {
        let key = key.trim();
        let plain = !key.is_empty() && !key.contains([' ', '(', ')', '=', '!', ',']);
        plain.then(|| Requirement { key: key.into(), operator, values })
    };
    let list = |text: &str| -> Option<Vec<Arc<str>>> {
        let inner = text.trim().strip_prefix('(')?.strip_suffix(')')?;
        Some(inner.split(',').map(|value| value.trim().into()).collect())
    };
    if let Some((key, values)) = part.split_once(" notin ") {
        return make(key, Operator::NotIn, list(values)?);
    }
    if let Some((key, values)) = part.split_once(" in ") {
        return make(key, Operator::In, list(values)?);
    }
    if let Some((key, value)) = part.split_once("!=") {
        return make(key, Operator::NotIn, vec![value.trim().into()]);
    }
    if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        return make(key, Operator::In, vec![value.trim().into()]);
    }
    match part.strip_prefix('!') {
        Some(key) => make(key, Operator::DoesNotExist, Vec::new()),
        None => make(part, Operator::Exists, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn matches(selector: &LabelSelector, labels: &Value) -> bool {
        let labels = Labels::from_json(Some(labels));
        selector.matches(|name| labels.get(name))
    }

    #[test]
    fn expressions_follow_kubernetes() {
        let selector = LabelSelector::from_json(&json!({
            "matchLabels": {"app": "web"},
            "matchExpressions": [
                {"key": "tier", "operator": "NotIn", "values": ["test"]},
                {"key": "zone", "operator": "Exists"},
            ],
        }));
        assert!(matches(&selector, &json!({"app": "web", "zone": "a"})), "NotIn holds where the label is absent");
        assert!(!matches(&selector, &json!({"app": "web", "zone": "a", "tier": "test"})));
        assert!(!matches(&selector, &json!({"app": "web"})));
        assert!(matches(&LabelSelector::default(), &json!({})));
    }

    #[test]
    fn text_form_of_kubectl() {
        let selector = LabelSelector::parse("app=web, tier in (a,b),!old,zone!=x").unwrap();
        assert!(matches(&selector, &json!({"app": "web", "tier": "b"})));
        assert!(!matches(&selector, &json!({"app": "web", "tier": "b", "old": "1"})));
        assert!(LabelSelector::parse("a b").is_err());
        assert!(LabelSelector::parse("tier in a").is_err());
    }

    #[test]
    fn labels_keep_order_and_drop_what_is_no_label() {
        let labels = Labels::from_json(Some(&json!({"b": "2", "a": "1", "n": 3, "bad": "x\u{1e}y"})));
        assert_eq!(format!("{labels:?}"), r#"{"a": "1", "b": "2"}"#);
        assert_eq!((labels.get("b"), labels.get("n")), (Some("2"), None));
    }
}
