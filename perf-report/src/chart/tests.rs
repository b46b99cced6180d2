//! What holds for every chart.

use super::*;
use std::fmt::Write;

/// All charts of the same numbers and texts, whatever these are.
fn of(numbers: &[f64], text: &str, size: Size) -> Vec<(&'static str, String)> {
    let first = numbers.first().copied().unwrap_or(0.0);
    let heading = Heading { id: text, title: text, description: text };
    let time = Time { from_s: first, to_s: numbers.last().copied().unwrap_or(0.0) };
    let each = || numbers.iter().copied();
    let points: Vec<_> =
        each().map(|number| (number, Some(number))).chain([(first, None)]).collect();
    let series = [Series { name: text, points: &points }, Series { name: text, points: &[] }];
    let limits = [Limit { label: text, at: first }, Limit { label: text, at: 1.0 }];
    let lines = |draw, spacing, unit| {
        Lines { heading, size, time, unit, spacing, draw, series: &series, limits: &limits }
            .to_svg()
    };
    let columns: Vec<_> = each()
        .map(|number| Column { from_s: first, to_s: number, total: number, failed: number })
        .collect();
    let bins: Vec<_> =
        each().map(|number| Bin { low: number, high: number, count: number as u64 }).collect();
    let quantiles: Vec<_> = each().map(|number| (number, number)).collect();
    let curves = [Curve { name: text, points: &quantiles }, Curve { name: text, points: &[] }];
    let cells: Vec<Vec<u64>> = each().map(|_| each().map(|count| count as u64).collect()).collect();
    let bar = Bar { label: text, shares: numbers };
    let rows: Vec<_> = each()
        .map(|number| Row {
            name: text,
            offset: number as u64,
            duration: number as u64,
            failed: number > 0.0,
            critical: true,
            tooltip: text,
        })
        .collect();
    let nodes: Vec<_> = each()
        .map(|number| Node {
            depth: number as usize,
            start: number,
            width: number,
            name: text,
            tooltip: text,
        })
        .collect();
    let runs: Vec<_> = numbers.iter().map(|_| text).collect();
    let estimates: Vec<_> =
        each().map(|number| Some(Estimate { low: number, value: number, high: number })).collect();
    vec![
        ("line", lines(Draw::Line, Spacing::Linear, Unit::Nanos)),
        ("step", lines(Draw::Step, Spacing::Log, Unit::Bytes)),
        ("area", lines(Draw::Area, Spacing::Log, Unit::Ratio)),
        (
            "bars",
            Bars {
                heading,
                size,
                time,
                unit: Unit::PerSecond,
                names: [text; 2],
                columns: &columns,
            }
            .to_svg(),
        ),
        (
            "distribution",
            Distribution {
                heading,
                size,
                unit: Unit::Nanos,
                bins: &bins,
                marks: &[(text, first), (text, 1.0)],
                limit: Some(limits[0]),
            }
            .to_svg(),
        ),
        (
            "percentiles",
            Percentiles {
                heading,
                size,
                unit: Unit::Nanos,
                spacing: Spacing::Log,
                curves: &curves,
                targets: &[Target { label: text, quantile: first, at: first }],
            }
            .to_svg(),
        ),
        (
            "heat map",
            HeatMap {
                heading,
                size,
                time,
                unit: Unit::Nanos,
                edges: numbers,
                columns: &cells,
                counted: text,
                lines: &series,
                limit: Some(limits[0]),
            }
            .to_svg(),
        ),
        ("shares", Shares { heading, size, parts: &[text, text], bars: &[bar, bar] }.to_svg()),
        ("waterfall", Waterfall { heading, size, total: first as u64, rows: &rows }.to_svg()),
        ("flame", Flame { heading, size, nodes: &nodes }.to_svg()),
        (
            "trend",
            Trend {
                heading,
                size,
                unit: Unit::Number,
                runs: &runs,
                histories: &[History { name: text, points: &estimates }],
                changes: &[Change { run: 0, text }, Change { run: 99, text }],
                limits: &limits,
            }
            .to_svg(),
        ),
        ("budget", Budget { heading, size, window: time, left: &points }.to_svg()),
    ]
}

