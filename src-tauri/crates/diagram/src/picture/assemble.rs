//! Contents to layout to scene, and what is kept for the next time.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::ResourceKey;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use topology::{Graph, GraphDelta};

use super::kinds::Lane;
use super::links::{LinkSpec, links};
use super::plan::{Members, Plan};
use super::spec::{BlockSpec, Content, EdgeSpec, shown};
use super::view::View;
use super::{Options, Picture, Seats, cards, content, lanes};
use crate::geometry::{FRAME_HEAD, Role};
use crate::scene::{Badge, Block, Card, Counts, Frame, Label, Link, LinkEnd, PlacedBlock, Rect, Scene};

/// What a picture was made from, for the next one.
#[derive(Clone, Debug, Default)]
pub struct State {
    arranged: Arc<Arranged>,
    /// The plain picture, in which everything has its place; none where this is the one, or where places do not matter.
    base: Option<Arc<Arranged>>,
    /// What every view shows stands where the plain picture has it.
    in_place: bool,
    blocks: FxHashMap<Arc<str>, Drawn>,
}

/// What is shown and where it stands, before it is drawn.
#[derive(Clone, Debug, Default)]
struct Arranged {
    options: Options,
    plan: Plan,
    /// In the order of the layout.
    contents: Vec<Arc<Content>>,
    links: Vec<LinkSpec>,
    layout: Arc<layout::Layout>,
}

/// A picture before, and all that changed in the graph since; none where anything may have.
type Before<'a> = Option<(&'a Arranged, Option<&'a GraphDelta>)>;

/// A block as it was drawn, and from what.
#[derive(Clone, Debug)]
struct Drawn {
    spec: Arc<BlockSpec>,
    layout: Arc<layout::GroupLayout>,
    size: (i32, i32),
    frame: Arc<str>,
    block: Arc<Block>,
}

/// Draws a picture on its own, as a file shows it.
pub(super) fn alone(graph: &Graph, options: &Options) -> Picture {
    let view = View::new(graph, options);
    let arranged = Arc::new(arrange(graph, options, &view, None, None));
    finish(graph, &view, State { arranged, ..State::default() }, None)
}

/// Draws the picture after another one of any view; `delta` is all that changed in the graph in between, if that is known.
pub(super) fn after(graph: &Graph, options: &Options, previous: &State, delta: Option<&GraphDelta>) -> Picture {
    let in_place = previous.in_place || delta.is_none();
    let view = View::new(graph, options);
    let State { arranged: last, base: plain, .. } = previous;
    // The plain picture before: it may have been the last one itself.
    let plain =
        plain.as_ref().or(Some(last)).filter(|it| it.options.is_plain_of(options) && !it.layout.frames.is_empty());
    let base = in_place.then(|| options.plain()).flatten().map(|options| {
        let before = plain.map(|plain| (&**plain, delta));
        Arc::new(arrange(graph, &options, &View::default(), before, None))
    });
    let last = if options.is_plain() { plain.unwrap_or(last) } else { last };
    let before = (last.options.is_like(options) || !in_place).then_some((&**last, delta));
    let arranged = Arc::new(arrange(graph, options, &view, before, base.as_deref()));
    finish(graph, &view, State { arranged, base, in_place, blocks: FxHashMap::default() }, Some(previous))
}

/// Arranges a view as it was before, or in the places of the plain picture.
fn arrange(graph: &Graph, options: &Options, view: &View, before: Before<'_>, base: Option<&Arranged>) -> Arranged {
    let plan = Plan::new(graph, view);
    let known = before.map(|(arranged, _)| arranged);
    let untouched = before.and_then(|(arranged, delta)| Untouched::new(arranged, options, view, delta?));
    let blocks: FxHashMap<&Arc<str>, &Arc<BlockSpec>> = known
        .into_iter()
        .flat_map(|known| &known.contents)
        .flat_map(|content| &content.blocks)
        .map(|block| (&block.id, block))
        .collect();
    // A filter takes nothing into another application.
    let whole = if view.is_whole() { None } else { Some(Plan::new(graph, &View::default())) };
    let namespaces: Vec<(&Arc<str>, &Members)> = plan.namespaces.iter().collect();
    let mut contents: Vec<Arc<Content>> = namespaces
        .par_iter()
        .map(|(name, members)| {
            let id = format!("ns:{name}");
            let reused = untouched.as_ref().and_then(|untouched| untouched.content(&id, (name, members)));
            reused.unwrap_or_else(|| {
                let all = whole.as_ref().and_then(|whole| whole.namespaces.get(*name));
                Arc::new(keep_blocks(content::namespace(graph, options, view, name, members, all), &blocks))
            })
        })
        .collect();
    for each in Lane::ALL {
        if let Some(nodes) = plan.lanes.get(&each) {
            let content = lanes::lane(graph, options, view, each, nodes);
            contents.push(Arc::new(keep_blocks(content, &blocks)));
        }
    }
    let mut links = links(graph, &plan, &contents);
    let mut input = input(options, &contents, &links, base.is_some());
    count_bundles(&mut links, &mut input);
    let places = base.or(known).map(|arranged| &*arranged.layout);
    let layout = Arc::new(layout::layout(&input, places));
    Arranged { options: options.clone(), plan, contents, links, layout }
}

