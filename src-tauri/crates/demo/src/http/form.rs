//! The form in which objects are sent: whole, as metadata only, or as rows of a table.

use serde_json::{Value, json};

use super::columns;
use super::refusal::Refusal;
use crate::kinds::Kind;
use crate::store::Object;
use crate::time::Time;

/// What the `Accept` header asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Whole,
    Metadata,
    /// A table; each row carries this much of its object.
    Table(Include),
}

/// `includeObject` of a table request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Include {
    Nothing,
    Metadata,
    Object,
}

impl Form {
    /// The first form of the header that is spoken here.
    pub(crate) fn accepted(accept: &str, include: Option<&str>) -> Result<Self, Refusal> {
        if accept.trim().is_empty() {
            return Ok(Self::Whole);
        }
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default();
            if !matches!(media, "application/json" | "*/*" | "application/*") {
                continue;
            }
            let shape = parts.find_map(|part| part.strip_prefix("as="));
            match shape {
                None => return Ok(Self::Whole),
                Some("Table") => {
                    let include = match include {
                        Some("None") => Include::Nothing,
                        Some("Object") => Include::Object,
                        _ => Include::Metadata,
                    };
                    return Ok(Self::Table(include));
                }
                Some("PartialObjectMetadata" | "PartialObjectMetadataList") => {
                    return Ok(Self::Metadata);
                }
                Some(_) => {}
            }
        }
        Err(Refusal::not_acceptable())
    }
}

/// Writes objects of one kind in one form.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    pub(crate) form: Form,
    pub(crate) kind: Kind,
    pub(crate) now: Time,
    type_prefix: String,
}

impl Writer {
    pub(crate) fn new(form: Form, kind: Kind, now: Time) -> Self {
        let type_prefix = match form {
            Form::Metadata => "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",".to_owned(),
            _ if kind.custom => format!("{{\"apiVersion\":\"{}\",\"kind\":\"{}\",", kind.api_version(), kind.kind),
            _ => format!("{{\"kind\":\"{}\",\"apiVersion\":\"{}\",", kind.kind, kind.api_version()),
        };
        Self { form, kind, now, type_prefix }
    }

    /// The object as the answer to a get, or as `object` of a watch event. `header` adds the column
    /// definitions to a table: only the first event of a watch carries them.
    pub(crate) fn single(&self, out: &mut Vec<u8>, object: &Object, header: bool) {
        match self.form {
            Form::Whole => self.whole(out, object),
            Form::Metadata => {
                out.extend_from_slice(self.type_prefix.as_bytes());
                out.extend_from_slice(object.metadata());
                out.push(b'}');
            }
            Form::Table(_) => {
                let version = object.version.to_string();
                self.table_start(out, json!({"resourceVersion": version}), header);
                self.item(out, object);
                out.extend_from_slice(b"]}");
            }
        }
    }

    /// One element of a list.
    pub(crate) fn item(&self, out: &mut Vec<u8>, object: &Object) {
        match self.form {
            Form::Whole if self.kind.view_of.is_some() => {
                let value = as_new_event(object.value());
                out.extend_from_slice(value.to_string().as_bytes());
            }
            Form::Whole if self.kind.custom => self.whole(out, object),
            Form::Whole => {
                out.push(b'{');
                out.extend_from_slice(object.tail());
            }
            Form::Metadata => self.single(out, object, false),
            Form::Table(include) => {
                let cells = columns::row(&self.kind, &object.value(), self.now);
                out.extend_from_slice(b"{\"cells\":");
                out.extend_from_slice(Value::Array(cells).to_string().as_bytes());
                match include {
                    Include::Nothing => {}
                    Include::Metadata => {
                        out.extend_from_slice(
                            b",\"object\":{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",",
                        );
                        out.extend_from_slice(object.metadata());
                        out.push(b'}');
                    }
                    Include::Object => {
                        out.extend_from_slice(b",\"object\":");
                        self.whole(out, object);
                    }
                }
                out.push(b'}');
            }
        }
    }

    /// All of a list before its first element, given the list's own metadata.
    pub(crate) fn list_start(&self, out: &mut Vec<u8>, metadata: Value) {
        let (kind, version) = match self.form {
            Form::Table(_) => return self.table_start(out, metadata, true),
            Form::Metadata => ("PartialObjectMetadataList".to_owned(), "meta.k8s.io/v1".to_owned()),
            Form::Whole => (format!("{}List", self.kind.kind), self.kind.api_version()),
        };
        out.extend_from_slice(
            format!("{{\"kind\":\"{kind}\",\"apiVersion\":\"{version}\",\"metadata\":{metadata},\"items\":[")
                .as_bytes(),
        );
    }

    /// An object of this form with nothing but metadata, as bookmarks carry it.
    pub(crate) fn empty(&self, metadata: Value) -> Value {
        match self.form {
            Form::Whole => json!({
                "kind": self.kind.kind,
                "apiVersion": self.kind.api_version(),
                "metadata": metadata,
            }),
            Form::Metadata => json!({
                "kind": "PartialObjectMetadata",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": metadata,
            }),
            Form::Table(_) => json!({
                "kind": "Table",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": {"resourceVersion": metadata["resourceVersion"]},
                "columnDefinitions": null,
                "rows": [{
                    "cells": [],
                    "object": {
                        "kind": "PartialObjectMetadata",
                        "apiVersion": "meta.k8s.io/v1",
                        "metadata": metadata,
                    },
                }],
            }),
        }
    }

    fn table_start(&self, out: &mut Vec<u8>, metadata: Value, header: bool) {
        let definitions = if header { columns::definitions(&self.kind) } else { Value::Null };
        out.extend_from_slice(
            format!(
                "{{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{metadata},\
                 \"columnDefinitions\":{definitions},\"rows\":["
            )
            .as_bytes(),
        );
    }

    fn whole(&self, out: &mut Vec<u8>, object: &Object) {
        if self.kind.view_of.is_some() {
            let mut value = as_new_event(object.value());
            value["kind"] = self.kind.kind.as_ref().into();
            value["apiVersion"] = self.kind.api_version().into();
            out.extend_from_slice(value.to_string().as_bytes());
            return;
        }
        out.extend_from_slice(self.type_prefix.as_bytes());
        out.extend_from_slice(object.tail());
    }
}

/// A core event in the form of `events.k8s.io/v1`: the same facts under other names.
fn as_new_event(mut event: Value) -> Value {
    const RENAMED: &[(&str, &str)] = &[
        ("involvedObject", "regarding"),
        ("message", "note"),
        ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"),
        ("reportingComponent", "reportingController"),
    ];
    if let Some(fields) = event.as_object_mut() {
        for (old, new) in RENAMED {
            if let Some(value) = fields.remove(*old) {
                fields.insert((*new).to_owned(), value);
            }
        }
    }
    event
}
