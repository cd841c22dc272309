//! Facts of AWS that are newer than those built in: loaded once, used by every command from then on.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;

use insta::assert_snapshot;

use crate::scene::{Scene, filtered};

/// Compiled facts as the repository has them, changed by `change`, in a folder of the scene.
fn compiled(scene: &Scene, folder: &str, change: impl Fn(&str, String) -> String) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalog/data");
    fs::create_dir(scene.here().join(folder)).expect("a folder");
    for name in ["facts.txt", "managed.txt", "verbs.tsv", "role_inputs.tsv", "bindings.txt", "META"] {
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
help: it should hold facts.txt, managed.txt, verbs.tsv, role_inputs.tsv, bindings.txt, META
[exit 4]
"#);
        assert_snapshot!(scene.run("data update --from less"), @r#"
[stderr]
error: these facts are not taken: they lose too much to be true: managed: 1582 before, 1000 now
 --> less
[exit 4]
"#);
        assert_snapshot!(scene.run("data update --from http://example.com/x"), @"
        [stderr]
        error: `http://example.com/x` is not an https address
        [exit 2]
        ");
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

/// Serves the files of a folder of the scene, each under its name, until the test ends.
fn served(scene: &Scene, folder: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}/facts", listener.local_addr().expect("an address"));
    let folder = scene.here().join(folder);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let asked = lines.next().unwrap_or_default();
            lines.find(String::is_empty);
            let name = asked.split(' ').nth(1).and_then(|path| path.strip_prefix("/facts/")).unwrap_or("?");
            let (status, body) = match fs::read(folder.join(name)) {
                Ok(body) => ("200 OK", body),
                Err(_) => ("404 Not Found", Vec::new()),
            };
            let head =
                format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = (&stream).write_all(&[head.as_bytes(), &body].concat());
        }
    });
    address
}

#[test]
fn facts_come_from_an_address_too() {
    let scene = Scene::new();
    compiled(&scene, "new", newer);
    let address = served(&scene, "new");
    let said = scene.run(&format!("data update --from {address}"));
    assert!(said.starts_with("AWS facts of 2099-01-01 are in use from now on"), "{said}");
    assert!(scene.run("explain s3:GetObjec").contains("  level         read\n"));
    let nothing = scene.run(&format!("data update --from {address}/elsewhere"));
    assert!(nothing.contains("error: no compiled facts are there: `facts.txt` is not there"), "{nothing}");
    assert!(nothing.ends_with("[exit 4]"), "{nothing}");
}
