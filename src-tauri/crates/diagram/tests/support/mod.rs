//! Scenes made by hand: small ones to look at, large ones to measure.
#![allow(clippy::unwrap_used, clippy::expect_used, unreachable_pub, dead_code)]

pub mod cluster;
pub mod golden;

use std::ops::ControlFlow;
use std::sync::Arc;

use diagram::scene::*;
use diagram::{Format, Look, Notes, Subject, export};
use model::{Coverage, EdgeState, Health, Object, RelationClass, ResourceKey};
use serde_json::json;
use topology::{Change, Engine, Filter, Graph, RuleBook};

/// What must never be in a file, in every spelling it has in [`graph`].
pub const SECRETS: [&str; 3] = ["hunter2", "aHVudGVyMg==", "sk_live_51"];

/// A small real graph: a workload, what it refers to, and values that are nobody's business.
pub fn graph() -> Arc<Graph> {
    let container = json!({"name": "api", "image": "registry.example.com/api:1", "env": [
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "checkout-keys", "key": "stripe"}}},
        {"name": "TOKEN", "value": "sk_live_51"},
    ]});
    let objects = [
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "checkout-keys", "namespace": "shop"},
            "data": {"password": "aHVudGVyMg=="}, "stringData": {"other": "hunter2"}}),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "checkout", "namespace": "shop"},
            "spec": {"selector": {"app": "checkout"}, "ports": [{"port": 80}]}}),
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "checkout", "namespace": "shop",
            "annotations": {"note": "hunter2"}},
            "spec": {"selector": {"matchLabels": {"app": "checkout"}},
                "template": {"metadata": {"labels": {"app": "checkout"}}, "spec": {"containers": [container]}}}}),
    ];
    let changes: Vec<Change> =
        objects.into_iter().map(|object| Change::Upserted(Object::from_json(object).expect("an object"))).collect();
    let mut engine = Engine::new(Arc::new(RuleBook::default()));
    engine.apply(&changes, &Coverage::default());
    engine.graph()
}

/// Writes the scene and [`graph`], which must work.
pub fn written(scene: &Scene, format: Format, look: &Look) -> (Vec<u8>, Notes) {
    written_until(scene, format, look, &|_| ControlFlow::Continue(())).expect("export")
}

/// The same with someone who may say stop.
pub fn written_until(
    scene: &Scene,
    format: Format,
    look: &Look,
    progress: &dyn Fn(f32) -> ControlFlow<()>,
) -> Result<(Vec<u8>, Notes), diagram::ExportError> {
    let (graph, filter) = (graph(), Filter::default());
    let mut bytes = Vec::new();
    let subject = Subject { scene, graph: &graph, filter: &filter };
    let notes = export(subject, format, look, &mut bytes, progress)?;
    Ok((bytes, notes))
}

pub fn rect(x: f32, y: f32, width: f32, height: f32) -> Rect {
    Rect { x, y, width, height }
}

/// A card of 196 × 46 at a place.
pub fn card(key: &str, x: f32, y: f32, caption: &str, health: Health) -> Card {
    let key = ResourceKey::parse(key).expect("key");
    Card {
        rect: rect(x, y, 196.0, 46.0),
        look: CardLook::Object,
        name: key.name().into(),
        full_name: key.name().into(),
        key,
        caption: caption.into(),
        full_caption: caption.into(),
        health,
        status: "".into(),
        pods: Vec::new(),
        tallies: Vec::new(),
        badges: Vec::new(),
        note: None,
        meters: Vec::new(),
        folded: 0,
        aside: false,
    }
}

pub fn pods(mut card: Card, states: &[Health]) -> Card {
    card.rect.height = 68.0;
    for (at, health) in states.iter().enumerate() {
        let name = format!("{}-6d9f7-{at}", card.key.name());
        card.pods.push(PodMark {
            key: ResourceKey::new("", "Pod", card.key.namespace(), &name),
            rect: rect(card.rect.x + 44.0 + 16.0 * at as f32, card.rect.y + 48.0, 12.0, 12.0),
            health: *health,
        });
    }
    card
}

pub fn ghost(mut card: Card, look: CardLook) -> Card {
    card.look = look;
    card
}

pub fn badge(mut card: Card, x: f32, width: f32, text: &str) -> Card {
    let place = rect(card.rect.x + x, card.rect.bottom() - 8.0, width, 16.0);
    card.badges.push(Badge { rect: place, text: text.into(), key: None });
    card
}

