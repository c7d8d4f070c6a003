//! YAML text → JSON values with their lines, by events, so that anchors, merge keys and YAML 1.1 scalars come out as
//! kubectl reads them and every fault has a line.

mod scalar;

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

use scalar::Tag;

/// Collections deeper than this are refused: freeing a JSON value recurses.
const DEPTH_LIMIT: usize = 256;
/// Values that aliases of one text may multiply into; manifests use a handful.
const ALIAS_LIMIT: usize = 1_000_000;

/// One document of a text.
#[derive(Debug, PartialEq)]
pub(crate) struct Document {
    /// Line of its first token, counted from 1.
    pub(crate) line: usize,
    pub(crate) value: Value,
}

/// Why the text cannot be read further.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) message: String,
}

/// Reads all documents of `text`; those before a fault are good.
pub(crate) fn parse(text: &str) -> (Vec<Document>, Option<Fault>) {
    let options = granit_parser::options! { emit_comments: false, block_nesting_limit: DEPTH_LIMIT, flow_nesting_limit: DEPTH_LIMIT };
    let mut loader = Loader::default();
    for next in Parser::new_from_str_with_options(text, options) {
        let step = match next {
            Ok((event, span)) => {
                let line = span.start.line();
                loader.take(event, line).map_err(|message| Fault { line, message })
            }
            Err(error) => Err(Fault { line: error.marker().line(), message: error.info() }),
        };
        if let Err(fault) = step {
            return (loader.documents, Some(fault));
        }
    }
    (loader.documents, None)
}

#[derive(Default)]
struct Loader {
    documents: Vec<Document>,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    aliased: usize,
    started_at: usize,
}

struct Anchored {
    value: Value,
    nodes: usize,
    depth: usize,
}

/// An open collection.
struct Frame {
    anchor: usize,
    shape: Shape,
}

enum Shape {
    Sequence(Vec<Value>),
    Mapping { map: Map<String, Value>, key: Option<Key>, merges: Vec<Value> },
}

enum Key {
    Text(String),
    Merge,
}

impl Loader {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), String> {
        match event {
            Event::DocumentStart(..) => {
                self.stack.clear();
                self.anchors.clear();
                self.started_at = 0;
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.start(line);
                let plain = style == ScalarStyle::Plain;
                let tag = match &tag {
                    None => Tag::None,
                    Some(tag) => tag.suffix_in_namespace("tag:yaml.org,2002:").map_or(Tag::Text, |name| Tag::of(&name)),
                };
                if plain && tag == Tag::None && text == "<<" && self.expects_key() {
                    return self.key(Key::Merge);
                }
                let value = scalar::resolve(&text, plain, tag)?;
                self.finish(value, anchor)
            }
            Event::SequenceStart(_, anchor, _) => self.open(line, anchor, Shape::Sequence(Vec::new())),
            Event::MappingStart(_, anchor, _) => {
                self.open(line, anchor, Shape::Mapping { map: Map::new(), key: None, merges: Vec::new() })
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(id) => self.alias(id),
            _ => Ok(()),
        }
    }

    fn start(&mut self, line: usize) {
        if self.started_at == 0 {
            self.started_at = line;
        }
    }

    fn open(&mut self, line: usize, anchor: usize, shape: Shape) -> Result<(), String> {
        self.start(line);
        if self.expects_key() {
            return Err("a key is no text".to_owned());
        }
        if self.stack.len() >= DEPTH_LIMIT {
            return Err(format!("nested deeper than {DEPTH_LIMIT} levels"));
        }
        self.stack.push(Frame { anchor, shape });
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let value = match frame.shape {
            Shape::Sequence(items) => Value::Array(items),
            Shape::Mapping { map, merges, .. } => Value::Object(merged(map, merges)?),
        };
        self.finish(value, frame.anchor)
    }

    fn alias(&mut self, id: usize) -> Result<(), String> {
        let anchored = self.anchors.get(&id).ok_or("an alias stands inside its own anchor")?;
        self.aliased += anchored.nodes;
        if self.aliased > ALIAS_LIMIT || self.stack.len() + anchored.depth > DEPTH_LIMIT {
            return Err("its aliases multiply beyond measure".to_owned());
        }
        let value = anchored.value.clone();
        self.finish(value, 0)
    }

