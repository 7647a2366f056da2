//! Accessibility, judged by axe-core in the page itself.

use std::{fs, path::Path};

use serde_json::json;

use crate::Page;

impl Page {
    /// Every violation that axe-core finds in what is shown now, in words that begin with the view's name.
    pub async fn violations(&self, view: &str) -> Vec<String> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/axe-core/axe.min.js");
        let source = fs::read_to_string(&source)
            .unwrap_or_else(|error| panic!("{}: {error}; run `npm ci` in tests/", source.display()));
        self.run(&source, vec![]).await;
        let script = "const done = arguments[0];
            axe.run(document, { resultTypes: ['violations'], preload: false }).then(
                ({ violations, passes }) => done({
                    passes: passes.length,
                    violations: violations.map(({ id, help, nodes }) =>
                        `${id}: ${help}\\n` + nodes.map(({ html, failureSummary, any }) =>
                            `    ${html}\\n    ${failureSummary.replace(/\\n/g, ' ')}`).join('\\n')),
                }),
                (error) => done({ error: String(error) }),
            )";
        let report = self.run_async(script, vec![]).await;
        assert!(report["passes"].as_u64().is_some_and(|passes| passes > 5), "axe-core did not run: {report}");
        let found =
            report["violations"].as_array().into_iter().flatten().filter_map(|violation| violation.as_str());
        found.map(|violation| format!("{view}: {violation}")).collect()
    }

    /// Shows the page in one theme, `light` or `dark`, through the button that a person uses.
    pub async fn use_theme(&self, theme: &str) {
        for _ in 0..3 {
            if self.has("button", &format!("Theme: {theme}")).await {
                break;
            }
            self.click("button", "Theme: *").await;
        }
        let script = "return document.documentElement.dataset.theme === arguments[0]";
        let set = self.run(script, vec![json!(theme)]).await;
        assert_eq!(set, json!(true), "the theme button leads to {theme}");
    }
}
