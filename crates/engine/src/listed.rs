//! Actions of AWS's lists, by number, so that a set of them need not be asked name by name.
//!
//! The lists are in the order of services and names, so what a pattern covers is mostly one run of numbers: `s3:Get*` is one, `iam:*Role*`
//! a few. A set is kept as the places where it begins and ends.

use std::cmp::Ordering;

use clavicle_catalog::{ActionId, Catalog};

use crate::action_set::ActionPattern;

/// The number of an action, or that it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listed(u16);

/// No such action. Lists that were longer than that would be used as far as it goes.
const NONE: u16 = u16::MAX;

/// Most sets have so few ends that they lie in the set itself.
const FEW: usize = 8;

/// A set of listed actions: where its runs begin and where they end, in turns, ascending.
#[derive(Debug, Clone)]
pub(crate) enum ListedSet {
    /// Of these those that are [`NONE`] are none.
    Few([u16; FEW]),
    Many(Box<[u16]>),
}

impl Listed {
    /// Of a name in lower case.
    pub(crate) fn of(catalog: &Catalog, lower: &str) -> Self {
        let number = catalog.action(lower).and_then(|action| u16::try_from(action.index()).ok());
        Self(number.unwrap_or(NONE))
    }

    /// Has it a number?
    #[inline]
    pub(crate) fn is_known(self) -> bool {
        self.0 != NONE
    }
}

impl ListedSet {
    /// The listed actions that any of the patterns covers.
    pub(crate) fn of(catalog: &Catalog, patterns: &[ActionPattern]) -> Self {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for pattern in patterns {
            each_run(catalog, pattern, |from, to| runs.push((from, to)));
        }
        runs.sort_unstable();
        let mut ends: Vec<u16> = Vec::new();
        for (from, to) in runs {
            let [from, to] = [from, to].map(|end| u16::try_from(end).unwrap_or(NONE));
            match ends.last_mut() {
                Some(last) if *last >= from => *last = to.max(*last),
                _ if from < to => ends.extend([from, to]),
                _ => {}
            }
        }
        let mut few = [NONE; FEW];
        if ends.len() > FEW {
            return Self::Many(ends.into());
        }
        few.iter_mut().zip(ends).for_each(|(place, end)| *place = end);
        Self::Few(few)
    }

    /// Is it one of them? Of an action without a number that is not told.
    #[inline]
    pub(crate) fn holds(&self, action: Listed) -> bool {
        let passed = match self {
            // All of them, without a branch.
            Self::Few(ends) => ends.iter().map(|end| u16::from(*end <= action.0)).sum::<u16>() as usize,
            Self::Many(ends) => ends.partition_point(|end| *end <= action.0),
        };
        passed % 2 == 1
    }
}

/// Visits the runs of numbers that a pattern covers, ends excluded.
fn each_run(catalog: &Catalog, pattern: &ActionPattern, mut run: impl FnMut(usize, usize)) {
    match pattern {
        ActionPattern::Any => run(0, catalog.action_count()),
        ActionPattern::Never => {}
        ActionPattern::Literal(literal) => {
            if let Some(action) = catalog.action(literal.text()) {
                run(action.index(), action.index() + 1);
            }
        }
        ActionPattern::Beginning(beginning) => {
            let (service, name) = beginning.text().split_once(':').unwrap_or_default();
            let (from, to) = beginning_with(catalog, service, name);
            run(from, to);
        }
        ActionPattern::Named { service, name } => {
            let (from, to) = match service.literal() {
                Some(service) => beginning_with(catalog, service, ""),
                None => (0, catalog.action_count()),
            };
            for place in from..to {
                let Some(action) = ActionId::from_index(place, catalog) else { break };
                let (own, short) = (catalog.prefix(action), catalog.short_name(action));
                if service.may_match(&own.to_lowercase()) && name.may_match(&short.to_lowercase()) {
                    run(place, place + 1);
                }
            }
        }
    }
}

/// The numbers of the actions of `service` whose names begin so, both in lower case: the lists are by service, then by name.
fn beginning_with(catalog: &Catalog, service: &str, beginning: &str) -> (usize, usize) {
    let compared = |place: usize| {
        let Some(action) = ActionId::from_index(place, catalog) else { return Ordering::Greater };
        let name = catalog.short_name(action).as_bytes();
        let head = name.get(..beginning.len()).unwrap_or(name);
        let by_name = || head.iter().map(u8::to_ascii_lowercase).cmp(beginning.bytes());
        let prefix = catalog.prefix(action).bytes();
        prefix.map(|byte| byte.to_ascii_lowercase()).cmp(service.bytes()).then_with(by_name)
    };
    let first = |is_before: &dyn Fn(usize) -> bool| {
        let (mut from, mut to) = (0, catalog.action_count());
        while from < to {
            let middle = from.midpoint(to);
            if is_before(middle) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        from
    };
    (first(&|place| compared(place).is_lt()), first(&|place| compared(place).is_le()))
}

#[cfg(test)]
mod tests {
    use clavicle_catalog::catalog;

    use super::{Listed, ListedSet};
    use crate::Action;
    use crate::action_set::ActionPattern;

    /// What numbers tell is what names tell, of every action that is listed.
    #[test]
    fn numbers_tell_what_names_tell() {
        let catalog = catalog();
        let actions: Vec<Action> = catalog.actions().map(|id| Action::new(catalog.name(id))).collect();
        assert!(actions.iter().all(|action| action.listed().is_known()));
        for patterns in [
            &["*"][..],
            &[],
            &["*:*"],
            &["S3:get*", "s3:GetObject", "s3:PutObject"],
            &["iam:*Role*", "iam:*RolePolicy"],
            &["iam:*", "sts:*", "s3-object-lambda:*", "s3:*"],
            &["?3:*", "ec2:D*s"],
            &["s3:", "nonsense", "none:Such", "a:b:c*"],
            &["ec2:Describe*", "ec2:Des*", "ec2:D*"],
            &["zzz:*", "xray:*", "a4b:*", ":*", "*:Get?*"],
            &["iam:C*", "sqs:*", "sns:P*", "kms:E*", "logs:*", "ecs:R*"],
            &["s3:GetBucketAcl", "s3:GetBucketCors", "s3:g", "S3:ListAllMyBuckets"],
        ] {
            let compiled: Vec<ActionPattern> =
                patterns.iter().map(|text| ActionPattern::new(text).0).collect();
            let set = ListedSet::of(catalog, &compiled);
            for action in &actions {
                let by_name = compiled.iter().any(|pattern| pattern.matches(action));
                assert_eq!(set.holds(action.listed()), by_name, "{patterns:?} {}", action.text());
            }
        }
        assert!(!Listed::of(catalog, "none:such").is_known());
    }
}
