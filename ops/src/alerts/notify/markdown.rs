//! Text within the Markdown of services that document no way to escape it.

/// `text` in which every sign that could be markup, an entity or a mention is replaced by its
/// full-width form: it reads alike and means nothing. It must not stand at the beginning of a line,
/// where other signs mean something.
pub(super) fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let within_word = is_word(before) && rest.peek().is_some_and(|next| is_word(*next));
        out.push(match c {
            '_' if within_word => c,
            '<' | '>' | '*' | '`' | '[' | ']' | '~' | '\\' | '|' | '_' | '@' | '&' => full_width(c),
            _ => c,
        });
        before = c;
    }
    out
}

/// Unicode has all of ASCII's signs once more, from U+FF01 on.
fn full_width(c: char) -> char {
    char::from_u32(u32::from(c) - 0x21 + 0xff01).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_markup_reads_alike_and_is_none() {
        assert_eq!(
            inert("**b** <!here> @all </font>"),
            "＊＊b＊＊ ＜!here＞ ＠all ＜/font＞"
        );
        assert_eq!(
            inert("[a](b) `c` ~~d~~ \\ | &lt;"),
            "［a］(b) ｀c｀ ～～d～～ ＼ ｜ ＆lt;"
        );
    }

    #[test]
    fn names_stay_as_they_are() {
        let name = "agent_cards.created_at (web-1): 数据库 85.2 % > 80 %";
        assert_eq!(inert(name), name.replace('>', "＞"));
        assert_eq!(inert("_a_ __b"), "＿a＿ ＿_b");
    }
}
