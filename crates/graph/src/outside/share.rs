//! Things that a list of their own shares with others, and shares of AWS RAM.
//!
//! AWS: Amazon EC2 User Guide, "Share an AMI with specific AWS accounts" and "Make your AMI publicly available for use in Amazon
//! EC2"; Amazon EBS User Guide, "Share an Amazon EBS snapshot with other AWS accounts"; Amazon RDS User Guide, "Sharing a DB
//! snapshot for Amazon RDS"; AWS Systems Manager User Guide, "Sharing SSM documents"; AWS RAM User Guide, "What is AWS Resource
//! Access Manager?".

use std::sync::Arc;

use clavicle_catalog::Word;
use clavicle_engine::{Dependency, Verdict};
use clavicle_policy::AccountId;
use clavicle_snapshot::{ResourceIndex, ResourceRecord};

use crate::actor::Target;
use crate::need::{AskedNeed, Need};
use crate::outside::outsider::Outsider;
use crate::outside::way::{Door, Gets, Stopped, Way};
use crate::ruling::Ruling;
use crate::shares::{SHARE, is_everyone, organization_of};
use crate::world::World;

/// What the list of a thing of a kind lets do: the word, and the action that shows it.
const GIVES: [(&str, Word, &str); 8] = [
    ("ec2:image", Word::Run, "ec2:RunInstances"),
    ("ec2:snapshot", Word::Read, "ec2:CreateVolume"),
    ("rds:cluster-snapshot", Word::Read, "rds:RestoreDBClusterFromSnapshot"),
    ("rds:snapshot", Word::Read, "rds:RestoreDBInstanceFromDBSnapshot"),
    ("redshift-serverless:snapshot", Word::Read, "redshift-serverless:RestoreFromSnapshot"),
    ("redshift:snapshot", Word::Read, "redshift:RestoreFromClusterSnapshot"),
    ("serverlessrepo:applications", Word::Read, "serverlessrepo:GetApplication"),
    ("ssm:document", Word::Read, "ssm:GetDocument"),
];

impl World {
    /// The ways that the list of a thing opens to others. AWS services are left out: what is shared with one is for its owner's
    /// use of it.
    pub(crate) fn ways_by_share(&self, index: ResourceIndex) -> Vec<Way> {
        let record = self.snapshot().resource(index);
        let mut ways: Vec<Way> = Vec::new();
        if self.is_told_by_policies(record) {
            return ways;
        }
        for named in record.facts.shared_with.iter().flatten() {
            let Some(outsider) = self.outsider_in_list(named) else { continue };
            if ways.iter().any(|way| way.outsider == outsider) {
                continue;
            }
            let public = outsider == Outsider::AnyAccount;
            let stopped = public && self.is_open_to_everybody(record) == Some(false);
            ways.push(Way {
                gets: vec![self.gets_of_share(&outsider, index, record)],
                public,
                outsider,
                door: Door::Share(index),
                policy: None,
                statements: Vec::new(),
                guards: Vec::new(),
                subjects: None,
                stopped: stopped.then_some(Stopped::BlockPublicAccess),
            });
        }
        ways
    }

    /// Do the policies of all that a share of AWS RAM shares tell whom they let in? Those are doors of their own.
    fn is_told_by_policies(&self, record: &ResourceRecord) -> bool {
        let tells = |arn: &Arc<str>| {
            self.snapshot().resource_by_arn(arn).is_some_and(|index| self.policy_tells_shares(index))
        };
        let shares = record.facts.shares.as_deref().unwrap_or_default();
        &*record.kind == SHARE && !shares.is_empty() && shares.iter().all(tells)
    }

    fn outsider_in_list(&self, named: &str) -> Option<Outsider> {
        if is_everyone(named) {
            return Some(Outsider::AnyAccount);
        }
        if let Some(organization) = organization_of(named) {
            let is_ours = self.is_our_organization(organization);
            return (!is_ours).then(|| Outsider::Organization(organization.into()));
        }
        let account = AccountId::parse(named).or_else(|| AccountId::of_arn(named))?;
        if self.is_ours(account) {
            return None;
        }
        let is_one_of_it = named.contains(":iam:") && !named.ends_with(":root");
        Some(if is_one_of_it { Outsider::Principal(named.into()) } else { Outsider::Account(account) })
    }

    fn gets_of_share(&self, outsider: &Outsider, index: ResourceIndex, record: &ResourceRecord) -> Gets {
        let given = GIVES.iter().find(|(kind, ..)| *kind == &*record.kind);
        let may_be_blocked = *outsider == Outsider::AnyAccount && self.is_open_to_everybody(record).is_none();
        let ruling = match given {
            Some(_) if !may_be_blocked => Ruling { verdict: Verdict::Allowed, depends_on: Vec::new() },
            _ => Ruling { verdict: Verdict::Depends, depends_on: vec![Dependency::Share] },
        };
        Gets {
            word: given.map(|(_, word, _)| *word),
            action: given.map_or("*", |(.., action)| *action).into(),
            arn: self.arn_of(&Target::Resource(index)),
            ruling,
            needs: self.key_of_shared(outsider, record).into_iter().collect(),
        }
    }

    /// What is encrypted with a key of the customer is of use only to whom the key lets in too. AWS: Amazon EBS User Guide, "Share
    /// the KMS key used to encrypt a shared Amazon EBS snapshot".
    fn key_of_shared(&self, outsider: &Outsider, record: &ResourceRecord) -> Option<(Need, Ruling)> {
        let need = Need {
            action: "kms:Decrypt",
            target: self.key_of(record)?,
            why: "encryption of what is shared",
            through: None,
            region: None,
        };
        let asked = AskedNeed::new(self, need.clone(), &self.way_context(outsider));
        let sides = self.way_sides(outsider, &[]);
        let rulings = sides.iter().map(|side| self.rule_need(&asked, side));
        let rank = |ruling: &Ruling| match ruling.verdict {
            Verdict::Allowed => 0,
            Verdict::Depends => 1,
            Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied => 2,
        };
        // Whoever comes furthest counts.
        Some((need, rulings.min_by_key(rank).unwrap_or_else(|| Ruling::no(Verdict::ImplicitlyDenied))))
    }
}
