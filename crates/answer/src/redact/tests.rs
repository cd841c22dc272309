//! Nothing of the accounts is left in what is told without names, and what is left can be read.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use serde::Serialize;

use super::{Pseudonyms, Redact, in_word};
use crate::findings::Check;
use crate::settings::{Known, Settings};
use crate::{OutsideQuestion, Reader};

fn reader() -> &'static Reader {
    static READER: LazyLock<Reader> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
        let snapshot = clavicle_snapshot::open_any(&folder, |_, _| ()).expect("the demo imports");
        let known =
            Known { who: "888877776666".to_owned(), name: "Sailcheck".to_owned(), ..Known::default() };
        let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
        Reader::new(world, Settings { known: vec![known], ..Settings::default() })
    });
    &READER
}

fn pseudonyms() -> Pseudonyms {
    reader().pseudonyms([7; 32])
}

/// Every name of the source, taken from its files and not from the list under test: the strings that are no ARN, and the
/// last parts of ARNs.
fn names() -> BTreeSet<String> {
    fn collect(value: &serde_json::Value, names: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Object(members) => {
                for (key, value) in members {
                    let names_something = key.ends_with("Name")
                        || ["Sid", "Name", "Value", "AccountId", "Id", "resourceName", "Email", "accountId"]
                            .contains(&key.as_str());
                    if let (true, serde_json::Value::String(name)) = (names_something, value) {
                        names.insert(name.clone());
                    }
                    collect(value, names);
                }
            }
            serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, names)),
            serde_json::Value::String(text) if text.starts_with("arn:") => {
                let name = text.rsplit([':', '/']).next().unwrap_or_default();
                names.insert(name.trim_end_matches('*').trim_end_matches('-').to_owned());
            }
            _ => {}
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
    let mut names = BTreeSet::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "json") {
                let text = std::fs::read_to_string(&path).expect("a file");
                collect(&serde_json::from_str(&text).expect("JSON"), &mut names);
            }
        }
    }
    names
}

/// Is `name` a run of whole words of `text`?
fn stands_in(name: &str, text: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_none_or(|letter| !in_word(letter));
        before && text[at + name.len()..].chars().next().is_none_or(|letter| !in_word(letter))
    })
}

fn told<T: Serialize + Redact>(mut page: T) -> Vec<String> {
    fn values(value: &serde_json::Value, texts: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) => texts.push(text.clone()),
            serde_json::Value::Array(all) => all.iter().for_each(|value| values(value, texts)),
            serde_json::Value::Object(all) => all.values().for_each(|value| values(value, texts)),
            _ => {}
        }
    }
    page.redact(&pseudonyms());
    let mut texts = Vec::new();
    values(&serde_json::to_value(&page).expect("it serializes"), &mut texts);
    // Pages of AWS's documentation are the same for everybody.
    texts.retain(|text| !text.starts_with("https://docs.aws.amazon.com/"));
    texts
}

fn all() -> Vec<(String, Vec<String>)> {
    let questions = [
        "who can read s3://paperboat-invoices",
        "what can staging:role/deployer do",
        "what staging:policy/shared-ops",
        "can staging:role/deployer s3:PutObject s3://paperboat-invoices/2026/07.csv",
        "path acct/999999999999 s3://paperboat-invoices",
    ];
    let mut all = Vec::new();
    for question in questions {
        let asked = reader().parse(question).expect("a question");
        all.push((question.to_owned(), told(reader().answer(&asked).expect("an answer"))));
    }
    all.push(("outside".to_owned(), told(reader().outside(&OutsideQuestion::default()).expect("an answer"))));
    all.push(("check".to_owned(), told(reader().check(&Check::default()).expect("a report"))));
    all.push(("coverage".to_owned(), told(reader().coverage())));
    all.push(("policies".to_owned(), told(reader().policy_lines(|_, _| ()))));
    all
}

