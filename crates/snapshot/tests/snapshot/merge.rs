//! Several sources that speak of one thing.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::path::PathBuf;

use clavicle_snapshot::{Import, PolicyState, Snapshot};

struct Files(tempfile::TempDir, Vec<PathBuf>);

impl Files {
    fn new() -> Files {
        Files(tempfile::tempdir().unwrap(), Vec::new())
    }

    fn with(mut self, text: &str) -> Files {
        let path = self.0.path().join(self.1.len().to_string());
        std::fs::write(&path, text).unwrap();
        self.1.push(path);
        self
    }

    fn snapshot(&self) -> Snapshot {
        let import = self.1.iter().fold(Import::new(), |import, path| import.source(path));
        Snapshot::read(&import.run(|_| ()).unwrap().database, |_, _| ()).unwrap()
    }
}

const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:jobs";

fn listed(rest: &str) -> String {
    format!(r#"[{{"arn": "{QUEUE}", "account": "111122223333", "type": "sqs"{rest}}}]"#)
}

fn item(captured: &str, status: &str, owner: &str) -> String {
    let policy = r#"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"OWNER\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sqs:*\",\"Resource\":\"*\"}]}"#;
    let policy = policy.replace("OWNER", owner);
    format!(
        r#"{{"configurationItemCaptureTime": "{captured}", "configurationItemStatus": "{status}", "awsAccountId": "111122223333",
            "ARN": "{QUEUE}", "resourceType": "AWS::SQS::Queue", "resourceName": "jobs", "awsRegion": "eu-west-1",
            "configuration": {{"QueueName": "jobs", "Policy": "{policy}"}}, "supplementaryConfiguration": {{}}, "tags": {{}}}}"#
    )
}

fn policy(snapshot: &Snapshot) -> Option<String> {
    let queue = snapshot.resource(snapshot.resource_by_arn(QUEUE)?);
    Some(match queue.policy {
        PolicyState::None => "none".to_owned(),
        PolicyState::NotSeen => "not seen".to_owned(),
        PolicyState::Document(id) => {
            let text = &snapshot.document(id).text;
            ["old", "new"].iter().find(|word| text.contains(*word)).copied().unwrap_or("other").to_owned()
        }
    })
}

#[test]
fn not_seen_never_hides_what_was_seen() {
    let seen = item("2026-01-01T00:00:00.000Z", "OK", "new");
    for files in [Files::new().with(&seen).with(&listed("")), Files::new().with(&listed("")).with(&seen)] {
        assert_eq!(policy(&files.snapshot()).as_deref(), Some("new"));
    }
}

#[test]
fn the_later_source_wins() {
    let none = listed(r#", "policy": null"#);
    let one = listed(r#", "policy": {"Version": "2012-10-17", "Statement": []}"#);
    assert_eq!(policy(&Files::new().with(&one).with(&none).snapshot()).as_deref(), Some("none"));
    assert_eq!(policy(&Files::new().with(&none).with(&one).snapshot()).as_deref(), Some("other"));
}

#[test]
fn the_newer_item_wins_in_any_order() {
    let (old, new) =
        (item("2026-01-01T00:00:00.000Z", "OK", "old"), item("2026-02-01T00:00:00Z", "OK", "new"));
    for files in [Files::new().with(&old).with(&new), Files::new().with(&new).with(&old)] {
        let snapshot = files.snapshot();
        assert_eq!(policy(&snapshot).as_deref(), Some("new"));
        assert_eq!(snapshot.resources.len(), 1);
    }
}

#[test]
fn what_was_deleted_later_is_gone_in_any_order() {
    let (old, gone) = (
        item("2026-01-01T00:00:00.000Z", "OK", "old"),
        item("2026-02-01T00:00:00.000Z", "ResourceDeleted", "x"),
    );
    for files in [Files::new().with(&old).with(&gone), Files::new().with(&gone).with(&old)] {
        assert_eq!(policy(&files.snapshot()), None);
    }
    let again = item("2026-03-01T00:00:00.000Z", "ResourceDiscovered", "new");
    assert_eq!(policy(&Files::new().with(&gone).with(&again).snapshot()).as_deref(), Some("new"));
}

#[test]
fn fields_that_a_later_source_does_not_carry_stay() {
    let first =
        listed(r#", "policy": null, "tags": {"team": "books"}, "attrs": {"encryption_key": "alias/a"}"#);
    let second = listed(r#", "policy": null"#);
    let snapshot = Files::new().with(&first).with(&second).snapshot();
    let queue = snapshot.resource(snapshot.resource_by_arn(QUEUE).unwrap());
    assert_eq!(queue.tags.as_ref().unwrap().len(), 1);
    assert_eq!(queue.facts.encryption_key.as_deref(), Some("alias/a"));
}

#[test]
fn equal_texts_are_stored_once() {
    let policy = r#", "policy": {"Version": "2012-10-17", "Statement": []}"#;
    let other = listed(policy).replace("jobs", "other");
    let snapshot = Files::new().with(&listed(policy)).with(&other).snapshot();
    assert_eq!((snapshot.resources.len(), snapshot.documents.len()), (2, 1));
}
