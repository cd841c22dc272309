//! The calls of `docs/web-api.md`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use clavicle_answer::shape::{AnswerPage, ChangesPage};
use clavicle_answer::{Completion, Pseudonyms, Question, Slot, Verb, refused_request};
use serde::Serialize;

use crate::begin::{BeginPage, Chosen};
use crate::export::Sheet;
use crate::files;
use crate::loading::Loaded;
use crate::map::{self, MarksOfTwoPage, MarksPage, Scope};
use crate::open::{Open, with_matrix};
use crate::progress::{Progress, Seen, Step};
use crate::refusal::Refusal;
use crate::server::App;
use crate::shelf::{Again, Found, Shelf};
use crate::view::{self, MapOfTwo, SincePage};

/// Every address that answers.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/api/status", get(status))
        .route("/api/load", post(load).get(only_sent))
        .route("/api/begin", get(offer).post(begin))
        .route("/api/file", post(hand_over).get(only_sent).layer(DefaultBodyLimit::max(MOST_OF_A_FILE)))
        .route("/api/summary", get(summary))
        .route("/api/accounts", get(accounts))
        .route("/api/complete", get(complete))
        .route("/api/ask", get(ask))
        .route("/api/chains", get(chains))
        .route("/api/map", get(map_page))
        .route("/api/cells", get(cells))
        .route("/api/marks", get(marks))
        .route("/api/why", get(why))
        .route("/api/document", get(document))
        .route("/api/findings", get(findings))
        .route("/api/finding", get(finding))
        .route("/api/since", get(since))
        .route("/api/border", get(border))
        .route("/api/way", get(way))
        .route("/api/policies", get(policies))
        .route("/api/policy", get(policy))
        .route("/api/policy/used", get(policy_used))
        .route("/api/data", get(data))
        .route("/api/granted", get(granted))
        .route("/api/plan", get(plan))
        .route("/api/snapshots", get(snapshots))
        .route("/api/compare", get(compare))
        .route("/api/compare/map", get(compare_on_map))
        .route("/api/compare/marks", get(compare_marks))
        .route("/api/compare/why", get(compare_why))
        .route("/api/export", get(export).post(export_tried))
        .route("/api/lint", post(lint).get(only_sent))
        .route("/api/try", post(tried).get(only_sent))
        .route("/api/try/map", post(tried_on_map).get(only_sent))
        .route("/api/try/marks", post(tried_marks).get(only_sent))
        .route("/api/try/why", post(tried_why).get(only_sent))
        .route("/api/stop", post(stop).get(only_sent))
        .route("/api/{*call}", get(no_such_call))
        .fallback(file)
        .layer(DefaultBodyLimit::max(MOST_SENT))
}

/// Calls may send so many bytes: several times what the largest policy takes.
const MOST_SENT: usize = 256 * 1024;

/// A file that is handed over may have so many bytes: what is larger is better named on the command line.
const MOST_OF_A_FILE: usize = 256 * 1024 * 1024;

/// Whatever the app shows begins with these: a browser that is told asks for them while it reads the app. Only where they
/// have an answer, since whoever asks for one that failed ahead gets that failure, and not how it is by then.
const ASKED_FIRST: &str =
    "</api/status>; rel=preload; as=fetch; crossorigin, </api/summary>; rel=preload; as=fetch; crossorigin";

async fn file(State(app): State<App>, uri: Uri) -> Response {
    let mut file = files::file(uri.path());
    if uri.path() == "/" && matches!(app.loading.now(), Loaded::Ready(_)) {
        file.headers_mut().insert(header::LINK, HeaderValue::from_static(ASKED_FIRST));
    }
    file
}

async fn no_such_call(uri: Uri) -> Refusal {
    Refusal::absent(format!("no call `{}`", uri.path()), None)
}

/// How far loading has come, or an answer that takes its time.
#[derive(Debug, Serialize)]
struct Status {
    state: &'static str,
    step: Option<String>,
    done: u64,
    total: u64,
    error: Option<String>,
    /// What was read so far, while it is loading.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<Seen>,
    /// What is read may be chosen by `POST /api/begin`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    choice: bool,
}

