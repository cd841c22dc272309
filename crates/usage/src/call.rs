//! Which permissions did a call use that was seen itself, and not in a log?
//!
//! Whoever sees a request knows at least what a log would say of it, and mostly more: the ARNs of the things that it
//! names. The rules are the same, see the module `needs`.

use clavicle_catalog::Catalog;

use crate::needs::{Asked, Needed, Outcome, needs};
use crate::parameters::Parameters;
use crate::things::Told;

/// A call as its request tells it.
#[derive(Debug, Clone)]
pub struct SeenCall<'c> {
    /// The SDK's client: `s3`.
    pub client: &'c str,
    /// `GetObject`
    pub operation: &'c str,
    /// `aws`
    pub partition: &'c str,
    /// The region that was asked.
    pub region: &'c str,
    /// The account of the caller.
    pub account: &'c str,
    /// The things that the request names.
    pub arns: Vec<String>,
    /// The parameters as JSON, by the names that logs have for them.
    pub parameters: &'c [u8],
    /// How it ended.
    pub outcome: Outcome,
    /// What AWS said to a refusal.
    pub message: Option<&'c str>,
}

/// The permissions of a call. `None`: not known. An empty list: it needed none.
pub fn permissions(catalog: &Catalog, call: SeenCall<'_>) -> Option<Vec<Needed>> {
    let source = format!("{}.amazonaws.com", call.client);
    let asked = Asked::of_operation(catalog, &source, catalog.operation(call.client, call.operation));
    let parameters = Parameters::read(call.parameters);
    let told = Told {
        partition: call.partition,
        region: call.region,
        account: call.account,
        listed: call.arns,
        parameters: &parameters,
    };
    needs(catalog, &source, &asked, call.outcome, call.message, &told)
}
