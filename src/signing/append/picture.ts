import type { SignRequest } from "../../domain/ports.ts";
import { type Appearance, noAppearance, scanAppearance } from "../appearance/appearance.ts";
import type { CertificateFacts } from "../asn1/certificate.ts";
import type { PdfLayout } from "./pdf-layout.ts";

/** What the new signature shows on page 1, kept clear of what stands there. */
export function pictureOf(
  request: SignRequest & { readonly signer: CertificateFacts },
  { box, taken }: PdfLayout,
): Appearance {
  if (request.appearance === "none") return noAppearance();
  return scanAppearance(request.signer, request, box, taken.length);
}
