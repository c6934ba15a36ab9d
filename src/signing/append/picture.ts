import type { SignRequest } from "../../domain/ports.ts";
import type { SealImage } from "../../domain/seal.ts";
import type { CopyForm } from "../../domain/settings.ts";
import { type Appearance, drawAppearance } from "../appearance/appearance.ts";
import type { CertificateFacts } from "../asn1/certificate.ts";
import type { PdfLayout } from "./pdf-layout.ts";

/** What some profiles tell besides signer and times. */
export interface PictureRequest {
  readonly signer: CertificateFacts;
  /** Of `nd30-copy`; absent: SAO Y. */
  readonly copyForm?: CopyForm;
  /** Of `archive`. */
  readonly seal?: SealImage;
}

/** What the new signature shows on page 1, kept clear of what stands there. Throws `settings` when its seal is missing. */
export function pictureOf(request: SignRequest & PictureRequest, { box, taken }: PdfLayout): Appearance {
  const { appearance, copyForm = "SAO Y" } = request;
  return drawAppearance({ ...request, name: appearance, copyForm, page: box, taken });
}
