//! A world and the way people speak of it.

use std::sync::OnceLock;

use clavicle_graph::outside::Way;
use clavicle_graph::{Actor, Target, World};
use clavicle_policy::{AccountId, Policy};
use clavicle_snapshot::ResourceIndex;
use foldhash::{HashMap, HashMapExt};

use crate::grammar;
use crate::in_use::InUse;
use crate::known_accounts::{KnownAccounts, NamedAccount};
use crate::names::Names;
use crate::question::{Question, QuestionError};
use crate::search::Search;
use crate::settings::{Known, MatterSetting, Settings};
use crate::shape::{KnownAs, Summary};

/// A world and the way people speak of it.
#[derive(Debug)]
pub struct Reader {
    world: World,
    settings: Settings,
    names: Names,
    search: OnceLock<Search>,
    /// The settled place in `settings.matters` of each thing that matters.
    matters: HashMap<ResourceIndex, usize>,
    /// The policies of the world as written, by number: read when first cited.
    pub(crate) written: Box<[OnceLock<Option<Policy>>]>,
    pub(crate) policies: OnceLock<crate::document::Policies>,
    pub(crate) summary: OnceLock<Summary>,
    pub(crate) ways: OnceLock<Vec<Way>>,
    pub(crate) behind: OnceLock<crate::behind::Behind>,
    pub(crate) in_use: OnceLock<InUse>,
}

impl Reader {
    /// A reader of `world`.
    pub fn new(world: World, settings: Settings) -> Self {
        let mut reader = Self {
            names: Names::new(world.snapshot()),
            search: OnceLock::new(),
            matters: HashMap::new(),
            written: (0..world.policy_count()).map(|_| OnceLock::new()).collect(),
            policies: OnceLock::new(),
            summary: OnceLock::new(),
            ways: OnceLock::new(),
            behind: OnceLock::new(),
            in_use: OnceLock::new(),
            world,
            settings,
        };
        let matters = reader.settings.matters.iter().enumerate();
        let found: Vec<(ResourceIndex, usize)> = matters
            .filter_map(|(at, matter)| match reader.resolve_spot(&matter.thing).ok()?.target {
                Target::Resource(index) => Some((index, at)),
                _ => None,
            })
            .collect();
        reader.matters.extend(found);
        reader
    }

    /// The world.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Sets what fails a build, whatever the settings say.
    pub fn gate(&mut self, gate: Option<crate::gate::Gate>) {
        self.settings.gate = gate;
    }

    /// What people know that no policy says.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    pub(crate) fn search(&self) -> &Search {
        self.search.get_or_init(|| Search::new(&self.names))
    }

    /// Reads the text of the ask bar; never guesses: text that does not parse gives the three nearest questions.
    pub fn parse(&self, text: &str) -> Result<Question, QuestionError> {
        grammar::parse(text).map_err(|error| {
            let candidates = self.questions_near(text);
            error.candidates(candidates)
        })
    }

    /// The actor of a display name, ARN or other spelling.
    pub fn actor(&self, text: &str) -> Result<Actor, QuestionError> {
        self.resolve_actor(text)
    }

    /// The thing of a display name, ARN or other spelling; of something in a thing (an object of a bucket), the thing.
    pub fn target(&self, text: &str) -> Result<Target, QuestionError> {
        self.resolve_spot(text).map(|spot| spot.target)
    }

    /// The name of an account; its id where it has none.
    pub fn account_name(&self, account: AccountId) -> String {
        self.names.account(account)
    }

    /// Is this outsider known, and as what?
    pub fn known(&self, actor: &Actor) -> Option<&Known> {
        let account = match actor {
            Actor::OutsideAccount(account) => Some(*account),
            Actor::Unseen(arn) => AccountId::of_arn(arn),
            _ => None,
        };
        let account = account.map(|account| account.to_string());
        let is = |known: &&Known| {
            let who = known.who.as_str();
            match actor {
                Actor::OutsideAccount(_) => account.as_deref() == Some(who),
                Actor::Unseen(arn) => account.as_deref() == Some(who) || **arn == *who,
                Actor::Provider(arn) => **arn == *who || is_host_of(who, crate::names::provider_name(arn)),
                Actor::CanonicalUser(id) => **id == *who,
                Actor::Everyone => {
                    matches!(who.to_ascii_lowercase().as_str(), "everyone" | "public" | "anyone")
                }
                Actor::Service(name) => **name == *who,
                Actor::Principal(_) | Actor::Root(_) => false,
            }
        };
        self.settings.known.iter().find(is)
    }

    /// Who is this outsider, as settings or lists say? To be named on a list is not to be let in on purpose.
    pub fn acquaintance(&self, actor: &Actor) -> Option<KnownAs> {
        if let Some(known) = self.known(actor) {
            // Hosts and providers that nobody gave a name are called what they are called anyway.
            return (known.name != known.who).then(|| KnownAs {
                name: known.name.clone(),
                by: "settings".to_owned(),
                why: known.why.clone(),
                until: known.until.clone(),
                source: None,
            });
        }
        let named = self.named_account(actor)?;
        Some(KnownAs {
            name: named.name.clone(),
            by: "list".to_owned(),
            why: None,
            until: None,
            source: named.source.clone(),
        })
    }

    /// Whose account is this outsider's, as lists say?
    pub(crate) fn named_account(&self, actor: &Actor) -> Option<&NamedAccount> {
        let account = match actor {
            Actor::OutsideAccount(account) => Some(*account),
            Actor::Unseen(arn) => AccountId::of_arn(arn).filter(|account| !self.world().is_ours(*account)),
            _ => None,
        }?;
        self.settings.listed.get(account).or_else(|| KnownAccounts::built_in().get(account))
    }

    /// Does this thing matter?
    pub fn matters(&self, resource: ResourceIndex) -> Option<&MatterSetting> {
        self.matters.get(&resource).and_then(|at| self.settings.matters.get(*at))
    }

    /// The things that matter, in the order of the settings.
    pub(crate) fn things_that_matter(&self) -> Vec<ResourceIndex> {
        let mut found: Vec<(usize, ResourceIndex)> =
            self.matters.iter().map(|(index, at)| (*at, *index)).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, index)| index).collect()
    }
}

/// Does a host that people know stand for the issuer of a provider: itself, a domain above it, or GitHub's issuer?
pub(crate) fn is_host_of(who: &str, provider: &str) -> bool {
    let host = provider.split('/').next().unwrap_or(provider).to_ascii_lowercase();
    let who = who.trim_start_matches("https://").to_ascii_lowercase();
    let below = host.strip_suffix(who.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    below && who.contains('.')
        || provider.eq_ignore_ascii_case(&who)
        || (who == "github.com" && host == "token.actions.githubusercontent.com")
}

#[cfg(test)]
mod tests {
    use super::is_host_of;

    #[test]
    fn hosts_stand_for_their_issuers() {
        for (who, provider, wanted) in [
            ("github.com", "token.actions.githubusercontent.com", true),
            ("gitlab.com", "gitlab.com", true),
            ("okta.com", "paperboat.okta.com", true),
            ("https://login.example.com", "login.example.com/tenant", true),
            ("com", "gitlab.com", false),
            ("lab.com", "gitlab.com", false),
            ("paperboat", "paperboat", true),
        ] {
            assert_eq!(is_host_of(who, provider), wanted, "{who} {provider}");
        }
    }
}
