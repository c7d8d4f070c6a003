//! One text → its documents, YAML or JSON, each with its number and line, or what is wrong with it.
//!
//! The log text that `kubectl cluster-info dump` mixes into its output is blanked first, which keeps the lines true.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::packed::Packed;
use crate::yaml::{self, Copies, Document, Reading};

/// A document of a text, or what was wrong with it.
#[derive(Debug)]
pub(super) struct Piece {
    /// Counted from 1 over the whole text, malformed ones included.
    pub(super) number: usize,
    /// Line where it begins, or where it is wrong; counted from 1.
    pub(super) line: usize,
    /// The value, or a sentence.
    pub(super) value: Result<Whole, String>,
}

/// A value, the items of a list apart.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) value: Value,
    /// What stood in its field `items`, or in the bare list that it is; that list is empty instead.
    pub(super) items: Vec<Packed>,
}

impl From<Value> for Whole {
    fn from(value: Value) -> Self {
        Self { value, items: Vec::new() }
    }
}

/// Splits a text into documents, one after another. Empty documents and documents of comments alone do not count.
pub(super) fn documents(text: &str, copies: &mut Copies, take: &mut dyn FnMut(Piece)) {
    let text = without_logs(text);
    let mut number = 0;
    for (line, chunk) in chunks(&text) {
        let first = chunk.trim_start_matches("---").trim_start();
        if is_blank(chunk) {
            continue;
        }
        let mut found = |offset, value| {
            number += 1;
            take(Piece { number, line: line + offset, value });
        };
        if first.starts_with(['{', '[']) {
            json_or_flow(chunk, copies, &mut found);
        } else {
            yaml_documents(chunk, copies, &mut found);
        }
    }
}

/// Takes a line (counted from 0 inside the chunk) and a value.
type Take<'t> = &'t mut dyn FnMut(usize, Result<Whole, String>);

/// Cuts at lines that begin with `---`, which no document can hold in its first column. Each chunk comes with the
/// number of its first line.
fn chunks(text: &str) -> Vec<(usize, &str)> {
    let mut chunks = Vec::new();
    let (mut start, mut start_line, mut at) = (0, 1, 0);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let separates =
            line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']));
        let before = text.get(start..at).unwrap_or_default();
        // Directives belong to the document whose marker follows them.
        if separates && at > start && !is_directives(before) {
            chunks.push((start_line, before));
            (start, start_line) = (at, index + 1);
        }
        at += line.len();
    }
    chunks.push((start_line, text.get(start..).unwrap_or_default()));
    chunks
}

fn is_blank(chunk: &str) -> bool {
    let chunk = chunk.strip_prefix("---").unwrap_or(chunk);
    chunk
        .lines()
        .all(|line| matches!(line.trim_start().as_bytes().first(), None | Some(b'#')) || line.trim_end() == "...")
}

fn is_directives(chunk: &str) -> bool {
    chunk.starts_with('%') && chunk.lines().all(|line| line.starts_with(['%', '#']) || line.trim().is_empty())
}

fn yaml_documents(chunk: &str, copies: &mut Copies, take: Take<'_>) {
    let fault = yaml::parse_each(chunk, Reading { copies, pack_items: true }, &mut |document| {
        if !document.value.is_null() {
            let Document { line, value, items } = document;
            take(line.saturating_sub(1), Ok(Whole { value, items }));
        }
    });
    if let Some(fault) = fault {
        take(fault.line.saturating_sub(1), Err(fault.message));
    }
}

/// A JSON text from here on is read item by item.
const LONG: usize = 1 << 20;

/// JSON values one after another, as `kubectl get -o json` and `cluster-info dump` print them; where the text is no
/// JSON it may still be YAML's flow style.
fn json_or_flow(chunk: &str, copies: &mut Copies, take: Take<'_>) {
    let text = chunk.strip_prefix("---").unwrap_or(chunk);
    let skipped = chunk.len() - text.len();
    let mut found = false;
    let mut at = skipped;
    let mut lines = Lines { text: chunk, at: 0, passed: 0 };
    while let Some(rest) = chunk.get(at..).filter(|rest| !rest.trim().is_empty()) {
        let begin = at + (rest.len() - rest.trim_start().len());
        let (value, length) = json_value(chunk.get(begin..).unwrap_or_default());
        match value {
            Some(Ok(value)) => {
                take(lines.before(begin), Ok(value));
                at = begin + length;
            }
            Some(Err(error)) => {
                if !found {
                    let mut documents = Vec::new();
                    let reading = Reading { copies, pack_items: false };
                    if yaml::parse_each(chunk, reading, &mut |document| documents.push(document)).is_none() {
                        for document in documents {
                            take(document.line.saturating_sub(1), Ok(document.value.into()));
                        }
                        return;
                    }
                }
                let line = lines.before(begin) + error.line().saturating_sub(1);
                take(line, Err(without_place(&error.to_string())));
                at = resume(chunk, begin);
            }
            None => break,
        }
        found = true;
    }
}

