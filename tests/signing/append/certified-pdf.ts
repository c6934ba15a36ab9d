import { createHash } from "node:crypto";
import { smallPdf } from "../../pdf/small-pdf.ts";

export interface Certified {
  /** Value of /Reference of the signature; absent: it has none. */
  readonly reference?: string;
  /** The catalog's /Perms names it as the certifying one. */
  readonly certifies?: boolean;
  /** Further entries of its field. */
  readonly field?: string;
  /** The catalog's form; the signed field is object 5, `more` begins with object 8. */
  readonly form?: string;
  readonly more?: readonly string[];
  readonly cms: (digest: Buffer) => Promise<Buffer>;
}

const ROOM = 6000;
const RANGE = "/ByteRange [0 0000000000 0000000000 0000000000]";
const HELLO = "BT /F0 20 Tf 30 150 Td (Hello paper world) Tj ET";

/** A page of 400 × 300 points that somebody signed, with a box at 20, 20, and maybe certified. */
export async function certifiedPdf(given: Certified): Promise<Buffer> {
  const {
    reference,
    certifies = false,
    field = "",
    form = "<</Fields[5 0 R]/SigFlags 3>>",
    more = [],
  } = given;
  const perms = certifies ? "/Perms<</DocMDP 6 0 R>>" : "";
  const told = reference === undefined ? "" : `/Reference ${reference}`;
  const pdf = smallPdf([
    `<</Type/Catalog/Pages 2 0 R/AcroForm ${form}${perms}>>`,
    "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 400 300]>>",
    "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Annots[5 0 R]/Resources<</Font<</F0 7 0 R>>>>>>",
    { dict: "", data: Buffer.from(HELLO) },
    `<</Type/Annot/Subtype/Widget/FT/Sig/T(first)/V 6 0 R/F 132/Rect[20 20 120 60]/P 3 0 R${field}>>`,
    `<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached${told}${RANGE}/Contents <${"0".repeat(2 * ROOM)}>>>`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ...more,
  ]);
  const start = pdf.indexOf("/Contents <") + "/Contents ".length;
  const end = start + 2 * ROOM + 2;
  const range = [start, end, pdf.length - end].map((number) => String(number).padStart(10, "0")).join(" ");
  pdf.write(`/ByteRange [0 ${range}]`, pdf.indexOf(RANGE), "latin1");
  const hash = createHash("sha256").update(pdf.subarray(0, start)).update(pdf.subarray(end));
  pdf.write((await given.cms(hash.digest())).toString("hex"), start + 1, "latin1");
  return pdf;
}

/** A signature reference that says what may be changed after it. */
export function docMdp(permission: number | undefined): string {
  const params = permission === undefined ? "" : `/P ${permission}`;
  return `[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/V/1.2${params}>>>>]`;
}

export function fieldMdp(params: string): string {
  return `[<</Type/SigRef/TransformMethod/FieldMDP/TransformParams<</Type/TransformParams/V/1.2${params}>>/Data 1 0 R>>]`;
}
