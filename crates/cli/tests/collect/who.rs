//! Whose credentials sign: every way in which the AWS CLI finds them.

use std::fs;
use std::process::Command;

use serde_json::json;

use crate::fake_aws::FakeAws;
use crate::{clavicle, succeeds};

/// The simulated AWS tells the account of a caller from the access key.
const ACCOUNT: &str = "300000000003";

struct Scene {
    fake: FakeAws,
    home: tempfile::TempDir,
}

impl Scene {
    fn new() -> Scene {
        let home = tempfile::tempdir().expect("a folder");
        Scene { fake: FakeAws::start(1, 1), home }
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.home.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
        fs::write(&path, text).expect("it is written");
        path.to_string_lossy().into_owned()
    }

    /// Collects with no keys in the environment; the one who did is in the account.
    fn is_account(&self, arguments: &[&str], environment: &[(&str, &str)]) {
        let all = [&["collect", "-o", "acct.clav"], arguments].concat();
        let mut command = clavicle(self.home.path(), &self.fake.address, &all);
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
        command.envs(environment.iter().copied());
        let told = told(command);
        assert!(told.contains(&format!("in {ACCOUNT} · read-only")), "{environment:?}: {told}");
    }
}

fn told(command: Command) -> String {
    String::from_utf8_lossy(&succeeds(command).stderr).into_owned()
}

fn keys() -> serde_json::Value {
    json!({"Version": 1, "AccessKeyId": format!("ASIA{ACCOUNT}"), "SecretAccessKey": "s", "SessionToken": "t",
        "Token": "t", "Expiration": "2099-01-01T00:00:00Z"})
}

#[test]
fn a_profile_with_a_role_and_one_with_a_command() {
    let scene = Scene::new();
    let command = scene.file("keys.json", &keys().to_string());
    let config = format!(
        "[profile base]\ncredential_process = cat {command}\n[profile keys]\naws_access_key_id = AKIA\n\
         aws_secret_access_key = s\n[profile role]\nsource_profile = keys\n\
         role_arn = arn:aws:iam::{ACCOUNT}:role/audit\n"
    );
    let config = scene.file("config", &config);
    for profile in ["base", "role"] {
        scene.is_account(&["--profile", profile], &[("AWS_CONFIG_FILE", &config)]);
        scene.is_account(&[], &[("AWS_CONFIG_FILE", &config), ("AWS_PROFILE", profile)]);
    }
}

#[test]
fn a_web_identity() {
    let scene = Scene::new();
    let token = scene.file("token", "eyJ\n");
    let role = format!("arn:aws:iam::{ACCOUNT}:role/pod");
    scene.is_account(&[], &[("AWS_ROLE_ARN", &role), ("AWS_WEB_IDENTITY_TOKEN_FILE", &token)]);
}

#[test]
fn a_container_and_an_instance() {
    let scene = Scene::new();
    scene.fake.answer("GET /creds", keys().to_string());
    let url = format!("{}/creds", scene.fake.address);
    scene.is_account(&[], &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url)]);
    scene.fake.answer("PUT /latest/api/token", "token".to_owned());
    scene.fake.answer("GET /latest/meta-data/iam/security-credentials/", "node\n".to_owned());
    scene.fake.answer("GET /latest/meta-data/iam/security-credentials/node", keys().to_string());
    scene.is_account(&[], &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &scene.fake.address)]);
}

