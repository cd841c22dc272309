//! Where is this policy attached, and what does each of its statements give?

use clavicle_catalog::words;
use clavicle_engine::{Layer, PolicyId};
use clavicle_graph::{Actor, Attached, Document, Origin, StatementPlace, Target};
use clavicle_policy::{Case, Effect, Glob, Statement};
use clavicle_snapshot::{OrgPolicyIndex, OrgPolicyKind, PolicyIndex, PrincipalIndex, ResourceIndex};

use crate::condition_words::clause_words;
use crate::count::{counted, number};
use crate::in_use::reached_words;
use crate::names::Entry;
use crate::policy_sheet::bearer_words;
use crate::question::Question;
use crate::reader::Reader;
use crate::shape::{Answer, AnswerPage, PolicySheet, Step, Thing, Verdict};
use crate::shell_word::shell_word;
use crate::stem::stem;

/// At most this many things that a statement speaks of are listed.
const THINGS: usize = 200;

impl Reader {
    pub(crate) fn answer_policy(&self, question: &Question, policy: PolicyIndex) -> AnswerPage {
        let origins = self.world().attached_to(policy);
        let record = self.world().snapshot().policy(policy);
        let thing = Thing {
            name: self.names().of(Entry::Policy(policy)).to_owned(),
            arn: Some(record.arn.to_string()),
            kind: "policy".to_owned(),
            account: record.account.map(|account| account.to_string()),
            known_as: None,
        };
        let bearers: Vec<Thing> = origins.iter().filter_map(|origin| self.thing_of_bearer(origin)).collect();
        let document = Document::Managed(policy);
        let sheet = self.policy_sheet(&document);
        let attachments = self.in_use().attachments(&document);
        let bounded = counted(attachments.bounds.len(), "identity", "identities");
        let is_perhaps = self.world().snapshot().perhaps_attached.contains(&record.arn);
        let mut sentence = match (attachments.bearers.is_empty(), attachments.bounds.is_empty()) {
            (true, true) if is_perhaps => {
                format!("{} is attached to somebody; to whom is known after deployment only.", thing.name)
            }
            (true, true) => format!("{} is attached to nobody.", thing.name),
            (true, false) => format!("{} is the permissions boundary of {bounded}.", thing.name),
            (false, is_no_boundary) => {
                let tasks = match sheet.tasks.len() {
                    0 | 1 => String::new(),
                    _ if sheet.follows_bearer || !self.world().is_editable(&document) => String::new(),
                    tasks => format!(", for {} unrelated tasks", number(tasks)),
                };
                let boundary = match is_no_boundary {
                    true => String::new(),
                    false => {
                        format!(", and the permissions boundary of {}", number(attachments.bounds.len()))
                    }
                };
                let bearers = bearer_words(self, &attachments.bearers);
                format!("{} is attached to {bearers}{tasks}{boundary}.", thing.name)
            }
        };
        if let [first, ..] = sheet.permission_sets.as_slice() {
            let others =
                counted(sheet.permission_sets.len() - 1, "other permission set", "other permission sets");
            let others =
                if sheet.permission_sets.len() > 1 { format!(" and {others}") } else { String::new() };
            sentence.push_str(&format!(" The permission set {first}{others} holds it."));
        }
        let boundaries = attachments.bounds.len();
        let text = self.world().managed(policy);
        let origin = origins.first().cloned().unwrap_or(Origin::Unattached(policy));
        let layer =
            if boundaries == bearers.len() && boundaries > 0 { Layer::Boundary } else { Layer::Identity };
        let statements = text.map(|text| (text, origin, layer)).into_iter().collect();
        let mut page = self.policy_page(question, &thing, &bearers, sentence, statements);
        if is_perhaps && page.verdict == Verdict::No {
            page.verdict = Verdict::Unknown;
        }
        self.add_sheet(&mut page, &document, sheet);
        if sheet_is_shared(&page) && self.world().is_editable(&document) {
            page.next = Some("clavicle check --rule shared-policy".to_owned());
        }
        page
    }

