//! Plans of `clavicle trim`, carried out by the AWS CLI against moto: they do what they say, and their way back leads back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use serde_json::Value;

use clavicle_snapshot::{PolicyIndex, PolicyState};
use clavicle_testkit::Moto;

use crate::moto::environment;
use crate::{clavicle, snapshot, succeeds};

/// moto cannot tell how far the provisioning of a permission set is: it is told to be done.
const AWS: &str = r#"#!/bin/sh
case "$*" in *describe-permission-set-provisioning-status*) echo SUCCEEDED; exit 0 ;; esac
case "$*" in *provision-permission-set*) echo provisioned >>"$PROVISIONED" ;; esac
exec "$MOTO_PYTHON" -IS "$AWS_CLI" run "$AWS_SOCKET" "$@"
"#;

struct Account<'m> {
    moto: &'m Moto,
    home: tempfile::TempDir,
    /// The AWS CLI, which waits for commands.
    aws: Child,
}

fn of_this_test(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/collect").join(name)
}

impl<'m> Account<'m> {
    fn new(moto: &'m Moto) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let mut aws = Command::new(&moto.python);
        aws.arg(of_this_test("aws_cli.py")).arg("serve").arg(home.path().join("aws.socket"));
        let aws = aws.envs(environment(&moto.address)).spawn().expect("python runs");
        let bin = home.path().join("bin");
        std::fs::create_dir(&bin).expect("a folder");
        std::fs::write(bin.join("aws"), AWS).expect("a script");
        std::fs::set_permissions(bin.join("aws"), Permissions::from_mode(0o700)).expect("its mode");
        Self { moto, home, aws }
    }

    fn scene(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(&self.moto.python);
        command.arg(of_this_test("trim_scene.py"));
        let output = succeeds_with(command.args(arguments).envs(environment(&self.moto.address)));
        String::from_utf8(output).expect("UTF-8")
    }

    fn state(&self) -> BTreeMap<String, Value> {
        serde_json::from_str(&self.scene(&["state"])).expect("JSON")
    }

    fn clavicle(&self, arguments: &[&str]) {
        succeeds(clavicle(self.home.path(), &self.moto.address, arguments));
    }

    /// What `collect` sees of who may do what, whatever the order that AWS tells it in.
    fn collected(&self, out: &str) -> BTreeSet<String> {
        self.clavicle(&["collect", "-o", out, "--regions", "eu-west-1"]);
        let snapshot = snapshot(&self.home.path().join(out));
        let text = |id| &snapshot.document(id).text;
        let written = |state: &PolicyState| match state {
            PolicyState::Document(id) => text(*id).to_string(),
            other => format!("{other:?}"),
        };
        let arns = |policies: &[PolicyIndex]| -> BTreeSet<&str> {
            policies.iter().map(|policy| &*snapshot.policy(*policy).arn).collect()
        };
        let bearers = snapshot.principals.iter().map(|it| {
            let inline = it.inline.iter().map(|inline| (&inline.name, written(&inline.document)));
            let inline: BTreeMap<_, _> = inline.collect();
            let (attached, bound) = (arns(&it.attached), it.boundary.map(|policy| arns(&[policy])));
            let groups: BTreeSet<_> = it.groups.iter().map(|group| &snapshot.principal(*group).arn).collect();
            format!("{} {inline:?} {attached:?} {bound:?} {} {groups:?}", it.arn, written(&it.trust))
        });
        let policies = snapshot.policies.iter().map(|it| {
            let versions: BTreeMap<_, _> =
                it.versions.iter().map(|version| (&version.id, text(version.document))).collect();
            format!("{} {:?} {versions:?} {}", it.arn, it.default_version, written(&it.document))
        });
        let sets = snapshot.identity_center.iter().flat_map(|center| &center.permission_sets);
        let sets = sets.map(|set| {
            let attached = set.attached.as_deref().map(arns);
            format!("{} {} {attached:?}", set.arn, written(&set.inline))
        });
        bearers.chain(policies).chain(sets).collect()
    }

    fn plan(&self, who: &str, account: &str, out: &str) {
        self.clavicle(&["trim", who, "--used", "2026-03-01", "-s", account, "--out", out]);
    }

    /// Runs a script of a plan with the AWS CLI.
    fn run(&self, script: &str) {
        let home = self.home.path();
        let socket = home.join("aws.socket");
        for _ in 0..1200 {
            if UnixStream::connect(&socket).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let mut command = Command::new("/bin/sh");
        command
            .arg(home.join(script))
            .env("PATH", format!("{}:/usr/bin:/bin", home.join("bin").display()))
            .env("MOTO_PYTHON", &self.moto.python)
            .env("AWS_CLI", of_this_test("aws_cli.py"))
            .env("AWS_SOCKET", socket)
            .env("PROVISIONED", home.join("provisioned"));
        succeeds_with(&mut command);
    }
}

impl Drop for Account<'_> {
    fn drop(&mut self) {
        let _ = self.aws.kill();
        let _ = self.aws.wait();
    }
}