/// What a page may take over as it is: well-formed, without scripts, styles and what is no number.
fn check(name: &str, svg: &str) {
    let document = roxmltree::Document::parse(svg);
    let document = document.unwrap_or_else(|error| panic!("{name}: {error} in {svg}"));
    let mut ids = Vec::new();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let element = node.tag_name().name();
        let known = ["svg", "title", "desc", "g", "path", "text", "defs", "use", "pattern"];
        assert!(known.contains(&element), "{name}: {element}");
        for attribute in node.attributes() {
            let (key, value) = (attribute.name(), attribute.value());
            assert!(key != "style" && !key.starts_with("on"), "{name}: {key}");
            assert!(!value.contains("NaN") && !value.contains("inf"), "{name}: {key}={value}");
            if key == "id" {
                assert!(!ids.contains(&value), "{name}: {value} twice");
                ids.push(value);
            }
        }
    }
    let all = document.descendants();
    for reference in all.filter_map(|node| node.attribute("href").or(node.attribute("fill"))) {
        let id = reference.trim_start_matches("url(").trim_end_matches(')');
        if let Some(id) = id.strip_prefix('#').filter(|_| !is_colour(reference)) {
            assert!(ids.contains(&id), "{name}: {id} is not there");
        }
    }
    let svg_node = document.root_element();
    assert_eq!(svg_node.attribute("role"), Some("img"));
    let labels = svg_node.attribute("aria-labelledby").expect("labels");
    assert!(labels.split(' ').all(|id| ids.contains(&id)), "{name}: {labels}");
}

