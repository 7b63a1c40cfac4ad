//! Names that announce a secret.

/// Whether a field of this name holds a secret, judged without regard to case and separators.
pub fn is_secret_key(key: &str) -> bool {
    const WITHIN: [&[u8]; 16] = [
        b"password",
        b"passwd",
        b"passphrase",
        b"secret",
        b"token",
        b"authorization",
        b"cookie",
        b"apikey",
        b"credential",
        b"privatekey",
        b"accesskey",
        b"session",
        b"csrf",
        b"xsrf",
        b"bearer",
        b"jwt",
    ];
    const WHOLE: [&[u8]; 8] = [
        b"pass",
        b"pwd",
        b"auth",
        b"sid",
        b"sig",
        b"signature",
        b"otp",
        b"dsn",
    ];
    let mut squeezed = [0_u8; 64];
    let mut length = 0;
    let letters = key.bytes().filter(u8::is_ascii_alphanumeric);
    for (place, letter) in squeezed.iter_mut().zip(letters) {
        *place = letter.to_ascii_lowercase();
        length += 1;
    }
    let squeezed = squeezed.get(..length).unwrap_or_default();
    WHOLE.contains(&squeezed)
        || (0..length).any(|at| {
            let rest = squeezed.get(at..).unwrap_or_default();
            // Most letters begin none of the words.
            matches!(
                rest.first(),
                Some(b'p' | b's' | b't' | b'a' | b'c' | b'x' | b'b' | b'j')
            ) && WITHIN.iter().any(|word| rest.starts_with(word))
        })
}

/// Whether a number under a secret-looking name is a mere measure: `session_count`, `tokens_used`.
pub(super) fn is_measure(key: &str) -> bool {
    const SUFFIXES: [&str; 8] = [
        "_count", "_total", "_ms", "_seconds", "_bytes", "_len", "_size", "_age",
    ];
    const PLURALS: [&str; 3] = ["sessions", "tokens", "cookies"];
    SUFFIXES.iter().any(|suffix| key.ends_with(suffix))
        || PLURALS.iter().any(|plural| key.starts_with(plural))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_in_every_spelling() {
        for key in [
            "password",
            "new_password",
            "DB_PASSWORD",
            "Authorization",
            "proxy-authorization",
            "cookie",
            "Set-Cookie",
            "api_key",
            "X-Api-Key",
            "apiKey",
            "accessToken",
            "csrf_token",
            "session",
            "sessionid",
            "client.secret",
            "pwd",
            "dsn",
        ] {
            assert!(is_secret_key(key), "{key}");
        }
        for key in [
            "path",
            "user",
            "key",
            "author",
            "passed",
            "signal",
            "status",
            "duration_ms",
            "error",
            "page",
            "query",
            "",
        ] {
            assert!(!is_secret_key(key), "{key}");
        }
    }

    #[test]
    fn counts_of_secrets_are_none() {
        for key in ["session_count", "token_total", "sessions", "tokens_used"] {
            assert!(is_measure(key), "{key}");
        }
        for key in ["session", "token", "password", "accounts_token"] {
            assert!(!is_measure(key), "{key}");
        }
    }
}
