//! No core dumps: a dump of the memory would hold every secret in clear.

/// Switches core dumps off for this process and what it starts. On Linux, other processes of the
/// user may not look into its memory either.
///
/// Where the system refuses, commands run all the same.
pub fn switch_off() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        let _ = setrlimit(Resource::Core, none);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
