//! `clavicle record` with the AWS CLI: the policy is what its calls needed, and no more.

use crate::moto::Account;
use crate::succeeds;

fn aws(home: &std::path::Path, account: &Account, options: &[&str], words: &[&str]) -> serde_json::Value {
    let python = &account.moto.python;
    let own = ["record", "--policy", "policy.json", "--account", account.number];
    let arguments: Vec<&str> = own.into_iter().chain(options.iter().copied()).collect();
    let aws = ["--", python.as_str(), "-m", "awscli"];
    let arguments: Vec<&str> = arguments.into_iter().chain(aws).chain(words.iter().copied()).collect();
    succeeds(account.clavicle(home, &arguments));
    let text = std::fs::read_to_string(home.join("policy.json")).expect("it was written");
    serde_json::from_str(&text).expect("it is JSON")
}

#[test]
fn a_copy_to_s3_needs_exactly_this() {
    let Some(account) = Account::of("123456789015") else { return };
    let home = tempfile::tempdir().expect("a folder");
    let aws = |words: &[&str]| aws(home.path(), &account, &[], words);
    std::fs::write(home.path().join("report.csv"), "a,b\n").expect("it may write");
    let policy = |statements: serde_json::Value| serde_json::json!({ "Version": "2012-10-17", "Statement": statements });

    let made = aws(&["s3", "mb", "s3://ledger"]);
    let allow = |action: &str, resource: &str| serde_json::json!({ "Effect": "Allow", "Action": action, "Resource": resource });
    assert_eq!(made, policy(serde_json::json!([allow("s3:CreateBucket", "arn:aws:s3:::ledger")])));

    let copied = aws(&["s3", "cp", "report.csv", "s3://ledger/2026/report.csv"]);
    assert_eq!(
        copied,
        policy(serde_json::json!([allow("s3:PutObject", "arn:aws:s3:::ledger/2026/report.csv")]))
    );

    let fetched = aws(&["s3", "cp", "s3://ledger/2026/report.csv", "back.csv"]);
    assert_eq!(
        fetched,
        policy(serde_json::json!([allow("s3:GetObject", "arn:aws:s3:::ledger/2026/report.csv")]))
    );
    assert_eq!(std::fs::read_to_string(home.path().join("back.csv")).expect("it came"), "a,b\n");

    let synced = aws(&["s3", "sync", "s3://ledger", "there"]);
    assert_eq!(
        synced,
        policy(serde_json::json!([
            allow("s3:ListBucket", "arn:aws:s3:::ledger"),
            allow("s3:GetObject", "arn:aws:s3:::ledger/2026/report.csv")
        ]))
    );

    let told = aws(&["dynamodb", "list-tables"]);
    assert_eq!(told, policy(serde_json::json!([allow("dynamodb:ListTables", "*")])));
}

#[test]
fn monitoring_tells_operations_where_no_proxy_is_taken() {
    let Some(account) = Account::of("123456789015") else { return };
    let home = tempfile::tempdir().expect("a folder");
    let told = aws(home.path(), &account, &["--csm"], &["sns", "create-topic", "--name", "jobs"]);
    let statement = serde_json::json!([{ "Effect": "Allow", "Action": "sns:CreateTopic", "Resource": "arn:aws:sns:eu-west-1:123456789015:*" }]);
    assert_eq!(told["Statement"], statement);
}
