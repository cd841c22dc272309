//! Every format that is imported, by small files of our own in `tests/cases/import`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

use std::path::{Path, PathBuf};

use clavicle_snapshot::{
    AccountId, CoverageState, Import, Imported, Levels, OrgPolicyKind, PolicyState, PrincipalKind,
    PrincipalRecord, ResourceRecord, RoleAttribute, Snapshot,
};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/import").join(name)
}

fn import(names: &[&str]) -> Imported {
    let import = names.iter().fold(Import::new(), |import, name| import.source(case(name)));
    import.run(|_| ()).unwrap_or_else(|error| panic!("{names:?}: {error}"))
}

fn snapshot(names: &[&str]) -> Snapshot {
    let imported = import(names);
    assert_eq!(imported.warnings, [], "{names:?}");
    Snapshot::read(&imported.database, |_, _| ()).unwrap()
}

fn principal<'s>(snapshot: &'s Snapshot, arn: &str) -> &'s PrincipalRecord {
    snapshot.principal(snapshot.principal_by_arn(arn).unwrap_or_else(|| panic!("no {arn}")))
}

fn resource<'s>(snapshot: &'s Snapshot, arn: &str) -> &'s ResourceRecord {
    snapshot.resource(snapshot.resource_by_arn(arn).unwrap_or_else(|| panic!("no {arn}")))
}

fn text(snapshot: &Snapshot, policy: PolicyState) -> &str {
    let id = policy.document().unwrap_or_else(|| panic!("{policy:?} is no document"));
    &snapshot.document(id).text
}

/// What there is in words, to compare two ways to the same facts.
fn summary(snapshot: &Snapshot) -> Vec<String> {
    let mut lines: Vec<String> = snapshot
        .principals
        .iter()
        .map(|it| {
            let policies: Vec<&str> =
                it.attached.iter().map(|&policy| &*snapshot.policy(policy).arn).collect();
            let inline: Vec<(&str, &str)> =
                it.inline.iter().map(|policy| (&*policy.name, text(snapshot, policy.document))).collect();
            let groups: Vec<&str> = it.groups.iter().map(|&group| &*snapshot.principal(group).arn).collect();
            let trust = it.trust.document().map(|id| &*snapshot.document(id).text);
            let used = &it.last_used;
            format!("{} {policies:?} {inline:?} {groups:?} {trust:?} {used:?} {:?}", it.arn, it.tags)
        })
        .collect();
    lines.extend(snapshot.policies.iter().map(|policy| {
        let text = policy.document.document().map(|id| &*snapshot.document(id).text);
        format!("{} {text:?} {}", policy.arn, policy.versions.len())
    }));
    lines.extend(snapshot.resources.iter().map(|it| {
        let text = it.policy.document().map(|id| &*snapshot.document(id).text);
        format!(
            "{} {} {:?} {text:?} {:?} {:?} {:?}",
            it.arn,
            it.kind,
            it.policy == PolicyState::None,
            it.tags,
            it.runs_as,
            it.facts
        )
    }));
    lines.sort();
    lines
}

