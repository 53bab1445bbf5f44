//! The options of `init`.

use std::path::PathBuf;

use clap::Args;

const HELP: &str = "\
Providers are built in and the state needs no backend, so there is nothing to download and nothing
to prepare: plan and apply work without init. Modules are used from where they lie, or from where
terraform init has put them; those that are missing are named.";

/// Options of `init`. Those of Terraform that scripts use are understood.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct InitArguments {
    /// Understood for Terraform's sake: there is no backend to prepare.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub backend: Option<String>,
    /// Understood for Terraform's sake.
    #[arg(long, value_name = "SETTING", hide = true)]
    pub backend_config: Vec<String>,
    /// Understood for Terraform's sake: nothing is asked.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub input: Option<String>,
    /// Understood for Terraform's sake: nothing is downloaded.
    #[arg(long)]
    pub upgrade: bool,
    /// Understood for Terraform's sake: no module is downloaded.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub get: Option<String>,
    /// Understood for Terraform's sake.
    #[arg(long, hide = true)]
    pub reconfigure: bool,
    /// Understood for Terraform's sake.
    #[arg(long, hide = true)]
    pub migrate_state: bool,
    /// Understood for Terraform's sake.
    #[arg(long, hide = true)]
    pub force_copy: bool,
    /// Understood for Terraform's sake.
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub lock: Option<String>,
    /// Understood for Terraform's sake.
    #[arg(long, hide = true, value_name = "TIME")]
    pub lock_timeout: Option<String>,
    /// Understood for Terraform's sake.
    #[arg(long, hide = true, value_name = "DIR")]
    pub plugin_dir: Vec<PathBuf>,
    /// Understood for Terraform's sake: the lock file of providers is left alone.
    #[arg(long, hide = true, value_name = "MODE")]
    pub lockfile: Option<String>,
}
