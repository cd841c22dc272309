//! Plans of `clavicle trim`, carried out by the AWS CLI against moto: they do what they say, and their way back leads back.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use clavicle_testkit::Moto;

use crate::moto::environment;
use crate::{clavicle, succeeds};

/// moto cannot tell how far the provisioning of a permission set is: it is told to be done.
const AWS: &str = r#"#!/bin/sh
case "$*" in *describe-permission-set-provisioning-status*) echo SUCCEEDED; exit 0 ;; esac
case "$*" in *provision-permission-set*) echo provisioned >>"$PROVISIONED" ;; esac
exec "$MOTO_BIN/aws" "$@"
"#;

struct Account<'m> {
    moto: &'m Moto,
    home: tempfile::TempDir,
}

impl Account<'_> {
    fn scene(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(clavicle_testkit::python().expect("moto runs"));
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/collect/trim_scene.py"));
        let output = succeeds_with(command.args(arguments).envs(environment(&self.moto.address)));
        String::from_utf8(output).expect("UTF-8")
    }

    fn state(&self) -> BTreeMap<String, Value> {
        serde_json::from_str(&self.scene(&["state"])).expect("JSON")
    }

    fn plan(&self, who: &str, out: &str) {
        let arguments = ["trim", who, "--used", "2026-03-01", "-s", "account", "--out", out];
        succeeds(clavicle(self.home.path(), &self.moto.address, &arguments));
    }

    /// Runs a script of a plan with the AWS CLI.
    fn run(&self, script: &str) {
        let bin = clavicle_testkit::python().expect("moto runs");
        let bin = Path::new(&bin).parent().expect("its folder").to_owned();
        let path = format!("{}:/usr/bin:/bin", self.home.path().join("bin").display());
        let mut command = Command::new("/bin/sh");
        command.arg(self.home.path().join(script)).envs(environment(&self.moto.address));
        command
            .env("PATH", path)
            .env("MOTO_BIN", bin)
            .env("PROVISIONED", self.home.path().join("provisioned"));
        succeeds_with(&mut command);
    }
}

fn succeeds_with(command: &mut Command) -> Vec<u8> {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[cfg(unix)]
#[test]
fn plans_do_what_they_say_and_lead_back() {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(moto) = Moto::start() else { return };
    let account = Account { moto: &moto, home: tempfile::tempdir().expect("a folder") };
    let home = account.home.path();
    for folder in ["account", "bin"] {
        std::fs::create_dir(home.join(folder)).expect("a folder");
    }
    std::fs::write(home.join("bin/aws"), AWS).expect("a script");
    std::fs::set_permissions(home.join("bin/aws"), std::fs::Permissions::from_mode(0o700)).expect("its mode");
    account.scene(&["make", &home.join("account").to_string_lossy()]);
    succeeds(clavicle(home, &moto.address, &["usage", "log.json"]));
    let before = account.state();
    let shared = "arn:aws:iam::123456789012:policy/shared";
    for (who, plan) in [("role/web", "web"), ("group/devs", "devs"), ("permission-set/Dev", "set")] {
        account.plan(who, plan);
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
}
