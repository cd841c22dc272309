//! Who gets in from outside, by which door?

use std::collections::BTreeMap;

use clavicle_graph::outside::{Opening, Way};
use clavicle_graph::{Actor, Target};
use clavicle_policy::AccountId;
use clavicle_snapshot::{Coverage, IDENTITIES, PolicyState, PrincipalKind, ResourceIndex};

use crate::count::{counted, number};
use crate::not_seen::{RestsOn, may_leave_out_things};
use crate::page::listed;
use crate::question::QuestionError;
use crate::reader::Reader;
use crate::shape::{Answer, AnswerPage, Asked, Severity, Thing, Verdict};
use crate::shell_word::shell_word;

/// What is asked of the border.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutsideQuestion {
    /// The account whose doors are looked at, as typed; `None`: of all.
    pub account: Option<String>,
    /// Only what AWS calls public.
    pub public: bool,
    /// Also ways that are blocked.
    pub blocked: bool,
    /// Only the doors, not what lies behind them: then no chains are worked out.
    pub direct: bool,
}

/// So many names that may have been meant.
const CANDIDATES: usize = 5;

/// Ways that are not listed.
#[derive(Default)]
struct LeftOut {
    /// Roles that the organization's own people enter through its own directory.
    own_directory: usize,
    blocked: usize,
}

impl Reader {
    /// Every way in from outside, worked out once.
    pub(crate) fn ways(&self) -> &[Way] {
        self.ways.get_or_init(|| self.world().ways_in())
    }

    /// Answers who gets in from outside, the worst first.
    pub fn outside(&self, question: &OutsideQuestion) -> Result<AnswerPage, QuestionError> {
        self.outside_telling(question, |_, _| ())
    }

    /// As [`Reader::outside`]; `told` hears how many ways have been looked at, of how many.
    pub fn outside_telling(
        &self,
        question: &OutsideQuestion,
        mut told: impl FnMut(u64, u64),
    ) -> Result<AnswerPage, QuestionError> {
        let account = question.account.as_deref().map(|text| self.account_of_text(text)).transpose()?;
        let mut left_out = LeftOut::default();
        let of_question = |way: &&Way| {
            account.is_none_or(|account| self.world().owner_of(&way.door.target()) == Some(account))
                && (!question.public || way.is_public())
        };
        let listed = self.ways().iter().filter(of_question).filter(|way| {
            if is_own_directory(&way.outsider.actor()) {
                left_out.own_directory += 1;
                return false;
            }
            if way.opening() == Opening::Blocked && !question.blocked {
                left_out.blocked += 1;
                return false;
            }
            true
        });
        let ways: Vec<&Way> = listed.collect();
        let mut answers: Vec<Answer> = Vec::with_capacity(ways.len());
        for (done, way) in ways.iter().enumerate() {
            told(done as u64, ways.len() as u64);
            answers.extend(self.way_answer(way, !question.direct));
        }
        answers.sort_by_cached_key(order);
        let (unseen, unlisted) = (self.doors_not_seen(account), self.doors_not_listed(account));
        let shares = self.shares_not_seen(account);
        let in_doubt = self.doors_in_doubt(account);
        let not_seen = unseen + unlisted.len() + shares.values().sum::<usize>() + in_doubt;
        let verdict = verdict(&ways, not_seen);
        let name = account.map(|account| self.account_name(account));
        let of_account = name.as_ref().map(|name| format!(" into {name}")).unwrap_or_default();
        let sentence = sentence(&answers, question, &of_account, not_seen);
        let asked = Asked {
            verb: "outside".to_owned(),
            by: Some(if question.public { "public" } else { "outside" }.to_owned()),
            action: None,
            on: name.as_ref().map(|name| format!("acct/{name}")),
            when: Default::default(),
            text: match question.public {
                true => format!("what is public{of_account}"),
                false => format!("who gets in from outside{of_account}"),
            },
        };
        let mut page = self.page(asked, verdict, sentence);
        page.notes = notes(&left_out, unseen, &unlisted, question);
        page.notes.extend(shares_note(&shares));
        if in_doubt > 0 {
            page.notes.push(format!(
                "Whom {} in cannot be read: that may be others.",
                counted(in_doubt, "policy lets", "policies let")
            ));
        }
        page.not_seen = self.not_seen(&self.border_rests_on(account));
        page.next = answers.first().map(next_of);
        page.answers = answers;
        Ok(page)
    }

    fn account_of_text(&self, text: &str) -> Result<AccountId, QuestionError> {
        let name = text.strip_prefix("acct/").unwrap_or(text);
        self.names().account_named(self.world().snapshot(), name).ok_or_else(|| {
            let accounts = self.world().snapshot().accounts.iter();
            let names: Vec<String> = accounts.map(|account| self.account_name(account.id)).collect();
            let all = names.iter().map(|name| (format!("acct/{name}"), name.as_str()));
            let near = crate::nearest::nearest(name, all, CANDIDATES);
            QuestionError::new(format!("`{text}` is no account of this snapshot")).candidates(near)
        })
    }

