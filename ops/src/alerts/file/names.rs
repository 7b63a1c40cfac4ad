//! [`Names`]: what a rule may refer to.

pub(super) struct Names {
    pub rules: Vec<String>,
    pub channels: Vec<String>,
    pub dependencies: Vec<String>,
}
