//! A cluster as a file: the picture of a filter in a format. The window's export, `kubilitics-cli export` and
//! `kubilitics-cli topology` are this.

use std::io::Write;
use std::ops::ControlFlow;

use diagram::scene::Scene;
use diagram::theme::Theme;
use diagram::{ExportError, FORMATS, Format, FormatEntry, Look, Notes, Subject};
use model::ResourceKey;
use session::Published;
use topology::{Filter, Graph, LabelSelector};

use crate::clock;
use crate::picture;
use crate::types::{ApiError, ErrorCode, ExportFormat, View};

/// What to draw to a file, and how.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// As what kind of file.
    pub format: Format,
    /// What is shown.
    pub view: View,
    /// Only objects with these labels.
    pub selector: Option<LabelSelector>,
    /// Only what is near objects of this name, as a person writes it: `KIND/NAME`. The view's focus is a key.
    pub near: Option<String>,
    /// In which of the two looks.
    pub theme: Theme,
    /// Title; the cluster's name where absent.
    pub title: Option<String>,
    /// A line for the corner; the bytes hold nothing of the kind without it.
    pub stamp: Option<String>,
    /// Width to height.
    pub aspect: Option<(u32, u32)>,
    /// Pixels per unit for PNG; 1 where absent.
    pub scale: Option<f32>,
}

/// The formats in the order in which they are offered.
pub(crate) fn formats() -> Vec<ExportFormat> {
    let format = |entry: &FormatEntry| ExportFormat {
        id: entry.format,
        name: entry.name.to_owned(),
        note: entry.purpose.to_owned(),
        drawn: entry.format.is_drawn(),
    };
    FORMATS.iter().map(format).collect()
}

/// The line for the corner: what it is a picture of, and when it was taken.
pub fn stamp(name: &str) -> String {
    format!("{name} · {}", clock::utc(clock::now()))
}

impl Drawing {
    /// Everything, in a format, in the usual look.
    pub fn of(format: Format) -> Self {
        Self {
            format,
            view: View::default(),
            selector: None,
            near: None,
            theme: Theme::default(),
            title: None,
            stamp: None,
            aspect: None,
            scale: None,
        }
    }

    /// Writes it. `progress` hears shares from 0 to 1 and may stop the work.
    ///
    /// # Errors
    /// Where the format is too small for the picture, the filter names nothing, the caller said stop, or
    /// `out` does not take the bytes.
    pub fn write(
        &self,
        name: &str,
        published: &Published,
        out: &mut dyn Write,
        progress: &dyn Fn(f32) -> ControlFlow<()>,
    ) -> Result<Notes, ApiError> {
        let graph = &published.graph;
        let mut filter = self.filter(graph)?;
        let mut options = picture::options::options(name, &self.view, published);
        if self.selector.is_some() || self.near.is_some() {
            let keys = filter.nodes(graph).into_iter().map(|id| graph.node(id).key.clone());
            options.only = Some(keys.collect());
        }
        if let Some(aspect) = self.aspect {
            options.aspect = aspect;
        }
        // Programs read the graph itself: laying it out would be for nothing.
        let scene = if self.format.is_for_programs() {
            Scene::default()
        } else {
            diagram::picture::build(graph, &options).scene
        };
        let View { kinds, health, problems_only, .. } = &self.view;
        if *problems_only || !kinds.is_empty() || !health.is_empty() {
            filter.only = Some(diagram::picture::shown(graph, &options));
        }
        if progress(0.1).is_break() {
            return Err(ExportError::Stopped.into());
        }
        let look = Look {
            theme: self.theme,
            title: self.title.clone(),
            stamp: self.stamp.clone(),
            scale: self.scale.unwrap_or(1.0),
            ..Look::default()
        };
        let rest = |share: f32| progress(0.1 + share * 0.9);
        let subject = Subject { scene: &scene, graph, filter: &filter };
        Ok(diagram::export(subject, self.format, &look, out, &rest)?)
    }

    /// Whether the filter lets no object through: a picture of that shows nothing.
    ///
    /// # Errors
    /// Where the filter names nothing.
    pub fn is_blank(&self, published: &Published) -> Result<bool, ApiError> {
        Ok(self.filter(&published.graph)?.nodes(&published.graph).is_empty())
    }

    fn filter(&self, graph: &Graph) -> Result<Filter, ApiError> {
        let depth = self.view.depth.unwrap_or(1);
        let focus = match (&self.near, &self.view.focus) {
            (Some(words), _) => {
                let found = graph.find(words);
                if found.is_empty() {
                    let message = format!("nothing is called `{words}`; write KIND/NAME, such as deployment/web");
                    return Err(ApiError::not_found(message));
                }
                Some((found, depth))
            }
            (None, Some(key)) => {
                let id = ResourceKey::parse(key).ok().and_then(|key| graph.id(&key));
                let id = id.ok_or_else(|| ApiError::not_found(format!("{key} is not in this cluster any more")))?;
                Some((vec![id], depth))
            }
            (None, None) => None,
        };
        Ok(Filter {
            lens: self.view.lens,
            namespaces: self.view.namespaces.clone(),
            selector: self.selector.clone(),
            focus,
            only: None,
        })
    }
}

impl From<ExportError> for ApiError {
    fn from(error: ExportError) -> Self {
        let code = match &error {
            ExportError::Stopped => ErrorCode::Cancelled,
            ExportError::TooLarge(_) | ExportError::Look(_) => ErrorCode::Invalid,
            ExportError::Draw(_) | ExportError::Write(_) => ErrorCode::Failed,
        };
        Self::new(code, error.to_string())
    }
}
