//! Accounts that another project publishes, as `get-account-authorization-details` answered: all of them is read, and who
//! can do what is what the slow evaluator reads out of the same file.

use std::collections::BTreeMap;

use clavicle_catalog::catalog;
use clavicle_engine::{Action, Verdict};
use clavicle_graph::{Actor, Stated, Target, World};
use clavicle_snapshot::{Import, PrincipalKind, Snapshot};
use clavicle_testkit::{AccountDetails, Decision, account_details, open_keys, slow_decide};

#[expect(clippy::print_stderr, reason = "whoever runs the tests has to know that there was nothing to test")]
fn accounts() -> Vec<AccountDetails> {
    account_details().unwrap_or_else(|absent| {
        eprintln!("not run: {absent}");
        Vec::new()
    })
}

fn world(account: &AccountDetails) -> World {
    let imported = Import::new().source(account.path()).run(|_| ()).expect("it imports");
    assert_eq!(imported.warnings, []);
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).expect("it loads");
    World::new(snapshot, catalog(), Stated::default(), |_, _| ())
}

#[test]
fn everything_in_the_file_is_in_the_snapshot() {
    for account in accounts() {
        let world = world(&account);
        let snapshot = world.snapshot();
        for (list, kind) in [
            ("UserDetailList", PrincipalKind::User),
            ("RoleDetailList", PrincipalKind::Role),
            ("GroupDetailList", PrincipalKind::Group),
        ] {
            let listed = account.arns(list);
            let held = snapshot.principals.iter().filter(|principal| principal.kind == kind).count();
            assert_eq!(held, listed.len(), "{list} of {}", account.path().display());
            assert!(listed.iter().all(|arn| snapshot.principal_by_arn(arn).is_some()), "{list}");
        }
        for arn in account.arns("Policies") {
            assert!(snapshot.policies.iter().any(|policy| *policy.arn == *arn), "{arn}");
        }
        for role in account.arns("RoleDetailList") {
            let index = snapshot.principal_by_arn(role).expect(role);
            assert_eq!(snapshot.principal(index).trust.document().is_some(), account.trust(role).is_some());
        }
    }
}

/// Nothing but identity policies bears on these, so the file tells all.
const QUESTIONS: [(&str, &str); 12] = [
    ("iam:CreateAccessKey", "arn:aws:iam::{}:user/somebody"),
    ("iam:PutUserPolicy", "arn:aws:iam::{}:user/somebody"),
    ("iam:PassRole", "arn:aws:iam::{}:role/something"),
    ("iam:CreatePolicyVersion", "arn:aws:iam::{}:policy/Something"),
    ("iam:ListUsers", "*"),
    ("ec2:RunInstances", "arn:aws:ec2:us-east-1:{}:instance/*"),
    ("ec2:DescribeInstances", "*"),
    ("rds:CreateDBSnapshot", "arn:aws:rds:us-east-1:{}:db:orders"),
    ("s3:ListAllMyBuckets", "*"),
    ("ssm:DescribeInstanceInformation", "*"),
    ("cloudwatch:PutMetricData", "*"),
    ("organizations:LeaveOrganization", "*"),
];

#[test]
fn who_can_do_what_is_what_the_file_says() {
    let (mut asked, mut allowed) = (0, 0);
    for account in accounts() {
        let world = world(&account);
        let when = world.context(&BTreeMap::new());
        for caller in account.callers() {
            let index = world.snapshot().principal_by_arn(caller).expect(caller);
            let own = world.snapshot().principal(index).account;
            for (action, resource) in QUESTIONS {
                let resource = resource.replace("{}", &own.to_string());
                // The text of a policy of AWS's own may be missing.
                let Some(request) = account.request(caller, action, &resource) else { continue };
                let unknown = open_keys(&request);
                let told = slow_decide(&clavicle_testkit::Request { unknown, ..request }).decision;
                let target = match resource.as_str() {
                    "*" => Target::Anything,
                    arn => Target::Arn(arn.into(), Some(own)),
                };
                let actor = Actor::Principal(index);
                let ruling = world.decide(&actor, &Action::new(action), &target, None, &when);
                let denied = told != Decision::Allowed && told != Decision::Depends;
                // Which SCPs stand above the account, and policies of things, are not in the file.
                assert!(denied || ruling.may(), "{caller} {action}: {told:?}, {ruling:?}");
                let certain = matches!(ruling.verdict, Verdict::ExplicitlyDenied | Verdict::Allowed);
                let as_told = match told {
                    Decision::Allowed => ruling.verdict != Verdict::ExplicitlyDenied,
                    Decision::ExplicitlyDenied => !ruling.may(),
                    _ => !certain,
                };
                assert!(as_told, "{caller} {action}: {told:?}, {ruling:?}");
                asked += 1;
                allowed += usize::from(told == Decision::Allowed);
            }
        }
    }
    assert!(asked == 0 || (allowed > 20 && allowed < asked), "{allowed} of {asked}");
}
