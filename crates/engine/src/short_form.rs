//! Names that a service writes out in full when it is given a policy.
//!
//! AWS: API Gateway Developer Guide, "API Gateway resource policy examples": `execute-api:/stage-name/GET/pets` is converted
//! "to the full ARN when you save the policy", with the Region, the account and the id of the API that the policy is of.

use std::borrow::Cow;

use clavicle_policy::{Policy, ResourceElement, Statement};

const OF_THIS_API: &str = "execute-api:/";

/// What a statement says it is about, where it names it in short as of any API: of which one the policy is stands in no text, and
/// the requests that are held against it are of that one. Policies of identities have no such names.
pub fn resources(statement: &Statement) -> Option<Cow<'_, ResourceElement>> {
    let element = statement.resource.as_ref()?;
    let is_short = element.patterns.iter().any(|pattern| pattern.value.starts_with(OF_THIS_API));
    if !is_short || statement.principal.is_none() {
        return Some(Cow::Borrowed(element));
    }
    let mut element = element.clone();
    for pattern in &mut element.patterns {
        pattern.value = in_any_api(&pattern.value).into_owned();
    }
    Some(Cow::Owned(element))
}

/// `arn:*:execute-api:*:*:*/stage/GET/pets` for `execute-api:/stage/GET/pets`; any other name as it is.
pub fn in_any_api(name: &str) -> Cow<'_, str> {
    match name.strip_prefix(OF_THIS_API) {
        Some(rest) => Cow::Owned(format!("arn:*:execute-api:*:*:*/{rest}")),
        None => Cow::Borrowed(name),
    }
}

/// Writes out what the policy of a thing names in short, as the service does when it is saved. `arn`: that of the thing, or of
/// something in it.
pub fn write_out(policy: &mut Policy, arn: &str) {
    let Some(api) = api_of(arn) else { return };
    let resources = policy.statements.iter_mut().filter_map(|statement| statement.resource.as_mut());
    for pattern in resources.flat_map(|element| &mut element.patterns) {
        if let Some(rest) = pattern.value.strip_prefix(OF_THIS_API) {
            pattern.value = format!("{api}/{rest}");
        }
    }
}

/// `arn:aws:execute-api:us-east-2:123456789012:aabbccddee` of that API, of a stage or of a method.
fn api_of(arn: &str) -> Option<&str> {
    let name = arn.splitn(6, ':').nth(5).filter(|_| arn.split(':').nth(2) == Some("execute-api"))?;
    let behind = name.find('/').map_or(0, |slash| name.len() - slash);
    arn.get(..arn.len() - behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A policy whose API nobody has named says as much of any API as it says of its own, and nothing of anything else.
    #[test]
    fn what_is_named_in_short_is_of_any_api_and_of_nothing_else() {
        let patterns = |principal: &str, resource: &str| -> Vec<String> {
            let text = format!(
                r#"{{"Statement": [{{"Effect": "Allow", {principal} "Action": "execute-api:Invoke", "Resource": ["{resource}"]}}]}}"#
            );
            let policy = clavicle_policy::parse(text.as_bytes()).policy.expect("a policy");
            let element = resources(&policy.statements[0]).expect("an element").into_owned();
            element.patterns.into_iter().map(|pattern| pattern.value).collect()
        };
        let everybody = r#""Principal": "*","#;
        assert_eq!(patterns(everybody, "execute-api:/prod/GET/*"), ["arn:*:execute-api:*:*:*/prod/GET/*"]);
        assert_eq!(patterns("", "execute-api:/prod/GET/*"), ["execute-api:/prod/GET/*"]);
        assert_eq!(patterns(everybody, "arn:aws:s3:::b"), ["arn:aws:s3:::b"]);
    }

    /// AWS: API Gateway Developer Guide, "API Gateway resource policy examples", and "x-amazon-apigateway-policy":
    /// `execute-api:/*` is `arn:aws:execute-api:region:account-id:api-id/*`.
    #[test]
    fn an_api_is_named_in_full_as_the_service_does_it() {
        const API: &str = "arn:aws:execute-api:us-east-2:123456789012:aabbccddee";
        let written_out = |named: &str, arn: &str| {
            let text = format!(
                r#"{{"Statement": [{{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "{named}"}}]}}"#
            );
            let mut policy = clavicle_policy::parse(text.as_bytes()).policy.expect("a policy");
            write_out(&mut policy, arn);
            policy.statements[0].resource.as_ref().expect("an element").patterns[0].value.clone()
        };
        let method = format!("{API}/prod/GET/pets");
        assert_eq!(
            written_out("execute-api:/stage-name/GET/pets", &method),
            format!("{API}/stage-name/GET/pets")
        );
        assert_eq!(written_out("execute-api:/*", API), format!("{API}/*"));
        for (named, arn) in
            [("*", API), (API, &method), ("execute-api:/*", "arn:aws:s3:::bucket/execute-api:/x")]
        {
            assert_eq!(written_out(named, arn), named, "{arn}");
        }
    }
}
