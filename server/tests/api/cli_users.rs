//! Users by command, and the very first one.

use crate::support::postgres::Postgres;
use crate::support::wait::SOON;
use crate::support::{Database, Home, PASSWORD, USERNAME, eventually};

on_both_databases![
    a_created_superuser_can_sign_in,
    a_password_can_be_changed,
    the_first_start_prints_a_generated_password_once,
];

const OTHER: [(&str, &str); 1] = [("ADMIN_PASSWORD", "An0ther-battery-staple")];

async fn a_created_superuser_can_sign_in(database: Database) {
    let home = Home::new(database).await;
    // On an empty database too.
    let arguments = [
        "createsuperuser",
        "--username",
        "eve",
        "--email",
        "eve@example.org",
    ];
    let created = home.run(&arguments, &OTHER).await;
    assert_eq!(created.code(), 0, "{:?}", created.stderr);
    let taken = home.run(&arguments, &OTHER).await;
    assert_eq!(taken.code(), 1);
    assert_eq!(taken.stderr.len(), 1, "{:?}", taken.stderr);
    assert!(taken.stderr[0].contains("eve"), "{:?}", taken.stderr);
    let emails = home.sql().lines("SELECT email AS line FROM users").await;
    assert_eq!(emails, ["eve@example.org"]);
    // There is a user, so the service makes none.
    let service = home.serve().await;
    assert_eq!(service.http.sign_in("eve", OTHER[0].1).await.status, 303);
    assert_eq!(service.http.sign_in(USERNAME, PASSWORD).await.status, 401);
    let printed = service.stdout();
    assert!(
        !printed.iter().any(|line| line.contains("first start")),
        "{printed:?}"
    );
}

async fn a_password_can_be_changed(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let changed = home
        .run(&["changepassword", "--username", USERNAME], &OTHER)
        .await;
    assert_eq!(changed.code(), 0, "{:?}", changed.stderr);
    assert_eq!(service.http.sign_in(USERNAME, PASSWORD).await.status, 401);
    assert_eq!(service.http.sign_in(USERNAME, OTHER[0].1).await.status, 303);
    let nobody = home
        .run(&["changepassword", "--username", "nobody"], &OTHER)
        .await;
    assert_eq!(nobody.code(), 1);
    assert_eq!(nobody.stderr.len(), 1, "{:?}", nobody.stderr);
}

async fn the_first_start_prints_a_generated_password_once(database: Database) {
    let home = Home::new(database).await;
    let unset = [("ADMIN_PASSWORD", ""), ("ADMIN_USERNAME", "chief")];
    let service = home.serve_with(&unset).await;
    service.until_ready().await;
    let line = eventually("the line with the password", SOON, async || {
        service
            .stdout()
            .into_iter()
            .find(|line| line.contains("password:"))
    })
    .await;
    let password = line
        .strip_prefix("first start: sign in as chief, password: ")
        .unwrap();
    assert!(password.len() >= 12 && !password.contains(' '), "{line}");
    assert_eq!(service.http.sign_in("chief", password).await.status, 303);
    service.stop().await;
    let service = home.serve_with(&unset).await;
    service.until_ready().await;
    let finished = service.stop().await;
    let again = finished
        .stdout
        .iter()
        .find(|line| line.contains("password:"));
    assert_eq!(again, None);
}

#[tokio::test]
async fn without_a_password_there_is_no_user() {
    let home = Home::new(Database::Sqlite).await;
    // Neither in the environment nor, since the prompt meets the end of the input, by hand.
    let none = [("ADMIN_PASSWORD", "")];
    let finished = home
        .run(&["createsuperuser", "--username", "eve"], &none)
        .await;
    assert_eq!(finished.code(), 1);
    assert_eq!(finished.stderr.len(), 1, "{:?}", finished.stderr);
}

#[tokio::test]
async fn a_command_whose_database_is_down_fails_in_one_line() {
    let home = Home::on(Some(Postgres::down()));
    for arguments in [
        &["migrate"][..],
        &["migrate", "--check"],
        &["createsuperuser", "--username", "eve"],
        &["changepassword", "--username", "eve"],
    ] {
        let finished = home.run(arguments, &OTHER).await;
        assert_eq!(finished.code(), 1, "{arguments:?}");
        assert_eq!(
            finished.stderr.len(),
            1,
            "{arguments:?}: {:?}",
            finished.stderr
        );
        let said = finished.stderr.join("");
        assert!(
            !said.contains(crate::support::postgres_template::PASSWORD),
            "{said}"
        );
    }
}
