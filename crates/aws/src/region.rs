//! The Regions of AWS and the partitions that part them.

use meridian_lang::nearest;

/// A Region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Its name, such as `eu-central-1`.
    pub name: &'static str,
    /// Where it is, such as `Europe (Frankfurt)`.
    pub description: &'static str,
    /// Whether an account must choose to use it before it can.
    pub is_by_choice: bool,
}

/// A partition: Regions with accounts of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its name, as it stands in ARNs.
    pub name: &'static str,
    /// The domain of its services.
    pub dns_suffix: &'static str,
    /// What the names of all its Regions begin with; empty for the partition of all others.
    prefix: &'static str,
}

const fn open(name: &'static str, description: &'static str) -> Region {
    Region { name, description, is_by_choice: false }
}

const fn by_choice(name: &'static str, description: &'static str) -> Region {
    Region { name, description, is_by_choice: true }
}

/// All Regions, in alphabetical order. Descriptions are those of hashicorp/aws 5.100.0.
const REGIONS: &[Region] = &[
    by_choice("af-south-1", "Africa (Cape Town)"),
    by_choice("ap-east-1", "Asia Pacific (Hong Kong)"),
    by_choice("ap-east-2", "Asia Pacific (Taipei)"),
    open("ap-northeast-1", "Asia Pacific (Tokyo)"),
    open("ap-northeast-2", "Asia Pacific (Seoul)"),
    open("ap-northeast-3", "Asia Pacific (Osaka)"),
    open("ap-south-1", "Asia Pacific (Mumbai)"),
    by_choice("ap-south-2", "Asia Pacific (Hyderabad)"),
    open("ap-southeast-1", "Asia Pacific (Singapore)"),
    open("ap-southeast-2", "Asia Pacific (Sydney)"),
    by_choice("ap-southeast-3", "Asia Pacific (Jakarta)"),
    by_choice("ap-southeast-4", "Asia Pacific (Melbourne)"),
    by_choice("ap-southeast-5", "Asia Pacific (Malaysia)"),
    by_choice("ap-southeast-6", "Asia Pacific (New Zealand)"),
    by_choice("ap-southeast-7", "Asia Pacific (Thailand)"),
    open("ca-central-1", "Canada (Central)"),
    by_choice("ca-west-1", "Canada West (Calgary)"),
    open("cn-north-1", "China (Beijing)"),
    open("cn-northwest-1", "China (Ningxia)"),
    open("eu-central-1", "Europe (Frankfurt)"),
    by_choice("eu-central-2", "Europe (Zurich)"),
    open("eu-isoe-west-1", "EU ISOE West"),
    open("eu-north-1", "Europe (Stockholm)"),
    by_choice("eu-south-1", "Europe (Milan)"),
    by_choice("eu-south-2", "Europe (Spain)"),
    open("eu-west-1", "Europe (Ireland)"),
    open("eu-west-2", "Europe (London)"),
    open("eu-west-3", "Europe (Paris)"),
    open("eusc-de-east-1", "EU (Germany)"),
    by_choice("il-central-1", "Israel (Tel Aviv)"),
    by_choice("me-central-1", "Middle East (UAE)"),
    by_choice("me-south-1", "Middle East (Bahrain)"),
    by_choice("mx-central-1", "Mexico (Central)"),
    open("sa-east-1", "South America (Sao Paulo)"),
    open("us-east-1", "US East (N. Virginia)"),
    open("us-east-2", "US East (Ohio)"),
    open("us-gov-east-1", "AWS GovCloud (US-East)"),
    open("us-gov-west-1", "AWS GovCloud (US-West)"),
    open("us-iso-east-1", "US ISO East"),
    open("us-iso-west-1", "US ISO WEST"),
    open("us-isob-east-1", "US ISOB East (Ohio)"),
    open("us-isof-east-1", "US ISOF EAST"),
    open("us-isof-south-1", "US ISOF SOUTH"),
    open("us-west-1", "US West (N. California)"),
    open("us-west-2", "US West (Oregon)"),
];

/// All partitions; that of the other Regions comes last.
const PARTITIONS: &[Partition] = &[
    partition_of("aws-cn", "amazonaws.com.cn", "cn-"),
    partition_of("aws-us-gov", "amazonaws.com", "us-gov-"),
    partition_of("aws-iso", "c2s.ic.gov", "us-iso-"),
    partition_of("aws-iso-b", "sc2s.sgov.gov", "us-isob-"),
    partition_of("aws-iso-e", "cloud.adc-e.uk", "eu-isoe-"),
    partition_of("aws-iso-f", "csp.hci.ic.gov", "us-isof-"),
    partition_of("aws-eusc", "amazonaws.eu", "eusc-"),
    COMMERCIAL,
];

const COMMERCIAL: Partition = partition_of("aws", "amazonaws.com", "");

const fn partition_of(
    name: &'static str,
    dns_suffix: &'static str,
    prefix: &'static str,
) -> Partition {
    Partition { name, dns_suffix, prefix }
}

impl Region {
    /// The endpoint of EC2, by which the provider tells Regions apart.
    pub fn endpoint(&self) -> String {
        format!("ec2.{}.{}", self.name, Partition::of(self.name).dns_suffix)
    }
}

impl Partition {
    /// The partition of a Region, also of one that is not known.
    pub fn of(region: &str) -> Partition {
        let found = PARTITIONS.iter().find(|partition| region.starts_with(partition.prefix));
        found.copied().unwrap_or(COMMERCIAL)
    }

    /// The domain of its services from the top down, such as `com.amazonaws`.
    pub fn reverse_dns_prefix(&self) -> String {
        self.dns_suffix.rsplit('.').collect::<Vec<_>>().join(".")
    }

    /// Its Regions, in alphabetical order.
    pub fn regions(self) -> impl Iterator<Item = &'static Region> {
        REGIONS.iter().filter(move |region| Partition::of(region.name) == self)
    }
}

/// The Region of that name.
pub fn find(name: &str) -> Option<&'static Region> {
    let position = REGIONS.binary_search_by_key(&name, |region| region.name).ok()?;
    REGIONS.get(position)
}

/// The Region of that endpoint of EC2.
pub fn find_by_endpoint(endpoint: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.endpoint() == endpoint)
}

/// Whether there is a Region of that name.
pub fn is_known(name: &str) -> bool {
    find(name).is_some()
}

/// The partition of a Region: keys and secrets are never replicated from one to another.
pub fn partition(name: &str) -> &'static str {
    Partition::of(name).name
}

/// What to write instead of a Region that does not exist.
pub fn advice(name: &str) -> String {
    match nearest(name, REGIONS.iter().map(|region| region.name)) {
        Some(meant) => format!("Did you mean \"{meant}\"?"),
        None => "Region names look like \"us-east-1\" or \"eu-central-1\".".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_as_the_search_needs() {
        assert!(REGIONS.is_sorted_by_key(|region| region.name));
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
        assert_eq!(partition("us-iso-east-1"), "aws-iso");
        assert_eq!(partition("us-isob-east-1"), "aws-iso-b");
        assert_eq!(partition("zz-mars-1"), "aws");
    }
}
