//! Access control lists of buckets, as far as what was seen decides.
//!
//! AWS: Amazon S3 User Guide, "Access control list (ACL) overview" (groups; which permission is which action),
//! "Controlling ownership of objects and disabling ACLs for your bucket" (`BucketOwnerEnforced`: lists no longer affect
//! permissions; the setting of buckets since April 2023), "Blocking public access to your Amazon S3 storage"
//! (`IgnorePublicAcls`).

use clavicle_catalog::Word;
use clavicle_engine::{Action, Context, Dependency, Layer, Match, PinState, Request, Verdict};
use clavicle_policy::Effect;
use clavicle_snapshot::{AclGrant, PublicAccessBlock, ResourceIndex, ResourceRecord};

use crate::actor::Target;
use crate::outside::outsider::Outsider;
use crate::outside::way::{Door, Gets, Stopped, Way};
use crate::ruling::{ANOTHER_ORGANIZATION, Ruling};
use crate::side::{ActorSide, TargetSide, applicable};
use crate::world::World;

const GROUPS: &str = "http://acs.amazonaws.com/groups/";

/// What a permission on a bucket lets one do: the action that shows it.
const PERMISSIONS: [(&str, Word, &str); 4] = [
    ("READ", Word::List, "s3:ListBucket"),
    ("WRITE", Word::Write, "s3:PutObject"),
    ("READ_ACP", Word::Read, "s3:GetBucketAcl"),
    ("WRITE_ACP", Word::Control, "s3:PutBucketAcl"),
];

impl World {
    /// The ways that the access control list of a bucket opens to groups. Grants to canonical users are left out: whose
    /// they are, and whether that is the owner, no source says.
    pub(crate) fn ways_by_acl(&self, bucket: ResourceIndex) -> Vec<Way> {
        let record = self.snapshot().resource(bucket);
        let mut ways: Vec<Way> = Vec::new();
        for AclGrant { grantee, permission } in record.facts.acl.iter().flatten() {
            let Some(group) = grantee.strip_prefix(GROUPS) else { continue };
            let outsider = match group {
                "global/AllUsers" => Outsider::Everyone,
                "global/AuthenticatedUsers" => Outsider::AnyAccount,
                // `s3/LogDelivery` is S3 itself, which writes the logs of buckets that name this one.
                _ => continue,
            };
            let place = ways.iter().position(|way| way.outsider == outsider).unwrap_or_else(|| {
                ways.push(Way {
                    outsider: outsider.clone(),
                    door: Door::Acl(bucket),
                    policy: None,
                    statements: Vec::new(),
                    guards: Vec::new(),
                    subjects: None,
                    // S3 calls a list public that grants anything to either group.
                    public: true,
                    gets: Vec::new(),
                    stopped: self.acl_stopped(record),
                });
                ways.len() - 1
            });
            for (name, word, action) in PERMISSIONS {
                if (&**permission == name || &**permission == "FULL_CONTROL")
                    && ways[place].gets.iter().all(|gets| gets.word != Some(word))
                {
                    let gets = self.acl_gets(&outsider, bucket, record, word, action);
                    ways[place].gets.push(gets);
                }
            }
        }
        ways.retain(|way| !way.gets.is_empty());
        ways
    }

    fn acl_stopped(&self, record: &ResourceRecord) -> Option<Stopped> {
        if record.facts.object_ownership.as_deref() == Some("BucketOwnerEnforced") {
            return Some(Stopped::OwnershipControls);
        }
        let ignores = |block: PublicAccessBlock| block.ignore_public_acls;
        self.blocks_of(record).into_iter().flatten().any(ignores).then_some(Stopped::IgnorePublicAcls)
    }

    fn blocks_of(&self, record: &ResourceRecord) -> [Option<PublicAccessBlock>; 2] {
        let account = record.account.and_then(|id| self.snapshot().account(id));
        [record.facts.public_access_block, account.and_then(|account| account.public_access_block)]
    }

    /// A list allows beside policies; what denies, denies here too.
    fn acl_gets(
        &self,
        outsider: &Outsider,
        bucket: ResourceIndex,
        record: &ResourceRecord,
        word: Word,
        action: &str,
    ) -> Gets {
        let target = Target::Resource(bucket);
        let arn = if action == "s3:PutObject" { format!("{}/*", record.arn) } else { record.arn.to_string() };
        let when = self.way_context(outsider);
        let asked = Action::new(action);
        let side = self.target_side(&target, Some(&arn));
        let sides = self.way_sides(outsider, &[]);
        let rulings = sides.iter().map(|caller| self.unless_denied(caller, &asked, &side, &when));
        let rank = |ruling: &Ruling| match ruling.verdict {
            Verdict::Allowed => 0,
            Verdict::Depends => 1,
            Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied => 2,
        };
        // Whoever comes furthest counts.
        let best = rulings.min_by_key(rank);
        let mut ruling = best.unwrap_or_else(|| Ruling::no(Verdict::ImplicitlyDenied));
        let unseen = record.facts.object_ownership.is_none() || self.blocks_of(record).contains(&None);
        if unseen && ruling.may() {
            ruling.verdict = Verdict::Depends;
            ruling.depends_on.push(Dependency::NotSeen(Layer::Resource));
            ruling.depends_on.sort();
            ruling.depends_on.dedup();
        }
        Gets { word: Some(word), action: action.into(), arn: arn.into(), ruling, needs: Vec::new() }
    }

    /// How a request that a list allows is decided: by what denies it.
    fn unless_denied(
        &self,
        caller: &ActorSide<'_>,
        action: &Action,
        target: &TargetSide<'_>,
        when: &Context,
    ) -> Ruling {
        if caller.elsewhere {
            let another = caller.in_organization(Some(ANOTHER_ORGANIZATION));
            let none = caller.in_organization(None);
            let another = self.unless_denied(&another, action, target, when);
            let none = self.unless_denied(&none, action, target, when);
            return another.either(none, Dependency::Key("aws:principalorgid".to_owned()));
        }
        let request = Request::derived(&caller.principal, action, &target.resource, when);
        let explanation = clavicle_engine::explain(self.store(), &request, &applicable(caller, target));
        let mut depends_on: Vec<Dependency> = Vec::new();
        for pin in &explanation.pins {
            if pin.state == PinState::NotSeen && matches!(pin.layer, Layer::Resource | Layer::Rcp) {
                depends_on.push(Dependency::NotSeen(pin.layer));
            }
            for statement in pin.statements.iter().filter(|it| it.effect != Some(Effect::Allow)) {
                match &statement.outcome {
                    Match::Matched { .. } => return Ruling::no(Verdict::ExplicitlyDenied),
                    Match::Depends(on) => depends_on.extend(on.iter().cloned()),
                    Match::NotMatched(_) => {}
                }
            }
        }
        depends_on.sort();
        depends_on.dedup();
        let verdict = if depends_on.is_empty() { Verdict::Allowed } else { Verdict::Depends };
        Ruling { verdict, depends_on }
    }
}
