//! Deployments with the ReplicaSets of their revisions, and Jobs.

use serde_json::{Value, json};

use super::{App, Maker, labels};
use crate::random::{hash, suffix};
use crate::time::{SECOND, Time};

impl Maker {
    pub(super) fn image(app: &App, back: usize) -> String {
        let minor = app.version.saturating_sub(back as u64);
        format!("registry.example.com/{}:1.{minor}.0", app.name)
    }

    /// The pod spec of an application, `back` revisions ago.
    pub(super) fn spec(&self, app: &App, back: usize, apps: &[App]) -> Value {
        let other = &apps[self.dice("calls", app.index) as usize % apps.len()];
        json!({
            "containers": [{
                "name": "app",
                "image": Self::image(app, back),
                "imagePullPolicy": "IfNotPresent",
                "env": [
                    {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": format!("{}-credentials", app.name), "key": "password"}}},
                    {"name": "UPSTREAM_URL", "value": format!("http://{}.{}:8080", other.name, other.namespace)},
                ],
                "envFrom": [{"configMapRef": {"name": format!("{}-config", app.name), "optional": true}}],
                "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
                "readinessProbe": {
                    "httpGet": {"path": "/ready", "port": "http", "scheme": "HTTP"},
                    "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
                },
                "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
                "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File",
            }],
            "dnsPolicy": "ClusterFirst",
            "restartPolicy": "Always",
            "schedulerName": "default-scheduler",
            "securityContext": {},
            "terminationGracePeriodSeconds": 30,
        })
    }

    pub(super) fn template(&self, app: &App, back: usize, apps: &[App]) -> Value {
        json!({"metadata": {"labels": labels(app)}, "spec": self.spec(app, back, apps)})
    }

    pub(in crate::generate) fn deployment(&self, app: &App, replicas: usize, apps: &[App]) -> Value {
        let mut metadata = self.of_app("Deployment", app, &app.name);
        metadata["generation"] = 3.into();
        metadata["annotations"] = json!({"deployment.kubernetes.io/revision": "3"});
        let since = metadata["creationTimestamp"].clone();
        let condition = |kind: &str, reason: &str, message: String| {
            json!({
                "type": kind, "status": "True", "reason": reason, "message": message,
                "lastTransitionTime": since, "lastUpdateTime": since,
            })
        };
        let set = self.set_name(app, 0);
        json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata,
            "spec": {
                "progressDeadlineSeconds": 600,
                "replicas": replicas,
                "revisionHistoryLimit": 10,
                "selector": {"matchLabels": labels(app)},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
                "template": self.template(app, 0, apps),
            },
            "status": {
                "observedGeneration": 3,
                "replicas": replicas,
                "updatedReplicas": replicas,
                "readyReplicas": replicas,
                "availableReplicas": replicas,
                "conditions": [
                    condition("Available", "MinimumReplicasAvailable", "Deployment has minimum availability.".to_owned()),
                    condition("Progressing", "NewReplicaSetAvailable", format!("ReplicaSet \"{set}\" has successfully progressed.")),
                ],
            },
        })
    }

    pub(super) fn set_hash(&self, app: &App, back: usize) -> String {
        suffix(hash(self.seed, &["set", &app.name, &back.to_string()]), 10)
    }

    pub(super) fn set_name(&self, app: &App, back: usize) -> String {
        format!("{}-{}", app.name, self.set_hash(app, back))
    }

    pub(in crate::generate) fn replica_set(&self, app: &App, back: usize, replicas: usize, apps: &[App]) -> Value {
        let name = self.set_name(app, back);
        let mut with_hash = labels(app);
        with_hash["pod-template-hash"] = self.set_hash(app, back).into();
        let mut metadata = self.metadata("ReplicaSet", &app.namespace, &name, 200);
        metadata["generation"] = 1.into();
        metadata["labels"] = with_hash.clone();
        metadata["annotations"] = json!({
            "deployment.kubernetes.io/desired-replicas": replicas.to_string(),
            "deployment.kubernetes.io/max-replicas": (replicas + replicas.div_ceil(4)).to_string(),
            "deployment.kubernetes.io/revision": 3_usize.saturating_sub(back).to_string(),
        });
        metadata["ownerReferences"] = self.owner("apps/v1", "Deployment", &app.namespace, &app.name);
        let mut template = self.template(app, back, apps);
        template["metadata"]["labels"] = with_hash.clone();
        json!({
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": metadata,
            "spec": {"replicas": replicas, "selector": {"matchLabels": with_hash}, "template": template},
            "status": {
                "observedGeneration": 1,
                "replicas": replicas,
                "fullyLabeledReplicas": replicas,
                "readyReplicas": replicas,
                "availableReplicas": replicas,
            },
        })
    }

    pub(super) fn job_of(&self, index: usize, apps: &[App]) -> (String, String) {
        let app = &apps[self.dice("job", index) as usize % apps.len()];
        (app.namespace.clone(), format!("{}-task-{index}", app.name))
    }

    pub(in crate::generate) fn job(&self, index: usize, apps: &[App]) -> Value {
        let (namespace, name) = self.job_of(index, apps);
        let mut metadata = self.metadata("Job", &namespace, &name, 20);
        let started = metadata["creationTimestamp"].as_str().and_then(Time::parse).unwrap_or(self.start);
        let ended = started.plus(90 * SECOND).rfc3339();
        let job_uid = metadata["uid"].clone();
        let labels = json!({
            "batch.kubernetes.io/controller-uid": job_uid,
            "batch.kubernetes.io/job-name": name,
            "controller-uid": job_uid,
            "job-name": name,
        });
        metadata["generation"] = 1.into();
        metadata["labels"] = labels.clone();
        let condition = |kind: &str| {
            json!({
                "type": kind, "status": "True", "reason": "CompletionsReached",
                "message": "Reached expected number of succeeded pods",
                "lastProbeTime": ended, "lastTransitionTime": ended,
            })
        };
        json!({
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": metadata,
            "spec": {
                "backoffLimit": 6, "completionMode": "NonIndexed", "completions": 1, "manualSelector": false,
                "parallelism": 1, "podReplacementPolicy": "TerminatingOrFailed", "suspend": false,
                "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": job_uid}},
                "template": {"metadata": {"labels": labels}, "spec": task_spec()},
            },
            "status": {
                "completionTime": ended,
                "conditions": [condition("SuccessCriteriaMet"), condition("Complete")],
                "ready": 0, "startTime": started.rfc3339(), "succeeded": 1, "terminating": 0,
                "uncountedTerminatedPods": {},
            },
        })
    }
}

pub(super) fn task_spec() -> Value {
    json!({
        "containers": [{
            "name": "task",
            "image": "registry.example.com/task:2.1.0",
            "imagePullPolicy": "IfNotPresent",
            "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
            "terminationMessagePath": "/dev/termination-log",
            "terminationMessagePolicy": "File",
        }],
        "dnsPolicy": "ClusterFirst",
        "restartPolicy": "Never",
        "schedulerName": "default-scheduler",
        "securityContext": {},
        "terminationGracePeriodSeconds": 30,
    })
}
