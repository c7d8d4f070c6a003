//! Pods: the STATUS, READY and RESTARTS that everybody reads first.

use serde_json::Value;

use super::{NONE, Printer, Row, items, number, text, text_or};
use crate::time::{Time, human_duration};

pub(super) const PRINTERS: &[Printer] = &[Printer {
    group: "",
    kind: "Pod",
    columns: &[
        ("Name", "string", 0),
        ("Ready", "string", 0),
        ("Status", "string", 0),
        ("Restarts", "string", 0),
        ("Age", "string", 0),
        ("IP", "string", 1),
        ("Node", "string", 1),
        ("Nominated Node", "string", 1),
        ("Readiness Gates", "string", 1),
    ],
    cells,
}];

fn cells(row: &Row<'_>) -> Vec<Value> {
    let (spec, status) = (row.spec(), row.status());
    let summary = Summary::of(row.object);
    let restarts = match summary.last_restart {
        Some(last) if summary.restarts > 0 => {
            let ago = human_duration(row.now.since(last));
            format!("{} ({ago} ago)", summary.restarts)
        }
        _ => summary.restarts.to_string(),
    };
    vec![
        row.name(),
        format!("{}/{}", summary.ready, summary.containers).into(),
        summary.reason.into(),
        restarts.into(),
        row.age(),
        text_or(&status["podIPs"][0]["ip"], NONE).into(),
        text_or(&spec["nodeName"], NONE).into(),
        text_or(&status["nominatedNodeName"], NONE).into(),
        readiness_gates(spec, status).into(),
    ]
}

fn readiness_gates(spec: &Value, status: &Value) -> String {
    let gates = items(&spec["readinessGates"]);
    if gates.is_empty() {
        return NONE.to_owned();
    }
    let open = gates.iter().filter(|gate| {
        items(&status["conditions"])
            .iter()
            .any(|condition| condition["type"] == gate["conditionType"] && condition["status"] == "True")
    });
    format!("{}/{}", open.count(), gates.len())
}

/// A pod in one line.
struct Summary {
    reason: String,
    ready: usize,
    containers: usize,
    restarts: i64,
    last_restart: Option<Time>,
}

impl Summary {
    fn of(pod: &Value) -> Self {
        let (spec, status) = (&pod["spec"], &pod["status"]);
        let phase = text(&status["phase"]);
        let is_sidecar = |name: &Value| {
            items(&spec["initContainers"])
                .iter()
                .any(|container| container["name"] == *name && container["restartPolicy"] == "Always")
        };
        let sidecars =
            items(&spec["initContainers"]).iter().filter(|container| container["restartPolicy"] == "Always").count();
        let mut summary = Self {
            reason: text_or(&status["reason"], phase).to_owned(),
            ready: 0,
            containers: items(&spec["containers"]).len() + sidecars,
            restarts: 0,
            last_restart: None,
        };
        let gated = items(&status["conditions"])
            .iter()
            .any(|condition| condition["type"] == "PodScheduled" && condition["reason"] == "SchedulingGated");
        if gated {
            summary.reason = "SchedulingGated".to_owned();
        }
        let initializing = summary.initialize(spec, status, &is_sidecar);
        if !initializing || is_true(status, "Initialized") {
            summary.run(status, &is_sidecar);
        }
        if pod["metadata"]["deletionTimestamp"].is_string() {
            if status["reason"] == "NodeLost" {
                summary.reason = "Unknown".to_owned();
            } else if !matches!(phase, "Succeeded" | "Failed") {
                summary.reason = "Terminating".to_owned();
            }
        }
        summary
    }