fn succeeds_with(command: &mut Command) -> Vec<u8> {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn plans_do_what_they_say_and_lead_back() {
    let Some(moto) = Moto::start() else { return };
    let account = Account::new(&moto);
    let home = account.home.path();
    std::fs::create_dir(home.join("set")).expect("a folder");
    account.scene(&["make", &home.to_string_lossy()]);
    account.clavicle(&["usage", "log.json"]);
    let (collected, before) = (account.collected("before.clav"), account.state());
    let shared = "arn:aws:iam::123456789012:policy/shared";
    for (who, seen, plan) in [
        ("role/web", "before.clav", "web"),
        ("group/devs", "before.clav", "devs"),
        ("permission-set/Dev", "set", "dev"),
    ] {
        account.plan(who, seen, plan);
        account.run(&format!("{plan}/apply.sh"));
        let during = account.state();
        let changed: Vec<&String> =
            before.iter().filter(|(arn, was)| during.get(*arn) != Some(was)).map(|it| it.0).collect();
        let new: Vec<&String> = during.keys().filter(|arn| !before.contains_key(*arn)).collect();
        match plan {
            "web" => {
                let (role, own) =
                    ("arn:aws:iam::123456789012:role/web", "arn:aws:iam::123456789012:policy/team/web");
                assert_eq!(changed, [own, role]);
                assert_eq!(new, ["arn:aws:iam::123456789012:policy/web-trimmed-1"]);
                assert_eq!(during[own][0], "v2");
                assert_eq!(during[own][1]["v2"]["Statement"][0]["Action"], "sns:GetTopicAttributes");
                let inline = during[role][0].as_object().expect("policies by name");
                assert_eq!(inline.keys().collect::<Vec<_>>(), ["used"], "the one that nobody used is gone");
                assert_eq!(inline["used"]["Statement"][0]["Action"], "sns:ListTopics");
                assert!(!during[role][1].to_string().contains(shared), "{}", during[role][1]);
            }
            "devs" => {
                assert_eq!(changed, ["arn:aws:iam::123456789012:group/devs"]);
                assert_eq!(new, ["arn:aws:iam::123456789012:policy/devs-trimmed-1"]);
                let text = during[new[0]].to_string();
                // What one of the members did, and what the other did.
                assert!(text.contains("sqs:CreateQueue") && text.contains("sqs:PurgeQueue"), "{text}");
                assert!(!text.contains("sqs:DeleteQueue") && !text.contains("sns:"), "{text}");
            }
            _ => {
                assert_eq!((changed.len(), new.len()), (1, 0), "{changed:?}");
                let set = &during[changed[0]];
                assert_eq!(set[1], serde_json::json!([]), "AWS's policy is detached");
                let text = set[0].to_string();
                assert!(text.contains("sqs:CreateQueue") && text.contains("sns:CreateTopic"), "{text}");
                assert!(!text.contains("sns:DeleteTopic") && !text.contains("sqs:DeleteQueue"), "{text}");
            }
        }
        account.run(&format!("{plan}/rollback.sh"));
        assert_eq!(account.state(), before, "{who}");
    }
    let provisioned = std::fs::read_to_string(home.join("provisioned")).expect("it was");
    assert_eq!(provisioned.lines().count(), 2, "there and back");
    let after = account.collected("after.clav");
    let others: Vec<&String> = after.symmetric_difference(&collected).collect();
    assert!(others.is_empty() && collected.len() == 10, "{others:#?}");
    a_second_plan_leaves_the_first_alone(&account);
    what_others_did_since_stays(&account);
}

/// What the first plan made has a name that the second must not take, nor its way back delete.
fn a_second_plan_leaves_the_first_alone(account: &Account<'_>) {
    account.run("web/apply.sh");
    account.scene(&["again"]);
    let before = account.state();
    account.collected("again.clav");
    account.plan("role/web", "again.clav", "web-again");
    // Nothing was made yet: there is nothing to take back.
    account.run("web-again/rollback.sh");
    assert_eq!(account.state(), before);
    account.run("web-again/apply.sh");
    let during = account.state();
    let new: Vec<&String> = during.keys().filter(|arn| !before.contains_key(*arn)).collect();
    assert_eq!(new, ["arn:aws:iam::123456789012:policy/web-trimmed-2"]);
    let text = during[new[0]].to_string();
    assert!(text.contains("iam:ListRoles") && !text.contains("iam:ListUsers"), "{text}");
    let first = "arn:aws:iam::123456789012:policy/web-trimmed-1";
    assert_eq!(during.get(first), before.get(first));
    account.run("web-again/rollback.sh");
    assert_eq!(account.state(), before);
}

/// The way back of a version deletes the version that was made, not the one that is in force by then.
fn what_others_did_since_stays(account: &Account<'_>) {
    let own = "arn:aws:iam::123456789012:policy/team/web";
    account.scene(&["version"]);
    let in_force = account.state()[own][0].clone();
    account.run("web/rollback.sh");
    let after = account.state();
    assert_eq!(after[own][0], "v1");
    let versions: Vec<&String> = after[own][1].as_object().expect("versions").keys().collect();
    assert_eq!(versions, ["v1", in_force.as_str().expect("an id")]);
    assert!(!after.contains_key("arn:aws:iam::123456789012:policy/web-trimmed-1"));
}
