//! Amazon Resource Names, and the other spellings by which keys are named.

use std::fmt;

/// The parts of an ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// Partition, such as `aws`.
    pub partition: &'a str,
    /// Service, such as `kms`.
    pub service: &'a str,
    /// Region; empty for global services.
    pub region: &'a str,
    /// Account; may be empty.
    pub account: &'a str,
    /// The rest, such as `key/mrk-…`.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Takes an ARN apart.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(text: &'a str) -> Result<Arn<'a>, &'static str> {
        let mut parts = text.splitn(6, ':');
        if parts.next() != Some("arn") {
            return Err("arn: invalid prefix");
        }
        let mut part = || parts.next().ok_or("arn: not enough sections");
        Ok(Arn {
            partition: part()?,
            service: part()?,
            region: part()?,
            account: part()?,
            resource: part()?,
        })
    }

    /// The ARN of the same resource in another Region, such as a replica's.
    #[must_use]
    pub fn in_region(self, region: &'a str) -> Arn<'a> {
        Arn { region, ..self }
    }

    /// The key id, if it is the ARN of a key.
    pub fn key_id(self) -> Option<&'a str> {
        self.resource.strip_prefix("key/")
    }
}

impl fmt::Display for Arn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Arn { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

/// The key id in a key's id or ARN; an alias stays as it is but for the ARN's head.
pub fn key_id(text: &str) -> &str {
    match Arn::parse(text) {
        Ok(arn) => arn.key_id().unwrap_or(arn.resource),
        Err(_) => text,
    }
}

/// Whether two spellings name the same key, or the same key in two Regions.
pub fn same_key(a: &str, b: &str) -> bool {
    key_id(a) == key_id(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/mrk-0123";

    #[test]
    fn an_arn_comes_apart_and_together() -> Result<(), &'static str> {
        let arn = Arn::parse(KEY)?;
        assert_eq!(arn.key_id(), Some("mrk-0123"));
        assert_eq!(arn.to_string(), KEY);
        assert_eq!(
            arn.in_region("eu-west-1").to_string(),
            "arn:aws:kms:eu-west-1:123456789012:key/mrk-0123"
        );
        Ok(())
    }

    #[test]
    fn what_is_no_arn_says_why() {
        assert_eq!(Arn::parse("key/1"), Err("arn: invalid prefix"));
        assert_eq!(Arn::parse("arn:aws:kms"), Err("arn: not enough sections"));
    }

    #[test]
    fn keys_are_the_same_by_id() {
        assert!(same_key(KEY, "mrk-0123"));
        assert!(same_key("alias/app", "arn:aws:kms:us-east-1:123456789012:alias/app"));
        assert!(!same_key(KEY, "mrk-9999"));
    }
}
