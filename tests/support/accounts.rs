//! Accounts that may not see everything, made as a cluster's owner would make them: a service account, real RBAC objects
//! and a token from the API server. They work on any cluster.

use anyhow::{Context, Result};
use http::Method;
use serde_json::{Value, json};

use crate::client::Client;
use crate::wait::eventually;

/// Where the service accounts live.
const NAMESPACE: &str = "kubilitics-accounts";

/// What an account may see. None of them may change anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// Everything in every namespace, but it may not list (or get) the namespaces themselves.
    NoNamespaceList,
    /// Everything in these namespaces, and nothing beside them: no namespaces, no nodes, no list over all namespaces.
    Namespaces(Vec<String>),
    /// Everything but Secrets.
    NoSecrets,
    /// What every authenticated account may: discovery, and asking what it may.
    Nothing,
    /// The same, under a name of its own: whoever asks for it binds roles to it and takes them away ([`Self::subject`]).
    Bare(String),
}

impl Account {
    /// Two namespaces and nothing beside them.
    pub fn two_namespaces(first: impl Into<String>, second: impl Into<String>) -> Self {
        Self::Namespaces(vec![first.into(), second.into()])
    }

    /// The name of the service account and of its RBAC objects.
    pub fn name(&self) -> String {
        match self {
            Self::NoNamespaceList => "no-namespace-list".to_owned(),
            Self::Namespaces(namespaces) => format!("sees-{}", namespaces.join("-and-")),
            Self::NoSecrets => "no-secrets".to_owned(),
            Self::Nothing => "sees-nothing".to_owned(),
            Self::Bare(name) => name.clone(),
        }
    }

    /// As `kubectl create rolebinding` takes it.
    pub fn subject(&self) -> String {
        format!("--serviceaccount={NAMESPACE}:{}", self.name())
    }

    /// Makes the account and its rights, or brings them up to date, and answers a token.
    pub(crate) async fn establish(&self, admin: &Client) -> Result<String> {
        let name = self.name();
        let namespace = object("v1", "Namespace", json!({ "name": NAMESPACE }), json!({}));
        admin.apply(&format!("/api/v1/namespaces/{NAMESPACE}"), &namespace).await?;
        let path = format!("/api/v1/namespaces/{NAMESPACE}/serviceaccounts/{name}");
        let metadata = json!({ "name": name, "namespace": NAMESPACE });
        admin.apply(&path, &object("v1", "ServiceAccount", metadata, json!({}))).await?;
        match self {
            Self::NoNamespaceList => self.grant_everywhere(admin, "namespaces").await?,
            Self::NoSecrets => self.grant_everywhere(admin, "secrets").await?,
            Self::Namespaces(namespaces) => {
                for namespace in namespaces {
                    self.grant_in(admin, namespace).await?;
                }
            }
            Self::Nothing | Self::Bare(_) => {}
        }
        let request = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {} });
        let answer = admin.post(&format!("{path}/token"), &request).await?;
        Ok(answer["status"]["token"].as_str().context("a token request brought no token")?.to_owned())
    }

    /// Waits until the API server honours the rights: it hears of RBAC objects through a watch of its own.
    pub(crate) async fn effective(&self, own: &Client) -> Result<()> {
        let paths = match self {
            Self::NoNamespaceList | Self::NoSecrets => vec!["/api/v1/pods?limit=1".to_owned()],
            Self::Namespaces(namespaces) => {
                namespaces.iter().map(|namespace| format!("/api/v1/namespaces/{namespace}/pods?limit=1")).collect()
            }
            Self::Nothing | Self::Bare(_) => vec!["/api".to_owned()],
        };
        for path in paths {
            eventually("an account has its rights", || async {
                let (status, _) = own.request(Method::GET, &path, None).await?;
                Ok(status.is_success().then_some(()))
            })
            .await?;
        }
        Ok(())
    }

    /// RBAC only adds, so "all but one" is a list of all the others.
    async fn grant_everywhere(&self, admin: &Client, except: &str) -> Result<()> {
        let name = self.name();
        let resources: Vec<String> = admin.get("/api/v1").await?["resources"]
            .as_array()
            .context("the server names no resources")?
            .iter()
            .filter_map(|resource| resource["name"].as_str())
            .filter(|resource| resource.split('/').next() != Some(except))
            .map(str::to_owned)
            .collect();
        let groups = admin.get("/apis").await?;
        let groups: Vec<&Value> =
            groups["groups"].as_array().into_iter().flatten().map(|group| &group["name"]).collect();
        let mut role = object("rbac.authorization.k8s.io/v1", "ClusterRole", json!({ "name": name }), json!({}));
        role["rules"] = json!([
            { "apiGroups": [""], "resources": resources, "verbs": ["get", "list", "watch"] },
            { "apiGroups": groups, "resources": ["*"], "verbs": ["get", "list", "watch"] },
        ]);
        admin.apply(&format!("/apis/rbac.authorization.k8s.io/v1/clusterroles/{name}"), &role).await?;
        let binding = self.binding("ClusterRoleBinding", json!({ "name": name }), "ClusterRole");
        admin.apply(&format!("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/{name}"), &binding).await?;
        Ok(())
    }

    async fn grant_in(&self, admin: &Client, namespace: &str) -> Result<()> {
        let name = self.name();
        let metadata = json!({ "name": name, "namespace": namespace });
        let mut role = object("rbac.authorization.k8s.io/v1", "Role", metadata.clone(), json!({}));
        role["rules"] = json!([{ "apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"] }]);
        let group = format!("/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}");
        admin.apply(&format!("{group}/roles/{name}"), &role).await?;
        let binding = self.binding("RoleBinding", metadata, "Role");
        admin.apply(&format!("{group}/rolebindings/{name}"), &binding).await?;
        Ok(())
    }

    fn binding(&self, kind: &str, metadata: Value, role: &str) -> Value {
        let name = self.name();
        let rest = json!({
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": name },
            "subjects": [{ "kind": "ServiceAccount", "name": name, "namespace": NAMESPACE }],
        });
        object("rbac.authorization.k8s.io/v1", kind, metadata, rest)
    }
}

fn object(version: &str, kind: &str, metadata: Value, rest: Value) -> Value {
    let mut object = json!({ "apiVersion": version, "kind": kind, "metadata": metadata });
    if let (Some(object), Value::Object(rest)) = (object.as_object_mut(), rest) {
        object.extend(rest);
    }
    object
}
