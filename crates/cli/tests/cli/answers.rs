//! The questions that people ask, on the demo organization.

use insta::assert_snapshot;

use crate::scene::{Scene, demo, filtered};

#[test]
fn who_can_read_a_bucket() {
    filtered(|| {
        assert_snapshot!(demo("who s3://paperboat-invoices --do read"), @r#"
        9 identities can read s3://paperboat-invoices directly. 3 chains let others in, one of them from outside.
          also needs kms:Decrypt on prod:key/invoices (default encryption of the bucket)
          DIRECT
            prod:role/billing-*        ×7 equal            policy/billing-data:4     "ReadInvoices"
            prod:role/reporting-read                       policy/reporting-read:5
            prod:user/dana                        if MFA   policy/InvoiceSupport:4   "ReadWithMfa"
          CHAINS
            ◆ acct/999999999999   5 steps   outside   if their own policies let them
              ─becomes→ staging:role/LogShipper ─controls→ staging:lambda/nightly-report ─runs as→ staging:role/nightly-exec ─becomes→ prod:role/reporting-read ─reads→ s3://paperboat-invoices
            ● staging:user/support-sam   4 steps   as above from "controls"
            ● staging:role/deployer*  ×2   4 steps   as above from "controls"
          Cheapest cut: policy/shared-ops:16 breaks 3 chains to s3://paperboat-invoices; 66 other steps would be gone too.
          not counted: 2 administrators (--admins)
        next: clavicle path acct/999999999999 s3://paperboat-invoices -s demo    see it: clavicle open --last
        [exit 0]
        "#);
    });
}

#[test]
fn who_can_read_a_bucket_in_words() {
    filtered(|| {
        assert_snapshot!(demo("who can read s3://paperboat-invoices"), @r#"
        9 identities can read s3://paperboat-invoices directly. 3 chains let others in, one of them from outside.
          also needs kms:Decrypt on prod:key/invoices (default encryption of the bucket)
          DIRECT
            prod:role/billing-*        ×7 equal            policy/billing-data:4     "ReadInvoices"
            prod:role/reporting-read                       policy/reporting-read:5
            prod:user/dana                        if MFA   policy/InvoiceSupport:4   "ReadWithMfa"
          CHAINS
            ◆ acct/999999999999   5 steps   outside   if their own policies let them
              ─becomes→ staging:role/LogShipper ─controls→ staging:lambda/nightly-report ─runs as→ staging:role/nightly-exec ─becomes→ prod:role/reporting-read ─reads→ s3://paperboat-invoices
            ● staging:user/support-sam   4 steps   as above from "controls"
            ● staging:role/deployer*  ×2   4 steps   as above from "controls"
          Cheapest cut: policy/shared-ops:16 breaks 3 chains to s3://paperboat-invoices; 66 other steps would be gone too.
          not counted: 2 administrators (--admins)
        next: clavicle path acct/999999999999 s3://paperboat-invoices -s demo    see it: clavicle open --last
        [exit 0]
        "#);
    });
}

#[test]
fn administrators_are_listed_when_asked_for() {
    filtered(|| {
        assert_snapshot!(demo("who s3://paperboat-invoices --do read --admins"), @r#"
        11 identities can read s3://paperboat-invoices directly. 3 chains let others in, one of them from outside.
          also needs kms:Decrypt on prod:key/invoices (default encryption of the bucket)
          DIRECT
            prod:role/billing-*                       ×7 equal                   policy/billing-data:4          "ReadInvoices"
            prod:role/reporting-read                                             policy/reporting-read:5
            prod:role/OrganizationAccountAccessRole              administrator   policy/AdministratorAccess:4
            prod:role/break-glass                                administrator   policy/AdministratorAccess:4
            prod:user/dana                                       if MFA          policy/InvoiceSupport:4        "ReadWithMfa"
          CHAINS
            ◆ acct/999999999999   5 steps   outside   if their own policies let them
              ─becomes→ staging:role/LogShipper ─controls→ staging:lambda/nightly-report ─runs as→ staging:role/nightly-exec ─becomes→ prod:role/reporting-read ─reads→ s3://paperboat-invoices
            ● staging:user/support-sam   4 steps   as above from "controls"
            ● staging:role/deployer*  ×2   4 steps   as above from "controls"
          Cheapest cut: policy/shared-ops:16 breaks 3 chains to s3://paperboat-invoices; 66 other steps would be gone too.
        next: clavicle path acct/999999999999 s3://paperboat-invoices -s demo    see it: clavicle open --last
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
          = Chains are left out: what is stated is stated of one request.
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
            acct/999999999999   ◆ critical, outside, ~ not seen: their own policies   staging:role/LogShipper#trust:4   "LogShipping"
          = Whoever runs an account outside decides what its own policies say.
        next: clavicle can acct/999999999999 become staging:role/LogShipper -s demo    see it: clavicle open --last
        [exit 3]
        "#);
    });
}

#[test]
fn nobody_can() {
    filtered(|| {
        assert_snapshot!(demo("who s3://paperboat-invoices --do s3:PutBucketPolicy"), @"
        Only 2 administrators can do s3:PutBucketPolicy on s3://paperboat-invoices.
          not counted: 2 administrators (--admins)
        [exit 0]
        ");
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
          = Things are those of the snapshot. Of what chains lead to, whom one can become and what matters.
          = 31 policies of other things were not seen: they may let it in.
        next: clavicle who s3://paperboat-covers --do read -s demo    see it: clavicle open --last
        [exit 0]
        "#);
    });
}

#[test]
fn what_a_workload_can_do() {
    filtered(|| {
        assert_snapshot!(demo("what staging:lambda/nightly-report"), @r#"
        staging:lambda/nightly-report reaches 28 things directly and perhaps 1 more. By chains it comes to 1 thing that matters and 3 other identities.
          staging:lambda/nightly-report runs as staging:role/nightly-exec
          DIRECT
            staging:lambda/*                 ×14   control                            policy/shared-ops:16                           "LambdaDeploy"
            prod:role/reporting-read               become                             staging:role/nightly-exec#assume-reporting:4   "ReadProdInvoices"
            s3://paperboat-staging-*         ×2    write                              policy/shared-ops:4                            "ReleaseUploads"
            s3://logs-staging-*              ×9    list read                          policy/shared-ops:10                           "ReadLogBuckets"
            staging:db/*                     ×2    list                               policy/shared-ops:30                           "LookAround"
            s3://paperboat-staging-uploads         write       if grants of the key   policy/shared-ops:4                            "ReleaseUploads"
          CHAINS
            ● s3://paperboat-invoices   2 steps
              ─becomes→ prod:role/reporting-read ─reads→ s3://paperboat-invoices
            ○ staging:role/data-sync-exec   2 steps
              ─controls→ staging:lambda/data-sync ─runs as→ staging:role/data-sync-exec
            ○ staging:role/web-home-exec   2 steps
              ─controls→ staging:lambda/web-account ─runs as→ staging:role/web-home-exec
            ○ prod:role/catalog-read   3 steps
              ─controls→ staging:lambda/data-sync ─runs as→ staging:role/data-sync-exec ─becomes→ prod:role/catalog-read
          = Things are those of the snapshot. Of what chains lead to, whom one can become and what matters.
          = 31 policies of other things were not seen: they may let it in.
        next: clavicle who staging:lambda/data-sync --do control -s demo    see it: clavicle open --last
        [exit 0]
        "#);
    });
}

#[test]
fn what_a_policy_gives_and_to_whom() {
    filtered(|| {
        assert_snapshot!(demo("what staging:policy/shared-ops"), @r#"
staging:policy/shared-ops is attached to 5 identities, for 4 unrelated tasks.
  customer managed policy · v3 of 3 versions · 213 actions · 829 of 6144 characters
  ATTACHED TO, BY TASK
    deploy    ×2   staging:role/deployer, staging:role/deployer-blue   by tag task
    logs      ×1   staging:role/LogShipper                             by tag task
    reports   ×1   staging:role/nightly-exec                           by tag task
    support   ×1   staging:user/support-sam                            by tag task
  GIVES
    policy/shared-ops:4 "ReleaseUploads"    write 18 buckets (with s3://paperboat-customers and s3://paperboat-invoices)
    policy/shared-ops:10 "ReadLogBuckets"   read 9 buckets, list 9 buckets
    policy/shared-ops:16 "LambdaDeploy"     control 14 functions
    policy/shared-ops:22 "WriteLogs"        write on nothing that was seen
    policy/shared-ops:28 "ReportTables"     list read write delete run control on nothing that was seen
    policy/shared-ops:29 "SupportCases"     read write run on nothing that was seen
    policy/shared-ops:30 "LookAround"       list 2 databases
  near: staging:policy/ops-legacy differs in 1 statement (line 4 "ReleaseUploads" here, line 4 "ReleaseUploads" there)
next: clavicle check --rule shared-policy -s demo    see it: clavicle open --last
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
        9 identities can read s3://paperboat-invoices directly. 3
        chains let others in, one of them from outside.
          also needs kms:Decrypt on prod:key/invoices (default
          encryption of the bucket)
          DIRECT
            prod:role/billing-*        ×7 equal
                policy/billing-data:4   "ReadInvoices"
            prod:role/reporting-read
                policy/reporting-read:5
            prod:user/dana                        if MFA
                policy/InvoiceSupport:4   "ReadWithMfa"
          CHAINS
            ◆ acct/999999999999   5 steps   outside
                if their own policies let them
              ─becomes→ staging:role/LogShipper
              ─controls→ staging:lambda/nightly-report
              ─runs as→ staging:role/nightly-exec
              ─becomes→ prod:role/reporting-read
              ─reads→ s3://paperboat-invoices
            ● staging:user/support-sam   4 steps
                as above from "controls"
            ● staging:role/deployer*  ×2   4 steps
                as above from "controls"
          Cheapest cut: policy/shared-ops:16 breaks 3 chains to
          s3://paperboat-invoices; 66 other steps would be gone too.
          not counted: 2 administrators (--admins)
        next: clavicle path acct/999999999999 s3://paperboat-invoices -s demo
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
        ESC[1m9 identities can read s3://paperboat-invoices directly. 3 chains let others in, one of them from outside.ESC[0m
          also needs kms:Decrypt on prod:key/invoices (default encryption of the bucket)
        ESC[2m  DIRECTESC[0m
            ESC[1mprod:role/billing-*ESC[0m        ×7 equal            policy/billing-data:4     "ReadInvoices"
            ESC[1mprod:role/reporting-readESC[0m                       policy/reporting-read:5
            ESC[1mprod:user/danaESC[0m                        ESC[33mif MFAESC[0m   policy/InvoiceSupport:4   "ReadWithMfa"
        ESC[2m  CHAINSESC[0m
            ESC[1mESC[31m◆ESC[0m ESC[1macct/999999999999ESC[0m   5 steps   outside   ESC[33mif their own policies let themESC[0m
              ESC[2m─becomes→ ESC[0mstaging:role/LogShipper ESC[2m─controls→ ESC[0mstaging:lambda/nightly-report ESC[2m─runs as→ ESC[0mstaging:role/nightly-exec ESC[2m─becomes→ ESC[0mprod:role/reporting-read ESC[2m─reads→ ESC[0ms3://paperboat-invoices
            ESC[33m●ESC[0m ESC[1mstaging:user/support-samESC[0m   4 steps   ESC[2mas above from "controls"ESC[0m
            ESC[33m●ESC[0m ESC[1mstaging:role/deployer*ESC[0m  ×2   4 steps   ESC[2mas above from "controls"ESC[0m
          ESC[1mCheapest cut: policy/shared-ops:16 breaks 3 chains to s3://paperboat-invoices; 66 other steps would be gone too.ESC[0m
          not counted: 2 administrators (--admins)
        next: clavicle path acct/999999999999 s3://paperboat-invoices -s demo    see it: clavicle open --last
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
        next: clavicle can user/u0 iam:GetUser user/u7 -s gaad.json --standalone    see it: clavicle open --last
        [exit 0]
        "#);
    });
    let all = scene.run(&format!("{question} --all"));
    assert_eq!(all.lines().filter(|line| line.contains("policy/look:")).count(), 30, "{all}");
}

#[test]
fn who_gets_in_from_outside() {
    filtered(|| {
        assert_snapshot!(demo("outside"), @"
        5 ways in from outside: 1 critical, 1 high, 1 low, 1 known and 1 accepted.
          ◆ 999999999999   unknown account    → staging:role/LogShipper           no condition         no use known      reaches s3://paperboat-invoices, 5 steps
          ▲ github.com     OIDC               → tools:role/ci-deploy              repo:paperboat/*:*   used 2026-08-22   administrator of tools
          ○ paperboat      SAML               → management:role/Audit             everybody there      used 2026-08-22
          ✓ everyone       public             → s3://paperboat-covers      read   –                                      accepted by dana until 2027-01-01
          ✓ 888877776666   Sailcheck, known   → prod:role/sailcheck-read          ExternalId           used 2026-08-19
          = 14 roles are entered through IAM Identity Center, the organization's own directory, and not listed.
          = The policies of 31 things were not seen: they may let in others.
          not seen: secretsmanager:ListSecrets in prod (AWS Config lists none, and does not say whether it records them)
          not seen: secretsmanager:ListSecrets in management (AWS Config lists none, and does not say whether it records them)
          not seen: codebuild:ListProjects in management (AWS Config lists none, and does not say whether it records them)
          not seen: secretsmanager:ListSecrets in tools (AWS Config lists none, and does not say whether it records them)
          not seen: codebuild:GetResourcePolicy in prod, 10 things (AWS Config does not record it)
          not seen: codebuild:GetResourcePolicy in staging, 1 thing (AWS Config does not record it)
          not seen: secretsmanager:GetResourcePolicy in staging, 11 things (AWS Config does not record it)
          not seen: codebuild:GetResourcePolicy in tools, 9 things (AWS Config does not record it)
        next: clavicle path acct/999999999999 s3://paperboat-invoices -s demo
        [exit 0]
        ");
    });
}

#[test]
fn what_is_public() {
    filtered(|| {
        assert_snapshot!(demo("outside prod --public"), @r#"
1 way is open to everyone into prod: 1 accepted.
  ✓ everyone   public   → s3://paperboat-covers   read   –   accepted by dana until 2027-01-01
  = The policies of 10 things were not seen: they may let in others.
  not seen: secretsmanager:ListSecrets in prod (AWS Config lists none, and does not say whether it records them)
  not seen: codebuild:GetResourcePolicy in prod, 10 things (AWS Config does not record it)
next: clavicle who s3://paperboat-covers -s demo
[exit 0]
"#);
    });
}

#[test]
fn an_account_that_is_not_there_is_said_to_be_none() {
    filtered(|| {
        assert_snapshot!(demo("outside stagng"), @r#"
[stderr]
error: `stagng` is no account of this snapshot
help: did you mean `acct/staging`?
[exit 2]
"#);
    });
}

#[test]
fn a_list_of_accounts_names_outsiders_and_lets_none_pass_as_known() {
    let scene = Scene::new();
    scene.write(
        "known.yaml",
        "- name: 'Logship Ltd'\n  source: ['https://logship.example/aws']\n  accounts: ['999999999999']\n",
    );
    filtered(|| {
        assert_snapshot!(scene.run("outside staging -s demo --known known.yaml"), @"
        1 way in from outside into staging: 1 high.
          ▲ 999999999999   Logship Ltd, listed   → staging:role/LogShipper   no condition   no use known   reaches s3://paperboat-invoices, 5 steps
          = 6 roles are entered through IAM Identity Center, the organization's own directory, and not listed.
          = The policies of 12 things were not seen: they may let in others.
          not seen: codebuild:GetResourcePolicy in staging, 1 thing (AWS Config does not record it)
          not seen: secretsmanager:GetResourcePolicy in staging, 11 things (AWS Config does not record it)
        next: clavicle path acct/999999999999 s3://paperboat-invoices -s demo --known known.yaml
        [exit 0]
        ");
    });
    let who = scene.run("who staging:role/LogShipper --do become --by outside -s demo --known known.yaml");
    assert!(who.contains("acct/999999999999 (Logship Ltd)"), "{who}");
    scene.write("known.yaml", "- name: x\n  accounts: ['12']\n");
    filtered(|| {
        assert_snapshot!(scene.run("outside -s demo --known known.yaml"), @r#"
[stderr]
error: `12` of x is not an account: an account id has twelve digits
 --> known.yaml
help: write `- name: 'Vendor'`, `source: ['https://…']` and `accounts: ['111122223333']` for each
[exit 4]
"#);
    });
}

#[test]
fn a_path_is_told_step_by_step() {
    filtered(|| {
        assert_snapshot!(demo("path outside matter"), @r#"
        1 way leads from outside to what matters: that of acct/999999999999 in 5 steps, if their own policies let them.
            ◆ acct/999999999999   5 steps   outside   if their own policies let them
              1   ─becomes→    staging:role/LogShipper         sts:AssumeRole               staging:role/LogShipper#trust:4                "LogShipping"        if their own policies let them
              2   ─controls→   staging:lambda/nightly-report   lambda:UpdateFunctionCode    policy/shared-ops:16                           "LambdaDeploy"
              3   ─runs as→    staging:role/nightly-exec
              4   ─becomes→    prod:role/reporting-read        sts:AssumeRole               staging:role/nightly-exec#assume-reporting:4   "ReadProdInvoices"
              5   ─reads→      s3://paperboat-invoices         s3:GetObject + kms:Decrypt   policy/reporting-read:5
        next: clavicle can prod:role/reporting-read s3:GetObject s3://paperboat-invoices -s demo    see it: clavicle open --last
        [exit 3]
        "#);
        assert_snapshot!(demo("who admin --do become"), @"
        tools:provider/token.actions.githubusercontent.com can come to be administrator.
          CHAINS
            ▲ tools:provider/token.actions.githubusercontent.com   1 step   outside   if token.actions.githubusercontent.com:aud is sts.amazonaws.com and token.actions.githubusercontent.com:sub is like repo:paperboat/*:*
              ─becomes→ tools:role/ci-deploy
          Cheapest cut: tools:role/ci-deploy#trust:4 breaks 1 chain to administrator.
          not counted: 4 administrators (--admins)
        next: clavicle path tools:provider/token.actions.githubusercontent.com admin -s demo    see it: clavicle open --last
        [exit 3]
        ");
        assert_snapshot!(demo("path staging:role/deployer s3://paperboat-customers --steps 4"), @"
        staging:role/deployer cannot get to s3://paperboat-customers in 4 steps.
        [exit 1]
        ");
        assert_snapshot!(demo("path role/x"), @"
        [stderr]
        error: this does not say where the path ends
        help: for example `clavicle path outside matter`, or `clavicle path role/web prod:admin`
        [exit 2]
        ");
        assert_snapshot!(demo("path outside matter --steps 99"), @"
        [stderr]
        error: invalid value `99` for `--steps <NUMBER>`: write a number from 1 to 32
        [exit 2]
        ");
    });
}

#[test]
fn a_tag_names_what_bears_it() {
    let told = demo("can tag:team=support read s3://paperboat-invoices");
    assert!(told.starts_with("YES, if MFA."), "{told}");
    let told = demo("who s3://paperboat-invoices --do read --by tag:team=support");
    assert!(told.contains("prod:user/dana") && !told.contains("billing"), "{told}");
    let told = demo("can tag:team read s3://paperboat-invoices");
    assert!(told.contains("`tag:team` can mean 323 things") && told.ends_with("[exit 2]"), "{told}");
    let told = demo("can tag:team=nobody read s3://paperboat-invoices");
    assert!(told.contains("is not a user or role") && told.ends_with("[exit 2]"), "{told}");
}
