//! Our own drawings: one per kind, and one shape per state. Data only, shared by SVG, PDF and the window.

mod drawings;
mod marks;

use model::{EXTERNAL_GROUP, ResourceKey};
use serde::Serialize;

pub use drawings::ICONS;
pub use marks::{MARKS, Mark, mark};

/// A line drawing on a 16 × 16 field, stroked 1.5 wide with round caps and joins, never filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Icon {
    /// Stable id: `deployment`.
    pub id: &'static str,
    /// The kinds it stands for: group and kind; `*` as kind means the group's remaining kinds, and
    /// as the start of a group any group that ends so.
    pub kinds: &'static [(&'static str, &'static str)],
    /// SVG path data.
    pub path: &'static str,
}

/// The icon of an object: by group and kind, else by group, else the one for custom resources.
pub fn of(key: &ResourceKey) -> &'static Icon {
    let group = key.group_name();
    let exact = |icon: &&Icon| icon.kinds.contains(&(group, key.kind()));
    let by_group = |icon: &&Icon| icon.kinds.iter().any(|(pattern, kind)| *kind == "*" && matches(pattern, group));
    let fallback = if group == EXTERNAL_GROUP { "external-host" } else { "custom" };
    ICONS.iter().find(exact).or_else(|| ICONS.iter().find(by_group)).unwrap_or_else(|| by_id(fallback))
}

/// The icon with this id, or the one for custom resources.
pub fn by_id(id: &str) -> &'static Icon {
    ICONS.iter().find(|icon| icon.id == id).unwrap_or(&drawings::CUSTOM)
}

fn matches(pattern: &str, group: &str) -> bool {
    pattern.strip_prefix('*').map_or(pattern == group, |ending| group.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_drawing_stays_on_its_field() {
        for icon in ICONS {
            let path = kurbo::BezPath::from_svg(icon.path).unwrap_or_else(|error| panic!("{}: {error}", icon.id));
            let bounds = kurbo::Shape::bounding_box(&path);
            assert!(bounds.x0 >= 0.9 && bounds.y0 >= 0.9, "{}: {bounds:?}", icon.id);
            assert!(bounds.x1 <= 15.1 && bounds.y1 <= 15.1, "{}: {bounds:?}", icon.id);
            assert!(bounds.width().max(bounds.height()) >= 9.5, "{} is too small: {bounds:?}", icon.id);
        }
        let ids: BTreeSet<_> = ICONS.iter().map(|icon| icon.id).collect();
        assert_eq!(ids.len(), ICONS.len(), "ids are unique");
        let kinds: Vec<_> = ICONS.iter().flat_map(|icon| icon.kinds).collect();
        assert_eq!(kinds.iter().collect::<BTreeSet<_>>().len(), kinds.len(), "a kind has one icon");
    }

    #[test]
    fn kinds_find_their_icons() {
        let check = |group, kind, id| assert_eq!(of(&ResourceKey::new(group, kind, "", "x")).id, id, "{group}/{kind}");
        check("", "Pod", "pod");
        check("apps", "Deployment", "deployment");
        check("gateway.networking.k8s.io", "HTTPRoute", "route");
        check("source.toolkit.fluxcd.io", "GitRepository", "gitops");
        check("argoproj.io", "Application", "gitops");
        check("example.com", "Widget", "custom");
        check("example.com", "Service", "custom");
        check("external", "User", "external-user");
        check("external", "Host", "external-host");
        check("external", "Anything", "external-host");
    }
}
