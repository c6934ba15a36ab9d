import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Part = string | { readonly dict: string; readonly data: Buffer };

/** Objects 1, 2, 3 … with a classic table; object 1 is the catalog. */
export function smallPdf(parts: readonly Part[], trailer = ""): Buffer {
  const chunks: Buffer[] = [Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1")];
  const offsets: number[] = [];
  let at = chunks[0]?.length ?? 0;
  for (const [index, part] of parts.entries()) {
    offsets.push(at);
    const body =
      typeof part === "string"
        ? Buffer.from(part, "latin1")
        : Buffer.concat([
            Buffer.from(`<<${part.dict}/Length ${part.data.length}>>\nstream\n`, "latin1"),
            part.data,
            Buffer.from("\nendstream", "latin1"),
          ]);
    const chunk = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from("\nendobj\n")]);
    chunks.push(chunk);
    at += chunk.length;
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = parts.length + 1;
  chunks.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<</Size ${size}/Root 1 0 R${trailer}>>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(chunks);
}

export interface OnePage {
  readonly content: string;
  /** Extra page entries, `/Rotate 90` and the like. */
  readonly page?: string;
  /** `/Im0`, dictionary without /Length. */
  readonly image?: { readonly dict: string; readonly data: Buffer };
  readonly more?: readonly Part[];
}

/** One page of 400 × 300 points with /Im0 (object 5), /F0 Helvetica and whatever `more` adds from object 6. */
export function onePagePdf({ content, page = "", image, more = [] }: OnePage): Buffer {
  return smallPdf([
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 400 300]>>",
    `<</Type/Page/Parent 2 0 R/Contents 4 0 R${page}/Resources<</XObject<</Im0 5 0 R>>/Font<</F0<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>`,
    { dict: "", data: Buffer.from(content, "latin1") },
    image === undefined ? "null" : { dict: `/Type/XObject/Subtype/Image${image.dict}`, data: image.data },
    ...more,
  ]);
}

export const FULL_IMAGE = "q 400 0 0 300 0 0 cm /Im0 Do Q";

/** A folder of this test file's own, with a place to put bytes under a name. */
export function scratch(): {
  readonly folder: string;
  put(name: string, bytes: Buffer): string;
  clean(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), "sohoa-pdf-"));
  return {
    folder,
    put: (name, bytes) => {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    },
    clean: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
  });
}
