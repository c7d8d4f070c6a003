//! Disruption budgets and autoscalers: what their controllers say of the pods they govern.

use serde_json::{Value, json};

use super::{Action, World, selects};
use crate::time::{HOUR, MINUTE, SECOND, Time};
use crate::usage;

impl World {
    /// Brings every budget of a namespace in line with the pods.
    pub(crate) fn write_budgets(&mut self, namespace: &str) {
        for mut budget in self.all_in("policy", "PodDisruptionBudget", namespace) {
            let spec = &budget["spec"];
            let pods = self
                .pods
                .values()
                .filter(|pod| pod.namespace == namespace && pod.is_active() && selects(&spec["selector"], &pod.labels));
            let (mut expected, mut healthy) = (0_u32, 0_u32);
            for pod in pods {
                expected += 1;
                healthy += u32::from(pod.is_ready());
            }
            let desired = match (&spec["minAvailable"], &spec["maxUnavailable"]) {
                (Value::Null, most) => expected.saturating_sub(amount(most, expected)),
                (least, _) => amount(least, expected),
            };
            let allowed = healthy.saturating_sub(desired);
            let created = created(&budget).unwrap_or(self.now);
            budget["status"] = json!({
                "conditions": [{
                    "type": "DisruptionAllowed",
                    "status": if allowed > 0 { "True" } else { "False" },
                    "reason": if allowed > 0 { "SufficientPods" } else { "InsufficientPods" },
                    "message": "",
                    "observedGeneration": 1,
                    "lastTransitionTime": created.plus(MINUTE).rfc3339(),
                }],
                "currentHealthy": healthy,
                "desiredHealthy": desired,
                "disruptionsAllowed": allowed,
                "expectedPods": expected,
                "observedGeneration": 1,
            });
            self.update(budget);
        }
    }

    /// Brings every autoscaler of a namespace in line with the use of its workload.
    pub(crate) fn write_autoscalers(&mut self, namespace: &str) {
        for mut scaler in self.all_in("autoscaling", "HorizontalPodAutoscaler", namespace) {
            let Some(index) = self.scaled_workload(&scaler) else {
                continue;
            };
            let current = self.count(index, None).all;
            let use_now = self.use_of_request(index);
            let target = target_utilization(&scaler);
            let wanted = wanted_replicas(current, use_now, target);
            let bound = |field: &str| u32::try_from(scaler["spec"][field].as_u64().unwrap_or(1)).unwrap_or(1);
            let (least, most) = (bound("minReplicas"), bound("maxReplicas"));
            let desired = wanted.clamp(least, most);
            let (limited, reason, message) = if wanted > most {
                (true, "TooManyReplicas", "the desired replica count is more than the maximum replica count")
            } else if wanted < least {
                (true, "TooFewReplicas", "the desired replica count is less than the minimum replica count")
            } else {
                (false, "DesiredWithinRange", "the desired count is within the acceptable range")
            };
            let created = created(&scaler).unwrap_or(self.now);
            let since = self.now.minus(2 * HOUR).max(created);
            let condition = |kind: &str, status: bool, since: Time, reason: &str, message: &str| {
                json!({
                    "type": kind,
                    "status": if status { "True" } else { "False" },
                    "lastTransitionTime": since.rfc3339(),
                    "reason": reason,
                    "message": message,
                })
            };
            // The time of a condition moves only when its status does.
            let since = condition_since(&scaler, "ScalingLimited", limited).unwrap_or(since);
            let millicores = self.cpu_of_pod(index, use_now);
            scaler["status"] = json!({
                "conditions": [
                    condition("AbleToScale", true, created, "ReadyForNewScale", "recommended size matches current size"),
                    condition(
                        "ScalingActive",
                        true,
                        created,
                        "ValidMetricFound",
                        "the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)",
                    ),
                    condition("ScalingLimited", limited, since, reason, message),
                ],
                "currentMetrics": [{
                    "type": "Resource",
                    "resource": {"name": "cpu", "current": {
                        "averageUtilization": use_now,
                        "averageValue": format!("{millicores}m"),
                    }},
                }],
                "currentReplicas": current,
                "desiredReplicas": desired,
                "observedGeneration": 1,
            });
            self.update(scaler);
        }
    }

