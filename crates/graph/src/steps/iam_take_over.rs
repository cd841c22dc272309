//! IAM and STS: somebody gets to act as another user or role.

use clavicle_snapshot::ProviderKind;

use super::gate::{
    has_all_keys, has_boundary, has_inactive_key, has_no_password, has_password, has_password_and_mfa,
    has_room_for_key, has_such_credentials,
};
use super::iam_own_rights::ADMINISTRATOR;
use super::method::{Gives, Method, MethodKind, On, Tried, ask, way};

const KIND: MethodKind = MethodKind::TakesOverPrincipal;
const CHECK: &str = "Simulate the actions for this principal on the target: one of them should be denied.";
const EMPOWERS: &str =
    "The target is given every right first and taken over then, so that it need not be strong.";

pub(super) static METHODS: &[Method] = &[
    Method {
        id: "sts-001",
        title: "Assume a role",
        kind: KIND,
        ways: &[way(Tried::RolesTrusting, Gives::Subject, &[ask("sts:AssumeRole", On::Subject)])],
        misuse: "This is what roles are for. It is a way in where the trust policy names more than it needs to: a whole \
            account, or everyone.",
        fix: "Name the callers in the trust policy one by one, and give sts:AssumeRole on this role to them only.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage-assume.html"],
    },
    Method {
        id: "x-sts-saml",
        title: "Sign in to a role through a SAML provider",
        kind: KIND,
        ways: &[],
        misuse: "Whoever the identity provider vouches for gets in. It decides who that is.",
        fix: "Ask for attributes of the assertion in the trust policy, such as SAML:sub and SAML:aud.",
        check: "Sign in as somebody who should not get in.",
        pages: &["https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html"],
    },
    Method {
        id: "x-sts-webid",
        title: "Sign in to a role through a web identity provider",
        kind: KIND,
        ways: &[],
        misuse: "Providers such as GitHub or Cognito vouch for anybody who has an account there. Only the subject in the \
            trust policy tells them apart.",
        fix: "Ask for the exact subject and audience in the trust policy.",
        check: "Ask for a token with another subject: the role should refuse it.",
        pages: &[
            "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
        ],
    },
    Method {
        id: "iam-002",
        title: "Make an access key for another user",
        kind: KIND,
        ways: &[way(Tried::Users, Gives::Subject, &[ask("iam:CreateAccessKey", On::Subject)])
            .if_(has_room_for_key)],
        misuse: "The key is the user's, and lasts until somebody removes it.",
        fix: "Narrow iam:CreateAccessKey to the user itself: user/${aws:username}.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html"],
    },
    Method {
        id: "iam-003",
        title: "Replace an access key of another user, who has two",
        kind: KIND,
        ways: &[way(
            Tried::Users,
            Gives::Subject,
            &[ask("iam:CreateAccessKey", On::Subject), ask("iam:DeleteAccessKey", On::Subject)],
        )
        .if_(has_all_keys)],
        misuse: "A key of the user's is removed to make room for one that somebody else holds.",
        fix: "Narrow iam:CreateAccessKey and iam:DeleteAccessKey to the user itself: user/${aws:username}.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html"],
    },
    Method {
        id: "iam-004",
        title: "Give another user a console password",
        kind: KIND,
        ways: &[way(Tried::Users, Gives::Subject, &[ask("iam:CreateLoginProfile", On::Subject)])
            .if_(has_no_password)],
        misuse: "Whoever sets the password signs in with it.",
        fix: "Take iam:CreateLoginProfile away, or narrow it to new users.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html"],
    },
    Method {
        id: "iam-006",
        title: "Reset the console password of another user",
        kind: KIND,
        ways: &[way(Tried::Users, Gives::Subject, &[ask("iam:UpdateLoginProfile", On::Subject)])
            .if_(has_password)],
        misuse: "Whoever sets the password signs in with it.",
        fix: "Let users change their own password only (iam:ChangePassword), and give them a second factor.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateLoginProfile.html"],
    },
    Method {
        id: "x-iam-mfaoff",
        title: "Take the second factor of another user away, and reset the password",
        kind: KIND,
        ways: &[way(
            Tried::Users,
            Gives::Subject,
            &[ask("iam:DeactivateMFADevice", On::Subject), ask("iam:UpdateLoginProfile", On::Subject)],
        )
        .if_(has_password_and_mfa)],
        misuse: "A second factor protects a user only from those who cannot remove it.",
        fix: "Narrow iam:DeactivateMFADevice to the user itself, and ask for a second factor there too.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeactivateMFADevice.html"],
    },
    Method {
        id: "x-iam-keyon",
        title: "Switch an old access key of another user on again",
        kind: KIND,
        ways: &[way(Tried::Users, Gives::Subject, &[ask("iam:UpdateAccessKey", On::Subject)])
            .if_(has_inactive_key)],
        misuse: "Whoever kept the secret of the key can use it again.",
        fix: "Delete keys instead of switching them off.",
        check: "List the user's access keys: none should be inactive.",
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html"],
    },
    Method {
        id: "iam-012",
        title: "Rewrite the trust policy of a role, and assume it",
        kind: KIND,
        ways: &[way(
            Tried::Roles,
            Gives::Subject,
            &[ask("iam:UpdateAssumeRolePolicy", On::Subject), ask("sts:AssumeRole", On::Rewritten)],
        )],
        misuse: "Whoever writes the trust policy decides who may be the role, and can name themselves.",
        fix: "Narrow iam:UpdateAssumeRolePolicy to roles that are weaker than its bearer.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html"],
    },
    Method {
        id: "iam-014",
        title: "Attach a managed policy to a role, and assume it",
        kind: KIND,
        ways: &[way(
            Tried::Roles,
            Gives::EverythingOfSubject,
            &[
                ask("iam:AttachRolePolicy", On::Subject).with(ADMINISTRATOR),
                ask("sts:AssumeRole", On::Subject),
            ],
        )],
        misuse: EMPOWERS,
        fix: "Let nobody both change what a role may do and assume it.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html"],
    },
    Method {
        id: "iam-016",
        title: "Write a new version of a policy that a role has, and assume the role",
        kind: KIND,
        ways: &[way(
            Tried::Roles,
            Gives::EverythingOfSubject,
            &[ask("sts:AssumeRole", On::Subject), ask("iam:CreatePolicyVersion", On::PolicyOfSubject)],
        )],
        misuse: EMPOWERS,
        fix: "Let nobody both change the policies of a role and assume it.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html"],
    },
    Method {
        id: "iam-017",
        title: "Write an inline policy for a role, and assume it",
        kind: KIND,
        ways: &[way(
            Tried::Roles,
            Gives::EverythingOfSubject,
            &[ask("iam:PutRolePolicy", On::Subject), ask("sts:AssumeRole", On::Subject)],
        )],
        misuse: EMPOWERS,
        fix: "Let nobody both change what a role may do and assume it.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html"],
    },
    Method {
        id: "iam-015",
        title: "Attach a managed policy to a user, and make a key or a password for it",
        kind: KIND,
        ways: &[
            way(
                Tried::Users,
                Gives::EverythingOfSubject,
                &[
                    ask("iam:AttachUserPolicy", On::Subject).with(ADMINISTRATOR),
                    ask("iam:CreateAccessKey", On::Subject),
                ],
            )
            .if_(has_room_for_key),
            way(
                Tried::Users,
                Gives::EverythingOfSubject,
                &[
                    ask("iam:AttachUserPolicy", On::Subject).with(ADMINISTRATOR),
                    ask("iam:CreateLoginProfile", On::Subject),
                ],
            )
            .if_(has_no_password),
        ],
        misuse: EMPOWERS,
        fix: "Let nobody both change what a user may do and make keys for it.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html"],
    },
    Method {
        id: "iam-018",
        title: "Write an inline policy for a user, and make a key or a password for it",
        kind: KIND,
        ways: &[
            way(
                Tried::Users,
                Gives::EverythingOfSubject,
                &[ask("iam:PutUserPolicy", On::Subject), ask("iam:CreateAccessKey", On::Subject)],
            )
            .if_(has_room_for_key),
            way(
                Tried::Users,
                Gives::EverythingOfSubject,
                &[ask("iam:PutUserPolicy", On::Subject), ask("iam:CreateLoginProfile", On::Subject)],
            )
            .if_(has_no_password),
        ],
        misuse: EMPOWERS,
        fix: "Let nobody both change what a user may do and make keys for it.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html"],
    },
    Method {
        id: "x-iam-versionuser",
        title: "Write a new version of a policy that a user has, and make a key or a password for it",
        kind: KIND,
        ways: &[
            way(
                Tried::Users,
                Gives::EverythingOfSubject,
                &[
                    ask("iam:CreateAccessKey", On::Subject),
                    ask("iam:CreatePolicyVersion", On::PolicyOfSubject),
                ],
            )
            .if_(has_room_for_key),
            way(
                Tried::Users,
                Gives::EverythingOfSubject,
                &[
                    ask("iam:CreateLoginProfile", On::Subject),
                    ask("iam:CreatePolicyVersion", On::PolicyOfSubject),
                ],
            )
            .if_(has_no_password),
        ],
        misuse: EMPOWERS,
        fix: "Let nobody both change the policies of a user and make keys for it.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html"],
    },
    Method {
        id: "iam-019",
        title: "Attach a managed policy to a role, and rewrite its trust policy",
        kind: KIND,
        ways: &[way(
            Tried::Roles,
            Gives::EverythingOfSubject,
            &[
                ask("iam:AttachRolePolicy", On::Subject).with(ADMINISTRATOR),
                ask("iam:UpdateAssumeRolePolicy", On::Subject),
                ask("sts:AssumeRole", On::Rewritten),
            ],
        )],
        misuse: EMPOWERS,
        fix: "Let nobody both change what a role may do and who may assume it.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html"],
    },
    Method {
        id: "iam-020",
        title: "Write a new version of a policy that a role has, and rewrite its trust policy",
        kind: KIND,
        ways: &[way(
            Tried::Roles,
            Gives::EverythingOfSubject,
            &[
                ask("iam:UpdateAssumeRolePolicy", On::Subject),
                ask("iam:CreatePolicyVersion", On::PolicyOfSubject),
                ask("sts:AssumeRole", On::Rewritten),
            ],
        )],
        misuse: EMPOWERS,
        fix: "Let nobody both change the policies of a role and who may assume it.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html"],
    },
    Method {
        id: "iam-021",
        title: "Write an inline policy for a role, and rewrite its trust policy",
        kind: KIND,
        ways: &[way(
            Tried::Roles,
            Gives::EverythingOfSubject,
            &[
                ask("iam:PutRolePolicy", On::Subject),
                ask("iam:UpdateAssumeRolePolicy", On::Subject),
                ask("sts:AssumeRole", On::Rewritten),
            ],
        )],
        misuse: EMPOWERS,
        fix: "Let nobody both change what a role may do and who may assume it.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html"],
    },
    Method {
        id: "iam-023",
        title: "Remove the permissions boundary of a role, and assume it",
        kind: KIND,
        ways: &[way(
            Tried::Roles,
            Gives::NoBoundaryOfSubject,
            &[ask("iam:DeleteRolePermissionsBoundary", On::Subject), ask("sts:AssumeRole", On::Subject)],
        )
        .if_(has_boundary)],
        misuse: "What the boundary kept back from the role is allowed at once.",
        fix: "Deny iam:DeleteRolePermissionsBoundary to whoever may assume the role.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"],
    },
    Method {
        id: "x-iam-svcspec",
        title: "Make credentials for a single service for another user",
        kind: KIND,
        ways: &[
            way(
                Tried::Users,
                Gives::ServicesOfSubject,
                &[ask("iam:CreateServiceSpecificCredential", On::Subject)],
            ),
            way(
                Tried::Users,
                Gives::ServicesOfSubject,
                &[ask("iam:ResetServiceSpecificCredential", On::Subject)],
            )
            .if_(has_such_credentials),
        ],
        misuse: "They do in CodeCommit, Keyspaces and Bedrock what the user may do there, and nothing elsewhere.",
        fix: "Narrow the actions to the user itself: user/${aws:username}.",
        check: CHECK,
        pages: &[
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html",
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_ResetServiceSpecificCredential.html",
            "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-reference.html",
        ],
    },
    Method {
        id: "x-iam-sshkey",
        title: "Upload an SSH key for another user",
        kind: KIND,
        ways: &[way(Tried::Users, Gives::GitOfSubject, &[ask("iam:UploadSSHPublicKey", On::Subject)])],
        misuse: "The key reads and writes the repositories of CodeCommit that the user may.",
        fix: "Narrow iam:UploadSSHPublicKey to the user itself: user/${aws:username}.",
        check: CHECK,
        pages: &[
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSSHPublicKey.html",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_ssh-keys.html",
        ],
    },
    Method {
        id: "x-iam-saml",
        title: "Replace the metadata of a SAML provider, and vouch for oneself",
        kind: KIND,
        ways: &[way(
            Tried::Providers(ProviderKind::Saml),
            Gives::Subject,
            &[ask("iam:UpdateSAMLProvider", On::Subject)],
        )],
        misuse: "The metadata holds the certificate that assertions are checked with. With one's own there, one signs \
            assertions for anybody.",
        fix: "Take iam:UpdateSAMLProvider away from all but those who run the identity provider.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSAMLProvider.html"],
    },
];
