//! An open cluster as the hosts see it: its session, what the person calls it, and the subscriptions to its pictures.

use std::sync::Arc;
use std::time::Duration;

use session::{Origin, Published, Session, SessionError};
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep_until, timeout};
use topology::RuleBook;

use crate::picture::{AllShown, Subscription};
use crate::status;
use crate::streams::Resumable;
use crate::types::{ApiError, ClusterSource, ClusterSummary, ErrorCode, Notice};

/// The status line changes about this often, however much happens.
const STATUS_INTERVAL: Duration = Duration::from_secs(1);

/// A cluster that says nothing is looked at this often: what is old is not live.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// What never changes of an open cluster, or only by the person's hand.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) cluster: String,
    pub(crate) source: ClusterSource,
    pub(crate) name: String,
    pub(crate) colour: Option<String>,
    pub(crate) tag: Option<String>,
}

/// An open cluster. Dropping it stops its tasks.
pub(crate) struct Open {
    label: Label,
    session: Session,
    /// Who looks at it, or did a moment ago and may come back.
    pub(crate) pictures: Resumable<Subscription>,
    /// What each of them shows.
    pub(crate) shown: AllShown,
}

impl Open {
    /// Opens a source: files are in when this returns, the rest comes as it is listed. Notices tell how it stands.
    pub(crate) async fn start(
        origin: Origin,
        label: Label,
        rules: Arc<RuleBook>,
        notices: broadcast::Sender<Notice>,
    ) -> Result<Self, ApiError> {
        let session = Session::open(&label.cluster, origin, rules).await?;
        let told = tell_status(label.cluster.clone(), session.follow(), notices);
        let closed = session.closed();
        // Ends with the session, which cancels the token when it is dropped.
        tokio::spawn(async move {
            tokio::select! { () = told => {}, () = closed.cancelled() => {} }
        });
        Ok(Self { label, session, pictures: Resumable::default(), shown: AllShown::default() })
    }

    pub(crate) fn label(&self) -> &Label {
        &self.label
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// The state at this moment.
    pub(crate) fn now(&self) -> Published {
        self.session.now()
    }

    pub(crate) fn summary(&self) -> ClusterSummary {
        let Label { cluster, source, name, colour, tag } = self.label.clone();
        let state = self.now().source;
        let (identity, version) = (state.identity.clone(), state.version.clone());
        ClusterSummary { cluster, source, name, colour, tag, identity, version }
    }
}

/// Tells every interface how the cluster stands, once a change, and no more often than a status line is read.
async fn tell_status(cluster: String, mut states: watch::Receiver<Published>, notices: broadcast::Sender<Notice>) {
    let mut link = None;
    loop {
        // Without any change nothing says that the last word is long ago.
        let changed = match timeout(LOOK_AGAIN, states.changed()).await {
            Ok(Ok(())) => true,
            Ok(Err(_)) => return,
            Err(_) => false,
        };
        let told = Instant::now();
        let status = status::status(&cluster, &states.borrow_and_update().clone());
        if changed || link != Some(status.link) {
            link = Some(status.link);
            // Nobody listening is no fault.
            let _ = notices.send(Notice::Status(status));
        }
        sleep_until(told + STATUS_INTERVAL).await;
    }
}

impl From<SessionError> for ApiError {
    fn from(error: SessionError) -> Self {
        let code =
            if matches!(error, SessionError::NoObjects { .. }) { ErrorCode::NotFound } else { ErrorCode::Failed };
        Self::new(code, error.to_string()).because(&error)
    }
}
