//! What is opened at the start: what the arguments name, else nothing, and the page shows the known clusters.

use std::io::Write;
use std::path::{Path, PathBuf};

use api::types::{ApiError, ClusterSource, Nothing};
use api::{Application, Caller};

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

/// Why nothing is opened.
#[derive(Debug, PartialEq, Eq)]
enum Instead {
    /// This was asked for, on standard output.
    Told(String),
    /// This was typed and cannot be meant.
    Usage(String),
}

const USAGE: &str = "usage: kubilitics [--kubeconfig PATH] [--database FILE] \
    [--demo[=OBJECTS] | --current-context | --context NAME | PATH...]";

const OPTIONS: &str = "
  --context NAME      open this context of the kubeconfig
  --current-context   open its current context
  --demo[=OBJECTS]    open the demo, or so many generated objects
  PATH...             open manifests, Lists, dumps, folders of them
  --kubeconfig PATH   use this kubeconfig alone
  --database FILE     remember clusters and choices here
  --help, --version   print this or the version

Nothing named: the window begins with the clusters that are known.";

impl Opening {
    /// What the arguments say; where they open no window, the status to end with. What was asked for goes to `out`, what
    /// is wrong to `err`, in one line.
    pub(crate) fn or_status(
        arguments: impl Iterator<Item = String>,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Self, u8> {
        // Whoever closed the output does not want to read it.
        Self::from_arguments(arguments).map_err(|instead| match instead {
            Instead::Told(text) => {
                let _ = writeln!(out, "{text}");
                0
            }
            Instead::Usage(text) => {
                let _ = writeln!(err, "kubilitics: {text}; {USAGE}");
                2
            }
        })
    }

    /// Reads `--demo[=N]`, `--current-context`, `--context NAME`, `--kubeconfig PATH`, `--database FILE`, `--help`,
    /// `--version`, and paths of files to open.
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Self, Instead> {
        let mut opening = Self::default();
        let mut files = Vec::new();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| Instead::Usage(format!("{argument} needs a value")));
            match argument.as_str() {
                "--help" | "-h" => return Err(Instead::Told(format!("{USAGE}\n{OPTIONS}"))),
                "--version" | "-V" => return Err(Instead::Told(format!("kubilitics {}", env!("CARGO_PKG_VERSION")))),
                "--kubeconfig" => opening.kubeconfig = Some(value()?.into()),
                "--database" => opening.database = Some(value()?.into()),
                "--context" => opening.first = Some(First::Context(value()?)),
                "--current-context" => opening.first = Some(First::Current),
                "--demo" => opening.first = Some(First::Demo(None)),
                other => match other.strip_prefix("--demo=").map(str::parse) {
                    Some(Ok(objects)) => opening.first = Some(First::Demo(Some(objects))),
                    Some(Err(_)) => return Err(Instead::Usage(format!("{other} is no number of objects"))),
                    None if other.starts_with('-') => {
                        return Err(Instead::Usage(format!("there is no option {other}")));
                    }
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

    fn read(line: &str) -> Result<Opening, Instead> {
        Opening::from_arguments(line.split_whitespace().map(str::to_owned))
    }

    /// Status, standard output and standard error of a start that opens nothing.
    fn told(line: &str) -> (u8, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let words = line.split_whitespace().map(str::to_owned);
        let status = Opening::or_status(words, &mut out, &mut err).unwrap_err();
        (status, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
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
    fn help_and_version_are_answers_and_no_errors() {
        for line in ["--help", "-h", "--demo --help"] {
            let (status, out, err) = told(line);
            assert!(out.starts_with("usage: kubilitics") && out.contains("--context NAME  "), "{out}");
            assert_eq!((status, err.as_str()), (0, ""), "{line}");
        }
        assert_eq!(
            told("--version"),
            (0, concat!("kubilitics ", env!("CARGO_PKG_VERSION"), "\n").to_owned(), String::new())
        );
    }

    #[test]
    fn what_is_not_known_is_refused_with_the_usage_in_one_line() {
        for line in ["--frobnicate", "--context", "--demo=many"] {
            let (status, out, err) = told(line);
            assert!(err.starts_with("kubilitics: ") && err.contains("usage: kubilitics"), "{err}");
            assert_eq!((status, out.as_str(), err.lines().count()), (2, "", 1), "{line}");
        }
    }
}
