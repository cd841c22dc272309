//! A copy of the accounts with changes made, to be asked like the accounts themselves.

use clavicle_graph::{Stated, World};

use super::Edit;
use crate::question::QuestionError;
use crate::reader::Reader;

impl Reader {
    /// The accounts as they would be after some edits, made one after the other; each name means what it means before any of
    /// them. `told` hears how many documents were compiled, of how many. Costs a second world.
    pub fn tried(&self, edits: &[Edit], told: impl FnMut(u64, u64)) -> Result<Self, QuestionError> {
        let changes = self.planned(edits)?;
        let mut snapshot = self.world().snapshot().clone();
        snapshot.change(changes);
        let stated = Stated { standalone: self.world().is_standalone() };
        let world = World::new(snapshot, self.world().catalog(), stated, told);
        Ok(Self::new(world, self.settings().clone()))
    }
}
