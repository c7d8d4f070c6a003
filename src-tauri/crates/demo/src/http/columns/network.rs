//! Services, what is behind them and what leads to them.

use serde_json::Value;

use super::{NONE, Printer, at_most_three, items, labels, load_balancer, number, selector, text, text_or};

pub(super) const PRINTERS: &[Printer] = &[
    Printer {
        group: "",
        kind: "Service",
        columns: &[
            ("Name", "string", 0),
            ("Type", "string", 0),
            ("Cluster-IP", "string", 0),
            ("External-IP", "string", 0),
            ("Port(s)", "string", 0),
            ("Age", "string", 0),
            ("Selector", "string", 1),
        ],
        cells: |row| {
            let spec = row.spec();
            let ports: Vec<String> = items(&spec["ports"]).iter().map(port).collect();
            vec![
                row.name(),
                spec["type"].clone(),
                text_or(&spec["clusterIPs"][0], NONE).into(),
                external(spec, row.status()).into(),
                if ports.is_empty() { NONE.into() } else { ports.join(",").into() },
                row.age(),
                labels(&spec["selector"]).into(),
            ]
        },
    },
    Printer {
        group: "",
        kind: "Endpoints",
        columns: &[("Name", "string", 0), ("Endpoints", "string", 0), ("Age", "string", 0)],
        cells: |row| {
            let mut list = Vec::new();
            for subset in items(&row.object["subsets"]) {
                for port in items(&subset["ports"]) {
                    for address in items(&subset["addresses"]) {
                        list.push(format!("{}:{}", text(&address["ip"]), number(&port["port"])));
                    }
                }
            }
            // Without subsets there is nothing; with addresses that are not ready, an empty list.
            let endpoints = match list.len() {
                0 if items(&row.object["subsets"]).is_empty() => NONE.to_owned(),
                0 => String::new(),
                _ => at_most_three(&list),
            };
            vec![row.name(), endpoints.into(), row.age()]
        },
    },
    Printer {
        group: "discovery.k8s.io",
        kind: "EndpointSlice",
        columns: &[
            ("Name", "string", 0),
            ("AddressType", "string", 0),
            ("Ports", "string", 0),
            ("Endpoints", "string", 0),
            ("Age", "string", 0),
        ],
        cells: |row| {
            let ports: Vec<String> = items(&row.object["ports"])
                .iter()
                .map(|port| port["port"].as_i64().map_or("*".to_owned(), |port| port.to_string()))
                .collect();
            let addresses: Vec<String> = items(&row.object["endpoints"])
                .iter()
                .flat_map(|endpoint| items(&endpoint["addresses"]))
                .map(|address| text(address).to_owned())
                .collect();
            vec![
                row.name(),
                row.object["addressType"].clone(),
                at_most_three(&ports).into(),
                at_most_three(&addresses).into(),
                row.age(),
            ]
        },
    },
    Printer {
        group: "networking.k8s.io",
        kind: "Ingress",
        columns: &[
            ("Name", "string", 0),
            ("Class", "string", 0),
            ("Hosts", "string", 0),
            ("Address", "string", 0),
            ("Ports", "string", 0),
            ("Age", "string", 0),
        ],
        cells: |row| {
            let spec = row.spec();
            let rules = items(&spec["rules"]);
            let named: Vec<&str> =
                rules.iter().take(3).map(|rule| text(&rule["host"])).filter(|host| !host.is_empty()).collect();
            let hosts = match (named.is_empty(), rules.len()) {
                (true, _) => "*".to_owned(),
                (false, 0..=3) => named.join(","),
                (false, count) => format!("{} + {} more...", named.join(","), count - 3),
            };
            let ports = if items(&spec["tls"]).is_empty() { "80" } else { "80, 443" };
            vec![
                row.name(),
                text_or(&spec["ingressClassName"], NONE).into(),
                hosts.into(),
                load_balancer(row.status()).into(),
                ports.into(),
                row.age(),
            ]
        },
    },
    Printer {
        group: "networking.k8s.io",
        kind: "IngressClass",
        columns: &[
            ("Name", "string", 0),
            ("Controller", "string", 0),
            ("Parameters", "string", 0),
            ("Age", "string", 0),
        ],
        cells: |row| {
            let default = "ingressclass.kubernetes.io/is-default-class";
            let mark = if row.object["metadata"]["annotations"][default] == "true" { " (default)" } else { "" };
            let parameters = &row.spec()["parameters"];
            let parameters = if parameters.is_object() {
                let group = parameters["apiGroup"].as_str().map_or(String::new(), |group| format!(".{group}"));
                format!("{}{group}/{}", text(&parameters["kind"]), text(&parameters["name"]))
            } else {
                NONE.to_owned()
            };
            vec![
                format!("{}{mark}", text(&row.name())).into(),
                row.spec()["controller"].clone(),
                parameters.into(),
                row.age(),
            ]
        },
    },
    Printer {
        group: "networking.k8s.io",
        kind: "NetworkPolicy",
        columns: &[("Name", "string", 0), ("Pod-Selector", "string", 0), ("Age", "string", 0)],
        cells: |row| vec![row.name(), selector(&row.spec()["podSelector"]).into(), row.age()],
    },
];

fn port(port: &Value) -> String {
    let (number, protocol) = (number(&port["port"]), text(&port["protocol"]));
    match port["nodePort"].as_i64() {
        Some(node) if node > 0 => format!("{number}:{node}/{protocol}"),
        _ => format!("{number}/{protocol}"),
    }
}

fn external(spec: &Value, status: &Value) -> String {
    let mut addresses: Vec<String> = Vec::new();
    match text(&spec["type"]) {
        "ExternalName" => return text(&spec["externalName"]).to_owned(),
        "LoadBalancer" => {
            let balanced = load_balancer(status);
            if !balanced.is_empty() {
                addresses.push(balanced);
            }
        }
        _ => {}
    }
    addresses.extend(items(&spec["externalIPs"]).iter().map(|address| text(address).to_owned()));
    match (addresses.is_empty(), text(&spec["type"])) {
        (false, _) => addresses.join(","),
        (true, "LoadBalancer") => "<pending>".to_owned(),
        (true, _) => NONE.to_owned(),
    }
}
