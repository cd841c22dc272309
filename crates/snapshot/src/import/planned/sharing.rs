//! With whom things are shared beside their policies: by lists of their own, as images and snapshots have, and by shares of AWS RAM.
//!
//! AWS: Amazon EC2 User Guide, "Share an AMI with specific AWS accounts"; Amazon EBS User Guide, "Share an Amazon EBS snapshot with
//! other AWS accounts"; Amazon RDS User Guide, "Sharing a DB snapshot for Amazon RDS"; AWS Systems Manager User Guide, "Sharing SSM
//! documents"; AWS PrivateLink Guide, "Configure an endpoint service", permissions; AWS RAM User Guide, "What is AWS Resource Access
//! Manager?"; AWS Service Catalog Administrator Guide, "Sharing a portfolio"; AWS Signer Developer Guide, "Set up cross-account
//! signing"; AWS Directory Service Administration Guide, "Share your AWS Managed Microsoft AD"; Amazon OpenSearch Service Developer
//! Guide, "Access Amazon OpenSearch Service using an OpenSearch Service-managed VPC endpoint"; Amazon Redshift Management Guide,
//! "Redshift-managed VPC endpoints"; Amazon Redshift Database Developer Guide, "Data sharing". CloudFormation Template Reference, and Terraform's documentation of the types.

use super::declaration::{Declaration, Taken};
use super::kinds::Kind;
use super::plan::Plan;
use super::value::Value;
use crate::model::AccountId;

/// A type that puts somebody on the list of a thing. Types that begin with no `AWS::` are those that Terraform alone has.
struct Listing {
    name: &'static str,
    /// The kind of the thing.
    of: &'static str,
    /// The property that names it.
    thing: &'static str,
    /// Those that name whom it is shared with, or, of a share of AWS RAM, what.
    named: &'static [&'static str],
    /// Which list that is.
    list: &'static str,
}

/// Whom a thing is shared with.
pub(super) const WHOM: &str = "shared_with";

/// What a share of AWS RAM shares.
pub(super) const WHAT: &str = "shares";

const LISTINGS: [Listing; 13] = [
    Listing {
        name: "AWS::EC2::VPCEndpointServicePermissions",
        of: "AWS::EC2::VPCEndpointService",
        thing: "ServiceId",
        named: &["AllowedPrincipals"],
        list: WHOM,
    },
    Listing {
        name: "AWS::Redshift::EndpointAuthorization",
        of: "AWS::Redshift::Cluster",
        thing: "ClusterIdentifier",
        named: &["Account"],
        list: WHOM,
    },
    Listing {
        name: "AWS::ServiceCatalog::PortfolioShare",
        of: "AWS::ServiceCatalog::Portfolio",
        thing: "PortfolioId",
        named: &["AccountId"],
        list: WHOM,
    },
    Listing {
        name: "AWS::Signer::ProfilePermission",
        of: "AWS::Signer::SigningProfile",
        thing: "ProfileName",
        named: &["Principal"],
        list: WHOM,
    },
    Listing {
        name: "DataShareAuthorization",
        of: "DataShare",
        thing: "Thing",
        named: &["consumer_identifier"],
        list: WHOM,
    },
    Listing { name: "DirectoryShare", of: "Directory", thing: "Thing", named: &["target"], list: WHOM },
    Listing {
        name: "DomainEndpointAccess",
        of: "AWS::OpenSearchService::Domain",
        thing: "Thing",
        named: &["account"],
        list: WHOM,
    },
    Listing {
        name: "EndpointServicePermission",
        of: "AWS::EC2::VPCEndpointService",
        thing: "Thing",
        named: &["principal_arn"],
        list: WHOM,
    },
    Listing {
        name: "ImagePermission",
        of: "AWS::EC2::Image",
        thing: "Thing",
        named: &["account_id", "group", "organization_arn", "organizational_unit_arn"],
        list: WHOM,
    },
    Listing {
        name: "PortfolioShare",
        of: "AWS::ServiceCatalog::Portfolio",
        thing: "Thing",
        named: &["principal_id"],
        list: WHOM,
    },
    Listing {
        name: "ShareOfResource",
        of: "AWS::RAM::ResourceShare",
        thing: "Thing",
        named: &["resource_arn"],
        list: WHAT,
    },
    Listing {
        name: "ShareWithPrincipal",
        of: "AWS::RAM::ResourceShare",
        thing: "Thing",
        named: &["principal"],
        list: WHOM,
    },
    Listing {
        name: "SnapshotPermission",
        of: "AWS::EC2::Snapshot",
        thing: "Thing",
        named: &["account_id"],
        list: WHOM,
    },
];

fn listing(kind: &str) -> Option<&'static Listing> {
    LISTINGS.iter().find(|listing| listing.name == kind)
}

/// Does the type put somebody on a list?
pub(super) fn is_listing(kind: &str) -> bool {
    listing(kind).is_some()
}

/// Somebody on the list of a thing, or something on that of a share.
#[derive(Debug)]
pub(super) struct Listed {
    /// The ARN of what has the list.
    pub(super) thing: String,
    pub(super) account: AccountId,
    pub(super) list: &'static str,
    /// `None`: who or what that is is known later.
    pub(super) name: Option<String>,
}

