import { dirname, join } from "node:path";
import type { Settings } from "../domain/settings.ts";

/** Folder of what OCSP responders and CRL servers answered: beside the ledger. */
export function revocationCache({ ledger }: Pick<Settings, "ledger">): string {
  return join(dirname(ledger), "revocation");
}