    /// What a policy is for, and the things that its statements speak of without naming them.
    pub(crate) fn add_sheet(&self, page: &mut AnswerPage, document: &Document, sheet: PolicySheet) {
        for (statement, answer) in page.answers.iter_mut().enumerate() {
            let Some(gives) = sheet.statements.get(statement).map(|sheet| &sheet.gives) else { continue };
            if answer.on.is_empty() && !gives.is_empty() {
                let at = StatementPlace { document: document.clone(), statement };
                let mut things: Vec<Target> = self
                    .in_use()
                    .gives(self.world(), &at)
                    .into_iter()
                    .flat_map(|given| given.things)
                    .collect();
                things.sort_unstable();
                things.dedup();
                answer.count = things.len();
                answer.on = things.iter().take(THINGS).map(|thing| self.thing_of_target(thing)).collect();
                let what: Vec<String> = gives.iter().take(3).map(reached_words).collect();
                if let Some(step) = answer.steps.first_mut() {
                    step.to = answer.on.first().cloned().unwrap_or_else(|| step.to.clone());
                    let verb = if step.relation == "gives" { "" } else { "no " };
                    step.sentence = format!("{}: {verb}{}", answer.label, what.join(", "));
                }
            }
        }
        page.policy = Some(sheet);
    }

    pub(crate) fn answer_org_policy(&self, question: &Question, policy: OrgPolicyIndex) -> AnswerPage {
        let snapshot = self.world().snapshot();
        let name = self.names().of(Entry::OrgPolicy(policy)).to_owned();
        let organization = snapshot.organization.as_ref();
        let record = organization.map(|organization| organization.policy(policy));
        let thing = Thing {
            name: name.clone(),
            arn: record.and_then(|record| record.arn.as_deref().map(str::to_owned)),
            kind: "policy".to_owned(),
            account: None,
            known_as: None,
        };
        let attachments = organization.iter().flat_map(|organization| &organization.attachments);
        let targets: Vec<&str> = attachments
            .filter(|attachment| attachment.policy == policy)
            .map(|attachment| &*attachment.target)
            .collect();
        let bearers: Vec<Thing> = targets
            .iter()
            .map(|target| Thing {
                name: self.organization_place(target),
                arn: None,
                kind: if clavicle_policy::AccountId::parse(target).is_some() { "account" } else { "unit" }
                    .to_owned(),
                account: clavicle_policy::AccountId::parse(target).map(|account| account.to_string()),
                known_as: None,
            })
            .collect();
        let names: Vec<String> = bearers.iter().map(|bearer| bearer.name.clone()).collect();
        let sentence = match names.len() {
            0 => format!("{name} is attached to nothing."),
            1..=4 => format!("{name} is attached to {}.", crate::page::listed(&names)),
            many => format!("{name} is attached to {} units and accounts.", number(many)),
        };
        let layer = match record.map(|record| record.kind) {
            Some(OrgPolicyKind::Rcp) => Layer::Rcp,
            _ => Layer::Scp,
        };
        let text = self.text_of_org_policy(policy);
        let origin =
            Origin::Organization { policy, target: targets.first().map_or("", |target| *target).into() };
        let statements = text.map(|text| (text, origin, layer)).into_iter().collect();
        let mut page = self.policy_page(question, &thing, &bearers, sentence, statements);
        let document = Document::Organization(policy);
        if self.in_use().documents().contains(&document) {
            page.policy = Some(self.policy_sheet(&document));
        }
        page
    }

    /// The policies of a group, and who is in it.
    pub(crate) fn answer_group(&self, question: &Question, group: PrincipalIndex) -> AnswerPage {
        let thing = self.thing_of_principal(group);
        let members: Vec<Thing> =
            self.world().members(group).iter().map(|member| self.thing_of_principal(*member)).collect();
        let sentence = format!("{} has {}.", thing.name, counted(members.len(), "member", "members"));
        let documents = self.world().attached(&Actor::Principal(group), &Target::Anything);
        let own = documents.into_iter().filter(|document| document.layer == Layer::Identity);
        let statements = own.map(|document| (document.policy, document.origin, document.layer)).collect();
        self.policy_page(question, &thing, &members, sentence, statements)
    }

