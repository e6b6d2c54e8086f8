//! All experts of the binary, found at link time.
//!
//! One decision: an attribute submits a [`Registration`] that names its expert's *type*. Where it stands (module and line) is
//! for people and for the order: the linker's own is unspecified, so registrations are sorted before anything looks at them.

use std::any::{Any, TypeId};

use super::{
    Expert,
    event::Event,
    handlers::{Handler, Handlers},
    inputs::{InputKey, InputSet, InputTable, InputValues},
    param::Piece,
    program::{Program, Typed},
};
use crate::{
    config::OnInit,
    error::{ConfigError, Error},
};

/// One attribute on one function; made by the attributes.
pub struct Registration {
    module: &'static str,
    line: u32,
    column: u32,
    handler: &'static dyn Registered,
}

inventory::collect!(Registration);

#[doc(hidden)]
pub use inventory::submit;

impl Registration {
    /// An attribute that stands at `line` of `module`.
    #[must_use]
    pub const fn new(module: &'static str, line: u32, column: u32, handler: &'static dyn Registered) -> Self {
        Self { module, line, column, handler }
    }
}

impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#[{}] in {} line {}", self.handler.event(), self.module, self.line)
    }
}

/// One handler of the expert `E` for the event `Ev`, ready to be entered into its table.
pub struct HandlerOf<E: Expert, Ev: Event> {
    event: Ev,
    pieces: &'static [Piece],
    handler: Handler<E, Ev>,
}

impl<E: Expert, Ev: Event> HandlerOf<E, Ev> {
    /// A handler for an event, with what its parameters take.
    #[must_use]
    pub const fn new(event: Ev, pieces: &'static [Piece], handler: Handler<E, Ev>) -> Self {
        Self { event, pieces, handler }
    }

    /// What its parameters take, in their order.
    pub const fn pieces(&self) -> &'static [Piece] {
        self.pieces
    }
}

impl<E: Expert, Ev: Event> std::fmt::Debug for HandlerOf<E, Ev> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct(Ev::NAME).field("pieces", &self.pieces).finish_non_exhaustive()
    }
}

/// A [`HandlerOf`] without its types.
pub trait Registered: Sync {
    /// The type that stands for its expert.
    fn expert(&self) -> TypeId;
    /// The attribute's name.
    fn event(&self) -> &'static str;
    /// What sets it apart from others of its event.
    fn target(&self) -> String;
    /// What its parameters take.
    fn pieces(&self) -> &'static [Piece];
    /// The settings that it holds, if it is an `#[on_init]`.
    fn settings(&self) -> Option<&OnInit>;
    /// Enters it into the table of its expert.
    fn enter(&self, table: &mut dyn Any);
    /// Its expert with these handlers.
    fn program(&self, handlers: &[&'static Registration], inputs: InputSet) -> Box<dyn Program>;
}

impl<E: Expert, Ev: Event> Registered for HandlerOf<E, Ev> {
    fn expert(&self) -> TypeId {
        TypeId::of::<E>()
    }

    fn event(&self) -> &'static str {
        Ev::NAME
    }

    fn target(&self) -> String {
        self.event.target()
    }

    fn pieces(&self) -> &'static [Piece] {
        self.pieces
    }

    fn settings(&self) -> Option<&OnInit> {
        let event: &dyn Any = &self.event;
        event.downcast_ref()
    }

    fn enter(&self, table: &mut dyn Any) {
        if let Some(table) = table.downcast_mut::<Handlers<E>>() {
            self.event.enter(self.handler, table);
        }
    }

    fn program(&self, handlers: &[&'static Registration], inputs: InputSet) -> Box<dyn Program> {
        let mut table = Handlers::<E>::empty();
        for registration in handlers {
            registration.handler.enter(&mut table);
        }
        Box::new(Typed { handlers: table, inputs, made: None, offered: None, took_offer: false })
    }
}

/// One expert of this binary.
#[derive(Debug)]
pub struct ExpertEntry {
    name: String,
    init: &'static Registration,
    settings: &'static OnInit,
    /// All its handlers, `#[on_init]` included, in the order of module and line.
    handlers: Vec<&'static Registration>,
}

impl ExpertEntry {
    /// Its module's last segment, the crate's name for the root; `_` as `-`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path of the module that its `#[on_init]` stands in.
    pub fn module(&self) -> &'static str {
        self.init.module
    }

