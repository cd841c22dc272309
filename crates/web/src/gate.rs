//! Who may ask: the one browser that came with the token, on this computer, from the app's own page.
//!
//! Listening on the loopback address is not enough. Every page in the browser can send requests there: by name, after
//! its own name is made to lead to 127.0.0.1 (so the `Host` header has to be ours), or by number (so `Origin` and
//! `Sec-Fetch-Site`, when sent, have to be ours, and calls need a cookie that only the token gives). Cookies do not
//! tell ports apart, so the name of ours carries the port.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::server::App;

/// Nothing inline, nothing from elsewhere, in nobody's frame.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
     font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What is sent to these is looked at and not kept, but for files, which are kept until the program ends.
const TAKE_TEXT: [&str; 10] = [
    "/api/begin",
    "/api/export",
    "/api/file",
    "/api/lint",
    "/api/load",
    "/api/stop",
    "/api/try",
    "/api/try/map",
    "/api/try/marks",
    "/api/try/why",
];

const OPEN_IT: &str = "open the address the program printed; its token works once";

/// What has to be right of a request.
#[derive(Debug)]
pub(crate) struct Gate {
    /// `127.0.0.1:PORT`.
    host: String,
    cookie_name: String,
    cookie: Secret,
    /// Gone once it was used.
    token: Mutex<Option<Secret>>,
}

impl Gate {
    pub(crate) fn new(address: SocketAddr, token: Secret, cookie: Secret) -> Self {
        Self {
            host: address.to_string(),
            cookie_name: format!("clavicle-{}", address.port()),
            cookie,
            token: Mutex::new(Some(token)),
        }
    }

    fn is_at_our_address(&self, headers: &HeaderMap) -> bool {
        headers.get(header::HOST).is_some_and(|host| host.as_bytes() == self.host.as_bytes())
    }

    fn is_from_our_page(&self, headers: &HeaderMap) -> bool {
        let ours = |origin: &HeaderValue| {
            let origin = origin.to_str().ok();
            origin.and_then(|origin| origin.strip_prefix("http://")) == Some(&self.host)
        };
        headers.get_all(header::ORIGIN).iter().all(ours)
    }

    /// Browsers say whether a request comes from our page, from the address bar, or from another page.
    fn is_sent_by_another_page(headers: &HeaderMap) -> bool {
        let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
        !matches!(site, None | Some(b"same-origin" | b"none"))
    }

    fn has_cookie(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
        cookies.flat_map(|cookies| cookies.split(';')).any(|cookie| {
            cookie
                .trim()
                .split_once('=')
                .is_some_and(|(name, value)| name == self.cookie_name && self.cookie.is(value))
        })
    }

    /// Gives the cookie for the token, once.
    fn enter(&self, token: &str) -> Option<String> {
        let mut known = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        known.take_if(|known| known.is(token))?;
        let Self { cookie_name, cookie, .. } = self;
        Some(format!("{cookie_name}={}; HttpOnly; SameSite=Strict; Path=/", cookie.reveal()))
    }
}

/// Lets a request in or not, and puts the headers of safety on every answer.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_call = request.uri().path().starts_with("/api/");
    let mut response = match admit(&app.gate, &request, is_call) {
        Ok(None) => next.run(request).await,
        Ok(Some(response)) => response,
        Err(refusal) if is_call => refusal.into_response(),
        // Whoever opens an address sees what comes: a person, and not the app.
        Err(refusal) => refusal.into_page(),
    };
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value| headers.insert(name, HeaderValue::from_static(value));
    set("content-security-policy", CONTENT_POLICY);
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "no-referrer");
    set("cross-origin-resource-policy", "same-origin");
    set("cross-origin-opener-policy", "same-origin");
    if is_call || response.status() != StatusCode::OK {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// `Ok(None)`: go on. `Ok(Some(…))`: the token was exchanged.
fn admit(gate: &Gate, request: &Request, is_call: bool) -> Result<Option<Response>, Refusal> {
    let headers = request.headers();
    if !gate.is_at_our_address(headers) {
        return Err(Refusal::forbidden("this is not the address the program listens on", Some(OPEN_IT)));
    }
    if !gate.is_from_our_page(headers) || (is_call && Gate::is_sent_by_another_page(headers)) {
        return Err(Refusal::forbidden("another page may not ask", Some(OPEN_IT)));
    }
    let takes_text = TAKE_TEXT.contains(&request.uri().path()) && *request.method() == Method::POST;
    if !takes_text && !matches!(*request.method(), Method::GET | Method::HEAD) {
        let error = "everything here is only read";
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, error, None));
    }
    if is_call && !gate.has_cookie(headers) {
        return Err(Refusal::forbidden("this browser has not shown the token", Some(OPEN_IT)));
    }
    if request.uri().path() != "/" || request.method() != Method::GET {
        return Ok(None);
    }
    let Some(token) = token(request) else { return Ok(None) };
    let home = (header::LOCATION, HeaderValue::from_static("/"));
    if gate.has_cookie(headers) {
        return Ok(Some((StatusCode::SEE_OTHER, [home]).into_response()));
    }
    let cookie = gate.enter(&token).and_then(|cookie| HeaderValue::try_from(cookie).ok());
    let cookie = cookie.ok_or_else(|| {
        Refusal::forbidden(
            "this address was used already, or was never valid",
            Some("start the program again, and open the address that it prints"),
        )
    })?;
    Ok(Some((StatusCode::SEE_OTHER, [home, (header::SET_COOKIE, cookie)]).into_response()))
}

fn token(request: &Request) -> Option<String> {
    let query: Query<Vec<(String, String)>> = Query::try_from_uri(request.uri()).ok()?;
    query.0.into_iter().find(|(key, _)| key == "token").map(|(_, token)| token)
}
