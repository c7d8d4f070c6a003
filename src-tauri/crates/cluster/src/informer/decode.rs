//! Bytes of the API → objects. Of `managedFields`, a third of every answer, only who wrote and when is read; the rest
//! never becomes a value.

use std::fmt;
use std::sync::Arc;

use model::{Actor, Object, ResourceKey, ResourceKind};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::secret;

/// One page of a list.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) objects: Vec<Object>,
    pub(crate) head: Head,
}

/// What a list says of itself.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Head {
    /// The version that a watch goes on from.
    pub(crate) resource_version: String,
    /// Asks for the next page; empty at the end.
    #[serde(rename = "continue")]
    pub(crate) next: String,
}

/// One line of a watch.
#[derive(Debug)]
pub(crate) enum Event {
    Upsert(Object),
    Delete { key: ResourceKey, resource_version: Option<Arc<str>> },
    Bookmark { resource_version: String },
    Error { code: u16, message: String },
}

/// Reads a page of objects of `kind`.
pub(crate) fn page(bytes: &[u8], kind: &ResourceKind) -> serde_json::Result<Page> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let page = PageSeed(&Item::new(kind)).deserialize(&mut reader)?;
    reader.end()?;
    Ok(page)
}

/// The head of a page that is still coming in, where `metadata` stands before `items`: so API servers write lists of their
/// own kinds, while those of custom resources have their fields in the order of the alphabet.
pub(crate) fn head(beginning: &[u8]) -> Option<Head> {
    #[derive(Deserialize)]
    struct Beginning {
        metadata: Head,
    }
    let end = beginning.windows(9).position(|window| window == b"\"items\":[")?;
    let mut text = beginning.get(..end)?.to_vec();
    text.extend_from_slice(b"\"items\":[]}");
    serde_json::from_slice::<Beginning>(&text).ok().map(|beginning| beginning.metadata)
}

/// Reads a line of a watch on `kind`.
pub(crate) fn event(line: &[u8], kind: &ResourceKind) -> serde_json::Result<Event> {
    let Line { kind: word, body } = Line::read(line)?;
    let metadata = |name: &str| body.fields.get("metadata").and_then(|metadata| metadata.get(name));
    let version = || metadata("resourceVersion").and_then(Value::as_str);
    match word.as_str() {
        "BOOKMARK" => Ok(Event::Bookmark { resource_version: version().unwrap_or_default().to_owned() }),
        "ERROR" => {
            let code = body
                .fields
                .get("code")
                .and_then(Value::as_u64)
                .and_then(|code| u16::try_from(code).ok())
                .unwrap_or(500);
            let message = body.fields.get("message").and_then(Value::as_str).unwrap_or("the watch ended with an error");
            Ok(Event::Error { code, message: message.to_owned() })
        }
        "DELETED" => {
            let resource_version = version().map(Into::into);
            let object = Item::new(kind).object(body)?;
            Ok(Event::Delete { key: object.key, resource_version })
        }
        "ADDED" | "MODIFIED" => Ok(Event::Upsert(Item::new(kind).object(body)?)),
        other => Err(serde_json::Error::custom(format!("`{other}` is no event of a watch"))),
    }
}

/// Reads one object of `kind`.
pub(crate) fn object(bytes: &[u8], kind: &ResourceKind) -> serde_json::Result<Object> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Item::new(kind).deserialize(&mut reader)
}

/// What all objects of a list share: lists of built-in kinds do not repeat kind and version.
struct Item<'a> {
    kind: &'a ResourceKind,
    api_version: String,
    is_secret: bool,
}

impl<'a> Item<'a> {
    fn new(kind: &'a ResourceKind) -> Self {
        let api_version = kind.api_version();
        let is_secret = secret::is_secret(&api_version, &kind.group_kind.kind);
        Self { kind, api_version, is_secret }
    }

    fn object(&self, Read { fields: mut body, actors }: Read) -> serde_json::Result<Object> {
        // Secrets come as PartialObjectMetadata and are what they are for all that.
        body.insert("apiVersion".to_owned(), Value::String(self.api_version.clone()));
        body.insert("kind".to_owned(), Value::String(self.kind.group_kind.kind.to_string()));
        let mut body = Value::Object(body);
        if self.is_secret {
            secret::strip(&mut body);
        }
        let metadata = body.get("metadata");
        let text = |name: &str| metadata.and_then(|metadata| metadata.get(name)).and_then(Value::as_str);
        let name = text("name").ok_or_else(|| serde_json::Error::custom("an object has no name"))?;
        Ok(Object {
            key: ResourceKey::of(&self.kind.group_kind, text("namespace").unwrap_or_default(), name),
            version: self.kind.version.clone(),
            uid: text("uid").map(Into::into),
            resource_version: text("resourceVersion").map(Into::into),
            body: Arc::new(body),
            actors: actors.into(),
        })
    }
}

