//! The Regions of AWS and the partitions that part them.

use meridian_lang::nearest;

/// All Regions that AWS offers to everyone, in alphabetical order.
const NAMES: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// Whether there is a Region of that name.
pub fn is_known(name: &str) -> bool {
    NAMES.binary_search(&name).is_ok()
}

/// The partition of a Region: keys and secrets are never replicated from one to another.
pub fn partition(name: &str) -> &'static str {
    if name.starts_with("cn-") {
        "aws-cn"
    } else if name.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// What to write instead of a Region that does not exist.
pub fn advice(name: &str) -> String {
    match nearest(name, NAMES.iter().copied()) {
        Some(meant) => format!("Did you mean \"{meant}\"?"),
        None => "Region names look like \"us-east-1\" or \"eu-central-1\".".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_as_the_search_needs() {
        assert!(NAMES.is_sorted());
        assert!(is_known("eu-west-1"));
        assert!(!is_known("eu-west-9"));
    }

    #[test]
    fn a_mistyped_region_is_answered_with_the_nearest() {
        assert_eq!(advice("us-esat-1"), "Did you mean \"us-east-1\"?");
        assert!(advice("mars").starts_with("Region names look like"));
    }

    #[test]
    fn partitions() {
        assert_eq!(partition("cn-north-1"), "aws-cn");
        assert_eq!(partition("us-gov-west-1"), "aws-us-gov");
        assert_eq!(partition("us-west-2"), "aws");
    }
}
