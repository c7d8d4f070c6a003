//! The invariants of ARCHITECTURE.md, checked over `cargo metadata` and the source.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The package at the root: the window.
const WINDOW: &str = "kubilitics";
/// This package.
const TESTS: &str = "kubilitics-tests";

/// Which of our crates may depend on a library directly.
const RESERVED: [(&str, &[&str]); 12] = [
    ("kube", &["cluster"]),
    ("k8s-openapi", &["cluster"]),
    ("sqlx", &["store"]),
    ("resvg", &["diagram"]),
    ("usvg", &["diagram"]),
    ("printpdf", &["diagram"]),
    ("axum", &["server", "demo", TESTS]),
    ("tauri", &[WINDOW]),
    ("tauri-plugin-dialog", &[WINDOW]),
    ("tauri-plugin-single-instance", &[WINDOW]),
    ("tauri-plugin-window-state", &[WINDOW]),
    ("ts-rs", &["api", "diagram", "model", "topology"]),
];

/// Crates that do no IO, read no clock and start no task, and libraries that would let them.
const PURE: [&str; 3] = ["model", "topology", "layout"];
const IMPURE_LIBRARIES: [&str; 9] =
    ["tokio", "tokio-util", "reqwest", "hyper", "rand", "fastrand", "getrandom", "chrono", "futures"];

/// Packages whose library is called otherwise.
const LIBRARIES: [(&str, &str); 1] = [("rustls-webpki", "webpki")];

/// Calls that make a result depend on more than its arguments, and the files and folders they belong to. Benchmarks,
/// examples, build scripts and tests apart.
const CALLS: [(&str, &[&str], &[&str]); 4] = [
    (
        "reads a clock",
        &["SystemTime::now(", "Instant::now(", "Timestamp::now(", "Zoned::now("],
        &[
            "api/src/clock.rs",
            "api/src/open.rs",
            "api/src/picture/stream.rs",
            "api/src/streams/object.rs",
            "cluster/src/",
            "demo/src/",
            "session/src/owner.rs",
        ],
    ),
    (
        "reads the environment",
        &["env::var(", "env::var_os(", "env::vars(", "env::home_dir(", "env::temp_dir(", "env::current_dir("],
        &[
            "api/src/application.rs",
            "cli/src/",
            "cluster/src/auth/exec.rs",
            "cluster/src/kubeconfig/environment.rs",
            "src-tauri/src/webkit.rs",
        ],
    ),
    (
        "touches files",
        &["fs::", "File::open(", "File::create(", "OpenOptions::new("],
        &[
            "api/src/access.rs",
            "api/src/application.rs",
            "api/src/describe.rs",
            "api/src/commands/clusters.rs",
            "api/src/commands/exports.rs",
            "api/src/target.rs",
            "api/src/uploads.rs",
            "cli/src/",
            "cluster/src/",
            "session/src/source.rs",
            "store/src/",
        ],
    ),
    (
        "starts a task",
        &["tokio::spawn(", "thread::spawn(", "spawn_blocking(", "async_runtime::spawn(", "JoinSet::new("],
        &["api/src/", "cli/src/", "cluster/src/", "demo/src/", "server/src/", "session/src/", "src-tauri/src/"],
    ),
];

/// Crates that hold nothing that travels: the interface's JSON is made by `api` and the hosts.
const WITHOUT_JSON: [(&str, &[&str]); 1] = [("session", &["serde", "serde_json", "ts-rs", "schemars", "axum"])];

/// Which of our crates a crate may never reach, even through others.
const APART: [(&str, &[&str]); 7] = [
    (
        "model",
        &["cluster", "inventory", "topology", "layout", "diagram", "store", "session", "demo", "api", "server", "cli"],
    ),
    (
        "layout",
        &["model", "cluster", "inventory", "topology", "diagram", "store", "session", "demo", "api", "server", "cli"],
    ),
    ("demo", &["cluster", "inventory", "topology", "diagram", "api"]),
    ("cluster", &["demo", "inventory", "topology", "diagram", "session", "api", "store"]),
    ("topology", &["cluster", "demo", "diagram", "api", "store", "layout"]),
    ("diagram", &["cluster", "demo", "session", "api", "store"]),
    ("session", &["diagram", "layout", "store", "api", "server", "cli"]),
];

/// What stands at the root beside dot-files.
const ROOT: [&str; 21] = [
    "ARCHITECTURE.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "clippy.toml",
    "deny.toml",
    "gen",
    "icons",
    "migrations",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "src-tauri",
    "target",
    "tauri.conf.json",
    "tests",
    "ui",
    "xtask",
    "tauri.linux.conf.json",
    "tauri.macos.conf.json",
    "tauri.windows.conf.json",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// What cargo says of the packages of the workspace.
fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Direct dependencies, development ones apart, of every package of the workspace.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata();
    let name_of = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let direct = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        all.filter(|each| each["kind"].as_str() != Some("dev")).map(name_of).collect()
    };
    metadata["packages"].as_array().unwrap().iter().map(|package| (name_of(package), direct(package))).collect()
}

