//! The console's own style, script and icon: under names that hold their hash, kept by browsers for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::trouble::Trouble;

struct Asset {
    path: String,
    kind: &'static str,
    text: &'static str,
}

impl Asset {
    fn new(stem: &str, ending: &str, kind: &'static str, text: &'static str) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()));
        Self { path: format!("/assets/{stem}-{}.{ending}", &hash[..12]), kind, text }
    }
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../../templates/console/console.css");
    Asset::new("console", "css", "text/css; charset=utf-8", text)
});
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let text = concat!(
        include_str!("../../../templates/console/drafts.js"),
        include_str!("../../../templates/console/sheets.js"),
        include_str!("../../../templates/console/console.js"),
    );
    Asset::new("console", "js", "text/javascript; charset=utf-8", text)
});
static ICON: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../../templates/console/icon.svg");
    Asset::new("icon", "svg", "image/svg+xml", text)
});

#[must_use]
pub fn style() -> &'static str {
    &STYLE.path
}

#[must_use]
pub fn script() -> &'static str {
    &SCRIPT.path
}

#[must_use]
pub fn icon() -> &'static str {
    &ICON.path
}

/// `GET /assets/{name}`
pub async fn get(Path(name): Path<String>) -> Result<Response, Trouble> {
    let asset = [&*STYLE, &*SCRIPT, &*ICON]
        .into_iter()
        .find(|asset| asset.path.strip_prefix("/assets/") == Some(&name))
        .ok_or(Trouble::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, asset.text).into_response())
}