    fn expects_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame { shape: Shape::Mapping { key: None, .. }, .. }))
    }

    fn key(&mut self, next: Key) -> Result<(), String> {
        if let Some(Frame { shape: Shape::Mapping { key, .. }, .. }) = self.stack.last_mut() {
            *key = Some(next);
        }
        Ok(())
    }

    /// Puts a finished node where it belongs.
    fn finish(&mut self, value: Value, anchor: usize) -> Result<(), String> {
        if anchor != 0 {
            let (nodes, depth) = measure(&value);
            self.anchors.insert(anchor, Anchored { value: value.clone(), nodes, depth });
        }
        match self.stack.last_mut() {
            None => self.documents.push(Document { line: self.started_at, value }),
            Some(Frame { shape: Shape::Sequence(items), .. }) => items.push(value),
            Some(Frame { shape: Shape::Mapping { map, key, merges }, .. }) => match key.take() {
                None => *key = Some(Key::Text(scalar::key_text(value)?)),
                Some(Key::Merge) => merges.push(value),
                // As in go-yaml, the last of several equal keys wins.
                Some(Key::Text(name)) => {
                    map.insert(name, value);
                }
            },
        }
        Ok(())
    }
}

/// `<<` adds what the mapping does not say itself; of several sources the first wins.
fn merged(mut map: Map<String, Value>, merges: Vec<Value>) -> Result<Map<String, Value>, String> {
    for merge in merges {
        let sources = match merge {
            Value::Array(items) => items,
            one => vec![one],
        };
        for source in sources {
            let Value::Object(source) = source else { return Err("`<<` takes a mapping".to_owned()) };
            for (name, value) in source {
                map.entry(name).or_insert(value);
            }
        }
    }
    Ok(map)
}

/// Number of values inside, itself included, and levels of nesting.
fn measure(value: &Value) -> (usize, usize) {
    let inner: Vec<(usize, usize)> = match value {
        Value::Array(items) => items.iter().map(measure).collect(),
        Value::Object(map) => map.values().map(measure).collect(),
        _ => return (1, 0),
    };
    let nodes = inner.iter().map(|(nodes, _)| nodes).sum::<usize>() + 1;
    (nodes, inner.iter().map(|(_, depth)| depth).max().unwrap_or(&0) + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn one(text: &str) -> Value {
        let (mut documents, fault) = parse(text);
        assert_eq!(fault, None);
        documents.pop().unwrap().value
    }

    #[test]
    fn anchors_and_merge_keys() {
        let value = one("base: &b {cpu: 1, mem: 2}\nweb:\n  mem: 3\n  <<: *b\nlist: [*b, '<<']\n");
        assert_eq!(
            value,
            json!({"base": {"cpu": 1, "mem": 2}, "web": {"cpu": 1, "mem": 3}, "list": [{"cpu": 1, "mem": 2}, "<<"]})
        );
    }

    #[test]
    fn keys_become_text_and_the_last_one_wins() {
        assert_eq!(one("8080: a\non: b\n1.5: c\n8080: d\n"), json!({"8080": "d", "true": "b", "1.5": "c"}));
    }

    #[test]
    fn block_scalars_keep_their_lines() {
        assert_eq!(
            one("a: |\n  x: 1\n  ---\n\n  y\nb: >-\n  one\n  two\n"),
            json!({"a": "x: 1\n---\n\ny\n", "b": "one two"})
        );
    }

    #[test]
    fn documents_before_a_fault_are_kept() {
        let (documents, fault) = parse("a: 1\n---\nb: 2\n---\nc: [1\nd: 2\n");
        assert_eq!(documents.iter().map(|document| document.line).collect::<Vec<_>>(), [1, 3]);
        assert!(fault.is_some_and(|fault| fault.line >= 5));
    }

    #[test]
    fn alias_bombs_are_refused() {
        let mut text = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n".to_owned();
        for level in 1..9 {
            let before = level - 1;
            let aliases = vec![format!("*a{before}"); 10].join(",");
            text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        assert!(parse(&text).1.is_some_and(|fault| fault.message.contains("multiply")));
    }

    #[test]
    fn null_keys_and_deep_nesting_are_refused() {
        assert!(parse("~: 1\n").1.is_some());
        assert!(parse("? [a]\n: 1\n").1.is_some());
        assert!(parse(&"[".repeat(100_000)).1.is_some());
    }
}
