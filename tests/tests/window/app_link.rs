//! Who opens the app link on this computer, and whether the connection says so.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use bobbin_tests::{App, World, program};

use crate::steps::{notice, sign_in};

/// What a package installs; `OWN` is what the application writes where there is no package.
const PACKAGED: &str = "dev.bobbin.workbench.desktop";
const OWN: &str = "bobbin-handler.desktop";

#[tokio::test]
async fn a_package_that_opens_the_link_stays_in_charge_and_is_used() {
    let world = World::new();
    let packaged = package(&world);
    let app = world.app().await;
    sign_in(&world, &app).await;
    assert_eq!(world.opener(), PACKAGED);
    assert!(!world.applications().join(OWN).exists(), "nothing was put before the package's entry");
    assert!(
        fs::read_to_string(packaged.log).unwrap().contains("/oauth/callback?code="),
        "the link came through it"
    );
}

#[tokio::test]
async fn an_entry_of_ours_gives_way_to_a_package_that_was_installed_later() {
    let world = World::new();
    let app = world.app().await;
    says_that_links_arrive(&app).await;
    assert_eq!(world.opener(), OWN);
    app.close().await;

    package(&world);
    let app = world.app().await;
    sign_in(&world, &app).await;
    assert_eq!(world.opener(), PACKAGED);
    // The file may stay; what counts is that it takes no links any more.
    let own = fs::read_to_string(world.applications().join(OWN)).unwrap_or_default();
    assert!(
        !own.contains("x-scheme-handler/dev.bobbin.workbench"),
        "our own entry would outlive the package: {own}"
    );
}

#[tokio::test]
async fn our_own_entry_is_one_that_every_opener_can_read() {
    let world = World::new();
    let app = world.app().await;
    says_that_links_arrive(&app).await;
    let entry = fs::read_to_string(world.applications().join(OWN)).unwrap();
    let exec = entry.lines().find_map(|line| line.strip_prefix("Exec=")).unwrap();
    assert_eq!(exec, format!("{} %u", program().display()), "xdg-open takes quotes as part of the name");
    assert_eq!(world.run("desktop-file-validate", &[world.applications().join(OWN).to_str().unwrap()]), "");

    // The opener of GNOME and its kin reads the same entry.
    world.run("gio", &["open", "dev.bobbin.workbench:/oauth/callback?code=c&state=s"]);
    notice(&app, "callback_unknown_state").await;
}

#[tokio::test]
async fn a_path_with_spaces_is_said_to_be_out_of_reach_and_paste_is_offered() {
    let world = World::new();
    let folder = world.applications().join("My programs");
    fs::create_dir_all(&folder).unwrap();
    let moved = folder.join("bobbin");
    if fs::hard_link(program(), &moved).is_err() {
        fs::copy(program(), &moved).unwrap();
    }
    let app = world.app_at(&moved).await;
    says_that_links_do_not_arrive(&app).await;
    app.shows("Move Bobbin to a folder without spaces").await;
    assert!(!app.has("button", "Repair").await, "a new entry would have quotes too");
}

#[tokio::test]
async fn another_program_that_was_chosen_is_named_and_left_in_charge() {
    let world = World::new();
    let app = world.app().await;
    says_that_links_arrive(&app).await;
    app.close().await;

    world.choose_opener("other.desktop", "/usr/bin/true %u");
    let app = world.app().await;
    says_that_links_do_not_arrive(&app).await;
    app.shows("true opens dev.bobbin.workbench links").await;
    assert_eq!(world.opener(), "other.desktop", "a start does not undo what a person chose");

    app.click("button", "Repair").await;
    sign_in(&world, &app).await;
    assert_eq!(world.opener(), OWN);
}

#[tokio::test]
async fn an_entry_whose_program_is_gone_is_said_and_fixed_by_repair() {
    let world = World::new();
    let app = world.app().await;
    // Long past the registration of the start.
    sign_in(&world, &app).await;
    let file = world.applications().join(OWN);
    let entry = fs::read_to_string(&file).unwrap();
    fs::write(&file, entry.replace(&exec(&program()), "/opt/gone/bobbin %u")).unwrap();
    app.click("button", "Sandbox").await;
    says_that_links_do_not_arrive(&app).await;
    app.screenshot("gone").await;

    app.click("button", "Repair").await;
    says_that_links_arrive(&app).await;
    assert_eq!(world.opener(), OWN);
}

struct Packaged {
    log: PathBuf,
}

/// Installs a package whose program notes the links that it is started with.
fn package(world: &World) -> Packaged {
    let folder = world.system_folder().join("bin");
    fs::create_dir_all(&folder).unwrap();
    let (script, log) = (folder.join("bobbin"), folder.join("links"));
    let text =
        format!("#!/bin/sh\necho \"$1\" >> '{}'\nexec '{}' \"$@\"\n", log.display(), program().display());
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    world.install_package(PACKAGED, &exec(&script));
    Packaged { log }
}

fn exec(program: &Path) -> String {
    format!("{} %u", program.display())
}

async fn says_that_links_arrive(app: &App) {
    app.shows("This computer opens dev.bobbin.workbench links with Bobbin").await;
}

async fn says_that_links_do_not_arrive(app: &App) {
    app.shows(
        "This computer does not open dev.bobbin.workbench links with Bobbin: paste the callback instead",
    )
    .await;
}
