//! Policies of which statements are declared one by one: those of functions and of event buses. AWS knows each by its id.

use super::document::Document;
use super::plan::Fate;
use super::value::Value;
use crate::store::ResourcePolicy;

/// One declared statement, with its id. `None`: which id it has is not known.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) fate: Fate,
    pub(super) id: Option<String>,
    pub(super) says: Value,
}

/// What the policy says before.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// The thing is made anew, so nothing.
    Nothing,
    /// These statements.
    Said(Vec<Value>),
    /// Others may have let somebody in by statements of their own.
    Unknown,
}

impl Before {
    /// What another source says of the policy. `None`: nothing.
    pub(super) fn of(policy: Option<ResourcePolicy>) -> Before {
        let text = match policy {
            Some(ResourcePolicy::None | ResourcePolicy::NoPlace) => return Before::Said(Vec::new()),
            Some(ResourcePolicy::Seen(text)) => text,
            Some(ResourcePolicy::NotSeen(_)) | None => return Before::Unknown,
        };
        let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) else { return Before::Unknown };
        let statements = Value::from(&json).get("Statement").items().to_vec();
        if statements.iter().all(|it| matches!(it, Value::Map(_))) {
            Before::Said(statements)
        } else {
            Before::Unknown
        }
    }
}

/// What the policy says afterwards.
pub(super) fn afterwards(before: Before, declared: Vec<Statement>) -> Document {
    let is_said = matches!(before, Before::Said(_));
    let is_unknown = before == Before::Unknown;
    let mut all = match before {
        Before::Said(list) => list,
        Before::Nothing | Before::Unknown => Vec::new(),
    };
    for Statement { fate, id, says } in declared {
        if fate == Fate::Kept {
            // What is there is as good.
            if !is_said {
                all.push(says);
            }
            continue;
        }
        match &id {
            Some(id) => all.retain(|it| it.get("Sid").text() != Some(id)),
            // One of those that are there.
            None if fate == Fate::Gone && !all.is_empty() => all = vec![Value::Unknown],
            None => {}
        }
        match fate {
            Fate::Gone => {}
            Fate::Doubtful => all.push(Value::Unknown),
            Fate::New | Fate::Changed | Fate::Kept => all.push(says),
        }
    }
    if is_unknown {
        all.push(Value::Unknown);
    }
    if all.is_empty() { Document::None } else { Document::of_statements(all) }
}

#[cfg(test)]
mod tests {
    use super::{Before, Document, Fate, ResourcePolicy, Statement, Value, afterwards};
    use crate::later::LATER;

    fn sids(document: &Document) -> String {
        let Document::Seen(text) = document else { return "none".to_owned() };
        let json: serde_json::Value = serde_json::from_str(&text.replace(LATER, r#"{"Sid": "?"}"#)).unwrap();
        let all = json["Statement"].as_array().unwrap();
        all.iter().map(|it| it["Sid"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_statement_is_known_by_its_id() {
        let live = r#"{"Statement": [{"Sid": "a"}, {"Sid": "b"}]}"#;
        let declared = |fate, id: Option<&str>| Statement {
            fate,
            id: id.map(str::to_owned),
            says: Value::Map(vec![("Sid".to_owned(), Value::Text(id.unwrap_or("new").to_owned()))]),
        };
        let of = |before: &str, fate, id| {
            let before = match before {
                "" => Before::Nothing,
                "none" => Before::of(Some(ResourcePolicy::None)),
                "?" => Before::of(None),
                text => Before::of(Some(ResourcePolicy::Seen(text.to_owned()))),
            };
            sids(&afterwards(before, vec![declared(fate, id)]))
        };
        for (before, fate, id, expected) in [
            (live, Fate::Gone, Some("a"), "b"),
            (live, Fate::Gone, Some("c"), "a b"),
            (live, Fate::Gone, None, "?"),
            (live, Fate::Doubtful, Some("a"), "b ?"),
            (live, Fate::New, Some("c"), "a b c"),
            (live, Fate::Changed, Some("a"), "b a"),
            (live, Fate::New, None, "a b new"),
            (live, Fate::Kept, Some("c"), "a b"),
            (r#"{"Statement": {"Sid": "a"}}"#, Fate::Gone, Some("a"), "none"),
            ("none", Fate::New, Some("c"), "c"),
            ("none", Fate::Gone, None, "none"),
            ("?", Fate::Kept, Some("c"), "c ?"),
            ("?", Fate::Gone, Some("c"), "?"),
            ("", Fate::Kept, Some("c"), "c"),
            ("", Fate::New, Some("c"), "c"),
            ("(known-after-deployment)", Fate::New, Some("c"), "c ?"),
            (r#"{"Statement": [3]}"#, Fate::New, Some("c"), "c ?"),
        ] {
            assert_eq!(of(before, fate, id), expected, "{before} {fate:?} {id:?}");
        }
    }
}
