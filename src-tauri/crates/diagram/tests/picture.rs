//! Laws of the picture, on the demo's scenario: nothing is dropped, nothing overlaps, a change touches only its own.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/cluster.rs"]
mod cluster;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use diagram::picture::{Lens, Options, Picture, State, build, rebuild, redraw};
use diagram::scene::{CardLook, Point, Rect, Scene};
use model::{Health, Object, ResourceKey};
use serde_json::json;
use topology::{Change, Presence};

use cluster::{coverage, demo_shop as objects, engine};

fn overlap(a: &Rect, b: &Rect) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

fn check(scene: &Scene) {
    for (at, frame) in scene.frames.iter().enumerate() {
        for other in &scene.frames[at + 1..] {
            assert!(!overlap(&frame.rect, &other.rect), "{} and {}", frame.id, other.id);
        }
    }
    let frames: BTreeMap<&str, Rect> = scene.frames.iter().map(|frame| (&*frame.id, frame.rect)).collect();
    for placed in &scene.blocks {
        let frame = frames[&*placed.block.frame];
        let (right, bottom) = (placed.origin.x + placed.block.width, placed.origin.y + placed.block.height);
        assert!(placed.origin.x >= frame.x && right <= frame.right(), "{}", placed.block.id);
        assert!(placed.origin.y >= frame.y && bottom <= frame.bottom(), "{}", placed.block.id);
        for (at, card) in placed.block.cards.iter().enumerate() {
            assert!(
                card.rect.right() <= placed.block.width && card.rect.bottom() <= placed.block.height,
                "{}",
                card.key
            );
            for other in &placed.block.cards[at + 1..] {
                assert!(!overlap(&card.rect, &other.rect), "{} and {}", card.key, other.key);
            }
        }
    }
}

#[test]
fn every_object_is_counted_once() {
    let objects = objects();
    let graph = engine(&objects).graph();
    let present = graph.nodes().filter(|(_, node)| node.presence == Presence::Present).count();
    for expand_all in [false, true] {
        let picture = build(&graph, &Options { expand_all, ..Options::default() });
        assert_eq!(usize::try_from(picture.scene.counts.objects).unwrap(), present);
        check(&picture.scene);
    }
}

#[test]
fn no_card_is_drawn_twice() {
    let graph = engine(&objects()).graph();
    let Picture { scene, .. } = build(&graph, &Options { expand_all: true, ..Options::default() });
    let mut seen: BTreeSet<ResourceKey> = BTreeSet::new();
    for card in scene.blocks.iter().flat_map(|placed| &placed.block.cards) {
        assert!(seen.insert(card.key.clone()), "{} twice", card.key);
    }
}

#[test]
fn the_order_of_the_objects_does_not_matter() {
    let mut objects = objects();
    let one = build(&engine(&objects).graph(), &Options::default()).scene;
    objects.reverse();
    let other = build(&engine(&objects).graph(), &Options::default()).scene;
    assert_eq!(one.frames, other.frames);
    assert_eq!(one.blocks, other.blocks);
    assert_eq!(one.links, other.links);
}

