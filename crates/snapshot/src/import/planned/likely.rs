//! Which names can a value of a template come to that is known on deployment only? What surrounds a parameter, its allowed values
//! and both sides of a choice are in the template.
//!
//! AWS: CloudFormation User Guide, "Parameters", `AllowedValues`: "An array containing the list of values allowed for the parameter"
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>).

use super::declaration::Names;
use super::intrinsic::Template;
use super::value::Value;

/// Of more it is said that they can be anything.
const MOST: usize = 64;

/// Deeper than anybody nests what makes a name.
const DEEPEST: usize = 12;

/// Patterns, one of which each name of the value fits. `None`: it can be any.
pub(super) fn names(template: &Template<'_>, value: &Value) -> Names {
    let mut found = patterns(template, value, 0)?;
    found.sort();
    found.dedup();
    found.iter().all(|pattern| pattern.contains(|letter| letter != '*')).then_some(found)
}

/// The same; a part that can be anything is `*`.
fn patterns(template: &Template<'_>, value: &Value, depth: usize) -> Option<Vec<String>> {
    if depth > DEEPEST {
        return None;
    }
    if let Some(known) = texts(&template.work_out(value)) {
        return Some(known);
    }
    let within = |value: &Value| patterns(template, value, depth + 1);
    let any = || vec!["*".to_owned()];
    let found = match value {
        Value::List(list) => {
            let each: Option<Vec<Vec<String>>> = list.iter().map(within).collect();
            each?.concat()
        }
        Value::Map(fields) => {
            let [(name, argument)] = fields.as_slice() else { return None };
            match (name.as_str(), argument.items()) {
                ("Ref", _) => template.allowed(argument.text()?).unwrap_or_else(any),
                ("Fn::If", [_, yes, no]) => [within(yes)?, within(no)?].concat(),
                ("Fn::Sub", [Value::Text(text)]) => substituted(template, text, &Value::Null, depth)?,
                ("Fn::Sub", [Value::Text(text), own]) => substituted(template, text, own, depth)?,
                ("Fn::Join", [Value::Text(between), Value::List(list)]) => {
                    let mut parts = Vec::new();
                    for (at, part) in list.iter().enumerate() {
                        if at > 0 {
                            parts.push(vec![between.clone()]);
                        }
                        // A list in it may be of any length.
                        let is_text = !matches!(part, Value::List(_));
                        parts.push(within(part).filter(|_| is_text).unwrap_or_else(any));
                    }
                    joined(&parts)?
                }
                _ => any(),
            }
        }
        _ => any(),
    };
    (found.len() <= MOST).then_some(found)
}

/// The texts that a value is made of. `None`: not all of it is known.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Text(text) | Value::Number(text) => Some(vec![text.clone()]),
        Value::Null => Some(Vec::new()),
        Value::List(list) => {
            let each: Option<Vec<Vec<String>>> = list.iter().map(texts).collect();
            Some(each?.concat())
        }
        _ => None,
    }
}

fn substituted(template: &Template<'_>, text: &str, own: &Value, depth: usize) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let end = rest[start..].find('}').map(|end| start + end)?;
        parts.push(vec![rest[..start].to_owned()]);
        let name = rest[start + 2..end].trim();
        let part = match (name.strip_prefix('!'), own.get(name)) {
            (Some(literal), _) => vec![format!("${{{literal}}}")],
            (None, Value::Null) => {
                let reference = match name.contains('.') {
                    true => ("Fn::GetAtt".to_owned(), Value::Text(name.to_owned())),
                    false => ("Ref".to_owned(), Value::Text(name.to_owned())),
                };
                patterns(template, &Value::Map(vec![reference]), depth + 1)?
            }
            (None, own) => patterns(template, own, depth + 1)?,
        };
        parts.push(part);
        rest = &rest[end + 1..];
    }
    parts.push(vec![rest.to_owned()]);
    joined(&parts)
}

/// Each of the first with each of the second, and so on.
fn joined(parts: &[Vec<String>]) -> Option<Vec<String>> {
    let mut all = vec![String::new()];
    for part in parts {
        if all.len() * part.len() > MOST {
            return None;
        }
        all = all.iter().flat_map(|begin| part.iter().map(move |end| format!("{begin}{end}"))).collect();
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::super::intrinsic::Template;
    use super::super::{Place, yaml};
    use super::names;

    const TEMPLATE: &str = "
Parameters:
  Env: {Type: String, Default: dev}
  Tier: {Type: String, AllowedValues: [web, jobs]}
  Names: {Type: CommaDelimitedList}
  Looked: {Type: 'AWS::SSM::Parameter::Value<String>', AllowedValues: [/a, /b]}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Web: {Type: 'AWS::IAM::Role'}
";

    /// AWS: CloudFormation User Guide, "Intrinsic function reference".
    #[test]
    fn what_a_name_can_be_is_told_by_what_surrounds_it() {
        let template = yaml::read(TEMPLATE).expect("a template").value;
        let place = Place::parse("111122223333/eu-west-1").expect("a place");
        let template = Template::new(&template, &place);
        for (text, expected) in [
            ("!Ref Env", None),
            ("!Ref Names", None),
            ("[!Ref Env, fixed]", None),
            ("!Ref Looked", None),
            ("!ImportValue x", None),
            ("'{{resolve:ssm:/role}}'", None),
            ("!Ref Tier", Some("jobs web")),
            ("[!Ref Tier, fixed]", Some("fixed jobs web")),
            ("[!Ref Web, !Ref Tier]", Some("Web~ jobs web")),
            ("!Sub 'app-${Env}'", Some("app-*")),
            ("!Sub '${AWS::StackName}-web'", Some("*-web")),
            ("!Sub '${Tier}-${Env}-${AWS::AccountId}'", Some("jobs-*-111122223333 web-*-111122223333")),
            ("!Sub ['${A}-x', {A: !Ref Env}]", Some("*-x")),
            ("!Sub '${Env'", Some("${Env")),
            ("!Join ['-', [app, !Ref Env]]", Some("app-*")),
            ("!Join ['-', !Ref Names]", None),
            ("!If [IsProd, a, !Ref 'AWS::NoValue']", Some("a")),
            ("[!If [IsProd, !Ref Web, b], c]", Some("Web~ b c")),
            ("!If [IsProd, [a, b], !Ref Names]", None),
            ("!Select [0, !Ref Names]", None),
        ] {
            let value = yaml::read(text).expect("a value").value;
            let found = names(&template, &value).map(|names| names.join(" "));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
