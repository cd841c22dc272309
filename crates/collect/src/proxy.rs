//! Through which proxy a host is reached: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in capitals or not, as in the AWS CLI,
//! which does not look at `ALL_PROXY` (botocore 1.44.8, `httpsession.py`, `proxy_url_for`). See AWS: AWS CLI User Guide, "Using an
//! HTTP proxy" (<https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html>).

use crate::profile::Settings;

/// What the environment says of proxies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Proxies {
    pub(crate) for_https: Option<String>,
    pub(crate) for_http: Option<String>,
    /// Hosts that are reached without one, in small letters.
    without: Vec<String>,
}

impl Proxies {
    pub(crate) fn of(settings: &Settings) -> Proxies {
        let set = |name: &str| {
            let small = name.to_lowercase();
            settings.variable(&small).or_else(|| settings.variable(name)).map(str::to_owned)
        };
        let without = set("NO_PROXY").unwrap_or_default().to_lowercase();
        Proxies {
            for_https: set("HTTPS_PROXY"),
            for_http: set("HTTP_PROXY"),
            without: without
                .split(',')
                .map(|host| host.trim().to_owned())
                .filter(|it| !it.is_empty())
                .collect(),
        }
    }

    /// Is this host, with its port if it has one, reached without a proxy?
    pub(crate) fn spare(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        let name = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
        self.without.iter().any(|spared| {
            let domain = spared.trim_start_matches('*').trim_start_matches('.');
            let below = || name.strip_suffix(domain).is_some_and(|before| before.ends_with('.'));
            spared == "*" || *spared == host || domain == name || !domain.is_empty() && below()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Proxies;
    use crate::profile::Settings;

    #[test]
    fn the_proxy_of_a_scheme_and_those_who_need_none() {
        let settings = Settings::of(
            &[
                ("HTTPS_PROXY", "http://proxy:3128"),
                ("https_proxy", "http://small:3128"),
                ("NO_PROXY", "169.254.169.254, .internal,*.corp.example,localhost:8080"),
            ],
            "",
            "",
        );
        let proxies = Proxies::of(&settings);
        assert_eq!(
            (proxies.for_https.as_deref(), proxies.for_http.as_deref()),
            (Some("http://small:3128"), None)
        );
        for spared in ["169.254.169.254", "sts.internal", "a.corp.example", "corp.example", "localhost:8080"]
        {
            assert!(proxies.spare(spared), "{spared}");
        }
        for proxied in ["sts.amazonaws.com", "notinternal", "localhost:8081", "corp.example.com"] {
            assert!(!proxies.spare(proxied), "{proxied}");
        }
        let all = Proxies::of(&Settings::of(&[("ALL_PROXY", "socks5://a"), ("NO_PROXY", "*")], "", ""));
        assert!(all.for_http.is_none() && all.for_https.is_none() && all.spare("anything"));
        assert!(!Proxies::default().spare("anything"));
    }
}