async fn status(State(app): State<App>) -> Json<Status> {
    let (state, error) = match app.loading.now() {
        Loaded::NotYet => ("loading", None),
        Loaded::Stopped => ("stopped", None),
        Loaded::Failed(error) => ("failed", Some(error.to_string())),
        Loaded::Nothing => ("nothing", None),
        Loaded::Ready(_) => ("ready", None),
    };
    let progress = &app.loading.progress;
    let now = progress.now();
    let seen = if state == "loading" { progress.seen() } else { None };
    let choice = !matches!(state, "loading" | "ready") && app.beside.offer().is_some();
    Json(Status { state, step: now.step, done: now.done, total: now.total, error, seen, choice })
}

/// What may be chosen where nothing was named.
async fn offer(State(app): State<App>) -> Result<Json<BeginPage>, Refusal> {
    let nothing = || Refusal::absent("what is shown was named already", None);
    Ok(Json(BeginPage::new(app.beside.offer().ok_or_else(nothing)?)))
}

/// Reads what somebody chose.
async fn begin(State(app): State<App>, Sent(body): Sent) -> Result<Json<Status>, Refusal> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Choice {
        show: Chosen,
    }
    let choice: Choice = serde_json::from_slice(&body).map_err(|error| {
        Refusal::question(format!("this is no choice: {error}"), Some(r#"{"show": "demo"}"#))
    })?;
    let begun = app.loading.begin_with(|| app.beside.choose(choice.show));
    if begun.map_err(|error| Refusal::question(error, None))? {
        let loading = app.clone();
        tokio::task::spawn_blocking(move || loading.load());
    }
    Ok(status(State(app)).await)
}

/// Keeps a file that may be chosen then.
async fn hand_over(
    State(app): State<App>,
    asked: Asked,
    headers: axum::http::HeaderMap,
    body: axum::body::Bytes,
) -> Result<Json<Status>, Refusal> {
    // Pages of others may send plain text and forms without being asked whether they may, but not this.
    if headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes) != Some(b"application/octet-stream") {
        let hint = Some("set content-type: application/octet-stream");
        return Err(Refusal::question("a file is sent as its bytes", hint));
    }
    if matches!(app.loading.now(), Loaded::NotYet | Loaded::Ready(_)) {
        return Err(Refusal::question("what is shown was chosen already", None));
    }
    let name = asked.one("name")?.unwrap_or_default().to_owned();
    let more = matches!(asked.one("more")?, Some("true" | "1"));
    let beside = app.beside.clone();
    let kept = tokio::task::spawn_blocking(move || beside.hand_over(&name, &body, more));
    kept.await.map_err(|_| Refusal::broken())?.map_err(|error| Refusal::question(error, None))?;
    Ok(status(State(app)).await)
}

