//! The strategy's own state over restarts: what of it is saved, and how `#[on_init]` gets it back.
//!
//! The one decision: whether a state can be saved is seen at its type. A state that is `Serialize` is saved where the run keeps a
//! journal; any other is made anew by each run, and nobody has to say so. Which runs keep one, and when it is written, is not decided
//! here.

use serde::{Serialize, de::DeserializeOwned};

use super::Expert;
use crate::error::{ConfigError, Error, Result};

/// What an earlier run has saved of the state: a parameter of `#[on_init]`.
///
/// Paper and live trading keep what `#[on_init]` returned, and what handlers made of it, if it is `Serialize`; after a restart it is
/// offered here. A backtest keeps and offers nothing. `serde` is a dependency of the expert's own crate, with the feature `derive`.
///
/// ```
/// use metaexpert_core::{Result, expert::Saved};
/// use serde::{Deserialize, Serialize};
/// #[derive(Serialize, Deserialize)]
/// struct Grid {
///     levels: Vec<f64>,
///     // A field that is newer than what was saved.
///     #[serde(default)]
///     fills: u32,
/// }
/// // #[on_init(..)]
/// fn init(saved: Saved<Grid>) -> Result<Grid> {
///     Ok(saved.into_inner().unwrap_or_else(|| Grid { levels: Vec::new(), fills: 0 }))
/// }
/// # let grid = init(Saved::none()).unwrap();
/// # assert!(grid.levels.is_empty() && grid.fills == 0);
/// ```
///
/// An expert that takes it is not told again of bars that are in it already: of those before the restart only the newer ones reach
/// its handlers, all of them [`Context::bars`](crate::Context::bars). An expert that does not take it begins anew, with the whole
/// history.
///
/// What does not fit the type ends the run before it begins: give new fields `#[serde(default)]`, or begin without what was saved
/// (`fresh_state`). A float that is not a number is saved as nothing, and does not fit then; keep an `Option` where there may be none.
#[derive(Debug)]
#[must_use]
pub struct Saved<S>(Option<S>);

impl<S> Saved<S> {
    /// Nothing was saved.
    pub const fn none() -> Self {
        Self(None)
    }

    /// What was saved; `None` in a first run.
    pub fn into_inner(self) -> Option<S> {
        self.0
    }

    /// What was saved, unless there is nothing.
    pub const fn as_ref(&self) -> Option<&S> {
        self.0.as_ref()
    }
}

impl<S: DeserializeOwned> Saved<S> {
    /// Reads what was saved.
    pub(super) fn read(offered: Option<&Offered>) -> Result<Self> {
        let Some(Offered { expert, json }) = offered else { return Ok(Self::none()) };
        let state = serde_json::from_str(json).map_err(|error| {
            let state = std::any::type_name::<S>();
            let rule = format!(
                "what was saved does not fit `{state}`: {error}; give new fields `#[serde(default)]`, or begin without it (`fresh_state`)"
            );
            Error::Config(ConfigError::about(format!("the state of expert `{expert}`"), rule))
        })?;
        Ok(Self(Some(state)))
    }
}

/// A state that an earlier run has saved, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The expert's name, for errors.
    pub expert: String,
    /// The state as JSON.
    pub json: String,
}

/// A state as JSON; `None` where it is of a type that cannot be saved.
pub type Snapshot = Option<Result<String>>;

/// What `#[on_init]` has returned, about to be asked for the state in it. A `Result` has [`state`](Within::state) of its own,
/// everything else has it from [`Inside`]; see [`Returned`](super::answer::Returned).
#[derive(Debug)]
pub struct Within<'a, R>(pub &'a R);

impl<'a, S, X> Within<'a, Result<S, X>> {
    /// The state.
    pub fn state(&self) -> Option<&'a S> {
        self.0.as_ref().ok()
    }
}

/// Where the state is in everything but a `Result`: it is all of it.
pub trait Inside<'a> {
    /// The state's type.
    type State: 'a;
    /// The state.
    fn state(&self) -> Option<&'a Self::State>;
}

impl<'a, S> Inside<'a> for Within<'a, S> {
    type State = S;
    fn state(&self) -> Option<&'a S> {
        Some(self.0)
    }
}

/// A state, about to be asked for its JSON. One that is `Serialize` has [`json`](Kept::json) of its own, every other has it from
/// [`Opaque`].
#[derive(Debug)]
pub struct Kept<'a, S>(pub Option<&'a S>);

impl<S: Serialize> Kept<'_, S> {
    /// The state as JSON.
    pub fn json(&self) -> Snapshot {
        let unsaved = |error| Error::Storage(format!("the state `{}` cannot be saved: {error}", std::any::type_name::<S>()));
        self.0.map(|state| serde_json::to_string(state).map_err(unsaved))
    }
}

/// A state that cannot be saved.
pub trait Opaque {
    /// Nothing.
    fn json(&self) -> Snapshot;
}

impl<S> Opaque for Kept<'_, S> {
    fn json(&self) -> Snapshot {
        None
    }
}

/// The state of an expert as JSON.
pub(super) fn snapshot<E: Expert>(made: Option<&E::Made>) -> Snapshot {
    made.and_then(E::snapshot)
}