impl<'de> DeserializeSeed<'de> for &Item<'_> {
    type Value = Object;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Object, D::Error> {
        let body = Body::Whole.deserialize(deserializer)?;
        self.object(body).map_err(D::Error::custom)
    }
}

/// The fields of an object, and who wrote them in place of `metadata.managedFields`.
#[derive(Debug, Default)]
struct Read {
    fields: Map<String, Value>,
    actors: Vec<Actor>,
}

/// What of an object is read.
enum Body {
    Whole,
    /// Nothing else tells which object is gone.
    Metadata,
}

impl<'de> DeserializeSeed<'de> for Body {
    type Value = Read;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Body {
    type Value = Read;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut read = Read::default();
        while let Some(name) = access.next_key::<String>()? {
            let value = match self {
                _ if name == "metadata" => access.next_value_seed(Metadata(&mut read.actors))?,
                Self::Whole => access.next_value()?,
                Self::Metadata => {
                    access.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            read.fields.insert(name, value);
        }
        Ok(read)
    }
}

struct Metadata<'a>(&'a mut Vec<Actor>);

impl<'de> DeserializeSeed<'de> for Metadata<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Metadata<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object's metadata")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            if name == "managedFields" {
                *self.0 = access.next_value::<Option<_>>()?.unwrap_or_default();
            } else {
                fields.insert(name, access.next_value()?);
            }
        }
        Ok(Value::Object(fields))
    }
}

struct PageSeed<'a>(&'a Item<'a>);

impl<'de> DeserializeSeed<'de> for PageSeed<'_> {
    type Value = Page;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Page, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PageSeed<'_> {
    type Value = Page;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Page, A::Error> {
        let mut page = Page::default();
        let mut has_items = false;
        while let Some(name) = access.next_key::<String>()? {
            match name.as_str() {
                "metadata" => page.head = access.next_value()?,
                "items" => {
                    page.objects = access.next_value_seed(Items(self.0))?;
                    has_items = true;
                }
                _ => {
                    access.next_value::<IgnoredAny>()?;
                }
            }
        }
        if has_items { Ok(page) } else { Err(A::Error::missing_field("items")) }
    }
}

struct Items<'a>(&'a Item<'a>);

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = Vec<Object>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Object>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = Vec<Object>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the items of a list")
    }

    /// Aggregated API servers write `null` for no items.
    fn visit_unit<E>(self) -> Result<Vec<Object>, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Vec<Object>, A::Error> {
        let mut objects = Vec::new();
        while let Some(object) = access.next_element_seed(self.0)? {
            objects.push(object);
        }
        Ok(objects)
    }
}

/// `{"type": .., "object": {..}}`.
struct Line {
    kind: String,
    body: Read,
}

impl Line {
    fn read(line: &[u8]) -> serde_json::Result<Self> {
        let mut reader = serde_json::Deserializer::from_slice(line);
        let line = reader.deserialize_map(LineVisitor)?;
        reader.end()?;
        Ok(line)
    }
}

struct LineVisitor;

impl<'de> Visitor<'de> for LineVisitor {
    type Value = Line;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event of a watch")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Line, A::Error> {
        let (mut kind, mut body) = (None::<String>, None);
        while let Some(name) = access.next_key::<String>()? {
            match name.as_str() {
                "type" => kind = Some(access.next_value()?),
                "object" => {
                    let is_gone = kind.as_deref() == Some("DELETED");
                    body = Some(access.next_value_seed(if is_gone { Body::Metadata } else { Body::Whole })?);
                }
                _ => {
                    access.next_value::<IgnoredAny>()?;
                }
            }
        }
        let kind = kind.ok_or_else(|| A::Error::missing_field("type"))?;
        let body = body.ok_or_else(|| A::Error::missing_field("object"))?;
        Ok(Line { kind, body })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use model::GroupKind;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn kind(group: &str, kind: &str) -> ResourceKind {
        ResourceKind {
            group_kind: GroupKind::new(group, kind),
            version: "v1".into(),
            plural: "x".into(),
            namespaced: true,
        }
    }

