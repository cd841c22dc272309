//! Through which proxy would the program have reached a host, had it not been recorded?
//!
//! See AWS: AWS CLI User Guide, Using an HTTP proxy: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in capitals or not.

use crate::host;

/// A proxy that takes `CONNECT`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Proxy {
    /// `proxy.example:3128`
    pub(crate) address: String,
    /// `user:password`, encoded as the header wants it.
    pub(crate) authorization: Option<String>,
}

/// What the environment says of proxies.
#[derive(Default)]
pub(crate) struct Proxies {
    https: Option<Proxy>,
    http: Option<Proxy>,
    without: Vec<String>,
}

impl Proxies {
    pub(crate) fn of(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| {
            let found = variable(&name.to_lowercase()).or_else(|| variable(name));
            found.filter(|value| !value.is_empty())
        };
        let proxy = |name: &str| set(name).or_else(|| set("ALL_PROXY")).as_deref().and_then(Proxy::of);
        let without = set("NO_PROXY").unwrap_or_default().to_lowercase();
        let without = without
            .split(',')
            .map(|host| host.trim().trim_start_matches('*').trim_start_matches('.').to_owned());
        Self {
            https: proxy("HTTPS_PROXY"),
            http: proxy("HTTP_PROXY"),
            // `*` alone is empty by now, and means every host.
            without: without
                .filter(|host| !host.is_empty() || set("NO_PROXY").is_some_and(|all| all.trim() == "*"))
                .collect(),
        }
    }

    /// For a host, by `host:port`.
    pub(crate) fn to(&self, authority: &str, is_tls: bool) -> Option<&Proxy> {
        let name = host::name(authority);
        let spared = self.without.iter().any(|spared| {
            spared.is_empty()
                || *spared == name
                || *spared == authority.to_lowercase()
                || name.strip_suffix(spared.as_str()).is_some_and(|before| before.ends_with('.'))
        });
        // A proxy elsewhere cannot reach this machine.
        if spared || host::is_loopback(authority) {
            return None;
        }
        if is_tls { self.https.as_ref() } else { self.http.as_ref() }
    }
}

impl Proxy {
    fn of(url: &str) -> Option<Self> {
        use base64::Engine as _;
        let rest = url.strip_prefix("http://").or_else(|| (!url.contains("://")).then_some(url))?;
        let rest = rest.split('/').next().unwrap_or_default();
        let (user, address) =
            rest.rsplit_once('@').map_or((None, rest), |(user, address)| (Some(user), address));
        let user =
            user.map(|user| percent_encoding::percent_decode_str(user).decode_utf8_lossy().into_owned());
        let address = if address.contains(':') { address.to_owned() } else { format!("{address}:80") };
        let encode =
            |user: String| format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(user));
        Some(Self { address, authorization: user.map(encode) })
    }
}

#[cfg(test)]
mod tests {
    use super::Proxies;

    fn proxies(set: &[(&str, &str)]) -> Proxies {
        Proxies::of(&|name| {
            set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn hosts_are_reached_as_before() {
        let set = proxies(&[
            ("HTTPS_PROXY", "http://u:p%40@proxy:3128/"),
            ("NO_PROXY", ".internal, s3.amazonaws.com"),
        ]);
        let to = |authority: &str, is_tls| set.to(authority, is_tls).map(|proxy| proxy.address.as_str());
        assert_eq!(to("sts.amazonaws.com:443", true), Some("proxy:3128"));
        assert_eq!(
            set.to("x.y:443", true).and_then(|proxy| proxy.authorization.as_deref()),
            Some("Basic dTpwQA==")
        );
        assert_eq!(to("sts.amazonaws.com:80", false), None);
        assert_eq!(to("b.s3.amazonaws.com:443", true), None);
        assert_eq!(to("a.internal:443", true), None);
        assert_eq!(to("notinternal:443", true), Some("proxy:3128"));
        assert_eq!(to("127.0.0.1:443", true), None);
        assert!(proxies(&[("https_proxy", "p"), ("no_proxy", "*")]).to("a:443", true).is_none());
        assert_eq!(
            proxies(&[("all_proxy", "p")]).to("a:443", true).map(|proxy| proxy.address.as_str()),
            Some("p:80")
        );
        assert!(proxies(&[("https_proxy", "socks5://p")]).to("a:443", true).is_none());
    }
}