pub fn link(class: RelationClass, from: &Card, to: &Card, points: &[(f32, f32)]) -> Link {
    Link {
        from: LinkEnd::Card(from.key.clone()),
        to: LinkEnd::Card(to.key.clone()),
        class,
        state: if to.look == CardLook::Missing { EdgeState::Missing } else { EdgeState::Resolved },
        inferred: false,
        count: 1,
        points: points.iter().map(|(x, y)| Point { x: *x, y: *y }).collect(),
        label: None,
        words: None,
    }
}

/// A straight link from the right of one card to the left of another.
pub fn across(class: RelationClass, from: &Card, to: &Card) -> Link {
    let y = from.rect.y + 23.0;
    link(class, from, to, &[(from.rect.right(), y), (to.rect.x, y)])
}

pub fn labelled(mut link: Link, x: f32, y: f32, text: &str) -> Link {
    link.label = Some(Label { rect: rect(x, y, 24.0, 13.0), text: text.into(), full: text.into() });
    link.words = Some(text.into());
    link
}

pub fn block(
    id: &str,
    frame: &str,
    at: (f32, f32),
    size: (f32, f32),
    cards: Vec<Card>,
    links: Vec<Link>,
) -> PlacedBlock {
    let mut counts = Counts::default();
    for card in &cards {
        counts.add(if card.look == CardLook::Missing { Health::Missing } else { card.health });
        card.pods.iter().for_each(|pod| counts.add(pod.health));
    }
    let title = id.rsplit('/').next().unwrap_or_default();
    PlacedBlock {
        origin: Point { x: at.0, y: at.1 },
        block: Arc::new(Block {
            id: id.into(),
            frame: frame.into(),
            width: size.0,
            height: size.1,
            title: if id.starts_with("lane") { "".into() } else { title.into() },
            subtitle: format!("{} objects", counts.objects).into(),
            counts,
            cards,
            links,
        }),
    }
}

pub fn frame(id: &str, title: &str, subtitle: &str, place: Rect, blocks: &[PlacedBlock]) -> Frame {
    let mut counts = Counts::default();
    blocks.iter().filter(|placed| &*placed.block.frame == id).for_each(|placed| counts.merge(&placed.block.counts));
    Frame { id: id.into(), rect: place, title: title.into(), subtitle: subtitle.into(), counts, badges: Vec::new() }
}

