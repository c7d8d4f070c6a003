//! The application behind every host: open clusters, contexts, memory, exports; and the way from a command's name to
//! its handler.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cluster::kubeconfig::{Contexts, Environment, Watch};
use serde_json::Value;
use store::{Store, StoreError};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::{CancellationToken, DropGuard};
use topology::RuleBook;

use crate::access::{Access, Caller, admit};
use crate::commands::contexts;
use crate::commands::exports::Exports;
use crate::open::Open;
use crate::streams::{Numbers, Reader, Writer};
use crate::types::*;
use crate::uploads::{Upload, Uploads};

/// Notices that a slow reader may lag behind; one that lags further is told to read everything again.
const NOTICES: usize = 1024;

/// Which host this is and where things lie.
#[derive(Clone, Debug)]
pub struct Setup {
    /// `window` or `browser`.
    pub host: String,
    /// Where kubeconfigs are looked for.
    pub kubeconfig: Environment,
    /// The database; without one everything is forgotten at the end.
    pub database: Option<PathBuf>,
    /// Where exports without a path are kept until they are downloaded.
    pub downloads: PathBuf,
    /// Folders that callers without access to this machine's paths may open files of.
    pub folders: Vec<PathBuf>,
    /// Our rules, and those of the person.
    pub rules: Arc<RuleBook>,
    /// Whether the demo stands still at one moment: for pictures that can be compared.
    pub still: bool,
}

/// The application. Cloning shares it; when the last clone is dropped every cluster is closed.
#[derive(Clone)]
pub struct Application {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) setup: Setup,
    pub(crate) memory: watch::Sender<Memory>,
    pub(crate) contexts: watch::Receiver<Contexts>,
    pub(crate) notices: broadcast::Sender<Notice>,
    pub(crate) exports: Exports,
    pub(crate) uploads: Uploads,
    pub(crate) numbers: Numbers,
    open: Mutex<Vec<Arc<Open>>>,
    not_opened: Mutex<Option<ApiError>>,
    _stop: DropGuard,
}

/// What the application remembers with, or why it cannot.
#[derive(Clone)]
pub(crate) enum Memory {
    /// The database.
    Store(Store),
    /// The database cannot be used.
    Broken(ApiError),
}