#[test]
fn a_session_of_identity_center() {
    let scene = Scene::new();
    let config = format!(
        "[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n\
         [profile sso]\nsso_session = corp\nsso_account_id = {ACCOUNT}\nsso_role_name = Audit\n"
    );
    let config = scene.file("config", &config);
    let environment = [("AWS_CONFIG_FILE", config.as_str()), ("AWS_PROFILE", "sso")];
    let mut without = clavicle(scene.home.path(), &scene.fake.address, &["collect"]);
    without.env_remove("AWS_ACCESS_KEY_ID").envs(environment);
    let refused = without.output().expect("it runs");
    assert_eq!(refused.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("aws sso login"));
    // The name of the file is the SHA-1 of `corp`.
    let cache = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
    scene.file(cache, r#"{"accessToken": "a", "expiresAt": "2099-01-01T00:00:00Z"}"#);
    let answer = json!({"roleCredentials": {"accessKeyId": format!("ASIA{ACCOUNT}"), "secretAccessKey": "s",
        "sessionToken": "t", "expiration": 4_070_908_800_000_u64}});
    scene.fake.answer("GET /federation/credentials", answer.to_string());
    scene.is_account(&[], &environment);
}

/// AWS: IAM Identity Center OIDC API Reference, `CreateToken`: grant type `refresh_token`. AWS SDKs and Tools Reference Guide,
/// "IAM Identity Center credential provider": profiles with an `sso-session` renew their tokens, others do not.
#[test]
fn a_session_of_identity_center_is_renewed_while_it_lasts() {
    let scene = Scene::new();
    let config = format!(
        "[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n\
         [profile sso]\nsso_session = corp\nsso_account_id = {ACCOUNT}\nsso_role_name = Audit\n"
    );
    let config = scene.file("config", &config);
    let environment = [("AWS_CONFIG_FILE", config.as_str()), ("AWS_PROFILE", "sso")];
    let answer = json!({"roleCredentials": {"accessKeyId": format!("ASIA{ACCOUNT}"), "secretAccessKey": "s",
        "sessionToken": "t", "expiration": 4_070_908_800_000_u64}});
    scene.fake.answer("GET /federation/credentials", answer.to_string());
    let cache = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
    let ended = json!({"accessToken": "old", "expiresAt": "2020-01-01T00:00:00Z", "clientId": "c", "clientSecret": "s",
        "refreshToken": "r", "registrationExpiresAt": "2099-01-01T00:00:00Z", "startUrl": "https://corp.example/start"});
    let refused = |kept: &serde_json::Value| {
        scene.file(cache, &kept.to_string());
        let mut command = clavicle(scene.home.path(), &scene.fake.address, &["collect"]);
        command.env_remove("AWS_ACCESS_KEY_ID").envs(environment);
        let output = command.output().expect("it runs");
        assert_eq!(output.status.code(), Some(4));
        assert!(String::from_utf8_lossy(&output.stderr).contains("aws sso login"));
    };
    // Identity Center gives no other token.
    scene.fake.answer("POST /token", json!({"error": "invalid_grant"}).to_string());
    refused(&ended);
    let renewal =
        json!({"accessToken": "new", "expiresIn": 3600, "refreshToken": "r2", "tokenType": "Bearer"});
    scene.fake.answer("POST /token", renewal.to_string());
    let mut unregistered = ended.clone();
    unregistered["registrationExpiresAt"] = "2020-01-01T00:00:00Z".into();
    refused(&unregistered);
    scene.file(cache, &ended.to_string());
    scene.is_account(&[], &environment);
    let kept = std::fs::read_to_string(scene.home.path().join(cache)).expect("the token");
    let kept: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
    assert_eq!((&kept["accessToken"], &kept["refreshToken"]), (&json!("new"), &json!("r2")));
    assert_eq!(kept["startUrl"], "https://corp.example/start", "what the CLI keeps beside stays");
    let end: jiff::Timestamp = kept["expiresAt"].as_str().expect("a text").parse().expect("a time");
    let minutes = end.duration_since(jiff::Timestamp::now()).as_mins();
    assert!((55..=60).contains(&minutes), "{end}");
    // One that is good for an hour is not renewed.
    scene.fake.answer("POST /token", String::new());
    scene.is_account(&[], &environment);
}

#[test]
fn a_profile_with_a_second_factor_needs_somebody_to_ask() {
    let scene = Scene::new();
    let config = format!(
        "[profile keys]\naws_access_key_id = AKIA\naws_secret_access_key = s\n[profile code]\nsource_profile = keys\n\
         role_arn = arn:aws:iam::{ACCOUNT}:role/audit\nmfa_serial = arn:aws:iam::{ACCOUNT}:mfa/dana\n"
    );
    let config = scene.file("config", &config);
    let mut command = clavicle(scene.home.path(), &scene.fake.address, &["collect", "--profile", "code"]);
    command
        .env_remove("AWS_ACCESS_KEY_ID")
        .env("AWS_CONFIG_FILE", &config)
        .stdin(std::process::Stdio::null());
    let output = command.output().expect("it runs");
    assert_eq!(output.status.code(), Some(4));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("mfa/dana") && stderr.contains("no terminal"), "{stderr}");
}

#[test]
fn nobody_and_an_unknown_profile() {
    let scene = Scene::new();
    let mut nobody = clavicle(scene.home.path(), &scene.fake.address, &["collect"]);
    nobody.env_remove("AWS_ACCESS_KEY_ID").env("AWS_EC2_METADATA_DISABLED", "true");
    let output = nobody.output().expect("it runs");
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stderr).contains("there are no credentials"));
    let alone = ["collect", "--org", "--role-name", "clavicle-read"];
    let output = clavicle(scene.home.path(), &scene.fake.address, &alone).output().expect("it runs");
    assert_eq!(output.status.code(), Some(4));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("the account 100000000000 is in no organization"), "{stderr}");
    let unknown = clavicle(scene.home.path(), &scene.fake.address, &["collect", "--profile", "x"]).output();
    let output = unknown.expect("it runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no profile `x`"));
}
