//! One file from an address that somebody named: facts of AWS are kept where a company keeps its files.

use crate::error::CollectError;
use crate::http::{Http, Lost, Request};
use crate::profile::Settings;
use crate::proxy::Proxies;

/// Gets files from below one address, by the proxies and certificates of the environment.
#[derive(Debug)]
pub struct Fetch {
    http: Http,
    origin: String,
    path: String,
}

impl Fetch {
    /// Of an `https` address, or an `http` one of this machine. Anything else is an error: facts decide answers, and plain
    /// text can be changed on its way.
    pub fn below(address: &str) -> Result<Self, CollectError> {
        let refused = |why: &str| CollectError::new(format!("`{address}` {why}"));
        let (scheme, rest) = address.split_once("://").ok_or_else(|| refused("is no address"))?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        if host.is_empty() || host.contains('@') {
            return Err(refused("names no host"));
        }
        if path.contains(['?', '#']) {
            return Err(refused("has to be that of a folder"));
        }
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        match scheme {
            "https" => {}
            "http" if matches!(name, "localhost" | "127.0.0.1" | "[::1]") => {}
            _ => return Err(refused("is not an https address")),
        }
        let settings = Settings::read(None, None)?;
        Ok(Self {
            http: Http::new(settings.ca_bundle().as_deref(), Proxies::of(&settings))?,
            origin: format!("{scheme}://{host}"),
            path: format!("/{}", path.trim_end_matches('/')),
        })
    }

    /// The text of a file there; `None`: there is none of this name.
    pub fn text(&self, name: &str) -> Result<Option<String>, CollectError> {
        let path = format!("{}/{name}", self.path.trim_end_matches('/'));
        let request = Request {
            method: "GET",
            origin: self.origin.clone(),
            path: path.clone(),
            query: Vec::new(),
            headers: Vec::new(),
            body: String::new(),
        };
        let address = format!("{}{path}", self.origin);
        let reply = self
            .http
            .send(&request)
            .map_err(|Lost { why, .. }| CollectError::new(format!("cannot get {address}: {why}")))?;
        match reply.status {
            200 => Ok(Some(reply.body)),
            404 => Ok(None),
            status => Err(CollectError::new(format!("cannot get {address}: the server answered {status}"))),
        }
    }
}
