//! The window on real desktops, seen on the display and used with its mouse and keyboard.
//!
//! Each test's name ends in that of its desktop.

mod all;

use bobbin_tests::{Area, Decision, Desktop, Layout, Manager, Picture, Screen, World};

#[tokio::test]
async fn openbox_1366x768() {
    is_usable_on(Desktop::new(Manager::Openbox, 1366, 768)).await;
}

#[tokio::test]
async fn mutter() {
    is_usable_on(Desktop::new(Manager::Mutter, 1366, 768)).await;
}

#[tokio::test]
async fn weston() {
    is_usable_on(Desktop::new(Manager::Weston, 1600, 1000)).await;
}

/// What a person does first, from the start of the application to a sign-in, each step held against the display.
async fn is_usable_on(desktop: Desktop) {
    let world = World::on(desktop);
    let screen = Screen::of(&world);
    let _app = screen.start();
    let (layout, _) = screen.settled("the first view").await;
    screen.keep("first");
    if desktop.manager.is_tiling() {
        tiles(&screen, layout).await;
    } else {
        resizes(&screen, desktop.manager, layout).await;
        minimizes(&screen, desktop.manager).await;
    }
    opens_a_query_by_mouse_and_keyboard(&screen).await;
    takes_a_link_while_closed(&world, &screen).await;
    signs_in(&world, &screen).await;
}

/// To 900×600 and back, as the window manager lets a person do it.
async fn resizes(screen: &Screen<'_>, manager: Manager, first: Layout) {
    // Mutter maximizes a window that nearly fills the screen, and a maximized one has no corner.
    let first = if matches!(manager, Manager::Mutter | Manager::MutterX11) {
        screen.press("super+Down");
        let what = "the window to be less than the screen";
        screen
            .until(what, |picture| {
                if picture.layout()?.page.width < first.page.width {
                    Ok(())
                } else {
                    Err("it is maximized".to_owned())
                }
            })
            .await;
        screen.settled(what).await.0
    } else {
        first
    };
    let Area { width, height, .. } = first.page;
    resize(screen, manager, first, 900, 600).await;
    let small = has_size(screen, 900, 600).await;
    screen.keep("small");
    resize(screen, manager, small, width, height).await;
    has_size(screen, width, height).await;
}

/// A corner is taken hold of outside of the page, so some pixels are missed.
const TOLERANCE: usize = 24;

async fn has_size(screen: &Screen<'_>, width: usize, height: usize) -> Layout {
    let what = format!("the page in {width}×{height}");
    screen
        .until(&what, |picture| {
            let layout = picture.layout()?;
            let Area { width: wide, height: high, .. } = layout.page;
            let fits = wide.abs_diff(width) <= TOLERANCE && high.abs_diff(height) <= TOLERANCE;
            if fits { Ok(layout) } else { Err(format!("it is {wide}×{high}")) }
        })
        .await
}

async fn resize(screen: &Screen<'_>, manager: Manager, layout: Layout, width: usize, height: usize) {
    let Area { x, y, width: wide, height: high } = layout.page;
    match manager {
        Manager::Mutter => {
            screen.press("alt+F8");
            screen.press("Right");
            press_until(screen, if width > wide { "Right" } else { "Left" }, |page| {
                page.width.abs_diff(width)
            })
            .await;
            screen.press("Down");
            press_until(screen, if height > high { "Down" } else { "Up" }, |page| {
                page.height.abs_diff(height)
            })
            .await;
            screen.press("Return");
        }
        Manager::Weston => {
            let corner = (x + wide + 2, y + high + 2);
            screen.drag(corner, (corner.0 + width - wide, corner.1 + height - high));
        }
        _ => screen.manage("windowsize", &[&width.to_string(), &height.to_string()]),
    }
}

/// Mutter's Alt F8: an arrow takes hold of an edge, and each further one moves it by 10 pixels, as fast as the window
/// follows.
async fn press_until(screen: &Screen<'_>, arrow: &str, missing: impl Fn(Area) -> usize) {
    // A window that does not follow is seen by the one who waits for the size.
    for _ in 0..60 {
        let left = missing(screen.page("the page while its window is resized").await.page);
        if left <= TOLERANCE {
            return;
        }
        screen.press_times(arrow, (left / 20).max(1));
    }
}

async fn minimizes(screen: &Screen<'_>, manager: Manager) {
    match manager {
        Manager::Mutter => screen.press("super+h"),
        Manager::Weston => screen.click_minimize().await,
        _ => screen.manage("windowminimize", &[]),
    }
    screen.no_page("the window to be minimized").await;
    match manager {
        Manager::Mutter => screen.press("alt+Tab"),
        Manager::Weston => screen.press("super+Tab"),
        _ => screen.restore(),
    }
    screen.page("the window after it was minimized").await;
}

/// Beside another window, floating, and on a workspace that was left and came back.
async fn tiles(screen: &Screen<'_>, first: Layout) {
    let Area { width, height, .. } = first.page;
    let other = screen.start_beside();
    has_size(screen, width / 2, height).await;
    screen.keep("split");
    drop(other);
    has_size(screen, width, height).await;

    screen.press("alt+f");
    screen.press("alt+s");
    has_size(screen, 900, 600).await;
    screen.press("alt+f");
    has_size(screen, width, height).await;

    screen.press("alt+2");
    screen.no_page("another workspace").await;
    screen.press("alt+1");
    screen.page("the workspace with the window").await;
}

