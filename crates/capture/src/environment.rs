//! What a program needs in its environment to be recorded.

use std::path::Path;

/// Where AWS's instances and containers ask for credentials: on the machine itself, never through a proxy.
///
/// See AWS: SDKs and Tools Reference Guide, IMDS credential provider, and Container credential provider.
const METADATA: &str = "169.254.169.254,169.254.170.2,169.254.170.23,[fd00:ec2::254],[fd00:ec2::23]";

/// A variable, and what it is set to; `None`: it is taken away.
pub type Setting = (String, Option<String>);

/// For a proxy at `address`, whose authority is the first of the certificates in `bundle` and the only one in `alone`;
/// `endpoints`: variables that name stand-ins for AWS, with where they are recorded.
pub(crate) fn for_proxy(
    address: &str,
    bundle: &Path,
    alone: &Path,
    endpoints: &[(String, String)],
) -> Vec<Setting> {
    let mut all: Vec<Setting> = Vec::new();
    let mut set = |name: &str, value: &str| all.push((name.to_owned(), Some(value.to_owned())));
    for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] {
        set(name, &format!("http://{address}"));
    }
    // Whatever need not be recorded passes through untouched; who was spared a proxy still is, behind this one.
    set("NO_PROXY", METADATA);
    set("no_proxy", METADATA);
    let (bundle, alone) = (bundle.to_string_lossy(), alone.to_string_lossy());
    for name in ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
        set(name, &bundle);
    }
    set("NODE_EXTRA_CA_CERTS", &alone);
    // Node asks a proxy of the environment from version 24 on, if it is told to.
    set("NODE_USE_ENV_PROXY", "1");
    for (name, address) in endpoints {
        set(name, address);
    }
    // Calls must not be told twice.
    all.push(("AWS_CSM_ENABLED".to_owned(), None));
    all
}

/// For client-side monitoring.
///
/// See AWS: SDK metrics, and botocore, `botocore.monitoring`.
pub(crate) fn for_csm(port: u16) -> Vec<Setting> {
    let set = |name: &str, value: String| (name.to_owned(), Some(value));
    vec![
        set("AWS_CSM_ENABLED", "true".to_owned()),
        set("AWS_CSM_HOST", "127.0.0.1".to_owned()),
        set("AWS_CSM_PORT", port.to_string()),
    ]
}

/// The endpoints that the program was told to use: of all services, or of one.
///
/// See AWS: SDKs and Tools Reference Guide, Service-specific endpoints.
pub(crate) fn endpoints(environment: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    let is_one = |name: &str| name == "AWS_ENDPOINT_URL" || name.starts_with("AWS_ENDPOINT_URL_");
    environment
        .iter()
        .filter(move |(name, value)| is_one(name) && !value.is_empty())
        .map(|(name, value)| (name.as_str(), value.as_str()))
}
