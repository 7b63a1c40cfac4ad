//! Looking at pages by their test hooks.

/// The text of the first element with this `data-testid`, without the tags within; `None` if there
/// is no such element. The element must not hold another one of its own kind.
pub fn text_of(page: &str, hook: &str) -> Option<String> {
    let (before, after) = page.split_once(&format!("data-testid=\"{hook}\""))?;
    let kind = before.rsplit_once('<')?.1.split_whitespace().next()?;
    let (_, content) = after.split_once('>')?;
    let (content, _) = content.split_once(&format!("</{kind}>"))?;
    let mut pieces = content.split('<');
    let mut text = pieces.next()?.to_owned();
    for piece in pieces {
        text.push_str(piece.split_once('>').map_or("", |(_, words)| words));
    }
    Some(text.trim().to_owned())
}