/// A dump without Secrets drew a dashed stub for the token of each account, and the pods were lost among them.
#[test]
fn tokens_of_accounts_that_cannot_be_seen_draw_no_stubs() {
    let object = |body: serde_json::Value| Object::from_json(body).unwrap();
    let mut objects = Vec::new();
    for name in ["default", "proxy", "dns"] {
        let token = format!("{name}-token-x7k2p");
        let (metadata, workload) = (json!({"name": name, "namespace": "kube-system"}), format!("{name}-agent"));
        objects.push(object(
            json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata, "secrets": [{"name": token}]}),
        ));
        objects.push(object(json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": workload, "namespace": "kube-system"},
            "spec": {"serviceAccountName": name, "containers": [{"name": "agent", "image": "agent"}], "volumes": [
                {"name": "token", "secret": {"secretName": token}},
                {"name": "own", "secret": {"secretName": format!("{name}-tls")}},
            ]},
        })));
    }
    let graph = engine(&objects).graph();
    let cards = |expand_all| -> Vec<String> {
        let scene = build(&graph, &Options { expand_all, ..Options::default() }).scene;
        let cards = scene.blocks.iter().flat_map(|placed| &placed.block.cards);
        let secrets = cards.filter(|card| card.key.is("", "Secret"));
        let mut names: Vec<String> = secrets.map(|card| card.key.name().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(cards(false), ["default-tls", "dns-tls", "proxy-tls"], "Secrets of their own stay");
    assert_eq!(cards(true).len(), 6, "with nothing folded they are there");
}

#[test]
fn a_pod_that_only_its_endpoints_still_name_is_no_ghost() {
    let objects = objects();
    let mut engine = engine(&objects);
    let before = build(&engine.graph(), &Options::default());
    let named = |object: &&Object| object.key.is("", "Pod") && object.key.name().starts_with("storefront-");
    let pod = objects.iter().find(named).unwrap().key.clone();
    let delta = engine.apply(&[Change::Removed(pod.clone())], &coverage(&objects));
    let graph = engine.graph();
    let (_, node) = graph.nodes().find(|(_, node)| node.key == pod).unwrap();
    assert_eq!(node.presence, Presence::Missing, "the slice still names it");
    let after = rebuild(&graph, &Options::default(), &before.state, &delta);
    assert!(after.scene.blocks.iter().flat_map(|placed| &placed.block.cards).all(|card| card.key != pod));
    assert_eq!(before.scene.frames.len(), after.scene.frames.len());
    let changed = before.scene.blocks.iter().zip(&after.scene.blocks).filter(|(one, other)| one.block != other.block);
    let changed: Vec<&str> = changed.map(|(one, _)| &*one.block.id).collect();
    assert_eq!(changed, ["app:shop/storefront", "lane:nodes"], "its application, and the node that counts its pods");
}

#[test]
fn a_change_of_one_object_leaves_other_namespaces_untouched() {
    let objects = objects();
    let mut engine = engine(&objects);
    let before = build(&engine.graph(), &Options::default());
    let mut config =
        objects.iter().find(|object| object.key.as_str() == "core/ConfigMap/shop/checkout-flags").unwrap().clone();
    let mut body = (*config.body).clone();
    body["data"]["added"] = "yes".into();
    config.body = Arc::new(body);
    let delta = engine.apply(&[Change::Upserted(config)], &coverage(&objects));
    let after = rebuild(&engine.graph(), &Options::default(), &before.state, &delta);
    check(&after.scene);
    assert_eq!(before.scene.frames, after.scene.frames);
    let changed: Vec<&str> = before
        .scene
        .blocks
        .iter()
        .zip(&after.scene.blocks)
        .filter(|(old, new)| !Arc::ptr_eq(&old.block, &new.block))
        .map(|(_, new)| &*new.block.id)
        .collect();
    assert!(changed.iter().all(|id| *id == "app:shop/checkout"), "{changed:?}");
}

#[test]
fn problems_only_shows_what_is_wrong() {
    let graph = engine(&objects()).graph();
    let picture = build(&graph, &Options { problems_only: true, ..Options::default() });
    let cards = || picture.scene.blocks.iter().flat_map(|placed| &placed.block.cards);
    assert!(cards().any(|card| card.health == Health::Failing));
    let all = build(&graph, &Options::default()).scene;
    assert!(cards().count() < all.blocks.iter().map(|placed| placed.block.cards.len()).sum());
    check(&picture.scene);
    // It was mostly green: whatever was near something wrong was shown beside it.
    let is_drawn = |key: &str| cards().any(|card| card.key.as_str() == key);
    assert!(is_drawn("core/PersistentVolumeClaim/data/data-orders-db-0"), "what waits");
    assert!(is_drawn("storage.k8s.io/StorageClass//fast-nvme"), "and what it waits for");
    assert!(!is_drawn("core/ConfigMap/shop/checkout-flags"), "what is well beside what is not");
    let wrong = cards().filter(|card| card.health.is_problem()).count();
    assert!(wrong * 3 > cards().count() * 2, "{wrong} of {} cards are wrong", cards().count());
}

/// Seen: a pod that does without a ConfigMap stood among the problems, and nothing said why.
#[test]
fn what_does_without_an_optional_object_is_no_problem() {
    let yaml = "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {containers: [{name: c, envFrom: [{configMapRef: {name: extra, optional: true}}]}]}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: other, namespace: shop}}
---
{apiVersion: v1, kind: Pod, metadata: {name: broken, namespace: shop}, spec: {containers: [{name: c, envFrom: [{configMapRef: {name: needed}}]}]}}";
    let graph = engine(&cluster::read(yaml)).graph();
    let scene = build(&graph, &Options { problems_only: true, ..Options::default() }).scene;
    let cards: Vec<&str> =
        scene.blocks.iter().flat_map(|placed| &placed.block.cards).map(|card| card.key.as_str()).collect();
    assert_eq!(cards, ["core/ConfigMap/shop/needed", "core/Pod/shop/broken"]);
    assert_eq!(build(&graph, &Options::default()).scene.counts.of(Health::Missing), 1, "the one that is needed");
}

/// The note under a card.
fn note(scene: &Scene, key: &str) -> String {
    let mut cards = scene.blocks.iter().flat_map(|placed| &placed.block.cards);
    let card = cards.find(|card| card.key.as_str() == key).expect("a card");
    card.note.as_ref().map_or_else(String::new, |note| note.full.to_string())
}

/// Seen: `orders-db` said "Unschedulable" where its class is missing, and a pod that was evicted was told nowhere.
#[test]
fn a_card_says_what_lies_behind_its_trouble() {
    let scene = build(&engine(&objects()).graph(), &Options::default()).scene;
    for (key, says) in [
        ("apps/StatefulSet/data/orders-db", "StorageClass fast-nvme missing"),
        ("apps/Deployment/shop/search", "ImagePullBackOff"),
        ("apps/Deployment/shop/recommendations", "OOMKilled"),
        ("apps/Deployment/shop/catalog", "Evicted"),
        ("apps/Deployment/shop/storefront", ""),
    ] {
        assert_eq!(note(&scene, key), says, "{key}");
    }
}

#[test]
fn what_lies_behind_trouble_in_another_namespace_is_told_as_soon_as_it_is_so() {
    let yaml = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {replicas: 1, template: {spec: {containers: [{name: c, env: [{name: DB_HOST, value: db.data.svc}]}]}}}, status: {replicas: 1, updatedReplicas: 1, unavailableReplicas: 1}}
---
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: data}, spec: {selector: {app: db}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db-0, namespace: data, labels: {app: db}}, status: {phase: Running}}";
    let objects = cluster::read(yaml);
    let mut engine = engine(&objects);
    let before = build(&engine.graph(), &Options::default());
    let web = "apps/Deployment/shop/web";
    assert_eq!(note(&before.scene, web), "");
    let pod = objects.last().unwrap().key.clone();
    let delta = engine.apply(&[Change::Removed(pod)], &coverage(&objects));
    let after = rebuild(&engine.graph(), &Options::default(), &before.state, &delta);
    assert_eq!(note(&after.scene, web), "Service db: selector matches no pod");
}

