//! Network policies and disruption budgets: which pods they hold for, and who may speak to them.
//!
//! Peers are joined to the policy, not to each of its pods: a policy of 100 pods that lets in 100 others is 200 edges
//! and not 10,000. Peers that are whole namespaces are the Namespace; one that is chosen by its name is known even where
//! no Namespace can be listed, or the source holds only what lives in it.

use model::RelationClass::Governs;
use model::{EXTERNAL_GROUP, GroupKind};
use serde_json::Value;

use crate::LabelSelector;
use crate::json::{field, list, text};
use crate::links::{Among, Found, Namespaces};
use crate::marks::NAMESPACE_NAME;
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const POLICY: &[(&str, &str)] = &[("networking.k8s.io", "NetworkPolicy")];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("networkpolicy-isolates-pod", 26, Governs)
            .from(POLICY)
            .fields(&["spec.podSelector"])
            .to("Pod", TargetScope::Same)
            .because("The policy's pod selector matches: only what its rules allow reaches (or leaves) the pod.")
            .by(isolates),
        Rule::new("networkpolicy-admits-peer", 27, Governs)
            .from(POLICY)
            .fields(&["spec.ingress[].from[]"])
            .to("Pods, Namespaces, addresses", TargetScope::Cross)
            .because("The policy lets this peer reach its pods.")
            .by(|source, found| peers(source, found, "ingress", "from", true)),
        Rule::new("networkpolicy-lets-out-to-peer", 28, Governs)
            .from(POLICY)
            .fields(&["spec.egress[].to[]"])
            .to("Pods, Namespaces, addresses", TargetScope::Cross)
            .because("The policy lets its pods reach this peer.")
            .by(|source, found| peers(source, found, "egress", "to", false)),
        Rule::new("budget-protects-pod", 29, Governs)
            .from(&[("policy", "PodDisruptionBudget")])
            .fields(&["spec.selector"])
            .to("Pod", TargetScope::Same)
            .because("Evictions of this pod must leave the budget's minimum running.")
            .by(budget),
    ]
}

/// Directions a policy restricts. Without `policyTypes`, ingress always and egress only if it has egress rules.
fn directions(spec: &Value) -> String {
    let types = list(spec, "policyTypes");
    let egress = spec.get("egress").and_then(Value::as_array).is_some_and(|rules| !rules.is_empty());
    let has = |name: &str, default: bool| {
        if types.is_empty() { default } else { types.iter().any(|kind| text(kind) == Some(name)) }
    };
    match (has("Ingress", true), has("Egress", egress)) {
        (true, true) => "ingress, egress".to_owned(),
        (false, true) => "egress".to_owned(),
        _ => "ingress".to_owned(),
    }
}

fn isolates(source: &Source<'_>, found: &mut Found<'_>) {
    // An empty selector selects every pod of the namespace.
    let selector = source.spec.get("podSelector").map(LabelSelector::from_json).unwrap_or_default();
    let namespaces = Namespaces::Named(vec![source.namespace.into()]);
    found.select(Among::Pods, namespaces, selector, "spec.podSelector").label = Some(directions(source.spec).into());
}

fn peers(source: &Source<'_>, found: &mut Found<'_>, direction: &str, side: &str, inward: bool) {
    if !directions(source.spec).contains(direction) {
        return;
    }
    let outside = |name: &str| source.key_to(EXTERNAL_GROUP, "Network", "", name);
    for (rule_at, rule) in list(source.spec, direction).iter().enumerate() {
        let label = ports(rule);
        let named = list(rule, side);
        if named.is_empty() {
            let at = format!("spec.{direction}[{rule_at}]");
            let link = found.key(outside("anywhere"), at);
            link.reversed = inward;
            link.label = label.clone();
        }
        for (at, peer) in named.iter().enumerate() {
            let at = format!("spec.{direction}[{rule_at}].{side}[{at}]");
            if let Some(block) = peer.get("ipBlock").and_then(|block| field(block, "cidr")) {
                let link = found.key(source.key_to(EXTERNAL_GROUP, "Address", "", block), at);
                link.reversed = inward;
                link.label = label.clone();
                continue;
            }
            let pods = peer.get("podSelector").map(LabelSelector::from_json);
            let spaces = peer.get("namespaceSelector").map(LabelSelector::from_json);
            let (among, namespaces, selector) = match (pods, spaces) {
                (Some(pods), None) if pods.is_everything() => {
                    // All pods of the policy's own namespace.
                    let key = source.key_to("", "Namespace", "", source.namespace);
                    let link = found.key(key, at).if_present();
                    link.reversed = inward;
                    link.label = label.clone();
                    continue;
                }
                (Some(pods), None) => (Among::Pods, Namespaces::Named(vec![source.namespace.into()]), pods),
                (None, Some(spaces)) | (Some(_), Some(spaces))
                    if spaces.is_everything() && peer_pods(peer).is_none() =>
                {
                    let link = found.key(outside("every namespace"), at);
                    link.reversed = inward;
                    link.label = label.clone();
                    continue;
                }
                (_, Some(spaces)) if peer_pods(peer).is_none() && spaces.only(NAMESPACE_NAME).is_some() => {
                    for name in spaces.only(NAMESPACE_NAME).unwrap_or_default() {
                        let key = source.key_to("", "Namespace", "", name);
                        let link = found.key(key, &at).optional(true);
                        link.reversed = inward;
                        link.label = label.clone();
                    }
                    continue;
                }
                (None, Some(spaces)) => (Among::Kind(GroupKind::new("", "Namespace")), Namespaces::All, spaces),
                (Some(pods), Some(spaces)) if pods.is_everything() => {
                    (Among::Kind(GroupKind::new("", "Namespace")), Namespaces::All, spaces)
                }
                (Some(pods), Some(spaces)) if spaces.is_everything() => (Among::Pods, Namespaces::All, pods),
                (Some(pods), Some(spaces)) => (Among::Pods, Namespaces::Matching(spaces), pods),
                (None, None) => continue,
            };
            let selection = found.select(among, namespaces, selector, at);
            selection.reversed = inward;
            selection.label = label.clone();
        }
    }
}

/// The pod selector of a peer, unless it is absent or selects every pod.
fn peer_pods(peer: &Value) -> Option<LabelSelector> {
    peer.get("podSelector").map(LabelSelector::from_json).filter(|selector| !selector.is_everything())
}

fn ports(rule: &Value) -> Option<std::sync::Arc<str>> {
    let ports: Vec<String> = list(rule, "ports")
        .iter()
        .filter_map(|port| match port.get("port") {
            Some(Value::Number(number)) => Some(format!(":{number}")),
            Some(Value::String(name)) => Some(format!(":{name}")),
            _ => None,
        })
        .collect();
    (!ports.is_empty()).then(|| ports.join(", ").into())
}

fn budget(source: &Source<'_>, found: &mut Found<'_>) {
    // In policy/v1 an empty selector protects every pod, an absent one none.
    let Some(selector) = source.spec.get("selector").filter(|selector| selector.is_object()) else { return };
    let selector = LabelSelector::from_json(selector);
    // In v1beta1 it was the other way round: an empty selector protected none.
    if selector.is_everything() && &*source.object.version == "v1beta1" {
        return;
    }
    found.select(Among::Pods, Namespaces::Named(vec![source.namespace.into()]), selector, "spec.selector");
}