    const LIST: &str = r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"41","continue":"abc","remainingItemCount":3},
        "items":[{"metadata":{"name":"web","namespace":"shop","uid":"u","resourceVersion":"7",
        "managedFields":[{"manager":"kubelet","operation":"Update","time":"2026-11-20T14:02:00Z","subresource":"status","fieldsV1":{"f:x":{}}}]},"spec":{"a":[1,2.5,null]}}]}"#;

    #[test]
    fn pages_tell_who_wrote_in_place_of_managed_fields_and_gain_their_kind() {
        let page = page(LIST.as_bytes(), &kind("", "Pod")).unwrap();
        assert_eq!(page.head, Head { resource_version: "41".to_owned(), next: "abc".to_owned() });
        let pod = page.objects.first().unwrap();
        assert_eq!(
            (pod.key.as_str(), pod.uid.as_deref(), pod.resource_version.as_deref()),
            ("core/Pod/shop/web", Some("u"), Some("7"))
        );
        let [actor] = &*pod.actors else { panic!("{:?}", pod.actors) };
        assert_eq!((&*actor.manager, &*actor.operation), ("kubelet", "Update"));
        assert_eq!(
            (actor.time.as_deref(), actor.subresource.as_deref()),
            (Some("2026-11-20T14:02:00Z"), Some("status"))
        );
        assert_eq!(
            *pod.body,
            json!({"apiVersion": "v1", "kind": "Pod", "spec": {"a": [1, 2.5, null]},
                "metadata": {"name": "web", "namespace": "shop", "uid": "u", "resourceVersion": "7"}})
        );
    }

    #[test]
    fn the_head_is_read_before_the_items_are_in() {
        let cut = LIST.find("\"items\":[{").unwrap() + 12;
        assert_eq!(head(LIST.get(..cut).unwrap().as_bytes()).unwrap().next, "abc");
        assert_eq!(head(LIST.get(..40).unwrap().as_bytes()), None);
    }

    #[test]
    fn events_of_a_watch() {
        let read = |text: &str| event(text.as_bytes(), &kind("apps", "Deployment"));
        let object = r#""object":{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","namespace":"n","resourceVersion":"9"}}"#;
        assert!(
            matches!(read(&format!("{{\"type\":\"ADDED\",{object}}}")).unwrap(), Event::Upsert(object) if object.key.as_str() == "apps/Deployment/n/a")
        );
        for line in [format!("{{{object},\"type\":\"DELETED\"}}"), format!("{{\"type\":\"DELETED\",{object}}}")] {
            let Event::Delete { key, resource_version } = read(&line).unwrap() else { panic!("{line} is no deletion") };
            assert_eq!((key.as_str(), resource_version.as_deref()), ("apps/Deployment/n/a", Some("9")));
        }
        let bookmark = r#"{"type":"BOOKMARK","object":{"kind":"Deployment","metadata":{"resourceVersion":"12"}}}"#;
        assert!(matches!(read(bookmark).unwrap(), Event::Bookmark { resource_version } if resource_version == "12"));
        let gone = r#"{"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}}"#;
        assert!(matches!(read(gone).unwrap(), Event::Error { code: 410, message } if message == "too old"));
        assert!(read("{\"type\":\"ADDED\"}").is_err());
    }

    #[test]
    fn secrets_are_metadata_of_their_own_kind() {
        let line = r#"{"type":"ADDED","object":{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","data":{"k":"dg=="},
            "metadata":{"name":"s","namespace":"n","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}}}}"#;
        let Event::Upsert(secret) = event(line.as_bytes(), &kind("", "Secret")).unwrap() else { panic!("no upsert") };
        assert_eq!(
            *secret.body,
            json!({"apiVersion": "v1", "kind": "Secret", "data": {"k": null}, "metadata": {"name": "s", "namespace": "n",
                "annotations": {"kubectl.kubernetes.io/last-applied-configuration": null}}})
        );
    }

    #[test]
    fn truncated_answers_are_errors() {
        for cut in 1..LIST.len() {
            assert!(page(LIST.get(..cut).unwrap().as_bytes(), &kind("", "Pod")).is_err(), "{cut}");
        }
        assert!(page(br#"{"kind":"List","items":null}"#, &kind("", "Pod")).unwrap().objects.is_empty());
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (page(&bytes, &kind("", "Pod")), event(&bytes, &kind("", "Pod")), head(&bytes));
        }
    }
}
