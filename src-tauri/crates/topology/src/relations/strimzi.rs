//! Strimzi: what belongs to which Kafka cluster, and who is let in.

use model::Health;
use model::RelationClass::Refers;

use crate::json::field;
use crate::links::Found;
use crate::rule::{Rule, TargetScope};
use crate::source::Source;

const KAFKA: &str = "kafka.strimzi.io";
const ACCESS: &str = "access.strimzi.io";
/// The label that says which cluster an object belongs to.
const CLUSTER: &str = "strimzi.io/cluster";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new("kafkaaccess-opens-kafka", 70, Refers)
            .from(&[(ACCESS, "KafkaAccess")])
            .fields(&["spec.kafka"])
            .to("Kafka", TargetScope::Cross)
            .because("The access operator writes down how to reach this Kafka cluster.")
            .broken(Health::Failing, "Kafka {name} missing")
            .by(|source, found| named(source, found, "kafka", "Kafka")),
        Rule::new("kafkaaccess-signs-in-as-user", 70, Refers)
            .from(&[(ACCESS, "KafkaAccess")])
            .fields(&["spec.user"])
            .to("KafkaUser", TargetScope::Cross)
            .because("The credentials that it hands on are those of this user.")
            .broken(Health::Failing, "{kind} {name} missing")
            .by(|source, found| named(source, found, "user", "KafkaUser")),
        Rule::new("kafkaaccess-fills-secret", 70, Refers)
            .from(&[(ACCESS, "KafkaAccess")])
            .fields(&["metadata.name", "spec.secretName"])
            .to("Secret", TargetScope::Same)
            .optional()
            .because("The operator writes address and credentials into this Secret, named like the KafkaAccess unless it says otherwise.")
            .by(|source, found| {
                let told = field(source.spec, "secretName");
                let at = if told.is_some() { "spec.secretName" } else { "metadata.name" };
                let name = told.unwrap_or(source.key.name());
                found.key(source.key_to("", "Secret", source.namespace, name), at);
            }),
        Rule::new("belongs-to-kafka", 70, Refers)
            .from(&[(KAFKA, "KafkaTopic"), (KAFKA, "KafkaUser"), (KAFKA, "KafkaNodePool"), (KAFKA, "KafkaRebalance")])
            .fields(&["metadata.labels[strimzi.io/cluster]"])
            .to("Kafka", TargetScope::Same)
            .because("The label names the Kafka cluster that it is a part of.")
            .broken(Health::Failing, "Kafka {name} missing")
            .by(|source, found| labelled(source, found, "Kafka")),
        Rule::new("kafkaconnector-runs-in-connect", 70, Refers)
            .from(&[(KAFKA, "KafkaConnector")])
            .fields(&["metadata.labels[strimzi.io/cluster]"])
            .to("KafkaConnect", TargetScope::Same)
            .because("The label names the Kafka Connect cluster that runs the connector.")
            .broken(Health::Failing, "KafkaConnect {name} missing")
            .by(|source, found| labelled(source, found, "KafkaConnect")),
    ]
}

fn named(source: &Source<'_>, found: &mut Found<'_>, at: &str, kind: &str) {
    let Some(reference) = source.spec.get(at) else { return };
    let Some(name) = field(reference, "name") else { return };
    let group = field(reference, "apiGroup").unwrap_or(KAFKA);
    let kind = field(reference, "kind").unwrap_or(kind);
    let namespace = field(reference, "namespace").unwrap_or(source.namespace);
    found.key(source.key_to(group, kind, namespace, name), format_args!("spec.{at}"));
}

fn labelled(source: &Source<'_>, found: &mut Found<'_>, kind: &str) {
    if let Some(name) = source.label(CLUSTER) {
        let key = source.key_to(KAFKA, kind, source.namespace, name);
        found.key(key, format_args!("metadata.labels[{CLUSTER}]"));
    }
}
