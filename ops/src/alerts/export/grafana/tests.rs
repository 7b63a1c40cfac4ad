//! The dashboards as Grafana gets them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;

use super::super::super::file::{Known, load};
use super::super::super::rule::Rule;
use super::dashboards;

/// Of the built-in rules with what `text` changes.
fn rules(text: &str) -> Vec<Rule> {
    let text = format!("version = 1\n{text}");
    load(Some(&text), Known::default()).unwrap().rules
}

fn panels(dashboards: &[Value]) -> impl Iterator<Item = &Value> {
    dashboards
        .iter()
        .flat_map(|it| it["panels"].as_array().unwrap())
}

/// The values of the lines of a panel, the lowest first.
fn lines(dashboards: &[Value], title: &str) -> Vec<f64> {
    let panel = panels(dashboards).find(|it| it["title"] == title).unwrap();
    let steps = &panel["fieldConfig"]["defaults"]["thresholds"]["steps"];
    let steps = steps.as_array().unwrap().iter();
    steps.filter_map(|step| step["value"].as_f64()).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/observability/grafana/dashboards")
}

/// `UPDATE_DEPLOY=1` writes them anew.
#[test]
fn the_files_of_deploy_are_the_dashboards_of_the_built_in_rules() {
    let made = dashboards(&rules(""));
    let mut names = BTreeSet::new();
    for dashboard in &made {
        let uid = dashboard["uid"].as_str().unwrap();
        let name = format!("{}.json", uid.strip_prefix("agent-source-db-").unwrap());
        let path = folder().join(&name);
        if env::var_os("UPDATE_DEPLOY").is_some() {
            let text = serde_json::to_string_pretty(dashboard).unwrap();
            fs::write(&path, format!("{text}\n")).unwrap();
        }
        let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(&file, dashboard, "{name}: UPDATE_DEPLOY=1 writes it anew");
        names.insert(name);
    }
    let kept = fs::read_dir(folder()).unwrap();
    let kept = kept.map(|it| it.unwrap().file_name().into_string().unwrap());
    assert_eq!(kept.collect::<BTreeSet<_>>(), names);
}

#[test]
fn lines_are_drawn_where_the_rules_in_force_fire() {
    let built_in = dashboards(&rules(""));
    assert_eq!(lines(&built_in, "How slow are answers?"), [1.0]);
    assert_eq!(lines(&built_in, "Which share of requests fails?"), [0.05]);
    assert_eq!(lines(&built_in, "How slow are queries?"), [0.5]);
    assert_eq!(lines(&built_in, "How full are the disks?"), [0.8, 0.9]);
    assert_eq!(
        lines(&built_in, "How near is memory to its limit?"),
        [0.85, 0.92]
    );
    assert_eq!(lines(&built_in, "How much of each pool is in use?"), [0.9]);
    assert_eq!(
        lines(&built_in, "When were the rules last evaluated?"),
        [90.0]
    );

    let changed = dashboards(&rules(
        "[[rule]]\nname = \"slow-p95\"\nexpr = \"latency(0.95, 5m) > 300ms\"\nrecover = \"latency(0.95, 5m) < 200ms\"\n\
         [[rule]]\nname = \"disk\"\nenabled = false\n",
    ));
    assert_eq!(lines(&changed, "How slow are answers?"), [0.3]);
    assert_eq!(lines(&changed, "How full are the disks?"), [0.0; 0]);
}

/// A line without a name is a riddle at three in the morning.
#[test]
fn a_panel_says_which_rules_its_lines_are() {
    let made = dashboards(&rules(""));
    let disks = panels(&made).find(|it| it["title"] == "How full are the disks?");
    let said = disks.unwrap()["description"].as_str().unwrap();
    assert!(
        said.contains("`disk` (critical): `disk_used_ratio > 90%`"),
        "{said}"
    );
}

#[test]
fn each_panel_asks_a_question_of_a_source_that_can_be_chosen() {
    let made = dashboards(&rules(""));
    for dashboard in &made {
        let variables = dashboard["templating"]["list"].as_array().unwrap();
        let chosen: Vec<String> = variables
            .iter()
            .map(|it| format!("${}", it["name"].as_str().unwrap()))
            .collect();
        for panel in panels(std::slice::from_ref(dashboard)) {
            let title = panel["title"].as_str().unwrap();
            assert!(title.ends_with('?'), "{title}");
            let source = panel["datasource"]["uid"].as_str().unwrap();
            let source = source.replace(['{', '}'], "");
            assert!(chosen.contains(&source), "{title}: {source}");
            for target in panel["targets"].as_array().unwrap() {
                let expression = target["expr"].as_str().unwrap().replace(['{', '}'], " ");
                let used = ["$instance", "$route"].into_iter();
                for name in used.filter(|name| expression.contains(*name)) {
                    assert!(chosen.iter().any(|it| it == name), "{title}: {name}");
                }
            }
        }
    }
}

#[test]
fn panels_lie_beside_each_other_and_within_the_grid() {
    for dashboard in dashboards(&rules("")) {
        let mut taken = BTreeSet::new();
        for panel in dashboard["panels"].as_array().unwrap() {
            let of = |key: &str| panel["gridPos"][key].as_u64().unwrap();
            assert!(of("x") + of("w") <= 24, "{panel}");
            for x in of("x")..of("x") + of("w") {
                for y in of("y")..of("y") + of("h") {
                    assert!(taken.insert((x, y)), "{}", panel["title"]);
                }
            }
        }
    }
}
