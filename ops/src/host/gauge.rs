//! What is measured, every ten seconds, in whole numbers: sums of these are exact.

/// Each with the unit that its numbers are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gauge {
    /// Processor time used since the last sample, of what this process may use: millionths.
    CpuShare,
    /// What it may use: thousandths of a processor.
    CpuAllowed,
    /// The resident set: bytes.
    MemoryResident,
    /// Of the group that the limit is set for, without idle files: bytes.
    MemoryWorkingSet,
    MemoryLimit,
    OpenFiles,
    OpenFilesLimit,
    Threads,
    /// Of the file system that the log directory lies in: bytes.
    LogDiskUsed,
    LogDiskFree,
    /// Of the one that the databases' files lie in: bytes.
    DataDiskUsed,
    DataDiskFree,
    TokioWorkers,
    TokioTasks,
    /// Tasks that no worker has taken yet.
    TokioQueue,
    /// Of the workers' time since the last sample: millionths.
    TokioBusy,
    RegistryPoolSize,
    RegistryPoolInUse,
    /// Operations that wait for a connection.
    RegistryPoolWaiting,
    OpsPoolSize,
    OpsPoolInUse,
    OpsPoolWaiting,
    /// Of the registry's database, as its check found it: microseconds.
    DatabaseLatency,
}

impl Gauge {
    pub const ALL: [Self; 23] = [
        Self::CpuShare,
        Self::CpuAllowed,
        Self::MemoryResident,
        Self::MemoryWorkingSet,
        Self::MemoryLimit,
        Self::OpenFiles,
        Self::OpenFilesLimit,
        Self::Threads,
        Self::LogDiskUsed,
        Self::LogDiskFree,
        Self::DataDiskUsed,
        Self::DataDiskFree,
        Self::TokioWorkers,
        Self::TokioTasks,
        Self::TokioQueue,
        Self::TokioBusy,
        Self::RegistryPoolSize,
        Self::RegistryPoolInUse,
        Self::RegistryPoolWaiting,
        Self::OpsPoolSize,
        Self::OpsPoolInUse,
        Self::OpsPoolWaiting,
        Self::DatabaseLatency,
    ];

    /// As it is stored: never changes its meaning, and no other gauge gets one that was in use.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::CpuShare => 1,
            Self::CpuAllowed => 2,
            Self::MemoryResident => 3,
            Self::MemoryWorkingSet => 4,
            Self::MemoryLimit => 5,
            Self::OpenFiles => 6,
            Self::OpenFilesLimit => 7,
            Self::Threads => 8,
            Self::LogDiskUsed => 9,
            Self::LogDiskFree => 10,
            Self::DataDiskUsed => 11,
            Self::DataDiskFree => 12,
            Self::TokioWorkers => 13,
            Self::TokioTasks => 14,
            Self::TokioQueue => 15,
            Self::TokioBusy => 16,
            Self::RegistryPoolSize => 17,
            Self::RegistryPoolInUse => 18,
            Self::RegistryPoolWaiting => 19,
            Self::OpsPoolSize => 20,
            Self::OpsPoolInUse => 21,
            Self::OpsPoolWaiting => 22,
            Self::DatabaseLatency => 23,
        }
    }
}

/// What one look found. What could not be read is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample(Vec<(Gauge, u64)>);

impl Sample {
    pub fn set(&mut self, gauge: Gauge, value: Option<u64>) {
        if let Some(value) = value {
            self.0.push((gauge, value));
        }
    }

    pub fn get(&self, gauge: Gauge) -> Option<u64> {
        let found = self.0.iter().find(|(found, _)| *found == gauge);
        found.map(|(_, value)| *value)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (Gauge, u64)> {
        self.0.iter().copied()
    }

    pub(super) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_gauge_has_a_code_of_its_own() {
        let codes: BTreeSet<u8> = Gauge::ALL.into_iter().map(Gauge::code).collect();
        assert_eq!(codes.len(), Gauge::ALL.len());
    }

    #[test]
    fn what_could_not_be_read_is_not_there() {
        let mut sample = Sample::default();
        sample.set(Gauge::Threads, None);
        assert!(sample.is_empty());
        sample.set(Gauge::Threads, Some(0));
        assert_eq!(sample.get(Gauge::Threads), Some(0));
        assert_eq!(sample.get(Gauge::OpenFiles), None);
    }
}
