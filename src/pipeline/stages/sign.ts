import type { Assembled, FileRef, SignatureInfo, Signed } from "../../domain/document.ts";
import { OperationalError } from "../../domain/errors.ts";
import { growBox, turnBox } from "../../domain/page-geometry.ts";
import type { PageArea, SignerPort } from "../../domain/ports.ts";
import type { Settings } from "../../domain/settings.ts";
import type { Job } from "../job.ts";
import { keptStep } from "../kept.ts";
import { turned, turnedBy } from "../open-page.ts";
import { readingOf } from "../reading-of.ts";
import { actorOf } from "../actor.ts";
import { warnSigned } from "../warn.ts";

const VERSION = 2;

interface SignedFile {
  readonly signed: FileRef;
  readonly signatures: readonly SignatureInfo[];
  /** Whose account ran the command that signed: a later run that takes the kept file signs nothing itself. */
  readonly actor: string;
}

/**
 * Built and augmented lane: the digitizer's signature is appended (TT 01/2023 art. 8). Preserved lane: the signatures
 * already in the file are verified and recorded; a broken one is never delivered in silence.
 */
export async function sign(document: Assembled, job: Job): Promise<Signed> {
  if (document.conformance === "original") return preserve(document, job);
  const { clock, objects, settings } = job.context;
  const signer = await job.context.signer();
  await signer.check(clock.now());
  const keepClear = settings.signing.appearance === "none" ? [] : await codesOnFirstPage(document, job);
  const step = {
    stage: "sign",
    version: VERSION,
    page: 0,
    input: [document.pdf.sha256, ...signatureInput(signer, settings), keepClear],
    objects: ({ signed }: SignedFile) => [signed.sha256],
  };
  const { result } = await keptStep(job, step, async () => {
    // Nothing is signed that is not what was assembled.
    await objects.check(document.pdf.sha256);
    return { ...(await signFile(document, signer, keepClear, job)), actor: actorOf(settings) };
  });
  const { signed, signatures, actor } = result;
  const { certificate, test } = signer;
  const own = signatures.findLast((one) => one.certificate === certificate);
  const level = own?.level ?? settings.signing.level;
  if (own !== undefined) warnSigned(document, own, job);
  job.trace.signedBy = { actor, certificate, file: signed.sha256, level, test };
  return { ...document, signed: { ...signed, path: objects.path(signed.sha256) }, signatures };
}

/** The object store removes what a failing signer leaves: half a signature never has a name. */
async function signFile(
  document: Assembled,
  signer: SignerPort,
  keepClear: readonly PageArea[],
  { context }: Job,
): Promise<Pick<SignedFile, "signed" | "signatures">> {
  const { clock, objects, settings } = context;
  let signatures: readonly SignatureInfo[] = [];
  const signed = await objects.putFile(async (temporary) => {
    signatures = await signer.sign(document.pdf.path, temporary, {
      at: clock.now(),
      capturedAt: captured(document),
      appearance: settings.signing.appearance,
      keepClear,
    });
  });
  return { signed, signatures };
}

/** Everything but the file that makes one signature another. */
function signatureInput({ certificate, look }: SignerPort, { signing }: Settings): readonly unknown[] {
  const { appearance, copyForm, digest, level, padding, seal } = signing;
  return [certificate, level, padding, digest, appearance, copyForm, seal, look ?? null];
}

/** Codes of page 1 as shares of the page as it is shown; a foreign page is shown as it lay before it was set upright. */
async function codesOnFirstPage(document: Assembled, { context }: Job): Promise<readonly PageArea[]> {
  const [first] = document.pages;
  if (first === undefined) return [];
  const { barcodes = [] } = await readingOf(first, context);
  const back = document.conformance === "augmented" ? turned(0, -turnedBy(first.changes)) : 0;
  const skew = Math.abs(Math.sin((first.skewDegrees * Math.PI) / 180)) / 2;
  return barcodes.map(({ box }) => growBox(turnBox(box, back), skew));
}

async function preserve(document: Assembled, { context }: Job): Promise<Signed> {
  const { signatures, verdict } = await context.verifier.verify(document.pdf.path);
  if (verdict === "invalid") {
    const broken = signatures.flatMap(({ verdict, reasons }, index) =>
      verdict === "invalid" ? [`#${index + 1}: ${reasons.join("; ")}`] : [],
    );
    throw new OperationalError("signature_broken", broken.join(" | "));
  }
  return { ...document, signed: document.pdf, signatures };
}

/** Thời gian sao chụp: the scanner wrote the source file then. */
const captured = ({ scan }: Assembled): Date =>
  new Date(Math.max(...scan.files.map(({ mtimeMs }) => mtimeMs)));
