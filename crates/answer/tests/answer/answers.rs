//! Answers on the demo organization: its stories, the verdicts, and the shape that all of them keep.

use std::path::Path;
use std::sync::LazyLock;

use clavicle_answer::shape::{Answer, AnswerPage, Pin, PinState, Severity, Step, Verdict};
use clavicle_answer::{OutsideQuestion, Question, Reader, Settings, Verb};
use clavicle_catalog::{Word, catalog};
use clavicle_graph::{Actor, Stated, Target, World};
use serde_json::Value;

const SETTINGS: &str = r#"
[[known]]
account = "888877776666"
name = "Sailcheck"
[[matter]]
thing = "s3://paperboat-invoices"
why = "customer billing data"
"#;

fn reader() -> &'static Reader {
    static READER: LazyLock<Reader> =
        LazyLock::new(|| reader_with(Settings::parse(SETTINGS).expect("settings")));
    &READER
}

fn reader_with(settings: Settings) -> Reader {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
    let snapshot = clavicle_snapshot::open_any(&folder, |_, _| ()).expect("the demo imports");
    Reader::new(World::new(snapshot, catalog(), Stated::default(), |_, _| ()), settings)
}

/// The answer to a question, which keeps to the schema and cites what it claims.
#[expect(clippy::panic, reason = "helpers of tests fail the test")]
fn ask(text: &str) -> AnswerPage {
    let question = reader().parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    let page = reader().answer(&question).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    keeps_to_the_schema(text, &page);
    for answer in page.answers.iter().chain(&page.closest) {
        assert!(
            answer.steps.iter().any(|step| !step.because.is_empty()) || text.contains("acct/prod"),
            "{text}: {answer:?}"
        );
        answer.steps.iter().for_each(|step| cites_its_documents(text, step));
    }
    page
}

fn keeps_to_the_schema(text: &str, page: &AnswerPage) {
    static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let schema: Value =
            serde_json::from_str(include_str!("../../../../docs/answer.schema.json")).expect("JSON");
        jsonschema::validator_for(&schema).expect("a schema")
    });
    let value = serde_json::to_value(page).expect("a page is JSON");
    let faults: Vec<String> =
        VALIDATOR.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path)).collect();
    assert!(faults.is_empty(), "{text}: {faults:?}");
}

#[test]
fn every_way_in_cites_the_statements_that_open_it() {
    let question = OutsideQuestion { blocked: true, ..Default::default() };
    let page = reader().outside(&question).expect("it is answered");
    keeps_to_the_schema("outside", &page);
    assert_eq!(page.verdict, Verdict::Yes);
    for answer in &page.answers {
        let [step] = &answer.steps[..] else { panic!("one step: {answer:?}") };
        assert!(!step.because.is_empty(), "{answer:?}");
        cites_its_documents("outside", step);
        let identity = step.pins.iter().find(|pin| pin.layer == "identity").expect("a pin");
        // The other side is not ours to see.
        assert!(identity.citations.is_empty(), "{identity:?}");
    }
    let row = |from: &str| {
        let mut rows =
            page.answers.iter().filter(|answer| answer.way.as_ref().is_some_and(|way| way.from == from));
        rows.next().expect(from)
    };
    let vendor = row("888877776666");
    let way = vendor.way.as_ref().expect("a way");
    assert_eq!(vendor.label, "acct/888877776666 (Sailcheck)");
    assert_eq!((way.opening.as_str(), way.guarded, vendor.severity), ("if", true, Some(Severity::Low)));
    assert_eq!(vendor.steps[0].because[0].document, "prod:role/sailcheck-read#trust");
    let github = row("github.com");
    assert_eq!(github.way.as_ref().expect("a way").subjects.as_deref(), Some("any repository of paperboat"));
    assert!(github.admin && github.severity == Some(Severity::High));
    let covers = row("everyone").way.clone().expect("a way");
    assert!(covers.public && covers.accepted.is_none());
}

#[test]
fn an_acceptance_that_has_expired_is_said_to_have() {
    let text = include_str!("../../../../examples/paperboat/clavicle.toml");
    let covers_on = |day: &str| {
        let reader = reader_with(Settings::parse(text).expect("settings").as_of(day));
        let page = reader.outside(&OutsideQuestion::default()).expect("it is answered");
        let covers =
            page.answers.iter().find(|answer| answer.label == "everyone").expect("the covers").clone();
        (covers, page.sentence)
    };
    for (day, expired) in [("2027-01-01", false), ("2027-01-02", true)] {
        let (covers, sentence) = covers_on(day);
        let accepted = covers.way.as_ref().and_then(|way| way.accepted.as_ref()).expect("an acceptance");
        assert_eq!((accepted.by.as_str(), accepted.expired), ("dana", expired), "{day}");
        assert_eq!(sentence.contains("accepted"), !expired, "{day}: {sentence}");
        assert_eq!(covers.severity, Some(Severity::Medium));
    }
}

/// Every citation is found again, at its line, in the document that it names, and its marks lie on its lines.
#[expect(clippy::panic, reason = "helpers of tests fail the test")]
fn cites_its_documents(text: &str, step: &Step) {
    for citation in step.because.iter().chain(step.pins.iter().flat_map(|pin: &Pin| &pin.citations)) {
        let id = citation.document_id.expect("cited texts have a number");
        let document = reader()
            .document(id, Some(&citation.document))
            .unwrap_or_else(|| panic!("{text}: document {id} of {citation:?}"));
        let lines: Vec<&str> = document.text.lines().collect();
        assert_eq!(lines[citation.line - 1..citation.end_line].join("\n"), citation.text, "{text}");
        for mark in &citation.marks {
            assert!((citation.line..=citation.end_line).contains(&mark.line), "{text}: {mark:?}");
            assert!(
                mark.start < mark.end && mark.end <= lines[mark.line - 1].chars().count(),
                "{text}: {mark:?}"
            );
        }
    }
}

fn labels(answers: &[Answer]) -> Vec<(&str, usize)> {
    answers.iter().map(|answer| (answer.label.as_str(), answer.count)).collect()
}

#[test]
fn nine_identities_read_the_invoices() {
    let page = ask("who can read s3://paperboat-invoices");
    assert_eq!(page.verdict, Verdict::Yes);
    assert_eq!(
        page.sentence,
        "9 identities can read s3://paperboat-invoices directly. 3 chains let others in, one of them from outside."
    );
    let (direct, chains) = page.answers.split_at(3);
    assert_eq!(
        labels(direct),
        [("prod:role/billing-*", 7), ("prod:role/reporting-read", 1), ("prod:user/dana", 1)]
    );
    let mut begins = labels(chains);
    begins.sort_unstable();
    assert_eq!(
        begins,
        [("acct/999999999999", 1), ("staging:role/deployer*", 2), ("staging:user/support-sam", 1)]
    );
    assert_eq!(page.not_counted.administrators, 2);
    let needs: Vec<String> =
        page.needs.iter().map(|need| format!("{} on {}: {}", need.action, need.on, need.why)).collect();
    assert_eq!(needs, ["kms:Decrypt on prod:key/invoices: default encryption of the bucket"]);
    let [billing, reporting, dana] = direct else { panic!("three groups") };
    let step = &billing.steps[0];
    assert_eq!((step.relation.as_str(), step.action.as_deref()), ("reads", Some("s3:GetObject")));
    let first = &step.because[0];
    assert_eq!(
        (first.document.as_str(), first.sid.as_deref()),
        ("policy/billing-data", Some("ReadInvoices"))
    );
    assert_eq!((first.statement, first.outcome.as_str()), (1, "allows"));
    assert!(
        step.because.iter().any(|it| it.sid.as_deref() == Some("UseInvoicesKey")),
        "the key is cited too"
    );
    assert_eq!(reporting.steps[0].because[0].document, "policy/reporting-read");
    assert!(billing.conditions.is_empty() && billing.depends_on.is_empty());
    assert_eq!(
        (&dana.conditions[..], &dana.depends_on[..]),
        (&["MFA".to_owned()][..], &["aws:MultiFactorAuthPresent".to_owned()][..])
    );
    assert_eq!(dana.steps[0].sentence, "prod:user/dana reads s3://paperboat-invoices, if MFA");
    let because = &dana.steps[0].because[0];
    assert_eq!((because.sid.as_deref(), because.outcome.as_str()), (Some("ReadWithMfa"), "depends"));
    assert_eq!(page.assumes["aws:SecureTransport"], ["true"]);

    let all = ask("who can read s3://paperboat-invoices --admins");
    assert_eq!(
        (all.not_counted.administrators, all.answers.iter().filter(|answer| answer.admin).count()),
        (0, 2)
    );
}