#[test]
fn a_namespace_alone_keeps_what_stands_by_it() {
    let graph = engine(&objects()).graph();
    let shown = |namespace: &str| {
        let options = Options { namespaces: vec![namespace.into()], lens: Lens::Storage, ..Options::default() };
        let scene = build(&graph, &options).scene;
        check(&scene);
        let cards: Vec<ResourceKey> =
            scene.blocks.iter().flat_map(|placed| &placed.block.cards).map(|card| card.key.clone()).collect();
        cards
    };
    let data = shown("data");
    let volumes = data.iter().filter(|key| key.is("", "PersistentVolume")).count();
    let claims = data.iter().filter(|key| key.is("", "PersistentVolumeClaim")).count();
    assert_eq!(volumes + 1, claims, "a volume per claim, but for the one that waits for its class");
    assert!(data.iter().any(|key| key.is("storage.k8s.io", "StorageClass") && key.name() == "fast-nvme"), "and why");
    assert!(shown("payments").iter().all(|key| !key.is("", "PersistentVolume")), "those of others stay away");
}

/// Where each card stands on the plane.
fn places(scene: &Scene) -> BTreeMap<String, Point> {
    let each = |placed: &diagram::scene::PlacedBlock| -> Vec<(String, Point)> {
        let at = |rect: &Rect| Point { x: placed.origin.x + rect.x, y: placed.origin.y + rect.y };
        placed.block.cards.iter().map(|card| (card.key.to_string(), at(&card.rect))).collect()
    };
    scene.blocks.iter().flat_map(each).collect()
}

