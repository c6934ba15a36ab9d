import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const POPPLER = ["pdftotext", "pdftoppm", "pdfsig", "pdffonts"];
const PREFLIGHT = ["java", "/usr/share/java/preflight.jar"];
/** SoftHSM2 and OpenSC. */
const TOKEN = ["softhsm2-util", "pkcs11-tool"];

/** Programs that judge our output, by the test file that asks them; `.ci/run` installs them all. */
const JUDGES: Readonly<Record<string, readonly string[]>> = {
  "tests/barcodes/corpus.test.ts": ["pdftoppm"],
  "tests/commands/sheets.test.ts": ["qpdf", "zbarimg", "pdfimages", ...POPPLER],
  "tests/corpus/corpus.test.ts": ["qpdf", "openssl", ...POPPLER],
  "tests/crash/kill.test.ts": ["pdfsig", "openssl"],
  "tests/end-to-end/demo.test.ts": ["qpdf", "openssl", "sha256sum", ...POPPLER, ...PREFLIGHT],
  "tests/end-to-end/signing-breaks.test.ts": ["openssl", "qpdf", "pdfsig", "sha256sum", ...TOKEN],
  "tests/end-to-end/signing-faults.test.ts": ["openssl", "qpdf", "pdfsig", "sha256sum"],
  "tests/end-to-end/signing-levels.test.ts": ["openssl", "qpdf", "mutool", "pdfsig", ...PREFLIGHT],
  "tests/end-to-end/any-scan.test.ts": ["qpdf", "pdfinfo", "pdftotext"],
  "tests/end-to-end/secret.test.ts": ["pdftoppm"],
  "tests/end-to-end/stack.test.ts": ["qpdf", "pdftoppm"],
  "tests/imaging/encode.test.ts": ["pdftoppm"],
  "tests/ocr/export/alto.test.ts": ["xmllint"],
  "tests/ocr/export/hocr.test.ts": ["xmllint"],
  "tests/pdf/read-pdf.test.ts": ["qpdf"],
  "tests/pdf/write-pdf.test.ts": ["qpdf", ...POPPLER, ...PREFLIGHT],
  "tests/signing/cms/build-cms.test.ts": ["openssl", "pdfsig", "mutool"],
  "tests/signing/keys/core-file.test.ts": ["openssl"],
  "tests/signing/keys/key-kind.test.ts": ["openssl"],
  "tests/signing/keys/open-token.test.ts": ["openssl"],
  "tests/signing/keys/pkcs11-key.test.ts": ["openssl", "pdfsig", ...TOKEN],
  "tests/signing/keys/remote-key.test.ts": ["openssl"],
  "tests/signing/pkcs12.test.ts": ["openssl"],
  "tests/signing/sign.test.ts": ["openssl", "qpdf", "certutil", ...POPPLER, ...PREFLIGHT],
  "tests/signing/test-key.test.ts": ["openssl"],
  "tests/signing/verify.test.ts": ["openssl", ...POPPLER],
  "tests/support/pki/full-pki.test.ts": ["openssl"],
  "tests/support/pki/soft-hsm.test.ts": ["openssl", ...TOKEN],
  "tests/targets/folder.test.ts": ["sha256sum"],
};

/** Test files that cannot be judged on this machine; the reason is printed for each. */
export function withoutJudge(): string[] {
  const present = new Map<string, boolean>();
  const has = (tool: string): boolean => {
    const known = present.get(tool) ?? found(tool);
    present.set(tool, known);
    return known;
  };
  return Object.entries(JUDGES).flatMap(([file, tools]) => {
    const missing = tools.filter((tool) => !has(tool));
    if (missing.length === 0) return [];
    console.log(`SKIP: ${file} needs ${missing.join(", ")} (see .ci/run)`);
    return [file];
  });
}

function found(tool: string): boolean {
  if (tool.startsWith("/")) return existsSync(tool);
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, tool)));
}
