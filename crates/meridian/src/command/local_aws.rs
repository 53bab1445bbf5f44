//! `meridian local-aws`

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use meridian_lang::Diagnostic;
use meridian_local_aws::{
    Clock, Cloud, Seed, Seeding, ServerOptions, Settings, TlsOptions, serve_with,
};
use serde::de::DeserializeOwned;
use tokio::net::TcpListener;

use crate::arguments::{ClockArgument, LocalAwsArguments};
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Serves the embedded AWS to other clients until it is interrupted.
pub async fn run(arguments: &LocalAwsArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let options = server_options(arguments)?;
    let cloud = open(arguments)?;
    if let Some(snapshot) = &arguments.restore {
        cloud.restore(snapshot).map_err(|error| cannot_start(&error))?;
    }
    if let Some(file) = &arguments.seed {
        plant(&cloud, file, terminal)?;
    }
    let listener = TcpListener::bind(&arguments.listen).await.map_err(|error| {
        let detail = format!("{} cannot be listened on: {error}.", arguments.listen);
        Failure::from(
            Diagnostic::error("The embedded AWS cannot listen", detail)
                .help("-listen=127.0.0.1:PORT names another port"),
        )
    })?;
    let interrupted = super::apply::interrupted();
    tell_how_to_use(
        arguments,
        &options,
        listener.local_addr().map_err(|error| cannot_start(&error))?,
        terminal,
    );
    serve_with(Arc::new(cloud), listener, interrupted, options)
        .await
        .map_err(|error| Failure::message("The embedded AWS cannot go on", format!("{error}.")))?;
    Ok(ExitCode::SUCCESS)
}

fn open(arguments: &LocalAwsArguments) -> Result<Cloud, Failure> {
    let clock = match arguments.clock {
        ClockArgument::Real => Clock::Real,
        ClockArgument::Fast => Clock::Fast,
        ClockArgument::Manual => Clock::manual().0,
    };
    let settings = Settings {
        faults: read(arguments.faults.as_deref())?.unwrap_or_default(),
        iam: read(arguments.iam.as_deref())?,
        lag: arguments.lag,
        quotas: arguments.quotas,
        seed: arguments.random,
        texts: read(arguments.texts.as_deref())?.unwrap_or_default(),
        verify_signatures: read(arguments.verify_signatures.as_deref())?,
    };
    match &arguments.data {
        Some(folder) => {
            Cloud::open_with(folder, clock, settings).map_err(|error| cannot_start(&error))
        }
        None => Ok(Cloud::in_memory_with(clock, settings)),
    }
}

fn server_options(arguments: &LocalAwsArguments) -> Result<ServerOptions, Failure> {
    let tls = match (&arguments.tls, &arguments.data) {
        (None, _) => None,
        (Some(Some(file)), _) => Some(TlsOptions { certificate: file.clone(), key: None }),
        (Some(None), Some(folder)) => Some(TlsOptions::in_directory(folder)),
        (Some(None), None) => {
            return Err(Failure::message(
                "No place for the certificate",
                "Name the file for it (-tls=ca.pem), or a folder for everything (-data=aws).",
            ));
        }
    };
    Ok(ServerOptions {
        connections: usize::try_from(arguments.connections).unwrap_or(usize::MAX),
        hosts: arguments.hosts.clone(),
        snapshots: arguments.snapshot.clone(),
        tls,
        ..ServerOptions::default()
    })
}

/// What a file holds, if one is named.
fn read<T: DeserializeOwned>(file: Option<&Path>) -> Result<Option<T>, Failure> {
    let Some(file) = file else {
        return Ok(None);
    };
    let bad = |problem: &dyn std::fmt::Display| {
        Failure::message("The embedded AWS cannot start", format!("{}: {problem}.", file.display()))
    };
    let text = fs::read(file).map_err(|error| bad(&error))?;
    serde_json::from_slice(&text).map(Some).map_err(|error| bad(&error))
}

fn plant(cloud: &Cloud, file: &Path, terminal: &Terminal) -> Result<(), Failure> {
    let seed: Option<Seed> = read(Some(file))?;
    let Some(seed) = seed else {
        return Ok(());
    };
    let planted = cloud.seed(&seed).map_err(|error| {
        Failure::message("The embedded AWS cannot start", format!("{}: {error}.", file.display()))
    })?;
    if planted == Seeding::Skipped {
        terminal.note("There are keys or secrets already: nothing is seeded.");
    }
    Ok(())
}

fn cannot_start(error: &dyn std::fmt::Display) -> Failure {
    Failure::message("The embedded AWS cannot start", format!("{error}."))
}

fn tell_how_to_use(
    arguments: &LocalAwsArguments,
    options: &ServerOptions,
    address: std::net::SocketAddr,
    terminal: &Terminal,
) {
    if !address.ip().is_loopback() {
        terminal.note(
            "Warning: this address can be reached from other machines, and anyone who reaches it \
             can read the secrets kept here.",
        );
    }
    let access = match &arguments.verify_signatures {
        None => "export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local".to_owned(),
        Some(file) => format!(
            "export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…   # a pair of {}",
            file.display()
        ),
    };
    let mut text = format!(
        "The embedded AWS answers for KMS, Secrets Manager and STS of all Regions at \
         http://{address}\n\nSet for its clients:\n  export AWS_ENDPOINT_URL=http://{address}\n  \
         {access}\n"
    );
    if let Some(tls) = &options.tls {
        let certificate = tls.certificate.display();
        text += &format!(
            "\nOver HTTPS:\n  export AWS_ENDPOINT_URL=https://{address} \
             AWS_CA_BUNDLE={certificate}\n"
        );
    }
    if arguments.clock == ClockArgument::Manual {
        text += &format!(
            "\nIts clock stands still. To move it:\n  curl -H 'content-type: application/json' \
             -d '{{\"advance\": \"10s\"}}' http://{address}/_local/clock\n"
        );
    }
    text += &format!(
        "\nLook at it: http://{address}/     What tests can do to it: http://{address}/_local/\n\n\
         Ctrl-C ends it."
    );
    terminal.line(&text);
}
