//! What the definitions can't say: whether a client that reads a card gets out of it what it says.
//! Clients drop what they don't know. Where that is a decoration nothing is lost; where it is an
//! address, a version or how to authenticate, the card that is read is another one.
//!
//! What is of the wrong type is left to the definitions.

use serde_json::{Map, Value};

use super::Protocol;
use super::address::{self, Reach};
use super::findings::{Findings, escaped};

pub fn look(protocol: Protocol, card: &Value, found: &mut Findings) {
    let mut reader = Reader { found };
    match protocol {
        Protocol::V0_3 => reader.card_0_3(card),
        Protocol::V1_0 => reader.card_1_0(card),
    }
}

/// Versions of A2A as `major.minor`; what a patch version says does not matter to clients.
const VERSIONS_0_3: [&str; 3] = ["0.1", "0.2", "0.3"];
const VERSIONS_1_0: [&str; 3] = ["0.2", "0.3", "1.0"];
const BINDINGS: [&str; 3] = ["JSONRPC", "GRPC", "HTTP+JSON"];

/// The kinds of security schemes of 1.0, and the `type` by which 0.3 knows each.
const SCHEMES: [(&str, &str); 5] = [
    ("apiKeySecurityScheme", "apiKey"),
    ("httpAuthSecurityScheme", "http"),
    ("oauth2SecurityScheme", "oauth2"),
    ("openIdConnectSecurityScheme", "openIdConnect"),
    ("mtlsSecurityScheme", "mutualTLS"),
];
/// What a scheme may also have, so that clients of 0.3 find theirs in the same card.
const SCHEME_0_3: [&str; 9] = [
    "type",
    "description",
    "name",
    "in",
    "scheme",
    "bearerFormat",
    "flows",
    "openIdConnectUrl",
    "oauth2MetadataUrl",
];
const SCHEME_ADDRESSES: [&str; 2] = ["openIdConnectUrl", "oauth2MetadataUrl"];
const FLOW_ADDRESSES: [&str; 4] = [
    "authorizationUrl",
    "tokenUrl",
    "refreshUrl",
    "deviceAuthorizationUrl",
];
/// Without these a scheme says nothing.
const SCHEME_WORDS: [&str; 3] = ["name", "location", "scheme"];

struct Reader<'f> {
    found: &'f mut Findings,
}

