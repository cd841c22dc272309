//! Revisions of a repository: what is read, what is cited, and what is never run.

use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;

use crate::scene::{Scene, filtered};

/// Runs git in a folder with nothing of the machine's own settings.
pub(crate) fn git(folder: &Path, arguments: &[&str]) {
    let ran = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs([("GIT_AUTHOR_NAME", "dana"), ("GIT_AUTHOR_EMAIL", "dana@paperboat.example")])
        .envs([("GIT_COMMITTER_NAME", "dana"), ("GIT_COMMITTER_EMAIL", "dana@paperboat.example")])
        .env("GIT_AUTHOR_DATE", "2026-08-22T09:00:00Z")
        .env("GIT_COMMITTER_DATE", "2026-08-22T09:00:00Z")
        .output()
        .expect("git is there");
    assert!(ran.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// A folder in a repository with one commit.
pub(crate) fn repository(files: &[(&str, &str)]) -> Scene {
    let scene = Scene::new();
    git(&scene.here(), &["init", "-q", "-b", "main"]);
    commit(&scene, files, "one");
    scene
}

pub(crate) fn commit(scene: &Scene, files: &[(&str, &str)], message: &str) {
    for (path, text) in files {
        let file = scene.here().join(path);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("it is made");
        std::fs::write(file, text).expect("it is written");
    }
    git(&scene.here(), &["add", "-A"]);
    git(&scene.here(), &["commit", "-q", "-m", message]);
}

pub(crate) const READ: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::covers/*"}
  ]
}
"#;

/// The same in other words.
pub(crate) const SAME: &str = r#"{
  "Version": "2012-10-17",
  "Statement": {
    "Sid": "Read", "Effect": "Allow", "Action": ["s3:getobject"], "Resource": ["arn:aws:s3:::covers/*"]
  }
}
"#;

fn wider() -> String {
    READ.replace("\"s3:GetObject\"", "[\"s3:GetObject\", \"s3:PutObject\"]")
}

const TEMPLATE: &str = "Resources:
  Web:
    Type: AWS::IAM::User
    Properties:
      UserName: web
      Policies:
        - PolicyName: covers
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: arn:aws:s3:::paperboat-catalog/*
";

fn changed() -> Scene {
    let scene = repository(&[
        ("policies/read.json", READ),
        ("policies/same.json", READ),
        ("policies/gone.json", READ),
        ("policies/notes.json", "{}"),
        ("other/outside.json", READ),
    ]);
    git(&scene.here(), &["checkout", "-q", "-b", "change"]);
    std::fs::remove_file(scene.here().join("policies/gone.json")).expect("it goes");
    let files =
        [("policies/read.json", &*wider()), ("policies/same.json", SAME), ("other/outside.json", &*wider())];
    commit(&scene, &files, "two");
    scene
}

#[test]
fn policies_of_two_revisions_are_compared_file_by_file() {
    filtered(|| {
        assert_snapshot!(changed().run("diff main..change --src policies"), @r#"
        − allows less: s3:GetObject
            policies/gone.json:4 "Read"
            for example s3:GetObject on arn:aws:s3:::covers/x
            now: no Allow of policies/gone.json matches it
        + allows more: s3:PutObject
            policies/read.json:4 "Read"
            for example s3:PutObject on arn:aws:s3:::covers/x
            before: no Allow of policies/read.json matches it
        ~ policies/same.json has other text and the same access (proved)
        1 widens · 1 narrows · 1 equal
        main (22fb8ef29b41) → change (91121d64fb3e)
        [exit 1]
        "#);
    });
}

#[test]
fn without_a_folder_all_of_the_repository_is_compared() {
    let scene = changed();
    let said = scene.run("diff main..change");
    assert!(said.contains("other/outside.json:4 \"Read\""), "{said}");
    // From a folder below, paths are still those of the repository.
    let said =
        scene.command("diff main..change -o github").current_dir(scene.here().join("policies")).output();
    let said = String::from_utf8(said.expect("it runs").stdout).expect("UTF-8");
    assert!(said.starts_with("::warning file=policies/read.json,line=4,endLine=4,"), "{said}");
}

#[test]
fn where_two_branches_parted_counts_for_three_dots() {
    let scene = changed();
    git(&scene.here(), &["checkout", "-q", "main"]);
    commit(&scene, &[("policies/later.json", READ)], "three");
    let policies = |line: &str| -> Vec<String> {
        let printed = scene.command(&format!("{line} -o json")).output().expect("it runs").stdout;
        let page: Value = serde_json::from_slice(&printed).expect("JSON");
        let policies = page["policies"]["policies"].as_array().expect("a list");
        policies.iter().map(|it| it["new"].as_str().expect("a name").to_owned()).collect()
    };
    // Of two dots what main got since is gone.
    let two = policies("diff main..change --src policies");
    assert_eq!(
        two,
        ["policies/gone.json", "policies/later.json", "policies/read.json", "policies/same.json"]
    );
    let three = policies("diff main...change --src policies");
    assert_eq!(three, ["policies/gone.json", "policies/read.json", "policies/same.json"]);
}

#[test]
fn one_revision_is_compared_with_the_folder_as_it_is() {
    let scene = repository(&[("policies/read.json", READ)]);
    scene.write("policies/read.json", &wider());
    scene.write("policies/more.json", READ);
    let said = scene.run("diff HEAD --src policies");
    assert!(said.contains("policies/more.json:4 \"Read\"") && said.contains("2 widens"), "{said}");
    assert!(said.ends_with("→ the folder\n[exit 1]"), "{said}");
}

#[test]
fn a_template_is_compared_over_accounts_with_file_and_line() {
    let matter = "[[matter]]\nthing = \"s3://paperboat-invoices\"\n";
    let scene = repository(&[("iam/web.yaml", TEMPLATE), ("clavicle.toml", matter)]);
    let wider = TEMPLATE.replace("s3:GetObject", "s3:*").replace("paperboat-catalog", "paperboat-invoices");
    commit(&scene, &[("iam/web.yaml", &wider)], "two");
    let line = "diff HEAD~1..HEAD --src iam -s demo --planned-in 111122223333/eu-west-1";
    let said = scene.run(line);
    assert!(said.contains("prod:user/web gains read") && said.contains("(iam/web.yaml:2 as Web)"), "{said}");
    let said = scene.run(&format!("{line} -o github"));
    assert!(said.contains("::error file=iam/web.yaml,line=2,"), "{said}");
    // Which account it is for is not known: that is not "the same".
    let said = scene.run("diff HEAD~1..HEAD --src iam");
    assert!(said.contains("iam/web.yaml") && said.ends_with("[exit 3]"), "{said}");
}

#[test]
fn a_change_does_not_open_its_own_gate() {
    let shut = "[gate]\naccess = \"any\"\n";
    let scene = repository(&[("policies/read.json", READ), ("clavicle.toml", shut)]);
    let open = "[gate]\naccess = \"none\"\nfail-on = \"never\"\n";
    commit(&scene, &[("policies/read.json", &wider()), ("clavicle.toml", open)], "two");
    assert!(scene.run("diff HEAD~1..HEAD --src policies").ends_with("[exit 1]"));
    // The other way round, the gate that was open holds for the change that shuts it.
    assert!(scene.run("diff HEAD..HEAD~1 --src policies").ends_with("[exit 0]"));
}

#[test]
fn names_of_revisions_are_no_options_and_nothing_of_the_repository_is_run() {
    let scene =
        repository(&[("policies/read.json", READ), (".gitattributes", "*.json filter=own diff=own\n")]);
    commit(&scene, &[("policies/read.json", &wider())], "two");
    let ran = scene.here().join("ran");
    let touch = format!("touch '{}'", ran.display());
    for name in [
        "filter.own.smudge",
        "filter.own.clean",
        "filter.own.process",
        "diff.own.textconv",
        "diff.own.command",
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "diff.external",
        "alias.rev-parse",
        "alias.ls-tree",
    ] {
        git(&scene.here(), &["config", name, &touch]);
    }
    let hooks = scene.here().join(".git/hooks");
    std::fs::create_dir_all(&hooks).expect("a folder");
    for hook in ["post-checkout", "reference-transaction", "post-index-change"] {
        std::fs::write(hooks.join(hook), format!("#!/bin/sh\n{touch}\n")).expect("a hook");
        #[cfg(unix)]
        std::fs::set_permissions(hooks.join(hook), std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .expect("it may be run");
    }
    assert!(scene.run("diff HEAD~1..HEAD --src policies").ends_with("[exit 1]"));
    for (revisions, code) in [
        ("--output=x..HEAD", 2),
        ("HEAD..--output=x", 2),
        ("HEAD..-p", 2),
        ("HEAD:policies/read.json..HEAD", 2),
        ("@{upstream}..HEAD", 4),
        ("nothing..HEAD", 4),
        ("HEAD^{tree}..HEAD", 4),
        ("HEAD..$(touch${IFS}ran)", 4),
    ] {
        let output = scene.command("diff --src policies --").arg(revisions).output().expect("it runs");
        assert_eq!(
            output.status.code(),
            Some(code),
            "{revisions} {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    assert!(!ran.exists() && !scene.here().join("x").exists());
}

#[test]
fn a_file_cannot_pass_for_a_revision() {
    let scene = repository(&[("policies/read.json", READ)]);
    commit(&scene, &[("policies/read.json", &wider()), ("main", SAME), ("main..HEAD", SAME)], "two");
    let said = scene.run("diff main --src policies");
    assert!(said.contains("`main` is a revision and a file") && said.ends_with("[exit 2]"), "{said}");
    git(&scene.here(), &["branch", "before", "HEAD~1"]);
    scene.write("before..HEAD", SAME);
    assert!(scene.run("diff before..HEAD --src policies").contains("1 widens"));
}

#[test]
fn links_and_broken_policies_are_not_passed_over() {
    let scene = repository(&[("policies/read.json", READ)]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", scene.here().join("policies/link.json")).expect("a link");
    commit(&scene, &[("policies/read.json", &READ.replace("\"Effect\"", "\"Effect"))], "two");
    let said = scene.run("diff HEAD~1..HEAD --src policies");
    assert!(said.contains("policies/read.json") && !said.ends_with("[exit 0]"), "{said}");
    assert!(!said.contains("root:"), "{said}");
}

/// A policy of Terraform may take its parts from any other file of the configuration, which then is no other matter.
#[test]
fn what_a_policy_takes_from_another_file_is_not_passed_over() {
    let policy = |action: &str| {
        format!(
            "resource \"aws_iam_policy\" \"p\" {{\n  policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{{ Effect = \"Allow\", Action = {action}, Resource = \"*\" }}] }})\n}}\n"
        )
    };
    let files = |action: &str, value: &str| {
        [
            ("iam/main.tf", policy(action)),
            ("iam/locals.tf", format!("locals {{\n  actions = \"{value}\"\n}}\n")),
            ("iam/x.tfvars", format!("actions = \"{value}\"\n")),
            ("iam/node_modules/p.json", READ.replace("s3:GetObject", value)),
        ]
    };
    for (action, is_told) in [("local.actions", true), ("\"s3:GetObject\"", false)] {
        let (old, new) = (files(action, "s3:GetObject"), files(action, "*"));
        let old: Vec<(&str, &str)> = old.iter().map(|(path, text)| (*path, &**text)).collect();
        let new: Vec<(&str, &str)> = new.iter().map(|(path, text)| (*path, &**text)).collect();
        let scene = repository(&old);
        commit(&scene, &new, "two");
        let said = scene.run("diff HEAD~1..HEAD --src iam");
        for path in ["iam/locals.tf", "iam/x.tfvars"] {
            assert_eq!(said.contains(&format!("{path} is different, and was not read")), is_told, "{said}");
        }
        assert!(!said.contains("node_modules"), "{said}");
    }
}

/// What the files of a module settle themselves, a policy that refers to it is compared with.
#[test]
fn a_policy_that_refers_to_what_its_module_settles_is_compared() {
    let policy = |action: &str, on: &str| {
        format!(
            "resource \"aws_iam_policy\" \"p\" {{\n  policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{{ Effect = \"Allow\", Action = \"{action}\", Resource = {on} }}] }})\n}}\n"
        )
    };
    let names =
        "locals {\n  name = \"ledger\"\n}\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = local.name\n}\n";
    for (on, told) in [
        ("\"${aws_s3_bucket.b.arn}/*\"", "widens"),
        ("aws_sqs_queue.q.arn", "main.tf is different, and was not read"),
    ] {
        let (narrow, wide) = (policy("s3:GetObject", on), policy("s3:*", on));
        let scene = repository(&[("iam/main.tf", &narrow), ("iam/names.tf", names)]);
        commit(&scene, &[("iam/main.tf", &wide)], "two");
        let said = scene.run("diff HEAD~1..HEAD --src iam");
        assert!(said.contains(told), "{on}: {said}");
        let is_read = on.contains("s3");
        assert_eq!(said.contains("was not read"), !is_read, "{said}");
        // And back.
        commit(&scene, &[("iam/main.tf", &narrow)], "three");
        let said = scene.run("diff HEAD~1..HEAD --src iam");
        assert_eq!(said.contains("narrows"), is_read, "{said}");
    }
}

/// What Terraform reads from another file may be a part of a policy, or say whom one is for, whatever the file is called.
#[test]
fn what_terraform_reads_from_another_file_is_not_passed_over() {
    let main = |reads: &str| {
        format!(
            "locals {{\n  all = {reads}\n}}\nresource \"aws_iam_user\" \"u\" {{\n  for_each = local.all\n  name = each.key\n}}\n"
        )
    };
    for (reads, told) in [
        ("yamldecode(file(\"${path.module}/users.yaml\"))", &["users.yaml"][..]),
        ("jsondecode(file(\"users.json\"))", &["users.json"]),
        ("split(\" \", file(\"users.txt\"))", &["users.txt"]),
        ("yamldecode(file(var.users))", &["users.json", "users.yaml"]),
        ("toset([\"dana\"])", &[]),
    ] {
        let main = main(reads);
        let scene = repository(&[
            ("iam/main.tf", &main),
            ("iam/users.yaml", "dana: read\n"),
            ("iam/users.json", "{\"dana\": \"read\"}\n"),
            ("iam/users.txt", "dana read\n"),
        ]);
        let others = [
            ("iam/users.yaml", "dana: write\n"),
            ("iam/users.json", "{\"dana\": \"write\"}\n"),
            ("iam/users.txt", "dana write\n"),
        ];
        commit(&scene, &others, "two");
        for revisions in ["HEAD~1..HEAD", "HEAD~1"] {
            let said = scene.run(&format!("diff {revisions} --src iam"));
            for (path, _) in others {
                let is_told = said.contains(&format!("{path} is different, and was not read"));
                assert_eq!(is_told, told.contains(&&path["iam/".len()..]), "{reads}: {said}");
            }
            let exit = if told.is_empty() { "[exit 0]" } else { "[exit 3]" };
            assert!(said.ends_with(exit), "{reads}: {said}");
        }
    }
}

/// What is different and was not read fails a gate that does not let pass what is not known, and every form names it.
#[test]
fn what_was_not_read_is_told_in_every_form_and_fails_the_gate() {
    const BEARER: &str = "resource \"aws_iam_role_policy_attachment\" \"a\" {\n  role = \"web\"\n}\n";
    const SERVERLESS: &str = "provider:\n  iam:\n    role:\n      statements:\n        - Effect: Allow\n          Action: \"s3:*\"\n          Resource: !GetAtt Covers.Arn\n";
    let gate = "[gate]\naccess = \"any\"\nunknown = \"fail\"\n";
    let large = " ".repeat((20 << 20) + 1);
    let scene = repository(&[
        ("clavicle.toml", gate),
        ("iam/large.json", &format!("{large}{READ}")),
        ("iam/main.tf", BEARER),
        ("iam/serverless.yml", SERVERLESS),
        ("iam/list.json", &format!("[{READ}]")),
        ("iam/values.yaml", "replicas: 1\n"),
    ]);
    let files = [
        ("iam/large.json", &*format!("{large}{}", wider())),
        ("iam/main.tf", &BEARER.replace("web", "ops")),
        ("iam/serverless.yml", &SERVERLESS.replace("s3:*", "*")),
        ("iam/values.yaml", "replicas: 2\n"),
    ];
    #[cfg(unix)]
    std::os::unix::fs::symlink("../other.json", scene.here().join("iam/link.json")).expect("a link");
    commit(&scene, &files, "two");
    let line = "diff HEAD~1..HEAD --src iam";
    let page: Value =
        serde_json::from_slice(&scene.command(&format!("{line} -o json")).output().expect("it runs").stdout)
            .expect("JSON");
    let mut unread = vec!["iam/large.json", "iam/main.tf", "iam/serverless.yml"];
    #[cfg(unix)]
    unread.insert(1, "iam/link.json");
    assert_eq!(page["unread"], serde_json::json!(unread));
    assert_eq!((&page["verdict"], &page["gate"]["verdict"]), (&"unknown".into(), &"fails".into()));
    for form in ["text", "md", "junit", "github", "sarif"] {
        let said = scene.run(&format!("{line} -o {form}"));
        for path in &unread {
            assert!(said.contains(path), "{form}: {said}");
        }
        // SARIF is read by a machine that judges by itself.
        let exit = if form == "sarif" { "[exit 0]" } else { "[exit 1]" };
        assert!(said.ends_with(exit) && !said.contains("no policy is different"), "{form}: {said}");
    }
}

/// What others wrote is passed over in a commit and in the folder alike, and what was named is looked at in both.
#[cfg(unix)]
#[test]
fn a_commit_and_the_folder_as_it_is_pass_over_the_same() {
    let scene = repository(&[("own/read.json", READ), ("node_modules/iam/read.json", READ)]);
    std::os::unix::fs::symlink("../node_modules", scene.here().join("own/node_modules")).expect("a link");
    commit(&scene, &[], "two");
    for revisions in ["HEAD", "HEAD~1", "HEAD~1..HEAD"] {
        let said = scene.run(&format!("diff {revisions} --src own"));
        assert!(!said.contains("node_modules") && said.ends_with("[exit 0]"), "{revisions}: {said}");
    }
    commit(&scene, &[("node_modules/iam/read.json", &wider())], "three");
    for revisions in ["HEAD~1", "HEAD~1..HEAD"] {
        let said = scene.run(&format!("diff {revisions} --src node_modules/iam"));
        assert!(
            said.contains("node_modules/iam/read.json:4") && said.contains("1 widens"),
            "{revisions}: {said}"
        );
        let said = scene.run(&format!("diff {revisions} --src ."));
        assert!(!said.contains("node_modules") && said.ends_with("[exit 0]"), "{revisions}: {said}");
    }
}

/// Written apart, with the folder beside them, they are the same question; what is a file, or no revision, stays what it is.
#[test]
fn two_revisions_may_stand_apart() {
    let scene = repository(&[("own/read.json", READ)]);
    commit(&scene, &[("own/read.json", &wider())], "two");
    let apart = scene.run("diff HEAD~1 HEAD --src own");
    assert_eq!(apart, scene.run("diff HEAD~1..HEAD --src own"));
    assert!(apart.contains("1 widens") && apart.ends_with("[exit 1]"), "{apart}");
    scene.write("HEAD", READ);
    scene.write("main", &wider());
    let files = scene.run("diff HEAD main --src own");
    assert!(files.contains("main:4") && !files.contains("\u{2192}"), "{files}");
    let said = scene.run("diff HEAD~1 HEAD~7 --src own");
    assert!(said.contains("is no file, and no saved snapshot"), "{said}");
}

#[test]
fn policies_inside_other_files_are_compared() {
    let scene = repository(&[("iam/list.json", &format!("[{READ}]"))]);
    commit(&scene, &[("iam/list.json", &format!("[{}]", wider()))], "two");
    let said = scene.run("diff HEAD~1..HEAD --src iam");
    assert!(said.contains("+ allows more: s3:PutObject\n    iam/list.json:4 \"Read\""), "{said}");
    assert!(said.ends_with("[exit 1]"), "{said}");
}

#[test]
fn no_repository_and_no_folder() {
    let scene = Scene::new();
    let said = scene.run("diff main..HEAD");
    assert!(said.contains("git: ") && said.ends_with("[exit 4]"), "{said}");
    let said = scene.run("diff main..HEAD --src nowhere");
    assert!(said.contains("there is no such folder") && said.ends_with("[exit 4]"), "{said}");
}
