//! Columns of custom resources: `additionalPrinterColumns` of their definition.

use serde_json::{Value, json};

use super::{AGE, age};
use crate::time::Time;

/// The columns after the name.
pub(super) fn definitions(columns: &[Value]) -> Vec<Value> {
    if columns.is_empty() {
        return vec![json!({"name": "Age", "type": "date", "format": "", "description": AGE, "priority": 0})];
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    columns
        .iter()
        .map(|column| {
            let described = match column["description"].as_str() {
                Some(description) => description.to_owned(),
                None => {
                    format!("Custom resource definition column (in JSONPath format): {}", text(&column["jsonPath"]))
                }
            };
            json!({
                "name": text(&column["name"]),
                "type": text(&column["type"]),
                "format": text(&column["format"]),
                "description": described,
                "priority": column["priority"].as_i64().unwrap_or(0),
            })
        })
        .collect()
}

/// The cells after the name.
pub(super) fn cells(columns: &[Value], object: &Value, now: Time) -> Vec<Value> {
    if columns.is_empty() {
        return vec![age(&object["metadata"]["creationTimestamp"], now).into()];
    }
    columns
        .iter()
        .map(|column| {
            let found = find(object, column["jsonPath"].as_str().unwrap_or_default());
            match (column["type"].as_str(), found.first()) {
                (_, None) => Value::Null,
                (Some("date"), Some(value)) => age(value, now).into(),
                (Some("string"), Some(_)) => {
                    let texts: Vec<String> = found
                        .iter()
                        .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                        .collect();
                    texts.join(",").into()
                }
                (_, Some(value)) => (*value).clone(),
            }
        })
        .collect()
}

/// The values at a path of the kind that printer columns use: names, `[0]`, `[*]` and
/// `[?(@.type=="Ready")]`.
fn find<'a>(object: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut found = vec![object];
    for step in steps(path) {
        found = found.into_iter().flat_map(|value| take(value, &step)).collect();
    }
    found
}

fn steps(path: &str) -> Vec<String> {
    let (mut steps, mut step, mut depth) = (Vec::new(), String::new(), 0);
    for letter in path.chars() {
        match letter {
            '[' if depth == 0 => {
                steps.push(std::mem::take(&mut step));
                depth = 1;
                step.push('[');
            }
            ']' if depth == 1 => {
                depth = 0;
                steps.push(std::mem::take(&mut step));
            }
            '.' if depth == 0 => steps.push(std::mem::take(&mut step)),
            other => step.push(other),
        }
    }
    steps.push(step);
    steps.retain(|step| !step.is_empty());
    steps
}

fn take<'a>(value: &'a Value, step: &str) -> Vec<&'a Value> {
    let Some(index) = step.strip_prefix('[') else {
        return value.get(step).into_iter().collect();
    };
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    if index == "*" {
        return items.iter().collect();
    }
    if let Ok(index) = index.parse::<usize>() {
        return items.get(index).into_iter().collect();
    }
    let condition =
        index.strip_prefix("?(@.").and_then(|rest| rest.strip_suffix(')')).and_then(|rest| rest.split_once("=="));
    let Some((field, wanted)) = condition else {
        return Vec::new();
    };
    let wanted = wanted.trim().trim_matches(['"', '\'']);
    items.iter().filter(|item| item[field.trim()] == wanted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_conditions_by_type() {
        let object = json!({"status": {"conditions": [
            {"type": "Accepted", "status": "True"},
            {"type": "Ready", "status": "False"},
        ]}});
        let path = ".status.conditions[?(@.type==\"Ready\")].status";
        assert_eq!(find(&object, path), [&json!("False")]);
        assert_eq!(find(&object, ".status.conditions[*].type").len(), 2);
        assert!(find(&object, ".spec.nothing").is_empty());
    }
}
