//! What is not to be granted, as it was typed for `prove not-granted`: actions and ARNs, or patterns of them.
//!
//! A claim about nothing holds of every policy, so a slip of the pen would pass a gate. What was typed is written as the
//! statement that it would be in a policy, and what `check` says of that statement beforehand is asked: what no request
//! can name is refused.

use clavicle_catalog::Word;
use clavicle_engine::Principals;
use clavicle_lint::{Finding, PolicyKind, Severity};
use clavicle_prover::{Access, Store};
use serde_json::json;

use crate::failure::Failure;

/// What says that a part of a statement covers no request, and is no error in a policy.
const NOTHING: [&str; 5] = [
    "pattern-without-action",
    "arn-account-missing",
    "action-takes-no-resource",
    "action-without-its-resource",
    RESOURCE_WITHOUT_ACTION,
];

const RESOURCE_WITHOUT_ACTION: &str = "resource-without-action";

/// What a statement with these actions and resources would allow; none of either is any.
pub(super) fn granted(store: &mut Store, actions: &[String], things: &[String]) -> Result<Access, Failure> {
    for text in actions {
        action(text)?;
    }
    let arns: Vec<Vec<String>> = things.iter().map(|thing| arns(thing)).collect::<Result<_, _>>()?;
    let text = statement(actions, arns.concat());
    for found in clavicle_lint::lint(&text, PolicyKind::Identity) {
        if covers_nothing(&found, &text, &arns) {
            let failure =
                Failure::usage(format!("this names nothing that can be granted: {}", found.message));
            return Err(match found.help {
                Some(help) => failure.help(help),
                None => failure,
            });
        }
    }
    // A bucket that is named without an ARN may be in any partition.
    let anywhere = |arn: &String, thing: &String| match thing.starts_with("s3://") {
        true => arn.replacen("arn:aws:", "arn:*:", 1),
        false => arn.clone(),
    };
    let wide = arns.iter().zip(things).flat_map(|(arns, thing)| arns.iter().map(|arn| anywhere(arn, thing)));
    let parsed = clavicle_policy::parse(statement(actions, wide.collect()).as_bytes());
    match parsed.policy {
        Some(policy) if policy.statements.iter().all(|statement| !statement.faulty) => {
            Ok(store.compile(&policy, Principals::Ignored).access())
        }
        _ => {
            let problem =
                parsed.diagnostics.first().map_or("no action or resource", |fault| fault.message.as_str());
            Err(Failure::usage(format!("this names nothing that can be granted: {problem}")))
        }
    }
}

/// A policy that allows these actions on these ARNs; none of either is any.
fn statement(actions: &[String], arns: Vec<String>) -> String {
    let or_any = |texts: Vec<String>| if texts.is_empty() { vec!["*".to_owned()] } else { texts };
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": or_any(actions.to_vec()), "Resource": or_any(arns) } ] })
    .to_string()
}

/// Does what was found say that no request is meant by some of what was typed?
fn covers_nothing(found: &Finding, text: &str, things: &[Vec<String>]) -> bool {
    if found.rule.id != RESOURCE_WITHOUT_ACTION {
        return found.severity() == Severity::Error || NOTHING.contains(&found.rule.id);
    }
    // Of a bucket and what is in it, one is enough.
    let arn = text.get(found.range()).and_then(|quoted| serde_json::from_str::<String>(quoted).ok());
    arn.is_none_or(|arn| !things.iter().any(|thing| thing.len() > 1 && thing.contains(&arn)))
}

/// Refuses what has not the form of an action; whether AWS lists it is asked of the statement.
fn action(text: &str) -> Result<(), Failure> {
    let is_formed =
        text.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
    if is_formed || (!text.is_empty() && text.bytes().all(|byte| byte == b'*')) {
        return Ok(());
    }
    let help = match Word::parse(text) {
        Some(_) => "a word is of one kind of thing: name the actions, such as `s3:GetObject` or `s3:Get*`",
        None => "write an action or a pattern of actions, such as `s3:GetObject` or `s3:Get*`",
    };
    Err(Failure::usage(format!("`{text}` is not an action")).help(help))
}

/// The ARNs of a thing: it may be a pattern, or a bucket or object as people write it.
fn arns(thing: &str) -> Result<Vec<String>, Failure> {
    let refused = || {
        Err(Failure::usage(format!("`{thing}` is neither an ARN nor a pattern of ARNs"))
            .help("write the ARN, or `s3://bucket` for a bucket and all in it, or `s3://bucket/key`"))
    };
    if thing.contains("${") {
        return Err(Failure::usage(format!("`{thing}` has a variable, which no request has"))
            .help("write `*` for what may be any text"));
    }
    let in_s3 = |rest: &str| format!("arn:aws:s3:::{rest}");
    match thing.strip_prefix("s3://").map(|rest| rest.split_once('/').unwrap_or((rest, ""))) {
        Some(("", _)) => refused(),
        Some((bucket, "")) => Ok(vec![in_s3(bucket), in_s3(&format!("{bucket}/*"))]),
        Some((bucket, folder)) if folder.ends_with('/') => Ok(vec![in_s3(&format!("{bucket}/{folder}*"))]),
        Some((bucket, key)) => Ok(vec![in_s3(&format!("{bucket}/{key}"))]),
        None if thing == "*" || thing.starts_with("arn:") => Ok(vec![thing.to_owned()]),
        None => refused(),
    }
}
