import type { FileHandle } from "node:fs/promises";

/** Writes numbered objects one after the other and remembers only where each begins. */
export interface ObjectSink {
  /** A number for an object that is written later. */
  reserve(): number;
  put(num: number, body: string): Promise<void>;
  /** `dictionary` is the text between `<<` and `/Length`. */
  putStream(num: number, dictionary: string, bytes: Buffer): Promise<void>;
  /** Cross-reference table and trailer; `trailer` is the text after /Size. */
  finish(trailer: string): Promise<void>;
}

/** PDF/A-2 6.1.2: the comment's four bytes above 127 mark the file as binary. */
const HEADER = Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1");

export async function createObjectSink(handle: FileHandle): Promise<ObjectSink> {
  const offsets: number[] = [0];
  let position = 0;

  async function write(...parts: Buffer[]): Promise<void> {
    for (const part of parts) {
      let done = 0;
      while (done < part.length) {
        const { bytesWritten } = await handle.write(part, done, part.length - done, position + done);
        done += bytesWritten;
      }
      position += part.length;
    }
  }

  await write(HEADER);
  return {
    reserve: () => offsets.push(0) - 1,
    put: async (num, body) => {
      offsets[num] = position;
      await write(Buffer.from(`${num} 0 obj\n${body}\nendobj\n`, "latin1"));
    },
    putStream: async (num, dictionary, bytes) => {
      offsets[num] = position;
      const head = `${num} 0 obj\n<<${dictionary}/Length ${bytes.length}>>\nstream\n`;
      await write(Buffer.from(head, "latin1"), bytes, Buffer.from("\nendstream\nendobj\n", "latin1"));
    },
    finish: async (trailer) => {
      const start = position;
      const rows = offsets.map((offset, num) =>
        num === 0 ? "0000000000 65535 f \n" : `${String(offset).padStart(10, "0")} 00000 n \n`,
      );
      const table = `xref\n0 ${offsets.length}\n${rows.join("")}`;
      const end = `trailer\n<</Size ${offsets.length}${trailer}>>\nstartxref\n${start}\n%%EOF\n`;
      await write(Buffer.from(table + end, "latin1"));
    },
  };
}
