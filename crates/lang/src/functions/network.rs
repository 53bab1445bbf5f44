//! Functions of IP addresses and networks.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::argument::{number, text, whole};
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::{Number, Type, Value};

const PREFIX: Parameter = Parameter::new("prefix", Shape::String);
const NEWBITS: Parameter = Parameter::new("newbits", Shape::Number);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "cidrhost",
        &[PREFIX, Parameter::new("hostnum", Shape::Number)],
        Shape::String,
        host,
    ),
    Function::new("cidrnetmask", &[PREFIX], Shape::String, netmask),
    Function::new(
        "cidrsubnet",
        &[PREFIX, NEWBITS, Parameter::new("netnum", Shape::Number)],
        Shape::String,
        subnet,
    ),
    Function::new("cidrsubnets", &[PREFIX], Shape::List(&Shape::String), subnets).and(NEWBITS),
];

/// A network: its first address and the length of its prefix.
#[derive(Clone, Copy)]
struct Network {
    start: u128,
    length: u32,
    /// Bits of an address: 32 or 128.
    bits: u32,
}

impl Network {
    /// Reads an address and a prefix length. Leading zeros mean nothing, as in Terraform.
    fn parse(given: &str) -> Option<Network> {
        let (address, length) = given.split_once('/')?;
        if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let length: u32 = length.parse().ok()?;
        let (address, bits) = match parse_v4(address) {
            Some(address) => (u128::from(address), 32),
            None => (u128::from(address.parse::<Ipv6Addr>().ok()?), 128),
        };
        if length > bits {
            return None;
        }
        let below = ones(bits - length);
        Some(Network { start: address & !below, length, bits })
    }

    /// Bits that are left for hosts.
    fn host_bits(self) -> u32 {
        self.bits - self.length
    }

    fn address(self, address: u128) -> String {
        match u32::try_from(address) {
            Ok(address) if self.bits == 32 => Ipv4Addr::from(address).to_string(),
            _ => Ipv6Addr::from(address).to_string(),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address(self.start), self.length)
    }
}

fn parse_v4(text: &str) -> Option<u32> {
    let mut address = 0;
    let mut octets = 0;
    for octet in text.split('.') {
        if octet.is_empty() || !octet.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        octets += 1;
        address = (address << 8) | u32::from(octet.parse::<u8>().ok()?);
        if octets > 4 {
            return None;
        }
    }
    (octets == 4).then_some(address)
}

/// That many ones, at the lower end.
fn ones(count: u32) -> u128 {
    u128::MAX.checked_shr(128 - count).unwrap_or(0)
}

fn invalid(given: &str) -> String {
    format!("invalid CIDR expression: invalid CIDR address: {given}")
}

fn network(arguments: &[Value]) -> Result<Network, FunctionError> {
    let given = text(&arguments[0]);
    Network::parse(given).ok_or_else(|| FunctionError::new(invalid(given)).quoting())
}

/// The whole number at a position, as its sign and its magnitude; none if it is beyond 128 bits.
fn whole_number(
    arguments: &[Value],
    position: usize,
) -> Result<(bool, Option<u128>), FunctionError> {
    let number = number(&arguments[position]);
    if !number.is_integer() {
        return Err(FunctionError::new("value must be a whole number"));
    }
    let magnitude = number.abs();
    let digits = (magnitude <= Number::from(u128::MAX)).then(|| magnitude.to_string().parse());
    Ok((number.is_negative(), digits.and_then(Result::ok)))
}

fn host(arguments: &[Value]) -> Outcome {
    let network = network(arguments)?;
    let greatest = ones(network.host_bits());
    let (negative, magnitude) = whole_number(arguments, 1)?;
    let refused = |number: String| {
        let length = network.length;
        let reason = format!("prefix of {length} does not accommodate a host numbered {number}");
        Err(FunctionError::new(reason).quoting())
    };
    let number = match (negative, magnitude) {
        (false, Some(number)) if number <= greatest => number,
        // From the end.
        (true, Some(number)) if number - 1 <= greatest => greatest - (number - 1),
        _ => return refused(super::argument::number(&arguments[1]).to_string()),
    };
    Ok(Value::string(network.address(network.start | number)))
}

fn netmask(arguments: &[Value]) -> Outcome {
    let network = network(arguments)?;
    if network.bits != 32 {
        let reason = format!("IPv6 addresses cannot have a netmask: {}", text(&arguments[0]));
        return Err(FunctionError::new(reason).quoting());
    }
    let mask = ones(32) & !ones(network.host_bits());
    Ok(Value::string(network.address(mask)))
}

fn subnet(arguments: &[Value]) -> Outcome {
    let network = network(arguments)?;
    let more = whole(arguments, 1).map_err(|error| FunctionError::new(error.message))?;
    let (negative, number) = whole_number(arguments, 2)?;
    let length = i64::from(network.length).checked_add(more).and_then(|it| u32::try_from(it).ok());
    let Some(length) = length.filter(|length| *length <= network.bits) else {
        let reason =
            format!("insufficient address space to extend prefix of {} by {more}", network.length);
        return Err(FunctionError::new(reason).quoting());
    };
    let greatest = ones(length.saturating_sub(network.length));
    match number {
        Some(number) if !negative && number <= greatest => {
            let shifted = number.checked_shl(network.bits - length).unwrap_or(0);
            let subnet = Network { start: network.start | shifted, length, ..network };
            Ok(Value::string(subnet.to_string()))
        }
        _ => {
            let reason = format!(
                "prefix extension of {more} does not accommodate a subnet numbered {}",
                super::argument::number(&arguments[2])
            );
            Err(FunctionError::new(reason).quoting())
        }
    }
}

fn subnets(arguments: &[Value]) -> Outcome {
    let given = text(&arguments[0]);
    let network = Network::parse(given)
        .ok_or_else(|| FunctionError::argument(0, invalid(given)).quoting())?;
    let end = network.start | ones(network.host_bits());
    // The first address that is free, until there is none.
    let mut next = Some(network.start);
    let mut last = network;
    let mut found = Vec::new();
    for position in 1..arguments.len() {
        let refused = |reason: String| Err(FunctionError::argument(position, reason).quoting());
        let more = whole(arguments, position)?;
        if more < 1 {
            return refused("must extend prefix by at least one bit".to_owned());
        }
        let Some(more) = u32::try_from(more).ok().filter(|more| *more <= 32) else {
            return refused("may not extend prefix by more than 32 bits".to_owned());
        };
        let length = network.length + more;
        if length > network.bits {
            let version = if network.bits == 32 { "IPv4" } else { "IPv6" };
            return refused(format!(
                "would extend prefix to {length} bits, which is too long for an {version} address"
            ));
        }
        let below = ones(network.bits - length);
        // Up to where a network of that length can begin.
        let start = next.and_then(|next| next.checked_add(below)).map(|it| it & !below);
        let Some(start) = start.filter(|start| *start <= end) else {
            return refused(format!(
                "not enough remaining address space for a subnet with a prefix of {length} bits \
                 after {last}"
            ));
        };
        last = Network { start, length, bits: network.bits };
        next = (start | below).checked_add(1);
        found.push(Value::string(last.to_string()));
    }
    Ok(Value::list(Type::String, found))
}
