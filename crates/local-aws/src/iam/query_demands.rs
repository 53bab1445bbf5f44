//! What the operations of STS and IAM demand.

use crate::iam::demand::{Demand, Inquiry, global_region};
use crate::identity::USER;

/// The demands of an operation of STS.
pub(crate) fn of_sts(inquiry: &Inquiry<'_>) -> Vec<Demand> {
    match inquiry.operation {
        "AssumeRole" => {
            let Some(role) = inquiry.text("RoleArn") else {
                return Vec::new();
            };
            let mut demand = inquiry.demand("sts:AssumeRole", role);
            for (member, key) in
                [("RoleSessionName", "sts:RoleSessionName"), ("ExternalId", "sts:ExternalId")]
            {
                if let Some(value) = inquiry.text(member) {
                    demand.context.set(key, value);
                }
            }
            vec![demand]
        }
        "GetAccessKeyInfo" => vec![inquiry.demand("sts:GetAccessKeyInfo", "*")],
        _ => Vec::new(),
    }
}

/// The demands of an operation of IAM.
pub(crate) fn of_iam(inquiry: &Inquiry<'_>) -> Vec<Demand> {
    let region = inquiry.place.region;
    let resource = |kind: &str, name: &str| {
        format!("arn:{}:iam::{}:{kind}/{name}", region.partition(), inquiry.place.account)
    };
    let user = inquiry.text("UserName").unwrap_or(USER);
    let role = inquiry.text("RoleName").unwrap_or_default();
    let (resource, shown) = match inquiry.operation {
        "GetUser" => (resource("user", user), format!("user {user}")),
        "GetRole" => (resource("role", role), format!("role {role}")),
        "ListRoles" => (resource("role", ""), resource("role", "")),
        "ListAccountAliases" => ("*".to_owned(), "*".to_owned()),
        _ => return Vec::new(),
    };
    let region = global_region(region);
    let demand = inquiry.demand(format!("iam:{}", inquiry.operation), resource);
    let demand = demand.given(inquiry.circumstances(region));
    vec![Demand { region, shown: Some(shown), ..demand }]
}
