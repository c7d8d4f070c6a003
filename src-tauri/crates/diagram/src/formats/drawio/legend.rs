//! The legend of the drawn formats, as shapes of draw.io inside one container.

use std::fmt::Write as _;

use model::Health;

use super::super::xml::{escape, number};
use super::{Page, icon_style, line_style, mark_style};
use crate::draw::ink::{Ink, Type};
use crate::draw::{self, Anchor, Pen};
use crate::export::Look;
use crate::icons::Icon;
use crate::scene::{Point, Rect, Scene};
use crate::theme::of_health;

const ID: &str = "legend";
/// Between the picture and the legend.
const GAP: f32 = 16.0;
/// Narrower pictures still need room for a legend.
const LEAST_WIDTH: f32 = 560.0;

/// Draws the legend below the picture.
pub(super) fn legend(page: &mut Page, scene: &Scene, look: &Look) {
    let bounds = scene.bounds;
    let width = bounds.width.max(LEAST_WIDTH);
    let height = draw::legend_height(scene, look, width);
    let rect = Rect { x: bounds.x, y: bounds.bottom() + GAP, width, height };
    draw::legend(scene, look, rect, &mut Shapes { page, rect, count: 0 });
}

/// A pen that leaves shapes; all of them lie in the legend.
struct Shapes<'a> {
    page: &'a mut Page,
    rect: Rect,
    count: usize,
}

impl Shapes<'_> {
    fn id(&mut self) -> String {
        self.count += 1;
        format!("{ID}#{}", self.count)
    }

    fn shape(&mut self, value: &str, style: &str, rect: &Rect) {
        let id = self.id();
        self.page.cell(&id, ID, value, style, rect);
    }
}

impl Pen for Shapes<'_> {
    fn open_aside(&mut self) {}

    fn open(&mut self, _: &str, _: &str, _: Point) {
        self.page.cell(ID, "1", "", "group;container=1;collapsible=0;fillColor=none;strokeColor=none;", &self.rect);
    }

    fn close(&mut self) {}

    fn rect(&mut self, ink: &'static Ink, rect: Rect, radius: f32) {
        let colour = |token: Option<_>| token.map_or("none", |token| self.page.colour(token));
        let style = format!(
            "rounded=1;absoluteArcSize=1;arcSize={};fillColor={};strokeColor={};",
            radius * 2.0,
            colour(ink.fill),
            colour(ink.stroke),
        );
        self.shape("", &style, &rect);
    }

    fn line(&mut self, ink: &'static Ink, points: &[Point], _: f32) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
        let (id, style) = (self.id(), line_style(self.page, ink));
        let text = &mut self.page.text;
        let _ = write!(text, "<mxCell edge=\"1\" id=\"{id}\" parent=\"{ID}\" style=\"");
        escape(text, &style);
        text.push_str("\" value=\"\"><mxGeometry relative=\"1\" as=\"geometry\">");
        for (end, point) in [("sourcePoint", first), ("targetPoint", last)] {
            text.push_str("<mxPoint x=\"");
            number(text, point.x);
            text.push_str("\" y=\"");
            number(text, point.y);
            let _ = write!(text, "\" as=\"{end}\"/>");
        }
        text.push_str("</mxGeometry></mxCell>\n");
    }

    /// Arrows' heads; a connector has its own.
    fn polygon(&mut self, _: &'static Ink, _: &[Point]) {}

    fn icon(&mut self, ink: &'static Ink, icon: &'static Icon, at: Point) {
        let Some(colour) = ink.stroke else { return };
        let style = icon_style(icon.path, self.page.colour(colour));
        self.shape("", &style, &Rect { x: at.x, y: at.y, width: 16.0, height: 16.0 });
    }

    fn mark(&mut self, health: Health, at: Point, scale: f32) {
        let style = mark_style(health, self.page.colour(of_health(health)));
        self.shape("", &style, &Rect { x: at.x, y: at.y, width: 12.0 * scale, height: 12.0 * scale });
    }

    fn text(&mut self, kind: &'static Type, at: Point, anchor: Anchor, text: &str) {
        let (size, width) = (kind.role.size(), kind.role.width(text) + 8.0);
        let (align, x) = match anchor {
            Anchor::Start => ("left", at.x),
            Anchor::Middle => ("center", at.x - width / 2.0),
            Anchor::End => ("right", at.x - width),
        };
        let style = format!(
            "text;html=0;fillColor=none;strokeColor=none;align={align};verticalAlign=middle;spacing=0;fontSize={size};\
             fontColor={};",
            self.page.colour(kind.token),
        );
        self.shape(text, &style, &Rect { x, y: at.y - size * 1.15, width, height: size * 1.6 });
    }
}
