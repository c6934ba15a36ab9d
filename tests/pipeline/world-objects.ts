import { createHash } from "node:crypto";
import { OperationalError } from "../../src/domain/errors.ts";
import type { Sha256 } from "../../src/domain/ids.ts";
import type { ObjectStore } from "../../src/domain/ports.ts";

export const hash = (text: string | Uint8Array): Sha256 =>
  createHash("sha256").update(text).digest("hex") as Sha256;

/** The object store as a map; what is put has the hash of its bytes. */
export function objectStore(objects: Map<Sha256, Buffer>): ObjectStore {
  let made = 0;
  const put = async (bytes: Uint8Array): Promise<Sha256> => {
    objects.set(hash(bytes), Buffer.from(bytes));
    return hash(bytes);
  };
  return {
    put,
    async putFile(write) {
      const name = `/temporary/${++made}` as Sha256;
      await write(name as string);
      const bytes = objects.get(name) ?? Buffer.from(name);
      objects.delete(name);
      return { path: "", sha256: await put(bytes), bytes: bytes.length, mtimeMs: 0 };
    },
    async putCopy(path) {
      const bytes = Buffer.from(path);
      // What a fake source is named by, it consists of: see `fileRef`.
      return { path: "", sha256: await put(bytes), bytes: bytes.length, mtimeMs: 0 };
    },
    has: async (name) => objects.has(name),
    async read(name) {
      const bytes = objects.get(name);
      if (bytes === undefined) throw new OperationalError("damaged_object", name);
      return bytes;
    },
    async check(name) {
      if (!objects.has(name)) throw new OperationalError("damaged_object", name);
    },
    path: (name) => name,
    async remove(name) {
      objects.delete(name);
    },
    sweep: async () => 0,
  };
}