    pub(crate) fn policy_page(
        &self,
        question: &Question,
        thing: &Thing,
        bearers: &[Thing],
        sentence: String,
        documents: Vec<(PolicyId, Origin, Layer)>,
    ) -> AnswerPage {
        let mut asked = self.asked_what(question, &thing.name);
        asked.text = format!("what does {} give", thing.name);
        let verdict = match (bearers.is_empty(), documents.is_empty()) {
            (_, true) => Verdict::Unknown,
            (true, false) => Verdict::No,
            (false, false) => Verdict::Yes,
        };
        let mut page = self.page(asked, verdict, sentence);
        if documents.is_empty() {
            page.sentence.push_str(" Its text was not seen.");
        }
        for (policy, origin, layer) in documents {
            let attached = Attached { policy, layer, origin };
            let count = self.written(policy).map_or(0, |written| written.statements.len());
            page.answers.extend(
                (0..count).filter_map(|place| self.statement_answer(&attached, place, thing, bearers)),
            );
            if self.written(policy).is_none() {
                page.notes.push("The text of the policy cannot be read.".to_owned());
            }
        }
        page.next = bearers
            .first()
            .filter(|bearer| bearer.kind != "unit")
            .map(|bearer| format!("clavicle what {}", shell_word(&bearer.name)));
        page
    }

    /// What one statement gives or takes, and to whom.
    fn statement_answer(
        &self,
        attached: &Attached,
        place: usize,
        policy: &Thing,
        bearers: &[Thing],
    ) -> Option<Answer> {
        let statement = self.written(attached.policy)?.statements.get(place)?;
        let citation = self.plain_citation(attached, place)?;
        let allows = statement.effect.as_ref().is_some_and(|effect| effect.value == Effect::Allow);
        let (access, actions) = self.access_of(statement);
        let on = self.things_spoken_of(statement);
        let names: Vec<&str> = on.iter().map(|thing| thing.name.as_str()).collect();
        let what = match (names.is_empty(), statement.resource.as_ref()) {
            (false, _) if on.len() == 1 => names.concat(),
            (false, _) if stem(&names) == "*" => counted(on.len(), "thing", "things"),
            (false, _) => format!("{} ({})", stem(&names), counted(on.len(), "thing", "things")),
            (true, Some(element)) if element.patterns.iter().any(|pattern| pattern.value == "*") => {
                "everything".to_owned()
            }
            _ => "nothing in this snapshot".to_owned(),
        };
        let verb = match (allows, access.is_empty()) {
            (true, false) => access.join(", "),
            (true, true) => "other actions".to_owned(),
            (false, _) => format!(
                "no {}",
                if access.is_empty() { "other actions".to_owned() } else { access.join(", ") }
            ),
        };
        let label = match &citation.sid {
            Some(sid) => format!("{}:{} \"{sid}\"", citation.document, citation.line),
            None => format!("{}:{}", citation.document, citation.line),
        };
        let conditions = statement.condition.iter().flat_map(|condition| &condition.clauses);
        let conditions: Vec<String> = conditions.map(|clause| clause_words(clause, false)).collect();
        let step = Step {
            relation: if allows { "gives" } else { "takes" }.to_owned(),
            from: policy.clone(),
            to: on.first().cloned().unwrap_or_else(|| self.thing_of_target(&Target::Anything)),
            action: None,
            conditions: conditions.clone(),
            unseen: Vec::new(),
            sentence: format!("{label}: {verb} on {what}"),
            pins: Vec::new(),
            because: vec![citation],
            method: None,
            requests: Vec::new(),
        };
        Some(Answer {
            label,
            count: on.len(),
            who: bearers.to_vec(),
            on,
            access,
            actions,
            conditions,
            depends_on: Vec::new(),
            admin: false,
            outside: false,
            severity: None,
            ring: Vec::new(),
            steps: vec![step],
            way: None,
        })
    }

