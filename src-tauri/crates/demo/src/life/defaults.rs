//! The fields that the API server fills in where a manifest leaves them out.

use serde_json::{Value, json};

/// Sets what is absent.
fn default(value: &mut Value, field: &str, to: Value) {
    if value[field].is_null() {
        value[field] = to;
    }
}

/// Defaults of a pod spec; `service account` and the token volume are admission's work, done here as well.
pub(crate) fn pod_spec(spec: &mut Value) {
    for list in ["containers", "initContainers"] {
        for container in spec[list].as_array_mut().into_iter().flatten() {
            self::container(container);
        }
    }
    for volume in spec["volumes"].as_array_mut().into_iter().flatten() {
        for source in ["configMap", "secret", "projected"] {
            if volume[source].is_object() {
                default(&mut volume[source], "defaultMode", 420.into());
            }
        }
        if volume["hostPath"].is_object() {
            default(&mut volume["hostPath"], "type", "".into());
        }
    }
    default(spec, "restartPolicy", "Always".into());
    default(spec, "terminationGracePeriodSeconds", 30.into());
    default(spec, "dnsPolicy", "ClusterFirst".into());
    default(spec, "securityContext", json!({}));
    default(spec, "schedulerName", "default-scheduler".into());
    if let Some(account) = spec["serviceAccountName"].as_str() {
        spec["serviceAccount"] = account.into();
    }
}

fn container(container: &mut Value) {
    let image = container["image"].as_str().unwrap_or_default();
    let tag = image.rsplit('/').next().unwrap_or_default();
    let latest = !tag.contains(':') || tag.ends_with(":latest");
    let policy = if latest { "Always" } else { "IfNotPresent" };
    default(container, "imagePullPolicy", policy.into());
    default(container, "resources", json!({}));
    default(container, "terminationMessagePath", "/dev/termination-log".into());
    default(container, "terminationMessagePolicy", "File".into());
    for port in container["ports"].as_array_mut().into_iter().flatten() {
        default(port, "protocol", "TCP".into());
    }
    for variable in container["env"].as_array_mut().into_iter().flatten() {
        if let Some(field) = variable.pointer_mut("/valueFrom/fieldRef") {
            default(field, "apiVersion", "v1".into());
        }
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if container[probe].is_object() {
            let probe = &mut container[probe];
            default(probe, "timeoutSeconds", 1.into());
            default(probe, "periodSeconds", 10.into());
            default(probe, "successThreshold", 1.into());
            default(probe, "failureThreshold", 3.into());
            if probe["httpGet"].is_object() {
                default(&mut probe["httpGet"], "scheme", "HTTP".into());
                default(&mut probe["httpGet"], "path", "/".into());
            }
        }
    }
}

/// Takes away the nulls that indexing leaves behind, at every depth.
pub(crate) fn prune(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(prune);
        }
        Value::Array(items) => items.iter_mut().for_each(prune),
        _ => {}
    }
}

/// The token volume that the admission controller adds to a pod.
pub(crate) fn token_volume(spec: &mut Value, suffix: &str) {
    default(spec, "serviceAccountName", "default".into());
    spec["serviceAccount"] = spec["serviceAccountName"].clone();
    default(spec, "enableServiceLinks", true.into());
    default(spec, "preemptionPolicy", "PreemptLowerPriority".into());
    default(spec, "priority", 0.into());
    let never = |seconds: i64, key: &str| {
        json!({
            "key": format!("node.kubernetes.io/{key}"),
            "operator": "Exists",
            "effect": "NoExecute",
            "tolerationSeconds": seconds,
        })
    };
    let standard = [never(300, "not-ready"), never(300, "unreachable")];
    match spec["tolerations"].as_array_mut() {
        Some(tolerations) => tolerations.extend(standard),
        None => spec["tolerations"] = json!(standard),
    }
    if spec["automountServiceAccountToken"] == false {
        return;
    }
    let name = format!("kube-api-access-{suffix}");
    let volume = json!({
        "name": name,
        "projected": {
            "defaultMode": 420,
            "sources": [
                {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
                {"downwardAPI": {"items": [{
                    "path": "namespace",
                    "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                }]}},
            ],
        },
    });
    push(spec, "volumes", volume);
    let mount = json!({
        "name": name,
        "readOnly": true,
        "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
    });
    for list in ["containers", "initContainers"] {
        for container in spec[list].as_array_mut().into_iter().flatten() {
            push(container, "volumeMounts", mount.clone());
        }
    }
}

fn push(value: &mut Value, list: &str, entry: Value) {
    match value[list].as_array_mut() {
        Some(entries) => entries.push(entry),
        None => value[list] = json!([entry]),
    }
}

/// Defaults of everything else, by kind.
pub(crate) fn object(object: &mut Value) {
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    let spec = &mut object["spec"];
    match kind.as_str() {
        "Deployment" => {
            default(spec, "replicas", 1.into());
            default(spec, "progressDeadlineSeconds", 600.into());
            default(spec, "revisionHistoryLimit", 10.into());
            default(
                spec,
                "strategy",
                json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}),
            );
            template(&mut spec["template"]);
        }
        "StatefulSet" => {
            default(spec, "replicas", 1.into());
            default(spec, "revisionHistoryLimit", 10.into());
            default(spec, "podManagementPolicy", "OrderedReady".into());
            default(spec, "updateStrategy", json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}));
            default(
                spec,
                "persistentVolumeClaimRetentionPolicy",
                json!({"whenDeleted": "Retain", "whenScaled": "Retain"}),
            );
            for claim in spec["volumeClaimTemplates"].as_array_mut().into_iter().flatten() {
                claim["apiVersion"] = "v1".into();
                claim["kind"] = "PersistentVolumeClaim".into();
                default(&mut claim["spec"], "volumeMode", "Filesystem".into());
                default(claim, "status", json!({"phase": "Pending"}));
            }
            template(&mut spec["template"]);
        }
        "DaemonSet" => {
            default(spec, "revisionHistoryLimit", 10.into());
            default(
                spec,
                "updateStrategy",
                json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}),
            );
            template(&mut spec["template"]);
        }
        "CronJob" => {
            default(spec, "concurrencyPolicy", "Allow".into());
            default(spec, "failedJobsHistoryLimit", 1.into());
            default(spec, "successfulJobsHistoryLimit", 3.into());
            default(spec, "suspend", false.into());
            default(&mut spec["jobTemplate"]["spec"]["template"]["spec"], "restartPolicy", "OnFailure".into());
            pod_spec(&mut spec["jobTemplate"]["spec"]["template"]["spec"]);
        }
        "Service" => {
            default(spec, "type", "ClusterIP".into());
            default(spec, "sessionAffinity", "None".into());
            if spec["type"] != "ExternalName" {
                default(spec, "internalTrafficPolicy", "Cluster".into());
                default(spec, "ipFamilies", json!(["IPv4"]));
                default(spec, "ipFamilyPolicy", "SingleStack".into());
            }
            for port in spec["ports"].as_array_mut().into_iter().flatten() {
                default(port, "protocol", "TCP".into());
                let target = port["port"].clone();
                default(port, "targetPort", target);
            }
            default(&mut object["status"], "loadBalancer", json!({}));
        }
        "Secret" => default(object, "type", "Opaque".into()),
        _ => {}
    }
    prune(object);
}

fn template(template: &mut Value) {
    pod_spec(&mut template["spec"]);
}
