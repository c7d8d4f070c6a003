//! Workloads, their revisions and what governs them.

use serde_json::Value;

use super::{Printer, Row, containers, items, labels, number, selector, text};
use crate::time::{Time, human_duration};

pub(super) const PRINTERS: &[Printer] = &[
    Printer {
        group: "apps",
        kind: "Deployment",
        columns: &[
            ("Name", "string", 0),
            ("Ready", "string", 0),
            ("Up-to-date", "string", 0),
            ("Available", "string", 0),
            ("Age", "string", 0),
            ("Containers", "string", 1),
            ("Images", "string", 1),
            ("Selector", "string", 1),
        ],
        cells: |row| {
            let (spec, status) = (row.spec(), row.status());
            let [names, images] = containers(&spec["template"]["spec"]);
            vec![
                row.name(),
                ready(row),
                number(&status["updatedReplicas"]).into(),
                number(&status["availableReplicas"]).into(),
                row.age(),
                names,
                images,
                selector(&spec["selector"]).into(),
            ]
        },
    },
    Printer {
        group: "apps",
        kind: "ReplicaSet",
        columns: REPLICAS,
        cells: |row| replicas(row, selector(&row.spec()["selector"])),
    },
    Printer {
        group: "",
        kind: "ReplicationController",
        columns: REPLICAS,
        cells: |row| replicas(row, labels(&row.spec()["selector"])),
    },
    Printer {
        group: "apps",
        kind: "StatefulSet",
        columns: &[
            ("Name", "string", 0),
            ("Ready", "string", 0),
            ("Age", "string", 0),
            ("Containers", "string", 1),
            ("Images", "string", 1),
        ],
        cells: |row| {
            let [names, images] = containers(&row.spec()["template"]["spec"]);
            vec![row.name(), ready(row), row.age(), names, images]
        },
    },
    Printer {
        group: "apps",
        kind: "DaemonSet",
        columns: &[
            ("Name", "string", 0),
            ("Desired", "integer", 0),
            ("Current", "integer", 0),
            ("Ready", "integer", 0),
            ("Up-to-date", "integer", 0),
            ("Available", "integer", 0),
            ("Node Selector", "string", 0),
            ("Age", "string", 0),
            ("Containers", "string", 1),
            ("Images", "string", 1),
            ("Selector", "string", 1),
        ],
        cells: |row| {
            let (spec, status) = (row.spec(), row.status());
            let [names, images] = containers(&spec["template"]["spec"]);
            vec![
                row.name(),
                number(&status["desiredNumberScheduled"]).into(),
                number(&status["currentNumberScheduled"]).into(),
                number(&status["numberReady"]).into(),
                number(&status["updatedNumberScheduled"]).into(),
                number(&status["numberAvailable"]).into(),
                labels(&spec["template"]["spec"]["nodeSelector"]).into(),
                row.age(),
                names,
                images,
                selector(&spec["selector"]).into(),
            ]
        },
    },
    Printer {
        group: "apps",
        kind: "ControllerRevision",
        columns: &[("Name", "string", 0), ("Controller", "string", 0), ("Revision", "string", 0), ("Age", "string", 0)],
        cells: |row| {
            let owner = &row.object["metadata"]["ownerReferences"][0];
            let controller = if owner.is_object() {
                let api_version = text(&owner["apiVersion"]);
                let group = api_version.split_once('/').map_or(String::new(), |(group, _)| format!(".{group}"));
                format!("{}{group}/{}", text(&owner["kind"]).to_lowercase(), text(&owner["name"]))
            } else {
                super::NONE.to_owned()
            };
            vec![row.name(), controller.into(), number(&row.object["revision"]).into(), row.age()]
        },
    },
    Printer {
        group: "batch",
        kind: "Job",
        columns: &[
            ("Name", "string", 0),
            ("Status", "string", 0),
            ("Completions", "string", 0),
            ("Duration", "string", 0),
            ("Age", "string", 0),
            ("Containers", "string", 1),
            ("Images", "string", 1),
            ("Selector", "string", 1),
        ],
        cells: job,
    },
    Printer {
        group: "batch",
        kind: "CronJob",
        columns: &[
            ("Name", "string", 0),
            ("Schedule", "string", 0),
            ("Timezone", "string", 0),
            ("Suspend", "boolean", 0),
            ("Active", "integer", 0),
            ("Last Schedule", "string", 0),
            ("Age", "string", 0),
            ("Containers", "string", 1),
            ("Images", "string", 1),
            ("Selector", "string", 1),
        ],
        cells: |row| {
            let (spec, status) = (row.spec(), row.status());
            let job = &spec["jobTemplate"]["spec"];
            let [names, images] = containers(&job["template"]["spec"]);
            let suspend = if spec["suspend"] == true { "True" } else { "False" };
            let last = &status["lastScheduleTime"];
            vec![
                row.name(),
                spec["schedule"].clone(),
                super::text_or(&spec["timeZone"], super::NONE).into(),
                suspend.into(),
                items(&status["active"]).len().into(),
                if last.is_string() { row.since(last) } else { super::NONE.into() },
                row.age(),
                names,
                images,
                selector(&job["selector"]).into(),
            ]
        },
    },
    Printer {
        group: "autoscaling",
        kind: "HorizontalPodAutoscaler",
        columns: &[
            ("Name", "string", 0),
            ("Reference", "string", 0),
            ("Targets", "string", 0),
            ("MinPods", "string", 0),
            ("MaxPods", "string", 0),
            ("Replicas", "string", 0),
            ("Age", "string", 0),
        ],
        cells: |row| {
            let (spec, status) = (row.spec(), row.status());
            let target = &spec["scaleTargetRef"];
            let least = spec["minReplicas"].as_i64();
            vec![
                row.name(),
                format!("{}/{}", text(&target["kind"]), text(&target["name"])).into(),
                targets(spec, status).into(),
                least.map_or("<unset>".to_owned(), |least| least.to_string()).into(),
                number(&spec["maxReplicas"]).into(),
                number(&status["currentReplicas"]).into(),
                row.age(),
            ]
        },
    },
    Printer {
        group: "policy",
        kind: "PodDisruptionBudget",
        columns: &[
            ("Name", "string", 0),
            ("Min Available", "string", 0),
            ("Max Unavailable", "string", 0),
            ("Allowed Disruptions", "integer", 0),
            ("Age", "string", 0),
        ],
        cells: |row| {
            let amount = |value: &Value| match value {
                Value::Null => "N/A".to_owned(),
                Value::String(percent) => percent.clone(),
                number => number.to_string(),
            };
            vec![
                row.name(),
                amount(&row.spec()["minAvailable"]).into(),
                amount(&row.spec()["maxUnavailable"]).into(),
                number(&row.status()["disruptionsAllowed"]).into(),
                row.age(),
            ]
        },
    },
];

