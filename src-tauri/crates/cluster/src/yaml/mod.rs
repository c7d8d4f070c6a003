//! YAML text → JSON values with their lines, by events, so that anchors, merge keys and YAML 1.1 scalars come out as
//! kubectl reads them and every fault has a line. Libraries that read into values keep no lines and follow YAML 1.2; writing needs neither, and
//! is serde-saphyr's (`write`).

mod scalar;
mod write;

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

use crate::offline::Packed;
use scalar::Tag;
pub use write::to_yaml;

/// Collections deeper than this are refused: freeing a JSON value recurses.
const DEPTH_LIMIT: usize = 256;
/// Bytes that anchors and aliases of one source may copy: manifests copy a few kilobytes, while some hundred characters
/// of aliases can stand for terabytes.
const COPY_LIMIT: usize = 48 << 20;
/// What a value takes in memory beside its text: itself, and its share of the collection that holds it.
const NODE_BYTES: usize = 64;

/// What anchors and aliases may still copy. Several texts share one where together they could be a bomb, too.
#[derive(Debug)]
pub(crate) struct Copies {
    left: usize,
}

impl Default for Copies {
    fn default() -> Self {
        Self { left: COPY_LIMIT }
    }
}

impl Copies {
    fn spend(&mut self, bytes: usize) -> Result<(), String> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| {
            format!(
                "its anchors and aliases (&name, *name) copy more than {} MiB; write out what they repeat, or split the \
                 files",
                COPY_LIMIT >> 20
            )
        })?;
        Ok(())
    }
}

/// One document of a text.
#[derive(Debug, PartialEq)]
pub(crate) struct Document {
    /// Line of its first token, counted from 1.
    pub(crate) line: usize,
    pub(crate) value: Value,
    /// What stood in its field `items`, or in the bare list of objects that it is; that list is empty instead: lists of
    /// objects are long.
    pub(crate) items: Vec<Packed>,
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
    let mut documents = Vec::new();
    let options = Reading { copies: &mut Copies::default(), pack_items: false };
    let fault = parse_each(text, options, &mut |document| documents.push(document));
    (documents, fault)
}

/// How a text is read.
pub(crate) struct Reading<'c> {
    /// What is left of a budget for copies.
    pub(crate) copies: &'c mut Copies,
    /// Whether what stands in a document's list `items`, or in a bare list of objects, is packed one by one.
    pub(crate) pack_items: bool,
}

/// Calls `take` with one document after another, and answers what keeps it from reading further.
pub(crate) fn parse_each(text: &str, reading: Reading<'_>, take: &mut dyn FnMut(Document)) -> Option<Fault> {
    let Reading { copies, pack_items } = reading;
    let options = granit_parser::options! { emit_comments: false, block_nesting_limit: DEPTH_LIMIT, flow_nesting_limit: DEPTH_LIMIT };
    let mut loader = Loader {
        whole: None,
        stack: Vec::new(),
        anchors: HashMap::new(),
        copies,
        started_at: 0,
        pack_items,
        items: Vec::new(),
    };
    for next in Parser::new_from_str_with_options(text, options) {
        let step = match next {
            Ok((event, span)) => {
                let line = span.start.line();
                loader.take(event, line).map_err(|message| Fault { line, message })
            }
            Err(error) => Err(Fault { line: error.marker().line(), message: error.info() }),
        };
        if let Err(fault) = step {
            return Some(fault);
        }
        if let Some(document) = loader.whole.take() {
            take(document);
        }
    }
    None
}

struct Loader<'a> {
    /// The document that has just ended.
    whole: Option<Document>,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    copies: &'a mut Copies,
    started_at: usize,
    pack_items: bool,
    items: Vec<Packed>,
}

struct Anchored {
    value: Value,
    size: Size,
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

impl Loader<'_> {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), String> {
        match event {
            Event::DocumentStart(..) => {
                self.stack.clear();
                self.anchors.clear();
                self.items.clear();
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
            return Err(too_deep());
        }
        self.stack.push(Frame { anchor, shape });
        if self.is_in_items() {
            // Of two lists of the name the last one wins.
            self.items.clear();
        }
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
        if self.stack.len() + anchored.size.depth > DEPTH_LIMIT {
            return Err(too_deep());
        }
        self.copies.spend(anchored.size.bytes)?;
        let value = anchored.value.clone();
        self.finish(value, 0)
    }

