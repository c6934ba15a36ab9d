import { signerName } from "../asn1/certificate.ts";
import type { CertificateFacts } from "../asn1/certificate.ts";
import { textString } from "../pdf-dictionary.ts";

/** A signature dictionary whose /ByteRange and /Contents are still to be filled in. */
export interface Placeholder {
  readonly body: Buffer;
  /** Where the numbers of /ByteRange begin. */
  readonly rangeAt: number;
  /** Where `<…>` of /Contents starts and ends. */
  readonly contentsStart: number;
  readonly contentsEnd: number;
}

/** Offsets have up to ten digits; the first is always 0. */
const RANGE_WIDTH = "0".length + 3 * " 1234567890".length;

/** `room`: bytes for the CMS. */
export function signaturePlaceholder(signer: CertificateFacts, at: Date, room: number): Placeholder {
  return placeholder(
    `/Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (${pdfTime(at)}) ` +
      `/Name ${textString(signerName(signer))}`,
    room,
  );
}

/** ETSI EN 319 142-1 §5.4.3: neither name nor time, the token says both. */
export function stampPlaceholder(room: number): Placeholder {
  return placeholder("/Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161", room);
}

function placeholder(entries: string, room: number): Placeholder {
  const head = `<< ${entries} /ByteRange [`;
  const middle = `${" ".repeat(RANGE_WIDTH)}] /Contents `;
  const contentsStart = head.length + middle.length;
  const contents = `<${"0".repeat(2 * room)}>`;
  return {
    body: Buffer.from(`${head}${middle}${contents} >>`, "latin1"),
    rangeAt: head.length,
    contentsStart,
    contentsEnd: contentsStart + contents.length,
  };
}

/** Fixed width: written over the blanks once the offsets are known. */
export function rangeText(numbers: readonly [number, number, number, number]): string {
  return numbers.map((number, index) => String(number).padStart(index === 0 ? 1 : 10)).join(" ");
}

/** PDF date in Vietnam's zone. */
function pdfTime(at: Date): string {
  const local = new Date(at.getTime() + 7 * 3_600_000).toISOString();
  return `D:${local.slice(0, 19).replaceAll(/[-:T]/gu, "")}+07'00'`;
}
