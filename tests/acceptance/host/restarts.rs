//! A cluster with many custom resources whose API server restarts while it is looked at: what is there never leaves the map,
//! and every kind is live again.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use api::types::{ClusterStatus, KindStateWord, LinkState, Notice};
use support::{ControlPlane, Parts};

use super::Host;

/// Between two restarts of the long run.
const BETWEEN: Duration = Duration::from_secs(45);
/// Names for how many minutes the long run goes on.
const MINUTES: &str = "KUBILITICS_SOAK_MINUTES";

/// What the status said, change by change.
struct Record {
    begun: Instant,
    lines: Vec<String>,
    /// The fewest objects and kinds that any status held.
    fewest: (u64, usize),
}

impl Record {
    fn new() -> Self {
        Self { begun: Instant::now(), lines: Vec::new(), fewest: (u64::MAX, usize::MAX) }
    }

    fn take(&mut self, status: &ClusterStatus) {
        self.fewest = (self.fewest.0.min(status.objects), self.fewest.1.min(status.kinds.len()));
        let mut line = format!("{:?}, {} objects", status.link, status.objects);
        let words = [
            KindStateWord::Live,
            KindStateWord::Loading,
            KindStateWord::Stale,
            KindStateWord::Failed,
            KindStateWord::Forbidden,
            KindStateWord::Partial,
            KindStateWord::Absent,
        ];
        for word in words {
            let count = status.kinds.iter().filter(|row| row.state == word).count();
            if count > 0 {
                let _ = write!(line, ", {count} {word:?}");
            }
        }
        if self.lines.last().is_none_or(|last| !last.ends_with(&line)) {
            self.lines.push(format!("{:8.1} s  {line}", self.begun.elapsed().as_secs_f64()));
        }
    }

    fn mark(&mut self, what: &str) {
        self.lines.push(format!("{:8.1} s  {what}", self.begun.elapsed().as_secs_f64()));
    }
}

/// A plane with custom resources, and what it looks like once all of it is in.
async fn begin() -> (ControlPlane, Host, String, ClusterStatus) {
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    plane.install_crds().await.unwrap();
    plane.custom_resources().await.unwrap();
    let (host, cluster) = Host::on(plane.admin()).await;
    let status = host.live(&cluster).await;
    (plane, host, cluster, status)
}

/// Kills the API server, starts it again, and returns when a change that came after it is seen and every kind is live.
async fn restart(plane: &ControlPlane, host: &Host, cluster: &str, name: &str, record: &mut Record) {
    let mut notices = host.notices();
    record.mark("the API server is killed");
    plane.kill_api_server().unwrap();
    plane.restart_api_server().await.unwrap();
    record.mark("the API server answers");
    plane.kubectl(["create", "configmap", name, "--from-literal=a=b"]).await.unwrap();
    host.has(cluster, &format!("core/ConfigMap/default/{name}")).await;
    record.mark("a change is seen");
    loop {
        let status = host.status(cluster).await;
        record.take(&status);
        let is_live = |row: &api::types::KindStatus| row.group == "metrics.k8s.io" || row.state == KindStateWord::Live;
        if status.link == LinkState::Live && status.kinds.iter().all(is_live) {
            record.mark("every kind is live");
            return;
        }
        if let Notice::Status(status) = notices.next(&format!("every kind is live: {:#?}", record.lines)).await {
            record.take(&status);
        }
    }
}

/// What was seen: after a restart custom resources vanished for seconds, 242 of 1,799 objects, since discovery named their
/// kinds one after another.
#[tokio::test(flavor = "multi_thread")]
async fn custom_resources_stay_on_the_map_while_the_server_restarts() {
    let (plane, host, cluster, before) = begin().await;
    let mut record = Record::new();
    // Follows every status from the beginning, beside the restart.
    let mut notices = host.notices();
    restart(&plane, &host, &cluster, "after", &mut record).await;
    while let Notice::Contexts(_) | Notice::Status(_) = notices.next("the end of what was told").await {
        let status = host.status(&cluster).await;
        record.take(&status);
        if status.link == LinkState::Live {
            break;
        }
    }
    let (objects, kinds) = record.fewest;
    assert!(objects >= before.objects && kinds >= before.kinds.len(), "{:#?}", record.lines);

    // What is deleted goes at once all the same: nobody waits for half a minute.
    plane.kubectl(["delete", "crd", "rollouts.argoproj.io"]).await.unwrap();
    let is_gone = |status: &ClusterStatus| !status.kinds.iter().any(|row| row.kind == "Rollout");
    host.until(&cluster, "the kind is gone", is_gone).await;
}

/// `cargo xtask soak` runs it and shows the record.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes; cargo xtask soak"]
async fn link_and_coverage_over_minutes() {
    let minutes: u64 = std::env::var(MINUTES).ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let (plane, host, cluster, before) = begin().await;
    let mut record = Record::new();
    record.take(&before);
    let mut round = 0;
    while record.begun.elapsed() < Duration::from_secs(60 * minutes) {
        round += 1;
        restart(&plane, &host, &cluster, &format!("round-{round}"), &mut record).await;
        let rest = Instant::now() + BETWEEN;
        let mut notices = host.notices();
        while let Ok(notice) = tokio::time::timeout_at(rest.into(), notices.next("a status")).await {
            if let Notice::Status(status) = notice {
                record.take(&status);
            }
        }
    }
    // Past the harness, for whoever runs it to read.
    writeln!(std::io::stdout(), "{}", record.lines.join("\n")).unwrap();
    let (objects, kinds) = record.fewest;
    assert!(objects >= before.objects && kinds >= before.kinds.len(), "fewest: {objects} objects, {kinds} kinds");
}
