//! Who put it there: Argo CD, Argo Rollouts, Flux, Helm.

use model::Health;
use model::RelationClass::{Member, Refers};
use model::{GroupKind, ResourceKey};
use serde_json::Value;

use crate::LabelSelector;
use crate::json::{At, field, group_of, list};
use crate::links::{Among, Found, Namespaces, Target};
use crate::marks::{ARGO_APPLICATION, ARGO_LABEL, HELM_RELEASE};
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const ARGO: &str = "argoproj.io";
const KUSTOMIZE: &str = "kustomize.toolkit.fluxcd.io";
const HELM: &str = "helm.toolkit.fluxcd.io";
const SOURCE: &str = "source.toolkit.fluxcd.io";
const FLUX: &[(&str, &str)] = &[(KUSTOMIZE, "Kustomization"), (HELM, "HelmRelease")];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("application-tracks-object", 64, Member)
            .from(&[(ARGO, "Application")])
            .fields(&["metadata.annotations[argocd.argoproj.io/tracking-id]", "metadata.labels[app.kubernetes.io/instance]"])
            .to("objects it made", TargetScope::Cross)
            .because("Argo CD marked the object as part of this application.")
            .by(tracked),
        Rule::new("application-lists-object", 64, Member)
            .from(&[(ARGO, "Application")])
            .fields(&["status.resources[]"])
            .to("objects it made", TargetScope::Cross)
            .because("Argo CD reports this object as part of the application.")
            .by(listed),
        Rule::new("application-in-project", 64, Refers)
            .from(&[(ARGO, "Application")])
            .fields(&["spec.project"])
            .to("AppProject", TargetScope::Cross)
            .because("The project limits what the application may deploy and where.")
            .broken(Health::Failing, "AppProject {name} missing")
            .by(|source, found| {
                if let Some(name) = field(source.spec, "project") {
                    let here = source.key_to(ARGO, "AppProject", source.namespace, name);
                    found.link(Target::Project { here }, "spec.project");
                }
            }),
        Rule::new("rollout-steers-service", 65, Refers)
            .from(&[(ARGO, "Rollout")])
            .fields(&["spec.strategy.canary.stableService", "spec.strategy.canary.canaryService", "spec.strategy.blueGreen.activeService", "spec.strategy.blueGreen.previewService"])
            .to("Service", TargetScope::Same)
            .because("The rollout points this Service at one of its versions.")
            .broken(Health::Failing, "Service {name} missing")
            .by(steered),
        Rule::new("rollout-takes-template-of", 65, Refers)
            .from(&[(ARGO, "Rollout")])
            .fields(&["spec.workloadRef"])
            .to("a workload", TargetScope::Same)
            .because("The rollout runs the pod template of this workload.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(workload_ref),
        Rule::new("rollout-analyses-by", 65, Refers)
            .from(&[(ARGO, "Rollout")])
            .fields(&["analysis.templates[].templateName"])
            .to("AnalysisTemplate", TargetScope::Same)
            .because("The rollout goes on only if this analysis succeeds.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(|source, found| {
                if let Some(strategy) = source.spec.get("strategy") {
                    analyses(source, found, strategy, "spec.strategy".to_owned());
                }
            }),
        Rule::new("flux-applies-object", 66, Member)
            .from(FLUX)
            .fields(&["metadata.labels[{kustomize,helm}.toolkit.fluxcd.io/{name,namespace}]"])
            .to("objects it made", TargetScope::Cross)
            .because("Flux marked the object with the name of this Kustomization or HelmRelease. Objects exempt from pruning may lack the mark.")
            .by(applied),
        Rule::new("flux-reads-source", 66, Refers)
            .from(FLUX)
            .fields(&["spec.sourceRef", "spec.chartRef", "spec.chart.spec.sourceRef"])
            .to("GitRepository, OCIRepository, Bucket, HelmRepository, HelmChart", TargetScope::Cross)
            .because("What is applied comes from this source.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(sources),
        Rule::new("flux-reads-values", 66, Refers)
            .from(FLUX)
            .fields(&["spec.valuesFrom[]", "spec.postBuild.substituteFrom[]"])
            .to("ConfigMap or Secret", TargetScope::Same)
            .because("Values of what is applied come from this object.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(values),
        Rule::new("flux-depends-on", 66, Refers)
            .from(FLUX)
            .fields(&["spec.dependsOn[]"])
            .to("Kustomization or HelmRelease", TargetScope::Cross)
            .because("It is applied after this one is ready.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(depends_on),
        Rule::new("helm-release-made-object", 67, Member)
            .from(&[("", "Secret")])
            .fields(&["metadata.annotations[meta.helm.sh/release-name]", "metadata.annotations[meta.helm.sh/release-namespace]"])
            .to("objects it made", TargetScope::Cross)
            .because("Helm installed the object with this release, whose current revision is kept in the Secret.")
            .by(release),
    ]
}

fn tracked(source: &Source<'_>, found: &mut Found<'_>) {
    for (mark, at) in [
        (ARGO_APPLICATION, "metadata.annotations[argocd.argoproj.io/tracking-id]"),
        (ARGO_LABEL, "metadata.labels[app.kubernetes.io/instance]"),
    ] {
        // Names of applications outside of Argo CD's own namespace are told with theirs.
        for name in [source.key.name().to_owned(), format!("{}_{}", source.namespace, source.key.name())] {
            found.select(Among::Everything, Namespaces::All, LabelSelector::label(mark, &name), at);
        }
    }
}

fn listed(source: &Source<'_>, found: &mut Found<'_>) {
    for (at, resource) in source.items("/status/resources").iter().enumerate() {
        let (Some(kind), Some(name)) = (field(resource, "kind"), field(resource, "name")) else { continue };
        let kind = GroupKind::new(field(resource, "group").unwrap_or_default(), kind);
        let key = ResourceKey::of(&kind, field(resource, "namespace").unwrap_or_default(), name);
        // The status may lag behind, and may list what lies in another cluster.
        found.key(key, format_args!("status.resources[{at}]")).if_present();
    }
}

fn steered(source: &Source<'_>, found: &mut Found<'_>) {
    for (strategy, name) in [
        ("canary", "stableService"),
        ("canary", "canaryService"),
        ("blueGreen", "activeService"),
        ("blueGreen", "previewService"),
    ] {
        if let Some(service) = source.text(&format!("/spec/strategy/{strategy}/{name}")) {
            let key = source.key_to("", "Service", source.namespace, service);
            let label = name.trim_end_matches("Service");
            found.key(key, format_args!("spec.strategy.{strategy}.{name}")).label(label);
        }
    }
}

fn workload_ref(source: &Source<'_>, found: &mut Found<'_>) {
    let Some(reference) = source.spec.get("workloadRef") else { return };
    if let (Some(kind), Some(name)) = (field(reference, "kind"), field(reference, "name")) {
        let kind = GroupKind::new(group_of(field(reference, "apiVersion").unwrap_or_default()), kind);
        found.key(ResourceKey::of(&kind, source.namespace, name), "spec.workloadRef");
    }
}

/// Templates are named in a dozen places of a strategy; all are lists called `templates` with `templateName`.
fn analyses(source: &Source<'_>, found: &mut Found<'_>, value: &Value, at: String) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                analyses(source, found, item, format!("{at}[{index}]"));
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                analyses(source, found, value, format!("{at}.{name}"));
            }
            if let Some(template) = field(value, "templateName") {
                let wide = value.get("clusterScope").and_then(Value::as_bool) == Some(true);
                let (kind, namespace) =
                    if wide { ("ClusterAnalysisTemplate", "") } else { ("AnalysisTemplate", source.namespace) };
                found.key(source.key_to(ARGO, kind, namespace, template), format_args!("{at}.templateName"));
            }
        }
        _ => {}
    }
}

