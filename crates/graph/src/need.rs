//! What a request needs besides the permission that it asks for: the key that the thing is encrypted with.

use std::sync::{Arc, PoisonError, RwLock};

use clavicle_catalog::AskedAbove;
use clavicle_engine::{Action, Context, Dependency, Fact, Verdict};
use clavicle_policy::AccountId;
use clavicle_snapshot::{ResourceIndex, ResourceRecord};
use foldhash::HashMap;

use crate::actor::Target;
use crate::ruling::Ruling;
use crate::side::{ActorSide, TargetSide};
use crate::world::World;

/// A further permission that AWS asks of the caller.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Need {
    /// The action, `kms:Decrypt`.
    pub action: &'static str,
    /// On what.
    pub target: Target,
    /// Why, in plain words: `default encryption of the bucket`.
    pub why: &'static str,
    /// The service that uses the key for the caller: `s3`. `None`: the caller's own request names this too.
    pub through: Option<&'static str>,
    /// The region of that service.
    pub region: Option<Arc<str>>,
}

/// Which actions use the key of a thing, and for what.
///
/// AWS: S3 User Guide, "Required permissions for SSE-KMS"; SQS Developer Guide, "Configuring AWS KMS permissions for
/// Amazon SQS"; SNS Developer Guide, "Managing Amazon SNS encryption keys and costs"; Secrets Manager User Guide,
/// "Secret encryption and decryption in AWS Secrets Manager", Permissions for the KMS key.
const USES: [(&str, &str, &[&str], &str); 12] = [
    ("s3:bucket", "s3:getobject", &["kms:Decrypt"], "default encryption of the bucket"),
    ("s3:bucket", "s3:getobjectversion", &["kms:Decrypt"], "default encryption of the bucket"),
    ("s3:bucket", "s3:putobject", &["kms:GenerateDataKey"], "default encryption of the bucket"),
    ("sqs:queue", "sqs:receivemessage", &["kms:Decrypt"], "encryption of the queue"),
    ("sqs:queue", "sqs:sendmessage", &["kms:GenerateDataKey", "kms:Decrypt"], "encryption of the queue"),
    ("sns:topic", "sns:publish", &["kms:GenerateDataKey", "kms:Decrypt"], "encryption of the topic"),
    ("secretsmanager:secret", "secretsmanager:getsecretvalue", &["kms:Decrypt"], "encryption of the secret"),
    (
        "secretsmanager:secret",
        "secretsmanager:putsecretvalue",
        &["kms:GenerateDataKey", "kms:Decrypt"],
        "encryption of the secret",
    ),
    ("ssm:parameter", "ssm:getparameter", &["kms:Decrypt"], "encryption of the parameter"),
    ("ssm:parameter", "ssm:getparameters", &["kms:Decrypt"], "encryption of the parameter"),
    ("ssm:parameter", "ssm:getparametersbypath", &["kms:Decrypt"], "encryption of the parameter"),
    ("ssm:parameter", "ssm:getparameterhistory", &["kms:Decrypt"], "encryption of the parameter"),
];

/// AWS: IAM User Guide, "AWS global condition context keys", `aws:ViaAWSService`.
const VIA_SERVICE: &str = "aws:ViaAWSService";

/// AWS: KMS Developer Guide, "AWS KMS condition keys", `kms:CallerAccount`.
const CALLER_ACCOUNT: &str = "kms:CallerAccount";

