//! Questions with a plain word, each on an account small enough to read: `tests/cases/words`. Whoever asks, and however, of the
//! same user and thing the same is said.

use std::path::{Path, PathBuf};

use clavicle_answer::shape::{AnswerPage, Verdict};
use clavicle_answer::{How, Question, Reader, Settings, Task, Verb, task_without_accounts};
use clavicle_catalog::{Word, catalog};
use clavicle_graph::{Stated, World};
use serde_json::{Value, json};

const HERE: &str = "111122223333";

fn cases() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/words");
    let files = std::fs::read_dir(folder).expect("the folder of cases is there");
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("it can be listed").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    paths.sort();
    let of_file = |path: PathBuf| {
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let cases: Vec<Value> = serde_json::from_str(&text).expect(&name);
        cases.into_iter().map(move |case| (format!("{name}: {}", text_of(&case, "about")), case))
    };
    paths.into_iter().flat_map(of_file).collect()
}

fn text_of<'v>(case: &'v Value, key: &str) -> &'v str {
    case[key].as_str().expect(key)
}

fn arn(rest: &str) -> String {
    if rest.starts_with("arn:") {
        return rest.to_owned();
    }
    let (service, name) = rest.split_once(':').expect("a service and a name");
    format!("arn:aws:{service}:eu-west-1:{HERE}:{name}")
}

/// `ACTION on RESOURCE`, a statement each.
fn statements(case: &Value, key: &str, effect: &str) -> Vec<Value> {
    let one = |line: &Value| {
        let (action, on) =
            line.as_str().and_then(|line| line.split_once(" on ")).expect("an action on a thing");
        let service = action.split(':').next().unwrap_or_default();
        let on =
            on.strip_prefix("ARN:").map_or_else(|| on.to_owned(), |name| arn(&format!("{service}:{name}")));
        let mut statement = json!({"Effect": effect, "Action": action, "Resource": on});
        if let Some(condition) = case.get("may_if").filter(|_| effect == "Allow") {
            statement["Condition"] = condition.clone();
        }
        statement
    };
    case.get(key).and_then(Value::as_array).map(|lines| lines.iter().map(one).collect()).unwrap_or_default()
}

fn reader(case: &Value) -> Reader {
    let statements = [statements(case, "may", "Allow"), statements(case, "deny", "Deny")].concat();
    let own = json!({"Version": "2012-10-17", "Statement": statements});
    let user = json!({"Arn": format!("arn:aws:iam::{HERE}:user/me"), "UserName": "me", "UserId": "AIDAME", "Path": "/",
        "GroupList": [], "AttachedManagedPolicies": [],
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": own}]});
    let details =
        json!({"UserDetailList": [user], "GroupDetailList": [], "RoleDetailList": [], "Policies": []});
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("details.json"), details.to_string()).expect("a file");
    if case["unseen"] != json!(true) {
        let thing = json!([{"arn": arn(text_of(case, "thing")), "account": HERE, "policy": case.get("policy"),
            "tags": case.get("tags").cloned().unwrap_or(json!({})),
            "attrs": case.get("key").map_or(json!({}), |key| json!({"encryption_key": key}))}]);
        std::fs::write(folder.path().join("things.json"), thing.to_string()).expect("a file");
    }
    let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("a snapshot");
    Reader::new(World::new(snapshot, catalog(), Stated { standalone: true }, |_, _| ()), Settings::default())
}

struct Asked<'c> {
    name: &'c str,
    reader: Reader,
    on: String,
    what: &'c str,
}

impl Asked<'_> {
    fn page(&self, verb: Verb) -> AnswerPage {
        let question = Question {
            verb,
            by: (verb != Verb::Who).then(|| "user/me".to_owned()),
            action: Some(self.what.to_owned()),
            on: Some(self.on.clone()),
            ..Question::default()
        };
        self.reader.answer(&question).expect(self.name)
    }

    /// How the matrix has the cell. `None`: it has none for such an action or thing.
    fn cell(&self) -> Option<Verdict> {
        // Whom one becomes is a relation of its own.
        let word = Word::parse(self.what).filter(|word| *word != Word::Become)?;
        let world = self.reader.world();
        let resource = world.snapshot().resource_by_arn(&self.on)?;
        let account = world.snapshot().resource(resource).account?;
        let touches = world.touches(account);
        let mine = touches.within.iter().find(|touch| touch.resource == resource);
        let has = |words: u8| words & (1 << word as u8) != 0;
        Some(match mine {
            Some(touch) if has(touch.allowed) => Verdict::Yes,
            Some(touch) if has(touch.depends) => Verdict::Depends,
            _ => Verdict::No,
        })
    }
}

