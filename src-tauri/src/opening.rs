//! What is opened at the start: what the arguments name, else nothing, and the page shows the known clusters.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use api::types::{ApiError, ClusterSource, Nothing};
use api::{Application, Caller};
use clap::{ArgGroup, Parser};

/// Kubernetes clusters as true pictures, from a live cluster, a dump or plain manifests.
///
/// Nothing named: the window begins with the clusters that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Parser)]
#[command(name = "kubilitics", version, group = ArgGroup::new("source").multiple(false))]
pub(crate) struct Opening {
    /// Open manifests, Lists, dumps, folders of them.
    #[arg(value_name = "PATH", group = "source")]
    paths: Vec<String>,
    /// Open this context of the kubeconfig.
    #[arg(long, value_name = "NAME", group = "source")]
    context: Option<String>,
    /// Open its current context.
    #[arg(long, group = "source")]
    current_context: bool,
    /// Open the demo, or so many generated objects.
    #[arg(long, value_name = "OBJECTS", num_args = 0..=1, require_equals = true, group = "source")]
    demo: Option<Option<u32>>,
    /// Use this kubeconfig alone.
    #[arg(long, value_name = "PATH")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Remember clusters and choices here.
    #[arg(long, value_name = "FILE")]
    pub(crate) database: Option<PathBuf>,
}

impl Opening {
    fn names_nothing(&self) -> bool {
        self.paths.is_empty() && self.context.is_none() && !self.current_context && self.demo.is_none()
    }

    /// The same with its paths made absolute.
    fn seen_from(mut self, folder: &Path) -> Self {
        for path in &mut self.paths {
            *path = folder.join(&*path).to_string_lossy().into_owned();
        }
        self
    }
}

/// Begins to open it. The page shows what is open and why something could not be opened.
pub(crate) fn open(application: Application, opening: Opening) {
    if opening.names_nothing() {
        return;
    }
    // Detached: connecting must not hold up the window, and it ends with the application.
    tauri::async_runtime::spawn(async move {
        match source(&application, opening).await {
            Ok(source) => application.open_asked(source).await,
            Err(error) => application.could_not_open(error),
        }
    });
}

/// What a second start was asked for.
pub(crate) struct Again {
    pub(crate) arguments: Vec<String>,
    /// Where it was started.
    pub(crate) folder: PathBuf,
}

/// Second starts that come while the first one is still on its way.
#[derive(Clone, Default)]
pub(crate) struct Early(Arc<Mutex<Vec<Again>>>);

impl Early {
    pub(crate) fn keep(&self, again: Again) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(again);
    }

    pub(crate) fn take(&self) -> Vec<Again> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a second start was asked for, opened in the window that is there. Its paths count from its own folder.
pub(crate) fn hand_over(application: Application, Again { arguments, folder }: Again) {
    // It has read its arguments itself before it came here: what it could not read, it has told.
    let Ok(opening) = Opening::try_parse_from(arguments) else { return };
    if opening.kubeconfig.is_some() || opening.database.is_some() {
        application.could_not_open(ApiError::invalid(
            "Kubilitics is running already, with a kubeconfig and a database of its own; quit it, then start it with others",
        ));
        return;
    }
    open(application, opening.seen_from(&folder));
}

async fn source(application: &Application, opening: Opening) -> Result<ClusterSource, ApiError> {
    if let Some(objects) = opening.demo {
        return Ok(ClusterSource::Demo { objects });
    }
    if !opening.paths.is_empty() {
        return Ok(ClusterSource::Files { paths: opening.paths });
    }
    let wanted = opening.context;
    let list = application.contexts_list(Caller::Window, Nothing {}).await?;
    let found = list.contexts.into_iter().find(|context| match &wanted {
        Some(name) => context.name == *name,
        None => context.current,
    });
    let absent = || match &wanted {
        Some(name) => ApiError::not_found(format!("no kubeconfig has a context called `{name}`")),
        None => ApiError::not_found("the kubeconfig has no current context; choose one of the list"),
    };
    found.map(|context| ClusterSource::Context { id: context.id }).ok_or_else(absent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Opening, clap::Error> {
        Opening::try_parse_from(std::iter::once("kubilitics").chain(line.split_whitespace()))
    }

    #[test]
    fn arguments_say_what_to_open() {
        assert!(read("").unwrap().names_nothing());
        assert_eq!(read("--demo").unwrap().demo, Some(None));
        assert_eq!(read("--demo=5000").unwrap().demo, Some(Some(5000)));
        assert_eq!(read("--demo a.yaml").unwrap_err().exit_code(), 2, "one thing at a time");
        assert_eq!(read("a.yaml k8s/").unwrap().paths, ["a.yaml", "k8s/"]);
        let opening = read("--kubeconfig k --context prod").unwrap();
        assert_eq!((opening.kubeconfig, opening.context), (Some("k".into()), Some("prod".into())));
    }

    #[test]
    fn a_second_start_means_the_paths_of_its_own_folder() {
        let handed = read("k8s/web.yaml /etc/all.yaml").unwrap().seen_from(Path::new("/home/ada"));
        assert_eq!(handed.paths, ["/home/ada/k8s/web.yaml", "/etc/all.yaml"]);
    }

    #[test]
    fn help_and_version_are_answers_and_no_errors() {
        for (line, says) in [("--help", "--context <NAME>"), ("-h", "--demo"), ("--version", env!("CARGO_PKG_VERSION"))]
        {
            let answer = read(line).unwrap_err();
            assert!(answer.to_string().contains(says) && !answer.use_stderr(), "{line}: {answer}");
            assert_eq!(answer.exit_code(), 0);
        }
    }

    #[test]
    fn what_is_not_known_is_refused_with_the_usage() {
        for line in ["--frobnicate", "--context", "--demo=many"] {
            let refusal = read(line).unwrap_err();
            assert!(refusal.use_stderr() && refusal.exit_code() == 2, "{line}");
        }
    }
}