    /// The words of the actions of a statement, and its patterns as written.
    fn access_of(&self, statement: &Statement) -> (Vec<String>, Vec<String>) {
        let Some(element) = &statement.action else { return Default::default() };
        let catalog = self.world().catalog();
        let mut found = Vec::new();
        for pattern in &element.patterns {
            for action in catalog.expand(&pattern.value) {
                if let Some(word) = words().word(action)
                    && !found.contains(&word)
                {
                    found.push(word);
                }
            }
        }
        found.sort_unstable();
        let patterns = element.patterns.iter().map(|pattern| pattern.value.clone());
        if element.negated {
            let all_but = patterns.map(|pattern| format!("all but {pattern}"));
            return (
                clavicle_catalog::Word::ALL.iter().map(|word| word.name().to_owned()).collect(),
                all_but.collect(),
            );
        }
        (found.into_iter().map(|word| word.name().to_owned()).collect(), patterns.collect())
    }

    /// The things of the snapshot that the resource patterns of a statement fit; of `*`, none: it is not about a thing.
    fn things_spoken_of(&self, statement: &Statement) -> Vec<Thing> {
        let Some(element) = statement.resource.as_ref().filter(|element| !element.negated) else {
            return Vec::new();
        };
        let snapshot = self.world().snapshot();
        let texts = element.patterns.iter().map(|pattern| pattern.value.as_str()).filter(|text| *text != "*");
        // A variable can be anything.
        let globs: Vec<Glob> =
            texts.map(|text| Glob::new(&without_variables(text), Case::Sensitive)).collect();
        if globs.is_empty() {
            return Vec::new();
        }
        let fits = |arn: &str| {
            globs.iter().any(|glob| {
                let inside = glob.text().strip_prefix(arn).is_some_and(|rest| rest.starts_with(['/', ':']));
                inside || glob.matches(arn) || glob.matches(&format!("{arn}/x"))
            })
        };
        let resources = (0..snapshot.resources.len())
            .map(ResourceIndex::at)
            .filter(|index| fits(&snapshot.resource(*index).arn));
        let principals = (0..snapshot.principals.len())
            .map(PrincipalIndex::at)
            .filter(|index| fits(&snapshot.principal(*index).arn));
        let resources = resources.map(|index| self.thing_of_resource(index));
        resources.chain(principals.map(|index| self.thing_of_principal(index))).take(THINGS).collect()
    }

    fn text_of_org_policy(&self, policy: OrgPolicyIndex) -> Option<PolicyId> {
        let snapshot = self.world().snapshot();
        let organization = snapshot.organization.as_ref()?;
        let document = organization.policy(policy).document.document()?;
        let text = &snapshot.document(document).text;
        // A text that binds no account has no number; equal texts have one.
        let policies = self.policies.get_or_init(|| self.gather_policies());
        policies.all().find(|known| **self.world().text(*known) == **text)
    }

    fn thing_of_bearer(&self, origin: &Origin) -> Option<Thing> {
        match origin {
            Origin::Managed { bearer, .. }
            | Origin::Boundary { bearer, .. }
            | Origin::Inline { bearer, .. } => Some(self.thing_of_principal(*bearer)),
            _ => None,
        }
    }
}

/// Does the policy of the page serve several tasks that nothing keeps apart?
fn sheet_is_shared(page: &AnswerPage) -> bool {
    page.policy.as_ref().is_some_and(|sheet| sheet.tasks.len() > 1 && !sheet.follows_bearer)
}

/// The pattern with `*` for every variable.
pub(crate) fn without_variables(pattern: &str) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        text.push_str(before);
        text.push('*');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    text
}