/// Every lens and every filter laid the cluster out anew: what one had just looked at was somewhere else.
#[test]
fn no_lens_and_no_filter_moves_what_it_shows() {
    let graph = engine(&objects()).graph();
    let plain = redraw(&graph, &Options::default(), &State::default());
    let stood = places(&plain.scene);
    let lenses = Lens::ALL.map(|lens| Options { lens, ..Options::default() });
    let problems = Options { problems_only: true, ..Options::default() };
    let failing = Options { health: vec![Health::Failing], ..Options::default() };
    let namespaces = Options { namespaces: vec!["shop".into(), "data".into()], ..Options::default() };
    let both = Options { lens: Lens::Traffic, namespaces: vec!["payments".into()], ..Options::default() };
    let kinds = Options { kinds: vec!["apps/Deployment".into(), "core/Service".into()], ..Options::default() };
    let mut last = plain;
    for options in lenses.into_iter().chain([problems, failing, namespaces, both, kinds]) {
        last = redraw(&graph, &options, &last.state);
        check(&last.scene);
        for (key, at) in &places(&last.scene) {
            let Some(was) = stood.get(key) else { continue };
            // Volumes come out of their claims and policies out of what they govern, and push away what stands behind.
            let opens = matches!(options.lens, Lens::Storage | Lens::Policy);
            let is_pushed = opens && at.x >= was.x && at.y >= was.y;
            assert!(at == was || is_pushed, "{:?} moved {key} from {was:?} to {at:?}", options.lens);
        }
    }
    let back = redraw(&graph, &Options::default(), &last.state);
    assert_eq!(places(&back.scene), stood);
}

#[test]
fn an_opened_card_moves_nothing_above_or_left_of_it_and_closing_it_takes_all_back() {
    let graph = engine(&objects()).graph();
    let plain = redraw(&graph, &Options::default(), &State::default());
    let stood = places(&plain.scene);
    for opens in
        ["apps/Deployment/shop/storefront", "apps/StatefulSet/data/orders-db", "batch/CronJob/shop/nightly-report"]
    {
        let card = ResourceKey::parse(opens).unwrap();
        let options = Options { expanded: std::iter::once(card).collect(), ..Options::default() };
        let opened = redraw(&graph, &options, &plain.state);
        check(&opened.scene);
        let now = places(&opened.scene);
        for (key, was) in &stood {
            let Some(at) = now.get(key) else { continue };
            assert!(at.x >= was.x && at.y >= was.y, "{key} went from {was:?} to {at:?}");
            let is_before = was.x <= stood[opens].x && was.y <= stood[opens].y;
            assert!(at == was || !is_before, "{key} went from {was:?} to {at:?}");
        }
        assert_eq!(now.get(opens), stood.get(opens), "what was opened");
        assert_eq!(places(&redraw(&graph, &Options::default(), &opened.state).scene), stood);
    }
}