    /// Looks at every autoscaler, and scales what is not at its desired size.
    pub(crate) fn autoscale(&mut self) {
        let mut namespaces: Vec<String> = Vec::new();
        for scaler in self.all_in("autoscaling", "HorizontalPodAutoscaler", "") {
            if let Some(namespace) = scaler["metadata"]["namespace"].as_str() {
                namespaces.push(namespace.to_owned());
            }
        }
        namespaces.dedup();
        for namespace in namespaces {
            self.write_autoscalers(&namespace);
            for scaler in self.all_in("autoscaling", "HorizontalPodAutoscaler", &namespace) {
                let desired = scaler["status"]["desiredReplicas"].as_u64().unwrap_or(0);
                if let (Some(index), Ok(desired)) = (self.scaled_workload(&scaler), u32::try_from(desired))
                    && desired > 0
                {
                    self.scale(index, desired, &scaler);
                }
            }
        }
        self.plan(15 * SECOND, Action::Autoscale);
    }

    /// The objects of a kind in a namespace (in all, if it is empty), with their type.
    pub(crate) fn all_in(&self, group: &str, kind: &str, namespace: &str) -> Vec<Value> {
        let Some(id) = self.store.registry().id(group, kind) else {
            return Vec::new();
        };
        let keys: Vec<String> = self
            .store
            .objects(id)
            .filter(|object| namespace.is_empty() || object.namespace() == namespace)
            .map(|object| object.key.to_string())
            .collect();
        keys.iter().filter_map(|key| self.stored(group, kind, key)).collect()
    }

    fn scaled_workload(&self, scaler: &Value) -> Option<usize> {
        let reference = &scaler["spec"]["scaleTargetRef"];
        self.workloads.iter().position(|workload| {
            workload.namespace == scaler["metadata"]["namespace"]
                && workload.kind == reference["kind"]
                && workload.name == reference["name"]
        })
    }
}

/// What the autoscaler's formula gives, with its tolerance of a tenth.
fn wanted_replicas(current: u32, use_now: u32, target: u32) -> u32 {
    let (scaled, exact) = (current * use_now, current * target);
    if scaled.abs_diff(exact) * 10 <= exact { current } else { scaled.div_ceil(target.max(1)) }
}

fn target_utilization(scaler: &Value) -> u32 {
    let target = &scaler["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"];
    u32::try_from(target.as_u64().unwrap_or(80)).unwrap_or(80)
}

fn condition_since(object: &Value, kind: &str, status: bool) -> Option<Time> {
    let wanted = if status { "True" } else { "False" };
    let conditions = object["status"]["conditions"].as_array()?;
    let condition = conditions.iter().find(|condition| condition["type"] == kind && condition["status"] == wanted)?;
    Time::parse(condition["lastTransitionTime"].as_str()?)
}

/// A number of pods, or a percentage of them, rounded up as the disruption controller does.
fn amount(value: &Value, of: u32) -> u32 {
    match value {
        Value::String(percent) => {
            let percent: u32 = percent.trim_end_matches('%').parse().unwrap_or(0);
            (of * percent).div_ceil(100)
        }
        number => u32::try_from(number.as_u64().unwrap_or(0)).unwrap_or(0),
    }
}

fn created(object: &Value) -> Option<Time> {
    Time::parse(object["metadata"]["creationTimestamp"].as_str()?)
}

impl World {
    /// CPU use of the pods of a workload in percent of what they request.
    pub(crate) fn use_of_request(&self, index: usize) -> u32 {
        let workload = &self.workloads[index];
        let container = &workload.object["spec"]["template"]["spec"]["containers"][0];
        let request = container["resources"]["requests"]["cpu"].as_str().unwrap_or("100m");
        let request = usage::millicores(request).max(1);
        let pods = self.count(index, None).ready;
        let used = usage::workload_cpu(&workload.notes.load(), &workload.key(), self.now);
        let each = used / u64::from(pods.max(1));
        u32::try_from(each * 100 / request).unwrap_or(u32::MAX)
    }

    fn cpu_of_pod(&self, index: usize, percent: u32) -> u64 {
        let workload = &self.workloads[index];
        let container = &workload.object["spec"]["template"]["spec"]["containers"][0];
        let request = container["resources"]["requests"]["cpu"].as_str().unwrap_or("100m");
        usage::millicores(request) * u64::from(percent) / 100
    }
}
