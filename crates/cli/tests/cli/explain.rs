//! What names of AWS mean. What they cover changes with the catalogue, so only a few stable ones are shown whole.

use insta::assert_snapshot;

use crate::scene::{Scene, filtered};

#[test]
fn an_action() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain iam:PassRole"), @r#"
iam:PassRole
  level         write
  word          none: it counts as none of list, read, write, delete, run, control and become
  on
    iam:role   required   arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}
  keys          aws:ResourceTag/${TagKey}, iam:AssociatedResourceArn, iam:PassedToService,
                iam:ResourceTag/${TagKey}
  no call       there is no operation of this name: other calls ask for the permission
next: clavicle who THING --do iam:PassRole
[exit 0]
"#);
    });
}

#[test]
fn a_pattern() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain kms:*Grant"), @r#"
kms:*Grant covers 3 actions
  kms:CreateGrant   control   write, permissions
  kms:RetireGrant             write, permissions
  kms:RevokeGrant             write, permissions
[exit 0]
"#);
    });
}

#[test]
fn a_word_on_a_kind_of_thing() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain read s3:bucket"), @r#"
read: get what is in it
  s3:bucket
                s3:GetObject (on /*), s3:GetObjectVersion (on /*)
[exit 0]
"#);
    });
}

#[test]
fn a_kind_of_thing() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain dynamodb:stream"), @r#"
dynamodb:stream is a kind of thing
  arn           arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}/stream/${StreamLabel}
  keys          aws:ResourceTag/${TagKey}
  read          dynamodb:GetRecords, dynamodb:GetShardIterator
  write         dynamodb:TagResource, dynamodb:UntagResource
  control       dynamodb:DeleteResourcePolicy, dynamodb:PutResourcePolicy
[exit 0]
"#);
    });
}

#[test]
fn a_global_key() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain aws:sourceip"), @r#"
aws:SourceIp is a condition key
  values        addresses, or ranges of addresses
  about         the network
  carried       not through a VPC endpoint; forwarded service calls keep it
  actions       all: it is a global key
[exit 0]
"#);
    });
}

#[test]
fn a_service() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain account"), @r#"
account is a service
  actions       20
  write
                AcceptPrimaryEmailUpdate, CloseAccount, DeleteAlternateContact, DisableRegion,
                EnableRegion, PutAccountName, PutAlternateContact, PutContactInformation,
                StartPrimaryEmailUpdate
  read
                GetAccountInformation, GetAlternateContact, GetContactInformation,
                GetGovCloudAccountInformation, GetPrimaryEmail, GetPrimaryEmailUpdateStatus,
                GetRegionOptStatus
  list
                ListRegions
  unknown
                reopenaccount, SendPhoneNumberVerification, VerifyPhoneNumber
  things        account, accountInOrganization
  rcp           resource control policies do not reach it
next: clavicle explain read account
[exit 0]
"#);
    });
}

#[test]
fn what_is_not_known() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("explain s3:GetObjects"), @r#"
[stderr]
error: `s3:GetObjects` is no action, word, resource type, condition key, service or rule that is known here
help: did you mean `s3:GetObject`?
help: what AWS has added since [DATE] is not known
[exit 2]
"#);
        assert_snapshot!(Scene::new().run("explain paperboat"), @r#"
[stderr]
error: `paperboat` is no action, word, resource type, condition key, service or rule that is known here
help: what AWS has added since [DATE] is not known
help: for example `clavicle explain s3:GetObject`, `clavicle explain read`, `clavicle explain aws:SourceIp`
[exit 2]
"#);
        assert_snapshot!(Scene::new().run("explain read paperboat"), @r#"
[stderr]
error: `paperboat` is no service and no resource type that is known here
help: for example `clavicle explain read s3`, or `clavicle explain read s3:bucket`
[exit 2]
"#);
        assert_snapshot!(Scene::new().run("explain s3:* s3"), @r#"
[stderr]
error: `s3` narrows a word of access, and `s3:*` is none
help: the words are: list, read, write, delete, run, control, become
[exit 2]
"#);
        assert_snapshot!(Scene::new().run("explain nope:*"), @r#"
[stderr]
error: `nope:*` covers no action that is known here
help: what AWS has added since [DATE] is not known
[exit 2]
"#);
    });
}

#[test]
fn every_word_is_explained() {
    for word in ["list", "read", "write", "delete", "run", "control", "become"] {
        let told = Scene::new().run(&format!("explain {word}"));
        assert!(told.ends_with("[exit 0]") && told.lines().count() > 5, "{told}");
    }
}
