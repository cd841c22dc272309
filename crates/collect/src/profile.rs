//! What the environment and the files of the AWS CLI say: profiles, regions, endpoints.
//!
//! See AWS: AWS SDKs and Tools Reference Guide, "Shared config and credentials files"
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>).

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::CollectError;

/// One section's settings; a nested one is `outer.inner`.
pub(crate) type Section = HashMap<String, String>;

/// The environment and both files, read once.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    environment: HashMap<String, String>,
    /// By name as it stands: `default`, `profile x`, `sso-session y`, `services z`.
    config: HashMap<String, Section>,
    credentials: HashMap<String, Section>,
    /// The profile in use.
    profile: String,
    /// It was named, by `--profile` or `AWS_PROFILE`.
    profile_named: bool,
    /// It was named by `--profile`, which goes before keys in the environment.
    pub(crate) profile_typed: bool,
    /// Typed with `--region`.
    region: Option<String>,
    /// Where `aws login` keeps its sessions.
    pub(crate) logins: PathBuf,
}

impl std::fmt::Debug for Settings {
    // The files hold keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("profile", &self.profile).finish_non_exhaustive()
    }
}

impl Settings {
    /// Reads the environment of this process and the files that it names.
    pub(crate) fn read(profile: Option<&str>, region: Option<&str>) -> Result<Settings, CollectError> {
        let environment: HashMap<String, String> = std::env::vars_os()
            .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
            .collect();
        let home = std::env::home_dir().unwrap_or_default();
        let place = |variable: &str, name: &str| {
            let named = environment.get(variable).filter(|path| !path.is_empty());
            named.map_or_else(|| home.join(".aws").join(name), |path| at_home(path, &home))
        };
        let logins = place("AWS_LOGIN_CACHE_DIRECTORY", "login/cache");
        let file = |path: PathBuf| match std::fs::read_to_string(&path) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(CollectError::io("read", &path, &error)),
        };
        let config = file(place("AWS_CONFIG_FILE", "config"))?;
        let credentials = file(place("AWS_SHARED_CREDENTIALS_FILE", "credentials"))?;
        let region = region.filter(|name| !name.is_empty()).map(str::to_owned);
        let mut settings = Settings { environment, region, logins, ..Settings::default() };
        settings.config = sections_of_config(&config);
        settings.credentials = sections(&credentials);
        settings.choose(profile);
        if settings.profile_named && settings.section(&settings.profile).is_none() {
            return Err(CollectError::new(format!("there is no profile `{}`", settings.profile))
                .hint("`aws configure list-profiles` lists them"));
        }
        Ok(settings)
    }

    #[cfg(test)]
    pub(crate) fn of(environment: &[(&str, &str)], config: &str, credentials: &str) -> Settings {
        let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let mut settings = Settings { environment, ..Settings::default() };
        settings.config = sections_of_config(config);
        settings.credentials = sections(credentials);
        settings.choose(None);
        settings
    }

    fn choose(&mut self, typed: Option<&str>) {
        // In this order, as the AWS CLI (botocore 1.44.8, `configprovider.py`).
        let named = self.variable("AWS_DEFAULT_PROFILE").or_else(|| self.variable("AWS_PROFILE"));
        let typed = typed.filter(|name| !name.is_empty());
        let chosen = typed.or(named).map(str::to_owned);
        self.profile_typed = typed.is_some();
        self.profile_named = chosen.is_some();
        self.profile = chosen.unwrap_or_else(|| "default".to_owned());
    }

    /// The name of the profile in use.
    pub(crate) fn profile(&self) -> &str {
        &self.profile
    }

    /// A variable of the environment that is set to something.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The settings of a profile, of both files; the credentials file goes before the other.
    pub(crate) fn section(&self, profile: &str) -> Option<Section> {
        let config = match profile {
            "default" => self.config.get("profile default").or_else(|| self.config.get("default")),
            other => self.config.get(&format!("profile {other}")),
        };
        let credentials = self.credentials.get(profile);
        if config.is_none() && credentials.is_none() {
            return None;
        }
        let mut section = config.cloned().unwrap_or_default();
        section.extend(credentials.cloned().unwrap_or_default());
        Some(section)
    }

    /// The settings of a profile that stand in the credentials file.
    pub(crate) fn of_credentials_file(&self, profile: &str) -> Option<&Section> {
        self.credentials.get(profile)
    }

    /// A section of another kind: `sso-session x`.
    pub(crate) fn other_section(&self, kind: &str, name: &str) -> Option<&Section> {
        self.config.get(&format!("{kind} {name}"))
    }

    fn setting(&self, name: &str) -> Option<String> {
        self.section(&self.profile)?.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// The region: `--region`, `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile.
    pub(crate) fn region(&self) -> Option<String> {
        let set =
            || self.variable("AWS_REGION").or_else(|| self.variable("AWS_DEFAULT_REGION")).map(str::to_owned);
        self.region.clone().or_else(set).or_else(|| self.setting("region"))
    }

    /// How often a request is sent at most: `AWS_MAX_ATTEMPTS`, `max_attempts` of the profile.
    pub(crate) fn max_attempts(&self) -> Option<String> {
        self.variable("AWS_MAX_ATTEMPTS").map(str::to_owned).or_else(|| self.setting("max_attempts"))
    }

    /// How a request is sent again: `AWS_RETRY_MODE`, `retry_mode` of the profile.
    pub(crate) fn retry_mode(&self) -> Option<String> {
        self.variable("AWS_RETRY_MODE").map(str::to_owned).or_else(|| self.setting("retry_mode"))
    }

    /// The certificates to trust instead of the system's. botocore 1.44.8, `endpoint.py`, `_get_verify_value`: without a
    /// setting of AWS's it is that of the library that it is built on.
    pub(crate) fn ca_bundle(&self) -> Option<String> {
        let variable = |name| self.variable(name).map(str::to_owned);
        variable("AWS_CA_BUNDLE")
            .or_else(|| self.setting("ca_bundle"))
            .or_else(|| variable("REQUESTS_CA_BUNDLE"))
    }

    /// Where an instance is told of itself: an address, or the mode of one. botocore 1.44.8, `utils.py`,
    /// `_select_base_url`.
    pub(crate) fn metadata_service(&self) -> String {
        let set = |name: &str| {
            let variable = self.variable(&format!("AWS_{}", name.to_uppercase())).map(str::to_owned);
            variable.or_else(|| self.setting(name))
        };
        let is_ipv6 =
            || set("ec2_metadata_service_endpoint_mode").is_some_and(|it| it.eq_ignore_ascii_case("ipv6"));
        set("ec2_metadata_service_endpoint").unwrap_or_else(|| match is_ipv6() {
            true => "http://[fd00:ec2::254]".to_owned(),
            false => "http://169.254.169.254".to_owned(),
        })
    }

    /// How long it is waited for what an instance is told: `AWS_METADATA_SERVICE_TIMEOUT`, in seconds.
    pub(crate) fn metadata_timeout(&self) -> Duration {
        let name = "metadata_service_timeout";
        let set =
            self.variable("AWS_METADATA_SERVICE_TIMEOUT").map(str::to_owned).or_else(|| self.setting(name));
        let seconds = set.and_then(|text| text.parse().ok()).filter(|seconds| (1..=60).contains(seconds));
        Duration::from_secs(seconds.unwrap_or(1))
    }

    /// Is a switch on: `AWS_USE_FIPS_ENDPOINT`, `use_fips_endpoint` of the profile?
    pub(crate) fn is_on(&self, name: &str) -> bool {
        let variable = self.variable(&format!("AWS_{}", name.to_uppercase())).map(str::to_owned);
        variable.or_else(|| self.setting(name)).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// An endpoint of the user's own for a service, without its last slash.
    pub(crate) fn endpoint_url(&self, client: &str) -> Option<String> {
        if self.is_on("ignore_configured_endpoint_urls") {
            return None;
        }
        let id = service_id(client);
        let of_service = self.variable(&format!("AWS_ENDPOINT_URL_{}", id.to_uppercase()));
        let url = of_service.or_else(|| self.variable("AWS_ENDPOINT_URL")).map(str::to_owned);
        let url = url.or_else(|| {
            let services = self.setting("services")?;
            self.other_section("services", &services)?.get(&format!("{id}.endpoint_url")).cloned()
        });
        let url = url.or_else(|| self.setting("endpoint_url"))?;
        Some(url.trim_end_matches('/').to_owned())
    }
}

/// The service id, as variables and `services` sections spell it, of a client whose name differs.
fn service_id(client: &str) -> String {
    let id = match client {
        "s3control" => "s3_control",
        // The same client of the SDKs, with another endpoint.
        "s3express" => "s3",
        "stepfunctions" => "sfn",
        "events" => "eventbridge",
        "apigateway" => "api_gateway",
        "cloudhsmv2" => "cloudhsm_v2",
        "cognito-idp" => "cognito_identity_provider",
        "config" => "config_service",
        "dynamodbstreams" => "dynamodb_streams",
        "lexv2-models" => "lex_models_v2",
        "logs" => "cloudwatch_logs",
        "autoscaling" => "auto_scaling",
        "elasticbeanstalk" => "elastic_beanstalk",
        "elbv2" => "elastic_load_balancing_v2",
        "kinesisanalyticsv2" => "kinesis_analytics_v2",
        "secretsmanager" => "secrets_manager",
        "serverlessrepo" => "serverlessapplicationrepository",
        other => other,
    };
    id.replace('-', "_")
}

fn at_home(path: &str, home: &std::path::Path) -> PathBuf {
    path.strip_prefix("~/").map_or_else(|| PathBuf::from(path), |rest| home.join(rest))
}

/// The sections of the config file. Of `[default]` and `[profile default]` the last one counts, and nothing of the other (botocore
/// 1.44.8, `configloader.py`, `build_profile_map`).
fn sections_of_config(text: &str) -> HashMap<String, Section> {
    let mut sections = sections(text);
    let defaults = ["default", "profile default"];
    if defaults.iter().all(|name| sections.contains_key(*name)) {
        let mut heads = text.lines().filter_map(|line| header(line.trim()));
        let last = heads.rfind(|name| defaults.contains(&name.as_str()));
        sections.retain(|name, _| last.as_ref() == Some(name) || !defaults.contains(&name.as_str()));
    }
    sections
}

/// The name of the section that begins with a line.
fn header(line: &str) -> Option<String> {
    let name = line.strip_prefix('[')?.split(']').next().unwrap_or_default();
    Some(name.split_whitespace().collect::<Vec<_>>().join(" ").replace(['"', '\''], ""))
}

/// The sections of a file: `[name]`, `key = value` or `key: value`, comments with `#` and `;`, and nested settings indented below a
/// key without a value.
fn sections(text: &str) -> HashMap<String, Section> {
    let mut sections: HashMap<String, Section> = HashMap::new();
    let (mut section, mut outer) = (None::<String>, None::<String>);
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = header(trimmed) {
            sections.entry(name.clone()).or_default();
            section = Some(name);
            outer = None;
            continue;
        }
        let (Some(section), Some((key, value))) = (&section, trimmed.split_once(['=', ':'])) else {
            continue;
        };
        let (key, value) = (key.trim().to_lowercase(), value.trim());
        let value = value.split(" #").next().unwrap_or(value).split(" ;").next().unwrap_or(value).trim();
        let is_nested = line.starts_with([' ', '\t']);
        let key = match (&outer, is_nested) {
            (Some(outer), true) => format!("{outer}.{key}"),
            _ => {
                outer = value.is_empty().then(|| key.clone());
                key
            }
        };
        sections.entry(section.clone()).or_default().insert(key, value.to_owned());
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::Settings;

    const CONFIG: &str = "
        # comment
[default]
region = eu-west-1
[profile  audit]
region=eu-central-1   # here
services = local
endpoint_url = http://b/
[services local]
s3 =
  endpoint_url = http://a
[sso-session corp]
sso_start_url = https://corp.example/start
";

    #[test]
    fn sections_of_both_files_and_nested_settings() {
        let settings = Settings::of(&[], CONFIG, "[audit]\nregion = us-east-2\naws_access_key_id = AKIA\n");
        assert_eq!(settings.region().as_deref(), Some("eu-west-1"));
        let audit = settings.section("audit").expect("a profile");
        assert_eq!((audit["region"].as_str(), audit["aws_access_key_id"].as_str()), ("us-east-2", "AKIA"));
        let session = settings.other_section("sso-session", "corp").expect("a session");
        assert_eq!(session["sso_start_url"], "https://corp.example/start");
        assert!(settings.section("nobody").is_none());
    }

    /// botocore 1.44.8: `configloader.py`, `configprovider.py`.
    #[test]
    fn what_goes_before_what_is_as_in_the_aws_cli() {
        let keys = |name: &str| format!("[{name}]\naws_access_key_id: AKIA-{}\n", name.replace(' ', "-"));
        let (plain, named) = (keys("default"), keys("profile default"));
        let key = |config: &str| {
            let settings = Settings::of(&[], config, "");
            settings.section("default").expect("a profile")["aws_access_key_id"].clone()
        };
        assert_eq!(key(&format!("{plain}region = x\n{named}")), "AKIA-profile-default");
        assert_eq!(key(&format!("{named}{plain}")), "AKIA-default");
        let both = Settings::of(&[("AWS_PROFILE", "a"), ("AWS_DEFAULT_PROFILE", "b")], "", "");
        assert_eq!(both.profile(), "b");
    }

    #[test]
    fn endpoints_of_a_profile() {
        let settings = Settings::of(&[("AWS_PROFILE", "audit")], CONFIG, "");
        assert_eq!(settings.endpoint_url("s3").as_deref(), Some("http://a"));
        assert_eq!(settings.endpoint_url("sqs").as_deref(), Some("http://b"));
        assert_eq!(settings.region().as_deref(), Some("eu-central-1"));
        let elsewhere = Settings::of(&[("AWS_PROFILE", "audit"), ("AWS_REGION", "sa-east-1")], CONFIG, "");
        assert_eq!(elsewhere.region().as_deref(), Some("sa-east-1"));
    }

    /// AWS SDKs and Tools Reference Guide, "Configuration and authentication settings precedence"
    /// (<https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>): a variable goes before the file.
    #[test]
    fn a_variable_takes_back_what_the_file_sets() {
        let config = "[default]\nendpoint_url = http://a\nignore_configured_endpoint_urls = true\nca_bundle = /of-profile\n";
        let with = |environment: &[(&str, &str)]| Settings::of(environment, config, "");
        assert_eq!(with(&[]).endpoint_url("sqs"), None);
        let taken_back = with(&[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false")]);
        assert_eq!(taken_back.endpoint_url("sqs").as_deref(), Some("http://a"));
        let (own, other) = (("AWS_CA_BUNDLE", "/own"), ("REQUESTS_CA_BUNDLE", "/of-requests"));
        assert_eq!(with(&[own, other]).ca_bundle().as_deref(), Some("/own"));
        assert_eq!(with(&[other]).ca_bundle().as_deref(), Some("/of-profile"));
        assert_eq!(Settings::of(&[other], "", "").ca_bundle().as_deref(), Some("/of-requests"));
    }

    /// AWS SDKs and Tools Reference Guide, "IMDS credential provider"
    /// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html>).
    #[test]
    fn where_an_instance_is_told_of_itself() {
        let of = |environment: &[(&str, &str)], profile: &str| {
            Settings::of(environment, &format!("[default]\n{profile}\n"), "").metadata_service()
        };
        let (mode, place) = ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "AWS_EC2_METADATA_SERVICE_ENDPOINT");
        assert_eq!(of(&[], ""), "http://169.254.169.254");
        assert_eq!(of(&[(mode, "IPv6")], ""), "http://[fd00:ec2::254]");
        assert_eq!(of(&[], "ec2_metadata_service_endpoint_mode = ipv6"), "http://[fd00:ec2::254]");
        assert_eq!(of(&[(mode, "IPv6"), (place, "http://a")], ""), "http://a");
        assert_eq!(of(&[], "ec2_metadata_service_endpoint = http://b"), "http://b");
        let waits = |value: &str| {
            Settings::of(&[("AWS_METADATA_SERVICE_TIMEOUT", value)], "", "").metadata_timeout().as_secs()
        };
        assert_eq!((waits("5"), waits(""), waits("soon"), waits("0")), (5, 1, 1, 1));
    }

    #[test]
    fn debug_output_shows_no_key() {
        let settings = Settings::of(
            &[("AWS_SECRET_ACCESS_KEY", "s3cr3t")],
            "",
            "[default]\naws_secret_access_key=s3cr3t",
        );
        assert!(!format!("{settings:?}").contains("s3cr3t"));
    }
}
