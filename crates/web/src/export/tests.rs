//! What is handed on holds no markup of names, asks for nothing, and stays small.

use clavicle_answer::shape::{AcceptedIn, AnswerPage, NeededAction, NotSeen};
use clavicle_answer::{Edit, OutsideQuestion};

use super::{Sheet, Table, answer, changes, csv, html, markdown};
use crate::map::tests::demo::{answered, reader};
use crate::view;

const HOSTILE: &str = "=</td><script>alert(1)</script>\u{202e}\u{1b}[31m|\n@x\"',";

fn hostile() -> Sheet {
    let name = HOSTILE.to_owned();
    Sheet {
        title: name.clone(),
        sentence: name.clone(),
        facts: vec![("data of", name.clone())],
        tables: vec![Table::new(HOSTILE, &["severity", "who"], vec![vec![name.clone(), name.repeat(2_000)]])],
        records: None,
        picture: None,
        statements: vec![(name.clone(), format!("{name}\n{name}"))],
        statements_left_out: 3,
        notes: vec![name],
    }
}

#[test]
fn a_report_is_text_only() {
    let page = html(&hostile());
    assert!(!page.contains("<script"), "{page}");
    let acts =
        |letter: char| (letter.is_control() && letter != '\n') || matches!(letter, '\u{202a}'..='\u{202e}');
    assert!(!page.contains(acts));
    // Four cells of ours: two of the head, two of the row.
    assert_eq!(
        (page.matches("<th").count() - page.matches("<thead").count(), page.matches("<td").count()),
        (2, 2)
    );
    for asked in ["http:", "https:", "url(", "href=", "src=", "@import", "style="] {
        assert!(!page.contains(asked), "{asked}");
    }
    let hash = page.split("'sha256-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a hash");
    let style = page.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).expect("a style");
    use base64::Engine as _;
    use sha2::Digest as _;
    assert_eq!(hash, base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style)));
}

#[test]
fn a_table_holds_no_formula_and_a_comment_no_markup() {
    let table = csv(&hostile());
    let mut rows = table.split("\r\n");
    assert_eq!(rows.next(), Some("severity,who"));
    assert!(rows.next().is_some_and(|row| row.starts_with("\"'=")), "{table}");
    assert!(!table.contains('\u{1b}') && !table.contains('\u{202e}'));
    let comment = markdown(&hostile());
    assert!(!comment.contains("<script") && comment.len() < 65_000, "{}", comment.len());
    assert!(comment.contains("and 1 more rows"), "the long row is left out and counted");
}

#[test]
fn a_report_of_much_stays_small_and_says_what_it_leaves_out() {
    let rows = (0..50_000).map(|at| vec![String::new(), format!("prod:role/service-{at}")]).collect();
    let sheet = Sheet { tables: vec![Table::new("", &["severity", "who"], rows)], ..Sheet::default() };
    let page = html(&sheet);
    assert!(page.len() < 100_000, "{}", page.len());
    assert!(page.contains("and 49,600 more rows"));
}

/// The ways in of the demo: an open one, one that is accepted, one that is blocked, one that is not known.
fn ways_in() -> AnswerPage {
    let question = OutsideQuestion { direct: true, ..OutsideQuestion::default() };
    let mut page = reader().outside(&question).expect("an answer");
    page.answers.truncate(4);
    let accepted = AcceptedIn {
        by: "dana".to_owned(),
        why: "covers".to_owned(),
        until: "2027-01-01".to_owned(),
        expired: false,
    };
    let ways = page.answers.iter_mut().enumerate();
    for (at, answer) in ways {
        answer.label = format!("outsider-{at}");
        answer.who[0].name = format!("outsider-{at}");
        answer.steps[0].from.name = format!("outsider-{at}");
        answer.conditions.clear();
        answer.depends_on.clear();
        answer.steps[0].conditions.clear();
        answer.steps[0].unseen.clear();
        let way = answer.way.as_mut().expect("a way");
        way.missing.clear();
        way.opening = ["allowed", "allowed", "blocked", "unknown"][at].to_owned();
        way.accepted = (at == 1).then(|| accepted.clone());
        way.blocked_by = (at == 2).then(|| "the block of public access".to_owned());
        if at == 3 {
            way.missing = vec!["sts:ExternalId".to_owned()];
            answer.steps[0].unseen = vec!["resource policy (not seen)".to_owned()];
        }
    }
    page
}

#[test]
fn every_form_says_whether_a_way_in_is_open() {
    let sheet = answer(&ways_in());
    let states: Vec<&str> = sheet.tables[0].rows.iter().map(|row| row[4].as_str()).collect();
    let wanted = [
        "allowed",
        "allowed, accepted by dana until 2027-01-01",
        "blocked by the block of public access",
        "unknown, ~ not seen: resource policy, no sts:ExternalId",
    ];
    assert_eq!((sheet.tables[0].head[4], states.as_slice()), ("state", &wanted[..]));
    let table = csv(&sheet);
    for (form, text) in [("html", html(&sheet)), ("md", markdown(&sheet).replace('\\', "")), ("csv", table)] {
        for state in &wanted[1..] {
            assert!(text.contains(state), "{state} in {form}");
        }
    }
    let picture = sheet.picture.expect("open ways are drawn");
    assert!(!picture.contains("outsider-2"), "what is blocked is not drawn");
    assert!(picture.contains("blocked ways, not drawn: 1"), "and counted");
    for said in ["accepted by dana until 2027-01-01", "~ not seen: resource policy", "–·– not seen"] {
        assert!(picture.contains(said), "{said}");
    }
}

