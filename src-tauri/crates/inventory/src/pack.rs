//! Bodies at rest: trimmed JSON, compressed with zstd against a dictionary of the kind.
//!
//! Objects of one kind repeat each other's field names and most of their values, so a dictionary made of the first few
//! brings a Pod from 4 KB of JSON to about 600 bytes, where plain zstd leaves 1.5 KB.

use std::sync::Arc;

use serde_json::Value;
use zstd::zstd_safe::{CCtx, CDict, DCtx, DDict};

/// Text gathered before a kind gets its dictionary. Larger gives little: the repetition is in the first objects.
const DICTIONARY_BYTES: usize = 24 * 1024;
/// Past this, zstd spends more time for less than 3 % of size.
const LEVEL: i32 = 3;

/// A compressed body.
#[derive(Clone)]
pub(crate) struct Packed {
    bytes: Box<[u8]>,
    length: u32,
    dictionary: Option<Arc<DDict<'static>>>,
}

impl Packed {
    /// The body again; `Value::Null` could only come from memory corruption, as only this module writes the bytes.
    pub(crate) fn unpack(&self, context: &mut DCtx<'_>) -> Value {
        let mut text = Vec::with_capacity(self.length as usize);
        let read = match &self.dictionary {
            Some(dictionary) => context.decompress_using_ddict(&mut text, &self.bytes, dictionary),
            None => context.decompress(&mut text, &self.bytes),
        };
        match read {
            Ok(_) => serde_json::from_slice(&text).unwrap_or(Value::Null),
            Err(_) => Value::Null,
        }
    }

    /// Bytes on the heap, the shared dictionary not counted.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len()
    }
}

/// What compresses the objects of one kind.
#[derive(Default)]
pub(crate) struct KindPacker {
    sample: Vec<u8>,
    dictionary: Option<(CDict<'static>, Arc<DDict<'static>>)>,
}

/// The reusable part: one per inventory.
pub(crate) struct Packer {
    context: CCtx<'static>,
    text: Vec<u8>,
    out: Vec<u8>,
}

impl Packer {
    pub(crate) fn new() -> Self {
        Self { context: CCtx::create(), text: Vec::new(), out: Vec::new() }
    }

    pub(crate) fn pack(&mut self, kind: &mut KindPacker, body: &Value) -> Packed {
        self.text.clear();
        if serde_json::to_writer(&mut self.text, body).is_err() {
            // A `Value` always serialises into memory; an empty body is the honest answer if that ever changes.
            self.text.clear();
        }
        self.out.clear();
        self.out.reserve(zstd::zstd_safe::compress_bound(self.text.len()));
        let (written, dictionary) = match &kind.dictionary {
            Some((pack, unpack)) => {
                (self.context.compress_using_cdict(&mut self.out, &self.text, pack), Some(Arc::clone(unpack)))
            }
            None => (self.context.compress(&mut self.out, &self.text, LEVEL), None),
        };
        debug_assert!(written.is_ok(), "the buffer has zstd's own bound");
        if kind.dictionary.is_none() {
            kind.sample.extend_from_slice(&self.text);
            if kind.sample.len() >= DICTIONARY_BYTES {
                kind.sample.truncate(DICTIONARY_BYTES * 2);
                kind.dictionary = Some((CDict::create(&kind.sample, LEVEL), Arc::new(DDict::create(&kind.sample))));
                kind.sample = Vec::new();
            }
        }
        Packed {
            bytes: self.out.as_slice().into(),
            length: u32::try_from(self.text.len()).unwrap_or(u32::MAX),
            dictionary,
        }
    }
}