/// Clicks into the search field, finds a query, writes into it, and opens a menu.
async fn opens_a_query_by_mouse_and_keyboard(screen: &Screen<'_>) {
    let (layout, before) = screen.settled("the page before a click").await;
    screen.click(layout.header.center());
    // The list lies over the upper part of the view.
    shows_more(screen, "the list of what can be found", &before, layout.main, 2_000).await;
    screen.type_text("ListBank");
    screen.press("Return");
    let (layout, before) = has_changed(screen, "the query", &before, layout.main, 10_000).await;
    screen.keep("query");

    // The editor is the left half; its splitter's line and what is beside it do not count.
    let editor = Area { width: layout.main.width * 2 / 5, height: layout.main.height * 2 / 3, ..layout.main };
    screen.click(editor.center());
    screen.press("ctrl+End");
    screen.type_text("# typed by hand");
    shows_more(screen, "what was typed", &before, editor, 200).await;

    let (layout, before) = screen.settled("the page before a menu").await;
    screen.click((layout.sidebar.x + layout.sidebar.width - 21, layout.sidebar.y + 26));
    let menu = screen
        .until("a menu", |picture| {
            let beside =
                Area { width: layout.page.width / 2, height: layout.main.height / 2, ..layout.sidebar };
            picture.filled(beside, "--line-strong", 150, 1).ok_or_else(|| "no menu has a border".to_owned())
        })
        .await;
    screen.keep("menu");
    screen.press("Escape");
    screen
        .until("the menu to be closed", |picture| {
            let left = picture.changed(&before, menu);
            if left == 0 { Ok(()) } else { Err(format!("{left} pixels are left of it")) }
        })
        .await;
}

async fn signs_in(world: &World, screen: &Screen<'_>) {
    begin_sign_in(screen).await;
    let page = world.opened().await;
    is_waiting(screen).await;
    world.open_link(&page.decide(Decision::Allow).await);
    is_signed_in(screen).await;
    screen.keep("session");
}

/// The link of a sign-in that was cancelled at the provider, as that needs nobody to answer.
async fn takes_a_link_while_closed(world: &World, screen: &Screen<'_>) {
    begin_sign_in(screen).await;
    let page = world.opened().await;
    is_waiting(screen).await;
    let callback = page.decide(Decision::Cancel).await;
    screen.kill().await;
    screen.no_page("the application to be gone").await;

    world.open_link(&callback);
    screen
        .until("the sign-in to have ended", |picture| {
            let layout = picture.layout()?;
            match picture.count(layout.main, "--bad-soft") {
                0..60 => Err("no step of it has failed".to_owned()),
                _ => Ok(()),
            }
        })
        .await;
    screen.keep("cancelled");
}

/// A link that belongs to no sign-in makes a notice, whether Bobbin is open or closed.
async fn takes_links(world: &World, screen: &Screen<'_>) {
    let link =
        "dev.bobbin.workbench:/oauth/callback?code=stolen&state=J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGapXwA";
    screen.settled("the page before a link").await;
    for closed in [false, true] {
        if closed {
            screen.kill().await;
            screen.no_page("the application to be gone").await;
        }
        world.open_link(link);
        screen
            .until("a notice of the link", |picture| {
                match picture.count(picture.layout()?.main, "--warn-text") {
                    40.. => Ok(()),
                    count => Err(format!("{count} pixels have a warning's color")),
                }
            })
            .await;
        screen.keep(if closed { "link-closed" } else { "link-open" });
    }
}

/// Goes to the sandbox, the first thing in the sidebar, and presses the one big button of its view.
pub(crate) async fn begin_sign_in(screen: &Screen<'_>) {
    let layout = screen.page("the page before a sign-in").await;
    screen.click((layout.sidebar.x + 60, layout.sidebar.y + 56));
    // The view before it may have such a button as well.
    let (layout, picture) = screen.settled("the sandbox").await;
    let button = picture.filled(layout.main, "--accent", 60, 12).expect("a button signs in");
    screen.click(button.center());
    screen.keep("sign-in");
}

/// The step that is under way has a mark in the accent's color.
pub(crate) async fn is_waiting(screen: &Screen<'_>) {
    screen
        .until("the sign-in to wait", |picture| {
            let layout = picture.layout()?;
            picture
                .filled(layout.main, "--accent", 3, 3)
                .map(|_| ())
                .ok_or_else(|| "no step is under way".to_owned())
        })
        .await;
}

/// A session has three rings that count down, in two colors.
async fn is_signed_in(screen: &Screen<'_>) {
    screen
        .until("the session", |picture| {
            let main = picture.layout()?.main;
            match (picture.count(main, "--ok"), picture.count(main, "--info")) {
                (300.., 150..) => Ok(()),
                (green, blue) => Err(format!("no rings: {green} green pixels, {blue} blue")),
            }
        })
        .await;
}

pub(crate) async fn shows_more(screen: &Screen<'_>, what: &str, before: &Picture, area: Area, pixels: usize) {
    screen
        .until(what, |picture| {
            let changed = picture.changed(before, area);
            if changed >= pixels { Ok(()) } else { Err(format!("{changed} pixels changed, not {pixels}")) }
        })
        .await;
}

/// The page is whole and still, and so much of it is new.
async fn has_changed(
    screen: &Screen<'_>,
    what: &str,
    before: &Picture,
    area: Area,
    pixels: usize,
) -> (Layout, Picture) {
    shows_more(screen, what, before, area, pixels).await;
    screen.settled(what).await
}