#[test]
fn every_form_says_what_was_not_seen_of_an_answer() {
    let mut page = answered("who can read s3://paperboat-invoices");
    for answer in &mut page.answers {
        answer.conditions.clear();
        answer.depends_on.clear();
        answer.steps.iter_mut().for_each(|step| step.conditions.clear());
    }
    let (alone, chain) = {
        let place = |chain: bool| page.answers.iter().position(|it| (it.steps.len() > 1) == chain);
        (place(false).expect("a direct answer"), place(true).expect("a chain"))
    };
    page.answers[alone].conditions = vec!["MFA".to_owned()];
    page.answers[alone].steps[0].unseen = vec!["service control policy (not seen)".to_owned()];
    page.answers[chain].steps[0].unseen = vec!["trust policy (not seen)".to_owned()];
    let sheet = answer(&page);
    assert_eq!(sheet.tables[0].rows[alone][4], "MFA, ~ not seen: service control policy");
    assert_eq!(sheet.tables[0].rows[chain][4], "~ not seen: trust policy");
    assert!(sheet.tables[0].rows[chain][5].contains("[~ not seen: trust policy], "), "the step is marked");
    let comment = markdown(&sheet).replace('\\', "");
    for text in [html(&sheet), comment, sheet.picture.clone().expect("a picture")] {
        assert!(text.contains("~ not seen: trust policy"), "{text}");
    }
}

#[test]
fn reports_tell_what_the_request_needs_and_count_the_gaps_that_they_leave_out() {
    let mut page = answered("who can read s3://paperboat-invoices");
    let (action, on, why) =
        ("kms:Decrypt".to_owned(), "prod:key/invoices".to_owned(), "encrypted".to_owned());
    page.needs = vec![NeededAction { action, on, why }];
    page.assumes = [("aws:SecureTransport".to_owned(), vec!["true".to_owned()])].into();
    page.notes = vec!["said last".to_owned()];
    let gap = |at: usize| NotSeen {
        call: format!("s3:GetBucketPolicy{at}"),
        place: "prod".to_owned(),
        things: 3,
        why: "AWS refused it".to_owned(),
    };
    page.not_seen = (0..45).map(gap).collect();
    let sheet = answer(&page);
    assert!(sheet.notes[0].starts_with("~ not seen: s3:GetBucketPolicy0 in prod, 3 things"), "gaps first");
    for text in [html(&sheet), markdown(&sheet).replace(['\\', '\u{2060}'], "")] {
        for said in [
            "~ not seen: 5 more calls of 15 things",
            "also needs kms:Decrypt on prod:key/invoices (encrypted)",
            "Taken for granted of the request: aws:SecureTransport is true.",
            "said last",
        ] {
            assert!(text.contains(said), "{said} in {text}");
        }
    }
}

#[test]
fn a_comment_counts_the_notes_for_which_it_has_no_room() {
    let notes = (0..900).map(|at| format!("{at} {}", "long ".repeat(20))).collect();
    let text = markdown(&Sheet { notes, ..Sheet::default() });
    let told = text.matches("long long").count() / 10;
    let left = text.split("and ").nth(1).and_then(|rest| rest.split(' ').next());
    assert_eq!(left.and_then(|left| left.parse::<usize>().ok()), Some(900 - told));
    assert!(text.len() < 65_536);
}

#[test]
fn reports_count_all_of_whom_the_views_name_a_few() {
    let sent = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).expect("JSON");
    let names = |all: &serde_json::Value| all.as_array().map(Vec::len);
    let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}"#;
    let edit = Edit::Write { policy: "staging:policy/shared-ops".to_owned(), text: text.to_owned() };
    let new = reader().tried(&[edit], |_, _| ()).expect("an edit");
    let mut page = new.changes_since(reader());
    page.access[0].who = vec![page.access[0].who[0].clone(); 500];
    page.documents[0].denies_less = vec!["s3:DeleteBucket".to_owned()];
    page.gate.stated = true;
    page.gate.because = vec!["3 chains closed".to_owned()];
    let sheet = changes(&page);
    assert!(sheet.tables[0].rows[0][2].ends_with(" and 488 more"), "{:?}", sheet.tables[0].rows[0]);
    assert!(sheet.tables[1].rows[0][2].contains("+ denied no more: s3:DeleteBucket"));
    assert!(sheet.facts.contains(&("gate", format!("{}; 3 chains closed", page.gate.verdict))));
    let of_chain = &page.closed[0].steps[0].because[0];
    assert!(sheet.statements.iter().any(|(_, text)| *text == of_chain.text), "statements of chains too");
    let told = sent(&view::tried(&page).expect("it serializes"));
    assert_eq!(names(&told["access"][0]["who"]), Some(40));

    let mut page = reader().policy_by_name("staging:policy/shared-ops").expect("a policy");
    let (who, on) = (page.answers[0].who[0].clone(), page.answers[0].steps[0].to.clone());
    page.answers[0].who = vec![who; 500];
    page.answers[0].on = vec![on; 200];
    page.answers[0].count = 900;
    let row = &answer(&page).tables[0].rows[0];
    assert!(row[1].ends_with(" and 488 more") && row[3].ends_with(" and 888 more"), "{row:?}");
    assert!(!row[1].contains('×'), "things are counted, not who");
    let told = sent(&view::policy(&page).expect("it serializes"));
    assert_eq!([&told["answers"][0]["who"], &told["answers"][0]["on"]].map(names), [Some(40); 2]);
}
