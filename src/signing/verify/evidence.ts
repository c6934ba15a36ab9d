import { OperationalError } from "../../domain/errors.ts";
import { PdfDamage } from "../../pdf-syntax/damage.ts";
import { isKind, type PdfDict } from "../../pdf-syntax/objects.ts";
import type { PdfFile } from "../../pdf-syntax/pdf-file.ts";
import type { ReadCms } from "../cms/cms-reader.ts";
import type { ValidationData } from "../pki/parts.ts";

export const NO_EVIDENCE: ValidationData = { certificates: [], ocsps: [], crls: [] };

/** A certificate has 2 KB; lists of revoked ones of the state's CAs have up to some megabytes. */
const MAX_ITEM = 16 << 20;
const MAX_TOTAL = 64 << 20;
const MAX_ITEMS = 1000;

/** Certificates, OCSP responses and CRLs of a document's DSS; what is damaged or too large is passed over. */
export function readDss(file: PdfFile): ValidationData {
  const catalog = file.dict(file.trailer.entries.get("Root"));
  const dss = file.dict(catalog.entries.get("DSS"));
  let room = MAX_TOTAL;
  const list = (key: string): Buffer[] => {
    const found: Buffer[] = [];
    for (const item of file.array(dss.entries.get(key)).slice(0, MAX_ITEMS)) {
      const bytes =
        room > 0 ? streamOf(file, { kind: "dict", entries: new Map([["item", item]]) }) : undefined;
      if (bytes === undefined) continue;
      room -= bytes.length;
      found.push(bytes);
    }
    return found;
  };
  return { certificates: list("Certs"), ocsps: list("OCSPs"), crls: list("CRLs") };
}

function streamOf(file: PdfFile, holder: PdfDict): Buffer | undefined {
  try {
    const stream = file.get(holder, "item");
    return isKind(stream, "stream") ? file.decode(stream, MAX_ITEM).bytes : undefined;
  } catch (error) {
    if (error instanceof PdfDamage || error instanceof OperationalError) return undefined;
    throw error;
  }
}

/** What a CMS carries, and its time stamps too. */
export function carriedBy(cms: ReadCms): ValidationData {
  return { certificates: cms.certificates.map(({ der }) => der), ocsps: cms.ocsps, crls: cms.crls };
}

export function joined(...parts: readonly ValidationData[]): ValidationData {
  return {
    certificates: parts.flatMap(({ certificates }) => certificates),
    ocsps: parts.flatMap(({ ocsps }) => ocsps),
    crls: parts.flatMap(({ crls }) => crls),
  };
}
