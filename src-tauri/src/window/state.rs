//! What is remembered of the window: where it stood, how large, how far zoomed, in which theme.

use std::{fs, io, path::Path};

use bobbin_api::{ThemeChoice, ZoomStep};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

/// Percent.
pub(crate) const ZOOM: std::ops::RangeInclusive<u16> = 80..=200;
const ZOOM_STEP: u16 = 10;

/// The size of a first start, in logical pixels.
const FIRST_SIZE: Size = Size { width: 1280.0, height: 800.0 };
/// Half of a small laptop's screen, which a tiling compositor gives whether the window wants more or not; in logical
/// pixels.
pub(crate) const MIN_SIZE: Size = Size { width: 640.0, height: 440.0 };
/// What a window manager may add around the page: a border to the width, a title bar to the height.
const FRAME: Size = Size { width: 8.0, height: 40.0 };
/// How much of the title bar must be on a screen for a person to take hold of it.
const GRIP: Size = Size { width: 100.0, height: 30.0 };

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Size {
    pub(crate) width: f64,
    pub(crate) height: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Position {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// The part of a screen that windows may use, in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) at: Position,
    pub(crate) size: Size,
}

/// The content of `window.json` in the data folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct WindowState {
    /// The page's size while the window is not maximized.
    pub(crate) size: Size,
    /// `None` where the system does not say, as on Wayland.
    pub(crate) position: Option<Position>,
    pub(crate) maximized: bool,
    /// Percent.
    pub(crate) zoom: u16,
    pub(crate) theme: ThemeChoice,
}

/// Why the file could not be read.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) reason: String,
    /// Whether it is kept beside the next one; otherwise that one replaces it.
    pub(crate) set_aside: bool,
}

impl Default for WindowState {
    fn default() -> Self {
        Self { size: FIRST_SIZE, position: None, maximized: false, zoom: 100, theme: ThemeChoice::System }
    }
}

impl WindowState {
    /// Reads the file; a missing one is a first start.
    ///
    /// An unreadable one is set aside as `window.json.unreadable`, so that the next save does not overwrite it.
    pub(crate) fn read(file: &Path) -> Result<Self, Unreadable> {
        let reason = match fs::read(file) {
            Ok(content) => match serde_json::from_slice::<Self>(&content) {
                Ok(state) => return Ok(state.within_bounds()),
                Err(error) => error.to_string(),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => error.to_string(),
        };
        let mut aside = file.as_os_str().to_owned();
        aside.push(".unreadable");
        Err(Unreadable { reason, set_aside: fs::rename(file, aside).is_ok() })
    }

    /// Replaces the file as a whole, so that a crash leaves the old or the new one.
    pub(crate) fn write(&self, file: &Path) -> io::Result<()> {
        let folder = file.parent().unwrap_or(Path::new("."));
        let temporary = NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&temporary, self)?;
        temporary.as_file().sync_all()?;
        temporary.persist(file)?;
        Ok(())
    }

    /// The zoom after a step.
    pub(crate) fn zoomed(&self, step: ZoomStep) -> u16 {
        let zoom = match step {
            ZoomStep::In => self.zoom.saturating_add(ZOOM_STEP),
            ZoomStep::Out => self.zoom.saturating_sub(ZOOM_STEP),
            ZoomStep::Reset => 100,
        };
        zoom.clamp(*ZOOM.start(), *ZOOM.end())
    }

    /// Where the window opens: as it was, but never larger than the screen and never where nobody can reach it.
    pub(crate) fn placed_on(&self, screens: &[Area]) -> (Size, Option<Position>) {
        let held =
            self.position.and_then(|at| screens.iter().find(|screen| screen.holds_title_bar(at, self.size)));
        let Some(screen) = held.or(screens.first()) else { return (self.size, None) };
        let fit = |wanted: f64, min: f64, room: f64| wanted.min(room).max(min);
        let size = Size {
            width: fit(self.size.width, MIN_SIZE.width, screen.size.width - FRAME.width),
            height: fit(self.size.height, MIN_SIZE.height, screen.size.height - FRAME.height),
        };
        (size, held.and(self.position))
    }

    /// A file that was edited by hand can hold any number.
    fn within_bounds(mut self) -> Self {
        let sane = |length: f64| length.is_finite() && (1.0..=100_000.0).contains(&length);
        if !sane(self.size.width) || !sane(self.size.height) {
            self.size = FIRST_SIZE;
        }
        self.position = self.position.filter(|at| at.x.is_finite() && at.y.is_finite());
        self.zoom = self.zoom.clamp(*ZOOM.start(), *ZOOM.end());
        self
    }
}

