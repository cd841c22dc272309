//! Requests as lines.

use insta::assert_snapshot;

use crate::scene::{Scene, filtered};

#[test]
fn lines_are_answered_in_order_and_a_bad_one_stops_nothing() {
    filtered(|| {
        assert_snapshot!(Scene::new().run_with("simulate", LINES.as_bytes()), @r#"
        {"id":1,"decision":"Allowed","depends_on":[],"error":null}
        {"id":null,"decision":null,"depends_on":[],"error":"not a request: it is not a JSON object"}
        {"id":"two","decision":"ImplicitlyDenied","depends_on":[],"error":null}
        {"id":"\u202e\u001b[31m","decision":null,"depends_on":[],"error":"not a request: missing field `principal` at column 26"}
        [stderr]
        warning: not a request: it is not a JSON object
         --> stdin:3
        warning: not a request: missing field `principal` at column 26
         --> stdin:5
        [exit 0]
        "#);
    });
}

#[test]
fn why() {
    filtered(|| {
        assert_snapshot!(Scene::new().run_with("simulate --explain", LINES.lines().next().expect("a line").as_bytes()), @r#"
{"id":1,"decision":"Allowed","depends_on":[],"error":null,"because":["identity_policies[0]#1"],"would_have_to_change":[],"pins":[{"layer":"identity","state":"turns","statements":[{"statement":"identity_policies[0]#1","effect":"Allow","outcome":"matches"}]},{"layer":"resource","state":"none","statements":[]},{"layer":"boundary","state":"none","statements":[]},{"layer":"session","state":"none","statements":[]},{"layer":"scp","state":"none","statements":[]},{"layer":"rcp","state":"none","statements":[]},{"layer":"endpoint","state":"none","statements":[]}]}
[exit 0]
"#);
    });
}

#[test]
fn a_key_that_is_unknown_everywhere() {
    filtered(|| {
        assert_snapshot!(Scene::new().run_with("simulate - --unknown aws:SourceIp", LINES.as_bytes()), @r#"
        {"id":1,"decision":"Allowed","depends_on":[],"error":null}
        {"id":null,"decision":null,"depends_on":[],"error":"not a request: it is not a JSON object"}
        {"id":"two","decision":"Depends","depends_on":["aws:SourceIp"],"error":null}
        {"id":"\u202e\u001b[31m","decision":null,"depends_on":[],"error":"not a request: missing field `principal` at column 26"}
        [stderr]
        warning: not a request: it is not a JSON object
         --> stdin:3
        warning: not a request: missing field `principal` at column 26
         --> stdin:5
        [exit 0]
        "#);
    });
}

#[test]
fn bytes_that_are_no_text() {
    filtered(|| {
        assert_snapshot!(Scene::new().run_with("simulate", b"{\"id\": \"\xff\"}\n"), @r#"
        {"id":null,"decision":null,"depends_on":[],"error":"not a request: it is not UTF-8 text"}
        [stderr]
        warning: not a request: it is not UTF-8 text
         --> stdin:1
        [exit 0]
        "#);
    });
}

/// A line without an end is told, is not kept, and stops nothing.
#[test]
fn a_line_that_goes_on_for_ever() {
    let mut requests = vec![b'x'; 40 << 20];
    requests.push(b'\n');
    requests.extend(LINES.lines().next().expect("a line").as_bytes());
    let told = Scene::new().run_with("simulate", &requests);
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].contains("it is longer than 32 MB"), "{told}");
    assert!(lines[1].starts_with(r#"{"id":1,"decision":"Allowed""#), "{told}");
}

const LINES: &str = r#"{"id": 1, "principal": "arn:aws:iam::111122223333:user/dana", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resource_account": "111122223333", "identity_policies": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}]}

no request
{"id": "two", "principal": "arn:aws:iam::111122223333:user/dana", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resource_account": "111122223333", "identity_policies": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}}]}
{"id": "\u202e\u001b[31m"}
"#;

#[test]
fn many_lines_keep_their_order() {
    let line = LINES.lines().next().expect("a line").strip_prefix("{\"id\": 1,").expect("as it is");
    let requests: String = (0..5000).map(|id| format!("{{\"id\": {id},{line}\n")).collect();
    let results = Scene::new().run_with("simulate", requests.as_bytes());
    for (id, result) in results.lines().take(5000).enumerate() {
        assert!(result.starts_with(&format!("{{\"id\":{id},\"decision\":\"Allowed\"")), "{result}");
    }
}
