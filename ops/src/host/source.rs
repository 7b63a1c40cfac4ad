//! Where figures come from.

use async_trait::async_trait;

use super::gauge::Sample;

#[async_trait]
pub trait Source: Send + Sync {
    /// Looks once. May take its time, but must not hold up the thread that it is called on.
    async fn read(&self) -> Sample;
}
