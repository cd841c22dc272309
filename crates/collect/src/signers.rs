//! Where credentials come from: the chain of the AWS CLI.
//!
//! In its order: keys in the environment (unless `--profile` was typed), a role to assume that the profile names, a web
//! identity, Identity Center, keys in the credentials file, a session of the console, a command of the profile, keys in the
//! config file, the container, the instance. See AWS: AWS SDKs and Tools Reference Guide, "Standardized credential providers"
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>).

use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::aws::{Aws, Signer};
use crate::command_words::words_of;
use crate::credentials::Credentials;
use crate::endpoint;
use crate::error::CollectError;
use crate::http::Request;
use crate::instance::Metadata;
use crate::login::Login;
use crate::message::{self, Argument};
use crate::pace::lock;
use crate::profile::{Section, Settings};
use crate::sign::encoded;
use crate::sso::Seat;
use crate::table::{self, Call};

/// How credentials are got, again and again.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Keys(Credentials),
    /// With the credentials of another source.
    Role {
        from: Box<Source>,
        role: Role,
    },
    WebIdentity {
        role: Role,
        token_file: String,
    },
    IdentityCenter(Seat),
    Login(Login),
    Command(String),
    Container {
        url: String,
        token_file: Option<String>,
        token: Option<String>,
    },
    Instance,
}

/// A role to assume.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) arn: String,
    pub(crate) session: String,
    pub(crate) external_id: Option<String>,
    pub(crate) seconds: Option<String>,
    /// The second factor whose code is asked for.
    pub(crate) second_factor: Option<String>,
}

type Result<T> = std::result::Result<T, CollectError>;

/// The source that the settings name.
pub(crate) fn source(settings: &Settings) -> Result<Source> {
    if !settings.profile_typed
        && let Some(keys) = keys_of_environment(settings)?
    {
        return Ok(keys);
    }
    of_profile(settings, settings.profile(), &mut Vec::new())
}

/// Names of a token, the older one first, as the AWS CLI looks for them.
const TOKENS: [&str; 2] = ["aws_security_token", "aws_session_token"];

fn keys_of_environment(settings: &Settings) -> Result<Option<Source>> {
    let variable = |name: &str| settings.variable(&name.to_uppercase()).map(str::to_owned);
    keys("the environment holds", variable, str::to_uppercase)
}

/// Keys by their names. One without the other is an error: the AWS CLI looks no further either.
fn keys(
    whose: &str,
    get: impl Fn(&str) -> Option<String>,
    spelled: impl Fn(&str) -> String,
) -> Result<Option<Source>> {
    let Some(access_key) = get("aws_access_key_id") else { return Ok(None) };
    let secret = get("aws_secret_access_key").ok_or_else(|| {
        let [key, secret] = ["aws_access_key_id", "aws_secret_access_key"].map(spelled);
        CollectError::new(format!("{whose} `{key}` and no `{secret}`"))
    })?;
    let token = TOKENS.iter().find_map(|name| get(name));
    Ok(Some(Source::Keys(Credentials { access_key, secret, token, expires: None })))
}

