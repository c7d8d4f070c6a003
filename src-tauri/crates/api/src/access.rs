//! Who asks, and what they may: the one place where a call is let through or refused.
//!
//! The list says what each command and stream needs ([`Access`]); a host says who calls ([`Caller`]). Paths of this
//! machine are a matter of their own: a page in a browser or a script may be a person elsewhere, and the process behind
//! this API reads and writes what its owner may.

use std::path::{Path, PathBuf};

use crate::types::{ApiError, ErrorCode};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// The person at this machine: the window, or the arguments that a program was started with.
    Window,
    /// A page in a browser, with the token it was given for itself.
    Page,
    /// A program with the token of the environment.
    Script,
    /// The assistant.
    Assistant,
    /// A program that speaks MCP.
    Mcp,
}

/// What a command or stream needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Looks.
    Read,
    /// Changes what the application itself remembers: choices, exports, its database.
    Remember,
    /// Reads or writes a path of this machine.
    File,
    /// Changes a cluster.
    Change,
}

impl Access {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Remember, Self::File, Self::Change];

    /// As the list spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Remember => "remember",
            Self::File => "file",
            Self::Change => "change",
        }
    }
}

impl Caller {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Window, Self::Page, Self::Script, Self::Assistant, Self::Mcp];

    /// Whether this caller may do what needs this access.
    pub fn may(self, access: Access) -> bool {
        match access {
            Access::Read => true,
            Access::Remember => matches!(self, Self::Window | Self::Page | Self::Script),
            Access::Change => matches!(self, Self::Window | Self::Page),
            Access::File => matches!(self, Self::Window),
        }
    }

    fn described(self) -> &'static str {
        match self {
            Self::Window => "the window",
            Self::Page => "a page in a browser",
            Self::Script => "a script",
            Self::Assistant => "the assistant",
            Self::Mcp => "a program over MCP",
        }
    }
}

/// Refuses a call of `name` that needs what its caller may not.
pub(crate) fn admit(caller: Caller, access: Access, name: &str) -> Result<(), ApiError> {
    if caller.may(access) {
        return Ok(());
    }
    let message = format!("{} may not call `{name}`, which needs `{}`", caller.described(), access.word());
    Err(ApiError::new(ErrorCode::Denied, message))
}

/// The paths of this machine that a request names.
pub(crate) trait Paths {
    /// What it wants to read; each is replaced by the real path that was let through.
    fn read(&mut self) -> &mut [String] {
        &mut []
    }

    /// What it wants to write.
    fn written(&self) -> Option<&str> {
        None
    }
}

/// Refuses paths that the caller may not name. Whoever may not name any path reads below `folders` and what `is_kept`
/// says was given to us as an upload; links are followed first, so that none leads out. Nothing but a caller with
/// [`Access::File`] writes to a path.
pub(crate) fn admit_paths(
    caller: Caller,
    request: &mut impl Paths,
    folders: &[PathBuf],
    is_kept: &dyn Fn(&Path) -> bool,
) -> Result<(), ApiError> {
    if caller.may(Access::File) {
        return Ok(());
    }
    let refused = |message: String| Err(ApiError::new(ErrorCode::Denied, message));
    if let Some(path) = request.written() {
        return refused(format!(
            "{} may not write {path} on this machine; leave the path out, and download the file",
            caller.described()
        ));
    }
    for path in request.read() {
        let real = std::fs::canonicalize(&*path).ok();
        // An absent path and a forbidden one read the same: which files exist is nobody's business either.
        let inside = |real: &PathBuf| is_kept(real) || folders.iter().any(|folder| real.starts_with(folder));
        let Some(real) = real.filter(inside) else {
            return refused(format!(
                "{} may not open {path} on this machine, or it is not there; upload the file, or start with \
                 `serve --files` and its folder",
                caller.described()
            ));
        };
        let Some(real) = real.to_str() else {
            return refused(format!("{path} leads to a name that is no text; rename it"));
        };
        real.clone_into(path);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::types::{ClusterSource, ConnectRequest};

    #[test]
    fn who_may_what() {
        let mut table = String::new();
        for caller in Caller::ALL {
            let may: Vec<&str> =
                Access::ALL.into_iter().filter(|access| caller.may(*access)).map(Access::word).collect();
            table.push_str(&format!("{caller:?}: {}\n", may.join(" ")));
        }
        assert_eq!(
            table,
            "Window: read remember file change\nPage: read remember change\nScript: read remember\nAssistant: read\n\
             Mcp: read\n"
        );
    }

    fn opening(path: &Path) -> ConnectRequest {
        ConnectRequest { source: ClusterSource::Files { paths: vec![path.display().to_string()] }, namespaces: None }
    }

    #[cfg(unix)]
    #[test]
    fn a_page_opened_any_file_of_the_serving_machine_and_now_only_those_of_a_named_folder() {
        let outside = tempfile::tempdir().unwrap();
        let secret = outside.path().join("secret.yaml");
        std::fs::write(&secret, "").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let named = [folder.path().canonicalize().unwrap()];
        let inside = folder.path().join("web.yaml");
        std::fs::write(&inside, "").unwrap();
        let link = folder.path().join("link.yaml");
        std::os::unix::fs::symlink(&secret, &link).unwrap();
        let up = folder.path().join("..").join(outside.path().file_name().unwrap()).join("secret.yaml");
        let ask =
            |caller, path: &Path| admit_paths(caller, &mut opening(path), &named, &|kept| kept == secret.as_path());
        let none = |caller, path: &Path| admit_paths(caller, &mut opening(path), &named, &|_| false);
        for caller in [Caller::Page, Caller::Script, Caller::Assistant, Caller::Mcp] {
            none(caller, &inside).unwrap();
            for refused in [&secret, &link, &up, &folder.path().join("absent.yaml")] {
                let error = none(caller, refused).unwrap_err();
                assert_eq!(error.code, ErrorCode::Denied, "{caller:?} {}", refused.display());
                assert!(error.message.contains("serve --files"), "{error}");
            }
            ask(caller, &secret.canonicalize().unwrap()).unwrap_or_else(|error| panic!("an upload: {error}"));
        }
        none(Caller::Window, &secret).unwrap();
        // What is opened is what was looked at, not a link that may point elsewhere a moment later.
        let mut request = opening(&folder.path().join("./web.yaml"));
        admit_paths(Caller::Page, &mut request, &named, &|_| false).unwrap();
        assert_eq!(request.read(), [named[0].join("web.yaml").display().to_string()]);
    }
}
