//! Credentials of a role by the token that `aws sso login` keeps, which is renewed while its session lasts, as the AWS CLI does:
//! the new token is kept where the old one was, since the one that renews may be good once.
//!
//! See AWS: AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider" (a profile with an `sso-session` renews,
//! one without does not); IAM Identity Center OIDC API Reference, `CreateToken`.

use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use crate::aws::Aws;
use crate::credentials::Credentials;
use crate::endpoint;
use crate::error::CollectError;
use crate::http::Request;
use crate::sign::hexadecimal;
use crate::signers::{fetched, named};
use crate::token_file::TokenFile;

/// A token that ends before that is renewed.
const AHEAD: SignedDuration = SignedDuration::from_mins(15);

/// A role in Identity Center.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Seat {
    /// The profile that names it.
    pub(crate) profile: String,
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
        // A 401 is its word for a token that is worth nothing.
        let answer = fetched(aws, &request, "IAM Identity Center", None).map_err(|error| {
            if error.problem.ends_with("status 401") { error.hint(self.sign_in()) } else { error }
        })?;
        named(
            answer.get("roleCredentials").unwrap_or(&Value::Null),
            ["accessKeyId", "secretAccessKey", "sessionToken", "expiration"],
        )
        .ok_or_else(|| self.is_over())
    }

    /// How to open a session: without a name the AWS CLI opens that of the profile in use.
    fn sign_in(&self) -> String {
        format!("run `aws sso login{}`", of_profile(&self.profile))
    }

    fn is_over(&self) -> CollectError {
        CollectError::new("the session of IAM Identity Center is over or was never opened")
            .hint(self.sign_in())
    }

    fn origin(&self, aws: &Aws, service: &str, host: &str) -> String {
        aws.settings.endpoint_url(service).unwrap_or_else(|| {
            format!("https://{host}.{}.{}", self.region, endpoint::suffix_of(&self.region))
        })
    }

    fn file(&self) -> PathBuf {
        let name = if self.session.is_empty() { &self.start_url } else { &self.session };
        let file = format!("{}.json", hexadecimal(&Sha1::digest(name)));
        std::env::home_dir().unwrap_or_default().join(".aws/sso/cache").join(file)
    }

    /// The token that is kept, or the one that comes after it.
    fn token(&self, aws: &Aws) -> Result<String, CollectError> {
        let file = TokenFile::hold(self.file());
        let kept = file.read().ok_or_else(|| self.is_over())?;
        let token = kept.get("accessToken").and_then(Value::as_str).ok_or_else(|| self.is_over())?;
        let now = aws.clock.now();
        let end = time(&kept, "expiresAt");
        let is_due = end.is_some_and(|end| end.duration_since(now) < AHEAD);
        let is_ended = end.is_some_and(|end| end <= now);
        if is_due && let Some(renewal) = self.renewal(aws, &kept, now) {
            match renewed(aws, &renewal, &kept, now) {
                Ok((token, next)) => {
                    file.keep(next);
                    return Ok(token);
                }
                Err(error) if is_ended => return Err(error.hint(self.sign_in())),
                // One that could not be renewed is good until it ends.
                Err(_) => {}
            }
        }
        if is_ended { Err(self.is_over()) } else { Ok(token.to_owned()) }
    }

    /// What asks for the token that comes after one; `None`: the profile's are not renewed, the session is over, or was opened
    /// by a CLI that renews none.
    fn renewal(&self, aws: &Aws, kept: &Value, now: Timestamp) -> Option<Request> {
        let text = |name: &str| kept.get(name)?.as_str();
        let (client, secret, refresh) = (text("clientId")?, text("clientSecret")?, text("refreshToken")?);
        if self.session.is_empty() || time(kept, "registrationExpiresAt")? <= now {
            return None;
        }
        let ask = json!({"clientId": client, "clientSecret": secret, "grantType": "refresh_token", "refreshToken": refresh});
        Some(Request {
            method: "POST",
            origin: self.origin(aws, "sso-oidc", "oidc"),
            path: "/token".to_owned(),
            query: Vec::new(),
            headers: vec![("content-type", "application/json".to_owned())],
            body: ask.to_string(),
        })
    }
}

/// The next token, and what is kept of it.
fn renewed(
    aws: &Aws,
    renewal: &Request,
    kept: &Value,
    now: Timestamp,
) -> Result<(String, Value), CollectError> {
    let not_renewed =
        |why: &str| CollectError::new(format!("the session of IAM Identity Center is not renewed: {why}"));
    let answer = fetched(aws, renewal, "IAM Identity Center", Some(Duration::from_secs(30)))
        .map_err(|error| not_renewed(&error.problem))?;
    let next = || {
        let token = answer.get("accessToken")?.as_str()?.to_owned();
        let end = now.checked_add(SignedDuration::from_secs(answer.get("expiresIn")?.as_i64()?)).ok()?;
        let mut next = kept.as_object()?.clone();
        next.insert("accessToken".to_owned(), token.as_str().into());
        next.insert("expiresAt".to_owned(), end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into());
        match answer.get("refreshToken") {
            Some(refresh) => next.insert("refreshToken".to_owned(), refresh.clone()),
            // Without another one this was the last time.
            None => next.remove("refreshToken"),
        };
        Some((token, Value::Object(next)))
    };
    next().ok_or_else(|| not_renewed("the answer holds no token"))
}

/// How the AWS CLI is told of a profile; nothing for the one that it takes by itself.
pub(crate) fn of_profile(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@/".contains(&byte);
    match name {
        "default" => String::new(),
        name if name.bytes().all(is_plain) => format!(" --profile {name}"),
        name => format!(" --profile '{}'", name.replace('\'', r"'\''")),
    }
}

fn time(kept: &Value, name: &str) -> Option<Timestamp> {
    kept.get(name)?.as_str()?.replace("UTC", "Z").parse().ok()
}
