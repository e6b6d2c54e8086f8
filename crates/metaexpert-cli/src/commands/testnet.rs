//! `metaexpert testnet`: a local exchange, until it is told to end.
//!
//! The one decision: it says where it is only when it can be reached, and whoever waits for that reads its first lines or its ready
//! file. A wish to end (Ctrl-C, SIGTERM, `POST /testnet/stop`) is good, whoever has it.

use std::sync::mpsc;

use metaexpert_testnet::{
    faults,
    market::PriceSources,
    setup::{AccountSpec, ExchangeName, SetupError},
    testnet::{Builder, Ports, Testnet},
};
use tokio::runtime;

use crate::{
    command_line::TestnetArgs,
    console::Console,
    exit::{CommandError, Exit},
    processes::{Asked, listen},
};

/// Why it ends.
enum Wish {
    Signal(Asked),
    /// Somebody has asked the testnet itself.
    Itself,
}

pub(crate) fn run(args: &TestnetArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let builder = builder(args).map_err(|error| refusal(&error))?;
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().map_err(cannot("start"))?;
    let running = runtime.block_on(builder.start()).map_err(|error| refusal(&error))?;
    let (wishes, told) = mpsc::channel();
    listen(wishes.clone(), Wish::Signal).map_err(cannot("listen to signals"))?;
    let handle = running.handle().clone();
    // The runtime owns it, and ends it with itself.
    runtime.spawn(async move {
        handle.stopped().await;
        // Nobody listens any more where the end has come another way.
        let _ = wishes.send(Wish::Itself);
    });
    console.say(running.ready());
    if let Some(path) = &args.ready_file {
        running.ready().write(path).map_err(|error| CommandError::Data(format!("--ready-file: {}: {error}", path.display())))?;
    }
    while let Ok(Wish::Signal(asked)) = told.recv() {
        if asked.is_for_the_end() {
            break;
        }
    }
    let handle = running.handle().clone();
    runtime.block_on(running.stop());
    handle.with(|exchange| exchange.audit_mut().flush()).map_err(|error| CommandError::Data(format!("--audit: {error}")))?;
    console.tell("the testnet has ended");
    Ok(Exit::Good)
}

fn builder(args: &TestnetArgs) -> Result<Builder, SetupError> {
    let mut builder = Testnet::builder()
        .exchange_name(ExchangeName::parse(&args.exchange)?)
        .listen(args.listen)
        .port(args.port)
        .ports(args.ports.as_deref().map_or(Ok(Ports::Shared), Ports::parse)?)
        .symbols(&args.symbols)
        .speed(args.speed)
        .seed(args.seed)
        .limits(args.limits);
    if args.expose {
        builder = builder.exposed();
    }
    if let Some(folder) = &args.tls {
        builder = builder.tls(folder);
    }
    if let Some(data) = &args.data {
        builder = builder.prices(PriceSources::parse(data).map_err(|error| SetupError::Prices(format!("--data: {error}")))?);
    }
    if let Some(path) = &args.audit {
        builder = builder.audit_file(path);
    }
    let mut accounts = args.accounts.as_deref().map_or(Ok(Vec::new()), AccountSpec::read)?;
    for account in &args.account {
        accounts.push(AccountSpec::parse(account)?);
    }
    let mut rules = args.faults.as_deref().map_or(Ok(Vec::new()), faults::from_file)?;
    for fault in &args.fault {
        rules.push(faults::from_flag(fault)?);
    }
    let builder = accounts.into_iter().fold(builder, Builder::account);
    Ok(rules.into_iter().fold(builder, Builder::fault))
}

fn refusal(error: &SetupError) -> CommandError {
    let text = error.to_string();
    match error {
        SetupError::Value { .. } | SetupError::Syntax { .. } | SetupError::Fault(_) | SetupError::Exposed(_) => {
            CommandError::Configuration(text)
        }
        SetupError::File { .. } | SetupError::Prices(_) => CommandError::Data(text),
        SetupError::Port(..) | SetupError::Tls(_) => CommandError::Failed(text),
    }
}

fn cannot(what: &str) -> impl Fn(std::io::Error) -> CommandError {
    move |error| CommandError::Failed(format!("cannot {what}: {error}"))
}
