//! What a name of AWS means: an action, a pattern, a word of access, a resource type, a condition key, a service, an ARN; and
//! what a message does by which AWS refuses a call.
//! From the catalogue alone; needs no account.

use clavicle_catalog::{
    ActionId, ArnForm, Catalog, ConditionKey, GlobalKey, KeyType, ResourceType, RolePassing, Service, Word,
    words,
};

use crate::nearest::nearest;
use crate::question::QuestionError;
use crate::refusal::{refusal, tells_no_reason, without_reason};
use crate::shape::{
    ActionLine, ActionMeaning, ActionOnType, ActionsOnType, ArnMeaning, Covering, ExplainedPage,
    GlobalKeyMeaning, KeyInService, KeyLine, KeyMeaning, LevelGroup, Meaning, PatternMeaning, RoleHandover,
    RuleExample, RuleMeaning, ServiceMeaning, TypeLine, TypeMeaning, WordActionLine, WordMeaning, WordOfType,
    WordOnType,
};

/// Says what `what` means. `on`: for a word of access, the service or resource type that is asked about.
///
/// Linear in the catalogue.
pub fn explained(
    catalog: &'static Catalog,
    what: &str,
    on: Option<&str>,
) -> Result<ExplainedPage, QuestionError> {
    let what = what.trim();
    let meaning = if let Some(rule) = rule_meaning(what) {
        Meaning::Rule(rule)
    } else if let Some(refused) = refusal(what) {
        Meaning::Refusal(refused)
    } else if tells_no_reason(what) {
        return Err(without_reason(what));
    } else if let Some(word) = Word::parse(what) {
        Meaning::Word(word_meaning(catalog, word, on)?)
    } else if let Some(on) = on {
        let problem = format!("`{on}` narrows a word of access, and `{what}` is none");
        return Err(QuestionError::new(problem)
            .hint("the words are: list, read, write, delete, run, control, become"));
    } else if let Some(action) = catalog.action(what) {
        Meaning::Action(action_meaning(catalog, action))
    } else if what.starts_with("arn:") {
        Meaning::Arn(arn_meaning(catalog, what)?)
    } else if what == "*" || what.contains(':') && what.contains(['*', '?']) {
        Meaning::Pattern(pattern_meaning(catalog, what)?)
    } else if let Some(kind) = catalog.resource_type(what) {
        Meaning::ResourceType(type_meaning(catalog, kind))
    } else if let Some(key) = catalog.condition_key(what) {
        Meaning::ConditionKey(key_meaning(catalog, &key))
    } else if let Some(service) = catalog.service(what) {
        Meaning::Service(service_meaning(catalog, service))
    } else {
        return Err(unknown(catalog, what));
    };
    Ok(ExplainedPage { schema: "clavicle.explained/1", catalog: catalog.data_date().to_owned(), meaning })
}

/// A rule is ours, and no fact of AWS.
fn rule_meaning(id: &str) -> Option<RuleMeaning> {
    if let Some(rule) = crate::findings::rule(id) {
        return Some(RuleMeaning {
            id: rule.id,
            title: rule.title,
            looks_at: "accounts",
            means: rule.means,
            why: rule.why,
            what_to_do: rule.fix,
            severity: rule.severity,
            reports: Vec::new(),
            does_not: Vec::new(),
            sources: rule.sources.to_vec(),
        });
    }
    let rule = clavicle_lint::rule(id)?;
    let shown = |examples: &[clavicle_lint::Example]| {
        examples.iter().map(|it| RuleExample { text: it.text, kind: it.kind.to_string() }).collect()
    };
    Some(RuleMeaning {
        id: rule.id,
        title: rule.title,
        looks_at: "files",
        means: rule.means,
        why: rule.why,
        what_to_do: rule.fix,
        severity: rule.severity.name(),
        reports: shown(rule.bad),
        does_not: shown(rule.good),
        sources: vec![rule.source],
    })
}