    /// What its `#[on_init]` was told.
    pub fn settings(&self) -> &'static OnInit {
        self.settings
    }

    /// What can be set: the inputs that any of its handlers takes.
    pub fn inputs(&self) -> Vec<InputKey> {
        self.input_tables().into_iter().flat_map(InputTable::keys).collect()
    }

    /// The expert with these inputs, without state until it is given `HandlerEvent::Init`.
    ///
    /// # Errors
    /// [`Error::Config`] for a value that is not one of its input's, a name that is no input, an input that is declared
    /// twice, or a declaration that contradicts itself.
    #[expect(clippy::needless_pass_by_value, reason = "the values are used up: an expert's inputs never change")]
    pub fn instantiate(&self, inputs: InputValues) -> Result<Box<dyn Program>, Error> {
        let tables = self.input_tables();
        let keys = self.inputs();
        inputs.check_names(&keys)?;
        let twice = keys.iter().enumerate().find(|(place, key)| keys.iter().take(*place).any(|earlier| earlier.name == key.name));
        if let Some((_, key)) = twice {
            let rule = "is declared by two input structs of this expert".into();
            return Err(ConfigError {
                key: format!("expert `{}`", self.name),
                value: Some(key.name.into()),
                rule,
                nearest: None,
            }
            .into());
        }
        Ok(self.init.handler.program(&self.handlers, InputSet::read(&tables, &inputs)?))
    }

    /// One table for each type of inputs, in the order that handlers name them.
    fn input_tables(&self) -> Vec<InputTable> {
        let mut tables: Vec<InputTable> = Vec::new();
        for piece in self.handlers.iter().flat_map(|registration| registration.handler.pieces()) {
            if let Piece::Inputs(table) = piece
                && tables.iter().all(|known| known.id() != table.id())
            {
                tables.push(*table);
            }
        }
        tables
    }
}

/// Why the experts of a binary cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// There is none.
    #[error(
        "there is no expert in this program: no module has an `#[on_init]`. If the experts are in a library, name it where \
         `main` is, or the linker leaves it out: `use my_experts as _;`"
    )]
    NoExperts,
    /// Two handlers of one expert are for the same event; rustc sees only those of one module.
    #[error("expert `{expert}` has two handlers `{handler}`: {} and {}; an expert has one of each", at(first), at(second))]
    DuplicateHandler {
        /// Which expert.
        expert: String,
        /// For what: `#[on_bar] of BTCUSDT at 4h`.
        handler: String,
        /// Module and line of the one.
        first: (&'static str, u32),
        /// Module and line of the other.
        second: (&'static str, u32),
    },
}

fn at((module, line): &(&'static str, u32)) -> String {
    format!("{module} line {line}")
}

impl From<RegistryError> for Error {
    fn from(error: RegistryError) -> Self {
        Self::Handler(Box::new(error))
    }
}

/// All experts of this binary, in the order of module and line.
///
/// # Errors
/// [`RegistryError::NoExperts`] if there is none, [`RegistryError::DuplicateHandler`] if one has two handlers of a kind.
pub fn experts() -> Result<Vec<ExpertEntry>, RegistryError> {
    sorted_into_experts(inventory::iter::<Registration>.into_iter().collect())
}

fn sorted_into_experts(mut registrations: Vec<&'static Registration>) -> Result<Vec<ExpertEntry>, RegistryError> {
    registrations.sort_by_key(|registration| (registration.module, registration.line, registration.column));
    let mut entries = Vec::new();
    for init in registrations.iter().copied() {
        let Some(settings) = init.handler.settings() else { continue };
        let same = |registration: &&&'static Registration| registration.handler.expert() == init.handler.expert();
        let handlers = registrations.iter().filter(same).copied().collect();
        entries.push(ExpertEntry { name: String::new(), init, settings, handlers });
    }
    if entries.is_empty() {
        return Err(RegistryError::NoExperts);
    }
    let names = names(&entries.iter().map(ExpertEntry::module).collect::<Vec<_>>());
    for (entry, name) in entries.iter_mut().zip(names) {
        entry.name = name;
        refuse_duplicates(entry)?;
    }
    Ok(entries)
}

/// The last segment of each module; the whole path where two modules share it.
fn names(modules: &[&str]) -> Vec<String> {
    let last = |module: &str| module.rsplit("::").next().unwrap_or(module).replace('_', "-");
    let is_shared = |name: &str| modules.iter().filter(|module| last(module) == name).count() > 1;
    let name = |module: &&str| Some(last(module)).filter(|name| !is_shared(name)).unwrap_or_else(|| module.replace('_', "-"));
    modules.iter().map(name).collect()
}

fn refuse_duplicates(entry: &ExpertEntry) -> Result<(), RegistryError> {
    let label = |registration: &Registration| format!("#[{}]{}", registration.handler.event(), registration.handler.target());
    let labels: Vec<_> = entry.handlers.iter().map(|registration| (label(registration), registration)).collect();
    for (place, (label, second)) in labels.iter().enumerate() {
        if let Some((_, first)) = labels.iter().take(place).find(|(earlier, _)| earlier == label) {
            return Err(RegistryError::DuplicateHandler {
                expert: entry.name.clone(),
                handler: label.clone(),
                first: (first.module, first.line),
                second: (second.module, second.line),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expert_is_named_by_its_module_and_in_full_where_that_is_not_enough() {
        assert_eq!(names(&["binance_ema"]), ["binance-ema"]);
        assert_eq!(names(&["bot", "bot::mean_reversion"]), ["bot", "mean-reversion"]);
        assert_eq!(names(&["bot::a::ema", "bot::b::ema", "bot::c"]), ["bot::a::ema", "bot::b::ema", "c"]);
    }

    #[test]
    fn a_binary_without_experts_says_how_to_link_the_library_that_has_them() {
        assert!(experts().unwrap_err().to_string().ends_with("`use my_experts as _;`"));
    }
}