/// Stops reading the snapshot before its next step, or goes on with it.
async fn load(State(app): State<App>, Sent(body): Sent) -> Result<Json<Status>, Refusal> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wish {
        wanted: bool,
    }
    let wish: Wish = serde_json::from_slice(&body).map_err(|error| {
        Refusal::question(format!("this is no wish: {error}"), Some(r#"{"wanted": false}"#))
    })?;
    if !wish.wanted {
        app.loading.stop();
    } else if app.loading.go_on() {
        let loading = app.clone();
        tokio::task::spawn_blocking(move || loading.load());
    }
    Ok(status(State(app)).await)
}

async fn summary(State(app): State<App>) -> Result<Response, Refusal> {
    work(&app, |open| view::home(open.reader())).await
}

async fn accounts(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    work(&app, move |open| view::find_accounts(open.reader(), &asked)).await
}

async fn complete(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    #[derive(Serialize)]
    struct Completions {
        items: Vec<Completion>,
    }
    let slot = match asked.one("slot")? {
        None | Some("ask") => Slot::Ask,
        Some("by") => Slot::By,
        Some("do") => Slot::Do,
        Some("on") => Slot::On,
        Some(other) => {
            return Err(Refusal::question(format!("no box `{other}`"), Some("ask, by, do or on")));
        }
    };
    let text = asked.one("text")?.unwrap_or_default().to_owned();
    work(&app, move |open| json(&Completions { items: open.reader().complete(slot, &text) })).await
}

async fn ask(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let question = question_of(&asked)?;
    work(&app, move |open| json(&answered(open, question)?)).await
}

/// An answer as a picture: the steps that it tells, from who to what.
async fn chains(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let question = question_of(&asked)?;
    work(&app, move |open| {
        let nothing = || Refusal::absent("this answer tells no steps that could be drawn", None);
        with_matrix(&map::chains(&answered(open, question)?).ok_or_else(nothing)?)
    })
    .await
}

/// A question in words (with a cut?), or in boxes.
enum Worded {
    Words(String, bool),
    Boxes(Question),
}

fn question_of(asked: &Asked) -> Result<Worded, Refusal> {
    match asked.one("text")? {
        Some(text) => Ok(Worded::Words(text.to_owned(), wants_cut(asked)?)),
        None => question(asked).map(Worded::Boxes),
    }
}

fn answered(open: &Open, question: Worded) -> Result<AnswerPage, Refusal> {
    let reader = open.reader();
    // People paste what AWS told them.
    let refused = match &question {
        Worded::Words(text, _) => refused_request(text),
        Worded::Boxes(_) => None,
    };
    if let Some(refused) = refused {
        let (question, layer) = refused?;
        let mut page = reader.answer(&question)?;
        let named = layer
            .map(|layer| format!("AWS names one kind of policy, {layer}; here every layer was looked at."));
        page.notes.extend(named);
        return Ok(page);
    }
    let question = match question {
        Worded::Words(text, cut) => {
            let question = reader.parse(&text)?;
            Question { cut: question.cut || cut, ..question }
        }
        Worded::Boxes(question) => question,
    };
    Ok(reader.answer(&question)?)
}

/// The boxes of the ask bar as a question.
fn question(asked: &Asked) -> Result<Question, Refusal> {
    let verb = match asked.one("verb")? {
        Some("who") => Verb::Who,
        Some("what") => Verb::What,
        Some("can") => Verb::Can,
        Some("path") => Verb::Path,
        Some(other) => {
            return Err(Refusal::question(
                format!("no question begins with `{other}`"),
                Some("who, what, can or path"),
            ));
        }
        None => return Err(Refusal::question("no question", Some("give `text`, or `verb` with its boxes"))),
    };
    let mut when: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for condition in asked.all("when")? {
        let Some((key, value)) = condition.split_once('=') else {
            let hint = Some("a condition looks like `aws:SourceIp=10.0.0.1`");
            return Err(Refusal::question(format!("cannot read `{condition}`"), hint));
        };
        when.entry(key.to_owned()).or_default().push(value.to_owned());
    }
    let slot = |name| -> Result<Option<String>, Refusal> {
        Ok(asked.one(name)?.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned))
    };
    Ok(Question {
        verb,
        by: slot("by")?,
        action: slot("do")?,
        on: slot("on")?,
        when,
        admins: matches!(asked.one("admins")?, Some("true" | "1")),
        direct: matches!(asked.one("direct")?, Some("true" | "1")),
        steps: None,
        cut: wants_cut(asked)?,
    })
}

fn wants_cut(asked: &Asked) -> Result<bool, Refusal> {
    Ok(matches!(asked.one("cut")?, Some("true" | "1")))
}

async fn map_page(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let scope = view::scope_of(&asked)?;
    let focus = asked.one("focus")?.map(str::to_owned);
    let apart = asked.one("apart")?.map(str::to_owned);
    // Of very many it is worked out when home is there already: whoever is faster than that hears how far it is.
    let prepare = |open: &Open, progress: &Progress| {
        open.prepare(progress);
        Ok(())
    };
    if let Found::Working(step) = found(&app, |open| &open.prepared, String::new(), prepare).await? {
        return Ok(working(step));
    }
    work(&app, move |open| match focus {
        None => open.map_page(&scope, apart.as_deref()),
        Some(focus) => open.map(&scope, apart.as_deref())?.focused(&focus),
    })
    .await
}

/// What stands in the cells of a matrix beside its lines.
async fn cells(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let scope = view::scope_of(&asked)?;
    let apart = asked.one("apart")?.map(str::to_owned);
    let key = Open::map_key(&scope, apart.as_deref().unwrap_or_default());
    let look = move |open: &Open, progress: &Progress| open.cells(&scope, apart.as_deref(), progress);
    let found = found(&app, |open| &open.cells, key, look).await?;
    long(&app, found, |_, page| json(page)).await
}

/// What leads to the things on a map that matter.
async fn marks(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let (scope, apart) = (view::scope_of(&asked)?, asked.one("apart")?.map(str::to_owned));
    let found = marks_of(&app, scope, apart).await?;
    long(&app, found, |_, page| json(page)).await
}

async fn marks_of(app: &App, scope: Scope, apart: Option<String>) -> Result<Found<MarksPage>, Refusal> {
    let key = Open::map_key(&scope, apart.as_deref().unwrap_or_default());
    let look = move |open: &Open, progress: &Progress| open.marks(&scope, apart.as_deref(), progress);
    found(app, |open| &open.marks, key, look).await
}

