//! The objects of a generated cluster, kind by kind.

use serde_json::{Value, json};

use crate::random::{hash, suffix, uid};
use crate::time::{DAY, HOUR, MINUTE, SECOND, Time};

const FIRST: [&str; 16] = [
    "amber", "basic", "cedar", "delta", "early", "fleet", "grand", "harbor", "ivory", "jolly", "keen", "lunar",
    "mellow", "north", "ocean", "prime",
];
const SECOND_WORD: [&str; 16] = [
    "api", "auth", "billing", "cache", "engine", "feed", "gateway", "index", "jobs", "ledger", "mail", "orders",
    "portal", "queue", "sync", "worker",
];

/// One application: a Deployment and what belongs to it.
#[derive(Clone, Debug)]
pub(super) struct App {
    pub(super) index: usize,
    namespace: String,
    name: String,
    version: u64,
}

/// A Service of an application.
#[derive(Clone, Debug)]
pub(super) struct Exposed {
    index: usize,
    pub(super) app: usize,
    name: String,
}

/// A pod as its EndpointSlice lists it.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    name: String,
    uid: String,
    ip: String,
    node: String,
    ready: bool,
}

/// Makes objects; everything follows from the seed, the time and the number of the object.
pub(super) struct Maker {
    seed: u64,
    start: Time,
    namespaces: usize,
    nodes: usize,
}

impl Maker {
    pub(super) fn new(seed: u64, start: Time, namespaces: usize, nodes: usize) -> Self {
        Self { seed, start, namespaces, nodes }
    }

    fn dice(&self, what: &str, index: usize) -> u64 {
        hash(self.seed, &[what, &index.to_string()])
    }

    fn namespace_name(&self, index: usize) -> String {
        let word = FIRST[index % FIRST.len()];
        format!("team-{word}-{}", index / FIRST.len())
    }

    /// The namespace of something: some are large, most are small.
    fn namespace_of(&self, what: &str, index: usize) -> String {
        let dice = self.dice(what, index);
        let throw = |shift: u32| (dice >> shift) as usize % self.namespaces;
        self.namespace_name(throw(0).min(throw(24)))
    }

    fn node_name(&self, index: usize) -> String {
        format!("node-{:03}", index % self.nodes)
    }

    pub(super) fn app(&self, index: usize) -> App {
        let word = FIRST[index / SECOND_WORD.len() % FIRST.len()];
        let role = SECOND_WORD[index % SECOND_WORD.len()];
        let number = index / (FIRST.len() * SECOND_WORD.len());
        let name = if number == 0 { format!("{word}-{role}") } else { format!("{word}-{role}-{number}") };
        App { index, namespace: self.namespace_of("app", index), name, version: self.dice("version", index) % 40 }
    }

    /// `metadata` of something so many days old at most.
    fn metadata(&self, kind: &str, namespace: &str, name: &str, days: i64) -> Value {
        let dice = hash(self.seed, &["age", kind, namespace, name]);
        let age = i64::try_from(dice % 10_000).unwrap_or(0) * days * DAY / 10_000 + HOUR;
        let mut metadata = json!({
            "name": name,
            "uid": uid(self.seed, &[kind, namespace, name]),
            "creationTimestamp": self.start.minus(age).rfc3339(),
        });
        if !namespace.is_empty() {
            metadata["namespace"] = namespace.into();
        }
        metadata
    }

    fn of_app(&self, kind: &str, app: &App, name: &str) -> Value {
        let mut metadata = self.metadata(kind, &app.namespace, name, 300);
        metadata["labels"] = labels(app);
        metadata["labels"]["app.kubernetes.io/managed-by"] = "Helm".into();
        metadata
    }

