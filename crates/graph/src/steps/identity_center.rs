//! IAM Identity Center: somebody changes what permission sets allow, or who has them.
//!
//! A permission set is the mould of a role in each account where it is assigned. Only people of the directory get those
//! roles, so a step is there for whoever asks as such a role, and for others if they have a user in the directory.

use super::gate::{has_boundary, if_group_has_set};
use super::method::{Ask, Gives, Method, MethodKind, On, Tried, ask, way};

const KIND: MethodKind = MethodKind::IdentityCenter;
const CHECK: &str = "Simulate the actions for the principal on the instance, the set and the account: one of them \
    should be denied.";
const MISUSE: &str = "Whoever changes a permission set changes the roles made of it, in every account where it is \
    assigned, their own among them.";
const FIX: &str = "Let only the few who run IAM Identity Center change permission sets, and none of those that they \
    have themselves.";
const PROVISION: &str =
    "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ProvisionPermissionSet.html";

/// What a changed set needs to reach the accounts where it is assigned.
const PROVISIONS: [Ask; 3] = [
    ask("sso:ProvisionPermissionSet", On::Instance),
    ask("sso:ProvisionPermissionSet", On::SetOfSubject),
    ask("sso:ProvisionPermissionSet", On::AccountOfSubject),
];

/// The requests that change one's own set, and bring the change about.
macro_rules! changes_own_set {
    ($action:literal) => {
        &[
            ask($action, On::Instance),
            ask($action, On::SetOfSubject),
            PROVISIONS[0],
            PROVISIONS[1],
            PROVISIONS[2],
        ]
    };
}

pub(super) static METHODS: &[Method] = &[
    Method {
        id: "sso-002",
        title: "Attach a managed policy to the permission set that one has",
        kind: KIND,
        ways: &[way(
            Tried::OwnSsoRole,
            Gives::Everything,
            changes_own_set!("sso:AttachManagedPolicyToPermissionSet"),
        )],
        misuse: MISUSE,
        fix: FIX,
        check: CHECK,
        pages: &[
            "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_AttachManagedPolicyToPermissionSet.html",
            PROVISION,
        ],
    },
    Method {
        id: "sso-003",
        title: "Write the inline policy of the permission set that one has",
        kind: KIND,
        ways: &[way(
            Tried::OwnSsoRole,
            Gives::Everything,
            changes_own_set!("sso:PutInlinePolicyToPermissionSet"),
        )],
        misuse: MISUSE,
        fix: FIX,
        check: CHECK,
        pages: &[
            "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet.html",
            PROVISION,
        ],
    },
    Method {
        id: "x-sso-cmp",
        title: "Remove the boundary of the permission set that one has",
        kind: KIND,
        ways: &[way(
            Tried::OwnSsoRole,
            Gives::NoBoundary,
            changes_own_set!("sso:DeletePermissionsBoundaryFromPermissionSet"),
        )
        .if_(has_boundary)],
        misuse: "What the boundary of the set kept back is allowed at once.",
        fix: FIX,
        check: CHECK,
        pages: &[
            "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DeletePermissionsBoundaryFromPermissionSet.html",
            PROVISION,
        ],
    },
    Method {
        id: "sso-001",
        title: "Make a permission set that may do everything, and assign it to oneself",
        kind: KIND,
        ways: &[
            way(
                Tried::Accounts,
                Gives::AdministratorOfSubject,
                &[
                    ask("sso:CreateAccountAssignment", On::AccountOfSubject),
                    ask("sso:CreatePermissionSet", On::Instance),
                    ask("sso:AttachManagedPolicyToPermissionSet", On::Instance),
                    ask("sso:CreateAccountAssignment", On::Instance),
                    ask("sso:CreatePermissionSet", On::New("sso:PermissionSet")),
                    ask("sso:AttachManagedPolicyToPermissionSet", On::New("sso:PermissionSet")),
                    ask("sso:CreateAccountAssignment", On::New("sso:PermissionSet")),
                ],
            ),
            way(
                Tried::Accounts,
                Gives::AdministratorOfSubject,
                &[
                    ask("sso:CreateAccountAssignment", On::AccountOfSubject),
                    ask("sso:CreatePermissionSet", On::Instance),
                    ask("sso:PutInlinePolicyToPermissionSet", On::Instance),
                    ask("sso:CreateAccountAssignment", On::Instance),
                    ask("sso:CreatePermissionSet", On::New("sso:PermissionSet")),
                    ask("sso:PutInlinePolicyToPermissionSet", On::New("sso:PermissionSet")),
                    ask("sso:CreateAccountAssignment", On::New("sso:PermissionSet")),
                ],
            ),
        ],
        misuse: "The new set is assigned in any account of the organization, and its maker signs in with it there.",
        fix: "Let only the few who run IAM Identity Center assign permission sets, and name accounts and sets in their \
            policies.",
        check: CHECK,
        pages: &[
            "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html",
            "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreateAccountAssignment.html",
            "https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetdelegation.html",
        ],
    },
    Method {
        id: "x-sso-assign",
        title: "Assign a permission set that is there to oneself",
        kind: KIND,
        ways: &[way(
            Tried::SsoRoles,
            Gives::Subject,
            &[
                ask("sso:CreateAccountAssignment", On::AccountOfSubject),
                ask("sso:CreateAccountAssignment", On::SetOfSubject),
                ask("sso:CreateAccountAssignment", On::Instance),
            ],
        )],
        misuse: "Whoever assigns permission sets can give themselves any that is there, the administrators' among them.",
        fix: "Name the accounts and the sets that may be assigned, and keep those of administrators out.",
        check: CHECK,
        pages: &[
            "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreateAccountAssignment.html",
            "https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetdelegation.html",
        ],
    },
    Method {
        id: "x-sso-group",
        title: "Put oneself into a group that has a permission set",
        kind: KIND,
        ways: &[way(
            Tried::SsoRoles,
            Gives::Subject,
            &[
                ask("identitystore:CreateGroupMembership", On::GroupOfSubject),
                ask("identitystore:CreateGroupMembership", On::Some("identitystore:User")),
                ask("identitystore:CreateGroupMembership", On::Some("identitystore:Identitystore")),
            ],
        )
        .if_(if_group_has_set)],
        misuse: "Whoever says who is in a group of the directory gives away every permission set that the group has.",
        fix: "Let only the few who run the directory change groups, and keep those of administrators out.",
        check: CHECK,
        pages: &[
            "https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_CreateGroupMembership.html",
            "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentitystore.html",
        ],
    },
];
