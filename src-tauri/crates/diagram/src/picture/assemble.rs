//! Contents to layout to scene, and what is kept for the next time.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use topology::{Graph, GraphDelta};

use super::kinds::Lane;
use super::links::{LinkSpec, links};
use super::plan::{Members, Plan};
use super::spec::{BlockSpec, Content, EdgeSpec};
use super::view::View;
use super::{Options, Picture, Seats, cards, content, lanes};
use crate::geometry::{FRAME_HEAD, Role};
use crate::scene::{Badge, Block, Counts, Frame, Label, Link, LinkEnd, PlacedBlock, Rect, Scene};

/// What a picture was made from, for the next one.
#[derive(Clone, Debug, Default)]
pub struct State {
    options: Options,
    plan: Plan,
    contents: FxHashMap<Arc<str>, Arc<Content>>,
    layout: Arc<layout::Layout>,
    /// The last layout in which nothing was filtered away.
    whole: Option<Arc<layout::Layout>>,
    blocks: FxHashMap<Arc<str>, Drawn>,
}

/// A block as it was drawn, and from what.
#[derive(Clone, Debug)]
struct Drawn {
    spec: Arc<BlockSpec>,
    layout: Arc<layout::GroupLayout>,
    size: (i32, i32),
    frame: Arc<str>,
    block: Arc<Block>,
}

pub(super) fn build(graph: &Graph, options: &Options, previous: Option<(&State, &GraphDelta)>) -> Picture {
    let view = View::new(graph, options);
    let plan = Plan::new(graph, &view);
    let known = previous.map(|(state, _)| state);
    let untouched = previous.and_then(|(state, delta)| Untouched::new(state, options, &view, delta));
    let reuse = |id: &str, members: Option<(&str, &Members)>| -> Option<Arc<Content>> {
        untouched.as_ref()?.content(id, members)
    };
    let namespaces: Vec<(&Arc<str>, &Members)> = plan.namespaces.iter().collect();
    let mut contents: Vec<Arc<Content>> = namespaces
        .par_iter()
        .map(|(name, members)| {
            let id = format!("ns:{name}");
            reuse(&id, Some((name, members))).unwrap_or_else(|| {
                Arc::new(keep_blocks(content::namespace(graph, options, &view, name, members), known))
            })
        })
        .collect();
    for each in Lane::ALL {
        if let Some(nodes) = plan.lanes.get(&each) {
            let content = lanes::lane(graph, options, each, nodes);
            contents.push(Arc::new(keep_blocks(content, known)));
        }
    }
    let links = links(graph, &plan, &contents);
    // Everything has its place in the picture of the whole; a filter takes away and moves nothing.
    let whole = known.and_then(|state| state.whole.as_ref());
    let is_part = !view.is_whole();
    let before = whole.or_else(|| known.map(|state| &state.layout));
    let input = input(options, &contents, &links, is_part && whole.is_some());
    let layout = Arc::new(layout::layout(&input, before.map(|layout| &**layout)));
    let whole = if is_part { whole.cloned() } else { Some(Arc::clone(&layout)) };
    let (scene, blocks) = draw(graph, (options, &view), &contents, &links, &layout, known);
    let contents = contents.into_iter().map(|content| (Arc::clone(&content.id), content)).collect();
    let state = State { options: options.clone(), plan, contents, layout, whole, blocks };
    Picture { scene, state }
}

/// What a change left alone.
struct Untouched<'a> {
    state: &'a State,
    touched: BTreeSet<&'a str>,
}

impl<'a> Untouched<'a> {
    fn new(state: &'a State, options: &Options, view: &View, delta: &'a GraphDelta) -> Option<Self> {
        if state.options != *options || !view.is_whole() || delta.rebuilt {
            return None;
        }
        let nodes = delta.added.iter().chain(&delta.changed).chain(&delta.removed);
        let ends = delta.edges.iter().flat_map(|edge| [&edge.from, &edge.to]);
        let mut touched = BTreeSet::new();
        for key in nodes.chain(ends) {
            touched.insert(key.namespace());
            if key.is("", "Namespace") {
                touched.insert(key.name());
            }
        }
        Some(Self { state, touched })
    }

