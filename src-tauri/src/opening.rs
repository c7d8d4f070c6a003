//! What is opened at the start: what the arguments name, else nothing, and the page shows the known clusters.

use std::path::{Path, PathBuf};

use anyhow::bail;
use api::Application;
use api::types::{ApiError, ClusterSource, Nothing};

/// What the command line says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Opening {
    /// This kubeconfig alone.
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Where to remember things.
    pub(crate) database: Option<PathBuf>,
    first: Option<First>,
}

#[derive(Debug, PartialEq, Eq)]
enum First {
    Demo(Option<u32>),
    Current,
    Context(String),
    Files(Vec<String>),
}

const USAGE: &str = "usage: kubilitics [--kubeconfig PATH] [--database FILE] \
    [--demo[=OBJECTS] | --current-context | --context NAME | PATH...]";

impl Opening {
    /// Reads `--demo[=N]`, `--current-context`, `--context NAME`, `--kubeconfig PATH`, `--database FILE`, and paths of
    /// files to open.
    ///
    /// # Errors
    /// Where an argument is not known or lacks its value.
    pub(crate) fn from_arguments(arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut opening = Self::default();
        let mut files = Vec::new();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut value = || match arguments.next() {
                Some(value) => Ok(value),
                None => bail!("{argument} needs a value; {USAGE}"),
            };
            match argument.as_str() {
                "--kubeconfig" => opening.kubeconfig = Some(value()?.into()),
                "--database" => opening.database = Some(value()?.into()),
                "--context" => opening.first = Some(First::Context(value()?)),
                "--current-context" => opening.first = Some(First::Current),
                "--demo" => opening.first = Some(First::Demo(None)),
                other => match other.strip_prefix("--demo=").map(str::parse) {
                    Some(Ok(objects)) => opening.first = Some(First::Demo(Some(objects))),
                    Some(Err(_)) => bail!("{other} is no number of objects; {USAGE}"),
                    None if other.starts_with('-') => bail!("there is no option {other}; {USAGE}"),
                    None => files.push(argument),
                },
            }
        }
        if !files.is_empty() {
            opening.first = Some(First::Files(files));
        }
        Ok(opening)
    }

    /// The same with its paths made absolute.
    fn seen_from(mut self, folder: &Path) -> Self {
        if let Some(First::Files(paths)) = &mut self.first {
            for path in paths {
                *path = folder.join(&*path).to_string_lossy().into_owned();
            }
        }
        self
    }
}

/// Begins to open it. The page shows what is open and why something could not be opened.
pub(crate) fn open(application: Application, opening: Opening) {
    let Some(first) = opening.first else { return };
    // Detached: connecting must not hold up the window, and it ends with the application.
    tauri::async_runtime::spawn(async move {
        match source(&application, first).await {
            Ok(source) => application.open_asked(source).await,
            Err(error) => application.could_not_open(error),
        }
    });
}

/// What a second start was asked for, opened in the window that is there. Its paths count from its own folder.
pub(crate) fn hand_over(application: Application, arguments: Vec<String>, folder: &Path) {
    // It has read its arguments itself before it came here: what it could not read, it has told.
    let Ok(opening) = Opening::from_arguments(arguments.into_iter().skip(1)) else { return };
    if opening.kubeconfig.is_some() || opening.database.is_some() {
        application.could_not_open(ApiError::invalid(
            "Kubilitics is running already, with a kubeconfig and a database of its own; quit it, then start it with others",
        ));
        return;
    }
    open(application, opening.seen_from(folder));
}

async fn source(application: &Application, first: First) -> Result<ClusterSource, ApiError> {
    let wanted = match first {
        First::Demo(objects) => return Ok(ClusterSource::Demo { objects }),
        First::Files(paths) => return Ok(ClusterSource::Files { paths }),
        First::Current => None,
        First::Context(name) => Some(name),
    };
    let list = application.contexts_list(Nothing {}).await?;
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

    fn read(line: &str) -> anyhow::Result<Opening> {
        Opening::from_arguments(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_say_what_to_open() {
        assert_eq!(read("").unwrap(), Opening::default());
        assert_eq!(read("--demo=5000").unwrap().first, Some(First::Demo(Some(5000))));
        assert_eq!(read("a.yaml k8s/").unwrap().first, Some(First::Files(vec!["a.yaml".into(), "k8s/".into()])));
        let opening = read("--kubeconfig k --context prod").unwrap();
        assert_eq!((opening.kubeconfig, opening.first), (Some("k".into()), Some(First::Context("prod".into()))));
    }

    #[test]
    fn a_second_start_means_the_paths_of_its_own_folder() {
        let handed = read("k8s/web.yaml /etc/all.yaml").unwrap().seen_from(Path::new("/home/ada"));
        assert_eq!(handed.first, Some(First::Files(vec!["/home/ada/k8s/web.yaml".into(), "/etc/all.yaml".into()])));
    }

    #[test]
    fn what_is_not_known_is_refused_with_the_usage() {
        for line in ["--frobnicate", "--context", "--demo=many"] {
            assert!(read(line).unwrap_err().to_string().contains("usage: kubilitics"), "{line}");
        }
    }
}
