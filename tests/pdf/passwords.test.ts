import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isOperational } from "../../src/domain/errors.ts";
import type { PdfTools } from "../../src/domain/pdf-port.ts";
import { readingText } from "../../src/domain/reading.ts";
import { createPdfTools } from "../../src/pdf/pdf-tools.ts";
import { FULL_IMAGE, onePagePdf, run, scratch } from "./small-pdf.ts";

const place = scratch();
const opened = new Map<string, PdfTools>();
afterAll(async () => {
  for (const tools of opened.values()) await tools.close();
  place.clean();
});

const GREY = {
  dict: "/Width 4/Height 3/BitsPerComponent 8/ColorSpace/DeviceGray",
  data: Buffer.alloc(12, 90),
};
const TEXT = onePagePdf({ content: "BT /F0 20 Tf 30 200 Td (Hello paper world) Tj ET" });
const SCAN = onePagePdf({ content: FULL_IMAGE, image: GREY });
let counter = 0;

/** One for each list: their threads take a while to start. */
function toolsWith(...passwords: readonly string[]): PdfTools {
  const key = passwords.join();
  const tools = opened.get(key) ?? createPdfTools({ workFolder: place.folder, passwords });
  opened.set(key, tools);
  return tools;
}

/** Locked by qpdf; `rights` are its words for what the user may do. */
function locked(
  source: Buffer,
  bits: string,
  [user, owner]: readonly [string, string],
  ...rights: string[]
): string {
  const [plain, out] = [
    place.put(`${(counter += 1)}.pdf`, source),
    join(place.folder, `${counter}-locked.pdf`),
  ];
  const weak = bits === "256" || bits === "128-aes" ? [] : ["--allow-weak-crypto"];
  const aes = bits === "128-aes" ? ["--use-aes=y"] : [];
  run(
    "qpdf",
    ...weak,
    "--encrypt",
    user,
    owner,
    bits.replace("-aes", ""),
    ...aes,
    ...rights,
    "--",
    plain,
    out,
  );
  return out;
}

async function outcome(tools: PdfTools, path: string): Promise<string> {
  try {
    const { pages, repairs } = await tools.inspect(path);
    return `${pages.map(({ kind }) => kind).join(" ")}; ${repairs.join()}`;
  } catch (error) {
    if (isOperational(error)) return error.code;
    throw error;
  }
}

const NOTHING = ["--modify=none", "--extract=n"];
const OPENED = "decrypted with a password of the list";

describe.each(["40", "128-aes", "256"])("a PDF locked with %s bits", (bits) => {
  const rights = bits === "40" ? ["--modify=n", "--extract=n"] : NOTHING;

  it("needs the right password, wherever it stands in the list", async () => {
    const path = locked(TEXT, bits, ["view", "own"]);
    expect(await outcome(toolsWith(), path)).toBe("password_needed");
    expect(await outcome(toolsWith("nope"), path)).toBe("password_needed");
    expect(await outcome(toolsWith("nope", "view"), path)).toBe(`text; ${OPENED}`);
  });

  it("may be changed by its owner, and only read by others", async () => {
    const path = locked(TEXT, bits, ["view", "own"], ...rights);
    expect(await outcome(toolsWith("view"), path)).toBe("encrypted");
    expect(await outcome(toolsWith("own"), path)).toBe(`text; ${OPENED}`);
    expect(await outcome(toolsWith("view", "own"), path)).toBe(`text; ${OPENED}`);
  });

  it("with an empty password opens for everybody, with everybody's rights", async () => {
    const path = locked(TEXT, bits, ["", "own"], ...rights);
    expect(await outcome(toolsWith(), path)).toBe("encrypted");
    expect(await outcome(toolsWith("own"), path)).toBe("text; decrypted with an empty password");
  });
});

describe("the right to take text and graphics out", () => {
  it("is enough for scans, which are read into a new PDF", async () => {
    const readable = locked(SCAN, "256", ["", "own"], "--modify=none");
    expect(await outcome(toolsWith(), readable)).toBe("scan; decrypted with an empty password");
    expect(await outcome(toolsWith(), locked(SCAN, "256", ["", "own"], ...NOTHING))).toBe("encrypted");
  });

  it("is not enough for pages of text, to which something would be added", async () => {
    expect(await outcome(toolsWith(), locked(TEXT, "256", ["", "own"], "--modify=none"))).toBe("encrypted");
  });
});

it("a locked page is read and drawn like any other, and its copy is not locked", async () => {
  const tools = toolsWith("view");
  const path = locked(TEXT, "256", ["view", "own"]);
  expect(readingText(await tools.pageText(path, 0))).toBe("Hello paper world");
  expect((await tools.draw(path, 0, 72)).width).toBe(400);
  const output = join(place.folder, "copy.pdf");
  await tools.augment(path, output, { pages: [] });
  expect(run("qpdf", "--show-encryption", output)).toContain("File is not encrypted");
});

it("a damaged one that is locked too may not be changed", async () => {
  const path = locked(TEXT, "256", ["", "own"], ...NOTHING);
  const broken = readFileSync(path, "latin1").replace(/startxref\n\d+/u, "startxref\n7");
  expect(await outcome(toolsWith(), place.put("broken.pdf", Buffer.from(broken, "latin1")))).toBe(
    "encrypted",
  );
});

it.each(["/NeedsRendering true", "/Collection<</Type/Collection>>"])(
  "a file whose pages only say how to open it (%s) is refused by name",
  async (entry) => {
    const wrapper = onePagePdf({ content: "" })
      .toString("latin1")
      .replace("/Pages 2 0 R", `/Pages 2 0 R${entry}`);
    const path = place.put("wrapper.pdf", Buffer.from(wrapper, "latin1"));
    expect(await outcome(toolsWith(), path)).toBe("unsupported_format");
  },
);

const CORPUS = "../shared/corpus/pdfs";
if (!existsSync(CORPUS)) console.log(`SKIP: ${CORPUS} not found`);
it.skipIf(!existsSync(CORPUS)).each([
  ["password-is-test.pdf", "test"],
  ["qpdf_enc-R3,V2,U=view,O=view.pdf", "view"],
])("%s opens with its password", async (name, password) => {
  expect(await outcome(toolsWith("wrong", password), join(CORPUS, name))).toContain(OPENED);
});
