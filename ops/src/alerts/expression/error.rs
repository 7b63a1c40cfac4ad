//! [`ExpressionError`]: where an expression is wrong, and what would be right.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    /// In bytes from the start of the expression.
    pub offset: usize,
    /// From 1, within the expression.
    pub line: usize,
    /// In characters from 1.
    pub column: usize,
    /// What is wrong and what would be right, on one line.
    pub message: String,
}

impl ExpressionError {
    pub(super) fn new(text: &str, offset: usize, message: String) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            offset,
            line: before.matches('\n').count() + 1,
            column: before.chars().count()
                - before.get(..line_start).map_or(0, |it| it.chars().count())
                + 1,
            message,
        }
    }
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )
    }
}

impl std::error::Error for ExpressionError {}
