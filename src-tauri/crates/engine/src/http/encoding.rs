//! Undoing a reply's `Content-Encoding`, where it has one and it is true (RFC 9110 section 8.4).

use std::io::Read;

use bobbin_protocol::http::HttpReply;
use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use ruzstd::decoding::StreamingDecoder;

/// A body may unpack to so many times its size: JSON that repeats itself reaches a tenth of that, a bomb a thousand.
const MAX_RATIO: u64 = 200;
/// A small body may unpack to this, whatever its size.
const ALWAYS_ALLOWED: u64 = 4 * 1024 * 1024;

/// What a Zstandard decoder has to support, and no more of memory (RFC 8878 section 3.1.1.1.2).
const MAX_ZSTD_WINDOW: u64 = 8 * 1024 * 1024;

/// Replaces the body by what it encodes, up to `limit` bytes and as far as it can be read.
///
/// A front end may encode what was asked for as `identity`, in any coding.
/// The body stays as it came where it is not encoded as its header says, or in a way that is not known here.
/// One that unpacks to more than it may is cut there, and the error says how many bytes that are.
pub(super) fn undo(reply: &mut HttpReply, limit: u64) -> Result<(), u64> {
    let limit = limit.min(ALWAYS_ALLOWED.max(reply.body.len() as u64 * MAX_RATIO));
    let codings = reply.header("content-encoding").unwrap_or_default().to_ascii_lowercase();
    // The last coding was applied last. Something in between may have dropped a header and left the body compressed.
    for coding in codings.rsplit(',').map(str::trim).chain(["gzip"]) {
        // A JSON object is not compressed, whatever its header says.
        if is_object(&reply.body) {
            return Ok(());
        }
        let body = reply.body.as_slice();
        let decoded = match coding {
            "gzip" | "x-gzip" => read(MultiGzDecoder::new(body), limit),
            // zlib by RFC 9110, and without its frame by many servers.
            "deflate" => {
                read(ZlibDecoder::new(body), limit).or_else(|| read(DeflateDecoder::new(body), limit))
            }
            "br" => brotli(body, limit),
            "zstd" => StreamingDecoder::new_with_max_window_size(body, MAX_ZSTD_WINDOW)
                .ok()
                .and_then(|decoder| read(decoder, limit)),
            _ => None,
        };
        if let Some(decoded) = decoded {
            reply.body = decoded;
        }
        if reply.body.len() as u64 > limit {
            reply.body.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            return Err(limit);
        }
    }
    Ok(())
}

/// Brotli has no mark at its beginning, so text that is not encoded gives a few bytes of anything before the error.
fn brotli(body: &[u8], limit: u64) -> Option<Vec<u8>> {
    // Windows of up to 1 GiB, which RFC 7932 does not have, begin like this.
    if body.first()? & 0x7f == 0x11 {
        return None;
    }
    let mut decoded = Vec::new();
    let ended = Decompressor::new(body, 4096).take(limit + 1).read_to_end(&mut decoded);
    (ended.is_ok() && !decoded.is_empty() || is_object(&decoded)).then_some(decoded)
}

fn is_object(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"{")
}

/// What can be read before the first error, and one byte more than the limit of a body that is too long;
/// `None` where that is nothing.
fn read(decoder: impl Read, limit: u64) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    // A cut body gives its beginning, which may hold what cannot be had again.
    let _ = decoder.take(limit + 1).read_to_end(&mut body);
    (!body.is_empty()).then_some(body)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };

    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    const TEXT: &[u8] = br#"{"refresh_token":"next","access_token":"a"}"#;

    fn undone(encoding: &str, body: Vec<u8>) -> Vec<u8> {
        let headers = vec![("Content-Encoding".to_owned(), encoding.to_owned())];
        let mut reply = HttpReply { status: 200, headers, body };
        let _ = undo(&mut reply, 1000);
        reply.body
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn brotli(text: &[u8]) -> Vec<u8> {
        let mut body = Vec::new();
        let fast = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
        brotli::BrotliCompress(&mut &*text, &mut body, &fast).unwrap();
        body
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        compress_to_vec(text, CompressionLevel::Fastest)
    }

    #[test]
    fn what_is_encoded_as_it_says_is_decoded() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(TEXT).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(TEXT).unwrap();
        assert_eq!(undone("gzip", gzip(TEXT)), TEXT);
        assert_eq!(undone("GZIP", gzip(TEXT)), TEXT);
        assert_eq!(undone("gzip, x-gzip", gzip(&gzip(TEXT))), TEXT);
        assert_eq!(undone("", gzip(TEXT)), TEXT, "a header that was dropped");
        assert_eq!(undone("deflate", zlib.finish().unwrap()), TEXT);
        assert_eq!(undone("deflate", raw.finish().unwrap()), TEXT);
        assert_eq!(undone("br", brotli(TEXT)), TEXT);
        assert_eq!(undone("zstd", zstd(TEXT)), TEXT);
        assert_eq!(undone("zstd, br", brotli(&zstd(TEXT))), TEXT);
    }

    #[test]
    fn a_body_that_is_not_what_its_header_says_stays_as_it_came() {
        for encoding in ["gzip", "deflate", "br", "zstd", "identity", "nonsense", ""] {
            assert_eq!(undone(encoding, TEXT.to_vec()), TEXT, "{encoding}");
        }
        for text in ["<html><body>Sign in</body></html>", "\u{feff}{\"a\":1}", "busy"] {
            for encoding in ["br", "zstd", "gzip"] {
                assert_eq!(undone(encoding, text.into()), text.as_bytes(), "{encoding}");
            }
        }
    }

    #[test]
    fn a_cut_body_gives_its_beginning_and_a_bomb_no_more_than_the_limit() {
        let long = format!("{}{}", r#"{"refresh_token":"next","x":""#, "0123456789".repeat(5000));
        let whole = gzip(long.as_bytes());
        let begun = undone("gzip", whole[..whole.len() - 9].to_vec());
        assert!(begun.starts_with(br#"{"refresh_token":"next""#) && begun.len() <= 1000);
        for (encoding, whole) in [("br", brotli(long.as_bytes())), ("zstd", zstd(long.as_bytes()))] {
            let begun = undone(encoding, whole);
            assert!(begun.starts_with(br#"{"refresh_token":"next""#) && begun.len() <= 1000, "{encoding}");
        }
    }

    #[test]
    fn a_bomb_unpacks_to_what_its_size_allows_and_says_so() {
        let bomb = gzip(&b"[0,".repeat(10_000_000));
        let allowed = bomb.len() as u64 * MAX_RATIO;
        let small = b"[0,".repeat(2_000_000);
        for (encoding, bomb, allowed) in [
            ("gzip", bomb, allowed),
            ("br", brotli(&small), ALWAYS_ALLOWED),
            ("zstd", zstd(&small), ALWAYS_ALLOWED),
        ] {
            let headers = vec![("Content-Encoding".to_owned(), encoding.to_owned())];
            let mut reply = HttpReply { status: 200, headers, body: bomb };
            assert_eq!(undo(&mut reply, u64::MAX), Err(allowed), "{encoding}");
            assert_eq!(reply.body.len() as u64, allowed);
            assert!(reply.body.starts_with(b"[0,[0,"), "what it began with is there");
        }
    }
}
