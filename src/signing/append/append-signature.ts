import { OperationalError } from "../../domain/errors.ts";
import type { SignRequest } from "../../domain/ports.ts";
import { nameOf, isKind } from "../../pdf-syntax/objects.ts";
import type { Appearance } from "../appearance/appearance.ts";
import { noAppearance } from "../appearance/appearance.ts";
import type { HashName } from "../keys/signing-key.ts";
import type { ValidationData } from "../pki/parts.ts";
import type { Draft } from "./draft.ts";
import { type GrowingCopy, startCopy } from "./growing-copy.ts";
import { type Input, withInput } from "./open-input.ts";
import type { PdfLayout } from "./pdf-layout.ts";
import { type PictureRequest, pictureOf } from "./picture.ts";
import {
  type Placeholder,
  rangeText,
  signaturePlaceholder,
  stampPlaceholder,
} from "./signature-dictionary.ts";
import { addSignatureField } from "./signature-field.ts";
import { checkRights } from "./signing-rights.ts";
import { addValidationData, type SignatureProof } from "./validation-data.ts";

/** What is appended so that the file proves itself later. */
export interface ProofRequest {
  /** Of the signed ranges. */
  readonly hash: HashName;
  /**
   * Asked once for each signature and time stamp of the file, the new one first; its answer goes into the /DSS. An empty
   * answer leaves that signature out.
   */
  readonly validation?: ((cms: readonly Buffer[]) => Promise<ValidationData>) | undefined;
  /** A time-stamp token over the digest of all there is, for a last revision. */
  readonly archive?: ((digest: Buffer) => Promise<Buffer>) | undefined;
}

export interface AppendRequest extends SignRequest, PictureRequest, ProofRequest {
  /** Makes the CMS over the digest of the signed ranges. */
  readonly cms: (digest: Buffer) => Promise<Buffer>;
  /** Bytes kept for the CMS: B-B needs 2.6 KB, state signatures 5-8 KB, one with a time stamp's chain up to 20 KB. */
  readonly room?: number;
}

const ROOM = 16_384;
const STAMP_ROOM = 24_576;

/**
 * Copies `input` to `output` and appends a signature, then validation data and an archive time stamp where the request has
 * them; the copied bytes are never touched, neither file is held. The output is synced; a failure leaves it unfinished.
 * Throws `unreadable`, `truncated`, `encrypted`, `too_large`, `unsupported_format` (XFA), `signing_forbidden`,
 * `source_changed`, `disk_full`, `pdfa` (the CMS is larger than its room), and what the request's functions throw.
 */
export async function appendSignature(input: string, output: string, request: AppendRequest): Promise<void> {
  await appending(input, output, request, ({ draft, layout }) => {
    checkRights(draft.file, layout.form);
    const placeholder = signaturePlaceholder(request.signer, request.at, request.room ?? ROOM);
    const picture = pictureOf(request, layout);
    return async (job) => {
      const own = await appendSigned(job, placeholder, picture, request.cms);
      await appendProofs(job, request, [own]);
    };
  });
}

/** The same without a new signature: for files signed earlier. What a signature forbids does not concern its proofs. */
export async function appendProof(input: string, output: string, request: ProofRequest): Promise<void> {
  await appending(input, output, request, () => (job) => appendProofs(job, request, []));
}

interface Job {
  readonly draft: Draft;
  readonly layout: PdfLayout;
  readonly copy: GrowingCopy;
}

/** `prepare` may refuse before anything is written. */
async function appending(
  input: string,
  output: string,
  { hash }: ProofRequest,
  prepare: (input: Input) => (job: Job) => Promise<void>,
): Promise<void> {
  await withInput(input, async (opened) => {
    const { handle, draft, layout } = opened;
    const work = prepare(opened);
    const copy = await startCopy(handle, draft.size, output, hash);
    try {
      await work({ draft, layout, copy });
      await copy.sync();
    } finally {
      await copy.close();
    }
  });
}

async function appendProofs(job: Job, request: ProofRequest, own: readonly Buffer[]): Promise<void> {
  const { validation, archive } = request;
  if (validation !== undefined) await appendValidation(job, validation, own);
  if (archive !== undefined) await appendSigned(job, stampPlaceholder(STAMP_ROOM), noAppearance(), archive);
}

/** Returns the value of /Contents. */
async function appendSigned(
  { draft, layout, copy }: Job,
  placeholder: Placeholder,
  appearance: Appearance,
  sign: (digest: Buffer) => Promise<Buffer>,
): Promise<Buffer> {
  const start = draft.size;
  const revision = draft.begin();
  const signature = addSignatureField(draft, revision, layout, appearance);
  revision.putPrinted(signature, placeholder.body);
  const { bytes, bodies } = revision.finish();
  const at = bodies.get(signature.num) ?? 0;
  const [from, to] = [at + placeholder.contentsStart, at + placeholder.contentsEnd];
  bytes.write(
    rangeText([0, start + from, start + to, bytes.length - to]),
    at + placeholder.rangeAt,
    "latin1",
  );
  const hash = copy.hash();
  hash.update(bytes.subarray(0, from)).update(bytes.subarray(to));
  const cms = await sign(hash.digest());
  const room = (to - from) / 2 - 1;
  if (cms.length > room)
    throw new OperationalError("pdfa", `the signature has ${cms.length} bytes, there is room for ${room}`);
  bytes.write(cms.toString("hex"), from + 1, "latin1");
  await copy.append(bytes);
  return Buffer.concat([cms, Buffer.alloc(room - cms.length)]);
}

/** Signatures whose /Contents is a CMS; the others are older than PAdES and proven by nothing. */
const CMS = new Set(["adbe.pkcs7.detached", "adbe.pkcs7.sha1", "ETSI.CAdES.detached", "ETSI.RFC3161"]);

async function appendValidation(
  { draft, layout, copy }: Job,
  validation: NonNullable<ProofRequest["validation"]>,
  own: readonly Buffer[],
): Promise<void> {
  const earlier = layout.form.signed.flatMap(({ signature }) => {
    const contents = draft.file.get(signature, "Contents");
    const known = CMS.has(nameOf(draft.file.get(signature, "SubFilter")) ?? "");
    return known && isKind(contents, "string") ? [contents.bytes] : [];
  });
  const proofs: SignatureProof[] = [];
  for (const contents of [...own, ...earlier])
    proofs.push({ contents, data: await validation([withoutPadding(contents)]) });
  const revision = draft.begin();
  if (addValidationData(draft, revision, layout, proofs)) await copy.append(revision.finish().bytes);
}

/** By the length its outer SEQUENCE states; a CMS of indefinite length (BER) keeps its zeros, readers stop before them. */
function withoutPadding(contents: Buffer): Buffer {
  const first = contents[1] ?? 0;
  if (first < 0x80) return contents.subarray(0, 2 + first);
  const count = first & 0x7f;
  if (count === 0 || count > 6 || contents.length < 2 + count) return contents;
  return contents.subarray(0, 2 + count + contents.readUIntBE(2, count));
}
