//! Every rule of the table against its fixtures.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::RuleBook;
use crate::testing::fixtures::{self, Fixture};
use crate::testing::{check, edges, graph, graph_of, nodes, parsed};

#[test]
fn every_row_of_the_catalogue_has_an_entry_and_ids_are_unique() {
    let rules = super::all();
    let rows: BTreeSet<u8> = rules.iter().filter_map(|rule| rule.row).collect();
    assert_eq!(rows, (1..=75).collect());
    let ids: BTreeSet<&str> = rules.iter().map(|rule| &*rule.id).collect();
    assert_eq!(ids.len(), rules.len());
    for rule in &rules {
        assert!(!rule.explanation.is_empty() && !rule.fields.is_empty() && !rule.target.is_empty(), "{}", rule.id);
    }
}

#[test]
fn every_fixture_gives_its_edges() {
    let mut wrong = String::new();
    for (file, fixture) in fixtures::all() {
        let graph = graph_of(RuleBook::default(), parsed(&fixture));
        let found = edges(&graph, |relation| fixture.rules.iter().any(|rule| rule == relation));
        compare(&mut wrong, file, &fixture, &fixture.edges, &found);
        if let Some(expected) = &fixture.nodes {
            compare(&mut wrong, file, &fixture, expected, &nodes(&graph));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn compare(wrong: &mut String, file: &str, fixture: &Fixture, expected: &str, found: &str) {
    // Lines alone: YAML keeps no space at their ends.
    let lines = |text: &str| text.trim().lines().map(str::trim_end).collect::<Vec<_>>().join("\n  ");
    let (expected, found) = (lines(expected), lines(found));
    if expected != found {
        let _ = writeln!(wrong, "fixtures/{file}.yaml: {}\nexpected\n  {expected}\nfound\n  {found}", fixture.says);
    }
}

/// One positive: an edge of the rule. One near miss: an object beside it that the rule leaves alone. A rule that draws
/// no edge has a fixture that shows where it is told instead.
#[test]
fn every_rule_has_a_positive_and_a_near_miss() {
    let fixtures = fixtures::all();
    let mut lacking = Vec::new();
    for rule in super::all() {
        let (mut shown, mut positive, mut near_miss) = (false, false, false);
        for (_, fixture) in fixtures.iter().filter(|(_, fixture)| fixture.rules.iter().any(|id| *id == rule.id)) {
            shown = true;
            let edges = fixture.edges.lines().filter(|line| line.split(' ').any(|word| word == rule.id));
            let touched: BTreeSet<&str> = edges.flat_map(|line| line.split(' ')).collect();
            positive |= !touched.is_empty();
            near_miss |= parsed(fixture).iter().any(|object| !touched.contains(object.key.to_string().as_str()));
        }
        if !shown || rule.draws_edges() && !(positive && near_miss) {
            lacking.push(format!("{}: positive {positive}, near miss {near_miss}", rule.id));
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}

/// No server takes these any more, but manifests carry them.
#[test]
fn old_api_versions_are_read_by_their_own_fields() {
    let found = check(
        r"
apiVersion: networking.k8s.io/v1beta1
kind: Ingress
metadata: {name: old, namespace: shop}
spec: {rules: [{http: {paths: [{path: /x, backend: {serviceName: web, servicePort: http}}, {path: /y, backend: {serviceName: gone, servicePort: 1}}]}}]}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}}
---
{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: old, namespace: shop}, spec: {selector: {}}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: new, namespace: shop}, spec: {selector: {}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-0, namespace: shop, labels: {app: web}}}
---
{apiVersion: extensions/v1beta1, kind: Deployment, metadata: {name: web, namespace: shop}}
---
{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, metadata: {name: web, namespace: shop}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}
",
    );
    insta::assert_snapshot!(found, @r#"
    autoscaling/HorizontalPodAutoscaler/shop/web -> apps/Deployment/shop/web autoscaler-scales-workload resolved [spec.scaleTargetRef]
    networking.k8s.io/Ingress/shop/old -> core/Service/shop/gone ingress-routes-to-service missing [spec.rules[0].http.paths[1].backend.serviceName] "/y :1"
    networking.k8s.io/Ingress/shop/old -> core/Service/shop/web ingress-routes-to-service resolved [spec.rules[0].http.paths[0].backend.serviceName] "/x :http"
    policy/PodDisruptionBudget/shop/new -> core/Pod/shop/web-0 budget-protects-pod resolved [spec.selector]
    "#);
}

#[test]
fn what_kubernetes_makes_itself_is_not_missing_in_files() {
    let found = check(
        r"
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: op}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: op}, roleRef: {kind: ClusterRole, name: cluster-admin}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: typo}, roleRef: {kind: ClusterRole, name: cluster-admn}}
",
    );
    insta::assert_snapshot!(found, @"
    rbac.authorization.k8s.io/ClusterRoleBinding//op -> rbac.authorization.k8s.io/ClusterRole//cluster-admin binding-grants-role unknown [roleRef]
    rbac.authorization.k8s.io/ClusterRoleBinding//typo -> rbac.authorization.k8s.io/ClusterRole//cluster-admn binding-grants-role missing [roleRef]
    ");
}

