//! What is on a display, and where Bobbin's page is on it: told by the page's own colors.

use std::ops::Range;

/// The page's stylesheet of names for colors and sizes, which both sides read.
const TOKENS: &str = include_str!("../../ui/src/style/tokens.css");

type Rgb = [u8; 3];

/// From this width on the page shows its sidebar.
const NARROW: usize = 800;

/// A part of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

#[derive(Clone)]
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<Rgb>,
}

/// Where the page is, and where its parts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    pub page: Area,
    pub header: Area,
    pub sidebar: Area,
    pub main: Area,
    pub status: Area,
}

impl Area {
    pub fn center(self) -> (usize, usize) {
        (self.x + self.width / 2, self.y + self.height / 2)
    }

    fn columns(self) -> Range<usize> {
        self.x..self.x + self.width
    }

    fn rows(self) -> Range<usize> {
        self.y..self.y + self.height
    }

    fn size(self) -> usize {
        self.width * self.height
    }
}

impl Picture {
    /// From the bytes of a binary PPM, three for each pixel.
    pub(crate) fn parse(ppm: &[u8]) -> Option<Self> {
        // Magic, width, height, depth, each with one white space behind it.
        let mut parts = ppm.splitn(5, u8::is_ascii_whitespace);
        (parts.next()? == b"P6").then_some(())?;
        let mut number = || str::from_utf8(parts.next()?).ok()?.parse::<usize>().ok();
        let (width, height, _depth) = (number()?, number()?, number()?);
        let pixels: Vec<Rgb> = parts.next()?.chunks_exact(3).map(|rgb| [rgb[0], rgb[1], rgb[2]]).collect();
        (pixels.len() == width * height).then_some(Self { width, height, pixels })
    }

    fn at(&self, x: usize, y: usize) -> Option<Rgb> {
        (x < self.width && y < self.height).then(|| self.pixels[y * self.width + x])
    }

    fn colors(&self, area: Area) -> impl Iterator<Item = Rgb> {
        area.rows().flat_map(move |y| area.columns().filter_map(move |x| self.at(x, y)))
    }

    /// How many pixels there have exactly the color of that token.
    pub fn count(&self, area: Area, token: &str) -> usize {
        let wanted = color(token);
        self.colors(area).filter(|color| *color == wanted).count()
    }

    fn share(&self, area: Area, token: &str) -> usize {
        100 * self.count(area, token) / area.size().max(1)
    }

    /// How many pixels are dark, as letters are.
    pub fn ink(&self, area: Area) -> usize {
        self.colors(area).filter(|color| color.iter().all(|part| *part < 0x80)).count()
    }

    /// How many pixels are not what they were.
    pub fn changed(&self, before: &Self, area: Area) -> usize {
        self.colors(area).zip(before.colors(area)).filter(|(now, then)| now != then).count()
    }

    /// The first rectangle of at least that size whose border rows and columns begin with the token's color.
    pub fn filled(&self, within: Area, token: &str, width: usize, height: usize) -> Option<Area> {
        let wanted = color(token);
        let is = |x, y| self.at(x, y) == Some(wanted);
        for y in within.rows() {
            for x in within.columns() {
                let starts =
                    is(x, y) && (0..width).all(|by| is(x + by, y)) && (0..height).all(|by| is(x, y + by));
                if starts {
                    return Some(Area { x, y, width, height });
                }
            }
        }
        None
    }