/// What a lens shows stood among everything else as if it had a part in it, and policies were badges under their own lens.
#[test]
fn a_lens_sets_aside_what_has_no_part_in_it() {
    let graph = engine(&objects()).graph();
    let through = |lens: Lens| {
        let scene = redraw(&graph, &Options { lens, ..Options::default() }, &State::default()).scene;
        let cards = scene.blocks.iter().flat_map(|placed| placed.block.cards.clone());
        cards.map(|card| (card.key.to_string(), card.aside)).collect::<BTreeMap<String, bool>>()
    };
    assert!(through(Lens::All).values().all(|aside| !aside));
    let storage = through(Lens::Storage);
    assert!(!storage["core/PersistentVolumeClaim/data/data-redis-0"] && !storage["apps/StatefulSet/data/redis"]);
    assert!(storage["apps/Deployment/shop/storefront"] && storage["core/Service/shop/storefront"]);
    let policy = through(Lens::Policy);
    let policies: Vec<&String> = policy.keys().filter(|key| key.contains("/NetworkPolicy/")).collect();
    assert!(!policies.is_empty() && policies.iter().all(|key| !policy[*key]), "{policies:?}");
    assert!(policy["core/Service/shop/storefront"]);
    let placement = through(Lens::Placement);
    assert!(!placement["core/Node//node-a"] && !placement["apps/Deployment/shop/storefront"]);
    let gitops = through(Lens::Gitops);
    assert!(gitops.values().all(|aside| *aside), "nothing in the shop was put there by Argo CD or Flux");
}

/// A card showed one state and its row in the outline another: cards are drawn by their look first, rows by their health,
/// and the rows of applications and namespaces by their counts.
#[test]
fn a_card_and_its_row_say_the_same() {
    let graph = engine(&objects()).graph();
    let views = [
        Options::default(),
        Options { problems_only: true, ..Options::default() },
        Options { expand_all: true, ..Options::default() },
        Options { lens: Lens::Policy, ..Options::default() },
    ];
    for options in views {
        let scene = redraw(&graph, &options, &State::default()).scene;
        let mut frames: BTreeMap<&str, diagram::scene::Counts> = BTreeMap::new();
        for placed in &scene.blocks {
            let block = &placed.block;
            frames.entry(&block.frame).or_default().merge(&block.counts);
            for card in &block.cards {
                let drawn = match card.look {
                    CardLook::Missing => Health::Missing,
                    CardLook::Unknown => Health::Unknown,
                    _ => card.health,
                };
                assert_eq!(drawn, card.health, "{}", card.key);
                let worst = card.pods.iter().map(|pod| pod.health).chain([card.health]);
                for health in worst.filter(|health| health.is_problem()) {
                    let is_counted = block.counts.of(health) > 0 || card.look == CardLook::Fold;
                    assert!(is_counted, "{} is {}, which {} does not count", card.key, health.word(), block.id);
                }
            }
        }
        for frame in &scene.frames {
            let inside = frames.get(&*frame.id).copied().unwrap_or_default();
            for health in Health::ALL.into_iter().filter(|health| health.is_problem()) {
                assert!(frame.counts.of(health) >= inside.of(health), "{}: {}", frame.id, health.word());
            }
        }
    }
}

/// The Services of the shop sent requests to the runs of its CronJobs.
#[test]
fn no_service_of_the_shop_selects_the_pods_of_a_cron_job() {
    let graph = engine(&objects()).graph();
    let runs = graph.nodes().filter(|(_, node)| node.key.is("", "Pod")).filter(|(_, node)| {
        let job = node.controller.map(|job| graph.node(job));
        job.is_some_and(|job| job.key.is("batch", "Job") && job.controller.is_some())
    });
    let mut seen = 0;
    for (id, run) in runs {
        seen += 1;
        let service = graph.incoming(id).map(|edge| &graph.node(edge.from).key).find(|from| from.is("", "Service"));
        assert_eq!(service, None, "{}", run.key);
    }
    assert!(seen > 0);
}
