//! The way of a program: arguments, environment and files in, one run for each expert, an exit code out.

use std::{env, ffi::OsString, path::PathBuf};

use metaexpert_core::expert::{ExpertEntry, RegistryError};

use crate::{
    MetaExpert, command_line,
    complaints::complaints,
    exit::{Console, Exit},
    given::Subject,
    layers::Plan,
    modes::{self, Start},
    print_config,
    secrets::Secrets,
    sources::{Sources, keep_secret},
};

/// How a program was called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Call {
    /// The arguments, the program's name first.
    pub(crate) args: Vec<OsString>,
    /// The variables of the environment.
    pub(crate) variables: Vec<(OsString, OsString)>,
    /// Where `metaexpert.toml` and `.env` are looked for; empty for the current directory.
    pub(crate) directory: PathBuf,
}

impl Call {
    /// How this process was called.
    pub(crate) fn of_this_process() -> Self {
        Self { args: env::args_os().collect(), variables: env::vars_os().collect(), directory: PathBuf::new() }
    }
}

/// Runs the experts as they were called. Nothing starts before every expert's configuration is right; then an expert that fails
/// does not keep the others from running.
pub(crate) fn run(
    program: &MetaExpert,
    experts: Result<Vec<ExpertEntry>, RegistryError>,
    call: Call,
    console: &mut Console<'_>,
) -> Exit {
    let experts = match experts {
        Ok(experts) => experts,
        Err(error) => {
            console.error(error);
            return Exit::Configuration;
        }
    };
    let subjects: Vec<_> = experts.iter().map(Subject::from).collect();
    let (directory, variables) = (call.directory.clone(), call.variables.clone());
    let plans = match plan(program, &subjects, call, console) {
        Ok(plans) => plans,
        Err(exit) => return exit,
    };
    let starts = experts.iter().zip(&subjects).zip(plans).map(|((entry, subject), plan)| {
        let (inputs, shown_inputs) = (plan.input_values(), plan.shown_inputs(subject));
        Start { entry, resolved: plan.resolved, inputs, shown_inputs }
    });
    modes::start(starts.collect(), &Secrets::read(&directory, &variables), console)
}

/// What each expert is to run with, or the exit after what was wrong, or asked for, has been said.
pub(crate) fn plan(
    program: &MetaExpert,
    experts: &[Subject<'_>],
    call: Call,
    console: &mut Console<'_>,
) -> Result<Vec<Plan>, Exit> {
    let Call { args, variables, directory } = call;
    keep_secret(&variables);
    let asked = command_line::read(args, &program.layer, experts, console)?;
    let (mut refused, mut warnings) = (program.refused.clone(), Vec::new());
    let sources = Sources::read(&directory, asked.config.as_deref(), variables, experts, &mut refused);
    let Sources { file, environment_file, environment, credentials } = sources;
    let layers = [file, environment_file, environment, asked.flags];
    let plans: Vec<_> = experts.iter().map(|expert| Plan::of(&program.layer, expert, &layers, &mut refused)).collect();
    // A rule that concerns several keys says nothing while one of them is wrong by itself.
    if refused.is_empty() {
        for Plan { resolved, .. } in &plans {
            let complaints = complaints(resolved, &credentials);
            refused.extend(complaints.refusals);
            warnings.extend(complaints.warnings);
        }
    }
    once(&warnings).for_each(|warning| console.warn(warning));
    if let Some(format) = asked.print_config {
        print_config::print(format, experts, &plans, &credentials, console);
    }
    once(&refused).for_each(|error| console.error(error));
    match (refused.is_empty(), asked.print_config) {
        (false, _) => Err(Exit::Configuration),
        (true, Some(_)) => Err(Exit::Good),
        (true, None) => Ok(plans),
    }
}

/// Each of them where it first stands: several experts may share what is wrong.
fn once<T: PartialEq>(said: &[T]) -> impl Iterator<Item = &T> {
    let is_first = |(place, one): &(usize, &T)| !said.iter().take(*place).any(|earlier| earlier == *one);
    said.iter().enumerate().filter(is_first).map(|(_, one)| one)
}

#[cfg(test)]
#[cfg(feature = "backtest")] // without it, every run is refused
mod tests;
