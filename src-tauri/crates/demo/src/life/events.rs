//! Events, counted as the recorders of the components count them, and forgotten after an hour.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::pod::Pod;
use super::{Action, World};
use crate::random::hash;
use crate::time::{HOUR, MINUTE, Time};

/// How long events are kept: the API server's default.
const KEPT: i64 = HOUR;

/// The events that are there, by what makes two of them the same.
#[derive(Debug, Default)]
pub(crate) struct EventLog(BTreeMap<String, Entry>);

#[derive(Debug)]
struct Entry {
    object: Value,
    count: u32,
    last: Time,
}

/// What an event is about.
#[derive(Clone, Debug)]
pub(crate) struct About {
    pub(crate) api_version: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) field_path: Option<String>,
}

/// Which component says it, on which host.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) component: &'static str,
    pub(crate) host: String,
}

impl Source {
    pub(crate) fn of(component: &'static str) -> Self {
        Self { component, host: String::new() }
    }
}

/// When something was said: the first time, the last time, how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub(crate) first: Time,
    pub(crate) last: Time,
    pub(crate) count: u32,
}

impl Said {
    pub(crate) const fn once(at: Time) -> Self {
        Self { first: at, last: at, count: 1 }
    }
}

impl About {
    pub(crate) fn pod(pod: &Pod) -> Self {
        Self {
            api_version: "v1",
            kind: "Pod",
            namespace: pod.namespace.clone(),
            name: pod.name.clone(),
            uid: pod.uid.clone(),
            field_path: None,
        }
    }

    /// The first container of a pod.
    pub(crate) fn container(pod: &Pod) -> Self {
        let name = pod.spec["containers"][0]["name"].as_str().unwrap_or("");
        Self { field_path: Some(format!("spec.containers{{{name}}}")), ..Self::pod(pod) }
    }
}

impl World {
    /// Says something now.
    pub(crate) fn say(&mut self, about: &About, source: &Source, kind: &str, reason: &str, message: &str) {
        self.record(about, source, kind, reason, message, Said::once(self.now));
    }

    /// Records an event; one with the same source, object, reason and message is counted up instead.
    pub(crate) fn record(
        &mut self,
        about: &About,
        source: &Source,
        kind: &str,
        reason: &str,
        message: &str,
        said: Said,
    ) {
        if said.last.plus(KEPT) <= self.now {
            return;
        }
        let identity = format!(
            "{}|{}|{}|{kind}|{reason}|{message}",
            source.component,
            about.uid,
            about.field_path.as_deref().unwrap_or("")
        );
        if let Some(entry) = self.events.0.get_mut(&identity) {
            entry.count += said.count;
            entry.last = said.last;
            entry.object["count"] = entry.count.into();
            entry.object["lastTimestamp"] = said.last.rfc3339().into();
            let object = entry.object.clone();
            self.update(object);
            return;
        }
        let namespace = if about.namespace.is_empty() { "default" } else { about.namespace.as_str() };
        let digits = hash(self.seed, &[&identity, &said.first.millis().to_string()]);
        let name = format!("{}.{digits:016x}", about.name);
        let metadata = self.metadata("Event", namespace, &name, said.first);
        let mut involved = json!({
            "apiVersion": about.api_version,
            "kind": about.kind,
            "name": about.name,
            "uid": about.uid,
        });
        if !about.namespace.is_empty() {
            involved["namespace"] = about.namespace.as_str().into();
        }
        if let Some(path) = &about.field_path {
            involved["fieldPath"] = path.as_str().into();
        }
        let mut from = json!({"component": source.component});
        if !source.host.is_empty() {
            from["host"] = source.host.as_str().into();
        }
        let object = json!({
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": metadata,
            "involvedObject": involved,
            "reason": reason,
            "message": message,
            "source": from,
            "firstTimestamp": said.first.rfc3339(),
            "lastTimestamp": said.last.rfc3339(),
            "count": said.count,
            "type": kind,
            "eventTime": null,
            "reportingComponent": source.component,
            "reportingInstance": source.host,
        });
        self.events.0.insert(identity, Entry { object: object.clone(), count: said.count, last: said.last });
        self.update(object);
    }

    /// Takes away what was last said too long ago.
    pub(crate) fn expire_events(&mut self) {
        let now = self.now;
        let old: Vec<String> = self
            .events
            .0
            .iter()
            .filter(|(_, entry)| entry.last.plus(KEPT) <= now)
            .map(|(identity, _)| identity.clone())
            .collect();
        for identity in old {
            if let Some(entry) = self.events.0.remove(&identity)
                && let Some((id, key)) = self.locate(&entry.object)
            {
                self.store.delete(id, &key);
            }
        }
        self.plan(MINUTE, Action::Expire);
    }
}
