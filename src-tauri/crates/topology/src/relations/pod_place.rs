//! Where and how a pod runs: node, priority, runtime, devices, extra networks.

use model::Health;
use model::RelationClass::Refers;
use model::{GroupKind, ResourceKey};
use serde_json::Value;

use super::select_default;
use crate::json::{At, field, list};
use crate::kinds::POD_SOURCES;
use crate::links::Found;
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("pod-runs-on-node", 8, Refers)
            .from(&[("", "Pod")])
            .fields(&["spec.nodeName"])
            .to("Node", TargetScope::Cluster)
            .because("The pod is bound to this node.")
            .by(node),
        Rule::new("node-renews-lease", 9, Refers)
            .from(&[("", "Node")])
            .fields(&["metadata.name"])
            .to("Lease", TargetScope::Cross)
            .because("The kubelet renews the Lease of the node's name in kube-node-lease. Leases are heartbeats and no objects of the map: they are counted, and a lapsed one shows as a node that is not ready."),
        Rule::new("pod-has-priorityclass", 50, Refers)
            .from(POD_SOURCES)
            .fields(&["spec.priorityClassName"])
            .to("PriorityClass", TargetScope::Cluster)
            .because("The pod is scheduled, and others are evicted for it, by this class; where none is named, the global default applies.")
            .broken(Health::Degraded, "PriorityClass {name} missing")
            .by(priority),
        Rule::new("pod-has-runtimeclass", 51, Refers)
            .from(POD_SOURCES)
            .fields(&["spec.runtimeClassName"])
            .to("RuntimeClass", TargetScope::Cluster)
            .because("The pod's containers are run by the handler of this class.")
            .broken(Health::Degraded, "RuntimeClass {name} missing")
            .by(runtime),
        Rule::new("pod-uses-resourceclaim", 52, Refers)
            .from(POD_SOURCES)
            .fields(&["spec.resourceClaims[]", "status.resourceClaimStatuses[]"])
            .to("ResourceClaim or ResourceClaimTemplate", TargetScope::Same)
            .because("The pod is given the devices of this claim; the name of a claim made from a template stands in the pod's status.")
            .broken(Health::Degraded, "{kind} {name} missing")
            .by(claims),
        Rule::new("resourceclaim-asks-deviceclass", 52, Refers)
            .from(&[("resource.k8s.io", "ResourceClaim"), ("resource.k8s.io", "ResourceClaimTemplate")])
            .fields(&["spec.devices.requests[].exactly.deviceClassName", "spec.devices.requests[].deviceClassName"])
            .to("DeviceClass", TargetScope::Cluster)
            .because("The claim asks for a device of this class.")
            .broken(Health::Failing, "DeviceClass {name} missing")
            .by(device_class),
        Rule::new("pod-joins-network", 72, Refers)
            .from(POD_SOURCES)
            .fields(&["metadata.annotations[k8s.v1.cni.cncf.io/networks]"])
            .to("NetworkAttachmentDefinition", TargetScope::Cross)
            .because("Multus gives the pod an interface in this network.")
            .by(networks),
    ]
}

fn node(source: &Source<'_>, found: &mut Found<'_>) {
    // Selectors and affinity are wishes, not edges.
    if let Some(node) = field(source.spec, "nodeName") {
        found.key(source.key_to("", "Node", "", node), "spec.nodeName");
    }
}

fn priority(source: &Source<'_>, found: &mut Found<'_>) {
    let Some(pod) = source.pod else { return };
    match field(pod.spec, "priorityClassName") {
        Some(name) => {
            let at = format_args!("{}.priorityClassName", pod.path);
            let link = found.key(source.key_to("scheduling.k8s.io", "PriorityClass", "", name), at);
            // The two system classes exist in every cluster, though no manifest holds them.
            if name.starts_with("system-") {
                link.if_present();
            }
        }
        // A server fills in the default when the pod is made; only manifests leave it open.
        None if source.object.uid.is_none() => {
            let at = format!("{}.priorityClassName", pod.path);
            select_default(found, "scheduling.k8s.io", "PriorityClass", &at);
        }
        None => {}
    }
}

