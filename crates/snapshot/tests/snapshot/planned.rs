//! Plans and templates as sources, by small files of our own in `tests/cases/sources`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod any_bytes;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clavicle_snapshot::{Import, Imported, Place, PolicyState, Side, Snapshot};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/sources").join(name)
}

fn import(names: &[&str]) -> Import {
    let place = Place::parse("111122223333/eu-west-1");
    names.iter().fold(Import::new().planned_in(place), |import, name| import.source(case(name)))
}

fn run(import: Import) -> Imported {
    import.run(|_| ()).unwrap_or_else(|error| panic!("{error}: {:?}", error.hint))
}

fn read(names: &[&str]) -> Snapshot {
    Snapshot::read(&run(import(names)).database, |_, _| ()).unwrap()
}

/// All that access depends on, in words.
fn words(snapshot: &Snapshot) -> String {
    let mut out = String::new();
    let policy = |state: PolicyState| match state {
        PolicyState::None => "none".to_owned(),
        PolicyState::NotSeen => "not seen".to_owned(),
        PolicyState::Document(id) => {
            let text = &snapshot.document(id).text;
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    };
    for it in &snapshot.principals {
        writeln!(out, "{}{}", it.arn, if it.seen { "" } else { " (named only)" }).unwrap();
        if it.trust != PolicyState::None {
            writeln!(out, "  trust {}", policy(it.trust)).unwrap();
        }
        for attached in &it.attached {
            writeln!(out, "  attached {}", snapshot.policy(*attached).arn).unwrap();
        }
        for inline in &it.inline {
            writeln!(out, "  inline {}: {}", inline.name, policy(inline.document)).unwrap();
        }
        for group in &it.groups {
            writeln!(out, "  in {}", snapshot.principal(*group).name).unwrap();
        }
        if let Some(boundary) = it.boundary {
            writeln!(out, "  boundary {}", snapshot.policy(boundary).arn).unwrap();
        }
        for (key, value) in it.tags.iter().flatten() {
            writeln!(out, "  tag {key}={value}").unwrap();
        }
    }
    for it in &snapshot.policies {
        writeln!(out, "{}: {}", it.arn, policy(it.document)).unwrap();
    }
    for it in &snapshot.instance_profiles {
        writeln!(out, "{} holds {:?}", it.arn, it.role.as_deref()).unwrap();
    }
    for it in &snapshot.resources {
        writeln!(out, "{} {} {} {:?}", it.arn, it.kind, it.name, it.region.as_deref()).unwrap();
        writeln!(out, "  policy {}", policy(it.policy)).unwrap();
        for role in &it.runs_as {
            writeln!(out, "  runs as {} ({:?}) {}", role.named, role.attribute, role.role.is_some()).unwrap();
        }
        if let Some(facts) = &it.facts.json {
            writeln!(out, "  facts {facts}").unwrap();
        }
        for (key, value) in it.tags.iter().flatten() {
            writeln!(out, "  tag {key}={value}").unwrap();
        }
    }
    for it in &snapshot.declared {
        let file = it.file.rsplit('/').next().unwrap();
        writeln!(out, "declared {} {:?} by {} at {file}:{:?}", it.arn, it.part, it.address, it.line).unwrap();
    }
    for it in &snapshot.warnings {
        writeln!(out, "warning {}: {}", it.line, it.text).unwrap();
    }
    out
}

/// Compares with the text beside the case, or writes it when asked to: then the difference is what is reviewed.
fn same(name: &str, found: &str) {
    let expected = case(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&expected, found).unwrap();
    }
    let expected = std::fs::read_to_string(expected).unwrap_or_default();
    for (line, (expected, found)) in expected.lines().zip(found.lines()).enumerate() {
        assert_eq!(expected, found, "{name}:{}", line + 1);
    }
    assert_eq!(expected.lines().count(), found.lines().count(), "{name}");
}

