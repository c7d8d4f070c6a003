//! The order of API versions: which of several a kind is read in.

/// A version's place in Kubernetes' order, greatest first choice: general availability before beta before alpha,
/// then the higher number; names of any other form come last.
pub(crate) fn rank(version: &str) -> (u8, u32, u32) {
    parse(version).unwrap_or((0, 0, 0))
}

fn parse(version: &str) -> Option<(u8, u32, u32)> {
    let rest = version.strip_prefix('v')?;
    let digits = rest.find(|next: char| !next.is_ascii_digit()).unwrap_or(rest.len());
    let (major, stage) = rest.split_at_checked(digits)?;
    let major = major.parse().ok()?;
    let (grade, minor) = match (stage, stage.strip_prefix("beta"), stage.strip_prefix("alpha")) {
        ("", ..) => return Some((3, major, 0)),
        (_, Some(minor), _) => (2, minor),
        (_, _, Some(minor)) => (1, minor),
        _ => return None,
    };
    Some((grade, major, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stable_before_beta_before_alpha_before_the_rest() {
        let mut versions = ["v1alpha1", "foo", "v2", "v1beta2", "v10", "v1", "v2beta1", "v1beta10", "v"];
        versions.sort_by_key(|version| std::cmp::Reverse(rank(version)));
        assert_eq!(versions, ["v10", "v2", "v1", "v2beta1", "v1beta10", "v1beta2", "v1alpha1", "foo", "v"]);
    }
}