/// The first value of a text, and how long it is. Of a long one the items of a list stay text.
fn json_value(text: &str) -> (Option<serde_json::Result<Whole>>, usize) {
    if text.len() > LONG {
        let mut texts = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        if let Some(Ok(raw)) = texts.next()
            && raw.get().len() > LONG
            && let Some(whole) = long_list(raw.get())
        {
            return (Some(Ok(whole)), texts.byte_offset());
        }
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next();
    (value.map(|value| value.map(Whole::from)), values.byte_offset())
}

fn long_list(text: &str) -> Option<Whole> {
    if text.starts_with('[') {
        return long_array(text);
    }
    let mut fields: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
    let list = fields.remove("items")?;
    let items: Vec<&RawValue> = serde_json::from_str(list.get()).ok()?;
    let mut value = Map::new();
    for (name, field) in fields {
        value.insert(name, serde_json::from_str(field.get()).ok()?);
    }
    value.insert("items".to_owned(), Value::Array(Vec::new()));
    Some(Whole { value: Value::Object(value), items: packed(items) })
}

/// A bare list of objects, as `jq .items` prints it.
fn long_array(text: &str) -> Option<Whole> {
    let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    let first: Value = serde_json::from_str(items.first()?.get()).ok()?;
    yaml::may_be_object(&first).then(|| Whole { value: Value::Array(Vec::new()), items: packed(items) })
}

fn packed(items: Vec<&RawValue>) -> Vec<Packed> {
    items.into_iter().map(|item| Packed::of_text(item.get())).collect()
}

/// Where reading goes on behind a malformed value: at the next line that opens a value in its first column.
fn resume(chunk: &str, from: usize) -> usize {
    let rest = chunk.get(from..).unwrap_or_default();
    rest.find("\n{").map_or(chunk.len(), |offset| from + offset + 1)
}

/// Counts lines on the way through a text: counting from its beginning for every value takes the square of its length.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    passed: usize,
}

impl Lines<'_> {
    /// How many lines end before `at`, which never decreases.
    fn before(&mut self, at: usize) -> usize {
        let passed = self.text.as_bytes().get(self.at..at).unwrap_or_default();
        self.passed += passed.iter().filter(|&&byte| byte == b'\n').count();
        self.at = at;
        self.passed
    }
}

/// serde_json ends its messages in ` at line 3 column 4`, counted from where the value begins.
fn without_place(message: &str) -> String {
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message).to_owned()
}

const LOGS_BEGIN: &str = "==== START logs for container ";

/// Blanks the log sections: `==== START logs for container C of pod NS/P ====` until the matching `==== END`, which
/// may stand at the end of a log line that has no newline of its own.
fn without_logs(text: &str) -> Cow<'_, str> {
    let starts_line = |at: usize| at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n');
    let mut clean = String::new();
    let mut kept = 0;
    let mut search = 0;
    while let Some(offset) = text.get(search..).and_then(|rest| rest.find(LOGS_BEGIN)) {
        let begin = search + offset;
        search = begin + LOGS_BEGIN.len();
        if !starts_line(begin) {
            continue;
        }
        let header = text.get(begin..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let footer = header.replacen("START", "END", 1);
        let rest = text.get(search..).unwrap_or_default();
        // A dump that was cut off has no footer: the logs run to its end.
        let end = rest.find(&footer).map_or(text.len(), |offset| search + offset + footer.len());
        clean.push_str(text.get(kept..begin).unwrap_or_default());
        clean.extend(text.get(begin..end).unwrap_or_default().bytes().filter(|&byte| byte == b'\n').map(|_| '\n'));
        (kept, search) = (end, end);
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    clean.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    fn check(text: &str, expected: &str) {
        let mut actual = String::new();
        documents(text, &mut Copies::default(), &mut |piece| {
            let value = piece.value.map_or_else(|error| format!("ERROR {error}"), |whole| whole.value.to_string());
            let _ = writeln!(actual, "{}@{} {value}", piece.number, piece.line);
        });
        assert_eq!(actual.trim_end(), expected);
    }

    #[test]
    fn yaml_documents_with_their_lines() {
        check("# head\n---\na: 1\n---\n# nothing\n---\n--- # third\nb: 2\n...\n", "1@3 {\"a\":1}\n2@8 {\"b\":2}");
        check("%YAML 1.1\n---\na: yes\n", "1@3 {\"a\":true}");
        check("a: |\n  ---\n  x\n", "1@1 {\"a\":\"---\\nx\\n\"}");
        check("\r\n---\r\na: 1\r\n---\r\nb: 2\r\n", "1@3 {\"a\":1}\n2@5 {\"b\":2}");
    }

    #[test]
    fn json_values_one_after_another() {
        check("{\n \"a\": 1\n}\n{\"b\": 2} {\"c\": 3}\n", "1@1 {\"a\":1}\n2@4 {\"b\":2}\n3@4 {\"c\":3}");
        check("---\n{\"a\": 1}\n---\n[1]\n", "1@2 {\"a\":1}\n2@4 [1]");
        check("{a: 1, # flow style\n b: 2}\n", "1@1 {\"a\":1,\"b\":2}");
    }

    #[test]
    fn a_malformed_document_is_named_and_the_rest_is_read() {
        check(
            "a: 1\n---\nb: [1\nc: 2\n---\nd: 3\n",
            "1@1 {\"a\":1}\n2@4 ERROR illegal placement of ':' indicator\n3@6 {\"d\":3}",
        );
        check("{\"a\": 1}\n{\"b\": \n}\n{\"c\": 3}\n", "1@1 {\"a\":1}\n2@3 ERROR expected value\n3@4 {\"c\":3}");
    }

    #[test]
    fn logs_of_a_dump_are_left_out() {
        check(
            "{\"a\": 1}\n==== START logs for container c of pod ns/p ====\n{\"level\": \"error\n---\nhalf a line==== END logs for container c of pod ns/p ====\n{\"b\": 2}\n",
            "1@1 {\"a\":1}\n2@6 {\"b\":2}",
        );
        check("a: 1\n==== START logs for container c of pod ns/p ====\n: : :\n", "1@1 {\"a\":1}");
    }
}
