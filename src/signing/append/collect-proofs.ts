import type { OperationalError } from "../../domain/errors.ts";
import { isOperational } from "../../domain/errors.ts";
import { isKind, nameOf } from "../../pdf-syntax/objects.ts";
import { readCms } from "../cms/cms-reader.ts";
import type { ValidationData } from "../pki/parts.ts";
import type { Draft } from "./draft.ts";
import type { PdfLayout } from "./pdf-layout.ts";
import { isProven, type SignatureProof } from "./validation-data.ts";

/** Gives what is needed to judge some CMS signatures or time-stamp tokens (DER, without padding) later. */
export type Validation = (cms: readonly Buffer[]) => Promise<ValidationData>;

/** Signatures whose /Contents is a CMS; the others are older than PAdES and proven by nothing. */
const CMS = new Set(["adbe.pkcs7.detached", "adbe.pkcs7.sha1", "ETSI.CAdES.detached", "ETSI.RFC3161"]);

/** What was appended just now: values of /Contents. */
export interface Made {
  readonly contents: readonly Buffer[];
  /** A signature is among them: the file is not merely upgraded. */
  readonly signature: boolean;
}

/**
 * Asks for the proof of every signature. For those just made it must be had. Strangers' signatures must not keep ours from
 * being proven: behind a new signature whatever is missing for them is left out; in an upgrade what can be had later is
 * waited for (`revocation`), and the rest is left out as long as anything is proven. What the /DSS proves already may be
 * missing now. Throws what `validation` throws.
 */
export async function collectProofs(
  draft: Draft,
  layout: PdfLayout,
  made: Made,
  validation: Validation,
): Promise<readonly SignatureProof[]> {
  const ask = async (contents: Buffer): Promise<SignatureProof> => ({
    contents,
    data: await validation([withoutPadding(contents)]),
  });
  const proofs: SignatureProof[] = [];
  for (const contents of made.contents) proofs.push(await ask(contents));
  let proven = made.signature;
  let first: OperationalError | undefined;
  for (const contents of earlierContents(draft, layout)) {
    const before = isProven(draft, layout, contents);
    proven ||= before;
    try {
      proofs.push(await ask(contents));
      proven = true;
    } catch (error) {
      const optional = made.signature || before ? [...REFUSALS, "revocation"] : REFUSALS;
      if (!isOperational(error) || !optional.includes(error.code)) throw error;
      first ??= error;
    }
  }
  if (first !== undefined && !proven) throw first;
  return proofs;
}

/** What no later asking will change. */
const REFUSALS: readonly string[] = ["certificate_chain", "certificate_revoked"];

function earlierContents({ file }: Draft, { form }: PdfLayout): Buffer[] {
  return form.signed.flatMap(({ signature }) => {
    const contents = file.get(signature, "Contents");
    const known = CMS.has(nameOf(file.get(signature, "SubFilter")) ?? "");
    return known && isKind(contents, "string") && isReadable(contents.bytes) ? [contents.bytes] : [];
  });
}

/** What is no CMS proves nothing and cannot be proven; it stays as it is. */
function isReadable(contents: Buffer): boolean {
  try {
    return readCms(withoutPadding(contents)).signer !== undefined;
  } catch {
    return false;
  }
}

/** By the length its outer SEQUENCE states; a CMS of indefinite length (BER) keeps its zeros, readers stop before them. */
function withoutPadding(contents: Buffer): Buffer {
  const first = contents[1] ?? 0;
  if (first < 0x80) return contents.subarray(0, 2 + first);
  const count = first & 0x7f;
  if (count === 0 || count > 6 || contents.length < 2 + count) return contents;
  return contents.subarray(0, 2 + count + contents.readUIntBE(2, count));
}
