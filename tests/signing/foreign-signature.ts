import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openssl, type SignerFiles, type TestPki } from "../support/test-pki.ts";
import { smallPdf } from "./small-pdf.ts";

export interface Foreign {
  readonly subFilter: string;
  readonly signer: SignerFiles;
  /** Further arguments of `openssl cms -sign`. */
  readonly options?: readonly string[];
  /** What is written as /SubFilter when it shall lie. */
  readonly shown?: string;
  /** Rewrites the CMS before it is put in; gets the signed bytes too. */
  readonly rewrite?: (cms: Buffer, signed: Buffer) => Buffer;
  /** A /ByteRange with a real number. */
  readonly real?: boolean;
  /** Literal instead of hexadecimal /Contents. */
  readonly literal?: boolean;
  /** Entries of the signature dictionary besides those every one has. */
  readonly entries?: string;
  /** Further fields of the form, from object 12 on. */
  readonly fields?: readonly string[];
}

const ROOM = 16_384;
const EMPTY_RANGE = "/ByteRange [0 0000000000 0000000000 0000000000]";

const FIELD =
  "<< /FT /Sig /T (Foreign) /V 10 0 R /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /F 132 /P 4 0 R >>";

/** A PDF signed as other programs do: the CMS comes from OpenSSL. Gives the path of the file. */
export function foreignPdf(pki: TestPki, foreign: Foreign): string {
  const path = (name: string) => join(pki.folder, name);
  const dictionary = (contents: string) =>
    `<< /Type /Sig ${EMPTY_RANGE} /Contents ${contents} /SubFilter /${foreign.shown ?? foreign.subFilter} ${foreign.entries ?? ""} >>`;
  const open = foreign.literal === true ? "(" : "<";
  const close = foreign.literal === true ? ")" : ">";
  const value = dictionary(`${open}${"0".repeat(2 * ROOM)}${close}`);
  const { fields = [] } = foreign;
  const refs = ["11 0 R", ...fields.map((_, index) => `${12 + index} 0 R`)].join(" ");
  const pdf = smallPdf({
    extra: [value, FIELD, ...fields],
    catalogEntries: `/AcroForm << /SigFlags 3 /Fields [${refs}] >>`,
  });
  const start = pdf.indexOf("/Contents ", pdf.indexOf("/ByteRange")) + "/Contents ".length;
  const end = start + 2 * ROOM + 2;
  const range = [start, end, pdf.length - end].map((n) => String(n).padStart(10, "0")).join(" ");
  // 000000012.0 instead of 0000000012.
  const written = foreign.real === true ? range.replace(/^00(\d+)/u, "$1.0") : range;
  pdf.write(`/ByteRange [0 ${written}]`, pdf.indexOf(EMPTY_RANGE), "latin1");
  const signed = Buffer.concat([pdf.subarray(0, start), pdf.subarray(end)]);
  writeFileSync(path("ranges"), contentFor(foreign.subFilter, signed));
  const made = foreign.subFilter === "ETSI.RFC3161" ? timeStamp(pki, foreign) : signCms(pki, foreign);
  const cms = foreign.rewrite?.(made, signed) ?? made;
  pdf.write(foreign.literal === true ? octal(cms) : cms.toString("hex"), start + 1, "latin1");
  const out = path(`foreign-${Math.random().toString(36).slice(2)}.pdf`);
  writeFileSync(out, pdf);
  return out;
}

function signCms({ folder }: TestPki, { signer, subFilter, options = [] }: Foreign): Buffer {
  const path = (name: string) => join(folder, name);
  const files = ["-in", path("ranges"), "-out", path("cms"), "-certfile", path("issuing.pem")];
  const key = ["-signer", signer.certificate, "-inkey", signer.key];
  const attached = subFilter === "adbe.pkcs7.sha1" ? ["-nodetach"] : [];
  openssl(
    "cms",
    "-sign",
    "-binary",
    "-outform",
    "DER",
    "-md",
    "sha256",
    ...files,
    ...key,
    ...attached,
    ...options,
  );
  return readFileSync(path("cms"));
}

function timeStamp({ folder }: TestPki, { signer }: Foreign): Buffer {
  const path = (name: string) => join(folder, name);
  writeFileSync(path("tsa.srl"), "01");
  openssl("ts", "-query", "-data", path("ranges"), "-sha256", "-cert", "-out", path("query"));
  const key = ["-signer", signer.certificate, "-inkey", signer.key, "-chain", path("issuing.pem")];
  const files = ["-queryfile", path("query"), "-token_out", "-out", path("cms")];
  openssl("ts", "-reply", "-config", path("tsa.cnf"), ...files, ...key);
  return readFileSync(path("cms"));
}

function contentFor(subFilter: string, signed: Buffer): Buffer {
  return subFilter === "adbe.pkcs7.sha1" ? createHash("sha1").update(signed).digest() : signed;
}

/** Literal string padded with the escape of a zero byte. */
function octal(cms: Buffer): string {
  const codes = [...cms].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
  return codes.padEnd(2 * ROOM, "\\000");
}
