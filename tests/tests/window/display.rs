//! What the tests on real desktops stand on: a display without a living page is seen as such.

use bobbin_tests::{Desktop, Manager, Screen, World};

#[tokio::test]
async fn a_page_that_hangs_is_seen_on_the_display() {
    let world = World::on(Desktop::new(Manager::Openbox, 1366, 768));
    let screen = Screen::of(&world);
    let _app = screen.start();
    let (layout, _) = screen.settled("the first view").await;

    screen.stop_page();
    // What it had drawn before is on the display by now.
    let (_, before) = screen.settled("the page that hangs").await;
    screen.click(layout.header.center());
    screen.type_text("PKCE");
    let after = screen.picture().unwrap();
    assert_eq!(after.changed(&before, layout.main), 0, "nobody answers to mouse and keys");
    screen.manage("windowsize", &["820", "560"]);
    screen.no_page("its last picture does not follow the window").await;
}
