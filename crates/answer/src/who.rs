//! Who can do this to that thing?

use std::collections::BTreeSet;

use clavicle_engine::Dependency;
use clavicle_graph::{Access, Actor, Begin, Chain, Goal, Node, Target, Wanted};
use clavicle_policy::AccountId;
use clavicle_snapshot::PrincipalIndex;
use foldhash::HashSet;

use crate::access_groups::Group;
use crate::asked_action::AskedAction;
use crate::count::{counted, number};
use crate::cut::NO_CUT;
use crate::not_seen::RestsOn;
use crate::page::{listed, when_text};
use crate::path::{goal_of, limits_of, refuse_stated};
use crate::question::{Question, QuestionError, Verb};
use crate::reader::Reader;
use crate::resolve::{Askers, Spot};
use crate::shape::{Answer, AnswerPage, Asked, CutIn, NeededAction, NotCounted, Verdict};
use crate::shell_word::shell_word;
use crate::standing::Standing;
use crate::steps::Ask;

/// Why somebody may get in whom nobody can name.
#[derive(Clone, Copy)]
struct Open<'a> {
    /// The accounts with users and roles that were not listed, and may be among those who get in.
    unlisted: &'a [AccountId],
    /// What may let in beside policies.
    beside: &'a BTreeSet<Dependency>,
}

/// Access that does not go into the list one by one.
#[derive(Default)]
struct LeftOut {
    administrators: usize,
    /// How certain it is of the most certain administrator.
    administrators_can: Option<Standing>,
    /// Users and roles that can do no more than everyone can.
    part_of_everyone: usize,
}

impl Reader {
    pub(crate) fn answer_who(&self, question: &Question) -> Result<AnswerPage, QuestionError> {
        let Some(on) = question.on.as_deref() else {
            return Err(
                QuestionError::new("the question does not say which thing is meant").hint("ask `who THING`")
            );
        };
        if let Some(account) = self.power_named(on) {
            return self.answer_who_gains_power(question, account);
        }
        let spot = self.resolve_spot(on)?;
        let asked = self.asked_action(question.action.as_deref(), &spot)?;
        let askers = question.by.as_deref().map_or(Ok(Askers::Anyone), |by| self.resolve_askers(by))?;
        let when = self.world().context(&question.when);
        let (accesses, left_out) = self.who_of(question, &asked, &spot, &askers);
        let groups = self.grouped(accesses);

        let chains = self.chains_of(question, &asked, &spot, &askers, &groups);

        let thing = self.spot_name(&spot);
        let unlisted = self.not_listed(question, &asked, &askers, &spot);
        let beside = self.beside_policies_of(question, &asked, &askers, &spot);
        let open = Open { unlisted: &unlisted, beside: &beside };
        let verdict = self.who_verdict(&groups, &left_out, &askers, &spot, open);
        let mut sentence =
            self.who_sentence(&groups, &left_out, &askers, &asked, (&spot, &thing), (verdict, open));
        let let_in = chain_sentence(&chains.answers);
        if !let_in.is_empty() {
            sentence = format!("{sentence} {let_in}");
        }
        // A chain is access too.
        let verdict = verdict.or(chains.verdict);
        let chains_missed = chains.answers.is_empty() && chains.verdict == Verdict::Unknown && !chains.more;
        let by = question.by.clone().unwrap_or_else(|| "anyone".to_owned());
        let by_text = if matches!(askers, Askers::Anyone) { String::new() } else { format!(" by {by}") };
        let asked_text = Asked {
            verb: Verb::Who.name().to_owned(),
            by: Some(by),
            action: Some(asked.name.clone()),
            on: Some(thing.clone()),
            when: question.when.clone(),
            text: format!("who can {} {thing}{by_text}{}", asked.name, when_text(&question.when)),
        };
        let mut page = self.page(asked_text, verdict, sentence);
        page.needs = self.who_needs(&groups, &asked, &spot);
        page.answers =
            groups.iter().filter_map(|group| self.group_answer(group, &asked, &spot, &when)).collect();
        page.not_counted = NotCounted { administrators: left_out.administrators };
        let known = known_chains(&chains.answers);
        let mut rests_on = self.who_rests_on(&groups, &spot, &page.needs);
        let (chains, more) =
            (chains.answers.into_iter().map(|(_, answer)| answer).collect::<Vec<_>>(), chains.more);
        let of_chains = self.chains_rest_on(&chains);
        rests_on.accounts.extend(of_chains.accounts);
        rests_on.services.extend(of_chains.services);
        rests_on.accounts.extend(unlisted);
        page.answers.extend(chains);
        page.not_seen = self.not_seen(&rests_on);
        page.notes = self.who_notes(&groups, &left_out, &spot, question);
        page.notes.extend(beside.iter().map(|by| format!("Whom {by} may let in is not listed.")));
        let (begin, goal) = (self.begin_of(&askers), goal_of(&spot, &asked));
        if known > 0 {
            page.cuts = self.cut_of(question, &begin, &goal, (&thing, known));
            page.notes.extend(uncut(question, &page));
        }
        if verdict == Verdict::No && question.when.is_empty() && !question.direct {
            page.nearest_miss = self.nearest_miss(&begin, &goal);
        }
        if chains_missed {
            page.notes.push("Policies that were not seen may make chains that are not found.".to_owned());
        }
        if more {
            page.notes.push("There are more chains than are listed.".to_owned());
        }
        let worst =
            page.answers.iter().filter(|answer| is_chain(answer)).max_by_key(|answer| answer.severity);
        page.next = match worst {
            Some(answer) => answer
                .who
                .first()
                .map(|who| format!("clavicle path {} {}", shell_word(&who.name), shell_word(&thing))),
            None => page.answers.first().and_then(|answer| {
                let who = answer.who.first()?;
                (who.kind != "everyone").then(|| {
                    format!(
                        "clavicle can {} {} {}",
                        shell_word(&who.name),
                        shell_word(&asked.name),
                        shell_word(&thing)
                    )
                })
            }),
        };
        Ok(page)
    }

