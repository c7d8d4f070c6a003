//! Volumes, claims, classes and drivers.

use serde_json::Value;

use super::{NONE, Printer, items, text, text_or};

pub(super) const PRINTERS: &[Printer] = &[
    Printer {
        group: "",
        kind: "PersistentVolume",
        columns: &[
            ("Name", "string", 0),
            ("Capacity", "string", 0),
            ("Access Modes", "string", 0),
            ("Reclaim Policy", "string", 0),
            ("Status", "string", 0),
            ("Claim", "string", 0),
            ("StorageClass", "string", 0),
            ("VolumeAttributesClass", "string", 0),
            ("Reason", "string", 0),
            ("Age", "string", 0),
            ("VolumeMode", "string", 1),
        ],
        cells: |row| {
            let (spec, status) = (row.spec(), row.status());
            let claim = &spec["claimRef"];
            let claim = if claim.is_object() {
                format!("{}/{}", text(&claim["namespace"]), text(&claim["name"]))
            } else {
                String::new()
            };
            vec![
                row.name(),
                text(&spec["capacity"]["storage"]).into(),
                modes(&spec["accessModes"]).into(),
                text(&spec["persistentVolumeReclaimPolicy"]).into(),
                phase(row.object).into(),
                claim.into(),
                text(&spec["storageClassName"]).into(),
                text_or(&spec["volumeAttributesClassName"], "<unset>").into(),
                text(&status["reason"]).into(),
                row.age(),
                text_or(&spec["volumeMode"], "<unset>").into(),
            ]
        },
    },
    Printer {
        group: "",
        kind: "PersistentVolumeClaim",
        columns: &[
            ("Name", "string", 0),
            ("Status", "string", 0),
            ("Volume", "string", 0),
            ("Capacity", "string", 0),
            ("Access Modes", "string", 0),
            ("StorageClass", "string", 0),
            ("VolumeAttributesClass", "string", 0),
            ("Age", "string", 0),
            ("VolumeMode", "string", 1),
        ],
        cells: |row| {
            let (spec, status) = (row.spec(), row.status());
            let bound = !text(&spec["volumeName"]).is_empty();
            let (capacity, modes) = if bound {
                (text(&status["capacity"]["storage"]).to_owned(), modes(&status["accessModes"]))
            } else {
                (String::new(), String::new())
            };
            vec![
                row.name(),
                phase(row.object).into(),
                text(&spec["volumeName"]).into(),
                capacity.into(),
                modes.into(),
                text(&spec["storageClassName"]).into(),
                text_or(&spec["volumeAttributesClassName"], "<unset>").into(),
                row.age(),
                text_or(&spec["volumeMode"], "<unset>").into(),
            ]
        },
    },
    Printer {
        group: "storage.k8s.io",
        kind: "StorageClass",
        columns: &[
            ("Name", "string", 0),
            ("Provisioner", "string", 0),
            ("ReclaimPolicy", "string", 0),
            ("VolumeBindingMode", "string", 0),
            ("AllowVolumeExpansion", "string", 0),
            ("Age", "string", 0),
        ],
        cells: |row| {
            let default = "storageclass.kubernetes.io/is-default-class";
            let mark = if row.object["metadata"]["annotations"][default] == "true" { " (default)" } else { "" };
            vec![
                format!("{}{mark}", text(&row.name())).into(),
                row.object["provisioner"].clone(),
                text_or(&row.object["reclaimPolicy"], "Delete").into(),
                text_or(&row.object["volumeBindingMode"], "Immediate").into(),
                (row.object["allowVolumeExpansion"] == true).into(),
                row.age(),
            ]
        },
    },
    Printer {
        group: "storage.k8s.io",
        kind: "CSIDriver",
        columns: &[
            ("Name", "string", 0),
            ("AttachRequired", "boolean", 0),
            ("PodInfoOnMount", "boolean", 0),
            ("StorageCapacity", "boolean", 0),
            ("TokenRequests", "string", 0),
            ("RequiresRepublish", "boolean", 0),
            ("Modes", "string", 0),
            ("Age", "string", 0),
        ],
        cells: |row| {
            let spec = row.spec();
            let lifecycles: Vec<&str> = items(&spec["volumeLifecycleModes"]).iter().map(text).collect();
            let audiences: Vec<&str> =
                items(&spec["tokenRequests"]).iter().map(|request| text(&request["audience"])).collect();
            vec![
                row.name(),
                (spec["attachRequired"] != false).into(),
                (spec["podInfoOnMount"] == true).into(),
                (spec["storageCapacity"] == true).into(),
                if spec["tokenRequests"].is_array() { audiences.join(",").into() } else { "<unset>".into() },
                (spec["requiresRepublish"] == true).into(),
                if lifecycles.is_empty() { NONE.into() } else { lifecycles.join(",").into() },
                row.age(),
            ]
        },
    },
    Printer {
        group: "storage.k8s.io",
        kind: "CSINode",
        columns: &[("Name", "string", 0), ("Drivers", "integer", 0), ("Age", "string", 0)],
        cells: |row| vec![row.name(), items(&row.spec()["drivers"]).len().into(), row.age()],
    },
    Printer {
        group: "storage.k8s.io",
        kind: "VolumeAttachment",
        columns: &[
            ("Name", "string", 0),
            ("Attacher", "string", 0),
            ("PV", "string", 0),
            ("Node", "string", 0),
            ("Attached", "boolean", 0),
            ("Age", "string", 0),
        ],
        cells: |row| {
            let spec = row.spec();
            vec![
                row.name(),
                spec["attacher"].clone(),
                text(&spec["source"]["persistentVolumeName"]).into(),
                spec["nodeName"].clone(),
                (row.status()["attached"] == true).into(),
                row.age(),
            ]
        },
    },
];

fn phase(object: &Value) -> &str {
    if object["metadata"]["deletionTimestamp"].is_string() { "Terminating" } else { text(&object["status"]["phase"]) }
}

/// `RWO,ROX` of access modes.
fn modes(value: &Value) -> String {
    const SHORT: [(&str, &str); 4] =
        [("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")];
    let present = SHORT.iter().filter(|(mode, _)| items(value).iter().any(|has| has == mode)).map(|(_, short)| *short);
    present.collect::<Vec<_>>().join(",")
}
