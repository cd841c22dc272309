//! Every policy text of the snapshot, compiled once: the texts in force, and AWS's own where the source lacks them.

use std::sync::{Arc, PoisonError, RwLock};

use clavicle_catalog::Catalog;
use clavicle_engine::{PolicyId, PolicyStore};
use clavicle_policy::Policy;
use clavicle_snapshot::{DocumentId, ManagedPolicy, OrgPolicy, PolicyIndex, PolicyState, Snapshot};
use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use crate::digest::{ActionPatterns, Digest};
use crate::speaking::{BearersByDocument, Speaking};
use crate::told_apart::ToldApart;

/// The compiled texts.
#[derive(Debug)]
pub(crate) struct Documents {
    pub(crate) store: PolicyStore,
    /// By [`PolicyId`].
    pub(crate) texts: Vec<Arc<str>>,
    /// By [`PolicyId`].
    pub(crate) digests: Vec<Digest>,
    /// The texts of the snapshot, by [`DocumentId`].
    by_document: Vec<Option<PolicyId>>,
    /// The texts of managed policies, by [`PolicyIndex`].
    managed: Vec<Option<PolicyId>>,
    /// AWS's text of the SCP and RCP that allow everything.
    pub(crate) full_access: PolicyId,
    /// A trust policy that lets everyone in whose own side allows it: what an asker may write.
    open_trust: PolicyId,
    /// The same for a thing.
    open_policy: PolicyId,
    /// A deny of all that credentials for single services cannot do.
    services_only: PolicyId,
    /// A deny of all that Git cannot do.
    git_only: PolicyId,
    pub(crate) told_apart: ToldApart,
    speaking: Remembered,
}

/// By action, in lower case.
type Remembered = RwLock<HashMap<Box<str>, Arc<Speaking>>>;

/// So many actions are remembered, a megabyte each where there are 50,000 roles.
const MOST_REMEMBERED: usize = 64;

/// How many texts are read at a time, so that progress can be told.
const CHUNK: usize = 2_000;

const FULL_ACCESS: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}
"#;

const OPEN_TRUST: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": "*",
      "Action": "sts:AssumeRole"
    }
  ]
}
"#;

/// What credentials for single services, as IAM makes them, cannot do.
///
/// AWS: IAM API Reference, `CreateServiceSpecificCredential`: "can be used only for the specified service", which is
/// Amazon Bedrock, CodeCommit or Amazon Keyspaces; Bedrock User Guide, "API keys reference": no agents, no automation.
const SERVICES_ONLY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "NotAction": [
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream",
        "cassandra:*",
        "codecommit:GitPull",
        "codecommit:GitPush"
      ],
      "Resource": "*"
    }
  ]
}
"#;

/// AWS: IAM User Guide, "IAM credentials for CodeCommit: Git credentials, SSH keys, and AWS access keys".
const GIT_ONLY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "NotAction": [
        "codecommit:GitPull",
        "codecommit:GitPush"
      ],
      "Resource": "*"
    }
  ]
}
"#;

const OPEN_POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": "*",
      "Action": "*",
      "Resource": "*"
    }
  ]
}
"#;

impl Documents {
    /// Compiles what is in force. Linear in the texts; reading them uses every core.
    pub(crate) fn compile(
        snapshot: &Snapshot,
        catalog: &'static Catalog,
        mut progress: impl FnMut(u64, u64),
    ) -> Self {
        let in_force = in_force(snapshot);
        let aws: Vec<(PolicyIndex, Arc<str>)> = aws_texts(snapshot, catalog);
        let made_up = [FULL_ACCESS, OPEN_TRUST, OPEN_POLICY, SERVICES_ONLY, GIT_ONLY];
        let [full_access, open_trust, open_policy, services_only, git_only] = made_up.map(read);
        let mut store = PolicyStore::new();
        let mut documents = Self {
            full_access: store.add(&full_access),
            open_trust: store.add(&open_trust),
            open_policy: store.add(&open_policy),
            services_only: store.add(&services_only),
            git_only: store.add(&git_only),
            store,
            texts: made_up.map(Arc::from).into(),
            digests: [&full_access, &open_trust, &open_policy, &services_only, &git_only]
                .map(Digest::of)
                .into(),
            by_document: vec![None; snapshot.documents.len()],
            managed: Vec::new(),
            told_apart: ToldApart::default(),
            speaking: Remembered::default(),
        };
        let total = (in_force.len() + aws.len()) as u64;
        let (mut done, mut actions) = (0, HashSet::default());
        for chunk in in_force.chunks(CHUNK) {
            let texts: Vec<&Arc<str>> = chunk.iter().map(|id| &snapshot.document(*id).text).collect();
            let parsed: Vec<Policy> = texts.par_iter().map(|text| read(text)).collect();
            for ((id, text), policy) in chunk.iter().zip(texts).zip(&parsed) {
                let compiled = documents.add(text.clone(), policy, &mut actions);
                if let Some(slot) = documents.by_document.get_mut(id.index()) {
                    *slot = Some(compiled);
                }
            }
            done += chunk.len() as u64;
            progress(done, total);
        }
        documents.managed = snapshot.policies.iter().map(|policy| documents.of(policy.document)).collect();
        for (index, text) in aws {
            let policy = read(&text);
            let compiled = documents.add(text, &policy, &mut actions);
            if let Some(slot) = documents.managed.get_mut(index.index()) {
                *slot = Some(compiled);
            }
        }
        progress(total, total);
        documents.told_apart.finish();
        documents.store.settle();
        documents.texts.shrink_to_fit();
        documents.digests.shrink_to_fit();
        documents
    }

