//! What the dashboards ask: every expression of a Grafana dashboard, with its variables filled in.

use serde_json::Value;

/// Whom an expression asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    Metrics,
    Logs,
}

#[derive(Debug, PartialEq)]
pub struct Expression {
    pub panel: String,
    pub source: Source,
    pub text: String,
}

/// Those of all panels, also of those in rows.
pub fn of(dashboard: &Value) -> Vec<Expression> {
    let mut found = Vec::new();
    collect(dashboard, &mut found);
    found
}

fn collect(holder: &Value, found: &mut Vec<Expression>) {
    let panels = holder.get("panels").and_then(Value::as_array);
    for panel in panels.into_iter().flatten() {
        let title = panel.get("title").and_then(Value::as_str);
        let targets = panel.get("targets").and_then(Value::as_array);
        for target in targets.into_iter().flatten() {
            let Some(text) = target.get("expr").and_then(Value::as_str) else {
                continue;
            };
            found.push(Expression {
                panel: title.unwrap_or_default().to_owned(),
                source: source(target)
                    .or_else(|| source(panel))
                    .unwrap_or(Source::Metrics),
                text: filled(text),
            });
        }
        collect(panel, found);
    }
}

fn source(holder: &Value) -> Option<Source> {
    let kind = holder.pointer("/datasource/type").and_then(Value::as_str)?;
    Some(match kind.contains("logs") || kind == "loki" {
        true => Source::Logs,
        false => Source::Metrics,
    })
}

/// With all instances and routes, over half a minute.
fn filled(text: &str) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        filled.push_str(before);
        let (name, after) = match after.strip_prefix('{').and_then(|it| it.split_once('}')) {
            Some((name, after)) => (name.split(':').next().unwrap_or(name), after),
            None => {
                let end = after.find(|c: char| !c.is_alphanumeric() && c != '_');
                after.split_at(end.unwrap_or(after.len()))
            }
        };
        filled.push_str(match name {
            // The end of a regular expression.
            "" => "$",
            name if name.starts_with("__") => "30s",
            _ => ".*",
        });
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn variables_are_filled_in_and_what_is_none_is_left() {
        for (from, to) in [
            (
                "rate(a{instance=~\"$instance\"}[$__rate_interval])",
                "rate(a{instance=~\".*\"}[30s])",
            ),
            ("a{route=~\"${route:regex}\"}", "a{route=~\".*\"}"),
            ("a{b=~\"^5..$\"}", "a{b=~\"^5..$\"}"),
            ("up", "up"),
        ] {
            assert_eq!(filled(from), to);
        }
    }

    #[test]
    fn panels_in_rows_are_found_with_whom_they_ask() {
        let dashboard = json!({"panels": [
            {"title": "Up?", "datasource": {"type": "prometheus"}, "targets": [{"expr": "up"}]},
            {"title": "Row", "panels": [
                {"title": "Errors", "datasource": {"type": "victoriametrics-logs-datasource"},
                 "targets": [{"expr": "level:ERROR"}]}]},
            {"title": "Text"},
        ]});
        let seen: Vec<_> = of(&dashboard)
            .into_iter()
            .map(|it| (it.panel, it.source, it.text))
            .collect();
        assert_eq!(
            seen,
            [
                ("Up?".to_owned(), Source::Metrics, "up".to_owned()),
                ("Errors".to_owned(), Source::Logs, "level:ERROR".to_owned()),
            ]
        );
    }
}