    fn owner(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Value {
        json!([{
            "apiVersion": api_version,
            "kind": kind,
            "name": name,
            "uid": uid(self.seed, &[kind, namespace, name]),
            "controller": true,
            "blockOwnerDeletion": true,
        }])
    }

    pub(super) fn namespace(&self, index: usize) -> Value {
        let name = self.namespace_name(index);
        let mut metadata = self.metadata("Namespace", "", &name, 900);
        metadata["labels"] = json!({"kubernetes.io/metadata.name": name, "team": FIRST[index % FIRST.len()]});
        json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": metadata,
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        })
    }

    pub(super) fn node(&self, index: usize) -> Value {
        let name = self.node_name(index);
        let mut metadata = self.metadata("Node", "", &name, 120);
        let zone = ["a", "b", "c"][index % 3];
        metadata["labels"] = json!({
            "kubernetes.io/arch": "amd64",
            "kubernetes.io/hostname": name,
            "kubernetes.io/os": "linux",
            "node.kubernetes.io/instance-type": "m7.8xlarge",
            "topology.kubernetes.io/region": "eu-1",
            "topology.kubernetes.io/zone": format!("eu-1{zone}"),
        });
        let since = metadata["creationTimestamp"].clone();
        let heartbeat = self.start.minus(MINUTE).rfc3339();
        let condition = |kind: &str, status: &str, reason: &str, message: &str| {
            json!({
                "type": kind, "status": status, "reason": reason, "message": message,
                "lastHeartbeatTime": heartbeat, "lastTransitionTime": since,
            })
        };
        let resources =
            json!({"cpu": "32", "memory": "131072000Ki", "pods": "250", "ephemeral-storage": "205082043Ki"});
        json!({
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": metadata,
            "spec": {"podCIDR": format!("10.{}.{}.0/24", 128 + index / 256, index % 256), "providerID": format!("demo:///eu-1/{name}")},
            "status": {
                "addresses": [
                    {"type": "InternalIP", "address": format!("10.20.{}.{}", index / 250, index % 250 + 1)},
                    {"type": "Hostname", "address": name},
                ],
                "allocatable": resources,
                "capacity": resources,
                "conditions": [
                    condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                    condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                    condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                    condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
                ],
                "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
                "nodeInfo": {
                    "architecture": "amd64", "bootID": "", "containerRuntimeVersion": "containerd://2.2.1",
                    "kernelVersion": "6.12.57-cloud-amd64", "kubeProxyVersion": "", "kubeletVersion": "v1.36.3",
                    "machineID": "", "operatingSystem": "linux", "osImage": "Debian GNU/Linux 13 (trixie)", "systemUUID": "",
                },
            },
        })
    }

    pub(super) fn account(&self, index: usize, apps: &[App]) -> Value {
        let metadata = if index < self.namespaces {
            self.metadata("ServiceAccount", &self.namespace_name(index), "default", 900)
        } else {
            let app = &apps[(index - self.namespaces) % apps.len()];
            self.of_app("ServiceAccount", app, &app.name)
        };
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
    }

    pub(super) fn config_map(&self, index: usize, apps: &[App]) -> Value {
        let app = &apps[index % apps.len()];
        let round = index / apps.len();
        let name = if round == 0 { format!("{}-config", app.name) } else { format!("{}-config-{round}", app.name) };
        json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": self.of_app("ConfigMap", app, &name),
            "data": {"LOG_LEVEL": "info", "POOL_SIZE": "16", "REGION": "eu-1", "TIMEOUT": "2s"},
        })
    }

    /// The first Secret of an application is its own; the others are the releases that its chart has had.
    pub(super) fn secret(&self, index: usize, apps: &[App]) -> Value {
        let app = &apps[index % apps.len()];
        let round = index / apps.len();
        if round == 0 {
            let name = format!("{}-credentials", app.name);
            return json!({
                "apiVersion": "v1",
                "kind": "Secret",
                "type": "Opaque",
                "metadata": self.of_app("Secret", app, &name),
                "data": {"password": "ZGVtby1vbmx5", "username": "ZGVtbw=="},
            });
        }
        let name = format!("sh.helm.release.v1.{}.v{round}", app.name);
        let mut metadata = self.metadata("Secret", &app.namespace, &name, 300);
        metadata["labels"] = json!({
            "name": app.name, "owner": "helm", "status": "deployed", "version": round.to_string(),
        });
        json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "helm.sh/release.v1",
            "metadata": metadata,
            "data": {"release": "ZGVtbw=="},
        })
    }

    pub(super) fn exposed(&self, index: usize, apps: &[App]) -> Exposed {
        let app = &apps[index % apps.len()];
        let name = match index / apps.len() {
            0 => app.name.clone(),
            1 => format!("{}-metrics", app.name),
            round => format!("{}-{round}", app.name),
        };
        Exposed { index, app: app.index, name }
    }

    pub(super) fn service(&self, service: &Exposed, apps: &[App]) -> Value {
        let app = &apps[service.app];
        // Within the smallest range that clusters give their Services, and above its first, reserved addresses.
        let address = format!("10.0.{}.{}", 1 + service.index / 250 % 255, 1 + service.index % 250);
        json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": self.of_app("Service", app, &service.name),
            "spec": {
                "clusterIP": address,
                "clusterIPs": [address],
                "internalTrafficPolicy": "Cluster",
                "ipFamilies": ["IPv4"],
                "ipFamilyPolicy": "SingleStack",
                "ports": [{"name": "http", "port": 8080, "protocol": "TCP", "targetPort": "http"}],
                "selector": labels(app),
                "sessionAffinity": "None",
                "type": "ClusterIP",
            },
            "status": {"loadBalancer": {}},
        })
    }

    pub(super) fn ingress(&self, index: usize, services: &[Exposed], apps: &[App]) -> Value {
        let service = &services[index % services.len()];
        let app = &apps[service.app];
        let host = format!("{}.{}.example.com", service.name, app.namespace);
        let round = index / services.len();
        let name = if round == 0 { service.name.clone() } else { format!("{}-{round}", service.name) };
        json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": self.of_app("Ingress", app, &name),
            "spec": {
                "ingressClassName": "nginx",
                "rules": [{
                    "host": host,
                    "http": {"paths": [{
                        "path": "/",
                        "pathType": "Prefix",
                        "backend": {"service": {"name": service.name, "port": {"name": "http"}}},
                    }]},
                }],
            },
            "status": {"loadBalancer": {"ingress": [{"ip": "198.51.100.20"}]}},
        })
    }

    fn image(app: &App, back: usize) -> String {
        let minor = app.version.saturating_sub(back as u64);
        format!("registry.example.com/{}:1.{minor}.0", app.name)
    }

    /// The pod spec of an application, `back` revisions ago.
    fn spec(&self, app: &App, back: usize, apps: &[App]) -> Value {
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

    fn template(&self, app: &App, back: usize, apps: &[App]) -> Value {
        json!({"metadata": {"labels": labels(app)}, "spec": self.spec(app, back, apps)})
    }

    pub(super) fn deployment(&self, app: &App, replicas: usize, apps: &[App]) -> Value {
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

    fn set_hash(&self, app: &App, back: usize) -> String {
        suffix(hash(self.seed, &["set", &app.name, &back.to_string()]), 10)
    }

    fn set_name(&self, app: &App, back: usize) -> String {
        format!("{}-{}", app.name, self.set_hash(app, back))
    }

    pub(super) fn replica_set(&self, app: &App, back: usize, replicas: usize, apps: &[App]) -> Value {
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

    /// A pod of an application, and how its EndpointSlice lists it.
    pub(super) fn pod(&self, app: &App, serial: usize, apps: &[App]) -> (Value, Placed) {
        let set = self.set_name(app, 0);
        let name = format!("{set}-{}", suffix(self.dice("pod", serial), 5));
        let mut metadata = self.metadata("Pod", &app.namespace, &name, 30);
        metadata["generateName"] = format!("{set}-").into();
        metadata["labels"] = labels(app);
        metadata["labels"]["pod-template-hash"] = self.set_hash(app, 0).into();
        metadata["ownerReferences"] = self.owner("apps/v1", "ReplicaSet", &app.namespace, &set);
        let node = self.node_name(self.dice("place", serial) as usize);
        let ip = format!("10.{}.{}.{}", 128 + serial / 62_500, serial / 250 % 250, serial % 250 + 2);
        let mut spec = self.spec(app, 0, apps);
        spec["nodeName"] = node.as_str().into();
        spec["serviceAccountName"] = "default".into();
        spec["enableServiceLinks"] = true.into();
        spec["priority"] = 0.into();
        let state = State::of(self.dice("state", serial));
        let placed = Placed {
            name,
            uid: metadata["uid"].as_str().unwrap_or_default().to_owned(),
            ip: ip.clone(),
            node,
            ready: state == State::Ready,
        };
        let status = pod_status(&metadata, &spec, &ip, state);
        let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status});
        (pod, placed)
    }

    fn job_of(&self, index: usize, apps: &[App]) -> (String, String) {
        let app = &apps[self.dice("job", index) as usize % apps.len()];
        (app.namespace.clone(), format!("{}-task-{index}", app.name))
    }

    pub(super) fn job(&self, index: usize, apps: &[App]) -> Value {
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

    pub(super) fn job_pod(&self, index: usize, serial: usize, apps: &[App]) -> Value {
        let (namespace, job) = self.job_of(index, apps);
        let name = format!("{job}-{}", suffix(self.dice("pod", serial), 5));
        let mut metadata = self.metadata("Pod", &namespace, &name, 20);
        metadata["generateName"] = format!("{job}-").into();
        let owner = self.owner("batch/v1", "Job", &namespace, &job);
        metadata["labels"] = json!({"batch.kubernetes.io/job-name": job, "job-name": job});
        metadata["ownerReferences"] = owner;
        let mut spec = task_spec();
        spec["nodeName"] = self.node_name(self.dice("place", serial) as usize).into();
        let ip = format!("10.{}.{}.{}", 128 + serial / 62_500, serial / 250 % 250, serial % 250 + 2);
        let status = pod_status(&metadata, &spec, &ip, State::Done);
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status})
    }

    pub(super) fn endpoint_slice(&self, service: &Exposed, apps: &[App], pods: &[Placed]) -> Value {
        let app = &apps[service.app];
        let name = format!("{}-{}", service.name, suffix(hash(self.seed, &["slice", &service.name]), 5));
        let mut metadata = self.of_app("EndpointSlice", app, &name);
        metadata["generateName"] = format!("{}-", service.name).into();
        metadata["labels"]["kubernetes.io/service-name"] = service.name.as_str().into();
        metadata["labels"]["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io".into();
        metadata["ownerReferences"] = self.owner("v1", "Service", &app.namespace, &service.name);
        let endpoints: Vec<Value> = pods
            .iter()
            .map(|pod| {
                json!({
                    "addresses": [pod.ip],
                    "conditions": {"ready": pod.ready, "serving": pod.ready, "terminating": false},
                    "nodeName": pod.node,
                    "targetRef": {"kind": "Pod", "namespace": app.namespace, "name": pod.name, "uid": pod.uid},
                })
            })
            .collect();
        json!({
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": metadata,
            "addressType": "IPv4",
            "endpoints": if endpoints.is_empty() { Value::Null } else { endpoints.into() },
            "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
        })
    }
}

