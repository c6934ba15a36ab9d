import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import type { SignatureInfo } from "../domain/document.ts";
import { OperationalError } from "../domain/errors.ts";
import type { SignerPort } from "../domain/ports.ts";
import type { SealImage } from "../domain/seal.ts";
import type { SigningSettings } from "../domain/settings.ts";
import { appendSignature } from "./append/append-signature.ts";
import { type CertificateFacts, signerName } from "./asn1/certificate.ts";
import { buildCms } from "./cms/build-cms.ts";
import type { SigningKey } from "./keys/signing-key.ts";
import { type LevelParts, proofs, signatureStamp } from "./level-parts.ts";
import { createVerifier } from "./verify/verify.ts";

export interface SignerParts extends LevelParts {
  readonly key: SigningKey;
  /** Of the appearance `archive`. */
  readonly seal?: SealImage;
  readonly settings: Pick<SigningSettings, "copyForm" | "digest" | "level" | "padding" | "trust">;
}
/** Bytes kept for a CMS with a time stamp, whose own chain may be long. */
const STAMPED_ROOM = 32_768;

/** Ties a key, the world's knowledge of certificates and time, and the settings into one signer. */
export function createSigner(parts: SignerParts): SignerPort {
  const { key, standing, settings, seal } = parts;
  const { certificate: signer, chain } = key;
  const { copyForm, digest: hash, padding } = settings;
  const stamp = signatureStamp(parts);
  const shown = { signer, copyForm, ...(seal !== undefined && { seal }) };
  const room = stamp === undefined ? {} : { room: STAMPED_ROOM };
  const check = (now: Date) => standing.check(signer, chain, now);
  return {
    subject: subjectOf(signer),
    certificate: signer.fingerprint,
    test: signer.test,
    ...(seal !== undefined && { look: pictureHash(seal) }),
    notAfter: signer.notAfter,
    check,
    async sign(input, output, request) {
      const { revocation, issuers = chain } = await standing.report(signer, chain, request.at);
      const cms = (digest: Buffer) =>
        buildCms({ digest, key: { ...key, chain: issuers }, padding, hash, stamp });
      try {
        const { clear } = await appendSignature(input, output, {
          ...request,
          ...proofs(parts, request.at),
          ...shown,
          ...room,
          cms,
        });
        const signatures = await proveOwn(output, signer, settings, request.at);
        const own = ownOf(signatures, signer);
        const told = {
          ...(revocation !== "not_asked" && { revocation }),
          ...(!clear && { crowded: true as const }),
        };
        return signatures.map((one) => (one === own ? { ...one, ...told } : one));
      } catch (error) {
        await rm(output, { force: true });
        throw error;
      }
    },
    close: () => key.close(),
  };
}

/** Another picture under the same file name is another signature. */
function pictureHash({ alpha, height, rgb, width, widthPt }: SealImage): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([width, height, widthPt]))
    .update(rgb);
  return hash.update(alpha ?? "").digest("hex");
}

/**
 * A signature that does not verify, or proves less than it should, must never leave: the finished file is read back and
 * judged. Nor is one put on top of a broken one, as if it vouched for that.
 */
async function proveOwn(
  output: string,
  signer: CertificateFacts,
  { level, trust }: SignerParts["settings"],
  at: Date,
): Promise<readonly SignatureInfo[]> {
  const { signatures } = await createVerifier({ trust, now: () => at }).verify(output);
  const own = ownOf(signatures, signer);
  // Without roots nobody's time stamp can be proven here; its token was judged when it came.
  const proven = level === "B-B" || trust.length === 0 || own?.provenAt !== undefined;
  if (own === undefined || own.verdict === "invalid" || !isLast(own) || !proven)
    throw new OperationalError(
      "pdfa",
      `own signature does not verify: ${own?.reasons.join("; ") ?? "missing"}`,
    );
  const broken = signatures.find(({ verdict }) => verdict === "invalid");
  if (broken !== undefined) throw new OperationalError("signature_broken", broken.reasons.join("; "));
  return signatures;
}

/** The last one, for who signs may have signed before. */
function ownOf(
  signatures: readonly SignatureInfo[],
  { fingerprint }: CertificateFacts,
): SignatureInfo | undefined {
  return signatures.findLast(({ certificate }) => certificate === fingerprint);
}

/** Behind it stands nothing but what its own level adds: validation data, an archive stamp. */
function isLast({ coversWholeFile, changes = [] }: SignatureInfo): boolean {
  const added = changes.every(({ kind }) => kind === "validation_data" || kind === "time_stamp");
  return coversWholeFile || (changes.length > 0 && added);
}

function subjectOf(signer: CertificateFacts): string {
  const named = signerName(signer);
  return signer.organization === "" || signer.organization === named
    ? named
    : `${named}, ${signer.organization}`;
}
