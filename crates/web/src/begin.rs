//! Where nothing was named and nothing is saved: what whoever looks may choose to see.

use serde::{Deserialize, Serialize};

/// What can be chosen, and what choosing it would take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// The calls that reading AWS would make, by name; all of them only read.
    pub calls: Vec<String>,
}

/// What somebody chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Chosen {
    /// The made-up organization.
    Demo,
    /// What was saved meanwhile, the newest of it.
    Saved,
    /// The files that were handed over, see [`crate::Beside::hand_over`].
    Files,
}

/// An offer as it is sent.
#[derive(Debug, Serialize)]
pub(crate) struct BeginPage {
    /// `clavicle.begin/1`.
    schema: &'static str,
    calls: Vec<String>,
}

impl BeginPage {
    pub(crate) fn new(offer: Offer) -> Self {
        Self { schema: "clavicle.begin/1", calls: offer.calls }
    }
}
