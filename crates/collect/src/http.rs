//! One request, one answer, over HTTP/1.1: connections are kept, certificates are those of the system or of
//! `AWS_CA_BUNDLE`, proxies those of the environment, as in the AWS CLI.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ureq::ProxyProtocol;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};

use crate::clock;
use crate::error::CollectError;
use crate::proxy::Proxies;

/// A request that is ready but for its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    /// `https://sqs.eu-west-1.amazonaws.com`
    pub(crate) origin: String,
    /// Percent-encoded, with its leading slash.
    pub(crate) path: String,
    /// Not encoded.
    pub(crate) query: Vec<(String, String)>,
    /// Names in lower case.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// The answer, whatever its status.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// `x-amzn-errortype`: the error's code where the body does not carry it.
    pub(crate) error_type: Option<String>,
    /// What time it was there.
    pub(crate) date: Option<Timestamp>,
}

/// Nothing, or not all, came back. The words are for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) why: String,
    /// The name of the host is not known.
    pub(crate) no_host: bool,
    /// The time for it was over; other connections were refused or broke.
    pub(crate) timed_out: bool,
}

pub(crate) struct Http {
    direct: ureq::Agent,
    /// Through the proxy for https, and for http.
    for_https: Option<ureq::Agent>,
    for_http: Option<ureq::Agent>,
    proxies: Proxies,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

/// The largest answer that is read; AWS's pages are far below.
const MOST_BYTES: u64 = 256 << 20;

impl Http {
    pub(crate) fn new(ca_bundle: Option<&str>, proxies: Proxies) -> Result<Http, CollectError> {
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(roots(ca_bundle)?)
            .build();
        let through = |proxy: Option<&String>| {
            let parsed = proxy.map(|proxy| {
                // The address may hold a password.
                let refused = |why: &str| {
                    CollectError::new(format!("the address of the proxy in the environment {why}"))
                };
                let parsed = ureq::Proxy::new(proxy).map_err(|_| refused("is none"))?;
                match parsed.protocol() {
                    ProxyProtocol::Http | ProxyProtocol::Https => Ok(parsed),
                    _ => Err(refused("is one of SOCKS")
                        .hint("HTTPS_PROXY and HTTP_PROXY name proxies of HTTP: http://HOST:PORT")),
                }
            });
            parsed.transpose().map(|proxy| proxy.map(|proxy| agent(&tls, Some(proxy))))
        };
        let for_https = through(proxies.for_https.as_ref())?;
        let for_http = through(proxies.for_http.as_ref())?;
        Ok(Http { direct: agent(&tls, None), for_https, for_http, proxies })
    }

    fn agent_for(&self, origin: &str) -> &ureq::Agent {
        self.proxy_for(origin).unwrap_or(&self.direct)
    }

    /// Is it reached by a proxy?
    pub(crate) fn is_proxied(&self, origin: &str) -> bool {
        self.proxy_for(origin).is_some()
    }

    fn proxy_for(&self, origin: &str) -> Option<&ureq::Agent> {
        let (scheme, host) = origin.split_once("://").unwrap_or(("https", origin));
        let proxied = if scheme == "http" { &self.for_http } else { &self.for_https };
        let host = host.split('/').next().unwrap_or(host);
        proxied.as_ref().filter(|_| !self.proxies.spare(host))
    }

    pub(crate) fn send(&self, request: &Request) -> Result<Reply, Lost> {
        self.send_within(request, None)
    }

    /// The same with a limit on its time, for services that are asked whether they are there at all.
    pub(crate) fn send_within(&self, request: &Request, limit: Option<Duration>) -> Result<Reply, Lost> {
        let mut reply = self.answered(request, limit)?;
        let error_type = reply.headers().get("x-amzn-errortype").and_then(|value| value.to_str().ok());
        let error_type = error_type.map(str::to_owned);
        let date = clock::date_of(reply.headers());
        let body = reply.body_mut().with_config().limit(MOST_BYTES).lossy_utf8(true).read_to_string();
        let body = body.map_err(|error| lost(&error))?;
        Ok(Reply { status: reply.status().as_u16(), body, error_type, date })
    }

    /// The same with a body of bytes, up to `most` of them, which are put behind what is in `bytes`.
    pub(crate) fn bytes(
        &self,
        request: &Request,
        limit: Duration,
        most: u64,
        bytes: &mut Vec<u8>,
    ) -> Result<RawReply, Lost> {
        use std::io::Read as _;
        let mut reply = self.answered(request, Some(limit))?;
        let region = reply.headers().get("x-amz-bucket-region").and_then(|value| value.to_str().ok());
        let bucket_region = region.map(str::to_owned);
        let date = clock::date_of(reply.headers());
        let mut body = reply.body_mut().with_config().limit(most).reader();
        body.read_to_end(bytes).map_err(|error| lost(&error.into()))?;
        Ok(RawReply { status: reply.status().as_u16(), bucket_region, date })
    }