impl Area {
    fn holds_title_bar(&self, at: Position, size: Size) -> bool {
        let overlap = |from: f64, length: f64, start: f64, room: f64| {
            (from + length).min(start + room) - from.max(start)
        };
        overlap(at.x, size.width, self.at.x, self.size.width) >= GRIP.width
            && overlap(at.y, GRIP.height, self.at.y, self.size.height) >= GRIP.height / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAPTOP: Area =
        Area { at: Position { x: 0.0, y: 0.0 }, size: Size { width: 1366.0, height: 768.0 } };
    const PROJECTOR: Area =
        Area { at: Position { x: 1366.0, y: 0.0 }, size: Size { width: 1920.0, height: 1080.0 } };

    fn at(x: f64, y: f64, width: f64, height: f64) -> WindowState {
        WindowState {
            size: Size { width, height },
            position: Some(Position { x, y }),
            ..WindowState::default()
        }
    }

    #[test]
    fn a_window_opens_where_it_was_closed() {
        let state = at(1500.0, 60.0, 1400.0, 900.0);
        let placed = state.placed_on(&[LAPTOP, PROJECTOR]);
        assert_eq!(placed, (state.size, state.position));
    }

    #[test]
    fn a_window_of_a_screen_that_is_gone_opens_on_one_that_is_there() {
        let (size, position) = at(1500.0, 60.0, 1400.0, 900.0).placed_on(&[LAPTOP]);
        assert_eq!(position, None, "the window manager chooses the place");
        assert_eq!(size, Size { width: 1358.0, height: 728.0 }, "it fits the screen that is left");
    }

    #[test]
    fn a_title_bar_above_the_screen_cannot_be_reached() {
        assert_eq!(at(0.0, -200.0, 1280.0, 700.0).placed_on(&[LAPTOP]).1, None);
        assert_eq!(at(-1250.0, 10.0, 1280.0, 700.0).placed_on(&[LAPTOP]).1, None);
    }

    #[test]
    fn the_first_window_fits_a_small_screen() {
        let small = Area { size: Size { width: 1024.0, height: 600.0 }, ..LAPTOP };
        let (size, _) = WindowState::default().placed_on(&[small]);
        assert_eq!(size, Size { width: 1016.0, height: 560.0 });
    }

    #[test]
    fn zoom_goes_in_steps_of_ten_from_80_to_200() {
        let mut state = WindowState::default();
        let mut seen = Vec::new();
        for _ in 0..20 {
            state.zoom = state.zoomed(ZoomStep::In);
            seen.push(state.zoom);
        }
        assert_eq!(seen[..3], [110, 120, 130]);
        assert_eq!(seen[19], 200);
        for _ in 0..20 {
            state.zoom = state.zoomed(ZoomStep::Out);
        }
        assert_eq!(state.zoom, 80);
        assert_eq!(state.zoomed(ZoomStep::Reset), 100);
    }

    #[test]
    fn what_was_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("window.json");
        assert_eq!(WindowState::read(&file).unwrap(), WindowState::default());
        let state = WindowState { zoom: 130, theme: ThemeChoice::Dark, ..at(7.0, 9.0, 1000.0, 700.0) };
        state.write(&file).unwrap();
        assert_eq!(WindowState::read(&file).unwrap(), state);
    }

    #[test]
    fn a_corrupt_file_is_set_aside_and_said() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("window.json");
        for content in [&b"{ \"zoom\": "[..], b"\xff\xfe{\0}\0"] {
            fs::write(&file, content).unwrap();
            assert!(WindowState::read(&file).unwrap_err().set_aside);
            assert_eq!(fs::read(folder.path().join("window.json.unreadable")).unwrap(), content);
            assert_eq!(WindowState::read(&file).unwrap(), WindowState::default());
        }
    }

    #[test]
    fn a_corrupt_file_that_cannot_be_set_aside_is_not_said_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("window.json");
        fs::write(&file, "{").unwrap();
        fs::create_dir(folder.path().join("window.json.unreadable")).unwrap();
        assert!(!WindowState::read(&file).unwrap_err().set_aside);
    }

    #[test]
    fn numbers_that_no_window_can_have_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("window.json");
        fs::write(&file, r#"{ "size": { "width": -5, "height": 1e300 }, "zoom": 9000 }"#).unwrap();
        let state = WindowState::read(&file).unwrap();
        assert_eq!((state.size, state.zoom), (FIRST_SIZE, 200));
    }
}