/// The labels by which an application is known and selected.
fn labels(app: &App) -> Value {
    json!({"app.kubernetes.io/instance": app.name, "app.kubernetes.io/name": app.name})
}

fn task_spec() -> Value {
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

/// How a generated pod is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    Crashing,
    NoImage,
    Unready,
    Done,
}

impl State {
    /// Two and a half in a hundred are not well.
    const fn of(dice: u64) -> Self {
        match dice % 1_000 {
            0..10 => Self::Crashing,
            10..15 => Self::NoImage,
            15..25 => Self::Unready,
            _ => Self::Ready,
        }
    }
}

fn pod_status(metadata: &Value, spec: &Value, ip: &str, state: State) -> Value {
    let created = metadata["creationTimestamp"].as_str().and_then(Time::parse).unwrap_or_default();
    let started = created.plus(4 * SECOND).rfc3339();
    let container = &spec["containers"][0];
    let name = container["name"].as_str().unwrap_or_default();
    let image = container["image"].as_str().unwrap_or_default();
    let ended = |exit: i64, reason: &str| {
        json!({
            "containerID": "", "exitCode": exit, "reason": reason,
            "startedAt": started, "finishedAt": created.plus(64 * SECOND).rfc3339(),
        })
    };
    let (phase, now, last, restarts) = match state {
        State::Ready | State::Unready => ("Running", json!({"running": {"startedAt": started}}), json!({}), 0),
        State::Crashing => (
            "Running",
            json!({"waiting": {
                "reason": "CrashLoopBackOff",
                "message": format!(
                    "back-off 5m0s restarting failed container={name} pod={}_{}({})",
                    metadata["name"].as_str().unwrap_or_default(),
                    metadata["namespace"].as_str().unwrap_or_default(),
                    metadata["uid"].as_str().unwrap_or_default(),
                ),
            }}),
            json!({"terminated": ended(1, "Error")}),
            37,
        ),
        State::NoImage => (
            "Pending",
            json!({"waiting": {
                "reason": "ImagePullBackOff",
                "message": format!("Back-off pulling image \"{image}\""),
            }}),
            json!({}),
            0,
        ),
        State::Done => ("Succeeded", json!({"terminated": ended(0, "Completed")}), json!({}), 0),
    };
    let ready = state == State::Ready;
    let condition = |kind: &str, status: bool| {
        let mut condition = json!({
            "type": kind,
            "status": if status { "True" } else { "False" },
            "lastProbeTime": null,
            "lastTransitionTime": started,
        });
        if !status && state == State::Done {
            condition["reason"] = "PodCompleted".into();
        } else if !status {
            condition["reason"] = "ContainersNotReady".into();
            condition["message"] = format!("containers with unready status: [{name}]").into();
        }
        condition
    };
    json!({
        "phase": phase,
        "qosClass": "Burstable",
        "startTime": created.rfc3339(),
        "podIP": ip,
        "podIPs": [{"ip": ip}],
        "conditions": [
            condition("Initialized", true),
            condition("Ready", ready),
            condition("ContainersReady", ready),
            condition("PodScheduled", true),
        ],
        "containerStatuses": [{
            "name": name,
            "image": image,
            "imageID": "",
            "ready": ready,
            "restartCount": restarts,
            "started": matches!(state, State::Ready | State::Unready),
            "state": now,
            "lastState": last,
        }],
    })
}
