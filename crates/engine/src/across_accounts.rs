//! Which actions are effective on things of other accounts, and which can the policy of a thing give at all?

/// Is an action effective across accounts, given that both sides allow it?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AcrossAccounts {
    /// On everything.
    Yes,
    /// On everything but backup vaults.
    SaveOnVaults,
    /// On nothing.
    No,
    /// On nothing, and within an account identity policies alone give it: the policy of the thing may deny it only.
    ByIdentityAlone,
}

impl AcrossAccounts {
    /// That of `service:name`, both in lower case.
    pub(crate) fn of(service: &str, name: &str) -> Self {
        // AWS: KMS Developer Guide, "Allowing users in other accounts to use a KMS key": of all operations, these only.
        const OF_KEYS: [&str; 20] = [
            "creategrant",
            "decrypt",
            "derivesharedsecret",
            "describekey",
            "encrypt",
            "generatedatakey",
            "generatedatakeypair",
            "generatedatakeypairwithoutplaintext",
            "generatedatakeywithoutplaintext",
            "generatemac",
            "getkeyrotationstatus",
            "getpublickey",
            "listgrants",
            "reencryptfrom",
            "reencryptto",
            "retiregrant",
            "revokegrant",
            "sign",
            "verify",
            "verifymac",
        ];
        // AWS: SQS Developer Guide, "Limitations of Amazon SQS custom policies", Cross-account access. The page names the
        // operation `ListMessageMoveTask`; the action has an `s`.
        const NOT_OF_QUEUES: [&str; 12] = [
            "addpermission",
            "cancelmessagemovetask",
            "createqueue",
            "deletequeue",
            "listmessagemovetasks",
            "listqueues",
            "listqueuetags",
            "removepermission",
            "setqueueattributes",
            "startmessagemovetask",
            "tagqueue",
            "untagqueue",
        ];
        // AWS: Secrets Manager User Guide, "Access AWS Secrets Manager secrets from a different account": "effective only for
        // the following operations"; "Permissions for cross-account replication": who associates a replica needs
        // AcceptCrossAccountReplication on it.
        const OF_SECRETS: [&str; 21] = [
            "acceptcrossaccountreplication",
            "cancelrotatesecret",
            "deleteresourcepolicy",
            "deletesecret",
            "describesecret",
            "getrandompassword",
            "getresourcepolicy",
            "getsecretvalue",
            "listsecretversionids",
            "putresourcepolicy",
            "putsecretvalue",
            "removeregionsfromreplication",
            "replicatesecrettoregions",
            "restoresecret",
            "rotatesecret",
            "stopreplicationtoreplica",
            "tagresource",
            "untagresource",
            "updatesecret",
            "updatesecretversionstage",
            "validateresourcepolicy",
        ];
        // AWS: DynamoDB Developer Guide, "DynamoDB API operations supported by resource-based policies": those without cross-account
        // support. Statements of PartiQL are allowed by four actions of their own.
        const NOT_OF_TABLES: [&str; 22] = [
            "createbackup",
            "deleteresourcepolicy",
            "describecontinuousbackups",
            "describecontributorinsights",
            "describekinesisstreamingdestination",
            "describetablereplicaautoscaling",
            "describetimetolive",
            "disablekinesisstreamingdestination",
            "enablekinesisstreamingdestination",
            "exporttabletopointintime",
            "getresourcepolicy",
            "partiqldelete",
            "partiqlinsert",
            "partiqlselect",
            "partiqlupdate",
            "putresourcepolicy",
            "restoretabletopointintime",
            "updatecontinuousbackups",
            "updatecontributorinsights",
            "updatekinesisstreamingdestination",
            "updatetablereplicaautoscaling",
            "updatetimetolive",
        ];
        // The same page: those without support for resource-based policies.
        const NOT_BY_TABLES: [&str; 21] = [
            "createglobaltable",
            "createtable",
            "deletebackup",
            "describebackup",
            "describeendpoints",
            "describeexport",
            "describeglobaltable",
            "describeglobaltablesettings",
            "describeimport",
            "describelimits",
            "importtable",
            "listbackups",
            "listcontributorinsights",
            "listexports",
            "listglobaltables",
            "listimports",
            "liststreams",
            "listtables",
            "restoretablefrombackup",
            "updateglobaltable",
            "updateglobaltablesettings",
        ];
        // AWS: S3 User Guide, "Authenticating and authorizing requests" (directory buckets): "Access to bucket-level actions can be
        // granted only in IAM identity-based policies (user or role), not bucket policies", and none of them across accounts. That
        // inventory and metrics are such say their pages of the S3 API Reference.
        const NOT_BY_DIRECTORY_BUCKETS: [&str; 14] = [
            "createbucket",
            "deletebucket",
            "deletebucketpolicy",
            "getbucketpolicy",
            "getencryptionconfiguration",
            "getinventoryconfiguration",
            "getlifecycleconfiguration",
            "getmetricsconfiguration",
            "listallmydirectorybuckets",
            "putbucketpolicy",
            "putencryptionconfiguration",
            "putinventoryconfiguration",
            "putlifecycleconfiguration",
            "putmetricsconfiguration",
        ];
        let effective = match service {
            // AWS: AWS Backup Developer Guide, "Vault access policies": "Regardless of the AWS Backup vault's access policy,
            // cross-account access for any action other than backup:CopyIntoBackupVault will be rejected".
            "backup" if name != "copyintobackupvault" => return Self::SaveOnVaults,
            "secretsmanager" => OF_SECRETS.binary_search(&name).is_ok(),
            "kms" => OF_KEYS.binary_search(&name).is_ok(),
            "sqs" => NOT_OF_QUEUES.binary_search(&name).is_err(),
            "dynamodb" if NOT_BY_TABLES.binary_search(&name).is_ok() => return Self::ByIdentityAlone,
            "dynamodb" => NOT_OF_TABLES.binary_search(&name).is_err(),
            "s3express" if NOT_BY_DIRECTORY_BUCKETS.binary_search(&name).is_ok() => {
                return Self::ByIdentityAlone;
            }
            // AWS: S3 API Reference, GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy: "the calling identity must both
            // have the permissions … and belong to the bucket owner's account"; so for Amazon S3 on Outposts.
            "s3" | "s3-outposts" => !is_about_bucket_policy(name),
            // AWS: Kinesis API Reference, PutResourcePolicy: the calling identity has to "belong to the owner's account".
            "kinesis" => name != "putresourcepolicy",
            // AWS: Aurora DSQL User Guide, "Resource-based policies": "Cross-account access is not yet supported".
            "dsql" => false,
            _ => true,
        };
        if effective { Self::Yes } else { Self::No }
    }
}

/// Does the action read or change the policy of a bucket?
pub(crate) fn is_about_bucket_policy(name: &str) -> bool {
    matches!(name, "deletebucketpolicy" | "getbucketpolicy" | "putbucketpolicy")
}
