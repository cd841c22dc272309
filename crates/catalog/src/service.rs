//! A service, by the prefix that its actions have.

use std::fmt;

use crate::action::ActionId;
use crate::catalog::Catalog;
use crate::facts::ServiceRow;
use crate::resource_type::{ResourceType, ResourceTypeId};

/// A service as IAM sees it: what stands before the colon of an action.
#[derive(Clone, Copy)]
pub struct Service<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) row: &'c ServiceRow,
}

impl<'c> Service<'c> {
    /// The prefix of its actions: `s3`.
    pub fn prefix(self) -> &'c str {
        self.row.prefix
    }

    /// Do resource control policies apply to its resources?
    pub fn rcp_supported(self) -> bool {
        self.row.rcp
    }

    /// Is it so new that only the names of its actions are known?
    pub fn is_late(self) -> bool {
        self.row.late
    }

    /// Its actions, by name.
    pub fn actions(self) -> impl ExactSizeIterator<Item = ActionId> + Clone + use<'c> {
        self.row.actions.clone().map(ActionId)
    }

    /// Its resource types, by name.
    pub fn resource_types(self) -> impl ExactSizeIterator<Item = ResourceType<'c>> + use<'c> {
        self.row.types.clone().map(move |id| self.catalog.resource_type_at(ResourceTypeId(id)))
    }

    /// The condition keys it lists, by name: its own and the global ones that work with it.
    pub fn keys(self) -> impl Iterator<Item = &'static str> + use<'c> {
        let catalog = self.catalog;
        self.row.keys.clone().map(move |id| catalog.facts.keys[usize::from(id)].name)
    }
}

impl fmt::Debug for Service<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Service({})", self.prefix())
    }
}
