//! The deletion of a row that has revisions, with its entry in the audit log.

/// What became of a row that was to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    Done,
    Missing,
    /// It is of another revision than the one that was to go.
    Changed,
}

/// Deletes the row of `$id`, if it is of `$revision` where one is given. The statement itself checks
/// that: somebody else may have been quicker since the row was read.
macro_rules! delete_row {
    ($conn:ident, $table:ident, $id:expr, $revision:expr, $entry:expr) => {{
        let row = $table::table.filter($table::id.eq($id));
        let deleted = match $revision {
            Some(revision) => {
                let row = row.filter($table::revision.eq(revision));
                diesel::delete(row).execute($conn).await?
            }
            None => diesel::delete(row).execute($conn).await?,
        };
        match ($revision, deleted) {
            (None, 0) => Deletion::Missing,
            (Some(_), 0) => Deletion::Changed,
            _ => {
                diesel::insert_into(audit_log::table)
                    .values($entry)
                    .execute($conn)
                    .await?;
                Deletion::Done
            }
        }
    }};
}

pub(super) use delete_row;
