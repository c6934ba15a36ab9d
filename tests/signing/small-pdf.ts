import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

export interface SmallPdf {
  readonly width?: number;
  readonly height?: number;
  readonly rotate?: number;
  /** More objects from number 20 on, and what the page says of them. */
  readonly extra?: readonly string[];
  readonly pageEntries?: string;
  readonly catalogEntries?: string;
}

/** A PDF/A-2u of two empty pages as our writer lays it out: classic xref, page tree of two levels. */
export function smallPdf({
  width = 595.28,
  height = 841.89,
  rotate,
  extra = [],
  pageEntries = "",
  catalogEntries = "",
}: SmallPdf = {}) {
  const date = "2026-11-21T10:00:00+07:00";
  const pages = `/MediaBox [0 0 ${width} ${height}]${rotate === undefined ? "" : ` /Rotate ${rotate}`}`;
  const page = "/Type /Page /Parent 3 0 R /Resources << >> /Contents 8 0 R";
  const icc = deflateSync(greyProfile());
  const intent =
    "<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (Grey) /Info (Grey) /DestOutputProfile 9 0 R >>";
  const info = "/Title (Thu) /Creator (sohoa) /Producer (sohoa) /CreationDate (D:20261121100000+07'00')";
  const content = `q 0.9 g 20 20 ${width - 40} ${height - 80} re f Q`;
  return layOut([
    `<< /Type /Catalog /Pages 2 0 R /Metadata 7 0 R /OutputIntents [${intent}] /Lang (vi-VN) ${catalogEntries} >>`,
    `<< /Type /Pages /Count 2 /Kids [3 0 R] ${pages} >>`,
    "<< /Type /Pages /Parent 2 0 R /Count 2 /Kids [4 0 R 5 0 R] >>",
    `<< ${page} ${pageEntries} >>`,
    `<< ${page} >>`,
    `<< ${info} /ModDate (D:20261121100000+07'00') >>`,
    stream("/Type /Metadata /Subtype /XML ", Buffer.from(xmp(date))),
    stream("", Buffer.from(content)),
    stream("/N 1 /Filter /FlateDecode ", icc),
    ...extra,
  ]);
}

function layOut(bodies: readonly (string | Buffer)[]): Buffer {
  const parts = [Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1")];
  const offsets: number[] = [];
  let at = parts[0]?.length ?? 0;
  bodies.forEach((body, index) => {
    const bytes = Buffer.concat([
      Buffer.from(`${index + 1} 0 obj\n`),
      typeof body === "string" ? Buffer.from(body, "latin1") : body,
      Buffer.from("\nendobj\n"),
    ]);
    offsets.push(at);
    parts.push(bytes);
    at += bytes.length;
  });
  const id = createHash("md5").update("small").digest("hex");
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = bodies.length + 1;
  parts.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} /Root 1 0 R /Info 6 0 R ` +
        `/ID [<${id}> <${id}>] >>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

function stream(entries: string, bytes: Buffer): Buffer {
  const head = `<< ${entries}/Length ${bytes.length} >>\nstream\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from("\nendstream")]);
}

function xmp(date: string): string {
  const spaces = [
    ["pdfaid", "http://www.aiim.org/pdfa/ns/id/"],
    ["dc", "http://purl.org/dc/elements/1.1/"],
    ["xmp", "http://ns.adobe.com/xap/1.0/"],
    ["pdf", "http://ns.adobe.com/pdf/1.3/"],
  ];
  const named = spaces.map(([prefix, uri]) => `xmlns:${prefix}="${uri}"`).join(" ");
  return (
    `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">` +
    `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ${named}>` +
    "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>" +
    `<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Thu</rdf:li></rdf:Alt></dc:title>` +
    `<xmp:CreateDate>${date}</xmp:CreateDate><xmp:ModifyDate>${date}</xmp:ModifyDate>` +
    "<xmp:CreatorTool>sohoa</xmp:CreatorTool><pdf:Producer>sohoa</pdf:Producer>" +
    `</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`
  );
}

/** The smallest ICC v2 monitor profile: grey, gamma 1. */
function greyProfile(): Buffer {
  const xyz = Buffer.alloc(20);
  xyz.write("XYZ ");
  [0.9642, 1, 0.8249].forEach((value, i) => xyz.writeInt32BE(Math.round(value * 65536), 8 + 4 * i));
  const desc = Buffer.alloc(12 + 5 + 78 + 1);
  desc.write("desc");
  desc.writeUInt32BE(5, 8);
  desc.write("grey", 12);
  const text = Buffer.from("text\0\0\0\0free\0\0\0\0", "latin1");
  const curve = Buffer.from("curv\0\0\0\0\0\0\0\0", "latin1");
  const tags: [string, Buffer][] = [
    ["desc", desc],
    ["cprt", text],
    ["wtpt", xyz],
    ["kTRC", curve],
  ];
  const head = Buffer.alloc(128 + 4 + 12 * tags.length);
  let at = head.length;
  tags.forEach(([name, bytes], i) => {
    head.write(name, 132 + 12 * i);
    head.writeUInt32BE(at, 136 + 12 * i);
    head.writeUInt32BE(bytes.length, 140 + 12 * i);
    at += bytes.length;
  });
  head.writeUInt32BE(at, 0);
  head.writeUInt32BE(0x0210_0000, 8);
  head.write("mntrGRAYXYZ ", 12);
  head.write("acsp", 36);
  xyz.copy(head, 68, 8);
  head.writeUInt32BE(tags.length, 128);
  return Buffer.concat([head, ...tags.map(([, bytes]) => bytes)]);
}