impl Reader<'_> {
    fn card_0_3(&mut self, card: &Value) {
        self.version(
            card.get("protocolVersion"),
            "/protocolVersion",
            &VERSIONS_0_3,
        );
        let transport = text(card, "preferredTransport").unwrap_or("JSONRPC");
        self.address(card.get("url"), "/url", reach(transport));
        for (index, interface) in items(card, "additionalInterfaces").enumerate() {
            let path = format!("/additionalInterfaces/{index}");
            let transport = text(interface, "transport").unwrap_or_default();
            self.address(
                interface.get("url"),
                &format!("{path}/url"),
                reach(transport),
            );
            self.binding(transport, &format!("{path}/transport"));
        }
        if let Some(transport) = text(card, "preferredTransport") {
            self.binding(transport, "/preferredTransport");
        }
        for (name, scheme) in members(card, "securitySchemes") {
            let path = format!("/securitySchemes/{}", escaped(name));
            self.scheme(scheme, &path);
        }
        self.before_0_3(card);
        self.everywhere(card, |reader, holder, path| {
            if holder.get("securityRequirements").is_some() && holder.get("security").is_none() {
                let message = "clients of A2A 0.3 do not read this: there it is \"security\"";
                reader
                    .found
                    .add(format!("{path}/securityRequirements"), message);
            }
            for (index, requirement) in items(holder, "security").enumerate() {
                let path = format!("{path}/security/{index}");
                let names = requirement.as_object().into_iter().flat_map(Map::keys);
                reader.declared(card, names, &path);
            }
        });
    }

    fn card_1_0(&mut self, card: &Value) {
        for (index, interface) in items(card, "supportedInterfaces").enumerate() {
            let path = format!("/supportedInterfaces/{index}");
            let version = interface.get("protocolVersion");
            self.version(version, &format!("{path}/protocolVersion"), &VERSIONS_1_0);
            let binding = text(interface, "protocolBinding").unwrap_or_default();
            self.address(interface.get("url"), &format!("{path}/url"), reach(binding));
            self.binding(binding, &format!("{path}/protocolBinding"));
        }
        for (name, scheme) in members(card, "securitySchemes") {
            let path = format!("/securitySchemes/{}", escaped(name));
            self.scheme_1_0(scheme, &path);
        }
        self.before_0_3(card);
        self.everywhere(card, |reader, holder, path| {
            if holder.get("security").is_some() && holder.get("securityRequirements").is_none() {
                let message = "clients of A2A 1.0 do not read this, and take it that no \
                     authentication is needed: there it is \"securityRequirements\"";
                reader.found.add(format!("{path}/security"), message);
            }
            for (index, requirement) in items(holder, "securityRequirements").enumerate() {
                let path = format!("{path}/securityRequirements/{index}");
                for name in requirement.as_object().into_iter().flat_map(Map::keys) {
                    if name != "schemes" {
                        let message = "clients do not read this, and take it that no \
                             authentication is needed: write {\"schemes\": {\"name\": {\"list\": []}}}";
                        reader.found.add(format!("{path}/{}", escaped(name)), message);
                    }
                }
                for (scheme, scopes) in members(requirement, "schemes") {
                    for name in scopes.as_object().into_iter().flat_map(Map::keys) {
                        if name != "list" {
                            let message = "clients do not read this: scopes are in \"list\"";
                            let path = format!("{path}/schemes/{}", escaped(scheme));
                            reader.found.add(format!("{path}/{}", escaped(name)), message);
                        }
                    }
                }
                let names = members(requirement, "schemes").map(|(name, _)| name);
                reader.declared(card, names, &format!("{path}/schemes"));
            }
        });
    }

    /// How the first versions said how to authenticate.
    fn before_0_3(&mut self, card: &Value) {
        let says =
            |value: &Value| !value.is_null() && value.as_object().is_none_or(|it| !it.is_empty());
        if card.get("authentication").is_some_and(says) && card.get("securitySchemes").is_none() {
            let message = "clients do not read this any more, and take it that no authentication \
                 is needed: write \"securitySchemes\"";
            self.found.add("/authentication", message);
        }
    }

    /// For the card and each of its skills: both may say how to authenticate.
    fn everywhere(&mut self, card: &Value, look: impl Fn(&mut Self, &Value, &str)) {
        look(self, card, "");
        for (index, skill) in items(card, "skills").enumerate() {
            if self.found.is_full() {
                return;
            }
            look(self, skill, &format!("/skills/{index}"));
        }
    }

    fn declared<'n>(&mut self, card: &Value, names: impl Iterator<Item = &'n String>, path: &str) {
        let schemes = card.get("securitySchemes");
        for name in names {
            if schemes.and_then(|schemes| schemes.get(name)).is_none() {
                let message = "there is no security scheme of this name in \"securitySchemes\"";
                self.found.add(format!("{path}/{}", escaped(name)), message);
            }
        }
    }

    fn scheme_1_0(&mut self, scheme: &Value, path: &str) {
        for (name, value) in scheme.as_object().into_iter().flatten() {
            let Some((_, old)) = SCHEMES.iter().find(|(known, _)| known == name) else {
                if !SCHEME_0_3.contains(&name.as_str()) {
                    let message = "clients do not read this: it is no kind of security scheme";
                    self.found.add(format!("{path}/{}", escaped(name)), message);
                }
                continue;
            };
            if let Some(kind) = text(scheme, "type") {
                self.agreeing(scheme, (name, value), (kind, old), path);
            }
            self.scheme(value, &format!("{path}/{name}"));
        }
    }

    /// Some clients of 1.0 go by the `type` of 0.3 where there is one.
    fn agreeing(
        &mut self,
        scheme: &Value,
        (name, value): (&String, &Value),
        (kind, old): (&str, &str),
        path: &str,
    ) {
        if kind != old {
            let message = format!("contradicts {name:?}, which is of type {old:?}");
            self.found.add(format!("{path}/type"), message);
            return;
        }
        for (member, value) in value.as_object().into_iter().flatten() {
            let before = if member == "location" { "in" } else { member };
            if member != "description" && scheme.get(before) != Some(value) {
                let message =
                    format!("is not what {name:?} says: which one is read depends on the client");
                self.found
                    .add(format!("{path}/{}", escaped(before)), message);
            }
        }
    }

    /// What a scheme of either version holds.
    fn scheme(&mut self, scheme: &Value, path: &str) {
        for name in SCHEME_WORDS {
            if text(scheme, name).is_some_and(|text| text.trim().is_empty()) {
                self.found
                    .add(format!("{path}/{name}"), "must not be empty");
            }
        }
        for name in SCHEME_ADDRESSES {
            self.address(scheme.get(name), &format!("{path}/{name}"), Reach::Http);
        }
        for (name, flow) in members(scheme, "flows") {
            for address in FLOW_ADDRESSES {
                let path = format!("{path}/flows/{}/{address}", escaped(name));
                self.address(flow.get(address), &path, Reach::Http);
            }
        }
    }

    fn address(&mut self, address: Option<&Value>, path: &str, reach: Reach) {
        let address = address.and_then(Value::as_str);
        if let Some(complaint) = address.and_then(|it| address::complaint(it, reach)) {
            self.found.add(path, complaint);
        }
    }

    fn version(&mut self, version: Option<&Value>, path: &str, known: &[&str]) {
        let Some(version) = version.and_then(Value::as_str) else {
            return;
        };
        let mut parts = version.splitn(3, '.');
        let (major, minor) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
        let is_known = known.contains(&format!("{major}.{minor}").as_str());
        if !is_known || !parts.next().is_none_or(is_number) {
            let known = known.join(", ");
            let message =
                format!("is no version of A2A that such a card may have: {known} are known");
            self.found.add(path, message);
        }
    }

    /// A binding is any text; one that only its spelling keeps from being A2A's own is a mistake.
    fn binding(&mut self, binding: &str, path: &str) {
        let letters = |text: &str| {
            let letters = text.chars().filter(char::is_ascii_alphanumeric);
            letters.collect::<String>().to_ascii_uppercase()
        };
        let meant = BINDINGS
            .iter()
            .find(|known| letters(known) == letters(binding));
        if let Some(meant) = meant.filter(|meant| **meant != binding) {
            self.found
                .add(path, format!("clients know this as {meant:?}"));
        }
    }
}

fn reach(binding: &str) -> Reach {
    match binding {
        "JSONRPC" | "HTTP+JSON" => Reach::Http,
        "GRPC" => Reach::Grpc,
        _ => Reach::Any,
    }
}

fn text<'v>(holder: &'v Value, name: &str) -> Option<&'v str> {
    holder.get(name).and_then(Value::as_str)
}

fn items<'v>(holder: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    holder
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn members<'v>(holder: &'v Value, name: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    holder
        .get(name)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}
