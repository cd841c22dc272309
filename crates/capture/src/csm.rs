//! Client-side monitoring: SDKs that are asked to tell of their calls by datagrams, of one JSON object each.
//!
//! No parameters are told, so no things are known. What SDKs send besides, a session's token among it, is not looked at.

use clavicle_catalog::Catalog;
use clavicle_usage::Outcome;
use serde::Deserialize;

use crate::ledger::ToldCall;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Datagram {
    r#type: String,
    service: String,
    api: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    access_key: String,
    http_status_code: Option<u16>,
    aws_exception: Option<String>,
}

/// What a datagram tells. `None`: it is of no attempt at a call. Every attempt is told, as every one is seen elsewhere.
pub(crate) fn read(catalog: &Catalog, datagram: &[u8]) -> Option<ToldCall> {
    let told: Datagram = serde_json::from_slice(datagram).ok()?;
    let is_name = |text: &str| {
        text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -_".contains(&byte))
    };
    if told.r#type != "ApiCallAttempt"
        || !is_name(&told.service)
        || !is_name(&told.api)
        || !is_name(&told.access_key)
        || !is_name(&told.region)
    {
        return None;
    }
    let client = catalog.client_of_service_id(&told.service).map_or(told.service, str::to_owned);
    let outcome = match (told.http_status_code, told.aws_exception) {
        (Some(status), _) if status < 400 => Outcome::Succeeded,
        (_, Some(code)) if !code.is_empty() => Outcome::of(Some(&code)),
        (Some(403), _) => Outcome::Denied,
        _ => Outcome::Failed,
    };
    Some(ToldCall { client, operation: told.api, access_key: told.access_key, region: told.region, outcome })
}

#[cfg(test)]
mod tests {
    use super::read;
    use clavicle_catalog::catalog;
    use clavicle_usage::Outcome;

    #[test]
    fn attempts_are_read() {
        let attempt = br#"{"Version":1,"ClientId":"","Type":"ApiCallAttempt","Service":"API Gateway","Api":"GetRestApis","Region":"eu-west-1","AccessKey":"AKIDEXAMPLE","SessionToken":"secret","HttpStatusCode":403,"AwsException":"AccessDeniedException"}"#;
        let told = read(catalog(), attempt).expect("an attempt");
        assert_eq!(
            (told.client.as_str(), told.operation.as_str(), told.outcome),
            ("apigateway", "GetRestApis", Outcome::Denied)
        );
        assert!(!format!("{told:?}").contains("secret"));
        assert!(read(catalog(), br#"{"Type":"ApiCall","Service":"S3","Api":"PutObject"}"#).is_none());
        assert!(read(catalog(), b"x").is_none());
    }
}
