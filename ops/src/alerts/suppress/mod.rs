//! Suppression: who is told, never what is true.

mod maintenance;

pub use maintenance::MaintenanceWindow;
