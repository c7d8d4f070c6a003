//! Nodes, namespaces, configuration, access and events.

use serde_json::Value;

use super::{NONE, Printer, Row, items, number, text, text_or};

pub(super) const PRINTERS: &[Printer] = &[
    Printer {
        group: "",
        kind: "Node",
        columns: &[
            ("Name", "string", 0),
            ("Status", "string", 0),
            ("Roles", "string", 0),
            ("Age", "string", 0),
            ("Version", "string", 0),
            ("Internal-IP", "string", 1),
            ("External-IP", "string", 1),
            ("OS-Image", "string", 1),
            ("Kernel-Version", "string", 1),
            ("Container-Runtime", "string", 1),
        ],
        cells: node,
    },
    Printer {
        group: "",
        kind: "Namespace",
        columns: &[("Name", "string", 0), ("Status", "string", 0), ("Age", "string", 0)],
        cells: |row| vec![row.name(), row.status()["phase"].clone(), row.age()],
    },
    Printer {
        group: "",
        kind: "Event",
        columns: &[
            ("Last Seen", "string", 0),
            ("Type", "string", 0),
            ("Reason", "string", 0),
            ("Object", "string", 0),
            ("Subobject", "string", 1),
            ("Source", "string", 1),
            ("Message", "string", 0),
            ("First Seen", "string", 1),
            ("Count", "string", 1),
            ("Name", "string", 1),
        ],
        cells: event,
    },
    Printer {
        group: "",
        kind: "ConfigMap",
        columns: &[("Name", "string", 0), ("Data", "string", 0), ("Age", "string", 0)],
        cells: |row| {
            let entries = size(&row.object["data"]) + size(&row.object["binaryData"]);
            vec![row.name(), entries.into(), row.age()]
        },
    },
    Printer {
        group: "",
        kind: "Secret",
        columns: &[("Name", "string", 0), ("Type", "string", 0), ("Data", "string", 0), ("Age", "string", 0)],
        cells: |row| {
            vec![row.name(), text_or(&row.object["type"], "Opaque").into(), size(&row.object["data"]).into(), row.age()]
        },
    },
    Printer {
        group: "",
        kind: "ServiceAccount",
        columns: &[("Name", "string", 0), ("Age", "string", 0)],
        cells: |row| vec![row.name(), row.age()],
    },
    Printer {
        group: "",
        kind: "ResourceQuota",
        columns: &[("Name", "string", 0), ("Request", "string", 0), ("Limit", "string", 0), ("Age", "string", 0)],
        cells: |row| {
            let status = row.status();
            let of = |limits: bool| {
                let hard = status["hard"].as_object();
                let entries: Vec<String> = hard
                    .into_iter()
                    .flatten()
                    .filter(|(name, _)| name.starts_with("limits.") == limits)
                    .map(|(name, hard)| format!("{name}: {}/{}", text_or(&status["used"][name], "0"), text(hard)))
                    .collect();
                entries.join(", ")
            };
            vec![row.name(), of(false).into(), of(true).into(), row.age()]
        },
    },
    Printer { group: "rbac.authorization.k8s.io", kind: "RoleBinding", columns: BINDING, cells: binding },
    Printer { group: "rbac.authorization.k8s.io", kind: "ClusterRoleBinding", columns: BINDING, cells: binding },
    Printer {
        group: "coordination.k8s.io",
        kind: "Lease",
        columns: &[("Name", "string", 0), ("Holder", "string", 0), ("Age", "string", 0)],
        cells: |row| vec![row.name(), text(&row.spec()["holderIdentity"]).into(), row.age()],
    },
    Printer {
        group: "scheduling.k8s.io",
        kind: "PriorityClass",
        columns: &[
            ("Name", "string", 0),
            ("Value", "integer", 0),
            ("Global-Default", "boolean", 0),
            ("Age", "string", 0),
            ("PreemptionPolicy", "string", 0),
        ],
        cells: |row| {
            vec![
                row.name(),
                number(&row.object["value"]).into(),
                (row.object["globalDefault"] == true).into(),
                row.age(),
                text(&row.object["preemptionPolicy"]).into(),
            ]
        },
    },
    Printer {
        group: "node.k8s.io",
        kind: "RuntimeClass",
        columns: &[("Name", "string", 0), ("Handler", "string", 0), ("Age", "string", 0)],
        cells: |row| vec![row.name(), row.object["handler"].clone(), row.age()],
    },
    Printer {
        group: "admissionregistration.k8s.io",
        kind: "MutatingWebhookConfiguration",
        columns: WEBHOOKS,
        cells: webhooks,
    },
    Printer {
        group: "admissionregistration.k8s.io",
        kind: "ValidatingWebhookConfiguration",
        columns: WEBHOOKS,
        cells: webhooks,
    },
    Printer {
        group: "apiregistration.k8s.io",
        kind: "APIService",
        columns: &[("Name", "string", 0), ("Service", "string", 0), ("Available", "string", 0), ("Age", "string", 0)],
        cells: |row| {
            let service = &row.spec()["service"];
            let service = if service.is_object() {
                format!("{}/{}", text(&service["namespace"]), text(&service["name"]))
            } else {
                "Local".to_owned()
            };
            let available =
                items(&row.status()["conditions"]).iter().find(|condition| condition["type"] == "Available");
            let available = available.map_or("Unknown".to_owned(), |condition| {
                match (text(&condition["status"]), text(&condition["reason"])) {
                    ("True", _) => "True".to_owned(),
                    (status, "") => status.to_owned(),
                    (status, reason) => format!("{status} ({reason})"),
                }
            });
            vec![row.name(), service.into(), available.into(), row.age()]
        },
    },
];