impl Need {
    /// The keys of the request that the service makes for a caller of this account.
    pub(crate) fn keys(&self, account: Option<AccountId>) -> Vec<(&'static str, Option<String>)> {
        let Some(service) = self.through else { return Vec::new() };
        let host = self.region.as_deref().map(|region| format!("{service}.{region}.amazonaws.com"));
        let mut keys: Vec<(&'static str, Option<String>)> =
            host.into_iter().map(|host| ("kms:ViaService", Some(host))).collect();
        keys.extend(account.map(|account| (CALLER_ACCOUNT, Some(account.to_string()))));
        keys.push((VIA_SERVICE, Some("true".to_owned())));
        keys
    }

    /// The context of the request that the service makes of the key for its caller.
    ///
    /// AWS: KMS Developer Guide, "AWS KMS condition keys", `kms:ViaService`, `kms:CallerAccount`; IAM User Guide,
    /// "Forward access sessions".
    pub(crate) fn context(&self, account: Option<AccountId>, when: &Context) -> Context {
        let mut context = when.clone();
        if self.through.is_none() {
            return context;
        }
        for (key, value) in self.keys(account) {
            // Only the question may say otherwise of what the service sends; it never says that nothing calls it.
            if let Some(value) = value.filter(|_| when.stated(key).is_none() || key == VIA_SERVICE) {
                context.set(key, Fact::One(value));
            }
        }
        for key in crate::ruling::ORDINARY_ABSENT {
            context.set(key, Fact::Unknown);
        }
        context
    }
}

impl World {
    /// What else does a request of this action on this target need? Nothing where a key of AWS's own encrypts, which
    /// lets in everyone whom the service lets in.
    pub fn needs(&self, action: &Action, target: &Target) -> Vec<Need> {
        let mut needs = self.needs_above(action, target);
        needs.extend(self.needs_of_key(action, target));
        needs
    }

    /// The same action on what the thing stands in.
    fn needs_above(&self, action: &Action, target: &Target) -> Vec<Need> {
        // Most are not, and are not looked up for that.
        let known =
            self.catalog().is_asked_above(action.service()).then(|| self.catalog().action(action.text()));
        let Some(id) = known.flatten() else { return Vec::new() };
        let asked = self.catalog().asked_above(id, &self.arn_of(target)).into_iter();
        let need = |above: AskedAbove| Need {
            action: self.catalog().name(id),
            target: self.target_of_arn(&above.arn),
            why: above.what,
            through: None,
            region: None,
        };
        asked.map(need).collect()
    }

    fn needs_of_key(&self, action: &Action, target: &Target) -> Vec<Need> {
        let Target::Resource(index) = target else { return Vec::new() };
        let record = self.snapshot().resource(*index);
        let used = USES.iter().find(|(kind, used, ..)| *kind == &*record.kind && *used == action.lower());
        let (Some((_, _, actions, why)), Some(key)) = (used, self.key_of(record)) else { return Vec::new() };
        let service = match action.service() {
            "s3" => "s3",
            "sqs" => "sqs",
            "sns" => "sns",
            "ssm" => "ssm",
            _ => "secretsmanager",
        };
        let need = |action: &&'static str| Need {
            action,
            target: key.clone(),
            why,
            through: Some(service),
            region: record.region.clone(),
        };
        actions.iter().map(need).collect()
    }

    /// The customer's key of a thing of which it is not known what uses it: whether a call needs the key is not asked.
    pub fn key_not_asked(&self, target: &Target) -> Option<Target> {
        let Target::Resource(index) = target else { return None };
        let record = self.snapshot().resource(*index);
        let is_known = USES.iter().any(|(kind, ..)| *kind == &*record.kind);
        if is_known { None } else { self.key_of(record) }
    }

    /// The customer's key that a thing is encrypted with by default; `None`: none, one of AWS's own, or not seen.
    pub(crate) fn key_of(&self, record: &ResourceRecord) -> Option<Target> {
        let named = record.facts.encryption_key.as_deref()?;
        let name = named.rsplit_once(":alias/").map_or(named, |(_, alias)| alias);
        if name.strip_prefix("alias/").unwrap_or(name).starts_with("aws/") {
            return None;
        }
        let arn = if let Some(alias) =
            named.strip_prefix("alias/").or(named.rsplit_once(":alias/").map(|(_, a)| a))
        {
            let alias = format!("alias/{alias}");
            let owner = AccountId::of_arn(named).or(record.account);
            let same = |known: &&clavicle_snapshot::KeyAlias| {
                *known.alias == *alias
                    && Some(known.account) == owner
                    && record.region.as_ref().is_none_or(|region| *region == known.region)
            };
            self.snapshot().key_aliases.iter().find(same).map(|known| known.key.to_string())
        } else if named.starts_with("arn:") {
            Some(named.to_owned())
        } else {
            let partition = record.arn.split(':').nth(1).unwrap_or("aws");
            let (region, account) = (record.region.as_deref()?, record.account?);
            Some(format!("arn:{partition}:kms:{region}:{account}:key/{named}"))
        };
        // An alias that leads nowhere: there is a key, and nobody has shown which.
        let arn = arn.unwrap_or_else(|| named.to_owned());
        match self.target_of_arn(&arn) {
            Target::Resource(index) if self.is_aws_managed(index) => None,
            target => Some(target),
        }
    }

