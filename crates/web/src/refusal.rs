//! Why a call has no answer, as the app shows it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use clavicle_answer::QuestionError;
use serde::Serialize;

/// An error of the interface: `{"error", "hint", "candidates", "unknown"}` with its status.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Body,
}

#[derive(Debug, Clone, Serialize)]
struct Body {
    error: String,
    hint: Option<String>,
    candidates: Vec<String>,
    unknown: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, error: impl Into<String>, hint: Option<&str>) -> Self {
        let body = Body {
            error: error.into(),
            hint: hint.map(str::to_owned),
            candidates: Vec::new(),
            unknown: None,
        };
        Self { status, body }
    }

    /// What is wrong, in words.
    pub(crate) fn error(&self) -> &str {
        &self.body.error
    }

    /// The question cannot be read.
    pub(crate) fn question(error: impl Into<String>, hint: Option<&str>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, hint)
    }

    /// There is no such thing.
    pub(crate) fn absent(error: impl Into<String>, hint: Option<&str>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error, hint)
    }

    /// Whoever asks may not.
    pub(crate) fn forbidden(error: impl Into<String>, hint: Option<&str>) -> Self {
        Self::new(StatusCode::FORBIDDEN, error, hint)
    }

    /// Not yet.
    pub(crate) fn loading() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "the snapshot is still being read", Some("ask again soon"))
    }

    /// Somebody stopped reading.
    pub(crate) fn not_read() -> Self {
        let hint = Some("`POST /api/load` with `{\"wanted\": true}` goes on");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "reading the snapshot was stopped", hint)
    }

    /// Nobody has said what is to be shown.
    pub(crate) fn nothing() -> Self {
        let hint = Some("`GET /api/begin` tells what may be chosen");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "there is no snapshot yet", hint)
    }

    /// Another was waiting, and nobody asked for this any more.
    pub(crate) fn given_way() -> Self {
        Self::new(StatusCode::CONFLICT, "this was given up for another change", Some("ask again"))
    }

    /// Somebody said that they do not want it any more.
    pub(crate) fn stopped() -> Self {
        Self::new(StatusCode::CONFLICT, "this was stopped", Some("ask again"))
    }

    /// The same as a page of its own, where there is no app to tell it.
    pub(crate) fn into_page(self) -> Response {
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
        let page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>clavicle</title></head>\n\
             <body>\n<h1>{}</h1>\n<p>{}</p>\n</body>\n</html>\n",
            escaped(&self.body.error),
            escaped(self.body.hint.as_deref().unwrap_or_default())
        );
        (self.status, Html(page)).into_response()
    }

    /// Something in the program broke; what, is on its terminal.
    pub(crate) fn broken() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the program failed while it worked out this answer",
            Some("other answers still work; its terminal says what happened"),
        )
    }
}

impl From<QuestionError> for Refusal {
    fn from(error: QuestionError) -> Self {
        let QuestionError { problem, hint, candidates, unknown } = error;
        Self { status: StatusCode::BAD_REQUEST, body: Body { error: problem, hint, candidates, unknown } }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}
