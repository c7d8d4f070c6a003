//! The options that several commands share: SOURCE, FILTER and LOOK.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use api::types::{ClusterSource, Format, Lens, Theme, View};
use api::{Drawing, Looking};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, ArgGroup};
use cluster::kubeconfig::{self, Environment};
use topology::LabelSelector;

use crate::Usage;

/// Where the objects come from.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Source", group = ArgGroup::new("source").multiple(false))]
pub(crate) struct Source {
    /// Files and folders: manifests, Lists, dumps, archives; - for standard input.
    #[arg(long, value_name = "PATH", num_args = 1.., group = "source", action = ArgAction::Append)]
    pub(crate) from: Vec<String>,
    /// Namespace of objects in files that name none.
    #[arg(long, value_name = "NAME", requires = "from")]
    pub(crate) default_namespace: Option<String>,
    /// A context of the kubeconfig; the current one where nothing else is named.
    #[arg(long, value_name = "NAME", group = "source")]
    pub(crate) context: Option<String>,
    /// This kubeconfig alone.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["from", "demo"])]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// The embedded demo: its scenario, or so many generated objects.
    #[arg(long, value_name = "SCENARIO|N", num_args = 0..=1, require_equals = true, default_missing_value = "shop", group = "source")]
    pub(crate) demo: Option<String>,
}

impl Source {
    /// Whether nothing was said.
    pub(crate) fn is_unsaid(&self) -> bool {
        self.from.is_empty() && self.context.is_none() && self.demo.is_none()
    }

    /// What is named, and where nothing is the current context.
    pub(crate) fn cluster(&self, environment: &Environment) -> Result<ClusterSource> {
        if let Some(text) = &self.demo {
            return Ok(ClusterSource::Demo { objects: demo_objects(text)? });
        }
        if !self.from.is_empty() {
            return Ok(ClusterSource::Files { paths: self.from.clone() });
        }
        let contexts = kubeconfig::load(environment);
        let context = contexts.select(self.context.as_deref()).map_err(anyhow::Error::msg)?;
        Ok(ClusterSource::Context { id: context.id.to_string() })
    }

    /// How to look at it. `filter` may name namespaces that the account cannot list.
    pub(crate) fn looking(&self, filter: &Filter) -> Looking {
        Looking {
            kubeconfig: Environment::from_process(self.kubeconfig.clone()),
            namespaces: filter.namespaces.clone(),
            database: std::env::var_os("KUBILITICS_DATABASE").map(PathBuf::from).or_else(api::default_database),
            default_namespace: self.default_namespace.clone(),
        }
    }
}

/// `shop`, or a number of generated objects.
pub(crate) fn demo_objects(text: &str) -> Result<Option<u32>> {
    if text == "shop" {
        return Ok(None);
    }
    let is_offered = |objects: &u32| demo::OBJECTS.contains(&(*objects as usize));
    let objects = text.parse().ok().filter(is_offered);
    let usage = || Usage(format!("the demo has the scenario `shop`, or 10 to 100000 objects, but no `{text}`"));
    Ok(Some(objects.ok_or_else(usage)?))
}

/// Which part is looked at.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Filter")]
pub(crate) struct Filter {
    /// Only this namespace; may be repeated.
    #[arg(short = 'n', long = "namespace", value_name = "NAMESPACE")]
    namespaces: Vec<String>,
    /// Only relations of this sort.
    #[arg(long, value_name = "LENS", default_value = Lens::All.word(), value_parser = lenses())]
    lens: Lens,
    /// Only what is near this object.
    #[arg(long, value_name = "KIND/NAME")]
    focus: Option<String>,
    /// How many steps around the focus.
    #[arg(long, value_name = "N", requires = "focus")]
    depth: Option<u32>,
    /// Only objects with these labels.
    #[arg(short = 'l', long = "selector", value_name = "SELECTOR")]
    selector: Option<String>,
    /// Rules for your own kinds.
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
    /// Go on with success where documents cannot be read or there is nothing to draw.
    #[arg(long)]
    pub(crate) keep_going: bool,
}

/// The words of the lenses.
fn lenses() -> impl TypedValueParser<Value = Lens> {
    PossibleValuesParser::new(Lens::ALL.map(Lens::word)).map(|word| Lens::parse(&word).unwrap_or_default())
}

impl Filter {
    /// What of a drawing the filter decides.
    pub(crate) fn drawing(&self, format: Format) -> Result<Drawing> {
        let selector = self.selector.as_deref().map(LabelSelector::parse).transpose();
        let namespaces = self.namespaces.clone();
        Ok(Drawing {
            view: View { lens: self.lens, namespaces, depth: self.depth, ..View::default() },
            selector: selector.map_err(|reason| Usage(format!("the selector cannot be read: {reason}")))?,
            near: self.focus.clone(),
            ..Drawing::of(format)
        })
    }

