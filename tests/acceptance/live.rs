//! The product's reading side as a host runs it: a connection, its inventory, and the comparison with what the API
//! server itself says.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, bail};
use cluster::kubeconfig::{self, Environment};
use cluster::{Connection, Link, Options, Reader};
use inventory::{Inventory, Snapshot};
use model::{GroupKind, KindState, ResourceKind, Scope};
use serde_json::Value;
use support::{Access, Client, ControlPlane, eventually, items};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A connected cluster whose snapshots can be waited for. Dropping it ends the connection.
pub(crate) struct Live {
    snapshots: watch::Receiver<Arc<Snapshot>>,
    link: watch::Receiver<Link>,
    reader: Reader,
    task: JoinHandle<()>,
}

impl Drop for Live {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The current context of a kubeconfig.
pub(crate) fn context(kubeconfig: &Path) -> kubeconfig::Context {
    let environment = Environment { explicit: Some(kubeconfig.to_owned()), ..Environment::default() };
    kubeconfig::load(&environment).select(None).unwrap().clone()
}

impl Live {
    pub(crate) fn open(access: &Access, options: Options) -> Self {
        Self::read(cluster::connect(&context(access.kubeconfig()), options))
    }

    pub(crate) fn read(mut connection: Connection) -> Self {
        let mut inventory = Inventory::new(connection.cluster().clone());
        let (writer, snapshots) = watch::channel(inventory.snapshot());
        let (link, reader) = (connection.link(), connection.reader());
        let task = tokio::spawn(async move {
            while let Some(batch) = connection.next().await {
                inventory.apply(batch);
                writer.send_replace(inventory.snapshot());
            }
        });
        Self { snapshots, link, reader, task }
    }

    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshots.borrow().clone()
    }

    pub(crate) fn link(&self) -> Link {
        self.link.borrow().clone()
    }

    /// Waits until a snapshot is as wanted.
    pub(crate) async fn until(&self, what: &str, mut wanted: impl FnMut(&Snapshot) -> bool) -> Result<Arc<Snapshot>> {
        let mut snapshots = self.snapshots.clone();
        let waited = tokio::time::timeout(support::PATIENCE, snapshots.wait_for(|snapshot| wanted(snapshot))).await;
        match waited {
            Ok(snapshot) => Ok(snapshot.context("the connection ended")?.clone()),
            Err(_) => bail!("waited in vain: {what}; link {:?}, not live: {:?}", self.link(), self.not_live()),
        }
    }

    /// Waits until the link is as wanted.
    pub(crate) async fn until_link(&self, what: &str, mut wanted: impl FnMut(&Link) -> bool) {
        let mut link = self.link.clone();
        let waited = tokio::time::timeout(support::PATIENCE, link.wait_for(|link| wanted(link))).await;
        assert!(waited.is_ok_and(|link| link.is_ok()), "waited in vain: {what}; it is {:?}", self.link());
    }

    fn not_live(&self) -> Vec<String> {
        let snapshot = self.snapshot();
        let is_live = |state: &KindState| *state == KindState::Live;
        let rows = snapshot.coverage().kinds.iter();
        rows.filter(|row| row.scopes.is_empty() || !row.scopes.iter().all(|(_, state)| is_live(state)))
            .map(|row| format!("{} {:?}", row.kind.group_kind, row.scopes))
            .collect()
    }

    /// Waits until every kind is live or known to be forbidden.
    pub(crate) async fn synced(&self) -> Result<Arc<Snapshot>> {
        let settled = |state: &KindState| matches!(state, KindState::Live | KindState::Forbidden { .. });
        self.until("all kinds are in", |snapshot| {
            let kinds = &snapshot.coverage().kinds;
            !kinds.is_empty()
                && kinds
                    .iter()
                    .all(|kind| !kind.scopes.is_empty() && kind.scopes.iter().all(|(_, state)| settled(state)))
        })
        .await
    }