fn of_profile(settings: &Settings, name: &str, above: &mut Vec<String>) -> Result<Source> {
    let section = settings.section(name).unwrap_or_default();
    let get = |key: &str| section.get(key).filter(|value| !value.is_empty()).cloned();
    // botocore 1.44.8, `credentials.py`, `_resolve_credentials_from_profile`: the keys of a source, which a profile may be to
    // itself, go before a role that it names.
    let has_keys = get("aws_access_key_id").is_some() && get("web_identity_token_file").is_none();
    let gives_keys = has_keys && !above.is_empty();
    if let Some(arn) = get("role_arn").filter(|_| !gives_keys) {
        if above.iter().any(|it| it == name) {
            return Err(CollectError::new(format!("the profile `{name}` is a source of itself")));
        }
        above.push(name.to_owned());
        return assumed(settings, name, &section, arn, above);
    }
    let of_variables =
        settings.variable("AWS_ROLE_ARN").zip(settings.variable("AWS_WEB_IDENTITY_TOKEN_FILE"));
    if let Some((arn, file)) = of_variables.filter(|_| !settings.profile_typed && above.is_empty()) {
        let session = settings.variable("AWS_ROLE_SESSION_NAME").unwrap_or("clavicle").to_owned();
        let role =
            Role { arn: arn.to_owned(), session, external_id: None, seconds: None, second_factor: None };
        return Ok(Source::WebIdentity { role, token_file: file.to_owned() });
    }
    if let Some(source) = identity_center(settings, name, &section)? {
        return Ok(source);
    }
    if let Some(section) = settings.of_credentials_file(name)
        && let Some(keys) = keys_of(name, section)?
    {
        return Ok(keys);
    }
    if let Some(session) = get("login_session") {
        let region = get("region").or_else(|| settings.region()).unwrap_or_else(|| "us-east-1".to_owned());
        let (profile, folder) = (name.to_owned(), settings.logins.clone());
        return Ok(Source::Login(Login { profile, session, region, folder }));
    }
    if let Some(command) = get("credential_process") {
        return Ok(Source::Command(command));
    }
    if let Some(keys) = keys_of(name, &section)? {
        return Ok(keys);
    }
    if !above.is_empty() {
        return Err(CollectError::new(format!("the profile `{name}` holds no credentials")));
    }
    Ok(container(settings).unwrap_or(Source::Instance))
}

fn keys_of(profile: &str, section: &Section) -> Result<Option<Source>> {
    let get = |key: &str| section.get(key).filter(|value| !value.is_empty()).cloned();
    keys(&format!("the profile `{profile}` has"), get, str::to_owned)
}

fn assumed(
    settings: &Settings,
    name: &str,
    section: &Section,
    arn: String,
    above: &mut Vec<String>,
) -> Result<Source> {
    let get = |key: &str| section.get(key).filter(|value| !value.is_empty()).cloned();
    let role = Role {
        arn,
        session: get("role_session_name").unwrap_or_else(|| "clavicle".to_owned()),
        external_id: get("external_id"),
        seconds: get("duration_seconds"),
        second_factor: get("mfa_serial"),
    };
    if let Some(token_file) = get("web_identity_token_file") {
        return Ok(Source::WebIdentity { role, token_file });
    }
    let from = match (get("source_profile"), get("credential_source").as_deref()) {
        (Some(_), Some(_)) => {
            return Err(CollectError::new(format!(
                "the profile `{name}` has both `source_profile` and `credential_source`"
            )));
        }
        (Some(source), None) if settings.section(&source).is_none() => {
            return Err(CollectError::new(format!(
                "there is no profile `{source}`, which is the `source_profile` of `{name}`"
            )));
        }
        (Some(source), None) => of_profile(settings, &source, above)?,
        (None, Some("Environment")) => keys_of_environment(settings)?.ok_or_else(|| {
            CollectError::new("`credential_source` is Environment, and the environment holds no keys")
        })?,
        (None, Some("EcsContainer")) => container(settings).ok_or_else(|| {
            CollectError::new("`credential_source` is EcsContainer, and no container offers credentials")
        })?,
        (None, Some("Ec2InstanceMetadata")) => Source::Instance,
        (None, Some(other)) => {
            return Err(CollectError::new(format!(
                "`credential_source` of the profile `{name}` is `{other}`"
            ))
            .hint("it is one of Environment, Ec2InstanceMetadata and EcsContainer"));
        }
        (None, None) => {
            return Err(CollectError::new(format!(
                "the profile `{name}` has `role_arn` without `source_profile`"
            )));
        }
    };
    Ok(Source::Role { from: Box::new(from), role })
}

/// Asks somebody for the code of a second factor, of which the id is given; `None`: they gave none.
pub(crate) type AskCode = fn(&str) -> Option<String>;

