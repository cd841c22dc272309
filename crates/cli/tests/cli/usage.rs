//! `usage` and `unused`: logs become evidence, and what was not used is told with what could not be seen.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::scene::{Scene, filtered};

/// A call of the role `staging:deployer` of the demo.
fn call(id: &str, day: &str, source: &str, name: &str, parameters: &Value) -> Value {
    json!({
        "eventVersion": "1.11",
        "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::444455556666:assumed-role/deployer/ci-7",
            "accountId": "444455556666", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {
                "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::444455556666:role/deployer"},
                "attributes": {"creationDate": format!("{day}T08:00:00Z"), "mfaAuthenticated": "false"}}},
        "eventTime": format!("{day}T08:01:00Z"), "eventSource": format!("{source}.amazonaws.com"), "eventName": name,
        "awsRegion": "eu-west-1", "sourceIPAddress": "192.0.2.7", "requestParameters": parameters,
        "eventID": id, "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "444455556666",
    })
}

fn logs() -> Vec<Value> {
    let function = json!({"functionName": "nightly-report"});
    let mut denied = call("4", "2026-08-20", "kms", "Decrypt", &Value::Null);
    denied["errorCode"] = "AccessDenied".into();
    vec![
        call("1", "2026-05-24", "lambda", "UpdateFunctionCode20150331v2", &function),
        call("2", "2026-08-20", "lambda", "UpdateFunctionCode20150331v2", &function),
        call("3", "2026-08-20", "nosuch", "NoSuchCall", &Value::Null),
        denied,
        json!({"userIdentity": {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, "eventTime": "2026-08-20T00:00:00Z",
            "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "awsRegion": "eu-west-1", "eventID": "5",
            "eventType": "AwsApiCall", "recipientAccountId": "444455556666",
            "requestParameters": {"roleArn": "arn:aws:iam::444455556666:role/nightly-exec"}}),
    ]
}

#[test]
fn logs_are_read_once_however_they_come() {
    let scene = Scene::new();
    let records = json!({"Records": logs()}).to_string();
    scene.write("log.json", &records);
    filtered(|| {
        assert_snapshot!(scene.run("usage log.json"), @"
        read 1 file   5 new events
        evidence in [DATA]/evidence.usage
          444455556666   2026-05-24 08:01 to 2026-08-20 08:01   1 region   5 events
            no data events: use of objects, items, messages and functions cannot be known
          1 event of 1 name: the action is not known
            nosuch.amazonaws.com NoSuchCall ×1
          1 principal acted; 1 event by services and callers from elsewhere
        next: clavicle unused
        [exit 0]
        ");
    });
    let lookup = json!({"Events": logs().iter().map(|record| json!({"CloudTrailEvent": record.to_string()})).collect::<Vec<_>>()});
    scene.write("lookup.json", &lookup.to_string());
    scene.write("lines.json", &logs().iter().map(|record| format!("{record}\n")).collect::<String>());
    let again = scene.run("usage lookup.json lines.json log.json");
    assert!(
        again.starts_with("read 2 files   0 new events   10 counted before   1 file was read before\n"),
        "{again}"
    );
}

#[test]
fn a_torn_log_is_told_and_the_others_go_on() {
    let scene = Scene::new();
    let records = json!({"Records": logs()}).to_string();
    scene.write("torn.json", &records[..records.len() - 40]);
    scene.write("other.txt", "not a log\n");
    scene.write("whole.json", &records);
    filtered(|| {
        assert_snapshot!(scene.run("usage torn.json other.txt whole.json"), @"
        read 3 files   5 new events   4 counted before
        evidence in [DATA]/evidence.usage
          444455556666   2026-05-24 08:01 to 2026-08-20 08:01   1 region   5 events
            no data events: use of objects, items, messages and functions cannot be known
          1 event of 1 name: the action is not known
            nosuch.amazonaws.com NoSuchCall ×1
          2 files were not read to the end, or may leave events out: what is not seen is not called unused
          1 principal acted; 1 event by services and callers from elsewhere
        next: clavicle unused
        [stderr]
        warning: is no log from byte 0 on
         --> [HERE]/other.txt
        warning: is no log from byte 2946 on
         --> [HERE]/torn.json
        [exit 4]
        ");
        assert_snapshot!(scene.run("usage nowhere"), @"
        [stderr]
        error: cannot read the logs: no such file or directory
         --> nowhere
        [exit 4]
        ");
        assert_snapshot!(scene.run("usage s3://x"), @"
        [stderr]
        error: `s3://x` is not `s3://BUCKET/BEGINNING`
        [exit 2]
        ");
    });
    assert_snapshot!(Scene::new().run("usage"), @"
    [stderr]
    error: there is no evidence yet, and this does not say which logs to read
    help: `clavicle usage FOLDER` with the logs of a trail, or with what `aws cloudtrail lookup-events` printed
    [exit 2]
    ");
}

#[test]
fn what_was_not_used_comes_with_what_cannot_be_known() {
    let scene = Scene::new();
    scene.write("log.json", &json!({"Records": logs()}).to_string());
    scene.run("usage log.json --evidence log.usage");
    let text = scene.run("unused staging:role/deployer --evidence log.usage -s demo --all");
    for line in [
        "  ✓ lambda:UpdateFunctionCode last 2026-08-20 ×2\n",
        "data events of the service are not in the logs",
        "no event bears its name",
        "✕ tried and denied: kms:Decrypt",
        "evidence: 444455556666 logs 2026-05-24 to 2026-08-20, 5 events; data events: none",
        "Of 1 event the action is not known (nosuch.amazonaws.com NoSuchCall)",
    ] {
        assert!(text.contains(line), "`{line}` is not in {text}");
    }
    let asked = |who: &str| -> Value {
        let output = scene
            .command(&format!("unused {who} --evidence log.usage -s demo -o json"))
            .output()
            .expect("it runs");
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    // It was assumed, and did nothing that is logged: it is in use, and its permissions are not all unused.
    let everybody = asked("");
    let idle: Vec<&str> = everybody["principals"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|idle| idle["thing"]["name"].as_str())
        .collect();
    assert!(
        !idle.contains(&"staging:role/nightly-exec") && !idle.contains(&"staging:role/deployer"),
        "{idle:?}"
    );
    // Of an account without logs nothing is called unused.
    let other = asked("prod:role/reporting-read");
    assert_eq!((&other["permissions"][0]["unused"], &other["principals"]), (&json!(0), &json!([])));
    assert_eq!(other["evidence"]["logs"][0]["from"], Value::Null);
}

/// An account with the role `mailer`, which may make topics, as it is at a time.
fn mailer(scene: &Scene, until: &str) {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let own = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sns:CreateTopic", "Resource": "*"}]});
    let account = json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [{
        "RoleName": "mailer", "Path": "/", "RoleId": "AROAEXAMPLE", "Arn": MAILER, "CreateDate": "2020-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": trust, "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": own}],
        "AttachedManagedPolicies": [], "InstanceProfileList": [], "Tags": [],
        "RoleLastUsed": {"LastUsedDate": "2026-05-31T00:00:00Z", "Region": "eu-west-1"}}]});
    let topic = json!({"configurationItems": [{"version": "1.3", "accountId": "111122223333", "awsRegion": "eu-west-1",
        "configurationItemStatus": "OK", "resourceType": "AWS::SNS::Topic", "resourceId": "news",
        "ARN": "arn:aws:sns:eu-west-1:111122223333:news", "configurationItemCaptureTime": until, "configuration": {}}]});
    std::fs::create_dir_all(scene.here().join("account")).expect("a folder");
    scene.write("account/gaad.json", &account.to_string());
    scene.write("account/config.json", &topic.to_string());
}

const MAILER: &str = "arn:aws:iam::111122223333:role/mailer";

/// A report of last access of that role, made at a time.
fn report(at: &Value, made: &str) -> Value {
    json!({"Arn": MAILER, "JobStatus": "COMPLETED", "JobCompletionDate": made,
        "ServicesLastAccessed": [{"ServiceName": "SNS", "ServiceNamespace": "sns", "LastAuthenticated": at}]})
}

/// An event of that role that is of no permission it has.
fn other_call(id: &str, day: &str) -> Value {
    let mut event = call(id, day, "sts", "GetCallerIdentity", &Value::Null);
    event["userIdentity"]["arn"] = "arn:aws:sts::111122223333:assumed-role/mailer/i-1".into();
    event["userIdentity"]["accountId"] = "111122223333".into();
    event["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"] = MAILER.into();
    event["recipientAccountId"] = "111122223333".into();
    event
}

/// Of that role: the counts of what was not used and of what cannot be known, and the whole answer.
fn counts_of_mailer(scene: &Scene, since: &str) -> (u64, u64, Value) {
    let line = format!("unused role/mailer -s account --since {since} --evidence e -o json");
    let output = scene.command(&line).output().expect("it runs");
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let count = |name: &str| found["permissions"][0][name].as_u64().expect("a number");
    (count("unused"), count("unknown"), found)
}

/// AWS: IAM API Reference, `GenerateServiceLastAccessedDetails`: "IAM reports activity for at least the last 400 days". A
/// report without a time says nothing of what came before.
#[test]
fn a_report_of_last_access_says_nothing_of_what_came_before_the_time_that_it_tracks() {
    let scene = Scene::new();
    mailer(&scene, "2026-06-01T06:00:00Z");
    // 365 and 516 days before the report.
    let (within, before) = ("2025-06-01", "2025-01-01");
    for (at, since, unused, unknown) in [
        (Value::Null, within, 1, 0),
        (Value::Null, before, 0, 1),
        // Tracked until then at least, since it is told.
        (json!("2024-12-01T00:00:00Z"), before, 1, 0),
    ] {
        scene.write("report.json", &report(&at, "2026-06-01T00:00:00Z").to_string());
        scene.run("usage report.json --evidence e");
        let found = counts_of_mailer(&scene, since);
        assert_eq!((found.0, found.1), (unused, unknown), "{at} {since}: {}", found.2);
        std::fs::remove_file(scene.here().join("e")).expect("the evidence");
    }
}

/// AWS: IAM User Guide, "Refine permissions in AWS using last accessed information": recent activity usually appears within
/// four hours. What came after a report it does not say.
#[test]
fn a_report_of_last_access_says_nothing_of_what_came_after_it() {
    let scene = Scene::new();
    mailer(&scene, "2026-06-01T00:00:00Z");
    for (made, logged, unused, unknown) in [
        // As old as the snapshot, but for some hours.
        ("2026-05-31T20:00:00Z", &[][..], 1, 0),
        ("2026-05-25T00:00:00Z", &[], 0, 1),
        // Logs that take over where the report ends; that begin later; that end earlier.
        ("2026-05-25T00:00:00Z", &["2026-05-24", "2026-05-31"], 1, 0),
        ("2026-05-25T00:00:00Z", &["2026-05-28", "2026-05-31"], 0, 1),
        ("2026-05-25T00:00:00Z", &["2026-05-20", "2026-05-23"], 0, 1),
        // From before the time that is asked about.
        ("2026-02-25T00:00:00Z", &["2026-05-24", "2026-05-31"], 0, 1),
    ] {
        let events = logged.iter().enumerate().map(|(at, day)| other_call(&at.to_string(), day));
        scene.write("log.json", &json!({"Records": events.collect::<Vec<_>>()}).to_string());
        scene.write("report.json", &report(&Value::Null, made).to_string());
        scene.run("usage report.json log.json --evidence e");
        let found = counts_of_mailer(&scene, "2026-03-01");
        assert_eq!((found.0, found.1), (unused, unknown), "{made} {logged:?}: {}", found.2);
        std::fs::remove_file(scene.here().join("e")).expect("the evidence");
    }
}

/// What stands in a log that was torn may be a use. Where its path says an account, it is of that one.
#[test]
fn logs_that_could_not_be_read_may_hold_a_use() {
    let scene = Scene::new();
    mailer(&scene, "2026-06-01T00:00:00Z");
    let whole =
        json!({"Records": [other_call("1", "2026-02-28"), other_call("2", "2026-05-31")]}).to_string();
    let torn =
        &json!({"Records": [other_call("3", "2026-04-01"), other_call("4", "2026-04-02")]}).to_string();
    let torn = &torn[..torn.len() - 40];
    let name = |account: &str| format!("{account}_CloudTrail_eu-west-1_20260401T0000Z_x.json");
    for (torn_name, unused, unknown) in [
        (None, 1, 0),
        (Some("torn.json".to_owned()), 0, 1),
        (Some(name("111122223333")), 0, 1),
        (Some(name("444455556666")), 1, 0),
    ] {
        scene.write("whole.json", &whole);
        let torn_name = torn_name.unwrap_or_default();
        if !torn_name.is_empty() {
            scene.write(&torn_name, torn);
        }
        scene.run(&format!("usage whole.json {torn_name} --evidence e"));
        let (not, cannot, found) = counts_of_mailer(&scene, "2026-03-01");
        assert_eq!((not, cannot), (unused, unknown), "{torn_name}: {found}");
        let told = found["notes"].to_string().contains("could not be read to the end");
        assert_eq!(told, unknown > 0, "{torn_name}: {found}");
        let plan = scene.run("trim role/mailer -s account --used 2026-03-01 --evidence e");
        assert_eq!(plan.contains("Nothing can be taken away"), unknown > 0, "{plan}");
        assert_eq!(plan.contains("could not be read to the end"), unknown > 0, "{plan}");
        // Read again once it is whole, it says what it holds.
        if torn_name == "torn.json" {
            scene.write("torn.json", &whole);
            scene.run("usage torn.json --evidence e");
            assert_eq!(counts_of_mailer(&scene, "2026-03-01").0, 1);
        }
        std::fs::remove_file(scene.here().join("e")).expect("the evidence");
    }
}

#[test]
fn wrong_times_and_names_are_usage_errors() {
    assert_snapshot!(Scene::new().run("unused --since soon -s demo"), @"
    [stderr]
    error: `soon` is no age and no time
    help: write `90d`, `12w`, a day such as `2026-03-01`, or a time
    [exit 2]
    ");
    assert_snapshot!(Scene::new().run("unused role/nobody -s demo --evidence nowhere"), @"
    [stderr]
    error: there is no such file of evidence
     --> nowhere
    help: `clavicle usage LOGS` makes one
    [exit 4]
    ");
}

/// What is printed to be asked next asks the same accounts, as of the same day.
#[test]
fn what_is_not_used_is_asked_again_of_the_same_accounts() {
    let scene = Scene::new();
    let everybody = scene.run("unused -s demo --since 120d");
    let next = everybody.lines().find_map(|line| line.strip_prefix("next: clavicle ")).expect("a command");
    assert!(next.starts_with("unused ") && next.ends_with(" -s demo --since 120d"), "{next}");
    assert!(scene.run(next).ends_with("[exit 0]"), "{next}");
}
