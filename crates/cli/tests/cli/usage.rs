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
        [exit 4]
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

/// AWS: IAM API Reference, `GenerateServiceLastAccessedDetails`: "IAM reports activity for at least the last 400 days". A
/// report without a time says nothing of what came before.
#[test]
fn a_report_of_last_access_says_nothing_of_what_came_before_the_time_that_it_tracks() {
    let scene = Scene::new();
    let role = "arn:aws:iam::111122223333:role/mailer";
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let own = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sns:CreateTopic", "Resource": "*"}]});
    let account = json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [{
        "RoleName": "mailer", "Path": "/", "RoleId": "AROAEXAMPLE", "Arn": role, "CreateDate": "2020-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": trust, "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": own}],
        "AttachedManagedPolicies": [], "InstanceProfileList": [], "Tags": [],
        "RoleLastUsed": {"LastUsedDate": "2026-05-31T00:00:00Z", "Region": "eu-west-1"}}]});
    scene.write("gaad.json", &account.to_string());
    let report = |at: Value| {
        json!({"Arn": role, "JobStatus": "COMPLETED", "JobCompletionDate": "2026-06-01T00:00:00Z",
            "ServicesLastAccessed": [{"ServiceName": "SNS", "ServiceNamespace": "sns", "LastAuthenticated": at}]})
    };
    // 365 and 516 days before the report.
    let (within, before) = ("2025-06-01", "2025-01-01");
    for (at, since, unused, unknown) in [
        (Value::Null, within, 1, 0),
        (Value::Null, before, 0, 1),
        // Tracked until then at least, since it is told.
        (json!("2024-12-01T00:00:00Z"), before, 1, 0),
    ] {
        scene.write("report.json", &report(at.clone()).to_string());
        scene.run("usage report.json --evidence e");
        let line = format!("unused role/mailer -s gaad.json --since {since} --evidence e -o json");
        let output = scene.command(&line).output().expect("it runs");
        let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let of = &found["permissions"][0];
        assert_eq!((&of["unused"], &of["unknown"]), (&json!(unused), &json!(unknown)), "{at} {since}: {of}");
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