/// The source with roles assumed that ask for a code, which is good once: what they give is kept until it ends.
///
/// See AWS: AWS SDKs and Tools Reference Guide, "Assume role credential provider"
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html>), `mfa_serial`.
pub(crate) fn with_codes(aws: &Aws, source: Source, region: &str, ask: Option<AskCode>) -> Result<Source> {
    let Source::Role { from, role } = source else { return Ok(source) };
    let from = Box::new(with_codes(aws, *from, region, ask)?);
    let Some(factor) = &role.second_factor else { return Ok(Source::Role { from, role }) };
    let nobody = || {
        CollectError::new(format!("`{}` asks for a code of `{factor}`, and there is no terminal to ask on", role.arn))
            .hint("get a session first (`aws configure export-credentials --profile NAME --format env`) and put it in the environment")
    };
    let none =
        || CollectError::new(format!("`{}` asks for a code of `{factor}`, and none was given", role.arn));
    let code = ask.ok_or_else(nobody)?(factor).ok_or_else(none)?;
    let mut arguments = arguments(&role, None);
    arguments.push(("SerialNumber", Argument::Text(factor.clone())));
    arguments.push(("TokenCode", Argument::Text(code.trim().to_owned())));
    let base = Session::new(*from, "", region);
    let answer = aws.call(&base, region, &known("sts:AssumeRole")?, "/", &arguments);
    let answer = answer.map_err(|unanswered| {
        CollectError::new(format!("cannot assume `{}`: {}", role.arn, unanswered.words))
            .hint("a code of a second factor is good once, and for half a minute")
    })?;
    Ok(Source::Keys(of_sts(&answer)?))
}

fn identity_center(settings: &Settings, profile: &str, section: &Section) -> Result<Option<Source>> {
    let get = |key: &str| section.get(key).filter(|value| !value.is_empty()).cloned();
    let (account, role) = match (get("sso_account_id"), get("sso_role_name")) {
        (Some(account), Some(role)) => (account, role),
        // A session by itself is for other services than AWS's.
        (None, None) => return Ok(None),
        (account, _) => {
            let missing = if account.is_none() { "sso_account_id" } else { "sso_role_name" };
            return Err(CollectError::new(format!(
                "the profile `{profile}` is for IAM Identity Center and names no `{missing}`"
            )));
        }
    };
    let (session, start_url, region) = match get("sso_session") {
        Some(name) => {
            let section = settings.other_section("sso-session", &name);
            let section =
                section.ok_or_else(|| CollectError::new(format!("there is no `[sso-session {name}]`")))?;
            for key in ["sso_start_url", "sso_region"] {
                if let Some(own) = get(key).filter(|own| section.get(key).is_some_and(|its| its != own)) {
                    let problem = format!(
                        "`{key}` is `{own}` in the profile `{profile}`, and another in `[sso-session {name}]`"
                    );
                    return Err(CollectError::new(problem));
                }
            }
            (name, section.get("sso_start_url").cloned(), section.get("sso_region").cloned())
        }
        None => (String::new(), get("sso_start_url"), get("sso_region")),
    };
    match (start_url, region) {
        (Some(start_url), Some(region)) => {
            let profile = profile.to_owned();
            Ok(Some(Source::IdentityCenter(Seat { profile, session, start_url, region, account, role })))
        }
        _ => Err(CollectError::new("the profile names no `sso_start_url` or no `sso_region`")),
    }
}

fn container(settings: &Settings) -> Option<Source> {
    let url = match settings.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
        Some(path) => format!("http://169.254.170.2{path}"),
        None => settings.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI")?.to_owned(),
    };
    Some(Source::Container {
        url,
        token_file: settings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").map(str::to_owned),
        token: settings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(str::to_owned),
    })
}

