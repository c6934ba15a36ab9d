import { OperationalError } from "../../domain/errors.ts";
import type { SignRequest } from "../../domain/ports.ts";
import type { Appearance } from "../appearance/appearance.ts";
import { noAppearance } from "../appearance/appearance.ts";
import type { HashName } from "../keys/signing-key.ts";
import { collectProofs, type Made, type Validation } from "./collect-proofs.ts";
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
import { addValidationData } from "./validation-data.ts";

/** What is appended so that the file proves itself later. */
export interface ProofRequest {
  /** Of the signed ranges. */
  readonly hash: HashName;
  /** A time-stamp token over the digest of all there is, before the validation data: proves when earlier signatures existed. */
  readonly stamp?: Stamp | undefined;
  /** Asked once for each signature and time stamp of the file, new ones first; its answers go into the /DSS. */
  readonly validation?: Validation | undefined;
  /** The same behind the validation data, as the last revision. */
  readonly archive?: Stamp | undefined;
}

type Stamp = (digest: Buffer) => Promise<Buffer>;

export interface AppendRequest extends SignRequest, PictureRequest, ProofRequest {
  /** Makes the CMS over the digest of the signed ranges. */
  readonly cms: (digest: Buffer) => Promise<Buffer>;
  /** Bytes kept for the CMS: B-B needs 2.6 KB, state signatures 5-8 KB, one with a time stamp's chain up to 20 KB. */
  readonly room?: number;
}

const ROOM = 16_384;
/** What asks for validation data has a time stamp. */
const STAMPED_ROOM = 32_768;
const STAMP_ROOM = 24_576;

/**
 * Copies `input` to `output` and appends a signature, then validation data and an archive time stamp where the request has
 * them; the copied bytes are never touched, neither file is held. The output is synced; a failure leaves it unfinished.
 * Throws `unreadable`, `truncated`, `encrypted`, `too_large`, `unsupported_format` (XFA), `signing_forbidden`,
 * `source_changed`, `disk_full`, `pdfa` (the CMS is larger than its room), and what the request's functions throw.
 */
export function appendSignature(
  input: string,
  output: string,
  request: AppendRequest,
): Promise<Pick<Appearance, "clear">> {
  return appending(input, output, request, ({ draft, layout }) => {
    checkRights(draft.file, layout.form);
    const room = request.room ?? (request.validation === undefined ? ROOM : STAMPED_ROOM);
    const placeholder = signaturePlaceholder(request.signer, request.at, room);
    const picture = pictureOf(request, layout);
    return async (job) => {
      const own = await appendSigned(job, placeholder, picture, request.cms);
      await appendProofs(job, request, [own]);
      return picture;
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
async function appending<T>(
  input: string,
  output: string,
  { hash }: ProofRequest,
  prepare: (input: Input) => (job: Job) => Promise<T>,
): Promise<T> {
  return withInput(input, async (opened) => {
    const { handle, draft, layout } = opened;
    const work = prepare(opened);
    const copy = await startCopy(handle, draft.size, output, hash);
    try {
      const made = await work({ draft, layout, copy });
      await copy.sync();
      return made;
    } finally {
      await copy.close();
    }
  });
}

async function appendProofs(job: Job, request: ProofRequest, own: readonly Buffer[]): Promise<void> {
  const { stamp, validation, archive } = request;
  const contents = stamp === undefined ? own : [...own, await appendStamp(job, stamp)];
  const made = { contents, signature: own.length > 0 };
  if (validation !== undefined) await appendValidation(job, validation, made);
  if (archive !== undefined) await appendStamp(job, archive);
}

function appendStamp(job: Job, stamp: Stamp): Promise<Buffer> {
  return appendSigned(job, stampPlaceholder(STAMP_ROOM), noAppearance(), stamp);
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

async function appendValidation(
  { draft, layout, copy }: Job,
  validation: Validation,
  made: Made,
): Promise<void> {
  const proofs = await collectProofs(draft, layout, made, validation);
  const revision = draft.begin();
  if (addValidationData(draft, revision, layout, proofs)) await copy.append(revision.finish().bytes);
}
