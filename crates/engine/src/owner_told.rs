//! Does a request tell whose the thing is that it is about?

/// The keys by which it does, in lower case.
pub const OWNER_KEYS: [&str; 3] = ["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"];

/// Is it sure that requests for `service:name`, both in lower case, carry these keys?
///
/// AWS: IAM User Guide, "AWS global condition context keys", `aws:ResourceAccount`, `aws:ResourceOrgID` and `aws:ResourceOrgPaths`: some
/// "actions don't support this key". Which ones has changed: those that any edition of the page lists are not sure.
pub(crate) fn is_sure(service: &str, name: &str) -> bool {
    !match service {
        "ebs" | "events" => true,
        "auditmanager" => name == "updateassessmentframeworkshare",
        "detective" | "macie2" => name == "acceptinvitation",
        "ds" => name == "acceptshareddirectory",
        "es" => name == "acceptinboundconnection",
        "guardduty" | "securityhub" => name == "acceptadministratorinvitation",
        "workspaces" => matches!(name, "copyworkspaceimage" | "describeworkspaceimages"),
        "route53" => matches!(
            name,
            "associatevpcwithhostedzone"
                | "createvpcassociationauthorization"
                | "deletevpcassociationauthorization"
                | "disassociatevpcfromhostedzone"
                | "listhostedzonesbyvpc"
        ),
        "ec2" => matches!(
            name,
            "accepttransitgatewaypeeringattachment"
                | "acceptvpcendpointconnections"
                | "acceptvpcpeeringconnection"
                | "copyfpgaimage"
                | "copyimage"
                | "copysnapshot"
                | "createtransitgatewaypeeringattachment"
                | "createvolume"
                | "createvpcendpoint"
                | "createvpcpeeringconnection"
                | "deletetransitgatewaypeeringattachment"
                | "deletevpcpeeringconnection"
                | "rejecttransitgatewaypeeringattachment"
                | "rejectvpcendpointconnections"
                | "rejectvpcpeeringconnection"
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Action, Context, Fact, Principal, Request, Resource};

    #[test]
    fn whose_a_thing_is_some_requests_may_not_tell() {
        let ann = Principal::from_arn("arn:aws:iam::111122223333:user/ann").expect("a caller");
        let mut snapshot = Resource::new("arn:aws:ec2:eu-west-1:111122223333:snapshot/snap-1", None);
        snapshot.state("aws:ResourceOrgID", Fact::One("o-1".to_owned()));
        snapshot.state("aws:ResourceOrgPaths", Fact::Many(vec!["o-1/r/".to_owned()]));
        snapshot.state("aws:ResourceTag/team", Fact::One("red".to_owned()));
        let known = |action: &str, key: &str, context: &Context| {
            let action = Action::new(action);
            Request::derived(&ann, &action, &snapshot, context).known(key)
        };
        let open = Context::open();
        for key in ["aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths"] {
            for action in [
                "ec2:CopySnapshot",
                "EC2:acceptVPCPeeringConnection",
                "ebs:GetSnapshotBlock",
                "events:PutEvents",
                "route53:AssociateVPCWithHostedZone",
                "workspaces:CopyWorkspaceImage",
                "guardduty:AcceptAdministratorInvitation",
                "securityhub:AcceptAdministratorInvitation",
                "detective:AcceptInvitation",
                "macie2:AcceptInvitation",
                "es:AcceptInboundConnection",
                "ds:AcceptSharedDirectory",
                "auditmanager:UpdateAssessmentFrameworkShare",
            ] {
                assert_eq!(known(action, key, &open), None, "{action} {key}");
            }
            for action in [
                "ec2:DeleteSnapshot",
                "guardduty:GetFindings",
                "securityhub:GetFindings",
                "detective:SearchGraph",
                "macie2:GetFindings",
                "es:ESHttpGet",
                "ds:DescribeDirectories",
                "auditmanager:GetControl",
                "workspaces:DescribeWorkspaces",
                "route53:GetHostedZone",
                "s3:GetObject",
            ] {
                assert!(known(action, key, &open).is_some(), "{action} {key}");
            }
        }
        let tag = "aws:ResourceTag/team";
        assert_eq!(known("ec2:CopySnapshot", tag, &open), Some(Fact::One("red".to_owned())));
        // What the question states is so.
        let stated = Context::open().with_value("aws:ResourceAccount", "111122223333");
        let account = Some(Fact::One("111122223333".to_owned()));
        assert_eq!(known("ec2:CopySnapshot", "aws:ResourceAccount", &stated), account);
        assert_eq!(known("ec2:DeleteSnapshot", "aws:ResourceAccount", &open), account);
    }
}