fn is_colour(text: &str) -> bool {
    text.len() == 7 && text[1..].bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[test]
fn every_chart_of_a_report_may_stand_in_a_page() {
    for size in [Size::Wide, Size::Half] {
        for (name, svg) in samples::all(size) {
            check(name, &svg);
        }
    }
}

#[test]
fn no_numbers_break_a_chart() {
    let most = u64::MAX as f64;
    for numbers in [
        &[][..],
        &[0.0],
        &[1.0],
        &[0.0, 0.0, 0.0],
        &[most],
        &[1.0, most],
        &[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.0],
        &[f64::MIN, f64::MAX],
        &[f64::MIN_POSITIVE, -0.0, -1.0, 1e-300],
        &[0.2, 0.3, 0.9, 0.9999, 1.0],
        &[3.0, 2.0, 1.0, 2.0],
    ] {
        for size in [Size::Wide, Size::Half] {
            for (name, svg) in of(numbers, "text", size) {
                check(&format!("{name} of {numbers:?}"), &svg);
            }
        }
    }
    for values in [&[][..], &[0], &[u64::MAX], &[0, u64::MAX, 1]] {
        let svg = sparkline(values);
        roxmltree::Document::parse(&svg).expect("well-formed");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}

#[test]
fn no_text_breaks_a_chart_or_makes_it_long() {
    let long = "ab<&".repeat(2_500);
    for text in [
        "",
        "<script>alert(1)</script>",
        "\"><svg onload='x'>&amp;]]>",
        "\u{202e}\u{2066}\u{200f}\u{feff}",
        "a\nb\r\tc\u{0}\u{1b}[31m\u{fffe}\u{ffff}",
        "日本語のとても長い名前がここにあります",
        &long,
    ] {
        for (name, svg) in of(&[0.3, 1.0, 7.0], text, Size::Half) {
            check(&format!("{name} of {text:.20?}"), &svg);
            let plain = of(&[0.3, 1.0, 7.0], "text", Size::Half);
            let usual = plain.iter().find(|other| other.0 == name).map_or(0, |other| other.1.len());
            assert!(svg.len() < 3 * usual + 12_000, "{name}: {} bytes", svg.len());
            for drawn in roxmltree::Document::parse(&svg).expect("checked").descendants() {
                if drawn.has_tag_name("text") {
                    let chars = drawn.text().unwrap_or_default().chars().count();
                    assert!(chars < 100, "{name}: a text of {chars} characters");
                }
            }
        }
    }
}

#[test]
fn a_chart_is_the_same_each_time_and_its_ids_are_its_own() {
    assert_eq!(samples::all(Size::Wide), samples::all(Size::Wide));
    for (_, svg) in samples::all(Size::Wide) {
        let document = roxmltree::Document::parse(&svg).expect("well-formed");
        let labels = document.root_element().attribute("aria-labelledby").expect("labels");
        let own = labels.split_once("-t ").expect("two ids").0;
        let mut ids = document.descendants().filter_map(|node| node.attribute("id"));
        assert!(ids.all(|id| id.starts_with(&format!("{own}-"))), "{labels}");
    }
}

#[test]
fn charts_are_small() {
    const KIB: usize = 1_024;
    let small = |name: &str, svg: &str, most: usize| {
        assert!(svg.len() <= most, "{name}: {} of {most} bytes", svg.len());
    };
    small("lines", &samples::lines(Size::Wide), KIB * 3);
    small("distribution", &samples::distribution(Size::Half), KIB * 16 / 10);
    small("percentiles", &samples::percentiles(Size::Half), KIB * 18 / 10);
    small("heat map", &samples::heat_map(Size::Wide), KIB * 9);
    small("waterfall", &samples::waterfall(Size::Wide), KIB * 2);
    small("sparkline", &sparkline(&SPARK), 250);
}

const SPARK: [u64; 24] =
    [3, 5, 4, 6, 8, 7, 9, 12, 14, 11, 10, 13, 40, 38, 22, 15, 12, 9, 8, 8, 7, 9, 6, 0];

/// The variables of the nth block of the style sheet that has any: light, dark, dark.
fn colours(block: usize) -> Vec<(String, String)> {
    let blocks = STYLE.split('}').filter(|block| block.contains("--chart-p:"));
    let block = blocks.into_iter().nth(block).expect("a block of variables");
    let variables = block.split("--chart-").skip(1).filter_map(|rest| {
        let (name, value) = rest.split_once(':')?;
        Some((name.to_owned(), value.split(';').next()?.trim().to_owned()))
    });
    variables.collect()
}

/// Red, green and blue in 0..=1.
fn rgb(colour: &str) -> [f64; 3] {
    [1, 3, 5]
        .map(|at| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("#rrggbb")) / 255.0)
}

/// Relative luminance as WCAG 2 has it.
fn luminance(rgb: [f64; 3]) -> f64 {
    let [red, green, blue] =
        rgb.map(|c| if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    (one / other).max(other / one)
}

#[test]
fn colours_are_seen_and_texts_are_read_in_light_and_dark() {
    for block in 0..3 {
        let all = colours(block);
        let get = |name: &str| {
            rgb(&all.iter().find(|colour| colour.0 == name).expect("each block has all").1)
        };
        let page = get("p");
        for text in ["t", "m"] {
            assert!(contrast(get(text), page) >= 4.5, "{block} {text}");
        }
        for line in ["a", "b", "c", "d", "e", "f"] {
            assert!(contrast(get(line), page) >= 3.0, "{block} {line}");
            // Texts stand on areas of four tenths of their colour, at most.
            let [tint, page] = [get(line), page];
            let area = [0, 1, 2].map(|at| 0.4 * tint[at] + 0.6 * page[at]);
            assert!(contrast(get("t"), area) >= 4.5, "{block} text on {line}");
        }
        // From the page away, step by step.
        let heat: Vec<_> = (1..=7).map(|class| contrast(get(&class.to_string()), page)).collect();
        assert!(heat.is_sorted() && heat[0] > 1.1, "{block} {heat:?}");
    }
    assert_eq!(colours(1), colours(2), "dark by the system is dark by the page");
}

#[test]
fn without_the_style_sheet_a_page_has_the_light_colours() {
    let light = colours(0);
    let inks = ink::SERIES.iter().chain(&ink::HEAT);
    for ink in inks.chain(&[ink::GRID, ink::MUTED, ink::TEXT, ink::PAGE]) {
        assert!(light.contains(&(ink.name.to_string(), ink.light.to_owned())), "{ink:?}");
    }
}

#[test]
#[ignore = "writes target/charts.html, for a person to look at"]
fn gallery() {
    let mut page = format!(
        "<!doctype html><meta charset=utf-8><title>Charts</title><style>{STYLE} \
         body {{ background: var(--chart-p); color: var(--chart-t); font: 14px system-ui; max-width: 820px; margin: 16px auto }} \
         .two {{ display: grid; grid-template-columns: 1fr 1fr; gap: 16px }} h2 {{ font-size: 14px; margin: 12px 0 4px }} \
         @media (max-width: 600px) {{ .two {{ grid-template-columns: 1fr }} }}</style>\
         <p>Requests {}, failures {}</p>",
        sparkline(&SPARK),
        sparkline(&[0, 0, 0, 1, 0, 0, 9, 0])
    );
    for (name, svg) in samples::all(Size::Wide) {
        let _ = write!(page, "<h2>{name}, {} bytes</h2>{svg}", svg.len());
    }
    page.push_str("<div class=two>");
    for (name, svg) in samples::all(Size::Half) {
        let _ = write!(page, "<div><h2>{name}, {} bytes</h2>{svg}</div>", svg.len());
    }
    for (what, numbers, text) in [
        ("long", &[0.3, 1.0, 7.0][..], "A name & <more> that goes on and on for long"),
        ("empty", &[], "text"),
    ] {
        for (name, svg) in of(numbers, text, Size::Half) {
            let _ = write!(page, "<div><h2>{name}, {what}</h2>{svg}</div>");
        }
    }
    page.push_str("</div>");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    std::fs::create_dir_all(&folder).expect("a folder for it");
    std::fs::write(folder.join("charts.html"), page).expect("the page");
}