    /// Waits until the inventory is what a fresh list says, kind by kind, object by object, version by version.
    pub(crate) async fn equals(&self, client: &Client) -> Result<()> {
        let kinds: Vec<ResourceKind> = self.snapshot().coverage().kinds.iter().map(|row| row.kind.clone()).collect();
        for kind in kinds {
            eventually(&format!("{} are as the server lists them", kind.group_kind), || async {
                // A kind of another test, gone since.
                if self.snapshot().coverage().of(&kind.group_kind).is_none() {
                    return Ok(Some(()));
                }
                let expected = listed(client, &kind).await?;
                let held = held(&self.snapshot(), &kind.group_kind);
                if held == expected {
                    return Ok(Some(()));
                }
                let only = |one: &BTreeMap<_, _>, other: &BTreeMap<String, String>| {
                    one.iter()
                        .filter(|(key, version)| other.get(*key) != Some(*version))
                        .take(5)
                        .map(|(key, version): (&String, &String)| format!("{key}@{version}"))
                        .collect::<Vec<_>>()
                };
                bail!("held {:?}, listed {:?}", only(&held, &expected), only(&expected, &held))
            })
            .await?;
        }
        Ok(())
    }

    /// Waits until the inventory is what a fresh list by `kubectl` says, object by object, version by version. A kind that
    /// agreed once need not be asked for again: others go on changing.
    pub(crate) async fn equals_kubectl(&self, plane: &ControlPlane) -> Result<()> {
        const LINE: &str = "jsonpath={range .items[*]}{.apiVersion}|{.kind}|{.metadata.namespace}/{.metadata.name}|\
                            {.metadata.resourceVersion}{\"\\n\"}{end}";
        let kinds: Vec<ResourceKind> = self.snapshot().coverage().kinds.iter().map(|row| row.kind.clone()).collect();
        let left = Mutex::new(kinds);
        eventually("the inventory is what kubectl lists", || async {
            let asked = left.lock().unwrap().clone();
            let names: Vec<String> = asked.iter().map(full_name).collect();
            let lines = plane.kubectl(["get", &names.join(","), "--all-namespaces", "--output", LINE]).await?;
            let mut listed: BTreeMap<(String, String), BTreeMap<String, String>> = BTreeMap::new();
            for line in lines.lines() {
                let mut parts = line.split('|').map(str::to_owned);
                let mut part = || parts.next().context("a line of kubectl lacks a part");
                let (kind, name, version) = ((part()?, part()?), part()?, part()?);
                listed.entry(kind).or_default().insert(name, version);
            }
            let snapshot = self.snapshot();
            let differing: Vec<ResourceKind> = asked
                .into_iter()
                .filter(|kind| {
                    let name = (kind.api_version(), kind.group_kind.kind.to_string());
                    held(&snapshot, &kind.group_kind) != listed.remove(&name).unwrap_or_default()
                })
                .collect();
            if !listed.is_empty() {
                bail!("kubectl lists what the inventory does not know: {:?}", listed.keys());
            }
            let names: Vec<String> = differing.iter().map(full_name).collect();
            *left.lock().unwrap() = differing;
            if names.is_empty() { Ok(Some(())) } else { bail!("they differ over {names:?}") }
        })
        .await
    }
}

/// As `kubectl get` takes it, without doubt about the group.
fn full_name(kind: &ResourceKind) -> String {
    match &*kind.group_kind.group {
        "" => kind.plural.to_string(),
        group => format!("{}.{}.{group}", kind.plural, kind.version),
    }
}

pub(crate) fn state(snapshot: &Snapshot, group: &str, kind: &str, scope: &Scope) -> Option<KindState> {
    let row = snapshot.coverage().of(&GroupKind::new(group, kind))?.clone();
    row.scopes.into_iter().find(|(other, _)| other == scope).map(|(_, state)| state)
}

fn held(snapshot: &Snapshot, kind: &GroupKind) -> BTreeMap<String, String> {
    let version = |key| snapshot.resource_version(key).unwrap_or_default().to_owned();
    snapshot.keys_of(kind, None).map(|key| (format!("{}/{}", key.namespace(), key.name()), version(key))).collect()
}

async fn listed(client: &Client, kind: &ResourceKind) -> Result<BTreeMap<String, String>> {
    let root = if kind.group_kind.group.is_empty() { "/api" } else { "/apis" };
    let list = client.get(&format!("{root}/{}/{}", kind.api_version(), kind.plural)).await?;
    let text = |item: &Value, field: &str| item["metadata"][field].as_str().unwrap_or_default().to_owned();
    Ok(items(&list)
        .iter()
        .map(|item| (format!("{}/{}", text(item, "namespace"), text(item, "name")), text(item, "resourceVersion")))
        .collect())
}
