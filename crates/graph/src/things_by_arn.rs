//! Which things of an account could a resource pattern cover?

use clavicle_snapshot::ResourceIndex;

use crate::digest::literal_prefix;
use crate::world::World;

/// The things of an account by ARN, each with its place in the list of the account.
pub(crate) struct ThingsByArn<'w> {
    by_arn: Vec<(&'w str, usize)>,
}

impl<'w> ThingsByArn<'w> {
    pub(crate) fn new(world: &'w World, resources: &[ResourceIndex]) -> Self {
        let arns = resources.iter().map(|resource| &*world.snapshot().resource(*resource).arn);
        let mut by_arn: Vec<(&str, usize)> = arns.zip(0..).collect();
        by_arn.sort_unstable();
        Self { by_arn }
    }

    /// The things that a resource pattern could cover, or something in them: those that begin as it does. Some may come
    /// twice.
    pub(crate) fn fitting(&self, pattern: &str, mut add: impl FnMut(usize)) {
        let prefix = literal_prefix(pattern);
        let start = self.by_arn.partition_point(|(arn, _)| *arn < prefix);
        let within = self.by_arn.get(start..).unwrap_or_default();
        within.iter().take_while(|(arn, _)| arn.starts_with(prefix)).for_each(|(_, at)| add(*at));
        // `arn:aws:s3:::bucket/reports/*` speaks of something in `arn:aws:s3:::bucket`.
        for (end, _) in prefix.match_indices(['/', ':']) {
            let above = prefix.get(..end).unwrap_or_default();
            let found = self.by_arn.binary_search_by(|(arn, _)| (*arn).cmp(above));
            if let Some((_, at)) = found.ok().and_then(|place| self.by_arn.get(place)) {
                add(*at);
            }
        }
    }
}