fn action_meaning(catalog: &'static Catalog, action: ActionId) -> ActionMeaning {
    let keys: Vec<&str> = catalog.keys(action).collect();
    let dependents: Vec<String> =
        catalog.dependents(action).map(|action| catalog.name(action).to_owned()).collect();
    ActionMeaning {
        name: catalog.name(action).to_owned(),
        levels: Some(catalog.access(action))
            .filter(|access| !access.is_unknown())
            .map(|access| access.names().collect()),
        word: words().word(action).map(Word::name),
        covered_by: covering(catalog, action),
        without_resource: catalog.is_wildcard_only(action),
        resource_types: catalog
            .resources(action)
            .map(|taken| {
                let kind = taken.resource_type();
                ActionOnType {
                    name: kind.to_string(),
                    arn: forms(kind),
                    required: taken.is_required(),
                    word: words().word_of(action, kind.id()).map(Word::name),
                    keys: taken.keys().collect(),
                }
            })
            .collect(),
        keys: (!keys.is_empty() || !catalog.is_late(action)).then(|| key_lines(catalog, &keys)),
        dependent_actions: (!dependents.is_empty() || catalog.dependents_known(action)).then_some(dependents),
        hands_over_role: catalog.role_passing(action).map(|passing| match passing {
            RolePassing::Documented => RoleHandover { known: "documented", member: None },
            RolePassing::Observed => RoleHandover { known: "observed", member: None },
            RolePassing::RoleInInput(member) => RoleHandover { known: "input", member: Some(member) },
        }),
        permission_only: catalog.is_permission_only(action),
    }
}

/// The words that cover an action, on each type where they do.
fn covering(catalog: &Catalog, action: ActionId) -> Vec<Covering> {
    let mut found = Vec::new();
    for word in Word::ALL {
        for kind in catalog.resource_types() {
            let here = words().asked(word, kind.id()).filter(|asked| asked.action == action);
            found.extend(here.map(|asked| Covering {
                word: word.name(),
                resource_type: kind.to_string(),
                asked_on: asked_on(asked.form).to_owned(),
            }));
        }
    }
    found
}

fn asked_on(form: ArnForm) -> &'static str {
    match form {
        ArnForm::Itself => "",
        ArnForm::Under(ending) => ending,
        ArnForm::Above { .. } => "..",
        ArnForm::Anything => "*",
    }
}

fn key_lines(catalog: &Catalog, names: &[&str]) -> Vec<KeyLine> {
    names.iter().filter_map(|name| catalog.condition_key(name)).map(|key| key_line(&key)).collect()
}

fn key_line(key: &ConditionKey) -> KeyLine {
    let values = match key.kind {
        KeyType::String => "string",
        KeyType::Arn => "arn",
        KeyType::Bool => "bool",
        KeyType::Numeric => "numeric",
        KeyType::Date => "date",
        KeyType::IpAddress => "ip",
    };
    KeyLine { name: key.name.to_owned(), values, multivalued: key.multivalued }
}

fn pattern_meaning(catalog: &'static Catalog, pattern: &str) -> Result<PatternMeaning, QuestionError> {
    let found = catalog.expand(pattern);
    if found.is_empty() {
        let problem = format!("`{pattern}` covers no action that is known here");
        let service = pattern.split(':').next().filter(|service| catalog.service(service).is_none());
        let near = service.map(|service| near_services(catalog, service)).unwrap_or_default();
        let rest = pattern.split_once(':').map_or("*", |(_, rest)| rest);
        return Err(QuestionError::new(problem)
            .hint(too_new(catalog))
            .candidates(near.into_iter().map(|service| format!("{service}:{rest}")).collect()));
    }
    Ok(PatternMeaning { pattern: pattern.to_owned(), count: found.len(), levels: by_level(catalog, &found) })
}

/// Actions by level: the known levels in AWS's order, then the unknown one.
fn by_level(catalog: &'static Catalog, actions: &[ActionId]) -> Vec<LevelGroup> {
    let mut groups: Vec<(clavicle_catalog::Access, Vec<ActionLine>)> = Vec::new();
    for &action in actions {
        let line =
            ActionLine { name: catalog.name(action).to_owned(), word: words().word(action).map(Word::name) };
        let access = catalog.access(action);
        match groups.iter_mut().find(|(known, _)| *known == access) {
            Some((_, lines)) => lines.push(line),
            None => groups.push((access, vec![line])),
        }
    }
    groups.sort_by_key(|(access, _)| (access.is_unknown(), *access));
    let group = |(access, actions): (clavicle_catalog::Access, Vec<ActionLine>)| LevelGroup {
        levels: access.names().collect(),
        count: actions.len(),
        actions,
    };
    groups.into_iter().map(group).collect()
}

