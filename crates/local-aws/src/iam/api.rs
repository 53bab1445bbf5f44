//! The few operations of IAM by which clients find out which account they are
//! in (AWS IAM API reference, query protocol).

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::iam::service_role::multi_region_role_name;
use crate::identity::{Lent, Place, USER};
use crate::paging::page;
use crate::response::{Output, escape};
use crate::sts::{Form, iso_8601, parse_form};
use crate::world::{Call, World};

/// The role that every account has, with its path.
const SUPPORT_ROLE: &str = "aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport";

/// When users and roles that nobody made came to be: the beginning of 2020.
const LONG_AGO: Timestamp = Timestamp::from_milliseconds(1_577_836_800_000);

/// Runs an operation of IAM.
pub(crate) fn call(call: &mut Call<'_>, operation: &str, body: &[u8]) -> Result<Output, ApiError> {
    let form = parse_form(body);
    match operation {
        "GetRole" => get_role(call, &form),
        "GetUser" => get_user(call, &form),
        "ListAccountAliases" => Ok(list_account_aliases()),
        "ListRoles" => list_roles(call, &form),
        other => Err(ApiError::new(
            "InvalidAction",
            format!("Could not find operation {other} for version 2010-05-08"),
        )),
    }
}

fn get_user(call: &Call<'_>, form: &Form<'_>) -> Result<Output, ApiError> {
    let name = form.get("UserName");
    if name.is_none() && call.caller.role_arn(call.place.region).is_some() {
        return Err(ApiError::new(
            "ValidationError",
            "Must specify userName when calling with non-User credentials",
        ));
    }
    if let Some(name) = name.filter(|name| *name != USER) {
        return Err(no_such_entity(format!("The user with name {name} cannot be found.")));
    }
    let Place { account, region } = call.place;
    let arn = format!("arn:{}:iam::{account}:user/{USER}", region.partition());
    let result = format!(
        "<User><Path>/</Path><UserName>{USER}</UserName><UserId>AIDALOCAL{account}</UserId>\
         <Arn>{arn}</Arn><CreateDate>{}</CreateDate></User>",
        iso_8601(LONG_AGO),
    );
    Ok(Output::Query { operation: "GetUser", result })
}

fn get_role(call: &Call<'_>, form: &Form<'_>) -> Result<Output, ApiError> {
    let wanted = crate::validate::required("roleName", form.get("RoleName"))?;
    let roles = roles(call.world, call.place);
    let role = roles.iter().find(|(name, _)| name.rsplit('/').next() == Some(wanted));
    let (name, created) = role
        .ok_or_else(|| no_such_entity(format!("The role with name {wanted} cannot be found.")))?;
    let result = format!("<Role>{}</Role>", describe(call.place, name, *created));
    Ok(Output::Query { operation: "GetRole", result })
}

fn list_roles(call: &Call<'_>, form: &Form<'_>) -> Result<Output, ApiError> {
    let limit = form.get("MaxItems").and_then(|limit| limit.parse().ok());
    let limit = crate::validate::limit("maxItems", limit, 100, 1000)?;
    let prefix = form.get("PathPrefix").map_or("/", AsRef::as_ref);
    let roles = roles(call.world, call.place);
    let roles = roles.iter().filter(|(name, _)| format!("/{name}").starts_with(prefix));
    let marker = form.get("Marker").map(AsRef::as_ref);
    let page = page(roles, |(name, _)| name.as_str(), limit, marker)
        .map_err(|_| ApiError::new("ValidationError", "Invalid Marker."))?;
    let member = |(name, created): (&String, &Timestamp)| {
        format!("<member>{}</member>", describe(call.place, name, *created))
    };
    let members: String = page.items.into_iter().map(member).collect();
    let marker = page.next.as_ref().map(|next| format!("<Marker>{next}</Marker>"));
    let result = format!(
        "<IsTruncated>{}</IsTruncated><Roles>{members}</Roles>{}",
        page.next.is_some(),
        marker.unwrap_or_default(),
    );
    Ok(Output::Query { operation: "ListRoles", result })
}

fn list_account_aliases() -> Output {
    let result = "<IsTruncated>false</IsTruncated><AccountAliases></AccountAliases>".to_owned();
    Output::Query { operation: "ListAccountAliases", result }
}

/// The roles that an account is known to have, by their names with their paths:
/// those of services, and those that were lent.
fn roles(world: &World, place: Place) -> BTreeMap<String, Timestamp> {
    let mut roles = BTreeMap::from([(SUPPORT_ROLE.to_owned(), LONG_AGO)]);
    if let Some(role) = world.service_roles.get(&place.account) {
        roles.insert(multi_region_role_name(), role.created);
    }
    for (_, session) in world.sessions.iter() {
        if let Lent::Role { role, .. } = &session.lent
            && session.account == place.account
        {
            roles.insert(role.clone(), LONG_AGO);
        }
    }
    roles
}

fn describe(place: Place, role: &str, created: Timestamp) -> String {
    let (path, name) = role.rsplit_once('/').unwrap_or(("", role));
    let path = if path.is_empty() { "/".to_owned() } else { format!("/{path}/") };
    let Place { account, region } = place;
    let principal =
        match role.strip_prefix("aws-service-role/").and_then(|_| role.split('/').nth(1)) {
            Some(service) => format!(r#"{{"Service":"{service}"}}"#),
            None => format!(r#"{{"AWS":"arn:{}:iam::{account}:root"}}"#, region.partition()),
        };
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}]}}"#
    );
    let trust: String = form_urlencoded::byte_serialize(trust.as_bytes()).collect();
    format!(
        "<Path>{}</Path><RoleName>{}</RoleName><RoleId>AROALOCAL{account}</RoleId>\
         <Arn>{}</Arn><CreateDate>{}</CreateDate>\
         <AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument>\
         <MaxSessionDuration>3600</MaxSessionDuration>",
        escape(&path),
        escape(name),
        escape(&format!("arn:{}:iam::{account}:role/{role}", region.partition())),
        iso_8601(created),
    )
}

fn no_such_entity(message: String) -> ApiError {
    ApiError::new("NoSuchEntity", message).with_status(404)
}
