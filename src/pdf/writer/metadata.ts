import type { PdfDocument } from "../../domain/pdf-port.ts";

const PRODUCER = "sohoa";

export interface Metadata {
  /** Body of the /Info object; says the same as the XMP (ISO 19005-2, 6.6.2.3). */
  readonly info: string;
  readonly xmp: Buffer;
}

/** Title, keywords and time in both forms PDF/A asks for. Times in UTC. */
export function metadataOf(document: Pick<PdfDocument, "title" | "keywords" | "created">): Metadata {
  const title = clean(document.title);
  const keywords = document.keywords.map(clean).join(", ");
  const iso = `${document.created.toISOString().slice(0, 19)}+00:00`;
  const pdfDate = `(D:${iso.slice(0, 19).replaceAll(/[-:T]/gu, "")}+00'00')`;
  const words = keywords === "" ? "" : `/Keywords ${hexText(keywords)}`;
  const info = `<</Title ${hexText(title)}${words}/Creator (${PRODUCER})/Producer (${PRODUCER})/CreationDate ${pdfDate}/ModDate ${pdfDate}>>`;
  return { info, xmp: Buffer.from(xmpPacket(escape(title), escape(keywords), iso), "utf8") };
}

/** NFC, without the control characters XML cannot hold. */
function clean(text: string): string {
  return text
    .normalize("NFC")
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]+/gu, " ")
    .trim();
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function hexText(text: string): string {
  return `<FEFF${utf16(text)}>`;
}

/** UTF-16BE in hexadecimal, surrogate pairs included. */
export function utf16(text: string): string {
  return Buffer.from(text, "utf16le").swap16().toString("hex").toUpperCase();
}

function xmpPacket(title: string, keywords: string, iso: string): string {
  const words = keywords === "" ? "" : `\n<pdf:Keywords>${keywords}</pdf:Keywords>`;
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${title}</rdf:li></rdf:Alt></dc:title>${words}
<pdf:Producer>${PRODUCER}</pdf:Producer><xmp:CreatorTool>${PRODUCER}</xmp:CreatorTool>
<xmp:CreateDate>${iso}</xmp:CreateDate><xmp:ModifyDate>${iso}</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
${" ".repeat(200)}
<?xpacket end="w"?>`;
}