fn service_meaning(catalog: &'static Catalog, service: Service<'_>) -> ServiceMeaning {
    let actions: Vec<ActionId> = service.actions().collect();
    let keys: Vec<&str> = service.keys().collect();
    ServiceMeaning {
        prefix: service.prefix().to_owned(),
        count: actions.len(),
        levels: by_level(catalog, &actions),
        resource_types: service
            .resource_types()
            .map(|kind| TypeLine { name: kind.to_string(), arn: forms(kind) })
            .collect(),
        keys: key_lines(catalog, &keys),
        resource_control_policies: service.rcp_supported(),
    }
}

fn word_meaning(catalog: &Catalog, word: Word, on: Option<&str>) -> Result<WordMeaning, QuestionError> {
    let on_type = |kind: ResourceType<'_>| WordOnType {
        resource_type: kind.to_string(),
        actions: word_actions(catalog, word, kind),
    };
    let mut meaning = WordMeaning {
        word: word.name(),
        means: means(word),
        on: Vec::new(),
        no_meaning_on: Vec::new(),
        by_rule_on: 0,
        rule: rule(word),
    };
    let Some(on) = on else {
        // The kinds that people ask about most; for the others the rule.
        let meant = |kind: &ResourceType<'_>| !words().actions(word, kind.id()).is_empty();
        let (written, by_rule): (Vec<_>, Vec<_>) =
            catalog.resource_types().filter(meant).partition(|kind| words().is_written(word, kind.id()));
        meaning.on = written.into_iter().map(on_type).collect();
        meaning.by_rule_on = by_rule.len();
        return Ok(meaning);
    };
    let kinds: Vec<ResourceType<'_>> = match (catalog.resource_type(on), catalog.service(on)) {
        (Some(kind), _) => vec![kind],
        (None, Some(service)) => service.resource_types().collect(),
        (None, None) => {
            let problem = format!("`{on}` is no service and no resource type that is known here");
            let types: Vec<String> = catalog.resource_types().map(|kind| kind.to_string()).collect();
            let mut near = near_services(catalog, on);
            near.extend(near_names(on, types.iter().map(String::as_str)));
            return Err(QuestionError::new(problem)
                .hint(format!(
                    "for example `clavicle explain {word} s3`, or `clavicle explain {word} s3:bucket`"
                ))
                .candidates(near));
        }
    };
    let (with, without): (Vec<_>, Vec<_>) =
        kinds.into_iter().map(on_type).partition(|line| !line.actions.is_empty());
    meaning.on = with;
    meaning.no_meaning_on = without.into_iter().map(|line| line.resource_type).collect();
    Ok(meaning)
}

fn word_actions(catalog: &Catalog, word: Word, kind: ResourceType<'_>) -> Vec<WordActionLine> {
    let line = |asked: clavicle_catalog::WordAction| WordActionLine {
        name: catalog.name(asked.action).to_owned(),
        asked_on: asked_on(asked.form).to_owned(),
    };
    words().asked(word, kind.id()).map(line).collect()
}

/// Every form of the ARNs of such things.
fn forms(kind: ResourceType<'_>) -> String {
    kind.arn_patterns().collect::<Vec<_>>().join(", ")
}

fn type_meaning(catalog: &Catalog, kind: ResourceType<'_>) -> TypeMeaning {
    let keys: Vec<&str> = kind.keys().collect();
    let of_type = Word::ALL
        .into_iter()
        .map(|word| WordOfType { word: word.name(), actions: word_actions(catalog, word, kind) });
    TypeMeaning {
        name: kind.to_string(),
        arn: forms(kind),
        keys: key_lines(catalog, &keys),
        words: of_type.filter(|word| !word.actions.is_empty()).collect(),
    }
}

fn arn_meaning(catalog: &'static Catalog, arn: &str) -> Result<ArnMeaning, QuestionError> {
    let on_type = |kind: ResourceType<'_>| {
        let actions: Vec<ActionId> = catalog.actions_on(kind.id()).collect();
        ActionsOnType {
            name: kind.to_string(),
            arn: forms(kind),
            count: actions.len(),
            levels: by_level(catalog, &actions),
        }
    };
    let resource_types: Vec<_> = catalog.resource_types_of(arn).into_iter().map(on_type).collect();
    if resource_types.is_empty() {
        let problem = format!("`{arn}` is of no resource type that is known here");
        return Err(QuestionError::new(problem)
            .hint(format!("{}; for example `clavicle explain arn:aws:s3:::bucket`", too_new(catalog))));
    }
    Ok(ArnMeaning { arn: arn.to_owned(), resource_types })
}