    /// How many doors have a policy that nobody has shown.
    fn doors_not_seen(&self, account: Option<AccountId>) -> usize {
        let snapshot = self.world().snapshot();
        let of_account = |owner: Option<AccountId>| account.is_none() || owner == account;
        let things = snapshot.resources.iter().enumerate().filter(|(at, resource)| {
            of_account(resource.account)
                && self.world().policy_not_seen(&Target::Resource(ResourceIndex::at(*at)))
        });
        let roles = snapshot.principals.iter().filter(|role| {
            role.kind == PrincipalKind::Role
                && role.trust == PolicyState::NotSeen
                && of_account(Some(role.account))
        });
        things.count() + roles.count()
    }

    /// How many doors have a policy of which it cannot be read whom it lets in?
    fn doors_in_doubt(&self, account: Option<AccountId>) -> usize {
        let world = self.world();
        let things = 0..world.snapshot().resources.len();
        let things = things.map(|at| Target::Resource(ResourceIndex::at(at)));
        let all = things.chain(world.principals().map(Target::Principal));
        let is_asked_for = |target: &Target| account.is_none() || world.owner_of(target) == account;
        all.filter(|target| is_asked_for(target) && world.lets_in_whom_nobody_knows(target)).count()
    }

    /// How many things may be shared with others by lists that were not read, by the call that tells it. Those whose policy was
    /// not seen are doors that were not seen.
    fn shares_not_seen(&self, account: Option<AccountId>) -> BTreeMap<&'static str, usize> {
        let world = self.world();
        let mut calls = BTreeMap::new();
        for at in 0..world.snapshot().resources.len() {
            let target = Target::Resource(ResourceIndex::at(at));
            let is_asked_for = account.is_none() || world.owner_of(&target) == account;
            if let Some(call) = world.list_not_read(&target)
                && is_asked_for
                && !world.policy_not_seen(&target)
            {
                *calls.entry(call).or_insert(0) += 1;
            }
        }
        calls
    }

    /// The calls that would have listed doors, and were refused or not answered. Files list what they list: of those nobody
    /// knows of a kind that is not there whether there is none.
    fn doors_not_listed(&self, account: Option<AccountId>) -> Vec<String> {
        let snapshot = self.world().snapshot();
        let roles =
            snapshot.without_identities().filter(|owner| account.is_none_or(|account| *owner == account));
        let roles = roles.map(|owner| format!("{IDENTITIES} in {}", self.account_name(owner)));
        let rows = self.listings_not_seen(account);
        let of_rows =
            rows.filter_map(|row| Some(format!("{} in {}", row.call, self.account_name(row.account?))));
        // Where there is not even an account.
        let nobody = snapshot.accounts.is_empty().then(|| format!("{IDENTITIES} in any account"));
        let mut calls: Vec<String> = nobody.into_iter().chain(roles).chain(of_rows).collect();
        calls.dedup();
        calls
    }

    /// What was told of those calls, but for the one that lists users and roles.
    fn listings_not_seen(&self, account: Option<AccountId>) -> impl Iterator<Item = &Coverage> {
        self.world().snapshot().not_seen().filter(move |row| {
            let of_account = row.account.is_some_and(|owner| account.is_none_or(|account| owner == account));
            of_account && may_leave_out_things(row)
        })
    }

    fn border_rests_on(&self, account: Option<AccountId>) -> RestsOn {
        let snapshot = self.world().snapshot();
        let unseen = snapshot.resources.iter().filter(|resource| resource.policy == PolicyState::NotSeen);
        let of_things = unseen.filter_map(|resource| resource.arn.split(':').nth(2));
        let of_calls = self.listings_not_seen(account).filter_map(|row| row.call.split(':').next());
        let mut services: Vec<String> = of_things.chain(of_calls).map(str::to_owned).collect();
        services.sort_unstable();
        services.dedup();
        let accounts = match account {
            Some(account) => vec![account],
            None => snapshot.accounts.iter().map(|account| account.id).collect(),
        };
        RestsOn { accounts, services }
    }
}

/// What to ask about a row: how it goes on, else what is behind the door.
fn next_of(answer: &Answer) -> String {
    let name =
        |things: &[Thing]| things.first().map_or(String::new(), |thing| shell_word(&thing.name).into_owned());
    let leads = answer.way.as_ref().and_then(|way| way.reaches.first()).filter(|lead| lead.steps > 1);
    match leads {
        Some(lead) if lead.kind == "administrator" => format!("clavicle path {} admin", name(&answer.who)),
        Some(lead) => format!("clavicle path {} {}", name(&answer.who), shell_word(&lead.thing)),
        None if answer.access.iter().any(|word| word == "become") => {
            format!("clavicle what {}", name(&answer.on))
        }
        None => format!("clavicle who {}", name(&answer.on)),
    }
}

/// Is it the directory by which the organization's own people sign in? IAM Identity Center makes its provider itself.
pub(crate) fn is_own_directory(actor: &Actor) -> bool {
    matches!(actor, Actor::Provider(arn)
        if arn.contains(":saml-provider/AWSSSO_") && arn.ends_with("_DO_NOT_DELETE"))
}