fn runtime(source: &Source<'_>, found: &mut Found<'_>) {
    let Some(pod) = source.pod else { return };
    if let Some(name) = field(pod.spec, "runtimeClassName") {
        let at = format_args!("{}.runtimeClassName", pod.path);
        found.key(source.key_to("node.k8s.io", "RuntimeClass", "", name), at);
    }
}

fn claims(source: &Source<'_>, found: &mut Found<'_>) {
    let Some(pod) = source.pod else { return };
    let key = |kind: &str, name: &str| source.key_to("resource.k8s.io", kind, source.namespace, name);
    for claim in list(pod.spec, "resourceClaims") {
        let at = format!("{}.resourceClaims[{}]", pod.path, field(claim, "name").unwrap_or_default());
        if let Some(name) = field(claim, "resourceClaimName") {
            found.key(key("ResourceClaim", name), format_args!("{at}.resourceClaimName"));
        }
        if let Some(name) = field(claim, "resourceClaimTemplateName") {
            found.key(key("ResourceClaimTemplate", name), format_args!("{at}.resourceClaimTemplateName"));
        }
    }
    let told = if pod.is_pod { source.items("/status/resourceClaimStatuses") } else { &[] };
    for status in told {
        if let Some(name) = field(status, "resourceClaimName") {
            let at = format!("status.resourceClaimStatuses[{}]", field(status, "name").unwrap_or_default());
            found.key(key("ResourceClaim", name), format_args!("{at}.resourceClaimName"));
        }
    }
}

fn device_class(source: &Source<'_>, found: &mut Found<'_>) {
    let spec = if source.key.kind() == "ResourceClaim" { Some(source.spec) } else { source.spec.get("spec") };
    let prefix = if source.key.kind() == "ResourceClaim" { "spec" } else { "spec.spec" };
    let requests = spec.and_then(|spec| spec.at("/devices/requests")).and_then(Value::as_array);
    for request in requests.into_iter().flatten() {
        let at = format!("{prefix}.devices.requests[{}]", field(request, "name").unwrap_or_default());
        let mut ask = |request: &Value, at: String| {
            if let Some(name) = field(request, "deviceClassName") {
                let key = ResourceKey::of(&GroupKind::new("resource.k8s.io", "DeviceClass"), "", name);
                found.key(key, format_args!("{at}.deviceClassName"));
            }
        };
        ask(request, at.clone());
        if let Some(exactly) = request.get("exactly") {
            ask(exactly, format!("{at}.exactly"));
        }
        for (index, choice) in list(request, "firstAvailable").iter().enumerate() {
            ask(choice, format!("{at}.firstAvailable[{index}]"));
        }
    }
}

fn networks(source: &Source<'_>, found: &mut Found<'_>) {
    const ANNOTATION: &str = "k8s.v1.cni.cncf.io/networks";
    let (annotations, prefix) = match source.pod {
        Some(pod) if !pod.is_pod => {
            let template = crate::kinds::pod_template(source.body, source.key);
            (template.and_then(|template| template.at("/metadata/annotations")), pod.path.trim_end_matches("spec"))
        }
        _ => (Some(source.annotations), ""),
    };
    let text = annotations.and_then(|map| field(map, ANNOTATION));
    let Some(text) = text else { return };
    let at = format!("{prefix}metadata.annotations[{ANNOTATION}]");
    let mut join = |namespace: Option<&str>, name: &str| {
        let namespace = namespace.unwrap_or(source.namespace);
        let key = source.key_to("k8s.cni.cncf.io", "NetworkAttachmentDefinition", namespace, name);
        found.key(key, at.clone());
    };
    if let Ok(Value::Array(items)) = serde_json::from_str::<Value>(text) {
        for item in &items {
            if let Some(name) = field(item, "name") {
                join(field(item, "namespace"), name);
            }
        }
        return;
    }
    for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        let item = item.split_once('@').map_or(item, |(item, _)| item);
        match item.split_once('/') {
            Some((namespace, name)) => join(Some(namespace), name),
            None => join(None, item),
        }
    }
}
