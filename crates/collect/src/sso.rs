//! Credentials of a role by the token that `aws sso login` keeps, which is renewed while its session lasts, as the AWS CLI does:
//! the new token is kept where the old one was, since the one that renews may be good once.
//!
//! See AWS: AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider" (a profile with an `sso-session` renews,
//! one without does not); IAM Identity Center OIDC API Reference, `CreateToken`.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use crate::aws::Aws;
use crate::credentials::Credentials;
use crate::error::CollectError;
use crate::http::Request;
use crate::pace::lock;
use crate::sign::hexadecimal;
use crate::signers::{fetched, named};

/// A token that ends before that is renewed.
const AHEAD: SignedDuration = SignedDuration::from_mins(15);

/// A role in Identity Center.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Seat {
    /// The name of the `sso-session`; empty: the profile has none.
    pub(crate) session: String,
    pub(crate) start_url: String,
    pub(crate) region: String,
    pub(crate) account: String,
    pub(crate) role: String,
}

impl Seat {
    pub(crate) fn credentials(&self, aws: &Aws) -> Result<Credentials, CollectError> {
        let token = self.token(aws)?;
        let request = Request {
            method: "GET",
            origin: self.origin(aws, "sso", "portal.sso"),
            path: "/federation/credentials".to_owned(),
            query: vec![
                ("role_name".to_owned(), self.role.clone()),
                ("account_id".to_owned(), self.account.clone()),
            ],
            headers: vec![("x-amz-sso_bearer_token", token)],
            body: String::new(),
        };
        let answer = fetched(aws, &request, "IAM Identity Center", None)?;
        named(
            answer.get("roleCredentials").unwrap_or(&Value::Null),
            ["accessKeyId", "secretAccessKey", "sessionToken", "expiration"],
        )
        .ok_or_else(is_over)
    }

    fn origin(&self, aws: &Aws, service: &str, host: &str) -> String {
        aws.settings.endpoint_url(service).unwrap_or_else(|| {
            let suffix = if self.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
            format!("https://{host}.{}.{suffix}", self.region)
        })
    }

    fn file(&self) -> PathBuf {
        let name = if self.session.is_empty() { &self.start_url } else { &self.session };
        let file = format!("{}.json", hexadecimal(&Sha1::digest(name)));
        std::env::home_dir().unwrap_or_default().join(".aws/sso/cache").join(file)
    }

    /// The token that is kept, or the one that comes after it.
    fn token(&self, aws: &Aws) -> Result<String, CollectError> {
        // One at a time, so that it is renewed once however many accounts wait for it.
        static ONE: Mutex<()> = Mutex::new(());
        let _one = lock(&ONE);
        let file = self.file();
        let text = std::fs::read_to_string(&file).map_err(|_| is_over())?;
        let kept: Value = serde_json::from_str(&text).map_err(|_| is_over())?;
        let token = kept.get("accessToken").and_then(Value::as_str).ok_or_else(is_over)?;
        let now = Timestamp::now();
        let end = time(&kept, "expiresAt");
        let is_due = end.is_some_and(|end| end.duration_since(now) < AHEAD);
        let renewed = if is_due && !self.session.is_empty() { self.renewed(aws, &kept, now) } else { None };
        if let Some(renewed) = renewed {
            let token = renewed.get("accessToken").and_then(Value::as_str).ok_or_else(is_over)?.to_owned();
            keep(&file, &renewed)?;
            return Ok(token);
        }
        // One that could not be renewed is good until it ends.
        if end.is_some_and(|end| end <= now) {
            return Err(is_over());
        }
        Ok(token.to_owned())
    }

    /// What is kept afterwards; `None`: the session is over, or was opened by a CLI that renews none.
    fn renewed(&self, aws: &Aws, kept: &Value, now: Timestamp) -> Option<Value> {
        let text = |name: &str| kept.get(name)?.as_str();
        let (client, secret, refresh) = (text("clientId")?, text("clientSecret")?, text("refreshToken")?);
        if time(kept, "registrationExpiresAt")? <= now {
            return None;
        }
        let ask = json!({"clientId": client, "clientSecret": secret, "grantType": "refresh_token", "refreshToken": refresh});
        let request = Request {
            method: "POST",
            origin: self.origin(aws, "sso-oidc", "oidc"),
            path: "/token".to_owned(),
            query: Vec::new(),
            headers: vec![("content-type", "application/json".to_owned())],
            body: ask.to_string(),
        };
        let answer = fetched(aws, &request, "IAM Identity Center", Some(Duration::from_secs(30))).ok()?;
        let seconds = answer.get("expiresIn")?.as_i64()?;
        let mut renewed = kept.clone();
        renewed["accessToken"] = answer.get("accessToken")?.as_str()?.into();
        let end = now + SignedDuration::from_secs(seconds);
        renewed["expiresAt"] = end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into();
        match answer.get("refreshToken") {
            Some(next) => renewed["refreshToken"] = next.clone(),
            // Without another one this was the last time.
            None => {
                renewed.as_object_mut()?.remove("refreshToken");
            }
        }
        Some(renewed)
    }
}

fn is_over() -> CollectError {
    CollectError::new("the session of IAM Identity Center is over or was never opened")
        .hint("run `aws sso login`")
}

fn time(kept: &Value, name: &str) -> Option<Timestamp> {
    kept.get(name)?.as_str()?.replace("UTC", "Z").parse().ok()
}

/// Whole or not at all, readable by the user alone.
fn keep(file: &Path, token: &Value) -> Result<(), CollectError> {
    let unfinished = file.with_extension("clavicle");
    let unwritable = |error: std::io::Error| CollectError::io("write", &unfinished, &error);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(&unfinished).map_err(unwritable)?;
    std::io::Write::write_all(&mut open, token.to_string().as_bytes()).map_err(unwritable)?;
    std::fs::rename(&unfinished, file).map_err(unwritable)
}
