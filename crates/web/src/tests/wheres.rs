//! Lists are narrowed to the accounts of an organizational unit, as to one account.

use std::collections::BTreeMap;

use clavicle_answer::{Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use clavicle_snapshot::{Import, Snapshot};
use serde_json::Value;

use super::{Served, WithLogs, demo, patient, settled};

/// The lists of what lies in accounts.
const LISTS: [&str; 4] = ["findings", "border", "policies", "granted"];

fn facets(page: &Value, name: &str) -> Vec<(String, String, u64)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let facets = page[name].as_array().expect("a list").iter();
    facets
        .map(|each| (text(&each["id"]), text(&each["label"]), each["count"].as_u64().expect("a count")))
        .collect()
}

#[test]
fn a_unit_leaves_what_lies_in_its_accounts_and_no_more() {
    let served = Served::beside(WithLogs, demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let get = |path: &str| patient(&served, &cookie, path);
    // The way down to each account, as the summary tells it.
    let summary = get("/api/summary");
    let accounts = summary["accounts"].as_array().expect("accounts").iter();
    let way_of: BTreeMap<String, String> = accounts
        .map(|each| {
            let text = |name: &str| each[name].as_str().unwrap_or_default().to_owned();
            (text("id"), text("unit"))
        })
        .collect();
    let lies_in = |account: &str, unit: &str| {
        way_of.get(account).is_some_and(|way| way == unit || way.starts_with(&format!("{unit}/")))
    };
    for list in LISTS {
        let page = get(&format!("/api/{list}"));
        let units = facets(&page, "units");
        assert!(units.iter().any(|(_, label, _)| label == "workloads/staging"), "{list}: {units:?}");
        for (id, label, count) in &units {
            let accounts =
                facets(&page, "accounts").into_iter().filter(|(account, ..)| lies_in(account, label));
            assert_eq!(accounts.map(|(.., count)| count).sum::<u64>(), *count, "{list} {label}");
            let narrowed = get(&format!("/api/{list}?unit={id}"));
            assert_eq!(narrowed["total"].as_u64(), Some(*count), "{list} {label}");
            // What else could be chosen in its place is still told.
            for name in ["units", "accounts"] {
                assert_eq!(narrowed[name], page[name], "{list} {label}");
            }
        }
    }
    let all = facets(&get("/api/border"), "units");
    let id_of = |wanted: &str| all.iter().find(|(_, label, _)| label == wanted).expect("a unit").0.clone();
    let staging = id_of("workloads/staging");
    let data = get(&format!("/api/data?unit={staging}"));
    let rows = data["accounts"].as_array().expect("rows").iter();
    assert_eq!(rows.filter_map(|row| row["id"].as_str()).collect::<Vec<_>>(), ["444455556666"]);
    let gaps = data["gaps"].as_array().expect("gaps").len();
    let told = facets(&data, "units").into_iter().find(|(id, ..)| *id == staging);
    assert_eq!(told.map(|(.., count)| count), Some(gaps as u64));
    assert!(gaps > 0 && get("/api/data")["gaps"].as_array().is_some_and(|every| every.len() > gaps));
    // Files have the rows that are shown.
    for list in ["findings", "border", "policies", "trim", "data"] {
        let file = |rest: &str| {
            settled(&served, &cookie, &format!("/api/export?view={list}&form=csv{rest}")).body.lines().count()
        };
        let (whole, part) = (file(""), file(&format!("&unit={staging}")));
        assert!(1 < part && part < whole, "{list}: {part} of {whole}");
    }
    for call in ["findings", "border", "policies", "granted", "data"] {
        let refused = served.get(&format!("/api/{call}?unit=ou-of-nobody"), &[("Cookie", &cookie)]);
        assert_eq!(refused.status, 404, "{call}: {}", refused.body);
    }
}

/// One user of an account stands for the account, and a provider is one wherever people sign in with it.
#[test]
fn home_counts_whoever_comes_in_as_the_border_does() {
    let Some(made) = clavicle_testkit::generated_organization([4, 200, 200], 1) else { return };
    let folder = made.folder().to_owned();
    let served = Served::new(move |_| {
        let parts = ["organization.json", "accounts"].map(|part| folder.join(part));
        let import = parts.into_iter().fold(Import::new(), Import::source);
        let imported = import.run(|_| ()).map_err(|error| error.to_string())?;
        let snapshot = Snapshot::read(&imported.database, |_, _| ()).map_err(|error| error.to_string())?;
        let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
        Ok(Reader::new(world, Settings::default()))
    });
    let cookie = served.enter();
    served.ready(&cookie);
    let home = patient(&served, &cookie, "/api/summary");
    let border = patient(&served, &cookie, "/api/border");
    for count in ["outside", "not_known"] {
        assert_eq!(home["counts"][count], border["counts"][count], "{count}: {home}");
    }
    let rows = home["counts"]["outside_rows"].as_u64();
    assert!(rows > home["counts"]["outside"].as_u64(), "a provider is in several accounts: {home}");
}
