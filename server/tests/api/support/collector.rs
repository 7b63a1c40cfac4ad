//! A collector of traces that reads what comes by the protocol's own definitions, and answers as it is
//! told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tokio::task::JoinHandle;

use super::wait::{SOON, eventually};

#[derive(Clone, Debug)]
pub enum Answer {
    Taken,
    Status(u16),
    /// 503, and so many seconds.
    Later(u32),
    /// Taken, but for so many spans.
    Partly(i64),
    Hang,
}

#[derive(Default)]
struct Seen {
    requests: usize,
    spans: Vec<Span>,
    resource: Vec<KeyValue>,
    authorization: Option<String>,
}

struct State {
    answer: Answer,
    seen: Seen,
}

pub struct Collector {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

impl Collector {
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State {
            answer: Answer::Taken,
            seen: Seen::default(),
        }));
        let shared = Data::new(Arc::clone(&state));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/v1/traces", web::post().to(take))
        });
        let server = server
            .workers(1)
            .disable_signals()
            .bind(("127.0.0.1", 0))
            .unwrap();
        let address = server.addrs()[0];
        let running = server.run();
        Self {
            address,
            state,
            serving: tokio::spawn(async move { running.await.unwrap() }),
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn answer(&self, answer: Answer) {
        self.state.lock().unwrap().answer = answer;
    }

    /// What it took.
    pub fn spans(&self) -> Vec<Span> {
        self.state.lock().unwrap().seen.spans.clone()
    }

    pub fn requests(&self) -> usize {
        self.state.lock().unwrap().seen.requests
    }

    pub fn authorization(&self) -> Option<String> {
        self.state.lock().unwrap().seen.authorization.clone()
    }

    /// What its last sender said of itself.
    pub fn resource(&self, key: &str) -> Option<String> {
        text(&self.state.lock().unwrap().seen.resource, key)
    }

    /// Waits for the span of the request with this id.
    pub async fn request(&self, id: &str) -> Span {
        eventually(&format!("the span of {id} has come"), SOON, async || {
            let spans = self.spans().into_iter();
            spans
                .into_iter()
                .find(|span| text(&span.attributes, "request_id").as_deref() == Some(id))
        })
        .await
    }

    /// Those that hang from this one.
    pub fn children(&self, parent: &Span) -> Vec<Span> {
        let spans = self.spans().into_iter();
        spans
            .filter(|span| span.parent_span_id == parent.span_id)
            .collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(request: HttpRequest, body: Bytes, state: Data<Arc<Mutex<State>>>) -> HttpResponse {
    let kind = request.headers().get("content-type").unwrap();
    assert_eq!(kind, "application/x-protobuf");
    let sent = ExportTraceServiceRequest::decode(body).unwrap();
    let authorization = request.headers().get("authorization");
    let authorization = authorization.map(|value| value.to_str().unwrap().to_owned());
    let answer = {
        let mut state = state.lock().unwrap();
        state.seen.requests += 1;
        state.seen.authorization = authorization;
        state.answer.clone()
    };
    match answer {
        Answer::Hang => tokio::time::sleep(Duration::from_secs(60)).await,
        Answer::Status(status) => {
            return HttpResponse::build(StatusCode::from_u16(status).unwrap()).finish();
        }
        Answer::Later(seconds) => {
            return HttpResponse::ServiceUnavailable()
                .insert_header((RETRY_AFTER, seconds.to_string()))
                .finish();
        }
        Answer::Partly(rejected_spans) => {
            return taken(Some(ExportTracePartialSuccess {
                rejected_spans,
                error_message: "too old".to_owned(),
            }));
        }
        Answer::Taken => {}
    }
    let mut state = state.lock().unwrap();
    for of_resource in sent.resource_spans {
        state.seen.resource = of_resource.resource.unwrap().attributes;
        let scopes = of_resource.scope_spans.into_iter();
        state
            .seen
            .spans
            .extend(scopes.flat_map(|scope| scope.spans));
    }
    taken(None)
}

fn taken(partial_success: Option<ExportTracePartialSuccess>) -> HttpResponse {
    let answer = ExportTraceServiceResponse { partial_success };
    HttpResponse::Ok()
        .content_type("application/x-protobuf")
        .body(answer.encode_to_vec())
}

/// An attribute's value as text.
pub fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|it| it.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        any_value::Value::StringValue(text) => Some(text.clone()),
        any_value::Value::IntValue(number) => Some(number.to_string()),
        any_value::Value::DoubleValue(number) => Some(number.to_string()),
        _ => None,
    }
}

pub fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
