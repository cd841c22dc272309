//! The web app itself, embedded in the program.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// What is shown where the program was built without the app.
const PLACEHOLDER: &str = "<!doctype html>
<html lang=\"en\">
<head><meta charset=\"utf-8\"><title>clavicle</title></head>
<body>
<h1>The map is not built</h1>
<p>This clavicle was built without its web app. In the checkout, run</p>
<pre>cargo xtask ui</pre>
<p>and build clavicle again. Everything on the command line works without it.</p>
</body>
</html>
";

/// The file at this path of the address.
pub(crate) fn file(path: &str) -> Response {
    let name = match path.trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    if let Some(bytes) = embedded(name) {
        // What is below `assets` has its content in its name.
        let keep =
            if name.starts_with("assets/") { "private, max-age=604800, immutable" } else { "no-cache" };
        let headers = [(header::CONTENT_TYPE, content_type(name)), (header::CACHE_CONTROL, keep)];
        return (headers, bytes).into_response();
    }
    if name == "index.html" {
        return ([(header::CACHE_CONTROL, "no-store")], Html(PLACEHOLDER)).into_response();
    }
    (StatusCode::NOT_FOUND, "there is nothing here\n").into_response()
}

fn embedded(name: &str) -> Option<&'static [u8]> {
    let place = embedded::EMBEDDED.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    embedded::EMBEDDED.get(place).map(|(_, bytes)| *bytes)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{content_type, embedded};

    #[test]
    fn the_app_is_found_by_name_and_nothing_else_is() {
        for (name, bytes) in embedded::EMBEDDED {
            assert_eq!(super::embedded(name), Some(*bytes));
            assert_ne!(content_type(name), "application/octet-stream", "{name}");
            // Only what has another name once it is another may be kept.
            let answer = super::file(&format!("/{name}"));
            let kept = answer.headers().get("cache-control").and_then(|value| value.to_str().ok());
            let has_hash = name
                .rsplit_once('.')
                .is_some_and(|(stem, _)| stem.len() > 9 && stem.as_bytes()[stem.len() - 9] == b'-');
            assert_eq!(kept.is_some_and(|kept| kept.contains("immutable")), has_hash, "{name}");
        }
        for name in ["../Cargo.toml", "/etc/passwd", "assets", ""] {
            assert_eq!(super::embedded(name), None);
        }
    }
}
