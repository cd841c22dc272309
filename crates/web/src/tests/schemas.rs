//! Every answer keeps to docs/web-api.schema.json, and has no field that is not told there.

use serde_json::{Value, json};

use super::{Served, WithLogs, demo, patient};

fn read(name: &str) -> Value {
    let path = format!("{}/../../docs/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the schema can be read");
    serde_json::from_str(&text).expect("JSON")
}

/// A schema that is as strict as this version of the program: no field but those that are told.
fn strict(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(strict);
            if object.contains_key("properties") && !object.contains_key("additionalProperties") {
                object.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(strict),
        _ => {}
    }
}

/// What answers are held to, by the name of the call.
struct Schemas {
    calls: Value,
    answer: jsonschema::Validator,
}

impl Schemas {
    fn new() -> Self {
        let mut calls = read("web-api");
        strict(&mut calls["$defs"]);
        let answer = jsonschema::validator_for(&read("answer")).expect("a sound schema");
        Self { calls, answer }
    }

    fn keeps(&self, call: &str, page: &Value) {
        if call == "answer" {
            let faults: Vec<String> = self.answer.iter_errors(page).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{call}: {faults:?}");
            return;
        }
        let schema = json!({ "$ref": format!("#/$defs/{call}"), "$defs": self.calls["$defs"] });
        let validator = jsonschema::validator_for(&schema).expect("a sound schema");
        let faults: Vec<String> =
            validator.iter_errors(page).map(|fault| format!("{fault} at {}", fault.instance_path)).collect();
        assert!(faults.is_empty(), "{call}: {:#?}", faults.iter().take(5).collect::<Vec<_>>());
        // A schema that takes anything would say nothing.
        let mut other = page.clone();
        other["field_of_nobody"] = 1.into();
        assert!(!validator.is_valid(&other), "{call} takes a field that it does not tell");
    }
}

/// The first text at this path of any of some rows, fit for an address.
fn first(page: &Value, rows: &str, path: &str) -> Option<String> {
    let rows = page[rows].as_array().expect("rows");
    let found = rows.iter().find_map(|row| row.pointer(path).and_then(Value::as_str));
    found.map(|text| text.bytes().map(|byte| format!("%{byte:02X}")).collect())
}