async fn why(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let scope = view::scope_of(&asked)?;
    let line = view::LineAsked::read(&asked)?;
    let apart = asked.one("apart")?.map(str::to_owned);
    work(&app, move |open| json(&open.why(&scope, apart.as_deref(), &line)?)).await
}

async fn document(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let id = asked.one("id")?.unwrap_or_default().to_owned();
    let cited = asked.one("cited")?.map(str::to_owned);
    work(&app, move |open| {
        let page = id.parse().ok().and_then(|id| open.reader().document(id, cited.as_deref()));
        let absent = || Refusal::absent(format!("no document `{id}`"), Some("the snapshot may have changed"));
        json(&page.ok_or_else(absent)?)
    })
    .await
}

async fn findings(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    if is_gone(&asked)? {
        let found = week_before(&app).await?;
        return long(&app, found, move |open, since| view::findings(open.reader(), since.gone()?, &asked))
            .await;
    }
    let found = found(&app, |open| &open.findings, String::new(), view::check).await?;
    long(&app, found, move |open, page| view::findings(open.reader(), page, &asked)).await
}

async fn finding(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    if is_gone(&asked)? {
        let found = week_before(&app).await?;
        return long(&app, found, move |_, since| {
            view::finding(since.gone()?, asked.one("id")?.unwrap_or_default())
        })
        .await;
    }
    let found = found(&app, |open| &open.findings, String::new(), view::check).await?;
    long(&app, found, move |_, page| view::finding(page, asked.one("id")?.unwrap_or_default())).await
}

/// Is it asked what is no longer found?
fn is_gone(asked: &Asked) -> Result<bool, Refusal> {
    Ok(asked.one("state")? == Some("gone"))
}

/// What the rules find and did not a week ago.
async fn since(State(app): State<App>) -> Result<Response, Refusal> {
    let found = week_before(&app).await?;
    long(&app, found, |_, page| view::since_page(page)).await
}

async fn week_before(app: &App) -> Result<Found<SincePage>, Refusal> {
    let now = match found(app, |open| &open.findings, String::new(), view::check).await? {
        Found::Made(now) => now,
        Found::Working(step) => return Ok(Found::Working(step)),
    };
    let look = move |open: &Open, progress: &Progress| view::since_last_week(open, &now, progress);
    found(app, |open| &open.since, String::new(), look).await
}

async fn border(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let found = doors(&app, &asked).await?;
    long(&app, found, move |open, page| view::border(open.reader(), page, &asked)).await
}

async fn way(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let found = doors(&app, &asked).await?;
    long(&app, found, move |_, page| view::way(page, asked.one("way")?.unwrap_or_default())).await
}

async fn doors(app: &App, asked: &Asked) -> Result<Found<AnswerPage>, Refusal> {
    let key = view::border_key(asked)?;
    let look = move |open: &Open, progress: &Progress| view::look_outside(open, key, progress);
    found(app, |open| &open.border, key.to_owned(), look).await
}

async fn policies(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let found = found(&app, |open| &open.policies, String::new(), view::list_policies).await?;
    long(&app, found, move |open, lines| view::policies(open.reader(), lines, &asked)).await
}

async fn policy(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let name = asked.one("name")?.unwrap_or_default().to_owned();
    let key = name.clone();
    let read = move |open: &Open, progress: &Progress| view::read_policy(open, &name, progress);
    let found = found(&app, |open| &open.policy, key, read).await?;
    long(&app, found, |_, page| view::policy(page)).await
}

async fn policy_used(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let (name, since) = (asked.one("name")?.unwrap_or_default().to_owned(), view::since_text(&asked)?);
    let key = format!("{since} {name}");
    let look = move |open: &Open, progress: &Progress| view::look_what_is_used(open, &name, &since, progress);
    let found = found(&app, |open| &open.policy_used, key, look).await?;
    long(&app, found, |_, used| view::policy_used(used)).await
}

async fn data(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let found = found(&app, |open| &open.data, String::new(), view::look_at_data).await?;
    long(&app, found, move |open, page| view::data(open.reader(), page, &asked)).await
}

async fn granted(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let since = view::since_text(&asked)?;
    let key = since.clone();
    let list = move |open: &Open, progress: &Progress| view::list_use(open, &since, progress);
    let found = found(&app, |open| &open.granted, key, list).await?;
    long(&app, found, move |open, lines| view::granted(open.reader(), lines, &asked)).await
}