#[test]
fn every_source_says_what_its_text_says() {
    for (source, expected) in [
        ("plan.json", "plan.txt"),
        ("state.json", "state.txt"),
        ("template.yaml", "template.txt"),
        ("sam.yaml", "sam.txt"),
        ("cdk.out", "cdk.txt"),
    ] {
        let snapshot = read(&[source]);
        assert!(!format!("{snapshot:?}").contains("s3cr3t"), "{source}");
        same(expected, &words(&snapshot));
    }
    let before = run(import(&["plan.json"]).side(Side::Before));
    same("plan-before.txt", &words(&Snapshot::read(&before.database, |_, _| ()).unwrap()));
}

/// The same template in JSON, with the long forms of its functions.
#[test]
fn a_template_says_the_same_in_json() {
    let text = std::fs::read_to_string(case("sam.yaml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let json = r#"{"Transform": "AWS::Serverless-2016-10-31", "Resources": {
        "Jobs": {"Type": "AWS::SQS::Queue"},
        "Shared": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": [
            {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": {"Fn::GetAtt": ["Jobs", "Arn"]}}]}}}}}"#;
    let yaml = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Jobs: {Type: 'AWS::SQS::Queue'}\n  Shared:\n    \
        Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Statement:\n          - \
        {Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Jobs.Arn}\n";
    assert!(text.starts_with("AWSTemplateFormatVersion"));
    let said = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let import = Import::new().planned_in(Place::parse("111122223333/eu-west-1")).source(&file);
        let snapshot = Snapshot::read(&run(import).database, |_, _| ()).unwrap();
        words(&snapshot).lines().filter(|line| !line.starts_with("declared")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(said("t.json", json), said("t.yaml", yaml));
    assert!(said("t.json", json).contains("policy/Shared~"));
}

/// The state is saved, and the plan laid over it, in whatever order they are named.
#[test]
fn a_plan_is_laid_over_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("s.clavicle");
    let details = folder.path().join("details.json");
    std::fs::write(&details, DETAILS).unwrap();
    Import::new().source(&details).run(|_| ()).unwrap().database.save(&saved).unwrap();
    let over = |sources: [&Path; 2]| {
        let import = sources.into_iter().fold(Import::new(), |import, source| import.source(source));
        Snapshot::read(&run(import).database, |_, _| ()).unwrap()
    };
    let plan = case("plan.json");
    let snapshot = over([&saved, &plan]);
    same("over.txt", &words(&snapshot));
    assert_eq!(words(&over([&plan, &saved])), words(&snapshot));
    // Files of the account do as well as the snapshot that was made of them.
    assert_eq!(words(&over([&plan, &details])), words(&snapshot));
    // What came by other ways than the plan stays.
    let dana = snapshot.principal(snapshot.principal_by_arn("arn:aws:iam::111122223333:user/dana").unwrap());
    assert_eq!(
        (dana.attached.len(), dana.inline.len()),
        (0, 1),
        "the plan detaches, and keeps what is not its own"
    );
    assert!(snapshot.principal_by_arn("arn:aws:iam::111122223333:role/old").is_none());
    // It is known to be gone, also where the result is saved; a source that lists it says otherwise.
    let gone = |snapshot: &Snapshot| snapshot.gone.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(gone(&snapshot), ["arn:aws:iam::111122223333:role/old"]);
    let again = folder.path().join("again.clavicle");
    run(import(&["plan.json"])).database.save(&again).unwrap();
    assert_eq!(gone(&Snapshot::open(&again, |_, _| ()).unwrap()), gone(&snapshot));
    assert!(gone(&Snapshot::open(&saved, |_, _| ()).unwrap()).is_empty());
    // The file itself is as it was.
    assert!(
        Snapshot::open(&saved, |_, _| ())
            .unwrap()
            .principal_by_arn("arn:aws:iam::111122223333:role/old")
            .is_some()
    );
    let error = import(&["plan.json"]).source(&saved).source(&details).run(|_| ()).unwrap_err();
    assert!(error.problem.contains("no plan"), "{error}");
}

const DETAILS: &str = r#"{"UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/dana", "UserPolicyList": [
    {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}],
    "AttachedManagedPolicies": [{"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}],
    "GroupList": ["readers"]}],
  "GroupDetailList": [{"Arn": "arn:aws:iam::111122223333:group/readers"}],
  "RoleDetailList": [{"Arn": "arn:aws:iam::111122223333:role/old", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}],
  "Policies": []}"#;

/// Files of Terraform give their lines.
#[test]
fn what_a_plan_declares_is_found_in_its_files() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("roles")).unwrap();
    std::fs::write(folder.path().join("main.tf"), "\n\nresource \"aws_iam_role_policy\" \"thumb\" {\n}\n")
        .unwrap();
    std::fs::write(folder.path().join("roles/main.tf"), "resource \"aws_iam_role\" \"each\" {\n}\n").unwrap();
    let imported = run(import(&["plan.json"]).terraform(Some(folder.path().to_path_buf())));
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).unwrap();
    let place = |arn: &str, part: &str| {
        let declared = snapshot.declared(arn, part).unwrap();
        (declared.file.to_string(), declared.line)
    };
    let thumb = "arn:aws:iam::111122223333:role/service/thumb";
    assert_eq!(place(thumb, "thumb"), ("main.tf".to_owned(), Some(3)));
    assert_eq!(place("arn:aws:iam::111122223333:role/each-a", ""), ("roles/main.tf".to_owned(), Some(1)));
    assert_eq!(place(thumb, "").1, None);
}

