//! What an assistant can ask for.

use clavicle_answer::findings::{Check, rule};
use clavicle_answer::shape::Severity;
use clavicle_answer::{Lint, OutsideQuestion, PolicyFile, QuestionError, Reader, Slot, explained};
use clavicle_catalog::catalog;
use clavicle_lint::PolicyKind;
use serde_json::{Map, Value, json};

/// A tool.
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// What it is for, as the assistant reads it.
    pub(super) about: &'static str,
    /// Its arguments: name, type, what it means, and whether it has to be there.
    pub(super) arguments: &'static [(&'static str, Kind, &'static str, bool)],
    answer: fn(&Reader, &Given<'_>) -> Result<Value, QuestionError>,
}

/// What an argument is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Texts,
    Number,
    Flag,
}

const MOST: (&str, Kind, &str, bool) = (
    "limit",
    Kind::Number,
    "At most so many rows (20 if it is not given, 200 at most). `left_out` counts the rest.",
    false,
);

/// The tools.
pub(super) static TOOLS: &[Tool] = &[
    Tool {
        name: "ask",
        title: "Ask who can do what",
        about: "Answers one question about access in the accounts, exactly as IAM decides, with the statements that decide. Forms: `who can read s3://bucket`, `who admin --do become`, `what can role/web do`, `what policy/x`, `can role/web s3:GetObject s3://bucket/key when mfa`, `path outside matter`, `path user/dana admin`. The verdict is yes, no, depends or unknown; unknown is no answer, and `not_seen` says what would settle it. Use `find` for how things are called.",
        arguments: &[
            ("question", Kind::Text, "The question.", true),
            ("direct", Kind::Flag, "Leave out chains through others, which take longer.", false),
            MOST,
        ],
        answer: ask,
    },
    Tool {
        name: "outside",
        title: "Who gets in from outside",
        about: "Every way in from beyond the organization: who, by which door, past which guard, how bad it is, and what lies behind it.",
        arguments: &[
            ("account", Kind::Text, "Only the doors of this account: name or id.", false),
            ("public", Kind::Flag, "Only what AWS calls public.", false),
            MOST,
        ],
        answer: outside,
    },
    Tool {
        name: "check",
        title: "Look for what should not be",
        about: "Findings over all accounts, one for each cause: ways in, privilege escalation, shared and fat policies, copies, what nobody uses. Each has a fix and cites the statements.",
        arguments: &[
            ("rules", Kind::Texts, "Only these rules, by id.", false),
            ("least", Kind::Text, "The least severity: low, medium, high or critical.", false),
            MOST,
        ],
        answer: check,
    },
    Tool {
        name: "find",
        title: "Find things by name",
        about: "How identities, things, policies and accounts are called here whose names are like a text.",
        arguments: &[("text", Kind::Text, "A part of the name.", true)],
        answer: find,
    },
    Tool {
        name: "explain",
        title: "Say what a word of AWS means",
        about: "What an IAM action, a pattern of actions, a resource type, a condition key, a service, a word of access (read, write, …) or a rule of `check` means, from AWS's published lists; or what AWS said when it refused a call.",
        arguments: &[(
            "name",
            Kind::Text,
            "`s3:GetObject`, `aws:SourceIp`, `lambda:function`, `read`, `shared-policy`.",
            true,
        )],
        answer: explain,
    },
    Tool {
        name: "lint",
        title: "Look at the text of a policy",
        about: "What is wrong, risky or useless in the text of an IAM policy, or of policies inside Terraform, CloudFormation or other YAML, with the place and what to do. Needs no account.",
        arguments: &[
            ("text", Kind::Text, "The policy, or the file that holds policies.", true),
            ("language", Kind::Text, "json (if it is not given), yaml or terraform.", false),
            (
                "type",
                Kind::Text,
                "identity, permission-set, resource, trust, scp, rcp or vpce; guessed if it is not given.",
                false,
            ),
            MOST,
        ],
        answer: lint,
    },
    Tool {
        name: "coverage",
        title: "What was seen",
        about: "Which accounts the snapshot holds, from when it is, and what was not seen: answers that turn on that are unknown.",
        arguments: &[],
        answer: coverage,
    },
];

impl Tool {
    /// The schema of its arguments.
    pub(super) fn schema(&self) -> Map<String, Value> {
        let property = |kind: Kind, about: &str| match kind {
            Kind::Text => json!({"type": "string", "description": about}),
            Kind::Texts => json!({"type": "array", "items": {"type": "string"}, "description": about}),
            Kind::Number => json!({"type": "integer", "minimum": 1, "description": about}),
            Kind::Flag => json!({"type": "boolean", "description": about}),
        };
        let properties: Map<String, Value> = self
            .arguments
            .iter()
            .map(|(name, kind, about, _)| ((*name).to_owned(), property(*kind, about)))
            .collect();
        let required: Vec<&str> =
            self.arguments.iter().filter(|(.., required)| *required).map(|(name, ..)| *name).collect();
        let schema = json!({"type": "object", "properties": properties, "required": required,
            "additionalProperties": false});
        schema.as_object().cloned().unwrap_or_default()
    }

    /// Answers. What the arguments do not say as the schema wants it is an error that says so.
    pub(super) fn call(&self, reader: &Reader, given: &Map<String, Value>) -> Result<Value, QuestionError> {
        let known = |name: &String| self.arguments.iter().any(|(known, ..)| known == name);
        if let Some(name) = given.keys().find(|name| !known(name)) {
            return Err(QuestionError::new(format!("`{name}` is no argument of `{}`", self.name)));
        }
        (self.answer)(reader, &Given(given))
    }
}

