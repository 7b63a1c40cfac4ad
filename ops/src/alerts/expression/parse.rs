//! From tokens to a condition whose units fit.

use super::condition::{Comparison, Condition, Measured, Operator, Threshold};
use super::error::ExpressionError;
use super::signal::{Argument, Counter, Signal, SignalKind, Takes};
use super::token::{Kind, Token, tokens};
use super::unit::{Literal, Suffix, Unit};
use crate::alerts::spelling::advice;

/// In bytes. What is longer is no rule that somebody could read.
pub const MAX_LENGTH: usize = 1000;
/// Of parentheses within each other.
const MAX_DEPTH: usize = 16;
/// Of a window: as long as hours are kept at least.
const MAX_WINDOW_MINUTES: u32 = 30 * 24 * 60;
/// The checks besides the dependencies.
const CHECKS: [&str; 4] = ["ready", "database", "migrations", "startup"];
const DEPENDENCY: &str = "dependency/";

type Result<T> = std::result::Result<T, ExpressionError>;

/// `dependencies` are the names that `check_failed('dependency/NAME')` may have.
pub fn parse(text: &str, dependencies: &[String]) -> Result<Condition> {
    if text.len() > MAX_LENGTH {
        let message = format!("an expression has at most {MAX_LENGTH} bytes");
        return Err(ExpressionError::new(text, 0, message));
    }
    let mut parser = Parser {
        text,
        tokens: tokens(text)?,
        next: 0,
        dependencies,
    };
    let condition = parser.condition(0)?;
    let end = parser.peek();
    if end.kind != Kind::End {
        return Err(parser.wrong(end, "the expression should end here, or go on with and/or"));
    }
    parser.require_one_dimension(&condition)?;
    Ok(condition)
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token<'t>>,
    next: usize,
    dependencies: &'t [String],
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Token<'t> {
        let end = Token {
            kind: Kind::End,
            offset: self.text.len(),
        };
        self.tokens.get(self.next).copied().unwrap_or(end)
    }

    fn take(&mut self) -> Token<'t> {
        let token = self.peek();
        self.next += 1;
        token
    }

    fn takes(&mut self, kind: Kind<'_>) -> bool {
        let is_next = self.peek().kind == kind;
        self.next += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, symbol: &'static str) -> Result<()> {
        if self.takes(Kind::Symbol(symbol)) {
            return Ok(());
        }
        Err(self.wrong(self.peek(), format!("`{symbol}` is missing here")))
    }

    fn wrong(&self, at: Token<'_>, message: impl Into<String>) -> ExpressionError {
        ExpressionError::new(self.text, at.offset, message.into())
    }

    fn condition(&mut self, depth: usize) -> Result<Condition> {
        let mut parts = vec![self.conjunction(depth)?];
        while self.takes(Kind::Name("or")) {
            parts.push(self.conjunction(depth)?);
        }
        Ok(Condition::any(parts))
    }

    fn conjunction(&mut self, depth: usize) -> Result<Condition> {
        let mut parts = vec![self.term(depth)?];
        while self.takes(Kind::Name("and")) {
            parts.push(self.term(depth)?);
        }
        Ok(Condition::all(parts))
    }

    fn term(&mut self, depth: usize) -> Result<Condition> {
        let start = self.peek();
        if !self.takes(Kind::Symbol("(")) {
            return self.comparison();
        }
        if depth == MAX_DEPTH {
            let message = format!("parentheses may be {MAX_DEPTH} deep");
            return Err(self.wrong(start, message));
        }
        let condition = self.condition(depth + 1)?;
        self.expect(")")?;
        Ok(condition)
    }

    fn comparison(&mut self) -> Result<Condition> {
        let start = self.peek();
        let signal = self.signal()?;
        let measured = if self.takes(Kind::Symbol("/")) {
            let second = self.peek();
            let whole = self.signal()?;
            self.require_comparable(start, &signal)?;
            self.require_same_unit(second, &signal, &whole)?;
            Measured::Ratio(signal, whole)
        } else if signal.kind.unit() == Unit::Flag {
            return self.flag(signal);
        } else {
            Measured::Signal(signal)
        };
        let operator = self.operator(&measured)?;
        let at = self.peek();
        let threshold = self.threshold()?;
        self.require_fitting(at, &measured, operator, threshold)?;
        Ok(Condition::Compare(Comparison {
            measured,
            operator,
            threshold,
        }))
    }

    fn flag(&self, signal: Signal) -> Result<Condition> {
        let next = self.peek();
        match next.kind {
            Kind::Symbol(">" | ">=" | "<" | "<=") => {
                let message = format!("`{signal}` is true or false: it stands for itself");
                Err(self.wrong(next, message))
            }
            _ => Ok(Condition::Flag(signal)),
        }
    }

    fn operator(&mut self, measured: &Measured) -> Result<Operator> {
        let token = self.peek();
        let found = Operator::ALL
            .into_iter()
            .find(|operator| token.kind == Kind::Symbol(operator.name()));
        let Some(operator) = found else {
            let example = measured.unit().example();
            let message = format!("`{measured}` is compared by >, >=, < or <= with {example}");
            return Err(self.wrong(token, message));
        };
        self.next += 1;
        Ok(operator)
    }

    fn threshold(&mut self) -> Result<Threshold> {
        let token = self.take();
        match token.kind {
            Kind::Name("every") => Ok(Threshold::Every(1.0)),
            Kind::Number(literal) if self.takes(Kind::Symbol("*")) => {
                let is_every = self.takes(Kind::Name("every"));
                if is_every && literal.suffix == Suffix::None {
                    Ok(Threshold::Every(literal.number))
                } else {
                    Err(self.wrong(token, "only `every` is multiplied: 3 * every"))
                }
            }
            Kind::Number(literal) => Ok(Threshold::Literal(literal)),
            _ => Err(self.wrong(token, "a number with its unit, or `every`, is needed here")),
        }
    }

    fn signal(&mut self) -> Result<Signal> {
        let token = self.take();
        let names = SignalKind::ALL.map(SignalKind::name);
        let name = match token.kind {
            Kind::Name(name) if !matches!(name, "and" | "or" | "every") => name,
            Kind::Number(_) => {
                let message = "the signal comes first, then what it is compared with";
                return Err(self.wrong(token, message));
            }
            _ => return Err(self.wrong(token, "a signal is needed here, such as error_share(5m)")),
        };
        let kind = SignalKind::from_name(name).ok_or_else(|| {
            let advice = advice(name, names);
            self.wrong(token, format!("there is no signal `{name}`; {advice}"))
        })?;
        let takes = kind.takes();
        if takes == Takes::Nothing && !kind.has_window() {
            if self.peek().kind == Kind::Symbol("(") {
                let message = format!("`{name}` takes nothing in parentheses");
                return Err(self.wrong(self.peek(), message));
            }
            return Ok(Signal {
                kind,
                argument: Argument::None,
                window: None,
            });
        }
        if !self.takes(Kind::Symbol("(")) {
            let message = format!("`{name}` is written as {}", kind.example());
            return Err(self.wrong(self.peek(), message));
        }
        let argument = self.argument(takes)?;
        if takes != Takes::Nothing && kind.has_window() && !self.takes(Kind::Symbol(",")) {
            let message = format!("`{name}` is written as {}", kind.example());
            return Err(self.wrong(self.peek(), message));
        }
        let window = kind.has_window().then(|| self.window()).transpose()?;
        self.expect(")")?;
        Ok(Signal {
            kind,
            argument,
            window,
        })
    }

    fn argument(&mut self, takes: Takes) -> Result<Argument> {
        let token = self.peek();
        if takes != Takes::Nothing {
            self.next += 1;
        }
        match (takes, token.kind) {
            (Takes::Nothing, _) => Ok(Argument::None),
            (Takes::Quantile, Kind::Number(literal)) => self.quantile(token, literal),
            (Takes::Quantile, _) => Err(self.wrong(token, "a quantile such as 0.95 is needed")),
            (Takes::Check, Kind::Text(name)) => self.check(token, name),
            (Takes::Check, _) => Err(self.wrong(token, "a check such as 'ready' is needed")),
            (Takes::Counter, Kind::Name(name)) => Counter::from_name(name)
                .map(Argument::Counter)
                .ok_or_else(|| {
                    let advice = advice(name, Counter::ALL.map(Counter::name));
                    self.wrong(token, format!("there is no counter `{name}`; {advice}"))
                }),
            (Takes::Counter, _) => {
                Err(self.wrong(token, "a counter such as log_lines_dropped is needed"))
            }
        }
    }

    fn quantile(&self, token: Token<'_>, literal: Literal) -> Result<Argument> {
        let thousandths = literal.number * 1000.0;
        let rounded = thousandths.round();
        let is_whole = (thousandths - rounded).abs() < 1e-6;
        if literal.suffix != Suffix::None || !is_whole || !(1.0..=999.0).contains(&rounded) {
            let message = "a quantile lies between 0.001 and 0.999, such as 0.95";
            return Err(self.wrong(token, message));
        }
        // Between 1 and 999.
        Ok(Argument::Quantile(rounded as u16))
    }

    fn check(&self, token: Token<'_>, name: &str) -> Result<Argument> {
        if name == "dependency/*" {
            return Ok(Argument::EachDependency);
        }
        let is_known = match name.strip_prefix(DEPENDENCY) {
            Some(dependency) => self.dependencies.iter().any(|known| known == dependency),
            None => CHECKS.contains(&name),
        };
        if is_known {
            return Ok(Argument::Check(name.to_owned()));
        }
        let dependencies = self.dependencies.iter();
        let dependencies: Vec<String> = dependencies
            .map(|name| format!("{DEPENDENCY}{name}"))
            .collect();
        let known = CHECKS.into_iter().chain(["dependency/*"]);
        let advice = advice(name, known.chain(dependencies.iter().map(String::as_str)));
        Err(self.wrong(token, format!("there is no check `{name}`; {advice}")))
    }

    fn window(&mut self) -> Result<u32> {
        let token = self.take();
        let minutes = match token.kind {
            Kind::Number(literal) if literal.unit() == Unit::Time => literal.value() / 60_000.0,
            _ => return Err(self.wrong(token, "a window such as 5m is needed")),
        };
        if minutes.fract() != 0.0 || !(1.0..=f64::from(MAX_WINDOW_MINUTES)).contains(&minutes) {
            let message = "a window is whole minutes, from 1m to 30d";
            return Err(self.wrong(token, message));
        }
        // Between 1 and the longest window.
        Ok(minutes as u32)
    }

    fn require_comparable(&self, at: Token<'_>, signal: &Signal) -> Result<()> {
        match signal.kind.unit() {
            Unit::Flag => {
                let message = format!("`{signal}` is true or false: it stands for itself");
                Err(self.wrong(at, message))
            }
            Unit::Share => {
                let message = format!("`{signal}` is a share already: compare it as it is");
                Err(self.wrong(at, message))
            }
            Unit::Time | Unit::Bytes | Unit::Count => Ok(()),
        }
    }

    fn require_same_unit(&self, at: Token<'_>, part: &Signal, whole: &Signal) -> Result<()> {
        if part.kind.unit() == whole.kind.unit() {
            return Ok(());
        }
        let message =
            format!("`{part}` and `{whole}` have no common unit: none is a share of the other");
        Err(self.wrong(at, message))
    }

    fn require_fitting(
        &self,
        at: Token<'_>,
        measured: &Measured,
        operator: Operator,
        threshold: Threshold,
    ) -> Result<()> {
        let unit = measured.unit();
        if unit != threshold.unit() {
            let message = format!("`{measured}` is compared with {}", unit.example());
            return Err(self.wrong(at, message));
        }
        let Threshold::Literal(literal) = threshold else {
            return Ok(());
        };
        let value = literal.value();
        let is_possible = match (operator, unit) {
            // Only a share has an end.
            (Operator::Above, Unit::Share) => value < 1.0,
            (Operator::AtLeast, Unit::Share) => value <= 1.0,
            (Operator::Below, _) => value > 0.0,
            _ => true,
        };
        if is_possible {
            return Ok(());
        }
        let message = format!(
            "`{measured} {} {threshold}` can never be true",
            operator.name()
        );
        Err(self.wrong(at, message))
    }

    /// One alert is for each disk, or for each dependency, not for each pair of them.
    fn require_one_dimension(&self, condition: &Condition) -> Result<()> {
        let signals = condition.signals();
        let mut with_parts = signals.into_iter().filter(|it| it.dimension().is_some());
        let Some(first) = with_parts.next() else {
            return Ok(());
        };
        match with_parts.find(|other| other.dimension() != first.dimension()) {
            None => Ok(()),
            Some(other) => {
                let message = format!(
                    "`{first}` and `{other}` are of different things: make two rules of them"
                );
                Err(ExpressionError::new(self.text, 0, message))
            }
        }
    }
}
