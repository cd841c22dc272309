//! What is different for those who have all the power before and after: what keeps them from a thing comes and goes.
//! AWS: IAM User Guide, "Policy evaluation logic": an explicit deny in any of the policies overrides any allow.

use clavicle_answer::shape::ChangesPage;
use clavicle_answer::{Edit, Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use serde_json::{Value, json};

const HERE: &str = "111122223333";
const ADMIN: &str = "arn:aws:iam::111122223333:role/adm";

fn document(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// An account with one administrator, a bucket and a queue, in an organization.
struct State {
    /// The role is of this team; those of another than `b` are kept from S3.
    team: &'static str,
    /// The tag of the queue; those with `yes` are locked.
    lock: &'static str,
    bucket_policy: Option<Value>,
    /// A control policy over the resources of the account.
    rcp: Option<Value>,
    /// Is there another bucket?
    has_more: bool,
}

impl Default for State {
    fn default() -> Self {
        Self { team: "b", lock: "no", bucket_policy: None, rcp: None, has_more: false }
    }
}

impl State {
    fn reader(&self) -> Reader {
        let allow = document(&json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
        let guard = document(&json!([
            {"Effect": "Deny", "Action": "sqs:*", "Resource": "*",
             "Condition": {"StringEquals": {"aws:ResourceTag/lock": "yes"}}},
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*",
             "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "b"}}}]));
        let trust = document(
            &json!({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}),
        );
        let role = json!({"Arn": ADMIN, "RoleName": "adm", "RoleId": "AROAADM", "Path": "/",
            "AssumeRolePolicyDocument": trust, "InstanceProfileList": [], "AttachedManagedPolicies": [],
            "Tags": [{"Key": "team", "Value": self.team}],
            "RolePolicyList": [{"PolicyName": "all", "PolicyDocument": allow},
                {"PolicyName": "guard", "PolicyDocument": guard}]});
        let bucket = |name: &str, policy: &Option<Value>| {
            let text = policy.as_ref().map(ToString::to_string);
            json!({"resourceType": "AWS::S3::Bucket", "arn": format!("arn:aws:s3:::{name}"), "awsAccountId": HERE,
                "awsRegion": "eu-west-1", "resourceName": name, "configuration": {},
                "supplementaryConfiguration": {"BucketPolicy": {"policyText": text}}})
        };
        let queue = "arn:aws:sqs:eu-west-1:111122223333:q";
        let mut things = vec![
            bucket("bkt", &self.bucket_policy),
            json!({"resourceType": "AWS::SQS::Queue", "arn": queue, "awsAccountId": HERE, "awsRegion": "eu-west-1",
                "resourceName": "q", "tags": {"lock": self.lock}, "supplementaryConfiguration": {},
                "configuration": {"QueueName": "q", "QueueArn": queue}}),
        ];
        if self.has_more {
            things.push(bucket("more", &None));
        }
        let arn = |what: &str| format!("arn:aws:organizations::123456789012:{what}");
        let control = |id: &str, kind: &str, target: &str, text: &Value| {
            json!({"PolicySummary": {"Id": id, "Arn": arn(&format!("policy/o-a1b2c3d4e5/{}/{id}", kind.to_lowercase())),
                "Name": id, "Type": kind, "AwsManaged": false}, "Content": text.to_string(),
                "Targets": [{"TargetId": target, "Arn": arn(target), "Name": target, "Type": "ACCOUNT"}]})
        };
        let any = document(&json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
        let mut controls = vec![
            control("p-scproot01", "SERVICE_CONTROL_POLICY", "r-abcd", &any),
            control("p-scpacct01", "SERVICE_CONTROL_POLICY", HERE, &any),
        ];
        if let Some(rcp) = &self.rcp {
            controls.push(control("p-rcpdeny01", "RESOURCE_CONTROL_POLICY", HERE, rcp));
        }
        let account = |id: &str, name: &str| {
            json!({"Id": id, "Arn": arn(&format!("account/o-a1b2c3d4e5/{id}")), "Name": name, "Status": "ACTIVE",
                "ParentId": "r-abcd"})
        };
        let organization = json!({
            "Organization": {"Id": "o-a1b2c3d4e5", "Arn": arn("organization/o-a1b2c3d4e5"), "FeatureSet": "ALL",
                "MasterAccountId": "123456789012"},
            "Roots": [{"Id": "r-abcd", "Arn": arn("root/o-a1b2c3d4e5/r-abcd"), "Name": "Root", "PolicyTypes": [
                {"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"},
                {"Type": "RESOURCE_CONTROL_POLICY", "Status": "ENABLED"}]}],
            "OrganizationalUnits": [], "Policies": controls,
            "Accounts": [account("123456789012", "mgmt"), account(HERE, "prod")]});
        let folder = tempfile::tempdir().expect("a folder");
        for (name, value) in [
            (
                "details.json",
                json!({"UserDetailList": [], "RoleDetailList": [role], "GroupDetailList": [], "Policies": []}),
            ),
            ("things.json", json!({"configurationItems": things})),
            ("organization.json", organization),
        ] {
            std::fs::write(folder.path().join(name), value.to_string()).expect("a file");
        }
        let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("a snapshot");
        let reader =
            Reader::new(World::new(snapshot, catalog(), Stated::default(), |_, _| ()), Settings::default());
        let admin = reader.world().snapshot().principal_by_arn(ADMIN).expect("the role");
        assert!(reader.world().is_admin(admin), "all of this is about administrators");
        reader
    }
}

/// Does the administrator turn so, of this thing, one way; the other way back; and do the headlines say it?
fn turns(kept: &State, free: &State, thing: &str) {
    let (kept, free) = (kept.reader(), free.reader());
    told(&free.changes_since(&kept), true, thing);
    told(&kept.changes_since(&free), false, thing);
}

fn told(page: &ChangesPage, widens: bool, thing: &str) {
    let row = page.access.iter().find(|row| {
        row.widens == widens
            && row.sentence.contains("role/adm")
            && row.on.iter().any(|on| on.name.contains(thing))
    });
    assert!(row.is_some(), "{thing}: {} {:#?}", page.sentence, page.access);
    assert!(page.sentence.contains(if widens { "can do more" } else { "can do less" }), "{}", page.sentence);
    // A tag that is another may give more on what nobody has seen.
    let wanted: &[&str] = if widens { &["widens", "changes"] } else { &["narrows", "changes", "unknown"] };
    assert!(wanted.contains(&page.verdict.as_str()), "{}", page.verdict);
}

#[test]
fn the_tag_of_a_thing_locks_an_administrator_out() {
    turns(&State { lock: "yes", ..State::default() }, &State::default(), "q");
}

#[test]
fn the_tag_of_an_administrator_does() {
    turns(&State { team: "a", ..State::default() }, &State::default(), "bkt");
}

#[test]
fn the_policy_of_a_thing_does() {
    let deny = document(&json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": ["arn:aws:s3:::bkt", "arn:aws:s3:::bkt/*"]}));
    turns(&State { bucket_policy: Some(deny), ..State::default() }, &State::default(), "bkt");
}

#[test]
fn a_control_policy_over_resources_does() {
    let deny = document(&json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}));
    turns(&State { rcp: Some(deny), ..State::default() }, &State::default(), "bkt");
}

#[test]
fn a_guard_that_is_tried_away_lets_an_administrator_in() {
    let locked = State { lock: "yes", ..State::default() }.reader();
    let tried = locked.tried(&[Edit::Delete(format!("{ADMIN}#guard"))], |_, _| ()).expect("it can be tried");
    told(&tried.changes_since(&locked), true, "q");
}

/// That an administrator has what comes is no news.
#[test]
fn a_new_thing_is_no_row_of_an_administrator() {
    let page =
        State { has_more: true, ..State::default() }.reader().changes_since(&State::default().reader());
    assert!(page.access.is_empty(), "{:#?}", page.access);
}

#[test]
fn nothing_is_different_from_itself() {
    let page = State::default().reader().changes_since(&State::default().reader());
    assert_eq!((page.verdict.as_str(), page.access.len()), ("same", 0), "{}", page.sentence);
}
