//! What a browser asks for: described by a table, since these answers are pages and have no shape.

use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{
    ContentBuilder, ObjectBuilder, PathItem, Paths, RefOr, Required, ResponseBuilder, Type,
};

const HTML: &str = "text/html";

/// What is asked for by its address and is no page of the desk's own list.
struct Page {
    path: &'static str,
    summary: &'static str,
    answer: Answer,
}

#[derive(Clone, Copy)]
enum Answer {
    /// A page for everyone.
    Open,
    /// A page for staff: a stranger is led to the sign-in page.
    Staff,
    /// Leads elsewhere.
    Redirect,
    /// Of this kind.
    File(&'static str),
}

const fn page(path: &'static str, summary: &'static str, answer: Answer) -> Page {
    Page {
        path,
        summary,
        answer,
    }
}

const PAGES: [Page; 8] = [
    page("/", "Leads to the desk", Answer::Redirect),
    page("/admin/", "Leads to the system status", Answer::Redirect),
    page(
        "/admin/find/",
        "Leads to what the searched id or text means",
        Answer::Redirect,
    ),
    page("/admin/login/", "The sign-in page", Answer::Open),
    page("/api/docs/", "This document as a page", Answer::Open),
    page(
        "/api/openapi.json",
        "This document",
        Answer::File("application/json"),
    ),
    page(
        "/static/{file}",
        "A file of the UI",
        Answer::File("application/octet-stream"),
    ),
    // HAProxy asks so whether a server lives.
    page("/", "Which methods there are", Answer::File("")),
];

struct Form {
    path: &'static str,
    summary: &'static str,
    /// With what must be there first.
    fields: &'static [(&'static str, Required)],
}

/// Below these, forms that are refused are the page, drawn anew.
const REDRAWN: [&str; 3] = ["/admin/alerts/", "/admin/errors/", "/admin/incidents/"];

const FORMS: [Form; 22] = [
    Form {
        path: "/admin/errors/{id}/resolve/",
        summary: "Resolves an error group",
        fields: &[("reason", Required::False)],
    },
    Form {
        path: "/admin/errors/{id}/reopen/",
        summary: "Takes a resolution back",
        fields: &[],
    },
    Form {
        path: "/admin/errors/{id}/mute/",
        summary: "Mutes an error group",
        fields: &[("reason", Required::True), ("lasts", Required::False)],
    },
    Form {
        path: "/admin/errors/{id}/unmute/",
        summary: "Unmutes an error group",
        fields: &[],
    },
    Form {
        path: "/admin/errors/{id}/notes/",
        summary: "Writes something down",
        fields: &[("text", Required::True)],
    },
    Form {
        path: "/admin/incidents/{id}/acknowledge/",
        summary: "Takes an incident",
        fields: &[("reason", Required::True)],
    },
    Form {
        path: "/admin/incidents/{id}/unacknowledge/",
        summary: "Gives an incident back",
        fields: &[],
    },
    Form {
        path: "/admin/incidents/{id}/notes/",
        summary: "Writes something down",
        fields: &[("text", Required::True)],
    },
    Form {
        path: "/admin/incidents/{id}/silence/",
        summary: "Silences what an incident is called by",
        fields: &[
            ("reason", Required::True),
            ("duration", Required::True),
            ("rule", Required::True),
            ("subject", Required::False),
        ],
    },
    Form {
        path: "/admin/incidents/{id}/close/",
        summary: "Closes an incident",
        fields: &[("reason", Required::True)],
    },
    Form {
        path: "/admin/alerts/silences/",
        summary: "Silences alerts",
        fields: &[
            ("reason", Required::True),
            ("duration", Required::True),
            ("rule", Required::False),
            ("subject", Required::False),
            ("severity", Required::False),
        ],
    },
    Form {
        path: "/admin/alerts/silences/end/",
        summary: "Ends a silence",
        fields: &[("id", Required::True)],
    },
    Form {
        path: "/admin/alerts/quiet/",
        summary: "Asks for quiet",
        fields: &[("minutes", Required::True), ("reason", Required::True)],
    },
    Form {
        path: "/admin/alerts/quiet/end/",
        summary: "Ends quiet",
        fields: &[],
    },
    Form {
        path: "/admin/alerts/channels/test/",
        summary: "Sends a test by a channel",
        fields: &[("name", Required::True)],
    },
    Form {
        path: "/admin/login/",
        summary: "Signs in",
        fields: &[
            ("username", Required::True),
            ("password", Required::True),
            ("next", Required::False),
        ],
    },
    Form {
        path: "/admin/login/code/",
        summary: "Opens the desk by an access code, while the users' database is away",
        fields: &[("code", Required::True), ("next", Required::False)],
    },
    Form {
        path: "/admin/logout/",
        summary: "Signs out",
        fields: &[],
    },
    Form {
        path: "/admin/preferences/",
        summary: "Remembers language and refresh interval",
        fields: &[
            ("language", Required::False),
            ("refresh", Required::False),
            ("next", Required::False),
        ],
    },
    Form {
        path: "/admin/log-level/",
        summary: "Changes the log level for a while",
        fields: &[
            ("directives", Required::False),
            ("minutes", Required::False),
            ("next", Required::False),
        ],
    },
    Form {
        path: "/admin/tokens/",
        summary: "Makes an API token, and shows it this once",
        fields: &[("name", Required::True), ("scope", Required::True)],
    },
    Form {
        path: "/admin/tokens/revoke/",
        summary: "Revokes an API token",
        fields: &[("name", Required::True)],
    },
];

