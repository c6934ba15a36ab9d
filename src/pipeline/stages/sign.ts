import type { Assembled, FileRef, SignatureInfo, Signed } from "../../domain/document.ts";
import { OperationalError } from "../../domain/errors.ts";
import type { Job } from "../job.ts";
import { keptStep } from "../kept.ts";

const VERSION = 1;

interface SignedFile {
  readonly signed: FileRef;
  readonly signatures: readonly SignatureInfo[];
}

/**
 * Built lane: the digitizer's signature is appended (TT 01/2023 art. 8). Preserved lane: the signatures already in
 * the file are verified and recorded; a broken one is never delivered in silence.
 */
export async function sign(document: Assembled, job: Job): Promise<Signed> {
  if (document.conformance === "original") return preserve(document, job);
  const { clock, objects, settings } = job.context;
  const signer = await job.context.signer();
  await signer.check(clock.now());
  const { appearance } = settings.signing;
  const step = {
    stage: "sign",
    version: VERSION,
    page: 0,
    input: [document.pdf.sha256, signer.certificate, appearance],
    objects: ({ signed }: SignedFile) => [signed.sha256],
  };
  const { result } = await keptStep(job, step, async () => {
    // Nothing is signed that is not what was assembled.
    await objects.check(document.pdf.sha256);
    let signatures: readonly SignatureInfo[] = [];
    const signed = await objects.putFile(async (temporary) => {
      signatures = await signer.sign(document.pdf.path, temporary, {
        at: now(job),
        capturedAt: captured(document),
        appearance,
        keepClear: [],
      });
    });
    return { signed, signatures };
  });
  const { signed, signatures } = result;
  return { ...document, signed: { ...signed, path: objects.path(signed.sha256) }, signatures };
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

const now = ({ context }: Job): Date => context.clock.now();

/** Thời gian sao chụp: the scanner wrote the source file then. */
const captured = ({ scan }: Assembled): Date =>
  new Date(Math.max(...scan.files.map(({ mtimeMs }) => mtimeMs)));
