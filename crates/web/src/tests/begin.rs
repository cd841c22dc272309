//! Where nothing was named and nothing is saved, whoever looks chooses.

use std::sync::{Arc, Mutex};

use clavicle_usage::Evidence;

use super::{Served, demo};
use crate::{Beside, Chosen, NotRead, Offer, Progress, SavedSnapshot};

/// What was chosen, and what was handed over: name, bytes, and whether beside the others.
#[derive(Debug, Default)]
struct Choosing {
    chosen: Mutex<Option<Chosen>>,
    files: Mutex<Vec<(String, Vec<u8>, bool)>>,
}

#[derive(Debug, Clone, Default)]
struct Chooses(Arc<Choosing>);

impl Beside for Chooses {
    fn evidence(&self) -> Result<Evidence, String> {
        ().evidence()
    }

    fn snapshots(&self) -> Result<Vec<SavedSnapshot>, String> {
        ().snapshots()
    }

    fn read(&self, name: &str, progress: &Progress) -> Result<clavicle_answer::Reader, String> {
        ().read(name, progress)
    }

    fn offer(&self) -> Option<Offer> {
        Some(Offer { calls: vec!["kms:GetKeyPolicy".to_owned()] })
    }

    fn choose(&self, chosen: Chosen) -> Result<(), String> {
        if chosen == Chosen::Saved {
            return Err("no snapshot is saved yet".to_owned());
        }
        *self.0.chosen.lock().expect("nobody panicked") = Some(chosen);
        Ok(())
    }

    fn hand_over(&self, name: &str, bytes: &[u8], more: bool) -> Result<(), String> {
        self.0.files.lock().expect("nobody panicked").push((name.to_owned(), bytes.to_owned(), more));
        Ok(())
    }
}

fn served(choosing: &Chooses) -> Served {
    let chosen = choosing.clone();
    Served::reading(choosing.clone(), move |progress| {
        match *chosen.0.chosen.lock().expect("nobody panicked") {
            None => Err(NotRead::Nothing),
            Some(Chosen::Files) => Err(NotRead::Failed("`x.txt` is no file of AWS".to_owned())),
            Some(_) => demo(progress).map_err(NotRead::Failed),
        }
    })
}

/// Once it has come to its end.
fn status(served: &Served, cookie: &str) -> serde_json::Value {
    for _ in 0..600 {
        let status = super::patient(served, cookie, "/api/status");
        if status["state"] != "loading" {
            return status;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("it never comes to its end")
}

#[test]
fn where_there_is_nothing_the_demo_or_files_may_be_chosen_until_something_is_shown() {
    let choosing = Chooses::default();
    let served = served(&choosing);
    let cookie = served.enter();
    let json = |path: &str, body: &str| served.post(path, &cookie, "application/json", body);
    let empty = status(&served, &cookie);
    assert_eq!((&empty["state"], &empty["choice"]), (&"nothing".into(), &true.into()));
    let asked = served.get("/api/summary", &[("Cookie", &cookie)]);
    assert_eq!(asked.status, 503);
    assert!(asked.body.contains("there is no snapshot yet"), "{}", asked.body);
    let offer = super::patient(&served, &cookie, "/api/begin");
    assert_eq!(
        (&offer["schema"], &offer["calls"][0]),
        (&"clavicle.begin/1".into(), &"kms:GetKeyPolicy".into())
    );
    // What cannot be is told, and leaves the choice.
    for wrong in [r#"{"show": "everything"}"#, "{", r#"{"show": "demo", "more": 1}"#] {
        assert_eq!(json("/api/begin", wrong).status, 400, "{wrong}");
    }
    let saved = json("/api/begin", r#"{"show": "saved"}"#);
    assert!(saved.status == 400 && saved.body.contains("no snapshot is saved yet"), "{}", saved.body);
    // Files come as they are, under names that may be anything.
    let file =
        |kind: &str, query: &str, body: &str| served.post(&format!("/api/file?{query}"), &cookie, kind, body);
    assert_eq!(file("text/plain", "name=a.json", "{}").status, 400, "pages of others may send this");
    assert_eq!(file("application/octet-stream", "name=..%2F..%2Fa.json", "{}").status, 200);
    assert_eq!(file("application/octet-stream", "name=b&more=true", "[]").status, 200);
    let kept = choosing.0.files.lock().expect("nobody panicked").clone();
    let wanted = [("../../a.json", "{}", false), ("b", "[]", true)];
    assert_eq!(kept, wanted.map(|(name, text, more)| (name.to_owned(), text.as_bytes().to_owned(), more)));
    // What turns out to be no snapshot is told, and something else may be chosen.
    assert_eq!(json("/api/begin", r#"{"show": "files"}"#).status, 200);
    let failed = status(&served, &cookie);
    assert_eq!((&failed["state"], &failed["choice"]), (&"failed".into(), &true.into()));
    assert_eq!(json("/api/begin", r#"{"show": "demo"}"#).status, 200);
    served.ready(&cookie);
    assert_eq!(status(&served, &cookie)["choice"], serde_json::Value::Null);
    // What is shown stays.
    assert_eq!(json("/api/begin", r#"{"show": "files"}"#).status, 200);
    assert_eq!(status(&served, &cookie)["state"], "ready");
    assert_eq!(file("application/octet-stream", "name=c", "").status, 400);
}

#[test]
fn what_was_named_is_no_choice_even_where_it_cannot_be_read() {
    let served = Served::new(|_| Err("`x.json` is no snapshot".to_owned()));
    let cookie = served.enter();
    let failed = status(&served, &cookie);
    assert_eq!((&failed["state"], &failed["choice"]), (&"failed".into(), &serde_json::Value::Null));
    assert_eq!(served.get("/api/begin", &[("Cookie", &cookie)]).status, 404);
    let begun = served.post("/api/begin", &cookie, "application/json", r#"{"show": "demo"}"#);
    assert_eq!(begun.status, 400, "{}", begun.body);
}