    fn content(&self, id: &str, members: Option<(&str, &Members)>) -> Option<Arc<Content>> {
        let (name, members) = members?;
        let same = self.state.plan.namespaces.get(name)? == members;
        // Adopted objects change without their namespace being named in the delta.
        let is_free = members.adopted.is_empty() || !self.touched.contains("");
        (same && is_free && !self.touched.contains(name)).then(|| self.state.contents.get(id).cloned())?
    }
}

/// Takes blocks that came out as before from the previous picture, so that they compare by pointer from here on.
fn keep_blocks(mut content: Content, known: Option<&State>) -> Content {
    let Some(state) = known else { return content };
    for block in &mut content.blocks {
        if let Some(drawn) = state.blocks.get(&block.id)
            && drawn.spec == *block
        {
            *block = Arc::clone(&drawn.spec);
        }
    }
    content
}

fn input(options: &Options, contents: &[Arc<Content>], links: &[LinkSpec], is_part: bool) -> layout::Input {
    let frames = contents
        .iter()
        .map(|content| {
            let words =
                Role::FrameTitle.width(&content.title).min(320.0) + Role::FrameSubtitle.width(&content.subtitle);
            let badges: f32 = content.badges.iter().map(|badge| Role::Badge.width(&badge.text) + 22.0).sum();
            layout::Frame {
                id: sort_id(content),
                groups: content.blocks.iter().map(|block| Arc::clone(&block.group)).collect(),
                // A namespace without a card of its own is a chip among the lanes.
                place: if content.is_lane || content.blocks.is_empty() {
                    layout::Place::Lane
                } else {
                    layout::Place::Upper
                },
                header: cards::whole(FRAME_HEAD),
                least_width: cards::whole(words + badges + problem_width(&content.counts) + 60.0),
            }
        })
        .collect();
    let links = links
        .iter()
        .map(|link| layout::Link {
            from: link.ends.0,
            to: link.ends.1,
            label: link.label.as_ref().map(|label| cards::label(label).1),
        })
        .collect();
    layout::Input { frames, links, aspect: options.aspect, is_part }
}

/// Lanes keep their own order.
fn sort_id(content: &Content) -> Arc<str> {
    let place = Lane::ALL.iter().position(|lane| content.is_lane && lane.title() == &*content.title);
    match place {
        Some(at) => format!("lane:{at}").into(),
        None => Arc::clone(&content.id),
    }
}

/// Room for the counts of what is wrong, on the right of a frame's header.
fn problem_width(counts: &Counts) -> f32 {
    let kinds = model::Health::ALL.into_iter().filter(|health| health.is_problem() && counts.of(*health) > 0).count();
    [0.0, 100.0, 200.0, 300.0].get(kinds).copied().unwrap_or(300.0)
}

/// Relations among what is shown.
fn relations(graph: &Graph, view: &View) -> usize {
    match view.is_whole() {
        true => graph.edge_count(),
        false => {
            let shown = graph.nodes().filter(|(id, _)| view.shows(*id));
            shown.flat_map(|(id, _)| graph.outgoing(id)).filter(|edge| view.shows(edge.to)).count()
        }
    }
}

