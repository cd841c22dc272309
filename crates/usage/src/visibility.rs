//! Would the logs have shown it, had an action been used?
//!
//! See AWS: AWS CloudTrail User Guide, CloudTrail concepts, Management events and Data events. A trail logs management
//! events unless told otherwise and data events only where told so; event history and `lookup-events` never hold data
//! events.

use std::sync::LazyLock;

use clavicle_catalog::{ActionId, Catalog};
use clavicle_snapshot::AccountId;
use foldhash::HashMap;

use crate::evidence::Evidence;

const NOT_SHOWN: &str = include_str!("../data/not_shown.tsv");

/// Would the logs at hand have shown a use of an action in an account?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Visibility {
    /// Yes: it is a management event.
    Shown,
    /// Perhaps: it is a data event, and data events of its service are in the logs, be it of every thing or of some.
    InPart,
    /// No: it is a data event, and the logs hold none of its service.
    DataEventsNotSeen,
    /// No: no event bears its name.
    NeverLogged,
    /// It is not known: the action is too new for that, or no page of AWS says it.
    NotKnown,
    /// No: there are no logs of the account.
    NoLogs,
}

impl Visibility {
    /// May "not seen" be told as "not used"?
    pub fn shows(self) -> bool {
        matches!(self, Self::Shown | Self::InPart)
    }
}

/// Why an action is no management event, as far as it is known.
#[derive(Clone, Copy)]
enum Logged {
    /// As data events of this source.
    AsData(&'static str),
    Never,
    NotKnown,
}

/// Actions that are no management events, by a list with AWS's page for each row.
static TABLE: LazyLock<HashMap<ActionId, Logged>> = LazyLock::new(|| {
    let catalog = clavicle_catalog::catalog();
    let rows = NOT_SHOWN.lines().filter(|line| !line.starts_with('#'));
    let mut table = HashMap::default();
    for row in rows {
        let mut cells = row.split('\t');
        let (Some(kind), Some(patterns), Some(source)) = (cells.next(), cells.next(), cells.next()) else {
            continue;
        };
        let logged = match kind {
            "data" => Logged::AsData(source),
            "never" => Logged::Never,
            _ => Logged::NotKnown,
        };
        for action in patterns.split(',').flat_map(|pattern| catalog.expand(pattern)) {
            table.insert(action, logged);
        }
    }
    table
});

impl Evidence {
    /// Would a use of `action` by somebody of `account` show in the logs at hand?
    pub fn visibility(&self, catalog: &Catalog, account: AccountId, action: ActionId) -> Visibility {
        if self.window(account).is_none() {
            return Visibility::NoLogs;
        }
        match TABLE.get(&action) {
            Some(Logged::Never) => Visibility::NeverLogged,
            Some(Logged::NotKnown) => Visibility::NotKnown,
            Some(Logged::AsData(source)) => {
                let seen =
                    |known: &crate::DataEventsSeen| known.account == account && *known.source == **source;
                match self.data_events.iter().any(seen) {
                    true => Visibility::InPart,
                    false => Visibility::DataEventsNotSeen,
                }
            }
            None => match catalog.is_permission_only(action) {
                Some(true) => Visibility::NeverLogged,
                Some(false) => Visibility::Shown,
                None => Visibility::NotKnown,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NOT_SHOWN, Visibility};
    use crate::{CoveredRegion, DataEventsSeen, Evidence};
    use clavicle_catalog::catalog;
    use clavicle_snapshot::AccountId;
    use jiff::Timestamp;

    #[test]
    fn every_pattern_names_an_action() {
        let mut faults = Vec::new();
        for row in NOT_SHOWN.lines().skip(1) {
            let cells: Vec<&str> = row.split('\t').collect();
            assert_eq!(cells.len(), 4, "{row}");
            assert!(matches!(cells[0], "data" | "never" | "unknown"), "{row}");
            let is_said = !cells[3].starts_with("no page");
            assert_eq!(is_said, cells[0] != "unknown", "what is known has a page: {row}");
            faults.extend(cells[1].split(',').filter(|pattern| catalog().expand(pattern).is_empty()));
        }
        assert!(faults.is_empty(), "{faults:?}");
    }

    #[test]
    fn what_logs_do_not_show_is_told_apart() {
        let account = AccountId::parse("111122223333").unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let mut evidence = Evidence::default();
        let ask = |evidence: &Evidence, action: &str| {
            evidence.visibility(catalog(), account, catalog().action(action).unwrap())
        };
        assert_eq!(ask(&evidence, "ec2:RunInstances"), Visibility::NoLogs);
        let region = "eu-west-1".into();
        evidence.covered.push(CoveredRegion { account, region, from: now, to: now, events: 1, hours: 1 });
        assert_eq!(ask(&evidence, "ec2:RunInstances"), Visibility::Shown);
        assert_eq!(ask(&evidence, "iam:PassRole"), Visibility::NeverLogged);
        assert_eq!(ask(&evidence, "logs:PutLogEvents"), Visibility::NeverLogged);
        assert_eq!(ask(&evidence, "codecommit:GitPull"), Visibility::NeverLogged);
        assert_eq!(ask(&evidence, "kafka-cluster:Connect"), Visibility::NotKnown);
        assert_eq!(ask(&evidence, "iot:ListThings"), Visibility::NeverLogged);
        assert_eq!(ask(&evidence, "iot:CreateThing"), Visibility::Shown);
        assert_eq!(ask(&evidence, "s3:GetObject"), Visibility::DataEventsNotSeen);
        let source = "s3.amazonaws.com".into();
        evidence.data_events.push(DataEventsSeen { account, source, seen: (now, now), events: 1 });
        assert_eq!(ask(&evidence, "s3:GetObject"), Visibility::InPart);
        assert_eq!(ask(&evidence, "lambda:InvokeFunction"), Visibility::DataEventsNotSeen);
    }
}