#[test]
fn a_service_control_policy_stops_the_deployer() {
    let page = ask("can staging:role/deployer s3:PutObject s3://paperboat-invoices/2026/07.csv");
    assert_eq!(page.verdict, Verdict::No);
    assert_eq!(page.sentence, "NO. A service control policy denies it.");
    let layers: Vec<&str> = page.pins.iter().map(|pin| pin.layer.as_str()).collect();
    assert_eq!(layers, ["identity", "resource", "boundary", "session", "scp", "rcp", "endpoint"]);
    let states: Vec<PinState> = page.pins.iter().map(|pin| pin.state).collect();
    use PinState::{None, Stops, Turns};
    assert_eq!(states, [Turns, Turns, None, None, Stops, Turns, None]);
    assert_eq!(page.pins[0].label.as_deref(), Some("policy/shared-ops"));
    assert_eq!(page.pins[1].label.as_deref(), Some("bucket policy"));
    let scp = &page.pins[4];
    assert_eq!((scp.label.as_deref(), scp.line), (Some("scp/protect-prod"), Some(21)));
    let deny = &scp.citations[0];
    assert_eq!((deny.sid.as_deref(), deny.outcome.as_str()), (Some("DenyWritesFromStaging"), "denies"));
    assert_eq!(deny.attached.as_deref(), Some("attached to ou/staging"));
    let marks: Vec<(&str, &str)> = deny
        .marks
        .iter()
        .map(|mark| {
            let line = deny.text.lines().nth(mark.line - deny.line).expect("the line of the mark");
            let marked = &line[mark.start..mark.end];
            (marked, mark.text.as_str())
        })
        .collect();
    assert_eq!(marks[0], ("\"s3:Put*\"", "matches the action"));
    assert_eq!(marks[1], ("\"arn:aws:s3:::paperboat-*\"", "matches the object"));
    assert!(marks[2].1.starts_with("holds: aws:ResourceAccount is not"));
    assert_eq!(labels(&page.closest), [("prod:role/billing-*", 7)]);
    assert!(page.answers.is_empty());
    assert!(page.notes.iter().any(|note| note.starts_with("A deny always wins")));
}

#[test]
fn verdicts_are_never_confused() {
    // question, verdict, the sentence
    for (text, verdict, sentence) in [
        ("can user/dana read s3://paperboat-invoices", Verdict::Depends, "YES, if MFA."),
        (
            "can user/dana read s3://paperboat-invoices when mfa",
            Verdict::Yes,
            "YES. policy/InvoiceSupport allows it.",
        ),
        (
            "can user/dana read s3://paperboat-invoices when no mfa",
            Verdict::No,
            "NO. No policy of prod:user/dana allows it.",
        ),
        ("can everyone read s3://paperboat-covers", Verdict::Yes, "YES. The bucket policy allows it."),
        (
            "can everyone read s3://paperboat-invoices",
            Verdict::No,
            "NO. The bucket policy does not allow it.",
        ),
        (
            "who can read s3://paperboat-covers",
            Verdict::Yes,
            "Everyone can read s3://paperboat-covers directly.",
        ),
        (
            "who can read secret/dev/catalog-db",
            Verdict::Unknown,
            "Whether 41 identities can read staging:secret/dev/catalog-db is not known.",
        ),
        (
            "who can read secret/web/oauth-client",
            Verdict::Unknown,
            "Nobody is known to be able to read staging:secret/web/oauth-client, but its policy was not seen.",
        ),
        (
            "who can become role/LogShipper",
            Verdict::Unknown,
            "acct/999999999999 can become staging:role/LogShipper if their own policies, which were not seen, let them.",
        ),
        ("who can read queue/jobs", Verdict::Yes, "Only 2 administrators can read prod:queue/jobs."),
        (
            "who can write s3://paperboat-invoices by outside",
            Verdict::No,
            "Nobody from outside can write s3://paperboat-invoices.",
        ),
        ("who can control policy/shared-ops", Verdict::No, "Nobody can control staging:policy/shared-ops."),
        (
            "can nightly-exec become reporting-read",
            Verdict::Yes,
            "YES. staging:role/nightly-exec#assume-reporting allows it.",
        ),
        (
            "who can read arn:aws:s3:::elsewhere",
            Verdict::Unknown,
            "Whether 4 administrators can read arn:aws:s3:::elsewhere is not known.",
        ),
        (
            "can deployer s3:ListAllMyBuckets",
            Verdict::No,
            "NO. No policy of staging:role/deployer allows it.",
        ),
        (
            "can sns.amazonaws.com write queue/catalog-events",
            Verdict::Depends,
            "YES, if aws:SourceArn is like arn:aws:sns:eu-west-1:111122223333:catalog-events.",
        ),
        (
            "can crm-api s3:DeleteObject s3://paperboat-customers/x",
            Verdict::No,
            "NO. No policy of prod:role/crm-api allows it.",
        ),
        (
            "what policy/shared-ops",
            Verdict::Yes,
            "staging:policy/shared-ops is attached to 5 identities, for 4 unrelated tasks.",
        ),
        ("what staging:policy/ops-legacy", Verdict::No, "staging:policy/ops-legacy is attached to nobody."),
        ("what scp/protect-prod", Verdict::Yes, "scp/protect-prod is attached to ou/staging."),
        (
            "what acct/999999999999",
            Verdict::Depends,
            "acct/999999999999 is let in to 2 things, if its own policies, which were not seen, let it. By chains it \
             comes to 1 thing that matters and 5 other identities.",
        ),
        (
            "what role/ci-deploy",
            Verdict::Yes,
            "tools:role/ci-deploy is an administrator: it can do nearly everything in tools.",
        ),
    ] {
        let page = ask(text);
        assert_eq!((page.verdict, page.sentence.as_str()), (verdict, sentence), "{text}");
    }
}

#[test]
fn what_was_not_seen_is_told_where_it_bears() {
    let secret = ask("who can read secret/dev/catalog-db");
    let told: Vec<(&str, &str, u64)> =
        secret.not_seen.iter().map(|it| (it.call.as_str(), it.place.as_str(), it.things)).collect();
    assert_eq!(told, [("secretsmanager:GetResourcePolicy", "staging", 11)]);
    assert!(ask("who can read s3://paperboat-invoices").not_seen.is_empty());
    assert!(!secret.snapshot.complete);
}