    /// The init containers; true while one of them holds the pod up.
    fn initialize(&mut self, spec: &Value, status: &Value, is_sidecar: &dyn Fn(&Value) -> bool) -> bool {
        for (index, container) in items(&status["initContainerStatuses"]).iter().enumerate() {
            self.count_restarts(container);
            let (waiting, ended) = (&container["state"]["waiting"], &container["state"]["terminated"]);
            if ended.is_object() && number(&ended["exitCode"]) == 0 {
                continue;
            }
            if is_sidecar(&container["name"]) && container["started"] == true {
                self.ready += usize::from(container["ready"] == true);
                continue;
            }
            self.reason = if ended.is_object() {
                format!("Init:{}", end(ended))
            } else if !matches!(text(&waiting["reason"]), "" | "PodInitializing") {
                format!("Init:{}", text(&waiting["reason"]))
            } else {
                format!("Init:{index}/{}", items(&spec["initContainers"]).len())
            };
            return true;
        }
        false
    }

    /// The containers proper, last to first.
    fn run(&mut self, status: &Value, is_sidecar: &dyn Fn(&Value) -> bool) {
        (self.restarts, self.last_restart) = (0, None);
        for container in items(&status["initContainerStatuses"]) {
            if is_sidecar(&container["name"]) {
                self.count_restarts(container);
            }
        }
        let (mut has_running, mut error) = (false, None);
        for container in items(&status["containerStatuses"]).iter().rev() {
            self.count_restarts(container);
            let state = &container["state"];
            let waiting = text(&state["waiting"]["reason"]);
            if !waiting.is_empty() {
                self.reason = waiting.to_owned();
            } else if state["terminated"].is_object() {
                self.reason = end(&state["terminated"]);
                if number(&state["terminated"]["exitCode"]) != 0 {
                    error = Some(self.reason.clone());
                }
            } else if container["ready"] == true && state["running"].is_object() {
                has_running = true;
                self.ready += 1;
            }
        }
        if self.reason == "Completed" {
            if has_running && is_true(status, "Ready") {
                self.reason = "Running".to_owned();
            } else if let Some(error) = error {
                self.reason = error;
            } else if has_running {
                self.reason = "NotReady".to_owned();
            }
        }
    }

    fn count_restarts(&mut self, container: &Value) {
        self.restarts += number(&container["restartCount"]);
        let finished = container["lastState"]["terminated"]["finishedAt"].as_str();
        self.last_restart = self.last_restart.max(finished.and_then(Time::parse));
    }
}

/// The reason of an end, or what stands for it.
fn end(terminated: &Value) -> String {
    let signal = number(&terminated["signal"]);
    match text(&terminated["reason"]) {
        "" if signal != 0 => format!("Signal:{signal}"),
        "" => format!("ExitCode:{}", number(&terminated["exitCode"])),
        reason => reason.to_owned(),
    }
}

fn is_true(status: &Value, kind: &str) -> bool {
    items(&status["conditions"]).iter().any(|condition| condition["type"] == kind && condition["status"] == "True")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reason(status: Value) -> String {
        let spec = json!({"containers": [{"name": "a"}], "initContainers": [{"name": "i"}, {"name": "j"}]});
        Summary::of(&json!({"metadata": {}, "spec": spec, "status": status})).reason
    }

    #[test]
    fn status_reads_as_in_kubectl() {
        let cases = [
            (json!({"phase": "Pending"}), "Pending"),
            (json!({"phase": "Failed", "reason": "Evicted"}), "Evicted"),
            (
                json!({"phase": "Pending", "initContainerStatuses": [
                    {"name": "i", "state": {"terminated": {"exitCode": 0}}},
                    {"name": "j", "state": {"running": {}}},
                ]}),
                "Init:1/2",
            ),
            (
                json!({"phase": "Pending", "initContainerStatuses": [
                    {"name": "i", "state": {"waiting": {"reason": "CrashLoopBackOff"}}},
                ]}),
                "Init:CrashLoopBackOff",
            ),
            (
                json!({"phase": "Running", "containerStatuses": [
                    {"name": "a", "state": {"terminated": {"exitCode": 3}}},
                ]}),
                "ExitCode:3",
            ),
            (
                json!({"phase": "Running", "containerStatuses": [
                    {"name": "a", "ready": true, "state": {"running": {}}},
                    {"name": "b", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
                ]}),
                "NotReady",
            ),
        ];
        for (status, expected) in cases {
            assert_eq!(reason(status.clone()), expected, "{status}");
        }
    }
}
