//! Credentials of somebody's session in the AWS Management Console, which `aws login` keeps, and which are renewed while it lasts,
//! as the AWS CLI does.
//!
//! See AWS: AWS SDKs and Tools Reference Guide, "Login credentials provider"
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html>). The names in the file, which is called after
//! the SHA-256 of the session, and the request for the next ones (`CreateOAuth2Token` of AWS Sign-In) are those of botocore.

use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::aws::Aws;
use crate::credentials::Credentials;
use crate::dpop;
use crate::endpoint;
use crate::error::CollectError;
use crate::http::Request;
use crate::sign::hexadecimal;
use crate::signers::{fetched, named};
use crate::sso::of_profile;
use crate::token_file::TokenFile;

/// A session, as a profile names it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Login {
    /// The profile that names it.
    pub(crate) profile: String,
    /// The identity of the session: `arn:aws:iam::111122223333:user/dana`.
    pub(crate) session: String,
    /// Where it is renewed, unless the file says it.
    pub(crate) region: String,
    pub(crate) folder: PathBuf,
}

impl Login {
    pub(crate) fn credentials(&self, aws: &Aws) -> Result<Credentials, CollectError> {
        let name = hexadecimal(&Sha256::digest(&self.session));
        let file = TokenFile::hold(self.folder.join(format!("{name}.json")));
        let is_over = || {
            CollectError::new("the session of `aws login` is over or was never opened").hint(self.sign_in())
        };
        let kept = file.read().ok_or_else(is_over)?;
        let credentials = of(&kept).ok_or_else(is_over)?;
        let now = aws.clock.now();
        if !credentials.are_stale(now) {
            return Ok(credentials);
        }
        match self.renewed(aws, &kept, now) {
            Ok((renewed, next)) => {
                file.keep(next);
                Ok(renewed)
            }
            // Those that could not be renewed are good until they end.
            Err(_) if credentials.expires.is_some_and(|end| end > now) => Ok(credentials),
            Err(error) => Err(error),
        }
    }

    fn sign_in(&self) -> String {
        format!("run `aws login{}`", of_profile(&self.profile))
    }

    /// The next ones, and what is kept of them.
    fn renewed(&self, aws: &Aws, kept: &Value, now: Timestamp) -> Result<(Credentials, Value), CollectError> {
        let not_renewed = |why: &str| {
            CollectError::new(format!("the session of `aws login` is not renewed: {why}"))
                .hint(self.sign_in())
        };
        let request =
            self.renewal(aws, kept, now).ok_or_else(|| not_renewed("nothing is kept to renew it with"))?;
        let answer = fetched(aws, &request, "AWS Sign-In", Some(Duration::from_secs(30)))
            .map_err(|error| not_renewed(&error.problem))?;
        let next = || {
            let end = now.checked_add(SignedDuration::from_secs(answer.get("expiresIn")?.as_i64()?)).ok()?;
            let mut token = answer.get("accessToken")?.as_object()?.clone();
            token.insert("expiresAt".to_owned(), end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into());
            if let Some(account) = kept.get("accessToken").and_then(|it| it.get("accountId")) {
                token.insert("accountId".to_owned(), account.clone());
            }
            let mut next = kept.as_object()?.clone();
            next.insert("accessToken".to_owned(), token.into());
            next.insert("refreshToken".to_owned(), answer.get("refreshToken")?.clone());
            let next = Value::Object(next);
            Some((of(&next)?, next))
        };
        next().ok_or_else(|| not_renewed("the answer holds no credentials"))
    }

    fn renewal(&self, aws: &Aws, kept: &Value, now: Timestamp) -> Option<Request> {
        let text = |name: &str| kept.get(name)?.as_str();
        let region = text("signInRegion").unwrap_or(&self.region);
        if !endpoint::is_region(region) {
            return None;
        }
        let origin = aws.settings.endpoint_url("signin").unwrap_or_else(|| endpoint::of_sign_in(region));
        let path = "/v1/token";
        let ask = json!({"clientId": text("clientId")?, "grantType": "refresh_token", "refreshToken": text("refreshToken")?});
        let proof = dpop::proof(text("dpopKey")?, &format!("{origin}{path}"), now)?;
        Some(Request {
            method: "POST",
            origin,
            path: path.to_owned(),
            query: Vec::new(),
            headers: vec![("content-type", "application/json".to_owned()), ("dpop", proof)],
            body: ask.to_string(),
        })
    }
}