/// Is the way fine: accepted by somebody, and until a day that is not past?
pub(crate) fn is_accepted(answer: &Answer) -> bool {
    let accepted = answer.way.as_ref().and_then(|way| way.accepted.as_ref());
    accepted.is_some_and(|accepted| !accepted.expired)
}

/// The worst first; what is accepted and what is known come last, what is blocked after all.
pub(crate) fn order(
    answer: &Answer,
) -> (bool, bool, bool, std::cmp::Reverse<Option<Severity>>, String, String) {
    let way = answer.way.as_ref();
    let blocked = way.is_some_and(|way| way.opening == "blocked");
    let known = way.is_some_and(|way| way.known.as_ref().is_some_and(|known| known.by == "settings"));
    let fine = known && answer.severity <= Some(Severity::Low);
    let from = way.map(|way| way.from.clone()).unwrap_or_default();
    let on = answer.on.first().map(|on| on.name.clone()).unwrap_or_default();
    (blocked, fine, is_accepted(answer), std::cmp::Reverse(answer.severity), from, on)
}

fn verdict(ways: &[&Way], unseen: usize) -> Verdict {
    match ways.iter().map(|way| way.opening()).min() {
        Some(Opening::Open) => Verdict::Yes,
        Some(Opening::Conditional) => Verdict::Depends,
        Some(Opening::Unknown) => Verdict::Unknown,
        Some(Opening::Blocked) | None if unseen > 0 => Verdict::Unknown,
        Some(Opening::Blocked) | None => Verdict::No,
    }
}

fn sentence(answers: &[Answer], question: &OutsideQuestion, of_account: &str, unseen: usize) -> String {
    let open: Vec<&Answer> = answers
        .iter()
        .filter(|answer| answer.way.as_ref().is_some_and(|way| way.opening != "blocked"))
        .collect();
    if open.is_empty() {
        let nobody = match question.public {
            true => format!("Nothing{} is public", of_account.replacen(" into", " in", 1)),
            false => format!("Nobody gets in from outside{of_account}"),
        };
        return match unseen {
            0 => format!("{nobody}."),
            _ => format!("{nobody}, as far as was seen."),
        };
    }
    let mut parts = Vec::new();
    let count = |wanted: &dyn Fn(&Answer) -> bool| open.iter().filter(|answer| wanted(answer)).count();
    for (severity, word) in [
        (Severity::Critical, "critical"),
        (Severity::High, "high"),
        (Severity::Medium, "medium"),
        (Severity::Low, "low"),
    ] {
        let found = count(&|answer| {
            answer.severity == Some(severity) && !is_accepted(answer) && !is_known_for_low(answer)
        });
        if found > 0 {
            parts.push(format!("{} {word}", number(found)));
        }
    }
    let known = count(&|answer| is_known_for_low(answer) && !is_accepted(answer));
    if known > 0 {
        parts.push(format!("{} known", number(known)));
    }
    let accepted = count(&is_accepted);
    if accepted > 0 {
        parts.push(format!("{} accepted", number(accepted)));
    }
    let ways = match question.public {
        true => counted(open.len(), "way is open to everyone", "ways are open to everyone"),
        false => counted(open.len(), "way in from outside", "ways in from outside"),
    };
    format!("{ways}{of_account}: {}.", listed(&parts))
}

/// Somebody whom people have named, and nothing more to say of it.
fn is_known_for_low(answer: &Answer) -> bool {
    let known = answer.way.as_ref().and_then(|way| way.known.as_ref());
    answer.severity == Some(Severity::Low) && known.is_some_and(|known| known.by == "settings")
}

fn shares_note(shares: &BTreeMap<&str, usize>) -> Option<String> {
    let calls: Vec<String> = shares.keys().map(ToString::to_string).collect();
    let things = match shares.values().sum() {
        0 => return None,
        count => counted(count, "thing is", "things are"),
    };
    Some(format!("With whom {things} shared was not seen ({}): that may let in others.", listed(&calls)))
}

fn notes(left_out: &LeftOut, unseen: usize, unlisted: &[String], question: &OutsideQuestion) -> Vec<String> {
    let mut notes = Vec::new();
    if left_out.own_directory > 0 && !question.public {
        let roles = counted(left_out.own_directory, "role is", "roles are");
        notes.push(format!(
            "{roles} entered through IAM Identity Center, the organization's own directory, and not listed."
        ));
    }
    if left_out.blocked > 0 {
        let ways = counted(left_out.blocked, "way is", "ways are");
        notes.push(format!("{ways} blocked: --all lists them and what blocks them."));
    }
    if unseen > 0 {
        notes.push(match unseen {
            1 => "The policy of 1 thing was not seen: it may let in others.".to_owned(),
            many => format!("The policies of {} things were not seen: they may let in others.", number(many)),
        });
    }
    if let Some((first, more)) = unlisted.split_first() {
        let more =
            if more.is_empty() { String::new() } else { format!(" and {} more calls", number(more.len())) };
        notes.push(format!("What {first}{more} would have listed was not seen: it may let in others."));
    }
    notes
}
