//! The server over a real socket, with a client that sends whatever bytes it is told to.

mod alike;
mod begin;
pub(crate) mod many;
mod schemas;
mod wheres;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use clavicle_answer::{Edit, Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};

use clavicle_usage::{Evidence, EvidenceFile};

use crate::loading::NotRead;
use crate::open::Open;
use crate::shelf::Again;
use crate::view;
use crate::{Beside, Progress, SavedSnapshot, Server};

/// A server on a thread of its own, which ends with the test.
struct Served {
    address: SocketAddr,
    token: String,
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let line = |line: &'_ str| line.split_once(": ").map(|(key, _)| key.eq_ignore_ascii_case(name));
        let found = self.head.lines().find(|each| line(each) == Some(true))?;
        found.split_once(": ").map(|(_, value)| value)
    }
}

pub(crate) fn demo(progress: &Progress) -> Result<Reader, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
    let snapshot = clavicle_snapshot::open_any(&folder, |_, _| ()).map_err(|error| error.to_string())?;
    progress.report("compiling policies", 1, 2);
    let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
    Ok(Reader::new(world, Settings::default()))
}

impl Served {
    fn new(source: impl Fn(&Progress) -> Result<Reader, String> + Send + Sync + 'static) -> Self {
        Self::beside((), source)
    }

    fn beside(
        beside: impl Beside,
        source: impl Fn(&Progress) -> Result<Reader, String> + Send + Sync + 'static,
    ) -> Self {
        Self::reading(beside, move |progress| source(progress).map_err(NotRead::Failed))
    }

    fn reading(
        beside: impl Beside,
        source: impl Fn(&Progress) -> Result<Reader, NotRead> + Send + Sync + 'static,
    ) -> Self {
        let server = Server::bind(0).expect("a port is free");
        let url = server.url();
        let rest = url.strip_prefix("http://").expect("a plain address");
        let (address, token) = rest.split_once("/?token=").expect("a token");
        let (address, token) = (address.parse().expect("an address"), token.to_owned());
        std::thread::spawn(move || server.serve(beside, source));
        Self { address, token }
    }