#[test]
fn a_lambda_reaches_what_its_role_reaches() {
    let page = ask("what can lambda/nightly-report do");
    assert_eq!(
        page.sentence,
        "staging:lambda/nightly-report reaches 28 things directly and perhaps 1 more. By chains it comes to 1 thing that \
         matters and 3 other identities."
    );
    let found: Vec<(&str, usize, &str)> = page
        .answers
        .iter()
        .map(|answer| (answer.label.as_str(), answer.count, answer.access[0].as_str()))
        .collect();
    assert!(found.contains(&("staging:lambda/*", 14, "control")), "{found:?}");
    assert!(found.contains(&("prod:role/reporting-read", 1, "become")), "{found:?}");
    assert!(found.contains(&("s3://logs-staging-*", 9, "list")), "{found:?}");
    let steps: Vec<&str> = page.answers[0].steps.iter().map(|step| step.relation.as_str()).collect();
    assert_eq!(steps, ["runs as", "controls"]);
}

/// The story of `examples/paperboat/README.md`: five steps, each with the statement that makes it so.
#[test]
fn an_unknown_account_gets_to_the_invoices_in_five_steps() {
    let page = ask("path acct/999999999999 s3://paperboat-invoices");
    assert_eq!(page.verdict, Verdict::Depends);
    assert_eq!(
        page.sentence,
        "acct/999999999999 gets to s3://paperboat-invoices in 5 steps, if their own policies let them."
    );
    let [chain] = &page.answers[..] else { panic!("one chain: {:?}", labels(&page.answers)) };
    assert_eq!((chain.severity, chain.outside), (Some(Severity::Critical), true));
    let told = |step: &Step| (step.relation.clone(), step.to.name.clone(), step.action.clone());
    let step = |relation: &str, to: &str, action: Option<&str>| {
        (relation.to_owned(), to.to_owned(), action.map(str::to_owned))
    };
    assert_eq!(
        chain.steps.iter().map(told).collect::<Vec<_>>(),
        [
            step("becomes", "staging:role/LogShipper", Some("sts:AssumeRole")),
            step("controls", "staging:lambda/nightly-report", Some("lambda:UpdateFunctionCode")),
            step("runs as", "staging:role/nightly-exec", None),
            step("becomes", "prod:role/reporting-read", Some("sts:AssumeRole")),
            step("reads", "s3://paperboat-invoices", Some("s3:GetObject")),
        ]
    );
    let sids: Vec<Option<&str>> =
        chain.steps.iter().map(|step| step.because.first().and_then(|first| first.sid.as_deref())).collect();
    assert_eq!(sids[..4], [Some("LogShipping"), Some("LambdaDeploy"), None, Some("ReadProdInvoices")]);
    for (one, next) in chain.steps.iter().zip(&chain.steps[1..]) {
        assert_eq!(one.to, next.from);
    }
    let method = chain.steps[1].method.as_ref().expect("a method");
    assert_eq!(method.id, "lambda-003");
    assert!(!method.fix.is_empty() && !method.pages.is_empty());
}

#[test]
fn who_needs_no_chain_is_in_none_and_nobody_is_led_nowhere() {
    let page = ask("path staging:role/deployer s3://paperboat-customers");
    assert_eq!((page.verdict, page.answers.len()), (Verdict::No, 0));
    let page = ask("path prod:role/reporting-read s3://paperboat-invoices");
    let [direct] = &page.answers[..] else { panic!("{:?}", labels(&page.answers)) };
    assert_eq!(direct.steps.len(), 1);
    let direct = ask("who can read s3://paperboat-invoices --direct");
    assert!(direct.answers.iter().all(|answer| answer.steps.len() == 1));
    // What everyone may do, nobody needs a chain for.
    let covers = ask("who can read s3://paperboat-covers");
    assert!(covers.answers.iter().all(|answer| answer.steps.len() == 1));
    let power = ask("who can become admin");
    assert_eq!(labels(&power.answers).len(), 1);
    assert_eq!(power.answers[0].steps[0].to.name, "tools:role/ci-deploy");
}

#[test]
fn a_policy_tells_what_each_statement_gives() {
    let page = ask("what policy/billing-data");
    let found: Vec<(&str, Vec<&str>, usize)> = page
        .answers
        .iter()
        .map(|answer| {
            (answer.label.as_str(), answer.access.iter().map(String::as_str).collect(), answer.who.len())
        })
        .collect();
    assert_eq!(
        found,
        [
            ("policy/billing-data:4 \"ReadInvoices\"", vec!["read"], 7),
            ("policy/billing-data:10 \"WriteInvoices\"", vec!["write"], 7),
            ("policy/billing-data:16 \"ListInvoices\"", vec!["list"], 7),
            ("policy/billing-data:22 \"UseInvoicesKey\"", vec!["read", "write"], 7),
        ]
    );
    let on: Vec<&str> = page.answers[0].on.iter().map(|thing| thing.name.as_str()).collect();
    assert_eq!(on, ["s3://paperboat-invoices"]);
    assert_eq!(ask("what policy/InvoiceSupport").answers[0].conditions, ["MFA"]);
}

#[test]
fn what_somebody_can_do_is_narrowed_to_a_word_and_never_to_all_in_place_of_an_action() {
    let page = ask("what can staging:role/deployer write");
    assert_eq!(page.question.text, "what can staging:role/deployer write");
    let direct: Vec<&Answer> = page.answers.iter().filter(|answer| answer.steps.len() == 1).collect();
    assert!(
        !direct.is_empty() && direct.iter().all(|answer| answer.access == ["write"]),
        "{}",
        page.sentence
    );
    assert_eq!(ask("what can staging:role/deployer do").question.text, "what can staging:role/deployer do");
    let action = reader().parse("what staging:role/deployer --do s3:GetObject").expect("a question");
    assert!(reader().answer(&action).is_err(), "it would tell of everything");
}

#[test]
fn those_outside_are_summed_up() {
    let summary = reader().summary();
    let found: Vec<(&str, bool, Option<Severity>, &str)> = summary
        .outside
        .iter()
        .take(3)
        .map(|it| (it.name.as_str(), it.known, it.severity, it.sentence.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (
                "account 999999999999",
                false,
                Some(Severity::Critical),
                "unknown account 999999999999 can become staging:role/LogShipper"
            ),
            (
                "tools:provider/token.actions.githubusercontent.com",
                false,
                Some(Severity::High),
                "github.com (OIDC) can become tools:role/ci-deploy"
            ),
            ("everyone", false, Some(Severity::Medium), "everyone can read s3://paperboat-covers"),
        ]
    );
    let sailcheck = summary.outside.iter().find(|it| it.name == "account 888877776666").expect("the vendor");
    assert!(sailcheck.known && sailcheck.severity.is_none());
    assert_eq!(sailcheck.sentence, "Sailcheck (account 888877776666) can become prod:role/sailcheck-read");
    assert!(summary.outside.iter().all(|it| !it.name.contains("amazonaws.com")), "services are no outsiders");
    assert_eq!(summary.matters[0].direct, Some(9));
    assert_eq!(summary.matters[0].sentence, "9 identities read it");
    let prod = summary.accounts.iter().find(|account| account.name == "prod").expect("prod");
    assert_eq!((prod.identities, prod.things, prod.unit.as_deref()), (214, 402, Some("workloads/prod")));
    for question in &summary.questions {
        ask(question);
    }
}

