//! IAM: somebody changes what they may do themselves.

use super::gate::{has_boundary, has_inline_denies};
use super::method::{Gives, Method, MethodKind, On, Tried, ask, way};

const KIND: MethodKind = MethodKind::ChangesOwnRights;
const MISUSE: &str = "Whoever holds this permission can give themselves every other one, up to what their boundary and \
    the organization leave. The permission is as good as being an administrator.";
const CHECK: &str = "Simulate the action for this principal on this thing: it should be denied.";
/// With this policy attached everything is allowed.
pub(super) const ADMINISTRATOR: &[(&str, Option<&str>)] =
    &[("iam:PolicyARN", Some("arn:{partition}:iam::aws:policy/AdministratorAccess"))];
/// A boundary that leaves everything.
const WIDE_BOUNDARY: &[(&str, Option<&str>)] =
    &[("iam:PermissionsBoundary", Some("arn:{partition}:iam::aws:policy/AdministratorAccess"))];
/// A new principal without a boundary.
const UNBOUND: &[(&str, Option<&str>)] = &[("iam:PermissionsBoundary", None)];
const UNBOUND_ADMINISTRATOR: &[(&str, Option<&str>)] = &[
    ("iam:PermissionsBoundary", None),
    ("iam:PolicyARN", Some("arn:{partition}:iam::aws:policy/AdministratorAccess")),
];

