//! The way of a program: arguments and environment in, one run for each expert, an exit code out.

use std::ffi::OsString;

use metaexpert_core::{
    ConfigError,
    config::{Origin, Resolved},
    expert::{ExpertEntry, InputValues, RegistryError},
};

use crate::{
    MetaExpert, command_line, environment,
    exit::{Console, Exit, RunError},
    given::{Subject, inputs_of, resolve, shown_inputs},
    logs::Logs,
};

/// Runs the experts as `args` (the program's name first) and `variables` say. Nothing starts before every expert's
/// configuration is right; then an expert that fails does not keep the others from running.
pub(crate) fn run(
    program: &MetaExpert,
    experts: Result<Vec<ExpertEntry>, RegistryError>,
    args: impl IntoIterator<Item = OsString>,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
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
    let plans = match plan(program, &subjects, args, variables, console) {
        Ok(plans) => plans,
        Err(exit) => return exit,
    };
    let refused: Vec<_> =
        experts.iter().zip(&plans).filter_map(|(entry, (_, inputs))| entry.instantiate(inputs.clone()).err()).collect();
    if !refused.is_empty() {
        for error in refused {
            console.error(error);
        }
        return Exit::Configuration;
    }
    let several = experts.len() > 1;
    let mut logs = Logs::default();
    let mut worst = Exit::Good;
    for ((entry, subject), (resolved, inputs)) in experts.iter().zip(&subjects).zip(plans) {
        let shown = shown_inputs(subject, &inputs);
        if let Err(error) = start(entry, &experts, &resolved, inputs, &shown, &mut logs, console) {
            if several {
                console.error(format_args!("expert {}: {error}", entry.name()));
            } else {
                console.error(&error);
            }
            worst = if worst == Exit::Good { error.exit() } else { worst };
        }
    }
    worst
}

/// The configuration and the inputs of each expert, or the exit after what was wrong, or asked for, has been said.
pub(crate) fn plan(
    program: &MetaExpert,
    experts: &[Subject],
    args: impl IntoIterator<Item = OsString>,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    console: &mut Console<'_>,
) -> Result<Vec<(Resolved, InputValues)>, Exit> {
    let variables: Vec<_> = variables.into_iter().collect();
    environment::keep_secret(&variables);
    let flags = command_line::read(args, &program.layer, experts, console)?;
    let mut refused = program.refused.clone();
    let variables = environment::read(variables, experts, &mut refused);
    let variable_layer = variables.layer(Origin::Environment, &mut refused);
    let flag_layer = flags.layer(Origin::Flag, &mut refused);
    // A rule that concerns several keys says nothing while one of them is wrong by itself.
    if refused.is_empty() {
        let mut plans = Vec::new();
        for expert in experts {
            match resolve(&program.layer, expert, &variable_layer, &flag_layer) {
                Ok(resolved) => plans.push((resolved, inputs_of(expert, &variables, &flags))),
                Err(errors) => refused.extend(errors),
            }
        }
        if refused.is_empty() {
            return Ok(plans);
        }
    }
    say(&refused, console);
    Err(Exit::Configuration)
}

/// Says each error once, though several experts may share it.
fn say(refused: &[ConfigError], console: &mut Console<'_>) {
    for (place, error) in refused.iter().enumerate() {
        if !refused.iter().take(place).any(|earlier| earlier == error) {
            console.error(error);
        }
    }
}

#[cfg(feature = "backtest")]
fn start(
    entry: &ExpertEntry,
    experts: &[ExpertEntry],
    resolved: &Resolved,
    inputs: InputValues,
    shown_inputs: &[(String, String)],
    logs: &mut Logs,
    console: &mut Console<'_>,
) -> Result<(), RunError> {
    crate::backtest::backtest(entry, experts, resolved, inputs, shown_inputs, logs, console)
}

/// Without a mode nothing can run; `this_version` has refused them all.
#[cfg(not(feature = "backtest"))]
fn start(
    _entry: &ExpertEntry,
    _experts: &[ExpertEntry],
    _resolved: &Resolved,
    _inputs: InputValues,
    _shown_inputs: &[(String, String)],
    _logs: &mut Logs,
    _console: &mut Console<'_>,
) -> Result<(), RunError> {
    Err(RunError::Failed("this program was built without any trade mode; build it with the feature `backtest`".into()))
}

#[cfg(test)]
#[cfg(feature = "backtest")] // without it, every run is refused
mod tests;