/// The sketch's shop, one of everything.
pub fn shop() -> Scene {
    use Health::{Completed, Degraded, Failing, Neutral, Ok, Pending};
    use RelationClass::{Governs, Owns, Refers, Routes, Selects};
    let dep =
        |name: &str, y, caption: &str, health| card(&format!("apps/Deployment/shop/{name}"), 482.0, y, caption, health);
    let svc =
        |name: &str, y, caption: &str, health| card(&format!("core/Service/shop/{name}"), 242.0, y, caption, health);

    let mut blocks = Vec::new();
    // storefront
    let ingress = card("networking.k8s.io/Ingress/shop/shop.example.com", 14.0, 34.0, "Ingress · TLS until 12 Feb", Ok);
    let service = svc("storefront", 34.0, "ClusterIP · 4 endpoints", Ok);
    let mut storefront = pods(dep("storefront", 34.0, "4 of 4 ready", Ok), &[Ok; 4]);
    storefront = badge(badge(storefront, 44.0, 56.0, "sa: web"), 104.0, 84.0, "default-deny");
    let config = card("core/ConfigMap/shop/storefront-config", 732.0, 26.0, "ConfigMap · 12 keys", Neutral);
    let scaler =
        card("autoscaling/HorizontalPodAutoscaler/shop/storefront", 732.0, 88.0, "at its maximum of 4", Degraded);
    let links = vec![
        labelled(across(Routes, &ingress, &service), 215.0, 41.0, ":80"),
        across(Selects, &service, &storefront),
        link(Refers, &storefront, &config, &[(678.0, 57.0), (705.0, 57.0), (705.0, 49.0), (732.0, 49.0)]),
        link(Governs, &scaler, &storefront, &[(732.0, 111.0), (705.0, 111.0), (705.0, 80.0), (678.0, 80.0)]),
    ];
    let cards = vec![ingress, service, storefront, config, scaler];
    blocks.push(block("app:shop/storefront", "ns:shop", (16.0, 42.0), (944.0, 150.0), cards, links));
    // cart
    let service = svc("cart", 34.0, "ClusterIP · 3 endpoints", Ok);
    let cart = pods(dep("cart", 34.0, "3 of 3 ready", Ok), &[Ok; 3]);
    let secret = card("core/Secret/shop/cart-redis", 732.0, 34.0, "Secret · 2 keys", Neutral);
    let links = vec![across(Selects, &service, &cart), across(Refers, &cart, &secret)];
    let between_from = cart.clone();
    blocks.push(block("app:shop/cart", "ns:shop", (16.0, 204.0), (944.0, 126.0), vec![service, cart, secret], links));
    // checkout
    let service = svc("checkout", 40.0, "ClusterIP · 2 endpoints", Ok);
    let mut checkout = pods(dep("checkout", 40.0, "rollout stuck · 2 of 3", Degraded), &[Ok, Ok, Failing]);
    checkout.note = Some(Label {
        rect: rect(526.0, 112.0, 150.0, 15.0),
        text: "CreateContainerConfigError".into(),
        full: "CreateContainerConfigError".into(),
    });
    let keys = card("core/Secret/shop/checkout-keys", 732.0, 32.0, "key “stripe” missing", Failing);
    let flags = card("core/ConfigMap/shop/checkout-flags", 732.0, 98.0, "ConfigMap · 4 keys", Neutral);
    let mut broken = link(Refers, &checkout, &keys, &[(678.0, 63.0), (705.0, 63.0), (705.0, 55.0), (732.0, 55.0)]);
    broken.state = EdgeState::Missing;
    let mut calls = link(Routes, &checkout, &between_from, &[(580.0, 40.0), (580.0, 8.0)]);
    calls.inferred = true;
    let links = vec![
        across(Selects, &service, &checkout),
        link(Refers, &checkout, &flags, &[(678.0, 75.0), (705.0, 75.0), (705.0, 121.0), (732.0, 121.0)]),
        broken,
        calls,
    ];
    blocks.push(block(
        "app:shop/checkout",
        "ns:shop",
        (16.0, 342.0),
        (944.0, 160.0),
        vec![service, checkout, keys, flags],
        links,
    ));
    // nightly-report, edge
    let cron = card("batch/CronJob/shop/nightly-report", 14.0, 34.0, "next in 9 h", Ok);
    let mut runs = ghost(card("batch/Job/shop/*", 242.0, 34.0, "last took 4 min", Completed), CardLook::Fold);
    (runs.name, runs.full_name) = ("7 runs".into(), "7 runs".into());
    let links = vec![across(Owns, &cron, &runs)];
    blocks.push(block("app:shop/nightly-report", "ns:shop", (16.0, 514.0), (466.0, 100.0), vec![cron, runs], links));
    let old = card("networking.k8s.io/Ingress/shop/old.example.com", 14.0, 34.0, "backend does not exist", Failing);
    let legacy = ghost(
        card("core/Service/shop/legacy-web", 256.0, 34.0, "not in this cluster", Health::Missing),
        CardLook::Missing,
    );
    let links = vec![across(Routes, &old, &legacy)];
    blocks.push(block("app:shop/edge", "ns:shop", (494.0, 514.0), (466.0, 100.0), vec![old, legacy], links));

    // data
    let redis = card("core/Service/data/redis", 14.0, 34.0, "headless · 1 endpoint", Ok);
    let set = pods(card("apps/StatefulSet/data/redis", 256.0, 34.0, "1 of 1 ready", Ok), &[Ok]);
    let claim = card("core/PersistentVolumeClaim/data/data-redis-0", 498.0, 34.0, "8 Gi · bound", Ok);
    let links = vec![across(Selects, &redis, &set), across(Refers, &set, &claim)];
    let between_to = redis.clone();
    blocks.push(block("app:data/redis", "ns:data", (996.0, 42.0), (708.0, 118.0), vec![redis, set, claim], links));
    let db = pods(card("apps/StatefulSet/data/orders-db", 14.0, 34.0, "0 of 1 ready", Pending), &[Pending]);
    let claim = card("core/PersistentVolumeClaim/data/data-orders-db-0", 256.0, 34.0, "pending for 3 h", Pending);
    let class = ghost(
        card("storage.k8s.io/StorageClass//fast-nvme", 498.0, 34.0, "not in this cluster", Health::Missing),
        CardLook::Missing,
    );
    let veiled = ghost(
        card("core/Secret/data/orders-tls", 256.0, 98.0, "this account may not list secrets", Health::Unknown),
        CardLook::Unknown,
    );
    let mut unseen = link(Refers, &db, &veiled, &[(210.0, 92.0), (233.0, 92.0), (233.0, 121.0), (256.0, 121.0)]);
    unseen.state = EdgeState::Unknown;
    let links = vec![across(Refers, &db, &claim), across(Refers, &claim, &class), unseen];
    blocks.push(block(
        "app:data/orders-db",
        "ns:data",
        (996.0, 172.0),
        (708.0, 158.0),
        vec![db, claim, class, veiled],
        links,
    ));
    let mut folded = pods(card("apps/DaemonSet/data/node-exporter", 256.0, 34.0, "37 of 40 ready", Degraded), &[]);
    for (at, (health, count)) in [(Ok, 37), (Pending, 2), (Failing, 1)].into_iter().enumerate() {
        let place = rect(256.0 + 44.0 + 42.0 * at as f32, 82.0, 38.0, 12.0);
        folded.tallies.push(Tally { rect: place, health, count });
    }
    let host =
        ghost(card("external/Host//api.stripe.com", 14.0, 34.0, "outside the cluster", Neutral), CardLook::External);
    let mixed = pods(
        card(
            "apps/ReplicaSet/data/a-replica-set-with-a-rather-long-name-7d9f",
            498.0,
            34.0,
            "one pod in every state there is",
            Ok,
        ),
        &[Ok, Pending, Degraded, Failing, Completed, Neutral, Health::Unknown],
    );
    blocks.push(block("app:data/mixed", "ns:data", (996.0, 342.0), (708.0, 118.0), vec![host, folded, mixed], vec![]));

    // nodes
    let node = |name: &str, at: f32, caption: &str, health, use_of: [f32; 2]| {
        let mut card = card(&format!("core/Node//{name}"), at, 0.0, caption, health);
        (card.rect.width, card.rect.height) = (328.0, 92.0);
        for (row, (label, share)) in ["cpu", "memory"].into_iter().zip(use_of).enumerate() {
            let place = rect(at + 10.0, 50.0 + 18.0 * row as f32, 308.0, 16.0);
            card.meters.push(Meter { rect: place, label: label.into(), share, high: share > 0.9 });
        }
        card
    };
    let cards = vec![
        node("node-a", 0.0, "Ready · 14 pods", Ok, [0.41, 0.55]),
        node("node-b", 342.0, "Ready · 13 pods", Ok, [0.38, 0.47]),
        node("node-c", 684.0, "MemoryPressure · 16 pods", Degraded, [0.52, 0.93]),
        node("node-d", 1026.0, "Ready · 9 pods", Ok, [0.22, 0.31]),
        node("node-e", 1368.0, "cordoned · 2 pods", Neutral, [0.05, 0.12]),
    ];
    blocks.push(block("lane:nodes/nodes", "lane:nodes", (16.0, 688.0), (1696.0, 92.0), cards, vec![]));

    let mut frames = vec![
        frame("ns:shop", "shop", "74 objects", rect(0.0, 0.0, 976.0, 630.0), &blocks),
        frame("ns:data", "data", "28 objects", rect(984.0, 0.0, 732.0, 630.0), &blocks),
        frame("lane:nodes", "nodes", "5 objects · cluster-wide", rect(0.0, 646.0, 1716.0, 146.0), &blocks),
    ];
    frames[1].badges.push(Badge { rect: rect(1120.0, 14.0, 96.0, 16.0), text: "quota: 80 % full".into(), key: None });
    let mut counts = Counts::default();
    frames.iter().for_each(|frame| counts.merge(&frame.counts));
    let mut between =
        link(Routes, &between_from, &between_to, &[(694.0, 294.0), (980.0, 294.0), (980.0, 99.0), (1010.0, 99.0)]);
    between.count = 3;
    let between = labelled(between, 948.0, 297.0, ":6379");
    Scene {
        revision: 7,
        title: "shop-eu-1".into(),
        subtitle: "4 namespaces · 163 objects · 412 relations".into(),
        bounds: rect(0.0, 0.0, 1716.0, 792.0),
        counts,
        frames,
        blocks,
        links: vec![between],
        gaps: vec!["Secrets in data: this account may not list them".into()],
        seats: Seats::default(),
    }
}