    /// A sentence for each namespace that was asked for and of which nothing is seen: a name that is mistyped, or one where
    /// the account has no rights, gives an empty picture, and nobody would know.
    pub(crate) fn unseen_namespaces(&self, look: &api::Look) -> Vec<String> {
        let graph = &look.published.graph;
        let holds = |name: &str| {
            let mut keys = graph.nodes().map(|(_, node)| &node.key);
            keys.any(|key| key.namespace() == name || (key.is("", "Namespace") && key.name() == name))
        };
        let sentence = |name: &String| {
            // Others may refer into it, so that the graph has names of what nobody may see.
            if look.refuses(name) {
                return Some(format!(
                    "the account may list nothing in the namespace `{name}`, if there is one of that name"
                ));
            }
            (!holds(name)).then(|| format!("nothing is in a namespace `{name}`; is it written right?"))
        };
        self.namespaces.iter().filter_map(sentence).collect()
    }

    /// Why the filter lets nothing through; none where that has been said of every namespace.
    pub(crate) fn why_blank(&self, look: &api::Look) -> Option<String> {
        if !self.namespaces.is_empty() && self.unseen_namespaces(look).len() == self.namespaces.len() {
            return None;
        }
        let mut why: Vec<String> = look.gaps().iter().map(ToString::to_string).collect();
        if look.published.graph.is_empty() {
            match (why.is_empty(), self.namespaces.is_empty()) {
                (true, _) => why.push(format!("{} holds no objects", look.name)),
                (false, true) => why.push("name a namespace in which the account has rights with -n".to_owned()),
                (false, false) => {}
            }
        } else {
            let labels = self.selector.as_ref().map(|selector| format!(" with the labels `{selector}`"));
            let focus = self.focus.as_ref().map(|focus| format!(" near {focus}"));
            let place = (!self.namespaces.is_empty()).then(|| format!(" in {}", self.namespaces.join(", ")));
            why.insert(
                0,
                format!("there is no object{}", [labels, focus, place].into_iter().flatten().collect::<String>()),
            );
        }
        Some(why.join("; "))
    }
}

/// How the picture looks.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Look")]
pub(crate) struct Look {
    /// Colours.
    #[arg(long, value_name = "THEME", default_value = Theme::Light.word(), value_parser = themes())]
    theme: Theme,
    /// Title; the cluster's name where absent.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Write context and time on it.
    #[arg(long)]
    pub(crate) stamp: bool,
    /// Width to height, such as 16:9.
    #[arg(long, value_name = "W:H", value_parser = aspect)]
    aspect: Option<(u32, u32)>,
    /// Pixels per unit, for PNG.
    #[arg(long, value_name = "F", value_parser = scale)]
    scale: Option<f32>,
    /// Nothing folded.
    #[arg(long)]
    expand: bool,
}

/// The words of the two looks.
fn themes() -> impl TypedValueParser<Value = Theme> {
    PossibleValuesParser::new(Theme::ALL.map(Theme::word)).map(|word| Theme::parse(&word).unwrap_or_default())
}

impl Look {
    pub(crate) fn apply(&self, drawing: &mut Drawing) {
        drawing.theme = self.theme;
        drawing.title.clone_from(&self.title);
        drawing.aspect = self.aspect;
        drawing.scale = self.scale;
        drawing.view.expand_all = self.expand;
    }
}

fn aspect(text: &str) -> Result<(u32, u32), String> {
    let part = |text: &str| text.parse().ok().filter(|part| (1..=10_000).contains(part));
    let parts = text.split_once(':').and_then(|(width, height)| Some((part(width)?, part(height)?)));
    parts.ok_or_else(|| "write two whole numbers, such as 16:9".to_owned())
}

fn scale(text: &str) -> Result<f32, String> {
    let scale = text.parse().ok().filter(|scale: &f32| scale.is_finite() && *scale > 0.0 && *scale <= 20.0);
    scale.ok_or_else(|| "write a number above 0, up to 20".to_owned())
}

/// Reads a rules file, YAML or JSON.
pub(crate) fn rules(file: Option<&PathBuf>) -> Result<topology::RuleBook> {
    let Some(file) = file else { return Ok(topology::RuleBook::default()) };
    let text = std::fs::read_to_string(file).with_context(|| format!("read the rules of {}", file.display()))?;
    let value: serde_json::Value =
        serde_saphyr::from_str(&text).with_context(|| format!("{} is no YAML", file.display()))?;
    match topology::UserRule::from_file(&value) {
        Ok(rules) => Ok(topology::RuleBook::with_user_rules(rules)),
        Err(error) => bail!("{}: {error}", file.display()),
    }
}