async fn plan(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let since = view::since_text(&asked)?;
    let who = asked.one("who")?.unwrap_or_default().to_owned();
    let key = format!("{since} {who}");
    let make = move |open: &Open, progress: &Progress| view::make_plan(open, &who, &since, progress);
    let found = found(&app, |open| &open.plan, key, make).await?;
    long(&app, found, |_, page| view::plan(page)).await
}

async fn snapshots(State(app): State<App>) -> Result<Response, Refusal> {
    work(&app, view::snapshots).await
}

async fn compare(State(app): State<App>, again: Again, asked: Asked) -> Result<Response, Refusal> {
    let with = asked.one("with")?.unwrap_or_default().to_owned();
    let key = with.clone();
    let work = move |open: &Open, progress: &Progress| view::compare(open, &with, progress);
    let found = found_again(&app, |open| &open.compared, key, again, work).await?;
    long(&app, found, |_, page| view::compared(page)).await
}

/// What is open and another snapshot, as one map.
async fn compare_on_map(State(app): State<App>, again: Again, asked: Asked) -> Result<Response, Refusal> {
    let with = asked.one("with")?.unwrap_or_default().to_owned();
    let found = compared_map(&app, again, with, view::scope_of(&asked)?).await?;
    long(&app, found, |_, map| Ok(map.bytes())).await
}

async fn compared_map(
    app: &App,
    again: Again,
    with: String,
    scope: Scope,
) -> Result<Found<MapOfTwo>, Refusal> {
    let key = Open::map_key(&scope, &with);
    let draw = move |open: &Open, progress: &Progress| view::compare_on_map(open, &with, &scope, progress);
    found_again(app, |open| &open.maps_of_two, key, again, draw).await
}

/// What leads to what matters on that map, on each side.
async fn compare_marks(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let with = asked.one("with")?.unwrap_or_default().to_owned();
    let scope = view::scope_of(&asked)?;
    let map = match compared_map(&app, Again(false), with.clone(), scope.clone()).await? {
        Found::Made(map) => map,
        Found::Working(step) => return Ok(working(step)),
    };
    let found = marks_of_compared(&app, map, with, &scope).await?;
    long(&app, found, |_, page| json(page)).await
}

async fn marks_of_compared(
    app: &App,
    map: Arc<MapOfTwo>,
    with: String,
    scope: &Scope,
) -> Result<Found<MarksOfTwoPage>, Refusal> {
    let key = Open::map_key(scope, &with);
    let look = move |open: &Open, progress: &Progress| view::compare_marks(open, &with, &map, progress);
    found(app, |open| &open.marks_of_two, key, look).await
}

/// Why a line is on that map: what makes it on each side.
async fn compare_why(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let with = asked.one("with")?.unwrap_or_default().to_owned();
    let (scope, line) = (view::scope_of(&asked)?, view::LineAsked::read(&asked)?);
    let map = match compared_map(&app, Again(false), with.clone(), scope.clone()).await? {
        Found::Made(map) => map,
        Found::Working(step) => return Ok(working(step)),
    };
    let own = line.key(&Open::map_key(&scope, &with));
    let look = move |open: &Open, progress: &Progress| view::compare_why(open, &with, &map, &line, progress);
    let found = found(&app, |open| &open.whys_of_two, own, look).await?;
    long(&app, found, |_, page| Ok(page.clone())).await
}