    /// Whether what ends next is an item of a bare list of objects.
    fn is_in_bare_list(&self, value: &Value) -> bool {
        let [Frame { shape: Shape::Sequence(whole), anchor: 0 }] = self.stack.as_slice() else { return false };
        self.pack_items && whole.is_empty() && (!self.items.is_empty() || may_be_object(value))
    }

    /// Whether what ends next stands in the document's list `items`. One with an anchor may be copied: it stays whole.
    fn is_in_items(&self) -> bool {
        let [Frame { shape: Shape::Mapping { key: Some(Key::Text(key)), .. }, .. }, list] = self.stack.as_slice()
        else {
            return false;
        };
        self.pack_items && key == "items" && list.anchor == 0 && matches!(list.shape, Shape::Sequence(_))
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
            let size = Size::of(&value);
            self.copies.spend(size.bytes)?;
            self.anchors.insert(anchor, Anchored { value: value.clone(), size });
        }
        if self.is_in_items() || self.is_in_bare_list(&value) {
            self.items.push(Packed::new(&value));
            return Ok(());
        }
        match self.stack.last_mut() {
            None => {
                let items = std::mem::take(&mut self.items);
                self.whole = Some(Document { line: self.started_at, value, items });
            }
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

/// Whether a value says what kind of object it is.
pub(crate) fn may_be_object(value: &Value) -> bool {
    value.get("kind").is_some()
}

/// What kind of value it is, for messages that must not repeat it.
pub(crate) fn what(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

fn too_deep() -> String {
    format!("nested deeper than {DEPTH_LIMIT} levels")
}

/// What a copy of a value costs.
struct Size {
    bytes: usize,
    /// Levels of nesting.
    depth: usize,
}

impl Size {
    fn of(value: &Value) -> Self {
        let mut size = Self { bytes: NODE_BYTES, depth: 0 };
        match value {
            Value::String(text) => size.bytes += text.len(),
            Value::Array(items) => items.iter().for_each(|item| size.add(item)),
            Value::Object(map) => map.iter().for_each(|(name, value)| {
                size.bytes += NODE_BYTES + name.len();
                size.add(value);
            }),
            _ => {}
        }
        size
    }

    fn add(&mut self, inner: &Value) {
        let inner = Self::of(inner);
        self.bytes = self.bytes.saturating_add(inner.bytes);
        self.depth = self.depth.max(inner.depth + 1);
    }
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
        assert!(parse(&text).1.is_some_and(|fault| fault.message.contains("copy more than 48 MiB")));
    }

    #[test]
    fn long_texts_and_nested_anchors_are_counted_in_bytes() {
        let long = "A".repeat(100_000);
        let aliases = "*a,".repeat(1_000);
        let nested: String = (0..200).map(|level| format!("&n{level} [")).collect();
        for bomb in [
            format!("a: &a {long}\nb: [{aliases}]\n"),
            format!("{nested}{}{}", format!("{long},").repeat(5), "]".repeat(200)),
        ] {
            assert!(parse(&bomb).1.is_some_and(|fault| fault.message.contains("copy more than 48 MiB")));
        }
    }

    #[test]
    fn many_texts_share_one_budget() {
        let text = format!("a: &a {}\nb: [*a, *a, *a]\n", "A".repeat(1 << 20));
        let mut copies = Copies::default();
        let faults = (0..20)
            .filter(|_| parse_each(&text, Reading { copies: &mut copies, pack_items: false }, &mut |_| {}).is_some())
            .count();
        assert!((1..20).contains(&faults), "{faults}");
    }

    #[test]
    fn null_keys_and_deep_nesting_are_refused() {
        assert!(parse("~: 1\n").1.is_some());
        assert!(parse("? [a]\n: 1\n").1.is_some());
        assert!(parse(&"[".repeat(100_000)).1.is_some());
    }
}
