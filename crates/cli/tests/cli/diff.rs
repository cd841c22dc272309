//! Two texts of one policy.

use insta::assert_snapshot;

use crate::scene::{Scene, filtered};

fn scene(old: &str, new: &str) -> Scene {
    let scene = Scene::new();
    scene.write("old.json", old);
    scene.write("new.json", new);
    scene
}

const READ: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::invoices/*"}]}"#;

const WIDER: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::invoices/*",
   "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}]}"#;

const OTHER_TEXT: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:getobject", "Resource": ["arn:aws:s3:::invoices/*", "arn:aws:s3:::invoices/2026/*"]},
  {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::covers/*"}]}"#;

#[test]
fn more_and_less() {
    filtered(|| assert_snapshot!(scene(READ, WIDER).run("diff old.json new.json"), @""));
}

#[test]
fn the_same_access_in_other_text() {
    filtered(|| assert_snapshot!(scene(READ, OTHER_TEXT).run("diff old.json new.json"), @""));
}

#[test]
fn a_policy_and_itself() {
    filtered(|| assert_snapshot!(scene(READ, READ).run("diff old.json new.json"), @""));
}

#[test]
fn a_narrower_one_is_no_alarm() {
    let (old, new) = (WIDER.replace("10.0.0.0/8", "10.0.0.0/7"), WIDER.to_owned());
    filtered(|| assert_snapshot!(scene(&old, &new).run("diff old.json new.json"), @""));
}

#[test]
fn a_deny_that_goes() {
    let bucket = |deny: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [
  {{"Effect": "Allow", "Principal": {{"AWS": "111122223333"}}, "Action": "s3:*", "Resource": "*"}}{deny}]}}"#
        )
    };
    let deny = r#",
  {"Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
   "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#;
    filtered(|| assert_snapshot!(scene(&bucket(deny), &bucket("")).run("diff old.json new.json"), @""));
}

#[test]
fn for_programs() {
    filtered(|| assert_snapshot!(scene(READ, WIDER).run("diff old.json new.json -o json"), @""));
}

#[test]
fn a_statement_that_cannot_be_read_is_unknown() {
    let faulty = READ.replace(r#""Allow""#, r#""Perhaps""#);
    filtered(|| assert_snapshot!(scene(READ, &faulty).run("diff old.json new.json"), @""));
}

#[test]
fn a_file_that_is_no_policy() {
    filtered(|| assert_snapshot!(scene(READ, "[1, 2]").run("diff old.json new.json"), @""));
}

#[test]
fn a_file_that_is_not_there() {
    filtered(|| assert_snapshot!(Scene::new().run("diff old.json new.json"), @""));
}