/// What a view shows, as a file. A new view is one line here.
async fn export(State(app): State<App>, asked: Asked) -> Result<Response, Refusal> {
    let how = view::Handing::read(&asked)?;
    let open = opened(&app)?;
    match asked.one("view")? {
        Some("answer") => {
            let question = question_of(&asked)?;
            now(open, how, move |open, how, names| Ok(how.answer(&answered(open, question)?, names))).await
        }
        Some("map") if asked.one("with")?.is_some() => {
            let with = asked.one("with")?.unwrap_or_default().to_owned();
            let scope = view::scope_of(&asked)?;
            let map = match compared_map(&app, Again(false), with.clone(), scope.clone()).await? {
                Found::Made(map) => map,
                Found::Working(step) => return Ok(working(step)),
            };
            let found = marks_of_compared(&app, map.clone(), with.clone(), &scope).await?;
            later(open, how, found, move |open, how, marks, names| {
                let names = names.map(|names| view::names_of_compared(open, &with, names)).transpose()?;
                how.map_of_two(&map, marks, &asked, names.as_ref())
            })
            .await
        }
        Some("map") => {
            let scope = view::scope_of(&asked)?;
            let focus = asked.one("focus")?.map(str::to_owned);
            let apart = asked.one("apart")?.map(str::to_owned);
            let found = marks_of(&app, scope.clone(), apart.clone()).await?;
            later(open, how, found, move |open, how, marks, names| {
                let sheet = open.map(&scope, apart.as_deref())?;
                Ok(match focus {
                    None => how.map(&sheet.page().marked(&marks.marks, &marks.notes), names),
                    Some(focus) => {
                        how.map(&sheet.focused_page(&focus)?.marked(&marks.marks, &marks.notes), names)
                    }
                })
            })
            .await
        }
        Some("border") => {
            let found = doors(&app, &asked).await?;
            later(open, how, found, move |open, how, page, names| how.border(open, page, &asked, names)).await
        }
        Some("policies") => {
            let found = found(&app, |open| &open.policies, String::new(), view::list_policies).await?;
            later(open, how, found, move |open, how, lines, names| how.policies(open, lines, &asked, names))
                .await
        }
        Some("policy") => {
            let name = asked.one("name")?.unwrap_or_default().to_owned();
            let key = name.clone();
            let read = move |open: &Open, progress: &Progress| view::read_policy(open, &name, progress);
            let found = found(&app, |open| &open.policy, key, read).await?;
            later(open, how, found, |_, how, page, names| Ok(how.answer(page, names))).await
        }
        Some("findings") if is_gone(&asked)? => {
            let found = week_before(&app).await?;
            later(open, how, found, move |open, how, since, names| {
                how.gone(open, since.gone()?, &asked, names)
            })
            .await
        }
        Some("findings") => {
            let found = found(&app, |open| &open.findings, String::new(), view::check).await?;
            later(open, how, found, move |open, how, page, names| how.findings(open, page, &asked, names))
                .await
        }
        Some("trim") => {
            let since = view::since_text(&asked)?;
            let key = since.clone();
            let list = move |open: &Open, progress: &Progress| view::list_use(open, &since, progress);
            let found = found(&app, |open| &open.granted, key, list).await?;
            later(open, how, found, move |open, how, lines, names| how.granted(open, lines, &asked, names))
                .await
        }
        Some("data") => {
            let found = found(&app, |open| &open.data, String::new(), view::look_at_data).await?;
            later(open, how, found, move |open, how, page, names| how.coverage(open, page, &asked, names))
                .await
        }
        other => {
            let what = format!("no view `{}`", other.unwrap_or_default());
            let hint = "answer, map, border, policies, policy, trim, findings or data";
            Err(Refusal::question(what, Some(hint)))
        }
    }
}

/// What a change would come to, as a file: in words, or as the map before and after.
async fn export_tried(State(app): State<App>, asked: Asked, Sent(body): Sent) -> Result<Response, Refusal> {
    let how = view::Handing::read(&asked)?;
    let open = opened(&app)?;
    match asked.one("view")? {
        Some("changes") => {
            let found = try_on_a_copy(&app, Again(false), &body).await?;
            later(open, how, found, |_, how, page, names| Ok(how.changes(page, names))).await
        }
        Some("map") => {
            let scope = view::scope_of(&asked)?;
            let map = match tried_map(&app, Again(false), &body, scope.clone()).await? {
                Found::Made(map) => map,
                Found::Working(step) => return Ok(working(step)),
            };
            let found = marks_of_tried(&app, map.clone(), &body, &scope).await?;
            let (edits, tried) = (view::edits(&body)?, String::from_utf8_lossy(&body).into_owned());
            later(open, how, found, move |open, how, marks, names| {
                let names =
                    names.map(|names| view::names_of_tried(open, &tried, &edits, names)).transpose()?;
                how.map_of_two(&map, marks, &asked, names.as_ref())
            })
            .await
        }
        other => {
            let what = format!("no view `{}` of a change", other.unwrap_or_default());
            Err(Refusal::question(what, Some("changes or map")))
        }
    }
}

/// A file of what is worked out at once.
async fn now(
    open: Arc<Open>,
    how: view::Handing,
    sheet: impl FnOnce(&Open, &view::Handing, Option<&Pseudonyms>) -> Result<Sheet, Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    let made = tokio::task::spawn_blocking(move || {
        let names = how.names(&open)?;
        how.file(&sheet(&open, &how, names.as_deref())?)
    });
    made.await.map_err(|_| Refusal::broken())?
}

