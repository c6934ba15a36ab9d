import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Stand in the arguments for the files that openssl reads and writes; it cannot open the sockets node gives as pipes. */
export const INPUT = "{input}";
export const OUTPUT = "{output}";

/** Runs openssl over `input`; resolves with what it wrote. */
export async function runOpenssl(args, input) {
  const folder = await mkdtemp(join(tmpdir(), "sohoa-openssl-"));
  const files = { [INPUT]: join(folder, "in"), [OUTPUT]: join(folder, "out") };
  try {
    await writeFile(files[INPUT], input);
    await execute(
      "openssl",
      args.map((word) => files[word] ?? word),
    );
    return await readFile(files[OUTPUT]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
