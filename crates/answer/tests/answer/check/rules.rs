//! Every rule finds what it should, says it where it is, and leaves its twin alone.

use std::collections::BTreeSet;

use clavicle_answer::shape::Severity;
use clavicle_answer::{OutsideQuestion, findings};
use clavicle_graph::Stated;
use serde_json::{Value, json};

use super::sketch::{Bears, HERE, Sketch, allow, bears, deny, only_if, policy};

/// One account where a rule finds something, and one, a single fact apart, where it does not.
struct Case {
    rule: &'static str,
    about: &'static str,
    severity: Severity,
    /// What the sentence has to say.
    says: &'static [&'static str],
    fires: Sketch,
    twin: Sketch,
}

fn case(
    rule: &'static str,
    about: &'static str,
    severity: Severity,
    says: &'static [&'static str],
    (fires, twin): (Sketch, Sketch),
) -> Case {
    Case { rule, about, severity, says, fires, twin }
}

/// Two accounts that differ in one thing.
fn twins<T>(one: T, other: T, make: impl Fn(T) -> Sketch) -> (Sketch, Sketch) {
    (make(one), make(other))
}

fn of_role(document: &Value) -> Sketch {
    Sketch::default().role("web", &bears(&[]).inline("own", document.clone()))
}

fn read_bucket() -> Value {
    allow("s3:GetObject", "arn:aws:s3:::b/*")
}

fn put_bucket() -> Value {
    allow("s3:PutObject", "arn:aws:s3:::b/*")
}

fn list_bucket() -> Value {
    allow("s3:ListBucket", "arn:aws:s3:::b")
}

fn sharing() -> Vec<Case> {
    use Severity::{High, Low, Medium};
    let attached_to_two = |document: Value, one: Bears, other: Bears| {
        Sketch::default()
            .managed("both", &document)
            .role("one-a", &one)
            .role("two-b", &other)
            .bucket("b", &json!(null))
    };
    let both = || bears(&["both"]);
    let read = || policy(&[read_bucket()]);
    let guarded = |key: &str| {
        policy(&[only_if(
            allow("s3:GetObject", "*"),
            json!({"StringEquals": {"aws:ResourceTag/team": format!("${{{key}}}")}}),
        )])
    };
    vec![
        case(
            "shared-policy",
            "tags tell two tasks",
            Low,
            &["2 unrelated tasks", "mail 1 · pay 1"],
            twins("mail", "pay", |task| attached_to_two(read(), both().task(task), both().task("pay"))),
        ),
        case(
            "shared-policy",
            "without tags names do",
            Low,
            &["2 unrelated tasks", "one 1 · two 1"],
            twins("two-b", "one-b", |name| {
                Sketch::default().managed("both", &read()).role("one-a", &both()).role(name, &both())
            }),
        ),
        case(
            "shared-policy",
            "who is called like a tagged task does it",
            Low,
            &["mail 2 · pay 1"],
            twins("pay", "mail", |task| {
                let tagged = [both().task("mail"), both().task(task)];
                Sketch::default()
                    .managed("both", &read())
                    .role("x", &tagged[0])
                    .role("y", &tagged[1])
                    .role("mail-worker", &both())
            }),
        ),
        case(
            "shared-policy",
            "groups are tasks",
            Low,
            &["admins 1 · readers 1"],
            twins(true, false, |second| {
                let sketch = Sketch::default().managed("both", &read()).group("readers", &both());
                if second {
                    sketch.group("admins", &both())
                } else {
                    sketch.user("a", &bears(&[]).in_group("readers"))
                }
            }),
        ),
        case(
            "shared-policy",
            "writing is worse than reading",
            Medium,
            &["both"],
            twins("mail", "pay", |task| {
                attached_to_two(policy(&[put_bucket()]), both().task(task), both().task("pay"))
            }),
        ),
        case(
            "shared-policy",
            "controlling is worst",
            High,
            &["both"],
            twins("mail", "pay", |task| {
                let document = policy(&[allow("s3:PutBucketPolicy", "arn:aws:s3:::b")]);
                attached_to_two(document, both().task(task), both().task("pay"))
            }),
        ),
        case(
            "shared-policy",
            "what follows its bearer is for everybody",
            Low,
            &["both"],
            twins("aws:CurrentTime", "aws:PrincipalTag/team", |key| {
                attached_to_two(guarded(key), both().task("mail"), both().task("pay"))
            }),
        ),
        case(
            "shared-policy",
            "and so is what only denies",
            Low,
            &["both"],
            twins(allow("s3:GetObject", "*"), deny("s3:GetObject", "*"), |statement| {
                attached_to_two(policy(&[statement]), both().task("mail"), both().task("pay"))
            }),
        ),
        case(
            "shared-policy",
            "a boundary is meant to be shared",
            Low,
            &["both"],
            twins(false, true, |boundary| {
                let one =
                    |task| if boundary { bears(&[]).task(task).bound_by("both") } else { both().task(task) };
                attached_to_two(read(), one("mail"), one("pay"))
            }),
        ),
    ]
}

