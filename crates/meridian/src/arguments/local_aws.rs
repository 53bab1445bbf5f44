//! The options of `local-aws`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

const HELP: &str = "\
Examples:
  meridian local-aws                         forgets everything when it ends
  meridian local-aws -data aws -clock fast   keeps it in the folder aws; waits for next to nothing
  meridian local-aws -seed seed.json -quotas begins with these keys and secrets, at AWS's rates
  meridian local-aws -iam policy.json        allows what this policy allows

Its page is at the address itself. What tests can do to it (move the clock, inject faults, read
the request log, …) is listed at /_local/.";

/// Options of `local-aws`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct LocalAwsArguments {
    /// Address and port to listen on.
    #[arg(long, default_value = "127.0.0.1:4567", value_name = "ADDRESS")]
    pub listen: String,
    /// Where it keeps its keys and secrets; without it they are gone when it ends.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Whether what takes AWS seconds takes seconds, or next to nothing, or as long as a test says.
    #[arg(long, value_enum, default_value = "real")]
    pub clock: ClockArgument,
    /// Keys and secrets to begin with, as JSON, if there are none yet.
    #[arg(long, value_name = "FILE", conflicts_with = "restore")]
    pub seed: Option<PathBuf>,
    /// Begin with a snapshot, in place of all that is there.
    #[arg(long, value_name = "DIR")]
    pub restore: Option<PathBuf>,
    /// The folder in which /_local/snapshot makes snapshots and /_local/restore finds them.
    #[arg(long, value_name = "DIR")]
    pub snapshot: Option<PathBuf>,
    /// Rules by which requests go wrong, as JSON.
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// How far reads may lag behind writes, such as 500ms or 2s.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub lag: Option<Duration>,
    /// Refuse requests beyond AWS's published rates, or beyond so many times these rates.
    #[arg(long, value_name = "TIMES", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "1", value_parser = scale)]
    pub quotas: Option<f64>,
    /// Decides the chance in faults and lag, so that a run can be repeated.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub random: u64,
    /// Who may do what: an IAM policy for everybody, or policies by principal, as JSON.
    #[arg(long, value_name = "FILE")]
    pub iam: Option<PathBuf>,
    /// Verify signatures, with the secret access keys in a JSON object from access keys (or *).
    #[arg(long, value_name = "FILE")]
    pub verify_signatures: Option<PathBuf>,
    /// Other texts in place of those that nobody has recorded from AWS, as JSON.
    #[arg(long, value_name = "FILE")]
    pub texts: Option<PathBuf>,
    /// Speak HTTPS too, on the same port. The certificate for AWS_CA_BUNDLE is written to this
    /// file, or to ca.pem in the folder of -data.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    pub tls: Option<Option<PathBuf>>,
    /// Another name under which browsers may see its page, such as that of a container.
    #[arg(long = "host", value_name = "NAME")]
    pub hosts: Vec<String>,
    /// How many connections may be open at the same time.
    #[arg(long, value_name = "NUMBER", default_value_t = 512)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub connections: u32,
}

/// Clocks of the embedded AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ClockArgument {
    /// As long as AWS takes.
    Real,
    /// Milliseconds.
    Fast,
    /// It stands still until /_local/clock moves it.
    Manual,
}

/// A time such as `500ms`, `2s` or `1m`.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: u64 = digits.parse().map_err(|_| expected_time(text))?;
    let milliseconds = match &text[digits.len()..] {
        "ms" => Some(number),
        "s" => number.checked_mul(1000),
        "m" => number.checked_mul(60_000),
        _ => None,
    };
    milliseconds.map(Duration::from_millis).ok_or_else(|| expected_time(text))
}

fn expected_time(text: &str) -> String {
    format!("{text} is not a time such as 500ms, 2s or 1m")
}

/// A factor above zero.
fn scale(text: &str) -> Result<f64, String> {
    let scale: Option<f64> = text.parse().ok();
    scale
        .filter(|scale| scale.is_finite() && *scale > 0.0)
        .ok_or_else(|| format!("{text} is not a number above 0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(duration("1m"), Ok(Duration::from_secs(60)));
        for wrong in ["", "2", "s", "2h", "-1s", "99999999999999999999s", "2é"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_scale_is_above_zero() {
        assert_eq!(scale("0.5"), Ok(0.5));
        for wrong in ["0", "-1", "inf", "NaN", "x"] {
            assert!(scale(wrong).is_err(), "{wrong}");
        }
    }
}