    /// The thing with this ARN, seen or not.
    fn target_of_arn(&self, arn: &str) -> Target {
        let seen = self.snapshot().resource_by_arn(arn).map(Target::Resource);
        seen.unwrap_or_else(|| Target::Arn(arn.into(), AccountId::of_arn(arn)))
    }

    fn is_aws_managed(&self, key: ResourceIndex) -> bool {
        self.snapshot().resource(key).facts.aws_managed == Some(true)
    }

    /// How the engine rules on a further need of an actor.
    pub(crate) fn rule_need(&self, need: &AskedNeed<'_>, actor: &ActorSide<'_>) -> Ruling {
        let context = need.context(actor.principal.account());
        let ruling = self.rule(actor, &need.action, &need.target, &context);
        // Grants of keys are in no source. They can only add: a yes stands, a no is not certain.
        if ruling.verdict == Verdict::ImplicitlyDenied && need.action.service() == "kms" {
            return Ruling { verdict: Verdict::Depends, depends_on: vec![Dependency::KmsGrants] };
        }
        ruling
    }

    /// The same, only whether.
    pub(crate) fn need_verdict(&self, need: &AskedNeed<'_>, actor: &ActorSide<'_>) -> Verdict {
        let context = need.context(actor.principal.account());
        match self.verdict(actor, &need.action, &need.target, &context) {
            Verdict::ImplicitlyDenied if need.action.service() == "kms" => Verdict::Depends,
            verdict => verdict,
        }
    }
}

/// A need made ready to be asked of many.
#[derive(Debug)]
pub(crate) struct AskedNeed<'w> {
    pub(crate) need: Need,
    action: Action,
    target: TargetSide<'w>,
    /// What is stated of every caller.
    context: Arc<Context>,
    /// Does the question leave the caller's account to be stated?
    account_is_open: bool,
    /// The context with the account of a caller, for those that were asked about.
    of_account: RwLock<HashMap<AccountId, Arc<Context>>>,
}

impl<'w> AskedNeed<'w> {
    pub(crate) fn new(world: &'w World, need: Need, when: &Context) -> Self {
        let side = world.target_side(&need.target, None);
        let target = match &need.target {
            Target::Arn(arn, _) if world.has_no_policy(arn) => side.without_unseen(),
            _ => side,
        };
        Self {
            action: Action::new(need.action),
            target,
            context: Arc::new(need.context(None, when)),
            account_is_open: need.through.is_some() && when.stated(CALLER_ACCOUNT).is_none(),
            need,
            of_account: RwLock::default(),
        }
    }

    pub(crate) fn action(&self) -> &Action {
        &self.action
    }

    pub(crate) fn side(&self) -> &TargetSide<'w> {
        &self.target
    }

    fn context(&self, account: Option<AccountId>) -> Arc<Context> {
        let Some(account) = account.filter(|_| self.account_is_open) else { return self.context.clone() };
        let known = self.of_account.read().unwrap_or_else(PoisonError::into_inner).get(&account).cloned();
        known.unwrap_or_else(|| {
            let stated = Context::clone(&self.context).with(CALLER_ACCOUNT, Fact::One(account.to_string()));
            let mut known = self.of_account.write().unwrap_or_else(PoisonError::into_inner);
            known.entry(account).or_insert_with(|| Arc::new(stated)).clone()
        })
    }
}
