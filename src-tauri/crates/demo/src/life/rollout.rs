//! Rollouts and scaling of Deployments, one pod at a time, within surge and unavailability.

use serde_json::Value;

use super::behaviour::Behaviour;
use super::events::{About, Source};
use super::workloads::{Set, template_hash};
use super::{Action, World};
use crate::time::{MINUTE, SECOND};

/// How many revisions of a Deployment are kept beside the present one.
const HISTORY: usize = 2;

impl World {
    /// The Deployments that rollouts may touch: those without an incident or an autoscaler of their own.
    pub(crate) fn plan_next_rollout(&mut self, after: i64) {
        let quiet: Vec<usize> = (0..self.workloads.len())
            .filter(|index| {
                let workload = &self.workloads[*index];
                workload.kind == "Deployment"
                    && workload.namespace != "kube-system"
                    && workload.notes.incident.is_none()
                    && workload.notes.behaviour == Behaviour::Steady
            })
            .collect();
        let choice = self.random.below(quiet.len());
        if let Some(index) = quiet.get(choice) {
            self.plan(after, Action::Rollout(*index));
        }
    }

    /// Gives a Deployment the next patch version of its image.
    pub(crate) fn begin_rollout(&mut self, index: usize) {
        let pause = self.random.between(5, 9) * MINUTE;
        self.plan_next_rollout(pause);
        let now = self.now;
        let workload = &mut self.workloads[index];
        let mut template = workload.object["spec"]["template"].clone();
        let image = template["spec"]["containers"][0]["image"].as_str().unwrap_or_default();
        template["spec"]["containers"][0]["image"] = next_patch(image).into();
        workload.object["spec"]["template"] = template.clone();
        let generation = workload.object["metadata"]["generation"].as_u64().unwrap_or(1) + 1;
        workload.object["metadata"]["generation"] = generation.into();
        let revision = workload.current().map_or(1, |set| set.revision + 1);
        workload.object["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = revision.to_string().into();
        let hash = template_hash(&template);
        template["metadata"]["labels"]["pod-template-hash"] = hash.as_str().into();
        workload.sets.push(Set {
            name: format!("{}-{hash}", workload.name),
            hash,
            revision,
            template,
            replicas: 0,
            created: now,
            behaviour: workload.notes.behaviour.clone(),
            finished: None,
        });
        workload.progressed = now;
        let (namespace, forgotten) = (workload.namespace.clone(), workload.sets.len().saturating_sub(HISTORY + 1));
        let forgotten: Vec<Set> = self.workloads[index].sets.drain(..forgotten).collect();
        for set in forgotten {
            self.remove("apps", "ReplicaSet", &format!("{namespace}/{}", set.name));
        }
        self.write_workload(index);
        self.plan(SECOND, Action::Progress(index));
    }

    /// Replaces the next pod, if surge and unavailability allow it.
    pub(crate) fn progress_rollout(&mut self, index: usize) {
        let Some(workload) = self.workloads.get(index) else {
            return;
        };
        let Some(newest) = workload.sets.len().checked_sub(1) else {
            return;
        };
        let desired = workload.desired();
        let surge = desired.div_ceil(4);
        let may_miss = desired / 4;
        let count = self.count(index, None);
        let workload = &self.workloads[index];
        let new = workload.sets[newest].clone();
        if new.replicas < desired && count.all < desired + surge {
            self.resize(index, newest, new.replicas + 1);
        }
        let count = self.count(index, None);
        let old = self.workloads[index].sets[..newest].iter().position(|set| set.replicas > 0);
        match old {
            Some(old) if count.ready > desired.saturating_sub(may_miss) || desired == 0 => {
                let replicas = self.workloads[index].sets[old].replicas;
                self.resize(index, old, replicas - 1);
            }
            _ => {}
        }
        let name = self.workloads[index].sets[newest].name.clone();
        let updated = self.count(index, Some(&name));
        if updated.ready < desired || self.count(index, None).all > desired {
            self.plan(2 * SECOND, Action::Progress(index));
        } else {
            self.workloads[index].progressed = self.now;
            self.write_workload(index);
        }
    }

    /// Scales a Deployment, as its autoscaler wants it.
    pub(crate) fn scale(&mut self, index: usize, desired: u32, scaler: &Value) {
        let workload = &self.workloads[index];
        let now_desired = workload.desired();
        let rolling = workload.sets.iter().filter(|set| set.replicas > 0).count() > 1;
        if desired == now_desired || rolling {
            return;
        }
        let newest = workload.sets.len().saturating_sub(1);
        let direction = if desired > now_desired {
            "cpu resource utilization (percentage of request) above target"
        } else {
            "All metrics below target"
        };
        let about = About {
            api_version: "autoscaling/v2",
            kind: "HorizontalPodAutoscaler",
            namespace: workload.namespace.clone(),
            name: scaler["metadata"]["name"].as_str().unwrap_or_default().to_owned(),
            uid: scaler["metadata"]["uid"].as_str().unwrap_or_default().to_owned(),
            field_path: None,
        };
        let workload = &mut self.workloads[index];
        workload.object["spec"]["replicas"] = desired.into();
        let generation = workload.object["metadata"]["generation"].as_u64().unwrap_or(1) + 1;
        workload.object["metadata"]["generation"] = generation.into();
        let source = Source::of("horizontal-pod-autoscaler");
        let message = format!("New size: {desired}; reason: {direction}");
        self.say(&about, &source, "Normal", "SuccessfulRescale", &message);
        self.resize(index, newest, desired);
    }

    /// Brings a ReplicaSet to a size.
    fn resize(&mut self, index: usize, set: usize, replicas: u32) {
        let Some((name, before)) = self
            .workloads
            .get(index)
            .and_then(|workload| workload.sets.get(set))
            .map(|set| (set.name.clone(), set.replicas))
        else {
            return;
        };
        let deployment = self.about_workload(index);
        let controller = Source::of("deployment-controller");
        let direction = if replicas > before { "up" } else { "down" };
        let message = format!("Scaled {direction} replica set {name} from {before} to {replicas}");
        self.say(&deployment, &controller, "Normal", "ScalingReplicaSet", &message);
        self.workloads[index].sets[set].replicas = replicas;
        let about = About {
            kind: "ReplicaSet",
            uid: self.uid("ReplicaSet", &deployment.namespace, &name),
            name: name.clone(),
            ..deployment
        };
        let source = Source::of("replicaset-controller");
        for _ in before..replicas {
            let key = self.create_pod(index, set, None);
            let pod = key.rsplit('/').next().unwrap_or_default();
            let message = format!("Created pod: {pod}");
            self.say(&about, &source, "Normal", "SuccessfulCreate", &message);
            self.plan(200, Action::Pod(key.clone()));
            self.after_change(&key);
        }
        // The youngest go first, as the controller ranks them.
        let mut mine: Vec<(crate::time::Time, String)> = self
            .pods
            .iter()
            .filter(|(_, pod)| pod.workload == index && pod.set == name && pod.is_active())
            .map(|(key, pod)| (pod.created, key.clone()))
            .collect();
        mine.sort();
        for _ in replicas..before {
            if let Some((_, key)) = mine.pop() {
                let pod = key.rsplit('/').next().unwrap_or_default();
                let message = format!("Deleted pod: {pod}");
                self.say(&about, &source, "Normal", "SuccessfulDelete", &message);
                self.terminate_pod(&key);
            }
        }
        self.write_workload(index);
    }

    /// A workload as the object of an event.
    pub(crate) fn about_workload(&self, index: usize) -> About {
        let workload = &self.workloads[index];
        let (api_version, kind) = match workload.kind.as_str() {
            "StatefulSet" => ("apps/v1", "StatefulSet"),
            "DaemonSet" => ("apps/v1", "DaemonSet"),
            "CronJob" => ("batch/v1", "CronJob"),
            _ => ("apps/v1", "Deployment"),
        };
        About {
            api_version,
            kind,
            namespace: workload.namespace.clone(),
            name: workload.name.clone(),
            uid: workload.uid().to_owned(),
            field_path: None,
        }
    }
}

/// The image with the last number of its tag one higher.
fn next_patch(image: &str) -> String {
    let Some((name, tag)) = image.rsplit_once(':') else {
        return format!("{image}:1.0.1");
    };
    match tag.rsplit_once('.') {
        Some((front, patch)) => {
            let patch: u32 = patch.parse().unwrap_or(0);
            format!("{name}:{front}.{}", patch + 1)
        }
        None => format!("{name}:{tag}.1"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_go_up_by_a_patch() {
        assert_eq!(next_patch("registry.example.com/cart:2.3.9"), "registry.example.com/cart:2.3.10");
        assert_eq!(next_patch("redis"), "redis:1.0.1");
    }
}
