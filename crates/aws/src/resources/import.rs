//! What imports begin with: the ids by which existing objects are named.

use meridian_lang::Value;
use meridian_resource::{Object, Place, Problem, Schema};

use crate::arn::Arn;

/// The stub or what is wrong with the id.
pub type Stub = Result<Object, Box<Problem>>;

/// The schema's object with nothing but its id; reading makes it whole.
pub fn stub(schema: &Schema, id: &str) -> Object {
    Object::new(schema.empty().with("id", Value::string(id)))
}

/// A key by its id or its ARN.
pub fn key(schema: &Schema, place: &Place, id: &str) -> Stub {
    let arn = in_place(place, id, "kms")?;
    let is_key = match arn {
        Some(arn) => arn.key_id().is_some_and(|key| !key.is_empty()),
        None => !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
    };
    if is_key {
        return Ok(stub(schema, id));
    }
    Err(not_there(place, id, "A key is imported by its id or its ARN, not by an alias."))
}

/// An alias by its name.
pub fn alias(schema: &Schema, place: &Place, id: &str) -> Stub {
    match id.strip_prefix("alias/") {
        Some(name) if !name.is_empty() => Ok(stub(schema, id)),
        _ => {
            let help = "An alias is imported by its name with the prefix, such as \"alias/app\".";
            Err(not_there(place, id, help))
        }
    }
}

/// A secret by its ARN or its name.
pub fn secret(schema: &Schema, place: &Place, id: &str) -> Stub {
    let arn = in_place(place, id, "secretsmanager")?;
    let is_secret = arn.map_or(!id.is_empty(), |arn| arn.resource.starts_with("secret:"));
    if is_secret {
        return Ok(stub(schema, id));
    }
    Err(not_there(place, id, "A secret is imported by its ARN."))
}

/// A version by its secret and its own id, with `|` between them.
pub fn secret_version(schema: &Schema, place: &Place, id: &str) -> Stub {
    match id.split('|').collect::<Vec<_>>().as_slice() {
        [secret, version] if !secret.is_empty() && !version.is_empty() => {
            in_place(place, secret, "secretsmanager")?;
            Ok(stub(schema, id))
        }
        _ => {
            let summary = format!("unexpected format of ID ({id}), expected SecretID|VersionID");
            let detail = "A version of a secret is imported by the ARN of the secret and the id \
                          of the version, with \"|\" between them.";
            Err(Box::new(Problem::new(summary, detail)))
        }
    }
}

/// A grant by its key and its own id, with `:` between them.
pub fn grant(schema: &Schema, place: &Place, id: &str) -> Stub {
    let wrong = || {
        let summary = format!("unexpected format of ID ({id}), expected KeyID:GrantID");
        let detail = "A grant is imported by the id or the ARN of its key and its own id, with \
                      \":\" between them.";
        Box::new(Problem::new(summary, detail))
    };
    let (key, grant) = id.rsplit_once(':').ok_or_else(wrong)?;
    let is_key = match Arn::parse(key) {
        Ok(arn) => arn.key_id().is_some_and(|key| !(key.is_empty() || key.contains([':', '/']))),
        Err(_) => !(key.is_empty() || key.contains(':')),
    };
    if !is_key || grant.is_empty() || grant.contains('/') {
        return Err(wrong());
    }
    in_place(place, key, "kms")?;
    let stub = stub(schema, id);
    Ok(stub.with("key_id", Value::string(key)).with("grant_id", Value::string(grant)))
}

/// A custom key store by its id.
pub fn custom_key_store(schema: &Schema, place: &Place, id: &str) -> Stub {
    if id.starts_with("cks-") {
        return Ok(stub(schema, id));
    }
    let help = "A custom key store is imported by its id, which begins with \"cks-\".";
    Err(not_there(place, id, help))
}

/// What a secret has one of, such as a policy, by the ARN of the secret.
pub fn part_of_secret(schema: &Schema, place: &Place, id: &str) -> Stub {
    let arn = in_place(place, id, "secretsmanager")?;
    if arn.is_some_and(|arn| arn.resource.starts_with("secret:")) {
        return Ok(stub(schema, id));
    }
    Err(not_there(place, id, "It is imported by the ARN of its secret."))
}

/// A tag by its secret and its key, with a comma between them.
pub fn secret_tag(schema: &Schema, place: &Place, id: &str) -> Stub {
    match id.split_once(',') {
        Some((secret, key)) if !secret.is_empty() && !key.is_empty() => {
            in_place(place, secret, "secretsmanager")?;
            Ok(stub(schema, id))
        }
        _ => {
            let summary = format!("unexpected format for ID ({id}), expected SECRET_ARN,KEY");
            let detail = "A tag is imported by the ARN of its secret and its key, with a comma \
                          between them.";
            Err(Box::new(Problem::new(summary, detail)))
        }
    }
}

/// The ARN that an id is, if it is one. It must be of the service and the place's Region.
fn in_place<'a>(
    place: &Place,
    id: &'a str,
    service: &str,
) -> Result<Option<Arn<'a>>, Box<Problem>> {
    if !id.starts_with("arn:") {
        return Ok(None);
    }
    let Ok(arn) = Arn::parse(id) else {
        return Err(not_there(place, id, "This begins like an ARN and is none."));
    };
    if arn.service != service {
        return Err(not_there(place, id, &format!("This is no ARN of the service {service}.")));
    }
    if arn.region != place.region {
        let help = format!(
            "This is an ARN in {}, and the resource is in {}. Give the resource that Region \
             (region, or provider = aws.ALIAS in the import block and the resource).",
            arn.region, place.region
        );
        return Err(not_there(place, id, &help));
    }
    Ok(Some(arn))
}

fn not_there(place: &Place, id: &str, help: &str) -> Box<Problem> {
    let detail = format!("{id:?} is no id of such an object in {}.", place.region);
    Box::new(Problem::new("Cannot import non-existent remote object", detail).help(help))
}

#[cfg(test)]
mod tests;
