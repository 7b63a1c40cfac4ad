//! What is found in each card of `server/tests/fixtures/agentcards`, whose README says how the SDK of
//! A2A reads them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::*;

const VALID: &[&str] = &[];

/// The card, and the places that are wrong.
const CARDS: &[(&str, &[&str])] = &[
    ("0.2", VALID),
    ("0.3-bearer", VALID),
    ("0.3-grpc", VALID),
    ("0.3-additional-relative", &["/additionalInterfaces/0/url"]),
    ("0.3-authentication-of-0.1", &["/authentication"]),
    (
        "0.3-in-snake-case",
        &["/defaultInputModes", "/default_input_modes"],
    ),
    ("0.3-placeholder", &["/url"]),
    ("0.3-relative", &["/url"]),
    ("0.3-scheme-as-in-1.0", &["/securitySchemes/bearer"]),
    ("0.3-security-by-its-new-name", &["/securityRequirements"]),
    ("0.3-security-undeclared", &["/security/0/oauth"]),
    ("0.3-transport-misspelt", &["/preferredTransport"]),
    ("0.3-version-of-another-form", &["/protocolVersion"]),
    ("0.3-version-unknown", &["/protocolVersion"]),
    ("0.3-without-version", &["/protocolVersion"]),
    ("1.0-and-0.3-in-one", VALID),
    ("1.0-bearer", VALID),
    ("1.0-no-security", VALID),
    ("1.0-oauth", VALID),
    ("1.0-openid", VALID),
    // Without a scheme: whoever has none may come, too.
    ("1.0-optional-security", VALID),
    ("1.0-three-bindings", VALID),
    (
        "1.0-and-0.3-that-differ",
        &["/securitySchemes/bearer/scheme"],
    ),
    (
        "1.0-binding-misspelt",
        &["/supportedInterfaces/0/protocolBinding"],
    ),
    (
        "1.0-oauth-in-snake-case",
        &[
            "/securitySchemes/bearer/oauth2SecurityScheme/flows",
            "/securitySchemes/bearer/oauth2SecurityScheme/flows/authorization_code",
        ],
    ),
    (
        "1.0-oauth-relative",
        &["/securitySchemes/bearer/oauth2SecurityScheme/flows/authorizationCode/tokenUrl"],
    ),
    ("1.0-placeholder", &["/supportedInterfaces/0/url"]),
    ("1.0-relative", &["/supportedInterfaces/0/url"]),
    (
        "1.0-requirement-as-in-0.3",
        &["/securityRequirements/0/bearer"],
    ),
    (
        "1.0-requirement-beside-schemes",
        &["/securityRequirements/0/oauth"],
    ),
    (
        "1.0-requirement-undeclared",
        &["/securityRequirements/0/schemes/oauth"],
    ),
    ("1.0-scheme-as-in-0.3", &["/securitySchemes/bearer"]),
    (
        "1.0-scheme-of-no-kind",
        &[
            "/securitySchemes/bearer",
            "/securitySchemes/bearer/bearerSecurityScheme",
        ],
    ),
    ("1.0-scheme-of-two-kinds", &["/securitySchemes/bearer"]),
    (
        "1.0-scheme-that-contradicts-itself",
        &["/securitySchemes/bearer/type"],
    ),
    (
        "1.0-scheme-without-a-word",
        &["/securitySchemes/bearer/httpAuthSecurityScheme/scheme"],
    ),
    (
        "1.0-scopes-misnamed",
        &["/securityRequirements/0/schemes/bearer/scopes"],
    ),
    (
        "1.0-scopes-without-list",
        &["/securityRequirements/0/schemes/bearer"],
    ),
    ("1.0-security-by-its-old-name", &["/security"]),
    ("1.0-security-in-snake-case", &["/security_requirements"]),
    (
        "1.0-skill-security-by-its-old-name",
        &["/skills/0/security"],
    ),
    (
        "1.0-version-unknown",
        &["/supportedInterfaces/0/protocolVersion"],
    ),
];

#[test]
fn a_card_is_valid_only_if_a_client_reads_what_it_says() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/agentcards");
    for (name, expected) in CARDS {
        let text = fs::read_to_string(directory.join(format!("{name}.json"))).unwrap();
        let card: Value = serde_json::from_str(&text).unwrap();
        let Verdict::Checked(found) = check(&card, &[]) else {
            panic!("{name} was not checked");
        };
        let mut paths: Vec<&str> = found.iter().map(|finding| finding.path.as_str()).collect();
        paths.sort_unstable();
        assert_eq!(paths, *expected, "{name}: {found:#?}");
        let is_1_0 = name.starts_with("1.0");
        assert_eq!(Protocol::of(&card) == Protocol::V1_0, is_1_0, "{name}");
    }
    let files = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|it| it == "json"));
    let names = files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned());
    let listed = CARDS.iter().map(|(name, _)| (*name).to_owned());
    assert_eq!(
        names.collect::<BTreeSet<_>>(),
        listed.collect::<BTreeSet<_>>()
    );
}