pub fn add(paths: &mut Paths) {
    for page in app::pages::PAGES {
        // Actix says that a parameter takes slashes, too; OpenAPI has no word for it.
        let path = page.path.replace(":.*}", "}");
        insert(
            paths,
            &path,
            HttpMethod::Get,
            get(page.summary, Answer::Staff),
        );
    }
    for page in &PAGES {
        let (method, operation) = match page.answer {
            Answer::File("") => (HttpMethod::Options, options(page)),
            _ => (HttpMethod::Get, get(page.summary, page.answer)),
        };
        insert(paths, page.path, method, operation);
    }
    for form in &FORMS {
        insert(paths, form.path, HttpMethod::Post, post(form));
        if REDRAWN.iter().any(|page| form.path.starts_with(page)) {
            // What is refused is the page at this address, which somebody may open again.
            let back = get("Leads to the page with this form", Answer::Redirect);
            insert(paths, form.path, HttpMethod::Get, back);
        }
    }
}

fn insert(paths: &mut Paths, path: &str, method: HttpMethod, operation: OperationBuilder) {
    // A name that is made of the address is nobody else's.
    let verb = match method {
        HttpMethod::Post => "send",
        HttpMethod::Options => "options",
        _ => "show",
    };
    let words = path.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let name = if words.is_empty() {
        "root".to_owned()
    } else {
        words.join("_")
    };
    let parameters = path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next());
    let operation = parameters.fold(operation, |operation, name| {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(text()));
        operation.parameter(parameter)
    });
    let operation = operation
        .tag("pages")
        .operation_id(Some(format!("pages_{verb}_{name}")))
        .build();
    let item = PathItem::new(method, operation);
    match paths.paths.get_mut(path) {
        Some(known) => known.merge_operations(item),
        None => _ = paths.paths.insert(path.to_owned(), item),
    }
}

fn get(summary: &str, answered: Answer) -> OperationBuilder {
    let operation = OperationBuilder::new().summary(Some(summary));
    let operation = match answered {
        Answer::Open => answer(operation, 200, HTML, "The page"),
        Answer::Staff => {
            let operation = answer(operation, 200, HTML, "The page");
            let operation = answer(operation, 302, "", "To the sign-in page");
            let operation = answer(operation, 403, HTML, "For staff only");
            answer(operation, 404, HTML, "There is nothing at this address")
        }
        Answer::Redirect => answer(operation, 302, "", "There"),
        Answer::File(kind) => {
            let operation = answer(operation, 200, kind, "The file");
            answer(operation, 404, HTML, "There is no such file")
        }
    };
    fails(operation)
}

fn options(page: &Page) -> OperationBuilder {
    let operation = OperationBuilder::new().summary(Some(page.summary));
    fails(answer(operation, 204, "", "`Allow` has them"))
}

fn post(form: &Form) -> OperationBuilder {
    let mut object = ObjectBuilder::new();
    for (name, required) in form.fields {
        object = object.property(*name, text());
        if matches!(required, Required::True) {
            object = object.required(*name);
        }
    }
    let content = ContentBuilder::new().schema(Some(object.build())).build();
    let body = RequestBodyBuilder::new()
        .content("application/x-www-form-urlencoded", content)
        .required(Some(Required::True))
        .build();
    let mut operation = OperationBuilder::new().summary(Some(form.summary));
    if !form.fields.is_empty() {
        operation = operation.request_body(Some(body));
    }
    for (status, meaning) in [
        (400, "The input is wrong"),
        (401, "Not these credentials, or nobody is signed in"),
        (403, "Not for this user, or not from a page of ours"),
        (408, "The body did not come in time"),
        (409, "It is taken"),
        (413, "The body is too large"),
        (415, "The body is of another kind"),
        (429, "Too many tries: `Retry-After` says when to try again"),
    ] {
        operation = answer(operation, status, HTML, meaning);
    }
    let operation = answer(operation, 200, HTML, "The page");
    let operation = answer(operation, 302, "", "A stranger, to the sign-in page");
    fails(answer(
        operation,
        303,
        "",
        "Done: to the page that shows it",
    ))
}

fn fails(operation: OperationBuilder) -> OperationBuilder {
    let operation = answer(
        operation,
        500,
        HTML,
        "The service failed: the page shows the error's id",
    );
    answer(operation, 503, HTML, "It can't be answered at the moment")
}

/// Without a kind there is no body.
fn answer(operation: OperationBuilder, status: u16, kind: &str, meaning: &str) -> OperationBuilder {
    let mut response = ResponseBuilder::new().description(meaning);
    if !kind.is_empty() {
        let content = ContentBuilder::new().schema(Some(text())).build();
        response = response.content(kind, content);
    }
    operation.response(status.to_string(), RefOr::T(response.build()))
}

fn text() -> RefOr<utoipa::openapi::Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .build()
        .into()
}
