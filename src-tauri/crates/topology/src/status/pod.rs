//! STATUS and READY of a pod, by the rules of kubectl
//! (`printPod` in `pkg/printers/internalversion/printers.go` of Kubernetes).

use std::sync::Arc;

use model::{Health, ResourceKey};
use serde_json::Value;

use super::{Appraisal, Remarks, condition, is_terminating};
use crate::json::{At, field, list};
use crate::source::Source;

/// Waiting reasons that do not go away by waiting.
const STUCK: [&str; 14] = [
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "CreateContainerError",
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImageInspectError",
    "ImagePullBackOff",
    "InvalidImageName",
    "PostStartHookError",
    "PreCreateHookError",
    "PreStartHookError",
    "RegistryUnavailable",
    "RunContainerError",
    "SignatureValidationFailed",
];

/// The kubelet's word for a container that was ended at its memory limit.
const OUT_OF_MEMORY: &str = "OOMKilled";

pub(super) fn appraise(source: &Source<'_>) -> Appraisal {
    let body = source.body;
    let status = body.get("status").unwrap_or(&Value::Null);
    let seen = See::pod(source.spec, status, is_terminating(body));
    let health = health(status, &seen);
    let trouble = match health {
        Health::Degraded if seen.ready >= seen.wanted => Some(OUT_OF_MEMORY.into()),
        Health::Failing | Health::Degraded => seen.trouble(),
        Health::Pending if seen.word == "Pending" && unschedulable(body) => Some("Unschedulable".into()),
        _ => None,
    };
    let caption = if seen.word == "Running" && seen.ready == seen.wanted {
        format!("{} of {} ready", seen.ready, seen.wanted)
    } else {
        match seen.word.as_str() {
            "" => String::new(),
            "Running" => format!("{} of {} ready", seen.ready, seen.wanted),
            "Pending" if unschedulable(body) => "unschedulable".to_owned(),
            word => word.to_owned(),
        }
    };
    if seen.phase.is_empty() {
        return Appraisal::new(Health::Neutral, "", super::counted(seen.wanted, "container", "containers"));
    }
    let ended = matches!(seen.phase.as_str(), "Succeeded" | "Failed");
    let mut appraisal = Appraisal::new(health, seen.word, caption).ready(seen.ready, seen.wanted);
    // What is over troubles its owner no longer; the owner says itself whether it was too much.
    appraisal.trouble = trouble.filter(|_| !ended);
    appraisal
}

/// What kubectl reads from a pod before it prints a row.
struct See {
    word: String,
    ready: u64,
    wanted: u64,
    /// A container's own word, where the pod's is covered by `Terminating` or lost in `Running`.
    inner: Option<String>,
    phase: String,
}

impl See {
    fn trouble(&self) -> Option<Arc<str>> {
        let word = self.inner.as_deref().unwrap_or(&self.word);
        let word = word.strip_prefix("Init:").unwrap_or(word);
        (!word.is_empty() && word != "Running" && word != "Pending").then(|| word.into())
    }

    fn pod(spec: &Value, status: &Value, terminating: bool) -> Self {
        let phase = field(status, "phase").unwrap_or_default();
        let containers = list(spec, "containers");
        let mut wanted = containers.len() as u64;
        let mut word = field(status, "reason").unwrap_or(phase).to_owned();
        if phase.is_empty() {
            return Self { word: String::new(), ready: 0, wanted, inner: None, phase: String::new() };
        }
        if gated(status) {
            word = "SchedulingGated".to_owned();
        }
        let restartable: Vec<&str> = list(spec, "initContainers")
            .iter()
            .filter(|container| field(container, "restartPolicy") == Some("Always"))
            .filter_map(|container| field(container, "name"))
            .collect();
        wanted += restartable.len() as u64;
        let is_restartable = |state: &Value| field(state, "name").is_some_and(|name| restartable.contains(&name));
        let mut ready = 0;
        let init = list(status, "initContainerStatuses");
        let init_total = list(spec, "initContainers").len();
        let mut initializing = false;
        for (at, container) in init.iter().enumerate() {
            let started = container.get("started").and_then(Value::as_bool) == Some(true);
            let is_ready = container.get("ready").and_then(Value::as_bool) == Some(true);
            let terminated = container.at("/state/terminated");
            if is_restartable(container) && is_ready {
                ready += 1;
            }
            if terminated.is_some_and(|state| exit_code(state) == 0) || (is_restartable(container) && started) {
                continue;
            }
            word = match terminated {
                Some(state) => format!("Init:{}", termination(state)),
                None => match container.at("/state/waiting").and_then(|state| field(state, "reason")) {
                    Some(reason) if reason != "PodInitializing" => format!("Init:{reason}"),
                    _ => format!("Init:{at}/{init_total}"),
                },
            };
            initializing = true;
            break;
        }
        let initialized = condition_of(status, "Initialized") == Some("True");
        let mut inner = initializing.then(|| word.clone());
        if !initializing || initialized {
            let mut running = false;
            // What failed outranks what is done, whichever container comes first.
            let mut failure = None;
            for container in list(status, "containerStatuses").iter().rev() {
                let waiting = container.at("/state/waiting").and_then(|state| field(state, "reason"));
                if let Some(reason) = waiting {
                    word = reason.to_owned();
                    inner = Some(word.clone());
                } else if let Some(state) = container.at("/state/terminated") {
                    word = termination(state);
                    if exit_code(state) != 0 {
                        failure = Some(word.clone());
                    }
                    inner = Some(word.clone());
                } else if container.get("ready").and_then(Value::as_bool) == Some(true)
                    && container.at("/state/running").is_some()
                {
                    running = true;
                    ready += 1;
                }
            }
            if word == "Completed" {
                let pod_ready = condition_of(status, "Ready") == Some("True");
                match failure {
                    _ if running && pod_ready => word = "Running".to_owned(),
                    Some(failure) => {
                        word = failure;
                        inner = Some(word.clone());
                    }
                    None if running => word = "NotReady".to_owned(),
                    None => {}
                }
            }
        }
        if terminating && field(status, "reason") == Some("NodeLost") {
            word = "Unknown".to_owned();
        } else if terminating && phase != "Succeeded" && phase != "Failed" {
            word = "Terminating".to_owned();
        }
        Self { word, ready, wanted, inner, phase: phase.to_owned() }
    }
}