    fn add(
        &mut self,
        text: Arc<str>,
        policy: &Policy,
        actions: &mut HashSet<Arc<ActionPatterns>>,
    ) -> PolicyId {
        let mut digest = Digest::of(policy);
        digest.share(actions);
        self.told_apart.learn(policy, &digest);
        self.texts.push(text);
        self.digests.push(digest);
        self.store.add(policy)
    }

    /// The compiled text of a policy state; `None`: there is none, or it was not seen.
    pub(crate) fn of(&self, state: PolicyState) -> Option<PolicyId> {
        self.by_document.get(state.document()?.index()).copied().flatten()
    }

    /// The compiled text of a document; `None`: it is not kept compiled.
    pub(crate) fn of_document(&self, document: DocumentId) -> Option<PolicyId> {
        self.by_document.get(document.index()).copied().flatten()
    }

    /// A trust policy that lets everyone in.
    pub(crate) fn open_trust(&self) -> PolicyId {
        self.open_trust
    }

    /// Is it a text of the program's own, which stands for what an asker would write?
    pub(crate) fn is_made_up(&self, policy: PolicyId) -> bool {
        [self.full_access, self.open_trust, self.open_policy, self.services_only, self.git_only]
            .contains(&policy)
    }

    /// What binds credentials for single services.
    pub(crate) fn services_only(&self) -> PolicyId {
        self.services_only
    }

    /// What binds credentials for Git.
    pub(crate) fn git_only(&self) -> PolicyId {
        self.git_only
    }

    /// A policy of a thing that lets everyone do everything with it.
    pub(crate) fn open_policy(&self) -> PolicyId {
        self.open_policy
    }

    /// The compiled text in force of a managed policy.
    pub(crate) fn managed(&self, policy: PolicyIndex) -> Option<PolicyId> {
        self.managed.get(policy.index()).copied().flatten()
    }

    /// The compiled text of an organization policy.
    pub(crate) fn organization(&self, policy: &OrgPolicy) -> Option<PolicyId> {
        // AWS: Organizations User Guide: `FullAWSAccess` and `RCPFullAWSAccess` allow everything and cannot be edited.
        let full = matches!(&*policy.name, "FullAWSAccess" | "RCPFullAWSAccess") && policy.aws_managed;
        self.of(policy.document).or(full.then_some(self.full_access))
    }

    /// Which documents speak of this action (in lower case), and of which things? Linear in the documents the first
    /// time that an action is asked for.
    pub(crate) fn speaking_of(&self, action: &str, bearers: &BearersByDocument) -> Arc<Speaking> {
        let known = self.speaking.read().unwrap_or_else(PoisonError::into_inner).get(action).cloned();
        known.unwrap_or_else(|| {
            let found = Arc::new(Speaking::of(&self.digests, bearers, action));
            let mut known = self.speaking.write().unwrap_or_else(PoisonError::into_inner);
            if known.len() < MOST_REMEMBERED {
                known.insert(action.into(), found.clone());
            }
            found
        })
    }

    pub(crate) fn digest(&self, policy: PolicyId) -> &Digest {
        &self.digests[policy.index()]
    }

    pub(crate) fn text(&self, policy: PolicyId) -> &Arc<str> {
        &self.texts[policy.index()]
    }
}

fn read(text: &str) -> Policy {
    // A text without any policy in it decides nothing that could be known: one statement that cannot be read.
    clavicle_policy::parse(text.as_bytes()).policy.unwrap_or_else(|| {
        let unreadable = br#"{"Statement": [{"Effect": "?"}]}"#;
        clavicle_policy::parse(unreadable).policy.expect("this text is an object")
    })
}

/// The documents that decide something now, or would if an older version of a customer's policy were put in force.
fn in_force(snapshot: &Snapshot) -> Vec<DocumentId> {
    let mut wanted = vec![false; snapshot.documents.len()];
    let mut want = |state: PolicyState| {
        if let Some(slot) = state.document().and_then(|id| wanted.get_mut(id.index())) {
            *slot = true;
        }
    };
    for principal in &snapshot.principals {
        principal.inline.iter().for_each(|inline| want(inline.document));
        want(principal.trust);
    }
    for policy in &snapshot.policies {
        want(policy.document);
        let versions = policy.versions.iter().filter(|_| policy.account.is_some());
        versions.for_each(|version| want(PolicyState::Document(version.document)));
    }
    snapshot.resources.iter().for_each(|resource| want(resource.policy));
    if let Some(organization) = &snapshot.organization {
        organization.policies.iter().for_each(|policy| want(policy.document));
    }
    let instances = snapshot.identity_center.iter();
    instances.flat_map(|instance| &instance.permission_sets).for_each(|set| want(set.inline));
    (0..).zip(wanted).filter(|(_, wanted)| *wanted).map(|(at, _)| DocumentId(at)).collect()
}

/// AWS's published texts of the managed policies whose text the source does not carry.
fn aws_texts(snapshot: &Snapshot, catalog: &'static Catalog) -> Vec<(PolicyIndex, Arc<str>)> {
    let unseen = |policy: &&ManagedPolicy| policy.account.is_none() && policy.document.document().is_none();
    let policies = snapshot.policies.iter().enumerate().filter(|(_, policy)| unseen(policy));
    let found = policies.filter_map(|(at, policy)| {
        // The catalogue has those of the commercial partition; the names are the same in the others.
        let name = policy.arn.splitn(6, ':').nth(5)?;
        let text = catalog.managed_policy(&format!("arn:aws:iam::aws:{name}"))?;
        Some((PolicyIndex::at(at), Arc::from(clavicle_policy::layout(text))))
    });
    found.collect()
}