#[test]
fn a_stray_pod_of_a_cluster_is_nobodys() {
    let found = check(
        r"
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop, uid: d1}, spec: {selector: {matchLabels: {app: web}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: stray, namespace: shop, uid: p1, labels: {app: web}}}
",
    );
    assert_eq!(found, "");
}

#[test]
fn a_service_of_an_operators_pods_is_unknown_in_files() {
    let text = nodes(&graph(
        r"
{apiVersion: v1, kind: Service, metadata: {name: prom, namespace: m}, spec: {selector: {app.kubernetes.io/name: prometheus}}}
---
{apiVersion: v1, kind: Service, metadata: {name: wrong, namespace: m}, spec: {selector: {app: typo}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: operator, namespace: m}, spec: {template: {metadata: {labels: {a: b}}}}}
",
    ));
    insta::assert_snapshot!(text, @"
    apps/Deployment/m/operator neutral  | 1 replica
    core/Service/m/prom unknown ClusterIP | pods of an operator, not in this source
    core/Service/m/wrong degraded ClusterIP | selector matches nothing
    ");
}

/// Seen: Application team-x/web failing for an AppProject of its own namespace, where Argo CD never looks.
#[test]
fn a_project_is_not_missing_while_nobody_knows_where_projects_are() {
    let application = |name: &str| {
        format!(
            "{{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {{name: {name}, namespace: team-x}}, spec: {{project: default}}}}\n"
        )
    };
    let project = |namespace: &str, name: &str, takes: &str| {
        format!(
            "---\n{{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {{name: {name}, namespace: {namespace}}}, spec: {{sourceNamespaces: ['{takes}']}}}}\n"
        )
    };
    assert_eq!(
        check(&application("web")),
        "argoproj.io/Application/team-x/web -> argoproj.io/AppProject/team-x/default application-in-project unknown [spec.project]",
        "projects are not in the source"
    );
    let two = application("web") + &project("argo-a", "other", "*") + &project("argo-b", "other", "*");
    assert_eq!(check(&two), "", "listed, and it may be missing in either of two places");
    let taken = application("web") + &project("argo-a", "default", "team-y") + &project("argo-b", "default", "team-?");
    assert_eq!(
        check(&taken),
        "argoproj.io/Application/team-x/web -> argoproj.io/AppProject/argo-b/default application-in-project resolved [spec.project]"
    );
}

/// Seen: an evicted pod among those that a Service sends to. kubectl's endpoints leave pods out that are over.
#[test]
fn a_pod_that_is_over_gets_no_traffic() {
    let pod = |name: &str, phase: &str| {
        format!(
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: shop, uid: {name}, labels: {{app: catalog}}}}, spec: {{containers: [{{name: c}}]}}, status: {{phase: {phase}}}}}\n"
        )
    };
    let service = "{apiVersion: v1, kind: Service, metadata: {name: catalog, namespace: shop}, spec: {selector: {app: catalog}}}\n---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: shop}, spec: {podSelector: {}}}\n";
    let yaml = service.to_owned() + &pod("evicted", "Failed") + &pod("done", "Succeeded") + &pod("serves", "Running");
    let sent = |yaml: &str| edges(&graph(yaml), |relation| relation == "service-selects-pod");
    let serving = "core/Service/shop/catalog -> core/Pod/shop/serves service-selects-pod resolved [spec.selector]";
    assert_eq!(sent(&yaml), serving);
    assert_eq!(
        check(&yaml).matches("networkpolicy-isolates-pod").count(),
        3,
        "a policy holds for all of them: {}",
        check(&yaml)
    );
}

/// Seen: a ConfigMap that a pod may do without was missing, and stood among the problems.
#[test]
fn what_is_optional_and_absent_is_no_problem() {
    let yaml = |optional: bool| {
        format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: web, namespace: shop}}, spec: {{containers: [{{name: c, envFrom: [{{configMapRef: {{name: extra, optional: {optional}}}}}]}}]}}}}\n---\n{{apiVersion: v1, kind: ConfigMap, metadata: {{name: other, namespace: shop}}}}"
        )
    };
    let ghost = |optional: bool| {
        let graph = graph(&yaml(optional));
        let id = graph.id(&model::ResourceKey::new("", "ConfigMap", "shop", "extra"));
        let node = graph.node(id.expect("named by the pod"));
        (node.health, node.presence)
    };
    assert_eq!(ghost(true), (model::Health::Neutral, crate::Presence::Missing));
    assert_eq!(ghost(false), (model::Health::Missing, crate::Presence::Missing));
}
