import type { PdfObject } from "./objects.ts";
import { isInteger, isKind } from "./objects.ts";
import type { PdfFile } from "./pdf-file.ts";

/** The standard security handler's entries (ISO 32000-2, table 21) and the file's identifier. */
export interface Encryption {
  readonly revision: number;
  /** /P flags; 0 = nothing is allowed. */
  readonly permissions: number;
  readonly owner: Buffer;
  readonly user: Buffer;
  readonly keyBytes: number;
  readonly encryptsMetadata: boolean;
  readonly id: Buffer;
}

/** Undefined when the dictionary is not of the standard handler or broken. */
export function readEncryption(file: PdfFile, object: PdfObject): Encryption | undefined {
  const dict = file.dict(object);
  const [owner, user] = [file.get(dict, "O"), file.get(dict, "U")];
  const [revision, permissions, length] = ["R", "P", "Length"].map((key) => file.get(dict, key));
  if (!isKind(owner, "string") || !isKind(user, "string") || !isInteger(revision)) return undefined;
  const [id] = file.array(file.trailer.entries.get("ID"));
  const first = file.resolve(id);
  const keyBytes = revision === 2 ? 5 : isInteger(length) && length >= 40 && length <= 128 ? length >> 3 : 5;
  return {
    revision,
    permissions: isInteger(permissions) ? permissions | 0 : 0,
    owner: owner.bytes,
    user: user.bytes,
    keyBytes: revision >= 4 ? 16 : keyBytes,
    encryptsMetadata: file.get(dict, "EncryptMetadata") !== false,
    id: isKind(first, "string") ? first.bytes : Buffer.alloc(0),
  };
}