fn key_meaning(catalog: &Catalog, key: &ConditionKey) -> KeyMeaning {
    let lists = |name: &str| name.eq_ignore_ascii_case(key.name);
    let every_action = key.global.is_some_and(|global| !GlobalKey::needs_listing(global));
    let mut services: Vec<KeyInService> = Vec::new();
    for service in catalog.services() {
        // A service that does not list a key has no action that does.
        if !service.keys().any(lists) {
            continue;
        }
        let taking = service.actions().filter(|action| catalog.keys(*action).any(lists));
        let actions: Vec<&'static str> = taking.map(|action| catalog.name(action)).collect();
        if !actions.is_empty() {
            let service = service.prefix().to_owned();
            services.push(KeyInService { service, count: actions.len(), actions });
        }
    }
    KeyMeaning {
        key: key_line(key),
        global: key.global.map(|global| GlobalKeyMeaning {
            about: global.group,
            present_when: global.present_when,
            sensitive: global.sensitive,
        }),
        every_action,
        services,
        resource_types: catalog
            .resource_types()
            .filter(|kind| kind.keys().any(lists))
            .map(|kind| kind.to_string())
            .collect(),
    }
}

fn means(word: Word) -> &'static str {
    match word {
        Word::List => "see what is in it",
        Word::Read => "get what is in it",
        Word::Write => "put something in it, or change it",
        Word::Delete => "delete it, or something in it",
        Word::Run => "make it do its work",
        Word::Control => "change who may use it, or what it does",
        Word::Become => "act as it",
    }
}

/// See [`Word::by_rule`].
fn rule(word: Word) -> Option<&'static str> {
    match word {
        Word::List => Some("the actions of AWS's level List"),
        Word::Read => Some("the actions of AWS's level Read, but for Invoke…"),
        Word::Write => Some("the actions of AWS's level Write that neither delete nor run"),
        Word::Delete => {
            Some("the actions of AWS's level Write that begin with Delete, Remove, Terminate or Purge")
        }
        Word::Run => Some("the actions that begin with Invoke, Start, Run or Execute"),
        Word::Control => {
            Some("the actions of AWS's level Permissions management, and those that rewrite its policy")
        }
        Word::Become => None,
    }
}

fn too_new(catalog: &Catalog) -> String {
    format!("what AWS has added since {} is not known", catalog.data_date())
}

/// How many names that may have been meant are told.
const MOST_NEAR: usize = 3;

fn near_services(catalog: &Catalog, text: &str) -> Vec<String> {
    near_names(text, catalog.services().map(|service| service.prefix()))
}

fn near_names<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let lower: Vec<(String, &str)> = names.map(|name| (name.to_ascii_lowercase(), name)).collect();
    let all = lower.iter().map(|(lower, name)| (*name, lower.as_str()));
    nearest(&text.to_ascii_lowercase(), all, MOST_NEAR).into_iter().map(str::to_owned).collect()
}

fn unknown(catalog: &'static Catalog, what: &str) -> QuestionError {
    let problem = format!(
        "`{what}` is no action, word, resource type, condition key, service or rule that is known here"
    );
    let error = QuestionError::new(problem);
    if let Some(action) = catalog.suggest_action(what) {
        return error.hint(too_new(catalog)).candidates(vec![catalog.name(action).to_owned()]);
    }
    let keys = catalog.services().flat_map(Service::keys).chain(catalog.global_keys().map(|key| key.name));
    let mut names: Vec<String> = keys.map(str::to_owned).collect();
    names.extend(catalog.resource_types().map(|kind| kind.to_string()));
    names.extend(crate::findings::rules().map(|rule| rule.id.to_owned()));
    names.extend(clavicle_lint::rules().map(|rule| rule.id.to_owned()));
    names.extend(Word::ALL.map(|word| word.name().to_owned()));
    names.extend(catalog.services().map(|service| service.prefix().to_owned()));
    names.sort_unstable();
    names.dedup();
    let near = near_names(what, names.iter().map(String::as_str));
    let example = "for example `clavicle explain s3:GetObject`, `clavicle explain read`, `clavicle explain aws:SourceIp`";
    let hint = if near.is_empty() { format!("{}; {example}", too_new(catalog)) } else { too_new(catalog) };
    error.hint(hint).candidates(near)
}
