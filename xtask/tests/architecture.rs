//! The layers of ARCHITECTURE.md, enforced: a crate may import the layers below it, never above or beside it except
//! along the arrows named here.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Every crate with the crates of ours that it may import. A new arrow is an edit here and in ARCHITECTURE.md.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    // language: text and meaning; no request, no account
    ("clavicle-policy", &[]),
    ("clavicle-template", &[]),
    ("clavicle-catalog", &["clavicle-policy"]),
    // reasoning: one request, all requests, what is enough, one text
    ("clavicle-engine", &["clavicle-catalog", "clavicle-policy"]),
    ("clavicle-prover", &["clavicle-engine", "clavicle-catalog", "clavicle-policy"]),
    ("clavicle-trim", &["clavicle-prover", "clavicle-engine", "clavicle-catalog", "clavicle-policy"]),
    (
        "clavicle-lint",
        &["clavicle-prover", "clavicle-engine", "clavicle-catalog", "clavicle-policy", "clavicle-template"],
    ),
    // account: the facts of one account, derived
    ("clavicle-snapshot", &["clavicle-engine", "clavicle-catalog", "clavicle-policy"]),
    ("clavicle-graph", &["clavicle-snapshot", "clavicle-engine", "clavicle-catalog", "clavicle-policy"]),
    ("clavicle-usage", &["clavicle-snapshot", "clavicle-engine", "clavicle-catalog", "clavicle-policy"]),
    // edge: the network, the clock
    (
        "clavicle-capture",
        &["clavicle-usage", "clavicle-snapshot", "clavicle-engine", "clavicle-catalog", "clavicle-policy"],
    ),
    ("clavicle-collect", &["clavicle-snapshot", "clavicle-engine", "clavicle-catalog", "clavicle-policy"]),
    // reader: questions in words, answers as values
    (
        "clavicle-answer",
        &[
            "clavicle-graph",
            "clavicle-usage",
            "clavicle-snapshot",
            "clavicle-trim",
            "clavicle-lint",
            "clavicle-prover",
            "clavicle-engine",
            "clavicle-catalog",
            "clavicle-policy",
            "clavicle-template",
        ],
    ),
    // face: prints and exits; serves the map
    (
        "clavicle-web",
        &[
            "clavicle-answer",
            "clavicle-graph",
            "clavicle-usage",
            "clavicle-snapshot",
            "clavicle-engine",
            "clavicle-catalog",
            "clavicle-policy",
        ],
    ),
    (
        "clavicle",
        &[
            "clavicle-web",
            "clavicle-collect",
            "clavicle-capture",
            "clavicle-answer",
            "clavicle-graph",
            "clavicle-usage",
            "clavicle-snapshot",
            "clavicle-trim",
            "clavicle-lint",
            "clavicle-prover",
            "clavicle-engine",
            "clavicle-catalog",
            "clavicle-policy",
            "clavicle-template",
        ],
    ),
    // tests and tasks: imported by nobody
    ("clavicle-testkit", &[]),
    ("xtask", &["clavicle-catalog"]),
];

/// What stays out of everything below the faces: clock-driven runtimes, servers, terminals.
const ONLY_IN_FACES: &[&str] = &["axum", "clap", "indicatif", "anstream", "webbrowser", "anyhow"];

/// The crates that may use those.
const FACES: &[&str] = &["clavicle-web", "clavicle", "xtask"];

/// What serves many connections at a time.
const ONLY_IN_SERVERS: &[&str] = &["tokio", "hyper", "hyper-util", "tokio-rustls"];

/// The crates that may use those.
const SERVERS: &[&str] = &["clavicle-web", "clavicle-capture", "clavicle", "xtask"];

/// What reaches other machines: only the edge may use it.
const ONLY_AT_THE_EDGE: &[&str] = &["ureq", "rustls", "rustls-native-certs", "rcgen"];

/// The crates at the edge.
const EDGE: &[&str] = &["clavicle-collect", "clavicle-capture"];

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path("../Cargo.toml").exec().expect("cargo metadata reads the workspace")
}

#[test]
fn no_import_runs_upward() {
    let metadata = metadata();
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let members: BTreeSet<&str> = metadata.workspace_packages().iter().map(|p| p.name.as_str()).collect();
    let mut faults = Vec::new();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let Some(may) = allowed.get(name) else {
            faults.push(format!("`{name}` has no place in the layers: add it to ARCHITECTURE.md and here"));
            continue;
        };
        for dependency in &package.dependencies {
            let of_ours = members.contains(dependency.name.as_str());
            let for_tests = dependency.kind == DependencyKind::Development;
            let testkit = dependency.name == "clavicle-testkit";
            if of_ours && !may.contains(&dependency.name.as_str()) && !(for_tests && testkit) {
                faults.push(format!("`{name}` imports `{}`, which runs against the layers", dependency.name));
            }
            if testkit && !for_tests {
                faults.push(format!("`{name}` imports the testkit outside its tests"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn network_and_terminal_stay_in_the_faces_and_at_the_edge() {
    let metadata = metadata();
    let importing = |what: &'static [&'static str], allowed: &'static [&'static str]| {
        let others = metadata.workspace_packages().into_iter();
        others.filter(|package| !allowed.contains(&package.name.as_str())).flat_map(move |package| {
            package
                .dependencies
                .iter()
                .filter(|dependency| dependency.kind == DependencyKind::Normal)
                .filter(|dependency| what.contains(&dependency.name.as_str()))
                .map(|dependency| format!("`{}` imports `{}`", package.name, dependency.name))
                .collect::<Vec<_>>()
        })
    };
    let faults: Vec<String> = importing(ONLY_IN_FACES, FACES)
        .chain(importing(ONLY_IN_SERVERS, SERVERS))
        .chain(importing(ONLY_AT_THE_EDGE, EDGE))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_licence_in_the_tree_is_on_the_list_of_deny_toml() {
    let list: toml::Table = std::fs::read_to_string("../deny.toml")
        .expect("deny.toml is beside the workspace")
        .parse()
        .expect("deny.toml is TOML");
    let allowed: Vec<spdx::Licensee> = list["licenses"]["allow"]
        .as_array()
        .expect("`allow` is a list")
        .iter()
        .map(|licence| {
            spdx::Licensee::parse(licence.as_str().expect("a licence is text")).expect("a known licence")
        })
        .collect();
    let mut faults = Vec::new();
    for package in &metadata().packages {
        let Some(text) = &package.license else {
            faults.push(format!("`{}` names no licence", package.name));
            continue;
        };
        let fine = spdx::Expression::parse_mode(text, spdx::ParseMode::LAX).is_ok_and(|expression| {
            expression.evaluate(|needed| allowed.iter().any(|have| have.satisfies(needed)))
        });
        if !fine {
            faults.push(format!("`{}` {} is under `{text}`", package.name, package.version));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_crate_takes_the_workspace_lints() {
    for package in metadata().workspace_packages() {
        let text = std::fs::read_to_string(&package.manifest_path).expect("the manifest is readable");
        assert!(
            text.contains("[lints]\nworkspace = true"),
            "`{}` does not take the workspace lints",
            package.name
        );
    }
}