/// Credentials of a source, kept until they are about to expire.
pub(crate) struct Session {
    source: Source,
    /// The account that the calls are for; empty for the calls that find it out.
    account: String,
    region: String,
    held: Mutex<Option<Credentials>>,
}

impl Session {
    pub(crate) fn new(source: Source, account: &str, region: &str) -> Session {
        Session { source, account: account.to_owned(), region: region.to_owned(), held: Mutex::new(None) }
    }

    /// The same credentials, for calls that are about this account.
    pub(crate) fn of_account(&self, account: &str) -> Session {
        let session = Session::new(self.source.clone(), account, &self.region);
        lock(&session.held).clone_from(&*lock(&self.held));
        session
    }

    /// A role of another account, assumed with these credentials.
    pub(crate) fn assuming(&self, role: Role, account: &str) -> Session {
        Session::new(Source::Role { from: Box::new(self.source.clone()), role }, account, &self.region)
    }
}

impl Signer for Session {
    fn credentials(&self, aws: &Aws, fresh: bool) -> Result<Credentials> {
        // Held while new ones are got, so that they are got once however many wait.
        let mut held = lock(&self.held);
        if let Some(known) = held.as_ref().filter(|known| !fresh && !known.are_stale(aws.clock.now())) {
            return Ok(known.clone());
        }
        let new = get(aws, &self.source, &self.region).inspect_err(|error| {
            // That one account lets nobody in ends nothing; without credentials to begin with nothing goes on.
            if !matches!(self.source, Source::Role { .. }) {
                aws.end(error.clone());
            }
        })?;
        *held = Some(new.clone());
        Ok(new)
    }

    fn can_renew(&self) -> bool {
        !matches!(self.source, Source::Keys(_))
    }

    fn account(&self) -> &str {
        &self.account
    }
}

fn get(aws: &Aws, source: &Source, region: &str) -> Result<Credentials> {
    match source {
        Source::Keys(keys) => Ok(keys.clone()),
        Source::Role { from, role } => {
            let base = Session::new((**from).clone(), "", region);
            let call = known("sts:AssumeRole")?;
            let answer = aws.call(&base, region, &call, "/", &arguments(role, None));
            let answer = answer.map_err(|unanswered| {
                CollectError::new(format!("cannot assume `{}`: {}", role.arn, unanswered.words))
            })?;
            of_sts(&answer)
        }
        Source::WebIdentity { role, token_file } => {
            let token = std::fs::read_to_string(token_file).map_err(|error| {
                CollectError::io("read the web identity token", token_file.as_ref(), &error)
            })?;
            let call = known("sts:AssumeRoleWithWebIdentity")?;
            let origin = endpoint::of(call.client, region, "", &aws.settings).origin;
            let request = message::request(&call, &origin, "/", &arguments(role, Some(token.trim())));
            let reply = aws
                .http
                .send(&request)
                .map_err(|lost| CollectError::new(format!("cannot reach AWS STS: {}", lost.why)))?;
            let answer = message::answer(&call, &reply).map_err(|refusal| {
                CollectError::new(format!(
                    "cannot assume `{}` with a web identity: {}",
                    role.arn, refusal.code
                ))
            })?;
            of_sts(&answer)
        }
        Source::IdentityCenter(seat) => seat.credentials(aws),
        Source::Login(login) => login.credentials(aws),
        Source::Command(command) => of_command(command, aws.clock.now()),
        Source::Container { url, token_file, token } => {
            of_container(aws, url, token_file.as_deref(), token.as_deref())
        }
        Source::Instance => of_instance(aws),
    }
}

fn known(words: &'static str) -> Result<Call> {
    table::call(words).ok_or_else(|| CollectError::new(format!("`{words}` is no call")))
}

