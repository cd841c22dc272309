//! AWS Config as the source: what an aggregator has recorded of all its accounts, in one stream of answers.
//!
//! See AWS: AWS Config Developer Guide, "Querying the current configuration state of AWS resources".

use clavicle_snapshot::known_fields_of_config_item;
use serde_json::{Value, json};

use crate::error::CollectError;
use crate::table::{self, Call};
use crate::thing::{Thing, elements};
use crate::walk::Caller;

const SELECT: &str = "config:SelectAggregateResourceConfig ConfigurationAggregatorName={aggregator} Expression={expression} Limit=#100 token:NextToken~NextToken";

/// AWS: AWS Config API Reference, "SelectAggregateResourceConfig": "You have specified a configuration aggregator that does
/// not exist."
const NO_AGGREGATOR: &str = "NoSuchConfigurationAggregatorException";

/// Everything that an import reads of an item.
const EXPRESSION: &str = "SELECT resourceId, resourceName, resourceType, arn, accountId, awsRegion, \
    configurationItemCaptureTime, configurationItemStatus, configuration, supplementaryConfiguration, tags";

pub(crate) fn calls() -> impl Iterator<Item = Call> {
    [SELECT].into_iter().filter_map(table::call)
}

/// The lines of everything that the aggregator of this name has; a page is in memory at a time. Where AWS Config does not tell
/// of any there is nothing to collect.
pub(crate) fn read(caller: Caller<'_>, aggregator: &str, write: &mut dyn FnMut(Value)) {
    let Some(call) = table::call(SELECT) else { return };
    let about = Thing {
        fields: vec![("aggregator", aggregator.into()), ("expression", EXPRESSION.into())],
        policy_error: None,
    };
    let mut is_told = false;
    let take = |page: &Value| {
        is_told = true;
        let results = elements(page, "Results[]").into_iter().map(|result| {
            // An item is JSON in a string. One that is not sound is told of by the import.
            let item: Option<Value> = result.as_str().and_then(|text| serde_json::from_str(text).ok());
            Value::String(
                item.map_or_else(String::new, |item| known_fields_of_config_item(&item).to_string()),
            )
        });
        write(json!({"Results": results.collect::<Vec<_>>()}));
    };
    caller.pages(&about, &call, take, "Results[]");
    if let Some(why) = caller.seen.why_not().filter(|_| !is_told) {
        caller.aws.end(nothing_of(caller, aggregator, &why));
    }
}

/// An aggregator of which not even the first page came: a snapshot without it would look like accounts that have nothing.
fn nothing_of(caller: Caller<'_>, aggregator: &str, why: &str) -> CollectError {
    let (account, region) = (&caller.place.account, &caller.place.region);
    match why {
        NO_AGGREGATOR => {
            let lists = format!("aws configservice describe-configuration-aggregators --region {region}");
            CollectError::new(format!(
                "AWS Config has no aggregator `{aggregator}` in {region} of the account {account}"
            ))
            .hint(format!("`{lists}` lists those that are there; `--region` says where else to look"))
        }
        _ => {
            let error = CollectError::new(format!(
                "AWS Config tells nothing of the aggregator `{aggregator}` in {region} of the account {account}: {why}"
            ));
            match why.starts_with("AccessDenied") {
                true => error.hint("`clavicle collect --config-aggregator NAME --print-policy` prints the policy that allows it"),
                false => error,
            }
        }
    }
}
