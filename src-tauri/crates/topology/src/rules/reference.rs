//! The reference page of the rules, written from the table.

use std::fmt::Write as _;

use super::RuleBook;
use crate::rule::Rule;

impl RuleBook {
    /// The rules as Markdown, for the documentation and for people who ask what the product infers.
    pub fn reference(&self) -> String {
        let mut text = String::from("# Relations\n\nEvery edge of the graph comes from one of these rules.\n");
        for rule in self.rules() {
            section(&mut text, rule);
        }
        text
    }
}

fn section(text: &mut String, rule: &Rule) {
    let sources: Vec<&str> = rule.sources.iter().map(|(_, kind)| &**kind).collect();
    let sources = if sources.is_empty() { "any object".to_owned() } else { sources.join(", ") };
    let fields: Vec<String> = rule.fields.iter().map(|field| format!("`{field}`")).collect();
    let mut marks = Vec::new();
    marks.extend(rule.optional.then_some("optional"));
    marks.extend(rule.inferred.then_some("inferred"));
    marks.extend((!rule.draws_edges()).then_some("without an edge"));
    let marks = if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
    // Writing into a string cannot fail.
    let _ = write!(
        text,
        "\n## {}\n\n{}\n\n- Class: {}{marks}\n- Read from: {sources}\n- Fields: {}\n- To: {} ({})\n",
        rule.id,
        rule.explanation,
        rule.class.word(),
        fields.join(", "),
        rule.target,
        rule.scope.word(),
    );
}

#[cfg(test)]
mod tests {
    use crate::RuleBook;

    /// Reads and writes a file of the repository, which only a test may.
    #[allow(clippy::disallowed_methods)]
    #[test]
    fn the_committed_page_is_what_the_rules_say() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/RELATIONS.md");
        let page = RuleBook::default().reference();
        if std::env::var_os("KUBILITICS_ACCEPT").is_some() {
            std::fs::write(path, &page).expect("a writable tree");
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == page, "RELATIONS.md is out of date: KUBILITICS_ACCEPT=1 cargo test -p topology writes it");
    }

    #[test]
    fn every_rule_has_its_section() {
        let book = RuleBook::default();
        let text = book.reference();
        for rule in book.rules() {
            assert!(text.contains(&format!("\n## {}\n", rule.id)), "{}", rule.id);
        }
        let expected = "\n## service-selects-pod\n\nThe labels of the pod match the Service's selector; in manifests, those of \
            the pod template; a pod that has ended is left out.\n\n- Class: selects\n- Read from: Service\n- Fields: `spec.selector`\n- To: Pod (same namespace)\n";
        assert!(text.contains(expected));
    }
}