    /// Who can come by all the power over an account, or over any?
    fn answer_who_gains_power(
        &self,
        question: &Question,
        account: Option<AccountId>,
    ) -> Result<AnswerPage, QuestionError> {
        if let Some(action) = question.action.as_deref().filter(|action| *action != "become") {
            return Err(QuestionError::new(format!("`{action}` is not asked of administrators as such"))
                .hint("ask `who admin --do become`, or about one of them"));
        }
        refuse_stated(question)?;
        let askers = question.by.as_deref().map_or(Ok(Askers::Anyone), |by| self.resolve_askers(by))?;
        let limits = limits_of(question, matches!(askers, Askers::These(_)));
        let begin = self.begin_of(&askers);
        let found = self.world().chains(&begin, &Goal::Administrator(account), &limits);
        let mut answers = self.chain_answers(&found, "become");
        answers.sort_by_key(|(standing, answer)| {
            (*standing == Standing::Unknown, std::cmp::Reverse(answer.severity), answer.steps.len())
        });
        let is_of = |index: &&PrincipalIndex| {
            account.is_none_or(|account| self.world().snapshot().principal(**index).account == account)
        };
        let administrators = self.world().administrators().iter().filter(is_of).count();
        let name = match account {
            Some(account) => self.thing_of_node(&Node::Administrator(account)).name,
            None => "administrator".to_owned(),
        };
        let goal = Goal::Administrator(account);
        let verdict = self.verdict_of_chains(&found, &begin, &goal);
        let known = known_chains(&answers);
        // Where none is known from its beginning, somebody further on gets there.
        let told = answers.iter().take(if known > 0 { known } else { answers.len() });
        let begins: usize = told.map(|(_, answer)| answer.label.as_str()).collect::<HashSet<_>>().len();
        let sentence = match (begins, verdict) {
            (0, Verdict::No) => format!("Nobody can come to be {name} who is not already."),
            (_, Verdict::Unknown) => format!("Whether somebody can come to be {name} is not known."),
            (1, _) => format!("{} can come to be {name}.", answers[0].1.label),
            (begins, _) => format!(
                "{begins} groups of equal identities, and those whom they can become, can come to be {name}."
            ),
        };
        let by = question.by.clone().unwrap_or_else(|| "anyone".to_owned());
        let on = if account.is_some() { format!("\"{name}\"") } else { "admin".to_owned() };
        let asked = Asked {
            verb: Verb::Who.name().to_owned(),
            by: Some(by),
            action: Some("become".to_owned()),
            on: Some(name),
            when: question.when.clone(),
            text: format!("who can become {on}{}", when_text(&question.when)),
        };
        let mut page = self.page(asked, verdict, sentence);
        page.answers = answers.into_iter().map(|(_, answer)| answer).collect();
        page.not_counted = NotCounted { administrators };
        let mut rests_on = self.chains_rest_on(&page.answers);
        if verdict == Verdict::Unknown {
            rests_on.accounts.extend(self.world().without_identities(&begin, &goal));
        }
        page.not_seen = self.not_seen(&rests_on);
        if known > 0 {
            let to = page.question.on.clone().unwrap_or_default();
            page.cuts = self.cut_of(question, &begin, &Goal::Administrator(account), (&to, known));
            page.notes.extend(uncut(question, &page));
        }
        if found.more {
            page.notes.push("There are more chains than are listed.".to_owned());
        }
        page.next = page.answers.first().and_then(|answer| {
            let who = answer.who.first()?;
            Some(format!("clavicle path {} admin", shell_word(&who.name)))
        });
        Ok(page)
    }