fn breadth() -> Vec<Case> {
    use Severity::{High, Low, Medium};
    let service_role = |document: Value, service: Option<&'static str>| {
        let bears = bears(&[]).inline("own", document);
        Sketch::default().role("web", &Bears { service, ..bears })
    };
    let mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    vec![
        case(
            "fat-policy",
            "everything for code",
            High,
            &["everything on everything", "role/web"],
            twins("*", "s3:GetObject", |action| {
                service_role(policy(&[allow(action, "*")]), Some("lambda.amazonaws.com"))
            }),
        ),
        case(
            "fat-policy",
            "everything for somebody",
            Medium,
            &["1 bearer"],
            twins("*", "arn:aws:s3:::b", |resource| service_role(policy(&[allow("*", resource)]), None)),
        ),
        case(
            "fat-policy",
            "under a condition it is less",
            Low,
            &["everything"],
            twins("*", "arn:aws:s3:::b", |resource| {
                service_role(policy(&[only_if(allow("*", resource), mfa.clone())]), None)
            }),
        ),
        case(
            "fat-policy",
            "everything but something is nearly everything",
            Medium,
            &["everything on everything"],
            twins("s3:DeleteBucket", "*", |but| {
                of_role(&policy(&[json!({"Effect": "Allow", "NotAction": but, "Resource": "*"})]))
            }),
        ),
        case(
            "fat-policy",
            "all of IAM is everything",
            High,
            &["all of iam"],
            twins("iam:*", "iam:Get*", |action| of_role(&policy(&[allow(action, "*")]))),
        ),
        case(
            "fat-policy",
            "all of a service that decides who may use it",
            Medium,
            &["all of s3"],
            twins("*", "arn:aws:s3:::b*", |resource| of_role(&policy(&[allow("s3:*", resource)]))),
        ),
        case(
            "fat-policy",
            "AWS's administrator policy",
            Medium,
            &["AdministratorAccess", "1 bearer"],
            twins("aws/AdministratorAccess", "aws/ReadOnlyAccess", |name| {
                Sketch::default().role("web", &bears(&[name]))
            }),
        ),
        case(
            "fat-policy",
            "a ceiling is no grant",
            Medium,
            &["fat"],
            twins(false, true, |boundary| {
                let bears = if boundary { bears(&[]).bound_by("fat") } else { bears(&["fat"]) };
                Sketch::default().managed("fat", &policy(&[allow("*", "*")])).role("web", &bears)
            }),
        ),
    ]
}

fn copies() -> Vec<Case> {
    use Severity::Low;
    let two = |one: Value, other: Value| {
        Sketch::default().managed("one", &one).managed("other", &other).role("web", &bears(&["one", "other"]))
    };
    let three = |last: Value| policy(&[read_bucket(), put_bucket(), last]);
    let inline_of = |names: [&str; 3]| {
        let own = policy(&[read_bucket()]);
        names
            .iter()
            .fold(Sketch::default(), |sketch, name| sketch.role(name, &bears(&[]).inline("own", own.clone())))
    };
    vec![
        case(
            "duplicate-policy",
            "order, lists and Sids make no difference",
            Low,
            &["policy/one", "policy/other"],
            twins("s3:getobject", "s3:GetObjectVersion", |action| {
                let mut read = allow(json!([action]), json!(["arn:aws:s3:::b/*"]));
                read["Sid"] = "Read".into();
                two(policy(&[read_bucket(), put_bucket()]), policy(&[put_bucket(), read]))
            }),
        ),
        case(
            "duplicate-policy",
            "a copy of what AWS keeps",
            Low,
            &["is a copy of AWS's", "AWSLambdaBasicExecutionRole"],
            twins("logs:PutLogEvents", "logs:GetLogEvents", |action| {
                let own =
                    policy(&[allow(json!(["logs:CreateLogGroup", "logs:CreateLogStream", action]), "*")]);
                Sketch::default()
                    .managed("logs", &own)
                    .role("web", &bears(&["logs", "aws/service-role/AWSLambdaBasicExecutionRole"]))
            }),
        ),
        case(
            "duplicate-policy",
            "three inline policies of one task",
            Low,
            &["3 policies mean the same"],
            twins(["web-a", "web-b", "web-c"], ["web-a", "web-b", "mail-c"], inline_of),
        ),
        case(
            "near-duplicate",
            "one statement is another",
            Low,
            &["one statement apart", "policy/one:6", "policy/other:6"],
            twins(allow("s3:GetBucketTagging", "*"), list_bucket(), |last| {
                two(three(last), three(list_bucket()))
            }),
        ),
        case(
            "near-duplicate",
            "one statement more",
            Low,
            &["only policy/other:6"],
            twins(
                policy(&[read_bucket(), put_bucket(), list_bucket()]),
                policy(&[read_bucket(), list_bucket(), allow("sqs:SendMessage", "*")]),
                |other| two(policy(&[read_bucket(), put_bucket()]), other),
            ),
        ),
    ]
}

