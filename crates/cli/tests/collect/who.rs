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
fn a_session_of_the_console() {
    let scene = Scene::new();
    let config = scene
        .file("config", &format!("[profile console]\nlogin_session = arn:aws:iam::{ACCOUNT}:user/dana\n"));
    let environment = [("AWS_CONFIG_FILE", config.as_str()), ("AWS_PROFILE", "console")];
    let mut without = clavicle(scene.home.path(), &scene.fake.address, &["collect"]);
    without.env_remove("AWS_ACCESS_KEY_ID").envs(environment);
    let refused = without.output().expect("it runs");
    assert_eq!(refused.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("aws login"));
    // The SHA-256 of the session.
    let name = "919b1d4f81ce8962432711dd14ce113c9b1fb61bd669d0339e450f3da2f55c1e.json";
    let kept = json!({"accessToken": {"accessKeyId": format!("ASIA{ACCOUNT}"), "secretAccessKey": "s", "sessionToken": "t",
        "accountId": ACCOUNT, "expiresAt": "2099-01-01T00:00:00Z"}})
    .to_string();
    scene.file(&format!(".aws/login/cache/{name}"), &kept);
    scene.is_account(&[], &environment);
    let elsewhere = scene.file(&format!("logins/{name}"), &kept);
    let elsewhere = elsewhere.strip_suffix(&format!("/{name}")).expect("a folder");
    std::fs::remove_file(scene.home.path().join(".aws/login/cache").join(name)).expect("it goes");
    let environment = [environment[0], environment[1], ("AWS_LOGIN_CACHE_DIRECTORY", elsewhere)];
    scene.is_account(&[], &environment);
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
    assert!(String::from_utf8_lossy(&refused.stderr).contains("run `aws sso login --profile sso`"));
    scene.file(CACHE, r#"{"accessToken": "a", "expiresAt": "2099-01-01T00:00:00Z"}"#);
    let answer = json!({"roleCredentials": {"accessKeyId": format!("ASIA{ACCOUNT}"), "secretAccessKey": "s",
        "sessionToken": "t", "expiration": 4_070_908_800_000_u64}});
    scene.fake.answer("GET /federation/credentials", answer.to_string());
    scene.is_account(&[], &environment);
}

/// A profile whose role in Identity Center is got by a token of the session `corp`.
struct Seat {
    scene: Scene,
    config: String,
}

/// The SHA-1 of `corp` is the name of the file.
const CACHE: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

impl Seat {
    fn new() -> Seat {
        let scene = Scene::new();
        let config = format!(
            "[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n\
             [profile sso]\nsso_session = corp\nsso_account_id = {ACCOUNT}\nsso_role_name = Audit\n"
        );
        let config = scene.file("config", &config);
        let answer = json!({"roleCredentials": {"accessKeyId": format!("ASIA{ACCOUNT}"), "secretAccessKey": "s",
            "sessionToken": "t", "expiration": 4_070_908_800_000_u64}});
        scene.fake.answer("GET /federation/credentials", answer.to_string());
        Seat { scene, config }
    }

    fn environment(&self) -> [(&str, &str); 2] {
        [("AWS_CONFIG_FILE", &self.config), ("AWS_PROFILE", "sso")]
    }

    /// Keeps this token, which ends so many minutes from now.
    fn keep(&self, minutes: i64, registered_until: &str) {
        let end = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes);
        let kept = json!({"accessToken": "old", "expiresAt": end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "clientId": "c", "clientSecret": "s", "refreshToken": "r", "registrationExpiresAt": registered_until,
            "startUrl": "https://corp.example/start"});
        self.scene.file(CACHE, &kept.to_string());
    }

    fn kept(&self) -> serde_json::Value {
        let kept = fs::read_to_string(self.scene.home.path().join(CACHE)).expect("the token");
        serde_json::from_str(&kept).expect("JSON")
    }

    /// Who collects is told why not.
    fn is_refused(&self, why: &str) {
        let mut command = clavicle(self.scene.home.path(), &self.scene.fake.address, &["collect"]);
        command.env_remove("AWS_ACCESS_KEY_ID").envs(self.environment());
        let output = command.output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(4), "{told}");
        assert!(told.contains("run `aws sso login --profile sso`") && told.contains(why), "{told}");
    }

    /// It collects, and asks for so many other tokens meanwhile.
    fn is_let_in(&self, renewals: u64) {
        let before = self.scene.fake.requests_of("POST /token");
        self.scene.is_account(&[], &self.environment());
        assert_eq!(self.scene.fake.requests_of("POST /token") - before, renewals);
    }
}

const LATER: &str = "2099-01-01T00:00:00Z";