    /// The cheapest cut of the chains that a list tells: where it is asked for, and where it costs little, since the
    /// steps are worked out anew for each try.
    fn cut_of(
        &self,
        question: &Question,
        begin: &Begin,
        goal: &Goal,
        (to, told): (&str, usize),
    ) -> Vec<CutIn> {
        let costs_little = self.world().snapshot().principals.len() <= MOST_FOR_A_CUT;
        if !question.cut && !costs_little {
            return Vec::new();
        }
        let limits = limits_of(question, !matches!(begin, Begin::Anyone));
        self.cut(begin, goal, &limits, to, told).into_iter().collect()
    }

    /// The chains by which others get in who do not without.
    fn chains_of(
        &self,
        question: &Question,
        asked: &AskedAction,
        spot: &Spot,
        askers: &Askers,
        direct: &[Group],
    ) -> FoundChains {
        let of_nobody = matches!(spot.target, Target::Anything) || matches!(askers, Askers::Administrators);
        let everyone = |group: &Group| {
            group.access.actor == Actor::Everyone
                && group.standing == Standing::Certain
                && !group.access.how.partial
        };
        if question.direct || of_nobody || !question.when.is_empty() || direct.iter().any(everyone) {
            return FoundChains { answers: Vec::new(), verdict: Verdict::No, more: false };
        }
        let limits = limits_of(question, matches!(askers, Askers::These(_)));
        let begin = self.begin_of(askers);
        let mut found = self.world().chains(&begin, &goal_of(spot, asked), &limits);
        // Who certainly gets in needs no chain; of who may, a chain of one step is what is told already.
        let is_told = |chain: &Chain| {
            let Some(Node::Actor(actor)) = chain.begin() else { return false };
            let mut groups = direct.iter().filter(|group| group.members.contains(actor));
            groups.any(|group| group.standing == Standing::Certain || chain.steps.len() == 1)
        };
        found.chains.retain(|chain| !is_told(chain));
        let verdict = self.verdict_of_chains(&found, &begin, &goal_of(spot, asked));
        let mut answers = self.chain_answers(&found, &asked.name);
        // The worst first.
        answers.sort_by_key(|(standing, answer)| {
            (*standing == Standing::Unknown, std::cmp::Reverse(answer.severity), answer.steps.len())
        });
        FoundChains { answers, verdict, more: found.more }
    }

