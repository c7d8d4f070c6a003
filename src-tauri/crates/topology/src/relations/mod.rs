//! Every relation, one file each (or a few that share their fields), in the order of the catalogue.

mod admission;
mod calls;
mod certificates;
mod gateway;
mod gitops;
mod guess;
mod ingress;
mod istio;
mod machines;
mod members;
mod netpol;
mod owners;
mod pod_config;
mod pod_identity;
mod pod_place;
mod pod_storage;
mod prometheus;
mod rbac;
mod scaling;
mod secret_operators;
mod service;
mod sets;
mod storage;
mod strimzi;

use model::GroupKind;

use crate::LabelSelector;
use crate::links::{Among, Found, Namespaces};
use crate::marks::DEFAULT_CLASS;
use crate::rule::Rule;

pub(crate) use calls::mentions_of;

/// The whole table, ordered by row of the catalogue.
pub(crate) fn all() -> Vec<Rule> {
    let mut rules: Vec<Rule> = [
        owners::rules(),
        sets::rules(),
        service::rules(),
        ingress::rules(),
        gateway::rules(),
        netpol::rules(),
        pod_place::rules(),
        pod_config::rules(),
        pod_identity::rules(),
        pod_storage::rules(),
        storage::rules(),
        rbac::rules(),
        scaling::rules(),
        admission::rules(),
        members::rules(),
        prometheus::rules(),
        certificates::rules(),
        gitops::rules(),
        istio::rules(),
        secret_operators::rules(),
        strimzi::rules(),
        machines::rules(),
        guess::rules(),
        calls::rules(),
    ]
    .into_iter()
    .flatten()
    .collect();
    rules.sort_by_key(|rule| rule.row);
    rules
}

/// The class that applies where none is named: the one that is marked as the default.
fn select_default(found: &mut Found<'_>, group: &str, kind: &str, at: &str) {
    let among = Among::Kind(GroupKind::new(group, kind));
    let selector = LabelSelector::label(DEFAULT_CLASS, "true");
    found.select(among, Namespaces::Named(vec!["".into()]), selector, at).at_selector = true;
}

#[cfg(test)]
mod tests;
