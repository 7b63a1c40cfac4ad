//! Finding a text in raw bytes, whatever the case of its ASCII letters, at the speed of memory.
//!
//! A window of a few bytes that is rare in this very log is looked for in all its spellings at
//! once, with SIMD; where one is found, the whole text is compared.

use aho_corasick::packed;
use memchr::memmem;

/// As many bytes do the packed searchers compare at once.
const WINDOW_BYTES: usize = 4;
/// Spellings beyond this make more false alarms than the longer window spares.
const MAX_LETTERS: usize = 3;
/// So much of a log tells what is rare in it.
const SAMPLE_BYTES: usize = 32 * 1024;

#[derive(Debug)]
pub(super) struct Needle {
    /// In lower case; never empty.
    lower: Vec<u8>,
    /// Where in it the window begins.
    window: usize,
    finder: Finder,
}

#[derive(Debug)]
enum Finder {
    /// A window without letters has one spelling.
    One(memmem::Finder<'static>),
    Packed(packed::Searcher),
    /// Where there is no SIMD for it: by the window's first byte.
    Byte(u8),
}

impl Needle {
    /// None: there is nothing to look for. `sample` is a part of what will be searched.
    pub fn new(text: &[u8], sample: &[u8]) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let lower = text.to_ascii_lowercase();
        let sample = sample.get(..SAMPLE_BYTES).unwrap_or(sample);
        let (window, bytes) = rarest_window(&lower, &sample.to_ascii_lowercase());
        let finder = finder(bytes);
        Some(Self {
            window,
            finder,
            lower,
        })
    }

    /// Where the text begins, at or after `from`.
    pub fn find(&self, haystack: &[u8], from: usize) -> Option<usize> {
        let mut at = from.checked_add(self.window)?;
        loop {
            let found = at + self.finder.find(haystack.get(at..)?)?;
            let begin = found - self.window;
            let candidate = haystack.get(begin..begin + self.lower.len());
            if candidate.is_some_and(|text| text.eq_ignore_ascii_case(&self.lower)) {
                return Some(begin);
            }
            at = found + 1;
        }
    }
}

impl Finder {
    fn find(&self, haystack: &[u8]) -> Option<usize> {
        match self {
            Self::One(finder) => finder.find(haystack),
            Self::Packed(searcher) => searcher.find(haystack).map(|found| found.start()),
            Self::Byte(byte) => memchr::memchr2(*byte, byte.to_ascii_uppercase(), haystack),
        }
    }
}

fn finder(window: &[u8]) -> Finder {
    let letters = window.iter().filter(|byte| byte.is_ascii_alphabetic());
    if letters.count() == 0 {
        return Finder::One(memmem::Finder::new(window).into_owned());
    }
    match packed::Searcher::new(spellings(window)) {
        Some(searcher) => Finder::Packed(searcher),
        None => Finder::Byte(window.first().copied().unwrap_or_default()),
    }
}

/// `a-b` is `a-b`, `A-b`, `a-B`, `A-B`.
fn spellings(window: &[u8]) -> Vec<Vec<u8>> {
    window.iter().fold(vec![Vec::new()], |prefixes, &byte| {
        let mut bytes = vec![byte];
        if byte.is_ascii_alphabetic() {
            bytes.push(byte.to_ascii_uppercase());
        }
        let longer = |prefix: &Vec<u8>| {
            let prefix = prefix.clone();
            bytes.clone().into_iter().map(move |byte| {
                let mut longer = prefix.clone();
                longer.push(byte);
                longer
            })
        };
        prefixes.iter().flat_map(longer).collect()
    })
}

/// The window that the sample has least of, and where it begins.
fn rarest_window<'n>(needle: &'n [u8], sample: &[u8]) -> (usize, &'n [u8]) {
    let letters = |window: &[u8]| window.iter().filter(|b| b.is_ascii_alphabetic()).count();
    // A window is as long as its letters allow.
    let windows = (0..needle.len()).filter_map(|start| {
        let longest = needle.get(start..)?;
        let longest = longest.get(..WINDOW_BYTES).unwrap_or(longest);
        let fits = |length: &usize| {
            longest
                .get(..*length)
                .is_some_and(|w| letters(w) <= MAX_LETTERS)
        };
        let length = (1..=longest.len()).rev().find(fits)?;
        Some((start, longest.get(..length)?))
    });
    let cost = |(_, window): &(usize, &[u8])| {
        let frequency = memmem::find_iter(sample, window).count();
        (frequency, usize::MAX - window.len(), letters(window))
    };
    // A text of any length costs no more than this to prepare.
    const MAX_WINDOWS: usize = 64;
    let rarest = windows.take(MAX_WINDOWS).min_by_key(cost);
    rarest.unwrap_or((0, needle.get(..1).unwrap_or(needle)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive(needle: &[u8], haystack: &[u8], from: usize) -> Option<usize> {
        (from..haystack.len()).find(|at| {
            let text = haystack.get(*at..at + needle.len());
            text.is_some_and(|text| text.eq_ignore_ascii_case(needle))
        })
    }

    #[test]
    fn nothing_is_no_needle() {
        assert!(Needle::new(b"", b"abc").is_none());
    }

    #[test]
    fn the_window_is_what_the_log_has_least_of() {
        let sample = b"timestamp timestamp out".repeat(10);
        let (at, window) = rarest_window(b"timeout", &sample);
        assert_eq!(window.len(), 3);
        assert!(at > 0 && memmem::find(&sample, window).is_none());
    }

    proptest! {
        #[test]
        fn it_finds_what_a_naive_search_finds(
            needle in "[abAB1\\-é]{1,8}",
            haystack in "[abAB1\\-é\\n]{0,120}",
            sample in "[ab1\\-]{0,40}",
            from in 0_usize..10,
        ) {
            let (needle, haystack) = (needle.as_bytes(), haystack.as_bytes());
            if let Some(prepared) = Needle::new(needle, sample.as_bytes()) {
                prop_assert_eq!(prepared.find(haystack, from), naive(needle, haystack, from));
            }
        }

        #[test]
        fn long_texts_too(at in 0_usize..5000, needle in "[a-zA-Z0-9 ]{1,40}") {
            let mut haystack = vec![b'.'; 5000];
            haystack.splice(at..at, needle.to_ascii_uppercase().bytes());
            if let Some(prepared) = Needle::new(needle.as_bytes(), &haystack) {
                prop_assert_eq!(prepared.find(&haystack, 0), naive(needle.as_bytes(), &haystack, 0));
            }
        }
    }
}