mod any_text {
    use proptest::collection::vec;
    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
    use proptest::sample::select;

    use super::any_bytes::hold;
    use super::case;

    /// Words that plans and templates give a meaning to, where they have none.
    const WORDS: &[&str] = &[
        "Resources",
        "Type",
        "Properties",
        "Ref",
        "Fn::Sub",
        "Fn::If",
        "Fn::GetAtt",
        "Fn::Join",
        "Condition",
        "Conditions",
        "AWS::IAM::Role",
        "AWS::IAM::Policy",
        "AWS::Lambda::Permission",
        "AWS::Serverless::Function",
        "Roles",
        "PolicyDocument",
        "Policies",
        "FunctionName",
        "Principal",
        "${A.Arn}",
        "A",
        "resource_changes",
        "format_version",
        "change",
        "after",
        "after_unknown",
        "actions",
        "address",
        "mode",
        "type",
        "name",
        "index",
        "aws_iam_role",
        "aws_iam_role_policy",
        "role",
        "policy",
        "configuration",
        "root_module",
        "expressions",
        "references",
        "é",
        "aws_iam_role.A.id",
        "module.a[\"",
        "create",
        "delete",
        "values",
        "arn:aws:iam::1:role/x",
        "arn:aws:sqs:::",
        "~",
        "",
    ];

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let word = || select(WORDS).prop_map(str::to_owned);
        let leaf = prop_oneof![
            word().prop_map(serde_json::Value::from),
            any::<bool>().prop_map(serde_json::Value::from),
            any::<i32>().prop_map(serde_json::Value::from),
            Just(serde_json::Value::Null),
        ];
        leaf.prop_recursive(6, 60, 6, move |inner| {
            prop_oneof![
                vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
                vec((word(), inner), 0..6)
                    .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, cases: 200, ..Default::default() })]

        #[test]
        fn of_words_in_any_order_breaks_nothing(resources in json(), other in json()) {
            hold(serde_json::json!({"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": resources},
                "B": {"Type": "AWS::Lambda::Permission", "Properties": other}}, "Conditions": resources}).to_string().as_bytes());
            hold(serde_json::json!({"format_version": "1", "resource_changes": [{"address": "aws_iam_role.A", "mode": "managed",
                "type": "aws_iam_role", "name": "A", "change": {"actions": ["create"], "before": other, "after": {"policy": resources,
                "name": other}, "after_unknown": resources}}, resources], "configuration": other}).to_string().as_bytes());
            hold(other.to_string().as_bytes());
        }

        #[test]
        fn that_is_damaged_breaks_nothing(
            name in select(&["plan.json", "template.yaml", "sam.yaml", "cdk.out/Store.template.json"][..]),
            edits in vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), end in any::<prop::sample::Index>(), cut in any::<bool>(),
        ) {
            let mut text = std::fs::read(case(name)).unwrap();
            for (at, byte) in edits {
                let at = at.index(text.len());
                text[at] = byte;
            }
            if cut {
                text.truncate(end.index(text.len()));
            }
            hold(&text);
        }
    }
    use proptest::prelude::prop;
}
