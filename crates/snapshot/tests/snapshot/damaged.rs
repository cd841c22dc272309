//! Files that are damaged or of another kind: said where and what, and nothing is written.

use std::path::{Path, PathBuf};

use clavicle_snapshot::{ErrorKind, Import, PolicyState, Snapshot};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/import").join(name)
}

/// File, kind of error, line, words that the message has, words that the hint has.
const ERRORS: &[(&str, ErrorKind, u64, &str, &str)] = &[
    ("truncated.json", ErrorKind::Text, 17, "ends in the middle", "truncated"),
    ("truncated.json.gz", ErrorKind::Text, 0, "cannot read on", "damaged"),
    ("empty.json", ErrorKind::Text, 0, "is empty", "fail"),
    ("blank.json", ErrorKind::Text, 0, "is empty", "fail"),
    ("policy.json", ErrorKind::WrongKind, 1, "is a policy", "import the account"),
    ("cloudtrail.json", ErrorKind::WrongKind, 1, "CloudTrail", "get-account-authorization-details"),
    ("plan.json", ErrorKind::WrongKind, 0, "which account", "--planned-in"),
    ("template.json", ErrorKind::WrongKind, 1, "no template that declares something", "expected"),
    ("other-answer.json", ErrorKind::WrongKind, 1, "`Buckets`, `Owner`", "expected"),
    ("change-set.json", ErrorKind::WrongKind, 1, "`ChangeSetName`, `Changes`", "name the template"),
    ("message.txt", ErrorKind::WrongKind, 1, "AWS_PROFILE not", "expected"),
    ("utf-16.json", ErrorKind::Text, 1, "UTF-16", "UTF-8"),
    ("latin-1.json", ErrorKind::Text, 1, "not UTF-8", "UTF-8"),
    ("no-colon.json", ErrorKind::Text, 3, "not sound JSON", "cut"),
];

#[test]
fn every_damaged_file_is_refused_with_its_place_and_a_hint() {
    let mut seen = 0;
    for (name, kind, line, problem, hint) in ERRORS {
        let file = case("err").join(name);
        let error = Import::new().source(&file).run(|_| ()).expect_err(name);
        assert_eq!(error.kind, *kind, "{name}: {error}");
        assert!(error.to_string().starts_with(&file.display().to_string()), "{error}");
        assert!(error.problem.contains(problem), "{name}: {error}");
        assert!(error.hint.as_deref().is_some_and(|it| it.contains(hint)), "{name}: {:?}", error.hint);
        if *line > 0 {
            assert_eq!(error.position.map(|at| at.line), Some(*line), "{name}: {error}");
        }
        seen += 1;
    }
    assert_eq!(seen, std::fs::read_dir(case("err")).unwrap().count(), "a file without a line in the table");
}

#[test]
fn a_damaged_file_spoils_the_whole_import_also_after_sound_ones() {
    let error = Import::new().source(case("ok/details.json")).source(case("err/truncated.json")).run(|_| ());
    assert_eq!(error.unwrap_err().kind, ErrorKind::Text);
}

#[test]
fn the_place_of_a_fault_is_exact() {
    let error = Import::new().source(case("err/no-colon.json")).run(|_| ()).unwrap_err();
    let at = error.position.unwrap();
    assert_eq!((at.line, at.column), (3, 12), "{error}");
}

#[test]
fn parts_that_cannot_be_read_are_not_seen_and_said() {
    let imported = Import::new().source(case("ok/damaged-parts.json")).run(|_| ()).unwrap();
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).unwrap();
    let said: Vec<(u64, &str, &str)> =
        snapshot.warnings.iter().map(|it| (it.line, &*it.pointer, &*it.text)).collect();
    assert_eq!(said.len(), 3, "{said:?}");
    assert_eq!(said[0].0, 3);
    assert!(said[0].2.contains("missing field `Arn`"), "{said:?}");
    assert_eq!((said[1].0, said[1].1), (4, "/UserPolicyList/0/PolicyDocument"));
    assert_eq!((said[2].0, said[2].1), (7, "/AssumeRolePolicyDocument"));
    let odd = snapshot.principal(snapshot.principal_by_arn("arn:aws:iam::111122223333:user/odd").unwrap());
    assert_eq!(odd.inline[0].document, PolicyState::NotSeen);
    let role = snapshot.principal(snapshot.principal_by_arn("arn:aws:iam::111122223333:role/r").unwrap());
    assert_eq!(role.trust, PolicyState::NotSeen);
    let details = snapshot.not_seen().filter(|it| &*it.call == "iam:GetAccountAuthorizationDetails");
    let reasons: Vec<(&str, u64)> = details.map(|it| (&*it.reason, it.things)).collect();
    assert!(
        reasons.iter().any(|(reason, things)| reason.starts_with("trust or inline") && *things == 2),
        "{reasons:?}"
    );
}

#[test]
fn secrets_never_reach_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.clavicle");
    let imported = Import::new().source(case("ok/planted-secrets.json")).run(|_| ()).unwrap();
    imported.database.save(&file).unwrap();
    let planted = b"planted-s3cr3t";
    let source = std::fs::read(case("ok/planted-secrets.json")).unwrap();
    assert!(source.windows(planted.len()).any(|it| it == planted), "the case plants them");
    let saved = std::fs::read(&file).unwrap();
    assert!(!saved.windows(planted.len()).any(|it| it == planted), "a planted secret is in the snapshot");
    let snapshot = Snapshot::open(&file, |_, _| ()).unwrap();
    assert_eq!(snapshot.resources.len(), 7, "the things themselves are kept");
    assert!(snapshot.warnings.is_empty(), "{:?}", snapshot.warnings);
}

#[test]
fn hostile_names_are_kept_as_they_are() {
    let imported = Import::new().source(case("ok/hostile.json")).run(|_| ()).unwrap();
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).unwrap();
    let arn = "arn:aws:iam::111122223333:user/=cmd|' /C calc'!A0";
    let user = snapshot.principal(snapshot.principal_by_arn(arn).unwrap());
    let tag = &user.tags.as_ref().unwrap()[0];
    assert_eq!((&*tag.0, &*tag.1), ("<script>alert(1)</script>", "\u{1b}[31m\0\u{202e}${jndi}"));
    assert_eq!(&*snapshot.principal(user.groups[0]).name, "'); DROP TABLE principals; --");
}

#[test]
fn a_folder_without_anything_of_ours_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = Import::new().source(folder.path()).run(|_| ()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::WrongKind);
    assert!(error.problem.contains("holds no"), "{error}");
    let error = Import::new().source(folder.path().join("absent")).run(|_| ()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Io);
    assert!(error.to_string().ends_with("no such file or directory"), "{error}");
}

#[test]
fn a_snapshot_is_no_source() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.clavicle");
    Import::new().source(case("ok/details.json")).run(|_| ()).unwrap().database.save(&file).unwrap();
    let error = Import::new().source(&file).run(|_| ()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::WrongKind);
}