#[test]
fn hops_of_the_map_are_told_with_their_statements() {
    let role = |name: &str| match reader().actor(name) {
        Ok(Actor::Principal(index)) => index,
        other => panic!("{name}: {other:?}"),
    };
    let outside = reader().actor("999999999999").expect("an account");
    let step = reader().becomes_step(&outside, role("role/LogShipper"));
    assert_eq!(step.sentence, "acct/999999999999 becomes staging:role/LogShipper");
    assert_eq!(step.because[0].document, "staging:role/LogShipper#trust");
    let provider = reader().actor("tools:provider/token.actions.githubusercontent.com").expect("a provider");
    let step = reader().becomes_step(&provider, role("role/ci-deploy"));
    assert_eq!(step.action.as_deref(), Some("sts:AssumeRoleWithWebIdentity"));
    assert!(step.conditions[0].contains("is like repo:paperboat/*:*"), "{:?}", step.conditions);

    let bucket = reader().target("s3://paperboat-invoices").expect("the bucket");
    let billing = Actor::Principal(role("role/billing-api"));
    let bits = (1 << Word::Read as u8) | (1 << Word::Write as u8) | (1 << Word::Delete as u8);
    let steps = reader().touch_steps(&billing, &bucket, bits);
    let relations: Vec<&str> = steps.iter().map(|step| step.relation.as_str()).collect();
    assert_eq!(relations, ["reads", "writes"]);
    // A part of a bucket is touched too: only `paperboat-build-artifacts/licences/*`.
    let artifacts = reader().target("s3://paperboat-build-artifacts").expect("the bucket");
    let scan = Actor::Principal(role("role/licence-scan-exec"));
    assert_eq!(reader().touch_steps(&scan, &artifacts, 1 << Word::Read as u8).len(), 1);

    let workload = match reader().target("lambda/nightly-report") {
        Ok(Target::Resource(index)) => index,
        other => panic!("{other:?}"),
    };
    let step = reader().runs_as_step(workload, role("role/nightly-exec"));
    assert_eq!(step.sentence, "staging:lambda/nightly-report runs as staging:role/nightly-exec");
}

#[test]
fn wrong_usage_says_what_to_do() {
    for (text, says, candidate) in [
        ("can role/deployer s3:GetObjects s3://paperboat-invoices", "is not an action", Some("s3:GetObject")),
        ("can role/deployer sqs:SendMessage s3://paperboat-invoices", "is not done to", None),
        ("who can run s3://paperboat-invoices", "has no meaning", Some("read")),
        ("who can read s3://paperboat-invoice", "is not a bucket", Some("s3://paperboat-invoices")),
        ("can role/deployer s3:GetObject", "needs a thing", None),
        ("who s3://paperboat-invoices --do s3:Frob*", "no action fits", None),
        ("what s3://paperboat-invoices", "does nothing by itself", None),
        ("can me read s3://paperboat-invoices", "`me` is not known", None),
    ] {
        let question = reader().parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        let error = reader().answer(&question).expect_err(text);
        assert!(error.problem.contains(says), "{text}: {error:?}");
        if let Some(candidate) = candidate {
            assert!(error.candidates.iter().any(|it| it == candidate), "{text}: {error:?}");
        } else {
            assert!(
                error.hint.is_some() || !error.candidates.is_empty() || says == "is not done to",
                "{text}: {error:?}"
            );
        }
    }
}

/// A workload's own ARN, or that of a version or a run of it, is asked about as the role that it runs as; of what is no caller it is
/// said who is.
#[test]
fn a_workload_by_its_arn_is_asked_about_as_its_role() {
    let asked = |who: &str| {
        let question = format!("can {who} read s3://paperboat-invoices");
        reader().answer(&reader().parse(&question).expect("a question"))
    };
    let function = "arn:aws:lambda:eu-west-1:444455556666:function:nightly-report";
    let role = asked("staging:role/nightly-exec").expect("an answer");
    for who in [function.to_owned(), format!("{function}:$LATEST"), format!("{function}:live")] {
        let answer = asked(&who).expect("an answer");
        assert_eq!((answer.verdict, &answer.sentence), (role.verdict, &role.sentence), "{who}");
    }
    for who in [
        "arn:aws:states:eu-west-1:444455556666:stateMachine:nobodys",
        "arn:aws:states:eu-west-1:444455556666:execution:nobodys:run-1",
        "arn:aws:s3:::paperboat-invoices",
    ] {
        let error = asked(who).expect_err(who);
        let hint = error.hint.as_deref().unwrap_or_default();
        assert!(error.problem.contains("sends requests") && hint.contains("name the role"), "{error:?}");
    }
}

/// AWS: Service Authorization Reference, Amazon EC2: `RunInstances` requires an image, an instance, a network interface, a
/// security group and a subnet.
#[test]
fn an_action_done_to_several_things_is_asked_of_each() {
    let asked = |who: &str, region: Option<&str>| {
        let when = region.map(|region| ("aws:RequestedRegion".to_owned(), vec![region.to_owned()]));
        reader().answer(&Question {
            verb: Verb::Can,
            by: Some(who.to_owned()),
            action: Some("ec2:RunInstances".to_owned()),
            when: when.into_iter().collect(),
            ..Question::default()
        })
    };
    let admin = asked("tools:role/ci-deploy", Some("eu-west-1")).expect("it can be asked");
    keeps_to_the_schema("can ec2:RunInstances", &admin);
    assert_eq!(admin.verdict, Verdict::Yes);
    let on: Vec<&str> = admin.needs.iter().map(|need| need.on.as_str()).collect();
    for kind in ["instance", "network-interface", "security-group", "subnet"] {
        assert!(on.contains(&format!("arn:aws:ec2:eu-west-1:777788889999:{kind}/*").as_str()), "{on:?}");
    }
    assert!(admin.sentence.contains("this is of ec2:image"), "{}", admin.sentence);
    assert_eq!(
        asked("prod:role/reporting-read", Some("eu-west-1")).map(|page| page.verdict),
        Ok(Verdict::No)
    );
    let error = asked("tools:role/ci-deploy", None).expect_err("the region is not told");
    assert!(error.hint.is_some_and(|hint| hint.contains("--when aws:RequestedRegion")));
}

/// AWS: Amazon S3 API Reference, "CopyObject": it needs `s3:GetObject` on the source and `s3:PutObject` on the
/// destination; "ListObjectsV2" and "HeadObject" are authorized by actions of other names.
#[test]
fn a_call_is_every_action_that_it_needs() {
    let copy = "s3:CopyObject";
    let mut verdicts = std::collections::HashSet::new();
    for who in ["prod:role/billing-api", "prod:role/break-glass", "role/deployer", "user/dana", "everyone"] {
        for thing in ["s3://paperboat-invoices", "s3://paperboat-covers"] {
            let asked = |action: &str| {
                let by = Some(who.to_owned());
                let question = Question {
                    verb: Verb::Can,
                    by,
                    action: Some(action.to_owned()),
                    on: Some(thing.to_owned()),
                    ..Question::default()
                };
                reader().answer(&question)
            };
            let (Ok(read), Ok(write)) = (asked("s3:GetObject"), asked("s3:PutObject")) else { continue };
            let page = asked(copy).expect("its actions can be asked");
            keeps_to_the_schema(copy, &page);
            verdicts.insert(page.verdict);
            let rank = |verdict| {
                [Verdict::Yes, Verdict::Depends, Verdict::Unknown, Verdict::No]
                    .iter()
                    .position(|v| *v == verdict)
            };
            assert_eq!(rank(page.verdict), rank(read.verdict).max(rank(write.verdict)), "{who} {thing}");
            assert_eq!(page.question.action.as_deref(), Some(copy));
            assert!(page.sentence.contains("needs s3:GetObject and s3:PutObject"), "{}", page.sentence);
            assert!(page.needs.iter().any(|need| need.why == "the call s3:CopyObject"), "{:?}", page.needs);
            assert!(page.notes.iter().any(|note| note.contains("s3:PutObjectTagging")), "{:?}", page.notes);
        }
    }
    assert!(verdicts.len() > 1, "they should differ: {verdicts:?}");
    let list = ask("can user/dana s3:ListObjectsV2 s3://paperboat-invoices");
    assert_eq!(list.verdict, ask("can user/dana s3:ListBucket s3://paperboat-invoices").verdict);
    let error = reader().answer(&Question {
        verb: Verb::Who,
        action: Some(copy.to_owned()),
        on: Some("s3://paperboat-invoices".to_owned()),
        ..Question::default()
    });
    let error = error.expect_err("`who` asks one action");
    assert_eq!(error.candidates, ["s3:GetObject", "s3:PutObject"]);
}

