//! The whole graph, in every form: as many nodes and edges in each, and names that act in none.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::scene::Scene;

fn exported(scene: &Scene, form: &str, source: &str) -> String {
    let output =
        scene.command(&format!("export -o {form} -s {source} --standalone")).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// Nodes and edges of a GraphML text, which has to be sound XML.
fn of_graphml(text: &str) -> (Vec<String>, usize) {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut labels, mut edges, mut in_label, mut depth) = (Vec::new(), 0, false, 0);
    loop {
        match reader.read_event().expect("sound XML") {
            quick_xml::events::Event::Start(start) => {
                depth += 1;
                edges += usize::from(start.name().as_ref() == b"edge");
                in_label = start.attributes().any(|it| it.is_ok_and(|it| it.value.as_ref() == b"label"));
                if in_label {
                    labels.push(String::new());
                }
            }
            quick_xml::events::Event::End(_) => {
                depth -= 1;
                in_label = false;
            }
            quick_xml::events::Event::Text(text) if in_label => {
                let text = text.decode().expect("UTF-8");
                labels.last_mut().expect("one was begun").push_str(&text);
            }
            quick_xml::events::Event::GeneralRef(name) if in_label => {
                let name = String::from_utf8_lossy(&name).into_owned();
                let letter = match name.as_str() {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    "quot" => "\"",
                    "apos" => "'",
                    _ => "?",
                };
                labels.last_mut().expect("one was begun").push_str(letter);
            }
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    (labels, edges)
}

#[test]
fn every_form_has_the_same_nodes_and_edges() {
    let scene = Scene::new();
    let page: Value = serde_json::from_str(&exported(&scene, "opengraph", "demo")).expect("sound JSON");
    let (nodes, edges) = (&page["graph"]["nodes"], &page["graph"]["edges"]);
    let (nodes, edges) = (nodes.as_array().expect("nodes"), edges.as_array().expect("edges"));
    assert!(nodes.len() > 200 && edges.len() > 200, "{} {}", nodes.len(), edges.len());
    let ids: BTreeSet<&str> = nodes.iter().filter_map(|node| node["id"].as_str()).collect();
    assert_eq!(ids.len(), nodes.len(), "each id once");
    for edge in edges {
        for end in ["start", "end"] {
            assert!(ids.contains(edge[end]["value"].as_str().expect("an id")), "{edge}");
        }
        let kind = edge["kind"].as_str().expect("a kind");
        assert!(kind.chars().all(|letter| letter.is_ascii_alphanumeric()), "{kind}");
        // A step by a method cites what makes it so.
        if !edge["properties"]["method"].is_null() {
            assert!(edge["properties"]["because"].is_array(), "{edge}");
        }
    }
    let counts = (nodes.len(), edges.len());
    let (labels, of_edges) = of_graphml(&exported(&scene, "graphml", "demo"));
    assert_eq!((labels.len(), of_edges), counts);
    let dot = exported(&scene, "dot", "demo");
    let of_edges = dot.lines().filter(|line| line.contains(" -> n")).count();
    let of_nodes =
        dot.lines().filter(|line| line.starts_with("  n") && line.contains(" [label=")).count() - of_edges;
    assert_eq!((of_nodes, of_edges), counts);
    let cypher = exported(&scene, "cypher", "demo");
    let count = |start: &str| cypher.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!((count("CREATE (:Clavicle"), count("MATCH ")), counts);
    let output = scene.command("export -o csv -s demo --out tables").output().expect("it runs");
    assert_eq!(output.status.code(), Some(0));
    let rows = |name: &str| {
        let text = std::fs::read_to_string(scene.here().join("tables").join(name)).expect("a table");
        csv::Reader::from_reader(text.as_bytes()).records().filter(Result::is_ok).count()
    };
    assert_eq!((rows("nodes.csv"), rows("edges.csv")), counts);
    assert!(scene.run("export -o csv -s demo").contains("[exit 2]"));
}

/// A name that acts in DOT, in XML, in Cypher, in a spreadsheet and on a terminal.
const HOSTILE: &str = "=x\"'\\<&>];}\u{202e}\u{7}";

#[test]
fn hostile_names_stay_names() {
    let scene = Scene::new();
    let role = |name: &str, trusted: &str| {
        json!({"RoleName": name, "RoleId": "AROA1", "Path": "/", "Arn": format!("arn:aws:iam::111122223333:role/{name}"),
            "CreateDate": "2026-01-01T00:00:00+00:00", "AttachedManagedPolicies": [], "Tags": [], "InstanceProfileList": [],
            "RolePolicyList": [{"PolicyName": HOSTILE, "PolicyDocument": {"Version": "2012-10-17",
                "Statement": {"Sid": HOSTILE, "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}}}],
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {"Sid": HOSTILE, "Effect": "Allow",
                "Principal": {"AWS": format!("arn:aws:iam::111122223333:role/{trusted}")}, "Action": "sts:AssumeRole"}}})
    };
    let details = json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [],
        "RoleDetailList": [role(HOSTILE, "plain"), role("plain", HOSTILE)]});
    scene.write("gaad.json", &details.to_string());
    let acts = |text: &str| text.contains('\u{202e}') || text.contains('\u{7}');
    for form in ["dot", "graphml", "cypher", "opengraph"] {
        assert!(!acts(&exported(&scene, form, "gaad.json")), "{form}");
    }
    let (labels, edges) = of_graphml(&exported(&scene, "graphml", "gaad.json"));
    assert!(labels.iter().any(|label| label.contains("=x\"'\\<&>];}")), "{labels:?}");
    assert_eq!(edges, 2);
    let page: Value = serde_json::from_str(&exported(&scene, "opengraph", "gaad.json")).expect("sound JSON");
    assert_eq!(page["graph"]["edges"].as_array().map(Vec::len), Some(2));
    // Every quote of a line is one that opens, one that closes, or escaped.
    for (form, quote) in [("dot", '"'), ("cypher", '\'')] {
        for line in exported(&scene, form, "gaad.json").lines() {
            let (mut open, mut escaped) = (false, false);
            for letter in line.chars() {
                match letter {
                    _ if escaped => escaped = false,
                    '\\' if open => escaped = true,
                    _ if letter == quote => open = !open,
                    _ => {}
                }
            }
            assert!(!open, "{form}: {line}");
        }
    }
    assert_eq!(
        scene.command("export -o csv -s gaad.json --out tables").output().expect("it runs").status.code(),
        Some(0)
    );
    let nodes = std::fs::read_to_string(scene.here().join("tables/nodes.csv")).expect("a table");
    let mut table = csv::Reader::from_reader(nodes.as_bytes());
    for row in table.records() {
        for cell in &row.expect("a row") {
            assert!(!cell.starts_with(['=', '+', '-', '@']) && !acts(cell), "{cell:?}");
        }
    }
}
