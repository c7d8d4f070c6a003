//! One copy of what many objects say: keys they refer to, paths of fields, labels, words of status.
//!
//! Objects that stand together (they come ordered by kind and namespace) repeat each other. A pool lives as long as one
//! stretch of them is read, so that it stays small and needs no lock.

use std::fmt::{Display, Write as _};
use std::sync::Arc;

use model::ResourceKey;
use rustc_hash::{FxHashMap, FxHashSet};

#[derive(Debug, Default)]
pub(crate) struct Pool {
    buffer: String,
    keys: FxHashSet<ResourceKey>,
    texts: FxHashSet<Arc<str>>,
    fields: FxHashMap<Arc<str>, Arc<[Arc<str>]>>,
}

impl Pool {
    /// The key of group, kind, namespace and name.
    pub(crate) fn key(&mut self, parts: [&str; 4]) -> ResourceKey {
        let mut known = true;
        let key = ResourceKey::new_or_known(&mut self.buffer, parts, |text| {
            let key = self.keys.get(text).cloned();
            known = key.is_some();
            key
        });
        if !known {
            self.keys.insert(key.clone());
        }
        key
    }

    /// A text.
    pub(crate) fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let text: Arc<str> = text.into();
        self.texts.insert(text.clone());
        text
    }

    /// A text that is composed by `write`.
    pub(crate) fn composed(&mut self, write: impl FnOnce(&mut String)) -> Arc<str> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        write(&mut buffer);
        let text = self.text(&buffer);
        self.buffer = buffer;
        text
    }

    /// A list of one field.
    pub(crate) fn field(&mut self, field: impl Display) -> Arc<[Arc<str>]> {
        self.buffer.clear();
        // Writing into a string cannot fail.
        let _ = write!(self.buffer, "{field}");
        if let Some(known) = self.fields.get(self.buffer.as_str()) {
            return known.clone();
        }
        let text: Arc<str> = self.buffer.as_str().into();
        let list: Arc<[Arc<str>]> = Arc::from([text.clone()]);
        self.fields.insert(text, list.clone());
        list
    }
}