/// A file of what may take its time: 202 means to ask again soon.
async fn later<T: Send + Sync + 'static>(
    open: Arc<Open>,
    how: view::Handing,
    found: Found<T>,
    sheet: impl FnOnce(&Open, &view::Handing, &T, Option<&Pseudonyms>) -> Result<Sheet, Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    match found {
        Found::Made(made) => now(open, how, move |open, how, names| sheet(open, how, &made, names)).await,
        Found::Working(step) => Ok(working(step)),
    }
}

/// Faults of a policy text. Nothing is changed.
async fn lint(State(app): State<App>, Sent(body): Sent) -> Result<Response, Refusal> {
    work(&app, move |open| view::lint(open.reader(), &body)).await
}

/// What a change would come to, on a copy. Nothing is changed.
async fn tried(State(app): State<App>, again: Again, Sent(body): Sent) -> Result<Response, Refusal> {
    let found = try_on_a_copy(&app, again, &body).await?;
    long(&app, found, |_, page| view::tried(page)).await
}

async fn try_on_a_copy(app: &App, again: Again, body: &[u8]) -> Result<Found<ChangesPage>, Refusal> {
    let edits = view::edits(body)?;
    let key = String::from_utf8_lossy(body).into_owned();
    let own = key.clone();
    let work = move |open: &Open, progress: &Progress| view::try_edits(open, &own, &edits, progress);
    found_again(app, |open| &open.tried, key, again, work).await
}

/// Before a change and after it, as one map.
async fn tried_on_map(
    State(app): State<App>,
    again: Again,
    asked: Asked,
    Sent(body): Sent,
) -> Result<Response, Refusal> {
    let found = tried_map(&app, again, &body, view::scope_of(&asked)?).await?;
    long(&app, found, |_, map| Ok(map.bytes())).await
}

async fn tried_map(app: &App, again: Again, body: &[u8], scope: Scope) -> Result<Found<MapOfTwo>, Refusal> {
    let edits = view::edits(body)?;
    let own = String::from_utf8_lossy(body).into_owned();
    let key = Open::map_key(&scope, &own);
    let draw = move |open: &Open, progress: &Progress| view::try_on_map(open, &own, &edits, &scope, progress);
    found_again(app, |open| &open.maps_of_two, key, again, draw).await
}

/// What leads to what matters on that map, before and after.
async fn tried_marks(State(app): State<App>, asked: Asked, Sent(body): Sent) -> Result<Response, Refusal> {
    let scope = view::scope_of(&asked)?;
    let map = match tried_map(&app, Again(false), &body, scope.clone()).await? {
        Found::Made(map) => map,
        Found::Working(step) => return Ok(working(step)),
    };
    let found = marks_of_tried(&app, map, &body, &scope).await?;
    long(&app, found, |_, page| json(page)).await
}

async fn marks_of_tried(
    app: &App,
    map: Arc<MapOfTwo>,
    body: &[u8],
    scope: &Scope,
) -> Result<Found<MarksOfTwoPage>, Refusal> {
    let edits = view::edits(body)?;
    let tried = String::from_utf8_lossy(body).into_owned();
    let key = Open::map_key(scope, &tried);
    let look = move |open: &Open, progress: &Progress| view::try_marks(open, &tried, &edits, &map, progress);
    found(app, |open| &open.marks_of_two, key, look).await
}

/// Why a line is on that map: what makes it before and after.
async fn tried_why(State(app): State<App>, asked: Asked, Sent(body): Sent) -> Result<Response, Refusal> {
    let edits = view::edits(&body)?;
    let (scope, line) = (view::scope_of(&asked)?, view::LineAsked::read(&asked)?);
    let tried = String::from_utf8_lossy(&body).into_owned();
    let map = match tried_map(&app, Again(false), &body, scope.clone()).await? {
        Found::Made(map) => map,
        Found::Working(step) => return Ok(working(step)),
    };
    let own = line.key(&Open::map_key(&scope, &tried));
    let look =
        move |open: &Open, progress: &Progress| view::try_why(open, &tried, &edits, &map, &line, progress);
    let found = found(&app, |open| &open.whys_of_two, own, look).await?;
    long(&app, found, |_, page| Ok(page.clone())).await
}