    /// Sends a request and reads to the end.
    fn send(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        // Whatever else the machine does.
        stream.set_read_timeout(Some(Duration::from_secs(120))).expect("a timeout");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut text = Vec::new();
        stream.read_to_end(&mut text).expect("it answers");
        let text = String::from_utf8_lossy(&text).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = format!("GET {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            request.push_str(&format!("Host: {}\r\n", self.address));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        self.send(&format!("{request}\r\n"))
    }

    /// Exchanges the token.
    fn enter(&self) -> String {
        let answer = self.get(&format!("/?token={}", self.token), &[]);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
        let cookie = answer.header("set-cookie").expect("a cookie");
        assert!(cookie.contains("; HttpOnly; SameSite=Strict; Path=/"), "{cookie}");
        cookie.split(';').next().expect("a value").to_owned()
    }

    fn ready(&self, cookie: &str) {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(60) {
            let status = self.get("/api/status", &[("Cookie", cookie)]);
            if status.body.contains("\"ready\"") {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it never was ready");
    }
}

#[test]
fn the_token_is_good_once_and_the_cookie_is_needed() {
    let served = Served::new(|_| Err("nothing to load".to_owned()));
    let without = served.get("/api/status", &[]);
    assert_eq!(without.status, 403);
    assert!(without.body.contains("\"hint\":\"open the address"), "{}", without.body);
    assert_eq!(served.get("/?token=wrong", &[]).status, 403);
    let cookie = served.enter();
    let again = served.get(&format!("/?token={}", served.token), &[]);
    assert_eq!((again.status, again.header("set-cookie")), (403, None));
    // A person who opens it a second time sees a page, and not what is meant for the app.
    assert_eq!(again.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(
        again.body.contains("<h1>this address was used already, or was never valid</h1>"),
        "{}",
        again.body
    );
    // Whoever has the cookie already is let through.
    let known = served.get(&format!("/?token={}", served.token), &[("Cookie", &cookie)]);
    assert_eq!((known.status, known.header("set-cookie")), (303, None));
    assert_eq!(served.get("/api/status", &[("Cookie", &cookie)]).status, 200);
    assert_eq!(served.get("/api/status", &[("Cookie", &format!("a=b; {cookie}"))]).status, 200);
    assert_eq!(served.get("/api/status", &[("Cookie", &format!("{cookie}0"))]).status, 403);
    let (name, _) = cookie.split_once('=').expect("a name");
    assert!(name.ends_with(&served.address.port().to_string()), "{name}");
}

#[test]
fn other_hosts_and_other_pages_are_refused() {
    let served = Served::new(|_| Err("nothing to load".to_owned()));
    let cookie = served.enter();
    let with =
        |name: &str, value: &str| served.get("/api/status", &[("Cookie", &cookie), (name, value)]).status;
    let port = served.address.port();
    for host in ["example.com", "localhost", &format!("localhost:{port}"), "127.0.0.1", "127.0.0.1:1"] {
        assert_eq!(with("Host", host), 403, "{host}");
    }
    for origin in ["http://example.com", "null", &format!("https://127.0.0.1:{port}"), "http://127.0.0.1:1"] {
        assert_eq!(with("Origin", origin), 403, "{origin}");
    }
    assert_eq!(with("Origin", &format!("http://127.0.0.1:{port}")), 200);
    for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)] {
        assert_eq!(with("Sec-Fetch-Site", site), status, "{site}");
    }
    assert_eq!(served.get("/", &[("Host", "attacker.example")]).status, 403);
    // Without a host, and with a method that would change something.
    let old = served.send(&format!("GET /api/status HTTP/1.0\r\nCookie: {cookie}\r\n\r\n"));
    assert_eq!(old.status, 403);
    let post = format!(
        "POST /api/ask HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        served.address
    );
    assert_eq!(served.send(&post).status, 405);
}

#[test]
fn every_answer_carries_the_headers_of_safety() {
    let served = Served::new(|_| Err("nothing to load".to_owned()));
    let cookie = served.enter();
    for path in ["/", "/api/status", "/api/nothing", "/nothing", "/../Cargo.toml", "/%2e%2e/secret"] {
        let answer = served.get(path, &[("Cookie", &cookie)]);
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        if path.starts_with("/api/") {
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
            assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
        }
        assert!(!answer.head.contains(&served.token), "{path}");
        let wanted = if matches!(path, "/" | "/api/status") { 200 } else { 404 };
        assert_eq!(answer.status, wanted, "{path}");
    }
    let page = served.get("/", &[]);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(!page.body.contains("<style") && !page.body.contains("onload="), "{}", page.body);
}

/// MDN, Link header: a browser asks ahead for what a page says it needs, with `crossorigin` as `fetch` asks.
#[test]
fn a_page_says_what_it_asks_first_once_that_has_an_answer() {
    let (go, wait) = waiting();
    let served = Served::new(move |progress| {
        let _ = wait.lock().map(|wait| wait.recv());
        demo(progress)
    });
    let cookie = served.enter();
    let page = || served.get("/", &[("Cookie", &cookie)]);
    assert_eq!(page().header("link"), None);
    go.send(()).expect("it waits");
    served.ready(&cookie);
    let link = page().header("link").expect("it says so").to_owned();
    let paths: Vec<&str> = link.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect();
    assert_eq!(paths, ["/api/status", "/api/summary"]);
    assert_eq!(link.matches("; rel=preload; as=fetch; crossorigin").count(), paths.len());
    assert!(paths.iter().all(|path| served.get(path, &[("Cookie", &cookie)]).status == 200));
    // What says so is of this page alone.
    assert_eq!(served.get("/api/status", &[("Cookie", &cookie)]).header("link"), None);
}

/// Lets a thread wait until it is told to go.
fn waiting() -> (mpsc::Sender<()>, Mutex<mpsc::Receiver<()>>) {
    let (go, wait) = mpsc::channel();
    (go, Mutex::new(wait))
}

#[test]
fn reading_stops_between_its_steps_and_goes_on_when_it_is_wanted() {
    let (go, wait) = waiting();
    let begun = Arc::new(AtomicUsize::new(0));
    let count = begun.clone();
    let served = Served::new(move |progress| {
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            let _ = wait.lock().map(|wait| wait.recv());
        }
        demo(progress)
    });
    let cookie = served.enter();
    let get = |path: &str| served.get(path, &[("Cookie", &cookie)]);
    let wish = |wanted: bool| {
        let body = format!(r#"{{"wanted":{wanted}}}"#);
        let told = served.post("/api/load", &cookie, "application/json", &body);
        serde_json::from_str::<serde_json::Value>(&told.body).expect("JSON")["state"].clone()
    };
    assert_eq!(wish(false), "stopped");
    assert!(get("/api/summary").body.contains("was stopped"));
    // Wanted before it came to its end, it goes on where it is.
    assert_eq!(wish(true), "loading");
    assert_eq!(wish(false), "stopped");
    go.send(()).expect("it waits");
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(wish(true), "loading");
    served.ready(&cookie);
    assert!(begun.load(Ordering::SeqCst) <= 2);
    // What is there is not stopped any more.
    assert_eq!(wish(false), "ready");
}

#[test]
fn loading_is_told_step_by_step_and_so_is_its_failure() {
    let (go, wait) = waiting();
    let served = Served::new(move |progress| {
        progress.report("reading principals", 5, 10);
        // An error means that the test is over.
        let _ = wait.lock().map(|wait| wait.recv());
        Err("`x.json` is no snapshot".to_owned())
    });
    let cookie = served.enter();
    let get = |path: &str| served.get(path, &[("Cookie", &cookie)]);
    let until = |word: &str| {
        let start = Instant::now();
        loop {
            let body = get("/api/status").body;
            if body.contains(word) || start.elapsed() > Duration::from_secs(10) {
                return body;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    let loading = until("reading principals");
    let wanted = r#"{"state":"loading","step":"reading principals","done":5,"total":10,"error":null}"#;
    assert_eq!(loading, wanted);
    let early = get("/api/summary");
    assert_eq!(early.status, 503);
    assert!(early.body.starts_with(r#"{"error":"the snapshot is still being read","#), "{}", early.body);
    go.send(()).expect("it waits");
    let failed = until("failed");
    assert!(failed.contains(r#""error":"`x.json` is no snapshot""#), "{failed}");
}

#[test]
fn while_it_compiles_the_accounts_that_were_read_are_told_with_their_counts() {
    let (go, wait) = waiting();
    let served = Served::new(move |progress| {
        progress.count(7, 0);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
        let snapshot = clavicle_snapshot::open_any(&folder, |_, _| ()).map_err(|error| error.to_string())?;
        progress.read(&snapshot);
        progress.report("compiling policies", 1, 2);
        // An error means that the test is over.
        let _ = wait.lock().map(|wait| wait.recv());
        let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
        Ok(Reader::new(world, Settings::default()))
    });
    let cookie = served.enter();
    let status = || {
        let body = served.get("/api/status", &[("Cookie", &cookie)]).body;
        serde_json::from_str::<serde_json::Value>(&body).expect("JSON")
    };
    let start = Instant::now();
    while status()["step"] != "compiling policies" && start.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let loading = status();
    assert_eq!(loading["state"], "loading");
    go.send(()).expect("it waits");
    served.ready(&cookie);
    // What is told early is what home says later.
    let summary = served.get("/api/summary", &[("Cookie", &cookie)]).body;
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    let rows = |of: &serde_json::Value, rows: &str| -> Vec<serde_json::Value> {
        let accounts = of[rows].as_array().expect("accounts").iter();
        accounts
            .map(|row| {
                [&row["id"], &row["name"], &row["identities"], &row["things"]].into_iter().cloned().collect()
            })
            .collect()
    };
    let seen = &loading["seen"];
    assert_eq!(rows(seen, "rows"), rows(&summary, "accounts"));
    assert_eq!(seen["accounts"], summary["counts"]["accounts"]);
    assert_eq!(seen["things"], summary["snapshot"]["resources"]);
    assert_eq!(seen["identities"], summary["snapshot"]["identities"]);
    assert_eq!(status()["seen"], serde_json::Value::Null);
}

#[test]
fn the_calls_answer_in_their_schemas() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let get = |path: &str| served.get(path, &[("Cookie", &cookie)]);
    let ask = "/api/ask?text=who+can+read+s3%3A%2F%2Fpaperboat-invoices";
    for (path, schema) in [
        ("/api/summary", "clavicle.summary/1"),
        ("/api/map", "clavicle.map/1"),
        ("/api/map?account=444455556666", "clavicle.map/1"),
        ("/api/map?account=444455556666&focus=staging%3Arole%2FLogShipper", "clavicle.map/1"),
        (ask, "clavicle.answer/1"),
        (
            "/api/ask?verb=who&do=read&on=s3%3A%2F%2Fpaperboat-invoices&when=aws%3AMultiFactorAuthPresent%3Dtrue",
            "clavicle.answer/1",
        ),
    ] {
        let answer = get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(answer.body.contains(&format!("\"schema\":\"{schema}\"")), "{path}");
    }
    assert!(get("/api/complete?slot=on&text=paperboat-inv").body.contains("s3://paperboat-invoices"));
    let answer = get(ask).body;
    let cited = answer.split("\"document_id\":").nth(1).and_then(|rest| rest.split(',').next());
    let cited = cited.expect("the answer cites a document");
    let document = get(&format!("/api/document?id={cited}")).body;
    assert!(document.starts_with(&format!("{{\"id\":{cited},")), "{document}");
    // Asked twice, the map is the same bytes.
    assert_eq!(get("/api/map").body, get("/api/map").body);
}

#[test]
fn accounts_are_found_by_what_they_are_called() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let names = |path: &str| {
        let page = patient(&served, &cookie, path);
        assert_eq!(page["schema"], "clavicle.accounts/1");
        let accounts = page["accounts"].as_array().expect("a list");
        let names = accounts.iter().filter_map(|account| account["name"].as_str());
        (page["total"].as_u64(), names.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(names("/api/accounts"), (Some(4), "prod management staging tools".to_owned()));
    assert_eq!(names("/api/accounts?from=3"), (Some(4), "tools".to_owned()));
    assert_eq!(names("/api/accounts?find=4444"), (Some(1), "staging".to_owned()));
    // By its unit.
    assert_eq!(names("/api/accounts?find=WORKloads%2F"), (Some(2), "prod staging".to_owned()));
    assert_eq!(names("/api/accounts?find=nowhere"), (Some(0), String::new()));
    assert_eq!(served.get("/api/accounts?from=x", &[("Cookie", &cookie)]).status, 400);
}

/// A call whose answer takes its time, asked until it is there.
fn patient(served: &Served, cookie: &str, path: &str) -> serde_json::Value {
    let answer = settled(served, cookie, path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

/// The same, whatever comes of it.
fn settled(served: &Served, cookie: &str, path: &str) -> Answer {
    let start = Instant::now();
    loop {
        let answer = served.get(path, &[("Cookie", cookie)]);
        if answer.status != 202 {
            return answer;
        }
        assert!(answer.body.starts_with(r#"{"state":"working","step":"#), "{path}: {}", answer.body);
        assert!(start.elapsed() < Duration::from_secs(60), "{path} never was there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn findings_come_a_screenful_at_a_time_and_one_by_one_with_their_statements() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let get = |path: &str| patient(&served, &cookie, path);
    let page = get("/api/findings");
    assert_eq!(page["schema"], "clavicle.findings/1");
    let all = page["findings"].as_array().expect("a list");
    assert_eq!(page["total"], all.len());
    assert!(
        all.iter().all(|finding| finding["because"] == serde_json::json!([])),
        "statements come one by one"
    );
    for rule in page["rules"].as_array().expect("a list") {
        let narrowed = get(&format!("/api/findings?rule={}", rule["id"].as_str().expect("an id")));
        assert_eq!(narrowed["total"], rule["count"], "{rule}");
        assert_eq!(narrowed["rules"], page["rules"], "a choice leaves its own alternatives");
    }
    for account in page["accounts"].as_array().expect("a list") {
        let narrowed = get(&format!("/api/findings?account={}", account["id"].as_str().expect("an id")));
        assert_eq!(narrowed["total"], account["count"], "{account}");
    }
    assert_eq!(get("/api/findings?from=5")["findings"][0], all[5]);
    assert_eq!(get("/api/findings?from=99999")["findings"], serde_json::json!([]));
    assert_eq!(get("/api/findings?find=LogSHIPPER&severity=critical")["total"], 1);
    let accepted = get("/api/findings?state=accepted");
    assert_eq!((&accepted["total"], &accepted["state"]), (&page["counts"]["accepted"], &"accepted".into()));
    for finding in all {
        let id = finding["id"].as_str().expect("an id");
        let one = get(&format!("/api/finding?id={id}"));
        assert_eq!((&one["finding"]["id"], &one["rule"]["id"]), (&finding["id"], &finding["rule"]));
    }
}

#[test]
fn ways_in_come_a_screenful_at_a_time_and_one_by_one_with_their_steps() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let get = |path: &str| patient(&served, &cookie, path);
    let page = get("/api/border");
    assert_eq!(page["schema"], "clavicle.border/1");
    let all = page["ways"].as_array().expect("a list");
    assert_eq!(all[0]["way"]["from"], "999999999999");
    assert!(all.iter().all(|way| way["steps"] == serde_json::json!([])), "steps come one by one");
    for standing in page["standings"].as_array().expect("a list") {
        let id = standing["id"].as_str().expect("an id").replace(' ', "+");
        assert_eq!(get(&format!("/api/border?standing={id}"))["total"], standing["count"], "{standing}");
    }
    let told = |way: &serde_json::Value| {
        let way = &way["way"];
        format!("{} {}", way["from"].as_str().expect("a name"), way["opening"].as_str().expect("a word"))
    };
    let worst = get("/api/border?order=worst");
    let mut same: Vec<String> = worst["ways"].as_array().expect("a list").iter().map(told).collect();
    let mut here: Vec<String> = all.iter().map(told).collect();
    same.sort();
    here.sort();
    assert_eq!(same, here, "an order leaves nothing out");
    // Whom nobody knows comes first, however bad the others are.
    let of_strangers = page["standings"].as_array().expect("a list").iter();
    let strangers =
        of_strangers.filter(|it| it["id"] == "not known").filter_map(|it| it["count"].as_u64()).sum::<u64>();
    let is_stranger = |way: &serde_json::Value| {
        let outsider = way["way"]["outsider"].as_str().expect("a word");
        way["way"]["known"].is_null()
            && !["provider", "everyone", "any account", "service"].contains(&outsider)
    };
    let first: Vec<bool> = all.iter().map(is_stranger).collect();
    assert!(strangers > 1 && first[..strangers as usize].iter().all(|stranger| *stranger), "{first:?}");
    assert_ne!(worst["ways"], page["ways"], "nothing of this would tell the orders apart");
    assert_eq!(page["groups"], serde_json::json!([]));
    for by in ["who", "standing", "account", "door", "behind"] {
        let page = get(&format!("/api/border?group={by}"));
        let groups = page["groups"].as_array().expect("a list");
        assert!(!groups.is_empty(), "{by}");
        let mut next = 0;
        for group in groups {
            assert_eq!(group["from"].as_u64(), Some(next), "{by}: {groups:?}");
            next += group["count"].as_u64().expect("a count");
        }
        assert_eq!(page["total"].as_u64(), Some(next), "{by}: every row is of one group");
        let labels: std::collections::BTreeSet<&str> =
            groups.iter().map(|group| group["label"].as_str().expect("a label")).collect();
        assert_eq!(labels.len(), groups.len(), "{by}: a group is told once");
    }
    let by_account = get("/api/border?group=account");
    for group in by_account["groups"].as_array().expect("a list") {
        let from = group["from"].as_u64().expect("a place") as usize;
        let count = group["count"].as_u64().expect("a count") as usize;
        for way in &by_account["ways"].as_array().expect("a list")[from..from + count] {
            let door = way["on"][0]["name"].as_str().expect("a name");
            let name = group["label"].as_str().expect("a name");
            assert!(door.starts_with(&format!("{name}:")) || door.starts_with("s3://"), "{door} in {name}");
        }
    }
    let public = get("/api/border?public=true");
    assert_eq!((&public["total"], &public["ways"][0]["way"]["from"]), (&1.into(), &"everyone".into()));
    let key = "acct%2F999999999999+%E2%86%92+staging%3Arole%2FLogShipper";
    let one = get(&format!("/api/way?way={key}"));
    assert_eq!(one["schema"], "clavicle.way/1");
    assert_eq!(one["key"], all[0]["key"]);
    assert!(one["way"]["steps"][0]["because"][0]["line"].is_u64(), "{one}");
}

/// The demo with its logs beside it.
#[derive(Debug)]
struct WithLogs;

impl Beside for WithLogs {
    fn evidence(&self) -> Result<Evidence, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
        let file = EvidenceFile::unnamed().map_err(|error| error.to_string())?;
        file.read_logs(&[folder], &|_, _| ()).map_err(|error| error.to_string())?;
        file.evidence().map_err(|error| error.to_string())
    }

    fn snapshots(&self) -> Result<Vec<SavedSnapshot>, String> {
        Ok(vec![SavedSnapshot { name: "before".to_owned(), bytes: 1, open: false }])
    }

    /// Before somebody wrote `shared-ops`.
    fn read(&self, name: &str, progress: &Progress) -> Result<Reader, String> {
        let gone = Edit::Delete("staging:policy/shared-ops".to_owned());
        match name {
            "before" => demo(progress)?.tried(&[gone], |_, _| ()).map_err(|error| error.to_string()),
            "whole" => demo(progress),
            _ => Err(format!("there is no snapshot `{name}`")),
        }
    }
}

/// Of a role that is in the other snapshot alone the name is left out of a file as well.
#[test]
fn names_of_the_other_snapshot_are_left_out_too() {
    let gone = || Edit::Delete("staging:role/dev-fay".to_owned());
    let served = Served::beside(WithLogs, move |progress| {
        demo(progress)?.tried(&[gone()], |_, _| ()).map_err(|error| error.to_string())
    });
    let cookie = served.enter();
    served.ready(&cookie);
    let file = |rest: &str| {
        let path = format!("/api/export?view=map&form=html&with=whole&account=444455556666{rest}");
        let file = settled(&served, &cookie, &path);
        assert_eq!(file.status, 200, "{}", file.body);
        file.body
    };
    assert!(file("").contains("fay"));
    assert!(!file("&redact=true").contains("fay"));
}

#[test]
fn snapshots_are_listed_and_compared_with_the_older_one_as_before() {
    let served = Served::beside(WithLogs, demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let listed = patient(&served, &cookie, "/api/snapshots");
    assert_eq!(listed["snapshots"][0]["name"], "before");
    let page = patient(&served, &cookie, "/api/compare?with=before");
    assert_eq!((&page["schema"], &page["verdict"]), (&"clavicle.compared/1".into(), &"widens".into()));
    assert!(page["access"].as_array().is_some_and(|rows| rows.iter().all(|row| row["widens"] == true)));
    assert!(page["counts"]["access"].as_u64() > Some(0), "{page}");
    let map = patient(&served, &cookie, "/api/compare/map?with=before&account=444455556666");
    let file = settled(&served, &cookie, "/api/export?view=map&form=svg&with=before&account=444455556666");
    assert!(map["change"]["new"].as_u64() > Some(0) && file.body.contains("Only after: "), "{}", file.body);
    let absent = settled(&served, &cookie, "/api/compare?with=never");
    assert_eq!(absent.status, 404, "{}", absent.body);
}

/// What was saved before: a week ago, when nobody had written `shared-ops` yet, and a day ago, of other accounts.
#[derive(Debug)]
struct Weekly(&'static [&'static str]);

impl Beside for Weekly {
    fn evidence(&self) -> Result<Evidence, String> {
        ().evidence()
    }

    fn snapshots(&self) -> Result<Vec<SavedSnapshot>, String> {
        let one = |name: &&str| SavedSnapshot { name: (*name).to_owned(), bytes: 1, open: false };
        Ok(self.0.iter().map(one).collect())
    }

    fn read(&self, name: &str, progress: &Progress) -> Result<Reader, String> {
        match name {
            "2026-08-15T09-00-00Z" => WithLogs.read("before", progress),
            "2026-08-21T09-00-00Z" => {
                let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
                let user = serde_json::json!({"Path": "/", "UserName": "a", "UserId": "AIDAA",
                    "Arn": "arn:aws:iam::222233334444:user/a", "CreateDate": "2024-01-01T00:00:00+00:00",
                    "GroupList": [], "Tags": [], "UserPolicyList": [], "AttachedManagedPolicies": []});
                let details = serde_json::json!({"UserDetailList": [user], "GroupDetailList": [],
                    "RoleDetailList": [], "Policies": []});
                std::fs::write(folder.path().join("gaad.json"), details.to_string())
                    .map_err(|error| error.to_string())?;
                let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ())
                    .map_err(|error| error.to_string())?;
                let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
                Ok(Reader::new(world, Settings::default()))
            }
            _ => Err(format!("there is no snapshot `{name}`")),
        }
    }
}

#[test]
fn what_the_rules_find_is_compared_with_a_week_ago() {
    let since = |names| {
        let served = Served::beside(Weekly(names), demo);
        let cookie = served.enter();
        served.ready(&cookie);
        (patient(&served, &cookie, "/api/since"), patient(&served, &cookie, "/api/findings"))
    };
    let (page, _) = since(&["2026-08-21T09-00-00Z", "2026-08-15T09-00-00Z"]);
    assert_eq!((&page["with"], &page["gone"]["critical"]), (&"2026-08-15T09-00-00Z".into(), &0.into()));
    assert_eq!(page["new"]["high"], 1, "the policy that tasks share is new: {page}");
    // Each of what is gone is told as what is there is, but for its documents, whose numbers are of the other snapshot.
    let served = Served::beside(Weekly(&["2026-08-15T09-00-00Z"]), |progress| {
        let gone = Edit::Delete("prod:policy/billing-data".to_owned());
        demo(progress)?.tried(&[gone], |_, _| ()).map_err(|error| error.to_string())
    });
    let cookie = served.enter();
    served.ready(&cookie);
    let get = |path: &str| patient(&served, &cookie, path);
    let (told, page) = (get("/api/since"), get("/api/findings?state=gone"));
    let counts = ["critical", "high", "medium", "low"].map(|word| told["gone"][word].as_u64());
    assert_eq!(page["total"].as_u64(), counts.into_iter().sum(), "{told} {page}");
    assert!(page["total"].as_u64() > Some(0), "something is gone with the policy: {page}");
    assert!(
        page["sentence"].as_str().is_some_and(|text| text.contains("no longer found since 2026-08-")),
        "{page}"
    );
    let id = page["findings"][0]["id"].as_str().expect("an id");
    assert_eq!(settled(&served, &cookie, &format!("/api/finding?id={id}")).status, 404);
    let one = get(&format!("/api/finding?id={id}&state=gone"));
    assert_eq!(one["finding"]["because"][0]["document_id"], serde_json::Value::Null, "{one}");
    let file = |rest: &str| {
        settled(&served, &cookie, &format!("/api/export?view=findings&form=csv&state=gone{rest}"))
    };
    assert!(file("").body.contains(id));
    // Pseudonyms are those of the names of this snapshot, which need not have the names of the other.
    assert_eq!(file("&redact=true").status, 400);
    // A snapshot of other accounts is no older state of these.
    let (page, _) = since(&["2026-08-21T09-00-00Z"]);
    assert_eq!((&page["with"], &page["new"]["critical"]), (&serde_json::Value::Null, &0.into()));
    let served = Served::beside(Weekly(&[]), demo);
    let cookie = served.enter();
    served.ready(&cookie);
    assert_eq!(settled(&served, &cookie, "/api/findings?state=gone").status, 404);
    assert_eq!(since(&[]).0["with"], serde_json::Value::Null);
}

/// Neither its evidence can be read nor is a snapshot there, until somebody sees to it.
#[derive(Debug, Default)]
struct Mended {
    good: Arc<AtomicBool>,
    read: Arc<AtomicUsize>,
}

impl Beside for Mended {
    fn evidence(&self) -> Result<Evidence, String> {
        self.read.fetch_add(1, Ordering::SeqCst);
        if self.good.load(Ordering::SeqCst) {
            WithLogs.evidence()
        } else {
            Err("`usage.db` is cut off".to_owned())
        }
    }

    fn snapshots(&self) -> Result<Vec<SavedSnapshot>, String> {
        WithLogs.snapshots()
    }

    fn read(&self, name: &str, progress: &Progress) -> Result<Reader, String> {
        if self.good.load(Ordering::SeqCst) { WithLogs.read(name, progress) } else { ().read(name, progress) }
    }
}

#[test]
fn what_could_not_be_read_is_read_again_once_it_is_mended() {
    let beside = Mended::default();
    let (good, read) = (beside.good.clone(), beside.read.clone());
    let served = Served::beside(beside, demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let calls = ["/api/granted", "/api/plan?who=staging%3Arole%2Fnightly-exec", "/api/compare?with=before"];
    for (path, status) in calls.into_iter().zip([400, 400, 404]) {
        let refused = settled(&served, &cookie, path);
        assert_eq!(refused.status, status, "{path}: {}", refused.body);
    }
    good.store(true, Ordering::SeqCst);
    let before = read.load(Ordering::SeqCst);
    for path in calls {
        let answer = settled(&served, &cookie, path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    patient(&served, &cookie, "/api/granted?since=30d");
    assert_eq!(read.load(Ordering::SeqCst) - before, 1, "what is good is kept");
}

#[test]
fn a_draft_is_looked_at_by_the_rules_for_its_kind() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let faults = |policy: &str, text: &str| {
        let body = serde_json::json!({"text": text, "policy": policy}).to_string();
        let answer = served.post("/api/lint", &cookie, "application/json", &body);
        let answer: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        let faults = answer["faults"].as_array().expect("a list").clone();
        faults
            .iter()
            .map(|fault| (fault["id"].as_str().unwrap_or_default().to_owned(), fault["refused"] == true))
            .collect::<Vec<_>>()
    };
    let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObjects", "Resource": "arn:aws:s3:::b/*"}]}"#;
    let of_identity = faults("staging:policy/shared-ops", text);
    assert!(of_identity.contains(&("unknown-action".to_owned(), false)), "{of_identity:?}");
    // The same text without a principal is no trust policy.
    let of_trust = faults("staging:role/LogShipper#trust", text);
    assert_ne!(of_trust, of_identity);
    let fine = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}"#;
    assert_eq!(faults("staging:policy/shared-ops", fine), []);
}

#[test]
fn what_is_granted_and_used_comes_a_screenful_at_a_time_and_one_by_one_with_a_plan() {
    let served = Served::beside(WithLogs, demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let get = |path: &str| patient(&served, &cookie, path);
    let page = get("/api/granted");
    assert_eq!(page["schema"], "clavicle.granted/1");
    assert!(page["sentence"].as_str().is_some_and(|text| text.contains(" of 345 identities ")), "{page}");
    // The 41 equal roles are one line.
    assert_eq!(get("/api/granted?find=role%2Fdev-")["identities"][0]["count"], 41);
    assert_eq!(page["evidence"]["any"], true);
    for facet in ["standings", "accounts", "kinds"] {
        for value in page[facet].as_array().expect("a list") {
            let id = value["id"].as_str().expect("an id").replace(' ', "+");
            let name = facet.trim_end_matches('s');
            assert_eq!(get(&format!("/api/granted?{name}={id}"))["total"], value["count"], "{facet} {value}");
        }
    }
    // Of `granted` actions so many were used, so many were not, of so many nobody can know: what is said adds up.
    let said = page["sentence"].as_str().and_then(|text| text.split_once("; of ")).expect("a sentence").1;
    let numbers: Vec<usize> = said
        .replace(',', "")
        .split(|letter: char| !letter.is_ascii_digit())
        .filter_map(|part| part.parse().ok())
        .collect();
    assert!(numbers.len() == 4 && numbers[0] == numbers[1..].iter().sum::<usize>(), "{said}");
    let lines = page["identities"].as_array().expect("a list");
    for line in lines {
        let count = |name: &str| line[name].as_u64().expect("a count");
        assert_eq!(count("granted"), count("used") + count("unknown") + count("unused"), "{line}");
    }
    let longer = get("/api/granted?since=400d");
    assert_ne!(longer["since"], page["since"]);
    let one = get("/api/plan?who=staging%3Arole%2Fnightly-exec");
    assert_eq!(one["schema"], "clavicle.plan/1");
    let listed = lines.iter().find(|line| line["thing"]["name"] == "staging:role/nightly-exec");
    assert_eq!(listed.map(|line| &line["unused"]), Some(&one["permissions"]["unused"]));
    assert_eq!(one["plan"]["verified"]["within"], "proved");
    assert!(one["enough"]["terraform"].as_str().is_some_and(|text| text.contains("aws_iam_policy")), "{one}");
    let cookie = [("Cookie", cookie.as_str())];
    assert_eq!(served.get("/api/granted?since=soon", &cookie).status, 400);
    assert_eq!(served.get("/api/plan?who=nobody-of-this-name", &cookie).status, 400);
}

#[test]
fn without_evidence_nothing_is_called_unused_that_nobody_looked_at() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let page = patient(&served, &cookie, "/api/granted");
    assert_eq!(page["evidence"]["any"], false);
    for line in page["identities"].as_array().expect("a list") {
        let nothing = line["unused"] == 0 || line["standing"] == "did nothing";
        assert!(nothing && line["used"] == 0, "{line}");
    }
    let one = patient(&served, &cookie, "/api/plan?who=staging%3Arole%2Fnightly-exec");
    assert_eq!(one["plan"], serde_json::Value::Null);
    assert!(one["refused"]["hint"].as_str().is_some_and(|hint| hint.contains("clavicle usage")), "{one}");
}

#[test]
fn policies_come_a_screenful_at_a_time_and_one_by_one_with_what_they_give() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let get = |path: &str| patient(&served, &cookie, path);
    let page = get("/api/policies");
    assert_eq!(page["schema"], "clavicle.policies/1");
    assert!(page["total"].as_u64() > Some(60) && page["policies"].as_array().map(Vec::len) == Some(60));
    let by_kind = page["kinds"].as_array().expect("a list").iter().filter_map(|kind| kind["count"].as_u64());
    assert_eq!(Some(by_kind.sum()), page["total"].as_u64(), "each policy is of one kind");
    let attached = |lens: &str| get(&format!("/api/policies?lens={lens}"))["total"].as_u64();
    assert_eq!(
        attached("attached").zip(attached("not+attached")).map(|(a, b)| a + b),
        page["total"].as_u64()
    );
    // One of each kind, told whole.
    for kind in page["kinds"].as_array().expect("a list") {
        let query = kind["id"].as_str().expect("a kind").replace(' ', "+");
        let first = &get(&format!("/api/policies?kind={query}"))["policies"][0];
        let name = first["name"].as_str().expect("a name").replace('#', "%23");
        let policy = get(&format!("/api/policy?name={name}"));
        assert_eq!(policy["policy"]["kind"], kind["id"], "{name}");
        assert_eq!(
            policy["answers"].as_array().map(Vec::len).map(serde_json::Value::from),
            first.get("statements").cloned(),
            "{name}"
        );
    }
    let shared = get("/api/policy?name=staging:policy/shared-ops");
    assert_eq!(shared["policy"]["tasks"].as_array().map(Vec::len), Some(4));
    let deploy = shared["policy"]["statements"].as_array().expect("a list");
    assert!(deploy.iter().any(|it| it["gives"][0]["access"] == "control" && it["gives"][0]["count"] == 14));
}

#[test]
fn what_was_seen_is_told_by_account_and_service() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let page = patient(&served, &cookie, "/api/data");
    assert_eq!(page["schema"], "clavicle.coverage/1");
    let services = page["services"].as_array().expect("a list");
    let of = |account: &str, service: &str| {
        let rows = page["accounts"].as_array().expect("a list");
        let row = rows.iter().find(|row| row["name"] == account).expect("the account");
        assert_eq!(row["cells"].as_array().map(Vec::len), Some(services.len()));
        let at = services.iter().position(|known| known == service).expect("the service");
        row["cells"][at].as_str().expect("a word").to_owned()
    };
    assert_eq!(
        (of("staging", "iam").as_str(), of("staging", "secretsmanager").as_str()),
        ("seen", "partial")
    );
    let secrets = |page: &serde_json::Value| {
        let gaps = page["gaps"].as_array().expect("a list").clone();
        gaps.into_iter().find(|gap| gap["call"] == "secretsmanager:GetResourcePolicy")
    };
    let gap = secrets(&page).expect("the demo has secrets whose policies nobody has seen");
    assert_eq!((&gap["unseen_count"], &gap["places"]), (&11.into(), &serde_json::json!(["staging"])));
    let tools = page["choices"].as_array().expect("a list").iter().find(|choice| choice["label"] == "tools");
    let tools = tools.and_then(|choice| choice["id"].as_str()).expect("an id");
    let of_tools = patient(&served, &cookie, &format!("/api/data?account={tools}"));
    assert_eq!((&of_tools["total"], secrets(&of_tools)), (&1.into(), None));
}

impl Served {
    fn post(&self, path: &str, cookie: &str, kind: &str, body: &str) -> Answer {
        self.send(&format!(
            "POST {path} HTTP/1.1\r\nConnection: close\r\nHost: {}\r\nCookie: {cookie}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        ))
    }
}

/// What is sent, until there is an answer.
fn sent(served: &Served, cookie: &str, path: &str, body: &str) -> Answer {
    let start = Instant::now();
    loop {
        let answer = served.post(path, cookie, "application/json", body);
        if answer.status != 202 || start.elapsed() > Duration::from_secs(120) {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_change_is_tried_on_a_copy() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let tried = |body: &str| {
        let answer = sent(&served, &cookie, "/api/try", body);
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str::<serde_json::Value>(&answer.body).expect("JSON")
    };
    let before = served.get("/api/map", &[("Cookie", &cookie)]).body;
    let page = tried(r#"{"edits":[{"policy":"staging:policy/shared-ops","delete":true}]}"#);
    assert_eq!((&page["schema"], &page["verdict"]), (&"clavicle.try/1".into(), &"narrows".into()));
    assert_eq!(page["counts"]["opened"], 0);
    assert!(page["access"].as_array().is_some_and(|rows| rows.iter().any(|row| row["widens"] == false)));
    assert_eq!(served.get("/api/map", &[("Cookie", &cookie)]).body, before, "only a copy is changed");
    let same = tried(r#"{"edits":[{"policy":"staging:policy/ops-legacy","delete":true}]}"#);
    assert_eq!(same["access"], serde_json::json!([]), "nobody has what it gives");
}

#[test]
fn a_change_says_so_where_what_was_used_could_not_be_read() {
    let body = r#"{"edits":[{"policy":"staging:policy/shared-ops","delete":true}]}"#;
    let notes = |beside: Mended| {
        let served = Served::beside(beside, demo);
        let cookie = served.enter();
        served.ready(&cookie);
        let answer = sent(&served, &cookie, "/api/try", body);
        let page: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(answer.status, 200, "{page}");
        let notes = page["notes"].as_array().expect("a list").iter();
        let notes: Vec<String> = notes.filter_map(|note| note.as_str().map(str::to_owned)).collect();
        (
            page["breaks"].is_null(),
            notes.into_iter().filter(|note| note.contains("What was used")).collect::<Vec<_>>(),
        )
    };
    let (is_silent, notes_of_bad) = notes(Mended::default());
    assert!(
        is_silent && notes_of_bad.len() == 1 && notes_of_bad[0].contains("`usage.db` is cut off"),
        "{notes_of_bad:?}"
    );
    let good = Mended::default();
    good.good.store(true, Ordering::SeqCst);
    assert_eq!(notes(good), (false, Vec::new()));
}

/// AWS: IAM User Guide, "Permissions boundaries for IAM entities": "An entity's permissions boundary allows it to perform
/// only the actions that are allowed by both its identity-based policies and its permissions boundaries."
#[test]
fn a_boundary_is_tried_and_taken_away() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let tried = |body: &str| {
        let answer = sent(&served, &cookie, "/api/try", body);
        (answer.status, serde_json::from_str::<serde_json::Value>(&answer.body).expect("JSON"))
    };
    let (status, page) =
        tried(r#"{"edits":[{"policy":"staging:policy/web-preview","bound":"staging:role/deployer"}]}"#);
    assert_eq!((status, &page["verdict"]), (200, &"narrows".into()), "{page}");
    assert_eq!(page["attachments"][0]["change"], "boundary");
    // Who has one loses it, and gets nothing by that where the boundary kept nothing out.
    let (status, page) = tried(r#"{"edits":[{"unbound":"prod:role/catalog-worker-task"}]}"#);
    assert_eq!((status, &page["attachments"][0]["change"]), (200, &"no boundary".into()), "{page}");
    assert_eq!(
        (&page["access"], &page["attachments"][0]["may_widen"]),
        (&serde_json::json!([]), &true.into())
    );
    // What it does not let through gives nothing within it, and something without.
    let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "lambda:UpdateFunctionCode", "Resource": "*"}]}"#;
    let attached = serde_json::json!([
        {"policy": "prod:policy/billing-data", "text": text},
        {"policy": "prod:policy/billing-data", "attach": "prod:role/catalog-worker-task"},
    ]);
    let gains = |edits: &serde_json::Value| {
        let (status, page) = tried(&serde_json::json!({ "edits": edits }).to_string());
        assert_eq!(status, 200, "{page}");
        let rows = page["access"].as_array().expect("a list").iter().filter(|row| row["widens"] == true);
        rows.filter(|row| row["who"].to_string().contains("catalog-worker-task")).count()
    };
    assert_eq!(gains(&attached), 0);
    let mut freed = attached;
    freed
        .as_array_mut()
        .expect("a list")
        .push(serde_json::json!({"unbound": "prod:role/catalog-worker-task"}));
    assert!(gains(&freed) > 0);
    for wrong in [
        r#"{"edits":[{"unbound":"staging:role/deployer"}]}"#,
        r#"{"edits":[{"policy":"staging:policy/web-preview","unbound":"staging:role/deployer"}]}"#,
        r#"{"edits":[{"bound":"staging:role/deployer"}]}"#,
    ] {
        assert_eq!(tried(wrong).0, 400, "{wrong}");
    }
}

#[test]
fn a_change_is_drawn_before_and_after_and_kept_until_the_next() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let sent = |path: &str, body: &str| sent(&served, &cookie, path, body);
    let body = r#"{"edits":[{"policy":"staging:policy/shared-ops","delete":true}]}"#;
    let answer = sent("/api/try/map?account=444455556666", body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let page: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!((&page["schema"], &page["title"]), (&"clavicle.map/1".into(), &"staging".into()));
    assert!(page["change"]["gone"].as_u64().is_some_and(|gone| gone > 0), "{}", page["change"]);
    assert_eq!(page["change"]["new"], 0);
    let ribbons = page["ribbons"].as_array().expect("lines");
    let gone = ribbons.iter().filter(|ribbon| ribbon["change"] == "gone");
    assert!(gone.clone().all(|ribbon| ribbon["pairs"].as_array().is_some_and(|pairs| !pairs.is_empty())));
    assert_eq!(Some(gone.count() as u64), page["change"]["gone"].as_u64());
    // What goes is made by the policy before, and kept out by no layer but the one that says nothing after.
    let line =
        ribbons.iter().find(|it| it["change"] == "gone" && it["relation"] == "controls").expect("one goes");
    let id: String = line["id"].as_str().expect("an id").bytes().map(|byte| format!("%{byte:02X}")).collect();
    let why = sent(&format!("/api/try/why?account=444455556666&pair=0&ribbon={id}"), body);
    let why: serde_json::Value = serde_json::from_str(&why.body).expect("JSON");
    let cited = why.pointer("/before/steps/0/because/0/document").and_then(|name| name.as_str());
    assert_eq!(cited, Some("policy/shared-ops"), "{why}");
    assert_eq!(why.pointer("/after/steps").and_then(|steps| steps.as_array()).map(Vec::len), Some(0));
    let said = why.pointer("/after/refused/sentence").and_then(|text| text.as_str()).unwrap_or_default();
    assert!(said.to_lowercase().starts_with("no"), "{said}");
    assert_eq!(
        (&why["pairs"][0]["before"]["access"][0], &why["pairs"][0]["after"]),
        (&"control".into(), &serde_json::Value::Null)
    );
    assert_eq!(sent("/api/try/why?account=444455556666&ribbon=nothing", body).status, 404);
    let everything = sent("/api/try/map", body);
    assert!(everything.body.contains(r#""level":"organization""#), "{}", everything.body);
    let unit = sent("/api/try/map?unit=ou-pb0a-df110817", body);
    assert!(unit.body.contains(r#""level":"unit","title":"workloads""#), "{}", unit.body);
    assert_eq!(sent("/api/try/map?unit=ou-of-nobody", body).status, 404);
    assert_eq!(sent("/api/try/map?account=1", body).status, 404);
    assert_eq!(sent("/api/try/map?account=999999999999", body).status, 404);
    // What is done is not stopped any more; what nobody knows neither.
    let stop = |what: &str| sent("/api/stop", &serde_json::json!({ "what": what }).to_string()).body;
    assert_eq!(
        (stop(body), stop("x")),
        (r#"{"stopped":false}"#.to_owned(), r#"{"stopped":false}"#.to_owned())
    );
    assert_eq!(sent("/api/stop", "{}").status, 400);
    // The map as files: both sides, or what of it there is on one of them.
    let file = |rest: &str| {
        let file = sent(&format!("/api/export?view=map&account=444455556666&{rest}"), body);
        assert_eq!(file.status, 200, "{rest}: {}", file.body);
        file.body
    };
    let drawn = file("form=svg");
    assert!(
        drawn.starts_with("<svg ")
            && drawn.contains("Only before: ")
            && drawn.contains("hollow: only before")
    );
    let count = |text: &str, what: &str| text.matches(what).count() as u64;
    assert_eq!(Some(count(&file("form=csv"), "only before,")), page["change"]["gone"].as_u64());
    assert_eq!(count(&file("form=csv&side=after"), "only before"), 0);
    assert!(count(&file("form=csv&side=before"), "only before") > 0);
    let hidden = file("form=svg&redact=true");
    assert!(!hidden.contains("nightly-report") && drawn.contains("nightly-report"), "{hidden}");
    for wrong in ["view=map&form=svg&side=left", "view=findings&form=csv", "form=csv"] {
        assert_eq!(sent(&format!("/api/export?{wrong}"), body).status, 400, "{wrong}");
    }
    // The same as a file, which names are left out of where that is asked.
    let file = sent("/api/export?view=changes&form=csv&redact=true", body);
    assert_eq!(file.status, 200, "{}", file.body);
    assert!(!file.body.contains("shared-ops") && file.body.contains(','), "{}", file.body);
}

#[test]
fn a_file_of_before_and_after_has_the_marks_of_its_side() {
    let served = Served::new(|_| Ok(crate::map::tests::demo::with_what_matters()));
    let cookie = served.enter();
    served.ready(&cookie);
    let body = r#"{"edits":[{"policy":"staging:policy/shared-ops","delete":true}]}"#;
    let led = |rest: &str| {
        let file = sent(&served, &cookie, &format!("/api/export?view=map&form=svg&{rest}"), body);
        assert_eq!(file.status, 200, "{rest}: {}", file.body);
        file.body
    };
    let [before, after, both] = ["side=before", "side=after", "side=both"].map(led);
    let way = "the worst, critical: acct/999999999999 by way of staging, in 5 steps";
    let left = "1 chain leads here, medium";
    assert!(before.contains(way) && !before.contains("; after, "), "{before}");
    assert!(!after.contains(way) && after.contains(left), "{after}");
    assert!(both.contains(&format!("{way}; after, {left}")), "{both}");
    let hidden = led("side=both&redact=true");
    assert!(!hidden.contains("999999999999") && hidden.contains("; after, "), "{hidden}");
}

#[test]
fn what_is_stopped_ends_at_its_next_step_and_may_be_asked_for_again() {
    let (go, held) = mpsc::channel();
    let reader = demo(&Progress::default()).expect("the demo");
    let open = Arc::new(Open::new(reader, Arc::new(Held(Mutex::new(held))), None, &Progress::default()));
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let (end, ended) = mpsc::channel();
    let ask = |again| {
        let end = end.clone();
        let work = move |open: &Open, progress: &Progress| {
            let compared = view::compare(open, "before", progress);
            end.send((compared.is_ok(), progress.now().step)).expect("the test goes on");
            compared
        };
        runtime.block_on(open.compared.find("before".to_owned(), Again(again), open.clone(), work))
    };
    let end_of = |what: &str| {
        let told = ended.recv_timeout(Duration::from_secs(60));
        told.unwrap_or_else(|_| panic!("{what} never ended"))
    };
    assert!(matches!(ask(false), Ok(crate::shelf::Found::Working(_))), "it is held");
    assert!(open.compared.stop("before"), "it was under way");
    assert!(!open.compared.stop("before"), "it is not any more");
    assert!(ask(true).is_err(), "a call that was on its way when it was stopped begins nothing");
    go.send(()).expect("it is read");
    let (is_compared, step) = end_of("the one that was stopped");
    assert!(!is_compared && step.as_deref() != Some("comparing"), "{step:?}");
    // The next has its turn at once, and the snapshot that was read for the first was kept for it.
    let start = Instant::now();
    while !matches!(ask(false), Ok(crate::shelf::Found::Made(_))) {
        assert!(start.elapsed() < Duration::from_secs(60), "it never came to that");
    }
    assert_eq!(end_of("the next"), (true, Some("comparing".to_owned())));
    assert!(ended.try_recv().is_err(), "nothing else was worked out");
}

/// Reads a snapshot once it is told to.
#[derive(Debug)]
struct Held(Mutex<mpsc::Receiver<()>>);

impl Beside for Held {
    fn evidence(&self) -> Result<Evidence, String> {
        ().evidence()
    }

    fn snapshots(&self) -> Result<Vec<SavedSnapshot>, String> {
        WithLogs.snapshots()
    }

    fn read(&self, name: &str, progress: &Progress) -> Result<Reader, String> {
        progress.report("held", 0, 0);
        let held = self.0.lock().map_err(|error| error.to_string())?;
        held.recv_timeout(Duration::from_secs(60)).map_err(|error| error.to_string())?;
        WithLogs.read(name, progress)
    }
}

#[test]
fn what_nobody_waits_for_makes_room_for_the_next() {
    let (go, held) = mpsc::channel();
    let reader = demo(&Progress::default()).expect("the demo");
    let open = Open::new(reader, Arc::new(Held(Mutex::new(held))), None, &Progress::default());
    let until = |is_so: &dyn Fn() -> bool| {
        let start = Instant::now();
        while !is_so() {
            assert!(start.elapsed() < Duration::from_secs(60), "it never came to that");
            std::thread::sleep(Duration::from_millis(2));
        }
    };
    let (left, heard) = (Progress::default(), Progress::default());
    heard.hear();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| view::compare(&open, "before", &left));
        until(&|| left.now().step.as_deref() == Some("held"));
        let next = scope.spawn(|| view::compare(&open, "before", &heard));
        until(&|| open.turns.waiting() == 1);
        assert_eq!((go.send(()), go.send(())), (Ok(()), Ok(())));
        assert!(first.join().expect("no panic").is_err(), "another waited");
        assert!(next.join().expect("no panic").is_ok(), "somebody waited for it");
    });
    go.send(()).expect("it is open");
    assert!(view::compare(&open, "before", &left).is_ok(), "it was in nobody's way");
    // Of two drafts that nobody waits for the first to have its turn makes room, and the last is worked out.
    let edits = [Edit::Delete("staging:policy/ops-legacy".to_owned())];
    std::thread::scope(|scope| {
        let turn = open.turns.take();
        let tried = [(); 2].map(|()| scope.spawn(|| view::try_edits(&open, "x", &edits, &left).is_ok()));
        until(&|| open.turns.waiting() == 2);
        drop(turn);
        let mut tried = tried.map(|tried| tried.join().expect("no panic"));
        tried.sort_unstable();
        assert_eq!(tried, [false, true]);
    });
}

#[test]
fn what_is_sent_is_held_to_a_form() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let json = "application/json";
    let long = format!(r#"{{"text":"{}"}}"#, " ".repeat(300 * 1024));
    for (path, cookie, kind, body, status) in [
        ("/api/try", "", json, r#"{"edits":[]}"#, 403),
        ("/api/try", &*cookie, "text/plain", r#"{"edits":[]}"#, 400),
        ("/api/try", &cookie, json, r#"{"edits":[]}"#, 400),
        ("/api/try", &cookie, json, "{", 400),
        ("/api/try", &cookie, json, r#"{"edits":[{"policy":"nobody","delete":true}]}"#, 400),
        ("/api/try", &cookie, json, r#"{"edits":[{"policy":"x","text":"{}","delete":true}]}"#, 400),
        (
            "/api/try",
            &cookie,
            json,
            r#"{"edits":[{"policy":"staging:policy/shared-ops","text":"nothing"}]}"#,
            400,
        ),
        ("/api/lint", &cookie, json, &long, 413),
        ("/api/summary", &cookie, json, "{}", 405),
    ] {
        let mut answer = served.post(path, cookie, kind, body);
        let start = Instant::now();
        while answer.status == 202 && start.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(50));
            answer = served.post(path, cookie, kind, body);
        }
        assert_eq!(answer.status, status, "{path} {body:.80}: {}", answer.body);
        assert!(answer.body.starts_with("{\"error\":\""), "{path}: {}", answer.body);
    }
    assert_eq!(served.get("/api/try", &[("Cookie", &cookie)]).status, 405);
    let fine = served.post(
        "/api/lint",
        &cookie,
        json,
        r#"{"text":"{\"Version\":\"2012-10-17\",\"Statement\":[]}"}"#,
    );
    assert!(fine.body.contains(r#""schema":"clavicle.lint/1""#), "{}", fine.body);
    // Places are counted as browsers count: two units for what lies past the first plane.
    let text = r#"{"text":"{\"Version\":\"2012-10-17\",\n\"Id\":\"\ud83d\udd11\",\"Statement\":[{\"Effect\":\"Alow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"}"#;
    let faults = served.post("/api/lint", &cookie, json, text);
    let faults: serde_json::Value = serde_json::from_str(&faults.body).expect("JSON");
    let fault = &faults["faults"][0];
    assert_eq!((&fault["severity"], &fault["line"]), (&"error".into(), &2.into()), "{faults}");
    let policy: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let units: Vec<u16> = policy["text"].as_str().expect("a text").encode_utf16().collect();
    let at = |name: &str| fault[name].as_u64().and_then(|at| usize::try_from(at).ok()).expect("a place");
    assert_eq!(String::from_utf16_lossy(&units[at("from")..at("to")]), "\"Alow\"");
}

/// IAM User Guide, [Troubleshoot access denied error
/// messages](https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
#[test]
fn a_refusal_of_aws_that_is_pasted_is_asked_layer_by_layer() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let ask = |message: &str| {
        let text: String = message.bytes().map(|byte| format!("%{byte:02X}")).collect();
        served.get(&format!("/api/ask?text={text}"), &[("Cookie", &cookie)])
    };
    let refused = "User: arn:aws:sts::444455556666:assumed-role/deployer/ci is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::paperboat-invoices/2026/07.csv\" with an explicit deny in a service control policy";
    let answer = ask(refused);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let page: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!((&page["verdict"], &page["question"]["verb"]), (&"no".into(), &"can".into()), "{page}");
    let pins = page["pins"].as_array().expect("pins");
    let stops = pins.iter().filter(|pin| pin["state"] == "stops");
    assert_eq!(stops.map(|pin| &pin["layer"]).collect::<Vec<_>>(), ["scp"], "{page}");
    assert!(
        page["notes"].to_string().contains("AWS names one kind of policy, service control policy"),
        "{page}"
    );
    // It has to say who.
    let unclear = ask("An error occurred (AccessDenied) when calling the GetObject operation: Access Denied");
    assert_eq!(unclear.status, 400, "{}", unclear.body);
    assert!(unclear.body.contains("this message does not say who may not do what"), "{}", unclear.body);
}

#[test]
fn what_cannot_be_answered_is_an_error_with_a_status() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    // Until these are there, calls about them are told to wait.
    for path in ["/api/findings", "/api/border", "/api/policies"] {
        patient(&served, &cookie, path);
    }
    for (path, status) in [
        ("/api/ask?text=please+make+me+a+sandwich", 400),
        ("/api/ask", 400),
        ("/api/ask?verb=dance", 400),
        ("/api/ask?verb=who&on=s3%3A%2F%2Fpaperboat-invoices&when=mfa", 400),
        ("/api/ask?text=%ff%fe", 400),
        ("/api/complete?slot=soap&text=x", 400),
        ("/api/map?account=999999999999", 404),
        ("/api/map?account=../../etc/passwd", 404),
        ("/api/map?account=444455556666&focus=nobody", 404),
        ("/api/map?unit=ou-of-nobody", 404),
        ("/api/map?unit=%00+%25", 404),
        ("/api/map?unit=ou-pb0a-df110817&account=444455556666", 400),
        ("/api/cells?unit=ou-of-nobody", 404),
        ("/api/why?unit=ou-pb0a-df110817&ribbon=x", 404),
        ("/api/why?ribbon=%3Cscript%3Ealert(1)%3C%2Fscript%3E", 404),
        ("/api/why?account=444455556666&ribbon=x&pair=-1", 400),
        ("/api/document?id=99999999", 404),
        ("/api/document?id=%00", 404),
        ("/api/nothing", 404),
        ("/api/findings?from=-1", 400),
        ("/api/findings?state=lost", 400),
        ("/api/finding?id=%3Cb%3E", 404),
        ("/api/border?public=perhaps", 400),
        ("/api/border?order=best", 400),
        ("/api/border?group=colour", 400),
        ("/api/policy/used?name=nobody", 400),
        ("/api/way?way=nobody", 404),
        ("/api/policy?name=nobody", 400),
    ] {
        let answer = served.get(path, &[("Cookie", &cookie)]);
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        for part in ["{\"error\":\"", "\"hint\":", "\"candidates\":["] {
            assert!(answer.body.contains(part), "{path}: {}", answer.body);
        }
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
    }
    let nearest = served.get("/api/ask?text=please+make+me+a+sandwich", &[("Cookie", &cookie)]).body;
    assert!(nearest.contains("who can"), "{nearest}");
}

#[test]
fn every_view_is_handed_on_as_a_file_with_and_without_names() {
    let served = Served::new(demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let file = |path: &str| {
        for _ in 0..600 {
            let answer = served.get(path, &[("Cookie", &cookie)]);
            if answer.status != 202 {
                assert_eq!(answer.status, 200, "{path}: {}", answer.body);
                return answer;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("{path} does not come")
    };
    let question = "text=who%20can%20read%20s3%3A%2F%2Fpaperboat-invoices";
    for (view, parameters, name) in [
        ("answer", question, "paperboat-invoices"),
        ("map", "account=444455556666", "nightly-report"),
        ("map", "unit=ou-pb0a-df110817", "staging"),
        ("border", "", "LogShipper"),
        ("policies", "", "shared-ops"),
        ("policy", "name=staging%3Apolicy%2Fshared-ops", "shared-ops"),
        ("trim", "", "nightly-exec"),
        ("findings", "", "LogShipper"),
        ("data", "", "staging"),
    ] {
        for form in ["html", "csv", "md"] {
            let path = format!("/api/export?view={view}&form={form}&{parameters}");
            let named = file(&path);
            let saved = format!("attachment; filename=\"clavicle-{view}.{form}\"");
            assert_eq!(named.header("content-disposition"), Some(saved.as_str()));
            assert!(named.body.replace('\\', "").contains(name), "{name} in {path}");
            let hidden = file(&format!("{path}&redact=true"));
            assert!(!hidden.body.replace('\\', "").contains(name), "{name} in {path} without names");
        }
    }
    // Of Data the account that is chosen, and what is missing in it.
    let all = file("/api/export?view=data&form=csv").body;
    let staging = file("/api/export?view=data&form=csv&account=444455556666").body;
    let tools = file("/api/export?view=data&form=csv&account=777788889999").body;
    assert!(all.contains("444455556666") && all.contains("777788889999"), "{all}");
    assert!(staging.contains("444455556666") && !staging.contains("777788889999"), "{staging}");
    assert!(tools.contains("777788889999") && !tools.contains("444455556666"), "{tools}");
    let secrets = "secretsmanager:GetResourcePolicy";
    assert!(staging.contains(secrets) && !tools.contains(secrets), "{tools}");
    let drawn = file(&format!("/api/export?view=answer&form=svg&{question}"));
    assert!(drawn.body.starts_with("<svg ") && drawn.header("content-type") == Some("image/svg+xml"));
    // On the screen it has the colours of the theme; a file has those of paper.
    let dark = file(&format!("/api/export?view=answer&form=svg&theme=dark&{question}")).body;
    assert!(dark.contains("fill=\"#12151a\"") && !dark.contains("fill=\"#ffffff\""), "{dark}");
    assert!(drawn.body.contains("fill=\"#ffffff\""));
    let night = served
        .get(&format!("/api/export?view=answer&form=svg&theme=night&{question}"), &[("Cookie", &cookie)]);
    assert!(night.status == 400 && night.body.contains("light, dark or contrast"), "{}", night.body);
    let refused = served.get("/api/export?view=findings&form=svg", &[("Cookie", &cookie)]);
    assert!(matches!(refused.status, 202 | 400), "{}", refused.status);
    for wrong in ["view=findings&form=exe", "view=nothing&form=csv", "view=data&form=csv&redact=perhaps"] {
        assert_eq!(
            served.get(&format!("/api/export?{wrong}"), &[("Cookie", &cookie)]).status,
            400,
            "{wrong}"
        );
    }
}
