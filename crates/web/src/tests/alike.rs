//! Ways in that are alike are one row, which opens to them.

use serde_json::Value;

use clavicle_answer::{Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};

use super::many::multiplied;
use super::{Progress, Served, demo, patient};

/// Each account of the demo so many times, with the same doors in all of them.
const COPIES: usize = 12;

fn many_accounts(progress: &Progress) -> Result<Reader, String> {
    let snapshot = multiplied(demo(progress)?.world().snapshot(), COPIES, 1);
    Ok(Reader::new(World::new(snapshot, catalog(), Stated::default(), |_, _| ()), Settings::default()))
}

fn rows(page: &Value) -> &[Value] {
    page["ways"].as_array().expect("a list")
}

/// A border with a row that is opened.
pub(super) fn opened() -> Value {
    let served = Served::new(many_accounts);
    let cookie = served.enter();
    served.ready(&cookie);
    let page = patient(&served, &cookie, "/api/border");
    let id =
        rows(&page).iter().find_map(|row| row["alike"]["id"].as_str()).expect("a row stands for several");
    patient(&served, &cookie, &format!("/api/border?open={}", encoded(id)))
}

/// A key, fit for an address.
fn encoded(text: &str) -> String {
    text.replace('→', "%E2%86%92").replace(' ', "+").replace('#', "%23")
}

/// For how many ways in a row stands.
fn count(row: &Value) -> u64 {
    row["alike"]["count"].as_u64().unwrap_or(1)
}

#[test]
fn a_vendor_who_comes_in_by_the_same_door_of_many_accounts_is_one_row_that_opens() {
    let served = Served::new(many_accounts);
    let cookie = served.enter();
    served.ready(&cookie);
    let get = |path: &str| patient(&served, &cookie, path);
    let page = get("/api/border");
    let all = rows(&page);
    assert_eq!(page["lines"].as_u64(), Some(all.len() as u64), "they fit on one page: {page}");
    assert_eq!(Some(all.iter().map(count).sum::<u64>()), page["total"].as_u64(), "each way in is in one row");
    let vendor = all.iter().find(|row| row["way"]["from"] == "999999999999" && count(row) > 2);
    let vendor = vendor.unwrap_or_else(|| panic!("no row stands for several: {page}"));
    assert!(count(vendor) >= COPIES as u64 - 1, "{vendor}");
    let doors = vendor["alike"]["doors"].as_str().expect("words");
    assert_eq!(doors, format!("{0} roles in {0} accounts", count(vendor)));

    // Opened, its ways in stand below it, each by itself.
    let id = vendor["alike"]["id"].as_str().expect("an id");
    let opened = get(&format!("/api/border?open={}", encoded(id)));
    assert_eq!(opened["lines"].as_u64(), Some(all.len() as u64 + count(vendor)));
    assert_eq!(opened["total"], page["total"]);
    let within: Vec<&Value> = rows(&opened).iter().filter(|row| row["within"] == id).collect();
    assert_eq!(within.len() as u64, count(vendor));
    let at = rows(&opened).iter().position(|row| row["alike"]["open"] == true).expect("an opened row");
    assert!(rows(&opened)[at + 1..=at + within.len()].iter().all(|row| row["within"] == id));
    for row in &within {
        for what in ["severity", "access", "depends_on"] {
            assert_eq!(row[what], vendor[what], "{what}");
        }
        for what in ["from", "standing", "door", "opening", "missing"] {
            assert_eq!(row["way"][what], vendor["way"][what], "{what}");
        }
        let steps = |row: &Value| {
            row["way"]["reaches"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|it| it["steps"].clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(steps(row), steps(vendor));
    }
    // A link to any one of them opens the row that it is in.
    let one = within.last().expect("there are some")["key"].as_str().expect("a key");
    assert_eq!(get(&format!("/api/border?open={}", encoded(one))), opened);

    // What is told apart: whoever is accepted, is as bad, or has other things behind the door.
    let keys: std::collections::BTreeSet<String> =
        within.iter().map(|row| row["key"].as_str().expect("a key").to_owned()).collect();
    assert_eq!(keys.len(), within.len());
    // In groups each is whole, and each begins where the one before it ends.
    for by in ["who", "account", "behind"] {
        let page = get(&format!("/api/border?group={by}"));
        let mut next = 0;
        let mut ways = 0;
        for group in page["groups"].as_array().expect("a list") {
            assert_eq!(group["from"].as_u64(), Some(next), "{by}");
            let lines = group["lines"].as_u64().expect("a count");
            let own = &rows(&page)[next as usize..((next + lines) as usize).min(rows(&page).len())];
            assert!(
                (next + lines) as usize > rows(&page).len()
                    || Some(own.iter().map(count).sum::<u64>()) == group["count"].as_u64(),
                "{by}"
            );
            next += lines;
            ways += group["count"].as_u64().expect("a count");
            if next as usize >= rows(&page).len() {
                break;
            }
        }
        assert!(ways > 0);
    }
    // A file has every way in as a row of its own.
    let csv = served.get("/api/export?view=border&form=csv", &[("Cookie", &cookie)]).body;
    assert_eq!(csv.lines().count() as u64, page["total"].as_u64().expect("a count") + 1);
}
