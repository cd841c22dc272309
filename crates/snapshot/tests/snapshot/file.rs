//! The snapshot file: whole or absent, private, and known by its header.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use clavicle_snapshot::{Database, ErrorKind, Import, PrincipalKind, Snapshot, open_any};

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
    // What is counted in the file is what is in it.
    let amounts = Database::open(&file).unwrap().amounts().unwrap();
    let identities = opened.principals.iter().filter(|it| it.kind != PrincipalKind::Group).count();
    let accounts = opened.accounts.iter().filter(|account| account.seen).count();
    assert_eq!((amounts.accounts, amounts.identities), (accounts, identities));
    assert_eq!(amounts.things, opened.resources.len());
    assert!(identities > 0 && accounts > 0);
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

/// What is renamed over a device takes its place, for root even that of `/dev/null`.
#[test]
fn what_is_no_ordinary_file_stays_and_a_link_stays_one() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let error = database().save(&socket).unwrap_err();
    assert!(error.problem.contains("no ordinary file"), "{error}");
    assert!(std::fs::symlink_metadata(&socket).unwrap().file_type().is_socket());
    let (file, link) = (folder.path().join("s.clavicle"), folder.path().join("link.clavicle"));
    std::fs::write(&file, "an older file").unwrap();
    std::os::unix::fs::symlink("s.clavicle", &link).unwrap();
    database().save(&link).unwrap();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    Snapshot::open(&file, |_, _| ()).unwrap();
}

#[test]
fn a_name_that_is_taken_is_told_and_what_has_it_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.clavicle");
    let database = database();
    assert!(database.save_new(&file).unwrap());
    let first = std::fs::metadata(&file).unwrap().ino();
    assert!(!database.save_new(&file).unwrap());
    assert_eq!(std::fs::metadata(&file).unwrap().ino(), first);
    assert_eq!(names(folder.path()), ["s.clavicle"], "nothing half is left");
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

/// Runs one of the ignored tests of this file in a process of its own, after `before` in a shell.
fn in_a_process(before: &str, test: &str, target: &Path) -> std::process::Command {
    let mut command = std::process::Command::new("sh");
    command
        .arg("-c")
        .arg(format!("{before}; exec \"$0\" --exact --ignored --nocapture file::{test}"))
        .arg(std::env::current_exe().unwrap())
        .env("SNAPSHOT_TEST_TARGET", target);
    command
}

fn names(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap();
    names.map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_write_that_fails_is_said_and_the_old_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.clavicle");
    database().save(&file).unwrap();
    let before = std::fs::read(&file).unwrap();
    // A limit on the size of files, with the signal that comes with it ignored, lets a write in the middle fail.
    let output = in_a_process("trap '' XFSZ; ulimit -f 16", "save_over_the_target", &file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "the save has to fail");
    assert!(said.contains("kind: Io") && said.contains("cannot write the snapshot"), "{said}");
    assert!(std::fs::read(&file).unwrap() == before, "the old file is whole");
    assert_eq!(names(folder.path()), ["s.clavicle"], "nothing half is left");
}

#[test]
fn a_full_disk_is_said_and_the_old_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path();
    // A disk of our own, which is gone with the process; not every system lets us have one.
    let prepare =
        "mount -t tmpfs -o size=128k none \"$DISK\" || exit 77; echo old > \"$SNAPSHOT_TEST_TARGET\"";
    let shell = in_a_process(prepare, "save_into_a_full_disk", &disk.join("s.clavicle"));
    let mut command = std::process::Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount"]).arg(shell.get_program()).args(shell.get_args());
    command.env("SNAPSHOT_TEST_TARGET", disk.join("s.clavicle")).env("DISK", disk);
    match command.output() {
        Ok(output) if output.status.code() != Some(77) && output.status.code() != Some(1) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        _ => eprintln!("skipped: this system gives no disk of our own to fill"),
    }
}

#[test]
#[ignore = "run by `a_full_disk_is_said_and_the_old_file_stays` in a process of its own"]
fn save_into_a_full_disk() {
    let target = PathBuf::from(std::env::var_os("SNAPSHOT_TEST_TARGET").unwrap());
    let error = database().save(&target).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Full, "{error}");
    assert!(error.to_string().contains("no room left"), "{error}");
    assert_eq!(std::fs::read(&target).unwrap(), b"old\n");
    assert_eq!(names(target.parent().unwrap()), ["s.clavicle"], "nothing half is left");
}

#[test]
#[ignore = "run by other tests in a process of its own"]
fn save_over_the_target() {
    let target = std::env::var("SNAPSHOT_TEST_TARGET").unwrap();
    database().save(Path::new(&target)).unwrap();
}

#[test]
fn a_process_killed_while_it_saves_leaves_the_old_file_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.clavicle");
    let principals = |file: &Path| Snapshot::open(file, |_, _| ()).unwrap().principals.len();
    let length = || std::fs::metadata(&file).map(|about| about.len()).unwrap_or_default();
    let mut seen = Vec::new();
    // At some moment within a save, or between two; and once after one, however slow the machine is.
    for milliseconds in (0..25).map(Some).chain([None]) {
        database().save(&file).unwrap();
        let before = length();
        let ready = folder.path().join("ready");
        let mut child = in_a_process(":", "save_again_and_again", &file)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut wait_until = |it_is: &dyn Fn() -> bool| {
            while !it_is() {
                assert!(child.try_wait().unwrap().is_none(), "the child ended early");
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        };
        wait_until(&|| ready.exists());
        match milliseconds {
            Some(milliseconds) => std::thread::sleep(std::time::Duration::from_millis(milliseconds)),
            None => wait_until(&|| length() != before),
        }
        child.kill().unwrap();
        child.wait().unwrap();
        std::fs::remove_file(ready).unwrap();
        seen.push(principals(&file));
    }
    let (old, new) = (principals_of_the_case(), 2000);
    assert!(seen.iter().all(|&it| it == old || it == new), "{seen:?}");
    assert_eq!(seen.last(), Some(&new), "a save that has ended stays");
}

fn principals_of_the_case() -> usize {
    Snapshot::read(&database(), |_, _| ()).unwrap().principals.len()
}

#[test]
#[ignore = "run by `a_process_killed_while_it_saves_leaves_the_old_file_or_the_new_one` in a process of its own"]
fn save_again_and_again() {
    let target = PathBuf::from(std::env::var_os("SNAPSHOT_TEST_TARGET").unwrap());
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("many.json");
    let role = |n: u32| {
        let trust = format!(r#"{{"Statement": [{{"Sid": "S{n}"}}]}}"#);
        format!(r#"{{"Arn": "arn:aws:iam::111122223333:role/r{n}", "AssumeRolePolicyDocument": {trust}}}"#)
    };
    let roles: Vec<String> = (0..2000).map(role).collect();
    std::fs::write(&source, format!(r#"{{"RoleDetailList": [{}]}}"#, roles.join(","))).unwrap();
    let database = Import::new().source(&source).run(|_| ()).unwrap().database;
    std::fs::write(target.with_file_name("ready"), "").unwrap();
    loop {
        database.save(&target).unwrap();
    }
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