/// A user who may rewrite functions, and an administrator that trusts the service: no source lists functions.
#[test]
fn chains_through_what_no_source_lists_are_told_as_unknown() {
    let rewrites = serde_json::json!({ "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "lambda:UpdateFunctionCode", "Resource": "*" }] });
    let reader = reader_of(&[
        (
            "u",
            serde_json::json!([]),
            serde_json::json!([{ "PolicyName": "own", "PolicyDocument": rewrites }]),
        ),
        ("v", serde_json::json!([]), serde_json::json!([])),
    ]);
    let ask = |text: &str| reader.answer(&reader.parse(text).expect(text)).expect(text);
    for text in
        ["path user/u admin", "path user/u role/adm --do become", "who can become admin", "what user/u"]
    {
        let page = ask(text);
        keeps_to_the_schema(text, &page);
        assert_eq!(page.verdict, Verdict::Unknown, "{text}");
        let steps = page.answers.iter().flat_map(|answer| &answer.steps);
        let told = steps.filter(|step| {
            step.method.as_ref().is_some_and(|method| method.id == "lambda-003")
                && step.conditions == ["a function that no source lists runs as the role"]
                && !step.because.is_empty()
        });
        assert_eq!(told.count(), 1, "{text}: {:?}", page.answers);
        assert!(page.answers.iter().all(|answer| answer.severity.is_none()), "{text}");
    }
    assert_eq!(ask("path user/v admin").verdict, Verdict::No);
}

/// Who certainly gets there is counted; who may through what no source lists is told beside them.
#[test]
fn what_is_not_known_is_told_and_not_counted() {
    let may = |action: &str| {
        let document = serde_json::json!({ "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] });
        serde_json::json!([{ "PolicyName": "own", "PolicyDocument": document }])
    };
    let none = serde_json::json!([]);
    let reader = reader_of(&[
        ("u", none.clone(), may("lambda:UpdateFunctionCode")),
        ("w", none, may("iam:PutUserPolicy")),
    ]);
    for text in ["who can become admin", "path anyone admin"] {
        let page = reader.answer(&reader.parse(text).expect(text)).expect(text);
        assert_eq!(page.verdict, Verdict::Yes, "{text}");
        assert_eq!(labels(&page.answers), [("user/w", 1), ("user/u", 1)], "{text}");
        assert!(page.answers[0].severity.is_some() && page.answers[1].severity.is_none(), "{text}");
        assert!(page.sentence.contains("user/w") && !page.sentence.contains('2'), "{}", page.sentence);
    }
}

/// A user whose only policy nobody has shown, and an administrator: what no policy that was seen allows is no "no".
#[test]
fn chains_that_unseen_policies_could_make_are_not_denied() {
    let reader = reader_of(&[
        (
            "u",
            serde_json::json!([{ "PolicyName": "lost", "PolicyArn": "arn:aws:iam::111122223333:policy/lost" }]),
            serde_json::json!([]),
        ),
        ("v", serde_json::json!([]), serde_json::json!([])),
    ]);
    let ask = |text: &str| {
        let question = reader.parse(text).expect(text);
        reader.answer(&question).expect(text).verdict
    };
    for (text, verdict) in [
        ("path user/u admin", Verdict::Unknown),
        ("path user/u role/adm --do become", Verdict::Unknown),
        ("who can become admin", Verdict::Unknown),
        // Of this one everything was seen.
        ("path user/v admin", Verdict::No),
    ] {
        assert_eq!(ask(text), verdict, "{text}");
    }
    let question = reader.parse("path user/v admin --when mfa").expect("a question");
    assert!(
        reader.answer(&question).expect_err("a chain is many requests").problem.contains("many requests")
    );
}

/// AWS: IAM User Guide, "AWS global condition context keys": of these AWS says that they are "always included in the request
/// context", or in "all requests"; two of them tell one time.
#[test]
fn what_every_request_carries_is_never_missing_and_tells_one_time() {
    let may = |condition: Value| {
        let document = serde_json::json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
            "Action": "sqs:ListQueues", "Resource": "*", "Condition": condition }] });
        serde_json::json!([{ "PolicyName": "own", "PolicyDocument": document }])
    };
    let (early, late) = ("2020-01-01T00:00:00Z", "1735689600");
    let cases = [
        ("clock", serde_json::json!({"Null": {"aws:CurrentTime": "false"}}), Verdict::Yes),
        ("region", serde_json::json!({"Null": {"aws:RequestedRegion": "true"}}), Verdict::No),
        ("id", serde_json::json!({"Null": {"aws:userid": "true"}}), Verdict::No),
        ("service", serde_json::json!({"Null": {"aws:SourceAccount": "false"}}), Verdict::No),
        ("soon", serde_json::json!({"DateLessThan": {"aws:CurrentTime": early}}), Verdict::Depends),
        (
            "never",
            serde_json::json!({"DateLessThan": {"aws:CurrentTime": early},
                "NumericGreaterThanEquals": {"aws:EpochTime": late}}),
            Verdict::No,
        ),
        (
            "once",
            serde_json::json!({"DateGreaterThan": {"aws:CurrentTime": early}, "NumericLessThan": {"aws:EpochTime": late}}),
            Verdict::Depends,
        ),
    ];
    let none = serde_json::json!([]);
    let users: Vec<_> =
        cases.iter().map(|(name, condition, _)| (*name, none.clone(), may(condition.clone()))).collect();
    let reader = reader_of(&users);
    for (name, _, verdict) in &cases {
        let question = reader.parse(&format!("can user/{name} sqs:ListQueues *")).expect("a question");
        assert_eq!(reader.answer(&question).expect("an answer").verdict, *verdict, "{name}");
    }
}

/// AWS: IAM User Guide, "AWS global condition context keys": `aws:CurrentTime` and `aws:EpochTime` are one time.
#[test]
fn who_states_one_key_of_time_states_the_other() {
    let may = |condition: Value| {
        let document = serde_json::json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
            "Action": "sqs:ListQueues", "Resource": "*", "Condition": condition }] });
        serde_json::json!([{ "PolicyName": "own", "PolicyDocument": document }])
    };
    let none = serde_json::json!([]);
    let reader = reader_of(&[
        (
            "date",
            none.clone(),
            may(serde_json::json!({"DateLessThan": {"aws:CurrentTime": "2024-01-01T00:00:00Z"}})),
        ),
        ("number", none, may(serde_json::json!({"NumericLessThan": {"aws:EpochTime": "1704067200"}}))),
    ]);
    for (stated, verdict, never) in [
        ("aws:EpochTime=1577836800", Verdict::Yes, Verdict::No),
        ("aws:EpochTime=1735689600", Verdict::No, Verdict::Yes),
        ("aws:CurrentTime=2020-01-01T00:00:00Z", Verdict::Yes, Verdict::No),
        ("aws:CurrentTime=2025-01-01T00:00:00Z", Verdict::No, Verdict::Yes),
    ] {
        for who in ["user/date", "user/number"] {
            let text = format!("can {who} sqs:ListQueues * --when {stated}");
            let question = reader.parse(&text).expect("a question");
            assert_eq!(reader.answer(&question).expect("an answer").verdict, verdict, "{text}");
            assert_eq!(reader.never(&question).expect("an answer").verdict, never, "never: {text}");
        }
    }
}

