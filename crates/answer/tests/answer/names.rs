//! Names, questions and completion on the demo organization of `examples/paperboat`.

use std::path::Path;
use std::sync::LazyLock;

use clavicle_answer::{Question, Reader, Settings, Slot};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};

const SETTINGS: &str = r#"
[[known]]
account = "888877776666"
name = "Sailcheck"
[[matter]]
thing = "s3://paperboat-invoices"
why = "customer billing data"
[[matter]]
thing = "s3://paperboat-customers"
"#;

fn reader() -> &'static Reader {
    static READER: LazyLock<Reader> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
        let snapshot = clavicle_snapshot::open_any(&folder, |_, _| ()).expect("the demo imports");
        let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
        Reader::new(world, Settings::parse(SETTINGS).expect("settings"))
    });
    &READER
}

#[test]
fn names_lead_to_things_however_they_are_spelled() {
    for (text, name) in [
        ("prod:role/reporting-read", "prod:role/reporting-read"),
        ("role/reporting-read", "prod:role/reporting-read"),
        ("reporting-read", "prod:role/reporting-read"),
        ("PROD:Role/Reporting-Read", "prod:role/reporting-read"),
        ("111122223333:role/reporting-read", "prod:role/reporting-read"),
        ("arn:aws:iam::111122223333:role/reporting-read", "prod:role/reporting-read"),
        ("prod:user/dana", "prod:user/dana"),
        ("user/import-2021", "staging:user/import-2021"),
        ("lambda/nightly-report", "staging:role/nightly-exec"),
        ("acct/999999999999", "acct/999999999999"),
        ("999999999999", "acct/999999999999"),
        ("acct/prod", "prod:root"),
        ("everyone", "everyone"),
        ("lambda.amazonaws.com", "lambda.amazonaws.com"),
        ("arn:aws:iam::999999999999:role/x/y", "999999999999:role/y"),
        ("prod:role/report*-read", "prod:role/reporting-read"),
        ("999999999999:role/y", "999999999999:role/y"),
        (
            "tools:provider/token.actions.githubusercontent.com",
            "tools:provider/token.actions.githubusercontent.com",
        ),
    ] {
        let actor = reader().actor(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        assert_eq!(reader().thing_of_actor(&actor).name, name, "{text}");
    }
    for (text, name) in [
        ("s3://paperboat-invoices", "s3://paperboat-invoices"),
        ("s3://paperboat-invoices/2026/07.csv", "s3://paperboat-invoices"),
        ("bucket/paperboat-invoices", "s3://paperboat-invoices"),
        ("arn:aws:s3:::paperboat-invoices/2026/07.csv", "s3://paperboat-invoices"),
        ("kms/invoices", "prod:key/invoices"),
        ("alias/invoices", "prod:key/invoices"),
        ("key/invoices", "prod:key/invoices"),
        ("lambda/nightly-report", "staging:lambda/nightly-report"),
        ("secret/dev/catalog-db", "staging:secret/dev/catalog-db"),
        ("queue/jobs", "prod:queue/jobs"),
        ("role/LogShipper", "staging:role/LogShipper"),
        ("arn:aws:s3:::elsewhere", "arn:aws:s3:::elsewhere"),
    ] {
        let target = reader().target(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        assert_eq!(reader().thing_of_target(&target).name, name, "{text}");
    }
}

#[test]
fn unclear_and_unknown_names_list_what_may_be_meant() {
    for (text, candidate) in [
        ("break-glass", "prod:role/break-glass"),
        ("role/reporting-raed", "prod:role/reporting-read"),
        ("role/billing-*", "prod:role/billing-api"),
        ("admin", "tools:role/ci-deploy"),
        ("billing", "prod:role/billing-api"),
        ("group/support", "prod:user/dana"),
    ] {
        let error = reader().actor(text).expect_err(text);
        assert!(error.candidates.iter().any(|it| it == candidate), "{text}: {error:?}");
        assert!(error.candidates.len() <= 12);
    }
    // Of what is called like nothing, those of its kind are told.
    let error = reader().target("staging:secret/nothing-of-this-name").expect_err("no such secret");
    assert_eq!(error.unknown.as_deref(), Some("staging:secret/nothing-of-this-name"));
    assert_eq!(error.hint.as_deref(), Some("11 begin with `staging:secret/`; these are the first"));
    assert!(
        error.candidates.len() == 3 && error.candidates.iter().all(|it| it.starts_with("staging:secret/"))
    );
    let error = reader().target("volcano/etna").expect_err("no such kind");
    assert_eq!(error.hint.as_deref(), Some("no name begins with `volcano/`"));
    let error = reader().target("s3://paperboat-invoice").expect_err("a slip");
    assert_eq!(error.candidates, ["s3://paperboat-invoices"]);
    assert!(reader().target("s3://nowhere-near-anything").expect_err("unseen").hint.is_some());
    assert!(reader().target("arn:aws:s3").is_err());
}

#[test]
fn text_that_is_no_question_gives_three_that_work() {
    for text in
        ["show me the invoices", "who can frobnicate s3://paperboat-invoices", "delete everything", ""]
    {
        let error = reader().parse(text).expect_err(text);
        assert_eq!(error.candidates.len(), 3, "{error:?}");
        for question in &error.candidates {
            let question = reader().parse(question).expect("a question that works");
            let names_right = |text: &Option<String>| text.is_none() || text.as_deref() != Some("");
            assert!(names_right(&question.on) && names_right(&question.by));
        }
    }
    let error = reader().parse("who may frobnicate s3://paperboat-invoices").expect_err("no word");
    assert_eq!(error.candidates[0], "who can read s3://paperboat-invoices");
}

#[test]
fn completion_knows_the_snapshot() {
    let first = |slot, text: &str| {
        let found = reader().complete(slot, text);
        assert!(found.len() <= 12, "{text}");
        found.first().map(|found| found.value.clone()).unwrap_or_default()
    };
    assert_eq!(first(Slot::On, "s3://paperboat-inv"), "s3://paperboat-invoices");
    assert_eq!(first(Slot::On, "paperboat-inv"), "s3://paperboat-invoices");
    assert_eq!(first(Slot::On, "boat-invoi"), "s3://paperboat-invoices");
    assert_eq!(first(Slot::On, ""), "s3://paperboat-invoices");
    assert_eq!(first(Slot::By, "role/nightly"), "staging:role/nightly-exec");
    assert_eq!(first(Slot::By, "any"), "anyone");
    assert_eq!(first(Slot::Do, "re"), "read");
    assert_eq!(first(Slot::Do, "s3:getobj"), "s3:GetObject");
    assert_eq!(first(Slot::Ask, "who can read s3://paperboat-inv"), "who can read s3://paperboat-invoices");
    assert_eq!(first(Slot::Ask, "what lambda/night"), "what staging:lambda/nightly-report");
    assert_eq!(first(Slot::Ask, "who "), "who can");
    assert!(!first(Slot::Ask, "").is_empty());
}

#[test]
fn every_question_that_is_offered_is_read() {
    for offered in reader().complete(Slot::Ask, "") {
        let question: Question = reader().parse(&offered.value).expect(&offered.value);
        for name in question.by.iter().chain(&question.on) {
            assert!(
                reader().actor(name).is_ok() || reader().target(name).is_ok() || name.contains("policy/"),
                "{name}"
            );
        }
    }
}

#[test]
fn the_account_is_left_out_where_there_is_one() {
    let role = |name: &str| {
        serde_json::json!({
            "Path": "/", "RoleName": name, "RoleId": format!("AROA{name}"),
            "Arn": format!("arn:aws:iam::111122223333:role/{name}"), "CreateDate": "2024-01-01T00:00:00+00:00",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
            "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": [], "Tags": []
        })
    };
    let gaad = serde_json::json!({
        "UserDetailList": [], "GroupDetailList": [], "Policies": [],
        "RoleDetailList": [role("web"), role("Web-2"), role("${jndi}\u{202e}\u{1b}[31m<b>")]
    });
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("gaad.json");
    std::fs::write(&file, gaad.to_string()).expect("a file");
    let snapshot = clavicle_snapshot::open_any(&file, |_, _| ()).expect("it imports");
    let reader =
        Reader::new(World::new(snapshot, catalog(), Stated::default(), |_, _| ()), Settings::default());
    let name = |text: &str| {
        let actor = reader.actor(text).expect(text);
        reader.thing_of_actor(&actor).name
    };
    for text in ["web", "role/web", "111122223333:role/web", "ROLE/WEB"] {
        assert_eq!(name(text), "role/web");
    }
    let hostile = name("role/${jndi}\u{202e}\u{1b}[31m<b>");
    assert_eq!(clavicle_answer::visible(&hostile), r"role/${jndi}\u{202e}\u{1b}[31m<b>");
    assert_eq!(
        reader.actor("acct/999999999999").map(|actor| reader.thing_of_actor(&actor).name).as_deref(),
        Ok("acct/999999999999")
    );
    // Nothing of an organization was seen, so what its policies say of these is not known: never a silent yes or no.
    let question = reader.parse("can role/web s3:GetObject arn:aws:s3:::b/k").expect("a question");
    let page = reader.answer(&question).expect("an answer");
    assert_eq!(page.verdict, clavicle_answer::shape::Verdict::Unknown, "{}", page.sentence);
}
