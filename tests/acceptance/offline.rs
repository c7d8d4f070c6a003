//! What `kubectl` writes to files reads like the cluster it was written from.

use std::collections::BTreeSet;
use std::path::Path;

use cluster::offline::{Input, Options, read};
use model::{Delta, ResourceKey};
use support::ControlPlane;

fn keys(paths: &[&Path]) -> BTreeSet<ResourceKey> {
    let inputs: Vec<Input> = paths.iter().map(|path| Input::Path(path.to_path_buf())).collect();
    let outcome = read(&inputs, &Options::default());
    assert_eq!(outcome.problems, []);
    outcome
        .deltas
        .unpack()
        .filter_map(|delta| if let Delta::Upsert(object) = delta { Some(object.key) } else { None })
        .collect()
}

#[tokio::test]
async fn get_and_dump_read_alike_in_every_form() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("offline").await.unwrap();
    plane.kubectl(["-n", &namespace, "create", "deployment", "web", "--image=nginx", "--replicas=2"]).await.unwrap();
    plane.kubectl(["-n", &namespace, "rollout", "status", "deployment/web", "--timeout=100s"]).await.unwrap();
    if plane.is_own() {
        let pod = ["-n", &namespace, "get", "pods", "--output=jsonpath={.items[0].metadata.name}"];
        let pod = plane.kubectl(pod).await.unwrap();
        let line = "{\"level\": \"error\", \"text\": \"a log line that looks like JSON\"}";
        plane.log(&namespace, &pod, "nginx", line).await.unwrap();
    }
    let folder = plane.folder().join("offline");
    std::fs::create_dir_all(&folder).unwrap();
    let save = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };

    let get = ["-n", &namespace, "get", "deployments,replicasets,pods", "--output"];
    let yaml = save("get.yaml", plane.kubectl(get.iter().chain(&["yaml"])).await.unwrap());
    let json = save("get.json", plane.kubectl(get.iter().chain(&["json"])).await.unwrap());
    let got = keys(&[&yaml]);
    assert_eq!(got.len(), 4, "a deployment, a replica set and two pods: {got:?}");
    assert_eq!(keys(&[&json]), got);

    let dump = ["cluster-info", "dump", "--namespaces", &namespace];
    let mixed = save("dump.json", plane.kubectl(dump).await.unwrap());
    let text = std::fs::read_to_string(&mixed).unwrap();
    assert!(text.contains("==== START logs for container"), "the dump has logs in it");
    let mixed_yaml = save("dump.yaml", plane.kubectl(dump.iter().chain(&["--output", "yaml"])).await.unwrap());
    let unpacked = folder.join("dump");
    let target = unpacked.display().to_string();
    plane.kubectl(dump.iter().chain(&["--output", "json", "--output-directory", &target])).await.unwrap();
    for (form, keys) in
        [("mixed JSON", keys(&[&mixed])), ("mixed YAML", keys(&[&mixed_yaml])), ("a folder", keys(&[&unpacked]))]
    {
        assert!(got.is_subset(&keys), "{form}: {keys:?}");
        assert!(keys.iter().any(|key| key.is("", "Node")), "{form}: the nodes are there");
    }
}
