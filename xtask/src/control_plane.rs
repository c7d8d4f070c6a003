//! `cargo xtask control-plane`: builds the upstream Kubernetes programs that the acceptance tests run against, from
//! `tests/control-plane/go.mod`, and lays what they are started with (kwok's stages) beside them. It builds again only
//! when go.mod, go.sum or the way of building changed. The definitions of custom resources lie there too.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{definitions, go, paths, shell};

/// Build the Kubernetes programs that the acceptance tests run against (four minutes, once).
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Without these the API server calls itself v0.0.0-master, which kubectl cannot parse.
const LINKER_FLAGS: &str = "-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3 \
    -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36";

/// What kwok simulates a kubelet with; it ends at once without stages.
const KWOK_FILES: [&str; 10] = [
    "stage/node/fast/node-initialize.yaml",
    "stage/node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
    "stage/pod/fast/pod-ready.yaml",
    "stage/pod/fast/pod-complete.yaml",
    "stage/pod/fast/pod-delete.yaml",
    "stage/pod/chaos/pod-container-running-failed.yaml",
    "stage/pod/chaos/pod-init-container-running-failed.yaml",
    "metrics/resource/metrics-resource.yaml",
    "metrics/usage/usage-from-annotation.yaml",
    "crd/bases/kwok.x-k8s.io_stages.yaml",
];

pub(crate) fn run(_: Args) -> Result<()> {
    let folder = build()?;
    shell::say(format!("the control plane is in {}", folder.display()));
    Ok(())
}

/// Builds what is missing or outdated and returns the folder: `bin/` with the programs, `kwok/` with the stages, `crds/`
/// with the definitions of custom resources.
pub(crate) fn build() -> Result<PathBuf> {
    let source = paths::root().join("tests/control-plane");
    let folder = paths::control_plane()?;
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    // Two checkouts may share the folder: the second waits here, then finds the work done.
    let lock = File::create(folder.join("lock")).context("create the lock of the control plane's folder")?;
    lock.lock().context("lock the control plane's folder")?;

    programs(&source, &folder)?;
    definitions::build(&source.join("crds"), &folder)?;
    Ok(folder)
}

fn programs(source: &Path, folder: &Path) -> Result<()> {
    let recipe = recipe(source)?;
    let stamp = folder.join("stamp");
    if fs::read_to_string(&stamp).is_ok_and(|built| built == recipe) {
        return Ok(());
    }
    let go = go::toolchain(source, folder)?;
    // Go takes a folder for one only where it is there.
    let programs = folder.join("bin");
    fs::create_dir_all(&programs).with_context(|| format!("create {}", programs.display()))?;
    shell::say("building the Kubernetes programs for the tests (four minutes on two cores, once)");
    shell::run(
        Command::new(&go)
            .current_dir(source)
            .args(["build", "-ldflags", LINKER_FLAGS, "-o"])
            .arg(&programs)
            .arg("tool"),
    )?;
    copy_kwok(&go, source, &folder.join("kwok"))?;
    fs::write(&stamp, recipe).with_context(|| format!("write {}", stamp.display()))
}

/// Everything the result depends on, as one text.
fn recipe(source: &Path) -> Result<String> {
    let read = |name: &str| fs::read_to_string(source.join(name)).with_context(|| format!("read {name}"));
    Ok([go::GO_WHEEL, LINKER_FLAGS, &KWOK_FILES.join("\n"), &read("go.mod")?, &read("go.sum")?].join("\n"))
}

fn copy_kwok(go: &Path, source: &Path, to: &Path) -> Result<()> {
    let module = shell::capture(Command::new(go).current_dir(source).args([
        "list",
        "-m",
        "-f",
        "{{.Dir}}",
        "sigs.k8s.io/kwok",
    ]))?;
    fs::create_dir_all(to).with_context(|| format!("create {}", to.display()))?;
    for name in KWOK_FILES {
        let from = Path::new(&module).join("kustomize").join(name);
        let text = fs::read(&from).with_context(|| format!("read {}", from.display()))?;
        // Written, not copied: files of the module cache are read-only and so would the copies be.
        let file = to.join(name.rsplit('/').next().unwrap_or(name));
        fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
    }
    Ok(())
}