/// AWS: IAM Identity Center OIDC API Reference, `CreateToken`: grant type `refresh_token`. AWS SDKs and Tools Reference Guide,
/// "IAM Identity Center credential provider": profiles with an `sso-session` renew their tokens, others do not.
#[test]
fn a_session_of_identity_center_is_renewed_while_it_lasts() {
    let seat = Seat::new();
    // Identity Center gives no other token.
    seat.scene.fake.answer("POST /token", json!({"error": "invalid_grant"}).to_string());
    seat.keep(-1, LATER);
    seat.is_refused("is not renewed: the answer holds no token");
    // One that ends soon is good until then.
    seat.keep(10, LATER);
    seat.is_let_in(1);
    let renewal =
        json!({"accessToken": "new", "expiresIn": 3600, "refreshToken": "r2", "tokenType": "Bearer"});
    seat.scene.fake.answer("POST /token", renewal.to_string());
    seat.keep(-1, "2020-01-01T00:00:00Z");
    seat.is_refused("is over");
    for minutes in [-1, 10] {
        seat.keep(minutes, LATER);
        seat.is_let_in(1);
        let kept = seat.kept();
        assert_eq!((&kept["accessToken"], &kept["refreshToken"]), (&json!("new"), &json!("r2")));
        assert_eq!(kept["startUrl"], "https://corp.example/start", "what the CLI keeps beside stays");
        let end: jiff::Timestamp = kept["expiresAt"].as_str().expect("a text").parse().expect("a time");
        let left = end.duration_since(jiff::Timestamp::now()).as_mins();
        assert!((55..=60).contains(&left), "{end}");
    }
    // One that is good for an hour is not renewed.
    seat.is_let_in(0);
}

#[test]
fn a_renewal_that_makes_no_sense_or_cannot_be_kept() {
    let seat = Seat::new();
    let renewal =
        |seconds: i64| json!({"accessToken": "new", "expiresIn": seconds, "refreshToken": "r2"}).to_string();
    seat.scene.fake.answer("POST /token", renewal(i64::MAX));
    seat.keep(-1, LATER);
    seat.is_refused("is not renewed");
    // The role is asked for again with each call, and the token that cannot be written is renewed no second time.
    let answer = json!({"roleCredentials": {"accessKeyId": format!("ASIA{ACCOUNT}"), "secretAccessKey": "s",
        "sessionToken": "t", "expiration": 0}});
    seat.scene.fake.answer("GET /federation/credentials", answer.to_string());
    seat.scene.fake.answer("POST /token", renewal(3600));
    fs::create_dir(seat.scene.home.path().join(CACHE).with_extension("clavicle"))
        .expect("a folder in the way");
    seat.is_let_in(1);
    assert!(seat.scene.fake.requests_of("GET /federation/credentials") > 2);
    assert_eq!(seat.kept()["accessToken"], "old");
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

/// Before anything is collected it is told why nothing could be.
#[test]
fn what_cannot_work_is_told_at_once() {
    let scene = Scene::new();
    let config =
        "[profile broken]\ncredential_process = sh -c 'exit 3'\n[profile mute]\ncredential_process = true\n";
    let config = scene.file("config", config);
    for (arguments, variables, wanted) in [
        (
            &["--profile", "broken"][..],
            vec![("AWS_CONFIG_FILE", &*config)],
            "`credential_process` failed: exit status: 3",
        ),
        (
            &["--profile", "mute"],
            vec![("AWS_CONFIG_FILE", &*config)],
            "`credential_process` printed no credentials",
        ),
        (&[], vec![("AWS_ENDPOINT_URL", "127.0.0.1:1")], "`127.0.0.1:1` is no address of an endpoint"),
        (
            &[],
            vec![("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), ("AWS_MAX_ATTEMPTS", "1")],
            "cannot find out who this is: io: Connection refused (os error 111) (http://127.0.0.1:1)",
        ),
        (
            &[],
            vec![
                ("AWS_ENDPOINT_URL", "http://aws.example"),
                ("HTTP_PROXY", "http://u:s3cr3t@127.0.0.1:1"),
                ("NO_PROXY", ""),
                ("AWS_MAX_ATTEMPTS", "1"),
            ],
            "(http://aws.example, by the proxy of the environment)",
        ),
        (&["-o", "."], Vec::new(), "cannot save the snapshot as `.`: this is a folder"),
        (&["--org", "--role-name", "read*"], Vec::new(), "`read*` is not the name of a role"),
        (&["--print-policy", "--role-name", "a//b"], Vec::new(), "`a//b` is not the name of a role"),
        (&["--print-policy", "--org"], Vec::new(), "`--org` needs the name of the role"),
        #[cfg(unix)]
        (
            &["-o", "/dev/null"],
            Vec::new(),
            "cannot save the snapshot as `/dev/null`: this is no ordinary file",
        ),
    ] {
        let arguments: Vec<&str> = ["collect"].iter().chain(arguments).copied().collect();
        let mut command = clavicle(scene.home.path(), &scene.fake.address, &arguments);
        let output = command.envs(variables).output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{wanted}");
        assert!(told.contains(wanted) && !told.contains("s3cr3t"), "{wanted}: {told}");
    }
}