fn arguments<'a>(role: &Role, token: Option<&str>) -> Vec<(&'a str, Argument)> {
    let text = |text: &str| Argument::Text(text.to_owned());
    let mut arguments = vec![("RoleArn", text(&role.arn)), ("RoleSessionName", text(&role.session))];
    arguments
        .extend(role.external_id.as_deref().filter(|_| token.is_none()).map(|id| ("ExternalId", text(id))));
    arguments.extend(role.seconds.as_deref().map(|seconds| ("DurationSeconds", text(seconds))));
    arguments.extend(token.map(|token| ("WebIdentityToken", text(token))));
    arguments
}

fn of_sts(answer: &Value) -> Result<Credentials> {
    named(
        answer.get("Credentials").unwrap_or(&Value::Null),
        ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"],
    )
    .ok_or_else(|| CollectError::new("the answer of AWS STS holds no credentials"))
}

/// Credentials by the names that an answer gives to key, secret, token and end.
pub(crate) fn named(value: &Value, names: [&str; 4]) -> Option<Credentials> {
    let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
    let expires = value.get(names[3]).and_then(|end| match end {
        Value::String(end) => end.parse().ok(),
        Value::Number(end) => Timestamp::from_millisecond(end.as_i64()?).ok(),
        _ => None,
    });
    Some(Credentials { access_key: text(names[0])?, secret: text(names[1])?, token: text(names[2]), expires })
}

pub(crate) fn fetched(aws: &Aws, request: &Request, whose: &str, limit: Option<Duration>) -> Result<Value> {
    let reply = aws
        .http
        .send_within(request, limit)
        .map_err(|lost| CollectError::new(format!("cannot reach {whose}: {}", lost.why)))?;
    if reply.status != 200 {
        return Err(CollectError::new(format!(
            "{whose} refused to give credentials: status {}",
            reply.status
        )));
    }
    serde_json::from_str(&reply.body)
        .map_err(|_| CollectError::new(format!("the answer of {whose} is not JSON")))
}

/// Runs the command of a profile, which prints credentials. See AWS: AWS SDKs and Tools Reference Guide, "Process credential
/// provider" (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>): `Version` "must be set to 1".
fn of_command(command: &str, now: Timestamp) -> Result<Credentials> {
    // What it printed may be a secret all the same.
    let failed = |how: &str| {
        CollectError::new(format!("`credential_process` {how}")).hint(
            "the command stands in the profile, in `~/.aws/config` unless AWS_CONFIG_FILE says otherwise",
        )
    };
    let words = words_of(command).ok_or_else(|| failed("has a quotation mark that is not closed"))?;
    let (program, arguments) = words.split_first().ok_or_else(|| failed("names no command"))?;
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| failed(&format!("cannot be run: `{program}`: {error}")))?;
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    if !output.status.success() {
        return Err(failed(&format!("failed: {}", output.status)));
    }
    if answer.is_object() && answer.get("Version").and_then(Value::as_u64) != Some(1) {
        return Err(failed("printed something that is not of `\"Version\": 1`"));
    }
    let given = named(&answer, ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"])
        .ok_or_else(|| failed("printed no credentials"))?;
    match given.expires.filter(|end| *end <= now) {
        Some(end) => Err(failed(&format!("printed credentials that ended at {end}; here it is {now:.0}"))),
        None => Ok(given),
    }
}

