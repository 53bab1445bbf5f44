//! `meridian version`

use std::process::ExitCode;

use serde::Serialize;

use crate::arguments::VersionArguments;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// The version of Terraform whose language this is.
const TERRAFORM_VERSION: &str = "1.11.4";

/// What `version -json` says. Terraform's fields say what scripts compare: the version of the
/// language.
#[derive(Serialize)]
struct Version {
    meridian_version: &'static str,
    terraform_version: &'static str,
    platform: String,
    provider_selections: serde_json::Map<String, serde_json::Value>,
    terraform_outdated: bool,
}

/// Shows the version.
pub fn run(arguments: &VersionArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    // Go's names, which Terraform uses.
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let version = Version {
        meridian_version: env!("CARGO_PKG_VERSION"),
        terraform_version: TERRAFORM_VERSION,
        platform: format!("{system}_{architecture}"),
        provider_selections: serde_json::Map::new(),
        terraform_outdated: false,
    };
    if arguments.json {
        let json = serde_json::to_string_pretty(&version);
        terminal.line(&json.map_err(|error| Failure::message("No version", error.to_string()))?);
        return Ok(ExitCode::SUCCESS);
    }
    terminal.line(&format!("meridian v{}", version.meridian_version));
    terminal.line(&format!("on {}", version.platform));
    terminal.line(&format!("the language of Terraform {TERRAFORM_VERSION}"));
    Ok(ExitCode::SUCCESS)
}