/// What was given.
struct Given<'g>(&'g Map<String, Value>);

impl Given<'_> {
    fn text(&self, name: &str) -> Result<Option<&str>, QuestionError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(QuestionError::new(format!("`{name}` has to be a text"))),
        }
    }

    fn needed(&self, name: &str) -> Result<&str, QuestionError> {
        let text = self.text(name)?.map(str::trim).filter(|text| !text.is_empty());
        text.ok_or_else(|| QuestionError::new(format!("`{name}` has to be given")))
    }

    fn texts(&self, name: &str) -> Result<Vec<String>, QuestionError> {
        let wrong = || QuestionError::new(format!("`{name}` has to be a list of texts"));
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(values)) => {
                values.iter().map(|value| value.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
            }
            Some(_) => Err(wrong()),
        }
    }

    fn flag(&self, name: &str) -> Result<bool, QuestionError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(QuestionError::new(format!("`{name}` has to be true or false"))),
        }
    }

    fn limit(&self) -> Result<usize, QuestionError> {
        match self.0.get("limit") {
            None | Some(Value::Null) => Ok(20),
            Some(value) => match value.as_u64() {
                Some(limit @ 1..) => Ok(usize::try_from(limit).unwrap_or(200).min(200)),
                _ => Err(QuestionError::new("`limit` has to be a number from 1")),
            },
        }
    }
}

fn ask(reader: &Reader, given: &Given<'_>) -> Result<Value, QuestionError> {
    let mut question = reader.parse(given.needed("question")?)?;
    question.direct |= given.flag("direct")?;
    let page = reader.answer(&question)?;
    Ok(short(object(&page)?, "answers", given.limit()?))
}

fn outside(reader: &Reader, given: &Given<'_>) -> Result<Value, QuestionError> {
    let account = given.text("account")?.map(str::to_owned);
    let question = OutsideQuestion { account, public: given.flag("public")?, ..OutsideQuestion::default() };
    Ok(short(object(&reader.outside(&question)?)?, "answers", given.limit()?))
}

fn check(reader: &Reader, given: &Given<'_>) -> Result<Value, QuestionError> {
    let least = match given.text("least")? {
        None | Some("low") => Severity::Low,
        Some("medium") => Severity::Medium,
        Some("high") => Severity::High,
        Some("critical") => Severity::Critical,
        Some(other) => {
            return Err(QuestionError::new(format!("`{other}` is no severity"))
                .hint("the severities are: low, medium, high, critical"));
        }
    };
    let mut page = reader.check(&Check { rules: given.texts("rules")?, ..Check::default() })?;
    page.findings.retain(|finding| finding.severity >= least);
    Ok(short(short(object(&page)?, "findings", given.limit()?), "accepted", given.limit()?))
}

fn find(reader: &Reader, given: &Given<'_>) -> Result<Value, QuestionError> {
    let text = given.needed("text")?;
    let mut found = reader.complete(Slot::On, text);
    for more in reader.complete(Slot::By, text) {
        if !found.iter().any(|known| known.value == more.value) {
            found.push(more);
        }
    }
    Ok(json!({"found": found}))
}

fn explain(_: &Reader, given: &Given<'_>) -> Result<Value, QuestionError> {
    let name = given.needed("name")?;
    if let Some(rule) = rule(name) {
        return Ok(json!({"rule": rule.id, "title": rule.title, "means": rule.means, "why": rule.why,
            "fix": rule.fix, "severity": rule.severity, "sources": rule.sources}));
    }
    object(&explained(catalog(), name, None)?)
}

fn lint(reader: &Reader, given: &Given<'_>) -> Result<Value, QuestionError> {
    let name = match given.text("language")? {
        None | Some("json") => "policy.json",
        Some("yaml") => "template.yaml",
        Some("terraform") => "main.tf",
        Some(other) => {
            return Err(QuestionError::new(format!("`{other}` is no language that is read here"))
                .hint("the languages are: json, yaml, terraform"));
        }
    };
    let kind = given.text("type")?.map(|text| {
        PolicyKind::parse(text).ok_or_else(|| QuestionError::new(format!("`{text}` is no type of policy")))
    });
    let file = PolicyFile { name: name.to_owned(), text: given.needed("text")?.to_owned() };
    let lint = Lint { kind: kind.transpose()?, ..Lint::default() };
    let page = lint.look(std::slice::from_ref(&file), reader.settings())?;
    Ok(short(object(&page)?, "findings", given.limit()?))
}

fn coverage(reader: &Reader, _: &Given<'_>) -> Result<Value, QuestionError> {
    object(&reader.summary())
}

fn object(page: &impl serde::Serialize) -> Result<Value, QuestionError> {
    serde_json::to_value(page).map_err(|error| QuestionError::new(format!("the answer is no JSON: {error}")))
}

/// The first rows of a list of the page, and how many are left out.
fn short(mut page: Value, list: &str, most: usize) -> Value {
    let Some(rows) = page.get_mut(list).and_then(Value::as_array_mut) else { return page };
    let left = rows.len().saturating_sub(most);
    rows.truncate(most);
    if left > 0 {
        page["left_out"] = json!(left);
    }
    page
}