fn unattached() -> Vec<Case> {
    let with =
        |bears: Bears| Sketch::default().managed("loose", &policy(&[read_bucket()])).role("web", &bears);
    let case = |about, other: Bears| {
        case(
            "unattached-policy",
            about,
            Severity::Low,
            &["policy/loose is attached to nobody", "2024-01-01"],
            (with(bears(&[])), with(other)),
        )
    };
    vec![case("a role bears it", bears(&["loose"])), case("it is a boundary", bears(&[]).bound_by("loose"))]
}

fn adds_nothing() -> Vec<Case> {
    use Severity::{Low, Medium};
    let two = |one: Value, other: Value| of_role(&policy(&[one, other]));
    let tls = || json!({"Bool": {"aws:SecureTransport": "true"}});
    let beside = |inline: Value, managed: Value| {
        Sketch::default()
            .managed("wide", &policy(&[managed]))
            .role("web", &bears(&["wide"]).inline("own", policy(&[inline, allow("sqs:SendMessage", "*")])))
    };
    let redundant = |about, says, pair| case("redundant-statement", about, Low, says, pair);
    let dead = |about, severity, says, pair| case("dead-statement", about, severity, says, pair);
    vec![
        redundant(
            "a wider one in the same document",
            &["role/web#own:5 adds nothing", "role/web#own:4 gives as much"],
            twins("arn:aws:s3:::b/c/*", "arn:aws:s3:::c/*", |resource| {
                two(read_bucket(), allow("s3:GetObject", resource))
            }),
        ),
        redundant(
            "a condition more",
            &["adds nothing"],
            twins(true, false, |on_narrow| {
                let conditional = only_if(read_bucket(), tls());
                // Only the one without the condition says as much.
                if on_narrow {
                    two(read_bucket(), conditional)
                } else {
                    two(
                        only_if(read_bucket(), json!({"Bool": {"aws:SecureTransport": "false"}})),
                        conditional,
                    )
                }
            }),
        ),
        redundant(
            "in another policy of the bearer",
            &["policy/wide:4 gives as much"],
            twins("s3:*", "s3:Put*", |action| beside(read_bucket(), allow(action, "*"))),
        ),
        redundant(
            "for every bearer",
            &["policy/narrow:4 adds nothing"],
            twins(true, false, |second_too| {
                let narrow = policy(&[read_bucket()]);
                let wide = policy(&[allow("s3:*", "*"), allow("sqs:SendMessage", "*")]);
                let second = if second_too { bears(&["wide", "narrow"]) } else { bears(&["narrow"]) };
                Sketch::default()
                    .managed("narrow", &narrow)
                    .managed("wide", &wide)
                    .role("one", &bears(&["wide", "narrow"]))
                    .role("two", &second)
            }),
        ),
        redundant(
            "a deny that another deny covers",
            &["denies as much"],
            twins("Deny", "Allow", |effect| {
                let mut wide = deny("s3:*", "*");
                wide["Effect"] = effect.into();
                two(wide, deny("s3:GetObject", "arn:aws:s3:::b/*"))
            }),
        ),
        redundant(
            "all but what is something else",
            &["adds nothing"],
            twins("sqs:*", "s3:*", |but| {
                two(json!({"Effect": "Allow", "NotAction": but, "Resource": "*"}), read_bucket())
            }),
        ),
        redundant(
            "variables are equal to themselves only",
            &["adds nothing"],
            twins("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${aws:userid}/*", |resource| {
                two(
                    allow("s3:GetObject", resource),
                    allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/x"),
                )
            }),
        ),
        redundant(
            "in the policy of a thing",
            &["s3://b#policy"],
            twins("*", "arn:aws:iam::111122223333:role/web", |who| {
                let open = |who: &str, action: &str| json!({"Effect": "Allow", "Principal": {"AWS": who}, "Action": action, "Resource": "arn:aws:s3:::b/*"});
                // To name a role is more than to say `*`: it lets it past its boundary.
                Sketch::default().bucket("b", &policy(&[open("*", "s3:*"), open(who, "s3:GetObject")]))
            }),
        ),
        case(
            "shadowed-inline",
            "the managed policy gives it all",
            Low,
            &["role/web#own (1 statement) gives only what policy/wide gives"],
            twins("s3:*", "s3:Put*", |action| {
                Sketch::default()
                    .managed("wide", &policy(&[allow(action, "*")]))
                    .role("web", &bears(&["wide"]).inline("own", policy(&[read_bucket()])))
            }),
        ),
        dead(
            "no action is called so",
            Low,
            &["role/web#own:4 allows nothing", "no action of this name"],
            twins("s3:GetObjects", "s3:GetObject", |action| of_role(&policy(&[allow(action, "*")]))),
        ),
        dead(
            "objects on the ARN of a bucket",
            Low,
            &["such an ARN"],
            twins("arn:aws:s3:::b", "arn:aws:s3:::b*", |resource| {
                of_role(&policy(&[allow("s3:GetObject", resource)]))
            }),
        ),
        dead(
            "an action that takes no thing on one",
            Low,
            &["such an ARN"],
            twins("arn:aws:s3:::b", "*", |resource| {
                of_role(&policy(&[allow("s3:ListAllMyBuckets", resource)]))
            }),
        ),
        dead(
            "a deny that denies nothing",
            Medium,
            &["denies nothing"],
            twins("arn:aws:s3:::b", "arn:aws:s3:::b/*", |resource| {
                of_role(&policy(&[deny("s3:DeleteObject", resource)]))
            }),
        ),
        dead(
            "denied beside it",
            Low,
            &["denied by role/web#own:5"],
            twins("arn:aws:s3:::*", "arn:aws:s3:::b/x/*", |resource| {
                two(read_bucket(), deny("s3:*", resource))
            }),
        ),
        dead(
            "denied only under a condition",
            Low,
            &["denied by"],
            twins(false, true, |conditional| {
                let wide = deny("s3:*", "*");
                two(read_bucket(), if conditional { only_if(wide, tls()) } else { wide })
            }),
        ),
        dead(
            "not in the boundary",
            Low,
            &["not allowed at the level of policy/limit"],
            twins("sqs:*", "s3:Get*", |action| {
                Sketch::default()
                    .managed("limit", &policy(&[allow(action, "*")]))
                    .role("web", &bears(&[]).inline("own", policy(&[read_bucket()])).bound_by("limit"))
            }),
        ),
        dead(
            "for every bearer",
            Low,
            &["policy/read:4 allows nothing"],
            twins(true, false, |second_too| {
                let second = bears(&["read"]);
                let second = if second_too { second.bound_by("limit") } else { second };
                Sketch::default()
                    .managed("limit", &policy(&[allow("sqs:*", "*")]))
                    .managed("read", &policy(&[read_bucket()]))
                    .role("one", &bears(&["read"]).bound_by("limit"))
                    .role("two", &second)
            }),
        ),
    ]
}