    fn answered(
        &self,
        request: &Request,
        limit: Option<Duration>,
    ) -> Result<ureq::http::Response<ureq::Body>, Lost> {
        let mut built = ureq::http::Request::builder().method(request.method).uri(url(request));
        for (name, value) in &request.headers {
            built = built.header(*name, value.as_str());
        }
        let built = built.body(request.body.as_bytes()).map_err(|error| lost(&error.into()))?;
        let agent = self.agent_for(&request.origin);
        match limit {
            None => agent.run(built),
            Some(limit) => agent.run(agent.configure_request(built).timeout_global(Some(limit)).build()),
        }
        .map_err(|error| lost(&error))
    }
}

/// An answer whose body is bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawReply {
    pub(crate) status: u16,
    /// `x-amz-bucket-region`: where a bucket is.
    pub(crate) bucket_region: Option<String>,
    /// What time it was there.
    pub(crate) date: Option<Timestamp>,
}

fn agent(tls: &TlsConfig, proxy: Option<ureq::Proxy>) -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .tls_config(tls.clone())
        .proxy(proxy)
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_global(Some(Duration::from_secs(90)))
        .max_idle_connections(256)
        .max_idle_connections_per_host(32)
        .user_agent(concat!("clavicle/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

fn lost(error: &ureq::Error) -> Lost {
    let words = error.to_string();
    let no_host = matches!(error, ureq::Error::HostNotFound) || says_no_such_host(&words);
    let timed_out = match error {
        ureq::Error::Timeout(_) => true,
        ureq::Error::Io(error) => error.kind() == std::io::ErrorKind::TimedOut,
        _ => false,
    };
    Lost { why: if no_host { "no such host".to_owned() } else { words }, no_host, timed_out }
}

/// The words of the resolvers of glibc, musl, macOS and Windows for a name that there is not, other than for one that could not
/// be looked up just now.
fn says_no_such_host(words: &str) -> bool {
    let words = words.to_lowercase();
    ["name or service not known", "name does not resolve", "nodename nor servname", "no such host is known"]
        .iter()
        .any(|known| words.contains(known))
}

/// Is there a host of this name? `None`: it could not be looked up.
pub(crate) fn is_host(name: &str) -> Option<bool> {
    use std::net::ToSocketAddrs as _;
    match (name, 443).to_socket_addrs() {
        Ok(mut addresses) => Some(addresses.next().is_some()),
        Err(error) => says_no_such_host(&error.to_string()).then_some(false),
    }
}

fn url(request: &Request) -> String {
    let mut url = format!("{}{}", request.origin, request.path);
    if !request.query.is_empty() {
        url.push('?');
        url.push_str(&crate::sign::canonical_query(&request.query));
    }
    url
}

fn roots(ca_bundle: Option<&str>) -> Result<RootCerts, CollectError> {
    let certificates: Vec<Certificate<'static>> = match ca_bundle {
        Some(path) => {
            let pem = std::fs::read(path)
                .map_err(|error| CollectError::io("read the certificates to trust", path.as_ref(), &error))?;
            let found: Vec<_> = ureq::tls::parse_pem(&pem)
                .filter_map(|item| match item {
                    Ok(PemItem::Certificate(certificate)) => Some(certificate),
                    _ => None,
                })
                .collect();
            if found.is_empty() {
                return Err(CollectError::new(format!("there is no certificate in `{path}`"))
                    .hint("AWS_CA_BUNDLE, `ca_bundle` or REQUESTS_CA_BUNDLE names it"));
            }
            found
        }
        None => rustls_native_certs::load_native_certs()
            .certs
            .iter()
            .map(|certificate| Certificate::from_der(certificate).to_owned())
            .collect(),
    };
    Ok(RootCerts::new_with_certs(&certificates))
}

#[cfg(test)]
mod tests {
    use super::{Http, is_host, says_no_such_host};
    use crate::profile::Settings;
    use crate::proxy::Proxies;

    #[test]
    fn a_proxy_of_another_kind_and_a_file_without_certificates_are_told() {
        let refused = |bundle: Option<&str>, proxy: &str| {
            let proxies = Proxies::of(&Settings::of(&[("HTTPS_PROXY", proxy)], "", ""));
            Http::new(bundle, proxies).err().map(|error| error.problem).unwrap_or_default()
        };
        for scheme in ["socks5", "socks4", "socks4a", "socks5h", "ftp"] {
            let told = refused(None, &format!("{scheme}://user:s3cr3t@127.0.0.1:1"));
            assert!(told.starts_with("the address of the proxy") && !told.contains("s3cr3t"), "{told}");
        }
        assert_eq!(refused(None, "http://user:s3cr3t@127.0.0.1:1"), "");
        let empty = tempfile::NamedTempFile::new().expect("a file");
        let path = empty.path().to_str().expect("a name");
        assert!(refused(Some(path), "http://127.0.0.1:1").contains(path));
    }

    #[test]
    fn a_name_that_is_not_and_one_that_cannot_be_looked_up_now() {
        assert!(says_no_such_host("io: failed to lookup address information: Name or service not known"));
        assert!(!says_no_such_host(
            "io: failed to lookup address information: Temporary failure in name resolution"
        ));
        assert_eq!(is_host("127.0.0.1"), Some(true));
    }
}