/// A text without lines of its own is laid out with an element a line.
const READ_SHELF: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadShelf",
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::shelf/*"
    }
  ]
}
"#;

#[test]
fn authorization_details() {
    let snapshot = snapshot(&["ok/details.json"]);
    let dana = principal(&snapshot, "arn:aws:iam::111122223333:user/staff/dana");
    assert_eq!((dana.kind, &*dana.name, &*dana.path), (PrincipalKind::User, "dana", "/staff/"));
    assert_eq!(dana.account.to_string(), "111122223333");
    assert_eq!(dana.tags.as_deref(), Some(&[("team".into(), "support".into())][..]));
    assert_eq!(dana.trust, PolicyState::None);
    assert!(text(&snapshot, dana.inline[0].document).contains("iam:ChangePassword"));
    let boundary = snapshot.policy(dana.boundary.unwrap());
    assert_eq!(&*boundary.arn, "arn:aws:iam::111122223333:policy/limits/people");
    assert_eq!(
        boundary.document,
        PolicyState::NotSeen,
        "a boundary that the file does not carry is not seen"
    );

    let groups: Vec<_> = dana.groups.iter().map(|&group| snapshot.principal(group)).collect();
    assert_eq!(&*groups[0].arn, "arn:aws:iam::111122223333:group/teams/readers", "groups are found by name");
    assert!(groups[0].seen);
    assert_eq!((&*groups[1].name, groups[1].seen), ("night-shift", false), "named, but not in the file");

    let nightly = principal(&snapshot, "arn:aws:iam::111122223333:role/service-role/nightly");
    assert!(text(&snapshot, nightly.trust).contains("lambda.amazonaws.com"));
    assert_eq!(nightly.last_used.as_ref().unwrap().region.as_deref(), Some("eu-west-1"));
    assert_eq!(nightly.instance_profiles, ["arn:aws:iam::111122223333:instance-profile/nightly-box".into()]);
    let never = principal(&snapshot, "arn:aws:iam::111122223333:role/never-used");
    assert_eq!(never.last_used.as_ref().unwrap().at, None, "known to be unused, which is not unknown");

    let shelf = snapshot.policy(nightly.attached[0]);
    assert_eq!(
        text(&snapshot, shelf.document),
        READ_SHELF,
        "the version in force is the default, not the newest"
    );
    assert_eq!((shelf.default_version.as_deref(), shelf.versions.len()), (Some("v1"), 2));
    let read_only =
        snapshot.policy(snapshot.policy_by_arn("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap());
    assert_eq!(
        (read_only.document, read_only.account),
        (PolicyState::NotSeen, None),
        "attached, not in the file"
    );
}

#[test]
fn authorization_details_are_the_same_facts_in_every_encoding_and_paging() {
    let plain = summary(&snapshot(&["ok/details.json"]));
    for other in ["ok/details-encoded.json", "ok/details-pages.json"] {
        assert_eq!(summary(&snapshot(&[other])), plain, "{other}");
    }
}

fn details_coverage(snapshot: &Snapshot) -> Vec<(CoverageState, &str)> {
    let details = snapshot.coverage.iter().filter(|it| &*it.call == "iam:GetAccountAuthorizationDetails");
    details.map(|it| (it.state, &*it.reason)).collect()
}

#[test]
fn a_page_that_is_missing_is_said() {
    let whole = snapshot(&["ok/details-pages.json"]);
    assert!(!details_coverage(&whole).iter().any(|(_, reason)| reason.contains("page")));
    let cut = snapshot(&["ok/details-page-missing.json"]);
    let said = details_coverage(&cut);
    assert!(
        said.iter()
            .any(|(state, reason)| *state == CoverageState::Partial && reason.contains("page is missing")),
        "{said:?}"
    );
}

#[test]
fn aws_config_is_the_same_facts_in_every_wrapping() {
    let snapshot_file = summary(&snapshot(&["ok/config-snapshot.json"]));
    for other in ["ok/config-lines.jsonl", "ok/config-batch.json"] {
        assert_eq!(summary(&snapshot(&[other])), snapshot_file, "{other}");
    }
    let folder = tempfile::tempdir().unwrap();
    let packed = folder.path().join("named-like-nothing");
    let mut gzip =
        flate2::write::GzEncoder::new(std::fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &std::fs::read(case("ok/config-snapshot.json")).unwrap()).unwrap();
    gzip.finish().unwrap();
    let imported = Import::new().source(&packed).run(|_| ()).unwrap();
    assert_eq!(
        summary(&Snapshot::read(&imported.database, |_, _| ()).unwrap()),
        snapshot_file,
        "gzip, by its content"
    );
    // As AWS Config delivers to the bucket of an organization.
    let delivered = folder.path().join(
        "bucket/prefix/AWSLogs/o-ab12cd34ef/111122223333/Config/eu-west-1/2026/8/20/ConfigSnapshot/s.json.gz",
    );
    std::fs::create_dir_all(delivered.parent().unwrap()).unwrap();
    std::fs::rename(&packed, &delivered).unwrap();
    let imported = Import::new().source(folder.path().join("bucket")).run(|_| ()).unwrap();
    assert_eq!(
        summary(&Snapshot::read(&imported.database, |_, _| ()).unwrap()),
        snapshot_file,
        "{delivered:?}"
    );
}

#[test]
fn resources_of_aws_config() {
    let snapshot = snapshot(&["ok/config-snapshot.json"]);
    let at = |rest: &str| resource(&snapshot, &format!("arn:aws:{rest}"));
    let states: Vec<(&str, &str, &str)> = snapshot
        .resources
        .iter()
        .map(|it| {
            let state = match it.policy {
                PolicyState::None => "none",
                PolicyState::NotSeen => "not seen",
                PolicyState::Document(_) => "document",
            };
            (&*it.kind, &*it.name, state)
        })
        .collect();
    assert_eq!(
        states,
        [
            ("s3:bucket", "shelf", "document"),
            ("s3:bucket", "plain", "none"),
            ("s3:bucket", "unsaid", "not seen"),
            ("sqs:queue", "jobs", "document"),
            ("sqs:queue", "silent", "none"),
            ("sns:topic", "events", "document"),
            ("kms:key", "11111111-2222-3333-4444-555555555555", "document"),
            ("lambda:function", "nightly", "document"),
            ("secretsmanager:secret", "db/login", "not seen"),
            ("dynamodb:table", "orders", "not seen"),
            ("ecr:repository", "app", "document"),
            ("ec2:instance", "i-1", "none"),
            ("ecs:task-definition", "web:7", "none"),
            ("glue:job", "tidy", "none"),
            ("cloudformation:stack", "base", "none"),
            ("states:stateMachine", "flow", "none"),
            ("events:event-bus", "shared", "document"),
            ("mediastore:container", "films", "document"),
            ("ec2:security-group", "web", "none"),
        ]
    );
    let shelf = at("s3:::shelf");
    assert_eq!(shelf.account, AccountId::parse("111122223333"), "a bucket's ARN does not name its account");
    assert_eq!(shelf.region.as_deref(), Some("eu-west-1"));
    assert_eq!(shelf.facts.encryption_key.as_deref(), Some("alias/books"));
    assert!(shelf.facts.public_access_block.unwrap().block_public_policy);
    assert!(!shelf.facts.public_access_block.unwrap().block_public_acls);
    assert_eq!(shelf.facts.object_ownership.as_deref(), Some("ObjectWriter"));
    let grant = &shelf.facts.acl.as_ref().unwrap()[0];
    assert_eq!(
        (&*grant.grantee, &*grant.permission),
        ("http://acs.amazonaws.com/groups/global/AllUsers", "READ")
    );
    let key = at("kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555");
    assert_eq!(key.facts.aliases, ["alias/books".into()]);
    assert_eq!(key.facts.aws_managed, Some(false));
    assert_eq!(snapshot.key_aliases[0].key, key.arn);
    let table = at("dynamodb:eu-west-1:111122223333:table/orders");
    assert_eq!(table.facts.encryption_key, Some(key.arn.clone()));
    let account = snapshot.account(AccountId::parse("111122223333").unwrap()).unwrap();
    assert!(account.public_access_block.unwrap().restrict_public_buckets);
    assert_eq!(snapshot.id, "2026-08-20T02:12:31.000Z", "the data is as old as its items say");
}

#[test]
fn every_other_type_of_aws_config_is_read_by_the_names_of_its_fields() {
    let imported = import(&["ok/config-snapshot.json", "ok/config-workloads.json"]);
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).unwrap();
    let at = "eu-west-1:111122223333";
    let own = "arn:aws:iam::111122223333:role/service-role/nightly";
    let other = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
    for (rest, roles, policy) in [
        ("ecs:@:service/shop/web", vec![(RoleAttribute::Service, other("ecs-lb"))], "none"),
        ("codebuild:@:project/build", vec![(RoleAttribute::Role, own.to_owned())], "not seen"),
        ("cloudformation:@:stack/site/2", vec![], "none"),
        ("sagemaker:@:notebook-instance/lab", vec![(RoleAttribute::Role, own.to_owned())], "none"),
        ("sagemaker:@:model/taste", vec![(RoleAttribute::Role, own.to_owned())], "none"),
        (
            "apprunner:@:service/front/1",
            vec![(RoleAttribute::Role, own.to_owned()), (RoleAttribute::Service, other("pull"))],
            "none",
        ),
        ("kms:@:key/22222222-2222-3333-4444-555555555555", vec![], "Own"),
        ("lambda:@:function:quiet", vec![(RoleAttribute::Role, own.to_owned())], "none"),
        ("ec2:@:instance/i-2", vec![], "none"),
        ("kinesis:@:stream/clicks", vec![], "not seen"),
        ("invented:@:shelf/one", vec![], "Supplement"),
        ("invented:@:shelf/two", vec![], "Beside"),
        ("invented:@:shelf/three", vec![], "none"),
        ("invented:@:shelf/four", vec![], "not seen"),
    ] {
        let it = resource(&snapshot, &format!("arn:aws:{}", rest.replace('@', at)));
        let named: Vec<_> = it.runs_as.iter().map(|it| (it.attribute, it.named.to_string())).collect();
        assert_eq!(named, roles, "{rest}");
        match it.policy {
            PolicyState::None => assert_eq!(policy, "none", "{rest}"),
            PolicyState::NotSeen => assert_eq!(policy, "not seen", "{rest}"),
            PolicyState::Document(_) => assert!(text(&snapshot, it.policy).contains(policy), "{rest}"),
        }
    }
    let service = resource(&snapshot, &format!("arn:aws:ecs:{at}:service/shop/web"));
    let task = format!("arn:aws:ecs:{at}:task-definition/web:7");
    assert!(service.facts.json.as_ref().unwrap().contains(&task), "a service leads to its task definition");
    let key = resource(&snapshot, &format!("arn:aws:kms:{at}:key/22222222-2222-3333-4444-555555555555"));
    assert_eq!(key.facts.aws_managed, Some(true));
    assert!(
        text(&snapshot, key.policy).contains("\"Sid\": \"Own\", \"Effect\": \"Allow\","),
        "lines that somebody made are kept, however often the text is wrapped"
    );
    let [cut] = &imported.warnings[..] else { panic!("{:?}", imported.warnings) };
    assert_eq!((cut.line, &*cut.pointer), (15, "/configuration/accessPolicy"));
    assert!(cut.text.contains("not JSON"), "{cut:?}");
}

#[test]
fn what_nothing_is_known_about_is_said_with_its_place() {
    let imported = import(&["ok/unknown-parts.jsonl"]);
    let said: Vec<(u64, &str)> = imported.warnings.iter().map(|it| (it.line, &*it.text)).collect();
    let [list, object, empty, number] = &said[..] else { panic!("{said:?}") };
    assert_eq!(list.0, 2);
    assert!(list.1.contains("`ShelfDetailList`"), "{list:?}");
    assert_eq!(object.0, 3);
    assert!(object.1.contains("`Books`, `Title`"), "{object:?}");
    assert_eq!((empty.0, number.0), (5, 5));
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).unwrap();
    assert_eq!((snapshot.principals.len(), snapshot.resources.len()), (1, 1), "the rest is read");
}

#[test]
fn workloads_and_the_roles_that_they_act_as() {
    let snapshot = snapshot(&["ok/config-snapshot.json"]);
    let nightly = snapshot.principal_by_arn("arn:aws:iam::111122223333:role/service-role/nightly");
    assert!(nightly.is_some());
    let roles = |arn: &str| {
        let roles = &resource(&snapshot, &format!("arn:aws:{arn}")).runs_as;
        roles.iter().map(|it| (it.attribute, it.role)).collect::<Vec<_>>()
    };
    let at = "eu-west-1:111122223333";
    assert_eq!(roles(&format!("lambda:{at}:function:nightly")), [(RoleAttribute::Role, nightly)]);
    assert_eq!(roles(&format!("ec2:{at}:instance/i-1")), [(RoleAttribute::InstanceProfile, nightly)]);
    assert_eq!(
        roles(&format!("ecs:{at}:task-definition/web:7")),
        [(RoleAttribute::Task, nightly), (RoleAttribute::Execution, None)],
        "a role that no source carries stays a name"
    );
    assert_eq!(
        roles(&format!("glue:{at}:job/tidy")),
        [(RoleAttribute::Role, nightly)],
        "named without its path"
    );
    assert_eq!(roles(&format!("cloudformation:{at}:stack/base/1")), [(RoleAttribute::Service, nightly)]);
    assert_eq!(roles(&format!("states:{at}:stateMachine:flow")), [(RoleAttribute::Role, nightly)]);
}

#[test]
fn iam_of_aws_config() {
    let snapshot = snapshot(&["ok/config-snapshot.json"]);
    let erin = principal(&snapshot, "arn:aws:iam::111122223333:user/erin");
    let readers = snapshot.principal(erin.groups[0]);
    assert!(
        text(&snapshot, readers.inline[0].document).contains("s3:ListAllMyBuckets"),
        "documents are URL-encoded"
    );
    let nightly = principal(&snapshot, "arn:aws:iam::111122223333:role/service-role/nightly");
    assert_eq!(nightly.last_used, None, "AWS Config does not say, which is not never");
    assert_eq!(text(&snapshot, snapshot.policy(nightly.attached[0]).document), READ_SHELF);
    assert_eq!(&*snapshot.policy(nightly.boundary.unwrap()).arn, "arn:aws:iam::111122223333:policy/limits");
    assert_eq!(
        details_coverage(&snapshot)[0].0,
        CoverageState::Seen,
        "users, groups, roles and policies are all there"
    );
}

#[test]
fn a_query_that_did_not_ask_leaves_things_not_seen() {
    let snapshot = snapshot(&["ok/config-query.json"]);
    assert!(text(&snapshot, resource(&snapshot, "arn:aws:s3:::shelf").policy).contains("ReadAll"));
    let at = "eu-west-1:111122223333";
    let key = resource(&snapshot, &format!("arn:aws:kms:{at}:key/11111111-2222-3333-4444-555555555555"));
    assert_eq!(key.policy, PolicyState::NotSeen);
    let silent = resource(&snapshot, &format!("arn:aws:sqs:{at}:silent"));
    assert_eq!(silent.policy, PolicyState::NotSeen, "in a snapshot file it would be none");
    let tags = resource(&snapshot, "arn:aws:s3:::shelf").tags.clone().unwrap();
    assert_eq!(tags, [("team".into(), "books".into())]);
}

#[test]
fn an_organization() {
    let snapshot = snapshot(&["ok/organization.json"]);
    let organization = snapshot.organization.as_ref().unwrap();
    assert_eq!(organization.management, AccountId::parse("999988887777"));
    let id = |text: &str| AccountId::parse(text).unwrap();
    let names = |kind: OrgPolicyKind, account: &str| match snapshot.levels(id(account), kind) {
        Levels::Seen(levels) => Some(
            levels
                .into_iter()
                .map(|level| {
                    let names: Vec<&str> =
                        level.policies.iter().map(|&it| &*organization.policy(it).name).collect();
                    format!("{}: {}", level.target, names.join(" "))
                })
                .collect::<Vec<_>>(),
        ),
        _ => None,
    };
    assert_eq!(
        names(OrgPolicyKind::Scp, "111122223333").unwrap(),
        [
            "r-ab12: FullAWSAccess no-leave",
            "ou-ab12-outer000: FullAWSAccess",
            "ou-ab12-inner000: ",
            "111122223333: FullAWSAccess"
        ]
    );
    assert_eq!(
        snapshot.levels(id("111122223333"), OrgPolicyKind::Rcp),
        Levels::DoNotBind,
        "switched off in the root"
    );
    assert_eq!(
        snapshot.levels(id("999988887777"), OrgPolicyKind::Scp),
        Levels::DoNotBind,
        "the management account"
    );
    assert_eq!(
        snapshot.levels(id("444455556666"), OrgPolicyKind::Scp),
        Levels::NotSeen,
        "its parent is not in the file"
    );
    let full = text(&snapshot, organization.policies.iter().find(|it| it.aws_managed).unwrap().document);
    assert!(full.contains("{ \"Effect\": \"Allow\""), "lines that the source has are kept: {full}");
    assert!(!format!("{snapshot:?}").contains("@example.com"), "e-mail addresses are not kept");
}

#[test]
fn a_list_of_resources() {
    let snapshot = snapshot(&["ok/resources.json", "ok/details.json"]);
    let at = "eu-west-1:111122223333";
    let state = |arn: &str| resource(&snapshot, arn).policy;
    assert!(text(&snapshot, state("arn:aws:s3:::ledger")).contains("\"Deny\""));
    assert_eq!(state(&format!("arn:aws:sqs:{at}:jobs")), PolicyState::None, "null says that there is none");
    assert_eq!(state(&format!("arn:aws:sns:{at}:events")), PolicyState::NotSeen, "left out says nothing");
    assert_eq!(state(&format!("arn:aws:secretsmanager:{at}:secret:db-AbC123")), PolicyState::NotSeen);
    let denied = snapshot.coverage.iter().find(|it| it.state == CoverageState::Denied).unwrap();
    assert_eq!((&*denied.call, denied.things), ("secretsmanager:GetResourcePolicy", 1));
    let empty = snapshot.coverage.iter().find(|it| &*it.call == "dynamodb:ListTables").unwrap();
    assert_eq!(&*empty.reason, "the file of resources lists none, and does not say whether it records them");
    assert_eq!(
        resource(&snapshot, &format!("arn:aws:kms:{at}:key/1")).facts.aliases,
        ["alias/ledger".into()]
    );
    let nightly = snapshot.principal_by_arn("arn:aws:iam::111122223333:role/service-role/nightly");
    for (arn, attribute) in [
        ("lambda", "function:nightly", RoleAttribute::Role),
        ("ec2", "instance/i-1", RoleAttribute::InstanceProfile),
    ]
    .map(|(service, rest, attribute)| (format!("arn:aws:{service}:{at}:{rest}"), attribute))
    {
        let runs_as = &resource(&snapshot, &arn).runs_as[0];
        assert_eq!((runs_as.attribute, runs_as.role), (attribute, nightly), "{arn}");
    }
}

#[test]
fn a_credential_report() {
    let snapshot = snapshot(&["ok/details.json", "ok/credential-report.csv"]);
    let dana =
        principal(&snapshot, "arn:aws:iam::111122223333:user/staff/dana").credentials.as_ref().unwrap();
    assert_eq!((dana.password, dana.mfa, dana.keys.len()), (Some(true), Some(true), 0));
    let keys =
        &principal(&snapshot, "arn:aws:iam::111122223333:user/svc-export").credentials.as_ref().unwrap().keys;
    assert_eq!(keys.iter().map(|key| key.active).collect::<Vec<_>>(), [true, false]);
    assert_eq!(keys[0].last_used.as_deref(), Some("2026-08-20T00:00:00+00:00"));
    let root = snapshot.accounts[0].root.as_ref().unwrap();
    assert_eq!((root.password, root.mfa, root.keys.len()), (None, Some(false), 1));
}

#[test]
fn a_credential_report_as_the_api_gives_it() {
    use base64::Engine as _;
    let report = std::fs::read(case("ok/credential-report.csv")).unwrap();
    let content = base64::engine::general_purpose::STANDARD.encode(report);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answer");
    let answer =
        format!(r#"{{"Content": "{content}", "ReportFormat": "text/csv", "GeneratedTime": "2026-08-22"}}"#);
    std::fs::write(&file, answer).unwrap();
    let imported = Import::new().source(case("ok/details.json")).source(&file).run(|_| ()).unwrap();
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).unwrap();
    assert!(principal(&snapshot, "arn:aws:iam::111122223333:user/svc-export").credentials.is_some());
}

#[test]
fn identity_center_and_providers() {
    let snapshot = snapshot(&["ok/identity-center.json"]);
    let center = &snapshot.identity_center[0];
    assert_eq!((center.permission_sets.len(), center.assignments.len()), (1, 1));
    let set = &center.permission_sets[0];
    assert_eq!((&*set.name, set.inline), ("viewer", PolicyState::None));
    assert_eq!(set.attached.as_ref().unwrap().len(), 1);
    let providers: Vec<_> = snapshot.providers.iter().map(|it| (it.kind, it.url.as_deref())).collect();
    assert_eq!(providers.len(), 2);
    assert_eq!(providers[0].1, Some("token.actions.githubusercontent.com"));
}

#[test]
fn a_folder_is_everything_in_it_that_is_ours() {
    let folder = tempfile::tempdir().unwrap();
    let account = folder.path().join("accounts/111122223333");
    std::fs::create_dir_all(account.join("last-accessed")).unwrap();
    let copy = |from: &str, to: &Path| std::fs::copy(case(from), to).unwrap();
    copy("ok/organization.json", &folder.path().join("organization.json"));
    copy("ok/details.json", &account.join("gaad.json"));
    copy("ok/resources.json", &account.join("resource_policies.json"));
    copy("ok/credential-report.csv", &account.join("credential-report.csv"));
    copy("err/plan.json", &account.join("plan.json"));
    std::fs::write(account.join("last-accessed/x.json"), "not even JSON").unwrap();
    std::fs::write(folder.path().join("clavicle.toml"), "[[known]]").unwrap();
    let imported = Import::new().source(folder.path()).run(|_| ()).unwrap();
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).unwrap();
    assert_eq!((snapshot.accounts.len(), snapshot.resources.len()), (3, 7));
    assert!(principal(&snapshot, "arn:aws:iam::111122223333:user/svc-export").credentials.is_some());
    let kinds: Vec<&str> = snapshot.sources.iter().map(|source| &*source.kind).collect();
    assert_eq!(
        kinds,
        ["organization", "credential report", "authorization details", "resource list", "other"]
    );
    let [skipped] = &imported.warnings[..] else { panic!("{:?}", imported.warnings) };
    assert!(skipped.file.ends_with("plan.json") && skipped.text.contains("which account"), "{skipped:?}");
}