fn quotas() -> Vec<Case> {
    use Severity::Low;
    /// A document with that many characters, white space aside.
    fn sized(characters: usize) -> Value {
        let with =
            |name: usize| policy(&[allow("s3:GetObject", format!("arn:aws:s3:::{}", "b".repeat(name)))]);
        let base = with(0).to_string().chars().filter(|letter| !letter.is_whitespace()).count();
        with(characters - base)
    }
    let managed =
        |characters| Sketch::default().managed("big", &sized(characters)).role("web", &bears(&["big"]));
    let inline = |characters: [usize; 2]| {
        let bears = bears(&[]).inline("one", sized(characters[0])).inline("two", sized(characters[1]));
        Sketch::default().user("web", &bears)
    };
    vec![
        case(
            "over-quota",
            "a managed policy",
            Low,
            &["6145 of 6144 characters"],
            twins(6_145, 6_144, managed),
        ),
        case(
            "near-quota",
            "a managed policy",
            Low,
            &["5530 of 6144 characters"],
            twins(5_530, 5_529, managed),
        ),
        case(
            "over-quota",
            "inline policies share a quota",
            Low,
            &["inline policies of user/web have 2049 of 2048"],
            twins([1_000, 1_049], [1_000, 1_048], inline),
        ),
    ]
}

