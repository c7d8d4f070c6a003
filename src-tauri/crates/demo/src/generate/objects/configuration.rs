//! Namespaces, and what applications are configured with: accounts, ConfigMaps, Secrets.

use serde_json::{Value, json};

use super::{App, FIRST, Maker};

impl Maker {
    pub(in crate::generate) fn namespace(&self, index: usize) -> Value {
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

    pub(in crate::generate) fn account(&self, index: usize, apps: &[App]) -> Value {
        let metadata = if index < self.namespaces {
            self.metadata("ServiceAccount", &self.namespace_name(index), "default", 900)
        } else {
            let app = &apps[(index - self.namespaces) % apps.len()];
            self.of_app("ServiceAccount", app, &app.name)
        };
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
    }

    pub(in crate::generate) fn config_map(&self, index: usize, apps: &[App]) -> Value {
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
    pub(in crate::generate) fn secret(&self, index: usize, apps: &[App]) -> Value {
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
}
