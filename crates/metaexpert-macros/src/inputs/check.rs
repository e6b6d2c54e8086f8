//! All that the derive refuses by itself.

use std::cmp::Ordering;

use quote::ToTokens;
use syn::{Error, Expr, ExprArray, ExprLit, ExprUnary, Lit, Result, UnOp};

use super::{Field, Inputs};
use crate::key;

pub(super) fn inputs(inputs: &Inputs) -> Result<()> {
    key::all(inputs.fields.iter().filter_map(refuse))
}

fn refuse(field: &Field) -> Option<Error> {
    key::refuse_repeated(&field.keys).or_else(|| refuse_bounds(field)).or_else(|| refuse_default(field))
}

/// A smallest value above the largest.
fn refuse_bounds(field: &Field) -> Option<Error> {
    let (min, max) = (field.value("min")?, field.value("max")?);
    let crossed = compare(min, max) == Some(Ordering::Greater);
    crossed.then(|| Error::new_spanned(min, format!("this min is above the max {}", max.to_token_stream())))
}

/// A default that could not be given.
fn refuse_default(field: &Field) -> Option<Error> {
    let default = field.value("default")?;
    let show = |value: &Expr| value.to_token_stream();
    if let Some(min) = field.value("min")
        && compare(default, min) == Some(Ordering::Less)
    {
        return Some(Error::new_spanned(default, format!("this default is below the min {}", show(min))));
    }
    if let Some(max) = field.value("max")
        && compare(default, max) == Some(Ordering::Greater)
    {
        return Some(Error::new_spanned(default, format!("this default is above the max {}", show(max))));
    }
    match field.value("choices") {
        Some(Expr::Array(ExprArray { elems, .. })) if is_literal(default) && elems.iter().all(is_literal) => {
            let is_choice = elems.iter().any(|choice| same(default, choice));
            (!is_choice)
                .then(|| Error::new_spanned(default, format!("this default is not one of the choices {}", show_all(elems))))
        }
        _ => None,
    }
}

fn show_all<'a>(choices: impl IntoIterator<Item = &'a Expr>) -> String {
    let choices: Vec<_> = choices.into_iter().map(|choice| format!("`{}`", choice.to_token_stream())).collect();
    choices.join(", ")
}

fn is_literal(value: &Expr) -> bool {
    matches!(value, Expr::Lit(_)) || number(value).is_some()
}

fn same(left: &Expr, right: &Expr) -> bool {
    compare(left, right).map_or_else(
        || left.to_token_stream().to_string() == right.to_token_stream().to_string(),
        |order| order == Ordering::Equal,
    )
}

/// The order of two number literals; `None` where one of them is something else, which is compared when the expert starts.
fn compare(left: &Expr, right: &Expr) -> Option<Ordering> {
    match (number(left)?, number(right)?) {
        (Number::Whole(left), Number::Whole(right)) => Some(left.cmp(&right)),
        (left, right) => left.approximate().partial_cmp(&right.approximate()),
    }
}

#[derive(Clone, Copy)]
enum Number {
    Whole(i128),
    Fraction(f64),
}

impl Number {
    #[expect(clippy::cast_precision_loss, reason = "what an f64 input would be compared with is an f64 too")]
    fn approximate(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Fraction(number) => number,
        }
    }
}

fn number(value: &Expr) -> Option<Number> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok().map(Number::Whole),
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => number.base10_parse().ok().map(Number::Fraction),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => number(expr).map(|number| match number {
            Number::Whole(number) => Number::Whole(-number),
            Number::Fraction(number) => Number::Fraction(-number),
        }),
        _ => None,
    }
}
