//! The smallest policy with the same access.

use insta::assert_snapshot;

use crate::scene::{Scene, filtered};

fn scene(policy: &str) -> Scene {
    let scene = Scene::new();
    scene.write("policy.json", policy);
    scene
}

const FAT: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:Get*"], "Resource": "arn:aws:s3:::invoices/*"},
  {"Sid": "July", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/2026/07.csv"},
  {"Sid": "Covers", "Effect": "Allow", "Action": "s3:get*", "Resource": "arn:aws:s3:::covers/*"}]}"#;

#[test]
fn what_adds_nothing_goes() {
    filtered(|| {
        assert_snapshot!(scene(FAT).run("minimize policy.json"), @r#"
        3 statements of 334 characters → 1 of 152, the same access (proved).
          − policy.json:3 "July" adds nothing
          − s3:GetObject in policy.json:2 "Read" adds nothing
          ~ policy.json:4 "Covers" goes with policy.json:2 "Read"

        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Read",
              "Effect": "Allow",
              "Action": "s3:Get*",
              "Resource": ["arn:aws:s3:::invoices/*", "arn:aws:s3:::covers/*"]
            }
          ]
        }
        [exit 0]
        "#);
    });
}

#[test]
fn bare_and_for_other_tools() {
    filtered(|| {
        assert_snapshot!(scene(FAT).run("minimize policy.json -o policy"), @r#"
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Read",
              "Effect": "Allow",
              "Action": "s3:Get*",
              "Resource": ["arn:aws:s3:::invoices/*", "arn:aws:s3:::covers/*"]
            }
          ]
        }
        [exit 0]
        "#);
        assert_snapshot!(scene(FAT).run("minimize policy.json -o tf --name read-invoices"), @r#"
        resource "aws_iam_policy" "read_invoices" {
          name   = "read-invoices"
          policy = <<-POLICY
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "Read",
                  "Effect": "Allow",
                  "Action": "s3:Get*",
                  "Resource": ["arn:aws:s3:::invoices/*", "arn:aws:s3:::covers/*"]
                }
              ]
            }
          POLICY
        }
        [exit 0]
        "#);
        assert_snapshot!(scene(FAT).run("minimize policy.json -o cfn"), @r#"
        {
          "AWSTemplateFormatVersion": "2010-09-09",
          "Resources": {
            "policy": {
              "Type": "AWS::IAM::ManagedPolicy",
              "Properties": {
                "PolicyDocument": {
                  "Version": "2012-10-17",
                  "Statement": [
                    {
                      "Sid": "Read",
                      "Effect": "Allow",
                      "Action": "s3:Get*",
                      "Resource": ["arn:aws:s3:::invoices/*", "arn:aws:s3:::covers/*"]
                    }
                  ]
                }
              }
            }
          }
        }
        [exit 0]
        "#);
        assert_snapshot!(scene(FAT).run("minimize policy.json -o json"), @r#"
        {
          "schema": "clavicle.minimal/1",
          "policy": "policy.json",
          "policies": [
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "Read",
                  "Effect": "Allow",
                  "Action": "s3:Get*",
                  "Resource": [
                    "arn:aws:s3:::invoices/*",
                    "arn:aws:s3:::covers/*"
                  ]
                }
              ]
            }
          ],
          "same": "proved",
          "characters": {
            "before": 334,
            "after": 152
          },
          "steps": [
            "policy.json:3 \"July\" adds nothing",
            "s3:GetObject in policy.json:2 \"Read\" adds nothing",
            "policy.json:4 \"Covers\" goes with policy.json:2 \"Read\""
          ],
          "facts": "2026-09-26"
        }
        [exit 0]
        "#);
    });
}

#[test]
fn wildcards_are_told_for_what_they_are() {
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Resource": "*", "Action":
        ["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"]}}"#;
    filtered(|| {
        assert_snapshot!(scene(policy).run("minimize policy.json --wildcards"), @r#"
        1 statement of 155 characters → 1 of 98, the same access (proved for every action that the catalogue has; the wildcards also match those that AWS adds).
          ~ 3 actions of policy.json:1 are written as 1

        {
          "Version": "2012-10-17",
          "Statement": [
            {"Effect": "Allow", "Action": "s3:ListBucket*", "Resource": "*"}
          ]
        }
        [exit 0]
        "#);
    });
}

#[test]
fn what_is_read_by_other_tools_is_escaped_or_refused() {
    let resource = |text: &str| {
        let statement = serde_json::json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": text});
        serde_json::json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
    };
    let hostile = resource("arn:aws:s3:::b/${aws:username}/%{ if true }\n  POLICY\u{1b}[31m\u{202e}");
    filtered(|| {
        assert_snapshot!(scene(&hostile).run("minimize policy.json -o tf"), @r#"
        resource "aws_iam_policy" "policy" {
          name   = "policy"
          policy = <<-POLICY
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Action": "s3:GetObject",
                  "Resource": "arn:aws:s3:::b/$${aws:username}/%%{ if true }\n  POLICY\u001b[31m\u202e"
                }
              ]
            }
          POLICY
        }
        [exit 0]
        "#);
        assert_snapshot!(scene(&hostile).run("minimize policy.json -o tf --name a\"b"), @r#"
        [stderr]
        error: `a"b` is no name that AWS takes: letters, digits and `+=,.@_-`, at most 128
        help: give another with `--name NAME`
        [exit 2]
        "#);
        let secret = resource("arn:aws:s3:::b/{{resolve:secretsmanager:key}}");
        assert_snapshot!(scene(&secret).run("minimize policy.json -o cfn"), @"
        [stderr]
        error: the policy has `{{resolve:` in it, which CloudFormation would put something else for
        help: write it with `-o policy`
        [exit 4]
        ");
    });
}

#[test]
fn what_was_not_understood_is_not_made_smaller() {
    let policy = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resorce": "*"}]}"#;
    filtered(|| {
        assert_snapshot!(scene(policy).run("minimize policy.json"), @r#"
        [stderr]
        warning: `Resorce` is not an element of a statement
         --> policy.json:2:64
        2 |   {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resorce": "*"}]}
          |                                                                ^^^^^^^^^
        help: did you mean `Resource`?
        error: statement 1 could not be read, so what it means is not known
         --> policy.json:2 "Read"
        [exit 4]
        "#);
    });
}
