//! Services, endpoints, ingresses and network policies. What a Service selects is for the graph to say.

use model::Health;
use serde_json::Value;

use super::{Appraisal, counted, plainly_alive};
use crate::json::{field, list, text};
use crate::source::Source;

pub(super) fn service(source: &Source<'_>) -> Appraisal {
    let kind = field(source.spec, "type").unwrap_or("ClusterIP");
    let alive = plainly_alive(source);
    match kind {
        "ExternalName" => {
            let name = field(source.spec, "externalName").unwrap_or(kind);
            Appraisal::new(alive, kind, &*model::mask_credentials(name))
        }
        "LoadBalancer" => {
            let balanced = !source.items("/status/loadBalancer/ingress").is_empty();
            if balanced || source.object.uid.is_none() {
                Appraisal::new(alive, kind, kind)
            } else {
                Appraisal::new(Health::Pending, kind, "LoadBalancer pending")
            }
        }
        _ if field(source.spec, "clusterIP") == Some("None") => Appraisal::new(alive, kind, "headless"),
        _ => Appraisal::new(alive, kind, kind),
    }
}

pub(super) fn endpoints(source: &Source<'_>) -> Appraisal {
    let ready = crate::exports::of(source).into_iter().find_map(|export| match export {
        crate::links::Export::Endpoints { ready, total } => Some((u64::from(ready), u64::from(total))),
        _ => None,
    });
    let (ready, total) = ready.unwrap_or_default();
    Appraisal::new(Health::Neutral, "", format!("{ready} of {total} ready")).ready(ready, total)
}

pub(super) fn ingress(source: &Source<'_>) -> Appraisal {
    let rules = list(source.spec, "rules");
    let hosts: Vec<&str> = rules.iter().filter_map(|rule| field(rule, "host")).collect();
    let tls = if list(source.spec, "tls").is_empty() { "" } else { " · TLS" };
    let caption = match hosts.as_slice() {
        [] => format!("any host{tls}"),
        [host] => format!("{host}{tls}"),
        [host, rest @ ..] => format!("{host} and {} more{tls}", rest.len()),
    };
    Appraisal::new(plainly_alive(source), "", caption)
}

pub(super) fn network_policy(source: &Source<'_>) -> Appraisal {
    let rules = |direction: &str| source.spec.get(direction).and_then(Value::as_array).map_or(0, Vec::len);
    let types: Vec<&str> = list(source.spec, "policyTypes").iter().filter_map(text).collect();
    let egress = types.contains(&"Egress") || (types.is_empty() && rules("egress") > 0);
    let ingress = types.is_empty() || types.contains(&"Ingress");
    let say = |name: &str, count: usize| match count {
        0 => format!("denies all {name}"),
        _ => format!("{name}: {}", counted(count as u64, "rule", "rules")),
    };
    let parts = [ingress.then(|| say("ingress", rules("ingress"))), egress.then(|| say("egress", rules("egress")))];
    Appraisal::new(Health::Neutral, "", parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

/// Routes say per parent whether they are accepted; gateways whether they are programmed.
pub(super) fn route(source: &Source<'_>) -> Appraisal {
    let parents = source.items("/status/parents");
    let hosts: Vec<&str> = list(source.spec, "hostnames").iter().filter_map(text).collect();
    let caption = hosts.first().map_or("any host".to_owned(), |host| (*host).to_owned());
    let says = |kind: &str, status: &str| {
        parents
            .iter()
            .flat_map(|parent| list(parent, "conditions"))
            .find(|condition| field(condition, "type") == Some(kind) && field(condition, "status") == Some(status))
    };
    if let Some(refused) = says("Accepted", "False").or_else(|| says("ResolvedRefs", "False")) {
        let reason = field(refused, "reason").unwrap_or("NotAccepted");
        return Appraisal::new(Health::Failing, reason, reason);
    }
    let health = if parents.is_empty() { Health::Neutral } else { Health::Ok };
    Appraisal::new(health, "", caption)
}
