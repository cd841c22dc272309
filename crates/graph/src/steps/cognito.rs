//! Amazon Cognito identity pools: whoever signs in to a pool gets a role, and whoever configures it decides which.

use super::gate::{lets_the_asker_sign_in, runs_as_seen_role};
use super::method::{Gives, Method, MethodKind, On, Tried, ask, way};

const POOL: On = On::Some("cognito-identity:identitypool");
const LENT: Tried = Tried::Lent("cognito-identity.amazonaws.com");

pub(super) static METHODS: &[Method] = &[
    Method {
        id: "cognitoidentity-001",
        title: "Set the roles of an identity pool, and sign in to it",
        kind: MethodKind::PassesRole,
        ways: &[
            way(
                LENT,
                Gives::Subject,
                &[
                    ask("cognito-identity:SetIdentityPoolRoles", On::Anything),
                    ask("cognito-identity:UpdateIdentityPool", POOL),
                ],
            ),
            way(LENT, Gives::Subject, &[ask("cognito-identity:SetIdentityPoolRoles", On::Anything)])
                .if_(lets_the_asker_sign_in),
        ],
        misuse: "A pool hands its roles to everyone who signs in to it, or to everyone at all.",
        fix: "Narrow iam:PassRole to the roles of pools, and say the service by iam:PassedToService. Ask in trust policies \
            for the pool by cognito-identity.amazonaws.com:aud.",
        check: "Simulate iam:PassRole on the role with iam:PassedToService set to cognito-identity.amazonaws.com: it \
            should be denied.",
        pages: &[
            "https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_SetIdentityPoolRoles.html",
            "https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html",
        ],
    },
    Method {
        id: "x-cognito-pool",
        title: "Let oneself sign in to an identity pool that is there",
        kind: MethodKind::EntersWorkload,
        ways: &[way(
            Tried::Workloads("cognito-identity:identitypool"),
            Gives::Workload,
            &[ask("cognito-identity:UpdateIdentityPool", On::Subject)],
        )
        .if_(runs_as_seen_role)],
        misuse: "A pool that admits guests, or one's own identity provider, hands its roles to them.",
        fix: "Narrow cognito-identity:UpdateIdentityPool to those who run the pool.",
        check: "Simulate the action for the principal on the pool: it should be denied.",
        pages: &[
            "https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_UpdateIdentityPool.html",
        ],
    },
];