#[test]
fn no_name_of_the_source_is_left() {
    let names = names();
    assert!(names.len() > 300, "{}", names.len());
    let answers = all();
    let mut leaks = BTreeSet::new();
    let known = pseudonyms();
    let actions: BTreeSet<&str> = catalog().actions().map(|action| catalog().short_name(action)).collect();
    for name in &names {
        // Words of AWS and of sentences say nothing of anybody; numbers of files neither.
        let public = name.len() < 3
            || super::is_plain(&name.to_lowercase())
            || super::vocabulary::is_grammar(name)
            || catalog().managed_policies().iter().any(|policy| policy.arn.ends_with(&format!("/{name}")))
            || [
                "FullAWSAccess",
                "RCPFullAWSAccess",
                "token.actions.githubusercontent.com",
                "AmazonElastiCacheServiceRolePolicy",
            ]
            .contains(&name.as_str())
            || known.aws.knows(name)
            || known.aws.leads(&name.to_lowercase())
            || actions.contains(name.as_str())
            || super::vocabulary::is_region(name)
            || name.bytes().all(|byte| byte.is_ascii_digit()) && name.len() < 6;
        if public {
            continue;
        }
        for (question, texts) in &answers {
            // Of what the program itself calls so.
            let own = |text: &&String| ["check", "catalog"].contains(&text.as_str());
            for text in texts.iter().filter(|text| !own(text)).filter(|text| stands_in(name, text)) {
                leaks.insert(format!("{name} in `{question}`: {text}"));
            }
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
}

/// Words that stand nowhere in the demo, and words of AWS that somebody took for a name.
#[test]
fn nothing_of_what_was_asked_is_left() {
    let asked = |text: &str, stated: &[&str]| {
        let mut question = reader().parse(text).expect("a question");
        stated.iter().for_each(|stated| question.state(stated).expect(stated));
        told(reader().answer(&question).expect("an answer"))
    };
    let object = "s3://paperboat-invoices/acme-merger/backup/project/agent:function/blackrock.pdf";
    let stated = [
        "aws:SourceIp=203.0.113.77",
        "aws:VpcSourceIp=2001:db8:77::9",
        "aws:PrincipalTag/squad=blue-falcon",
        "aws:RequestTag/codename=backup/ostrich",
        "sts:ExternalId=zanzibar-0815",
        "aws:PrincipalOrgID=o-quokka1234",
        "aws:PrincipalArn=arn:aws:sts::444455556666:assumed-role/deployer/walrus-session",
    ];
    let gone = [
        "acme",
        "merger",
        "backup",
        "project",
        "agent",
        "blackrock",
        "pdf",
        "203.0.113.77",
        "2001:db8:77::9",
        "squad",
        "blue",
        "falcon",
        "codename",
        "ostrich",
        "zanzibar",
        "0815",
        "quokka1234",
        "walrus",
        "deployer",
        "staging",
    ];
    for (text, stated) in [
        (format!("can staging:role/deployer s3:PutObject {object}"), &stated[..]),
        (format!("who can read {object}"), &stated),
        (format!("path outside {object}"), &[]),
    ] {
        let texts = asked(&text, stated);
        assert!(texts.iter().any(|text| text.contains("s3://")), "{texts:#?}");
        // By itself it is what AWS calls a kind of thing.
        assert!(texts.iter().all(|text| !text.contains(":function/")), "{texts:#?}");
        for name in gone {
            let leaks: Vec<&String> = texts.iter().filter(|text| stands_in(name, text)).collect();
            assert!(leaks.is_empty(), "{name} in `{text}`: {leaks:#?}");
        }
    }
}

#[test]
fn words_of_aws_are_names_where_names_stand() {
    let names = pseudonyms();
    for (arn, kept, gone) in [
        ("arn:aws:s3:::backup/reports/*", "arn:aws:s3:::", &["backup", "reports"][..]),
        ("arn:aws:s3:::backup", "arn:aws:s3:::", &["backup"]),
        ("arn:aws-eusc:s3:::backup/reports/*", "arn:aws-eusc:s3:::", &["backup", "reports"]),
        (
            "arn:aws:lambda:eu-west-1:111122223333:function:agent:7",
            "arn:aws:lambda:eu-west-1:",
            &["agent", "7"],
        ),
        ("arn:aws:lambda:eu-*:111122223333:function:agent:7", ":function:", &["agent", "7"]),
        ("arn:aws:logs:*:*:log-group:project:*", "arn:aws:logs:*:*:log-group:", &["project"]),
        ("arn:aws:sns:eu-west-1:111122223333:topic:backup", "arn:aws:sns:eu-west-1:", &["topic", "backup"]),
        ("arn:aws:sqs:eu-west-1:111122223333:queue", "arn:aws:sqs:eu-west-1:", &["queue", "111122223333"]),
        ("arn:aws:iam::*:role/backup/agent", "arn:aws:iam::*:role/", &["backup", "agent"]),
        ("arn:aws:codebuild:*:*:project/project", ":project/x", &["project/project"]),
    ] {
        for told in [names.text(arn), names.document(&format!("\"{arn}\""))] {
            assert!(told.contains(kept), "{kept} in {told}");
            for name in gone {
                assert!(!stands_in(name, &told), "{name} in {told}");
            }
        }
    }
    for (text, gone) in [
        ("repo:backup/agent:ref:refs/heads/main", &["backup", "agent", "repo", "main"][..]),
        ("backup/project", &["backup", "project"]),
        ("4711", &["4711"]),
        ("o-1234", &["1234", "o"]),
    ] {
        let told = names.document(&format!("\"{text}\""));
        for name in gone {
            assert!(!stands_in(name, &told), "{name} in {told}");
        }
    }
    let public = r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}, "Principal": "arn:aws:iam::aws:policy/ReadOnlyAccess"}"#;
    assert_eq!(names.document(public), public);
}

