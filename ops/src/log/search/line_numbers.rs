//! Which line of its file each line of a block is.

/// Numbers the lines of a block, asked for in the order in which they stand.
pub(super) struct LineNumbers<'a> {
    rest: &'a [u8],
    passed: usize,
    number: Option<u64>,
}

impl<'a> LineNumbers<'a> {
    pub fn of(block: &'a [u8], first: Option<u64>) -> Self {
        Self {
            rest: block,
            passed: 0,
            number: first,
        }
    }

    /// How many lines lie before `offset`, counted from the beginning of the file.
    pub fn before(&mut self, offset: usize) -> Option<u64> {
        let (passed, rest) = self.rest.split_at_checked(offset - self.passed)?;
        self.rest = rest;
        self.passed = offset;
        let lines = memchr::memchr_iter(b'\n', passed).count() as u64;
        self.number = self.number.map(|number| number + lines);
        self.number
    }
}