pub(super) static METHODS: &[Method] = &[
    Method {
        id: "iam-001",
        title: "Write a new version of a policy that one has, and put it in force",
        kind: KIND,
        ways: &[way(Tried::OwnPolicies, Gives::Everything, &[ask("iam:CreatePolicyVersion", On::Subject)])],
        misuse: MISUSE,
        fix: "Take iam:CreatePolicyVersion away, or keep it off the policies that its bearer has.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html"],
    },
    Method {
        id: "x-iam-setdefault",
        title: "Put an older version of a policy that one has in force again",
        kind: KIND,
        ways: &[way(
            Tried::OwnPolicies,
            Gives::OlderVersion,
            &[ask("iam:SetDefaultPolicyVersion", On::Subject)],
        )],
        misuse: "Policies grow narrower over time, and IAM keeps up to five versions. An older, wider one can be put in \
            force without writing anything.",
        fix: "Delete the older versions, and take iam:SetDefaultPolicyVersion away.",
        check: "List the versions of the policy: none should be wider than the one in force.",
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html"],
    },
    Method {
        id: "iam-005",
        title: "Write an inline policy for one's own role",
        kind: KIND,
        ways: &[way(Tried::OwnRole, Gives::Everything, &[ask("iam:PutRolePolicy", On::Subject)])],
        misuse: MISUSE,
        fix: "Keep iam:PutRolePolicy off the role itself, or ask for a boundary by iam:PermissionsBoundary.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html"],
    },
    Method {
        id: "iam-007",
        title: "Write an inline policy for oneself",
        kind: KIND,
        ways: &[way(Tried::OwnUser, Gives::Everything, &[ask("iam:PutUserPolicy", On::Subject)])],
        misuse: MISUSE,
        fix: "Keep iam:PutUserPolicy off the user itself, or ask for a boundary by iam:PermissionsBoundary.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html"],
    },
    Method {
        id: "iam-011",
        title: "Write an inline policy for a group that one is in",
        kind: KIND,
        ways: &[way(Tried::OwnGroups, Gives::Everything, &[ask("iam:PutGroupPolicy", On::Subject)])],
        misuse: MISUSE,
        fix: "Keep iam:PutGroupPolicy off the groups that its bearer is in.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutGroupPolicy.html"],
    },
    Method {
        id: "iam-008",
        title: "Attach a managed policy to oneself",
        kind: KIND,
        ways: &[way(
            Tried::OwnUser,
            Gives::Everything,
            &[ask("iam:AttachUserPolicy", On::Subject).with(ADMINISTRATOR)],
        )],
        misuse: MISUSE,
        fix: "Keep iam:AttachUserPolicy off the user itself, or list the policies that may be attached by iam:PolicyARN.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html"],
    },
    Method {
        id: "iam-009",
        title: "Attach a managed policy to one's own role",
        kind: KIND,
        ways: &[way(
            Tried::OwnRole,
            Gives::Everything,
            &[ask("iam:AttachRolePolicy", On::Subject).with(ADMINISTRATOR)],
        )],
        misuse: MISUSE,
        fix: "Keep iam:AttachRolePolicy off the role itself, or list the policies that may be attached by iam:PolicyARN.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html"],
    },
    Method {
        id: "iam-010",
        title: "Attach a managed policy to a group that one is in",
        kind: KIND,
        ways: &[way(
            Tried::OwnGroups,
            Gives::Everything,
            &[ask("iam:AttachGroupPolicy", On::Subject).with(ADMINISTRATOR)],
        )],
        misuse: MISUSE,
        fix: "Keep iam:AttachGroupPolicy off the groups that its bearer is in.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachGroupPolicy.html"],
    },
    Method {
        id: "iam-013",
        title: "Join a group",
        kind: KIND,
        ways: &[way(Tried::OtherGroups, Gives::Group, &[ask("iam:AddUserToGroup", On::Subject)])],
        misuse: "The user has what the group has from then on.",
        fix: "Narrow iam:AddUserToGroup to groups that anybody may join.",
        check: "Simulate iam:AddUserToGroup on the group: it should be denied.",
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html"],
    },
    Method {
        id: "iam-022",
        title: "Remove one's own permissions boundary",
        kind: KIND,
        ways: &[way(
            Tried::OwnUser,
            Gives::NoBoundary,
            &[ask("iam:DeleteUserPermissionsBoundary", On::Subject)],
        )
        .if_(has_boundary)],
        misuse: "What the boundary kept back is allowed at once.",
        fix: "Deny iam:DeleteUserPermissionsBoundary in the boundary itself.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"],
    },
    Method {
        id: "x-iam-putboundary",
        title: "Replace one's own permissions boundary by a wider one, or remove that of one's own role",
        kind: KIND,
        ways: &[
            way(
                Tried::OwnUser,
                Gives::NoBoundary,
                &[ask("iam:PutUserPermissionsBoundary", On::Subject).with(WIDE_BOUNDARY)],
            )
            .if_(has_boundary),
            way(
                Tried::OwnRole,
                Gives::NoBoundary,
                &[ask("iam:PutRolePermissionsBoundary", On::Subject).with(WIDE_BOUNDARY)],
            )
            .if_(has_boundary),
            way(Tried::OwnRole, Gives::NoBoundary, &[ask("iam:DeleteRolePermissionsBoundary", On::Subject)])
                .if_(has_boundary),
        ],
        misuse: "What the boundary kept back is allowed at once.",
        fix: "Deny changing boundaries in the boundary itself, or ask for that very boundary by iam:PermissionsBoundary.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"],
    },
    Method {
        id: "x-iam-undeny",
        title: "Remove a policy that denies one something",
        kind: KIND,
        ways: &[
            way(Tried::OwnDenies, Gives::Undenied, &[ask("iam:DetachUserPolicy", On::BearerOfSubject)]),
            way(Tried::OwnDenies, Gives::Undenied, &[ask("iam:DetachRolePolicy", On::BearerOfSubject)]),
            way(Tried::OwnDenies, Gives::Undenied, &[ask("iam:DetachGroupPolicy", On::BearerOfSubject)]),
            way(Tried::OwnUser, Gives::Undenied, &[ask("iam:DeleteUserPolicy", On::Subject)])
                .if_(has_inline_denies),
            way(Tried::OwnRole, Gives::Undenied, &[ask("iam:DeleteRolePolicy", On::Subject)])
                .if_(has_inline_denies),
            way(Tried::OwnGroups, Gives::Undenied, &[ask("iam:DeleteGroupPolicy", On::Subject)])
                .if_(has_inline_denies),
            way(Tried::OwnGroups, Gives::OutOfGroup, &[ask("iam:RemoveUserFromGroup", On::Subject)]),
        ],
        misuse: "What the policy kept back is allowed at once, as far as others allow it.",
        fix: "Deny by a service control policy or a boundary, or deny removing the policy in the policy itself.",
        check: CHECK,
        pages: &[
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html",
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPolicy.html",
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveUserFromGroup.html",
        ],
    },
    Method {
        id: "x-iam-createuser",
        title: "Make a new user or role that may do everything",
        kind: KIND,
        ways: &[
            way(
                Tried::Own,
                Gives::NewPrincipal,
                &[
                    ask("iam:CreateUser", On::New("iam:user")).with(UNBOUND),
                    ask("iam:AttachUserPolicy", On::New("iam:user")).with(UNBOUND_ADMINISTRATOR),
                    ask("iam:CreateAccessKey", On::New("iam:user")),
                ],
            ),
            way(
                Tried::Own,
                Gives::NewPrincipal,
                &[
                    ask("iam:CreateUser", On::New("iam:user")).with(UNBOUND),
                    ask("iam:PutUserPolicy", On::New("iam:user")).with(UNBOUND),
                    ask("iam:CreateAccessKey", On::New("iam:user")),
                ],
            ),
            way(
                Tried::Own,
                Gives::NewPrincipal,
                &[
                    ask("iam:CreateUser", On::New("iam:user")).with(UNBOUND),
                    ask("iam:AttachUserPolicy", On::New("iam:user")).with(UNBOUND_ADMINISTRATOR),
                    ask("iam:CreateLoginProfile", On::New("iam:user")),
                ],
            ),
            way(
                Tried::Own,
                Gives::NewPrincipal,
                &[
                    ask("iam:CreateUser", On::New("iam:user")).with(UNBOUND),
                    ask("iam:PutUserPolicy", On::New("iam:user")).with(UNBOUND),
                    ask("iam:CreateLoginProfile", On::New("iam:user")),
                ],
            ),
            way(
                Tried::Own,
                Gives::NewPrincipal,
                &[
                    ask("iam:CreateRole", On::New("iam:role")).with(UNBOUND),
                    ask("iam:AttachRolePolicy", On::New("iam:role")).with(UNBOUND_ADMINISTRATOR),
                ],
            ),
            way(
                Tried::Own,
                Gives::NewPrincipal,
                &[
                    ask("iam:CreateRole", On::New("iam:role")).with(UNBOUND),
                    ask("iam:PutRolePolicy", On::New("iam:role")).with(UNBOUND),
                ],
            ),
        ],
        misuse: "The new principal may do everything, and its maker holds its key or its trust.",
        fix: "Ask for a boundary when principals are made and given policies, by iam:PermissionsBoundary.",
        check: "Simulate making a user without a boundary: it should be denied.",
        pages: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"],
    },
];