fn unused() -> Vec<Case> {
    use Severity::{High, Low, Medium};
    let role = |used: Option<Option<&'static str>>, bears: Bears| {
        Sketch::default().role("old", &Bears { last_used: used, ..bears })
    };
    let admin = || bears(&["aws/AdministratorAccess"]);
    let user = |bears: Bears, password: Option<&str>, mfa: bool, key: Option<(&str, &str)>| {
        Sketch::default().user("sam", &bears).credentials("sam", password, mfa, key)
    };
    let (old, new) = ("2026-01-01T00:00:00+00:00", "2026-06-01T00:00:00+00:00");
    vec![
        case("unused-role", "used long ago", Low, &["role/old was last used on 2026-04-01, 90 days ago"], {
            twins("2026-04-01T09:00:00+00:00", "2026-04-02T09:00:00+00:00", |at| {
                role(Some(Some(at)), bears(&[]))
            })
        }),
        case("unused-role", "never used", Low, &["never used"], {
            twins(Some(None), None, |used| role(used, bears(&[])))
        }),
        case("unused-role", "an administrator", Medium, &["role/old"], {
            twins(old, new, |at| role(Some(Some(at)), admin()))
        }),
        case(
            "unused-user",
            "nothing of it is used",
            Medium,
            &["user/sam has an access key that was last used"],
            twins(old, new, |used| user(bears(&[]), None, false, Some((old, used)))),
        ),
        case("unused-user", "an administrator", High, &["a password that was never used"], {
            twins("no_information", new, |used| user(admin(), Some(used), true, None))
        }),
        case(
            "unused-key",
            "beside a password that is used",
            Medium,
            &["active access key of 2026-01-01 that was last used"],
            twins(old, new, |used| user(bears(&[]), Some(new), true, Some((old, used)))),
        ),
        case("unused-key", "a key that is as new as that", Medium, &["never used"], {
            twins(old, new, |made| user(bears(&[]), Some(new), true, Some((made, "N/A"))))
        }),
        case("unused-password", "beside a key that is used", Medium, &["console password"], {
            twins(old, new, |used| user(bears(&[]), Some(used), false, Some((old, new))))
        }),
        case("unused-password", "with a second factor", Low, &["console password"], {
            twins(old, new, |used| user(bears(&[]), Some(used), true, Some((old, new))))
        }),
    ]
}

fn lets_in(principal: &Value, action: &str) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": action})
}

