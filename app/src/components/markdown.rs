//! Markdown that somebody typed, as HTML that can do no harm: CommonMark without HTML of its own,
//! without images, and with links that lead to the web or to a mailbox only.

use leptos::prelude::*;
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

use super::text::escaped;
use crate::view::numbers::visible;

/// A block of its own.
pub fn markdown(text: &str) -> impl IntoView + use<> {
    view! { <div class="markdown" dir="auto" inner_html=html_of(text)></div> }
}

/// No extension: tables would bring inline styles, which the page's policy forbids, and lists of tasks
/// inputs.
fn html_of(text: &str) -> String {
    // Which of the links that are open here, the innermost last, are written.
    let mut links: Vec<bool> = Vec::new();
    let events = Parser::new_ext(text, Options::empty());
    let harmless = events.flat_map(|event| harmless(event, &mut links));
    let mut written = String::with_capacity(text.len() * 2);
    html::push_html(&mut written, harmless);
    written
}

fn harmless<'a>(event: Event<'a>, links: &mut Vec<bool>) -> Vec<Event<'a>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) | Event::Text(text) => {
            vec![Event::Text(visible(&text).into())]
        }
        Event::Code(text) => vec![Event::Code(visible(&text).into())],
        // The page has headings of its own; a note's are words in bold.
        Event::Start(Tag::Heading { .. }) => {
            vec![Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)]
        }
        Event::End(TagEnd::Heading(_)) => {
            vec![Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)]
        }
        Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
        Event::End(TagEnd::HtmlBlock) => vec![Event::End(TagEnd::Paragraph)],
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => Vec::new(),
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            ..
        }) => {
            let opened = opening(link_type, &dest_url);
            links.push(opened.is_some());
            opened.into_iter().collect()
        }
        Event::End(TagEnd::Link) => {
            let is_written = links.pop() == Some(true);
            let close = is_written.then(|| Event::InlineHtml("</a>".into()));
            close.into_iter().collect()
        }
        event => vec![event],
    }
}

/// `None` of a link that leads elsewhere than to the web or to a mailbox: its words stay.
fn opening(kind: LinkType, address: &CowStr) -> Option<Event<'static>> {
    let address = match kind {
        LinkType::Email => format!("mailto:{address}"),
        _ => address.to_string(),
    };
    let (scheme, _) = address.split_once(':')?;
    let is_allowed = ["http", "https", "mailto"]
        .iter()
        .any(|allowed| scheme.eq_ignore_ascii_case(allowed));
    let tag = format!(
        r#"<a href="{}" rel="nofollow noopener">"#,
        escaped(&visible(&address))
    );
    is_allowed.then(|| Event::InlineHtml(tag.into()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The tags and their attributes, without what stands between them.
    fn tags(html: &str) -> Vec<&str> {
        let parts = html.split('<').skip(1);
        parts.filter_map(|part| part.split('>').next()).collect()
    }

    fn is_harmless(tag: &str) -> bool {
        const BARE: [&str; 14] = [
            "p",
            "em",
            "strong",
            "code",
            "pre",
            "ul",
            "ol",
            "li",
            "blockquote",
            "br /",
            "hr /",
            "a",
            "br",
            "hr",
        ];
        let name = tag.trim_start_matches('/');
        let link = tag.strip_prefix("a href=\"").and_then(|rest| {
            let (address, rest) = rest.split_once('"')?;
            (rest == " rel=\"nofollow noopener\"").then_some(address.to_ascii_lowercase())
        });
        let leads_out = link.is_some_and(|address| {
            ["http:", "https:", "mailto:"]
                .iter()
                .any(|scheme| address.starts_with(scheme))
        });
        let numbered = tag
            .strip_prefix("ol start=\"")
            .and_then(|rest| rest.strip_suffix('"'))
            .is_some_and(|start| start.bytes().all(|digit| digit.is_ascii_digit()));
        let in_language = tag
            .strip_prefix("code class=\"language-")
            .and_then(|rest| rest.strip_suffix('"'))
            .is_some_and(|language| !language.contains('"'));
        leads_out || numbered || in_language || BARE.contains(&name)
    }

    #[test]
    fn hostile_markdown_is_text() {
        let hostile = "<script>alert(1)</script>\n\n<img src=x onerror=alert(2)>\n\n\
             a <b onclick=\"x\">b</b> ![pixel](https://spy.example/p.png) \
             [js](javascript:alert(3)) [JS](JaVaScRiPt:alert(4)) <javascript:alert(5)> \
             [data](data:text/html;base64,PHNjcmlwdD4=) [relative](/admin/logout/) \
             [quote](https://a.example/\"onmouseover=\"alert(6)) \
             [entity](&#106;avascript:alert(7)) [tab](java\tscript:alert(8))\n\n\
             # <script>heading</script>\n\n```\"><script>x\n<script>\n```\n\u{202e}gpj.exe";
        let html = html_of(hostile);
        for tag in tags(&html) {
            assert!(is_harmless(tag), "<{tag}> in {html}");
        }
        assert!(
            html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
            "{html}"
        );
        assert!(
            !html.contains("spy.example") && html.contains("pixel"),
            "{html}"
        );
        assert!(
            !html.contains("/admin/logout/") && html.contains("relative"),
            "{html}"
        );
        assert!(html.contains("⟨U+202E⟩gpj.exe"), "{html}");
    }

    #[test]
    fn what_people_write_reads_as_they_meant_it() {
        assert_eq!(
            html_of("The *primary* is `gone`.\n\n- one\n- two"),
            "<p>The <em>primary</em> is <code>gone</code>.</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
        );
        assert_eq!(
            html_of("# Plan\n[book](HTTPS://wiki.example/?a=1&b=2) <ada@example.com>"),
            "<p><strong>Plan</strong></p>\n<p><a href=\"HTTPS://wiki.example/?a=1&amp;b=2\" \
             rel=\"nofollow noopener\">book</a> <a href=\"mailto:ada@example.com\" \
             rel=\"nofollow noopener\">ada@example.com</a></p>\n"
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_a_tag_that_acts(
            parts in proptest::collection::vec(
                proptest::sample::select(vec![
                    "<", ">", "script", "[", "]", "(", ")", "!", "javascript:", "https://a", "\"", "'",
                    "`", "\n", "\n\n", "#", "*", "_", "-", " ", "onclick=", "&#58;", "&lt;", "\\", "/", "a",
                    "<a href=", "<!--", "-->", "![", "](", "1.", ">", "|",
                ]),
                0..40,
            ),
        ) {
            let html = html_of(&parts.concat());
            for tag in tags(&html) {
                prop_assert!(is_harmless(tag), "<{}> in {}", tag, html);
            }
        }
    }
}