/// Stops a trial or a comparison.
async fn stop(State(app): State<App>, Sent(body): Sent) -> Result<Response, Refusal> {
    work(&app, move |open| view::stop(open, &body)).await
}

async fn only_sent() -> Refusal {
    let hint = Some("send a body of JSON with POST");
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this call takes what it is sent", hint)
}

/// The body of a call, which has to say that it is JSON: pages from elsewhere cannot send that unasked.
struct Sent(axum::body::Bytes);

impl<S: Send + Sync> axum::extract::FromRequest<S> for Sent {
    type Rejection = Refusal;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Self::Rejection> {
        let kind = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
        if kind != Some(b"application/json") {
            return Err(Refusal::question(
                "what is sent has to be JSON",
                Some("set content-type: application/json"),
            ));
        }
        let body = axum::body::Bytes::from_request(request, state).await;
        body.map(Self).map_err(|rejection| Refusal::new(rejection.status(), "the body cannot be read", None))
    }
}

/// A call that is made again after 202 says so in a header of this name.
const AGAIN: &str = "clavicle-again";

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Again {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.headers.contains_key(AGAIN)))
    }
}

/// The parameters of a call.
pub(crate) struct Asked(Result<Vec<(String, String)>, ()>);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self(Query::try_from_uri(&parts.uri).map(|query| query.0).map_err(|_| ())))
    }
}

impl Asked {
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> Result<impl Iterator<Item = &'a str>, Refusal> {
        let Ok(pairs) = &self.0 else {
            return Err(Refusal::question("the address cannot be read", None));
        };
        Ok(pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str()))
    }

    pub(crate) fn one(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let Ok(pairs) = &self.0 else {
            return Err(Refusal::question("the address cannot be read", None));
        };
        Ok(pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()))
    }
}

/// Bytes of JSON, ready to send.
pub(crate) type Bytes = Arc<[u8]>;

pub(crate) fn json(value: &impl Serialize) -> Result<Bytes, Refusal> {
    serde_json::to_vec(value).map(Bytes::from).map_err(|_| Refusal::broken())
}

/// An answer of a shelf: there, or under way.
async fn found<T: Send + Sync + 'static>(
    app: &App,
    shelf: impl FnOnce(&Open) -> &Shelf<T>,
    key: String,
    work: impl FnOnce(&Open, &Progress) -> Result<T, Refusal> + Send + 'static,
) -> Result<Found<T>, Refusal> {
    found_again(app, shelf, key, Again(false), work).await
}

/// The same, where it can be stopped meanwhile.
async fn found_again<T: Send + Sync + 'static>(
    app: &App,
    shelf: impl FnOnce(&Open) -> &Shelf<T>,
    key: String,
    again: Again,
    work: impl FnOnce(&Open, &Progress) -> Result<T, Refusal> + Send + 'static,
) -> Result<Found<T>, Refusal> {
    let open = opened(app)?;
    shelf(&open).find(key, again, open.clone(), work).await
}

/// Tells of an answer that is there, or how far it is: 202 means to ask again soon.
async fn long<T: Send + Sync + 'static>(
    app: &App,
    found: Found<T>,
    answer: impl FnOnce(&Open, &T) -> Result<Bytes, Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    match found {
        Found::Made(made) => work(app, move |open| answer(open, &made)).await,
        Found::Working(step) => Ok(working(step)),
    }
}

fn working(now: Step) -> Response {
    let status = Status {
        state: "working",
        step: now.step,
        done: now.done,
        total: now.total,
        error: None,
        seen: None,
        choice: false,
    };
    (StatusCode::ACCEPTED, Json(status)).into_response()
}

fn opened(app: &App) -> Result<Arc<Open>, Refusal> {
    match app.loading.now() {
        Loaded::NotYet => Err(Refusal::loading()),
        Loaded::Stopped => Err(Refusal::not_read()),
        Loaded::Failed(error) => Err(Refusal::question(&*error, None)),
        Loaded::Nothing => Err(Refusal::nothing()),
        Loaded::Ready(open) => Ok(open),
    }
}

/// Works out an answer where it may take its time.
async fn work(
    app: &App,
    answer: impl FnOnce(&Open) -> Result<Bytes, Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    let open = opened(app)?;
    let answer = tokio::task::spawn_blocking(move || {
        let _asking = open.asking();
        answer(&open)
    });
    let bytes = answer.await.map_err(|_| Refusal::broken())??;
    let bytes = axum::body::Bytes::from_owner(bytes);
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}