/// ReplicaSets and the controllers that they have replaced.
const REPLICAS: &[super::Column] = &[
    ("Name", "string", 0),
    ("Desired", "integer", 0),
    ("Current", "integer", 0),
    ("Ready", "integer", 0),
    ("Age", "string", 0),
    ("Containers", "string", 1),
    ("Images", "string", 1),
    ("Selector", "string", 1),
];

fn replicas(row: &Row<'_>, selector: String) -> Vec<Value> {
    let (spec, status) = (row.spec(), row.status());
    let [names, images] = containers(&spec["template"]["spec"]);
    vec![
        row.name(),
        number(&spec["replicas"]).into(),
        number(&status["replicas"]).into(),
        number(&status["readyReplicas"]).into(),
        row.age(),
        names,
        images,
        selector.into(),
    ]
}

fn ready(row: &Row<'_>) -> Value {
    let ready = number(&row.status()["readyReplicas"]);
    format!("{ready}/{}", number(&row.spec()["replicas"])).into()
}

fn job(row: &Row<'_>) -> Vec<Value> {
    let (spec, status) = (row.spec(), row.status());
    let succeeded = number(&status["succeeded"]);
    let completions = match (spec["completions"].as_i64(), number(&spec["parallelism"])) {
        (Some(wanted), _) => format!("{succeeded}/{wanted}"),
        (None, parallel) if parallel > 1 => format!("{succeeded}/1 of {parallel}"),
        (None, _) => format!("{succeeded}/1"),
    };
    let time = |value: &Value| value.as_str().and_then(Time::parse);
    let duration = time(&status["startTime"]).map_or(String::new(), |started| {
        let ended = time(&status["completionTime"]).unwrap_or(row.now);
        human_duration(ended.since(started))
    });
    let has = |kind: &str| {
        items(&status["conditions"]).iter().any(|condition| condition["type"] == kind && condition["status"] == "True")
    };
    let state = if has("Complete") {
        "Complete"
    } else if has("Failed") {
        "Failed"
    } else if row.object["metadata"]["deletionTimestamp"].is_string() {
        "Terminating"
    } else {
        ["Suspended", "FailureTarget", "SuccessCriteriaMet"].into_iter().find(|kind| has(kind)).unwrap_or("Running")
    };
    let [names, images] = containers(&spec["template"]["spec"]);
    vec![
        row.name(),
        state.into(),
        completions.into(),
        duration.into(),
        row.age(),
        names,
        images,
        selector(&spec["selector"]).into(),
    ]
}

/// `cpu: 91%/70%`; the autoscalers of the demo follow resources only.
fn targets(spec: &Value, status: &Value) -> String {
    let all: Vec<String> = items(&spec["metrics"])
        .iter()
        .enumerate()
        .map(|(index, metric)| {
            if metric["type"] != "Resource" {
                return "<unknown type>".to_owned();
            }
            let current = &status["currentMetrics"][index]["resource"]["current"]["averageUtilization"];
            let current = current.as_i64().map_or("<unknown>".to_owned(), |use_now| format!("{use_now}%"));
            let target = number(&metric["resource"]["target"]["averageUtilization"]);
            format!("{}: {current}/{target}%", text(&metric["resource"]["name"]))
        })
        .collect();
    match all.len() {
        0 => super::NONE.to_owned(),
        1 | 2 => all.join(", "),
        count => format!("{} + {} more...", all[..2].join(", "), count - 2),
    }
}
