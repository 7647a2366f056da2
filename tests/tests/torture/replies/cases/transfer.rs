//! What can be wrong with how a reply is framed and encoded (RFC 9112, RFC 9110 section 8.4).

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::Case;
use crate::torture::reply::Reply;

/// The bytes around the body are not what HTTP asks for.
pub(super) fn framings() -> Vec<Case> {
    let length = |reply: &Reply| reply.body.len();
    vec![
        Case::new("no length", |reply| reply.bytes_with(&[])),
        Case::new("a length beyond the end", move |reply| {
            framed(&reply, "Content-Length", length(&reply) + 10)
        }),
        Case::new("a length of 0", |reply| framed(&reply, "Content-Length", 0)).lost(),
        Case::new("a length that is none", |reply| framed(&reply, "Content-Length", "many")).lost(),
        Case::new("two lengths", move |reply| {
            let (one, two) = (length(&reply).to_string(), (length(&reply) + 1).to_string());
            reply.bytes_with(&[("Content-Length", &one), ("Content-Length", &two)])
        })
        .lost(),
        Case::new("chunks", |reply| chunked(&reply, "0\r\n\r\n")),
        Case::new("chunks without an end", |reply| chunked(&reply, "")),
        Case::new("chunks and then something else", |reply| chunked(&reply, "zz\r\n")),
        Case::new("bytes behind the body", |reply| {
            [reply.bytes(), b"HTTP/1.1 500 no\r\n\r\n".to_vec()].concat()
        }),
        Case::new("an interim reply before", |reply| {
            [b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec(), reply.bytes()].concat()
        })
        .carrying(),
        Case::new("HTTP/1.0", |reply| {
            let bytes = reply.bytes_with(&[]);
            [b"HTTP/1.0", &bytes[8..]].concat()
        })
        .carrying(),
        Case::new("a header that is none", |reply| {
            let text = reply.bytes();
            let line = text.windows(2).position(|two| two == b"\r\n").unwrap() + 2;
            [&text[..line], b"no header\r\n", &text[line..]].concat()
        })
        .lost(),
        Case::new("a header of 20 KB", |reply| framed(&reply, "X-Long", "x".repeat(20_000))),
        Case::new("a header that is not ASCII", |mut reply| {
            reply.set_header("X-Note", "dëß");
            reply.bytes()
        }),
        Case::new("line feeds alone", |reply| {
            String::from_utf8(reply.bytes()).unwrap().replace("\r\n", "\n").into_bytes()
        })
        .carrying(),
    ]
}

/// What is said about the body's type and encoding is not so.
pub(super) fn encodings() -> Vec<Case> {
    let mut cases = Vec::new();
    for value in
        ["text/html", "text/plain; charset=utf-16", "application/xml", "nonsense", "application/jwt", ""]
    {
        cases.push(Case::new(format!("Content-Type: {value}"), move |mut reply| {
            reply.set_header("Content-Type", value);
            reply.bytes()
        }));
    }
    for value in ["gzip", "x-gzip", "deflate", "br", "zstd", "identity", "gzip, gzip", "nonsense", ""] {
        cases.push(Case::new(format!("plain, and Content-Encoding: {value}"), move |mut reply| {
            reply.set_header("Content-Encoding", value);
            reply.bytes()
        }));
    }
    for value in [Some("gzip"), Some("x-gzip"), Some("GZIP"), None] {
        cases.push(
            Case::new(format!("compressed, and Content-Encoding: {value:?}"), move |mut reply| {
                reply.body = compressed(&reply.body);
                if let Some(value) = value {
                    reply.set_header("Content-Encoding", value);
                }
                reply.bytes()
            })
            .carrying(),
        );
    }
    for (value, compress) in [("br", brotli as fn(&[u8]) -> Vec<u8>), ("zstd", zstd)] {
        cases.push(
            Case::new(format!("compressed, and Content-Encoding: {value}"), move |mut reply| {
                reply.body = compress(&reply.body);
                reply.set_header("Content-Encoding", value);
                reply.bytes()
            })
            .carrying(),
        );
    }
    cases.push(
        Case::new("compressed twice", |mut reply| {
            reply.body = compressed(&compressed(&reply.body));
            reply.set_header("Content-Encoding", "gzip, gzip");
            reply.bytes()
        })
        .carrying(),
    );
    cases.push(Case::new("a byte of Latin-1", |mut reply| {
        let end = reply.body.len() - 1;
        reply.body.splice(end.., b",\"note\":\"d\xebr\"}".iter().copied());
        reply.bytes()
    }));
    cases.push(Case::new("a byte of Latin-1 in front", |mut reply| {
        reply.body.splice(..1, b"{\"note\":\"d\xebr\",".iter().copied());
        reply.bytes()
    }));
    for (name, bytes) in
        [("UTF-16LE", u16::to_le_bytes as fn(u16) -> [u8; 2]), ("UTF-16BE", u16::to_be_bytes)]
    {
        for bom in [true, false] {
            cases.push(
                Case::new(format!("{name}, with a BOM: {bom}"), move |mut reply| {
                    let text = String::from_utf8(reply.body).unwrap();
                    let units = bom.then_some(0xfeff).into_iter().chain(text.encode_utf16());
                    reply.body = units.flat_map(bytes).collect();
                    reply.bytes()
                })
                .carrying(),
            );
        }
    }
    cases
}

fn framed(reply: &Reply, name: &str, value: impl ToString) -> Vec<u8> {
    reply.bytes_with(&[(name, &value.to_string())])
}

/// In pieces of 100 bytes, with `end` in the place of the last, empty one.
fn chunked(reply: &Reply, end: &str) -> Vec<u8> {
    let head = Reply { body: Vec::new(), ..reply.clone() }.bytes_with(&[("Transfer-Encoding", "chunked")]);
    let pieces = reply
        .body
        .chunks(100)
        .flat_map(|piece| [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat());
    head.into_iter().chain(pieces).chain(end.bytes()).collect()
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut body, &brotli::enc::BrotliEncoderParams::default()).unwrap();
    body
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}
