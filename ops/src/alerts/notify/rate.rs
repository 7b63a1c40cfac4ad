//! How many messages a channel takes.

/// At most `burst` at once, and then one every `every_ms` milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub burst: u32,
    pub every_ms: u32,
}

impl Rate {
    pub const fn new(burst: u32, every_ms: u32) -> Self {
        Self { burst, every_ms }
    }
}
