//! [`Blocks`]: a message as every channel for people shows it, without markup, and how it is cut.

use super::language::Language;
use super::text::cut;
use crate::alerts::severity::Severity;

/// Plain text, each piece in one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocks {
    pub language: Language,
    pub tone: Tone,
    /// `[FIRING·critical]`; the first word is the state.
    pub state: String,
    /// `agent-source-db: Database unavailable (web-1)`
    pub title: String,
    pub facts: Vec<Fact>,
    pub sections: Vec<Section>,
    pub links: Vec<Link>,
    pub was_cut: bool,
}

/// What a channel may colour by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Bad(Severity),
    Good,
    Neutral,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub label: &'static str,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub title: &'static str,
    pub lines: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub text: &'static str,
    /// ASCII without any sign of markup behind the host.
    pub address: String,
}

impl Blocks {
    pub fn first_line(&self) -> String {
        format!("{} {}", self.state, self.title)
    }

    /// What a reader is told if something was left out.
    pub fn cut_note(&self) -> Option<&'static str> {
        let note = self.language.pick(
            "This message was shortened; the desk has all of it.",
            "消息过长，已截断；完整内容见运维台。",
        );
        self.was_cut.then_some(note)
    }

    fn within(&self, limits: Limits) -> Self {
        let mut blocks = self.clone();
        let shorten = |text: &mut String, max: usize, was_cut: &mut bool| {
            let short = cut(text, max);
            if short != *text {
                *was_cut = true;
                *text = short;
            }
        };
        let was_cut = &mut blocks.was_cut;
        shorten(&mut blocks.title, limits.title, was_cut);
        *was_cut |= blocks.facts.len() > limits.facts;
        blocks.facts.truncate(limits.facts);
        for fact in &mut blocks.facts {
            shorten(&mut fact.value, limits.line, was_cut);
        }
        if limits.lines == 0 {
            *was_cut |= !blocks.sections.is_empty();
            blocks.sections.clear();
        }
        for section in &mut blocks.sections {
            let left_out = section.lines.len().saturating_sub(limits.lines);
            section.lines.truncate(limits.lines);
            for line in &mut section.lines {
                shorten(line, limits.line, was_cut);
            }
            if left_out > 0 {
                *was_cut = true;
                section.lines.push(self.language.pick(
                    format!("… and {left_out} more"),
                    format!("…… 另有 {left_out} 条"),
                ));
            }
        }
        blocks
    }
}

#[derive(Clone, Copy)]
struct Limits {
    /// Characters.
    title: usize,
    /// Characters of a line or a fact.
    line: usize,
    /// Lines of a section.
    lines: usize,
    facts: usize,
}

/// From what every channel gets if it can, down to nearly the smallest.
const LIMITS: [Limits; 6] = [
    limits(200, 1000, 40, 12),
    limits(200, 400, 12, 12),
    limits(150, 200, 8, 12),
    limits(120, 120, 5, 10),
    limits(100, 80, 2, 8),
    limits(80, 60, 1, 6),
];

/// What fits anywhere.
const SMALLEST: Limits = limits(60, 40, 0, 4);

const fn limits(title: usize, line: usize, lines: usize, facts: usize) -> Limits {
    Limits {
        title,
        line,
        lines,
        facts,
    }
}

/// The most of `blocks` that fits: what `write` makes of it, cut before any markup stands in it. The
/// smallest form, if nothing fits.
pub fn fit<T>(blocks: &Blocks, write: impl Fn(&Blocks) -> T, fits: impl Fn(&T) -> bool) -> T {
    for limits in LIMITS {
        let written = write(&blocks.within(limits));
        if fits(&written) {
            return written;
        }
    }
    write(&blocks.within(SMALLEST))
}
