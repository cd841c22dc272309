//! Plans of `clavicle trim`, carried out by the AWS CLI against moto: they do what they say, and their way back leads back.

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::moto::{Account, of_these_tests};
use crate::succeeds;

/// moto cannot tell how far the provisioning of a permission set is: it is told to be done.
const AWS: &str = r#"#!/bin/sh
case "$*" in *describe-permission-set-provisioning-status*) echo SUCCEEDED; exit 0 ;; esac
case "$*" in *provision-permission-set*) echo provisioned >>"$PROVISIONED" ;; esac
exec "$MOTO_PYTHON" -IS "$WARM" run "$WARM_SOCKET" aws "$@"
"#;

/// The account in which plans are carried out.
struct Scene {
    account: Account,
    home: tempfile::TempDir,
    /// The AWS CLI and boto3, which wait for commands.
    warm: Child,
}

impl Scene {
    fn of(account: Account) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let mut warm = Command::new(&account.moto.python);
        warm.arg(of_these_tests("warm.py")).arg("serve").arg(home.path().join("socket"));
        warm.envs(account.environment()).env("ACCOUNT", account.number).stdout(Stdio::piped());
        let mut warm = warm.spawn().expect("python runs");
        let mut ready = String::new();
        let told = BufReader::new(warm.stdout.take().expect("what it says")).read_line(&mut ready);
        assert!(told.is_ok() && ready == "ready\n", "{ready}");
        let bin = home.path().join("bin");
        std::fs::create_dir(&bin).expect("a folder");
        std::fs::write(bin.join("aws"), AWS).expect("a script");
        std::fs::set_permissions(bin.join("aws"), Permissions::from_mode(0o700)).expect("its mode");
        Self { account, home, warm }
    }

    /// `trim_scene.py` with these arguments.
    fn has(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(&self.account.moto.python);
        command.arg("-IS").arg(of_these_tests("warm.py")).arg("run").arg(self.home.path().join("socket"));
        let output = succeeds_with(command.arg(of_these_tests("trim_scene.py")).args(arguments));
        String::from_utf8(output).expect("UTF-8")
    }

    fn state(&self) -> BTreeMap<String, Value> {
        serde_json::from_str(&self.has(&["state"])).expect("JSON")
    }

    fn clavicle(&self, arguments: &[&str]) {
        succeeds(self.account.clavicle(self.home.path(), arguments));
    }

    /// The identities as they are, in a folder. How `collect` reads them, `account` says.
    fn see(&self, folder: &str) {
        self.has(&["details", &self.home.path().join(folder).to_string_lossy()]);
    }

    fn plan(&self, who: &str, account: &str, out: &str) {
        self.clavicle(&["trim", who, "--used", "2026-03-01", "-s", account, "--out", out]);
    }

    /// Runs a script of a plan with the AWS CLI.
    fn run(&self, script: &str) {
        let home = self.home.path();
        let mut command = Command::new("/bin/sh");
        command
            .arg(home.join(script))
            .env("PATH", format!("{}:/usr/bin:/bin", home.join("bin").display()))
            .env("MOTO_PYTHON", &self.account.moto.python)
            .env("WARM", of_these_tests("warm.py"))
            .env("WARM_SOCKET", home.join("socket"))
            .env("PROVISIONED", home.join("provisioned"));
        succeeds_with(&mut command);
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = self.warm.kill();
        let _ = self.warm.wait();
    }
}

fn succeeds_with(command: &mut Command) -> Vec<u8> {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn plans_do_what_they_say_and_lead_back() {
    let Some(account) = Account::of("123456789017") else { return };
    let scene = Scene::of(account);
    let home = scene.home.path();
    scene.has(&["make", &home.to_string_lossy()]);
    scene.clavicle(&["usage", "log.json"]);
    scene.see("before");
    let before = scene.state();
    assert_eq!(before.len(), 9, "{before:#?}");
    let shared = "arn:aws:iam::123456789017:policy/shared";
    for (who, seen, plan) in [
        ("role/web", "before", "web"),
        ("group/devs", "before", "devs"),
        ("permission-set/Dev", "set", "dev"),
    ] {
        scene.plan(who, seen, plan);
        scene.run(&format!("{plan}/apply.sh"));
        let during = scene.state();
        let changed: Vec<&String> =
            before.iter().filter(|(arn, was)| during.get(*arn) != Some(was)).map(|it| it.0).collect();
        let new: Vec<&String> = during.keys().filter(|arn| !before.contains_key(*arn)).collect();
        match plan {
            "web" => {
                let (role, own) =
                    ("arn:aws:iam::123456789017:role/web", "arn:aws:iam::123456789017:policy/team/web");
                assert_eq!(changed, [own, role]);
                assert_eq!(new, ["arn:aws:iam::123456789017:policy/web-trimmed-1"]);
                assert_eq!(during[own][0], "v2");
                assert_eq!(during[own][1]["v2"]["Statement"][0]["Action"], "sns:GetTopicAttributes");
                let inline = during[role][0].as_object().expect("policies by name");
                assert_eq!(inline.keys().collect::<Vec<_>>(), ["used"], "the one that nobody used is gone");
                assert_eq!(inline["used"]["Statement"][0]["Action"], "sns:ListTopics");
                assert!(!during[role][1].to_string().contains(shared), "{}", during[role][1]);
            }
            "devs" => {
                assert_eq!(changed, ["arn:aws:iam::123456789017:group/devs"]);
                assert_eq!(new, ["arn:aws:iam::123456789017:policy/devs-trimmed-1"]);
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
        scene.run(&format!("{plan}/rollback.sh"));
        assert_eq!(scene.state(), before, "{who}");
    }
    let provisioned = std::fs::read_to_string(home.join("provisioned")).expect("it was");
    assert_eq!(provisioned.lines().count(), 2, "there and back");
    a_second_plan_leaves_the_first_alone(&scene);
    what_others_did_since_stays(&scene);
}

/// What the first plan made has a name that the second must not take, nor its way back delete.
fn a_second_plan_leaves_the_first_alone(scene: &Scene) {
    scene.run("web/apply.sh");
    scene.has(&["again"]);
    let before = scene.state();
    scene.see("again");
    scene.plan("role/web", "again", "web-again");
    // Nothing was made yet: there is nothing to take back.
    scene.run("web-again/rollback.sh");
    assert_eq!(scene.state(), before);
    scene.run("web-again/apply.sh");
    let during = scene.state();
    let new: Vec<&String> = during.keys().filter(|arn| !before.contains_key(*arn)).collect();
    assert_eq!(new, ["arn:aws:iam::123456789017:policy/web-trimmed-2"]);
    let text = during[new[0]].to_string();
    assert!(text.contains("iam:ListRoles") && !text.contains("iam:ListUsers"), "{text}");
    let first = "arn:aws:iam::123456789017:policy/web-trimmed-1";
    assert_eq!(during.get(first), before.get(first));
    scene.run("web-again/rollback.sh");
    assert_eq!(scene.state(), before);
}

/// The way back of a version deletes the version that was made, not the one that is in force by then.
fn what_others_did_since_stays(scene: &Scene) {
    let own = "arn:aws:iam::123456789017:policy/team/web";
    scene.has(&["version"]);
    let in_force = scene.state()[own][0].clone();
    scene.run("web/rollback.sh");
    let after = scene.state();
    assert_eq!(after[own][0], "v1");
    let versions: Vec<&String> = after[own][1].as_object().expect("versions").keys().collect();
    assert_eq!(versions, ["v1", in_force.as_str().expect("an id")]);
    assert!(!after.contains_key("arn:aws:iam::123456789017:policy/web-trimmed-1"));
}
