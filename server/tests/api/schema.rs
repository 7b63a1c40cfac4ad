//! Both dialects of the migrations make the same tables.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::sql::Sql;
use crate::support::{Database, Home};

/// Columns in their order, each as `name class null?`.
type Tables = BTreeMap<String, Vec<String>>;

#[test]
fn both_dialects_have_migrations_of_equal_names() {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    for schema in ["registry", "ops"] {
        let [sqlite, postgres] = ["sqlite", "postgres"].map(|dialect| {
            let directory = migrations.join(schema).join(dialect);
            let entries = fs::read_dir(&directory)
                .unwrap()
                .map(|entry| entry.unwrap());
            let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
            names.sort();
            for name in &names {
                for file in ["up.sql", "down.sql"] {
                    assert!(
                        directory.join(name).join(file).is_file(),
                        "{name:?} has no {file}"
                    );
                }
            }
            names
        });
        assert!(!sqlite.is_empty());
        assert_eq!(sqlite, postgres, "{schema}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_dialects_make_the_same_tables_with_the_same_columns() {
    let sqlite = Home::new(Database::Sqlite).await;
    let postgres = Home::new(Database::Postgres).await;
    let server = postgres.postgres.as_ref().unwrap();
    let ops_url = [("OPS_DATABASE_URL", server.url("ops"))];
    let ops_url: Vec<(&str, &str)> = ops_url.iter().map(|(k, v)| (*k, v.as_str())).collect();
    assert_eq!(sqlite.run(&["migrate"], &[]).await.code(), 0);
    assert_eq!(postgres.run(&["migrate"], &ops_url).await.code(), 0);

    let registry = tables(&sqlite.sql()).await;
    for table in ["users", "namespaces", "schemas", "agent_cards"] {
        assert!(registry.contains_key(table), "{table} in {registry:#?}");
    }
    assert_eq!(registry, tables(&postgres.sql()).await);
    let ops = tables(&sqlite.ops_sql()).await;
    assert!(!ops.is_empty());
    assert_eq!(ops, tables(&server.sql("ops")).await);
}

async fn tables(sql: &Sql) -> Tables {
    let query = match sql {
        Sql::Sqlite(_) => {
            "SELECT t.name || '|' || c.name || '|' || c.type || '|' ||
                    (CASE WHEN c.\"notnull\" = 1 THEN 'not null' ELSE 'null' END) AS line
             FROM sqlite_schema t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
             ORDER BY t.name, c.cid"
        }
        Sql::Postgres(_) => {
            "SELECT table_name || '|' || column_name || '|' || data_type || '|' ||
                    (CASE WHEN is_nullable = 'NO' THEN 'not null' ELSE 'null' END) AS line
             FROM information_schema.columns WHERE table_schema = 'public'
             ORDER BY table_name, ordinal_position"
        }
    };
    let mut tables = Tables::new();
    for line in sql.lines(query).await {
        let fields: Vec<&str> = line.split('|').collect();
        let [table, column, kind, null] = fields[..] else {
            panic!("{line}")
        };
        // Diesel's own table differs and is nobody's business.
        if !table.starts_with("__diesel") {
            let described = format!("{column} {} {null}", class(kind, column));
            tables.entry(table.to_owned()).or_default().push(described);
        }
    }
    tables
}

/// What a type is to the code, which has one Rust type for both databases.
fn class(kind: &str, column: &str) -> &'static str {
    match kind.to_lowercase().as_str() {
        "integer" | "bigint" => "integer",
        "boolean" => "boolean",
        "timestamp" | "timestamp without time zone" => "timestamp",
        "real" | "double" | "double precision" => "float",
        "blob" | "bytea" => "bytes",
        // SQLite has no type for JSON; the columns that hold some are text there.
        "json" | "text" => "text",
        other => panic!("{column} is of an unknown type {other}"),
    }
}