fn finish(graph: &Graph, view: &View, state: State, previous: Option<&State>) -> Picture {
    let (scene, blocks) = draw(graph, view, &state.arranged, state.base.is_some(), previous);
    Picture { scene, state: State { blocks, ..state } }
}

/// What a change left alone.
struct Untouched<'a> {
    before: &'a Arranged,
    touched: BTreeSet<&'a str>,
    moved: BTreeSet<&'a ResourceKey>,
}

impl<'a> Untouched<'a> {
    fn new(before: &'a Arranged, options: &Options, view: &View, delta: &'a GraphDelta) -> Option<Self> {
        if before.options != *options || !view.is_whole() || delta.rebuilt {
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
        let starts = delta.edges.iter().map(|edge| &edge.from);
        let moved = delta.added.iter().chain(&delta.changed).chain(&delta.removed).chain(starts).collect();
        Some(Self { before, touched, moved })
    }

    fn content(&self, id: &str, (name, members): (&str, &Members)) -> Option<Arc<Content>> {
        let same = self.before.plan.namespaces.get(name)? == members;
        // Adopted objects change without their namespace being named in the delta.
        let is_free = members.adopted.is_empty() || !self.touched.contains("");
        let leans = |content: &Content| content.leans_on.iter().any(|key| self.moved.contains(key));
        let content = || {
            self.before.contents.iter().find(|content| *content.id == *id).filter(|content| !leans(content)).cloned()
        };
        (same && is_free && !self.touched.contains(name)).then(content)?
    }
}

/// Takes blocks that came out as before from the previous picture, so that they compare by pointer from here on.
fn keep_blocks(mut content: Content, known: &FxHashMap<&Arc<str>, &Arc<BlockSpec>>) -> Content {
    for block in &mut content.blocks {
        if let Some(before) = known.get(&block.id).filter(|before| **before == block) {
            *block = Arc::clone(before);
        }
    }
    content
}

fn input(options: &Options, contents: &[Arc<Content>], links: &[LinkSpec], is_part: bool) -> layout::Input {
    let frames = contents
        .iter()
        .map(|content| {
            let words =
                Role::FrameTitle.width(&title_of(content)).min(320.0) + Role::FrameSubtitle.width(&content.subtitle);
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

/// Says on the lines that several senders share how many they are.
fn count_bundles(links: &mut [LinkSpec], input: &mut layout::Input) {
    let counts = layout::bundles(input);
    for ((spec, link), count) in links.iter_mut().zip(&mut input.links).zip(counts) {
        let Some(count) = count else { continue };
        let (text, label) = cards::label(&format!("{count}×"));
        spec.label = Some(text);
        link.label = Some(label);
    }
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
    view: &View,
    arranged: &Arranged,
    is_part: bool,
    known: Option<&State>,
) -> (Scene, FxHashMap<Arc<str>, Drawn>) {
    let Arranged { options, contents, links, layout, .. } = arranged;
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
    let bounds =
        Rect { x: 0.0, y: 0.0, width: cards::float(layout.size.width), height: cards::float(layout.size.height) };
    let links = links.iter().zip(&layout.links).filter(|(_, route)| route.points.len() > 1);
    let scene = Scene {
        revision: graph.revision(),
        title: shown(&options.title),
        subtitle: words.join(" · ").into(),
        bounds: if is_part { around(&frames) } else { bounds },
        counts,
        frames,
        blocks,
        links: links.map(|(spec, route)| between(spec, route)).collect(),
        gaps: options.gaps.iter().map(shown).collect(),
        seats: Seats::new(contents.to_vec()),
    };
    (scene, drawn)
}

/// What these frames take of the plane.
fn around(frames: &[Frame]) -> Rect {
    let edge =
        |of: fn(&Rect) -> f32, better: fn(f32, f32) -> f32| frames.iter().map(|frame| of(&frame.rect)).reduce(better);
    let (left, top) = (edge(|rect| rect.x, f32::min), edge(|rect| rect.y, f32::min));
    let (right, bottom) = (edge(|rect| rect.x + rect.width, f32::max), edge(|rect| rect.y + rect.height, f32::max));
    let (x, y) = (left.unwrap_or_default(), top.unwrap_or_default());
    Rect { x, y, width: right.unwrap_or_default() - x, height: bottom.unwrap_or_default() - y }
}

/// A frame's name as it is shown; links find the frame by the exact one.
fn title_of(content: &Content) -> Arc<str> {
    shown(&content.title)
}

fn frame(content: &Content, rect: Rect) -> Frame {
    let title = Role::FrameTitle.width(&title_of(content)).min(320.0);
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
        title: title_of(content),
        subtitle: Arc::clone(&content.subtitle),
        counts: content.counts,
        badges,
    }
}

fn block(spec: &BlockSpec, layout: &layout::GroupLayout, size: (i32, i32), frame: &Arc<str>) -> Block {
    let mut cards: Vec<Card> =
        spec.cards.iter().zip(&layout.leaves).map(|(card, rect)| cards::place(card, *rect)).collect();
    cards::tell_apart(&mut cards);
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