/// Has it a list of its own, or is it one?
pub(super) fn has_list(kind: &str) -> bool {
    matches!(
        kind,
        "catalog:portfolio"
            | "ds:directory"
            | "ec2:image"
            | "ec2:snapshot"
            | "ec2:vpc-endpoint-service"
            | "es:domain"
            | "ram:resource-share"
            | "rds:cluster-snapshot"
            | "rds:snapshot"
            | "redshift:cluster"
            | "redshift:datashare"
            | "signer:signing-profiles"
            | "ssm:document"
    )
}

/// The lists that a thing states itself: which list, and who or what is on it.
fn own_lists<'v>(kind: &str, properties: &'v Value) -> Vec<(&'static str, &'v Value)> {
    match kind {
        "AWS::EC2::VPCEndpointService" => vec![(WHOM, properties.get("allowed_principals"))],
        "AWS::RAM::ResourceShare" => {
            vec![(WHOM, properties.get("Principals")), (WHAT, properties.get("ResourceArns"))]
        }
        "AWS::RDS::DBClusterSnapshot" | "AWS::RDS::DBSnapshot" => {
            vec![(WHOM, properties.get("shared_accounts"))]
        }
        "AWS::SSM::Document" => vec![(WHOM, properties.at(&["permissions", "account_ids"]))],
        _ => Vec::new(),
    }
}

/// Names as lists have them: AWS Systems Manager writes several with commas, and `All` for everybody.
fn names(value: &Value) -> Vec<Option<String>> {
    let words = |text: &str| -> Vec<Option<String>> {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        words.map(|word| Some(if word == "All" { "all".to_owned() } else { word.to_owned() })).collect()
    };
    let of_one = |one: &Value| match one {
        Value::Unknown => vec![None],
        // The account that a directory is shared with stands in a block.
        Value::Map(_) => match one.get("id") {
            Value::Unknown => vec![None],
            id => id.text().map(words).unwrap_or_default(),
        },
        one => one.text().map(words).unwrap_or_default(),
    };
    value.items().iter().flat_map(of_one).collect()
}

impl Declaration<'_> {
    /// One more on a list, or one less.
    pub(super) fn listed(&self, plan: &mut Plan) -> Taken {
        let Some(listing) = listing(self.kind) else { return Taken::UnknownKind };
        let thing = self.properties.get(listing.thing).text();
        let Some(thing) = thing.and_then(|named| self.arn_of(listing.of, named)) else {
            if self.fate.stays() {
                plan.lists_of_some.extend(self.kind_of(listing.of).map(|kind| (kind, listing.list)));
            }
            return Taken::Nobody;
        };
        let all: Vec<_> =
            listing.named.iter().flat_map(|property| names(self.properties.get(property))).collect();
        let is_known = !all.is_empty() && all.iter().all(Option::is_some);
        self.list(plan, &thing, listing.list, all);
        if is_known { Taken::Yes } else { Taken::Nobody }
    }

    /// The lists that a thing states with itself.
    pub(super) fn lists_of_its_own(&self, plan: &mut Plan, kind: &Kind, arn: &str) {
        for (list, value) in own_lists(kind.cloudformation, &self.properties) {
            self.list(plan, arn, list, names(value));
            let were = self.before.iter().flat_map(|before| own_lists(kind.cloudformation, before));
            let now = names(value);
            let gone = were
                .filter(|(of, _)| *of == list)
                .flat_map(|(_, value)| names(value))
                .filter(|name| name.is_some() && !now.contains(name));
            let account = self.place.account;
            plan.listed.extend(gone.map(|name| {
                (super::plan::Fate::Gone, Listed { thing: arn.to_owned(), account, list, name })
            }));
        }
    }

    fn list(&self, plan: &mut Plan, thing: &str, list: &'static str, all: Vec<Option<String>>) {
        let account = AccountId::of_arn(thing).unwrap_or(self.place.account);
        let of = |name| Listed { thing: thing.to_owned(), account, list, name };
        plan.listed.extend(all.into_iter().map(|name| (self.fate, of(name))));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Place, kinds};
    use super::{LISTINGS, Value, has_list, names};
    use crate::arn::Arn;

    #[test]
    fn every_listing_is_of_a_kind_that_has_a_list() {
        let place = Place::parse("111122223333/eu-west-1").expect("a place");
        for listing in &LISTINGS {
            let arn = kinds::of(listing.of).expect("a kind").arn(&Value::Null, "any", &place);
            assert!(has_list(&Arn::parse(&arn).expect("an ARN").kind()), "{arn}");
        }
    }

    #[test]
    fn names_stand_in_lists_and_in_one_text() {
        let text = |text: &str| Value::Text(text.to_owned());
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(names(&text("111122223333, 444455556666")), [some("111122223333"), some("444455556666")]);
        assert_eq!(names(&Value::List(vec![text("All"), Value::Unknown])), [some("all"), None]);
        assert_eq!(names(&Value::Null), []);
    }
}
