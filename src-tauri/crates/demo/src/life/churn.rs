//! Steady churn: pods that go and are replaced, so many a second.

use serde_json::Value;

use super::pod::Stage;
use super::{Action, World};
use crate::random::{hash, suffix, uid};
use crate::time::SECOND;

impl World {
    /// Lets `rate` pods a second be replaced from now on; 0 is none.
    pub(crate) fn set_churn(&mut self, rate: u32) {
        self.churn = rate;
        self.churned = self
            .all_keys("", "Pod")
            .into_iter()
            .filter(|key| {
                let pod = self.stored("", "Pod", key);
                pod.is_some_and(|pod| pod["status"]["phase"] == "Running")
            })
            .collect();
        self.plan_churn();
    }

    fn plan_churn(&mut self) {
        if self.churn > 0 {
            self.plan((SECOND / i64::from(self.churn)).max(1), Action::Churn);
        }
    }

    fn all_keys(&self, group: &str, kind: &str) -> Vec<String> {
        let id = self.store.registry().id(group, kind);
        id.into_iter().flat_map(|id| self.store.objects(id)).map(|object| object.key.to_string()).collect()
    }

    /// Replaces one pod.
    pub(crate) fn churn(&mut self) {
        self.plan_churn();
        if self.workloads.is_empty() {
            self.replace_generated();
        } else {
            self.replace_simulated();
        }
    }

    /// A pod of a Deployment is deleted, and its ReplicaSet makes another.
    fn replace_simulated(&mut self) {
        let candidates: Vec<String> = self
            .pods
            .iter()
            .filter(|(_, pod)| pod.stage == Stage::Running && pod.is_active())
            .filter(|(_, pod)| self.workloads[pod.workload].kind == "Deployment")
            .map(|(key, _)| key.clone())
            .collect();
        let chosen = self.random.below(candidates.len());
        let Some(key) = candidates.get(chosen) else {
            return;
        };
        let Some((workload, set)) = self.pods.get(key).map(|pod| (pod.workload, pod.set.clone())) else {
            return;
        };
        self.terminate_pod(key);
        let place = self.workloads[workload].sets.iter().position(|known| known.name == set);
        if let Some(place) = place {
            let replacement = self.create_pod(workload, place, None);
            self.plan(200, Action::Pod(replacement.clone()));
            self.after_change(&replacement);
        }
    }

    /// In a generated cluster the object itself is all there is: one goes, one like it comes.
    fn replace_generated(&mut self) {
        let chosen = self.random.below(self.churned.len());
        let Some(key) = self.churned.get(chosen).cloned() else {
            return;
        };
        let Some(mut pod) = self.stored("", "Pod", &key) else {
            return;
        };
        self.remove("", "Pod", &key);
        self.planned += 1;
        let unique = self.planned.to_string();
        let namespace = pod["metadata"]["namespace"].as_str().unwrap_or_default().to_owned();
        let prefix = pod["metadata"]["generateName"].as_str().unwrap_or("pod-").to_owned();
        let name = format!("{prefix}{}", suffix(hash(self.seed, &[&prefix, &unique]), 5));
        let old = pod["metadata"]["uid"].clone();
        pod["metadata"]["name"] = name.as_str().into();
        pod["metadata"]["uid"] = uid(self.seed, &["Pod", &namespace, &name, &unique]).into();
        pod["metadata"]["creationTimestamp"] = self.now.rfc3339().into();
        let (status, node) = (pod["status"].take(), pod["spec"]["nodeName"].take());
        pod["status"] = serde_json::json!({"phase": "Pending", "qosClass": "Burstable"});
        super::defaults::prune(&mut pod);
        self.update(pod.clone());
        let key = format!("{namespace}/{name}");
        self.churned[chosen] = key.clone();
        pod["spec"]["nodeName"] = node;
        pod["status"] = status;
        self.plan(2 * SECOND, Action::Born(Box::new(Birth { pod, replaces: old })));
    }

    /// A replacement has started: it runs, and its Services know it.
    pub(crate) fn born(&mut self, birth: Birth) {
        let Birth { mut pod, replaces } = birth;
        let key = format!(
            "{}/{}",
            pod["metadata"]["namespace"].as_str().unwrap_or_default(),
            pod["metadata"]["name"].as_str().unwrap_or_default()
        );
        if self.stored("", "Pod", &key).is_none() {
            return;
        }
        let started = self.now.rfc3339();
        pod["status"]["startTime"] = pod["metadata"]["creationTimestamp"].clone();
        for condition in pod["status"]["conditions"].as_array_mut().into_iter().flatten() {
            condition["lastTransitionTime"] = started.as_str().into();
        }
        if let Some(running) = pod.pointer_mut("/status/containerStatuses/0/state/running") {
            running["startedAt"] = started.as_str().into();
        }
        let name = pod["metadata"]["labels"]["app.kubernetes.io/name"].as_str().unwrap_or_default().to_owned();
        let (new_name, new_uid) = (pod["metadata"]["name"].clone(), pod["metadata"]["uid"].clone());
        self.update(pod);
        let namespace = key.split('/').next().unwrap_or_default();
        for mut slice in self.slices_of(namespace, &name) {
            let endpoints = slice["endpoints"].as_array_mut();
            for endpoint in endpoints.into_iter().flatten() {
                if endpoint["targetRef"]["uid"] == replaces {
                    endpoint["targetRef"]["name"] = new_name.clone();
                    endpoint["targetRef"]["uid"] = new_uid.clone();
                }
            }
            self.update(slice);
        }
    }

    /// The EndpointSlices of an application: those whose names begin with its own.
    fn slices_of(&self, namespace: &str, app: &str) -> Vec<Value> {
        let Some(id) = self.store.registry().id("discovery.k8s.io", "EndpointSlice") else {
            return Vec::new();
        };
        let prefix = format!("{namespace}/{app}-");
        let keys: Vec<String> = self
            .store
            .from(id, &prefix)
            .take_while(|slice| slice.key.starts_with(&prefix))
            .filter(|slice| slice.label("app.kubernetes.io/name") == Some(app))
            .map(|slice| slice.key.to_string())
            .collect();
        keys.iter().filter_map(|key| self.stored("discovery.k8s.io", "EndpointSlice", key)).collect()
    }
}

/// A pod that is about to run, and the uid of the one it replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Birth {
    pod: Value,
    replaces: Value,
}

/// Births wait in the queue in the order of their planning; among themselves they have none.
impl Ord for Birth {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl PartialOrd for Birth {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