pub(crate) fn get_request(url: &str, headers: Vec<(&'static str, String)>) -> Result<Request> {
    let (scheme, rest) =
        url.split_once("://").ok_or_else(|| CollectError::new(format!("`{url}` is no address")))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    Ok(Request {
        method: "GET",
        origin: format!("{scheme}://{host}"),
        path: format!("/{path}"),
        query: Vec::new(),
        headers,
        body: String::new(),
    })
}

/// See AWS: "Container credential provider": plain HTTP only to the machine itself and to the addresses of ECS and EKS.
fn of_container(aws: &Aws, url: &str, token_file: Option<&str>, token: Option<&str>) -> Result<Credentials> {
    const HOSTS: &[&str] =
        &["127.0.0.1", "localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];
    let host = url.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
    let host = if host.ends_with(']') { host } else { host.rsplit_once(':').map_or(host, |(host, _)| host) };
    if !url.starts_with("https://") && !HOSTS.contains(&host) {
        return Err(CollectError::new(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor on this machine",
        ));
    }
    let token = match token_file {
        Some(file) => Some(
            std::fs::read_to_string(file).map_err(|error| CollectError::io("read", file.as_ref(), &error))?,
        ),
        None => token.map(str::to_owned),
    };
    let headers = token.map(|token| ("authorization", token.trim().to_owned())).into_iter().collect();
    let answer = fetched(aws, &get_request(url, headers)?, "the container", Some(Duration::from_secs(5)))?;
    named(&answer, ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"])
        .ok_or_else(|| CollectError::new("the container gave no credentials"))
}

/// The role of the instance.
fn of_instance(aws: &Aws) -> Result<Credentials> {
    let none = || {
        CollectError::new("there are no credentials").hint(
            "run `aws login`, `aws configure` or `aws sso login`, or name a profile with `--profile`; `aws sts get-caller-identity` shows who you are",
        )
    };
    let metadata = Metadata::of(&aws.http, &aws.settings).ok_or_else(none)?;
    let role = metadata.text("iam/security-credentials/").ok_or_else(none)?;
    let path = format!("iam/security-credentials/{}", encoded(&role));
    let answer = fetched(aws, &metadata.request(&path)?, "the instance", Some(metadata.limit))?;
    named(&answer, ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"]).ok_or_else(none)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{AskCode, Source, source, with_codes};
    use crate::aws::Aws;
    use crate::profile::Settings;
    use crate::stand_in::one_answer;

    const CONFIG: &str = "
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = d
[profile audit]
role_arn = arn:aws:iam::111122223333:role/audit
source_profile = default
external_id = x-1
[profile loop]
role_arn = arn:aws:iam::111122223333:role/a
source_profile = pool
[profile pool]
role_arn = arn:aws:iam::111122223333:role/b
source_profile = loop
[profile self]
role_arn = arn:aws:iam::111122223333:role/self
source_profile = self
aws_access_key_id = AKIASELF
aws_secret_access_key = s
[profile both]
role_arn = arn:aws:iam::111122223333:role/both
source_profile = default
aws_access_key_id = AKIABOTH
aws_secret_access_key = b
[profile chain]
role_arn = arn:aws:iam::111122223333:role/chain
source_profile = both
[profile process]
credential_process = echo
aws_access_key_id = AKIAPROCESS
aws_secret_access_key = s
[profile console]
login_session = arn:aws:iam::111122223333:user/dana
credential_process = echo
[profile web]
role_arn = arn:aws:iam::111122223333:role/web
web_identity_token_file = /t
[profile code]
role_arn = arn:aws:iam::111122223333:role/a
source_profile = default
mfa_serial = arn:aws:iam::111122223333:mfa/x
[sso-session corp]
sso_start_url = https://corp.example/start
sso_region = eu-west-1
[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Audit
";

    /// botocore 1.44.8, `credentials.py`: `PartialCredentialsError`, `InvalidConfigError`, `SSOTokenLoadError`.
    #[test]
    fn what_the_aws_cli_takes_for_wrong_is_an_error_and_nothing_else_is_taken() {
        let of = |environment: &[(&str, &str)], config: &str| {
            source(&Settings::of(
                environment,
                &format!("{config}\n"),
                "[default]\naws_access_key_id=A\naws_secret_access_key=s\n",
            ))
            .map_err(|error| error.problem)
        };
        let refused = |environment: &[(&str, &str)], config: &str, words: &str| {
            let found = of(environment, config).err().unwrap_or_default();
            assert!(found.contains(words), "{found}");
        };
        refused(&[("AWS_ACCESS_KEY_ID", "AKIAENV")], "", "no `AWS_SECRET_ACCESS_KEY`");
        let audit = [("AWS_PROFILE", "audit")];
        refused(&audit, "[profile audit]\naws_access_key_id = AKIA", "no `aws_secret_access_key`");
        let role = "[profile audit]\nrole_arn = arn:aws:iam::1:role/a\ncredential_source = ";
        refused(&audit, &format!("{role}Environment\nsource_profile = default"), "both");
        refused(&audit, &format!("{role}Elsewhere"), "`Elsewhere`");
        let sso = "[sso-session corp]\nsso_start_url = https://a\nsso_region = eu-west-1\n\
            [profile audit]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Audit\nsso_region = ";
        refused(&audit, &format!("{sso}us-east-1"), "another in `[sso-session corp]`");
        assert!(matches!(of(&audit, &format!("{sso}eu-west-1")), Ok(Source::IdentityCenter(_))));
        refused(&audit, &sso.replace("sso_role_name = Audit\n", ""), "no `sso_role_name`");
        let source = "[profile audit]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = gone";
        refused(&audit, source, "no profile `gone`");
        // The older name of a token goes before the newer one.
        let environment = [
            ("AWS_ACCESS_KEY_ID", "ASIA"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_SESSION_TOKEN", "new"),
            ("AWS_SECURITY_TOKEN", "old"),
        ];
        let token = |environment| match of(environment, "") {
            Ok(Source::Keys(keys)) => keys.token,
            _ => None,
        };
        assert_eq!(token(&environment).as_deref(), Some("old"));
        assert_eq!(token(&environment[..3]).as_deref(), Some("new"));
    }

    /// AWS: AWS SDKs and Tools Reference Guide, "Process credential provider"
    /// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>).
    #[cfg(unix)]
    #[test]
    fn a_command_that_gives_credentials_runs_without_a_shell() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
        let prints = |fields: &str| {
            super::of_command(
                &format!(r#"printf '{{"AccessKeyId":"AKIA","SecretAccessKey":"$HOME;x"{fields}}}'"#),
                now,
            )
        };
        let given = prints(r#","Version":1,"Expiration":"2026-01-01T00:00:01Z""#).expect("credentials");
        assert_eq!((given.access_key.as_str(), given.secret.as_str()), ("AKIA", "$HOME;x"));
        for (fields, words) in [
            ("", "Version"),
            (r#","Version":2"#, "Version"),
            (r#","Version":1,"Expiration":"2026-01-01T00:00:00Z""#, "ended at 2026-01-01T00:00:00Z"),
        ] {
            let problem = prints(fields).err().map(|error| error.problem).unwrap_or_default();
            assert!(problem.contains(words) && !problem.contains("$HOME"), "{problem}");
        }
        for (command, words) in
            [("printf 'x", "not closed"), (" ", "no command"), ("/no/such/thing", "cannot be run")]
        {
            let problem =
                super::of_command(command, now).err().map(|error| error.problem).unwrap_or_default();
            assert!(problem.contains(words), "{problem}");
        }
    }

    fn of(environment: &[(&str, &str)]) -> Result<Source, String> {
        source(&Settings::of(environment, CONFIG, "")).map_err(|error| error.problem)
    }

    #[test]
    fn keys_of_the_environment_go_before_the_profile_that_it_names() {
        let environment =
            [("AWS_ACCESS_KEY_ID", "AKIAENV"), ("AWS_SECRET_ACCESS_KEY", "e"), ("AWS_PROFILE", "audit")];
        assert!(matches!(of(&environment), Ok(Source::Keys(keys)) if keys.access_key == "AKIAENV"));
        assert!(matches!(of(&[]), Ok(Source::Keys(keys)) if keys.access_key == "AKIADEFAULT"));
    }

    #[test]
    fn every_kind_of_profile() {
        let named = |name: &str| of(&[("AWS_PROFILE", name)]);
        let Ok(Source::Role { from, role }) = named("audit") else { panic!("a role") };
        assert!(matches!(*from, Source::Keys(keys) if keys.access_key == "AKIADEFAULT"));
        assert_eq!(role.external_id.as_deref(), Some("x-1"));
        let Ok(Source::Role { from, .. }) = named("self") else { panic!("a role") };
        assert!(matches!(*from, Source::Keys(keys) if keys.access_key == "AKIASELF"));
        // The keys of a source go before its role, which counts where it is named itself.
        let Ok(Source::Role { from, .. }) = named("chain") else { panic!("a role") };
        assert!(matches!(*from, Source::Keys(keys) if keys.access_key == "AKIABOTH"));
        let Ok(Source::Role { from, .. }) = named("both") else { panic!("a role") };
        assert!(matches!(*from, Source::Keys(keys) if keys.access_key == "AKIADEFAULT"));
        assert!(named("loop").is_err_and(|problem| problem.contains("source of itself")));
        let Ok(Source::Role { role, .. }) = named("code") else { panic!("a role") };
        assert!(role.second_factor.is_some_and(|factor| factor.ends_with(":mfa/x")));
        assert!(matches!(named("process"), Ok(Source::Command(_))));
        assert!(matches!(named("console"), Ok(Source::Login(login)) if login.session.ends_with("user/dana")));
        let both = |name: &str| {
            let keys = format!("[{name}]\naws_access_key_id = AKIAFILE\naws_secret_access_key = s\n");
            source(&Settings::of(&[("AWS_PROFILE", name)], CONFIG, &keys)).map_err(|error| error.problem)
        };
        for name in ["console", "process"] {
            assert!(matches!(both(name), Ok(Source::Keys(keys)) if keys.access_key == "AKIAFILE"), "{name}");
        }
        assert!(matches!(named("web"), Ok(Source::WebIdentity { .. })));
        assert!(matches!(named("sso"), Ok(Source::IdentityCenter(seat)) if seat.region == "eu-west-1"));
    }

    /// AWS: AWS STS API Reference, `AssumeRole`
    /// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>): `SerialNumber` and `TokenCode`.
    #[test]
    fn the_code_of_a_second_factor_is_asked_for_and_sent_once() {
        let (address, asked) = one_answer(
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>\
             <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>",
        );
        let environment = [("AWS_PROFILE", "code"), ("AWS_ENDPOINT_URL", address.as_str())];
        let settings = || Settings::of(&environment, CONFIG, "");
        let aws = Aws::new(settings()).expect("a network");
        let with = |ask: Option<AskCode>| {
            let source = source(&settings()).expect("a source");
            with_codes(&aws, source, "eu-west-1", ask).map_err(|error| error.problem)
        };
        assert!(with(None).is_err_and(|problem| problem.contains("no terminal")));
        assert!(with(Some(|_| None)).is_err_and(|problem| problem.contains("none was given")));
        let given = with(Some(|factor| factor.ends_with(":mfa/x").then(|| " 123456\n".to_owned())));
        assert!(matches!(given, Ok(Source::Keys(keys)) if keys.access_key == "ASIAROLE"));
        let asked = asked.join().expect("one request").body;
        let has = |pair: &str| asked.split('&').any(|it| it == pair);
        assert!(has("TokenCode=123456"), "{asked}");
        assert!(has("SerialNumber=arn%3Aaws%3Aiam%3A%3A111122223333%3Amfa%2Fx"), "{asked}");
        assert!(has("RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fa"), "{asked}");
    }

    #[test]
    fn roles_of_pods_and_containers() {
        let web =
            [("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/pod"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/t")];
        assert!(matches!(of(&web), Ok(Source::WebIdentity { .. })));
        let settings = Settings::of(&[("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x")], "", "");
        assert!(
            matches!(source(&settings), Ok(Source::Container { url, .. }) if url == "http://169.254.170.2/v2/x")
        );
        assert!(matches!(source(&Settings::of(&[], "", "")), Ok(Source::Instance)));
    }
}
