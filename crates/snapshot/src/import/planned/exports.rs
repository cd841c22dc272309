//! What one stack exports and another imports, where the templates of both are given.
//!
//! AWS: CloudFormation User Guide, "Get exported outputs from a deployed CloudFormation stack": "For each AWS account, export names must
//! be unique within a Region"
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html>).

use std::collections::BTreeMap;

use super::Place;
use super::intrinsic::Template;
use super::value::Value;
use crate::model::AccountId;

/// By account, region and name.
#[derive(Debug, Default)]
pub(crate) struct Exports {
    /// `None`: not known, or two templates export other values by the name.
    found: BTreeMap<(AccountId, Option<String>, String), Option<String>>,
}

impl Exports {
    /// Adds those of a template.
    pub(super) fn add(&mut self, value: &Value, place: &Place) {
        let template = Template::new(value, place);
        for (_, output) in value.get("Outputs").fields() {
            let Value::Text(name) = template.work_out(output.at(&["Export", "Name"])) else { continue };
            let condition = output.get("Condition").text();
            let is_made = condition.is_none_or(|condition| template.holds(condition) == Some(true));
            let exported = match template.work_out(output.get("Value")) {
                Value::Text(text) if is_made => Some(text),
                _ => None,
            };
            let key = (place.account, place.region.clone(), name);
            let known = self.found.entry(key).or_insert_with(|| exported.clone());
            if *known != exported {
                *known = None;
            }
        }
    }

    /// What is imported by this name. `None`: nobody knows.
    pub(super) fn get(&self, place: &Place, name: &str) -> Option<&str> {
        self.found.get(&(place.account, place.region.clone(), name.to_owned()))?.as_deref()
    }
}