fn of(kept: &Value) -> Option<Credentials> {
    named(kept.get("accessToken")?, ["accessKeyId", "secretAccessKey", "sessionToken", "expiresAt"])
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use serde_json::{Value, json};
    use sha2::{Digest as _, Sha256};

    use super::{Aws, Login, hexadecimal};
    use crate::profile::Settings;
    use crate::stand_in::one_answer;

    const SESSION: &str = "arn:aws:iam::111122223333:user/dana";

    struct Scene {
        folder: tempfile::TempDir,
    }

    impl Scene {
        /// A session whose credentials end so many minutes from now.
        fn new(minutes: i64) -> Scene {
            let scene = Scene { folder: tempfile::tempdir().expect("a folder") };
            let end = Timestamp::now() + SignedDuration::from_mins(minutes);
            let token = json!({"accessKeyId": "ASIAOLD", "secretAccessKey": "s", "sessionToken": "t",
                "accountId": "111122223333", "expiresAt": end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()});
            let key = rcgen::KeyPair::generate().expect("a key").serialize_pem();
            let kept = json!({"accessToken": token, "tokenType": "aws_sigv4", "refreshToken": "r1", "idToken": "i",
                "clientId": "arn:aws:signin:::devtools/same-device", "dpopKey": key});
            std::fs::write(scene.file(), kept.to_string()).expect("it is written");
            scene
        }

        fn file(&self) -> std::path::PathBuf {
            self.folder.path().join(format!("{}.json", hexadecimal(&Sha256::digest(SESSION))))
        }

        fn kept(&self) -> Value {
            serde_json::from_slice(&std::fs::read(self.file()).expect("the file")).expect("JSON")
        }

        /// The access key that comes of it, with the service here.
        fn key(&self, address: &str) -> Result<String, String> {
            let aws = Aws::new(Settings::of(&[("AWS_ENDPOINT_URL", address)], "", "")).expect("a network");
            let folder = self.folder.path().to_path_buf();
            let (profile, region) = ("console".to_owned(), "eu-west-1".to_owned());
            let login = Login { profile, session: SESSION.to_owned(), region, folder };
            login.credentials(&aws).map(|it| it.access_key).map_err(|error| error.to_string())
        }
    }

    /// Nobody answers there.
    const NOWHERE: &str = "http://127.0.0.1:1";

    /// AWS Sign-In API, `CreateOAuth2Token`, as in botocore 1.44.8.
    #[test]
    fn a_session_is_renewed_while_it_lasts_and_what_comes_next_is_kept() {
        for minutes in [-60, 2] {
            let scene = Scene::new(minutes);
            let next = json!({"accessToken": {"accessKeyId": "ASIANEW", "secretAccessKey": "s2", "sessionToken": "t2"},
                "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": "r2"});
            let (address, asked) = one_answer(&next.to_string());
            assert_eq!(scene.key(&address), Ok("ASIANEW".to_owned()));
            let asked = asked.join().expect("one request");
            assert!(asked.head.starts_with("POST /v1/token "), "{}", asked.head);
            let proof = asked.head.lines().find_map(|line| line.strip_prefix("dpop: ")).expect("a proof");
            assert_eq!(proof.split('.').count(), 3, "{proof}");
            let body: Value = serde_json::from_str(&asked.body).expect("JSON");
            let wanted = json!({"clientId": "arn:aws:signin:::devtools/same-device", "grantType": "refresh_token",
                "refreshToken": "r1"});
            assert_eq!(body, wanted);
            let kept = scene.kept();
            assert_eq!((&kept["refreshToken"], &kept["idToken"]), (&json!("r2"), &json!("i")));
            assert_eq!(kept["accessToken"]["accountId"], "111122223333", "what the CLI reads beside stays");
            // Good for a quarter of an hour, and asked for no second time.
            assert_eq!(scene.key(NOWHERE), Ok("ASIANEW".to_owned()));
        }
    }

    #[test]
    fn what_cannot_be_renewed_is_good_until_it_ends() {
        assert_eq!(Scene::new(60).key(NOWHERE), Ok("ASIAOLD".to_owned()));
        assert_eq!(Scene::new(2).key(NOWHERE), Ok("ASIAOLD".to_owned()));
        let refused = Scene::new(-1).key(NOWHERE);
        assert!(refused.is_err_and(|why| why.contains("is not renewed: cannot reach AWS Sign-In")));
        for answer in [
            "{}",
            r#"{"error": "TOKEN_EXPIRED"}"#,
            r#"{"accessToken": {}, "expiresIn": 9223372036854775807}"#,
        ] {
            let (address, _asked) = one_answer(answer);
            let refused = Scene::new(-1).key(&address);
            assert!(refused.is_err_and(|why| why.contains("the answer holds no credentials")), "{answer}");
        }
        let scene = Scene::new(-1);
        let mut kept = scene.kept();
        kept["signInRegion"] = "evil.example/".into();
        std::fs::write(scene.file(), kept.to_string()).expect("it is written");
        assert!(scene.key(NOWHERE).is_err_and(|why| why.contains("nothing is kept to renew it with")));
        std::fs::write(scene.file(), "{}").expect("it is written");
        assert!(scene.key(NOWHERE).is_err_and(|why| why.contains("was never opened")));
    }
}
