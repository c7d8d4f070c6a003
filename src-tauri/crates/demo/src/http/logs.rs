//! `pods/log`: what a container has said, and what it goes on saying.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, header};
use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Query;
use super::refusal::Refusal;
use crate::clock::Clock;
use crate::kinds::KindId;
use crate::logs::{Entry, Run};
use crate::profile::{Profile, Profiles, workload_of};
use crate::store::Snapshot;
use crate::time::{SECOND, Time};

/// A followed log is looked at this often.
const POLL: Duration = Duration::from_millis(300);

/// Where logs come from.
pub(super) struct Source {
    pub(super) snapshots: watch::Receiver<Arc<Snapshot>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) closing: CancellationToken,
    pub(super) profiles: Arc<Profiles>,
    pub(super) pods: KindId,
    /// `namespace/name` of the pod.
    pub(super) key: String,
}

/// Answers a request for a log.
pub(super) fn log(source: Source, query: &Query) -> Result<Response, Refusal> {
    let name = source.key.rsplit('/').next().unwrap_or_default();
    let pod = source.pod().ok_or_else(|| Refusal::not_found("pods", name))?;
    let container = container(&pod, name, query.get("container"))?;
    let previous = query.flag("previous");
    let run = source.run(&pod, name, &container, previous)?;
    let now = source.clock.now();
    let since = match (query.number("sinceSeconds")?, query.get("sinceTime")) {
        (Some(seconds), _) => now.minus(i64::try_from(seconds).unwrap_or(0) * SECOND),
        (None, "") => run.started.minus(1),
        (None, text) => Time::parse(text).ok_or_else(|| Refusal::bad_request(format!("invalid sinceTime: {text}")))?,
    };
    let mut entries = run.entries(since, now);
    if let Some(tail) = query.number("tailLines")? {
        keep_last_lines(&mut entries, usize::try_from(tail).unwrap_or(usize::MAX));
    }
    let stamps = query.flag("timestamps");
    let mut text = print(&entries, stamps);
    if let Some(limit) = query.number("limitBytes")? {
        text.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    let body = if query.flag("follow") && !previous {
        let follow = Follow { source, container, run, stamps, position: now };
        follow.body(text)
    } else {
        Body::from(text)
    };
    let mut response = Response::new(body);
    let plain = HeaderValue::from_static("text/plain");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    Ok(response)
}

/// Keeps the last so many lines; an entry of many lines may be cut.
fn keep_last_lines(entries: &mut Vec<Entry>, lines: usize) {
    let mut left = lines;
    for index in (0..entries.len()).rev() {
        let has = entries[index].text.lines().count();
        if has <= left {
            left -= has;
            continue;
        }
        let kept: Vec<&str> = entries[index].text.lines().skip(has - left).collect();
        entries[index].text = kept.join("\n");
        let cut = if left == 0 { index + 1 } else { index };
        entries.drain(..cut);
        return;
    }
}

fn print(entries: &[Entry], stamps: bool) -> Vec<u8> {
    let mut text = String::new();
    for entry in entries {
        for line in entry.text.lines() {
            if stamps {
                text.push_str(&entry.time.nanos());
                text.push(' ');
            }
            text.push_str(line);
            text.push('\n');
        }
    }
    text.into_bytes()
}

/// The container that is meant: the one that is named, or the only one.
fn container(pod: &Value, name: &str, wanted: &str) -> Result<String, Refusal> {
    let names = |list: &str| -> Vec<String> {
        let all = pod["spec"][list].as_array().into_iter().flatten();
        all.filter_map(|container| container["name"].as_str().map(str::to_owned)).collect()
    };
    let (own, init) = (names("containers"), names("initContainers"));
    if wanted.is_empty() {
        return match own.as_slice() {
            [only] => Ok(only.clone()),
            all => Err(Refusal::bad_request(format!(
                "a container name must be specified for pod {name}, choose one of: [{}]",
                all.join(" ")
            ))),
        };
    }
    if own.iter().chain(&init).any(|known| known == wanted) {
        Ok(wanted.to_owned())
    } else {
        Err(Refusal::bad_request(format!("container {wanted} is not valid for pod {name}")))
    }
}

impl Source {
    fn pod(&self) -> Option<Value> {
        let snapshot = self.snapshots.borrow();
        let pod = snapshot.kinds.get(self.pods)?.objects.get(self.key.as_str())?;
        Some(pod.value())
    }

    /// The run of a container that is asked for.
    fn run(&self, pod: &Value, name: &str, container: &str, previous: bool) -> Result<Run, Refusal> {
        if pod["spec"]["nodeName"].is_null() {
            return Err(Refusal::bad_request(format!("pod {name} does not have a host assigned")));
        }
        let statuses = ["containerStatuses", "initContainerStatuses"]
            .into_iter()
            .flat_map(|list| pod["status"][list].as_array().into_iter().flatten());
        let status = statuses.into_iter().find(|status| status["name"] == container);
        let nothing = Value::Null;
        let status = status.unwrap_or(&nothing);
        let (state, last) = (&status["state"], &status["lastState"]["terminated"]);
        let time = |value: &Value| value.as_str().and_then(Time::parse);
        let ended = |run: &Value| Some((time(&run["startedAt"])?, time(&run["finishedAt"])));
        let span = if previous {
            ended(last).ok_or_else(|| {
                Refusal::bad_request(format!(
                    "previous terminated container \"{container}\" in pod \"{name}\" not found"
                ))
            })?
        } else if let Some(started) = time(&state["running"]["startedAt"]) {
            (started, None)
        } else if let Some(span) = ended(&state["terminated"]).or_else(|| ended(last)) {
            span
        } else {
            let reason = match state["waiting"]["reason"].as_str() {
                Some("ErrImagePull" | "ImagePullBackOff") => "trying and failing to pull image",
                Some(reason) => reason,
                None => "ContainerCreating",
            };
            return Err(Refusal::bad_request(format!(
                "container \"{container}\" in pod \"{name}\" is waiting to start: {reason}"
            )));
        };
        let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
        let first = pod["spec"]["containers"][0]["name"] == container;
        let Profile { logs, says, .. } = self.profiles.of(&workload_of(&pod["metadata"]));
        // Sidecars and init containers say little.
        let (style, says) = if first { (logs, says) } else { ("plain".to_owned(), Arc::default()) };
        Ok(Run {
            identity: format!("{uid}/{container}"),
            container: container.to_owned(),
            style,
            says,
            started: span.0,
            ended: span.1,
        })
    }
}

struct Follow {
    source: Source,
    container: String,
    run: Run,
    stamps: bool,
    position: Time,
}

impl Follow {
    fn body(self, text: Vec<u8>) -> Body {
        let first = futures::stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from(text))]);
        let rest = futures::stream::unfold(self, |mut follow| async move {
            let piece = follow.next().await?;
            Some((Ok(piece), follow))
        });
        Body::from_stream(futures::StreamExt::chain(first, rest))
    }

    /// What is said next; `None` when the container has ended.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.run.ended.is_some() {
                return None;
            }
            tokio::select! {
                () = tokio::time::sleep(POLL) => {}
                () = self.source.closing.cancelled() => return None,
            }
            let now = self.source.clock.now();
            let name = self.source.key.rsplit('/').next().unwrap_or_default().to_owned();
            let current = self.source.pod().and_then(|pod| self.source.run(&pod, &name, &self.container, false).ok());
            match current {
                Some(run) if run.started == self.run.started => self.run.ended = run.ended,
                // The pod is gone, or the container was started again: this run is over.
                _ => self.run.ended = Some(now),
            }
            let entries = self.run.entries(self.position, now);
            self.position = now;
            if !entries.is_empty() {
                return Some(Bytes::from(print(&entries, self.stamps)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_counts_lines_not_entries() {
        let entry = |text: &str| Entry { time: Time::default(), text: text.to_owned() };
        let all = [entry("a"), entry("b\nc\nd"), entry("e")];
        for (lines, expected) in [(0, ""), (1, "e\n"), (3, "c\nd\ne\n"), (9, "a\nb\nc\nd\ne\n")] {
            let mut entries = all.to_vec();
            keep_last_lines(&mut entries, lines);
            assert_eq!(String::from_utf8_lossy(&print(&entries, false)), expected);
        }
    }
}