fn health(status: &Value, seen: &See) -> Health {
    let word = seen.word.strip_prefix("Init:").unwrap_or(&seen.word);
    match word {
        "" => Health::Neutral,
        "Terminating" | "SchedulingGated" => Health::Pending,
        "Unknown" => Health::Unknown,
        "Completed" | "Succeeded" => Health::Completed,
        _ if seen.phase == "Succeeded" => Health::Completed,
        _ if STUCK.contains(&word) => Health::Failing,
        _ if seen.phase == "Failed" => Health::Failing,
        "Error" | OUT_OF_MEMORY | "ContainerCannotRun" | "DeadlineExceeded" | "StartError" => Health::Failing,
        _ if word.starts_with("ExitCode:") || word.starts_with("Signal:") => Health::Failing,
        "Running" if seen.ready >= seen.wanted && killed_for_memory_again(status) => Health::Degraded,
        "Running" if seen.ready >= seen.wanted => Health::Ok,
        // Not ready, but it has been before: a container that restarted says more than one that is starting.
        "Running" | "NotReady" if restarted(status) => Health::Degraded,
        "Running" | "NotReady" => Health::Pending,
        _ => Health::Pending,
    }
}

/// How often a container was started again.
fn restarts(container: &Value) -> u64 {
    container.get("restartCount").and_then(Value::as_u64).unwrap_or(0)
}

fn restarted(status: &Value) -> bool {
    list(status, "containerStatuses").iter().any(|container| restarts(container) > 0)
}

/// Ready between two kills: a container that its memory limit ends again and again is up most of the time, and nobody
/// is told. Once may be an accident.
fn killed_for_memory_again(status: &Value) -> bool {
    let killed = |container: &Value| {
        container.at("/lastState/terminated").and_then(|state| field(state, "reason")) == Some(OUT_OF_MEMORY)
    };
    list(status, "containerStatuses").iter().any(|container| restarts(container) > 1 && killed(container))
}

fn unschedulable(body: &Value) -> bool {
    condition(body, "PodScheduled").and_then(|condition| field(condition, "reason")) == Some("Unschedulable")
}

fn gated(status: &Value) -> bool {
    let conditions = list(status, "conditions").iter();
    let mut scheduled = conditions.filter(|condition| field(condition, "type") == Some("PodScheduled"));
    scheduled.any(|condition| field(condition, "reason") == Some("SchedulingGated"))
}

fn condition_of<'a>(status: &'a Value, kind: &str) -> Option<&'a str> {
    let found = list(status, "conditions").iter().find(|condition| field(condition, "type") == Some(kind));
    found.and_then(|condition| field(condition, "status"))
}

fn exit_code(state: &Value) -> i64 {
    state.get("exitCode").and_then(Value::as_i64).unwrap_or(0)
}

fn termination(state: &Value) -> String {
    match (field(state, "reason"), state.get("signal").and_then(Value::as_i64).unwrap_or(0)) {
        (Some(reason), _) => reason.to_owned(),
        (None, 0) => format!("ExitCode:{}", exit_code(state)),
        (None, signal) => format!("Signal:{signal}"),
    }
}

/// What the kubelet says of ConfigMaps and Secrets in a container's waiting message. It is the only place where a
/// missing key is known: values of Secrets are never read.
pub(crate) fn remarks(source: &Source<'_>) -> Remarks {
    if !source.key.is("", "Pod") {
        return Vec::new();
    }
    let containers = ["/status/initContainerStatuses", "/status/containerStatuses"];
    let states = containers.iter().flat_map(|pointer| source.items(pointer));
    let messages = states.filter_map(|state| state.at("/state/waiting/message").and_then(Value::as_str));
    let mut remarks: Remarks = messages.filter_map(|message| absent_key(message, source.namespace)).collect();
    remarks.sort();
    remarks.dedup();
    remarks
}

/// Reads `couldn't find key stripe in Secret shop/checkout-keys`.
pub(crate) fn absent_key(message: &str, namespace: &str) -> Option<(ResourceKey, Arc<str>)> {
    let (_, rest) = message.split_once("couldn't find key ")?;
    let (key, rest) = rest.split_once(" in ")?;
    let mut words = rest.split_whitespace();
    let kind = match words.next()? {
        "Secret" => "Secret",
        "ConfigMap" => "ConfigMap",
        _ => return None,
    };
    let place = words.next()?.trim_end_matches(['.', ',', ';']);
    let (namespace, name) = place.split_once('/').unwrap_or((namespace, place));
    Some((ResourceKey::new("", kind, namespace, name), format!("key \"{key}\" missing").into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kubelet_names_the_key() {
        let found = absent_key("couldn't find key stripe in Secret shop/checkout-keys", "x");
        let expected = ResourceKey::new("", "Secret", "shop", "checkout-keys");
        assert_eq!(found, Some((expected, "key \"stripe\" missing".into())));
        assert_eq!(absent_key("back-off 5m0s restarting failed container", "x"), None);
    }
}
