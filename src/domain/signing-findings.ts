import type { SignatureInfo } from "./document.ts";

export type SigningFinding = "revocation_unknown" | "box_crowded";

/** What people should know of a signature that was just made although nothing forbids it. */
export function signingFindings({ revocation, crowded }: SignatureInfo): readonly SigningFinding[] {
  return [
    ...(revocation === "unknown" ? (["revocation_unknown"] as const) : []),
    ...(crowded === true ? (["box_crowded"] as const) : []),
  ];
}
