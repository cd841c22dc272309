//! Several templates, as of the stacks of one application: each may speak of what another declares.

use serde_json::{Value, json};

use super::at_large::policy;
use crate::scene::Scene;

/// AWS: CloudFormation User Guide, "Get exported outputs from a deployed CloudFormation stack".
#[test]
fn what_another_template_exports_is_known_where_it_is_given() {
    let exporting = |name: &str, value: &str| {
        format!(
            "AWSTemplateFormatVersion: '2010-09-09'\nParameters: {{Env: {{Type: String}}}}\nConditions: {{IsProd: !Equals [!Ref Env, prod]}}\nResources:\n  \
             Web: {{Type: AWS::IAM::Role, Properties: {{RoleName: web, AssumeRolePolicyDocument: {{Version: '2012-10-17', Statement: []}}}}}}\n  \
             Other: {{Type: AWS::IAM::Role, Properties: {{RoleName: other, AssumeRolePolicyDocument: {{Version: '2012-10-17', Statement: []}}}}}}\n  \
             Ledger: {{Type: AWS::S3::Bucket, Properties: {{BucketName: ledger}}}}\n\
             Outputs:\n  Out: {{Value: {value}, Export: {{Name: {name}}}}}\n"
        )
    };
    let importing = format!(
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n{}",
        policy("Policy", "Roles: [!ImportValue base-role]", "Allow", "GetObject")
    );
    let scene = Scene::new();
    scene.write("importing.yaml", &importing);
    for (name, value, answers) in [
        ("base-role", "!Ref Web", ["YES", "NO"]),
        ("!Sub 'base-role'", "!Ref Web", ["YES", "NO"]),
        ("base-role", "!Ref Env", ["UNKNOWN", "UNKNOWN"]),
        ("other-name", "!Ref Web", ["UNKNOWN", "UNKNOWN"]),
        ("base-role", "!Ref Web, Condition: IsProd", ["UNKNOWN", "UNKNOWN"]),
    ] {
        scene.write("exporting.yaml", &exporting(name, value));
        for (who, answer) in ["web", "other"].iter().zip(answers) {
            // In whatever order they are named.
            for order in ["-s importing.yaml -s exporting.yaml", "-s exporting.yaml -s importing.yaml"] {
                let told = scene.run(&format!(
                    "can role/{who} s3:GetObject s3://ledger/x {order} --planned-in 111122223333/eu-west-1 --standalone"
                ));
                assert!(told.starts_with(answer), "{name} {value} {who} {order}\n{told}");
            }
        }
    }
}

/// AWS: CloudFormation Template Reference, `AWS::IAM::Policy`: `Roles` are names, whichever stack the role is of.
#[test]
fn which_template_is_read_first_is_all_the_same() {
    let says = |effect: &str, action: &str| json!({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": "arn:aws:s3:::ledger/*"}]});
    let made =
        |kind: &str, properties: Value| json!({"Type": format!("AWS::{kind}"), "Properties": properties});
    let trust = json!({"Version": "2012-10-17", "Statement": []});
    let mut deny = says("Deny", "s3:DeleteObject");
    deny["Statement"][0]["Principal"] = "*".into();
    let gives = json!({"Resources": {
        "Get": made("IAM::Policy", json!({"PolicyName": "get", "Roles": ["web"], "PolicyDocument": says("Allow", "s3:GetObject")})),
        "Put": made("IAM::ManagedPolicy", json!({"Users": ["dana"], "PolicyDocument": says("Allow", "s3:PutObject")})),
        "In": made("IAM::UserToGroupAddition", json!({"GroupName": "staff", "Users": ["dana"]})),
        "No": made("S3::BucketPolicy", json!({"Bucket": "ledger", "PolicyDocument": deny})),
    }});
    let has = json!({"Resources": {
        "Web": made("IAM::Role", json!({"RoleName": "web", "Path": "/service/", "AssumeRolePolicyDocument": trust})),
        "Dana": made("IAM::User", json!({"UserName": "dana"})),
        "Staff": made("IAM::Group", json!({"GroupName": "staff", "Policies": [
            {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": ["s3:GetObjectTagging", "s3:DeleteObject"], "Resource": "*"}]}}]})),
        "Ledger": made("S3::Bucket", json!({"BucketName": "ledger"})),
    }});
    let scene = Scene::new();
    scene.write("gives.json", &gives.to_string());
    scene.write("has.json", &has.to_string());
    for order in ["-s gives.json -s has.json", "-s has.json -s gives.json"] {
        for (question, answer) in [
            ("role/web s3:GetObject", "YES"),
            ("role/web s3:PutObject", "NO"),
            ("user/dana s3:PutObject", "YES"),
            ("user/dana s3:GetObjectTagging", "YES"),
            ("user/dana s3:DeleteObject", "NO"),
        ] {
            let told = scene.run(&format!(
                "can {question} s3://ledger/x {order} --planned-in 111122223333/eu-west-1 --standalone"
            ));
            assert!(told.starts_with(answer), "{question} {order}\n{told}");
        }
    }
}
