//! What `init --ci` writes, run as the services run it: a good change passes, a bad one fails and is told.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use insta::assert_snapshot;
use serde_json::Value;

use crate::revisions::{READ, SAME, commit, git, repository};
use crate::scene::Scene;

fn policies() -> Scene {
    repository(&[("policies/read.json", READ), ("README.md", "policies\n")])
}

fn wider() -> String {
    READ.replace("\"s3:GetObject\"", "[\"s3:GetObject\", \"s3:PutObject\"]")
}

fn yaml(scene: &Scene, path: &str) -> Value {
    let text = std::fs::read_to_string(scene.here().join(path)).expect("it is written");
    serde_saphyr::from_str(&text).expect("sound YAML")
}

fn text(value: &Value) -> &str {
    value.as_str().ok_or_else(|| format!("{value} is no text")).expect("a text")
}

/// A folder with the program, and with a `gh` that writes down what it was asked.
fn programs(scene: &Scene) -> PathBuf {
    let folder = scene.here().parent().expect("a folder").join("bin");
    std::fs::create_dir_all(&folder).expect("it is made");
    let put = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).expect("a program");
        #[cfg(unix)]
        std::fs::set_permissions(folder.join(name), std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .expect("it may be run");
    };
    put("clavicle", &format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_clavicle")));
    put(
        "gh",
        "#!/bin/sh\necho \"gh $*\" >> \"$GH_LOG\"\ncase \"$*\" in *--paginate*) [ -z \"$GH_ID\" ] || echo \"$GH_ID\";; esac\n",
    );
    // A `curl` that writes down what it was asked, and what it was given to keep from the list of programs.
    put(
        "curl",
        "#!/bin/sh\necho \"curl $*\" >> \"$CURL_LOG\"\ncat >> \"$CURL_LOG\"\necho >> \"$CURL_LOG\"\n\
         case \"$*\" in *per_page*) [ -z \"$NOTES\" ] && exit 22; printf '%s' \"$NOTES\";; esac\n",
    );
    folder
}

/// A step's text in the shell that the service gives it.
fn shell(scene: &Scene, script: &str, variables: &[(String, String)]) -> Output {
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", programs(scene).display());
    let mut command = Command::new("bash");
    command.args(["-e", "-c", script]).current_dir(scene.here()).env_clear().env("PATH", path);
    command.env("HOME", scene.here()).env("CLAVICLE_DATA", scene.data());
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    command.output().expect("bash is there")
}

fn printed(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    streams.concat().replace('\u{2060}', "")
}

/// The id of a commit.
fn id(scene: &Scene, name: &str) -> String {
    let output =
        Command::new("git").args(["rev-parse", name]).current_dir(scene.here()).output().expect("git");
    String::from_utf8(output.stdout).expect("an id").trim().to_owned()
}

struct Job {
    passes: bool,
    said: String,
    summary: String,
    asked_of_github: String,
}

/// Runs the steps of the workflow for a pull request from `base` to `head`.
fn github(scene: &Scene, base: &str, head: &str, comment: &str) -> Job {
    let workflow = yaml(scene, ".github/workflows/clavicle.yml");
    assert!(workflow["on"].get("pull_request").is_some() && workflow["permissions"]["contents"] == "read");
    let job = &workflow["jobs"]["access"];
    let temp = scene.here().parent().expect("a folder").join("tmp");
    let (summary, log) = (temp.join("summary"), temp.join("gh"));
    for file in [&summary, &log] {
        std::fs::write(file, "").expect("a file");
    }
    let meant = |value: &Value| -> String {
        match text(value) {
            "${{ github.event.pull_request.base.sha }}" => id(scene, base),
            "${{ github.event.pull_request.head.sha }}" => id(scene, head),
            "${{ github.event.pull_request.number }}" => "7".to_owned(),
            "${{ github.token }}" => "a token".to_owned(),
            "repos/${{ github.repository }}/issues" => "repos/paperboat/iam/issues".to_owned(),
            plain => {
                assert!(!plain.contains("${{"), "{plain}");
                plain.to_owned()
            }
        }
    };
    let mut ended =
        Job { passes: true, said: String::new(), summary: String::new(), asked_of_github: String::new() };
    let mut names = Vec::new();
    for step in job["steps"].as_array().expect("steps").iter().filter(|step| step.get("run").is_some()) {
        let script = text(&step["run"]);
        // What somebody else wrote is never part of a script.
        assert!(!script.contains("${{"), "{script}");
        names.push(text(&step["name"]).to_owned());
        if step["name"] == "Install" {
            continue;
        }
        let mut variables: Vec<(String, String)> = [&job["env"], &step["env"]]
            .into_iter()
            .filter_map(Value::as_object)
            .flatten()
            .map(|(name, value)| (name.clone(), meant(value)))
            .collect();
        for (name, value) in [
            ("RUNNER_TEMP", temp.display().to_string()),
            ("GITHUB_STEP_SUMMARY", summary.display().to_string()),
            ("GH_LOG", log.display().to_string()),
            ("GH_ID", comment.to_owned()),
        ] {
            variables.push((name.to_owned(), value));
        }
        let output = shell(scene, script, &variables);
        ended.passes &= output.status.success();
        ended.said.push_str(&printed(&output));
    }
    assert_eq!(names, ["Install", "Check the policies", "Compare who can do what", "Comment"]);
    ended.summary = std::fs::read_to_string(summary).expect("the summary").replace('\u{2060}', "");
    ended.asked_of_github = std::fs::read_to_string(log).expect("the log");
    ended
}