/// Source files below `folder` with one of the endings, generated ones and `target` apart.
fn sources(folder: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let listed = Command::new("git")
        .current_dir(root())
        .args(["ls-files", "--cached", "--others", "--exclude-standard", folder])
        .output()
        .unwrap();
    let names = String::from_utf8(listed.stdout).unwrap();
    let wanted = names.lines().filter(|name| endings.iter().any(|ending| name.ends_with(ending)));
    let found: Vec<_> = wanted
        .filter(|name| !name.contains("/bindings/"))
        .filter_map(|name| Some((PathBuf::from(name), fs::read_to_string(root().join(name)).ok()?)))
        .collect();
    assert!(!found.is_empty(), "no {endings:?} below {folder}");
    found
}

#[test]
fn libraries_are_known_where_they_belong_and_nowhere_else() {
    let mut wrong = Vec::new();
    for (package, direct) in dependencies() {
        for (library, owners) in RESERVED {
            if direct.contains(library) && !owners.contains(&package.as_str()) {
                wrong.push(format!("{package} depends on {library}, which belongs to {}", owners.join(", ")));
            }
        }
        for library in IMPURE_LIBRARIES {
            if PURE.contains(&package.as_str()) && direct.contains(library) {
                wrong.push(format!("{package} is pure and depends on {library}"));
            }
        }
    }
    let direct = dependencies();
    for (package, libraries) in WITHOUT_JSON {
        let known = direct.get(package).into_iter().flatten().filter(|library| libraries.contains(&library.as_str()));
        wrong.extend(known.map(|library| format!("{package} depends on {library}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The part of a file that is in the product.
fn product(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod ").next().unwrap_or(text)
}

#[test]
fn clocks_files_environment_and_tasks_are_where_they_belong() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src-tauri", &[".rs"]) {
        let name = path.display().to_string();
        let is_product = name.contains("/src/") && !name.ends_with("tests.rs") && !name.contains("/tests/");
        for (what, calls, places) in CALLS.iter().filter(|_| is_product) {
            if places.iter().any(|place| name.contains(place)) {
                continue;
            }
            for line in product(&text).lines().filter(|line| !line.trim_start().starts_with("//")) {
                if calls.iter().any(|call| line.contains(call)) {
                    wrong.push(format!("{name} {what}: {}", line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The text with that of the modules which lie in another package.
fn with_shared(path: &Path, text: String) -> String {
    let shared = text.lines().filter_map(|line| line.trim().strip_prefix("#[path = \"")?.strip_suffix("\"]"));
    let folder = root().join(path.parent().unwrap());
    let texts: Vec<String> = shared.map(|file| fs::read_to_string(folder.join(file)).unwrap()).collect();
    text + &texts.concat()
}

/// Every dependency is named somewhere in the package that asks for it.
#[test]
fn no_dependency_is_unused() {
    let metadata = metadata();
    let mut unused = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        let folder = manifest.parent().unwrap().strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        // The window's package is the root itself.
        let folder = if folder.is_empty() { "src-tauri/src src-tauri/build.rs".to_owned() } else { folder };
        let text: String = folder
            .split(' ')
            .flat_map(|folder| sources(folder, &[".rs"]))
            .map(|(path, text)| with_shared(&path, text))
            .collect();
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = dependency["rename"].as_str().or(dependency["name"].as_str()).unwrap();
            let called = LIBRARIES.iter().find(|(package, _)| *package == name).map_or(name, |(_, library)| library);
            let name = called.replace('-', "_");
            let is_named = text.match_indices(&name).any(|(at, _)| {
                let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
                !is_word(text[..at].chars().next_back()) && !is_word(text[at + name.len()..].chars().next())
            });
            if !is_named {
                unused.push(format!("{} does not use {name}", package["name"]));
            }
        }
    }
    assert!(unused.is_empty(), "{}", unused.join("\n"));
}

#[test]
fn arrows_between_crates_point_one_way() {
    let direct = dependencies();
    let mut wrong = Vec::new();
    for (package, forbidden) in APART {
        let mut reached = BTreeSet::new();
        let mut next = vec![package.to_owned()];
        while let Some(name) = next.pop() {
            for dependency in direct.get(&name).into_iter().flatten() {
                if direct.contains_key(dependency) && reached.insert(dependency.clone()) {
                    next.push(dependency.clone());
                }
            }
        }
        wrong.extend(
            forbidden.iter().filter(|name| reached.contains(**name)).map(|name| format!("{package} reaches {name}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_member_has_a_caption() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let members = manifest.split("members = [").nth(1).unwrap().split("\n]").next().unwrap();
    for line in members.lines().filter(|line| line.contains('"')) {
        assert!(line.contains(" # "), "no caption: {line}");
    }
}

#[test]
fn nothing_else_stands_at_the_root() {
    let ours = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let listed = Command::new("git").current_dir(root()).args(ours).output().unwrap();
    let files = String::from_utf8(listed.stdout).unwrap();
    let names: BTreeSet<&str> = files.lines().map(|file| file.split('/').next().unwrap_or(file)).collect();
    assert!(names.contains("Cargo.toml"), "{names:?}");
    let strange: Vec<&str> = names.into_iter().filter(|name| !name.starts_with('.') && !ROOT.contains(name)).collect();
    assert!(strange.is_empty(), "{strange:?}");
}

#[test]
fn no_state_is_static() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src-tauri", &[".rs"]) {
        for (number, line) in text.lines().enumerate() {
            let code = line.trim_start().trim_start_matches("pub(crate) ").trim_start_matches("pub ");
            let holds_state =
                ["Mutex", "RwLock", "Atomic", "RefCell", "OnceCell", "OnceLock"].iter().any(|word| line.contains(word));
            if code.starts_with("static mut ")
                || code.starts_with("thread_local!")
                || code.starts_with("static ") && holds_state
            {
                wrong.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Calls whose handle may be dropped while the task goes on.
const DETACHED: [&str; 6] = [
    "tokio::spawn(",
    "tokio::task::spawn(",
    "std::thread::spawn(",
    "thread::spawn(",
    "tauri::async_runtime::spawn(",
    "async_runtime::spawn(",
];

#[test]
fn a_detached_task_says_why() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src-tauri", &[".rs"]) {
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let code = line.trim_start();
            let is_statement = DETACHED.iter().any(|call| code.starts_with(call));
            // A line that begins with the call is a statement unless the line before leaves something open.
            let before = number.checked_sub(1).and_then(|at| lines.get(at)).map_or("", |line| line.trim());
            let detached = is_statement && (before.is_empty() || before.ends_with(['{', '}', ';']));
            if detached {
                wrong.push(format!("{}:{}: {code}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "detached tasks without a comment:\n{}", wrong.join("\n"));
}

#[test]
fn only_one_file_of_the_interface_knows_tauri() {
    let strangers: Vec<PathBuf> = sources("ui/src", &[".ts", ".tsx"])
        .into_iter()
        .filter(|(_, text)| text.contains("@tauri-apps/"))
        .filter(|(path, _)| {
            !["tauri.ts", "tauri.test.ts"].iter().any(|own| path.ends_with(format!("src/api/transport/{own}")))
        })
        .map(|(path, _)| path)
        .collect();
    assert!(strangers.is_empty(), "{strangers:?}");
}

/// Colours come from the table of `diagram`; what only the interface needs stands in one file.
#[test]
fn colours_of_the_interface_are_generated() {
    /// Tokens of the interface alone, and the colours that a person may give a context.
    const OWN: [&str; 2] = ["ui/src/app/tokens.css", "ui/src/features/clusters/ContextEditor.tsx"];
    let mut wrong = Vec::new();
    for (path, text) in sources("ui/src", &[".ts", ".tsx", ".css"]) {
        let name = path.display().to_string();
        if OWN.contains(&name.as_str()) || name.contains(".test.") {
            continue;
        }
        for line in text.lines() {
            let is_hex = line.split('#').skip(1).any(|rest| {
                let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
                let ends = !rest.chars().nth(digits).is_some_and(|c| c.is_alphanumeric() || c == '-');
                matches!(digits, 3 | 4 | 6 | 8) && ends
            });
            if is_hex || ["rgb(", "rgba(", "hsl("].iter().any(|call| line.contains(call)) {
                wrong.push(format!("{name}: {}", line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The crate that talks to Kubernetes sends nothing but GETs, apart from asking in one place what it may.
#[test]
fn nothing_in_the_product_writes_to_a_cluster() {
    /// The only request that is none, and what the only file that makes it asks for.
    const REVIEW: [&str; 3] = [
        "src-tauri/crates/cluster/src/rights.rs",
        "client.exchange(|| Request::post(PATH), ",
        "const PATH: &str = \"/apis/authorization.k8s.io/v1/selfsubjectrulesreviews\";",
    ];
    let mut writes = Vec::new();
    let mut reviews = 0;
    for (path, text) in sources("src-tauri/crates/cluster/src", &[".rs"]) {
        for (number, line) in text.lines().enumerate() {
            let verb = ["POST", "PUT", "PATCH", "DELETE"].iter().any(|verb| {
                line.contains(&format!("Method::{verb}"))
                    || line.contains(&format!("\"{verb}\""))
                    || line.contains(&format!("Request::{}(", verb.to_lowercase()))
            });
            let typed = [".create(&", ".replace(&", ".patch(&", ".delete(&", ".delete_collection("]
                .iter()
                .any(|call| line.contains(call));
            let [file, request, address] = REVIEW;
            if path == Path::new(file) && line.contains(request) && text.contains(address) {
                reviews += 1;
            } else if verb || typed {
                writes.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(writes.is_empty(), "{}", writes.join("\n"));
    assert_eq!(reviews, 1, "what the account may is asked for in one place");
}
