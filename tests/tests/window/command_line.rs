use std::process::Output;

use bobbin_tests::World;

/// Runs the application until it ends by itself, which it does where it opens no window.
fn ended(world: &World, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = world.bobbin(arguments).output().expect("it can be run");
    let text = |bytes| String::from_utf8(bytes).expect("what it says is text");
    (status.code(), text(stdout), text(stderr))
}

/// A computer without a screen.
fn without_display() -> World {
    let mut world = World::new();
    world.unset("DISPLAY");
    world
}

#[test]
fn the_version_is_printed_without_a_display() {
    let world = without_display();
    for option in ["--version", "-V"] {
        let (code, output, errors) = ended(&world, &[option]);
        assert_eq!((code, errors.as_str()), (Some(0), ""));
        let inside = output.strip_prefix("bobbin ").expect(&output).trim_end();
        let (version, build) = inside.split_once(" (").expect(inside);
        let (commit, date) = build.strip_suffix(')').expect(build).split_once(", ").expect(build);
        assert_eq!(version, env!("CARGO_PKG_VERSION"));
        assert!(commit == "unknown" || commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{commit}");
        assert_eq!(date.len(), "2026-11-28".len(), "{date}");
    }
}

#[test]
fn the_help_names_every_option_without_a_display() {
    let world = without_display();
    for option in ["--help", "-h"] {
        let (code, output, errors) = ended(&world, &[option]);
        assert_eq!((code, errors.as_str()), (Some(0), ""));
        for word in ["LINK", "--data-dir DIR", "--workspace DIR", "--help", "--version"] {
            assert!(output.contains(word), "{word} is missing in:\n{output}");
        }
    }
}

#[test]
fn a_wrong_command_line_ends_with_2_and_leaves_nothing_behind() {
    let world = without_display();
    for arguments in [
        &["--verbose"][..],
        &["https://example.com"],
        &["--data-dir"],
        &["--data-dir", "/tmp", "dev.bobbin.workbench:/oauth/callback?state=s"],
    ] {
        let (code, output, errors) = ended(&world, arguments);
        assert_eq!((code, output.as_str()), (Some(2), ""), "{arguments:?}: {errors}");
        assert!(errors.contains("--help"), "{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
    }
    assert!(!world.data_folder().exists());
}

#[test]
fn without_a_display_one_line_says_what_to_set() {
    let mut world = without_display();
    let expect = |world: &World, named: &str| {
        let (code, output, errors) = ended(world, &[]);
        assert_eq!((code, output.as_str()), (Some(1), ""), "{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
        for name in ["DISPLAY", "WAYLAND_DISPLAY", named] {
            assert!(errors.contains(name), "{name} is missing in: {errors}");
        }
        assert!(!world.data_folder().exists(), "nothing was begun");
    };
    expect(&world, "no display");
    // Nobody answers there.
    world.set("DISPLAY", ":64000");
    expect(&world, ":64000");
    world.unset("GDK_BACKEND");
    world.unset("DISPLAY");
    world.set("WAYLAND_DISPLAY", "nobody");
    expect(&world, "nobody");
}

#[test]
fn a_workspace_that_is_not_there_is_told_and_not_made() {
    let world = World::new();
    let missing = world.path("missing");
    let (code, _, errors) = ended(&world, &["--workspace", missing.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("missing"), "{errors}");
    assert!(!missing.exists());
}