#[test]
fn github_passes_a_good_change_and_fails_a_bad_one_with_its_comment() {
    let scene = policies();
    assert_snapshot!(scene.run("init --ci github --src policies"), @"
    [stderr]
    wrote .github/workflows/clavicle.yml
    wrote clavicle.toml
    [exit 0]
    ");
    commit(&scene, &[], "builds");
    git(&scene.here(), &["checkout", "-q", "-b", "good"]);
    commit(&scene, &[("policies/read.json", SAME)], "other words");
    git(&scene.here(), &["checkout", "-q", "-b", "bad", "main"]);
    commit(&scene, &[("policies/read.json", &wider())], "more");
    // What the base got since is no change of the pull request.
    git(&scene.here(), &["checkout", "-q", "main"]);
    commit(&scene, &[("policies/later.json", &wider())], "meanwhile");

    git(&scene.here(), &["checkout", "-q", "good"]);
    let job = github(&scene, "main", "good", "");
    assert!(job.passes, "{}", job.said);
    assert!(
        job.said.contains("policies/read.json has other text and the same access (proved)"),
        "{}",
        job.said
    );
    assert!(!job.said.contains("later.json"), "{}", job.said);
    assert!(job.asked_of_github.contains("--method POST repos/paperboat/iam/issues/7/comments"));

    git(&scene.here(), &["checkout", "-q", "bad"]);
    let job = github(&scene, "main", "bad", "41");
    assert!(!job.passes, "{}", job.said);
    for line in [
        "::warning file=policies/read.json,line=4,endLine=4,title=clavicle medium%3A wider-policy::",
        "<!-- clavicle -->\n### clavicle: 1 widens\n",
        "policies/read.json allows more: s3:PutObject. For example s3:PutObject on arn:aws:s3:::covers/x",
    ] {
        assert!(job.said.contains(line), "{line}\n{}", job.said);
    }
    assert!(job.summary.contains("### clavicle: 1 widens"), "{}", job.summary);
    // The comment that is there is written anew.
    assert!(job.asked_of_github.contains("--method PATCH repos/paperboat/iam/issues/comments/41 -F body=@"));

    // A policy with a fault fails by itself.
    git(&scene.here(), &["checkout", "-q", "-b", "fault", "main"]);
    commit(&scene, &[("policies/read.json", &READ.replace("GetObject", "GetObjekt"))], "a fault");
    let job = github(&scene, "main", "fault", "");
    assert!(!job.passes && job.said.contains("::error file=policies/read.json,line=4,"), "{}", job.said);
}

#[test]
fn gitlab_passes_a_good_change_and_fails_a_bad_one_with_its_comment() {
    let scene = policies();
    assert_snapshot!(scene.run("init --ci gitlab --src policies"), @"
    [stderr]
    wrote .gitlab/clavicle.yml
    wrote .gitlab-ci.yml
    wrote clavicle.toml
    [exit 0]
    ");
    let main = yaml(&scene, ".gitlab-ci.yml");
    assert_eq!(main["include"][0]["local"], ".gitlab/clavicle.yml");
    let job = yaml(&scene, ".gitlab/clavicle.yml")["clavicle"].clone();
    assert_eq!(job["rules"][0]["if"], "$CI_PIPELINE_SOURCE == \"merge_request_event\"");
    commit(&scene, &[], "builds");
    let base = id(&scene, "main");
    for (name, change, passes, says) in [
        ("good", SAME, true, "has other text and the same access (proved)"),
        ("bad", &*wider(), false, "policies/read.json allows more: s3:PutObject."),
    ] {
        git(&scene.here(), &["checkout", "-q", "-b", name, "main"]);
        commit(&scene, &[("policies/read.json", change)], name);
        let mut variables: Vec<(String, String)> = vec![
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA".to_owned(), base.clone()),
            ("CI_COMMIT_SHA".to_owned(), id(&scene, "HEAD")),
        ];
        let own = job["variables"].as_object().expect("variables");
        variables.extend(own.iter().map(|(name, value)| (name.clone(), text(value).to_owned())));
        let script: Vec<&str> = job["script"].as_array().expect("lines").iter().map(text).collect();
        let output = shell(&scene, &script.join("\n"), &variables);
        let said = printed(&output);
        assert_eq!(output.status.success(), passes, "{said}");
        assert!(said.contains("### clavicle: 1 ") && said.contains(says), "{said}");
        let report = std::fs::read_to_string(scene.here().join("clavicle.xml")).expect("the report");
        assert_eq!(report.contains("<failure"), !passes, "{report}");
        assert_eq!(job["artifacts"]["reports"]["junit"], "clavicle.xml");
        git(&scene.here(), &["clean", "-q", "-f"]);
    }
}

/// GitLab: Notes API, "List all merge request notes", and predefined variables of pipelines of merge requests.
#[test]
fn gitlab_keeps_one_comment_where_it_has_a_token() {
    let scene = policies();
    scene.run("init --ci gitlab --src policies");
    commit(&scene, &[], "builds");
    let base = id(&scene, "main");
    commit(&scene, &[("policies/read.json", &wider())], "more");
    let job = yaml(&scene, ".gitlab/clavicle.yml")["clavicle"].clone();
    let script: Vec<&str> = job["script"].as_array().expect("lines").iter().map(text).collect();
    let log = scene.here().parent().expect("a folder").join("tmp").join("curl");
    let asked = |notes: &str, token: &str| {
        std::fs::write(&log, "").expect("a file");
        let variables = [
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str()),
            ("CI_COMMIT_SHA", &id(&scene, "HEAD")),
            ("CI_API_V4_URL", "https://gitlab.example.com/api/v4"),
            ("CI_MERGE_REQUEST_PROJECT_ID", "12"),
            ("CI_MERGE_REQUEST_IID", "7"),
            ("SRC", "policies"),
            ("CLAVICLE_TOKEN", token),
            ("CURL_LOG", &log.display().to_string()),
            ("NOTES", notes),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let output = shell(&scene, &script.join("\n"), &variables);
        // What fails is what fails without a comment.
        assert!(!output.status.success());
        assert!(printed(&output).contains("### clavicle: 1 widens"), "{}", printed(&output));
        (std::fs::read_to_string(&log).expect("the log"), printed(&output))
    };
    assert_eq!(asked("[]", "").0, "", "without a token nobody is asked");
    let notes = "https://gitlab.example.com/api/v4/projects/12/merge_requests/7/notes";
    let (made, _) = asked("[]", "secret");
    assert!(
        made.contains("-X POST --data-urlencode body@clavicle-note.md") && made.contains(notes),
        "{made}"
    );
    // The token is in no list of programs.
    assert!(!made.lines().any(|line| line.starts_with("curl") && line.contains("secret")), "{made}");
    assert_eq!(made.matches("PRIVATE-TOKEN: secret").count(), 2, "{made}");
    let note = std::fs::read_to_string(scene.here().join("clavicle-note.md")).expect("the comment");
    assert!(note.starts_with("<!-- clavicle -->\n### clavicle: 1 widens"), "{note}");
    for body in ["<!-- clavicle -->", "\\u003c!-- clavicle --\\u003e"] {
        let there = format!(
            r#"[{{"id":301,"type":null,"body":"see <!-- clavicle --> {{\"id\":9}}","author":{{"id":1}}}},{{"id":302,"type":null,"body":"{body}\n###","author":{{"id":5}}}}]"#
        );
        let (kept, _) = asked(&there, "secret");
        assert!(kept.contains("-X PUT") && kept.contains(&format!("{notes}/302\n")), "{kept}");
        assert!(!kept.contains("POST"), "{kept}");
    }
    let (refused, said) = asked("", "wrong");
    assert!(!refused.contains("POST") && said.contains("comments could not be read"), "{refused}\n{said}");
}

#[test]
fn pre_commit_lets_a_good_change_in_and_a_bad_one_not() {
    let scene = policies();
    assert_snapshot!(scene.run("init --ci pre-commit --src policies"), @"
    [stderr]
    wrote .pre-commit-config.yaml
    wrote clavicle.toml
    [exit 0]
    ");
    commit(&scene, &[], "hooks");
    let config = yaml(&scene, ".pre-commit-config.yaml");
    let hooks = config["repos"][0]["hooks"].as_array().expect("hooks");
    assert_eq!(hooks.len(), 2);
    let program = pre_commit();
    for (change, passes, says) in [
        (SAME, true, ""),
        (&*wider(), false, "policies/read.json:4 \"Read\""),
        (&READ.replace("GetObject", "GetObjekt"), false, "GetObjekt"),
    ] {
        std::fs::write(scene.here().join("policies/read.json"), change).expect("it is written");
        git(&scene.here(), &["add", "-A"]);
        let (mut all, mut said) = (true, String::new());
        match &program {
            Some(program) => {
                let cache = scene.here().parent().expect("a folder").join("tmp").display().to_string();
                let output =
                    shell(&scene, &format!("'{program}' run"), &[("PRE_COMMIT_HOME".to_owned(), cache)]);
                (all, said) = (output.status.success(), printed(&output));
            }
            // As it runs a hook of `language: system` that takes no names: from the top, if a file matches.
            None => {
                for hook in hooks {
                    assert_eq!(
                        (&hook["language"], &hook["pass_filenames"]),
                        (&"system".into(), &false.into())
                    );
                    assert_eq!(hook["files"], "^policies/");
                    let output = shell(&scene, text(&hook["entry"]), &[]);
                    all &= output.status.success();
                    said.push_str(&printed(&output));
                }
            }
        }
        assert_eq!(all, passes, "{said}");
        assert!(said.contains(says), "{said}");
    }
}

/// The real one, where the Python of the tests has it.
fn pre_commit() -> Option<String> {
    let beside = clavicle_testkit::python().map(|python| Path::new(&python).with_file_name("pre-commit"));
    beside.filter(|path| path.is_file()).map(|path| path.to_string_lossy().into_owned())
}

#[test]
fn nothing_is_written_over_and_nothing_by_halves() {
    let scene = policies();
    let at = |path: &str| scene.here().join(path);
    scene.write(".pre-commit-config.yaml", "repos: []\n");
    let said = scene.run("init --ci pre-commit --src policies");
    assert!(said.contains("it stays as it is") && said.ends_with("[exit 4]"), "{said}");
    assert!(!at("clavicle.toml").exists());
    assert_eq!(std::fs::read_to_string(at(".pre-commit-config.yaml")).expect("it"), "repos: []\n");
    // What people know is never written over beside something else.
    scene.write("clavicle.toml", "[gate]\naccess = \"matter\"\n");
    assert!(scene.run("init --ci pre-commit --src policies --force").ends_with("[exit 0]"));
    assert!(
        std::fs::read_to_string(at(".pre-commit-config.yaml")).expect("it").contains("clavicle diff HEAD")
    );
    assert!(std::fs::read_to_string(at("clavicle.toml")).expect("it").contains("matter"));
    assert!(scene.run("init").ends_with("[exit 4]"));
    // The second file cannot be written, so the first is not there either.
    #[cfg(unix)]
    {
        std::fs::remove_file(at("clavicle.toml")).expect("it goes");
        scene.write(".gitlab-ci.yml", "own: {}\n");
        std::os::unix::fs::symlink("/nowhere", at(".gitlab")).expect("a link");
        let said = scene.run("init --ci gitlab --src policies");
        assert!(said.contains("this is a link") && said.ends_with("[exit 4]"), "{said}");
        assert!(!at("clavicle.toml").exists());
        std::fs::remove_file(at(".gitlab")).expect("it goes");
        let said = scene.run("init --ci gitlab --src policies");
        assert!(said.contains(".gitlab-ci.yml is kept; add this to it:"), "{said}");
        assert_eq!(std::fs::read_to_string(at(".gitlab-ci.yml")).expect("it"), "own: {}\n");
    }
    let left = std::fs::read_dir(scene.here()).expect("a folder");
    let left: Vec<_> = left.filter_map(|it| it.ok().map(|it| it.file_name())).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".part")), "{left:?}");
    std::fs::create_dir(at("a'b")).expect("a folder");
    assert!(scene.run("init --ci github --src a'b").ends_with("[exit 2]"));
    assert!(scene.run("init --ci github --src /").ends_with("[exit 2]"));
    assert!(Scene::new().run("init --ci github").ends_with("[exit 4]"));
}

/// The settings that are written are sound, and stand for what holds without any.
#[test]
fn the_settings_that_are_written_can_be_read() {
    let scene = policies();
    assert!(scene.run("init").ends_with("[exit 0]"));
    commit(&scene, &[("policies/read.json", &wider())], "more");
    let said = scene.run("diff HEAD~1..HEAD --src policies");
    assert!(said.contains("gate: fails, 1 policy that lets more through"), "{said}");
    let printed = scene.run("init --ci github --print");
    assert!(
        printed.contains("# .github/workflows/clavicle.yml\n") && printed.ends_with("[exit 0]"),
        "{printed}"
    );
}