/// The cells of a table are asked for many at once: that there is nothing for one may be no "no".
#[test]
fn a_table_tells_where_it_may_miss_chains() {
    let lost =
        serde_json::json!([{ "PolicyName": "lost", "PolicyArn": "arn:aws:iam::111122223333:policy/lost" }]);
    let none = serde_json::json!([]);
    let reader = reader_of(&[("u", lost, none.clone()), ("v", none.clone(), none)]);
    let snapshot = reader.world().snapshot();
    let principal = |name: &str| {
        snapshot.principal_by_arn(&format!("arn:aws:iam::111122223333:{name}")).expect("it is there")
    };
    let adm = Target::Principal(principal("role/adm"));
    for (who, may_miss) in [("user/u", true), ("user/v", false)] {
        let all = reader.by_others(&[Actor::Principal(principal(who))], Word::Become, &adm);
        assert_eq!((all.found.len(), all.more, all.may_miss), (0, false, may_miss), "{who}");
    }
}

/// Users, each with attached and inline policies, and an administrator that functions may run as.
fn reader_of(users: &[(&str, Value, Value)]) -> Reader {
    reader_of_things(users, &[])
}

/// The same with things, as AWS Config has them.
fn reader_of_things(users: &[(&str, Value, Value)], things: &[Value]) -> Reader {
    let users: Vec<Value> = users
        .iter()
        .map(|(name, attached, inline)| {
            serde_json::json!({ "Arn": format!("arn:aws:iam::111122223333:user/{name}"), "UserName": name,
                "UserId": format!("AIDA{name}"), "Path": "/", "GroupList": [], "UserPolicyList": inline,
                "AttachedManagedPolicies": attached })
        })
        .collect();
    let everything = serde_json::json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] });
    let trust = serde_json::json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
        "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }] });
    let details = serde_json::json!({ "UserDetailList": users, "GroupDetailList": [], "Policies": [],
        "RoleDetailList": [{ "Arn": "arn:aws:iam::111122223333:role/adm", "RoleName": "adm", "RoleId": "AROAADM",
            "Path": "/", "AssumeRolePolicyDocument": trust, "InstanceProfileList": [], "AttachedManagedPolicies": [],
            "RolePolicyList": [{ "PolicyName": "all", "PolicyDocument": everything }] }] });
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("details.json"), details.to_string()).expect("a file");
    if !things.is_empty() {
        std::fs::write(folder.path().join("things.json"), Value::from(things).to_string()).expect("a file");
    }
    let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("a snapshot");
    let world = World::new(snapshot, catalog(), Stated { standalone: true }, |_, _| ());
    Reader::new(world, Settings::default())
}

/// Who comes in by several doors does with each what that one lets them: nobody becomes a bucket, nor writes one that is read.
#[test]
fn of_somebody_outside_each_door_is_told_with_what_it_opens() {
    let allow = |resource: Option<&str>, action: &str| {
        let mut statement = serde_json::json!({"Effect": "Allow", "Action": action,
            "Principal": {"AWS": "arn:aws:iam::999999999999:root"}});
        if let Some(resource) = resource {
            statement["Resource"] = resource.into();
        }
        serde_json::json!({"Version": "2012-10-17", "Statement": [statement]})
    };
    let bucket = |name: &str, action: &str| {
        let text = allow(Some(&format!("arn:aws:s3:::{name}/*")), action).to_string();
        serde_json::json!({"resourceType": "AWS::S3::Bucket", "arn": format!("arn:aws:s3:::{name}"),
            "awsAccountId": "111122223333", "resourceName": name, "configuration": {},
            "supplementaryConfiguration": {"BucketPolicy": {"policyText": text}}})
    };
    let sentence = |buckets: Value| {
        let details = serde_json::json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [
            {"Arn": "arn:aws:iam::111122223333:role/in", "RoleName": "in", "RoleId": "AROAIN", "Path": "/",
             "AssumeRolePolicyDocument": allow(None, "sts:AssumeRole"), "InstanceProfileList": [],
             "AttachedManagedPolicies": [], "RolePolicyList": []}]});
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("details.json"), details.to_string()).expect("a file");
        let items = serde_json::json!({"configurationItems": buckets});
        std::fs::write(folder.path().join("buckets.json"), items.to_string()).expect("a file");
        let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("a snapshot");
        let world = World::new(snapshot, catalog(), Stated { standalone: true }, |_, _| ());
        Reader::new(world, Settings::default()).summary().outside[0].sentence.clone()
    };
    let known = "unknown account 999999999999 can become role/in and can read s3://a-ledger";
    let one = bucket("a-ledger", "s3:GetObject");
    assert_eq!(sentence(Value::from(vec![one.clone()])), known);
    let same = bucket("b-ledger", "s3:GetObject");
    assert_eq!(sentence(Value::from(vec![one.clone(), same])), format!("{known} and 1 more thing"));
    let other = bucket("b-drop", "s3:PutObject");
    assert_eq!(sentence(Value::from(vec![one, other])), format!("{known} and gets at 1 more thing"));
}

/// An account of which a bucket was seen, and what became of the call that lists users and roles.
fn reader_without_identities(state: Option<&str>) -> Reader {
    let folder = tempfile::tempdir().expect("a folder");
    let bucket = serde_json::json!({"configurationItems": [{"resourceType": "AWS::S3::Bucket", "arn": "arn:aws:s3:::ledger",
        "awsAccountId": "111122223333", "resourceName": "ledger", "policy": null, "configuration": {},
        "supplementaryConfiguration": {}}]});
    std::fs::write(folder.path().join("bucket.json"), bucket.to_string()).expect("a file");
    if let Some(state) = state {
        let row = serde_json::json!({"Call": "iam:GetAccountAuthorizationDetails", "Account": "111122223333",
            "Region": null, "State": state, "Reason": "why"});
        let told = serde_json::json!({"CollectedCalls": [row]});
        std::fs::write(folder.path().join("told.json"), told.to_string()).expect("a file");
    }
    let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("a snapshot");
    Reader::new(World::new(snapshot, catalog(), Stated { standalone: true }, |_, _| ()), Settings::default())
}

/// AWS lists nobody: that is a "no". It refuses to, or nobody asked it: that is none.
#[test]
fn that_nobody_was_found_is_no_no_where_nobody_was_listed() {
    let verdicts = |reader: &Reader| {
        let of = |text: &str| {
            let page = reader.answer(&reader.parse(text).expect("a question")).expect("an answer");
            let told = page.not_seen.iter().any(|gap| gap.call == "iam:GetAccountAuthorizationDetails");
            assert_eq!(told, page.verdict == Verdict::Unknown, "{text}: {}", page.sentence);
            keeps_to_the_schema(text, &page);
            page.verdict
        };
        let outside = reader.outside(&OutsideQuestion::default()).expect("an answer");
        let asked = [
            "who can read s3://ledger",
            "who admin --do become",
            "path outside admin",
            "path outside s3://ledger",
        ];
        [asked.map(of).to_vec(), vec![outside.verdict]].concat()
    };
    assert_eq!(verdicts(&reader_without_identities(Some("seen"))), [Verdict::No; 5]);
    for state in [None, Some("denied"), Some("failed"), Some("partial"), Some("not_tried")] {
        assert_eq!(verdicts(&reader_without_identities(state)), [Verdict::Unknown; 5], "{state:?}");
    }
    // Somebody in particular is asked about by name, and was not seen.
    let reader = reader_without_identities(Some("denied"));
    assert!(
        reader.parse("can user/dana s3:GetObject s3://ledger").and_then(|it| reader.answer(&it)).is_err()
    );
}

