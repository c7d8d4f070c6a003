//! Scenarios as data: manifests as a person writes them, with notes on how each workload behaves.
//!
//! A document may leave out what follows from elsewhere: `apiVersion` (from the kind), the namespace (from the
//! file), the labels, selector and template labels of an `app`. The key `demo` holds the notes; it never
//! reaches the API.

mod shorthand;

use serde::Deserialize;
use serde_json::Value;

use crate::life::behaviour::Behaviour;
use crate::time::{DAY, HOUR, MINUTE, SECOND};
use crate::usage::Load;

/// The files of scenario `shop`: the namespace that is meant where a document names none, and the text.
const SHOP: &[(&str, &str)] = &[
    ("", include_str!("shop/cluster.yaml")),
    ("", include_str!("shop/definitions.yaml")),
    ("kube-system", include_str!("shop/kube-system.yaml")),
    ("shop", include_str!("shop/shop.yaml")),
    ("payments", include_str!("shop/payments.yaml")),
    ("data", include_str!("shop/data.yaml")),
    ("monitoring", include_str!("shop/monitoring.yaml")),
];

/// One object of a scenario.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    pub(crate) object: Value,
    pub(crate) notes: Notes,
}

/// What is known of an object beside its manifest.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Notes {
    /// How old it is at the start, `47d`.
    pub(crate) age: Option<Span>,
    /// The revision that a workload is at.
    pub(crate) revision: Option<u32>,
    /// How long ago the current revision was rolled out.
    pub(crate) rolled: Option<Span>,
    /// The template before the current revision.
    pub(crate) before: Option<Before>,
    /// How its pods behave.
    pub(crate) behaviour: Behaviour,
    /// Replicas of the current revision, where a rollout has not got further.
    pub(crate) updated: Option<u32>,
    /// Replicas that the revision before still has, where surge lets it keep more than the rest.
    pub(crate) kept: Option<u32>,
    /// Usual CPU use of all its pods together, in millicores.
    pub(crate) cpu: Option<u32>,
    /// Usual memory use of a pod, in MiB.
    pub(crate) memory: Option<u32>,
    /// By how many percent its CPU use swings.
    pub(crate) swing: Option<u32>,
    /// Restarts that its pods have behind them.
    pub(crate) restarts: u32,
    /// How long ago one of its pods was evicted, and is still there.
    pub(crate) evicted: Option<Span>,
    /// The style of its log.
    pub(crate) logs: Option<String>,
    /// Sentences of its log, blanks as `{n}`, `{ms}`, `{ip}`, `{id}`; `warn: ` or `error: ` in front of those said in need.
    pub(crate) says: Vec<String>,
    /// How long a run of a job takes.
    pub(crate) takes: Option<Span>,
    /// How many pods of the start the node gets, in proportion.
    pub(crate) weight: u32,
    /// The node's condition that is true although it should not be.
    pub(crate) pressure: Option<String>,
    /// What is wrong here, on purpose.
    pub(crate) incident: Option<Incident>,
}

impl Notes {
    /// What its pods use.
    pub(crate) fn load(&self) -> Load {
        Load {
            memory: self.memory.unwrap_or(64).into(),
            cpu: self.cpu.unwrap_or(40).into(),
            swing: self.swing.unwrap_or(15).into(),
        }
    }
}

/// The template of the revision before, as differences to the current one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Before {
    /// The image of the first container.
    pub(crate) image: Option<String>,
    /// Environment variables that the first container did not have.
    pub(crate) without_env: Vec<String>,
}

/// Something that is wrong in a scenario, on purpose.
#[derive(Clone, Debug, Deserialize)]
pub struct Incident {
    /// Its name, `missing-secret-key`.
    pub name: String,
    /// One sentence of what is wrong.
    pub what: String,
    /// The object that shows it: `Kind namespace/name`.
    #[serde(default)]
    pub object: String,
}

/// A length of time in milliseconds, written `2d`, `3h`, `47m`, `20s` or `1d4h`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Span(pub(crate) i64);

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut total = 0;
        let mut number = String::new();
        for letter in text.chars() {
            let unit = match letter {
                'd' => DAY,
                'h' => HOUR,
                'm' => MINUTE,
                's' => SECOND,
                digit => {
                    number.push(digit);
                    continue;
                }
            };
            let count: i64 = number.parse().map_err(|_| format!("`{text}` is not a length of time"))?;
            total += count * unit;
            number.clear();
        }
        if number.is_empty() { Ok(Self(total)) } else { Err(format!("`{text}` does not end in a unit")) }
    }
}

/// A scenario's data cannot be used. It is part of the program, so a test keeps this from happening.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// A file is not YAML.
    #[error("scenario file of namespace `{namespace}`: {source}")]
    Yaml {
        /// The namespace that the file describes.
        namespace: &'static str,
        /// What the parser says.
        #[source]
        source: Box<serde_saphyr::Error>,
    },
    /// The notes of an object do not have the expected form.
    #[error("notes of {object}: {source}")]
    Notes {
        /// The object.
        object: String,
        /// What the parser says.
        #[source]
        source: serde_json::Error,
    },
}

/// The manifests of scenario `shop`.
pub(crate) fn shop() -> Result<Vec<Manifest>, ScenarioError> {
    let mut manifests = Vec::new();
    for (namespace, text) in SHOP.iter().copied() {
        let documents: Vec<Value> = serde_saphyr::from_multiple(text)
            .map_err(|source| ScenarioError::Yaml { namespace, source: Box::new(source) })?;
        for document in documents {
            manifests.push(shorthand::expand(document, namespace)?);
        }
    }
    Ok(manifests)
}