#[test]
fn a_word_is_asked_of_every_arn_that_a_request_for_it_may_name() {
    for (name, case) in cases() {
        let on = arn(case["on"].as_str().unwrap_or_else(|| text_of(&case, "thing")));
        let asked = Asked { name: &name, reader: reader(&case), on, what: text_of(&case, "do") };
        let wanted: Verdict = match text_of(&case, "verdict") {
            "yes" => Verdict::Yes,
            "no" => Verdict::No,
            "depends" => Verdict::Depends,
            "unknown" => Verdict::Unknown,
            other => panic!("{name}: `{other}`"),
        };
        let service = text_of(&case, "thing").split(':').next().unwrap_or_default();
        let only = case["only"].as_str().map(|part| arn(&format!("{service}:{part}")));

        let can = asked.page(Verb::Can);
        assert_eq!(can.verdict, wanted, "{name}: {}", can.sentence);
        let told = only.as_ref().map(|only| format!(" Only {only}."));
        assert_eq!(told.is_some(), can.sentence.contains(" Only "), "{name}: {}", can.sentence);
        assert!(can.sentence.contains(told.as_deref().unwrap_or_default()), "{name}: {}", can.sentence);

        let who = asked.page(Verb::Who);
        let row = who.answers.iter().find(|answer| answer.label.ends_with("user/me"));
        if wanted == Verdict::Unknown {
            assert_eq!(who.verdict, wanted, "{name}: {}", who.sentence);
            assert_ne!(asked.cell(), Some(Verdict::Yes), "{name}: the matrix");
            continue;
        }
        assert_eq!(row.is_some(), wanted != Verdict::No, "{name}: {}", who.sentence);
        if let Some(row) = row {
            let told = only.as_ref().map(|only| format!("only {only}"));
            let conditions = row.conditions.iter().filter(|condition| condition.starts_with("only "));
            assert_eq!(conditions.collect::<Vec<_>>(), told.iter().collect::<Vec<_>>(), "{name}");
        }
        if let Some(cell) = asked.cell() {
            assert_eq!(cell, wanted, "{name}: the matrix");
        }
    }
}

/// A policy for a task has what does it, and neither what goes around it nor more than was asked for.
///
/// AWS: S3 User Guide, "Setting up permissions for live replication": `s3:ReplicateObject` is for the role that S3 assumes
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html>); Systems Manager user guide,
/// "How Parameter Store authorizes parameter retrieval": a path is all that is below it
/// (<https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-retrieval-authorization.html>); Glue developer guide,
/// "Specifying AWS Glue resource ARNs"
/// (<https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html>).
#[test]
fn a_suggestion_names_the_thing_and_what_its_requests_name_besides() {
    let catalogue =
        ["table/sales/orders", "database/sales", "catalog"].map(|name| arn(&format!("glue:{name}")));
    let bucket = "arn:aws:s3:::b".to_owned();
    for (what, thing, wanted) in [
        ("write", bucket.clone(), vec![("s3:PutObject", "arn:aws:s3:::b/*".to_owned())]),
        ("s3:ReplicateObject", bucket, vec![("s3:ReplicateObject", "arn:aws:s3:::b/*".to_owned())]),
        (
            "run",
            arn("lambda:function:f"),
            vec![
                ("lambda:InvokeFunction", arn("lambda:function:f")),
                ("lambda:InvokeAsync", arn("lambda:function:f")),
            ],
        ),
        (
            "read",
            arn("ssm:parameter/app/db"),
            ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParameterHistory"]
                .map(|action| (action, arn("ssm:parameter/app/db")))
                .to_vec(),
        ),
        (
            "ssm:GetParametersByPath",
            arn("ssm:parameter/app/prod/db"),
            vec![("ssm:GetParametersByPath", arn("ssm:parameter/app/prod"))],
        ),
        ("glue:GetTable", catalogue[0].clone(), catalogue.map(|on| ("glue:GetTable", on)).to_vec()),
        (
            "logs:FilterLogEvents",
            arn("logs:log-group:g"),
            vec![("logs:FilterLogEvents", arn("logs:log-group:g:*"))],
        ),
    ] {
        let task = Task { what: what.to_owned(), thing };
        let found = task_without_accounts(&[task], &How::default()).expect(what);
        let needs = found.page.needs.iter();
        let needs: Vec<(&str, String)> =
            needs.map(|need| (need.action.as_str(), need.on.clone().unwrap_or_default())).collect();
        assert_eq!(needs, wanted, "{what}");
    }
}

/// A deployment of AWS IoT Greengrass has one of two ARNs: that one of them is denied says nothing of the other.
///
/// AWS: Service Authorization Reference, AWS IoT Greengrass and AWS IoT Greengrass V2, `deployment`
/// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiotgreengrass.html>).
#[test]
fn a_thing_of_a_kind_is_named_in_any_form_of_its_kind() {
    let verdict = |denied: &[&str]| {
        let deny: Vec<String> =
            denied.iter().map(|on| format!("greengrass:GetDeploymentStatus on ARN:{on}")).collect();
        let case = json!({"may": ["greengrass:* on *"], "deny": deny, "unseen": true});
        let question = Question {
            verb: Verb::Can,
            by: Some("user/me".to_owned()),
            action: Some("greengrass:GetDeploymentStatus".to_owned()),
            when: [("aws:RequestedRegion".to_owned(), vec!["eu-west-1".to_owned()])].into(),
            ..Question::default()
        };
        reader(&case).answer(&question).expect("an answer").verdict
    };
    assert_eq!(verdict(&["/greengrass/groups/*/deployments/*"]), Verdict::Unknown);
    assert_eq!(verdict(&["/greengrass/groups/*/deployments/*", "deployments:*"]), Verdict::No);
}