/// Where all that is known of accounts is their names, or there are none, nobody was read.
#[test]
fn that_nobody_was_found_is_no_no_where_there_is_nobody_to_be_found() {
    let organization = serde_json::json!({"Organization": {"Id": "o-a", "MasterAccountId": "111122223333"},
        "Roots": [{"Id": "r-a", "Name": "Root"}],
        "Accounts": [{"Id": "111122223333", "Name": "main"}, {"Id": "444455556666", "Name": "prod"}]});
    let no_account = serde_json::json!({"CollectedAt": "2026-01-01T00:00:00Z", "CollectedCalls": [{"Call": "config:SelectAggregateResourceConfig",
        "Account": null, "Region": null, "State": "failed", "Reason": "NoSuchConfigurationAggregatorException"}]});
    let nobody = serde_json::json!({"UserDetailList": [{"Arn": "arn:aws:iam::444455556666:user/dana", "UserName": "dana", "Path": "/",
        "UserPolicyList": [], "AttachedManagedPolicies": [], "GroupList": []}], "GroupDetailList": [], "RoleDetailList": [], "Policies": []});
    for (files, accounts, expected) in [
        (vec![&organization], 2, Verdict::Unknown),
        (vec![&no_account], 0, Verdict::Unknown),
        // One account's own export beside the names of the others.
        (vec![&organization, &nobody], 2, Verdict::No),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        for (at, file) in files.iter().enumerate() {
            std::fs::write(folder.path().join(format!("{at}.json")), file.to_string()).expect("a file");
        }
        let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("a snapshot");
        assert_eq!(snapshot.accounts.len(), accounts);
        let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
        let reader = Reader::new(world, Settings::default());
        let outside = reader.outside(&OutsideQuestion::default()).expect("an answer");
        let answer = |text: &str| {
            let mut question = reader.parse(text).expect("a question");
            if text.contains("ledger") {
                question.by = Some("admins".to_owned());
            }
            reader.answer(&question).expect("an answer")
        };
        let asked =
            ["who admin --do become", "path outside admin", "who can s3:GetObject arn:aws:s3:::ledger/a"];
        for page in asked.map(answer).into_iter().chain([outside]) {
            let text = &page.question.text;
            keeps_to_the_schema(text, &page);
            assert_eq!(page.verdict, expected, "{text}: {}", page.sentence);
            let told = page.not_seen.iter().any(|gap| gap.call == "iam:GetAccountAuthorizationDetails");
            assert!(told || expected == Verdict::No, "{text}: {}", page.sentence);
        }
    }
}

#[test]
fn a_path_that_nobody_goes_names_who_comes_closest_and_the_statement_that_stops_them() {
    let mut question =
        reader().parse("path staging:role/deployer s3://paperboat-invoices").expect("a question");
    question.action = Some("s3:PutObject".to_owned());
    let page = reader().answer(&question).expect("an answer");
    assert_eq!(page.verdict, Verdict::No, "{}", page.sentence);
    keeps_to_the_schema("a path that is none", &page);
    let miss = page.nearest_miss.expect("somebody comes near");
    let expected = "Closest: staging:role/deployer with s3:PutObject, stopped by scp/protect-prod:";
    assert!(miss.sentence.starts_with(expected), "{}", miss.sentence);
    assert_eq!((miss.who.name.as_str(), miss.action.as_str()), ("staging:role/deployer", "s3:PutObject"));
    let [stop] = miss.stops.as_slice() else { panic!("one deny: {:?}", miss.stops) };
    assert_eq!((stop.layer.as_str(), stop.effect.as_str(), stop.outcome.as_str()), ("scp", "Deny", "denies"));
    let yes = ask("path staging:role/deployer s3://paperboat-invoices");
    assert_eq!(yes.nearest_miss, None);
}

#[test]
fn a_cut_names_the_statement_that_every_chain_takes() {
    let question = Question {
        verb: Verb::Path,
        by: Some("outside".to_owned()),
        on: Some("matter".to_owned()),
        cut: true,
        ..Question::default()
    };
    let page = reader().answer(&question).expect("an answer");
    keeps_to_the_schema("path outside matter --cut", &page);
    let [cut] = page.cuts.as_slice() else { panic!("{:?}", page.cuts) };
    assert!(cut.smallest && cut.breaks > 0);
    let cited: Vec<(&str, Option<&str>)> =
        cut.statements.iter().map(|cited| (cited.document.as_str(), cited.sid.as_deref())).collect();
    assert_eq!(cited, [("policy/shared-ops", Some("LambdaDeploy"))]);
    // Where nobody gets, there is nothing to cut.
    let nobody = Question {
        on: Some("s3://paperboat-covers".to_owned()),
        action: Some("delete".to_owned()),
        ..question
    };
    assert_eq!(reader().answer(&nobody).expect("an answer").cuts, []);
}

/// What is proved of two callers contradicts no answer about either, and what is found is so by the answers of both.
#[test]
fn what_one_can_do_and_another_cannot_is_what_can_says_of_each() {
    let ask = |who: &str, action: &str, on: &str, when: &std::collections::BTreeMap<String, Vec<String>>| {
        let question = Question {
            verb: Verb::Can,
            by: Some(who.to_owned()),
            action: Some(action.to_owned()),
            on: Some(on.to_owned()),
            when: when.clone(),
            ..Question::default()
        };
        reader().answer(&question).expect("an answer").verdict
    };
    let everyone = [
        "prod:role/reporting-read",
        "staging:role/deployer",
        "prod:user/dana",
        "prod:role/billing-api",
        "tools:role/ci-deploy",
    ];
    let on = "s3://paperboat-invoices";
    let (mut proved, mut found) = (0, 0);
    for (who, than) in everyone.iter().flat_map(|who| everyone.iter().map(move |than| (*who, *than))) {
        let question = Question { by: Some(who.to_owned()), on: Some(on.to_owned()), ..Question::default() };
        let page = reader().no_more(&question, than, None).expect("an answer");
        match page.verdict {
            Verdict::Yes => {
                proved += 1;
                for action in ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"] {
                    for when in [
                        &[][..],
                        &[("aws:MultiFactorAuthPresent", "true")],
                        &[("aws:MultiFactorAuthPresent", "false")],
                    ] {
                        let when =
                            when.iter().map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()]));
                        let when = when.collect();
                        let both = (ask(who, action, on, &when), ask(than, action, on, &when));
                        assert_ne!(both, (Verdict::Yes, Verdict::No), "{who} {than} {action} {on} {when:?}");
                    }
                }
            }
            Verdict::No => {
                found += 1;
                assert!(!page.more.is_empty(), "{}", page.sentence);
                for part in &page.more {
                    let example = &part.example;
                    let mut when = example.context.clone();
                    // What a request does not carry is absent: of MFA that is as good as false.
                    when.entry("aws:MultiFactorAuthPresent".to_owned())
                        .or_insert_with(|| vec!["false".to_owned()]);
                    let one = ask(who, &example.action, &example.resource, &when);
                    let other = ask(than, &example.action, &example.resource, &when);
                    assert!(
                        one != Verdict::No && other != Verdict::Yes,
                        "{who} {than}: {one:?} {other:?} {example:?}"
                    );
                }
            }
            Verdict::Unknown | Verdict::Depends => assert!(!page.unknown.is_empty(), "{}", page.sentence),
        }
        assert!(who != than || page.verdict == Verdict::Yes, "{who}: {}", page.sentence);
    }
    assert!(proved > 5 && found > 5, "{proved} proved, {found} found");
}