#[test]
fn addresses_stay_addresses() {
    let names = pseudonyms();
    let ranges = r#"["198.51.100.23/32", "2001:470:12:34::1/64", "203.0.113.*", "0.0.0.0/0", "::/0"]"#;
    let told = names.document(ranges);
    for gone in ["198", "51", "100", "23", "470", "12", "34", "203", "113"] {
        assert!(!stands_in(gone, &told), "{gone} in {told}");
    }
    let told: Vec<String> = serde_json::from_str(&told).expect("JSON");
    let (address, length) = told[0].split_once('/').expect("a range");
    assert!(
        address.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.octets()[0] >= 240),
        "{address}"
    );
    assert_eq!(length, "32");
    let (address, length) = told[1].split_once('/').expect("a range");
    assert!(address.parse::<std::net::Ipv6Addr>().is_ok() && address.starts_with("2001:db8:"), "{address}");
    assert_eq!(length, "64");
    assert!(told[2].ends_with(".*"), "{}", told[2]);
    assert_eq!(told[3..], ["0.0.0.0/0", "::/0"]);
    // Wherever and however it is written, it is the same one.
    assert!(names.text("from 2001:470:0012:34:0::1.").contains(address));
    assert!(!names.text("prod:role/ip-10-0-0-1").contains("10-0-0-1"));
}

#[test]
fn a_number_that_is_a_name_is_no_count() {
    let names = pseudonyms().with(["sts:ExternalId", "4711", "12"]);
    let told = names.text("12 identities of 4712 become role/x, if sts:ExternalId is 4711");
    assert!(told.starts_with("12 identities of 4712 become role/x"), "{told}");
    assert!(!told.contains("4711"), "{told}");
}

#[test]
fn a_draft_names_what_is_not_there_yet() {
    let line = r#"      "Resource": "arn:aws:s3:::wombat-plans/*","#;
    let names = pseudonyms().with([line]);
    let told = names.text("gives s3:GetObject on s3://wombat-plans/* to prod:role/x");
    assert!(!told.contains("wombat") && !told.contains("plans"), "{told}");
    assert!(told.starts_with("gives s3:GetObject on s3://x"), "{told}");
}

#[test]
fn the_rest_can_be_read() {
    let names = pseudonyms();
    for (text, wanted) in [
        ("prod:role/reporting-read reads s3://paperboat-invoices", "P:role/P-P reads s3://P-P"),
        (
            "9 identities can read s3://paperboat-invoices directly.",
            "9 identities can read s3://P-P directly.",
        ),
        (
            "needs kms:Decrypt on prod:key/invoices in eu-central-1",
            "needs kms:Decrypt on P:key/P in eu-central-1",
        ),
        ("arn:aws:iam::111122223333:role/dana", "arn:aws:iam::P:role/P"),
        ("account 999999999999, unknown", "account P, unknown"),
        ("seen 2026-08-22, used 2026-08-22T08:39:14Z", "seen 2026-08-22, used 2026-08-22T08:39:14Z"),
        ("if aws:PrincipalTag/team is nightly", "if aws:PrincipalTag/P is P"),
        (
            "see https://docs.aws.amazon.com/IAM/latest/UserGuide/x.html",
            "see https://docs.aws.amazon.com/IAM/latest/UserGuide/x.html",
        ),
    ] {
        let told = names.text(text);
        let hidden: String = told
            .split_inclusive(|letter: char| !in_word(letter))
            .map(|word| {
                let bare = word.trim_end_matches(|letter| !in_word(letter));
                let is_pseudonym = bare.len() == 9 && bare.starts_with('x') && !text.contains(bare);
                if is_pseudonym { word.replace(bare, "P") } else { word.to_owned() }
            })
            .collect();
        assert_eq!(hidden, wanted, "{text}");
    }
}

#[test]
fn statements_keep_their_grammar_and_nothing_else() {
    let names = pseudonyms();
    let text = r#"{ "Sid": "InventedName", "Effect": "Allow", "Action": ["s3:Get*", "iam:PassRole"],
  "Resource": "arn:aws:s3:::never-seen-anywhere/*",
  "Condition": {"StringLikeIfExists": {"aws:RequestTag/\u0063rew": "\u0061lice"}} }"#;
    let told = names.document(text);
    for kept in [
        r#""Sid""#,
        r#""Effect": "Allow""#,
        r#""s3:Get*", "iam:PassRole""#,
        "arn:aws:s3:::",
        "StringLikeIfExists",
        "aws:RequestTag/",
    ] {
        assert!(told.contains(kept), "{kept} in {told}");
    }
    for gone in ["InventedName", "never", "seen", "anywhere", "crew", "alice", "u0061lice", "u0063rew"] {
        assert!(!told.contains(gone), "{gone} in {told}");
    }
    assert!(serde_json::from_str::<serde_json::Value>(&told).is_ok(), "{told}");
}

#[test]
fn the_key_decides_and_nothing_else_does() {
    let name = "prod:role/reporting-read";
    assert_eq!(pseudonyms().text(name), pseudonyms().text(name));
    assert_ne!(pseudonyms().text(name), reader().pseudonyms([8; 32]).text(name));
}