    /// Everybody who can, of those looked at, and how many are not listed.
    fn who_of(
        &self,
        question: &Question,
        asked: &AskedAction,
        spot: &Spot,
        askers: &Askers,
    ) -> (Vec<Access>, LeftOut) {
        let when = self.world().context(&question.when);
        let mut left_out = LeftOut::default();
        let mut accesses = self.accesses(asked, spot, &when);
        accesses.retain(|access| self.is_among(&access.actor, askers));
        let lists_admins = question.admins || matches!(askers, Askers::Administrators | Askers::These(_));
        let everyone_can = accesses
            .iter()
            .find(|access| {
                access.actor == Actor::Everyone && Standing::of_access(access) == Standing::Certain
            })
            .map(|access| (access.how.action, access.how.partial));
        accesses.retain(|access| {
            if !lists_admins && self.is_admin(&access.actor) {
                left_out.administrators += 1;
                let standing = Standing::of_access(access);
                left_out.administrators_can = left_out.administrators_can.into_iter().chain([standing]).min();
                return false;
            }
            let no_more =
                everyone_can.is_some_and(|everyone| everyone == (access.how.action, access.how.partial));
            if no_more && matches!(access.actor, Actor::Principal(_)) && matches!(askers, Askers::Anyone) {
                left_out.part_of_everyone += 1;
                return false;
            }
            true
        });
        (accesses, left_out)
    }

    /// Everybody who can, administrators among them.
    pub(crate) fn accesses(
        &self,
        asked: &AskedAction,
        spot: &Spot,
        when: &clavicle_engine::Context,
    ) -> Vec<Access> {
        let mut found = self.world().who_can(&asked.wanted, &spot.target, when);
        // One object has no parts.
        if spot.part.as_ref().is_some_and(|part| !part.contains(['*', '?'])) {
            found.retain(|access| !access.how.partial);
        }
        found
    }

    pub(crate) fn is_among(&self, actor: &Actor, askers: &Askers) -> bool {
        match askers {
            Askers::Anyone => true,
            Askers::Outside => self.world().is_outside(actor),
            Askers::Administrators => self.is_admin(actor),
            Askers::Accounts(accounts) => {
                self.world().account_of(actor).is_some_and(|account| accounts.contains(&account))
            }
            Askers::These(actors) => actors.contains(actor),
        }
    }

    fn who_verdict(
        &self,
        groups: &[Group],
        left_out: &LeftOut,
        askers: &Askers,
        spot: &Spot,
        open: Open<'_>,
    ) -> Verdict {
        let best = groups.iter().map(|group| group.standing).chain(left_out.administrators_can).min();
        match best {
            _ if left_out.part_of_everyone > 0 => Verdict::Yes,
            Some(Standing::Certain) => Verdict::Yes,
            // What the policy of the thing may say besides could make it a yes; that it depends is known.
            Some(Standing::Conditional) => Verdict::Depends,
            Some(_) => Verdict::Unknown,
            None if self.own_policy_not_seen(&spot.target) && !matches!(askers, Askers::Administrators) => {
                Verdict::Unknown
            }
            None if !open.unlisted.is_empty() || !open.beside.is_empty() => Verdict::Unknown,
            None if self.world().snapshot().lists_nobody() => Verdict::Unknown,
            None => Verdict::No,
        }
    }

    /// What may let in some of those who are asked for beside policies: nobody can be named whom it does.
    fn beside_policies_of(
        &self,
        question: &Question,
        asked: &AskedAction,
        askers: &Askers,
        spot: &Spot,
    ) -> BTreeSet<Dependency> {
        let (world, target) = (self.world(), &spot.target);
        let when = world.context(&question.when);
        let owner = world.owner_of(target);
        let ways =
            asked.wanted.iter().filter_map(|wanted| Some((wanted, world.other_way(&wanted.action, target)?)));
        let are_meant = |wanted: &Wanted, by: &Dependency| match askers {
            Askers::Anyone | Askers::Outside | Askers::Administrators => true,
            Askers::Accounts(accounts) => {
                !matches!(by, Dependency::Acl | Dependency::Share | Dependency::ShareList)
                    || accounts.iter().any(|account| Some(*account) != owner)
            }
            Askers::These(actors) => actors.iter().any(|actor| {
                let arn = self.arn_named(wanted, spot);
                let ask = Ask { actor, action: &wanted.action, target, arn: Some(&arn), when: &when };
                world.beside_policies(actor, &wanted.action, target).is_some() && self.ruling(&ask).may()
            }),
        };
        ways.filter(|(wanted, by)| are_meant(wanted, by)).map(|(_, by)| by).collect()
    }