fn applied(source: &Source<'_>, found: &mut Found<'_>) {
    let group = source.key.group();
    let selector = LabelSelector::label(&format!("{group}/name"), source.key.name())
        .and(&format!("{group}/namespace"), source.namespace);
    found.select(Among::Everything, Namespaces::All, selector, format!("metadata.labels[{group}/name]"));
}

fn sources(source: &Source<'_>, found: &mut Found<'_>) {
    for (pointer, at) in [
        ("/spec/sourceRef", "spec.sourceRef"),
        ("/spec/chartRef", "spec.chartRef"),
        ("/spec/chart/spec/sourceRef", "spec.chart.spec.sourceRef"),
    ] {
        let Some(reference) = source.body.at(pointer) else { continue };
        if let (Some(kind), Some(name)) = (field(reference, "kind"), field(reference, "name")) {
            let group = field(reference, "apiVersion").map_or(SOURCE, group_of);
            let namespace = field(reference, "namespace").unwrap_or(source.namespace);
            found.key(source.key_to(group, kind, namespace, name), at);
        }
    }
}

fn values(source: &Source<'_>, found: &mut Found<'_>) {
    for (pointer, at) in
        [("/spec/valuesFrom", "spec.valuesFrom"), ("/spec/postBuild/substituteFrom", "spec.postBuild.substituteFrom")]
    {
        for (index, reference) in source.items(pointer).iter().enumerate() {
            let (Some(kind), Some(name)) = (field(reference, "kind"), field(reference, "name")) else { continue };
            let optional = reference.get("optional").and_then(Value::as_bool) == Some(true);
            found
                .key(source.key_to("", kind, source.namespace, name), format_args!("{at}[{index}]"))
                .optional(optional);
        }
    }
}

fn depends_on(source: &Source<'_>, found: &mut Found<'_>) {
    for (at, other) in list(source.spec, "dependsOn").iter().enumerate() {
        if let Some(name) = field(other, "name") {
            let namespace = field(other, "namespace").unwrap_or(source.namespace);
            let key = source.key_to(source.key.group(), source.key.kind(), namespace, name);
            found.key(key, format_args!("spec.dependsOn[{at}]"));
        }
    }
}

fn release(source: &Source<'_>, found: &mut Found<'_>) {
    let label = |name: &str| source.label(name);
    // Earlier revisions are kept as well; only the deployed one stands for the release.
    if label("owner") != Some("helm") || label("status") != Some("deployed") {
        return;
    }
    if let Some(name) = label("name") {
        let selector = LabelSelector::label(HELM_RELEASE, &format!("{}/{name}", source.namespace));
        found.select(Among::Everything, Namespaces::All, selector, "metadata.annotations[meta.helm.sh/release-name]");
    }
}
