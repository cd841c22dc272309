//! Loops of a template, written out: what `Fn::ForEach` makes, once for each value of its collection. Where that is known on deployment
//! only, a resource stands for all that the loop makes of it, and it is not certain that there is any.
//!
//! AWS: CloudFormation User Guide, "Fn::ForEach": the identifier stands as `${Identifier}`, `{"Ref": "Identifier"}`, or, without what
//! is no letter or digit, as `&{Identifier}`
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html>).

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use super::Place;
use super::intrinsic::Template;
use super::value::Value;

pub(super) const LOOP: &str = "Fn::ForEach::";

/// Deeper than AWS lets loops nest, with what stands around them.
const DEEPEST: usize = 60;

/// More than any template that AWS takes comes to: it has at most 500 resources.
const MOST_MADE: usize = 100_000;

/// The template with its loops written out, and by which loop each of its resources is made that one makes.
pub(super) fn written_out<'t>(value: &'t Value, place: &Place) -> (Cow<'t, Value>, HashMap<String, String>) {
    if !has_loop(value, 0) {
        return (Cow::Borrowed(value), HashMap::new());
    }
    let loops = Loops { template: Template::new(value, place), left: Cell::new(MOST_MADE) };
    let mut made = HashMap::new();
    let sections = value.fields().iter().map(|(section, value)| {
        let Value::Map(fields) = value else { return (section.clone(), loops.within(value, 0)) };
        let mut out = Vec::with_capacity(fields.len());
        for (key, value) in fields {
            let before = out.len();
            loops.take(key, value, &mut out, 0);
            if section == "Resources" {
                let made = out.split_off(before);
                out.extend(loops.with_some(made, 0));
            }
            if section == "Resources" && key.starts_with(LOOP) {
                made.extend(out[before..].iter().map(|(id, _)| (id.clone(), key.clone())));
            }
        }
        (section.clone(), Value::Map(out))
    });
    (Cow::Owned(Value::Map(sections.collect())), made)
}

fn has_loop(value: &Value, depth: usize) -> bool {
    match value {
        _ if depth > DEEPEST => false,
        Value::Map(fields) => {
            fields.iter().any(|(key, value)| key.starts_with(LOOP) || has_loop(value, depth + 1))
        }
        Value::List(list) => list.iter().any(|value| has_loop(value, depth + 1)),
        _ => false,
    }
}

struct Loops<'t> {
    template: Template<'t>,
    /// So many fields may still be made.
    left: Cell<usize>,
}

impl Loops<'_> {
    /// The value with the loops in it written out.
    fn within(&self, value: &Value, depth: usize) -> Value {
        match value {
            _ if depth > DEEPEST => Value::Unknown,
            Value::Map(fields) => {
                let mut out = Vec::with_capacity(fields.len());
                for (key, value) in fields {
                    self.take(key, value, &mut out, depth + 1);
                }
                Value::Map(out)
            }
            Value::List(list) => {
                Value::List(list.iter().map(|value| self.within(value, depth + 1)).collect())
            }
            plain => plain.clone(),
        }
    }

    /// A field, or those that a loop makes in its place.
    fn take(&self, key: &str, value: &Value, out: &mut Vec<(String, Value)>, depth: usize) {
        let turns = if key.starts_with(LOOP) && depth <= DEEPEST { self.turns(value) } else { None };
        match turns {
            Some(made) => made.iter().for_each(|(key, value)| self.take(key, value, out, depth + 1)),
            None if key.starts_with(LOOP) => out.push((key.to_owned(), value.clone())),
            None => out.push((key.to_owned(), self.within(value, depth + 1))),
        }
    }

    /// The same with what stands for what loops make that go over what is not known.
    fn with_some(&self, made: Vec<(String, Value)>, depth: usize) -> Vec<(String, Value)> {
        let mut out = Vec::with_capacity(made.len());
        for (key, value) in made {
            let some = if key.starts_with(LOOP) && depth < DEEPEST { self.some(&value, depth) } else { None };
            match some {
                Some(some) => out.extend(some),
                None => out.push((key, value)),
            }
        }
        out
    }

    /// What stands for what a loop makes that goes over what is not known. Its names and texts are those of a parameter that the
    /// template does not have. `None`: it is no such loop.
    fn some(&self, value: &Value, depth: usize) -> Option<Vec<(String, Value)>> {
        let [Value::Text(identifier), collection, Value::Map(outputs)] = value.items() else { return None };
        let is_known = match self.template.work_out(collection) {
            Value::List(list) => list.iter().all(|element| element.text().is_some()),
            _ => false,
        };
        if is_known || self.template.declares(identifier) {
            return None;
        }
        let some = SomeTurn { whole: format!("${{{identifier}}}"), plain: format!("&{{{identifier}}}") };
        let mut made = Vec::new();
        for (id, resource) in outputs {
            self.take(&some.text(id), &some.value(resource, 0), &mut made, 1);
        }
        let mut made = self.with_some(made, depth + 1);
        for (_, resource) in &mut made {
            if let Value::Map(fields) = resource
                && !fields.iter().any(|(name, _)| name == "Condition")
            {
                // One that the template does not have either: whether it holds is not known.
                fields.push(("Condition".to_owned(), Value::Text(LOOP.to_owned())));
            }
        }
        Some(made)
    }

    /// What a loop makes. `None`: over what it goes is not known, or it is none.
    fn turns(&self, value: &Value) -> Option<Vec<(String, Value)>> {
        let [Value::Text(identifier), collection, Value::Map(outputs)] = value.items() else { return None };
        let Value::List(collection) = self.template.work_out(collection) else { return None };
        let mut made = Vec::new();
        for element in &collection {
            let (Value::Text(element) | Value::Number(element)) = element else { return None };
            let turn = Turn {
                whole: format!("${{{identifier}}}"),
                plain: format!("&{{{identifier}}}"),
                identifier,
                element,
            };
            for (key, value) in outputs {
                self.left.set(self.left.get().checked_sub(1)?);
                made.push((turn.text(key), turn.value(value, 0)));
            }
        }
        Some(made)
    }
}