fn draw(
    graph: &Graph,
    (options, view): (&Options, &View),
    contents: &[Arc<Content>],
    links: &[LinkSpec],
    layout: &layout::Layout,
    known: Option<&State>,
) -> (Scene, FxHashMap<Arc<str>, Drawn>) {
    let mut counts = Counts::default();
    let mut frames = Vec::with_capacity(contents.len());
    let mut blocks = Vec::new();
    let mut drawn = FxHashMap::default();
    for (content, placed) in contents.iter().zip(&layout.frames) {
        counts.merge(&content.counts);
        frames.push(frame(content, cards::rect(placed.rect)));
        for (spec, group) in content.blocks.iter().zip(&placed.groups) {
            let size = (group.rect.width, group.rect.height);
            let before = known.and_then(|state| state.blocks.get(&spec.id)).filter(|before| {
                Arc::ptr_eq(&before.spec, spec)
                    && before.layout == group.layout
                    && before.size == size
                    && before.frame == content.id
            });
            let block = match before {
                Some(before) => Arc::clone(&before.block),
                None => Arc::new(block(spec, &group.layout, size, &content.id)),
            };
            let origin = cards::point(layout::Point { x: group.rect.x, y: group.rect.y });
            blocks.push(PlacedBlock { origin, block: Arc::clone(&block) });
            let entry = Drawn {
                spec: Arc::clone(spec),
                layout: Arc::clone(&group.layout),
                size,
                frame: Arc::clone(&content.id),
                block,
            };
            drawn.insert(Arc::clone(&spec.id), entry);
        }
    }
    let namespaces = contents.iter().filter(|content| !content.is_lane).count();
    let words = [
        if namespaces == 1 { "1 namespace".to_owned() } else { format!("{namespaces} namespaces") },
        super::kinds::objects(counts.objects),
        format!("{} relations", relations(graph, view)),
    ];
    let links = links.iter().zip(&layout.links).filter(|(_, route)| route.points.len() > 1);
    let scene = Scene {
        revision: graph.revision(),
        title: Arc::clone(&options.title),
        subtitle: words.join(" · ").into(),
        bounds: Rect {
            x: 0.0,
            y: 0.0,
            width: cards::float(layout.size.width),
            height: cards::float(layout.size.height),
        },
        counts,
        frames,
        blocks,
        links: links.map(|(spec, route)| between(spec, route)).collect(),
        gaps: options.gaps.clone(),
        seats: Seats::new(contents.to_vec()),
    };
    (scene, drawn)
}

fn frame(content: &Content, rect: Rect) -> Frame {
    let title = Role::FrameTitle.width(&content.title).min(320.0);
    let mut x = rect.x + 18.0 + title + 12.0 + Role::FrameSubtitle.width(&content.subtitle) + 14.0;
    let badges = content
        .badges
        .iter()
        .map(|pill| {
            let width = (Role::Badge.width(&pill.text) + 16.0).ceil();
            let rect = Rect { x, y: rect.y + 14.0, width, height: 16.0 };
            x += width + 6.0;
            Badge { rect, text: Arc::clone(&pill.text), key: pill.key.clone() }
        })
        .collect();
    Frame {
        id: Arc::clone(&content.id),
        rect,
        title: Arc::clone(&content.title),
        subtitle: Arc::clone(&content.subtitle),
        counts: content.counts,
        badges,
    }
}

fn block(spec: &BlockSpec, layout: &layout::GroupLayout, size: (i32, i32), frame: &Arc<str>) -> Block {
    let cards = spec.cards.iter().zip(&layout.leaves).map(|(card, rect)| cards::place(card, *rect)).collect();
    let links = spec
        .edges
        .iter()
        .zip(&layout.routes)
        .filter(|(_, route)| route.points.len() > 1)
        .map(|(edge, route)| inside(spec, edge, route))
        .collect();
    Block {
        id: Arc::clone(&spec.id),
        frame: Arc::clone(frame),
        width: cards::float(size.0),
        height: cards::float(size.1),
        title: Arc::clone(&spec.title),
        subtitle: Arc::clone(&spec.subtitle),
        counts: spec.counts,
        cards,
        links,
    }
}

fn inside(spec: &BlockSpec, edge: &EdgeSpec, route: &layout::Route) -> Link {
    // A turned edge was laid out in the direction in which it reads, and so it is drawn.
    let points = route.points.iter().map(|point| cards::point(*point)).collect();
    Link {
        from: LinkEnd::Card(spec.cards[edge.from].key.clone()),
        to: LinkEnd::Card(spec.cards[edge.to].key.clone()),
        class: edge.class,
        state: edge.state,
        inferred: edge.inferred,
        count: edge.count,
        points,
        label: label(route, edge.label.as_ref()),
        words: edge.words.clone(),
    }
}

fn between(spec: &LinkSpec, route: &layout::Route) -> Link {
    Link {
        from: spec.from.clone(),
        to: spec.to.clone(),
        class: spec.class,
        state: spec.state,
        inferred: spec.inferred,
        count: spec.count,
        points: route.points.iter().map(|point| cards::point(*point)).collect(),
        label: label(route, spec.label.as_ref()),
        words: spec.words.clone(),
    }
}

fn label(route: &layout::Route, text: Option<&Arc<str>>) -> Option<Label> {
    let text = text?;
    Some(Label { rect: cards::rect(route.label?), text: Arc::clone(text), full: Arc::clone(text) })
}
