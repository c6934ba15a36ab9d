import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Random access to a file's bytes without holding them. */
export interface ByteSource {
  readonly size: number;
  /** At most `length` bytes from `offset`; fewer at the end of the file. */
  read(offset: number, length: number): Buffer;
  close(): void;
}

export function openFile(path: string): ByteSource {
  const descriptor = openSync(path, "r");
  let open = true;
  return {
    ...descriptorSource(descriptor),
    close: () => {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

/** Reads through a descriptor that somebody else opened and closes: `close` does nothing. */
export function descriptorSource(descriptor: number): ByteSource {
  const { size } = fstatSync(descriptor);
  return {
    size,
    read: (offset, length) => {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const bytes = Buffer.allocUnsafe(wanted);
      let done = 0;
      while (done < wanted) {
        const count = readSync(descriptor, bytes, done, wanted - done, offset + done);
        if (count === 0) break;
        done += count;
      }
      return bytes.subarray(0, done);
    },
    close: () => undefined,
  };
}

/** The file as it was when it ended at `size`: everything appended since cannot be seen. The source stays open. */
export function cutSource(source: ByteSource, size: number): ByteSource {
  const end = Math.max(0, Math.min(size, source.size));
  return {
    size: end,
    read: (offset, length) => source.read(offset, Math.max(0, Math.min(length, end - offset))),
    close: () => undefined,
  };
}