impl Application {
    /// Opens the database and begins to watch the kubeconfig files. A database that cannot be used does not stop it:
    /// `app_info` tells.
    pub async fn start(mut setup: Setup) -> Self {
        // Compared with real paths; a folder that is not there lets nothing through.
        setup.folders = setup.folders.iter().filter_map(|folder| std::fs::canonicalize(folder).ok()).collect();
        let memory = remember(setup.database.as_ref()).await;
        let uploads = Uploads::below(&setup.downloads);
        let (first, mut files) = Watch::new(setup.kubeconfig.clone());
        let (publish, seen) = watch::channel(first);
        let notices = broadcast::Sender::new(NOTICES);
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared {
            setup,
            memory: watch::Sender::new(memory),
            contexts: seen,
            notices,
            exports: Exports::default(),
            uploads,
            numbers: Numbers::default(),
            open: Mutex::default(),
            not_opened: Mutex::default(),
            _stop: stop.clone().drop_guard(),
        });
        let weak = Arc::downgrade(&shared);
        // Ends with the application: its guard cancels the token.
        tokio::spawn(async move {
            let watching = async {
                loop {
                    publish.send_replace(files.changed().await);
                    let Some(shared) = weak.upgrade() else { return };
                    let application = Self { shared };
                    application.tell(Notice::Contexts(contexts::list(&application).await));
                }
            };
            tokio::select! { () = watching => {}, () = stop.cancelled() => {} }
        });
        Self { shared }
    }

    /// Answers a command by its name, JSON in and out.
    ///
    /// # Errors
    /// What the handler says, or that there is no such command, that the caller may not, or that the request does not
    /// fit it.
    pub async fn call(&self, caller: Caller, command: &str, request: Value) -> Result<String, ApiError> {
        crate::dispatch::call(self, caller, command, request).await
    }

    /// Opens a stream by its name: where its items come from, and where messages to it go.
    ///
    /// # Errors
    /// Where there is no such stream, the caller may not, or the request does not fit it.
    pub fn open_stream(&self, caller: Caller, stream: &str, request: Value) -> Result<(Reader, Writer), ApiError> {
        crate::dispatch::open(self, caller, stream, request)
    }

    /// Opens what was asked for by starting the application, and sends every interface there, also where it was open
    /// already. Why it could not be opened is remembered, and told.
    pub async fn open_asked(&self, source: ClusterSource) {
        match self.cluster_connect(Caller::Window, ConnectRequest { source, namespaces: None }).await {
            Ok(cluster) => {
                self.set_not_opened(None);
                self.tell(Notice::Asked(cluster));
            }
            Err(error) => self.could_not_open(error),
        }
    }

    /// Remembers why what the application was started on is not open, and tells every interface.
    pub fn could_not_open(&self, error: ApiError) {
        tracing::warn!(message = error.message, "what was asked for by a start is not open");
        self.set_not_opened(Some(error.clone()));
        self.tell(Notice::NotOpened(error));
    }

    fn set_not_opened(&self, why: Option<ApiError>) {
        *self.shared.not_opened.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// Why what the application was started on is not open.
    pub(crate) fn not_opened(&self) -> Option<ApiError> {
        self.shared.not_opened.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins to keep a file that a caller sends, for [`ClusterSource::Files`]; `path` says where it lay there. What is
    /// opened together is one `batch`, a name of the caller's choice.
    ///
    /// # Errors
    /// Where the caller may not, too much is kept already, or the file cannot be made.
    pub fn upload(&self, caller: Caller, batch: &str, path: &str) -> Result<Upload, ApiError> {
        admit(caller, Access::Remember, "upload")?;
        self.shared.uploads.begin(batch, path)
    }

    /// Where exports without a path lie.
    pub fn downloads(&self) -> &std::path::Path {
        &self.shared.setup.downloads
    }

    /// What is remembered with.
    pub(crate) fn store(&self) -> Result<Store, ApiError> {
        match &*self.shared.memory.borrow() {
            Memory::Store(store) => Ok(store.clone()),
            Memory::Broken(error) => Err(error.clone()),
        }
    }

    /// Pushes a notice to every open interface; nobody listening is no fault.
    pub(crate) fn tell(&self, notice: Notice) {
        let _ = self.shared.notices.send(notice);
    }

    pub(crate) fn clusters(&self) -> MutexGuard<'_, Vec<Arc<Open>>> {
        self.shared.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An open cluster by its id.
    pub(crate) fn cluster(&self, id: &str) -> Result<Arc<Open>, ApiError> {
        let found = self.clusters().iter().find(|open| open.label().cluster == id).cloned();
        found.ok_or_else(|| ApiError::not_found(format!("no open cluster is called `{id}`; connect to it first")))
    }
}

/// Opens the database, or says why not.
pub(crate) async fn remember(database: Option<&PathBuf>) -> Memory {
    let Some(path) = database else { return Memory::Store(Store::in_memory()) };
    match Store::open(path).await {
        Ok(store) => Memory::Store(store),
        Err(error) => {
            let error: StoreError = error;
            tracing::warn!(%error, "nothing is remembered");
            Memory::Broken(error.into())
        }
    }
}

/// Where the database lies unless told otherwise: in the person's data folder.
pub fn default_database() -> Option<PathBuf> {
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = std::env::home_dir();
    let folder = match std::env::consts::OS {
        "macos" => home?.join("Library/Application Support"),
        "windows" => from("APPDATA")?,
        _ => from("XDG_DATA_HOME").or_else(|| Some(home?.join(".local/share")))?,
    };
    Some(folder.join("kubilitics").join("kubilitics.db"))
}
