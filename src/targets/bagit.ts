import { receivedDay } from "../domain/codes.ts";
import { OperationalError } from "../domain/errors.ts";
import { parseSha256, type Sha256 } from "../domain/ids.ts";
import { vietnamDay } from "../domain/period.ts";
import type { Parcel } from "../domain/ports.ts";

/** One file of a bag; `name` is relative to the bag and uses `/`. */
export interface BagFile {
  readonly name: string;
  readonly sha256: Sha256;
  readonly bytes: number;
}

/** RFC 8493 section 2.1.1 */
export const BAG_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/** `<year>/<mã hồ sơ>/<nn>-<type>-<id8>`; the year is that of receipt, from the code itself. */
export function bagName({ document, ordinal }: Parcel): string {
  const { dossier, scan } = document;
  const type = slug(scan.fields.type ?? "") || (scan.role === "result" ? "KQ" : "TP");
  const name = `${String(ordinal).padStart(2, "0")}-${type}-${scan.id.slice(0, 8)}`;
  return [receivedDay(dossier).slice(0, 4), dossier, name].join("/");
}

/** RFC 8493 section 2.1.3; names have no character that would need percent-encoding. */
export function manifestText(files: readonly BagFile[]): string {
  return files.map(({ sha256, name }) => `${sha256}  ${name}\n`).join("");
}

/** RFC 8493 section 2.2.2, with the delivered file's own hash and time so that a receipt can be read back. */
export function bagInfo({ document }: Parcel, files: readonly BagFile[], now: Date): string {
  const octets = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const { scan, dossier, signed } = document;
  const tags = [
    ["Source-Organization", scan.unit],
    ["Bagging-Date", vietnamDay(now)],
    ["External-Identifier", scan.id],
    ["Internal-Sender-Identifier", dossier],
    ["Payload-Oxum", `${octets}.${files.length}`],
    ["Sohoa-Delivered-At", now.toISOString()],
    ["Sohoa-Document-Sha256", signed.sha256],
    ["Sohoa-Document-Bytes", String(signed.bytes)],
  ];
  return tags.map(([label, value]) => `${label}: ${value}\n`).join("");
}

interface BagFacts {
  readonly document: string;
  /** ISO 8601 time of delivery. */
  readonly at: string;
  readonly sha256: Sha256;
  readonly bytes: number;
}

/** Reads back what `bagInfo` wrote; throws `target_refused` for a bag that is not ours. */
export function readBagInfo(text: string): BagFacts {
  const tag = (label: string): string => new RegExp(`^${label}: (.*)$`, "mu").exec(text)?.[1] ?? "";
  const sha256 = parseSha256(tag("Sohoa-Document-Sha256"));
  if (sha256 === undefined) throw new OperationalError("target_refused", "bag-info.txt is not ours");
  return {
    document: tag("External-Identifier"),
    at: tag("Sohoa-Delivered-At"),
    sha256,
    bytes: Number(tag("Sohoa-Document-Bytes")),
  };
}

/** ASCII letters, digits and dots; accents dropped, anything else becomes one `-`. */
function slug(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll("đ", "d")
    .replaceAll("Đ", "D")
    .replaceAll(/[^A-Za-z0-9.]+/gu, "-")
    .replaceAll(/^[-.]+|[-.]+$/gu, "")
    .slice(0, 40);
}
