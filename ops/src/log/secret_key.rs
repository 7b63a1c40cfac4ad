//! Names that announce a secret.

use std::cell::Cell;

/// Wherever they stand in a name.
const WITHIN: [&[u8]; 30] = [
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
    b"passcode",
    b"sessid",
    b"accesscode",
    b"accesssignature",
    b"amzsignature",
    b"signingkey",
    b"encryptionkey",
    b"masterkey",
    b"authkey",
    b"sshkey",
    b"signaturevalue",
    b"privkey",
    b"connectionstring",
    b"clientassertion",
];

/// As a whole name, or as its last part.
const WHOLE: [&[u8]; 14] = [
    b"pass",
    b"pwd",
    b"auth",
    b"sid",
    b"sig",
    b"signature",
    b"otp",
    b"dsn",
    b"pin",
    b"totp",
    b"mfacode",
    b"xgoogsignature",
    b"samlresponse",
    b"hmac",
];

/// Whether a field of this name holds a secret, judged without regard to case and separators.
pub fn is_secret_key(key: &str) -> bool {
    let mut squeezed = [0_u8; 64];
    let mut length = 0;
    let letters = key.bytes().filter(u8::is_ascii_alphanumeric);
    for (place, letter) in squeezed.iter_mut().zip(letters) {
        *place = letter.to_ascii_lowercase();
        length += 1;
    }
    let squeezed = squeezed.get(..length).unwrap_or_default();
    // `connect.sid`
    let last = key.rsplit(['.', '[']).next().unwrap_or(key);
    let is_part = last.len() < key.len()
        && WHOLE.iter().any(|word| {
            last.trim_end_matches(']')
                .as_bytes()
                .eq_ignore_ascii_case(word)
        });
    is_part
        || WHOLE.contains(&squeezed)
        || (0..length).any(|at| {
            let rest = squeezed.get(at..).unwrap_or_default();
            // Most letters begin none of the words.
            matches!(
                rest.first(),
                Some(b'p' | b's' | b't' | b'a' | b'c' | b'x' | b'b' | b'j' | b'e' | b'm')
            ) && WITHIN.iter().any(|word| rest.starts_with(word))
                && !rest.starts_with(b"passwordless")
        })
}

/// [`is_secret_key`] for names that live as long as the process, as those of fields do: each is
/// judged once a thread, for it comes again with every line.
pub(super) fn is_secret_name(name: &'static str) -> bool {
    const SLOTS: usize = 128;
    /// Where a name lies, how long it is, and the answer.
    type Known = (usize, usize, bool);
    thread_local! {
        static KNOWN: [Cell<Known>; SLOTS] = const { [const { Cell::new((0, 0, false)) }; SLOTS] };
    }
    let place = name.as_ptr() as usize;
    let known = KNOWN.try_with(|known| {
        let slot = known.get(place % SLOTS)?;
        let (known_place, length, answer) = slot.get();
        if (known_place, length) != (place, name.len()) {
            let answer = is_secret_key(name);
            slot.set((place, name.len(), answer));
            return Some(answer);
        }
        Some(answer)
    });
    known.ok().flatten().unwrap_or_else(|| is_secret_key(name))
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
    fn a_name_is_judged_alike_each_time() {
        // Parts of one text: same place, other length.
        let text = "tokens are no secret";
        for _ in 0..2 {
            for length in 1..text.len() {
                let name = text.get(..length).unwrap_or_default();
                assert_eq!(is_secret_name(name), is_secret_key(name), "{name}");
            }
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
