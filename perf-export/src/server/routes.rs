//! Which path answers what.

use super::access::Access;
use super::error::ServerError;
use super::page::Page;
use super::rendering::Line;
use super::response::{accepts_gzip, answer, answer_with_status, text};
use super::served::Served;
use super::sla_status::Judge;
use super::{MetricsServer, response};
use crate::prometheus::{Exposition, Format};
use axum::Router;
use axum::body::Body;
use axum::extract::rejection::NestedPathRejection;
use axum::extract::{NestedPath, Request, State};
use axum::http::header::{ACCEPT, ALLOW, AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::get;
use perf_core::Profiler;
use std::sync::Arc;

const METRICS: &str = "/metrics";
const SLA: &str = "/api/v1/sla";
const SLA_HEALTH: &str = "/healthz/sla";
const HEALTH: &str = "/healthz";

/// What all answers come from.
struct Site {
    profiler: Profiler,
    exposition: Exposition,
    judge: Judge,
    access: Access,
    served: Arc<Served>,
    pages: Line,
    probes: Line,
    /// For those who ask for something else.
    paths: Vec<String>,
}

type SharedSite = State<Arc<Site>>;

/// The routes of a server.
pub(super) fn router(server: MetricsServer, served: Arc<Served>) -> Result<Router, ServerError> {
    server.access.check()?;
    let mut paths = [METRICS, SLA, SLA_HEALTH, HEALTH].map(str::to_owned).to_vec();
    let mut router = Router::new()
        .route(METRICS, get(metrics))
        .route(SLA, get(sla_status))
        .route(SLA_HEALTH, get(sla_health));
    for page in server.pages {
        page.check(&paths)?;
        paths.push(page.path.clone());
        let path = page.path.clone();
        router = router.route(
            &path,
            get(move |site: SharedSite, headers: HeaderMap| show(page, site, headers)),
        );
    }
    let exposition = match &server.sla {
        Some(sla) => server.exposition.with_sla(sla),
        None => server.exposition,
    };
    let site = Arc::new(Site {
        judge: Judge::new(&server.profiler, server.sla, server.has_timeline),
        profiler: server.profiler,
        exposition,
        access: server.access,
        served,
        pages: Line::of_pages(),
        probes: Line::of_probes(),
        paths,
    });
    let router = router
        .method_not_allowed_fallback(wrong_method)
        .fallback(not_found)
        .layer(from_fn_with_state(Arc::clone(&site), ask))
        // A probe has no token, and is told nothing.
        .route(HEALTH, get(|| async { text(StatusCode::OK, "ok\n") }).fallback(wrong_method));
    Ok(router.with_state(site))
}

/// Lets only those pass who have a credential.
async fn ask(State(site): SharedSite, request: Request, next: Next) -> Response<Body> {
    if site.access.allows(request.headers().get(AUTHORIZATION)) {
        return next.run(request).await;
    }
    site.served.unauthorized.increment();
    let mut refusal = text(StatusCode::UNAUTHORIZED, "A token or a password is asked for.\n");
    for challenge in site.access.challenges() {
        refusal.headers_mut().append(WWW_AUTHENTICATE, challenge);
    }
    refusal
}

async fn metrics(State(site): SharedSite, headers: HeaderMap) -> Response<Body> {
    let accept = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let format = Format::negotiate(&accept.collect::<Vec<_>>().join(","));
    site.served.scrapes.increment();
    answer(accepts_gzip(&headers), format.content_type(), || {
        let mut body = Vec::new();
        site.exposition.encode(&site.profiler.lifetime(), format, &mut body);
        Ok(body)
    })
}

async fn sla_status(State(site): SharedSite, headers: HeaderMap) -> Response<Body> {
    let gzip = accepts_gzip(&headers);
    let of = Arc::clone(&site);
    site.pages.render(move || answer(gzip, "application/json", || of.judge.to_json())).await
}

async fn sla_health(State(site): SharedSite) -> Response<Body> {
    let of = Arc::clone(&site);
    let render = move || {
        answer_with_status(false, "text/plain; charset=utf-8", || {
            let (violations, text) = of.judge.to_text();
            let is_ill = violations > 0;
            let status = if is_ill { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
            Ok((status, text.into_bytes()))
        })
    };
    site.probes.render(render).await
}

async fn show(page: Page, State(site): SharedSite, headers: HeaderMap) -> Response<Body> {
    let gzip = accepts_gzip(&headers);
    site.pages.render(move || answer(gzip, &page.content_type, || (page.render)())).await
}

async fn not_found(
    State(site): SharedSite,
    nest: Result<NestedPath, NestedPathRejection>,
) -> Response<Body> {
    let nest = nest.as_ref().map_or("", NestedPath::as_str);
    let paths: String = site.paths.iter().map(|path| format!("{nest}{path}\n")).collect();
    text(StatusCode::NOT_FOUND, format!("There is no such page. There are:\n{paths}"))
}

async fn wrong_method() -> Response<Body> {
    let mut refusal =
        response::text(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD are answered.\n");
    refusal.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    refusal
}
