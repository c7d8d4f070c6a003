//! Services, their EndpointSlices, and the Ingresses before them.

use serde_json::{Value, json};

use super::{App, Maker, Placed, labels};
use crate::random::{hash, suffix};

/// A Service of an application.
#[derive(Clone, Debug)]
pub(in crate::generate) struct Exposed {
    index: usize,
    pub(in crate::generate) app: usize,
    name: String,
}

/// The class that every Ingress names.
const INGRESS_CLASS: &str = "nginx";

impl Maker {
    pub(in crate::generate) fn exposed(&self, index: usize, apps: &[App]) -> Exposed {
        let app = &apps[index % apps.len()];
        let name = match index / apps.len() {
            0 => app.name.clone(),
            1 => format!("{}-metrics", app.name),
            round => format!("{}-{round}", app.name),
        };
        Exposed { index, app: app.index, name }
    }

    pub(in crate::generate) fn service(&self, service: &Exposed, apps: &[App]) -> Value {
        let app = &apps[service.app];
        // Within the smallest range that clusters give their Services, and above its first, reserved addresses.
        let address = format!("10.0.{}.{}", 1 + service.index / 250 % 255, 1 + service.index % 250);
        json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": self.of_app("Service", app, &service.name),
            "spec": {
                "clusterIP": address,
                "clusterIPs": [address],
                "internalTrafficPolicy": "Cluster",
                "ipFamilies": ["IPv4"],
                "ipFamilyPolicy": "SingleStack",
                "ports": [{"name": "http", "port": 8080, "protocol": "TCP", "targetPort": "http"}],
                "selector": labels(app),
                "sessionAffinity": "None",
                "type": "ClusterIP",
            },
            "status": {"loadBalancer": {}},
        })
    }

    pub(in crate::generate) fn ingress_class(&self, index: usize) -> Value {
        let name = if index == 0 { INGRESS_CLASS.to_owned() } else { format!("{INGRESS_CLASS}-{index}") };
        json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "IngressClass",
            "metadata": self.metadata("IngressClass", "", &name, 900),
            "spec": {"controller": "k8s.io/ingress-nginx"},
        })
    }

    pub(in crate::generate) fn ingress(&self, index: usize, services: &[Exposed], apps: &[App]) -> Value {
        let service = &services[index % services.len()];
        let app = &apps[service.app];
        let host = format!("{}.{}.example.com", service.name, app.namespace);
        let round = index / services.len();
        let name = if round == 0 { service.name.clone() } else { format!("{}-{round}", service.name) };
        json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": self.of_app("Ingress", app, &name),
            "spec": {
                "ingressClassName": INGRESS_CLASS,
                "rules": [{
                    "host": host,
                    "http": {"paths": [{
                        "path": "/",
                        "pathType": "Prefix",
                        "backend": {"service": {"name": service.name, "port": {"name": "http"}}},
                    }]},
                }],
            },
            "status": {"loadBalancer": {"ingress": [{"ip": "198.51.100.20"}]}},
        })
    }

    pub(in crate::generate) fn endpoint_slice(&self, service: &Exposed, apps: &[App], pods: &[Placed]) -> Value {
        let app = &apps[service.app];
        let name = format!("{}-{}", service.name, suffix(hash(self.seed, &["slice", &service.name]), 5));
        let mut metadata = self.of_app("EndpointSlice", app, &name);
        metadata["generateName"] = format!("{}-", service.name).into();
        metadata["labels"]["kubernetes.io/service-name"] = service.name.as_str().into();
        metadata["labels"]["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io".into();
        metadata["ownerReferences"] = self.owner("v1", "Service", &app.namespace, &service.name);
        let endpoints: Vec<Value> = pods
            .iter()
            .map(|pod| {
                json!({
                    "addresses": [pod.ip],
                    "conditions": {"ready": pod.ready, "serving": pod.ready, "terminating": false},
                    "nodeName": pod.node,
                    "targetRef": {"kind": "Pod", "namespace": app.namespace, "name": pod.name, "uid": pod.uid},
                })
            })
            .collect();
        json!({
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": metadata,
            "addressType": "IPv4",
            "endpoints": if endpoints.is_empty() { Value::Null } else { endpoints.into() },
            "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
        })
    }
}
