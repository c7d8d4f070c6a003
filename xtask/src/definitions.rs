//! The definitions of custom resources that upstream ships as YAML inside Go modules: downloads each module by the
//! version in `tests/control-plane/crds/go.mod`, which Go checks against go.sum, and copies the YAML beside the control
//! plane. No Go is compiled.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{go, shell};

/// Which YAML of which module, in the module's folder: files of a folder that begin so.
const SOURCES: [(&str, &str, &str); 16] = [
    ("github.com/argoproj/argo-cd/v3", "manifests/crds", "app"),
    ("github.com/argoproj/argo-rollouts", "manifests/crds", ""),
    ("github.com/bitnami-labs/sealed-secrets", "helm/sealed-secrets/crds", ""),
    ("github.com/cert-manager/cert-manager", "deploy/crds", ""),
    ("github.com/external-secrets/external-secrets", "config/crds/bases", "external-secrets.io"),
    ("github.com/fluxcd/helm-controller", "config/crd/bases", ""),
    ("github.com/fluxcd/kustomize-controller", "config/crd/bases", ""),
    ("github.com/fluxcd/source-controller", "config/crd/bases", ""),
    ("github.com/kedacore/keda/v2", "config/crd/bases", "keda.sh"),
    ("github.com/kubernetes-csi/external-snapshotter/client/v8", "config/crd", "snapshot"),
    ("github.com/prometheus-operator/prometheus-operator", "example/prometheus-operator-crd", ""),
    ("istio.io/api", "kubernetes", "customresourcedefinitions"),
    ("k8s.io/autoscaler/vertical-pod-autoscaler", "deploy", "vpa-v1-crd"),
    ("sigs.k8s.io/cluster-api", "core/config/crd/bases", "cluster.x-k8s.io"),
    ("sigs.k8s.io/gateway-api", "config/crd/standard", "gateway.networking.k8s.io"),
    ("sigs.k8s.io/karpenter", "pkg/apis/crds", ""),
];

/// No definition, but what kustomize or a gateway's admission needs beside them.
const LEFT_OUT: [&str; 2] = ["kustomization.yaml", "gateway.networking.k8s.io_vap_safeupgrades.yaml"];

/// Copies the definitions to `crds/` in `folder`, unless they are those of this go.mod and go.sum already.
pub(crate) fn build(source: &Path, folder: &Path) -> Result<()> {
    let read = |name: &str| fs::read_to_string(source.join(name)).with_context(|| format!("read crds/{name}"));
    let go_mod = read("go.mod")?;
    let table = SOURCES.map(|(module, from, prefix)| format!("{module} {from} {prefix}")).join("\n");
    let recipe = [go_mod.as_str(), &read("go.sum")?, &table].join("\n");
    let to = folder.join("crds");
    let stamp = folder.join("crds.stamp");
    if fs::read_to_string(&stamp).is_ok_and(|built| built == recipe) {
        return Ok(());
    }
    let go = go::toolchain(source, folder)?;
    shell::say("downloading the definitions of custom resources for the tests (once)");
    if to.exists() {
        fs::remove_dir_all(&to).with_context(|| format!("remove {}", to.display()))?;
    }
    fs::create_dir_all(&to).with_context(|| format!("create {}", to.display()))?;
    for (module, from, prefix) in SOURCES {
        let version = version(&go_mod, module).with_context(|| format!("crds/go.mod has no version of {module}"))?;
        let module_folder = download(&go, source, &format!("{module}@{version}"))?;
        copy(&module_folder.join(from), prefix, &to).with_context(|| format!("copy the definitions of {module}"))?;
    }
    fs::write(&stamp, recipe).with_context(|| format!("write {}", stamp.display()))
}

/// Asked for by its version, a module comes without what it depends on.
fn download(go: &Path, source: &Path, module: &str) -> Result<PathBuf> {
    shell::run(Command::new(go).current_dir(source).args(["mod", "download", module]))?;
    let list = ["list", "-m", "-f", "{{.Dir}}", module];
    Ok(PathBuf::from(shell::capture(Command::new(go).current_dir(source).args(list))?))
}

fn copy(from: &Path, prefix: &str, to: &Path) -> Result<()> {
    for entry in from.read_dir().with_context(|| format!("read {}", from.display()))? {
        let path = entry.context("read a folder")?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".yaml") && name.starts_with(prefix) && !LEFT_OUT.contains(&name.as_str()) {
            // Written, not copied: files of the module cache are read-only and so would the copies be.
            fs::write(to.join(&name), fs::read(&path)?).with_context(|| format!("write {name}"))?;
        }
    }
    Ok(())
}

/// The version on the module's line of a go.mod.
fn version<'a>(go_mod: &'a str, module: &str) -> Option<&'a str> {
    let mut lines = go_mod.lines().map(str::trim);
    lines.find_map(|line| line.strip_prefix(module)?.strip_prefix(' ')?.split(' ').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_has_a_version() {
        let go_mod = include_str!("../../tests/control-plane/crds/go.mod");
        for (module, ..) in SOURCES {
            assert!(version(go_mod, module).is_some_and(|version| version.starts_with('v')), "{module}");
        }
        assert_eq!(version(go_mod, "sigs.k8s.io/gateway"), None);
    }
}
