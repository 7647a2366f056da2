//! The desktops that `cargo xtask test --all` adds.

use bobbin_tests::{Desktop, Manager, Screen, World};

use super::{is_usable_on, takes_links};

#[tokio::test]
async fn openbox_1280x800() {
    is_usable_on(Desktop::new(Manager::Openbox, 1280, 800)).await;
}

#[tokio::test]
async fn openbox_1024x768() {
    is_usable_on(Desktop::new(Manager::Openbox, 1024, 768)).await;
}

#[tokio::test]
async fn xfwm4() {
    is_usable_on(Desktop::new(Manager::Xfwm4, 1366, 768)).await;
}

#[tokio::test]
async fn i3_1920x1080() {
    is_usable_on(Desktop::new(Manager::I3, 1920, 1080)).await;
}

#[tokio::test]
async fn i3_1366x768() {
    is_usable_on(Desktop::new(Manager::I3, 1366, 768)).await;
}

#[tokio::test]
async fn mutter_x11() {
    is_usable_on(Desktop::new(Manager::MutterX11, 1366, 768)).await;
}

#[tokio::test]
async fn sway() {
    is_usable_on(Desktop::new(Manager::Sway, 1366, 768)).await;
}

/// It has no pointer and no keyboard: what can be held is what the compositor draws, and what links do to it.
#[tokio::test]
async fn weston_headless() {
    let world = World::on(Desktop::new(Manager::WestonHeadless, 1600, 1000));
    let screen = Screen::of(&world);
    let _app = screen.start();
    screen.settled("the first view").await;
    screen.keep("first");
    takes_links(&world, &screen).await;
}
