import { OperationalError } from "../../../domain/errors.ts";
import { CK, type Cryptoki, type Handle, type TokenInfo } from "./cryptoki.ts";
import { returnValueOf } from "./failures.ts";
import type { TokenAddress } from "./uri.ts";

export interface FoundToken {
  readonly slot: Handle;
  readonly info: TokenInfo;
}

/** Texts of PKCS#11 are padded with blanks, by some libraries with zero bytes. */
export const trimmed = (text: string) => text.replace(/[\s\0]+$/u, "").normalize("NFC");

/**
 * The one token plugged in that fits the address. Throws `token_missing` when none does, `settings` when several do;
 * both list the labels that are there.
 */
export function findToken(library: Cryptoki, wanted: TokenAddress): FoundToken {
  const present = library.C_GetSlotList(true).flatMap((slot) => tokenIn(library, slot));
  const fitting = present.filter((one) => fits(library, one, wanted));
  const [found] = fitting;
  if (found === undefined) throw new OperationalError("token_missing", listed(present));
  if (fitting.length > 1)
    throw new OperationalError(
      "settings",
      `signing.key: nhiều token phù hợp, hãy thêm serial / several tokens fit, add serial: ${listed(fitting)}`,
    );
  return found;
}

function tokenIn(library: Cryptoki, slot: Handle): FoundToken[] {
  try {
    const info = library.C_GetTokenInfo(slot);
    return (info.flags & CK.CKF_TOKEN_INITIALIZED) === 0 ? [] : [{ slot, info }];
  } catch (error) {
    // A card that is being pulled out, or one that this library does not know.
    if (returnValueOf(error) === undefined) throw error;
    return [];
  }
}

function fits(library: Cryptoki, { slot, info }: FoundToken, wanted: TokenAddress): boolean {
  const same = (value: string | undefined, actual: string) =>
    value === undefined || value === trimmed(actual);
  if (!same(wanted.token, info.label) || !same(wanted.serial, info.serialNumber)) return false;
  if (!same(wanted.manufacturer, info.manufacturerID) || !same(wanted.model, info.model)) return false;
  if (wanted.slotId !== undefined && wanted.slotId !== numberOf(slot)) return false;
  if (wanted.slotDescription === undefined && wanted.slotManufacturer === undefined) return true;
  const about = library.C_GetSlotInfo(slot);
  return (
    same(wanted.slotDescription, about.slotDescription) && same(wanted.slotManufacturer, about.manufacturerID)
  );
}

/** CK_ULONG in the machine's own size; all that Node runs on are little-endian. */
const numberOf = (handle: Handle) => handle.readUIntLE(0, Math.min(handle.length, 6));

function listed(tokens: readonly FoundToken[]): string {
  if (tokens.length === 0) return "0 token";
  return tokens
    .map(({ info }) => `token=${trimmed(info.label)};serial=${trimmed(info.serialNumber)}`)
    .join(", ");
}