fn ways_in() -> Vec<Case> {
    use Severity::{Critical, High, Medium};
    const STRANGER: &str = "arn:aws:iam::999999999999:root";
    const KNOWN: &str = "[[known]]\naccount = \"999999999999\"\nname = \"Vendor\"\n";
    const CODE_HOST: &str = "token.actions.githubusercontent.com";
    let door = |statement: Value| Sketch::default().role("door", &bears(&[]).trusting(statement));
    let assume = |principal: Value| lets_in(&principal, "sts:AssumeRole");
    let here = format!("arn:aws:iam::{HERE}:root");
    let external_id =
        |key: &str| only_if(assume(json!({"AWS": STRANGER})), json!({"StringEquals": {key: "b1946ac92492"}}));
    let federated = |kind: &str, action: &str| {
        lets_in(&json!({"Federated": format!("arn:aws:iam::{HERE}:{kind}")}), action)
    };
    let subject = |sub: &str| {
        only_if(
            federated(&format!("oidc-provider/{CODE_HOST}"), "sts:AssumeRoleWithWebIdentity"),
            json!({"StringEquals": {format!("{CODE_HOST}:aud"): "sts.amazonaws.com"},
                "StringLike": {format!("{CODE_HOST}:sub"): sub}}),
        )
    };
    let through = |condition: Value| {
        let mut statement = lets_in(&json!({"Service": "sns.amazonaws.com"}), "s3:PutObject");
        statement["Resource"] = "arn:aws:s3:::b/*".into();
        Sketch::default().role("web", &bears(&[])).bucket("b", &policy(&[only_if(statement, condition)]))
    };
    vec![
        case(
            "public-access",
            "a role that anybody enters",
            Critical,
            &["becomes role/door"],
            twins(json!("*"), json!({"AWS": here}), |who| door(assume(who))),
        ),
        case(
            "outside-unknown",
            "an account that nobody knows",
            Critical,
            &["unknown account 999999999999 becomes role/door"],
            twins(STRANGER, &*here, |who| door(assume(json!({"AWS": who})))),
        ),
        case(
            "outside-known",
            "a vendor without an external id",
            Medium,
            &["999999999999"],
            twins("aws:PrincipalArn", "sts:ExternalId", |key| match key {
                "sts:ExternalId" => door(external_id(key)).knowing(KNOWN),
                _ => door(assume(json!({"AWS": STRANGER}))).knowing(KNOWN),
            }),
        ),
        case(
            "any-subject",
            "every repository of an owner",
            Medium,
            &["github.com: any repository of acme can become role/door"],
            twins("repo:acme/*", "repo:acme/site:ref:refs/heads/main", |sub| door(subject(sub))),
        ),
        case(
            "any-subject",
            "everybody there",
            Critical,
            &["github.com: anybody whom it vouches for can become role/door"],
            twins("*", "repo:acme/site:ref:refs/heads/main", |sub| door(subject(sub))),
        ),
        case(
            "identity-provider",
            "people who sign in become administrators",
            Medium,
            &["becomes role/door"],
            twins("*", "s3:ListBucket", |action| {
                let enters = federated("saml-provider/staff", "sts:AssumeRoleWithSAML");
                let signs_in = only_if(
                    enters,
                    json!({"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}),
                );
                let own = policy(&[allow(action, "*")]);
                Sketch::default().role("door", &bears(&[]).inline("own", own).trusting(signs_in))
            }),
        ),
        case(
            "confused-deputy",
            "a service that acts for anybody",
            Medium,
            &["anyone through sns.amazonaws.com"],
            twins(json!({}), json!({"StringEquals": {"aws:SourceAccount": HERE}}), through),
        ),
        case(
            "outside-unknown",
            "what lies behind counts",
            Critical,
            &["unknown account 999999999999 becomes role/door"],
            twins(STRANGER, &*here, |who| {
                let on = allow("sts:AssumeRole", format!("arn:aws:iam::{HERE}:role/power"));
                let door = bears(&[]).inline("on", policy(&[on])).trusting(assume(json!({"AWS": who})));
                Sketch::default()
                    .role("door", &door)
                    .role("power", &bears(&[]).inline("all", policy(&[allow("*", "*")])))
            }),
        ),
        case(
            "any-subject",
            "one owner's repositories, and all the power behind",
            High,
            &["any repository of acme can become role/door"],
            twins("repo:acme/*", "repo:acme/site:ref:refs/heads/main", |sub| {
                let on = allow("sts:AssumeRole", format!("arn:aws:iam::{HERE}:role/power"));
                let on = if sub.ends_with("/*") { on } else { deny("*", "*") };
                Sketch::default()
                    .role("door", &bears(&[]).inline("on", policy(&[on])).trusting(subject(sub)))
                    .role("power", &bears(&[]).inline("all", policy(&[allow("*", "*")])))
            }),
        ),
    ]
}

fn escalation() -> Vec<Case> {
    use Severity::{Critical, High, Low, Medium};
    let role = |name: &str| format!("arn:aws:iam::{HERE}:role/{name}");
    let everything = || bears(&[]).inline("all", policy(&[allow("*", "*")]));
    let attaches = |to: &str| bears(&[]).inline("own", policy(&[allow("iam:AttachRolePolicy", role(to))]));
    let stranger = |who: &str| lets_in(&json!({"AWS": format!("arn:aws:iam::{who}:root")}), "sts:AssumeRole");
    let assumes = |statement: Value| {
        Sketch::default()
            .role("dev", &bears(&[]).inline("own", policy(&[statement])))
            .role("power", &everything())
    };
    vec![
        case(
            "privilege-escalation",
            "a role that may attach policies to itself",
            High,
            &["role/web can come to be administrator", "role/web#own:"],
            twins("web", "nobody", |to| Sketch::default().role("web", &attaches(to))),
        ),
        case(
            "privilege-escalation",
            "and that somebody from outside enters",
            Critical,
            &["role/web can come to be administrator"],
            twins("web", "nobody", |to| {
                Sketch::default().role("web", &attaches(to).trusting(stranger("999999999999")))
            }),
        ),
        case(
            "privilege-escalation",
            "if a condition holds",
            Medium,
            &["role/web can come to be administrator"],
            twins("web", "nobody", |to| {
                let own = only_if(
                    allow("iam:AttachRolePolicy", role(to)),
                    json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
                );
                Sketch::default().role("web", &bears(&[]).inline("own", policy(&[own])))
            }),
        ),
        case(
            "assumes-admin",
            "a role that may assume an administrator",
            Medium,
            &["role/dev can come to be administrator", "Assume a role"],
            twins("power", "nobody", |to| assumes(allow("sts:AssumeRole", role(to)))),
        ),
        case(
            "assumes-admin",
            "with a second factor",
            Low,
            &["role/dev"],
            twins("power", "nobody", |to| {
                assumes(only_if(
                    allow("sts:AssumeRole", role(to)),
                    json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
                ))
            }),
        ),
    ]
}

fn leads_to_matter() -> Vec<Case> {
    const MATTERS: &str = "[[matter]]\nthing = \"s3://b\"\n";
    let passes = |action: &str| {
        let passes = allow("iam:PassRole", format!("arn:aws:iam::{HERE}:role/reads"));
        let makes = allow(json!([action, "lambda:InvokeFunction"]), "*");
        let reads = Bears { service: Some("lambda.amazonaws.com"), ..bears(&[]) };
        Sketch::default()
            .role("web", &bears(&[]).inline("own", policy(&[passes, makes])))
            .role("reads", &reads.inline("own", policy(&[read_bucket()])))
            .bucket("b", &json!(null))
            .knowing(MATTERS)
    };
    vec![case(
        "leads-to-matter",
        "a role passed to a new function",
        Severity::Medium,
        &["lets role/web get to s3://b by way of others", "role/web#own:"],
        twins("lambda:CreateFunction", "lambda:ListFunctions", passes),
    )]
}

fn asks() -> Vec<Case> {
    let ask = |question: &str, expect: &str| {
        Sketch::default()
            .role("web", &bears(&[]).inline("own", policy(&[read_bucket()])))
            .bucket("b", &json!(null))
            .knowing(&format!("[[ask]]\nquestion = \"{question}\"\nexpect = \"{expect}\"\nwhy = \"so\"\n"))
    };
    vec![
        case(
            "unexpected-answer",
            "a yes where no is expected",
            Severity::High,
            &["role/web", "s3://b"],
            twins("no", "yes", |expect| ask("can role/web s3:GetObject s3://b/x", expect)),
        ),
        case(
            "unexpected-answer",
            "a no where yes is expected",
            Severity::High,
            &["role/web", "s3://b"],
            twins("yes", "no", |expect| ask("can role/web s3:DeleteObject s3://b/x", expect)),
        ),
        case(
            "unexpected-answer",
            "what was to be proved of every request, and is not so",
            Severity::High,
            &["never role/web", "s3:GetObject on arn:aws:s3:::b/"],
            twins("s3:GetObject", "s3:DeleteObject", |action| {
                ask(&format!("never role/web {action} s3://b"), "yes")
            }),
        ),
        case(
            "undecided-answer",
            "a question that cannot be asked",
            Severity::Medium,
            &["cannot be asked", "role/wep"],
            twins("role/wep", "role/web", |who| ask(&format!("can {who} s3:GetObject s3://b/x"), "yes")),
        ),
    ]
}

fn cases() -> Vec<Case> {
    [
        asks(),
        ways_in(),
        escalation(),
        leads_to_matter(),
        sharing(),
        breadth(),
        copies(),
        unattached(),
        adds_nothing(),
        quotas(),
        unused(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn rules_find_what_they_should_and_leave_the_twin_alone() {
    let mut faults = Vec::new();
    for Case { rule, about, severity, says, fires, twin } in cases() {
        let found = fires.findings(rule);
        let [finding] = found.as_slice() else {
            faults.push(format!("{rule}, {about}: {:?}", sentences(&found)));
            continue;
        };
        if finding.severity != severity {
            faults.push(format!("{rule}, {about}: {:?}, {}", finding.severity, finding.reason));
        }
        if !says.iter().all(|text| finding.sentence.contains(text)) {
            faults.push(format!("{rule}, {about}: {}", finding.sentence));
        }
        let cites = !finding.because.is_empty() || finding.cause.document.as_deref() == Some("clavicle.toml");
        if finding.cause.document.is_some() != cites {
            faults.push(format!("{rule}, {about}: it does not cite what it claims"));
        }
        let left = twin.findings(rule);
        if !left.is_empty() {
            faults.push(format!("{rule}, the twin of {about}: {:?}", sentences(&left)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_rule_is_tried() {
    let tried: BTreeSet<&str> = cases().iter().map(|case| case.rule).collect();
    let known: BTreeSet<&str> = findings::rules().map(|rule| rule.id).collect();
    assert_eq!(tried, known);
}

#[test]
fn ids_do_not_depend_on_order_or_on_others() {
    for Case { rule, about, fires, .. } in cases() {
        let id =
            |sketch: &Sketch| sketch.findings(rule).into_iter().map(|finding| finding.id).collect::<Vec<_>>();
        let wanted = id(&fires);
        assert_eq!(id(&fires.clone().reversed()), wanted, "{rule}, {about}: in the other order");
        assert_eq!(id(&fires.clone().beside_others()), wanted, "{rule}, {about}: beside others");
        assert!(wanted.iter().all(|id| id.starts_with(rule)));
    }
}

#[test]
fn an_id_outlives_what_does_not_touch_the_cause() {
    let id = |document: &Value| {
        let found = of_role(document).findings("dead-statement");
        found.into_iter().map(|finding| finding.id).collect::<Vec<_>>()
    };
    let mut named = allow("s3:GetObject", "arn:aws:s3:::b");
    let wanted = id(&policy(std::slice::from_ref(&named)));
    named["Sid"] = "Read".into();
    assert_eq!(wanted.len(), 1);
    assert_eq!(id(&policy(&[put_bucket(), named])), wanted, "another place and a Sid");
    assert_ne!(id(&policy(&[allow("s3:GetObject", "arn:aws:s3:::c")])), wanted, "another cause");
    // One more bearer is the same cause.
    let shared = |more: &[&str]| {
        let both = Sketch::default().managed("both", &policy(&[put_bucket()]));
        let both = both.role("one", &bears(&["both"])).role("two", &bears(&["both"]));
        let all = more.iter().fold(both, |sketch, name| sketch.role(name, &bears(&["both"])));
        all.findings("shared-policy").into_iter().map(|finding| finding.id).collect::<Vec<_>>()
    };
    assert_eq!(shared(&[]), shared(&["three", "four"]));
}

#[test]
fn what_lies_behind_a_door_is_told_only_where_it_is_known() {
    let stranger = lets_in(&json!({"AWS": "arn:aws:iam::999999999999:root"}), "sts:AssumeRole");
    let on = allow("sts:AssumeRole", format!("arn:aws:iam::{HERE}:role/power"));
    let sketch = Sketch::default()
        .role("door", &bears(&[]).inline("on", policy(&[on])).trusting(stranger))
        .role("power", &bears(&[]).inline("all", policy(&[allow("*", "*")])));
    let behind = |standalone: bool| {
        let reader = sketch.reader_where("", Stated { standalone });
        let page = reader.outside(&OutsideQuestion::default()).expect("it is answered");
        let ways = page.answers.into_iter().filter_map(|answer| answer.way);
        ways.flat_map(|way| way.reaches).map(|reached| (reached.kind, reached.steps)).collect::<Vec<_>>()
    };
    assert_eq!(behind(true), [("administrator".to_owned(), 2)]);
    // Nobody has seen the control policies that could stop it.
    assert_eq!(behind(false), []);
}

#[test]
fn of_two_that_say_the_same_one_stays() {
    let twice = of_role(&policy(&[read_bucket(), read_bucket(), allow("s3:*", "*"), allow("*:*", "*")]));
    let found = twice.findings("redundant-statement");
    // Equal statements are one cause.
    assert_eq!(found.len(), 2, "{:?}", sentences(&found));
    assert!(found.iter().all(|finding| !finding.sentence.starts_with("role/web#own:7 ")));
    let equal = Sketch::default()
        .role("web", &bears(&[]).inline("a", policy(&[read_bucket()])).inline("b", policy(&[read_bucket()])));
    let found = equal.findings("shadowed-inline");
    assert_eq!(found.len(), 1, "{:?}", sentences(&found));
    let arn = format!("arn:aws:iam::{HERE}:role/web");
    assert_eq!(found[0].cause.thing.arn.as_deref(), Some(arn.as_str()));
}

fn sentences(found: &[clavicle_answer::shape::Finding]) -> Vec<&str> {
    found.iter().map(|finding| finding.sentence.as_str()).collect()
}
