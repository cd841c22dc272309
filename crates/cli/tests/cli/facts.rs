//! Facts of AWS that are newer than those built in: loaded once, used by every command from then on.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use crate::scene::{Scene, filtered};

/// Compiled facts as the repository has them, changed by `change`, in a folder of the scene.
fn compiled(scene: &Scene, folder: &str, change: impl Fn(&str, String) -> String) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalog/data");
    fs::create_dir(scene.here().join(folder)).expect("a folder");
    for name in ["facts.txt", "managed.txt", "verbs.tsv", "role_inputs.tsv", "META"] {
        let text = fs::read_to_string(data.join(name)).expect("it is committed");
        scene.write(&format!("{folder}/{name}"), &change(name, text));
    }
}

/// The base data is of 2099, and `s3:GetObject` has a sister.
fn newer(name: &str, text: String) -> String {
    match name {
        "META" => {
            let line = |line: &str| match line.split('\t').collect::<Vec<_>>().as_slice() {
                ["source", "base", package, version, _, licence] => {
                    format!("source\tbase\t{package}\t{version}\t2099-01-01\t{licence}\n")
                }
                ["count", kind @ ("actions" | "pairs"), count] => {
                    format!("count\t{kind}\t{}\n", count.parse::<usize>().expect("a count") + 1)
                }
                _ => format!("{line}\n"),
            };
            text.lines().map(line).collect()
        }
        "facts.txt" => text.replace("A\ts3:GetObject\t", "A\ts3:GetObjec\t2\t\tobject\t\nA\ts3:GetObject\t"),
        _ => text,
    }
}

#[test]
fn newer_facts_are_in_use_once_loaded_and_until_they_are_reset() {
    let scene = Scene::new();
    compiled(&scene, "new", newer);
    assert!(scene.run("explain s3:GetObjec").contains("did you mean"));
    assert_snapshot!(without_built_in(&scene.run("data update --from new")), @r#"
AWS facts of 2099-01-01 are in use from now on, before of [BUILT IN]
  [DATA]/aws-facts
next: clavicle data show
[exit 0]
"#);
    let version = scene.run("--version");
    assert!(version.contains("(AWS facts of 2099-01-01)"), "{version}");
    assert!(scene.run("explain s3:GetObjec").contains("  level         read\n"));
    assert!(scene.run("explain s3:GetObjec -o json").contains("\"catalog\": \"2099-01-01\""));
    let shown = scene.run("data show");
    assert!(
        shown.starts_with("AWS facts of 2099-01-01, loaded\n")
            && shown.contains("loaded from [DATA]/aws-facts"),
        "{shown}"
    );
    // For the user alone.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!((mode(&scene.data()), mode(&scene.data().join("aws-facts"))), (0o700, 0o600));
    }
    assert!(scene.run("data reset").ends_with(", built in, are in use from now on\n[exit 0]"));
    assert!(scene.run("explain s3:GetObjec").contains("did you mean"));
    assert!(scene.run("data reset").starts_with("nothing was loaded;"));
}

#[test]
fn facts_that_cannot_be_true_are_refused() {
    let scene = Scene::new();
    fs::create_dir(scene.here().join("empty")).expect("a folder");
    compiled(&scene, "same", |_, text| text);
    compiled(&scene, "uncounted", |name, text| if name == "META" { text } else { newer(name, text) });
    compiled(&scene, "less", |name, text| {
        let text = newer(name, text);
        match name {
            "managed.txt" => text.lines().take(1001).map(|line| format!("{line}\n")).collect(),
            "META" => text.replace("count\tmanaged\t", "count\tmanaged\t1000\t"),
            _ => text,
        }
    });
    filtered(|| {
        for (words, said) in [
            ("data update --from empty", scene.run("data update --from empty")),
            ("data update --from nowhere", scene.run("data update --from nowhere")),
            ("data update --from uncounted", scene.run("data update --from uncounted")),
            ("data update --from less", scene.run("data update --from less")),
            (
                "data update --from https://example.com/x",
                scene.run("data update --from https://example.com/x"),
            ),
        ] {
            assert!(said.contains("error: ") && !scene.data().join("aws-facts").exists(), "{words}: {said}");
        }
        assert_snapshot!(scene.run("data update --from empty"), @r#"
[stderr]
error: this folder holds no compiled facts: `facts.txt` is not there
 --> empty
help: it should hold facts.txt, managed.txt, verbs.tsv, role_inputs.tsv, META
[exit 4]
"#);
        assert_snapshot!(scene.run("data update --from less"), @r#"
[stderr]
error: these facts are not taken: they lose too much to be true: managed: 1582 before, 1000 now
 --> less
[exit 4]
"#);
        assert_snapshot!(scene.run("data update --from https://example.com/x"), @r#"
[stderr]
error: `https://example.com/x` is an address, and clavicle fetches nothing
help: get the files with a tool of your own, and name their folder
[exit 2]
"#);
    });
    let same = scene.run("data update --from same");
    assert!(same.starts_with("nothing to load: ") && same.ends_with("[exit 0]"), "{same}");
}

#[test]
fn a_damaged_file_stops_questions_until_it_is_reset() {
    let scene = Scene::new();
    compiled(&scene, "new", newer);
    assert!(scene.run("data update --from new").ends_with("[exit 0]"));
    let file = scene.data().join("aws-facts");
    let whole = fs::read(&file).expect("it was kept");
    fs::write(&file, &whole[..whole.len() / 2]).expect("it can be cut");
    assert_snapshot!(scene.run("explain s3:GetObject"), @r#"
[stderr]
error: the loaded AWS facts cannot be used: the file is not whole
 --> [DATA]/aws-facts
help: `clavicle data reset` goes back to the facts that are built in
[exit 4]
"#);
    assert!(scene.run("--version").contains("[exit 4]"));
    assert!(scene.run("data reset").ends_with("[exit 0]"));
    assert!(scene.run("explain s3:GetObject").ends_with("[exit 0]"));
}

#[test]
fn facts_that_a_newer_program_has_overtaken_are_not_used() {
    let scene = Scene::new();
    let loaded = Scene::new();
    compiled(&loaded, "new", newer);
    assert!(loaded.run("data update --from new").ends_with("[exit 0]"));
    // A file of an older day, as an older program kept it.
    let old = clavicle_catalog::CompiledFacts::of_files(|name| {
        let text = fs::read_to_string(loaded.here().join("new").join(name)).ok();
        Ok::<_, clavicle_catalog::RefusedFacts>(text.map(|text| text.replace("2099-01-01", "2020-01-01")))
    });
    fs::create_dir_all(scene.data()).expect("a folder");
    let packed = old.expect("all are there").packed().expect("it packs");
    fs::write(scene.data().join("aws-facts"), packed).expect("it is written");
    assert!(!scene.run("--version").contains("2020-01-01"));
    let shown = scene.run("data show");
    assert!(shown.contains("not used: those loaded of 2020-01-01, which are no newer"), "{shown}");
}

fn without_built_in(text: &str) -> String {
    text.replace(clavicle_catalog::built_in_date(), "[BUILT IN]")
}