/// One turn of a loop.
struct Turn<'t> {
    identifier: &'t str,
    element: &'t str,
    whole: String,
    plain: String,
}

impl Turn<'_> {
    fn text(&self, text: &str) -> String {
        let plain = || self.element.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let text = text.replace(&self.whole, self.element);
        if text.contains(&self.plain) { text.replace(&self.plain, &plain()) } else { text }
    }

    fn value(&self, value: &Value, depth: usize) -> Value {
        match value {
            _ if depth > DEEPEST => Value::Unknown,
            Value::Text(text) => Value::Text(self.text(text)),
            Value::List(list) => Value::List(list.iter().map(|it| self.value(it, depth + 1)).collect()),
            Value::Map(fields) => match fields.as_slice() {
                [(name, Value::Text(id))] if name == "Ref" && id == self.identifier => {
                    Value::Text(self.element.to_owned())
                }
                fields => Value::Map(
                    fields.iter().map(|(key, it)| (self.text(key), self.value(it, depth + 1))).collect(),
                ),
            },
            plain => plain.clone(),
        }
    }
}

/// Some turn of a loop.
struct SomeTurn {
    whole: String,
    plain: String,
}

impl SomeTurn {
    fn text(&self, text: &str) -> String {
        text.replace(&self.whole, "~").replace(&self.plain, "~")
    }

    fn value(&self, value: &Value, depth: usize) -> Value {
        match value {
            _ if depth > DEEPEST => Value::Unknown,
            Value::Text(text) if text.contains(&self.plain) => Value::Unknown,
            Value::Text(text) if text.contains(&self.whole) => {
                Value::Map(vec![("Fn::Sub".to_owned(), value.clone())])
            }
            Value::List(list) => Value::List(list.iter().map(|it| self.value(it, depth + 1)).collect()),
            Value::Map(fields) => match fields.as_slice() {
                [(name, Value::Text(_))] if name == "Fn::Sub" => value.clone(),
                [(name, Value::List(list))] if name == "Fn::Sub" => {
                    let own = list.iter().enumerate().map(|(at, it)| match at {
                        0 => it.clone(),
                        _ => self.value(it, depth + 1),
                    });
                    Value::Map(vec![(name.clone(), Value::List(own.collect()))])
                }
                // What is made beside it.
                [(name, Value::Text(of))] if name == "Ref" || name == "Fn::GetAtt" => {
                    Value::Map(vec![(name.clone(), Value::Text(self.text(of)))])
                }
                [(name, Value::List(list))] if name == "Fn::GetAtt" => {
                    let of = list.iter().map(|it| match it {
                        Value::Text(text) => Value::Text(self.text(text)),
                        other => other.clone(),
                    });
                    Value::Map(vec![(name.clone(), Value::List(of.collect()))])
                }
                fields => Value::Map(
                    fields.iter().map(|(key, it)| (self.text(key), self.value(it, depth + 1))).collect(),
                ),
            },
            plain => plain.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Place;
    use super::super::value::Value;
    use super::written_out;

    fn ids(template: &serde_json::Value) -> Vec<String> {
        let value = Value::from(template);
        let place = Place::parse("111122223333/eu-west-1").expect("a place");
        let (written, _) = written_out(&value, &place);
        written.get("Resources").fields().iter().map(|(id, _)| id.clone()).collect()
    }

    #[test]
    fn a_loop_that_makes_more_than_any_template_holds_makes_nothing() {
        let many: Vec<String> = (0..100).map(|at| at.to_string()).collect();
        let mut inner = serde_json::json!({"Id${A}${B}${C}${D}": {"Type": "AWS::SQS::Queue"}});
        for name in ["A", "B", "C", "D"] {
            inner = serde_json::json!({format!("Fn::ForEach::{name}"): [name, many, inner]});
        }
        assert!(
            ids(&serde_json::json!({"Resources": inner})).iter().any(|id| id.starts_with("Fn::ForEach::"))
        );
    }

    #[test]
    fn what_is_no_loop_is_left_as_it_is() {
        for odd in [serde_json::json!([]), serde_json::json!("x"), serde_json::json!(["A", ["b"], "c"])] {
            let template = serde_json::json!({"Resources": {"Fn::ForEach::X": odd}});
            assert_eq!(ids(&template), ["Fn::ForEach::X"]);
        }
    }
}