#[test]
fn every_answer_keeps_to_its_schema() {
    let schemas = Schemas::new();
    let served = Served::beside(WithLogs, demo);
    let cookie = served.enter();
    served.ready(&cookie);
    let get = |call: &str, path: &str| {
        let page = patient(&served, &cookie, path);
        schemas.keeps(call, &page);
        page
    };
    let post = |call: &str, path: &str, body: &Value| {
        let page = super::sent(&served, &cookie, path, &body.to_string());
        let page: Value = serde_json::from_str(&page.body).expect("JSON");
        schemas.keeps(call, &page);
        page
    };
    get("status", "/api/status");
    let summary = get("summary", "/api/summary");
    get("accounts", "/api/accounts?find=prod");
    for slot in ["ask", "by", "do", "on"] {
        get("completions", &format!("/api/complete?slot={slot}&text=s3"));
    }
    get("answer", "/api/ask?text=who+can+read+s3%3A%2F%2Fpaperboat-invoices");
    let cut = get("answer", "/api/ask?text=path+acct%2F999999999999+s3%3A%2F%2Fpaperboat-invoices&cut=true");
    let line = cut.pointer("/cuts/0/statements/0/document").and_then(Value::as_str);
    assert_eq!(line, Some("policy/shared-ops"), "{}", cut["cuts"]);
    let mut maps = vec![(String::new(), get("map", "/api/map"))];
    for account in summary["accounts"].as_array().expect("accounts") {
        let id = account["id"].as_str().expect("an id");
        maps.push((format!("account={id}&"), get("map", &format!("/api/map?account={id}"))));
    }
    let unit = "unit=ou-pb0a-df110817&";
    maps.push((unit.to_owned(), get("map", &format!("/api/map?{unit}"))));
    let mut documents = Vec::new();
    for (account, map) in &maps {
        get("cells", &format!("/api/cells?{account}"));
        get("marks", &format!("/api/marks?{account}"));
        // Some accounts have no lines.
        let Some(ribbon) = first(map, "ribbons", "/id") else { continue };
        get("why", &format!("/api/why?{account}ribbon={ribbon}"));
        let why = get("why", &format!("/api/why?{account}ribbon={ribbon}&pair=0"));
        documents.extend(why.pointer("/steps/0/because/0/document_id").and_then(Value::as_u64));
    }
    assert!(!documents.is_empty(), "no step cites a document");
    let mut editable = 0;
    for id in documents {
        let page = get("document", &format!("/api/document?id={id}"));
        editable += page["editable"].as_array().map_or(0, Vec::len);
    }
    assert!(editable > 0, "no document can be edited");
    let findings = get("findings", "/api/findings?state=open");
    get("findings", "/api/findings?state=accepted");
    get(
        "finding",
        &format!("/api/finding?id={}", first(&findings, "findings", "/id").expect("a row has it")),
    );
    let border = get("border", "/api/border");
    get("border", "/api/border?public=true");
    get("border", "/api/border?group=standing");
    schemas.keeps("border", &super::alike::opened());
    get("way", &format!("/api/way?way={}", first(&border, "ways", "/key").expect("a row has it")));
    get("policies", "/api/policies?lens=near");
    let policies = get("policies", "/api/policies");
    get(
        "answer",
        &format!("/api/policy?name={}", first(&policies, "policies", "/name").expect("a row has it")),
    );
    get("policy_used", "/api/policy/used?name=staging:policy/shared-ops");
    get("policy_used", "/api/policy/used?name=scp/protect-prod");
    get("data", "/api/data");
    let granted = get("granted", "/api/granted?since=90d");
    get(
        "plan",
        &format!(
            "/api/plan?since=90d&who={}",
            first(&granted, "identities", "/thing/name").expect("a row has it")
        ),
    );
    get("plan", "/api/plan?since=90d&who=staging%3Arole%2Fnightly-exec");
    get("snapshots", "/api/snapshots");
    get("since", "/api/since");
    get("compared", "/api/compare?with=before");
    let of_two = get("map", "/api/compare/map?with=before&account=444455556666");
    let ribbon = first(&of_two, "ribbons", "/id").expect("a line has it");
    get("marks_of_two", "/api/compare/marks?with=before");
    get("why_of_two", &format!("/api/compare/why?with=before&account=444455556666&pair=0&ribbon={ribbon}"));
    for text in [
        r#"{"Statement": [{"Effect": "Alow"}]}"#,
        "{",
        r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#,
    ] {
        post("lint", "/api/lint", &json!({ "text": text }));
    }
    for edit in [
        json!({ "policy": "staging:policy/shared-ops", "delete": true }),
        json!({ "policy": "staging:policy/ops-legacy", "attach": "staging:role/nightly-exec" }),
        json!({ "policy": "staging:policy/shared-ops", "text": r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"# }),
    ] {
        let body = json!({ "edits": [edit] });
        post("try", "/api/try", &body);
        let map = post("map", "/api/try/map?account=444455556666", &body);
        let ribbon = first(&map, "ribbons", "/id").expect("a line has it");
        post("why_of_two", &format!("/api/try/why?account=444455556666&pair=0&ribbon={ribbon}"), &body);
        post("marks_of_two", "/api/try/marks?account=111122223333", &body);
        post("stopped", "/api/stop", &json!({ "what": body.to_string() }));
    }
    let begin =
        serde_json::to_value(crate::begin::BeginPage::new(crate::Offer { calls: vec!["a:B".to_owned()] }));
    schemas.keeps("begin", &begin.expect("JSON"));
    post("error", "/api/try", &json!({ "edits": [] }));
    let refused = served.get("/api/ask?text=make+me+a+sandwich", &[("Cookie", &cookie)]);
    schemas.keeps("error", &serde_json::from_str(&refused.body).expect("JSON"));
}

/// Every call of the page of the interface is held to something here, and the other way around.
#[test]
fn the_page_lists_the_calls_that_answer() {
    let page = include_str!("../../../../docs/web-api.md");
    let routes = include_str!("../routes.rs");
    let told: std::collections::BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `GET /api/").or_else(|| line.strip_prefix("| `POST /api/")))
        .filter_map(|rest| rest.split(['?', '`', ' ']).next())
        .collect();
    let answer: std::collections::BTreeSet<&str> = routes
        .lines()
        .filter_map(|line| line.trim().strip_prefix(".route(\"/api/"))
        .filter_map(|rest| rest.split('"').next())
        .filter(|call| !call.starts_with('{'))
        .collect();
    assert_eq!(told, answer);
}
