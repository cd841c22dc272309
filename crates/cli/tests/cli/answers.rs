//! The questions that people ask, on the demo organization.

use insta::assert_snapshot;

use crate::scene::{Scene, demo, filtered};

#[test]
fn who_can_read_a_bucket() {
    filtered(|| {
        assert_snapshot!(demo("who s3://paperboat-invoices --do read"), @r#"
9 identities can read s3://paperboat-invoices directly.
  also needs kms:Decrypt on prod:key/invoices (default encryption of the bucket)
  DIRECT
    prod:role/billing-*        ×7 equal            policy/billing-data:4     "ReadInvoices"
    prod:role/reporting-read                       policy/reporting-read:5
    prod:user/dana                        if MFA   policy/InvoiceSupport:4   "ReadWithMfa"
  = Only direct access is listed: whoever can become one of these gets in through them.
  not counted: 2 administrators (--admins)
next: clavicle can prod:role/billing-api read s3://paperboat-invoices -s demo    see it: clavicle open --last
[exit 0]
"#);
    });
}

#[test]
fn who_can_read_a_bucket_in_words() {
    filtered(|| {
        assert_snapshot!(demo("who can read s3://paperboat-invoices"), @r#"
9 identities can read s3://paperboat-invoices directly.
  also needs kms:Decrypt on prod:key/invoices (default encryption of the bucket)
  DIRECT
    prod:role/billing-*        ×7 equal            policy/billing-data:4     "ReadInvoices"
    prod:role/reporting-read                       policy/reporting-read:5
    prod:user/dana                        if MFA   policy/InvoiceSupport:4   "ReadWithMfa"
  = Only direct access is listed: whoever can become one of these gets in through them.
  not counted: 2 administrators (--admins)
next: clavicle can prod:role/billing-api read s3://paperboat-invoices -s demo    see it: clavicle open --last
[exit 0]
"#);
    });
}

#[test]
fn administrators_are_listed_when_asked_for() {
    filtered(|| {
        assert_snapshot!(demo("who s3://paperboat-invoices --do read --admins"), @r#"
11 identities can read s3://paperboat-invoices directly.
  also needs kms:Decrypt on prod:key/invoices (default encryption of the bucket)
  DIRECT
    prod:role/billing-*                       ×7 equal                   policy/billing-data:4          "ReadInvoices"
    prod:role/reporting-read                                             policy/reporting-read:5
    prod:role/OrganizationAccountAccessRole              administrator   policy/AdministratorAccess:4
    prod:role/break-glass                                administrator   policy/AdministratorAccess:4
    prod:user/dana                                       if MFA          policy/InvoiceSupport:4        "ReadWithMfa"
  = Only direct access is listed: whoever can become one of these gets in through them.
next: clavicle can prod:role/billing-api read s3://paperboat-invoices -s demo    see it: clavicle open --last
[exit 0]
"#);
    });
}

#[test]
fn a_condition_that_is_stated_is_settled() {
    filtered(|| {
        assert_snapshot!(demo("who s3://paperboat-invoices --do read --when mfa"), @r#"
9 identities can read s3://paperboat-invoices directly.
  also needs kms:Decrypt on prod:key/invoices (default encryption of the bucket)
  DIRECT
    prod:role/billing-*        ×7 equal   policy/billing-data:4     "ReadInvoices"
    prod:user/dana                        policy/InvoiceSupport:4   "ReadWithMfa"
    prod:role/reporting-read              policy/reporting-read:5
  = Only direct access is listed: whoever can become one of these gets in through them.
  not counted: 2 administrators (--admins)
next: clavicle can prod:role/billing-api read s3://paperboat-invoices -s demo    see it: clavicle open --last
[exit 0]
"#);
    });
}

#[test]
fn everyone_is_said_to_be_everyone() {
    filtered(|| {
        assert_snapshot!(demo("who s3://paperboat-covers --do read"), @r#"
Everyone can read s3://paperboat-covers directly.
  DIRECT
    everyone   ● medium, outside   s3://paperboat-covers#policy:4   "PublicRead"
  = 214 users and roles are part of everyone, and not listed one by one.
  = Only direct access is listed: whoever can become one of these gets in through them.
  not counted: 4 administrators (--admins)
[exit 0]
"#);
    });
}

#[test]
fn an_outsider_whose_own_policies_are_unknown() {
    filtered(|| {
        assert_snapshot!(demo("who staging:role/LogShipper --do become"), @r#"
acct/999999999999 can become staging:role/LogShipper if their own policies, which were not seen, let them.
  DIRECT
    acct/999999999999   ▲ high, outside, ~ not seen: their own policies   staging:role/LogShipper#trust:4   "LogShipping"
  = Whoever runs an account outside decides what its own policies say.
  = Only direct access is listed: whoever can become one of these gets in through them.
next: clavicle can acct/999999999999 become staging:role/LogShipper -s demo    see it: clavicle open --last
[exit 3]
"#);
    });
}

#[test]
fn nobody_can() {
    filtered(|| {
        assert_snapshot!(demo("who s3://paperboat-invoices --do s3:PutBucketPolicy"), @r#"
Only 2 administrators can do s3:PutBucketPolicy on s3://paperboat-invoices.
  = Only direct access is listed: whoever can become one of these gets in through them.
  not counted: 2 administrators (--admins)
[exit 0]
"#);
    });
}

#[test]
fn what_a_person_can_do() {
    filtered(|| {
        assert_snapshot!(demo("what prod:user/dana"), @r#"
prod:user/dana reaches 4 things directly and 2 more under conditions.
  DIRECT
    s3://paperboat-covers          read                 s3://paperboat-covers#policy:4   "PublicRead"
    s3://paperboat-returns         list read            prod:group/support#look-up:4
    s3://paperboat-*          ×2   list                 policy/InvoiceSupport:16         "ListInvoices"
    prod:key/invoices              read        if MFA   policy/InvoiceSupport:4          "ReadWithMfa"
    s3://paperboat-invoices        read        if MFA   policy/InvoiceSupport:4          "ReadWithMfa"
  = Things are those of the snapshot; direct access only.
next: clavicle who s3://paperboat-covers --do read -s demo    see it: clavicle open --last
[exit 0]
"#);
    });
}

#[test]
fn what_a_workload_can_do() {
    filtered(|| {
        assert_snapshot!(demo("what staging:lambda/nightly-report"), @r#"
staging:lambda/nightly-report reaches 28 things directly and perhaps 1 more.
  staging:lambda/nightly-report runs as staging:role/nightly-exec
  DIRECT
    staging:lambda/*                 ×14   control                            policy/shared-ops:16                           "LambdaDeploy"
    prod:role/reporting-read               become                             staging:role/nightly-exec#assume-reporting:4   "ReadProdInvoices"
    s3://paperboat-staging-*         ×2    write                              policy/shared-ops:4                            "ReleaseUploads"
    s3://logs-staging-*              ×9    list read                          policy/shared-ops:10                           "ReadLogBuckets"
    staging:db/*                     ×2    list                               policy/shared-ops:30                           "LookAround"
    s3://paperboat-staging-uploads         write       if grants of the key   policy/shared-ops:4                            "ReleaseUploads"
  = Things are those of the snapshot; direct access only.
next: clavicle who staging:lambda/data-sync --do control -s demo    see it: clavicle open --last
[exit 0]
"#);
    });
}

#[test]
fn what_a_policy_gives_and_to_whom() {
    filtered(|| {
        assert_snapshot!(demo("what staging:policy/shared-ops"), @r#"
staging:policy/shared-ops is attached to 5 identities.
  ATTACHED TO
    staging:user/support-sam   staging:role/LogShipper   staging:role/deployer   staging:role/deployer-blue
    staging:role/nightly-exec
  GIVES
    policy/shared-ops:4 "ReleaseUploads"    write                                18 things: s3://paperboat-backups, s3://paperboat-catalog …
    policy/shared-ops:10 "ReadLogBuckets"   list read                            9 things: s3://logs-staging-access, s3://logs-staging-app …
    policy/shared-ops:16 "LambdaDeploy"     control                              on nothing that was seen
    policy/shared-ops:22 "WriteLogs"        write                                on nothing that was seen
    policy/shared-ops:28 "ReportTables"     list read write delete run control   on nothing that was seen
    policy/shared-ops:29 "SupportCases"     read write run                       on nothing that was seen
    policy/shared-ops:30 "LookAround"       list read                            on nothing that was seen
next: clavicle what staging:user/support-sam -s demo    see it: clavicle open --last
[exit 0]
"#);
    });
}

#[test]
fn no_and_why() {
    filtered(|| {
        assert_snapshot!(demo("can staging:role/deployer s3:PutObject s3://paperboat-invoices/2026/07.csv"), @r#"
NO. A service control policy denies it.
  pins   identity ✓ lets policy/shared-ops:4   resource ✓ lets bucket policy:11   boundary – none
         session – none   scp ✕ stops scp/protect-prod:21   rcp ✓ lets rcp/RCPFullAWSAccess:4
         endpoint – none
   ┌─ scp/protect-prod, attached to ou/staging
21 │ {
22 │   "Sid": "DenyWritesFromStaging", "Effect": "Deny",
23 │   "Action": ["s3:Put*", "s3:Delete*"],
   │              ^^^^^^^^^ matches the action
24 │   "Resource": "arn:aws:s3:::paperboat-*",
   │               ^^^^^^^^^^^^^^^^^^^^^^^^^^ matches the object
25 │   "Condition": {"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
   │                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ holds: aws:ResourceAccount is not ${aws:PrincipalAccount}
26 │ }
  = who could instead: prod:role/billing-* (×7)
  = A deny always wins: adding an allow elsewhere will not help.
next: clavicle who s3://paperboat-invoices/2026/07.csv --do s3:PutObject -s demo    see it: clavicle open --last
[exit 1]
"#);
    });
}

#[test]
fn no_where_nothing_allows() {
    filtered(|| {
        assert_snapshot!(demo("can prod:user/bea s3:GetObject s3://paperboat-invoices/2026/07.csv"), @r#"
NO. No policy of prod:user/bea allows it.
  pins   identity ✕ stops   resource ✕ stops   boundary – none   session – none
         scp ✓ lets scp/FullAWSAccess:4   rcp ✓ lets rcp/RCPFullAWSAccess:4   endpoint – none
   ┌─ prod:group/support#look-up, part of prod:group/support, for its members
 9 │ {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::paperboat-returns/*"}
   │                                               ^^^^^^^^^^ does not match the object
  = who could instead: prod:role/billing-* (×7), prod:role/reporting-read, prod:user/dana
next: clavicle who s3://paperboat-invoices/2026/07.csv --do s3:GetObject -s demo    see it: clavicle open --last
[exit 1]
"#);
    });
}

#[test]
fn yes_if() {
    filtered(|| {
        assert_snapshot!(demo("can prod:user/dana s3:GetObject s3://paperboat-invoices/2026/07.csv"), @r#"
YES, if MFA.
  also needs kms:Decrypt on prod:key/invoices (default encryption of the bucket)
  pins   identity ? depends policy/InvoiceSupport:4   resource – none   boundary – none   session – none
         scp ✓ lets scp/FullAWSAccess:4   rcp ✓ lets rcp/RCPFullAWSAccess:4   endpoint – none
   ┌─ policy/InvoiceSupport, attached to prod:user/dana
 4 │ {
 5 │   "Sid": "ReadWithMfa",
 6 │   "Effect": "Allow",
 7 │   "Action": ["s3:GetObject", "kms:Decrypt"],
 8 │   "Resource": [
 9 │     "arn:aws:s3:::paperboat-invoices/*",
10 │     "arn:aws:kms:eu-west-1:111122223333:key/516acf04-412b-e61a-453e-4588b83c08ca"
11 │   ],
12 │   "Condition": {
13 │     "Bool": {"aws:MultiFactorAuthPresent": "true"}
   │              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ decides: MFA
14 │   }
15 │ },
next: clavicle can prod:user/dana s3:GetObject s3://paperboat-invoices/2026/07.csv --when mfa -s demo    see it: clavicle open --last
[exit 3]
"#);
    });
}

#[test]
fn yes() {
    filtered(|| {
        assert_snapshot!(demo("can prod:user/dana s3:GetObject s3://paperboat-invoices/2026/07.csv --when mfa"), @r#"
YES. policy/InvoiceSupport allows it.
  also needs kms:Decrypt on prod:key/invoices (default encryption of the bucket)
  pins   identity ✓ lets policy/InvoiceSupport:4   resource – none   boundary – none   session – none
         scp ✓ lets scp/FullAWSAccess:4   rcp ✓ lets rcp/RCPFullAWSAccess:4   endpoint – none
   ┌─ policy/InvoiceSupport, attached to prod:user/dana
 4 │ {
 5 │   "Sid": "ReadWithMfa",
 6 │   "Effect": "Allow",
 7 │   "Action": ["s3:GetObject", "kms:Decrypt"],
   │              ^^^^^^^^^^^^^^ matches the action
 8 │   "Resource": [
 9 │     "arn:aws:s3:::paperboat-invoices/*",
   │     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ matches the object
10 │     "arn:aws:kms:eu-west-1:111122223333:key/516acf04-412b-e61a-453e-4588b83c08ca"
11 │   ],
12 │   "Condition": {
13 │     "Bool": {"aws:MultiFactorAuthPresent": "true"}
   │              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ holds: MFA
14 │   }
15 │ },
next: clavicle what prod:user/dana -s demo    see it: clavicle open --last
[exit 0]
"#);
    });
}

#[test]
fn unknown_where_something_decides_that_was_not_seen() {
    filtered(|| {
        assert_snapshot!(demo("can acct/999999999999 become staging:role/LogShipper"), @r#"
UNKNOWN. It depends on the policies of acct/999999999999, which were not seen, the permissions boundary, which was not seen and the service control policies, which were not seen.
  pins   identity ~ not seen   trust ✓ lets trust policy:4   boundary ~ not seen   session – none
         scp ~ not seen   rcp ✓ lets rcp/RCPFullAWSAccess:4   endpoint – none
  = Asked of somebody in an account that was not seen: what its own policies let them do is not known.
next: clavicle who staging:role/LogShipper --do become -s demo    see it: clavicle open --last
[exit 3]
"#);
    });
}

#[test]
fn words_fill_the_slots_that_flags_left() {
    filtered(|| {
        assert_snapshot!(demo("can --do read prod:role/reporting-read s3://paperboat-invoices"), @r#"
YES. policy/reporting-read allows it.
  also needs kms:Decrypt on prod:key/invoices (default encryption of the bucket)
  pins   identity ✓ lets policy/reporting-read:5   resource – none   boundary – none   session – none
         scp ✓ lets scp/FullAWSAccess:4   rcp ✓ lets rcp/RCPFullAWSAccess:4   endpoint – none
   ┌─ policy/reporting-read, attached to prod:role/reporting-read
 5 │ {
 6 │   "Effect": "Allow",
 7 │   "Action": ["s3:GetObject", "s3:GetObjectTagging"],
   │              ^^^^^^^^^^^^^^ matches the action
 8 │   "Resource": "arn:aws:s3:::paperboat-invoices/*"
   │               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ matches the object
 9 │ },
next: clavicle what prod:role/reporting-read -s demo    see it: clavicle open --last
[exit 0]
"#);
    });
}

#[test]
fn a_narrow_terminal_cuts_nothing_off() {
    let scene = Scene::new().with("COLUMNS", "60");
    filtered(|| {
        assert_snapshot!(scene.run("who s3://paperboat-invoices --do read -s demo"), @r#"
9 identities can read s3://paperboat-invoices directly.
  also needs kms:Decrypt on prod:key/invoices (default
  encryption of the bucket)
  DIRECT
    prod:role/billing-*        ×7 equal
        policy/billing-data:4   "ReadInvoices"
    prod:role/reporting-read
        policy/reporting-read:5
    prod:user/dana                        if MFA
        policy/InvoiceSupport:4   "ReadWithMfa"
  = Only direct access is listed: whoever can become one of
    these gets in through them.
  not counted: 2 administrators (--admins)
next: clavicle can prod:role/billing-api read s3://paperboat-invoices -s demo
see it: clavicle open --last
[exit 0]
"#);
        assert_snapshot!(scene.run("can staging:role/deployer s3:PutObject s3://paperboat-invoices/2026/07.csv -s demo"), @r#"
NO. A service control policy denies it.
  pins   identity ✓ lets policy/shared-ops:4
         resource ✓ lets bucket policy:11   boundary – none
         session – none   scp ✕ stops scp/protect-prod:21
         rcp ✓ lets rcp/RCPFullAWSAccess:4   endpoint – none
   ┌─ scp/protect-prod, attached to ou/staging
21 │ {
22 │   "Sid": "DenyWritesFromStaging", "Effect": "Deny",
23 │   "Action": ["s3:Put*", "s3:Delete*"],
   │              ^^^^^^^^^ matches the action
24 │   "Resource": "arn:aws:s3:::paperboat-*",
   │               ^^^^^^^^^^^^^^^^^^^^^^^^^^ matches the object
25 │   "Condition": {"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
   │                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ holds: aws:ResourceAccount is not ${aws:PrincipalAccount}
26 │ }
  = who could instead: prod:role/billing-* (×7)
  = A deny always wins: adding an allow elsewhere will not
    help.
next: clavicle who s3://paperboat-invoices/2026/07.csv --do s3:PutObject -s demo
see it: clavicle open --last
[exit 1]
"#);
    });
}

#[test]
fn colour_repeats_what_words_say() {
    filtered(|| {
        assert_snapshot!(demo("who s3://paperboat-invoices --do read --color always").replace('\u{1b}', "ESC"), @r#"
ESC[1m9 identities can read s3://paperboat-invoices directly.ESC[0m
  also needs kms:Decrypt on prod:key/invoices (default encryption of the bucket)
ESC[2m  DIRECTESC[0m
    ESC[1mprod:role/billing-*ESC[0m        ×7 equal            policy/billing-data:4     "ReadInvoices"
    ESC[1mprod:role/reporting-readESC[0m                       policy/reporting-read:5
    ESC[1mprod:user/danaESC[0m                        ESC[33mif MFAESC[0m   policy/InvoiceSupport:4   "ReadWithMfa"
  ESC[2m=ESC[0m Only direct access is listed: whoever can become one of these gets in through them.
  not counted: 2 administrators (--admins)
next: clavicle can prod:role/billing-api read s3://paperboat-invoices -s demo    see it: clavicle open --last
[exit 0]
"#);
    });
}

/// Thirty people with the same managed policy, of whom each has something of their own beside it.
fn thirty_people() -> String {
    let managed = "arn:aws:iam::111122223333:policy/look";
    let person = |n: usize| {
        format!(
            r#"{{"UserName": "u{n}", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/u{n}", "GroupList": [],
            "AttachedManagedPolicies": [{{"PolicyName": "look", "PolicyArn": "{managed}"}}],
            "UserPolicyList": [{{"PolicyName": "own", "PolicyDocument": {{"Version": "2012-10-17", "Statement":
            {{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b{n}/*"}}}}}}]}}"#
        )
    };
    let people: Vec<String> = (0..30).map(person).collect();
    format!(
        r#"{{"UserDetailList": [{}], "GroupDetailList": [], "RoleDetailList": [], "Policies": [
        {{"PolicyName": "look", "Path": "/", "Arn": "{managed}", "DefaultVersionId": "v1", "PolicyVersionList": [
        {{"VersionId": "v1", "IsDefaultVersion": true, "Document": {{"Version": "2012-10-17", "Statement":
        {{"Sid": "Look", "Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}}}}}}]}}]}}"#,
        people.join(",")
    )
}

#[test]
fn a_long_list_is_put_together_by_statement() {
    let scene = Scene::new();
    scene.write("gaad.json", &thirty_people());
    let question = "who user/u7 --do iam:GetUser -s gaad.json --standalone";
    filtered(|| {
        assert_snapshot!(scene.run(question), @r#"
30 identities can do iam:GetUser on user/u7 directly.
  DIRECT
    user/u0 …   ×30   policy/look:3   "Look"
  = Grouped by the statement that allows it; --all lists every one.
  = Only direct access is listed: whoever can become one of these gets in through them.
next: clavicle can user/u0 iam:GetUser user/u7 -s gaad.json --standalone    see it: clavicle open --last
[exit 0]
"#);
    });
    let all = scene.run(&format!("{question} --all"));
    assert_eq!(all.lines().filter(|line| line.contains("policy/look:")).count(), 30, "{all}");
}
