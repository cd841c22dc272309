//! An action, its resource types and its keys.

use crate::catalog::Catalog;
use crate::facts::PairRow;
use crate::resource_type::{ResourceType, ResourceTypeId};

/// The number of an action in this catalogue: dense from 0, ordered by prefix and lower-case name. Numbers are not
/// stable between data dates, so write names to files and numbers to memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionId(pub(crate) u32);

impl ActionId {
    /// Its place in a list (or bit set) with one entry per action.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The action at a place, if the catalogue has so many.
    pub fn from_index(index: usize, catalog: &Catalog) -> Option<Self> {
        (index < catalog.action_count()).then_some(Self(index as u32))
    }
}

/// A resource type that an action can be asked on.
#[derive(Clone, Copy, Debug)]
pub struct ActionResource<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) pair: &'c PairRow,
}

impl<'c> ActionResource<'c> {
    /// The type.
    pub fn resource_type(self) -> ResourceType<'c> {
        self.catalog.resource_type_at(ResourceTypeId(self.pair.resource))
    }

    /// Must every request name a thing of this type? If no type of an action is required, a request names a thing of
    /// at least one of them.
    pub fn is_required(self) -> bool {
        self.pair.required
    }

    /// The condition keys that this action has only on this type.
    pub fn keys(self) -> impl Iterator<Item = &'static str> + use<'c> {
        self.catalog.set_names(self.pair.keys)
    }
}
