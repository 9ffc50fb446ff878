//! What Control Tower does in member accounts, as requests that policies can be held against.
//!
//! In: the catalogue's table of its work, the Regions it governs. Out: [`Ask`]s of its role in one
//! account. Absent: which policies there are.

use crate::catalog::member_work;
use crate::model::evaluation::Ask;

/// Where operations of global services are answered.
const GLOBAL: &str = "us-east-1";

/// Keys that only requests by an AWS service, or from inside some service, carry.
const ABSENT: [&str; 13] = [
    "aws:AssumedRoot",
    "aws:FederatedProvider",
    "aws:Ec2InstanceSourceVpc",
    "aws:MultiFactorAuthAge",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:username",
    "iam:PermissionsBoundary",
    "lambda:SourceFunctionArn",
];

/// Keys that tell through which services a request came.
const CALLED_VIA: [&str; 3] = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];

/// From where requests are made.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'d> {
    /// The partition's name.
    pub partition: &'d str,
    /// The organization's id.
    pub organization: &'d str,
    /// The Regions that the landing zone governs.
    pub governed: &'d [String],
}

impl Desk<'_> {
    /// A request by the session of a role in an account of the organization.
    #[must_use]
    pub fn ask(&self, principal: &str, action: &str, resource: &str, region: &str) -> Ask {
        let mut ask = Ask::new(principal, action, resource);
        ask.learn("aws:RequestedRegion", region);
        ask.learn("aws:PrincipalType", "AssumedRole");
        ask.learn("aws:PrincipalIsAWSService", "false");
        ask.learn("aws:SecureTransport", "true");
        ask.learn("aws:ViaAWSService", "false");
        // Sessions of roles made by a service or by this program come without a device.
        ask.learn("aws:MultiFactorAuthPresent", "false");
        ask.learn("aws:PrincipalOrgID", self.organization);
        ask.learn("aws:ResourceOrgID", self.organization);
        for key in ABSENT.into_iter().chain(CALLED_VIA) {
            ask.lacks(key);
        }
        ask
    }
}

/// What Control Tower does in an account as its role. `serves` says whether a place in the landing
/// zone's manifest (RFC 6901) names the account.
#[must_use]
pub fn in_member(desk: &Desk<'_>, account: &str, serves: &dyn Fn(&str) -> bool) -> Vec<Ask> {
    let table = member_work::table();
    let principal = format!("arn:{}:iam::{account}:role/{}", desk.partition, table.role);
    let global = [GLOBAL.to_owned()];
    let mut asks = Vec::new();
    for row in &table.work {
        if row.only.as_ref().is_some_and(|place| !serves(place)) {
            continue;
        }
        let regions: &[String] = if row.regional { desk.governed } else { &global };
        for region in regions {
            let on = row.on.replace("{partition}", desk.partition);
            let on = on.replace("{account}", account).replace("{region}", region);
            for action in &row.actions {
                let mut ask = desk.ask(&principal, action, &on, region);
                // CloudFormation carries part of it out in the role's name.
                for key in CALLED_VIA.into_iter().chain(["aws:ViaAWSService"]) {
                    ask.facts.remove(&key.to_ascii_lowercase());
                }
                // UNSOURCED; no page of Control Tower speaks of an external id.
                ask.lacks("sts:ExternalId");
                asks.push(ask);
            }
        }
    }
    asks
}