const WEBHOOKS: &[super::Column] = &[("Name", "string", 0), ("Webhooks", "integer", 0), ("Age", "string", 0)];

const BINDING: &[super::Column] = &[
    ("Name", "string", 0),
    ("Role", "string", 0),
    ("Age", "string", 0),
    ("Users", "string", 1),
    ("Groups", "string", 1),
    ("ServiceAccounts", "string", 1),
];

fn webhooks(row: &Row<'_>) -> Vec<Value> {
    vec![row.name(), items(&row.object["webhooks"]).len().into(), row.age()]
}

fn binding(row: &Row<'_>) -> Vec<Value> {
    let role = &row.object["roleRef"];
    let of = |kind: &str| {
        let names: Vec<String> = items(&row.object["subjects"])
            .iter()
            .filter(|subject| subject["kind"] == kind)
            .map(|subject| match text(&subject["namespace"]) {
                "" => text(&subject["name"]).to_owned(),
                namespace => format!("{namespace}/{}", text(&subject["name"])),
            })
            .collect();
        Value::from(names.join(", "))
    };
    vec![
        row.name(),
        format!("{}/{}", text(&role["kind"]), text(&role["name"])).into(),
        row.age(),
        of("User"),
        of("Group"),
        of("ServiceAccount"),
    ]
}

fn node(row: &Row<'_>) -> Vec<Value> {
    let status = row.status();
    let ready = items(&status["conditions"]).iter().find(|condition| condition["type"] == "Ready");
    let mut state = match ready {
        Some(condition) if condition["status"] == "True" => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    }
    .to_owned();
    if row.spec()["unschedulable"] == true {
        state.push_str(",SchedulingDisabled");
    }
    let names = row.object["metadata"]["labels"].as_object();
    let roles: Vec<&str> = names
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| match name.strip_prefix("node-role.kubernetes.io/") {
            Some(role) => Some(role),
            None if name == "kubernetes.io/role" => value.as_str(),
            None => None,
        })
        .filter(|role| !role.is_empty())
        .collect();
    let address = |kind: &str| {
        let address = items(&status["addresses"]).iter().find(|address| address["type"] == kind);
        Value::from(address.map_or(NONE, |address| text(&address["address"])))
    };
    let about = &status["nodeInfo"];
    let architecture = text(&about["architecture"]);
    let mut kernel = text_or(&about["kernelVersion"], "<unknown>").to_owned();
    if !architecture.is_empty() {
        kernel.push_str(&format!(" ({architecture})"));
    }
    vec![
        row.name(),
        state.into(),
        if roles.is_empty() { NONE.into() } else { roles.join(",").into() },
        row.age(),
        about["kubeletVersion"].clone(),
        address("InternalIP"),
        address("ExternalIP"),
        text_or(&about["osImage"], "<unknown>").into(),
        kernel.into(),
        text_or(&about["containerRuntimeVersion"], "<unknown>").into(),
    ]
}

fn event(row: &Row<'_>) -> Vec<Value> {
    let event = row.object;
    let involved = &event["involvedObject"];
    let first = if event["firstTimestamp"].is_string() {
        row.since(&event["firstTimestamp"])
    } else {
        row.since(&event["eventTime"])
    };
    let last = if event["lastTimestamp"].is_string() { row.since(&event["lastTimestamp"]) } else { first.clone() };
    let component = text_or(&event["source"]["component"], text(&event["reportingComponent"]));
    let host = text_or(&event["source"]["host"], text(&event["reportingInstance"]));
    let source = if host.is_empty() { component.to_owned() } else { format!("{component}, {host}") };
    vec![
        last,
        event["type"].clone(),
        event["reason"].clone(),
        format!("{}/{}", text(&involved["kind"]).to_lowercase(), text(&involved["name"])).into(),
        text(&involved["fieldPath"]).into(),
        source.into(),
        text(&event["message"]).trim().into(),
        first,
        number(&event["count"]).max(1).into(),
        row.name(),
    ]
}

/// How many entries a map has.
fn size(value: &Value) -> usize {
    value.as_object().map_or(0, serde_json::Map::len)
}
