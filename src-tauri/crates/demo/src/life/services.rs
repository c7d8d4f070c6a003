//! Services: their EndpointSlices and Endpoints, after the readiness of the pods they select.

use serde_json::{Value, json};

use super::{World, owner};
use crate::random::{hash, suffix};
use crate::time::Time;

impl World {
    /// Brings the endpoints of every Service of a namespace in line with the pods.
    pub(crate) fn write_endpoints(&mut self, namespace: &str) {
        let Some(id) = self.store.registry().id("", "Service") else {
            return;
        };
        let services: Vec<Value> = self
            .store
            .objects(id)
            .filter(|service| service.namespace() == namespace)
            .map(|service| service.value())
            .filter(|service| service["spec"]["selector"].is_object())
            .collect();
        for service in services {
            let (slice, endpoints) = self.endpoints(&service);
            self.update(slice);
            self.update(endpoints);
        }
    }

    fn endpoints(&self, service: &Value) -> (Value, Value) {
        let metadata = &service["metadata"];
        let name = metadata["name"].as_str().unwrap_or_default();
        let namespace = metadata["namespace"].as_str().unwrap_or_default();
        let created = metadata["creationTimestamp"].as_str().and_then(Time::parse).unwrap_or(self.now);
        let selector = json!({"matchLabels": service["spec"]["selector"]});
        let publish = service["spec"]["publishNotReadyAddresses"] == true;
        let pods: Vec<_> = self
            .pods
            .values()
            .filter(|pod| pod.namespace == namespace && super::selects(&selector, &pod.labels))
            .filter(|pod| !matches!(pod.phase(), "Succeeded" | "Failed"))
            .filter_map(|pod| Some((pod, pod.place.as_ref()?)))
            .filter(|(_, place)| !place.ip.is_empty())
            .collect();
        let named_port = |port: &Value| -> Value {
            let target = &port["targetPort"];
            let Some(wanted) = target.as_str() else {
                return target.clone();
            };
            let containers = pods.first().map(|(pod, _)| &pod.spec["containers"]);
            let all = containers.and_then(Value::as_array).into_iter().flatten();
            all.flat_map(|container| container["ports"].as_array().into_iter().flatten())
                .find(|declared| declared["name"] == wanted)
                .map_or(port["port"].clone(), |declared| declared["containerPort"].clone())
        };
        let ports: Vec<Value> = service["spec"]["ports"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|port| {
                json!({
                    "name": port["name"].as_str().unwrap_or(""),
                    "port": named_port(port),
                    "protocol": port["protocol"],
                })
            })
            .collect();

        let target = |pod: &super::Pod| {
            json!({
                "kind": "Pod",
                "namespace": namespace,
                "name": pod.name,
                "uid": pod.uid,
            })
        };
        let entries: Vec<Value> = pods
            .iter()
            .map(|(pod, place)| {
                let ready = pod.is_ready() || publish;
                json!({
                    "addresses": [place.ip],
                    "conditions": {
                        "ready": ready,
                        "serving": ready,
                        "terminating": pod.deleting.is_some(),
                    },
                    "nodeName": place.node_name,
                    "targetRef": target(pod),
                })
            })
            .collect();
        let slice_name = format!("{name}-{}", suffix(hash(self.seed, &["slice", namespace, name]), 5));
        let mut slice = self.metadata("EndpointSlice", namespace, &slice_name, created);
        slice["generateName"] = format!("{name}-").into();
        slice["labels"] = labels_of(
            metadata,
            &[
                ("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io"),
                ("kubernetes.io/service-name", name),
            ],
        );
        if service["spec"]["clusterIP"] == "None" {
            slice["labels"]["service.kubernetes.io/headless"] = "".into();
        }
        slice["ownerReferences"] = json!([owner("v1", "Service", name, metadata["uid"].as_str().unwrap_or_default())]);
        let slice = json!({
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": slice,
            "addressType": "IPv4",
            "endpoints": if entries.is_empty() { Value::Null } else { entries.into() },
            "ports": ports,
        });

        let addresses = |want_ready: bool| -> Vec<Value> {
            pods.iter()
                .filter(|(pod, _)| pod.deleting.is_none())
                .filter(|(pod, _)| (pod.is_ready() || publish) == want_ready)
                .map(|(pod, place)| json!({"ip": place.ip, "nodeName": place.node_name, "targetRef": target(pod)}))
                .collect()
        };
        let (ready, not_ready) = (addresses(true), addresses(false));
        let mut endpoints = self.metadata("Endpoints", namespace, name, created);
        endpoints["labels"] = labels_of(metadata, &[("endpoints.kubernetes.io/managed-by", "endpoint-controller")]);
        let mut endpoints = json!({
            "apiVersion": "v1",
            "kind": "Endpoints",
            "metadata": endpoints,
        });
        if !ready.is_empty() || !not_ready.is_empty() {
            let mut subset = json!({"ports": ports});
            if !ready.is_empty() {
                subset["addresses"] = ready.into();
            }
            if !not_ready.is_empty() {
                subset["notReadyAddresses"] = not_ready.into();
            }
            endpoints["subsets"] = json!([subset]);
        }
        (slice, endpoints)
    }
}

/// The labels of a Service and some more.
fn labels_of(metadata: &Value, more: &[(&str, &str)]) -> Value {
    let mut labels = metadata["labels"].clone();
    if !labels.is_object() {
        labels = json!({});
    }
    for (name, value) in more {
        labels[*name] = (*value).into();
    }
    labels
}
