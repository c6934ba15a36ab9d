import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, posix, resolve } from "node:path";
import { expect, it } from "vitest";

const SRC = resolve(import.meta.dirname, "../src");

/** Which folder may import which. `*` is everything. A folder not named here may import nothing. */
const FOLDERS: Record<string, readonly string[]> = {
  domain: ["domain"],
  settings: ["domain", "settings"],
  objects: ["domain", "objects"],
  imaging: ["domain", "imaging"],
  barcodes: ["domain", "barcodes"],
  ocr: ["domain", "ocr"],
  // How a PDF is spelled: read by those who write documents and by those who sign and judge them.
  "pdf-syntax": ["domain", "pdf-syntax"],
  pdf: ["domain", "pdf", "pdf-syntax"],
  signing: ["domain", "pdf-syntax", "signing"],
  targets: ["domain", "targets"],
  engines: ["domain", "engines"],
  ledger: ["domain", "ledger"],
  intake: ["domain", "intake"],
  reports: ["domain", "reports"],
  ui: ["domain", "ui"],
  pipeline: ["domain", "pipeline"],
  commands: ["*"],
  "compose.ts": ["*"],
  "cli.ts": ["commands", "ui", "domain"],
};

/** Each npm package is imported by exactly one folder. */
const PACKAGES: Record<string, string> = {
  "@cantoo/fontkit": "signing",
  "@cantoo/pdf-lib": "pdf",
  "@hyzyla/pdfium": "pdf",
  "@imagemagick/magick-wasm": "imaging",
  asn1js: "signing",
  "better-sqlite3": "ledger",
  chalk: "ui",
  "cli-table3": "reports",
  commander: "cli.ts",
  "csv-parse": "intake",
  "iconv-lite": "intake",
  kysely: "ledger",
  "node-forge": "signing",
  ora: "ui",
  "p-queue": "engines",
  pkcs11js: "signing",
  pkijs: "signing",
  sharp: "imaging",
  "tesseract.js": "ocr",
  yaml: "settings",
  zod: "settings",
  "zxing-wasm": "barcodes",
};

/** These folders compute; they reach no disk, network, clock or process. */
const PURE = new Set(["domain", "pipeline"]);

interface Import {
  readonly file: string;
  readonly wanted: string;
}

const imports: Import[] = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts"))
  .flatMap((file) => {
    const text = readFileSync(join(SRC, file), "utf8");
    const found = text.matchAll(
      /^(?:import|export)\b[^;"'=()]*?\bfrom "([^"]+)"|^import "([^"]+)"|\b(?:import|resolve|require)\(\s*"([^"]+)"/gmu,
    );
    return [...found].map(([, named, bare, called]) => ({ file, wanted: named ?? bare ?? called ?? "" }));
  });

it("sees the imports it judges", () => {
  expect(imports.length).toBeGreaterThan(100);
  expect(imports.some(({ wanted }) => wanted === "sharp")).toBe(true);
});

it("lets every folder import only what the table grants", () => {
  expect(imports.filter((entry) => !allowed(entry)).map(({ file, wanted }) => `${file} → ${wanted}`)).toEqual(
    [],
  );
});

it("knows every package that package.json depends on", () => {
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(SRC, "../package.json"), "utf8"),
  ) as { dependencies: object; optionalDependencies: object };
  const data = new Set(["@tesseract.js-data/vie", "@expo-google-fonts/tinos"]); // files, opened by path
  expect(
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !data.has(name))
      .toSorted(),
  ).toEqual(Object.keys(PACKAGES).toSorted());
});

function allowed({ file, wanted }: Import): boolean {
  const area = areaOf(file);
  if (wanted.startsWith(".")) {
    const granted = FOLDERS[area] ?? [];
    return granted.includes("*") || granted.includes(areaOf(posix.join(dirname(file), wanted)));
  }
  const name = wanted.replace(/^node:/u, "").split("/", 1)[0] ?? "";
  if (builtinModules.includes(name)) return wanted.startsWith("node:") && !PURE.has(area);
  const parts = wanted.split("/");
  return PACKAGES[wanted.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? "")] === area;
}

function areaOf(file: string): string {
  return file.split("/")[0] ?? "";
}