/// A key that encrypts a table may have to be used too; of queues that is asked, of tables it is said that it is not.
#[test]
fn a_key_that_is_not_asked_about_is_told() {
    let all = serde_json::json!([{ "PolicyName": "all", "PolicyDocument": { "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": ["dynamodb:*", "sqs:*"], "Resource": "*" }] } }]);
    let key = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555";
    let item = |kind: &str, arn: &str, configuration: Value| {
        serde_json::json!({ "resourceType": kind, "arn": arn, "awsAccountId": "111122223333", "awsRegion": "eu-west-1",
            "configuration": configuration })
    };
    let table = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
    let queue = "arn:aws:sqs:eu-west-1:111122223333:jobs";
    let reader = reader_of_things(
        &[("dana", Value::Array(Vec::new()), all)],
        &[
            item(
                "AWS::DynamoDB::Table",
                table,
                serde_json::json!({ "sseDescription": { "kmsMasterKeyArn": key } }),
            ),
            item("AWS::SQS::Queue", queue, serde_json::json!({ "kmsMasterKeyId": key })),
        ],
    );
    let told = |text: &str| {
        let question = reader.parse(text).expect("a question");
        let page = reader.answer(&question).expect("an answer");
        let note =
            page.notes.iter().any(|note| note.contains("whether the call needs that key is not looked at"));
        (page.verdict != Verdict::No, note)
    };
    assert_eq!(told(&format!("can dana dynamodb:GetItem {table}")), (true, true));
    let (_, of_queue) = told(&format!("can dana sqs:SendMessage {queue}"));
    assert!(!of_queue);
}

/// A proof about policies is none where something beside them may let in: a file system without a policy is open to
/// whoever reaches a mount target.
#[test]
fn what_lets_in_beside_policies_is_not_proved_away() {
    let fs = "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-1";
    let system = serde_json::json!({ "resourceType": "AWS::EFS::FileSystem", "arn": fs, "awsAccountId": "111122223333",
        "awsRegion": "eu-west-1", "configuration": {} });
    let reads = serde_json::json!([{ "PolicyName": "some", "PolicyDocument": { "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "elasticfilesystem:Client*", "Resource": "*" }] } }]);
    let nothing = || Value::Array(Vec::new());
    let reader = reader_of_things(&[("dana", nothing(), nothing()), ("erin", nothing(), reads)], &[system]);
    let question = |who: &str, action: &str| Question {
        verb: Verb::Can,
        by: Some(who.to_owned()),
        action: Some(action.to_owned()),
        on: Some(fs.to_owned()),
        ..Question::default()
    };
    let (mount, delete) = ("elasticfilesystem:ClientMount", "elasticfilesystem:DeleteFileSystem");
    let page = reader.never(&question("dana", mount)).expect("an answer");
    assert_eq!(page.verdict, Verdict::Unknown);
    assert!(page.sentence.contains("who reaches its mount targets"), "{}", page.sentence);
    assert_eq!(reader.never(&question("dana", delete)).expect("an answer").verdict, Verdict::Yes);
    assert_eq!(reader.never(&question("erin", mount)).expect("an answer").verdict, Verdict::No);
    let more = |who: &str, action: &str, than: &str| {
        let page = reader.no_more(&question(who, action), than, None).expect("an answer");
        (page.verdict, page.unknown)
    };
    let beside = vec!["who reaches its mount targets".to_owned()];
    assert_eq!(more("erin", mount, "dana"), (Verdict::Unknown, beside.clone()));
    assert_eq!(more("dana", mount, "erin"), (Verdict::Unknown, beside));
    assert_eq!(more("dana", delete, "erin"), (Verdict::Yes, Vec::new()));
}

/// A condition that nobody understands may hold of one caller and not of the other.
#[test]
fn what_is_not_understood_may_be_so_of_one_caller_alone() {
    let own = || {
        serde_json::json!([{ "PolicyName": "own", "PolicyDocument": { "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "sqs:*", "Resource": "*" },
            { "Effect": "Deny", "Action": "sqs:*", "Resource": "*",
              "Condition": { "StringNope": { "aws:PrincipalTag/team": "red" } } }] } }])
    };
    let queue = "arn:aws:sqs:eu-west-1:111122223333:jobs";
    let item = serde_json::json!({ "resourceType": "AWS::SQS::Queue", "arn": queue, "awsAccountId": "111122223333",
        "awsRegion": "eu-west-1", "configuration": {} });
    let nothing = || Value::Array(Vec::new());
    let reader = reader_of_things(&[("dana", nothing(), own()), ("erin", nothing(), own())], &[item]);
    let question = |who: &str| Question {
        verb: Verb::Can,
        by: Some(who.to_owned()),
        action: Some("sqs:SendMessage".to_owned()),
        on: Some(queue.to_owned()),
        ..Question::default()
    };
    assert_eq!(reader.no_more(&question("dana"), "erin", None).expect("an answer").verdict, Verdict::Unknown);
    // Of one caller it says the same twice.
    assert_eq!(reader.no_more(&question("dana"), "dana", None).expect("an answer").verdict, Verdict::Yes);
    // At another time it may say something else, as far as anybody knows.
    let then = Some((&reader, "then"));
    assert_eq!(reader.no_more(&question("dana"), "dana", then).expect("an answer").verdict, Verdict::Unknown);
}

#[test]
fn what_of_one_word_speaks_of_the_word() {
    for (who, word, verdict, sentence) in [
        (
            "prod:user/dana",
            Word::Read,
            Verdict::Yes,
            "prod:user/dana can read 2 things directly and 2 more under conditions.",
        ),
        (
            "prod:user/dana",
            Word::Write,
            Verdict::Unknown,
            "prod:user/dana is not known to write any of the things of this snapshot, but the policies of 31 things were not \
             seen.",
        ),
        (
            "prod:user/dana",
            Word::Become,
            Verdict::Unknown,
            "prod:user/dana is not known to become anybody of this snapshot, but the policies of 31 things were not seen.",
        ),
        (
            "staging:lambda/nightly-report",
            Word::Become,
            Verdict::Yes,
            "staging:lambda/nightly-report can become 1 identity directly.",
        ),
        (
            "staging:lambda/nightly-report",
            Word::Control,
            Verdict::Yes,
            "staging:lambda/nightly-report can control 14 things directly.",
        ),
        (
            "acct/999999999999",
            Word::Become,
            Verdict::Unknown,
            "acct/999999999999 is let in to become 1 identity, if its own policies, which were not seen, let it.",
        ),
    ] {
        let question = Question {
            verb: Verb::What,
            by: Some(who.to_owned()),
            action: Some(word.name().to_owned()),
            ..Question::default()
        };
        let page = reader().answer(&question).expect("an answer");
        assert_eq!((page.verdict, page.sentence.as_str()), (verdict, sentence), "{who} {word}");
        let of_word = page.answers.iter().all(|answer| answer.access == [word.name()]);
        assert!(of_word, "{who} {word}: {:?}", page.answers);
    }
}

#[test]
fn a_summary_tells_of_how_many_accounts_anything_was_seen() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
    let some = ["organization.json", "accounts/111122223333", "accounts/444455556666"];
    let import =
        some.iter().fold(clavicle_snapshot::Import::new(), |import, part| import.source(folder.join(part)));
    let imported = import.run(|_| ()).expect("it is imported");
    let snapshot = clavicle_snapshot::Snapshot::read(&imported.database, |_, _| ()).expect("it is readable");
    let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
    let part = Reader::new(world, Settings::default());
    let of = |reader: &Reader| {
        let snapshot = &reader.summary().snapshot;
        (snapshot.accounts_seen, snapshot.accounts)
    };
    assert_eq!((of(&part), of(reader())), ((2, 4), (4, 4)));
}