    /// The accounts with users and roles that were not listed, and that could be among those who get in. Those of another
    /// account only where the thing lets the account in.
    fn not_listed(
        &self,
        question: &Question,
        asked: &AskedAction,
        askers: &Askers,
        spot: &Spot,
    ) -> Vec<AccountId> {
        let is_listed = |account: &AccountId| self.world().snapshot().lists_identities(*account);
        match askers {
            Askers::Anyone | Askers::Administrators => {
                let when = self.world().context(&question.when);
                let own = self.world().owner_of(&spot.target).filter(|account| !is_listed(account));
                let others = self.world().unlisted_let_in(&asked.wanted, &spot.target, &when);
                own.into_iter().chain(others).collect()
            }
            Askers::Accounts(accounts) => {
                accounts.iter().filter(|account| !is_listed(account)).copied().collect()
            }
            Askers::Outside | Askers::These(_) => Vec::new(),
        }
    }

    fn who_sentence(
        &self,
        groups: &[Group],
        left_out: &LeftOut,
        askers: &Askers,
        asked: &AskedAction,
        (spot, thing): (&Spot, &str),
        (verdict, open): (Verdict, Open<'_>),
    ) -> String {
        let can = format!("can {} {thing}", asked.verb());
        let of = |wanted: fn(&Group) -> bool| {
            let groups: Vec<&Group> = groups.iter().filter(|group| wanted(group)).collect();
            self.crowd(&groups)
        };
        let known = of(|group| group.standing <= Standing::Conditional);
        let let_in = of(Group::is_let_in);
        let unknown = of(|group| group.standing == Standing::Unknown && !group.is_let_in());
        let nobody = match askers {
            Askers::Outside => "Nobody from outside".to_owned(),
            Askers::These(actors) if actors.len() == 1 => {
                return self.sentence_about_one(
                    groups,
                    &self.thing_of_actor(&actors[0]).called(),
                    &can,
                    verdict,
                );
            }
            Askers::These(_) | Askers::Accounts(_) => "None of them".to_owned(),
            Askers::Anyone | Askers::Administrators => "Nobody".to_owned(),
        };
        let mut sentence = match (known.is_empty(), unknown.is_empty()) {
            (false, _) => {
                let conditional = verdict == Verdict::Depends;
                let end = if conditional { ", if conditions hold" } else { "" };
                let mut sentence = format!("{} {can} directly{end}.", capital(&known));
                if !let_in.is_empty() {
                    sentence.push_str(&format!(
                        " {} can too, if their own policies, which were not seen, let them.",
                        capital(&let_in)
                    ));
                }
                if !unknown.is_empty() {
                    sentence.push_str(&format!(" Of {unknown} it is not known."));
                }
                sentence
            }
            (true, _) if !let_in.is_empty() => {
                format!("{} {can} if their own policies, which were not seen, let them.", capital(&let_in))
            }
            (true, false) => format!("Whether {unknown} {can} is not known."),
            (true, true) if left_out.administrators > 0 => {
                let administrators = counted(left_out.administrators, "administrator", "administrators");
                return match left_out.administrators_can {
                    Some(Standing::Certain) => format!("Only {administrators} {can}."),
                    Some(Standing::Conditional) => {
                        format!("Only {administrators} {can}, if conditions hold.")
                    }
                    _ => format!("Whether {administrators} {can} is not known."),
                };
            }
            (true, true) if verdict == Verdict::Unknown => {
                let why = match (self.own_policy_not_seen(&spot.target), open.beside.first()) {
                    (true, _) if self.world().lets_in_whom_nobody_knows(&spot.target) => {
                        "whom its policy lets in cannot be read".to_owned()
                    }
                    (true, _) => "its policy was not seen".to_owned(),
                    (false, Some(by)) => format!("that turns on {by}"),
                    (false, None) if open.unlisted.is_empty() => {
                        "no account's users and roles were read".to_owned()
                    }
                    (false, None) => {
                        let owner = self.world().owner_of(&spot.target);
                        let is_own = open.unlisted.iter().all(|account| Some(*account) == owner);
                        let of = match is_own {
                            true => "the account".to_owned(),
                            false => self.few(open.unlisted.iter(), |account| self.account_name(*account)),
                        };
                        format!("not all users and roles of {of} were read")
                    }
                };
                format!("{nobody} is known to be able to {} {thing}, but {why}.", asked.verb())
            }
            (true, true) => format!("{nobody} {can}."),
        };
        if left_out.part_of_everyone > 0 && known.is_empty() {
            sentence = format!("Everyone {can}.");
        }
        sentence
    }

    fn sentence_about_one(&self, groups: &[Group], who: &str, can: &str, verdict: Verdict) -> String {
        match groups.iter().map(|group| group.standing).min() {
            Some(Standing::Certain) => format!("{who} {can} directly."),
            Some(Standing::Conditional) => format!("{who} {can} directly, if conditions hold."),
            Some(_) => format!("Whether {who} {can} is not known."),
            None if verdict == Verdict::Unknown => format!("Whether {who} {can} is not known."),
            None => format!("{who} {} directly.", can.replacen("can", "cannot", 1)),
        }
    }

    /// `9 identities`, `everyone`, `2 identities and 1 outside account`.
    fn crowd(&self, groups: &[&Group]) -> String {
        let mut parts = Vec::new();
        if let [Group { members, .. }] = groups
            && let [one] = members.as_slice()
        {
            return self.thing_of_actor(one).called();
        }
        let count = |wanted: fn(&Actor) -> bool| {
            groups.iter().flat_map(|group| &group.members).filter(|actor| wanted(actor)).count()
        };
        if count(|actor| matches!(actor, Actor::Everyone)) > 0 {
            parts.push("everyone".to_owned());
        }
        for (found, one, many) in [
            (count(|it| matches!(it, Actor::Principal(_) | Actor::Root(_))), "identity", "identities"),
            (
                count(|it| matches!(it, Actor::OutsideAccount(_) | Actor::CanonicalUser(_))),
                "outside account",
                "outside accounts",
            ),
            (
                count(|it| matches!(it, Actor::Unseen(_))),
                "identity that was not seen",
                "identities that were not seen",
            ),
            (count(|it| matches!(it, Actor::Provider(_))), "identity provider", "identity providers"),
            (count(|it| matches!(it, Actor::Service(_))), "AWS service", "AWS services"),
        ] {
            if found > 0 {
                parts.push(counted(found, one, many));
            }
        }
        listed(&parts)
    }

    fn who_needs(&self, groups: &[Group], asked: &AskedAction, spot: &Spot) -> Vec<NeededAction> {
        let mut found: Vec<NeededAction> = Vec::new();
        let of_groups =
            groups.iter().flat_map(|group| group.access.how.needs.iter().map(|(need, _)| need.clone()));
        let of_question =
            || asked.wanted.first().map(|wanted| self.world().needs(&wanted.action, &spot.target));
        let mut needs: Vec<_> = of_groups.collect();
        if needs.is_empty() {
            needs = of_question().unwrap_or_default();
        }
        for need in needs {
            let needed = NeededAction {
                action: need.action.to_owned(),
                on: self.thing_of_target(&need.target).name,
                why: need.why.to_owned(),
            };
            if !found.contains(&needed) {
                found.push(needed);
            }
        }
        found
    }

    fn who_rests_on(&self, groups: &[Group], spot: &Spot, needs: &[NeededAction]) -> RestsOn {
        let owner = self.world().owner_of(&spot.target);
        let of_groups = groups.iter().filter_map(|group| self.world().account_of(&group.access.actor));
        let mut accounts: Vec<AccountId> = owner.into_iter().chain(of_groups).collect();
        accounts.sort_unstable();
        accounts.dedup();
        RestsOn { accounts, services: self.services_of(spot, needs) }
    }

    /// The services whose policies bear on requests for a thing.
    pub(crate) fn services_of(&self, spot: &Spot, needs: &[NeededAction]) -> Vec<String> {
        let arn = self.world().arn_of(&spot.target);
        let service = arn.split(':').nth(2).unwrap_or("").to_owned();
        let needed = needs.iter().filter_map(|need| Some(need.action.split_once(':')?.0.to_owned()));
        needed.chain([service]).collect()
    }

    fn who_notes(
        &self,
        groups: &[Group],
        left_out: &LeftOut,
        spot: &Spot,
        question: &Question,
    ) -> Vec<String> {
        let mut notes = Vec::new();
        if left_out.part_of_everyone > 0 {
            let them = counted(left_out.part_of_everyone, "user or role is", "users and roles are");
            notes.push(format!("{them} part of everyone, and not listed one by one."));
        }
        if self.own_policy_not_seen(&spot.target) {
            let thing = self.thing_of_target(&spot.target).name;
            notes.push(match self.world().lets_in_whom_nobody_knows(&spot.target) {
                true => format!("Whom the policy of {thing} lets in cannot be read: there may be others."),
                false => format!(
                    "The policy of {thing} was not seen: it may let in others, or keep out some of these."
                ),
            });
        }
        if groups.iter().any(Group::is_let_in) {
            notes.push("Whoever runs an account outside decides what its own policies say.".to_owned());
        }
        if !question.when.is_empty() && !question.direct && !matches!(spot.target, Target::Anything) {
            notes.push("Chains are left out: what is stated is stated of one request.".to_owned());
        }
        if question.direct && !matches!(spot.target, Target::Anything) {
            notes.push(
                "Only direct access is listed: whoever can become one of these gets in through them."
                    .to_owned(),
            );
        }
        notes
    }

    /// Could a policy of the thing itself say more, which was not seen, or of which it cannot be read whom it lets in? IAM's own
    /// things, roles aside, have none.
    pub(crate) fn own_policy_not_seen(&self, target: &Target) -> bool {
        let of_iam = matches!(target, Target::Arn(arn, _) if arn.split(':').nth(2) == Some("iam") && !arn.contains(":role/"));
        !of_iam && (self.world().policy_not_seen(target) || self.world().lets_in_whom_nobody_knows(target))
    }

    /// The thing or part of it as people write it: `s3://bucket/2026/07.csv`.
    pub(crate) fn spot_name(&self, spot: &Spot) -> String {
        let name = self.thing_of_target(&spot.target).name;
        let Some(part) = &spot.part else { return name };
        let arn = self.world().arn_of(&spot.target);
        match part.strip_prefix(&*arn) {
            Some(rest) if name.starts_with("s3://") => format!(
                "{name}{}",
                rest.strip_suffix("/*").map_or(rest.to_owned(), |rest| format!("{rest}/"))
            ),
            _ => part.clone(),
        }
    }
}

/// The chains that were found, each with how certain it is.
struct FoundChains {
    answers: Vec<(Standing, Answer)>,
    verdict: Verdict,
    more: bool,
}

/// How many of these are certain or turn on conditions alone.
pub(crate) fn known_chains(chains: &[(Standing, Answer)]) -> usize {
    chains.iter().filter(|(standing, _)| *standing <= Standing::Conditional).count()
}

/// Of more users and roles than this, a cut has to be asked for.
const MOST_FOR_A_CUT: usize = 1_000;

/// What is said where a cut was asked for and there is none.
fn uncut(question: &Question, page: &AnswerPage) -> Option<String> {
    (question.cut && page.cuts.is_empty()).then(|| NO_CUT.to_owned())
}

/// Is it more than one move?
fn is_chain(answer: &Answer) -> bool {
    answer.steps.len() > 1
}

/// `3 chains let others in, one of them from outside.`
fn chain_sentence(chains: &[(Standing, Answer)]) -> String {
    let known = |(standing, _): &&(Standing, Answer)| *standing <= Standing::Conditional;
    let found: Vec<&(Standing, Answer)> = chains.iter().filter(known).collect();
    let outside = found.iter().filter(|(_, answer)| answer.outside).count();
    let certain = if found.iter().all(|(standing, _)| *standing == Standing::Conditional) {
        ", if conditions hold"
    } else {
        ""
    };
    let from_outside = match (outside, found.len()) {
        (0, _) => "",
        (1, 1) => ", from outside",
        (1, _) => ", one of them from outside",
        (outside, all) if outside == all => ", all of them from outside",
        _ => ", some of them from outside",
    };
    match found.len() {
        0 => String::new(),
        1 => format!("1 chain lets others in{from_outside}{certain}."),
        chains => format!("{} chains let others in{from_outside}{certain}.", number(chains)),
    }
}

/// The crowd at the beginning of a sentence; names keep their case.
fn capital(crowd: &str) -> String {
    match crowd.strip_prefix("everyone") {
        Some(rest) => format!("Everyone{rest}"),
        None => crowd.to_owned(),
    }
}
