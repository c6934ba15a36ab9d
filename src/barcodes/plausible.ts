import type { Barcode } from "../domain/barcode.ts";

/**
 * Shortest payloads believed. Codes without a check digit can be "read" in ruled tables and print when they are short;
 * the others protect themselves.
 */
const SHORTEST: Readonly<Record<string, number>> = { ITF: 6, Codabar: 6, Code39: 3, Code93: 3 };

/** Whether a code is long enough for its kind to be no chance reading of print. */
export function plausible({ format, text }: Barcode): boolean {
  return text.trim().length >= (SHORTEST[format] ?? 1);
}
