//! Claims, volumes and storage classes.

use model::Health;

use super::Appraisal;
use crate::json::field;
use crate::source::Source;

pub(super) fn claim(source: &Source<'_>) -> Appraisal {
    let size = source.text("/status/capacity/storage").or(source.text("/spec/resources/requests/storage"));
    let phase = source.text("/status/phase").unwrap_or_default();
    let health = match phase {
        "Bound" => Health::Ok,
        "Lost" => Health::Failing,
        "Pending" => Health::Pending,
        _ => Health::Neutral,
    };
    Appraisal::new(health, phase, sized(size, phase))
}

pub(super) fn volume(source: &Source<'_>) -> Appraisal {
    let phase = source.text("/status/phase").unwrap_or_default();
    let health = match phase {
        "Bound" | "Available" => Health::Ok,
        "Failed" => Health::Failing,
        "Pending" => Health::Pending,
        _ => Health::Neutral,
    };
    Appraisal::new(health, phase, sized(source.text("/spec/capacity/storage"), phase))
}

pub(super) fn class(source: &Source<'_>) -> Appraisal {
    let provisioner = field(source.body, "provisioner").unwrap_or_default();
    let default = source.object.annotation("storageclass.kubernetes.io/is-default-class") == Some("true");
    Appraisal::new(Health::Neutral, "", format!("{provisioner}{}", if default { " · default" } else { "" }))
}

fn sized(size: Option<&str>, phase: &str) -> String {
    // `8Gi` reads as `8 Gi`.
    let size = size.map(|size| match size.find(|sign: char| sign.is_ascii_alphabetic()) {
        Some(at) => format!("{} {}", size.get(..at).unwrap_or_default(), size.get(at..).unwrap_or_default()),
        None => size.to_owned(),
    });
    let parts = [size, Some(phase.to_lowercase()).filter(|phase| !phase.is_empty())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
