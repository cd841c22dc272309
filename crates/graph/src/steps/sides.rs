//! The things that many askers are tried on, made ready once.

use std::sync::OnceLock;

use super::step::PolicyThen;
use crate::actor::Target;
use crate::side::TargetSide;
use crate::world::World;

/// What bears on requests for each user, group, role and resource, put together when first asked for.
pub(crate) struct Sides<'w> {
    principals: Vec<OnceLock<Box<TargetSide<'w>>>>,
    resources: Vec<OnceLock<Box<TargetSide<'w>>>>,
}

impl<'w> Sides<'w> {
    /// None is made yet.
    pub(crate) fn new(world: &'w World) -> Self {
        let none = |count| (0..count).map(|_| OnceLock::new()).collect();
        Self {
            principals: none(world.snapshot().principals.len()),
            resources: none(world.snapshot().resources.len()),
        }
    }

    /// What bears on requests for a target as it was seen; `None`: that is not kept here.
    fn as_seen(&self, world: &'w World, target: &Target) -> Option<&TargetSide<'w>> {
        let slot = match target {
            Target::Principal(index) => self.principals.get(index.index()),
            Target::Resource(index) => self.resources.get(index.index()),
            Target::Arn(..) | Target::Anything => None,
        }?;
        Some(slot.get_or_init(|| Box::new(world.target_side_then(target, PolicyThen::AsSeen))))
    }
}

/// What bears on requests for a target, kept for the next who asks where there is somewhere to keep it.
pub(crate) enum AtHand<'s, 'w> {
    Kept(&'s TargetSide<'w>),
    Made(Box<TargetSide<'w>>),
}

impl<'w> AtHand<'_, 'w> {
    pub(crate) fn side(&self) -> &TargetSide<'w> {
        match self {
            Self::Kept(side) => side,
            Self::Made(side) => side,
        }
    }
}

/// See [`AtHand`].
pub(crate) fn at_hand<'s, 'w>(
    world: &'w World,
    sides: Option<&'s Sides<'w>>,
    target: &Target,
    policy: PolicyThen,
) -> AtHand<'s, 'w> {
    let kept = sides.filter(|_| policy == PolicyThen::AsSeen).and_then(|sides| sides.as_seen(world, target));
    kept.map_or_else(|| AtHand::Made(Box::new(world.target_side_then(target, policy))), AtHand::Kept)
}