    /// Finds the page by the two lines that cross it whole, below its header and above its status bar; in these
    /// distances to its edges, with these colors on both sides, and with content in each part. A window that is empty,
    /// or whose page is only partly on the display, has no such lines.
    pub fn layout(&self) -> Result<Layout, String> {
        let (header, status) = (pixels("--header"), pixels("--status"));
        let (line, panel, background) = (color("--line"), color("--panel"), color("--background"));
        let crosses = |y: usize, above: Rgb, below: Rgb| {
            let run = longest(&self.pixels[y * self.width..(y + 1) * self.width], line);
            let x = run.start + 2;
            let fits = run.len() >= 500
                && y > 2
                && self.at(x, y - 2) == Some(above)
                && self.at(x, y + 2) == Some(below);
            fits.then_some((y, run))
        };
        let mut rows = (0..self.height).filter_map(|y| crosses(y, panel, background));
        let (below_header, across) = rows.next().ok_or("no header's line crosses the display")?;
        let mut lines = (below_header..self.height).filter_map(|y| crosses(y, background, panel));
        let (above_status, _) =
            lines.rfind(|(_, run)| *run == across).ok_or("no status bar's line goes with the header's")?;
        let top = (below_header + 1).checked_sub(header).ok_or("the header is cut off")?;
        let bottom = above_status + status;
        let (x, width) = (across.start, across.len());
        let edge = |y: usize| self.at(x + 2, y) == Some(panel);
        if !edge(top) || !edge(bottom - 1) {
            return Err(format!("header and status bar are not whole, from {top} to {bottom}"));
        }
        let rows = below_header + 1..above_status;
        let sidebar = (x..x + width / 2).find(|x| rows.clone().all(|y| self.at(*x, y) == Some(line)));
        // A narrow window has its sidebar behind a button.
        let (sidebar, begin) = match sidebar {
            Some(sidebar) => (sidebar, sidebar + 1),
            None if width < NARROW => (x, x),
            None => return Err("no line ends the sidebar".to_owned()),
        };
        let middle = |x: usize, width: usize| Area { x, y: rows.start, width, height: rows.len() };
        let layout = Layout {
            page: Area { x, y: top, width, height: bottom - top },
            header: Area { x, y: top, width, height: header - 1 },
            sidebar: middle(x, sidebar - x),
            main: middle(begin, x + width - begin),
            status: Area { x, y: above_status + 1, width, height: status - 1 },
        };
        self.holds(&layout).map(|()| layout)
    }

    fn holds(&self, layout: &Layout) -> Result<(), String> {
        let brand = Area { width: 40, ..layout.header };
        let told = [
            ("the mark in the header", self.count(brand, "--accent"), 10),
            ("percent of the header's color", self.share(layout.header, "--panel"), 40),
            ("percent of the sidebar's background", self.share(layout.sidebar, "--background"), 60),
            ("letters in the sidebar", self.ink(layout.sidebar), 400),
            (
                "percent of main's own colors",
                self.share(layout.main, "--background") + self.share(layout.main, "--panel"),
                50,
            ),
            ("letters in main", self.ink(layout.main), 400),
            ("percent of the status bar's color", self.share(layout.status, "--panel"), 60),
            ("letters in the status bar", self.ink(layout.status), 40),
        ];
        // Without a sidebar there is no mark in the header either.
        let whole = layout.sidebar.width > 0;
        let told = told
            .into_iter()
            .filter(|(what, ..)| whole || !(what.contains("sidebar") || what.contains("mark")));
        let missing = { told }.find(|(_, found, wanted)| found < wanted);
        missing.map_or(Ok(()), |(what, found, wanted)| {
            Err(format!("{what}: {found} instead of {wanted} or more"))
        })
    }
}

/// Where the color is longest without a gap that is wider than a pointer.
fn longest(row: &[Rgb], wanted: Rgb) -> Range<usize> {
    const POINTER: usize = 40;
    let (mut best, mut run) = (0..0, 0..0);
    for x in (0..row.len()).filter(|x| row[*x] == wanted) {
        run = if run.is_empty() || x - run.end > POINTER { x..x + 1 } else { run.start..x + 1 };
        if run.len() > best.len() {
            best = run.clone();
        }
    }
    best
}

/// The token's value in the light theme.
fn token(name: &str) -> &'static str {
    let declared = TOKENS.split(&format!("{name}:")).nth(1).and_then(|rest| rest.split(';').next());
    declared.unwrap_or_else(|| panic!("there is no token {name}")).trim()
}

fn color(name: &str) -> Rgb {
    let value = u32::from_str_radix(token(name).trim_start_matches('#'), 16);
    let [_, rgb @ ..] = value.unwrap_or_else(|error| panic!("{name} is no color: {error}")).to_be_bytes();
    rgb
}

fn pixels(name: &str) -> usize {
    let value = token(name).trim_end_matches("px").parse();
    value.unwrap_or_else(|error| panic!("{name} is no length: {error}"))
}
