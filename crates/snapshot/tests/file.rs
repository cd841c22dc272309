//! The snapshot file: whole or absent, private, and known by its header.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clavicle_snapshot::{Database, ErrorKind, Import, Snapshot, open_any};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/import").join(name)
}

fn database() -> Database {
    Import::new().source(case("ok/details.json")).run(|_| ()).unwrap().database
}

#[test]
fn saved_and_opened_it_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.clavicle");
    let database = database();
    database.save(&file).unwrap();
    let (mut last, mut calls) = ((0, 0), 0);
    let opened = Snapshot::open(&file, |done, total| {
        last = (done, total);
        calls += 1;
    })
    .unwrap();
    assert_eq!(last.0, last.1, "progress ends at the end");
    assert!(calls > 1);
    let read = Snapshot::read(&database, |_, _| ()).unwrap();
    assert_eq!(format!("{:?}", opened.principals), format!("{:?}", read.principals));
    assert_eq!(opened.coverage, read.coverage);
    assert_eq!(opened.sources.len(), 1);
    assert_eq!(opened.sources[0].sha256.len(), 64);
}

#[test]
fn only_its_owner_may_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.clavicle");
    database().save(&file).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn saving_replaces_the_old_file_and_leaves_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.clavicle");
    std::fs::write(&file, "an older file").unwrap();
    database().save(&file).unwrap();
    Snapshot::open(&file, |_, _| ()).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_same_sources_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let save = |name: &str| {
        let file = folder.path().join(name);
        database().save(&file).unwrap();
        std::fs::read(file).unwrap()
    };
    assert!(save("a") == save("b"));
}

#[test]
fn an_unwritable_folder_is_said_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent/s.clavicle");
    let error = database().save(&absent).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Io);
    assert!(error.to_string().contains("cannot save the snapshot"), "{error}");
    assert!(error.hint.as_ref().unwrap().contains("absent"), "{:?}", error.hint);
    let error = database().save(folder.path()).unwrap_err();
    assert!(error.problem.contains("this is a folder"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_full_disk_is_said_and_the_old_file_stays() {
    // A device that takes nothing stands for a disk without room: SQLite meets the same error.
    let full = Path::new("/dev/full");
    if !full.exists() {
        eprintln!("skipped: this system has no /dev/full");
        return;
    }
    let error = std::fs::write(full, "x").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.clavicle");
    database().save(&file).unwrap();
    let before = std::fs::read(&file).unwrap();
    // The limit on the size of files does to this process what a full disk would do.
    let status = std::process::Command::new("sh")
        .arg("-c")
        .arg("ulimit -f 16; exec \"$0\" --exact --ignored save_into_a_full_disk")
        .arg(std::env::current_exe().unwrap())
        .env("SNAPSHOT_TEST_TARGET", &file)
        .output()
        .unwrap();
    assert!(!status.status.success(), "the save has to fail");
    assert!(std::fs::read(&file).unwrap() == before, "the old file is whole");
}

#[test]
#[ignore = "run by `a_full_disk_is_said_and_the_old_file_stays` in a process of its own"]
fn save_into_a_full_disk() {
    let target = std::env::var("SNAPSHOT_TEST_TARGET").unwrap();
    database().save(Path::new(&target)).unwrap();
}

#[test]
fn what_is_no_snapshot_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("text"), "just text, and more than sixteen bytes of it").unwrap();
    std::fs::write(path("empty"), "").unwrap();
    rusqlite::Connection::open(path("other"))
        .unwrap()
        .execute_batch("CREATE TABLE t (a); PRAGMA application_id = 7;")
        .unwrap();
    database().save(&path("newer")).unwrap();
    rusqlite::Connection::open(path("newer")).unwrap().pragma_update(None, "user_version", 999).unwrap();
    for (name, kind, words) in [
        ("text", ErrorKind::NotASnapshot, "is not a snapshot"),
        ("empty", ErrorKind::NotASnapshot, "is empty"),
        ("other", ErrorKind::NotASnapshot, "another program"),
        ("newer", ErrorKind::NewerVersion, "version 999"),
        ("absent", ErrorKind::Io, "no such file"),
        (".", ErrorKind::NotASnapshot, "is a folder"),
    ] {
        let error = Database::open(&path(name)).unwrap_err();
        assert_eq!(error.kind, kind, "{name}: {error}");
        assert!(error.to_string().contains(words), "{name}: {error}");
    }
}

#[test]
fn a_cut_snapshot_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.clavicle");
    database().save(&file).unwrap();
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let error = Snapshot::open(&file, |_, _| ()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Database, "{error}");
}

#[test]
fn any_path_opens() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.clavicle");
    database().save(&file).unwrap();
    for path in [file, case("ok/details.json")] {
        assert_eq!(open_any(&path, |_, _| ()).unwrap().accounts.len(), 1, "{}", path.display());
    }
}

fn page() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/snapshot-format.md");
    std::fs::read_to_string(page).unwrap()
}

/// The examples of docs/snapshot-format.md are run, so that they stay true.
#[test]
fn the_documented_queries_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.clavicle");
    let all = ["details.json", "config-snapshot.json", "organization.json", "credential-report.csv"];
    let import = all.iter().fold(Import::new(), |import, name| import.source(case("ok").join(name)));
    import.run(|_| ()).unwrap().database.save(&file).unwrap();
    let connection = rusqlite::Connection::open(&file).unwrap();
    let page = page();
    let examples: Vec<&str> =
        page.split("```sql\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() >= 5, "the page has examples");
    for example in examples {
        let mut statement = connection.prepare(example).unwrap_or_else(|error| panic!("{example}: {error}"));
        let rows = statement.query([]).unwrap().mapped(|_| Ok(())).count();
        assert!(rows > 0, "no row for: {example}");
    }
}

/// Every table and column is on the page.
#[test]
fn every_table_and_column_is_documented() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.clavicle");
    database().save(&file).unwrap();
    let connection = rusqlite::Connection::open(&file).unwrap();
    let page = page();
    let mut columns = connection
        .prepare(
            "SELECT tables.name, columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
             WHERE tables.type IN ('table', 'view')",
        )
        .unwrap();
    let columns: Vec<(String, String)> =
        columns.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    assert!(columns.len() > 100, "{columns:?}");
    for (table, column) in &columns {
        let named = [format!("`{column}`"), format!("`{table}.{column}`"), format!("`.{column}`")];
        assert!(page.contains(&format!("`{table}")), "the table `{table}` is not documented");
        assert!(named.iter().any(|name| page.contains(name)), "`{table}.{column}` is not documented");
    }
}