/// A single small application; what most goldens need.
pub fn small() -> Scene {
    let whole = shop();
    let placed = whole.blocks.into_iter().find(|placed| &*placed.block.id == "app:shop/checkout").expect("checkout");
    let frame_rect = rect(0.0, 0.0, 976.0, 218.0);
    let blocks = vec![PlacedBlock { origin: Point { x: 16.0, y: 42.0 }, ..placed }];
    let frames = vec![frame("ns:shop", "shop", "8 objects", frame_rect, &blocks)];
    Scene {
        revision: 1,
        title: "manifests".into(),
        subtitle: "1 namespace · 8 objects · 5 relations".into(),
        bounds: frame_rect,
        counts: frames[0].counts,
        frames,
        blocks,
        links: Vec::new(),
        gaps: Vec::new(),
        seats: Seats::default(),
    }
}

/// `cards` cards in applications of five with their links, packed into namespaces of twenty applications.
pub fn generated(cards: usize) -> Scene {
    use Health::{Degraded, Neutral, Ok};
    let applications = cards.div_ceil(5);
    let namespaces = applications.div_ceil(20);
    let columns = ((namespaces as f32).sqrt() * 0.95).ceil().max(1.0) as usize;
    let (mut blocks, mut frames, mut counts) = (Vec::new(), Vec::new(), Counts::default());
    let (frame_width, frame_height) = (2.0 * 944.0 + 48.0, 10.0 * 140.0 + 54.0);
    for namespace in 0..namespaces {
        let id = format!("ns:team-{namespace:03}");
        let (left, top) =
            ((namespace % columns) as f32 * (frame_width + 16.0), (namespace / columns) as f32 * (frame_height + 16.0));
        let from = blocks.len();
        for at in 0..20.min(applications - namespace * 20) {
            let name = format!("service-{namespace:03}-{at:02}");
            let key = |kind: &str| format!("{kind}/team-{namespace:03}/{name}");
            let health = if at % 17 == 3 { Degraded } else { Ok };
            let ingress = card(&key("networking.k8s.io/Ingress"), 14.0, 34.0, "Ingress · no TLS", Ok);
            let service = card(&key("core/Service"), 242.0, 34.0, "ClusterIP · 3 endpoints", Ok);
            let workload = pods(card(&key("apps/Deployment"), 482.0, 34.0, "3 of 3 ready", health), &[Ok, Ok, health]);
            let config = card(&key("core/ConfigMap"), 732.0, 26.0, "ConfigMap · 12 keys", Neutral);
            let secret = card(&key("core/Secret"), 732.0, 80.0, "Secret · 2 keys", Neutral);
            let links = vec![
                labelled(across(RelationClass::Routes, &ingress, &service), 215.0, 41.0, ":80"),
                across(RelationClass::Selects, &service, &workload),
                link(
                    RelationClass::Refers,
                    &workload,
                    &config,
                    &[(678.0, 57.0), (705.0, 57.0), (705.0, 49.0), (732.0, 49.0)],
                ),
                link(
                    RelationClass::Refers,
                    &workload,
                    &secret,
                    &[(678.0, 75.0), (705.0, 75.0), (705.0, 103.0), (732.0, 103.0)],
                ),
            ];
            let place = (left + 16.0 + (at % 2) as f32 * 956.0, top + 42.0 + (at / 2) as f32 * 140.0);
            let id_of_block = format!("app:team-{namespace:03}/{name}");
            blocks.push(block(
                &id_of_block,
                &id,
                place,
                (944.0, 132.0),
                vec![ingress, service, workload, config, secret],
                links,
            ));
        }
        let place = rect(left, top, frame_width, frame_height);
        let frame = frame(&id, &format!("team-{namespace:03}"), "100 objects", place, &blocks[from..]);
        counts.merge(&frame.counts);
        frames.push(frame);
    }
    let rows = namespaces.div_ceil(columns);
    Scene {
        revision: 1,
        title: "generated".into(),
        subtitle: format!("{namespaces} namespaces · {} objects", counts.objects).into(),
        bounds: rect(
            0.0,
            0.0,
            columns as f32 * (frame_width + 16.0) - 16.0,
            rows as f32 * (frame_height + 16.0) - 16.0,
        ),
        counts,
        frames,
        blocks,
        links: Vec::new(),
        gaps: Vec::new(),
        seats: Seats::default(),
    }
}
